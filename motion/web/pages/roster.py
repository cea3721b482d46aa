"""The roster's pages: people one by one, files with a preview, cards on paper."""

import asyncio
import json
import secrets
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import cards, roster, sessions
from motion.acts.cards import NewCard
from motion.acts.roster import OfficialForm
from motion.acts.roster_sentences import DOUBTS, FIELDS, REFUSED, failure_sentence, failure_values
from motion.exports.cards import PrintedCard, cards_pdf
from motion.rules.card_codes import RANDOM_BYTES, card_code, shown
from motion.rules.errors import Conflict, Invalid, NotFound
from motion.rules.permissions import Act, Actor
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import MAX_FIELDS, Form, name_of, read_form, uploading
from motion.web.identity import hash_token
from motion.web.page import NEVER, Page
from motion.web.pages.sign_in import ask_to_end, end_sessions, key_of
from storage import jobs, people, secretariat
from storage.models import Job, Official

_ = NullTranslations().gettext  # marks the sentences for the catalogues

TOKEN_BYTES = 24
MAX_ROSTER_BYTES = 1 << 30  # the setting MOTION_MAX_UPLOAD_BYTES is looked at first, from the announced length
MULTIPART_BYTES = 4096  # what a form adds round a file
WAIT_SECONDS = 2.0  # a small file is read meanwhile, and nobody sees a waiting page
WAIT_STEP_SECONDS = 0.1
ENDED = {"done", "failed"}
LOT = 100  # doubtful lines decided on one page
OFFICIAL_FIELDS = ("family_name", "first_names", "gender", "mandate", "territory", "email")


