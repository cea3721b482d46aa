"""The plain mode: writing without script, by an ordinary form, a text box for each paragraph.

The form carries the number of the version that it shows. What comes back is compared with that version, merged
with what others wrote meanwhile (`motion.rules.merging`), and goes through the room like any other update, as the
official whose session the cookie says: no field of the form names an author. A rapporteur may say for whom they type.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any, TypeVar

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.live import plain, sentences
from motion.live.answers import Answer, NotTaken, RoomLost, Taken
from motion.live.callers import Caller
from motion.live.drafting_room import Room
from motion.rules.errors import Invalid, NotAllowed, TextTooLong
from motion.rules.markdown import MAX_TEXT_CHARACTERS
from motion.rules.merging import Edit, apply, difference, merge
from motion.rules.permissions import Act, may
from motion.rules.text import MotionText, parse
from motion.web.errors import tell as say_error
from motion.web.pace import Pace
from motion.web.page import Page, read
from motion.web.pages.editor import others_of
from motion.web.pages.home import MotionCard, motion_card
from motion.web.reading import PersonView, person_of
from motion.web.views import View, shown
from storage import pages
from storage.models import Motion, Official

T = TypeVar("T")

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_FIELDS = 4_000
WRAPPING_BYTES = 200  # of one field of the form, with a generous boundary
MAX_FORM_BYTES = 4 * MAX_TEXT_CHARACTERS + WRAPPING_BYTES * MAX_FIELDS  # the longest motion, in UTF-8
FORMS_AT_ONCE, FORMS_PER_S = 5, 0.5  # of one session; what comes faster is given back to be sent again
TRIES_AT_ONCE, TRIES_PER_S = 20, 1.0  # the same, beyond which a form is not even read
COMPARED_AT_ONCE = 2  # forms, by one process: each costs tens of milliseconds of a thread
MAX_PORTIONS = 200  # of `plain.PORTION` characters: more than the longest motion
SHOWN_CHANGES = 20
SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ParagraphView(View):
    """One text box."""

    place: int = shown("Its place among the paragraphs, from 0: the field is `p0`, `p1`…")
    label: str = shown("Where it stands, in words: `Article 2, ligne 13`.")
    source: str = shown("Its text, with its signs.")
    rows: int = shown("Height of the box, in lines.")


@dataclass(frozen=True, slots=True)
class PlainView(View):
    """The form."""

    card: MotionCard = shown("The motion in a line.")
    number: int = shown("The version that the form shows: it comes back with it.")
    paragraphs: tuple[ParagraphView, ...] = shown("The text boxes.")
    closed: str = shown("Why nobody can write now, in words; empty when one can.")
    fault: str = shown("Why the form comes back as it was sent, in words; empty when it is shown anew.")
    new: str = shown("The paragraph to add, when the form comes back.")
    after: int | None = shown("Where it goes, when the form comes back; None: at the end.")
    others: tuple[PersonView, ...] = shown("For whom a rapporteur may type; nobody for everyone else.")
    typed_for: int = shown("For whom the form is typed: the official's id; 0 for oneself.")


@dataclass(frozen=True, slots=True)
class EditView(View):
    """One change, in words taken out and words put in."""

    removed: str = shown("What was taken out; may be empty.")
    added: str = shown("What was put in; may be empty.")
    where: str = shown("Where, in words.")


@dataclass(frozen=True, slots=True)
class PlainResultView(View):
    """What became of a form."""

    card: MotionCard = shown("The motion in a line.")
    saved: str = shown("When it was kept, in words; empty when nothing was to keep, or when it was refused.")
    entry: int = shown("The record's entry; 0 when nothing was kept.")
    refused: str = shown("Why it was not taken, in words; empty otherwise.")
    kept_aside: bool = shown("Whether the service keeps the refused text for its author and the secretariat.")
    copy: str = shown("The refused paragraphs as they were sent, to copy.")
    mine: tuple[EditView, ...] = shown("What the form changed.")
    others: tuple[EditView, ...] = shown("What others changed since the form was shown.")
    more: int = shown("How many changes are not listed.")
    typed_for: str = shown("For whom it was typed, by name; empty when for nobody else.")


async def room_of(request: Request, page: Page, motion: Motion) -> tuple[Room, Caller]:
    """The motion's room, and who writes: an official of this congress, by their session.

    Raises:
        NotAllowed: The public and the secretariat write no character.
    """
    actor = page.visitor.actor
    if actor is None or not may(actor.role, Act.WRITE):
        raise NotAllowed(Act.WRITE, page.visitor.role)
    assert motion.id is not None
    room = await page.service.rooms.open(motion.id)
    return room, Caller(actor, page.visitor.name, page.language.code)


async def show(request: Request) -> Response:
    """The form, on the text as it is now."""
    page, motion = await read(request, pages.motion_named, request.path_params["code"])
    if page.visitor.actor is None:
        return page.redirect(f"{page.home}/connexion?suite={page.path}")
    room, caller = await room_of(request, page, motion)
    return page.render("plain.html", plain_view(page, motion, room, caller, await others_of(page)))


def plain_view(page: Page, motion: Motion, room: Room, caller: Caller, others: Sequence[Official]) -> PlainView:
    """Lay the text out in boxes."""
    source = room.text
    text = parse(source)
    boxes = tuple(
        ParagraphView(
            place,
            where(page, text, paragraph.start, paragraph.end),
            paragraph.text,
            height(paragraph.text),
        )
        for place, paragraph in enumerate(plain.paragraphs(source))
    )
    closed = sentences.state(room.closed_for(caller.actor), page.language.code)
    return PlainView(motion_card(page, motion), room.number, boxes, closed, "", "", None, listed(page, others), 0)


def listed(page: Page, others: Sequence[Official]) -> tuple[PersonView, ...]:
    """Those for whom one may type, in the order of the roster."""
    return tuple(person_of(page, other, other.id) for other in others if other.id is not None)


def height(source: str) -> int:
    """How high a text box is, in lines."""
    return min(14, max(2, len(source) // 55 + source.count("\n") + 1))


def where(page: Page, text: MotionText, start: int, end: int) -> str:
    """Say where a range stands: its part and its lines."""
    found = next((section for section in reversed(text.sections) if section.start <= start), None)
    if found is None:
        return page._(_("Titre de la motion"))
    name = found.title or page._(_("Début du texte"))
    lines = [alinea.line for alinea in found.alineas if alinea.start < max(end, start + 1) and alinea.end >= start]
    if not lines:
        return page._(_("%(part)s, titre"), part=name)
    if lines[0] == lines[-1]:
        return page._(_("%(part)s, ligne %(line)s"), part=name, line=lines[0])
    return page._(_("%(part)s, lignes %(first)s à %(last)s"), part=name, first=lines[0], last=lines[-1])


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came."""

    number: int
    changed: dict[int, str]
    new: str
    after: int
    typed_for: int = 0

    @property
    def characters(self) -> int:
        """How long all its fields are together."""
        return len(self.new) + sum(map(len, self.changed.values()))


