"""The last windows of a room, for those who ask over HTTP instead of listening."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from motion.live.draft import fold

MAX_WINDOWS = 512
"""Twenty-five seconds of a busy room: longer than anyone polls."""


@dataclass(frozen=True, slots=True)
class Since:
    """What happened after a number: one update, and the client ids that wrote for the first time."""

    update: bytes
    clients: Sequence[tuple[int, int]]


class Recent:
    """What the last windows brought, and a bell for the next one."""

    def __init__(self, number: int) -> None:
        self._windows: deque[tuple[int, bytes, Sequence[tuple[int, int]]]] = deque(maxlen=MAX_WINDOWS)
        self._from = number
        self._bell: asyncio.Future[None] | None = None

    def add(self, number: int, update: bytes, clients: Sequence[tuple[int, int]]) -> None:
        """Take note of a window that ends at `number`, and wake those who wait."""
        if len(self._windows) == MAX_WINDOWS:
            self._from = self._windows[0][0]
        self._windows.append((number, update, tuple(clients)))
        self.wake()

    def since(self, number: int) -> Since | None:
        """Return what came after `number`, or None when that is too long ago to know."""
        if number < self._from:
            return None
        found = [window for window in self._windows if window[0] > number]
        return Since(fold([update for _, update, _ in found]), [client for _, _, new in found for client in new])

    def wake(self) -> None:
        """Wake those who wait, whatever happened."""
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)
        self._bell = None

    async def wait(self, seconds: float) -> None:
        """Wait for the next window or change of state, at most so long."""
        if self._bell is None:
            self._bell = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._bell], timeout=seconds)
