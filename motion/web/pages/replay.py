"""The past of a motion: its steps, the text at any instant, what changed between two. Everything works without script.

`…/rejeu` lists the steps, `…/a/{entry}` is the text after an entry of the record, `…/entre/{from}/{to}` what changed.
An entry that is not this motion's means the last change before it. Addresses are for ever; what they show is not: a
redaction covers the past too, and what comes next is linked as it happens. So they are revalidated, by the version of
the history and the motion's last entry.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from gettext import NullTranslations
from typing import TypeVar

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from motion.rules import authorship
from motion.rules.authorship import AUTHOR_STYLES
from motion.rules.differences import ComparedLine, Comparison, compare
from motion.rules.errors import NotFound
from motion.rules.pictures import Columns, columns
from motion.rules.steps import Step, StepKind, around
from motion.rules.text import Section, parse
from motion.web.page import Page, read
from motion.web.pages.home import OPEN
from motion.web.pages.motions import asks_for_authors, part_asked, parts_of
from motion.web.reading import (
    BarView,
    PersonView,
    Read,
    SectionView,
    bar_of,
    person_of,
    sections_of,
    title_html,
)
from motion.web.steps import DamierView, StepView, damier_view, days_of, step_view
from motion.web.tombstones import with_masks_said
from motion.web.views import View, shown
from storage import replays
from storage.models import Official
from storage.replays import Compared, Index, OneChunk, Past, Seen, Shaped, moment_of

_ = NullTranslations().gettext  # marks the sentences for the catalogues

T = TypeVar("T")

STEPS_SHOWN = 40  # on a page: it keeps under 900 elements with the damier
LINES_SHOWN = 60  # changed lines of a comparison on a page
WORDS_SHOWN = 150  # changed words of a comparison on a page, likewise
MOST_ENTRY = 2**31 - 1
_CLOCK = re.compile(r"\s*(\d{1,2})\s*(?:[:hH]\s*(\d{1,2})?)?(?:\s*:\s*(\d{1,2}))?\s*\Z")


@dataclass(frozen=True, slots=True)
class Frame(View):
    """What every page of a motion's past shows round its own matter."""

    heading: str = shown("`Motion 3 : l’accès aux soins`.")
    number: str = shown("`3`.")
    url: str = shown("The address of the motion.")
    is_behind: bool = shown("Whether the history is still being computed.")
    until: str = shown("Until when it is computed, in words; empty before its first word.")
    days: tuple[tuple[str, str], ...] = shown("Days on which somebody wrote: value and words, for the clock's form.")
    first: str = shown("The address of the text at its first step; empty when there is none.")


@dataclass(frozen=True, slots=True)
class ReplayView(View):
    """The steps of a motion."""

    frame: Frame = shown("The frame.")
    steps: tuple[StepView, ...] = shown("The steps of this page, in order.")
    number: int = shown("Which page of steps, from 1.")
    pages: int = shown("How many.")
    count: int = shown("How many steps in all.")
    changes: int = shown("How many changes in all.")
    damier: DamierView | None = shown("Who wrote when; None while nobody has.")
    parts: tuple[tuple[str, str], ...] = shown("Parts whose shape can be seen: address and title.")
    index: str = shown("The address of the index, for the replay in the browser.")