@dataclass(frozen=True, slots=True)
class Compared:
    """A form beside the version that it showed, and what was written meanwhile."""

    base: str
    asked: str
    mine: list[Edit]
    others: list[Edit]


class Desk:
    """Where forms are taken: how many, and how fast. One for each process."""

    def __init__(self) -> None:
        self.forms = Pace(at_once=FORMS_AT_ONCE, per_s=FORMS_PER_S)
        self.tries = Pace(at_once=TRIES_AT_ONCE, per_s=TRIES_PER_S)
        self._places = asyncio.Semaphore(COMPARED_AT_ONCE)

    async def run(self, act: Callable[..., T], *args: Any) -> T:
        """Compare texts in a thread, a few at a time: meanwhile everybody's keystrokes go on."""
        async with self._places:
            return await asyncio.to_thread(act, *args)


def compared(state: bytes, sent: Sent, before: str) -> Compared:
    """Say what a form asks for. Costs tens of milliseconds."""
    base = plain.text_of(state)
    asked = plain.wanted(base, sent.changed, sent.new, sent.after)
    return Compared(base, asked, difference(base, asked), difference(base, before))


async def save(request: Request) -> Response:
    """Take a form: compare, merge, submit, and show what became of it."""
    page, motion = await read(request, pages.motion_named, request.path_params["code"])
    room, caller = await room_of(request, page, motion)
    assert motion.id is not None
    desk: Desk = request.app.state.desk
    now, session_id = asyncio.get_running_loop().time(), caller.actor.session_id
    too_often = desk.tries.take(session_id, now)
    if too_often:
        raise HTTPException(429, headers={"Retry-After": str(math.ceil(too_often))})
    sent = await read_sent(request)
    seconds = desk.forms.take(session_id, now)
    others = listed(page, await others_of(page))
    if seconds:
        return too_early(page, motion, sent, others, math.ceil(seconds))
    if sent.characters > MAX_TEXT_CHARACTERS:
        return too_long(page, motion, sent, others)
    state = await page.service.rooms.state_at(motion.id, sent.number)
    if state is None:
        raise Invalid("version", "unknown", str(sent.number))
    found = await desk.run(compared, state, sent, room.text)
    answer = None
    if found.mine:
        answer = await submit(page, desk, room, caller, found.base, found.asked, sent.typed_for)
    whom = next((other.name for other in others if other.official == sent.typed_for), "")
    refused = answer if isinstance(answer, NotTaken) else None
    kept = answer if isinstance(answer, Taken) else None
    view = PlainResultView(
        motion_card(page, motion),
        page.times.hour(kept.at) if kept else "",
        kept.entry if kept else 0,
        refused.sentence if refused else "",
        refused is not None and refused.kept,
        to_copy(found.base, sent.changed, sent.new) if refused else "",
        tell(page, found.base, found.mine),
        tell(page, found.base, found.others),
        max(0, len(found.mine) - SHOWN_CHANGES) + max(0, len(found.others) - SHOWN_CHANGES),
        whom if kept else "",
    )
    return page.render("plain_result.html", view, status=409 if view.refused else 200)


