"""The signed roots of each congress's record, as rows, and the transaction that signs the next one.

One signer at a time for each record: `keep` holds a lock of its own (on SQLite, the one write lock) and looks again
at what is signed. So of two processes that sign at once, the second one's root is not kept; both were of committed
entries, so both belong to the one history, and nobody is shown a root that is not kept. No root is signed that the
tiles don't give.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, bindparam, func, text
from sqlmodel import Session, col, select

from motion.record.errors import MalformedTree
from motion.record.tiles import edge_frontier, grow_tiles
from motion.record.tree import Frontier
from storage import log_tiles
from storage.log_tiles import Tiles
from storage.models import Checkpoint, Congress, Entry, LogKey, RetiredLog
from storage.models.record import IS_RARE

# First key of PostgreSQL's two-key advisory locks: "this lock is about signing a congress's record". Not the lock
# of `ledger`: nobody who writes waits for a signature.
SIGN_LOCK = 0x4D4F55

_ROOTS: Table = Checkpoint.__table__  # type: ignore[attr-defined]
_KEYS: Table = LogKey.__table__  # type: ignore[attr-defined]

# Made once: they are asked ten times a second, and building a statement costs more than running it.
_SIGNED = (
    select(func.max(Checkpoint.size)).where(Checkpoint.congress_id == Congress.id).correlate(Congress).scalar_subquery()
)
_LOGS = select(  # type: ignore[call-overload]  # SQLModel's stubs stop at four columns
    Congress.id,
    Congress.slug,
    Congress.origin,
    Congress.is_demonstration,
    Congress.rehearsal_of,
    select(RetiredLog.congress_id).where(RetiredLog.congress_id == Congress.id).scalar_subquery(),
    select(func.max(Entry.number)).where(Entry.congress_id == Congress.id).scalar_subquery(),
    _SIGNED,
).order_by(col(Congress.id))
_LAST = (
    select(_ROOTS.c.size, _ROOTS.c.root)
    .where(_ROOTS.c.congress_id == bindparam("congress"))
    .order_by(_ROOTS.c.size.desc())
    .limit(1)
)
_INSERT_ROOT = _ROOTS.insert()
_KEY = select(_KEYS.c.key).where(_KEYS.c.congress_id == bindparam("congress"), _KEYS.c.key == bindparam("signing"))
_OF_KINDS = select(Entry.number).where(col(Entry.kind).in_(bindparam("kinds", expanding=True)), IS_RARE)
_WAITS_FOR = _OF_KINDS.where(
    col(Entry.congress_id) == bindparam("congress"), col(Entry.number) >= bindparam("start")
).limit(1)
ANY_WAITS = select(Congress.id).where(
    _OF_KINDS.where(Entry.congress_id == Congress.id, col(Entry.number) >= func.coalesce(_SIGNED, 0))
    .correlate(Congress)
    .exists()
)
"""The congresses in which an entry of the parameter `kinds`, outside `FREQUENT`, is unsigned."""

_ANY_WAITS = ANY_WAITS.limit(1)


@dataclass
class TilesDisagree(Exception):
    """The entries, the tiles and the last signed root of a congress don't say the same; nothing was signed."""

    congress_id: int
    size: int


@dataclass(frozen=True, slots=True)
class Log:
    """A congress's record: how many entries it has and how many are signed.

    `is_passing` is true for a demonstration or a rehearsal, whose record may be deleted and begun again.
    """

    congress_id: int
    slug: str
    origin: str
    is_passing: bool
    is_retired: bool
    entries: int
    signed: int


def logs(db: Session) -> list[Log]:
    """List the records in the order of their congresses; a few index look-ups each."""
    return [
        Log(
            row[0],
            row[1],
            row[2],
            bool(row[3]) or row[4] is not None,
            row[5] is not None,
            0 if row[6] is None else row[6] + 1,
            row[7] or 0,
        )
        for row in db.connection().execute(_LOGS)
    ]


