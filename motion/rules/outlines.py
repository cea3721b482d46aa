"""Outlines of the departments of mainland France, to draw a map: one path each, and a point inside."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Outline:
    """A department. `path`: as SVG writes it, in the units of `WIDTH` and `HEIGHT`; `x`, `y`: a point inside."""

    code: str
    x: int
    y: int
    path: str


WIDTH = 613
HEIGHT = 585


@cache
def outlines() -> tuple[Outline, ...]:
    """All of them, by code. Source and licence: `official/LICENCE.md`."""
    text = (files(__package__) / "official" / "outlines.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple(Outline(code, int(x), int(y), path) for code, x, y, path in rows)
