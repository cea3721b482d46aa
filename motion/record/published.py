"""The check of a log as it is published: checkpoint, tiles and bundles of entries, read one after the other.

Whoever calls gives ``read``, which brings the bytes of a file by its path below the log's address, or None.
The tree is authenticated first, from the leaf hashes up to the root that was signed; then each entry is held
against its leaf. So an altered entry is named, and not only the fact that the root differs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from .checkpoint import Checkpoint, SignedCheckpoint, VerifierKey, open_checkpoint
from .entry import decode_entry
from .errors import MalformedTree, RecordError
from .flaws import Broken, Flaw, Holds
from .story import Story
from .tiles import TILE_WIDTH, Tile, decode_bundle, decode_tile
from .tree import Frontier, leaf_hash, root_of

MAX_WORDS = 400  # of an entry at fault, as it is shown


class Read(Protocol):
    """Brings a file of a published log by its path (``checkpoint``, ``tile/0/000``), or None."""

    def __call__(self, path: str, /) -> bytes | None:
        """The bytes of the file."""


Judge = Callable[[Read, Iterable[Tile]], Iterator[Broken | None]]
"""Gives what ``judge_bundle`` says of each bundle, in order; the caller may spread it over processes."""

Progress = Callable[[str, int, int], None]
"""Is told the part under way, how many entries are done, and of how many."""


def serially(read: Read, bundles: Iterable[Tile]) -> Iterator[Broken | None]:
    """Judge one bundle after the other."""
    return (judge_bundle(read, tile) for tile in bundles)


def silent(part: str, done: int, total: int) -> None:
    """Show no progress."""


def bundles_of(size: int) -> Iterator[Tile]:
    """The bundles of entries of a log of this size, in order."""
    for number in range(size // TILE_WIDTH):
        yield Tile(None, number)
    if size % TILE_WIDTH:
        yield Tile(None, size // TILE_WIDTH, size % TILE_WIDTH)


def open_all(
    note: bytes, log: VerifierKey, older: Sequence[bytes], witnesses: Sequence[VerifierKey] = ()
) -> tuple[SignedCheckpoint, list[Checkpoint]] | Broken:
    """The checkpoint that covers the log, and all of them by size, it last; or the first that is none."""
    try:
        final = open_checkpoint(note, log, witnesses)
    except RecordError as error:
        return Broken(Flaw.CHECKPOINT, cause=error)
    marks: list[Checkpoint] = []
    size = final.checkpoint.size
    for kept in older:
        try:
            marks.append(open_checkpoint(kept, log).checkpoint)
        except RecordError as error:
            return Broken(Flaw.OLDER_CHECKPOINT, cause=error, words=kept[:MAX_WORDS].decode(errors="replace"))
        if marks[-1].size > size:
            return Broken(Flaw.OLDER_BEYOND, since=size, until=marks[-1].size)
    return final, [*sorted(marks, key=lambda mark: mark.size), final.checkpoint]


class Passage:
    """The tree as it grows under the reading, held against each checkpoint at its size."""

    def __init__(self, marks: Sequence[Checkpoint]) -> None:
        self.frontier = Frontier()
        self.agreed = 0
        self._ahead = sorted(marks, key=lambda mark: mark.size, reverse=True)

    def look(self) -> Broken | None:
        """Compare the root with each checkpoint of this size."""
        while self._ahead and self._ahead[-1].size == self.frontier.size:
            mark = self._ahead.pop()
            if mark.root != self.frontier.root():
                return Broken(Flaw.ROOT, since=self.agreed, until=mark.size)
            self.agreed = mark.size
        return None

    def extend(self, leaves: Sequence[bytes]) -> Broken | None:
        """Add leaf hashes, stopping at each checkpoint on the way."""
        at = 0
        while at < len(leaves):
            stop = len(leaves)
            if self._ahead:
                stop = min(stop, at + self._ahead[-1].size - self.frontier.size)
            self.frontier.extend(leaves[at:stop])
            flaw = self.look()
            if flaw is not None:
                return flaw
            at = stop
        return None


class _Higher:
    """The tiles above level 0, compared with what the leaf hashes give; remembers the first that differs."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._rows: list[list[bytes]] = []
        self._numbers: list[int] = []
        self.first: Broken | None = None

    def add(self, root: bytes, level: int = 1) -> None:
        if len(self._rows) < level:
            self._rows.append([])
            self._numbers.append(0)
        row = self._rows[level - 1]
        row.append(root)
        if len(row) == TILE_WIDTH:
            self._compare(level, row)
            self.add(root_of(row), level + 1)
            self._numbers[level - 1] += 1
            row.clear()

    def finish(self) -> None:
        for level, row in enumerate(self._rows, start=1):
            if row:
                self._compare(level, row)

    def _compare(self, level: int, row: Sequence[bytes]) -> None:
        tile = Tile(level, self._numbers[level - 1], len(row))
        data = self._read(tile.path)
        if self.first is not None or data == b"".join(row):
            return
        if data is None:
            self.first = Broken(Flaw.TILE, words=tile.path)
            return
        at = next((i for i, root in enumerate(row) if data[32 * i : 32 * i + 32] != root), len(row) - 1)
        span = TILE_WIDTH**level
        first = (tile.number * TILE_WIDTH + at) * span
        self.first = Broken(Flaw.TILE, since=first, until=first + span, words=tile.path)


