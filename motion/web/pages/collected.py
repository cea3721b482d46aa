"""Importing contributions collected elsewhere: the file, which column is what, a preview, then the import."""

import asyncio
import json
from gettext import NullTranslations
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts.collecting import IMPORT, PREVIEW
from motion.acts.roster_sentences import failure_sentence, failure_values
from motion.rules.collected import MAX_LINES, NEEDED, Column, checked_columns, guess, table
from motion.rules.contributions import ConsentWay, Moderation, Use
from motion.rules.errors import Conflict, Invalid, NotATable, NotFound
from motion.rules.permissions import Act, Actor
from motion.rules.roster_file import SAMPLE_BYTES, RefusedLine, records
from motion.web import collected_words as words
from motion.web import tables
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import Form, name_of, read_form, uploading
from motion.web.page import NEVER, Page
from motion.web.quotations import shortened
from motion.web.tables import SEPARATORS
from storage import contributions, jobs, secretariat
from storage.models import Congress, Job
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_BYTES = 20_000_000  # twenty thousand contributions of a thousand characters
MULTIPART_BYTES = 4096  # what a form adds round a file
MAX_HEADERS = 50  # columns that are offered; a form has a field for each kind
ENDED = {"done", "failed"}
WAIT_SECONDS, WAIT_STEP_SECONDS = 2.0, 0.1  # a small file is read meanwhile, and nobody sees a waiting page
SHOWN_REFUSALS = 100
HOWS = (ConsentWay.ONLINE, ConsentWay.SIGNED, ConsentWay.MAIL)
SHOWN_IMPORTS = 20


async def show(request: Request) -> Response:
    """Ask for the file."""
    page, _actor = await admit(request, Act.COLLECT)
    return await file_page(page, Form())


async def file_page(page: Page, form: Form) -> Response:
    """Render the question for the file, and what was imported before."""
    before = await page.service.store.read(jobs.done, congress_id(page), IMPORT, SHOWN_IMPORTS)
    return page.render(
        "secretariat/contributions_import.html",
        status=422 if form.faults else 200,
        form=form,
        limit=most_bytes(page),
        most=MAX_LINES,
        before=[(job, json.loads(job.arguments).get("filename", ""), json.loads(job.outcome)) for job in before],
    )


def most_bytes(page: Page) -> int:
    """The longest file that is taken."""
    return min(MAX_BYTES, page.service.settings.max_upload_bytes)


async def upload(request: Request) -> Response:
    """Take the file, piece by piece; nothing is read of it yet but its head."""
    page, _actor = await admit(request, Act.COLLECT)
    limit, announced = most_bytes(page), request.headers.get("content-length", "")
    too_long = Invalid("file", "too-long", page.times.number(limit))
    if not (announced.isdigit() and int(announced) <= limit + MULTIPART_BYTES):
        return await file_page(page, Form().refuse(page, too_long))
    async with uploading(request, "file") as (form, file):
        if file is None:
            return await file_page(page, form.refuse(page, Invalid("file", "missing-file")))
        if not file.size or file.size > limit:
            fault = too_long if file.size else Invalid("file", "empty-file", name_of(file))
            return await file_page(page, form.refuse(page, fault))
        try:
            table(await file.read(SAMPLE_BYTES))
        except NotATable as error:
            return await file_page(page, refused(page, form, error))
        await file.seek(0)
        job_id = await keep(page, file)
    return page.redirect(f"{page.home}/secretariat/contributions/import/{job_id}")


def refused(page: Page, form: Form, error: NotATable) -> Form:
    """Say beside the file why it is no table."""
    form.faults["file"] = page._(failure_sentence("NotATable", {"reason": error.reason}))
    return form


async def keep(page: Page, file: UploadFile) -> int:
    """Keep a file; its task waits until its columns are chosen, and is forgotten after a day otherwise."""
    write, number = page.service.store.write, 0
    job_id = await write(jobs.receive, congress_id(page), PREVIEW, {"filename": name_of(file)}, page.now)
    while piece := await file.read(jobs.PIECE_BYTES):
        await write(jobs.keep_piece, job_id, number, piece)
        number += 1
    await write(jobs.describe, job_id, {"whole": True})
    return job_id


