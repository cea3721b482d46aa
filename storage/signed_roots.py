"""The signed roots of each congress's record, as rows, and the transaction that signs the next one.

One signer at a time for each record: `sign` holds a lock of its own (on SQLite, the one write lock), looks again
at what is signed, grows the tiles, and only then has the root signed. So two processes never sign two roots of
one size, and no root is signed that the tiles don't give.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from motion.record.errors import MalformedTree
from motion.record.tiles import edge_frontier, grow_tiles
from motion.record.tree import Frontier
from storage import log_tiles
from storage.models import Checkpoint, Congress, Entry, LogKey, RetiredLog

# First key of PostgreSQL's two-key advisory locks: "this lock is about signing a congress's record". Not the lock
# of `ledger`: nobody who writes waits for a signature.
SIGN_LOCK = 0x4D4F55


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
    entries = select(func.max(Entry.number)).where(Entry.congress_id == Congress.id).scalar_subquery()
    signed = select(func.max(Checkpoint.size)).where(Checkpoint.congress_id == Congress.id).scalar_subquery()
    retired = select(RetiredLog.congress_id).where(RetiredLog.congress_id == Congress.id).scalar_subquery()
    query = select(  # type: ignore[call-overload]  # SQLModel's stubs stop at four columns
        Congress.id,
        Congress.slug,
        Congress.origin,
        Congress.is_demonstration,
        Congress.rehearsal_of,
        retired,
        entries,
        signed,
    ).order_by(col(Congress.id))
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
        for row in db.exec(query)
    ]


def last(db: Session, congress_id: int) -> Checkpoint | None:
    """Return the latest signed root of a congress's record."""
    query = select(Checkpoint).where(Checkpoint.congress_id == congress_id).order_by(col(Checkpoint.size).desc())
    return db.exec(query.limit(1)).first()


def any_signed(db: Session) -> bool:
    """Say whether anything was ever signed on this installation."""
    return db.exec(select(Checkpoint.size).limit(1)).first() is not None


def waits_for(db: Session, congress_id: int, kinds: Collection[str], start: int) -> bool:
    """Say whether an entry of one of these kinds stands at number `start` or after it."""
    query = select(Entry.number).where(
        Entry.congress_id == congress_id, col(Entry.number) >= start, col(Entry.kind).in_(kinds)
    )
    return db.exec(query.limit(1)).first() is not None


def sign(
    db: Session,
    congress_id: int,
    before: Frontier,
    leaves: Sequence[bytes],
    *,
    note: Callable[[int, bytes], bytes],
    key: str,
    now: datetime,
) -> Checkpoint | None:
    """Grow the tiles by these entries, have the root signed, keep both.

    Args:
        before: The tree at the last signed root.
        leaves: Hashes of committed entries, from number `before.size` on.
        note: Signs a size and a root. It is called last: after it, only the commit can fail, and the entries that
            lead to this root are committed already, so signing it again gives the same bytes.
        key: The public key that signs, to be published.

    Returns:
        The root kept; None when another process was faster: look again.

    Raises:
        TilesDisagree: The tiles were computed again from the entries and still don't give the last signed root.
    """
    lock(db, congress_id)
    kept = last(db, congress_id)
    if (kept.size if kept else 0) != before.size or not leaves:
        return None
    if kept is not None and kept.root != before.root():
        raise TilesDisagree(congress_id, before.size)
    edge = log_tiles.edge(db, congress_id, before.size)
    if not _leads_to(before, edge):
        log_tiles.rebuild(db, congress_id, before.size)
        edge = log_tiles.edge(db, congress_id, before.size)
        if not _leads_to(before, edge):
            raise TilesDisagree(congress_id, before.size)
    grown = grow_tiles(before.size, edge, leaves)
    after = before.copy()
    after.extend(leaves)
    if not _leads_to(after, log_tiles.next_edge(after.size, edge, grown)):
        raise TilesDisagree(congress_id, after.size)
    log_tiles.keep(db, congress_id, grown)
    if db.get(LogKey, (congress_id, key)) is None:
        db.add(LogKey(congress_id=congress_id, key=key, since=now))
    signed = note(after.size, after.root())
    row = Checkpoint(congress_id=congress_id, size=after.size, root=after.root(), note=signed.decode(), at=now)
    db.add(row)
    db.flush()
    return row


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
