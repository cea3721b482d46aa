"""The tiles of each congress's tree, as rows: what the published log and its proofs are read from.

A row is a tile as wide as at the last signed root. It is grown in the transaction that keeps the root, so the
table and the roots say the same after any crash; and it can always be computed again from the entries.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Table, bindparam, delete, tuple_
from sqlmodel import Session, col, select

from motion.record.tiles import TILE_WIDTH, edge_tiles, grow_tiles
from motion.record.tree import Frontier, leaf_hash
from storage import ledger
from storage.models import LogTile

BATCH = 20 * TILE_WIDTH  # entries read at once: a few megabytes, and whole tiles

_TABLE: Table = LogTile.__table__  # type: ignore[attr-defined]
_DELETE = _TABLE.delete().where(
    _TABLE.c.congress_id == bindparam("of_congress"),
    _TABLE.c.level == bindparam("at_level"),
    _TABLE.c.number == bindparam("at_number"),
)
_ONE = select(_TABLE.c.hashes).where(
    _TABLE.c.congress_id == bindparam("of_congress"),
    _TABLE.c.level == bindparam("at_level"),
    _TABLE.c.number == bindparam("at_number"),
)

Tiles = Mapping[tuple[int, int], bytes]
"""Tiles by level and number."""


def read(db: Session, congress_id: int, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """Return those of the tiles that exist, by level and number."""
    places = sorted(wanted)
    if not places:
        return {}
    query = select(LogTile).where(
        LogTile.congress_id == congress_id, tuple_(col(LogTile.level), col(LogTile.number)).in_(places)
    )
    return {(row.level, row.number): row.hashes for row in db.exec(query)}


def edge(db: Session, congress_id: int, size: int) -> dict[int, bytes]:
    """Return the tiles at the right edge of a log of this size that are not full, by level."""
    connection, found = db.connection(), dict[int, bytes]()
    for tile in edge_tiles(size):  # one to three; asked each second
        place = {"of_congress": congress_id, "at_level": tile.level, "at_number": tile.number}
        hashes = connection.execute(_ONE, place).scalar_one_or_none()
        if hashes is not None:
            found[tile.level or 0] = hashes
    return found


def keep(db: Session, congress_id: int, tiles: Tiles) -> None:
    """Write tiles over those that stand at their places."""
    if not tiles:
        return
    connection = db.connection()
    connection.execute(
        _DELETE, [{"of_congress": congress_id, "at_level": level, "at_number": number} for level, number in tiles]
    )
    connection.execute(
        _TABLE.insert(),
        [
            {"congress_id": congress_id, "level": level, "number": number, "hashes": hashes}
            for (level, number), hashes in tiles.items()
        ],
    )


def agree(db: Session, congress_id: int, tiles: Tiles) -> bool:
    """Say whether the rows begin with these tiles; they may be wider."""
    kept = read(db, congress_id, tiles)
    return all(kept.get(place, b"")[: len(hashes)] == hashes for place, hashes in tiles.items())


def rebuild(db: Session, congress_id: int, size: int) -> Frontier:
    """Compute all tiles again from the first `size` entries; return the frontier that the entries give."""
    db.execute(delete(LogTile).where(col(LogTile.congress_id) == congress_id))
    frontier, right = Frontier(), dict[int, bytes]()
    while frontier.size < size:
        batch = ledger.contents(db, congress_id, frontier.size, min(BATCH, size - frontier.size))
        if not batch:
            break
        leaves = [leaf_hash(content) for content in batch]
        grown = grow_tiles(frontier.size, right, leaves)
        keep(db, congress_id, grown)
        frontier.extend(leaves)
        right = next_edge(frontier.size, right, grown)
    return frontier


def next_edge(size: int, before: Mapping[int, bytes], grown: Tiles) -> dict[int, bytes]:
    """Return the right edge of a log that has grown to `size`: of the tiles just grown, else as it was."""
    after = {}
    for tile in edge_tiles(size):
        level = tile.level or 0
        after[level] = grown.get((level, tile.number), before.get(level, b""))
    return after
