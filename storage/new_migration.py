"""`python -m storage.new_migration "what it does"`: write the migration that brings the tables to the models."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage import migrate
from storage.store import Store


def main() -> None:
    """Compare an empty migrated database with the models and write what lacks."""
    if len(sys.argv) != 2:
        sys.exit('usage: python -m storage.new_migration "what it does"')
    count = len(list((Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/empty.sqlite")
        migrate.upgrade(store)
        with store.engine.begin() as connection:
            command.revision(
                migrate.configuration(connection), sys.argv[1], autogenerate=True, rev_id=f"{count + 1:04d}"
            )
        store.close()


if __name__ == "__main__":
    main()
