"""The drafting room: the page of the editor. Without script it shows the text and the way to the plain mode."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from gettext import NullTranslations
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from motion.live import sentences
from motion.live.drafting_room import Room
from motion.rules.authorship import Run, shares, styles
from motion.rules.names import initials
from motion.rules.outline import heading_lines
from motion.rules.rendering import render
from motion.rules.text import parse
from motion.rules.vocabulary import MotionState, Phase, Role
from motion.web.arrival import carrying
from motion.web.headers import policy
from motion.web.identity import login_name
from motion.web.page import REVALIDATE, Page, read
from motion.web.reading import PersonView, person_of
from motion.web.views import View, shown
from storage import pages, people
from storage.models import Congress, Motion, Official

_ = NullTranslations().gettext  # marks the sentences for the catalogues

PLAN_EVERY_S = 1.0
"""A motion's plan is made at most so often: when a heading changes, everybody's editor asks for it."""


@dataclass(frozen=True, slots=True)
class EditorView(View):
    """The page of the editor."""

    congress: Congress = shown("The congress: `slug` and `title` are shown.")
    motion: Motion = shown("The motion: `code`, `title` and `state` are shown.")
    heading: str = shown("`Motion 3, l’accès aux soins`.")
    phase: str = shown("Until when one may write, in words: `Rédaction ouverte jusqu’à 16 h`.")
    text_html: Markup = shown("The text as safe HTML, for browsers in which the editor doesn't start.")
    editor: dict[str, Any] = shown("What the editor needs: `EditorPage` in islands/editor/page.ts, but for `texts`.")


def html_of(text: str) -> Markup:
    """The text to read: headings and numbered lines."""
    sections = render(parse(text))
    return Markup("").join(
        Markup('<section class="partie">{}{}</section>\n').format(
            Markup('<h2 id="{}">{}</h2>').format(section.anchor, Markup(section.heading)) if section.heading else "",
            Markup(section.body),
        )
        for section in sections
    )


def me(page: Page) -> PersonView:
    """Who writes, as the others see it; the secretariat, who only reads, has the number 0."""
    official = page.signed_in.official if page.signed_in else None
    if official is not None and official.id is not None:
        return person_of(page, official, official.id)
    return PersonView(0, page.visitor.name, initials(page.visitor.name), "", "", "")


ENDED = {
    MotionState.ADOPTED: _("Motion adoptée"),
    MotionState.REJECTED: _("Motion rejetée"),
    MotionState.WITHDRAWN: _("Motion retirée"),
}


def phase_of(page: Page, motion: Motion) -> str:
    """Say until when one may write: the hour when it ends today, else the day too; nothing of it without a calendar."""
    assert page.congress is not None
    if motion.state in ENDED:
        return page._(ENDED[MotionState(motion.state)])
    if motion.state != MotionState.DRAFTING or page.congress.phase != Phase.DRAFTING:
        return page._(_("Rédaction fermée"))
    ends = [opening.opens_at for opening in page.openings if opening.phase == Phase.FROZEN]
    if not ends or ends[0] <= page.now:
        return page._(_("Rédaction ouverte"))
    hour = page.times.hour(ends[0])
    if page.times.local(ends[0]).date() == page.times.local(page.now).date():
        return page._(_("Rédaction ouverte jusqu’à %(hour)s"), hour=hour)
    day = page.times.day(ends[0]).rsplit(" ", 1)[0]  # nobody wonders about the year
    return page._(_("Rédaction ouverte jusqu’au %(day)s, %(hour)s"), day=day, hour=hour)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the server reads in a live text: its headings with the numbers that the pages show, its authors with their
    styles (`content`), and the text to read (`html`). `redacted`: the entry that had last taken words out."""

    number: int
    redacted: int
    made_at: float
    content: dict[str, Any]
    html: Markup


class Plans:
    """The latest plan of each motion. One for each process."""

    def __init__(self) -> None:
        self._plans: dict[int, Plan] = {}
        self._making: dict[int, asyncio.Lock] = {}

    async def of(self, room: Room) -> Plan:
        """Return the plan of the text as it stands, or stood less than `PLAN_EVERY_S` ago."""
        async with self._making.setdefault(room.motion_id, asyncio.Lock()):
            now = asyncio.get_running_loop().time()
            plan = self._plans.get(room.motion_id)
            redacted = room.head.redacted_entry
            is_fresh = plan is not None and (plan.number == room.number or now - plan.made_at < PLAN_EVERY_S)
            if plan is None or not is_fresh or plan.redacted != redacted:  # never words that were taken out since
                number, text = room.number, room.text
                runs: list[Run] = [(length, official or None) for length, official in room.runs]
                content, html = await asyncio.to_thread(lambda: (plan_of(number, text, runs), html_of(text)))
                plan = self._plans[room.motion_id] = Plan(number, redacted, now, content, html)
            return plan


