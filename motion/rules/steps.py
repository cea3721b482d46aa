"""The named steps of a motion: what a replay stops at. Opening, stretches of writing, pauses, acts.

A **stretch** is what one person writes in one part of the text without a pause of `STRETCH_PAUSE_MS`. Several people
write at once: their stretches overlap, and are listed by their ends, since the text that a step shows is the one that
its last change leaves. Someone who goes back and forth between two articles has one stretch in each.
"""

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from motion.rules.history import Change, pack
from motion.rules.places import Place

MINUTE_MS = 60_000
STRETCH_PAUSE_MS = 3 * MINUTE_MS  # thinking in front of a sentence; longer, and it is another moment
STRETCH_LONGEST_MS = 20 * MINUTE_MS  # a step that lasts the afternoon tells nothing
PAUSE_MS = 15 * MINUTE_MS  # nobody writes: worth a line of its own
SLOT_MS = 10 * MINUTE_MS  # a column of the damier

_VERSION = 1


class StepKind(StrEnum):
    """What a step is."""

    OPENING = "opening"
    WRITING = "writing"
    SERVICE = "service"  # the service wrote: an imported file
    PAUSE = "pause"
    FREEZE = "freeze"
    REOPENING = "reopening"
    ADOPTION = "adoption"
    REJECTION = "rejection"
    WITHDRAWAL = "withdrawal"


ACTS = {
    "motion.create": StepKind.OPENING,
    "motion.freeze": StepKind.FREEZE,
    "motion.unfreeze": StepKind.REOPENING,
    "motion.adopt": StepKind.ADOPTION,
    "motion.reject": StepKind.REJECTION,
    "motion.withdraw": StepKind.WITHDRAWAL,
}
"""Kinds of the record's entries that are steps of a motion."""


@dataclass(frozen=True, slots=True)
class Step:
    """One named step.

    Attributes:
        official: Who wrote; 0 for the service, for a pause and for acts.
        part: Where (`motion.rules.places`); None for what isn't in one part.
        label, title: How that part was named then: "Article 2", "Article 2. Se déplacer"; empty when it had no name.
        first_entry, last_entry: Of the record; the text of the step is the one at `last_entry`.
        first_at, last_at: In milliseconds since 1970.
        added, removed: Characters.
        typed_for: The official for whom a rapporteur typed it; 0 when for nobody else.
    """

    kind: StepKind
    official: int
    part: int | None
    label: str
    title: str
    first_entry: int
    last_entry: int
    first_at: int
    last_at: int
    added: int = 0
    removed: int = 0
    typed_for: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """An act on the motion: the kind of its entry, its number, its moment in ms."""

    kind: str
    entry: int
    at: int


