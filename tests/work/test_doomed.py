"""Files that are given up go, for good, and once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from motion.work.doomed import destroy_due
from storage import removals
from storage.blobs import from_url
from storage.store import Store
from tests.worlds import NOW

KEYS = ["a" * 32, "b" * 32]


async def bytes_of(content: bytes) -> AsyncIterator[bytes]:
    yield content


def test_what_is_given_up_goes(sqlite_store: Store, tmp_path: Path) -> None:
    """And nothing else; a row whose file is gone already is no trouble."""
    blobs = from_url("", tmp_path)

    async def scene() -> tuple[int, list[int | None], list[str]]:
        for key in (*KEYS, "c" * 32):
            await blobs.write(key, bytes_of(b"video"))
        await blobs.delete(KEYS[1])
        for key in KEYS:
            await sqlite_store.write(removals.doom, key, NOW)
        count = await destroy_due(sqlite_store, blobs, NOW)
        sizes = [await blobs.size(key) for key in (*KEYS, "c" * 32)]
        return count, sizes, await sqlite_store.read(removals.doomed, NOW)

    assert asyncio.run(scene()) == (2, [None, None, 5], [])
    blobs.close()
