"""One pair of eyes for the tasks that must begin soon after there is something to do.

Each of them used to ask the database by itself, several times a second. Now one statement asks for all, ten times a
second at most, and whoever finds nothing there does nothing. It may be as old as `LOOK_S`; what it missed is seen the
next time.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from motion.work.checkpoints import SOLEMN
from motion.work.jobs import KINDS
from storage import due
from storage.due import Due
from storage.store import Store

LOOK_S = 0.09
"""Shorter than the shortest pace of those who ask, so that each of their turns sees something new."""


class Lookout:
    """Owned by the event loop."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._order = asyncio.Lock()
        self._seen = Due(False, False, False, False)
        self._seen_at = float("-inf")

    async def look(self) -> Due:
        """Say what there is to do; all who ask within `LOOK_S` share one look."""
        async with self._order:
            now = asyncio.get_running_loop().time()
            if now - self._seen_at >= LOOK_S:
                self._seen = await self._store.read(due.look, self._now(), SOLEMN, tuple(KINDS))
                self._seen_at = now
            return self._seen
