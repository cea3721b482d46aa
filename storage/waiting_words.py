"""Recordings whose words wait for somebody: nothing is written yet, a machine is at it, or nobody has read it again.

One line is one recording of a contribution that was received or published. What was taken out of a transcript for good
waits for nobody, nor does a recording that nothing could be made of.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from motion.rules.contributions import ContributionState
from storage import captions
from storage.captions import Hearing
from storage.models import Congress, Contribution, ContributionFile, ContributionVersion, Job, Transcript
from storage.transcripts import RECORDED

PAGE = 50
ALL = "en-attente"
"""All that waits, in one list."""


class Waits(StrEnum):
    """For what the words of a recording wait. One recording may wait for several."""

    AUTOMATIC = "automatiques"  # written by a machine, and no person has compared it
    UNREAD = "a-comparer"  # typed, or sent in a file, and not compared either
    KEPT = "gardees"  # corrections that nobody has published: an author's, among others
    NOTHING = "sans"  # nobody has written, and no machine will
    COMING = "en-cours"  # a machine listens, or is about to
    FAILED = "echecs"  # a machine has listened for nothing


@dataclass(frozen=True, slots=True)
class Said:
    """The last state of a transcript in one language, without its words."""

    language: str
    waits: Waits


@dataclass(frozen=True, slots=True)
class Line:
    """One recording, with the transcripts of it that wait. `hearing` is what a machine does, where nobody has written.

    `waits` says it for a recording of which nothing is written: `NOTHING`, `COMING` or `FAILED`.
    """

    contribution: Contribution
    version: ContributionVersion
    file: ContributionFile
    said: tuple[Said, ...]
    waits: Waits
    hearing: Hearing | None


@dataclass(frozen=True, slots=True)
class WaitingWords:
    """A page of the list. `counts` has every filter; `after` is where the next page begins, or None."""

    lines: list[Line]
    counts: dict[str, int]
    after: tuple[int, int] | None


def is_filter(name: str) -> bool:
    """Whether the list can be read through this filter."""
    return name == ALL or name in set(Waits)


def count(db: Session, congress_id: int) -> int:
    """Count the recordings whose words wait."""
    return _count(db, congress_id, _WAITS)


def listed(
    db: Session, congress: Congress, kind: str, after: tuple[int, int], *, hears: bool, now: datetime
) -> WaitingWords:
    """Read a page of the list, the oldest first.

    Args:
        kind: A filter (`is_filter`).
        after: Numbers of the contribution and of the file after which the page begins; (0, 0) for the first.
        hears: Whether a machine listens to recordings here: what waits for none waits for a person.
    """
    assert congress.id is not None
    conditions = _conditions(congress.id, hears, now)
    counts = {name: _count(db, congress.id, wanted) for name, wanted in conditions.items()}
    last = and_(
        col(ContributionVersion.contribution_id) == col(Contribution.id),
        col(ContributionVersion.version) == col(Contribution.version),
    )
    place = col(Contribution.number), col(ContributionFile.number)
    query = (
        select(Contribution, ContributionVersion, ContributionFile)
        .join(ContributionVersion, last)
        .join(ContributionFile, _ITS_FILE)
        .where(*_recordings(congress.id), conditions[kind], tuple_(*place) > after)
        .order_by(*place)
        .limit(PAGE + 1)
    )
    found = [(row[0], row[1], row[2]) for row in db.execute(query)]
    ids = [file.id for _contribution, _version, file in found[:PAGE]]
    said, heard = _said(db, ids), captions.of_recordings(db, congress.id, ids)
    lines = []
    for contribution, version, file in found[:PAGE]:
        hearing = None if file.id in said else heard.get(file.id)
        waits = _hearing_waits(hearing, hears, now)
        lines.append(Line(contribution, version, file, said.get(file.id, ()), waits, hearing))
    more = (lines[-1].contribution.number, lines[-1].file.number) if len(found) > PAGE else None
    return WaitingWords(lines, counts, more)


_ITS_FILE = col(ContributionFile.contribution_id) == col(Contribution.id)


def _recordings(congress_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Contribution.congress_id) == congress_id,
        col(Contribution.state).in_((ContributionState.RECEIVED, ContributionState.PUBLISHED)),
        col(ContributionFile.kind).in_(RECORDED),
        col(ContributionFile.blob).is_not(None),
    )


def _count(db: Session, congress_id: int, wanted: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Contribution).join(ContributionFile, _ITS_FILE)
    return int(db.execute(query.where(*_recordings(congress_id), wanted)).scalar_one())


def _is_last() -> ColumnElement[bool]:
    """Whether a state of a transcript is the last of its language, and has words."""
    later = aliased(Transcript)
    follows = exists().where(
        col(later.file_id) == col(Transcript.file_id),
        col(later.language) == col(Transcript.language),
        col(later.version) > col(Transcript.version),
    )
    return and_(~follows, col(Transcript.text) != "")


_IS_KEPT = col(Transcript.name) == ""
_IS_UNREAD = and_(~_IS_KEPT, col(Transcript.is_checked).is_(False))
_BY_MACHINE = col(Transcript.how) == "automatic"
_SAID = {
    Waits.AUTOMATIC: and_(_IS_UNREAD, _BY_MACHINE),
    Waits.UNREAD: and_(_IS_UNREAD, ~_BY_MACHINE),
    Waits.KEPT: _IS_KEPT,
}


def _says(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a recording has a transcript whose last state is so."""
    return exists().where(col(Transcript.file_id) == col(ContributionFile.id), _is_last(), *conditions)


_IS_SILENT = and_(
    ~exists().where(col(Transcript.file_id) == col(ContributionFile.id)), col(ContributionFile.state) != "failed"
)
_WAITS = or_(_says(or_(*_SAID.values())), _IS_SILENT)


def _conditions(congress_id: int, hears: bool, now: datetime) -> dict[str, ColumnElement[bool]]:
    runs = and_(col(Job.state) == "running", col(Job.leased_until) > now)
    is_coming = col(Job.state).in_(("waiting", "running")) if hears else runs
    coming, failed = (captions.has_task(congress_id, state) for state in (is_coming, col(Job.state) == "failed"))
    return {
        ALL: _WAITS,
        **{kind: _says(condition) for kind, condition in _SAID.items()},
        Waits.NOTHING: and_(_IS_SILENT, ~coming, ~failed),
        Waits.COMING: and_(_IS_SILENT, coming),
        Waits.FAILED: and_(_IS_SILENT, failed),
    }


def _hearing_waits(hearing: Hearing | None, hears: bool, now: datetime) -> Waits:
    if hearing is not None and hearing.state == "failed":
        return Waits.FAILED
    return Waits.COMING if hearing is not None and hearing.goes_on(hears, now) else Waits.NOTHING


def _said(db: Session, file_ids: Collection[int | None]) -> dict[int | None, tuple[Said, ...]]:
    """The transcripts that wait, by recording: in the order of their languages' names."""
    columns: Any = (col(Transcript.file_id), col(Transcript.language), *_SAID.values())
    query = select(*columns).where(col(Transcript.file_id).in_(file_ids), _is_last(), or_(*_SAID.values()))
    found: dict[int | None, tuple[Said, ...]] = {}
    for file_id, language, *are in db.execute(query.order_by(*columns[:2])):
        waits = next(kind for kind, is_so in zip(_SAID, are, strict=True) if is_so)
        found[file_id] = (*found.get(file_id, ()), Said(language, waits))
    return found
