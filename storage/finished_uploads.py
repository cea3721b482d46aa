"""From a whole upload to a blob, exactly once, whatever stops this and wherever.

1. The row is `whole`, with the key that the blob will have: one transaction with the last bytes that are counted.
2. The blob is there, whole, under that key (`Blobs.take`).
3. The row is `done`: one transaction, in which one caller wins.
4. The file is gone from the folder of uploads.

Stopped after 1: this runs again. Stopped within 2: there is no blob, or all of it, and `size` says which. Stopped after
2 or 3: the rest runs again; a file that is left without a row that needs it is swept.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

from storage import upload_files, uploads
from storage.blobs import Blobs, BlobTaken
from storage.models import Upload
from storage.store import Store
from storage.upload_files import Incoming

log = logging.getLogger(__name__)

UNUSED_KEPT = timedelta(days=7)  # a contribution is still being written; then nobody wants the file


async def finish(store: Store, blobs: Blobs, folder: Path, upload: Upload, now: datetime) -> bool:
    """Make a blob of a whole upload, or finish doing so; return whether this call is the one that did.

    A file that is not as long as its row says is told so: the sender goes on from there.
    """
    assert upload.key is not None
    path = folder / upload.id
    if await blobs.size(upload.key) is None:
        found = await asyncio.to_thread(_length, path)
        if found != upload.length:
            if await blobs.size(upload.key) is None:
                log.error(
                    "upload: %d of %d bytes are in the folder of uploads; the sender is asked", found, upload.length
                )
                await store.write(uploads.cut_back, upload.id, min(found, upload.length))
                return False
        else:
            try:
                await blobs.take(upload.key, path)
            except BlobTaken:
                pass  # another process was faster
    is_mine = await store.write(uploads.mark_done, upload.id, now + UNUSED_KEPT)
    await asyncio.to_thread(path.unlink, missing_ok=True)
    return is_mine


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


async def finish_due(store: Store, blobs: Blobs, folder: Path, now: datetime) -> int:
    """Finish what a crash, or a store that was away, left whole and undone; return how many."""
    count = 0
    for upload in await store.read(uploads.whole):
        held = await asyncio.to_thread(Incoming.hold, folder, upload.id)
        if held is None:
            continue  # whoever received it is doing this
        try:
            fresh = await store.read(uploads.find, upload.id)
            if fresh is not None and fresh.state == "whole":
                count += await finish(store, blobs, folder, fresh, now)
        finally:
            held.close()
    return count


async def forget_due(store: Store, blobs: Blobs, folder: Path, now: datetime) -> int:
    """Forget what was not finished or not used in time, with its bytes; return how many."""
    if not await store.read(uploads.is_late, now):
        return 0
    count = 0
    for upload in await store.read(uploads.expired, now):
        if upload.state == "done":
            assert upload.key is not None
            # The blob first: stopped in between, the row is found again. Nobody uses what has expired.
            await blobs.delete(upload.key)
            count += await store.write(uploads.forget, upload.id, "done")
        else:
            count += await drop(store, folder, upload.id)
    return count


async def drop(store: Store, folder: Path, upload_id: str) -> bool:
    """Forget an upload that receives, unless somebody is sending it at this moment."""
    held = await asyncio.to_thread(Incoming.hold, folder, upload_id)
    if held is None:
        return False
    try:
        gone = await store.write(uploads.forget, upload_id, "receiving")
        if gone or await store.read(uploads.find, upload_id) is None:
            held.remove()
        return gone
    finally:
        held.close()


async def sweep(store: Store, folder: Path) -> int:
    """Remove files that no row needs; return how many. A row is always older than its file."""
    found = await asyncio.to_thread(upload_files.names, folder)
    count = 0
    for start in range(0, len(found), 500):
        batch = found[start : start + 500]
        needed = await store.read(uploads.known, batch)
        for name in batch:
            if name not in needed:
                await asyncio.to_thread((folder / name).unlink, missing_ok=True)
                count += 1
    return count