def last(db: Session, congress_id: int) -> Checkpoint | None:
    """Return the latest signed root of a congress's record."""
    query = select(Checkpoint).where(Checkpoint.congress_id == congress_id).order_by(col(Checkpoint.size).desc())
    return db.exec(query.limit(1)).first()


def any_signed(db: Session) -> bool:
    """Say whether anything was ever signed on this installation."""
    return db.exec(select(Checkpoint.size).limit(1)).first() is not None


def waits_for(db: Session, congress_id: int, kinds: Collection[str], start: int) -> bool:
    """Say whether an entry of one of these kinds, outside `FREQUENT`, stands at number `start` or after it."""
    asked = {"congress": congress_id, "start": start, "kinds": list(kinds)}
    return db.connection().execute(_WAITS_FOR, asked).first() is not None


def any_waits(db: Session, kinds: Collection[str]) -> bool:
    """Say whether an entry of one of these kinds, outside `FREQUENT`, is unsigned in any record.

    One look for all of them, as it is taken many times a second.
    """
    return db.connection().execute(_ANY_WAITS, {"kinds": list(kinds)}).first() is not None


def grow(db: Session, congress_id: int, before: Frontier, after: Frontier, leaves: Sequence[bytes]) -> Tiles | None:
    """Compute the tiles that bring a log from one tree to another by these leaf hashes; nothing is written.

    Returns:
        None when the tiles kept do not lead to the first tree: they are damaged, or another process went on.

    Raises:
        TilesDisagree: The tiles would not lead to the second tree.
    """
    edge = log_tiles.edge(db, congress_id, before.size)
    if not _leads_to(before, edge):
        return None
    grown = grow_tiles(before.size, edge, leaves)
    if not _leads_to(after, log_tiles.next_edge(after.size, edge, grown)):
        raise TilesDisagree(congress_id, after.size)
    return grown


def mend(db: Session, congress_id: int, size: int) -> bool:
    """Compute the tiles again from the entries; False when another process has signed a larger size meanwhile."""
    lock(db, congress_id)
    kept = last(db, congress_id)
    if (kept.size if kept else 0) != size:
        return False
    log_tiles.rebuild(db, congress_id, size)
    return True


def keep(db: Session, congress_id: int, before: Frontier, grown: Tiles, root: Checkpoint, key: str) -> bool:
    """Keep a signed root and the tiles that lead to it.

    All that costs was done before: whoever writes an entry waits for these few rows at most.

    Args:
        before: The tree at the last signed root, as whoever signed knows it.
        grown: What `grow` gave from there.
        key: The public key that signed, to be published.

    Returns:
        False when another process was faster: nothing was kept, look again.

    Raises:
        TilesDisagree: Another root is signed at the size that we started from.
    """
    lock(db, congress_id)
    connection = db.connection()
    kept = connection.execute(_LAST, {"congress": congress_id}).one_or_none()
    if (kept.size if kept else 0) != before.size:
        return False
    if kept is not None and kept.root != before.root():
        raise TilesDisagree(congress_id, before.size)
    log_tiles.keep(db, congress_id, grown)
    if connection.execute(_KEY, {"congress": congress_id, "signing": key}).one_or_none() is None:
        connection.execute(_KEYS.insert(), {"congress_id": congress_id, "key": key, "since": root.at})
    connection.execute(_INSERT_ROOT, root.model_dump())
    return True


def lock(db: Session, congress_id: int) -> None:
    """Wait until this transaction is the only one that may sign the congress's record."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:a, :b)"), {"a": SIGN_LOCK, "b": congress_id})


def retire(db: Session, congress_id: int, *, now: datetime) -> None:
    """Never sign this record again; what is signed stays published."""
    lock(db, congress_id)
    if db.get(RetiredLog, congress_id) is None:
        db.add(RetiredLog(congress_id=congress_id, at=now))


def _leads_to(tree: Frontier, edge: dict[int, bytes]) -> bool:
    try:
        return edge_frontier(tree.size, edge).root() == tree.root()
    except MalformedTree:
        return False
