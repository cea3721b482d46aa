"""The signed roots that go with a copy of the record: few, and those that somebody may hold."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from storage.models import Checkpoint, Timestamp


@dataclass(frozen=True, slots=True)
class KeptRoot:
    """A signed root to give along: its size, and the note as it was published."""

    size: int
    note: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp over the bytes of a root (RFC 3161)."""

    size: int
    note: bytes
    reply: bytes


def kept(db: Session, congress_id: int, below: int) -> list[KeptRoot]:
    """List the roots smaller than `below` to give along: all that witnesses signed, and the last of each hour.

    A root is signed each second of a working day: all of them would weigh as much as the record.
    """
    query = (
        select(Checkpoint.size, Checkpoint.at, col(Checkpoint.published).is_not(None))
        .where(Checkpoint.congress_id == congress_id, col(Checkpoint.size) <= below)
        .order_by(col(Checkpoint.size))
    )
    sizes: set[int] = set()
    hour = None
    before = 0
    for size, at, is_witnessed in db.exec(query):
        if is_witnessed:
            sizes.add(size)
        this = (at.date(), at.hour)
        if hour is not None and this != hour:
            sizes.add(before)
        hour, before = this, size
    sizes.discard(below)
    rows = (db.get_one(Checkpoint, (congress_id, size)) for size in sorted(sizes))
    return [KeptRoot(row.size, (row.published or row.note).encode()) for row in rows]


def stamps(db: Session, congress_id: int, up_to: int) -> list[Stamp]:
    """List the time stamps of roots of at most `up_to` entries."""
    query = select(Timestamp).where(Timestamp.congress_id == congress_id, col(Timestamp.size) <= up_to)
    return [Stamp(row.size, row.note.encode(), row.reply) for row in db.exec(query.order_by(col(Timestamp.size)))]
