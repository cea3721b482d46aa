"""`python -m tests.work.dying_sealer DATABASE DATA STEP`: puts files under seal, and dies at a step.

Steps are named after what has just been done. It dies as by a power cut: SIGKILL, nothing said, nothing put away.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from motion.work.doomed import destroy_due
from motion.work.seals import Seals
from storage import sealed_files, withdrawn_files
from storage.blobs import from_url
from storage.store import Store
from tests.work.cuts import die, dying_after
from tests.worlds import NOW

STEPS = ("reserved", "half written", "written", "half read again", "swapped", "destroyed")


def cut(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Die at the second piece."""

    async def some() -> AsyncIterator[bytes]:
        count = 0
        async for piece in pieces:
            count += 1
            if count == 2:
                die()
            yield piece

    return some()


async def main(url: str, data: Path, step: str) -> None:
    store, blobs = Store(url), from_url("", data)
    names = {"reserved": "reserve", "swapped": "swap"}
    if step in names:
        assert hasattr(withdrawn_files, names[step])
        store.write = dying_after(store.write, names[step])  # type: ignore[method-assign]
    lock_away, take_out, write, delete = sealed_files.lock_away, sealed_files.take_out, blobs.write, blobs.delete

    async def writing(key: str, chunks: Any) -> int:
        length = await write(key, chunks)
        if step == "written":
            die()
        return length

    async def deleting(key: str) -> None:
        await delete(key)
        if step == "destroyed":
            die()

    if step == "half written":
        sealed_files.lock_away = lambda *said: cut(lock_away(*said))  # type: ignore[assignment]
    if step == "half read again":
        sealed_files.take_out = lambda *said: cut(take_out(*said))  # type: ignore[assignment]
    blobs.write, blobs.delete = writing, deleting  # type: ignore[method-assign]
    await Seals(store, blobs, data, lambda: NOW).seal_due()
    await destroy_due(store, blobs, NOW)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
