"""A record as anyone gets it: file by file, over HTTP, by the paths of C2SP tlog-tiles."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

from motion.record.tiles import tiles_between

WAIT_SECONDS = 20


def get(address: str) -> bytes:
    """The bytes at an address."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: bytes = answer.read()
        return content


def size_of(note: bytes) -> int:
    """The size that a checkpoint states."""
    return int(note.split(b"\n")[1])


def grown(log: str, beyond: int) -> bytes:
    """The checkpoint of a log, once it counts more than so many entries."""
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        try:
            note = get(f"{log}/checkpoint")
        except urllib.error.HTTPError as error:
            assert error.code == 404, error  # the first second: nothing is signed yet
        else:
            if size_of(note) > beyond:
                return note
        time.sleep(0.1)
    raise AssertionError(f"{log} did not grow beyond {beyond}")


def fetch(log: str, folder: Path, note: bytes, older: tuple[bytes, ...] = ()) -> Path:
    """Write the files of the log at a checkpoint into a folder, as `verify.go` reads them."""
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoint").write_bytes(note)
    (folder / "log.vkey").write_bytes(get(f"{log}/log.vkey"))
    for kept in older:
        (folder / "checkpoints" / str(size_of(kept))).write_bytes(kept)
    for tile in tiles_between(0, size_of(note)):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(get(f"{log}/{tile.path}"))
    return folder
