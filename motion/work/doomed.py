"""Destroying the files that no row needs any more: what was made of a recording that its author took back.

The transaction that gave a file up wrote a row (`storage.removals.doom`). The file goes first, then the row: a crash in
between makes it go twice, which is once. With the row goes the room that the file took of its person and its congress.
"""

import logging
from datetime import datetime

from storage import removals, uploads
from storage.blobs import Blobs, StoreUnusable
from storage.store import Session, Store

log = logging.getLogger("motion.work")


async def destroy_due(store: Store, blobs: Blobs, now: datetime) -> int:
    """Destroy what is given up; return how many files. A store that can't be reached is asked again next time."""
    count = 0
    for key in await store.read(removals.doomed, now):
        try:
            await blobs.delete(key)
        except StoreUnusable as error:
            log.warning("couldn't destroy a file that is withdrawn, trying again: %s", error.detail)
            return count
        await store.write(_note, key)
        count += 1
    return count


def _note(db: Session, key: str) -> None:
    removals.spare(db, key)
    uploads.release(db, key)