@dataclass(frozen=True, slots=True)
class InstantView(View):
    """The text at one instant."""

    frame: Frame = shown("The frame.")
    canonical: str = shown("The address of the change itself.")
    entry: int = shown("The entry of the change; 0 before the first.")
    moment: str = shown("When, in words; empty before the first change.")
    iso: str = shown("The same for `<time datetime>`.")
    who: PersonView | None = shown("Who made the change; None for the service and before the first.")
    is_removal: bool = shown("Whether the change only took words out.")
    step: StepView | None = shown("The step that it belongs to, or one that went on meanwhile.")
    is_own: bool = shown("Whether the change belongs to `step`.")
    before: StepView | None = shown("The step before.")
    after: StepView | None = shown("The step after.")
    previous: str = shown("The address of the change before; may be empty.")
    following: str = shown("The address of the change after; may be empty.")
    with_authors: bool = shown("Whether the text shows who wrote each word.")
    title: str = shown("The text's own title as safe HTML; empty when it has none.")
    sections: tuple[SectionView, ...] = shown("The parts of the text, in order.")
    part: int = shown("Which part of the text this is, from 1.")
    parts: int = shown("How many; 1 when the text is whole on the page.")
    bar: BarView | None = shown("Who had written the whole; None while there are no words.")
    is_last: bool = shown("Whether this is the text as it stands.")


@dataclass(frozen=True, slots=True)
class WordsView(View):
    """Neighbouring words of a comparison."""

    kind: str = shown("`same`, `added` or `removed`.")
    text: Markup = shown("The words as safe HTML, masks said.")
    name: str = shown("Who wrote what was added; empty when nobody from here.")
    initials: str = shown("The same in two letters.")
    style: int = shown("1 to 6: colour and line; 0 beyond the sixth.")


@dataclass(frozen=True, slots=True)
class LineView(View):
    """One line of a comparison, or lines left out."""

    skipped: int = shown("How many unchanged lines are left out here; 0 for a line that is shown.")
    level: int = shown("1 to 6 for a heading, 0 for others.")
    words: tuple[WordsView, ...] = shown("Its words.")


@dataclass(frozen=True, slots=True)
class BetweenView(View):
    """What changed between two instants."""

    frame: Frame = shown("The frame.")
    first: int = shown("The earlier entry; 0 before the first.")
    last: int = shown("The later entry.")
    by: str = shown("Who wrote everything in between; empty when several did, or nobody from here.")
    before: str = shown("The earlier instant, in words.")
    before_url: str = shown("Its address.")
    after: str = shown("The later instant, in words.")
    after_url: str = shown("Its address.")
    previous: StepView | None = shown("The step of writing before the later instant.")
    following: StepView | None = shown("The step of writing after it.")
    added: int = shown("Characters added.")
    removed: int = shown("Characters removed.")
    authors: tuple[tuple[PersonView, int, int], ...] = shown("Who wrote the additions: who, style, characters.")
    unattributed: int = shown("Characters added by a template, a document, or it can't be told by whom.")
    others: str = shown("Who wrote in between without a word of theirs being added here, as names in words.")
    lines: tuple[LineView, ...] = shown("The lines.")
    part: int = shown("Which part of the comparison this is, from 1.")
    parts: int = shown("How many.")
    address: str = shown("The address of this comparison.")


@dataclass(frozen=True, slots=True)
class MomentView(View):
    """A part of the text at one moment."""

    url: str = shown("The address of the text then.")
    when: str = shown("The hour, in words.")
    words: str = shown("Who had just written.")
    characters: int = shown("The length of the part.")
    bar: BarView | None = shown("Who had written it.")
    width: str = shown("Its length as a share of the longest, in percent.")


@dataclass(frozen=True, slots=True)
class ShapeView(View):
    """How a part of the text took shape."""

    frame: Frame = shown("The frame.")
    title: str = shown("The part's title.")
    description: str = shown("What is to be seen, in words.")
    moments: tuple[MomentView, ...] = shown("The moments.")
    drawings: tuple[tuple[str, Columns], ...] = shown("Class of the width of screen, and the drawing's numbers.")
    styles: Mapping[int, int] = shown("The style of each author.")
    initials: Mapping[int, str] = shown("The initials of each author.")
    authors: BarView | None = shown("Who had written it at the last moment.")


