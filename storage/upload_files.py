"""The bytes of files on their way in: one file each in a folder of the data folder, appended to by one writer.

    uploads/3f…     the bytes that came, under the address of the upload

A writer holds the file's lock (`flock`, which ends with the process, whatever ends it), so that two connections never
mix their bytes, in one process or in ten: they share this folder, on one machine or on a disk that the machines share.
The row says how much of the file counts. What a crash left beyond that is cut off when the next writer comes.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from storage.blobs.local import sync_folder

FOLDER = "uploads"


def folder_in(data_dir: Path) -> Path:
    """Where the bytes of uploads lie."""
    return data_dir / FOLDER


class Incoming:
    """The file of one upload, held by one writer. Its methods wait for the disk: call them in a thread."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @classmethod
    def hold(cls, folder: Path, upload_id: str) -> "Incoming | None":
        """Open an upload's file and lock it; None when another writer has it. An absent file is made."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / upload_id
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if is_new:
            sync_folder(folder)  # what is answered for must not lose its name in a power cut
        return cls(path, descriptor)

    def cut(self, length: int) -> int:
        """Cut off what lies beyond `length`, and return how many bytes there are."""
        found = os.fstat(self._descriptor).st_size
        if found > length:
            os.ftruncate(self._descriptor, length)
            return length
        return found

    def write(self, chunk: bytes | bytearray, at: int) -> None:
        """Write at a place; it counts once `sync` has returned and the row says so."""
        rest = memoryview(chunk)
        while rest:
            written = os.pwrite(self._descriptor, rest, at)
            rest, at = rest[written:], at + written

    def sync(self) -> None:
        """Put on disk what was written."""
        os.fdatasync(self._descriptor)

    def remove(self) -> None:
        """Remove the file; the lock goes with `close`."""
        with suppress(FileNotFoundError):
            self.path.unlink()

    def close(self) -> None:
        """Let the next writer in."""
        os.close(self._descriptor)


def names(folder: Path) -> list[str]:
    """The uploads whose bytes lie in the folder."""
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
