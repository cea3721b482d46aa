"""Correcting what a recording says: the same desk for the secretariat and, by a private address, for the author.

Each button keeps what was typed as a working state; making a version of it is another button.
"""

import asyncio
import secrets
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from motion.acts import contributions, transcripts
from motion.acts.private_addresses import hash_of_typed
from motion.acts.transcripts import base_of, cues_of
from motion.rules import captions
from motion.rules.caption_errors import CaptionsRefused, TranscriptChanged
from motion.rules.caption_files import MAX_BYTES
from motion.rules.captions import Cues
from motion.rules.contributions import ContributionState, Moderation
from motion.rules.errors import NotFound
from motion.rules.permissions import Act, Actor
from motion.web import correcting, media_bytes
from motion.web.correcting import LINES, MAX_BODY_BYTES, MAX_FIELDS, Sheet
from motion.web.doors import admit
from motion.web.forms import read_upload
from motion.web.page import NEVER, Page, open_page
from motion.web.transcript_words import (
    FILE_TOO_LATE,
    fault_of,
    file_fault_of,
    hearing_fault_of,
    language_of,
    languages,
    state_of,
)
from storage import captions as automatic
from storage import contributions as rows
from storage import transcripts as kept
from storage.captions import Hearing
from storage.models import Contribution, ContributionFile, FileRendition, Transcript
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

WHOLE = frozenset({"save", "confirm", "shift"})
"""Buttons that concern lines of other pages too."""

SECRETARIAT = "/{congress}/secretariat/transcriptions/C{number:int}/{file:int}"
AUTHOR = "/{congress}/suivi/{secret}/transcription/{file:int}"
MAX_FORM_OVERHEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Door:
    """Who corrects which recording, in which language. `actor` is None for the author; `here` is the desk's address."""

    page: Page
    actor: Actor | None
    here: str
    language: str


@dataclass(frozen=True, slots=True)
class Case:
    """What the desk shows. `cues` are the lines of `said`, read in the thread of the database: there may be many."""

    contribution: Contribution
    file: ContributionFile
    said: Transcript | None
    cues: Cues
    started: list[str]
    played: list[FileRendition]
    title: str
    moderation: Moderation
    hearing: Hearing | None


async def knock(request: Request) -> Door:
    """Let in the secretariat, or whoever has the private address.

    Raises:
        NotAllowed, NotFound: Nothing is told.
    """
    asked = request.query_params.get("langue", "fr")
    if asked not in captions.LANGUAGES:
        raise NotFound("language", asked[:40])
    given = request.path_params
    if "secret" in given:
        page = await open_page(request)
        return Door(page, None, f"{page.home}/suivi/{given['secret']}/transcription/{given['file']}", asked)
    page, actor = await admit(request, Act.COLLECT)
    return Door(page, actor, f"{page.home}/secretariat/transcriptions/C{given['number']}/{given['file']}", asked)


def found(db: Session, door: Door) -> tuple[Contribution, ContributionFile]:
    """The recording that the address names.

    Raises:
        NotFound: There is none.
    """
    page, given = door.page, door.page.request.path_params
    assert page.congress is not None and page.congress.id is not None
    if "secret" in given:
        hashed = hash_of_typed(given["secret"])
        contribution = rows.of_secret(db, page.congress.id, hashed) if hashed else None
        if contribution is None:
            raise NotFound("contribution", "…")
    else:
        contribution = contributions.get(db, page.congress.id, min(given["number"], kept.MAX_NUMBER))
    if contribution.state == ContributionState.WITHDRAWN:
        raise NotFound("contribution", rows.code(contribution))
    return contribution, kept.recording(db, contribution, given["file"])


def read_case(db: Session, door: Door) -> Case:
    """Read what the desk shows."""
    contribution, file = found(db, door)
    assert contribution.id is not None and file.id is not None
    said = kept.last(db, file.id, door.language)
    return Case(
        contribution,
        file,
        said,
        cues_of(said),
        kept.languages(db, file.id),
        kept.played(db, file.id),
        rows.versions(db, contribution.id)[-1].author,
        rows.moderation(db, contribution.congress_id),
        automatic.of_recording(db, contribution.congress_id, file.id),
    )


async def look(door: Door) -> Case:
    """Read the case of a door."""
    return await door.page.service.store.read(read_case, door)