async def show(request: Request) -> Response:
    """The people, by page, found by words."""
    search = request.query_params.get("q", "")[:100]
    number = request.query_params.get("page", "1")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    page, _actor, (rows, count, carded, total) = await enter(
        request, secretariat.roster_page, search, wanted, act=Act.IMPORT_ROSTER
    )
    return page.render(
        "secretariat/liste.html",
        rows=rows,
        count=count,
        carded=carded,
        total=total,
        search=search,
        number=max(wanted, 1),
        pages=max(1, -(-count // people.PAGE)),
        full_name=people.full_name,
    )


async def show_new(request: Request) -> Response:
    """The form of one more official."""
    page, _actor = await admit(request, Act.IMPORT_ROSTER)
    return page.render("secretariat/membre_nouveau.html", form=Form())


async def add(request: Request) -> Response:
    """Put one official on the roster by hand."""
    page, actor = await admit(request, Act.IMPORT_ROSTER)
    form = await read_form(request)
    try:
        official = await page.service.store.write(
            roster.add, actor, congress_id(page), official_form(form), now=page.now
        )
    except Invalid as error:
        return page.render("secretariat/membre_nouveau.html", status=422, form=form.refuse(page, error))
    return page.redirect(f"{page.home}/secretariat/liste/{official.id}?fait=add")


def official_form(form: Form) -> OfficialForm:
    """What the form says of one official."""
    return OfficialForm(
        family_name=form.value("family_name"),
        first_names=form.value("first_names"),
        gender=form.value("gender"),
        mandate=form.value("mandate"),
        territory=form.value("territory"),
        email=form.value("email"),
        shares_email=bool(form.value("shares_email")),
    )


async def member(request: Request) -> tuple[Page, Actor, tuple[Official, bool]]:
    """The frame of a page about one official."""
    return await enter(request, secretariat.official, request.path_params["official"], act=Act.IMPORT_ROSTER)


async def show_member(request: Request) -> Response:
    """One official: what is known, and what can be done."""
    page, _actor, (official, has_card) = await member(request)
    values = {name: getattr(official, name) or "" for name in OFFICIAL_FIELDS}
    return member_page(page, official, has_card, Form(values), is_done=request.query_params.get("fait", ""))


def member_page(
    page: Page, official: Official, has_card: bool, form: Form, status: int = 200, is_done: str = ""
) -> Response:
    """Render one official."""
    return page.render(
        "secretariat/membre.html",
        status=status,
        official=official,
        name=people.full_name(official),
        has_card=has_card,
        form=form,
        is_done=is_done,
    )


async def change_member(request: Request) -> Response:
    """Do one deed about an official: the button says which."""
    page, actor, (official, has_card) = await member(request)
    form = await read_form(request)
    number, here = request.path_params["official"], f"{page.home}/secretariat/liste/{official.id}"
    write = page.service.store.write
    match deed := form.value("deed"):
        case "correct":
            try:
                await write(roster.correct, actor, number, official_form(form), now=page.now)
            except Invalid as error:
                return member_page(page, official, has_card, form.refuse(page, error), 422)
        case "rapporteur" | "no-rapporteur":
            await write(roster.set_rapporteur, actor, number, deed == "rapporteur", now=page.now)
        case "revoke":
            await end_sessions(page, roster.revoke, actor, number, form.value("reason"))
        case "restore":
            await write(roster.restore, actor, number, now=page.now)
        case "sessions" if form.value("step") != "confirm":
            heading = page._(_("Fermer toutes ses connexions"))
            return ask_to_end(page, heading, people.full_name(official), {"deed": deed}, here)
        case "sessions":
            await end_sessions(page, sessions.revoke_of_official, actor, number)
        case "cancel-card":
            await end_sessions(page, cards.cancel, actor, number)
        case "card":
            return await print_cards(page, actor, [number])
        case other:
            raise Invalid("decision", "unknown", other[:40])
    return page.redirect(f"{here}?fait={deed}")


async def show_removal(request: Request) -> Response:
    """Ask before somebody is taken off the roster, and say what stays."""
    page, _actor, (official, has_card) = await member(request)
    if official.revoked_at is not None:
        return page.redirect(f"{page.home}/secretariat/liste/{official.id}")
    return page.render(
        "secretariat/membre_retirer.html", official=official, name=people.full_name(official), has_card=has_card
    )


async def show_cards(request: Request) -> Response:
    """Say what a sheet is, and who would get a card."""
    page, _actor, total = await enter(request, secretariat.count, act=Act.ISSUE_CARDS)
    return page.render("secretariat/cartes.html", total=total, form=Form(), is_done=False)


async def issue_cards(request: Request) -> Response:
    """Issue cards for all, or for those who have none, and answer with the sheet: it can't be had again.

    Cards in force end only after a page that says how many.
    """
    page, actor, (officials, carded, total) = await enter(request, secretariat.card_owners, act=Act.ISSUE_CARDS)
    form = await read_form(request)
    who = form.value("who")
    if who not in {"all", "without"}:
        form.refuse(page, Invalid("decision", "empty"))
        return page.render("secretariat/cartes.html", status=422, total=total, form=form, is_done=False)
    wanted = [row.id for row in officials if row.id and (who == "all" or row.id not in carded)]
    if not wanted:
        return page.render("secretariat/cartes.html", total=total, form=form, is_done=True)
    ends = len(carded.intersection(wanted))
    if ends and form.value("step") != "confirm":
        return page.render("secretariat/cartes_confirmer.html", printed=len(wanted), ends=ends)
    return await print_cards(page, actor, wanted)


async def print_cards(page: Page, actor: Actor, officials: list[int]) -> Response:
    """Draw tokens and codes, keep their hashes, and answer with the PDF: the only copy of them."""
    assert page.congress is not None
    key, settings = key_of(page), page.service.settings
    tokens = [secrets.token_urlsafe(TOKEN_BYTES) for _official in officials]
    codes = [card_code(secrets.token_bytes(RANDOM_BYTES)) for _official in officials]
    new = [
        NewCard(official, hash_token(token), cards.code_hash(key, congress_id(page), code))
        for official, token, code in zip(officials, tokens, codes, strict=True)
    ]
    owners = await page.service.store.write(cards.issue, actor, congress_id(page), new, now=page.now)
    printed = [
        PrintedCard(
            owner.name, owner.mandate, owner.territory, shown(code), f"{settings.base_url}{page.home}/carte/{token}"
        )
        for owner, token, code in zip(owners, tokens, codes, strict=True)
    ]
    pdf = await asyncio.to_thread(
        cards_pdf,
        printed,
        congress=page.congress.title,
        sign_in_address=f"{settings.host}{page.home}/connexion",
        language=page.language,
        now=page.now,
    )
    filename = f"cartes-{page.congress.slug}-{page.times.local(page.now):%Y-%m-%d-%Hh%M}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": NEVER}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def show_import(request: Request) -> Response:
    """Ask for the file."""
    page, _actor = await admit(request, Act.IMPORT_ROSTER)
    return page.render("secretariat/importer.html", form=Form())


async def upload(request: Request) -> Response:
    """Take the file and have it read; nothing is imported yet."""
    page, _actor = await admit(request, Act.IMPORT_ROSTER)
    limit = page.service.settings.max_upload_bytes
    announced = request.headers.get("content-length", "")  # every browser announces it
    too_long = Invalid("file", "too-long", page.times.number(limit))
    if not (announced.isdigit() and int(announced) <= limit + MULTIPART_BYTES):
        return refused_file(page, Form(), too_long)
    async with uploading(request, "file") as (form, file):
        if file is None:
            return refused_file(page, form, Invalid("file", "missing-file"))
        if not file.size:
            return refused_file(page, form, Invalid("file", "empty-file", name_of(file)))
        if file.size > limit:
            return refused_file(page, form, too_long)
        arguments = {"filename": name_of(file), "department": form.value("department").strip()[:10]}
        job_id = await keep_file(page, file, arguments)
    return page.redirect(f"{page.home}/secretariat/liste/importer/{job_id}")


def refused_file(page: Page, form: Form, fault: Invalid) -> Response:
    """Ask for the file again."""
    return page.render("secretariat/importer.html", status=422, form=form.refuse(page, fault))


async def keep_file(page: Page, file: UploadFile, arguments: dict[str, str]) -> int:
    """Keep a file piece by piece, so that neither memory nor those who write feel its length; return its task.

    Stopped halfway, it leaves a task that nobody runs, forgotten after a day.
    """
    write, number = page.service.store.write, 0
    job_id = await write(jobs.receive, congress_id(page), "roster.preview", arguments, page.now)
    while piece := await file.read(jobs.PIECE_BYTES):
        await write(jobs.keep_piece, job_id, number, piece)
        number += 1
    await write(jobs.ready, job_id)
    return job_id


async def ended_job(request: Request) -> tuple[Page, Actor, Job]:
    """A long task; one that is short is waited for."""
    for _step in range(int(WAIT_SECONDS / WAIT_STEP_SECONDS)):
        page, actor, job = await enter(request, secretariat.job, request.path_params["job"], act=Act.IMPORT_ROSTER)
        if not job.kind.startswith("roster."):
            raise NotFound("job", str(job.id))
        if job.state in ENDED:
            break
        await asyncio.sleep(WAIT_STEP_SECONDS)
    return page, actor, job


async def show_job(request: Request) -> Response:
    """How far the reading is; then the preview; then what was imported."""
    page, _actor, job = await ended_job(request)
    return job_page(page, job, Form())


@dataclass(frozen=True, slots=True)
class Lot:
    """The doubtful lines that one page of a preview asks about.

    Attributes:
        number: From 1; `count` is the last.
        first: Place of the first line among all, from 1.
        decisions: What was chosen so far, by line number.
        beyond: Doubtful lines that no page asks about: there are too many.
    """

    number: int
    count: int
    first: int
    lines: list[dict[str, Any]]
    decisions: dict[str, str]
    beyond: int


def lot_of(job: Job, asked: str) -> Lot:
    """Cut the doubtful lines of a preview; `asked` is the number that the address or the form names."""
    outcome = json.loads(job.outcome)
    doubtful = outcome["doubtful"]
    count = max(1, -(-len(doubtful) // LOT))
    number = min(count, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    start = (number - 1) * LOT
    decisions = json.loads(job.arguments).get("decisions", {})
    beyond = outcome["counts"]["doubtful"] - len(doubtful)
    return Lot(number, count, start + 1, doubtful[start : start + LOT], decisions, beyond)


def job_page(page: Page, job: Job, form: Form, status: int = 200) -> Response:
    """Render a task in its state."""
    outcome = json.loads(job.outcome)
    common = {"job": job, "arguments": json.loads(job.arguments), "outcome": outcome, "form": form}
    if job.state not in ENDED:
        share = page.times.percent(job.done / job.total) if job.total else ""
        return page.render("secretariat/import_en_cours.html", share=share, **common)
    if job.state == "failed":
        sentence = page._(failure_sentence(outcome["error"], outcome["values"]))
        told = sentence % failure_values(outcome["values"]) if "%(" in sentence else sentence
        return page.render("secretariat/import_echec.html", sentence=told, **common)
    words = {"refused": REFUSED, "doubts": DOUBTS, "fields": FIELDS}
    if job.kind == "roster.preview":
        lot = lot_of(job, form.value("lot") or page.request.query_params.get("lot", ""))
        return page.render("secretariat/import_apercu.html", status=status, words=words, lot=lot, **common)
    return page.render("secretariat/import_fait.html", status=status, words=words, **common)


async def confirm(request: Request) -> Response:
    """Import what the preview showed, with the decisions about doubtful lines: a page of them at a time."""
    page, actor, job = await ended_job(request)
    sent = await request.form(max_fields=MAX_FIELDS + LOT, max_files=0)
    form = Form({name: str(value)[:100] for name, value in sent.multi_items()})
    if job.kind != "roster.preview" or job.state != "done":
        raise NotFound("job", str(job.id))
    if not await page.service.store.read(jobs.has_file, job.id or 0):
        raise Conflict()
    lot = lot_of(job, form.value("lot"))
    chosen = {}
    for doubtful in lot.lines:
        choice = form.value(f"line-{doubtful['line']}")
        allowed = {"", "add", *(f"elu-{candidate['id']}" for candidate in doubtful["candidates"])}
        if choice not in allowed:
            return job_page(page, job, form.refuse(page, Invalid("decision", "unknown", choice)), 422)
        chosen[str(doubtful["line"])] = choice
    decisions = await page.service.store.write(jobs.decide, job.id or 0, chosen)
    if (step := form.value("step")) in {"next", "back"}:
        number = lot.number + (1 if step == "next" else -1)
        return page.redirect(f"{page.path}?lot={number}")
    previewed = json.loads(job.arguments)
    arguments = previewed | {
        "digest": json.loads(job.outcome)["digest"],
        "decisions": decisions,
        "secretary": actor.secretary_id,
        "file_of": job.id,
    }
    job_id = await page.service.store.write(jobs.add, congress_id(page), "roster.import", arguments, page.now)
    return page.redirect(f"{page.home}/secretariat/liste/importer/{job_id}")


HERE = "/{congress}/secretariat"
ROUTES = [
    Route(HERE + "/liste", show, name="roster"),
    Route(HERE + "/liste/nouveau", show_new, name="official-new"),
    Route(HERE + "/liste/nouveau", add, methods=["POST"], name="official-add"),
    Route(HERE + "/liste/importer", show_import, name="roster-import"),
    Route(HERE + "/liste/importer", upload, methods=["POST"], name="roster-upload", max_body_size=MAX_ROSTER_BYTES),
    Route(HERE + "/liste/importer/{job:int}", show_job, name="roster-preview"),
    Route(HERE + "/liste/importer/{job:int}", confirm, methods=["POST"], name="roster-confirm"),
    Route(HERE + "/liste/{official:int}", show_member, name="official"),
    Route(HERE + "/liste/{official:int}", change_member, methods=["POST"], name="official-change"),
    Route(HERE + "/liste/{official:int}/retirer", show_removal, name="official-removal"),
    Route(HERE + "/cartes", show_cards, name="cards"),
    Route(HERE + "/cartes", issue_cards, methods=["POST"], name="cards-issue"),
]
