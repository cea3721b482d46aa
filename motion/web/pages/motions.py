"""A motion for its readers: the page, its fragments, the same as Markdown and as JSON, the booklet to print."""

import hashlib
from dataclasses import dataclass, replace
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from motion.rules.authorship import typed_for_in
from motion.rules.errors import NotFound
from motion.rules.names import display_name
from motion.rules.vocabulary import FINAL
from motion.web.page import Page, read
from motion.web.pages.home import OPEN, MotionCard, ending_of, motion_card
from motion.web.reading import (
    BarView,
    ChangeView,
    Read,
    SectionView,
    VoteView,
    bar_of,
    changes_of,
    grouped_digest,
    named,
    read_motion,
    runs_of,
    sections_of,
    title_html,
    vote_of,
)
from motion.web.tombstones import TombstoneView, tombstone_views, with_masks_said
from motion.web.tombstones import json_of as redactions_json
from motion.web.views import View, shown
from storage import pages
from storage.pages import MotionRows

_ = NullTranslations().gettext  # marks the sentences for the catalogues


# A page keeps under 900 elements (old tablets): what stands round the text takes up to 200, and its bars their own.
PART_ELEMENTS = 550
BAR_ELEMENTS = 30  # at most, of an article


@dataclass(frozen=True, slots=True)
class MotionsView(View):
    """The list of motions."""

    motions: tuple[MotionCard, ...] = shown("All motions, in the order of their codes.")


@dataclass(frozen=True, slots=True)
class MotionView(View):
    """The page of a motion."""

    card: MotionCard = shown("The motion in a line.")
    heading: str = shown("`Motion 3 : l’accès aux soins`.")
    version: str = shown("Which version this is and when it was kept, in words.")
    with_authors: bool = shown("Whether the text shows who wrote each word.")
    title: str = shown("The text's own title as safe HTML; empty when it has none.")
    sections: tuple[SectionView, ...] = shown("The parts of the text, in order.")
    part: int = shown("Which part of the text this is, from 1: a long text with its authors is read in parts.")
    parts: int = shown("How many parts there are; 1 when the text is whole on the page.")
    lines: int = shown("How many numbered lines there are.")
    bar: BarView | None = shown("Who wrote the whole; None while the text has no words.")
    changes: tuple[ChangeView, ...] = shown("What just changed, the latest first.")
    vote: VoteView | None = shown("The result, once the vote is entered.")
    reason: str = shown("Why the motion was withdrawn; empty for others, and when the reason was taken off the record.")
    digest: str = shown("SHA-256 of the text as shown, in groups of four.")
    former_digest: str = shown("That of the freeze or vote, when words of the text were masked since; else empty.")
    tombstones: tuple[TombstoneView, ...] = shown("What was taken out of it, decision by decision.")
    is_final: bool = shown("Whether the motion is adopted, rejected or withdrawn: the text can't change any more.")
    mark: str = shown("The mark of the texts shown, for live updates.")
    number: int = shown("How many accepted changes this version counts.")
    moment: str = shown("When this version was kept, in words; empty before the first word.")


@dataclass(frozen=True, slots=True)
class SectionPage(View):
    """One part of a motion's text, alone."""

    section: SectionView = shown("The part.")


def parts_of(sections: tuple[SectionView, ...]) -> list[tuple[SectionView, ...]]:
    """Cut a text that shows each author's words into parts that an old tablet can hold; an article stays whole."""
    parts: list[tuple[SectionView, ...]] = [()]
    room = PART_ELEMENTS
    for section in sections:
        tags = section.heading.count("<") + section.body.count("<")
        elements = tags - section.heading.count("</") - section.body.count("</") + BAR_ELEMENTS
        if parts[-1] and elements > room:
            parts.append(())
            room = PART_ELEMENTS
        parts[-1] += (section,)
        room -= elements
    return parts


