"""Somebody who rewrites a published congress: the operator, who has the log's key, or a thief of the folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from motion.record.bundles import decode_objects, encode_objects, object_path
from motion.record.checkpoint import Checkpoint, Signer, parse_verifier_key, sign_checkpoint
from motion.record.entry import decode_entry, encode_entry
from motion.record.objects import seal
from motion.record.published import bundles_of
from motion.record.tiles import decode_bundle, encode_bundle, encode_tile, tiles_between
from motion.record.tree import leaf_hash, root_of

from .world import SEED

SALT = bytes(range(100, 132))


def size_of(log: Path) -> int:
    """How many entries the log in a folder has, by its checkpoint: the scripted congress grows with what is tested."""
    return int((log / "checkpoint").read_text().split("\n")[1])


class Forger:
    """A copy of a published congress, in memory, to change and to publish again."""

    def __init__(self, source: Path, folder: Path) -> None:
        shutil.copytree(source, folder)
        self.folder = folder
        self.log = folder / "log"
        self.signer = Signer(parse_verifier_key((self.log / "log.vkey").read_text()).name, SEED)
        self.size = size_of(self.log)
        self.entries: list[bytes] = []
        self.slots: list[bytes] = []
        for bundle in bundles_of(self.size):
            self.entries += decode_bundle(bundle, (self.log / bundle.path).read_bytes())
            self.slots += decode_objects(bundle, (self.log / object_path(bundle)).read_bytes())

    def find(self, kind: str, which: int = 0, **body: Any) -> int:
        """The number of an entry of this kind whose body has these fields; `which` counts from 0, or back from -1."""
        found = []
        for number, data in enumerate(self.entries):
            entry = decode_entry(data)
            if entry.kind == kind and all(entry.body.get(name) == value for name, value in body.items()):
                found.append(number)
        return found[which]

    def body(self, number: int) -> dict[str, Any]:
        return dict(decode_entry(self.entries[number]).body)

    def by(self, number: int) -> str:
        return decode_entry(self.entries[number]).by

    def edit(self, number: int, by: str | None = None, **changes: Any) -> int:
        """Change fields of an entry."""
        entry = decode_entry(self.entries[number])
        self.put(number, entry.kind, by or entry.by, **dict(entry.body) | changes)
        return number

    def put(self, number: int, kind: str, who: str, /, **body: Any) -> int:
        """Put another entry in the place of one."""
        self.entries[number] = encode_entry(kind, body, by=who, at=decode_entry(self.entries[number]).at)
        if "c" not in body:
            self.slots[number] = b""
        return number

    def content(self, number: int) -> bytes:
        """What an entry commits to."""
        return self.slots[number][32:]

    def commit_to(self, number: int, content: bytes, **changes: Any) -> int:
        """Let an entry commit to something else, which is published."""
        sealed = seal(SALT, content)
        self.slots[number] = sealed.data
        return self.edit(number, c=sealed.name, len=len(content), **changes)

    def add(self, kind: str, who: str, /, **body: Any) -> int:
        """Append an entry that commits to nothing."""
        self.entries.append(encode_entry(kind, body, by=who, at=decode_entry(self.entries[-1]).at))
        self.slots.append(b"")
        return len(self.entries) - 1

    def drop(self, number: int) -> int:
        """Leave an entry out."""
        del self.entries[number], self.slots[number]
        return number

    def write(self, *, sign: bool = True) -> None:
        """Publish; the tree is built and signed again, or the bundles alone are written."""
        for path in [self.log / "tile", self.log / "objects"] if sign else []:
            shutil.rmtree(path)
        size = len(self.entries)
        leaves = [leaf_hash(entry) for entry in self.entries]
        for tile in tiles_between(0, size):
            if tile.level is None:
                first = tile.number * 256
                self._write(tile.path, encode_bundle(self.entries[first : first + tile.width]))
                self._write(object_path(tile), encode_objects(self.slots[first : first + tile.width]))
            elif sign:
                self._write(tile.path, encode_tile(tile, lambda start, stop: leaves[start:stop]))
        if sign:
            checkpoint = Checkpoint(self.signer.name, size, root_of(leaves))
            self._write("checkpoint", sign_checkpoint(checkpoint, [self.signer]))

    def forget_older(self) -> None:
        """The operator removes the checkpoints that lie with the log."""
        shutil.rmtree(self.log / "checkpoints", ignore_errors=True)

    def rewrite_json(self, code: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change what is published of a motion."""
        path = self.folder / "motions" / f"{code}.json"
        said = json.loads(path.read_bytes())
        change(said)
        path.write_text(json.dumps(said))

    def _write(self, path: str, data: bytes) -> None:
        place = self.log / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
