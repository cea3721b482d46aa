"""Why no migration can be undone."""

from alembic.util.exc import CommandError


class NoWayBack(CommandError):
    """Somebody asked for an older version's tables: what has been recorded since has no place in them."""

    def __init__(self) -> None:
        super().__init__("a record is never taken back: restore the backup made before the migration")