async def read_sent(request: Request) -> Sent:
    """Read a form.

    Raises:
        Invalid: It names no version.
    """
    async with request.form(max_fields=MAX_FIELDS, max_files=0, max_part_size=MAX_FORM_BYTES) as form:
        changed = {int(n[1:]): str(v) for n, v in form.items() if n[:1] == "p" and n[1:].isdecimal() and len(n) < 7}
        new, after = str(form.get("nouveau", "")), _number(form, "apres", -1)
        typed_for = _number(form, "pour") if form.get("pour") else 0
        return Sent(_number(form, "version"), changed, new, after, typed_for)


def too_early(page: Page, motion: Motion, sent: Sent, others: tuple[PersonView, ...], seconds: int) -> Response:
    """Ask for some patience."""
    fault = page.language.ngettext(
        "Vous enregistrez très souvent. Attendez %(num)d seconde et recommencez\u00a0: le texte est gardé ici.",
        "Vous enregistrez très souvent. Attendez %(num)d secondes et recommencez\u00a0: le texte est gardé ici.",
        seconds,
    )
    response = given_back(page, motion, sent, others, fault % {"num": seconds}, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def too_long(page: Page, motion: Motion, sent: Sent, others: tuple[PersonView, ...]) -> Response:
    """Say that no motion is so long."""
    told = say_error(TextTooLong(sent.characters, MAX_TEXT_CHARACTERS), page.language)
    return given_back(page, motion, sent, others, f"{told.what} {told.why} {told.repair}", told.status)


def given_back(
    page: Page, motion: Motion, sent: Sent, others: tuple[PersonView, ...], fault: str, status: int
) -> Response:
    """The form as it came, to be sent again: nothing of it is lost."""
    boxes = tuple(
        ParagraphView(place, page._(_("Paragraphe %(number)s"), number=place + 1), source, height(source))
        for place, source in ((place, plain.cleaned(said)) for place, said in sorted(sent.changed.items()))
    )
    view = PlainView(
        motion_card(page, motion),
        sent.number,
        boxes,
        "",
        fault,
        plain.cleaned(sent.new),
        sent.after,
        others,
        sent.typed_for,
    )
    return page.render("plain.html", view, status=status)


def _number(form: FormData, name: str, least: int = 0) -> int:
    said = str(form.get(name, "")).strip()
    if not (said.removeprefix("-").isdecimal() and len(said) < 12 and int(said) >= least):
        raise Invalid(name, "number", said[:20])
    return int(said)


async def submit(
    page: Page, desk: Desk, room: Room, caller: Caller, base: str, asked: str, typed_for: int
) -> Answer | None:
    """Bring the text from what the form showed to what it asks, portion by portion; None when nothing was left to do.

    Between two portions others may write: each is merged anew on the text as it then is.
    """
    answer: Answer | None = None
    for _turn in range(MAX_PORTIONS):
        current, state = room.text, room.draft.full_state()
        edits = await desk.run(merge, base, asked, current)
        taken, is_more = plain.portion(edits)
        if not taken:
            break
        try:
            answer = await room.edit(caller, plain.as_live(taken), state, typed_for=typed_for)
        except RoomLost:
            # Nothing is known to be kept: the fresh room says what is, and the rest is asked for again.
            room = await page.service.rooms.open(room.motion_id)
            continue
        if isinstance(answer, NotTaken) or not is_more:
            break
        base, asked = apply(current, taken), apply(current, edits)
    return answer


def tell(page: Page, base: str, edits: list[Edit]) -> tuple[EditView, ...]:
    """Say the first changes, clipped, with where they stand."""
    text = parse(base)
    return tuple(
        EditView(
            clip(base[edit.start : edit.end]),
            clip(edit.insert),
            where(page, text, edit.start, max(edit.start, edit.end)),
        )
        for edit in edits[:SHOWN_CHANGES]
    )


def clip(words: str) -> str:
    """The beginning of long words."""
    return words if len(words) <= SHOWN_CHARACTERS else words[:SHOWN_CHARACTERS] + "…"


def to_copy(base: str, changed: dict[int, str], new: str) -> str:
    """The paragraphs that the form changed, as they were sent."""
    found = plain.paragraphs(base)
    sent = [
        plain.cleaned(said)
        for place, said in sorted(changed.items())
        if place < len(found) and plain.cleaned(said) != plain.cleaned(found[place].text)
    ]
    return "\n\n".join([*sent, *([plain.cleaned(new)] if new.strip() else [])])


ROUTES = [
    Route("/{congress}/motions/{code}/rediger/simple", show, name="plain"),
    Route(
        "/{congress}/motions/{code}/rediger/simple",
        save,
        methods=["POST"],
        name="plain-save",
        max_body_size=MAX_FORM_BYTES,
    ),
]
