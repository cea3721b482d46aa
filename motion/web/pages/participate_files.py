"""The files of a contribution: sent by an ordinary form, or in pieces by the page's script; described, and taken away.

Both ways lead to the same uploads (`motion.web.uploading`), which belong to the browser's cookie. What a file is, is
looked at as soon as it has arrived.
"""

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts.attempts import keyed
from motion.acts.uploads import NewUpload
from motion.rules.contributions import MAX_FILES, FileKind
from motion.rules.errors import Invalid, MotionError
from motion.rules.file_names import plain_type, shown_name
from motion.web import deposited_files, headers
from motion.web.depositing import MAX_TYPED, Answers
from motion.web.doors import congress_id
from motion.web.drafts import Draft, closed, is_open, open_draft
from motion.web.errors import tell
from motion.web.forms import Form, read_form
from motion.web.pages.participate import HERE, NO_COOKIE, ORDER
from motion.web.pages.sign_in import key_of, network_of
from motion.web.pages.uploads import ANY_LENGTH
from motion.web.streamed_form import StreamedForm, read_streamed
from motion.web.uploading import Uploads
from motion.web.weights import weight
from storage import deposits

MAX_DESCRIPTION = 1_000
LONGEST_MINUTES = 30  # of a recording: the device holds it whole until it is sent
# Of what the database knows a browser by: enough for a device to tell two people's recordings apart.
OWNER_TAG = 16


def desk_of(request: Request) -> Uploads:
    """Where files come in."""
    desk = request.app.state.uploads
    assert isinstance(desk, Uploads)
    return desk


async def show(request: Request) -> Response:
    """The files that have arrived, and the ways to add one."""
    draft = await open_draft(request)
    if not is_open(draft.page):
        return closed(draft.page)
    return draft.answered(await files_page(draft, Form()))


async def show_list(request: Request) -> Response:
    """The list of files alone, for the page's script."""
    draft = await open_draft(request)
    if not is_open(draft.page):
        return closed(draft.page, 409)
    return draft.answered(await files_page(draft, Form(), template="participer/fichiers_liste.html"))


async def looked_at(draft: Draft) -> tuple[Answers, list[deposited_files.DepositedFile], str]:
    """The files of a draft, with why some of them are not taken, in words."""
    page = draft.page
    if not draft.is_known:
        return draft.answers, [], ""
    answers, uploads, refused = await deposited_files.look_at_new(
        page, desk_of(page.request), congress_id(page), draft.owner, draft.answers
    )
    if answers != draft.answers:
        await draft.keep(answers)
    return answers, deposited_files.listed(page, uploads, answers), deposited_files.refusals(page, refused)


async def files_page(
    draft: Draft, form: Form, notice: str = "", status: int = 200, template: str = "participer/fichiers.html"
) -> Response:
    """Show the files."""
    page = draft.page
    answers, files, refused = await looked_at(draft)
    if refused:
        form.faults["file"] = refused
    asked = form.value("suite", page.request.query_params.get("suite", ""))
    response = page.render(
        template,
        status=422 if form.faults else status,
        form=form,
        answers=answers,
        files=files,
        notice=notice,
        suite="verifier" if asked == "verifier" else "",
        number=ORDER.index("fichiers") + 1,
        count=len(ORDER) - 1,
        back=f"{page.home}/participer/texte",
        most=MAX_FILES,
        largest=weight(page.language, page.service.settings.max_media_bytes),
        depot=f"{page.home}/fichiers",
        files_list=f"{page.home}/participer/fichiers/liste",
        photo=FileKind.PHOTO.value,
        max_description=MAX_DESCRIPTION,
        longest_minutes=LONGEST_MINUTES,
        owner_tag=draft.owner.hex()[:OWNER_TAG],
    )
    response.headers.update(headers.recording(page.service.settings))
    return response