async def show(request: Request) -> Response:
    """The desk."""
    door = await knock(request)
    case = await look(door)
    cues = case.cues
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    first = min(max(number - 1, 0) * LINES, max(len(cues) - 1, 0) // LINES * LINES)
    return desk(door, case, cues, correcting.sheet_of(cues, base_of(case.said), first))


def desk(
    door: Door,
    case: Case,
    cues: Cues,
    sheet: Sheet,
    *,
    refused: CaptionsRefused | None = None,
    file_refused: str = "",
    lost: str = "",
    typed: str = "",
) -> Response:
    """Show the desk.

    Args:
        refused: Why what was typed was not kept.
        file_refused: Why a file was not taken, as a sentence.
        lost: What was typed on a state that is no longer the last, as lines to copy.
        typed: The whole text that was typed where there was none.
    """
    page, said = door.page, case.said
    is_public = case.contribution.state == ContributionState.PUBLISHED
    hears, hearing = page.service.hears, None if case.started else case.hearing
    goes_on = hearing is not None and hearing.goes_on(hears, page.now)
    waits = door.actor is None and is_public and case.moderation is Moderation.BEFORE
    name, others = language_of(page, door.language), [one for one in case.started if one != door.language]
    return page.render(
        "secretariat/transcription.html",
        status=409 if lost else 422 if refused or file_refused else 200,
        door=door,
        case=case,
        code=rows.code(case.contribution),
        sheet=sheet,
        total=len(cues),
        pages=max(1, -(-len(cues) // LINES)),
        number=sheet.first // LINES + 1,
        language=name,
        others=[(one, language_of(page, one)) for one in others],
        languages=languages(page),
        direction="rtl" if door.language in captions.RIGHT_TO_LEFT else "ltr",
        state=state_of(page, said) if said is not None and said.text else "",
        is_working=said is not None and not said.name and bool(said.text),
        is_public=is_public,
        waits=waits,
        player=case.played[0] if case.played else None,
        fault=fault_of(page, refused) if refused else "",
        fault_line=refused.line if refused else 0,
        file_fault=file_refused,
        lost=lost,
        typed=typed,
        hearing=hearing if goes_on or hearing_fault_of(page, hearing) else None,
        hearing_fault=hearing_fault_of(page, hearing),
        is_nobodys=not (case.started or goes_on or hears),
        hears=hears,
        done=page.request.query_params.get("fait", ""),
        clock=captions.clock,
    )


async def correct(request: Request) -> Response:
    """Keep what was typed, and do what the button says."""
    door = await knock(request)
    sent = await request.form(max_fields=MAX_FIELDS, max_files=0)
    values = {name: str(value)[: 2 * captions.MAX_TEXT].replace("\0", "") for name, value in sent.multi_items()}
    wants_json = request.headers.get("accept", "").startswith("application/json")
    sheet = correcting.read_sheet(values)
    name, at = correcting.deed_of(values.get("do", "save"), sheet)
    case = await look(door)
    cues, base, is_shared = case.cues, base_of(case.said), False
    try:
        if base != sheet.base:
            # What somebody has not seen is neither published nor confirmed by them, nor moved.
            moved = None if name in WHOLE else correcting.known_again(sheet, cues, base)
            if moved is None:
                raise TranscriptChanged(sheet.base, base)
            sheet, is_shared = moved, True
        if name == "add":
            return desk(door, case, cues, correcting.with_new(sheet, at, cues))
        made = await asyncio.to_thread(_made, name, at, sheet, cues, values)
        said = await _keep(door, made, sheet.base, name)
    except CaptionsRefused as error:
        if wants_json:
            return _json(422, fault=fault_of(door.page, error), line=error.line)
        return desk(door, case, cues, sheet, refused=error)
    except TranscriptChanged:
        case = await look(door)
        if wants_json:
            return _json(409, changed=True)
        cues = case.cues
        lost = "\n".join(f"{line.start} {line.who}: {line.text}" for line in sheet.lines)
        return desk(door, case, cues, correcting.sheet_of(cues, base_of(case.said), 0), lost=lost)
    line = sheet.first + max(at, 0) + 1
    fact = {"save": "enregistre", "confirm": "relu"}.get(name, "garde")
    anchor = "" if name in ("save", "confirm") else f"#l{min(line, len(made))}"
    to = f"{_address(door)}&page={(line - 1) // LINES + 1}&fait={fact}{anchor}"
    if wants_json:
        count = len(made) - (len(cues) - sheet.count)
        return _json(
            200,
            base=said,
            first=sheet.first,
            count=count,
            was=correcting.name_of(made[sheet.first : sheet.first + count]),
            shared=is_shared,
            at=door.page.times.hour_to_second(door.page.now),
            to=to,
        )
    return door.page.redirect(to)


def _made(name: str, at: int, sheet: Sheet, cues: Cues, values: dict[str, str]) -> Cues:
    if name in correcting.DEEDS:
        return correcting.DEEDS[name](sheet, cues, at)
    if name == "shift":
        return correcting.shifted(sheet, cues, values.get("by", ""), values.get("from", ""))
    return correcting.whole(sheet, cues)


async def _keep(door: Door, cues: Cues, base: str, name: str) -> str:
    salt, now = secrets.token_bytes(32), door.page.now

    def run(db: Session) -> str:
        contribution, file = found(db, door)
        given = (db, door.actor, contribution, file, door.language, cues, base)
        if name in ("save", "confirm"):
            return base_of(transcripts.edit(*given, salt=salt, now=now, is_checked=name == "confirm"))
        return base_of(transcripts.keep(*given, now=now))

    return await door.page.service.store.write(run)


async def begin(request: Request) -> Response:
    """Share a whole text over the recording, where there is no line yet."""
    door = await knock(request)
    form = await read_form_of(request)
    case = await look(door)
    try:
        if base_of(case.said) != form.get("base", ""):
            raise TranscriptChanged(form.get("base", "")[:80], base_of(case.said))
        cues = captions.spread(form.get("text", ""), case.file.duration_ms or 0)
        await _keep(door, cues, base_of(case.said), "keep")
    except CaptionsRefused as error:
        cues = case.cues
        sheet = correcting.sheet_of(cues, base_of(case.said), 0)
        return desk(door, case, cues, sheet, refused=error, typed=form.get("text", ""))
    except TranscriptChanged:  # by a machine as well, while somebody typed
        case = await look(door)
        cues = case.cues
        sheet = correcting.sheet_of(cues, base_of(case.said), 0)
        return desk(door, case, cues, sheet, lost=form.get("text", ""))
    return door.page.redirect(f"{_address(door)}&fait=garde")


async def read_form_of(request: Request) -> dict[str, str]:
    """A form with a long text."""
    sent = await request.form(max_fields=10, max_files=0, max_part_size=MAX_BODY_BYTES)
    return {name: str(value).replace("\0", "") for name, value in sent.multi_items()}


async def upload(request: Request) -> Response:
    """Take a file of captions in place of what was there when the page was read."""
    door = await knock(request)
    form, name, content = await read_upload(request, "captions")
    salt, now, base = secrets.token_bytes(32), door.page.now, form.value("base")

    def run(db: Session) -> None:
        contribution, file = found(db, door)
        transcripts.upload(db, door.actor, contribution, file, door.language, content, base, salt=salt, now=now)

    try:
        if not name:
            raise CaptionsRefused("no-file")
        await door.page.service.store.write(run)
    except CaptionsRefused as error:
        said = file_fault_of(door.page, error, content)
    except TranscriptChanged:
        said = door.page._(FILE_TOO_LATE)
    else:
        return door.page.redirect(f"{_address(door)}&fait=fichier")
    case = await look(door)
    cues = case.cues
    return desk(door, case, cues, correcting.sheet_of(cues, base_of(case.said), 0), file_refused=said)


async def hear_again(request: Request) -> Response:
    """Have a machine listen again to what it could not hear."""
    door = await knock(request)

    def run(db: Session) -> None:
        contribution, file = found(db, door)
        assert file.id is not None
        automatic.restart(db, contribution.congress_id, file.id)

    await door.page.service.store.write(run)
    return door.page.redirect(_address(door))


async def play(request: Request) -> Response:
    """The recording, published or not, for who corrects: its sound, or the small picture."""
    door = await knock(request)

    def run(db: Session) -> FileRendition:
        _contribution, file = found(db, door)
        assert file.id is not None
        played = kept.played(db, file.id)
        if not played:
            raise NotFound("recording", str(file.number))
        return played[0]

    made = await door.page.service.store.read(run)
    assert made.blob is not None
    return media_bytes.serve(
        request, door.page.service.blobs, made.blob, made.size, made.media_type, "enregistrement", inline=True
    )


def _address(door: Door) -> str:
    return f"{door.here}?langue={door.language}"


def _json(status: int, **values: Any) -> Response:
    return JSONResponse(values, status, {"Cache-Control": NEVER})


def _routes(path: str, name: str) -> list[Route]:
    most = MAX_BYTES + MAX_FORM_OVERHEAD
    return [
        Route(path, show, name=name),
        Route(path, correct, methods=["POST"], name=f"{name}-correct", max_body_size=MAX_BODY_BYTES),
        Route(path + "/texte", begin, methods=["POST"], name=f"{name}-begin", max_body_size=MAX_BODY_BYTES),
        Route(path + "/fichier", upload, methods=["POST"], name=f"{name}-upload", max_body_size=most),
        Route(path + "/enregistrement", play, name=f"{name}-recording"),
    ]


ROUTES = [
    *_routes(SECRETARIAT, "captions"),
    Route(SECRETARIAT + "/automatique", hear_again, methods=["POST"], name="captions-again"),
    *_routes(AUTHOR, "captions-author"),
]
