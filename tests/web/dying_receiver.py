"""A process that receives one file until it kills itself at a step: `dying_receiver.py FOLDER BLOBS_URL STEP`.

What was answered for stands in `answered`, durable before the next thing is done.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from motion import settings as settings_table
from motion.acts.uploads import NewUpload
from motion.live.relay import MemoryRelay
from motion.live.rooms import Rooms
from motion.web import uploading
from motion.web.service import Service
from motion.web.uploading import Uploads
from storage import finished_uploads
from storage.blobs.local import LocalBlobs
from storage.store import Store
from storage.upload_files import Incoming

NOW = datetime(2031, 11, 15, 14, 32, tzinfo=UTC)
OWNER = b"o" * 32
MIB = 1 << 20
LENGTH = 20 * MIB + 77
COUNTED = 4 * MIB

STEPS = (
    "piece: written, not on disk",
    "piece: on disk, not counted",
    "piece: counted, not answered",
    "piece: answered",
    "whole: not yet a blob",
    "blob: half sent",
    "blob: kept, still in the folder of uploads",
    "blob: kept, not said",
    "done: its file not removed",
    "done",
)


def content() -> bytes:
    """The file."""
    return b"".join(number.to_bytes(4, "big") * 1024 for number in range(LENGTH // 4096 + 1))[:LENGTH]


def build(folder: Path, blobs_url: str) -> Service:
    """The service's own parts, on the data of a folder."""
    settings = settings_table.read({"MOTION_DATA": str(folder), "BLOBS_URL": blobs_url})
    store = Store(settings.database_url)
    return Service(settings, store, Rooms(store, MemoryRelay(), lambda: NOW, settings), lambda: NOW)


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    """As a socket gives them."""
    for start in range(0, len(data), 1 << 16):
        yield data[start : start + (1 << 16)]


def die() -> None:
    """As a power cut does: nothing is flushed, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str) -> Callable[[], None]:
    """Put the kill where the step says; return what is called when a piece was answered for."""
    seen = 0

    def second() -> None:
        nonlocal seen
        seen += 1
        if seen == 2:
            die()

    def after(owner: Any, name: str, then: Callable[[], None]) -> None:
        """Once it has returned."""
        real = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            found = real(*args, **kwargs)
            if asyncio.iscoroutine(found):

                async def awaited(it: Awaitable[Any] = found) -> Any:
                    done = await it
                    then()
                    return done

                return awaited()
            then()
            return found

        setattr(owner, name, wrapped)

    def before(owner: Any, name: str) -> None:
        setattr(owner, name, lambda *_args, **_kwargs: die())

    match step:
        case "piece: written, not on disk":
            after(Incoming, "write", second)
        case "piece: on disk, not counted":
            after(Incoming, "sync", second)
        case "piece: counted, not answered":
            after(Uploads, "count", second)
        case "piece: answered":
            return die
        case "whole: not yet a blob":
            before(finished_uploads, "finish")
        case "blob: half sent":
            _cut_in_the_middle()
        case "blob: kept, still in the folder of uploads":
            after(LocalBlobs, "_link", die)
        case "blob: kept, not said":
            before(finished_uploads.uploads, "mark_done")
        case "done: its file not removed":
            real = Store.write

            async def write(self: Store, function: Any, *args: Any, **kwargs: Any) -> Any:
                found = await real(self, function, *args, **kwargs)
                if function is finished_uploads.uploads.mark_done:
                    die()
                return found

            Store.write = write  # type: ignore[method-assign]
        case "done":
            after(finished_uploads, "finish", die)
    return lambda: None


def _cut_in_the_middle() -> None:
    """An S3 store has had some parts; a folder has had none, for there it is one link: half a copy is made instead."""
    from storage.blobs import s3

    real = s3.S3Blobs.write

    async def write(self: Any, key: str, chunks: AsyncIterator[bytes]) -> int:
        async def cut() -> AsyncIterator[bytes]:
            sent = 0
            async for chunk in chunks:
                sent += len(chunk)
                if sent > LENGTH * 0.9:
                    await asyncio.sleep(0.5)
                    die()
                yield chunk

        return await real(self, key, cut())

    s3.S3Blobs.write = write  # type: ignore[method-assign]

    def link(_self: Any, source: Path, _place: Path, _key: str) -> None:
        if source.parent.name == "uploads":
            raise OSError("another disk")
        die()

    LocalBlobs._link = link  # type: ignore[method-assign]


async def main(folder: Path, blobs_url: str, step: str) -> None:
    """Receive a file in two pieces."""
    answered = arm(step)
    uploading.COUNTED_BYTES = COUNTED
    desk = Uploads(build(folder, blobs_url))
    upload = await desk.begin(1, OWNER, "salle", NewUpload(LENGTH, "film.mp4"))
    (folder / "address").write_text(upload.id)
    data = content()
    offset = 0
    for end in (12 * MIB, LENGTH):
        found = await desk.receive(1, OWNER, upload.id, offset, pieces(data[offset:end]), length=end - offset)
        offset = found.received
        with (folder / "answered").open("w") as file:
            file.write(str(offset))
            file.flush()
            os.fsync(file.fileno())
        answered()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
