"""Destroying what was withdrawn and kept sealed, once its last day is over; leaving nothing of what went."""

import logging
from datetime import datetime

from motion.acts import redactions
from storage import redactions as stored
from storage.store import Store

log = logging.getLogger("motion.work")


async def erase_due(store: Store, now: datetime) -> int:
    """Destroy and record what is due, and return how many objects went; `Scrubs` does the rest."""
    count = await store.write(redactions.expire, now=now)
    if count:
        log.info("%d sealed objects were destroyed: their last day is over", count)
    return count


class Scrubs:
    """Scrubs the database after each decision, however busy readers were when it was made. Owned by one task.

    On SQLite the page that decides does so at once. What it could not do, what a crash prevented, and every vacuum of
    PostgreSQL is done here, again until no export sees the words any more. This remembers nothing but the last decision
    that it saw followed by a scrub, so each start begins with one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._done: tuple[int, datetime | None] = 0, None

    async def scrub_due(self) -> bool:
        """Scrub if something was taken out since; return whether nothing is left to do."""
        mark = await self._store.read(stored.last_mark)
        if mark != self._done:
            if not await self._store.scrub():
                return False
            self._done = mark
        return True
