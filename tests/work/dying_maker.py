"""`python -m tests.work.dying_maker DATABASE DATA STEP`: makes what is published of files, and dies at a step.

Steps are named after what has just been done. It dies as by a power cut: SIGKILL, nothing said, nothing put away.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from motion.media import process
from motion.work.media import Conversions
from storage import media
from storage.blobs import from_url
from storage.store import Store
from tests.work.cuts import die, dying_after
from tests.worlds import NOW

STEPS = ("queued", "begun", "child", "converted", "reserved", "first-blob", "last-blob", "settled", "refused")


async def main(url: str, data: Path, step: str) -> None:
    store, blobs = Store(url), from_url("", data)
    names = {"queued": "queue", "begun": "begin", "reserved": "reserve", "settled": "_settle", "refused": "fail"}
    if step in names:
        assert names[step] == "_settle" or hasattr(media, names[step])
        store.write = dying_after(store.write, names[step])  # type: ignore[method-assign]
    convert, write, written = process.convert, blobs.write, 0

    async def converting(*arguments: Any, **named: Any) -> Any:
        if step == "child":
            named["started"] = die
        result = await convert(*arguments, **named)
        if step == "converted":
            die()
        return result

    async def writing(key: str, chunks: Any) -> int:
        nonlocal written
        length = await write(key, chunks)
        written += 1
        if step == "first-blob" or (step == "last-blob" and written == 2):
            die()
        return length

    process.convert = converting  # type: ignore[assignment]
    blobs.write = writing  # type: ignore[method-assign]
    await Conversions(store, blobs, data, lambda: NOW, owner="mourant").make_due()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
