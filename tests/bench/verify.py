"""How long the check of a large record takes, and in how much memory.

python -m tests.bench.verify [ENTRIES] [--motions 10] [--film MEGABYTES] [--folder FOLDER]

A synthetic congress is written to a folder: fifty officials type at once, each in a place of their own, in ten
motions; with `--film` the congress shows a film of that length. `motion verify` then reads it in a process of its own,
and the record's own room the log and objects alone.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from motion.live.updates import Id, Struct, encode, skeleton
from motion.record.bundles import encode_objects, object_path
from motion.record.checkpoint import Checkpoint, Signer, sign_checkpoint
from motion.record.entry import encode_entry
from motion.record.files import encode_apart, salt_path
from motion.record.objects import Commitment, seal
from motion.record.tiles import Tile, encode_bundle
from motion.record.tree import leaf_hash, root_of

SIGNER = Signer("registre.example.org/mesure", bytes(range(32)))
OFFICIALS = 50
STRETCH = 5  # keystrokes of one person before the next one's arrive
START = datetime(2031, 11, 15, 9, 0, tzinfo=UTC)


def salt_of(entry: int) -> bytes:
    """What the object of an entry is sealed with."""
    return hashlib.sha256(entry.to_bytes(8, "big")).digest()


class Writer:
    """A log as a folder, bundle after bundle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = 0
        self._entries: list[bytes] = []
        self._slots: list[bytes] = []
        self._rows: list[list[bytes]] = [[]]
        self._written = [0]

    def add(self, kind: str, by: str, content: bytes | None = None, **body: object) -> None:
        slot = b""
        if content is not None:
            sealed = seal(salt_of(self.size), content)
            body |= {"c": sealed.name, "len": len(content)}
            slot = sealed.data
        entry = encode_entry(kind, body, by=by, at=START + timedelta(milliseconds=20 * self.size))
        self._entries.append(entry)
        self._slots.append(slot)
        self.size += 1
        self._put(leaf_hash(entry))
        if len(self._entries) == 256:
            self._flush()

    def _flush(self) -> None:
        tile = Tile(None, (self.size - 1) // 256, len(self._entries))
        self._write(tile.path, encode_bundle(self._entries))
        self._write(object_path(tile), encode_objects(self._slots))
        self._entries, self._slots = [], []

    def _put(self, digest: bytes, level: int = 0) -> None:
        if len(self._rows) == level:
            self._rows.append([])
            self._written.append(0)
        row = self._rows[level]
        row.append(digest)
        if len(row) == 256:
            self._write(Tile(level, self._written[level]).path, b"".join(row))
            self._put(root_of(row), level + 1)
            self._written[level] += 1
            row.clear()

    def finish(self) -> None:
        if self._entries:
            self._flush()
        for level, row in enumerate(self._rows):
            if row:
                self._write(Tile(level, self._written[level], len(row)).path, b"".join(row))
        root: bytes | None = None
        for row in self._rows:
            row = row + ([] if root is None else [root])
            root = root_of(row) if row else root
        checkpoint = Checkpoint(SIGNER.name, self.size, root or root_of([]))
        self._write("log.vkey", (SIGNER.verifier.encode() + "\n").encode())
        self._write("checkpoint", sign_checkpoint(checkpoint, [SIGNER]))

    def _write(self, path: str, data: bytes) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def show_film(log: Writer, megabytes: int) -> None:
    """Somebody sends a film of so many megabytes, and the congress shows it."""
    salt = bytes(range(32))
    commitment, piece = Commitment(salt), bytes(range(250)) * 4000
    place = log.folder.parent / "medias" / "film"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        for _ in range(megabytes):
            commitment.update(piece)
            file.write(piece)
    path = f"medias/{commitment.name}.mp4"
    place.rename(log.folder.parent / path)
    log._write(salt_path(commitment.name), encode_apart(salt, path))
    about = {"contribution": "C1", "len": megabytes * len(piece)}
    words = seal(salt_of(log.size + 2), b"words")  # what the third entry from here publishes
    log.add("contribution.receive", "system", c=words.name, channel="web", contribution="C1", len=5, version=1)
    log.add("contribution.file", "system", c="0" * 64, file=1, media="video", **about)
    log.add("contribution.publish", "sec-1", b"words", contribution="C1", version=1)
    log.add("contribution.show", "system", c=commitment.name, file=1, media="video/mp4", role="video-720", **about)


def write(folder: Path, entries: int, motions: int, film: int) -> None:
    """Fifty officials type in ten motions until there are so many entries."""
    log = Writer(folder)
    log.add("congress.open", "system", congress="mesure", title="Mesure", zone="Europe/Paris", languages=["fr"])
    if film:
        show_film(log, film)
    for who in range(1, OFFICIALS + 1):
        log.add("official.accredit", "sec-1", official=f"elu-{who}", name=f"Élue {who}", mandate="maire")
        log.add("session.open", f"elu-{who}", how="card", sess=f"s-{who}", who=f"elu-{who}")
    states = []
    for number in range(1, motions + 1):
        log.add("motion.create", "sec-1", doc=f"M{number}", form="blank", title=f"Motion {number}")
        for who in range(1, OFFICIALS + 1):
            log.add(
                "client.bind", f"elu-{who}", cid=1_000 + who, doc=f"M{number}", official=f"elu-{who}", sess=f"s-{who}"
            )
        states.append([0, dict.fromkeys(range(1, OFFICIALS + 1), 0)])
    turn = 0
    while log.size < entries:
        who = turn % OFFICIALS + 1
        number = turn // OFFICIALS % motions
        state = states[number]
        for _ in range(min(STRETCH, entries - log.size)):
            state[0] += 1
            clock = state[1][who]
            state[1][who] += 1
            origin = Id(1_000 + who, clock - 1) if clock else None
            letter = "é" if clock % 9 == 0 else "\n" if clock % 80 == 79 else "a"
            content = encode([Struct(1_000 + who, clock, 1, origin, None, letter)], [])
            skel = hashlib.sha256(skeleton(content)).hexdigest()
            cid, sess, doc = 1_000 + who, f"s-{who}", f"M{number + 1}"
            log.add("crdt.update", f"elu-{who}", content, cid=cid, doc=doc, n=state[0], sess=sess, skel=skel)
        turn += 1
    log.finish()


def measure(*command: str) -> None:
    """Run a command; print its time, its processor time and the peak memory of all its processes."""
    peak, cpu, is_over = 0, 0.0, threading.Event()
    start = time.perf_counter()
    process = psutil.Popen(command)

    def watch() -> None:
        nonlocal peak, cpu
        while not is_over.wait(0.05):
            try:
                family = [process, *process.children(recursive=True)]
                peak = max(peak, sum(each.memory_info().rss for each in family))
                cpu = max(cpu, sum(sum(each.cpu_times()[:2]) for each in family))
            except psutil.Error:
                continue

    watching = threading.Thread(target=watch)
    watching.start()
    status = process.wait()
    is_over.set()
    watching.join()
    seconds = time.perf_counter() - start
    print(
        f"{' '.join(command[1:4])}: status {status}, {seconds:.1f} s, processor {cpu:.0f} s, {peak / 1e6:.0f} MB",
        flush=True,
    )


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("entries", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("--motions", type=int, default=10)
    arguments.add_argument("--film", type=int, default=0, help="megabytes of a film that the congress shows")
    arguments.add_argument("--folder", type=Path)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-verify-") as made:
        folder = (options.folder or Path(made)) / "log"
        if not (folder / "checkpoint").is_file():
            start = time.perf_counter()
            write(folder, options.entries, options.motions, options.film)
            weight = sum(path.stat().st_size for path in folder.parent.rglob("*") if path.is_file())
            print(f"{options.entries} entries, {weight / 1e6:.0f} MB, written in {time.perf_counter() - start:.0f} s")
        key = SIGNER.verifier.encode()
        measure(sys.executable, "-m", "motion.record.verify", str(folder), key)
        measure(sys.executable, "-m", "motion", "verify", str(folder), "--key", key)


if __name__ == "__main__":
    main()
