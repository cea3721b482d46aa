"""What programs read of contributions: pages by number, tables, news, counts. The words of what is published alone.

*Gone* is a contribution that was published and whose words a decision took out: its row says `published`, its
tombstone says the truth, and so does everything here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlmodel import Session, col

from motion.rules.contributions import ContributionState, Use
from motion.rules.errors import NotFound
from storage import contributions, quoting, redactions, voices, voices_counted
from storage import themes as kept_themes
from storage.kept_counts import kept
from storage.models import (
    Congress,
    Contribution,
    ContributionMessage,
    ContributionTheme,
    ContributionVersion,
    Entry,
    Redaction,
    Theme,
)
from storage.models.record import MAX_NUMBER
from storage.quoting import Quoting
from storage.redactions import Tombstone
from storage.transcripts import Testimony, testimonies
from storage.unindexed import Unindexed
from storage.voices import IS_SHOWN, Asked, OneVoice, Voice, dressed
from storage.voices_asked import narrowed

GONE = "gone"
PUBLISHED = ContributionState.PUBLISHED.value


@dataclass(frozen=True, slots=True)
class Page:
    """A page of contributions, by number; `uses` by the contributions' ids."""

    voices: tuple[Voice, ...]
    uses: dict[int, frozenset[Use]]
    supports: dict[int, str]  # code of the contribution that one supports
    has_more: bool
    last_entry: int


def page(db: Session, congress: Congress, asked: Asked, after: int, limit: int) -> Page:
    """Read contributions of a higher number than `after`, in the order of their numbers.

    Args:
        asked: Its `state` may also be `gone`; its order is not looked at.

    Raises:
        NotFound: There is no such theme.
    """
    assert congress.id is not None
    if asked.theme is not None:
        theme(db, congress, asked.theme)
    query = (
        select(Contribution, ContributionVersion)
        .outerjoin(ContributionVersion, IS_SHOWN)
        .where(*_wanted(congress.id, asked), col(Contribution.number) > min(after, MAX_NUMBER))
        .order_by(col(Contribution.number))
        .limit(limit + 1)
    )
    found = [(row[0], row[1]) for row in db.execute(query)]
    shown = dressed(db, found[:limit])
    return Page(
        shown,
        contributions.all_agreed(db, [one.contribution.id for one in shown if one.contribution.id is not None]),
        _supported(db, [one.contribution for one in shown if one.version is not None]),
        len(found) > limit,
        voices.last_entry(db, congress.id),
    )


def _wanted(congress_id: int, asked: Asked) -> list[ColumnElement[bool]]:
    has_words = col(ContributionVersion.version).is_not(None)
    if asked.state == GONE:
        gone = select(col(ContributionVersion.contribution_id)).where(col(ContributionVersion.is_gone).is_(True))
        is_gone = ~has_words, col(Contribution.id).in_(gone)
        return [*narrowed(congress_id, replace(asked, state=PUBLISHED)), *is_gone]
    if asked.state == PUBLISHED:
        return [*narrowed(congress_id, asked), has_words]
    return narrowed(congress_id, asked)


def _supported(db: Session, found: Sequence[Contribution]) -> dict[int, str]:
    wanted = {one.supports_id for one in found} - {None}
    query = select(col(Contribution.id), col(Contribution.number)).where(col(Contribution.id).in_(wanted))
    codes = {row[0]: f"C{row[1]}" for row in db.execute(query)}
    return {one.id: codes[one.supports_id] for one in found if one.id is not None and one.supports_id in codes}


@dataclass(frozen=True, slots=True)
class Decision:
    """A refusal in force: its entry and its moment."""

    entry: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Whole:
    """One contribution with all that is public of it."""

    voice: OneVoice
    decision: Decision | None
    testimonies: tuple[Testimony, ...]
    quoted_in: tuple[Quoting, ...]  # empty unless its author agrees to be quoted
    last_entry: int  # of those that may change any of it


def one(db: Session, congress: Congress, number: int) -> Whole:
    """Read one contribution.

    Raises:
        NotFound: There is none of this number.
    """
    found = voices.one(db, congress, number)
    contribution = found.voice.contribution
    assert contribution.id is not None
    decision = None
    if contribution.state == ContributionState.REFUSED:
        query = select(ContributionMessage).where(
            col(ContributionMessage.contribution_id) == contribution.id,
            col(ContributionMessage.kind) == "decision",
            col(ContributionMessage.entry).is_not(None),
        )
        row = db.execute(query.order_by(col(ContributionMessage.id).desc()).limit(1)).scalar_one_or_none()
        decision = None if row is None or row.entry is None else Decision(row.entry, row.reason, row.at)
    shown = found.voice.version is not None
    quoted_in = quoting.of(db, congress, number) if shown and Use.QUOTE in found.uses else ()
    last = max(found.last_entry, quoting.last_entry(db, congress))
    return Whole(found, decision, tuple(testimonies(db, contribution)) if shown else (), quoted_in, last)


