"""The published log of a congress as a folder: what a mirror copies, what `motion verify` and others read.

The layout is that of the addresses below `/{congress}/log/`. Bundle after bundle: memory does not grow with the
log. The same checkpoint and the same redactions give the same bytes.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from motion.live.updates import skeleton
from motion.record.bundles import MAX_SLOT_BYTES, encode_objects, file_path, object_path
from motion.record.entry import canonical
from motion.record.policy import majority_policy
from motion.record.published import bundles_of
from motion.record.tiles import MAX_LEVEL, TILE_WIDTH, Tile, edge_tiles, encode_bundle
from motion.record.tree import leaf_hash, root_of
from storage import kept_roots, ledger, published, redactions
from storage.models import Checkpoint, Congress, Redaction
from storage.store import Session, Store

Progress = Callable[[int, int], None]
"""Is told how many entries are written, and of how many."""

Put = Callable[[str, bytes], None]
"""Writes one file, by its path below the folder of the log."""


class NothingSigned(Exception):
    """The congress's record has no signed root yet: there is nothing to publish."""


class ChangedMeanwhile(Exception):
    """An object was withdrawn while the folder was written, or since the last root: sign, and write again."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a folder holds: the size and the root of its checkpoint, and how many bytes were written."""

    size: int
    root: bytes
    bytes: int


def write_log(
    store: Store,
    congress_id: int,
    folder: Path,
    *,
    address: str,
    progress: Progress | None = None,
    put: Put | None = None,
    newest: bool = False,
) -> Written:
    """Write the whole published log into a folder; files of an earlier writing are renewed.

    Args:
        folder: Of the log itself, made when missing: `…/congres/log`.
        address: Where the log is published, for the policy: `https://…/congres/log`.
        put: Writes the files in place of this function, by their path below the folder.
        newest: Publish the newest signed root, even if witnesses have not seen it yet.

    Raises:
        NothingSigned, ChangedMeanwhile: The folder is unfinished and holds no checkpoint.
    """
    writer = _Writer(folder, put)
    # Last to be written, and so first to go: a folder with a checkpoint is a whole one.
    (folder / "checkpoint").unlink(missing_ok=True)
    row, withdrawn = store.read_now(_covering, congress_id, newest)
    for bundle in bundles_of(row.size):
        _write_bundle(store, congress_id, bundle, writer)
        if progress is not None:
            progress(bundle.number * TILE_WIDTH + bundle.width, row.size)
    writer.finish_tiles()
    _forget_partial(folder, row.size)
    store.read_now(_write_rest, congress_id, row.size, address, writer)
    if store.read_now(redactions.last, congress_id) != withdrawn:
        raise ChangedMeanwhile
    writer.write("redactions.json", store.read_now(_redactions, congress_id, row.size))
    writer.write("checkpoint", published.note_of(row))
    return Written(row.size, row.root, writer.bytes)


def _covering(db: Session, congress_id: int, newest: bool) -> tuple[Checkpoint, int]:
    """The root to publish, and the last redaction, which it must cover."""
    withdrawn = redactions.last(db, congress_id)
    row = published.checkpoint(db, congress_id)
    if newest or (row is not None and row.size <= withdrawn):
        row = published.newest(db, congress_id)  # its witnesses come later; what is gone is gone now
    if row is None:
        raise NothingSigned
    if withdrawn and row.size <= withdrawn:
        raise ChangedMeanwhile
    return row, withdrawn


class _Writer:
    """Files below one folder, and the tree of what was written."""

    def __init__(self, folder: Path, put: Put | None = None) -> None:
        self._folder = folder
        self._put = put or self._renew
        self._rows: list[list[bytes]] = []
        self._numbers: list[int] = []
        self.bytes = 0

    def write(self, path: str, data: bytes) -> None:
        self._put(path, data)
        self.bytes += len(data)

    def _renew(self, path: str, data: bytes) -> None:
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def add(self, digest: bytes, level: int = 0) -> None:
        """Add a leaf hash, or the root of a full tile of the level below."""
        if len(self._rows) == level:
            self._rows.append([])
            self._numbers.append(0)
        row = self._rows[level]
        row.append(digest)
        if len(row) == TILE_WIDTH:
            self._write_tile(level)
            if level < MAX_LEVEL:
                self.add(root_of(row), level + 1)
            self._numbers[level] += 1
            row.clear()

    def finish_tiles(self) -> None:
        """Write the tiles of the right edge, which are not full."""
        for level, row in enumerate(self._rows):
            if row:
                self._write_tile(level)

    def _write_tile(self, level: int) -> None:
        row = self._rows[level]
        self.write(Tile(level, self._numbers[level], len(row)).path, b"".join(row))


def _write_bundle(store: Store, congress_id: int, bundle: Tile, writer: _Writer) -> None:
    first = bundle.number * TILE_WIDTH
    entries = store.read_now(ledger.contents, congress_id, first, bundle.width)
    writer.write(bundle.path, encode_bundle(entries))
    for entry in entries:
        writer.add(leaf_hash(entry))
    slots: list[bytes] = []
    for found in store.read_now(redactions.published, congress_id, first, first + bundle.width):
        slot = found.data or (skeleton(found.masked) if found.masked else b"")
        if len(slot) > MAX_SLOT_BYTES and found.name is not None:
            writer.write(file_path(found.name), slot)
            slot = b""
        slots.append(slot)
    writer.write(object_path(bundle), encode_objects(slots))


def _write_rest(db: Session, congress_id: int, size: int, address: str, writer: _Writer) -> None:
    said = published.policy(db, congress_id)
    writer.write("log.vkey", "".join(f"{key}\n" for key in said.keys).encode())
    writer.write("policy", majority_policy(said.keys, said.witnesses, address))
    for root in kept_roots.kept(db, congress_id, size):
        writer.write(f"checkpoints/{root.size}", root.note)
    for stamp in kept_roots.stamps(db, congress_id, size):
        writer.write(f"timestamps/{stamp.size}.tsr", stamp.reply)
        writer.write(f"timestamps/{stamp.size}.checkpoint", stamp.note)


def _redactions(db: Session, congress_id: int, size: int) -> bytes:
    """`redactions.json`, as FORMAT.md says it: of this checkpoint, where an address tells of the last entry."""
    rows = redactions.of_congress(db, congress_id, size)
    slug = db.get_one(Congress, congress_id).slug
    return canonical({"congress": slug, "redactions": [_redaction(row) for row in rows], "size": size})


def _redaction(row: Redaction) -> dict[str, object]:
    said: dict[str, object] = {
        "at": row.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z",
        "basis": row.basis,
        "decision": f"d-{row.decision}",
        "entry": row.entry,
        "kind": row.kind,
        "name": row.name,
        "reason": row.reason,
        "remedy": row.remedy,
        "skel": row.is_skeleton,
        "target": row.target,
        "who": row.who,
    }
    if row.until is not None:
        said["until"] = row.until.isoformat()
    return said


def _forget_partial(folder: Path, size: int) -> None:
    """Take away the tiles and bundles of an earlier, smaller writing that were not full then."""
    last = list(bundles_of(size))[-1:]
    present = {folder / tile.path for tile in (*edge_tiles(size), *last)} | {
        folder / object_path(tile) for tile in last
    }
    for parent in [*(folder / "tile").rglob("*.p"), *(folder / "objects").rglob("*.p")]:
        for path in parent.iterdir():
            if path not in present:
                path.unlink()
        if not any(parent.iterdir()):
            shutil.rmtree(parent)
