"""Destroying what was withdrawn and kept sealed, once its last day is over."""

import logging
from datetime import datetime

from motion.acts import redactions
from storage.store import Store

log = logging.getLogger("motion.work")


async def erase_due(store: Store, now: datetime) -> int:
    """Destroy and record what is due, scrub the database, and return how many objects went."""
    count = await store.write(redactions.expire, now=now)
    if count:
        log.info("%d sealed objects were destroyed: their last day is over", count)
        if not await store.scrub():
            log.warning("what was destroyed may stand in the database's write-ahead log for a while: readers were busy")
    return count