@dataclass(frozen=True, slots=True)
class Themes:
    """The themes of a congress, with how many contributions everyone reads under each."""

    themes: tuple[tuple[Theme, int], ...]
    last_entry: int


def themes(db: Session, congress: Congress) -> Themes:
    """List the themes, those that were given up included."""
    assert congress.id is not None
    congress_id, last = congress.id, voices.last_entry(db, congress.id)
    counts = kept(db, congress_id, last, "open themes", lambda: _theme_counts(db, congress_id))
    named = kept_themes.themes(db, congress.id)
    return Themes(tuple((each, counts.get(each.id, 0)) for each in named), last)


def _theme_counts(db: Session, congress_id: int) -> dict[int | None, int]:
    query = (
        select(col(ContributionTheme.theme_id), func.count())
        .join(Contribution, col(Contribution.id) == col(ContributionTheme.contribution_id))
        .join(ContributionVersion, IS_SHOWN)
        .where(col(Contribution.congress_id) == congress_id)
        .group_by(col(ContributionTheme.theme_id))
    )
    return {row[0]: row[1] for row in db.execute(query)}


def theme(db: Session, congress: Congress, number: int) -> Theme:
    """Find a theme by its number.

    Raises:
        NotFound: There is none.
    """
    query = select(Theme).where(col(Theme.congress_id) == congress.id, col(Theme.number) == min(number, MAX_NUMBER))
    found: Theme | None = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("theme", f"T{number}")
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A place that was heard: codes are empty for one that is on no official list."""

    department: str
    commune: str
    commune_code: str
    count: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where what everyone reads comes from; `nowhere` is how many say no place."""

    places: tuple[Place, ...]
    nowhere: int
    last_entry: int


def places(db: Session, congress: Congress) -> Places:
    """Count what is published by place, in the order of the codes."""
    assert congress.id is not None
    congress_id, last = congress.id, voices.last_entry(db, congress.id)
    found = kept(db, congress_id, last, "open places", lambda: _places(db, congress_id))
    nowhere = sum(place.count for place in found if not place.commune)
    return Places(tuple(place for place in found if place.commune), nowhere, last)


def _places(db: Session, congress_id: int) -> list[Place]:
    version = ContributionVersion
    by = col(version.department_code), col(version.commune), col(version.commune_code)
    query = (
        select(*by, func.count())
        .join(Contribution, IS_SHOWN)
        .where(col(Contribution.congress_id) == congress_id)
        .group_by(*by)
    )
    return sorted((Place(row[0], row[1], row[2], row[3]) for row in db.execute(query)), key=_in_order)


def _in_order(place: Place) -> tuple[str, str, str]:
    """By code, places without one last; databases differ in how they sort letters."""
    return place.department or "~", place.commune, place.commune_code


def figures(db: Session, congress: Congress) -> tuple[voices_counted.Figures, int]:
    """Count the contributions; those that are gone are counted apart from those that are published."""
    assert congress.id is not None
    found = voices_counted.figures(db, congress.id)
    shown = found.officials + found.others
    gone = found.states.get(PUBLISHED, 0) - shown
    states = {state: count for state, count in found.states.items() if state != PUBLISHED}
    states |= {PUBLISHED: shown} | ({GONE: gone} if gone else {})
    return replace(found, states=states), voices.last_entry(db, congress.id)