def plan_of(number: int, text: str, runs: Sequence[Run]) -> dict[str, Any]:
    """Read a text for its editor (`ServerPlan` in islands/editor/plan.ts). Tens of milliseconds for a long one."""
    read_text = parse(text)
    counted = shares(read_text, runs).whole
    drawn = styles(counted)
    return {
        "number": number,
        "headings": [asdict(heading) for heading in heading_lines(read_text)],
        "authors": [[str(official), characters, drawn[official]] for official, characters in counted.by_official],
    }


async def others_of(page: Page) -> list[Official]:
    """The members for whom a rapporteur may type; nobody for everyone else."""
    actor = page.visitor.actor
    if actor is None or actor.role is not Role.RAPPORTEUR or page.congress is None or page.congress.id is None:
        return []
    found = await page.service.store.read(people.in_force, page.congress.id)
    return [official for official in found if official.id != actor.official_id]


def editor_of(
    page: Page,
    motion: Motion,
    person: PersonView,
    closed: str,
    nonce: str,
    plan: Plan,
    others: Sequence[Official] = (),
) -> dict[str, Any]:
    """What the editor is told by its page; `others`: for whom this person may type."""
    assert page.congress is not None
    listed = [person_of(page, official, official.id) for official in others if official.id is not None]
    base = f"{page.home}/motions/{motion.code}"
    live = f"/live/{page.congress.slug}/{motion.code}"
    return {
        "congress": page.congress.slug,
        "code": motion.code,
        "title": motion.title,
        "live_url": live,
        "fallback_url": live,
        "simple_url": f"{base}/rediger/simple",
        "sign_in_url": carrying(f"{page.home}/connexion", f"{base}/rediger"),
        "plan_url": f"{base}/plan.json",
        "plan": plan.content,
        "redacted": plan.redacted,
        "session": login_name(page.signed_in.session.token_hash) if page.signed_in else "",
        "language": page.language.code,
        "time_zone": page.congress.time_zone,
        "may_write": not closed,
        "sentence": closed,
        "me": {
            "id": str(person.official),
            "name": person.name,
            "initials": person.initials,
            "mandate": person.mandate,
            "commune": person.commune,
        },
        "csp_nonce": nonce,
    } | ({"others": [[other.official, other.name, other.title] for other in listed]} if listed and not closed else {})


async def show(request: Request) -> Response:
    """The editor's page, for officials and, to read, for the secretariat; the public is led to sign in."""
    page, motion = await read(request, pages.motion_named, request.path_params["code"])
    actor = page.visitor.actor
    if actor is None:
        return page.redirect(f"{page.home}/connexion?suite={page.path}")
    assert motion.id is not None and page.congress is not None
    room = await page.service.rooms.open(motion.id)
    nonce = secrets.token_urlsafe(16)
    closed = sentences.state(room.closed_for(actor), page.language.code)
    plan = await request.app.state.plans.of(room)
    view = EditorView(
        page.congress,
        motion,
        page._(_("Motion %(number)s, %(title)s"), number=motion.code.removeprefix("M"), title=motion.title),
        phase_of(page, motion),
        plan.html,
        editor_of(page, motion, me(page), closed, nonce, plan, await others_of(page)),
    )
    response = page.render("rediger.html", view)
    # Browsers without constructable style sheets (Safari 15) let the editor's style in by this nonce alone.
    response.headers["Content-Security-Policy"] = policy(page.service.settings, style_nonce=nonce)
    return response


async def show_plan(request: Request) -> Response:
    """The plan of the live text, for those who are in the room."""
    page, motion = await read(request, pages.motion_named, request.path_params["code"])
    if page.visitor.actor is None:
        return JSONResponse({"error": "not-signed-in"}, 403)
    assert motion.id is not None
    plan = await request.app.state.plans.of(await page.service.rooms.open(motion.id))
    etag = f'"plan-{plan.number}-{plan.redacted}"'
    return page.unchanged(etag) or JSONResponse(plan.content, headers={"ETag": etag, "Cache-Control": REVALIDATE})


ROUTES = [
    Route("/{congress}/motions/{code}/rediger", show, name="editor"),
    Route("/{congress}/motions/{code}/plan.json", show_plan, name="plan"),
]