async def past_of(request: Request, query: Callable[..., T], *args: object, entry: int | None = None) -> tuple[Page, T]:
    """Read rows of a motion's past; first bring its history up to date, when it lags behind what is asked for."""
    code = request.path_params["code"]
    try:
        page, rows = await read(request, query, code, *args)
    except NotFound:
        # Perhaps only not yet: nothing of this text was replayed since it was written, or since a redaction.
        _page, found = await read(request, replays.past, code)
        if not found.is_behind:
            raise
        assert found.motion.id is not None
        await request.app.state.histories.reach_soon(found.motion.id)
        return await read(request, query, code, *args)
    found = rows if isinstance(rows, Past) else rows.past  # type: ignore[attr-defined]  # each of them has one
    if found.is_behind and (entry is None or entry > found.head.entry):
        assert found.motion.id is not None
        await request.app.state.histories.reach_soon(found.motion.id)
        page, rows = await read(request, query, code, *args)
    return page, rows


def etag_of(page: Page, found: Past, *more: object) -> str:
    """Name what the pages of a past show now."""
    head, motion = found.head, found.motion
    return page.etag(motion.last_entry, head.version, head.number, motion.title, motion.state, page.congress, *more)


def frame_of(page: Page, found: Past) -> Frame:
    """Put the frame together."""
    motion = found.motion
    number = motion.code.lstrip("M")
    url = f"{page.home}/motions/{motion.code}"
    return Frame(
        page._(_("Motion %(number)s\u00a0: %(title)s"), number=number, title=motion.title),
        number,
        url,
        found.is_behind,
        page.times.moment(found.head.at) if found.head.at else "",
        tuple((day.isoformat(), page.times.day(day)) for day in days_of(page, found.telling)),
        f"{url}/a/{found.steps[0].last_entry}" if found.steps else "",
    )


def entry_of(request: Request, name: str) -> int:
    """An entry's number in the address; too large a one is the largest that the databases know."""
    return min(int(request.path_params[name]), MOST_ENTRY)