@dataclass(frozen=True, slots=True)
class News:
    """A contribution as a feed tells it: `key` is the last entry about it, a decision on its words included."""

    voice: Voice
    key: int
    at: datetime
    tombstones: tuple[Tombstone, ...]


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A page of a feed: what changed last comes first; `theme` is the one asked for."""

    news: tuple[News, ...]
    next_before: int | None
    theme: Theme | None
    last_entry: int


def news(db: Session, congress: Congress, theme_number: int | None, before: int | None, most: int) -> NewsPage:
    """Read what was ever published, whatever became of it.

    Args:
        before: Only what changed last before this entry.

    Raises:
        NotFound: There is no such theme.
    """
    assert congress.id is not None
    asked = None if theme_number is None else theme(db, congress, theme_number)
    latest = None if before is None else min(before, MAX_NUMBER)
    found = _last_changed(db, congress.id, asked, latest, most + 1)
    keys = dict(found[:most])
    join = select(Contribution, ContributionVersion).outerjoin(ContributionVersion, IS_SHOWN)
    rows = {row[0].id: (row[0], row[1]) for row in db.execute(join.where(col(Contribution.id).in_(keys)))}
    said = dressed(db, [rows[one] for one in keys])
    moments = _moments(db, congress.id, keys.values())
    stones = _tombstones(db, congress.id, [one for one in keys if rows[one][1] is None])
    listed = tuple(
        News(voice, key, moments[key], stones.get(one, ()))
        for voice, (one, key) in zip(said, keys.items(), strict=True)
    )
    following = listed[-1].key if len(found) > most else None
    return NewsPage(listed, following, asked, voices.last_entry(db, congress.id))


def _last_changed(
    db: Session, congress_id: int, theme: Theme | None, before: int | None, most: int
) -> list[tuple[int, int]]:
    """List the ids of what was ever published, each with the last entry about it, the latest first.

    Those whose last entry is a decision on their words are found from the decisions, which are few; the others in the
    order of their own entry, as far as the page goes.
    """
    own, decided = col(Contribution.entry), func.max(col(Redaction.entry))
    here = col(Contribution.congress_id) == congress_id
    its = [col(Contribution.published_at).is_not(None)]
    if theme is not None:
        under = select(col(ContributionTheme.contribution_id)).where(col(ContributionTheme.theme_id) == theme.id)
        its.append(col(Contribution.id).in_(under))
    entries = col(ContributionVersion.entry), col(ContributionVersion.published_entry)
    by_decision = (
        select(col(Contribution.id), decided)
        .select_from(Redaction)
        .join(ContributionVersion, or_(*(entry == col(Redaction.target) for entry in entries)))
        .join(Contribution, col(Contribution.id) == col(ContributionVersion.contribution_id))
        .where(col(Redaction.congress_id) == congress_id, Unindexed(col(Contribution.congress_id)) == congress_id, *its)
        .group_by(col(Contribution.id), own)
        .having(decided > own, *([] if before is None else [decided < before]))
        .order_by(decided.desc())
    )
    later = (
        exists()
        .where(
            col(ContributionVersion.contribution_id) == col(Contribution.id),
            col(Redaction.congress_id) == congress_id,
            col(Redaction.target).in_(entries),
            col(Redaction.entry) > own,
        )
        .correlate(Contribution)
    )
    by_itself = select(col(Contribution.id), own).where(here, *its, ~later, *([] if before is None else [own < before]))
    found = [
        (row[0], row[1])
        for query in (by_decision, by_itself.order_by(own.desc()))
        for row in db.execute(query.limit(most))
    ]
    return sorted(found, key=lambda one: -one[1])[:most]


def _moments(db: Session, congress_id: int, numbers: Collection[int]) -> dict[int, datetime]:
    query = select(col(Entry.number), col(Entry.at)).where(
        col(Entry.congress_id) == congress_id, col(Entry.number).in_(numbers)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def _tombstones(db: Session, congress_id: int, ids: Collection[int]) -> dict[int, tuple[Tombstone, ...]]:
    """What was decided on the words of these contributions."""
    versions = select(ContributionVersion).where(col(ContributionVersion.contribution_id).in_(ids))
    owner: dict[int, int] = {}
    for version in db.execute(versions).scalars():
        owner |= {entry: version.contribution_id for entry in (version.entry, version.published_entry) if entry}
    query = select(Redaction).where(col(Redaction.congress_id) == congress_id, col(Redaction.target).in_(owner))
    rows: dict[int, list[Redaction]] = {}
    for row in db.execute(query.order_by(col(Redaction.entry))).scalars():
        rows.setdefault(owner[row.target], []).append(row)
    return {one: redactions.told(db, found) for one, found in rows.items()}


def published_numbers(db: Session, congress_ids: Collection[int | None], most: int) -> dict[int, list[int]]:
    """The numbers of the contributions that everyone reads, by congress: those that are gone are none of them."""
    query = (
        select(col(Contribution.congress_id), col(Contribution.number))
        .join(ContributionVersion, IS_SHOWN)
        .where(col(Contribution.congress_id).in_(congress_ids))
    )
    found: dict[int, list[int]] = {}
    for congress_id, number in db.execute(query.order_by(col(Contribution.id)).limit(most)):
        found.setdefault(congress_id, []).append(number)
    return found


def transcripts(db: Session, congress: Congress, number: int) -> tuple[tuple[Testimony, ...], int]:
    """Read the published recordings of a contribution, with what is said in them.

    Raises:
        NotFound: There is no such contribution.
    """
    assert congress.id is not None
    found = contributions.numbered(db, congress.id, min(number, MAX_NUMBER))
    if found is None:
        raise NotFound("contribution", f"C{number}")
    return tuple(testimonies(db, found)), voices.last_entry(db, congress.id)
