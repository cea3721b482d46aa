"""The text of a motion at any instant, `…/a/{entry}`: after an entry of the record, or the last change before it."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.rules import authorship
from motion.rules.steps import Step, StepKind, around, first_ending
from motion.rules.text import parse
from motion.web.page import Page
from motion.web.pages.motions import asks_for_authors, part_asked, parts_of
from motion.web.past import BASE, Frame, answer, entry_of, etag_of, frame_of, moment_asked, past_of, people_of
from motion.web.reading import BarView, PersonView, Read, SectionView, bar_of, person_of, sections_of, title_html
from motion.web.steps import StepView, step_view
from motion.web.tombstones import with_masks_said
from motion.web.views import View, shown
from storage import replays
from storage.models import Official
from storage.replays import Past, Seen, moment_of


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


async def instant(request: Request) -> Response:
    """The text after an entry; `?vue=auteurs` says who had written each word."""
    entry = entry_of(request, "entry")
    page, seen = await past_of(request, replays.seen, entry, entry=entry, asking=("vue", "partie"))
    people = await people_of(request, seen)
    with_authors = asks_for_authors(request)
    return await answer(
        page,
        "instant.html",
        etag_of(page, seen.past, people),
        lambda: instant_view(page, seen, people, entry, with_authors=with_authors),
    )


def instant_view(
    page: Page, seen: Seen, people: Mapping[int, Official], entry: int, *, with_authors: bool
) -> InstantView:
    """Put the page of an instant together."""
    found, there = seen.past, seen.instant
    frame = frame_of(page, found)
    text = parse(there.text)
    runs = there.authors
    counted = authorship.shares(text, runs, there.beneficiaries)
    read_text = Read(found.motion, text, runs, counted, authorship.styles(counted.whole), there.masks)
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
        for step in found.steps[first_ending(found.steps, seen.entry) :]
        if step.kind is StepKind.WRITING and step.official == writer and step.first_entry <= seen.entry
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
        with_masks_said(page, title_html(read_text, with_authors=with_authors), found.tombstones, of_past=True),
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
        with_masks_said(page, section.heading, found.tombstones, of_past=True),
        with_masks_said(page, section.body, found.tombstones, of_past=True),
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


ROUTES = [
    Route(f"{BASE}/a", clock, name="instant-clock"),
    Route(BASE + "/a/{entry:int}", instant, name="instant"),
]