def check_tree(read: Read, marks: Sequence[Checkpoint], progress: Progress = silent) -> Broken | None:
    """Whether the tiles give the root of each checkpoint, the largest last."""
    size = marks[-1].size
    passage, higher = Passage(marks), _Higher(read)
    flaw = passage.look()
    for bundle in bundles_of(size):
        if flaw is not None:
            break
        tile = Tile(0, bundle.number, bundle.width)
        data = read(tile.path)
        try:
            hashes = decode_tile(tile, data or b"")
        except MalformedTree as error:
            first = tile.number * TILE_WIDTH
            return Broken(Flaw.TILE, since=first, until=first + tile.width, cause=error, words=tile.path)
        flaw = passage.extend(hashes)
        if tile.width == TILE_WIDTH:
            higher.add(root_of(hashes))
        progress("tree", passage.frontier.size, size)
    higher.finish()
    first_above = higher.first
    if flaw is not None and first_above is not None and first_above.since is not None:
        # The level above says which of its tiles differs: as narrow as can be told without the right leaves.
        since, until = max(first_above.since, flaw.since or 0), min(first_above.until or size, flaw.until or size)
        if since < until:
            return Broken(Flaw.ROOT, since=since, until=until)
    return flaw or first_above


def judge_bundle(read: Read, tile: Tile) -> Broken | None:
    """Each entry of one bundle by itself: the one of the tree, and in its one form."""
    first = tile.number * TILE_WIDTH
    data = read(tile.path)
    if data is None:
        return Broken(Flaw.MISSING, entry=first, words=tile.path)
    leaves = read(Tile(0, tile.number, tile.width).path) or b""
    entries, is_whole = _split(data)
    for at, entry in enumerate(entries[: tile.width]):
        if leaf_hash(entry) != leaves[32 * at : 32 * at + 32]:
            return Broken(Flaw.LEAF, entry=first + at, words=shown(entry))
        try:
            decode_entry(entry)
        except RecordError as error:
            return Broken(Flaw.ENTRY, entry=first + at, cause=error, words=shown(entry))
    if len(entries) != tile.width or not is_whole:
        flaw = Flaw.MISSING if len(entries) < tile.width else Flaw.SURPLUS
        return Broken(flaw, entry=first + min(len(entries), tile.width), words=tile.path)
    return None


def check_published(
    read: Read,
    note: bytes,
    log: VerifierKey,
    *,
    older: Sequence[bytes] = (),
    witnesses: Sequence[VerifierKey] = (),
    story: Story | None = None,
    judge: Judge = serially,
    progress: Progress = silent,
) -> Holds | Broken:
    """Check a published log: signatures, tree, each entry, and what they say together.

    Args:
        note: The checkpoint that covers precisely the log.
        log: The log's key, had from elsewhere than the log.
        older: Checkpoints of the same log kept from earlier, in any order.
        witnesses: Keys whose cosignatures are looked for.
        story: Is told every entry; afterwards it knows what was withdrawn.
    """
    opened = open_all(note, log, older, witnesses)
    if isinstance(opened, Broken):
        return opened
    signed, marks = opened
    final = signed.checkpoint
    flaw = check_tree(read, marks, progress) or _check_entries(read, final.size, story or Story(), judge, progress)
    if flaw is not None:
        return flaw
    names = tuple(sorted({cosignature.key.name for cosignature in signed.cosignatures}))
    return Holds(final.origin, final.size, final.root, len(older), names)


def _check_entries(read: Read, size: int, story: Story, judge: Judge, progress: Progress) -> Broken | None:
    before = Frontier()
    verdicts = judge(read, bundles_of(size))
    for tile, flaw in zip(bundles_of(size), verdicts, strict=True):
        if flaw is not None:
            return flaw
        for entry in decode_bundle(tile, read(tile.path) or b""):
            value = json.loads(entry)
            wrong = story.tell(value["t"], value["body"], value["by"], before)
            if wrong is not None:
                return Broken(wrong, entry=before.size, words=shown(entry))
            before.append(leaf_hash(entry))
        progress("entries", before.size, size)
    return None


def shown(entry: bytes) -> str:
    """An entry's own words, cut when long."""
    words = entry.decode(errors="replace")
    return words if len(words) <= MAX_WORDS else words[:MAX_WORDS] + "…"


def _split(data: bytes) -> tuple[list[bytes], bool]:
    """The whole entries of a bundle, however many, and whether nothing is left after them."""
    entries: list[bytes] = []
    at = 0
    while at + 2 <= len(data):
        stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if stop > len(data):
            break
        entries.append(data[at + 2 : stop])
        at = stop
    return entries, at == len(data)