def part_asked(page: Page) -> int:
    """The part that the address asks for, from 1."""
    asked = page.request.query_params.get("partie", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1


def motion_view(page: Page, rows: MotionRows, read_text: Read, *, with_authors: bool) -> MotionView:
    """Put the page of a motion together."""
    motion = rows.motion
    sections = masked(page, rows, sections_of(page, read_text, rows.officials, with_authors=with_authors))
    parts = parts_of(sections) if with_authors else [sections]
    part = min(part_asked(page), len(parts))
    moment = page.times.moment(motion.text_at) if motion.text_at else ""
    digest = hashlib.sha256(motion.text.encode()).hexdigest()
    card = motion_card(page, motion)
    return MotionView(
        card,
        page._(_("Motion %(number)s\u00a0: %(title)s"), number=card.number, title=motion.title),
        version_of(page, rows),
        with_authors,
        with_masks_said(page, title_html(read_text, with_authors=with_authors), rows.tombstones),
        parts[part - 1],
        part,
        len(parts),
        read_text.text.line_count,
        bar_of(page, read_text.shares.whole, rows.officials, read_text.styles),
        changes_of(page, rows),
        vote_of(motion),
        withdrawal_of(rows),
        grouped_digest(digest),
        grouped_digest(motion.digest) if motion.digest and motion.digest != digest else "",
        tombstone_views(page, rows.tombstones),
        motion.state in FINAL,
        rows.mark,
        motion.text_number,
        moment,
    )


def masked(page: Page, rows: MotionRows, sections: tuple[SectionView, ...]) -> tuple[SectionView, ...]:
    """The same parts, what was taken out of them being said as such."""
    if not rows.tombstones:
        return sections
    return tuple(
        replace(
            section,
            heading=with_masks_said(page, section.heading, rows.tombstones),
            body=with_masks_said(page, section.body, rows.tombstones),
        )
        for section in sections
    )


def withdrawal_of(rows: MotionRows) -> str:
    """Why the motion was withdrawn: the reason of its last act."""
    return next((rows.reasons.get(act.number, "") for act in rows.acts if act.kind == "motion.withdraw"), "")


def version_of(page: Page, rows: MotionRows) -> str:
    """Say which version one is reading."""
    motion = rows.motion
    ended = ending_of(page, motion)
    if ended:
        return ended
    if motion.frozen_at is not None:
        return page._(_("Texte gelé %(moment)s"), moment=page.times.moment(motion.frozen_at))
    if motion.text_at is None:
        return page._(_("Rien n’est encore écrit"))
    return page._(_("Enregistré %(moment)s"), moment=page.times.moment(motion.text_at))


def etag_of(page: Page, rows: MotionRows, *more: object) -> str:
    """Name what a motion's pages show now: its acts, the version of its reading copy, the names of people.

    Not its last entry: while people write, that is another at each keystroke, and the copy one a second.
    """
    motion = rows.motion
    stands = motion.model_dump(exclude={"number", "last_entry", "text", "runs", "typed_for", "masked"})
    told = (tuple(act.number for act in rows.acts), rows.tombstones, named(rows.officials))
    return page.etag(motion.text_number, motion.redacted_entry, stands, told, page.congress, page.openings, *more)


async def list_motions(request: Request) -> Response:
    """The list of motions."""
    page, (found, last) = await read(request, pages.motions)
    return page.answer(
        "motions.html",
        page.etag(last, page.congress, page.openings),
        lambda: MotionsView(tuple(motion_card(page, motion) for motion in found)),
    )


async def answer(request: Request, template: str, *, with_authors: bool) -> Response:
    """Answer with a page or a part that shows the whole motion."""
    page, rows = await read(request, pages.motion, request.path_params["code"])
    return page.answer(
        template,
        etag_of(page, rows),
        lambda: motion_view(page, rows, read_motion(rows.motion), with_authors=with_authors),
    )


def asks_for_authors(request: Request) -> bool:
    """Whether the address asks for who wrote each word."""
    return request.query_params.get("vue") == "auteurs"


async def show(request: Request) -> Response:
    """The page of a motion; `?vue=auteurs` says who wrote each word."""
    return await answer(request, "motion.html", with_authors=asks_for_authors(request))


async def margin(request: Request) -> Response:
    """The margin of a motion's page, alone."""
    return await answer(request, "motion_margin.html", with_authors=False)


async def whole_text(request: Request) -> Response:
    """The text of a motion's page, alone."""
    return await answer(request, "motion_text.html", with_authors=asks_for_authors(request))


async def booklet(request: Request) -> Response:
    """The motion as a booklet to print, with its line numbers."""
    return await answer(request, "booklet.html", with_authors=False)


async def section(request: Request) -> Response:
    """One part of the text by its anchor, alone.

    Raises:
        NotFound: The text has no such part, or no longer.
    """
    page, rows = await read(request, pages.motion, request.path_params["code"])
    anchor = request.path_params["anchor"]

    def view() -> SectionPage:
        found = sections_of(page, read_motion(rows.motion), rows.officials, with_authors=asks_for_authors(request))
        for one in masked(page, rows, found):
            if one.anchor == anchor:
                return SectionPage(one)
        raise NotFound("section", anchor)

    return page.answer("motion_part.html", etag_of(page, rows), view)


async def markdown(request: Request) -> Response:
    """The text itself: the bytes whose SHA-256 is the motion's digest."""
    page, rows = await read(request, pages.motion, request.path_params["code"])
    etag = etag_of(page, rows)
    unchanged = page.unchanged(etag)
    if unchanged:
        return unchanged
    return PlainTextResponse(rows.motion.text, headers={**OPEN, "ETag": etag}, media_type="text/markdown")


async def as_json(request: Request) -> Response:
    """The motion for programs. `characters` count those of `text`, signs included."""
    page, rows = await read(request, pages.motion, request.path_params["code"])
    etag = etag_of(page, rows, rows.motion.last_entry)
    unchanged = page.unchanged(etag)
    if unchanged:
        return unchanged
    return JSONResponse(json_of(page, rows), headers={**OPEN, "ETag": etag})


def json_of(page: Page, rows: MotionRows) -> dict[str, object]:
    """Say a motion for programs."""
    motion = rows.motion
    read_text = read_motion(motion)
    written: dict[int, int] = {}
    for length, official in read_text.runs:
        if official is not None:
            written[official] = written.get(official, 0) + length
    typed_for = typed_for_in(read_text.runs, runs_of(motion.typed_for))
    authors = []
    for official, characters in sorted(written.items(), key=lambda pair: (-pair[1], pair[0])):
        row = rows.officials.get(official)
        authors.append(
            {
                "official": official,
                "name": display_name(row.first_names, row.family_name) if row else "",
                "mandate": row.mandate if row else "",
                "commune": row.territory if row else "",
                "characters": characters,
                "typed_for": [
                    {"official": other, "characters": count}
                    for (author, other), count in sorted(typed_for.items(), key=lambda one: (-one[1], one[0]))
                    if author == official
                ],
            }
        )
    result = None
    if motion.voted_at is not None:
        result = {
            "for": motion.votes_for,
            "against": motion.votes_against,
            "abstentions": motion.abstentions,
            "not_voting": motion.not_voting,
            "presided_by": motion.presided_by,
            "at": page.times.iso(motion.voted_at),
        }
    return {
        "code": motion.code,
        "title": motion.title,
        "state": motion.state,
        "text": motion.text,
        "entry": motion.last_entry,
        "number": motion.text_number,
        "at": page.times.iso(motion.text_at) if motion.text_at else None,
        "digest": hashlib.sha256(motion.text.encode()).hexdigest(),
        "authors": authors,
        "sections": [
            {
                "anchor": section.anchor,
                "title": section.title,
                "lines": [alinea.line for alinea in section.alineas],
                "shares": [
                    {"official": official, "characters": characters}
                    for official, characters in read_text.shares.sections[section.anchor].by_official
                ],
            }
            for section in read_text.text.sections
        ],
        "result": result,
        "frozen_digest": motion.digest,
        "redactions": redactions_json(rows.tombstones),
    }


ROUTES = [
    Route("/{congress}/motions", list_motions, name="motions"),
    Route("/{congress}/motions/{code}.md", markdown, name="motion-markdown"),
    Route("/{congress}/motions/{code}.json", as_json, name="motion-json"),
    Route("/{congress}/motions/{code}", show, name="motion"),
    Route("/{congress}/motions/{code}/imprimer", booklet, name="booklet"),
    Route("/{congress}/motions/{code}/fragments/marge", margin, name="margin"),
    Route("/{congress}/motions/{code}/fragments/texte", whole_text, name="text"),
    Route("/{congress}/motions/{code}/fragments/{anchor}", section, name="section"),
]
