"""The list of congresses, and the home of one."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from motion.rules.errors import NotFound
from motion.rules.phases import standing, writable
from motion.rules.steps import Telling
from motion.rules.text import parse
from motion.rules.vocabulary import FINAL, MotionState, Phase
from motion.web.page import Page, read
from motion.web.reading import PersonView, person_of
from motion.web.recent import Excerpt, excerpt, last_words_of
from motion.web.steps import DamierView, damier_view
from motion.web.views import View, shown
from motion.web.voices import heard_view
from storage import pages, published, voices_counted
from storage.models import Congress, Motion
from storage.pages import WRITING_SECONDS, HomeRows
from storage.queries import congresses
from storage.store import Session
from storage.voices_counted import Heard

_ = NullTranslations().gettext  # marks the sentences for the catalogues

LIVE_MINUTES = 10  # a text that nobody touched for longer is open, not live
UNSIGNED_MINUTES = 5  # a record is signed every second: before that it is nobody's business
FIRST_LINES = 3  # alinéas shown of a motion that nobody has written in yet

PROMISES = {
    Phase.PREPARATION: _("Le congrès se prépare, au grand jour."),
    Phase.COLLECTION: _("Le congrès recueille les idées, au grand jour."),
    Phase.DRAFTING: _("Les élu·e·s écrivent leur motion, au grand jour."),
    Phase.CLOSED: _("Le congrès est clos. Tout reste à lire."),
}
# Of a congress that adopted nothing, once nothing is to be decided any more.
VOTED = _("Le vote a eu lieu. Tout reste à lire.")
GIVEN_UP = _("L’écriture est terminée. Tout reste à lire.")


@dataclass(frozen=True, slots=True)
class CongressCard(View):
    """One congress in the list of all."""

    url: str = shown("The address of its home.")
    title: str = shown("Its title.")
    place: str = shown("Where it meets; may be empty.")
    dates: str = shown("Its days, in words.")
    phase: str = shown("The phase's code, for `said('phase', …)`.")


@dataclass(frozen=True, slots=True)
class CongressesView(View):
    """The page `/`."""

    congresses: tuple[CongressCard, ...] = shown("The congresses, the latest first.")


@dataclass(frozen=True, slots=True)
class MotionCard(View):
    """One motion in a list."""

    code: str = shown("Its code, `M1`.")
    number: str = shown("The number in the code, `1`.")
    title: str = shown("Its title.")
    state: str = shown("Its state's code.")
    standing: str = shown("How it stands in the phase of the congress, for its badge and `said('state', …)`.")
    opens: str = shown("When its drafting opens, in words, while it is still ahead; empty otherwise.")
    url: str = shown("The address of its page.")
    is_open: bool = shown("Whether officials can write in it now.")
    summary: str = shown("Articles and lines, in words.")
    changed: str = shown("The moment of the last change, in words; empty before the first.")
    changed_iso: str = shown("The same for `<time datetime>`.")
    result: str = shown("The votes, what they decided and when, or when it was withdrawn, in words; empty before.")


@dataclass(frozen=True, slots=True)
class LiveView(View):
    """The card of the text that is being written, or was last."""

    motion: MotionCard = shown("Which motion.")
    is_live: bool = shown("Whether somebody changed it within the last minutes.")
    until: str = shown("Until when it can be written, or when its drafting opens, in words; may be empty.")
    excerpt: Excerpt | None = shown("The words round the last change; None for an empty text.")
    writing: tuple[PersonView, ...] = shown("Those who are writing now, the latest first.")
    last: PersonView | None = shown("Who wrote last, when nobody is writing now.")
    last_hour: str = shown("When that was, in words.")


@dataclass(frozen=True, slots=True)
class HourView(View):
    """One phase of the calendar."""

    iso: str = shown("For `<time datetime>`.")
    hour: str = shown("The hour, in words.")
    phase: str = shown("The phase's code.")
    is_past: bool = shown("Whether the congress has passed beyond this phase.")
    is_now: bool = shown("Whether this is the phase in force.")


@dataclass(frozen=True, slots=True)
class DayView(View):
    """One day of the calendar."""

    name: str = shown("The day, in words.")
    is_today: bool = shown("Whether this is the day of reading, in the congress's time zone.")
    hours: tuple[HourView, ...] = shown("The phases that open on this day.")


@dataclass(frozen=True, slots=True)
class HomeView(View):
    """The home of a congress."""

    promise: str = shown("One sentence that says where the congress stands.")
    stage: str = shown("Whether writing is `ahead`, `open`, done while a vote is `awaited`, or `over`.")
    days: int = shown("How many days the congress lasts.")
    live: LiveView | None = shown("The card of the live text; None while there is no motion.")
    motions: tuple[MotionCard, ...] = shown("All motions, in the order of their codes.")
    calendar: tuple[DayView, ...] = shown("The days on which phases open.")
    officials: int = shown("How many officials are on the roster.")
    authors: int = shown("How many of them have written.")
    entries: int = shown("How many entries the record has.")
    mark: str = shown("The mark of the texts shown, for live updates.")
    damier: DamierView | None = shown("Who wrote when in the motion being written; None while nobody has.")
    unsigned: str = shown("Since when entries wait for a signature, in words; empty when that is as it should be.")


def congress_card(page: Page, congress: Congress) -> CongressCard:
    """Say one congress in a line."""
    dates = page.times.dates(congress.starts_on, congress.ends_on)
    return CongressCard(f"/{congress.slug}", congress.title, congress.place, dates, congress.phase)


def motion_card(page: Page, motion: Motion) -> MotionCard:
    """Say one motion in a line."""
    assert page.congress is not None
    text = parse(motion.text)
    articles = sum(section.number is not None and section.kind == "article" for section in text.sections)
    lines = text.line_count
    parts = [page.language.ngettext("%(num)d article", "%(num)d articles", articles) % {"num": articles}] * (
        articles > 0
    )
    parts.append(page.language.ngettext("%(num)d ligne", "%(num)d lignes", lines) % {"num": lines})
    stands = standing(Phase(page.congress.phase), MotionState(motion.state))
    return MotionCard(
        motion.code,
        motion.code.removeprefix("M"),
        motion.title,
        motion.state,
        stands,
        opening_of(page) if stands == "waiting" else "",
        f"{page.home}/motions/{motion.code}",
        writable(Phase(page.congress.phase), MotionState(motion.state)),
        ", ".join(parts),
        page.times.moment(motion.text_at) if motion.text_at else "",
        page.times.iso(motion.text_at) if motion.text_at else "",
        result_of(page, motion),
    )


def result_of(page: Page, motion: Motion) -> str:
    """`41 pour, 3 contre, 2 abstentions. Adoptée dimanche 16 novembre 2031 à 11 h.`"""
    ended = ending_of(page, motion)
    if motion.voted_at is None:
        return f"{ended}." if ended else ""
    counted = {"for": page.times.number(motion.votes_for or 0), "against": page.times.number(motion.votes_against or 0)}
    votes = page._(_("%(for)s pour, %(against)s contre"), **counted)
    number = motion.abstentions or 0
    abstentions = page.language.ngettext("%(num)d abstention", "%(num)d abstentions", number) % {"num": number}
    return f"{votes}, {abstentions}. {ended}."


def ending_of(page: Page, motion: Motion) -> str:
    """`Adoptée dimanche 16 novembre 2031 à 11 h`, rejected or withdrawn likewise; empty while it may still change."""
    if motion.adopted_at is not None:
        return page._(_("Adoptée %(moment)s"), moment=page.times.moment(motion.adopted_at))
    if motion.rejected_at is not None:
        return page._(_("Rejetée %(moment)s"), moment=page.times.moment(motion.rejected_at))
    if motion.withdrawn_at is not None:
        return page._(_("Retirée %(moment)s"), moment=page.times.moment(motion.withdrawn_at))
    return ""


def live_view(page: Page, rows: HomeRows) -> LiveView | None:
    """Say which text is being written, where, and by whom."""
    motion = rows.lively
    if motion is None:
        return None
    assert motion.id is not None
    card = motion_card(page, motion)
    place = page.request.app.state.recent.see(motion.id, motion.text_number, motion.text)
    if place is None and rows.wrote:
        assert rows.wrote[0].official.id is not None
        place = last_words_of(json.loads(motion.runs), rows.wrote[0].official.id)
    people = [(person_of(page, one.official, one.official.id or 0), one.at) for one in rows.wrote]
    recent = page.now - timedelta(seconds=WRITING_SECONDS)
    is_live = bool(people) and card.is_open and people[0][1] > page.now - timedelta(minutes=LIVE_MINUTES)
    writing = tuple(person for person, at in people if at > recent) if card.is_open else ()
    return LiveView(
        card,
        is_live,
        until(page) if card.is_open else card.opens,
        excerpt(parse(motion.text), place) if place else None,
        writing,
        people[0][0] if people and not writing else None,
        page.times.hour(people[0][1]) if people else "",
    )


def opening_of(page: Page) -> str:
    """When the drafting opens by itself, or that it has not opened yet."""
    for opening in page.openings:
        if opening.phase == Phase.DRAFTING and opening.opens_at > page.now:
            return page._(_("La rédaction s’ouvre %(moment)s"), moment=page.times.moment(opening.opens_at))
    return page._(_("La rédaction n’est pas encore ouverte"))


def until(page: Page) -> str:
    """Until when the motion can be written, with its day when that is not today; empty without an hour."""
    for opening in page.openings:
        if opening.opens_at > page.now:
            hour = page.times.hour(opening.opens_at)
            if page.times.local(opening.opens_at).date() == page.times.local(page.now).date():
                return page._(_("Ouverte à la rédaction jusqu’à %(hour)s"), hour=hour)
            day = page.times.day(opening.opens_at)
            return page._(_("Ouverte à la rédaction jusqu’au %(day)s, %(hour)s"), day=day, hour=hour)
    return ""


def calendar_of(page: Page) -> tuple[DayView, ...]:
    """Lay the phases out by day."""
    assert page.congress is not None
    order = list(Phase)
    now = order.index(Phase(page.congress.phase))
    days: dict[Any, list[HourView]] = {}
    for opening in page.openings:
        local = page.times.local(opening.opens_at)
        place = order.index(Phase(opening.phase))
        hour = HourView(local.isoformat(), page.times.hour(local), opening.phase, place < now, place == now)
        days.setdefault(local.date(), []).append(hour)
    today = page.times.local(page.now).date()
    return tuple(DayView(page.times.day(day), day == today, tuple(hours)) for day, hours in days.items())


def home_and_signature(db: Session, congress: Congress) -> tuple[HomeRows, datetime | None, Heard]:
    """Read the home of a congress, since when its record is not signed, and what was said lately."""
    assert congress.id is not None
    # The entries of a demonstration bear the hours of its story.
    since = None if congress.is_demonstration else published.unsigned_since(db, congress.id)
    return pages.home(db, congress), since, voices_counted.heard(db, congress.id)


def stage_of(phase: Phase, motions: Sequence[Motion]) -> str:
    """Say whether writing is `ahead`, `open`, done while a vote is `awaited`, or `over`.

    A motion is frozen, voted on or withdrawn at its own hour, whatever the phase: the motions say how things stand.
    """
    order = list(Phase)
    if order.index(phase) < order.index(Phase.DRAFTING):
        return "ahead"
    states = {MotionState(motion.state) for motion in motions}
    if phase is Phase.DRAFTING and (not states or MotionState.DRAFTING in states):
        return "open"
    return "awaited" if phase is not Phase.CLOSED and states - FINAL else "over"


def promise_of(page: Page, phase: Phase, stage: str, motions: Sequence[Motion]) -> str:
    """Say in one sentence where the congress stands."""
    if stage in ("ahead", "open") or phase is Phase.CLOSED:
        return page._(PROMISES[phase])
    states = [MotionState(motion.state) for motion in motions]
    if stage == "awaited":
        return page.language.ngettext(
            "Le texte est gelé. Il attend son vote.",
            "Les textes sont gelés. Ils attendent leur vote.",
            sum(state not in FINAL for state in states),
        )
    adopted = states.count(MotionState.ADOPTED)
    if adopted:
        return page.language.ngettext("Le congrès a adopté son texte.", "Le congrès a adopté ses textes.", adopted)
    return page._(VOTED if MotionState.REJECTED in states else GIVEN_UP)


def home_view(page: Page, rows: HomeRows, *, with_damier: bool = False, unsigned: datetime | None = None) -> HomeView:
    """Put the home of a congress together."""
    assert page.congress is not None
    phase = Phase(page.congress.phase)
    stage = stage_of(phase, rows.motions)
    title = page._(_("La journée, ligne à ligne"))
    return HomeView(
        promise_of(page, phase, stage, rows.motions),
        stage,
        (page.congress.ends_on - page.congress.starts_on).days + 1,
        live_view(page, rows),
        tuple(motion_card(page, motion) for motion in rows.motions),
        calendar_of(page),
        rows.officials,
        rows.authors,
        rows.entries,
        rows.mark,
        damier_view(page, Telling.unpack(rows.told), "", title) if with_damier else None,
        page.times.moment(unsigned) if unsigned else "",
    )


def quiet_since(page: Page, rows: HomeRows) -> tuple[object, ...]:
    """What makes a home page stale though the record did not grow: people who stopped writing."""
    edge = page.now - timedelta(seconds=WRITING_SECONDS)
    is_live = any(one.at > page.now - timedelta(minutes=LIVE_MINUTES) for one in rows.wrote)
    return (is_live, *(one.at for one in rows.wrote if one.at > edge))


def home_etag(page: Page, rows: HomeRows, unsigned: datetime | None = None) -> str:
    """Name what the home shows now."""
    numbers = [motion.text_number for motion in rows.motions]
    told = hashlib.sha256(rows.told).digest()
    return page.etag(
        *(rows.last_entry, page.congress, page.openings, numbers, rows.officials, told),
        *(quiet_since(page, rows), unsigned),
    )


async def list_congresses(request: Request) -> Response:
    """Every congress of this installation."""
    page, rows = await read(request, congresses)
    return page.render("congresses.html", CongressesView(tuple(congress_card(page, congress) for congress in rows)))


async def home(request: Request) -> Response:
    """The home of a congress."""
    page, (rows, since, heard) = await read(request, home_and_signature)
    unsigned = since if since and since < page.now - timedelta(minutes=UNSIGNED_MINUTES) else None
    return page.answer(
        "home.html",
        home_etag(page, rows, unsigned),
        lambda: home_view(page, rows, with_damier=True, unsigned=unsigned),
        heard=heard_view(page, heard),
    )


async def home_live(request: Request) -> Response:
    """The live card alone: what a reader's page asks for after an event.

    Raises:
        NotFound: No text is there to be told of.
    """
    page, rows = await read(request, pages.home)
    if rows.lively is None:
        raise NotFound("motion", "")
    return page.answer("home_live.html", home_etag(page, rows), lambda: home_view(page, rows))


async def home_json(request: Request) -> Response:
    """The congress for programs."""
    page, rows = await read(request, pages.home)
    congress = page.congress
    assert congress is not None
    body = {
        "slug": congress.slug,
        "title": congress.title,
        "place": congress.place,
        "starts_on": congress.starts_on.isoformat(),
        "ends_on": congress.ends_on.isoformat(),
        "time_zone": congress.time_zone,
        "phase": congress.phase,
        "calendar": {opening.phase: page.times.iso(opening.opens_at) for opening in page.openings},
        "entry": rows.last_entry,
        "officials": rows.officials,
        "motions": [
            {"code": motion.code, "title": motion.title, "state": motion.state, "entry": motion.last_entry}
            for motion in rows.motions
        ],
    }
    return JSONResponse(body, headers=OPEN)


OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-cache"}

ROUTES = [
    Route("/", list_congresses, name="congresses"),
    Route("/{congress}.json", home_json, name="home-json"),
    Route("/{congress}", home, name="home"),
    Route("/{congress}/fragments/direct", home_live, name="home-live"),
]
