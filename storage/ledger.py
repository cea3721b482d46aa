"""Appending to the record: one order for each congress.

Whoever appends calls `lock` first, in the same transaction: from then on nobody else appends to this
congress's record until the transaction ends. On SQLite `BEGIN IMMEDIATE` has done it already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, bindparam, func, text
from sqlmodel import Session, select

from storage.models import Entry

# First key of PostgreSQL's two-key advisory locks: "this lock is about a congress's record".
RECORD_LOCK = 0x4D4F54


# Made once: a keystroke's window asks for them thirty times a second, and building a statement costs more than
# running it.
_TABLE: Table = Entry.__table__  # type: ignore[attr-defined]
_INSERT = _TABLE.insert()
_CONTENTS = (
    select(_TABLE.c.content)
    .where(_TABLE.c.congress_id == bindparam("congress"), _TABLE.c.number >= bindparam("start"))
    .order_by(_TABLE.c.number)
    .limit(bindparam("most"))
)
_LAST = select(func.max(_TABLE.c.number)).where(_TABLE.c.congress_id == bindparam("congress"))


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to append: its canonical bytes, and the columns that index them."""

    kind: str
    content: bytes
    motion_id: int | None = None
    official_id: int | None = None


def lock(db: Session, congress_id: int) -> None:
    """Wait until this transaction is the only one that may append to the congress's record."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:a, :b)"), {"a": RECORD_LOCK, "b": congress_id})


def size(db: Session, congress_id: int) -> int:
    """Count the entries: the number of the next one."""
    last = db.connection().execute(_LAST, {"congress": congress_id}).scalar_one()
    return 0 if last is None else last + 1


def append(
    db: Session, congress_id: int, entries: Sequence[NewEntry], *, now: datetime, first: int | None = None
) -> int:
    """Append entries in the order given and return the number of the first; `lock` must be held.

    `first` is what `size` said in this transaction, for a caller who has asked already.
    """
    if first is None:
        first = size(db, congress_id)
    if entries:
        db.connection().execute(
            _INSERT,
            [
                {
                    "congress_id": congress_id,
                    "number": first + offset,
                    "kind": entry.kind,
                    "at": now,
                    "motion_id": entry.motion_id,
                    "official_id": entry.official_id,
                    "content": entry.content,
                }
                for offset, entry in enumerate(entries)
            ],
        )
    return first


def contents(db: Session, congress_id: int, start: int, limit: int) -> list[bytes]:
    """Return the canonical bytes of at most `limit` entries from number `start` on."""
    asked = {"congress": congress_id, "start": start, "most": limit}
    return list(db.connection().execute(_CONTENTS, asked).scalars())
