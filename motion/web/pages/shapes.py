"""How one part of a motion took shape, `…/rejeu/{anchor}`: its authors and its length at a few of its moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.rules import authorship
from motion.rules.authorship import AUTHOR_STYLES
from motion.rules.pictures import Columns, columns
from motion.rules.steps import Step
from motion.rules.text import Section, parse
from motion.web.page import Page
from motion.web.past import BASE, Frame, answer, etag_of, frame_of, past_of
from motion.web.reading import BarView, bar_of, person_of
from motion.web.steps import step_view
from motion.web.views import View, shown
from storage import replays
from storage.models import Official
from storage.replays import Shaped, moment_of

_ = NullTranslations().gettext  # marks the sentences for the catalogues


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


async def shape(request: Request) -> Response:
    """How one part of the text took shape, by its anchor."""
    page, rows = await past_of(request, replays.shaped, request.path_params["anchor"])
    ids = {one for _step, there in rows.moments for _length, one in (*there.runs, *there.typed_for)}
    people = rows.past.officials | await request.app.state.service.store.read(replays.people, ids)
    return await answer(page, "shape.html", etag_of(page, rows.past, people), lambda: shape_view(page, rows, people))


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
        shares = authorship.shares(text, there.authors, there.beneficiaries).sections
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


ROUTES = [Route(BASE + "/rejeu/{anchor}", shape, name="shape")]
