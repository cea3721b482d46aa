"""What a fingerprint is the fingerprint of: an entry, a text, the whole register."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from motion.record.entry import decode_entry
from motion.record.tree import HASH_BYTES
from motion.rules.text import digest
from storage import published
from storage.models import Checkpoint, Entry, LogTile, Motion
from storage.models.record import IS_RARE

_DIGESTS = ("motion.freeze", "motion.adopt", "motion.reject", "doc.snapshot")
_BATCH = 64  # tiles read at once: half a megabyte


@dataclass(frozen=True, slots=True)
class TextKnown:
    """The text of a motion: as it reads now, or as `entry` (a freeze, a vote) says it was."""

    motion: str
    title: str
    entry: int | None


@dataclass(frozen=True, slots=True)
class EntryKnown:
    """An entry of the register."""

    number: int


@dataclass(frozen=True, slots=True)
class RootKnown:
    """The register when it had `size` entries, as it was signed."""

    size: int
    at: datetime


Known = TextKnown | EntryKnown | RootKnown


def recognised(db: Session, congress_id: int, fingerprint: bytes) -> Known | None:
    """Say what has this SHA-256 (32 bytes); None when nothing published has."""
    hexadecimal = fingerprint.hex()
    motions = db.exec(select(Motion).where(Motion.congress_id == congress_id)).all()
    code_of = {motion.id: motion for motion in motions}
    told = db.exec(
        select(Entry)
        .where(
            Entry.congress_id == congress_id,
            col(Entry.kind).in_(_DIGESTS),
            IS_RARE,
        )
        .order_by(col(Entry.number).desc())
    )
    for entry in told:
        if decode_entry(entry.content).body["digest"] == hexadecimal and entry.motion_id in code_of:
            motion = code_of[entry.motion_id]
            return TextKnown(motion.code, motion.title, entry.number)
    for motion in motions:
        if digest(motion.text) == hexadecimal:
            return TextKnown(motion.code, motion.title, None)
    root = db.exec(select(Checkpoint).where(Checkpoint.congress_id == congress_id, Checkpoint.root == fingerprint))
    found = root.first()
    if found is not None:
        return RootKnown(found.size, found.at)
    number = _leaf(db, congress_id, fingerprint)
    return None if number is None else EntryKnown(number)


def voted(db: Session, congress_id: int, size: int) -> tuple[str, int] | None:
    """The last motion put to the vote whose text can still be compared: its code, and the entry of the vote.

    Args:
        size: Entries to look in, from 0.
    """
    found = db.exec(
        select(Motion.code, Entry.number)
        .join(Motion, col(Motion.id) == col(Entry.motion_id))
        .where(
            Entry.congress_id == congress_id,
            Entry.number < size,
            col(Entry.kind).in_(("motion.adopt", "motion.reject")),
            IS_RARE,
            Motion.redacted_entry == 0,
        )
        .order_by(col(Entry.number).desc())
    ).first()
    return None if found is None else (found[0], found[1])


def _leaf(db: Session, congress_id: int, fingerprint: bytes) -> int | None:
    """The entry that has this leaf hash. Tiles are read from end to end: 32 MB for a million entries."""
    last = published.newest(db, congress_id)
    query = (
        select(LogTile.number, LogTile.hashes)
        .where(LogTile.congress_id == congress_id, LogTile.level == 0)
        .order_by(col(LogTile.number))
        .execution_options(yield_per=_BATCH)
    )
    for number, hashes in db.exec(query):
        at = hashes.find(fingerprint)
        while at >= 0 and at % HASH_BYTES:
            at = hashes.find(fingerprint, at + 1)
        if at >= 0:
            entry = int(number) * 256 + at // HASH_BYTES
            return entry if last is not None and entry < last.size else None
    return None
