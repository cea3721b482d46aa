"""What is published of a congress's record: never anything beyond its last signed root.

Reading alone; `signed_roots` writes. All of it is asked by congress id, in one short transaction.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from motion.record.checkpoint import COSIGNATURE, VerifierKey, open_checkpoint, parse_verifier_key
from motion.record.errors import RecordError
from motion.record.proof import LogProof
from motion.record.tiles import TILE_WIDTH, Tile, encode_bundle, subtree_roots, tiles_for
from motion.record.tree import HASH_BYTES, consistency_ranges, inclusion_ranges
from storage import ledger, log_tiles, signed_roots
from storage.models import Checkpoint, Congress, Entry, LogKey, LogTile, RetiredLog, Timestamp, Witness


@dataclass(frozen=True, slots=True)
class Witnessed:
    """How many of the `named` witnesses cosigned the checkpoint that is published."""

    cosigned: int
    named: int


@dataclass(frozen=True, slots=True)
class Policy:
    """What a reader must know to judge a checkpoint: the keys of the log and of its witnesses, with addresses."""

    keys: tuple[str, ...]
    witnesses: tuple[tuple[str, str, str], ...]  # name, verifier key, address


def congress_id(db: Session, slug: str) -> int | None:
    """Find the congress of an address."""
    return db.exec(select(Congress.id).where(Congress.slug == slug)).first()


def keys(db: Session, congress_id: int) -> list[str]:
    """List the public keys that sign the record, the first one first; none before anything is signed."""
    query = select(LogKey.key).where(LogKey.congress_id == congress_id).order_by(col(LogKey.since), col(LogKey.key))
    return list(db.exec(query))


def named(db: Session, congress_id: int) -> list[Witness]:
    """List the witnesses relied on, in the order in which they were named."""
    query = select(Witness).where(Witness.congress_id == congress_id, col(Witness.given_up_at).is_(None))
    return list(db.exec(query.order_by(col(Witness.named_at), col(Witness.key))))


def newest(db: Session, congress_id: int) -> Checkpoint | None:
    """Return the newest signed root: `log/checkpoint.latest`."""
    return signed_roots.last(db, congress_id)


def checkpoint(db: Session, congress_id: int) -> Checkpoint | None:
    """Return the root of `log/checkpoint`: the newest that was shown to the witnesses; without any, the newest."""
    if named(db, congress_id):
        query = (
            select(Checkpoint)
            .where(Checkpoint.congress_id == congress_id, col(Checkpoint.published).is_not(None))
            .order_by(col(Checkpoint.size).desc())
        )
        found = db.exec(query.limit(1)).first()
        if found is not None:
            return found
    return newest(db, congress_id)


def checkpoint_of(db: Session, congress_id: int, size: int) -> Checkpoint | None:
    """Return the root that was signed at this size, if one was."""
    return db.get(Checkpoint, (congress_id, size))


def first_covering(db: Session, congress_id: int, number: int) -> Checkpoint | None:
    """Return the first signed root under which an entry stands: the same one for ever. None before that."""
    query = select(Checkpoint).where(Checkpoint.congress_id == congress_id, col(Checkpoint.size) > number)
    return db.exec(query.order_by(col(Checkpoint.size))).first()


def unsigned_since(db: Session, congress_id: int) -> datetime | None:
    """Since when entries wait for a signature; None when all are signed, or when the record was given up."""
    if db.get(RetiredLog, congress_id) is not None:
        return None
    last = newest(db, congress_id)
    first = (Entry.congress_id == congress_id, Entry.number == (last.size if last else 0))
    return db.exec(select(Entry.at).where(*first)).first()


def note_of(row: Checkpoint) -> bytes:
    """Return a root as it is published: with its cosignatures, where it has some."""
    return (row.published or row.note).encode()


def witnesses(db: Session, congress_id: int) -> Witnessed:
    """Count the named witnesses and those whose cosignature stands on the published checkpoint."""
    rows = named(db, congress_id)
    shown = checkpoint(db, congress_id) if rows else None
    if shown is None:
        return Witnessed(0, len(rows))
    known = [parse_verifier_key(row.key) for row in rows]
    return Witnessed(_cosigned(note_of(shown), keys(db, congress_id), known), len(rows))


def policy(db: Session, congress_id: int) -> Policy:
    """Return the keys and the witnesses, for `log/policy`."""
    return Policy(tuple(keys(db, congress_id)), tuple((row.name, row.key, row.url) for row in named(db, congress_id)))


def tile(db: Session, congress_id: int, asked: Tile) -> bytes | None:
    """Return a tile of hashes or a bundle of entries; None when it is none of the last signed root.

    A partial one is served at any width up to the present one: it is the beginning of what stands there.
    """
    last = newest(db, congress_id)
    level = asked.level or 0
    if last is None or (asked.number * TILE_WIDTH + asked.width) << 8 * level > last.size:
        return None
    if asked.level is None:
        contents = ledger.contents(db, congress_id, asked.number * TILE_WIDTH, asked.width)
        return encode_bundle(contents) if len(contents) == asked.width else None
    row = db.get(LogTile, (congress_id, level, asked.number))
    hashes = row.hashes[: asked.width * HASH_BYTES] if row else b""
    return hashes if len(hashes) == asked.width * HASH_BYTES else None


def entry(db: Session, congress_id: int, number: int) -> bytes | None:
    """Return the canonical bytes of an entry that a signed root covers."""
    last = newest(db, congress_id)
    if last is None or number >= last.size:
        return None
    return db.exec(select(Entry.content).where(Entry.congress_id == congress_id, Entry.number == number)).first()


def proof(db: Session, congress_id: int, number: int) -> LogProof | None:
    """Prove that an entry is in the log: under the published checkpoint, else under the newest; None before that."""
    shown = checkpoint(db, congress_id)
    if shown is None or number >= shown.size:
        shown = newest(db, congress_id)
    if shown is None or number >= shown.size:
        return None
    ranges = inclusion_ranges(number, shown.size)
    hashes = subtree_roots(ranges, log_tiles.read(db, congress_id, tiles_for(ranges)))
    return LogProof(number, tuple(hashes), note_of(shown))


def consistency(db: Session, congress_id: int, old: int, new: int) -> list[bytes]:
    """Prove that the log of size `new`, which is signed, begins with the one of size `old`.

    Raises:
        OutOfTree: `old` is beyond `new`.
    """
    ranges = consistency_ranges(old, new)
    return subtree_roots(ranges, log_tiles.read(db, congress_id, tiles_for(ranges)))


def timestamp(db: Session, congress_id: int, size: int) -> Timestamp | None:
    """Return the time stamp of the root of this size, if it has one."""
    return db.get(Timestamp, (congress_id, size))


def stamped(db: Session, congress_id: int) -> int:
    """Return the size of the last root with a time stamp; 0 when none has."""
    query = select(func.max(col(Timestamp.size))).where(Timestamp.congress_id == congress_id)
    return db.exec(query).one() or 0


def _cosigned(note: bytes, log_keys: list[str], known: list[VerifierKey]) -> int:
    """Count the cosignatures of known witnesses; cosignatures were checked when they were kept."""
    for key in reversed(log_keys):
        try:
            opened = open_checkpoint(note, parse_verifier_key(key), known)
        except RecordError:
            continue
        return len({sign.key for sign in opened.cosignatures if sign.key.algorithm == COSIGNATURE})
    return 0
