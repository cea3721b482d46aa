"""Indexing again what another version of Motion indexed, while people search and write."""

import logging

from storage import search
from storage.store import Store

log = logging.getLogger("motion.work")


async def renew(store: Store) -> int:
    """Index again what is not of this version, piece by piece, and return in how many pieces.

    What changes in the texts meanwhile is of the searches themselves. A piece that fails is said and left, with the
    rest of its motion, until the next turn: the state in the database says what is left.
    """
    if await store.read(search.is_of_another_version):
        await store.write(search.put_aside)
    count = 0
    for congress_id, part in await store.read(search.former):
        try:
            count += 1
            while await store.write(search.refresh, congress_id, part):
                count += 1
        except Exception:
            log.exception("couldn't index motion %d of congress %d again; trying later", part, congress_id)
    if count:
        log.info("the search was indexed again, in %d pieces", count)
    return count