class Telling:
    """The stretches, the pauses and the damier's squares of a text being replayed. One owner."""

    def __init__(self) -> None:
        self._closed: list[Step] = []
        self._open: dict[tuple[int, int, int], Step] = {}  # by author, for whom, and part
        self._cells: dict[tuple[int, int], int] = {}
        self._last: tuple[int, int] | None = None  # entry and moment of the last change
        self.places: list[Place] = []
        self.parts: list[int] = []

    def take(self, change: Change, place: Place) -> None:
        """Take note of one change."""
        if self._last is not None and change.at - self._last[1] >= PAUSE_MS:
            entry, at = self._last
            self._closed.append(Step(StepKind.PAUSE, 0, None, "", "", entry, entry, at, change.at))
        self._last = (change.entry, change.at)
        added, removed = len(change.inserted), change.deleted
        if change.official and added:
            cell = (change.at // SLOT_MS, place.part)
            self._cells[cell] = self._cells.get(cell, 0) + added
        key = (change.official, change.typed_for, place.part)
        stretch = self._open.get(key)
        goes_on = (
            stretch is not None
            and change.at - stretch.last_at <= STRETCH_PAUSE_MS
            and change.at - stretch.first_at <= STRETCH_LONGEST_MS
        )
        if stretch is not None and goes_on:
            self._open[key] = replace(
                stretch,
                label=place.label,
                title=place.title,
                last_entry=change.entry,
                last_at=change.at,
                added=stretch.added + added,
                removed=stretch.removed + removed,
            )
            return
        if stretch is not None:
            self._closed.append(stretch)
        kind = StepKind.WRITING if change.official else StepKind.SERVICE
        self._open[key] = Step(
            kind,
            change.official,
            place.part,
            place.label,
            place.title,
            change.entry,
            change.entry,
            change.at,
            change.at,
            added,
            removed,
            change.typed_for,
        )

    def stretches(self) -> list[Step]:
        """Stretches and pauses, by their ends."""
        return sorted([*self._closed, *self._open.values()], key=_order)

    def cells(self) -> dict[tuple[int, int], int]:
        """Characters written, by (ten minutes since 1970, part)."""
        return dict(self._cells)

    def pack(self) -> bytes:
        """All of it, as kept."""
        return pack(
            {
                "version": _VERSION,
                "closed": [_listed(step) for step in self._closed],
                "open": [_listed(step) for step in self._open.values()],
                "cells": [[*cell, count] for cell, count in self._cells.items()],
                "last": self._last,
                "places": [[place.part, place.anchor, place.label, place.title] for place in self.places],
                "parts": self.parts,
            }
        )

    @classmethod
    def unpack(cls, packed: bytes) -> "Telling":
        """The other way; nothing gives a new one.

        Raises:
            ValueError: Another version of Motion kept it: compute it again.
        """
        telling = cls()
        if not packed:
            return telling
        kept = json.loads(zlib.decompress(packed))
        if kept["version"] != _VERSION:
            raise ValueError(f"telling of version {kept['version']}")
        telling._closed = [_step(each) for each in kept["closed"]]
        for each in kept["open"]:
            step = _step(each)
            assert step.part is not None
            telling._open[step.official, step.typed_for, step.part] = step
        telling._cells = {(slot, part): count for slot, part, count in kept["cells"]}
        telling._last = None if kept["last"] is None else (kept["last"][0], kept["last"][1])
        telling.places = [Place(*each) for each in kept["places"]]
        telling.parts = list(kept["parts"])
        return telling


def steps(stretches: Iterable[Step], deeds: Sequence[Deed]) -> tuple[Step, ...]:
    """All steps of a motion in order. What the service wrote at the opening belongs to the opening."""
    listed = [_of_deed(deed) for deed in deeds if deed.kind in ACTS]
    opening = next((index for index, step in enumerate(listed) if step.kind is StepKind.OPENING), None)
    opens = True
    for stretch in stretches:
        if stretch.kind is StepKind.SERVICE and opens and opening is not None:
            began = listed[opening]
            listed[opening] = replace(
                began,
                last_entry=max(began.last_entry, stretch.last_entry),
                last_at=max(began.last_at, stretch.last_at),
                added=began.added + stretch.added,
                removed=began.removed + stretch.removed,
            )
            continue
        opens = False
        listed.append(stretch)
    return tuple(sorted(listed, key=_order))


def around(steps: Sequence[Step], entry: int) -> tuple[Step | None, Step | None, Step | None]:
    """The step before, the step at, and the step after an entry, by their ends.

    "At" is the first step that ends at or after the entry and has begun; None in a pause or after all. "Before" and
    "after" are what "previous" and "next" lead to: the nearest other text.

    Args:
        steps: In the order of their ends.
    """
    here = first_ending(steps, entry)
    ended = (steps[index] for index in range(here - 1, -1, -1))
    before = next((step for step in ended if step.kind is not StepKind.PAUSE), None)
    left = [step for step in steps[here:] if step.kind is not StepKind.PAUSE]
    at = next((step for step in left if step.first_entry <= entry), None)
    after = next((step for step in left if step.last_entry > entry), None)
    return before, at, after


def first_ending(steps: Sequence[Step], entry: int) -> int:
    """Index of the first step that ends at an entry or after it, of steps in the order of their ends."""
    return bisect_left(steps, entry, key=lambda step: step.last_entry)


def _order(step: Step) -> tuple[int, int, int]:
    return step.last_entry, step.kind is StepKind.PAUSE, step.first_entry


def _of_deed(deed: Deed) -> Step:
    return Step(ACTS[deed.kind], 0, None, "", "", deed.entry, deed.entry, deed.at, deed.at)


def _listed(step: Step) -> list[object]:
    return [
        str(step.kind),
        step.official,
        step.part,
        step.label,
        step.title,
        step.first_entry,
        step.last_entry,
        step.first_at,
        step.last_at,
        step.added,
        step.removed,
        *((step.typed_for,) if step.typed_for else ()),
    ]


def _step(kept: Sequence[object]) -> Step:
    kind, *rest = kept
    return Step(StepKind(str(kind)), *rest)  # type: ignore[arg-type]  # as `_listed` wrote them
