"""What the secretariat reads at its desk for contributions: the queue, one contribution whole, what was decided."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from gettext import NullTranslations

from sqlalchemy import ColumnElement, and_, func, or_, select, true, union
from sqlmodel import Session, col

from motion.rules.errors import NotFound
from storage import contributions
from storage.models import (
    Congress,
    Contribution,
    ContributionMessage,
    ContributionVersion,
    Entry,
    Secretary,
)
from storage.unindexed import Unindexed

_ = NullTranslations().gettext  # marks the sentences for the catalogues

PAGE = 50


class Waits(StrEnum):
    """What somebody of the secretariat has to do."""

    READ = "a-lire"
    CORRECTED = "corrigees"
    COMPARE = "a-comparer"
    ANSWERED = "reponses"
    REPORTED = "signalees"
    UNREAD = "non-relues"


class Shelf(StrEnum):
    """What does not wait for the secretariat."""

    AUTHOR = "accord-attendu"
    PUBLISHED = "publiees"
    REFUSED = "refusees"
    WITHDRAWN = "retirees"
    ALL = "toutes"


WAITING = "en-attente"
"""All that waits for the secretariat, in one list."""


def _has(kind: str) -> ColumnElement[bool]:
    unsettled = select(col(ContributionMessage.contribution_id)).where(
        col(ContributionMessage.kind) == kind, col(ContributionMessage.settled_at).is_(None)
    )
    return col(Contribution.id).in_(unsettled)


_STATE = col(Contribution.state)
_BY_MAIL = col(Contribution.channel) == "mail"
# In the words of the index `contribution_unread`.
_IS_UNREAD = and_(Unindexed(_STATE) == "published", col(Contribution.read_version) < col(Contribution.version))
_IS_CORRECTED = and_(
    col(Contribution.published_version) < col(Contribution.version),
    _IS_UNREAD,
)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    Waits.READ: _STATE == "received",
    Waits.CORRECTED: _IS_CORRECTED,
    Waits.COMPARE: and_(_STATE == "awaited", ~_BY_MAIL),
    Waits.ANSWERED: and_(_STATE == "refused", _has("answer")),
    Waits.REPORTED: and_(_STATE == "published", _has("notice")),
    Waits.UNREAD: and_(
        _IS_UNREAD,
        col(Contribution.published_version) == col(Contribution.version),
    ),
    Shelf.AUTHOR: and_(_STATE == "awaited", _BY_MAIL),
    Shelf.PUBLISHED: _STATE == "published",
    Shelf.REFUSED: _STATE == "refused",
    Shelf.WITHDRAWN: _STATE == "withdrawn",
    Shelf.ALL: true(),
}
_CONDITIONS[WAITING] = or_(*(_CONDITIONS[kind] for kind in Waits))
_BY_MESSAGES = frozenset({Waits.ANSWERED, Waits.REPORTED})
_OF_STATES: dict[str, str] = {
    Waits.READ: "received",
    Shelf.PUBLISHED: "published",
    Shelf.REFUSED: "refused",
    Shelf.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One contribution in the queue, with the last version of its words and what is to be done about it."""

    contribution: Contribution
    version: ContributionVersion
    waits: tuple[Waits, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue. `counts` has every filter."""

    lines: list[Line]
    counts: dict[str, int]
    page: int
    pages: int


def is_filter(name: str) -> bool:
    """Whether the queue can be read through this filter."""
    return name in _CONDITIONS


def waiting_count(db: Session, congress_id: int) -> int:
    """Count what waits for the secretariat."""
    return _count(db, congress_id, WAITING)


def _count(db: Session, congress_id: int, kind: str) -> int:
    query = select(func.count()).select_from(Contribution).where(*_wanted(congress_id, kind))
    return int(db.execute(query).scalar_one())


def _wanted(congress_id: int, kind: str) -> list[ColumnElement[bool]]:
    """The conditions of a filter, so that each is answered by its own index."""
    of_congress, listed = col(Contribution.congress_id), Unindexed(col(Contribution.congress_id))
    if kind == WAITING:
        each = (select(col(Contribution.id)).where(*_wanted(congress_id, one)).correlate(None) for one in Waits)
        return [listed == congress_id, col(Contribution.id).in_(union(*each))]
    return [(listed if kind in _BY_MESSAGES else of_congress) == congress_id, _CONDITIONS[kind]]


def queue(db: Session, congress: Congress, kind: str, page: int) -> Queue:
    """Read a page of the queue, the oldest first.

    Args:
        kind: A filter (`is_filter`).
        page: From 1; beyond the last, the last.
    """
    assert congress.id is not None
    states = contributions.states_of(db, congress.id)
    counts = {name: _count(db, congress.id, name) for name in _CONDITIONS if name not in {*_OF_STATES, Shelf.ALL}}
    counts |= {name: states.get(state, 0) for name, state in _OF_STATES.items()} | {Shelf.ALL: sum(states.values())}
    pages = max(1, -(-counts[kind] // PAGE))
    page = min(max(page, 1), pages)
    query = (
        select(Contribution, ContributionVersion)
        .join(
            ContributionVersion,
            and_(
                col(ContributionVersion.contribution_id) == col(Contribution.id),
                col(ContributionVersion.version) == col(Contribution.version),
            ),
        )
        .where(*_wanted(congress.id, kind))
        .order_by(col(Contribution.number))
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    found = [(contribution, version) for contribution, version in db.execute(query)]
    waits = _waits(db, [contribution.id for contribution, _version in found if contribution.id is not None])
    lines = [Line(contribution, version, waits[contribution.id or 0]) for contribution, version in found]
    return Queue(lines, counts, page, pages)


def _waits(db: Session, ids: Collection[int]) -> dict[int, tuple[Waits, ...]]:
    found: dict[int, list[Waits]] = {one: [] for one in ids}
    for kind in Waits:
        query = select(col(Contribution.id)).where(col(Contribution.id).in_(ids), _CONDITIONS[kind])
        for one in db.execute(query).scalars():
            found[one].append(kind)
    return {one: tuple(kinds) for one, kinds in found.items()}


def waits_of(db: Session, contribution: Contribution) -> tuple[Waits, ...]:
    """Say what is to be done about one contribution."""
    assert contribution.id is not None
    return _waits(db, [contribution.id])[contribution.id]


def neighbours(db: Session, congress_id: int, kind: str, number: int) -> tuple[int | None, int | None]:
    """Return the numbers before and after one, through a filter; it need not itself be in it."""
    wanted = _wanted(congress_id, kind)
    place = col(Contribution.number)
    before = db.execute(select(func.max(place)).where(*wanted, place < number)).scalar_one()
    after = db.execute(select(func.min(place)).where(*wanted, place > number)).scalar_one()
    return before, after


def waiting(db: Session, contribution_id: int, kinds: Collection[str]) -> list[ContributionMessage]:
    """List the messages of these kinds that no decision has settled, in order."""
    query = select(ContributionMessage).where(
        col(ContributionMessage.contribution_id) == contribution_id,
        col(ContributionMessage.kind).in_(kinds),
        col(ContributionMessage.settled_at).is_(None),
    )
    return list(db.execute(query.order_by(col(ContributionMessage.id))).scalars())


def to_be_told(db: Session, contribution_id: int) -> list[ContributionMessage]:
    """List the reports that have their decision, and whose authors left an address to be told."""
    query = select(ContributionMessage).where(
        col(ContributionMessage.contribution_id) == contribution_id,
        col(ContributionMessage.kind) == "notice",
        col(ContributionMessage.settled_at).is_not(None),
        col(ContributionMessage.email).is_not(None),
    )
    return list(db.execute(query).scalars())


def last_refusal(db: Session, contribution_id: int) -> ContributionMessage | None:
    """Return the decision by which a contribution is refused."""
    query = select(ContributionMessage).where(
        col(ContributionMessage.contribution_id) == contribution_id, col(ContributionMessage.kind) == "decision"
    )
    return db.execute(query.order_by(col(ContributionMessage.id).desc()).limit(1)).scalars().first()


def mark(db: Session, contribution: Contribution) -> str:
    """Name what a decision is made on: state, versions, messages. What is made of its files does not count."""
    last = select(func.max(ContributionMessage.id)).where(col(ContributionMessage.contribution_id) == contribution.id)
    unsettled = (
        select(func.count())
        .select_from(ContributionMessage)
        .where(
            col(ContributionMessage.contribution_id) == contribution.id, col(ContributionMessage.settled_at).is_(None)
        )
    )
    parts = (
        contribution.state,
        contribution.version,
        contribution.published_version,
        contribution.read_version,
        contribution.checked_by or 0,
        db.execute(last).scalar_one() or 0,
        db.execute(unsettled).scalar_one(),
    )
    return "-".join(str(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was last decided on a contribution. `who` is empty for the service itself, or its author."""

    kind: str
    who: str
    at: datetime


_DECISIONS = frozenset({"publish", "refuse", "keep", "check", "reply", "receive", "withdraw", "answer", "notice"})


def last_decided(db: Session, contribution: Contribution) -> Decided | None:
    """Say what was last done to a contribution, and by whom, as the record has it."""
    assert contribution.id is not None
    numbers = {contribution.entry}
    version = select(col(ContributionVersion.published_entry)).where(
        col(ContributionVersion.contribution_id) == contribution.id,
        col(ContributionVersion.published_entry).is_not(None),
    )
    message = select(col(ContributionMessage.entry)).where(
        col(ContributionMessage.contribution_id) == contribution.id, col(ContributionMessage.entry).is_not(None)
    )
    for query in (version, message):
        numbers |= {number for number in db.execute(query).scalars() if number is not None}
    entries = db.execute(
        select(Entry)
        .where(col(Entry.congress_id) == contribution.congress_id, col(Entry.number).in_(numbers))
        .order_by(col(Entry.number).desc())
    ).scalars()
    for entry in entries:
        kind = entry.kind.removeprefix("contribution.")
        if kind in _DECISIONS:
            by = json.loads(entry.content)["by"]
            secretary = db.get(Secretary, int(by[4:])) if by.startswith("sec-") else None
            return Decided(kind, secretary.name if secretary else "", entry.at)
    return None


def secretaries(db: Session, ids: Collection[int]) -> dict[int, str]:
    """The names of those of the secretariat, even of who has left it."""
    found = db.execute(select(Secretary).where(col(Secretary.id).in_(ids))).scalars()
    return {row.id: row.name for row in found if row.id is not None}


@dataclass(frozen=True, slots=True)
class Reportable:
    """What anyone may know of a contribution that they report; `title` is empty unless it is published."""

    number: int
    state: str
    title: str
    author: str


def reportable(db: Session, congress: Congress, number: int) -> Reportable:
    """Find a contribution to be reported.

    Raises:
        NotFound: There is none of this number.
    """
    assert congress.id is not None
    contribution = contributions.numbered(db, congress.id, number)
    if contribution is None:
        raise NotFound("contribution", f"C{number}")
    shown = db.get(ContributionVersion, (contribution.id, contribution.published_version))
    return Reportable(number, contribution.state, shown.title if shown else "", shown.author if shown else "")


def is_notice(db: Session, congress: Congress, number: int, entry: int) -> bool:
    """Whether an entry of the record is a report of this contribution."""
    found = db.get(Entry, (congress.id, entry))
    is_one = found is not None and found.kind == "contribution.notice"
    return is_one and bool(json.loads(found.content)["body"]["contribution"] == f"C{number}") if found else False