async def replay(request: Request) -> Response:
    """The steps of a motion; `?page=`, `?jour=` for the damier."""
    page, found = await past_of(request, replays.past)

    def view() -> ReplayView:
        asked = request.query_params.get("page", "1")
        pages = max(1, -(-len(found.steps) // STEPS_SHOWN))
        number = min(max(1, int(asked)), pages) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
        frame = frame_of(page, found)
        steps = found.steps[(number - 1) * STEPS_SHOWN : number * STEPS_SHOWN]
        written = {step.part for step in found.steps if step.part is not None}
        day = request.query_params.get("jour", "")
        return ReplayView(
            frame,
            tuple(step_view(page, frame.url, step, found.officials) for step in steps),
            number,
            pages,
            len(found.steps),
            found.head.changes,
            damier_view(page, found.telling, day, page._(_("Qui a écrit quand, et où"))) if number == 1 else None,
            tuple(
                (f"{frame.url}/rejeu/{place.anchor}", place.title or page._(_("Début du texte")))
                for place in found.telling.places
                if place.anchor and place.part in written
            )[:30],
            f"{frame.url}/rejeu.json",
        )

    return page.answer("replay.html", etag_of(page, found), view)


async def instant(request: Request) -> Response:
    """The text after an entry; `?vue=auteurs` says who had written each word."""
    entry = entry_of(request, "entry")
    page, seen = await past_of(request, replays.seen, entry, entry=entry)
    seen_people = await people_of(request, seen)
    with_authors = asks_for_authors(request)
    # Reading and comparing long texts takes tenths of a second: in a thread, since others are being served.
    return await asyncio.to_thread(
        page.answer,
        "instant.html",
        etag_of(page, seen.past),
        lambda: instant_view(page, seen, seen_people, entry, with_authors=with_authors),
    )


async def people_of(request: Request, *instants: Seen, more: frozenset[int] = frozenset()) -> dict[int, Official]:
    """Everyone whose words stand in texts, or who changed them."""
    ids = {official for seen in instants for _length, official in seen.instant.runs}
    ids |= {seen.instant.change.official for seen in instants if seen.instant.change} | more
    known = instants[0].past.officials
    lacking = ids - known.keys() - {0}
    if not lacking:
        return known
    found: dict[int, Official] = await request.app.state.service.store.read(replays.people, lacking)
    return known | found


def instant_view(
    page: Page, seen: Seen, people: Mapping[int, Official], entry: int, *, with_authors: bool
) -> InstantView:
    """Put the page of an instant together."""
    found, there = seen.past, seen.instant
    frame = frame_of(page, found)
    text = parse(there.text)
    runs = there.authors
    counted = authorship.shares(text, runs)
    read_text = Read(found.motion, text, runs, counted, authorship.styles(counted.whole))
    sections = tuple(
        masked(page, found, section) for section in sections_of(page, read_text, people, with_authors=with_authors)
    )
    parts = parts_of(sections) if with_authors else [sections]
    part = min(part_asked(page), len(parts))
    before, at, after = around(found.steps, max(seen.entry, min(entry, found.motion.last_entry)))
    moment = moment_of(there.change.at) if there.change else None
    writer = there.change.official if there.change else 0
    # People write at once: a step that went on then may be another person's.
    own = [
        step
        for step in found.steps
        if step.kind is StepKind.WRITING
        and step.official == writer
        and step.first_entry <= seen.entry <= step.last_entry
    ]
    is_own = at is not None and at.kind is not StepKind.WRITING
    if not is_own and len(own) == 1:
        at, is_own = own[0], True

    def said(step: Step | None) -> StepView | None:
        return step_view(page, frame.url, step, people) if step else None

    return InstantView(
        frame,
        f"{frame.url}/a/{seen.entry}",
        seen.entry,
        f"{page.times.day(moment)}, {page.times.hour_to_second(moment)}" if moment else "",
        page.times.iso(moment) if moment else "",
        person_of(page, people.get(writer), writer) if writer else None,
        there.change is not None and not there.change.inserted,
        said(at),
        is_own,
        said(before),
        said(after),
        f"{frame.url}/a/{seen.previous}" if seen.previous is not None else "",
        f"{frame.url}/a/{seen.following}" if seen.following is not None else "",
        with_authors,
        with_masks_said(page, title_html(read_text, with_authors=with_authors), found.tombstones),
        parts[part - 1],
        part,
        len(parts),
        bar_of(page, counted.whole, people, read_text.styles),
        seen.following is None and not found.is_behind,
    )


def masked(page: Page, found: Past, section: SectionView) -> SectionView:
    """Say what stands in for words that were taken out since."""
    return SectionView(
        section.anchor,
        section.title,
        with_masks_said(page, section.heading, found.tombstones),
        with_masks_said(page, section.body, found.tombstones),
        section.level,
        section.bar,
    )


async def clock(request: Request) -> Response:
    """Jump to a clock time: `?heure=14:32`, `?jour=2031-11-15`; leads to the address of that instant."""
    asked = request.query_params.get("heure", "")
    page, found = await past_of(request, replays.past)
    moment = moment_asked(page, found, asked, request.query_params.get("jour", ""))
    if moment is None:
        return page.redirect(f"{page.home}/motions/{found.motion.code}/rejeu")
    assert found.motion.id is not None
    entry = await page.service.store.read(replays.entry_at_moment, found.motion.id, moment)
    return page.redirect(f"{page.home}/motions/{found.motion.code}/a/{entry}")


def moment_asked(page: Page, found: Past, hour: str, day: str) -> datetime | None:
    """The end of the minute that was asked for, in the congress's zone; None when it can't be read."""
    read_clock = _CLOCK.match(hour[:20])
    days = days_of(page, found.telling)
    if read_clock is None or not days:
        return None
    hours, minutes, seconds = int(read_clock[1]), int(read_clock[2] or 0), read_clock[3]
    if hours > 23 or minutes > 59 or int(seconds or 0) > 59:
        return None
    try:
        on = date.fromisoformat(day) if day else days[-1]
    except ValueError:
        on = days[-1]
    start = datetime(on.year, on.month, on.day, hours, minutes, int(seconds or 0), tzinfo=page.times.zone)
    return start + (timedelta(seconds=1) if seconds else timedelta(minutes=1)) - timedelta(milliseconds=1)


async def choose_between(request: Request) -> Response:
    """Compare two instants that a form names, each by an hour or an entry: `?de=14:32`, `?a=384`, `?jour=`."""
    page, found = await past_of(request, replays.past)
    url = f"{page.home}/motions/{found.motion.code}"
    entries = []
    for name in ("de", "a"):
        entry = await entry_asked(request, page, found, request.query_params.get(name, ""))
        if entry is None:
            return page.redirect(f"{url}/rejeu#comparer")
        entries.append(entry)
    return page.redirect(f"{url}/entre/{min(entries)}/{max(entries)}")


async def entry_asked(request: Request, page: Page, found: Past, said: str) -> int | None:
    """The entry that an hour or a number names; None when it can't be read."""
    said = said.strip()[:20]
    if said.isascii() and said.isdigit():
        return min(int(said), MOST_ENTRY)
    moment = moment_asked(page, found, said, request.query_params.get("jour", ""))
    if moment is None:
        return None
    assert found.motion.id is not None
    return await page.service.store.read(replays.entry_at_moment, found.motion.id, moment)


async def between(request: Request) -> Response:
    """What changed between two entries."""
    one, other = (entry_of(request, name) for name in ("one", "other"))
    page, rows = await past_of(request, replays.compared, one, other, entry=max(one, other))
    people = await people_of(request, rows.before, rows.after, more=rows.writers)
    return await asyncio.to_thread(
        page.answer,
        "between.html",
        etag_of(page, rows.past),
        lambda: between_view(page, rows, people, min(one, other), max(one, other)),
    )


def between_view(page: Page, rows: Compared, people: Mapping[int, Official], first: int, last: int) -> BetweenView:
    """Put the page of a comparison together; `first` and `last` are the entries that were asked for."""
    found = rows.past
    frame = frame_of(page, found)
    compared = compare(rows.before.instant.text, rows.after.instant.text, rows.after.instant.authors)
    written = dict(compared.by_official)
    unattributed = compared.added - sum(written.values())
    styles = {
        official: rank if rank <= AUTHOR_STYLES else 0
        for rank, official in enumerate(sorted(written, key=lambda each: (-written[each], each)), start=1)
    }
    writers = rows.writers | written.keys()
    persons = {official: person_of(page, people.get(official), official) for official in writers}
    has_service = any(
        step.added and step.first_entry <= rows.after.entry and step.last_entry > rows.before.entry
        for step in found.steps
        if step.kind in (StepKind.OPENING, StepKind.SERVICE)
    )
    alone = persons[min(writers)].name if len(writers) == 1 and not has_service else ""
    if alone and written:
        # A sign that stands twice may be matched with its twin of before: here it can be nobody else's.
        written, unattributed = {min(writers): compared.added}, 0
    parts = _parts(compared)
    part = min(part_asked(page), len(parts))
    steps = [step for step in found.steps if step.kind in (StepKind.WRITING, StepKind.SERVICE)]
    previous = next((step for step in reversed(steps) if step.last_entry < rows.after.entry), None)
    following = next((step for step in steps if step.last_entry > rows.after.entry), None)

    def said(step: Step | None) -> StepView | None:
        return step_view(page, frame.url, step, people) if step else None

    def words_of(line: ComparedLine) -> tuple[WordsView, ...]:
        return tuple(
            WordsView(
                str(words.kind),
                Markup(with_masks_said(page, escape(words.text), found.tombstones)),
                persons[words.official].name if words.official in persons else "",
                persons[words.official].initials if words.official in persons else "",
                styles.get(words.official or 0, 0),
            )
            for words in line.words
        )

    return BetweenView(
        frame,
        min(first, found.motion.last_entry) if rows.before.entry else 0,
        min(last, found.motion.last_entry),
        alone,
        _moment(page, rows.before),
        f"{frame.url}/a/{rows.before.entry}",
        _moment(page, rows.after),
        f"{frame.url}/a/{rows.after.entry}",
        said(previous),
        said(following),
        compared.added,
        compared.removed,
        # In the order of names: shares are no ranking.
        tuple((persons[each], styles[each], written[each]) for each in sorted(written, key=lambda o: persons[o].name)),
        unattributed,
        page.times.names(sorted(persons[official].name for official in writers - written.keys())),
        tuple(
            LineView(line, 0, ()) if isinstance(line, int) else LineView(0, line.level, words_of(line))
            for line in parts[part - 1]
        ),
        part,
        len(parts),
        f"{frame.url}/entre/{rows.before.entry}/{rows.after.entry}",
    )


def _moment(page: Page, seen: Seen) -> str:
    change = seen.instant.change
    return page.times.moment(moment_of(change.at)) if change else page._(_("avant le premier mot"))


def _parts(compared: Comparison) -> list[list[ComparedLine | int]]:
    """Changed lines, each with its neighbours; the others are counted. Cut where an old tablet would tire."""
    lines = compared.lines
    wanted = set()
    for index, line in enumerate(lines):
        if line.is_changed:
            wanted |= {index - 1, index, index + 1}
    parts: list[list[ComparedLine | int]] = [[]]
    skipped = changed = words = 0
    for index, line in enumerate(lines):
        if index not in wanted:
            skipped += 1
            continue
        if skipped:
            parts[-1].append(skipped)
            skipped = 0
        if changed >= LINES_SHOWN or words >= WORDS_SHOWN:
            parts.append([])
            changed = words = 0
        changed += line.is_changed
        words += len(line.words) - 1
        parts[-1].append(line)
    if skipped:
        parts[-1].append(skipped)
    return parts


async def shape(request: Request) -> Response:
    """How one part of the text took shape, by its anchor."""
    page, rows = await past_of(request, replays.shaped, request.path_params["anchor"])
    ids = {official for _step, there in rows.moments for _length, official in there.runs}
    people = rows.past.officials | await request.app.state.service.store.read(replays.people, ids)
    return await asyncio.to_thread(
        page.answer, "shape.html", etag_of(page, rows.past), lambda: shape_view(page, rows, people)
    )


def shape_view(page: Page, rows: Shaped, people: Mapping[int, Official]) -> ShapeView:
    """Put the page of a part's shape together."""
    found = rows.past
    frame = frame_of(page, found)
    anchor = page.request.path_params["anchor"]
    place = next(place for place in found.telling.places if place.anchor == anchor)
    counted = []
    for step, there in rows.moments:
        text = parse(there.text)
        section = _section(text.sections, step, place.anchor)
        shares = authorship.shares(text, there.authors).sections
        counted.append(shares.get(section.anchor) if section else None)
    last = next((share for share in reversed(counted) if share), None)
    order = sorted({official for share in counted if share for official, _count in share.by_official})
    totals = {o: max(dict(share.by_official).get(o, 0) for share in counted if share) for o in order}
    ranked = sorted(order, key=lambda official: (-totals[official], official))
    styles = {official: rank if rank <= AUTHOR_STYLES else 0 for rank, official in enumerate(ranked, start=1)}
    bands = []
    for share in counted:
        each = dict(share.by_official) if share else {}
        band = [(official, each[official]) for official in order if official in each]
        bands.append([*band, *([(0, share.unattributed)] if share and share.unattributed else [])])
    longest = max((share.total for share in counted if share), default=1) or 1
    moments = []
    for (step, _there), share in zip(rows.moments, counted, strict=True):
        said = step_view(page, frame.url, step, people)
        name = person_of(page, people.get(step.official), step.official).name if step.official else ""
        total = share.total if share else 0
        bar = bar_of(page, share, people, styles) if share else None
        hour = page.times.hour(moment_of(step.last_at))
        moments.append(MomentView(said.url, hour, name, total, bar, f"{max(4, 100 * total // longest)}%"))
    description = page._(
        _("De %(first)s à %(last)s caractères, en %(count)s moments."),
        first=page.times.number(moments[0].characters),
        last=page.times.number(moments[-1].characters),
        count=len(moments),
    )
    return ShapeView(
        frame,
        place.title or page._(_("Début du texte")),
        description,
        tuple(moments),
        (("d-moyen", columns(bands, 680)), ("d-large", columns(bands, 1000))),
        styles,
        {official: person_of(page, people.get(official), official).initials for official in order},
        bar_of(page, last, people, styles) if last else None,
    )


def _section(sections: tuple[Section, ...], step: Step, anchor: str) -> Section | None:
    """The part as it was named then; a part that was renumbered since has another anchor."""
    named = [section for section in sections if section.title == step.title]
    return named[0] if named else next((section for section in sections if section.anchor == anchor), None)


async def index(request: Request) -> Response:
    """The index of a history, for programs: chunks, steps, people."""
    page, rows = await past_of(request, replays.index)
    etag = etag_of(page, rows.past)
    return page.unchanged(etag) or JSONResponse(index_of(page, rows), headers={**OPEN, "ETag": etag})


def index_of(page: Page, rows: Index) -> dict[str, object]:
    """Say an index for programs. `at` are ISO moments, `ms` milliseconds since 1970."""
    found = rows.past
    url = f"{page.home}/motions/{found.motion.code}"
    return {
        "motion": found.motion.code,
        "version": found.head.version,
        "entry": found.head.entry,
        "changes": found.head.changes,
        "zone": str(page.times.zone),
        "chunks": [
            {"chunk": line.chunk, "entry": line.base_entry, "first": line.first_change, "changes": line.changes_count}
            for line in rows.lines
        ],
        "people": {
            str(official): person_of(page, row, official).name for official, row in sorted(found.officials.items())
        },
        "steps": [
            {
                "entry": step.last_entry,
                "from": step.first_entry,
                "ms": step.first_at,
                "kind": str(step.kind),
                "official": step.official,
                "said": f"{said.when}\u00a0: {said.sentence}",
            }
            for step in found.steps
            for said in [step_view(page, url, step, found.officials)]
        ],
    }


async def chunk(request: Request) -> Response:
    """One chunk of a history: a keyframe, and the changes after it.

    Raises:
        NotFound: There is no such chunk.
    """
    number = request.path_params["chunk"]
    page, rows = await past_of(request, replays.one_chunk, min(number, 10**6), entry=-1)
    etag = etag_of(page, rows.past)
    return page.unchanged(etag) or JSONResponse(chunk_of(rows), headers={**OPEN, "ETag": etag})


def chunk_of(rows: OneChunk) -> dict[str, object]:
    """Say a chunk for programs; positions count characters (code points)."""

    return {
        "chunk": rows.number,
        "text": rows.keyframe.text,
        "runs": rows.keyframe.runs,
        "changes": rows.changes,
    }


BASE = "/{congress}/motions/{code}"
ROUTES = [
    Route(f"{BASE}/rejeu", replay, name="replay"),
    Route(f"{BASE}/rejeu.json", index, name="replay-json"),
    Route(BASE + "/rejeu/{chunk:int}.json", chunk, name="replay-chunk"),
    Route(BASE + "/rejeu/{anchor}", shape, name="shape"),
    Route(f"{BASE}/a", clock, name="instant-clock"),
    Route(BASE + "/a/{entry:int}", instant, name="instant"),
    Route(f"{BASE}/entre", choose_between, name="between-chosen"),
    Route(BASE + "/entre/{one:int}/{other:int}", between, name="between"),
]
