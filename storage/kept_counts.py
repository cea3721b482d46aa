"""Counts of what was said, as counted lately: they are the same until the next entry about contributions.

Each process has its own; all of it may be lost, and is then counted again.
"""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

T = TypeVar("T")

_lock = Lock()  # reads run in several threads
_kept: WeakKeyDictionary[Engine, dict[tuple[int, str], tuple[int, object]]] = WeakKeyDictionary()


def kept(db: Session, congress_id: int, last_entry: int, name: str, count: Callable[[], T]) -> T:
    """Return what `count` returned last time, or count now when an entry has come since.

    For reading alone: what a transaction writes and takes back must not be kept.

    Args:
        last_entry: Of those about contributions, read before anything is counted: a count may then be newer than its
            entry, which the next entry mends, and never older.
        name: Of what is counted: one name is one question. Nobody changes what is returned.
    """
    engine = db.get_bind().engine
    with _lock:
        found = _kept.setdefault(engine, {}).get((congress_id, name))
    if found is not None and found[0] == last_entry:
        return cast(T, found[1])
    made = count()
    with _lock:
        _kept.setdefault(engine, {})[congress_id, name] = last_entry, made
    return made


def forget() -> None:
    """Forget all counts: each is counted again when it is asked for."""
    with _lock:
        _kept.clear()