async def task(request: Request) -> tuple[Page, Actor, Job, tuple[bytes | None, Moderation]]:
    """The task of the address, with the head of its file and when the congress reads.

    Raises:
        NotFound: There is none, or it is no import of contributions.
    """

    def query(db: Session, congress: Congress, number: int) -> tuple[Job, tuple[bytes | None, Moderation]]:
        job = secretariat.job(db, congress, number)
        if job.kind not in (PREVIEW, IMPORT):
            raise NotFound("job", str(number))
        assert congress.id is not None
        return job, (jobs.piece(db, jobs.file_of(job), 0), contributions.moderation(db, congress.id))

    for _step in range(int(WAIT_SECONDS / WAIT_STEP_SECONDS)):
        page, actor, (job, rest) = await enter(request, query, request.path_params["job"], act=Act.COLLECT)
        if job.state in ENDED or job.state == "receiving":
            break
        await asyncio.sleep(WAIT_STEP_SECONDS)
    return page, actor, job, rest


async def show_task(request: Request) -> Response:
    """The choice of columns; how far the reading is; the preview; what was imported."""
    page, _actor, job, (head, rule) = await task(request)
    wants_columns = job.state == "receiving" or "colonnes" in request.query_params
    if job.kind == PREVIEW and wants_columns and head is not None:
        if not json.loads(job.arguments).get("whole"):
            return await file_page(page, Form().refuse(page, Invalid("file", "cut")))
        return columns_page(page, job, head, Form())
    return task_page(page, job, rule, has_file=head is not None)


def columns_page(page: Page, job: Job, head: bytes, form: Form) -> Response:
    """Ask which column is what, and how consent was obtained."""
    dialect, headers = table(head[:SAMPLE_BYTES])
    first = next((item[1] for item in records([head], dialect) if not isinstance(item, RefusedLine)), [])
    arguments = json.loads(job.arguments)
    chosen = {Column(name): place for name, place in arguments.get("columns", {}).items()} or guess(headers)
    options = [("", page._(_("Aucune colonne")))]
    for place, header in enumerate(headers[:MAX_HEADERS]):
        example = shortened(" ".join(first[place].split()), 40) if place < len(first) else ""
        options.append((str(place), f"{header} ({example})" if example else header))
    asked = [
        (column.value, page._(words.COLUMNS[column]), page._(words.HELP.get(column, "")), column in NEEDED)
        for column in Column
    ]
    values = {f"column-{column}": str(place) for column, place in chosen.items()} if not form.values else form.values
    return page.render(
        "secretariat/contributions_import_colonnes.html",
        status=422 if form.faults else 200,
        form=Form(values, form.faults, form.reasons),
        filename=arguments["filename"],
        asked=asked,
        options=options,
        hows=[(how.value, page._(words.HOW[how])) for how in HOWS],
        is_new=not form.values,
    )


async def choose(request: Request) -> Response:
    """Keep the choice of columns and have the file read; or, once it was previewed, import it."""
    page, actor, job, (head, rule) = await task(request)
    form = await read_form(request)
    if job.kind != PREVIEW or job.state in ("waiting", "running"):
        return page.redirect(page.path)
    if head is None:
        raise Conflict()
    if form.value("step") == "import":
        return await confirm(page, actor, job)
    _dialect, headers = table(head[:SAMPLE_BYTES])
    try:
        more = described(form, len(headers))
    except Invalid as error:
        return columns_page(page, job, head, form.refuse(page, error))
    write = page.service.store.write

    def begin(db: Session) -> int | None:
        if not jobs.describe(db, job.id or 0, more):
            return None
        jobs.ready(db, job.id or 0)
        return job.id

    job_id = await write(begin)
    if job_id is None:  # chosen anew after a preview: another task reads the same file
        arguments = json.loads(job.arguments) | more | {"file_of": jobs.file_of(job)}
        job_id = await write(jobs.add, congress_id(page), PREVIEW, arguments, page.now)
    return page.redirect(f"{page.home}/secretariat/contributions/import/{job_id}")


