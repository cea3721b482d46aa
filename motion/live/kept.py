"""A motion's draft as the database keeps it: a snapshot and the updates after it, read and made again."""

import asyncio
import logging

from motion.live.callers import author_of_row
from motion.live.draft import Draft, DraftBroken, OutOfOrder, Snapshot, fold
from motion.live.wire import MalformedMessage, join_frames, split_frames
from storage import drafts
from storage.store import Store

log = logging.getLogger(__name__)

TAIL_AT_ONCE = 2_000
"""Updates read and replayed between two turns of the loop when a room opens without a snapshot."""


async def load(store: Store, motion_id: int) -> tuple[Draft, drafts.UpdateRow | None, int]:
    """Make a draft from the newest snapshot and what came after; without it if it can't be read.

    Returns:
        The draft, its last update if there is one, and the number of the snapshot that it was made from, or 0.

    Raises:
        DraftBroken: The kept updates do not make a document; only a programmer can help.
    """
    snapshot = unpack(await store.read(drafts.latest_snapshot, motion_id))
    try:
        return *await _replay(store, motion_id, Draft.restore(snapshot)), snapshot.number if snapshot else 0
    except (DraftBroken, OutOfOrder):
        if snapshot is None:
            raise
        log.exception("motion %d: snapshot %d unusable, replaying all", motion_id, snapshot.number)
        await store.write(drafts.drop_snapshots, motion_id)
        return *await _replay(store, motion_id, Draft()), 0


async def _replay(store: Store, motion_id: int, draft: Draft) -> tuple[Draft, drafts.UpdateRow | None]:
    last: drafts.UpdateRow | None = None
    rows: list[drafts.UpdateRow]
    while True:
        rows = await store.read(drafts.updates_after, motion_id, draft.number, up_to=None, limit=TAIL_AT_ONCE)
        for row in rows:
            draft.apply(row.number, row.content, author_of_row(row), is_redacted=row.is_redacted)
            last = row
        if len(rows) < TAIL_AT_ONCE:
            break
    if last is None and draft.number:
        last = await store.read(drafts.update_at, motion_id, draft.number)
    return draft, last


async def state_at(store: Store, motion_id: int, number: int, known: tuple[int, bytes] | None = None) -> bytes:
    """The whole document as it was at a number that it has had.

    Args:
        known: The document at a lower number, if the caller has one: from nothing, 100,000 updates take two seconds.
    """
    snapshot = unpack(await store.read(drafts.latest_snapshot, motion_id, up_to=number))
    if snapshot is not None and (known is None or snapshot.number > known[0]):
        known = snapshot.number, snapshot.state
    rows = await store.read(drafts.updates_after, motion_id, known[0] if known else 0, up_to=number)
    pieces = [*([known[1]] if known else []), *(row.content for row in rows)]
    return await asyncio.to_thread(fold, pieces)  # of thousands of updates, while others write


def pack(snapshot: Snapshot) -> bytes:
    """A snapshot as kept; its number stands beside it."""
    return join_frames([snapshot.state, snapshot.memory])


def unpack(kept: tuple[int, bytes] | None) -> Snapshot | None:
    """Read a kept snapshot; None when there is none, or none that this version reads."""
    if kept is None:
        return None
    try:
        state, memory = split_frames(kept[1])
    except (MalformedMessage, ValueError):
        return None
    return Snapshot(kept[0], state, memory)