async def add(request: Request) -> Response:
    """Take a file by an ordinary form, as it comes."""
    draft = await open_draft(request)
    page, desk = draft.page, desk_of(request)
    if not is_open(page):
        return closed(page, 409)
    sent = await read_streamed(request, "file")
    form = Form({"suite": sent.fields.get("suite", ""), "description": sent.fields.get("description", "")[:MAX_TYPED]})
    if not draft.is_known:
        return draft.answered(await files_page(draft, form, page._(NO_COOKIE), 422))
    fault = ""
    try:
        if not sent.file_name and not sent.length:
            raise Invalid("file", "missing-file")
        if len(await page.service.store.read(deposits.files, congress_id(page), draft.owner)) >= MAX_FILES:
            raise Invalid("files", "too-many", str(MAX_FILES))
        upload_id = await taken(draft, desk, sent)
        described = {**draft.answers.descriptions, upload_id: form.value("description")[:MAX_DESCRIPTION]}
        draft = replace(draft, answers=replace(draft.answers, descriptions=described))
    except Invalid as error:
        fault = form.refuse(page, error).faults.pop(error.field)
    except MotionError as error:
        told = tell(error, page.language)
        fault = f"{told.what} {told.why} {told.repair}"
    if fault:
        form.faults["file"] = fault
        return draft.answered(await files_page(draft, form))
    # To the same page, by GET: it says at once whether the file is one that a congress receives.
    answers, _files, refused = await looked_at(draft)
    if refused:
        form.faults["file"] = refused
        return draft.answered(await files_page(replace(draft, answers=answers), form))
    suite = "?suite=verifier" if form.value("suite") == "verifier" else ""
    return draft.answered(page.redirect(f"{page.home}/participer/fichiers{suite}#fichiers"))


async def taken(draft: Draft, desk: Uploads, sent: StreamedForm) -> str:
    """Announce a file and take it; one that did not arrive whole is given up, for a form cannot go on with it."""
    page, owner = draft.page, draft.owner
    network = keyed(key_of(page), "upload-network", network_of(page.request)).hex()[:32]
    new = NewUpload(sent.length, shown_name(sent.file_name), plain_type(sent.media_type))
    upload = await desk.begin(congress_id(page), owner, network, new)
    assert sent.body is not None
    try:
        upload = await desk.receive(congress_id(page), owner, upload.id, 0, sent.body)
    except (MotionError, ClientDisconnect, HTTPException):
        await desk.give_up(congress_id(page), owner, upload.id)
        raise
    if upload.state == "receiving":
        await desk.give_up(congress_id(page), owner, upload.id)
        raise HTTPException(400)
    return upload.id


async def save(request: Request) -> Response:
    """Keep the descriptions; take one file away, or go on."""
    draft = await open_draft(request)
    page = draft.page
    if not is_open(page):
        return closed(page, 409)
    form = await read_form(request)
    if not draft.is_known:
        return draft.answered(await files_page(draft, form, page._(NO_COOKIE), 422))
    described = {
        name: form.value(f"description-{name}", draft.answers.descriptions.get(name, ""))[:MAX_DESCRIPTION]
        for name in draft.answers.kinds
    }
    draft = replace(draft, answers=replace(draft.answers, descriptions=described))
    await draft.keep(draft.answers)
    suite = "?suite=verifier" if form.value("suite") == "verifier" else ""
    if gone := form.value("retirer"):
        try:
            await desk_of(request).give_up(congress_id(page), draft.owner, gone[:32])
        except MotionError:
            pass  # it is gone already, which is what was asked
        return draft.answered(page.redirect(f"{page.home}/participer/fichiers{suite}#fichiers"))
    return draft.answered(page.redirect(f"{page.home}/participer/{'verifier' if suite else 'nom'}"))


ROUTES = [
    Route(HERE + "/fichiers", show, name="participate-files"),
    Route(HERE + "/fichiers", save, methods=["POST"], name="participate-files-save"),
    Route(HERE + "/fichiers/liste", show_list, name="participate-files-list"),
    Route(HERE + "/fichiers/ajouter", add, methods=["POST"], name="participate-files-add", max_body_size=ANY_LENGTH),
]
