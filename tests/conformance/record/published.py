"""A record as it will be published, in a folder, for verifiers that share no code with us."""

from __future__ import annotations

from pathlib import Path

from motion.record.tiles import encode_bundle, encode_tile, tiles_between
from tests.record.world import SIGNER, Log, opened_motion


def long_log(size: int) -> Log:
    """A congress with this many entries: one motion, then updates of one author."""
    log = opened_motion()
    n = 0
    while len(log.entries) < size:
        n += 1
        log.update(n)
    del log.entries[size:]
    return log


def publish(log: Log, folder: Path, older: tuple[int, ...] = ()) -> Path:
    """Write key, checkpoint, older checkpoints, tiles and bundles."""
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "log.vkey").write_text(SIGNER.verifier.encode() + "\n")
    (folder / "checkpoint").write_bytes(log.note())
    for size in older:
        (folder / "checkpoints" / f"{size}").write_bytes(log.note(size))
    for tile in tiles_between(0, len(log.entries)):
        path = folder / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        first = tile.number * 256
        path.write_bytes(
            encode_bundle(log.entries[first : first + tile.width])
            if tile.level is None
            else encode_tile(tile, log.hashes)
        )
    return folder
