"""Rows of the histories of texts: written by whoever replays, read by pages. Lost or forgotten, they are made again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from storage.drafts import insert_missing, insert_rows
from storage.models import Motion, TextChunk, TextHistory


class ChunkRow(NamedTuple):
    """One chunk, packed. Columns of `TextChunk`."""

    chunk: int
    base_number: int
    base_entry: int
    base_at: datetime | None
    first_change: int
    changes_count: int
    keyframe: bytes
    changes: bytes


class ChunkLine(NamedTuple):
    """Where a chunk begins, without its bytes."""

    chunk: int
    base_entry: int
    base_at: datetime | None
    first_change: int
    changes_count: int


class Progress(NamedTuple):
    """What changes of a history as it is computed. Columns of `TextHistory`."""

    number: int
    entry: int
    changes: int
    at: datetime | None
    state: bytes
    summary: bytes
    told: bytes


_CHUNK = [col(getattr(TextChunk, name)) for name in ChunkRow._fields]
_LINE = [col(getattr(TextChunk, name)) for name in ChunkLine._fields]


def head(db: Session, motion_id: int) -> TextHistory:
    """How far the history of a motion is; at the beginning when nothing is computed."""
    return db.get(TextHistory, motion_id) or TextHistory(motion_id=motion_id)


def last_chunk(db: Session, motion_id: int) -> ChunkRow | None:
    """The chunk that grows."""
    query = select(*_CHUNK).where(col(TextChunk.motion_id) == motion_id).order_by(col(TextChunk.chunk).desc()).limit(1)
    row: Any = db.execute(query).one_or_none()
    return None if row is None else ChunkRow(*row)


def chunk_for(db: Session, motion_id: int, entry: int) -> ChunkRow | None:
    """The last chunk whose keyframe is before `entry`: the one that has the change that made the instant."""
    return _latest(db, motion_id, col(TextChunk.base_entry) < max(entry, 0))


def chunk_at(db: Session, motion_id: int, at: datetime) -> ChunkRow | None:
    """The last chunk whose keyframe is not after a moment."""
    return _latest(db, motion_id, (col(TextChunk.base_at) <= at) | col(TextChunk.base_at).is_(None))


def _latest(db: Session, motion_id: int, condition: Any) -> ChunkRow | None:
    query = (
        select(*_CHUNK)
        .where(col(TextChunk.motion_id) == motion_id, condition)
        .order_by(col(TextChunk.chunk).desc())
        .limit(1)
    )
    row: Any = db.execute(query).one_or_none()
    return None if row is None else ChunkRow(*row)


def chunk(db: Session, motion_id: int, number: int) -> ChunkRow | None:
    """One chunk by its number."""
    row: Any = db.execute(
        select(*_CHUNK).where(col(TextChunk.motion_id) == motion_id, col(TextChunk.chunk) == number)
    ).one_or_none()
    return None if row is None else ChunkRow(*row)


def chunk_lines(db: Session, motion_id: int) -> list[ChunkLine]:
    """Where each chunk begins, in order."""
    query = select(*_LINE).where(col(TextChunk.motion_id) == motion_id).order_by(col(TextChunk.chunk))
    return [ChunkLine(*row) for row in db.execute(query)]


def keep(db: Session, motion_id: int, version: int, start: int, progress: Progress, chunks: Sequence[ChunkRow]) -> bool:
    """Keep newly computed chunks, the first of which may replace the one that grew.

    Args:
        version, start: What was computed from: the head's version and number. When another process was faster or the
            history was forgotten meanwhile, nothing is kept.

    Returns:
        Whether it was kept.
    """
    _insert_head(db, motion_id)
    found = db.get_one(TextHistory, motion_id)
    if (found.version, found.number) != (version, start):
        return False
    # On PostgreSQL two may get here at once: the second waits for the row, and finds that it has moved.
    moved = db.execute(
        update(TextHistory)
        .where(
            col(TextHistory.motion_id) == motion_id,
            col(TextHistory.version) == version,
            col(TextHistory.number) == start,
        )
        .values(**progress._asdict())
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]  # a CursorResult
        return False
    if chunks:
        db.execute(
            delete(TextChunk).where(col(TextChunk.motion_id) == motion_id, col(TextChunk.chunk) >= chunks[0].chunk)
        )
        insert_rows(db, TextChunk, [{"motion_id": motion_id, **row._asdict()} for row in chunks])
    return True


def forget(db: Session, motion_id: int) -> None:
    """Drop the history of a motion: words of it were taken out of publication. It is computed again."""
    _insert_head(db, motion_id)
    # The row before the chunks: whoever keeps some at this moment has committed them first, and they go too.
    found = db.get_one(TextHistory, motion_id, with_for_update=True)
    db.execute(delete(TextChunk).where(col(TextChunk.motion_id) == motion_id))
    found.version += 1
    found.number, found.entry, found.changes, found.at = 0, -1, 0, None
    found.state = found.summary = found.told = b""
    db.add(found)
    db.flush()


def _insert_head(db: Session, motion_id: int) -> None:
    row = TextHistory(motion_id=motion_id)
    insert_missing(db, TextHistory, {name: getattr(row, name) for name in TextHistory.model_fields})


def behind(db: Session, *, by: int = 1, since: datetime | None = None) -> list[int]:
    """The motions whose history lacks updates, the shortest delay first.

    Args:
        by: How many it lacks at least.
        since: Or how long: it lacks some, and none that it has is of this moment or later.
    """
    lacking = col(Motion.number) - func.coalesce(col(TextHistory.number), 0)
    enough = lacking >= by
    if since is not None:
        enough |= (lacking > 0) & (col(TextHistory.at).is_(None) | (col(TextHistory.at) < since))
    query = (
        select(col(Motion.id))
        .outerjoin(TextHistory, col(TextHistory.motion_id) == col(Motion.id))
        .where(enough)
        .order_by(lacking)
    )
    return list(db.execute(query).scalars())
