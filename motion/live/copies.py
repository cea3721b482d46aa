"""Reading copies, which the public pages show, and snapshots, from which a room opens: written now and then.

Both can be lost: they are made again from the kept updates, with the next change or at the next opening.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from motion.live.drafting_room import Room
from motion.live.kept import pack
from storage import drafts
from storage.store import Store

log = logging.getLogger(__name__)

COPY_EVERY_S = 1.0
"""The reading copy of a motion is at most this old: what the public pages show."""

SNAPSHOT_EVERY = 2_000
"""Updates between two snapshots: replaying as many takes a tenth of a second."""

LOOK_S = 0.1
"""A copy that is due leaves so late at most."""


class Copies:
    """Of every motion of this process.

    Args:
        store: Where they go.
        clock: The time, UTC.
        room_of: The open room of a motion, or None.
        copied: Called after each copy.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        room_of: Callable[[int], Room | None],
        copied: Callable[[Room], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._room_of = room_of
        self._copied = copied
        self._due: dict[int, float] = {}
        self._copied_at: dict[int, float] = {}
        self._snapshot_numbers: dict[int, int] = {}

    def opened(self, motion_id: int, snapshot_number: int) -> None:
        """A room was made from this snapshot, or from all updates (0)."""
        self._snapshot_numbers[motion_id] = snapshot_number

    def plan(self, room: Room) -> None:
        """A room has moved: its copy is due."""
        now = asyncio.get_running_loop().time()
        due = max(now, self._copied_at.get(room.motion_id, 0.0) + COPY_EVERY_S)
        self._due.setdefault(room.motion_id, due)

    async def keep(self) -> None:
        """Write what is due, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_S)
            for motion_id in [m for m, due in self._due.items() if due <= loop.time()]:
                del self._due[motion_id]
                room = self._room_of(motion_id)
                if room is None:
                    continue
                self._copied_at[motion_id] = loop.time()
                try:
                    await self._copy(room)
                    if room.number - self._snapshot_numbers.get(motion_id, 0) >= SNAPSHOT_EVERY:
                        await self._snapshot(room)
                except Exception:  # written with the next change, or at the next opening
                    log.exception("motion %d: copy not written", motion_id)

    async def write_last(self, room: Room) -> None:
        """Write the copy and the snapshot of a room that closes."""
        try:
            await self._copy(room)
            await self._snapshot(room)
        except Exception:  # both are made again at the next opening
            log.exception("motion %d: copy or snapshot not written", room.motion_id)

    async def _copy(self, room: Room) -> None:
        await self._store.write(drafts.write_copy, room.motion_id, room.reading_copy())
        self._copied(room)

    async def _snapshot(self, room: Room) -> None:
        # A room that was lost to a redaction knows of it, and its draft still has the letters.
        if room.is_lost or room.number == self._snapshot_numbers.get(room.motion_id):
            return
        if not room.draft.is_sound():
            self._snapshot_numbers[room.motion_id] = room.number
            # No snapshot would be read again; the replay of all updates gives the text that everyone saw.
            log.error(
                "motion %d: an update made by hand is read in two ways by newcomers, look for it below number %d "
                "(motion/live/README.md, signed-in attacker)",
                room.motion_id,
                room.number,
            )
            return
        snapshot = room.draft.snapshot()
        room.versions.keep(snapshot.number, snapshot.state)
        await self._store.write(
            drafts.keep_snapshot,
            room.motion_id,
            snapshot.number,
            pack(snapshot),
            self._clock(),
            room.head.redacted_entry,
        )
        self._snapshot_numbers[room.motion_id] = snapshot.number
