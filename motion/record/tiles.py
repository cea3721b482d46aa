"""Tiles: the tree and the entries as files that any web server can serve (C2SP tlog-tiles).

A tile is up to 256 hashes of one level of the tree; a bundle is up to 256 entries. Both are named by level,
number and, while not full, width. They never change once written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .errors import MalformedTree
from .tree import HASH_BYTES, Frontier, LeafHashes, node_hash, root_of

TILE_WIDTH = 256
TILE_BYTES = TILE_WIDTH * HASH_BYTES
_LEVEL_BITS = 8
MAX_LEVEL = 7  # 256^8 entries: all that a size of 64 bits can count
MAX_BUNDLED_BYTES = 65_535  # two bytes of length

_PATH = re.compile(
    r"tile/(?P<level>entries|[0-7])/(?P<groups>(?:x[0-9]{3}/)*)(?P<last>[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, or with ``level`` None one bundle of entries; ``width`` is 1 to 256."""

    level: int | None
    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Path below the log's address: ``tile/0/x001/x234/067``, ``tile/entries/000.p/5``."""
        groups = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            groups.append(f"x{rest % 1000:03d}")
            rest //= 1000
        level = "entries" if self.level is None else self.level
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def parse_tile_path(path: str) -> Tile:
    """The tile of a path, which must be the one that ``Tile.path`` gives.

    Raises:
        MalformedTree: No tile has this path.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise MalformedTree("path")
    level = None if match["level"] == "entries" else int(match["level"])
    number = int(match["groups"].replace("x", "").replace("/", "") + match["last"])
    tile = Tile(level, number, int(match["width"] or TILE_WIDTH))
    if tile.path != path or tile.width > TILE_WIDTH:
        raise MalformedTree("path")
    return tile


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The tiles and bundles to write when a log published at size ``old`` is published at size ``new``.

    Bundles and level 0 first: written in this order, a tile never refers to one that is not there yet.
    """
    for level in (None, *range(MAX_LEVEL + 1)):
        shift = _LEVEL_BITS * (level or 0)
        before, now = old >> shift, new >> shift
        if now == before:
            return
        for number in range(before // TILE_WIDTH, now // TILE_WIDTH):
            yield Tile(level, number)
        if now % TILE_WIDTH:
            yield Tile(level, now // TILE_WIDTH, now % TILE_WIDTH)


def encode_tile(tile: Tile, leaves: LeafHashes) -> bytes:
    """The bytes of a tile of hashes, computed from the leaf hashes below it.

    Each hash of level L is the root of the 256^L entries below it.
    """
    span = 1 << _LEVEL_BITS * (tile.level or 0)
    first = tile.number * TILE_WIDTH
    return b"".join(root_of(leaves(at * span, (at + 1) * span)) for at in range(first, first + tile.width))


def decode_tile(tile: Tile, data: bytes) -> list[bytes]:
    """The hashes of a tile.

    Raises:
        MalformedTree: Not as many bytes as its width says.
    """
    if len(data) != tile.width * HASH_BYTES:
        raise MalformedTree("tile")
    return _hashes(data)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle: each entry after its length on two bytes, big-endian.

    Raises:
        MalformedTree: An entry of more than 65,535 bytes.
    """
    if any(len(entry) > MAX_BUNDLED_BYTES for entry in entries):
        raise MalformedTree("entry")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(tile: Tile, data: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        MalformedTree: Cut short, or not as many entries as its width says.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data) or len(entries) != tile.width:
        raise MalformedTree("bundle")
    return entries


def grow_tiles(size: int, edge: Mapping[int, bytes], leaves: Iterable[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles that change when leaf hashes are appended to a log of this size, by level and number.

    Args:
        edge: The tile at the right edge of each level that has one which is not full.
        leaves: Leaf hashes of the entries from number ``size`` on.

    Raises:
        MalformedTree: The edge is not that of a log of this size.
    """
    written: dict[tuple[int, int], bytes] = {}
    hashes, before = list(leaves), size
    for level in range(MAX_LEVEL + 1):
        data = edge.get(level, b"")
        if len(data) != before % TILE_WIDTH * HASH_BYTES:
            raise MalformedTree("tile")
        if not hashes:
            break
        data += b"".join(hashes)
        hashes = []
        for number, at in enumerate(range(0, len(data), TILE_BYTES), before // TILE_WIDTH):
            tile = written[level, number] = data[at : at + TILE_BYTES]
            if len(tile) == TILE_BYTES:
                hashes.append(root_of(_hashes(tile)))
        before >>= _LEVEL_BITS
    return written


def edge_tiles(size: int) -> list[Tile]:
    """The tiles at the right edge that are not full: all that is needed to grow a log of this size."""
    widths = ((level, size >> _LEVEL_BITS * level) for level in range(MAX_LEVEL + 1))
    return [Tile(level, count // TILE_WIDTH, count % TILE_WIDTH) for level, count in widths if count % TILE_WIDTH]


def edge_frontier(size: int, edge: Mapping[int, bytes]) -> Frontier:
    """The frontier of a log of this size, from the tiles at its right edge, by level.

    Raises:
        MalformedTree: A tile is missing, or is not as long as the size asks.
    """
    peaks: list[bytes] = []
    for tile in reversed(edge_tiles(size)):
        assert tile.level is not None
        hashes = decode_tile(tile, edge.get(tile.level, b""))
        start = 0
        for bit in range(_LEVEL_BITS - 1, -1, -1):
            if tile.width & 1 << bit:
                peaks.append(root_of(hashes[start : start + (1 << bit)]))
                start += 1 << bit
    return Frontier.of_peaks(size, peaks)


@dataclass(frozen=True, slots=True)
class _Part:
    """A full subtree as a run of hashes within one tile."""

    level: int
    number: int
    start: int
    count: int


def tiles_for(ranges: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Level and number of every tile that ``subtree_roots`` reads: at most two a level for one proof."""
    return {(part.level, part.number) for start, stop in ranges for part in _parts(start, stop)}


def subtree_roots(ranges: Iterable[tuple[int, int]], tiles: Mapping[tuple[int, int], bytes]) -> list[bytes]:
    """Roots of the subtrees of a proof (``inclusion_ranges``, ``consistency_ranges``), read from tiles.

    A tile may be wider than it was at the size in question: what is added later changes nothing before it.

    Raises:
        MalformedTree: A tile is missing or too narrow.
    """
    roots: list[bytes] = []
    for start, stop in ranges:
        found: list[bytes] = []
        for part in _parts(start, stop):
            data = tiles.get((part.level, part.number), b"")
            piece = data[part.start * HASH_BYTES : (part.start + part.count) * HASH_BYTES]
            if len(piece) != part.count * HASH_BYTES:
                raise MalformedTree("tile")
            found.append(root_of(_hashes(piece)))
        root = found[-1]
        for peak in reversed(found[:-1]):
            root = node_hash(peak, root)
        roots.append(root)
    return roots


def _parts(start: int, stop: int) -> Iterator[_Part]:
    """The full subtrees of a range, largest first; only the right edge of a log has more than one."""
    while start < stop:
        height = (stop - start).bit_length() - 1
        level, inner = divmod(height, _LEVEL_BITS)
        at = start >> _LEVEL_BITS * level
        yield _Part(level, at // TILE_WIDTH, at % TILE_WIDTH, 1 << inner)
        start += 1 << height


def _hashes(data: bytes) -> list[bytes]:
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
