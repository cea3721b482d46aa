"""The scribe's page: what is said aloud is written down, by keyboard alone, as fast as a debate goes.

One form, without script as with it; the island `scribe` finds people as their name is typed, keeps on the device what
could not be sent, and sends it again with the same key: it is received once.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from motion.acts import contributions, transcribing
from motion.acts.contributions import Circumstances
from motion.rules.contributions import ADULT, CONSENT, MAX_TEXT, STATES, ContributionState, Use
from motion.rules.errors import Invalid, NotFound
from motion.rules.names import folded
from motion.rules.permissions import Act, Actor
from motion.rules.territories import titled
from motion.web import speakers
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import Form, read_form
from motion.web.page import NEVER, Page
from motion.web.speakers import NOTHING, Asked, Speaker
from storage import people, transcribed
from storage.models import Official
from storage.store import Session
from storage.transcribed import Spoken, Typed

_ = NullTranslations().gettext  # marks the sentences for the catalogues

SHOWN = 10  # what was noted last, beside the form
MOST_TYPED = 4 * MAX_TEXT  # what is longer than the limit comes back whole, to be shortened
LONGEST_WAIT_S = 7 * 86_400  # of words on a device without network
EXCERPT = 160  # characters of a list
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CODE = re.compile(r"C([1-9][0-9]{0,8})", re.ASCII)
_HOUR = re.compile(r"([0-9]{1,2})\s*(?:[h:.]\s*([0-9]{1,2})?|([0-9]{2}))?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Noted:
    """One of the last that were noted. `state` is said in words; `class_name` draws it; `typist` is somebody else."""

    code: str
    who: str
    text: str
    hour: str
    state: str
    class_name: str
    is_confirmed: bool
    may_change: bool
    is_mine: bool
    typist: str


DONE = {
    "note": _("La contribution %(code)s est notée."),
    "corrige": _("La correction de %(code)s est enregistrée. Une autre personne la confirmera."),
    "confirme": _("%(code)s est confirmée. Rien d’autre n’attend votre confirmation."),
    "avant": _("%(code)s est confirmée. Voici la suivante."),
    "change": _("%(code)s vient d’être corrigée\u00a0: rien n’est confirmé. Relisez-la d’abord."),
}
"""What was done, by the name that carries its code in the address."""
CLASSES = {
    ContributionState.PUBLISHED: "ok",
    ContributionState.REFUSED: "refus",
    ContributionState.WITHDRAWN: "hors",
}


async def show(request: Request) -> Response:
    """The form, and what was noted last."""
    page, actor, found = await enter(request, transcribed.spoken, SHOWN, act=Act.COLLECT)
    return form_page(page, actor, found, Form())


def form_page(
    page: Page, actor: Actor, found: Spoken, form: Form, asked: Asked = NOTHING, status: int = 200
) -> Response:
    """Render the page; every form has a key of its own, so that two clicks note one thing."""
    key = form.value("key") if _KEY.fullmatch(form.value("key")) else secrets.token_hex(16)
    return page.render(
        "secretariat/parole.html",
        status=status,
        form=form,
        asked=asked,
        people=choices(asked.officials),
        key=key,
        words=[page._(CONSENT[use]) for use in Use] + [page._(ADULT)],
        noted=[noted(page, row, actor) for row in found.last],
        to_confirm=found.to_confirm(actor.secretary_id),
        done=done_of(page),
        secretary=actor.secretary_id,
        most_text=MAX_TEXT,
    )


def done_of(page: Page) -> str:
    """Say the deed that led here; nothing when the address names none."""
    for deed, sentence in DONE.items():
        code = page.request.query_params.get(deed, "")
        if _CODE.fullmatch(code):
            return page._(sentence, code=code)
    return ""


def choices(officials: Sequence[Official]) -> list[tuple[int | None, str, str]]:
    """Officials to choose from: id, name, mandate with territory."""
    return [(row.id, people.full_name(row), titled(row.mandate, row.territory)) for row in officials]


def noted(page: Page, row: Typed, actor: Actor) -> Noted:
    """Say one of the last."""
    contribution, words = row.contribution, row.words
    state = ContributionState(contribution.state)
    text = "" if words.is_gone else words.text
    return Noted(
        f"C{contribution.number}",
        words.author,
        text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…",
        page.times.hour(contribution.said_at or contribution.received_at),
        page._(STATES[state]),
        CLASSES.get(state, "attente"),
        contribution.checked_by is not None,
        state is not ContributionState.WITHDRAWN,
        contribution.typed_by == actor.secretary_id,
        row.typist if contribution.typed_by != actor.secretary_id else "",
    )


async def show_last(request: Request) -> Response:
    """What was noted last, for the island."""
    page, actor, found = await enter(request, transcribed.spoken, SHOWN, act=Act.COLLECT)
    return page.render(
        "secretariat/parole_dernieres.html",
        noted=[noted(page, row, actor) for row in found.last],
        to_confirm=found.to_confirm(actor.secretary_id),
    )


async def show_members(request: Request) -> Response:
    """Everyone on the roster, for the island: it finds them by itself, also while the network is away."""
    _page, _actor, found = await enter(request, transcribed.members, act=Act.COLLECT)
    told = [[row.id, people.full_name(row), titled(row.mandate, row.territory), folded_of(row)] for row in found]
    return JSONResponse(told, headers={"Cache-Control": NEVER})


def folded_of(official: Official) -> str:
    """What a name is found by."""
    return folded(f"{official.family_name} {official.first_names} {official.mandate} {official.territory}")


async def note(request: Request) -> Response:
    """Note what somebody said."""
    page, actor = await admit(request, Act.COLLECT)
    form = await read_form(request, most=MOST_TYPED)
    is_island = request.headers.get("accept", "").startswith("application/json")
    page, actor, (speaker, asked, fault) = await enter(request, speakers.find, form, act=Act.COLLECT)
    faults = [] if fault is None else [fault]
    said_at = None
    try:
        said_at = moment(page, form)
    except Invalid as error:
        faults.append(error)
    if not form.value("text").strip():
        faults.append(Invalid("text", "empty"))
    if not form.value("publish"):
        faults.append(Invalid("publish", "no-consent"))
    code = ""
    if speaker is not None and not faults:
        try:
            code = await kept(page, actor, form, speaker, said_at)
        except Invalid as error:
            faults.append(error)
    if faults:
        for each in faults:
            form.refuse(page, each)
        if is_island:
            told = {"errors": dict(form.summary), "people": choices(asked.officials)}
            return JSONResponse(told, 422, headers={"Cache-Control": NEVER})
        _page, _actor, found = await enter(request, transcribed.spoken, SHOWN, act=Act.COLLECT)
        return form_page(page, actor, found, form, asked, 422)
    if is_island:
        return JSONResponse({"code": code}, headers={"Cache-Control": NEVER})
    return page.redirect(f"{page.home}/secretariat/parole?note={code}")


async def kept(page: Page, actor: Actor, form: Form, speaker: Speaker, said_at: datetime | None) -> str:
    """Have it received, once; return its code.

    Raises:
        Invalid: As `contributions.receive`.
    """
    number = congress_id(page)
    key = form.value("key") if _KEY.fullmatch(form.value("key")) else secrets.token_hex(16)
    uses = [Use.PUBLISH, *(use for use in (Use.QUOTE, Use.ARCHIVE) if not form.value(f"no_{use}"))]
    contribution, _is_new = await page.service.store.write(
        transcribing.note_down,
        actor,
        number,
        speaker.says(form.value("text")),
        uses,
        key=hashlib.sha256(f"motion spoken {number} {key}".encode()).digest(),
        salt=secrets.token_bytes(32),
        circumstances=Circumstances(official_id=speaker.official_id, said_at=said_at),
        now=page.now,
    )
    return f"C{contribution.number}"


def moment(page: Page, form: Form) -> datetime | None:
    """When it was said: the last time that it was this hour; earlier by what the words waited for on a device.

    Returns:
        None for now.

    Raises:
        Invalid: What was typed is no hour.
    """
    waited = form.value("waited")
    seconds = min(int(waited), LONGEST_WAIT_S) if waited.isascii() and waited.isdigit() and len(waited) < 10 else 0
    then = page.now - timedelta(seconds=seconds)
    typed = form.value("hour").strip()
    if not typed:
        return then if seconds >= 60 else None
    told = _HOUR.fullmatch(typed)
    hour, minute = (int(told[1]), int(told[2] or told[3] or 0)) if told else (24, 0)
    if hour > 23 or minute > 59:
        raise Invalid("hour", "hour", typed[:40])
    local = page.times.local(then)
    found = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return found if found <= local else found - timedelta(days=1)


async def show_one(request: Request) -> Response:
    """One of them: to correct it, or to confirm it."""
    page, actor, row = await enter(request, transcribed.one, number_of(request), "spoken", act=Act.COLLECT)
    return one_page(page, actor, row, Form(speakers.values_of(row.words, row.contribution.official_id)))


def one_page(page: Page, actor: Actor, row: Typed, form: Form, asked: Asked = NOTHING, status: int = 200) -> Response:
    """Render one of them."""
    return page.render(
        "secretariat/parole_une.html",
        status=status,
        row=row,
        noted=noted(page, row, actor),
        form=form,
        asked=asked,
        people=choices(asked.officials),
        done=done_of(page),
        moment=page.times.moment(row.contribution.said_at or row.contribution.received_at),
        most_text=MAX_TEXT,
    )


async def change_one(request: Request) -> Response:
    """Correct it, or confirm it."""
    number = number_of(request)
    page, actor, row = await enter(request, transcribed.one, number, "spoken", act=Act.COLLECT)
    form = await read_form(request, most=MOST_TYPED)
    if form.value("deed") == "confirm":
        is_read = await page.service.store.write(
            confirm, actor, congress_id(page), number, form.value("version"), page.now
        )
        if not is_read:
            return page.redirect(f"{page.path}?change=C{number}")
        return await next_to_confirm(request, number)
    page, actor, (speaker, asked, fault) = await enter(request, speakers.find, form, act=Act.COLLECT)
    try:
        if speaker is None:
            assert fault is not None
            raise fault
        await page.service.store.write(
            transcribing.correct,
            actor,
            congress_id(page),
            number,
            speaker.says(form.value("text")),
            official_id=speaker.official_id,
            salt=secrets.token_bytes(32),
            now=page.now,
        )
    except Invalid as error:
        return one_page(page, actor, row, form.refuse(page, error), asked, 422)
    return page.redirect(f"{page.home}/secretariat/parole?corrige=C{number}")


async def next_to_confirm(request: Request, number: int) -> Response:
    """Lead on to the next one that this person can confirm, or back to the form when that was all."""
    page, actor, found = await enter(request, transcribed.spoken, 0, act=Act.COLLECT)
    here, waiting = f"{page.home}/secretariat/parole", found.to_confirm(actor.secretary_id)
    if not waiting:
        return page.redirect(f"{here}?confirme=C{number}")
    following = next((one for one in waiting if one > number), waiting[0])
    return page.redirect(f"{here}/C{following}?avant=C{number}")


def confirm(db: Session, actor: Actor, congress: int, number: int, version: str, now: datetime) -> bool:
    """Note that a second person confirms what they read; False, and nothing, when it was corrected meanwhile."""
    contribution = contributions.get(db, congress, number)
    if str(contribution.version) != version:
        return False
    contributions.check(db, actor, contribution, now=now)
    return True


def number_of(request: Request) -> int:
    """The number of the address's contribution.

    Raises:
        NotFound: It has not the form of one.
    """
    said = _CODE.fullmatch(request.path_params["code"])
    if said is None:
        raise NotFound("contribution", request.path_params["code"][:40])
    return int(said[1])


HERE = "/{congress}/secretariat/parole"
ROUTES = [
    Route(HERE, show, name="scribe"),
    Route(HERE, note, methods=["POST"], name="scribe-note"),
    Route(HERE + "/dernieres", show_last, name="scribe-last"),
    Route(HERE + "/membres.json", show_members, name="scribe-members"),
    Route(HERE + "/{code}", show_one, name="scribe-one"),
    Route(HERE + "/{code}", change_one, methods=["POST"], name="scribe-change"),
]
