"""Commit, then show: one transaction for what all rooms of a congress gathered.

A quiet room does not wait: what arrives is committed at once. What arrives while a commit is under way, or
less than a window after the last one began, waits for the next. One task for each congress: the record of a
congress has one order, and so has its keeper.

If the process dies before the commit, the authors' editors still hold everything that was in the window. If
the commit fails, nothing was shown, nobody was told that it was kept, and the rooms read the truth again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

from motion.acts import drafting
from storage.store import Store

log = logging.getLogger(__name__)

# Whatever else goes wrong is the room's affair, pycrdt's panics too, which are no Exception: the keeper goes on, or
# nobody of the congress would write another word.
INTERRUPTIONS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit)


class Gathering(Protocol):
    """What the keeper needs of a room."""

    def take_window(self) -> drafting.MotionWindow | None:
        """Decide on what waits. None: there is nothing to write, `settle_nothing` answers the rest."""

    def settle(self, kept: drafting.MotionKept) -> bool:
        """Apply, acknowledge and show what was kept; False when the room must be made anew."""

    def settle_nothing(self) -> None:
        """Answer what needed no commit."""

    async def make_anew(self, cause: str) -> None:
        """Forget everything in memory, read the database again, let the readers come back."""


class Keeper:
    """The windows of one congress, one after another."""

    def __init__(
        self,
        store: Store,
        congress_id: int,
        clock: Callable[[], datetime],
        window_s: Callable[[], float],
    ) -> None:
        self._store = store
        self._congress_id = congress_id
        self._clock = clock
        self._window_s = window_s
        self._waiting: dict[Gathering, None] = {}
        self._wake = asyncio.Event()
        # Held while a window is decided, committed and shown, and while an act runs between two windows.
        self._order = asyncio.Lock()
        self._began_at = float("-inf")
        self._task = asyncio.create_task(self._run(), name=f"keeper-{congress_id}")

    def want(self, room: Gathering) -> None:
        """Put a room into the next window."""
        self._waiting[room] = None
        self._wake.set()

    @asynccontextmanager
    async def between_windows(self) -> AsyncIterator[None]:
        """Commit and show what waits, then hold the next window back: an act runs in between."""
        async with self._order:
            while self._waiting:
                await self._close_window()
            yield

    async def close(self) -> None:
        """Commit what waits, then stop."""
        async with self.between_windows():
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            pause = self._began_at + self._window_s() - loop.time()
            await asyncio.sleep(max(0.0, pause))
            async with self._order:
                if self._waiting:
                    self._began_at = loop.time()
                    await self._close_window()

    async def _close_window(self) -> None:
        rooms = list(self._waiting)
        self._waiting.clear()
        asked: list[tuple[Gathering, drafting.MotionWindow]] = []
        for room in rooms:
            try:
                window = room.take_window()
                if window is None:
                    room.settle_nothing()
                else:
                    asked.append((room, window))
            except INTERRUPTIONS:
                raise
            except BaseException:
                log.exception("room failed while deciding")
                await self._make_anew([room], "decision")
        if not asked:
            return
        try:
            kept = await self._store.write(
                drafting.keep_window, self._congress_id, [window for _, window in asked], now=self._clock()
            )
        except BaseException as failure:
            # Not even a committed window whose answer was lost is a loss: it is read again like any other.
            log.exception("congress %d: window of %d motions not kept", self._congress_id, len(asked))
            await self._make_anew([room for room, _ in asked], "commit")
            if isinstance(failure, INTERRUPTIONS):
                raise
            return
        broken: list[Gathering] = []
        for (room, _), of_motion in zip(asked, kept, strict=True):
            try:
                if not room.settle(of_motion):
                    broken.append(room)
            except INTERRUPTIONS:
                raise
            except BaseException:
                log.exception("room failed while showing")
                broken.append(room)
        await self._make_anew(broken, "draft")

    async def _make_anew(self, rooms: Sequence[Gathering], cause: str) -> None:
        for room in rooms:
            try:
                await room.make_anew(cause)
            except Exception:
                log.exception("room not made anew")
