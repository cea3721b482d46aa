"""Rows that a long transaction keeps at hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlmodel import Session


@contextmanager
def held(db: Session) -> Iterator[None]:
    """Hold every row that the block reads or makes, and write what has changed when `flush` is called, not before.

    A session forgets rows that nobody holds and reads them again at the next question; and before each query it writes
    what has changed. For many deeds in one transaction both cost more than the deeds. Within a deed, what queries must
    find has to be flushed, as the acts do.
    """
    rows: list[object] = []

    def hold(_session: Session, row: object) -> None:
        rows.append(row)

    names = ("loaded_as_persistent", "pending_to_persistent")
    for name in names:
        event.listen(db, name, hold)
    try:
        with db.no_autoflush:
            yield
    finally:
        for name in names:
            event.remove(db, name, hold)
