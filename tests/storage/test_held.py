"""Rows that a long transaction keeps at hand: counted in statements."""

import gc

from sqlalchemy import event
from sqlmodel import Session

from storage.held import held
from storage.models import Congress
from storage.store import Store
from tests import worlds


def asked(store: Store, *, is_held: bool) -> list[str]:
    """The statements of a transaction that looks for one row ten times, and changes it each time."""
    congress_id = worlds.make(store).congress_id
    statements: list[str] = []

    def see(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement.split()[0])

    def touch(db: Session) -> None:
        for number in range(10):
            congress = db.get_one(Congress, congress_id)
            congress.place = f"Halle {number}"
            db.add(congress)
            db.flush()
            del congress
            gc.collect()

    def look(db: Session) -> None:
        if is_held:
            with held(db):
                touch(db)
        else:
            touch(db)

    event.listen(store.engine, "before_cursor_execute", see)
    try:
        store.write_now(look)
    finally:
        event.remove(store.engine, "before_cursor_execute", see)
    assert store.read_now(lambda db: db.get_one(Congress, congress_id).place) == "Halle 9"
    return statements


def test_a_row_is_read_once(sqlite_store: Store) -> None:
    """However often it is looked for, and whatever is forgotten meanwhile."""
    assert asked(sqlite_store, is_held=True).count("SELECT") == 1


def test_without_it_a_row_is_read_each_time(sqlite_store: Store) -> None:
    """So this is what it is for."""
    assert asked(sqlite_store, is_held=False).count("SELECT") == 10