def described(form: Form, width: int) -> dict[str, Any]:
    """What the form says of the file, for the task.

    Raises:
        Invalid: Something is missing or can't be.
    """
    chosen = {column: form.integer(f"column-{column}") for column in Column if form.value(f"column-{column}").strip()}
    columns = checked_columns(chosen, width)
    if form.value("how") not in HOWS:
        raise Invalid("how", "none-chosen-one")
    if not form.value("declared"):
        raise Invalid("declared", "unticked")
    uses = [use.value for use in Use if use is Use.PUBLISH or form.value(use.value)]
    return {
        "columns": {column.value: place for column, place in columns.items()},
        "how": form.value("how"),
        "uses": uses,
    }


async def confirm(page: Page, actor: Actor, job: Job) -> Response:
    """Have a file imported that was previewed."""
    if job.state != "done" or not json.loads(job.outcome)["counts"]["added"]:
        raise Conflict()
    arguments = json.loads(job.arguments) | {
        "secretary": actor.secretary_id,
        "file_of": jobs.file_of(job),
        "base_url": page.service.settings.base_url,
    }
    job_id = await page.service.store.write(jobs.add, congress_id(page), IMPORT, arguments, page.now)
    return page.redirect(f"{page.home}/secretariat/contributions/import/{job_id}")


def task_page(page: Page, job: Job, rule: Moderation, *, has_file: bool) -> Response:
    """Render a task in its state."""
    arguments, outcome = json.loads(job.arguments), json.loads(job.outcome)
    common = {"job": job, "filename": arguments.get("filename", ""), "outcome": outcome}
    if job.state not in ENDED:
        share = page.times.percent(job.done / job.total) if job.total else ""
        return page.render("secretariat/contributions_import_en_cours.html", share=share, **common)
    if job.state == "failed":
        values, error = outcome["values"], outcome["error"]
        sentence = page._(words.FAILURES.get(error) or failure_sentence(error, values))
        told = sentence % failure_values(values) if "%(" in sentence else sentence
        return page.render("secretariat/contributions_import_echec.html", sentence=told, **common)
    if job.kind == IMPORT:
        return page.render("secretariat/contributions_import_fait.html", **common)
    return page.render(
        "secretariat/contributions_import_apercu.html",
        refused=[
            (one["line"], reason(page, one["reason"]), one["values"]) for one in outcome["refused"][:SHOWN_REFUSALS]
        ],
        rule=rule,
        has_file=has_file,
        **common,
    )


def reason(page: Page, code: str) -> str:
    """Why a line is refused, in words."""
    return page._(words.REFUSED.get(code, words.UNREADABLE))


async def refusals(request: Request) -> Response:
    """The refused lines as a table, for whoever repairs the file."""
    page, _actor, job, _rest = await task(request)
    refused = json.loads(job.outcome).get("refused", [])
    if job.state != "done" or not refused:
        raise NotFound("job", str(job.id))
    names = [page._(_("Ligne")), page._(_("Motif")), page._(_("Ce qui s’y trouve"))]
    lines = [(one["line"], reason(page, one["reason"]), " | ".join(one["values"])) for one in refused]
    headers = {"Content-Disposition": 'attachment; filename="lignes-refusees.csv"', "Cache-Control": NEVER}
    return Response(tables.table(names, lines, SEPARATORS["semicolon"]), media_type="text/csv", headers=headers)


HERE = "/{congress}/secretariat/contributions/import"
ROUTES = [
    Route(HERE, show, name="collected"),
    Route(HERE, upload, methods=["POST"], name="collected-upload", max_body_size=MAX_BYTES + MULTIPART_BYTES),
    Route(HERE + "/{job:int}", show_task, name="collected-task"),
    Route(HERE + "/{job:int}", choose, methods=["POST"], name="collected-choose"),
    Route(HERE + "/{job:int}/refusees.csv", refusals, name="collected-refusals"),
]
