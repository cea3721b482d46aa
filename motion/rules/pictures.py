"""From a motion's history to the numbers of its drawings. Templates draw; colours are classes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SLOTS_AN_HOUR = 6  # of ten minutes: motion.rules.steps.SLOT_MS
LEVELS = 3  # shades of a square, with its size

LABEL = 8  # pixels that a letter of a row's label takes, a little more than it needs
ROW = 28


@dataclass(frozen=True, slots=True)
class Damier:
    """Who wrote when, where: rows are parts, columns are moments, a square's area is characters written.

    Attributes:
        width, height: In pixels; text is drawn at its own size, so one drawing is made for each width of screen.
        rows: (label, y of its middle).
        hours: (x, hour of the day) of the ticks.
        squares: One path for each shade, lightest first; empty when no square has it.
        left: Where the columns begin.
        base: y of the axis.
    """

    width: int
    height: int
    rows: tuple[tuple[str, int], ...]
    hours: tuple[tuple[float, int], ...]
    squares: tuple[str, ...]
    left: int
    base: int


def damier(
    cells: Mapping[tuple[int, int], int],
    rows: Sequence[tuple[int, str]],
    first_hour: int,
    hours: int,
    width: int,
    minutes: int = 10,
) -> Damier:
    """Place the squares.

    Args:
        cells: Characters by (slot of ten minutes since midnight, part).
        rows: (part, label) from the top.
        first_hour, hours: What the columns cover.
        minutes: Of a column: 10, or a multiple on small screens.
    """
    per = minutes // 10
    columns = -(-hours * SLOTS_AN_HOUR // per)
    left = min(max((len(label) for _part, label in rows), default=0) * LABEL + 16, width * 2 // 5)
    step = (width - left - 12) / max(1, columns)
    gathered: Counter[tuple[int, int]] = Counter()
    for (slot, part), count in cells.items():
        gathered[(slot - first_hour * SLOTS_AN_HOUR) // per, part] += count
    most = max(gathered.values(), default=1)
    largest = min(step - 1, ROW - 6)
    places = {part: 10 + ROW * index + ROW // 2 for index, (part, _label) in enumerate(rows)}
    paths = [""] * LEVELS
    for (column, part), count in sorted(gathered.items()):
        if part not in places or not 0 <= column < columns:
            continue
        size = max(3.0, largest * (count / most) ** 0.5)
        x = left + step * (column + 0.5) - size / 2
        level = min(LEVELS - 1, int(LEVELS * (count / most) ** 0.5))
        paths[level] += f"M{x:.1f} {places[part] - size / 2:.1f}h{size:.1f}v{size:.1f}h-{size:.1f}z"
    base = 10 + ROW * len(rows)
    every = next(each for each in (1, 2, 3, 4, 6, 12, 24) if step * SLOTS_AN_HOUR / per * each > 54 or each == 24)
    ticks = tuple(
        (round(left + step * SLOTS_AN_HOUR / per * hour, 1), first_hour + hour) for hour in range(0, hours + 1, every)
    )
    labelled = tuple((label, places[part]) for part, label in rows)
    return Damier(width, base + 30, labelled, ticks, tuple(paths), left, base)


@dataclass(frozen=True, slots=True)
class Band:
    """One author's part of a column. `official` 0: nobody from here."""

    official: int
    characters: int
    x: float
    y: float
    width: float
    height: float

    @property
    def has_room(self) -> bool:
        return self.height >= 20


@dataclass(frozen=True, slots=True)
class Columns:
    """A part at a few moments: height is length, bands are authors.

    Attributes:
        bands: Those of each moment, from the top.
        ribbons: (official, path) between neighbours.
        heads: x of each moment's middle, and how its words are anchored: ``start``, ``middle``, ``end``.
    """

    width: int
    height: int
    bands: tuple[tuple[Band, ...], ...]
    ribbons: tuple[tuple[int, str], ...]
    heads: tuple[tuple[float, str], ...]


TOP, TALLEST, GAP = 34, 230, 2


def columns(moments: Sequence[Sequence[tuple[int, int]]], width: int) -> Columns:
    """Place the bands of each moment: (official, characters) from the top."""
    most = max((sum(count for _official, count in moment) for moment in moments), default=1) or 1
    wide = width * 0.08
    step = (width - wide) / max(1, len(moments) - 1)
    placed: list[tuple[Band, ...]] = []
    for index, moment in enumerate(moments):
        y = float(TOP)
        bands = []
        for official, count in moment:
            height = max(2.0, TALLEST * count / most)
            bands.append(Band(official, count, round(index * step, 1), round(y, 1), round(wide, 1), round(height, 1)))
            y += height + GAP
        placed.append(tuple(bands))
    ribbons = []
    for left, right in zip(placed, placed[1:], strict=False):
        there = {band.official: band for band in right}
        for band in left:
            other = there.get(band.official)
            if other is not None:
                ribbons.append((band.official, _ribbon(band, other)))
    last = len(placed) - 1
    heads = tuple(
        (
            0.0 if index == 0 else float(width) if index == last else round(index * step + wide / 2, 1),
            "start" if index == 0 else "end" if index == last else "middle",
        )
        for index in range(len(placed))
    )
    lowest = max((band.y + band.height for bands in placed for band in bands), default=TOP)
    return Columns(width, round(lowest) + 34, tuple(placed), tuple(ribbons), heads)


def _ribbon(one: Band, two: Band) -> str:
    x, end = one.x + one.width, two.x
    middle = (x + end) / 2
    foot, other_foot = one.y + one.height, two.y + two.height
    return (
        f"M{x:.1f} {one.y:.1f}C{middle:.1f} {one.y:.1f} {middle:.1f} {two.y:.1f} {end:.1f} {two.y:.1f}"
        f"V{other_foot:.1f}C{middle:.1f} {other_foot:.1f} {middle:.1f} {foot:.1f} {x:.1f} {foot:.1f}Z"
    )
