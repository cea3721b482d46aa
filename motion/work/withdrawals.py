"""What comes to its last day: files of what was refused are sealed, what is sealed is destroyed; nothing is left
of what went."""

import asyncio
import logging
import secrets
from datetime import datetime
from pathlib import Path

from motion.acts import redactions, retraits
from storage import redactions as stored
from storage import refused_files, sealing
from storage.store import Store

log = logging.getLogger("motion.work")


async def seal_refused_due(store: Store, data_dir: Path, now: datetime) -> int:
    """Seal the files of refused contributions whose author's time is over; return of how many. `Seals` encrypts them.

    One that can't be sealed stays as it is, and holds up no other.
    """
    found = await store.read(refused_files.due, now)
    if not found:
        return 0
    key = await asyncio.to_thread(sealing.load_key, data_dir)
    count = 0
    for contribution_id in found:
        nonces = iter(lambda: secrets.token_bytes(sealing.NONCE_BYTES), b"")
        try:
            decision = await store.write(retraits.seal_refused, contribution_id, key=key, nonces=nonces, now=now)
        except Exception:
            log.exception("couldn't seal the files of a refused contribution (row %d)", contribution_id)
            continue
        count += decision is not None
    if count:
        log.info("the files of %d refused contributions were sealed: the time to answer is over", count)
    return count


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
