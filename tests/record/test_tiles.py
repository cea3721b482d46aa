"""Tiles and bundles have the paths and bytes of C2SP tlog-tiles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.errors import MalformedTree, RecordError
from motion.record.tiles import (
    Tile,
    decode_bundle,
    decode_tile,
    edge_frontier,
    edge_tiles,
    encode_bundle,
    encode_tile,
    grow_tiles,
    parse_tile_path,
    subtree_roots,
    tiles_between,
    tiles_for,
)
from motion.record.tree import (
    consistency_proof,
    consistency_ranges,
    inclusion_proof,
    inclusion_ranges,
    leaf_hash,
    root_of,
)

LEAVES = [leaf_hash(b"%d" % number) for number in range(700)]

tiles = st.builds(Tile, st.none() | st.integers(0, 7), st.integers(0, 10**10), st.integers(1, 256))


class TestPaths:
    """tlog-tiles, "Merkle Tree"."""

    @pytest.mark.parametrize(
        ("tile", "path"),
        [
            (Tile(0, 1234067), "tile/0/x001/x234/067"),
            (Tile(0, 0), "tile/0/000"),
            (Tile(1, 273, 112), "tile/1/273.p/112"),
            (Tile(2, 1, 17), "tile/2/001.p/17"),
            (Tile(None, 1000, 1), "tile/entries/x001/000.p/1"),
        ],
    )
    def test_known_paths(self, tile: Tile, path: str):
        """Groups of three digits, all but the last marked; the width while it is not full."""
        assert (tile.path, parse_tile_path(path)) == (path, tile)

    @given(tiles)
    @settings(max_examples=100)
    def test_read_back_as_written(self, tile: Tile):
        """A path names one tile."""
        assert parse_tile_path(tile.path) == tile

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "tile/0/",
            "tile/8/000",
            "tile/0/1",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/300",
            "tile/0/000.p/01",
            "tile/0/../000",
            "tile/0/000\n",
            "tile/0/٠٠٠",
        ],
    )
    def test_refuses_other_paths(self, path: str):
        """No second path for a tile, no way out of the folder."""
        with pytest.raises(MalformedTree) as caught:
            parse_tile_path(path)
        assert caught.value.what == "path"


class TestPublishing:
    """Which files a growing log writes."""

    def test_70000_entries(self):
        """The example of the specification: 273 full tiles and one of 112, then 1 of 256 and 17, then 1."""
        last = {(tile.level, tile.width): tile.path for tile in tiles_between(0, 70_000)}
        assert last[None, 112] == "tile/entries/273.p/112"
        assert last[0, 112] == "tile/0/273.p/112"
        assert last[1, 17] == "tile/1/001.p/17"
        assert last[2, 1] == "tile/2/000.p/1"
        assert len(list(tiles_between(0, 70_000))) == 274 + 274 + 2 + 1

    @given(st.integers(0, 700), st.integers(0, 700))
    @settings(max_examples=60)
    def test_growing_in_steps_writes_what_growing_at_once_does(self, first: int, second: int):
        """After any two publications the full tiles and the last partial ones are there."""
        middle, end = sorted((first, second))
        stepwise = {*tiles_between(0, middle), *tiles_between(middle, end)}
        assert set(tiles_between(0, end)) <= stepwise

    def test_the_largest_logs_have_eight_levels(self):
        """The entry that fills a tile of each level is in a new tile of the level above."""
        written = list(tiles_between(2**56 - 1, 2**56))
        assert [tile.level for tile in written] == [None, *range(8)]
        assert [tile.width for tile in written] == [256] * 8 + [1]

    def test_nothing_new_writes_nothing(self):
        """The same size again is no publication."""
        assert list(tiles_between(300, 300)) == []


class TestBytes:
    """tlog-tiles, "Merkle Tree" and "Log Entries"."""

    def test_the_root_can_be_computed_from_the_tiles(self):
        """Level 0 holds the leaf hashes, level 1 the roots of its full tiles."""
        written = {
            tile: decode_tile(tile, encode_tile(tile, lambda a, b: LEAVES[a:b]))
            for tile in tiles_between(0, 700)
            if tile.level is not None
        }
        level0 = [part for tile, hashes in written.items() if tile.level == 0 for part in hashes]
        assert level0 == LEAVES
        assert written[Tile(1, 0, 2)] == [root_of(LEAVES[:256]), root_of(LEAVES[256:512])]

    def test_a_tile_has_its_width(self):
        """One byte less or more is refused."""
        for size in (63, 65):
            with pytest.raises(MalformedTree):
                decode_tile(Tile(0, 0, 2), bytes(size))

    @given(st.lists(st.binary(max_size=40), min_size=1, max_size=6))
    @settings(max_examples=60)
    def test_bundles_read_back_as_written(self, entries: list[bytes]):
        """Entries come out whole, in order."""
        assert decode_bundle(Tile(None, 0, len(entries)), encode_bundle(entries)) == entries

    def test_a_bundle_is_lengths_and_entries(self):
        """Two bytes, big-endian, then the entry."""
        assert encode_bundle([b"oui", b"x" * 258]) == b"\x00\x03oui\x01\x02" + b"x" * 258

    def test_an_entry_fits_its_length(self):
        """65,535 bytes at most."""
        encode_bundle([bytes(65_535)])
        with pytest.raises(MalformedTree):
            encode_bundle([bytes(65_536)])

    @pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x02a", b"\x00\x01a", b"\x00\x01a\x00\x01b\x00\x01c"])
    def test_refuses_a_bundle_of_another_width(self, data: bytes):
        """Cut short, too few or too many."""
        with pytest.raises(MalformedTree):
            decode_bundle(Tile(None, 0, 2), data)

    @given(st.binary(max_size=60), st.integers(1, 4))
    @settings(max_examples=100)
    def test_any_bytes_read_or_are_refused(self, data: bytes, width: int):
        """No other error."""
        try:
            entries = decode_bundle(Tile(None, 0, width), data)
        except RecordError:
            return
        assert encode_bundle(entries) == data


def leaf(number: int) -> bytes:
    """A leaf hash that names its number."""
    return leaf_hash(str(number).encode())


def leaves(start: int, stop: int) -> list[bytes]:
    """Leaf hashes of a log of numbers."""
    return [leaf(number) for number in range(start, stop)]


def grown(steps: list[int]) -> tuple[int, dict[tuple[int, int], bytes]]:
    """The size and all the tiles of a log that grew by these steps."""
    size, tiles = 0, {}
    for step in steps:
        edge = {tile.level: tiles[tile.level, tile.number] for tile in edge_tiles(size)}
        tiles |= grow_tiles(size, edge, leaves(size, size + step))
        size += step
    return size, tiles


class TestGrowing:
    """Tiles are carried along: nothing before the right edge is read again."""

    @given(st.lists(st.integers(0, 700), max_size=8))
    @settings(max_examples=40, deadline=None)
    def test_grown_tiles_are_those_computed_from_the_leaves(self, steps: list[int]):
        """Whatever the steps; and the edge gives the root."""
        size, tiles = grown(steps)
        wanted = {
            (tile.level, tile.number): encode_tile(tile, leaves)
            for tile in tiles_between(0, size)
            if tile.level is not None
        }
        assert tiles == wanted
        edge = {tile.level: tiles[tile.level, tile.number] for tile in edge_tiles(size)}
        frontier = edge_frontier(size, edge)
        assert (frontier.size, frontier.root()) == (size, root_of(leaves(0, size)))

    def test_three_levels(self):
        """65,537 entries: a full tile of level 1, one hash on level 2, one leaf at the right edge."""
        size, tiles = grown([65_536, 1])
        assert len(tiles[1, 0]) == 8192 and len(tiles[2, 0]) == 32 and len(tiles[0, 256]) == 32
        edge = {tile.level: tiles[tile.level, tile.number] for tile in edge_tiles(size)}
        assert edge_frontier(size, edge).root() == root_of(leaves(0, size))

    @pytest.mark.parametrize("edge", [{}, {0: b""}, {0: bytes(64)}])
    def test_an_edge_of_another_size_is_refused(self, edge: dict[int, bytes]):
        """A table that lags is noticed before anything is signed."""
        with pytest.raises(MalformedTree):
            grow_tiles(1, edge, [bytes(32)])
        with pytest.raises(MalformedTree):
            grow_tiles(1, edge, [])
        with pytest.raises(MalformedTree):
            edge_frontier(1, edge)


class TestProofsFromTiles:
    """The same proofs as from all the leaves, read from a few tiles."""

    @given(st.integers(1, 2000), st.data())
    @settings(max_examples=60, deadline=None)
    def test_same_proofs(self, size: int, data: st.DataObject):
        """Inclusion and consistency, at the size or at an older one."""
        whole, tiles = grown([size])
        at = data.draw(st.integers(1, whole))
        number, old = data.draw(st.integers(0, at - 1)), data.draw(st.integers(0, at))
        assert subtree_roots(inclusion_ranges(number, at), tiles) == inclusion_proof(number, at, leaves)
        assert subtree_roots(consistency_ranges(old, at), tiles) == consistency_proof(old, at, leaves)

    def test_few_tiles_are_read(self):
        """Whatever the length of the log: at most two a level."""
        for size in (1_000_000, 2**40 + 12_345):
            for number in (0, size // 3, size - 1):
                assert len(tiles_for(inclusion_ranges(number, size))) <= 2 * 6

    def test_a_missing_tile_is_said(self):
        """Rather than a proof of something else."""
        with pytest.raises(MalformedTree):
            subtree_roots([(0, 4)], {(0, 0): bytes(96)})
