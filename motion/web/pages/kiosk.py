"""A tablet in the hall: one large page for whoever comes, then a receipt, then the next person.

Nothing that somebody types is kept here before it is sent: no draft, no cookie, no cache. A page that is wrong comes
back as it was typed, and nothing else remembers it. What is recorded goes straight to the service, never to the
tablet's own memory: until it is sent it belongs to the key of this form (`depots`), which leaves with the page.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import deposits as acts
from motion.acts.deposits import Sender
from motion.rules.contributions import Channel, FileKind, Use
from motion.rules.errors import CollectionClosed, MotionError
from motion.web import deposited_files, depots, headers
from motion.web.deposited_files import DepositedFile
from motion.web.depositing import FREE, MAX_TYPED, Answers, consent_of, places, settled
from motion.web.doors import congress_id
from motion.web.drafts import closed, is_open
from motion.web.forms import Form, read_form
from motion.web.handing_in import NotSent, check_all, hand_in
from motion.web.page import Page, open_page
from motion.web.pages.participate import WHICH_PLACE
from motion.web.pages.participate_files import MAX_DESCRIPTION, desk_of
from motion.web.pages.sign_in import network_of
from motion.web.sending import Receipt, send
from storage import deposits
from storage.models import Upload

_ = NullTranslations().gettext  # marks the sentences for the catalogues

RESET_S, LAST_S = 60, 900
"""How long a receipt stays on the screen, and how long at most: one button leaves it, another begins the time anew."""

IDLE_S, WARNED_S = 120, 30
"""After how long without a touch the page's script asks whether anyone is there, and then empties the page."""

LONGEST_MINUTES = 5
"""Of a recording: somebody else waits, and nobody touches the tablet meanwhile."""

_KEY_DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Files:
    """What has been recorded for a form and has arrived: nothing is kept of it but the files themselves.

    Attributes:
        refused: Why some are not taken, in words.
    """

    uploads: Sequence[Upload] = ()
    shown: Sequence[DepositedFile] = ()
    refused: str = ""


NOTHING = Files()


def fresh(page: Page) -> str:
    """The address of an empty page, in the congress's own language."""
    assert page.congress is not None
    return f"{page.home}/borne?lang={page.congress.languages.split(',')[0]}"


def forgetting(response: Response) -> Response:
    """An answer after which the browser keeps nothing of what it showed."""
    response.headers["Clear-Site-Data"] = '"cache"'
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


async def show(request: Request) -> Response:
    """The empty page."""
    page = await open_page(request)
    if not is_open(page):
        return closed(page)
    return form_page(page, Form(), Answers(key=secrets.token_hex(16)))


def form_page(
    page: Page,
    form: Form,
    answers: Answers,
    offered: list[tuple[str, str]] | None = None,
    notice: str = "",
    status: int = 200,
    files: Files = NOTHING,
) -> Response:
    """Show the page, as it was typed."""
    ticked = {*answers.uses, *(["adult"] if answers.is_adult else [])}
    response = page.render(
        "borne.html",
        status=422 if form.faults else status,
        form=form,
        answers=answers,
        places=offered or [],
        notice=notice,
        consents=[(word, said, word in ticked) for word, said in consent_of(page)],
        fresh=fresh(page),
        idle_s=IDLE_S,
        warned_s=WARNED_S,
        longest_minutes=LONGEST_MINUTES,
        owner_tag="",
        depot=f"{page.home}/fichiers",
        key_header=depots.KIOSK,
        **list_context(page, files),
    )
    response.headers.update(headers.recording(page.service.settings))
    return forgetting(response)


def list_context(page: Page, files: Files) -> dict[str, Any]:
    """What the list of files needs."""
    return {
        "files": files.shown,
        "files_list": f"{page.home}/borne/fichiers",
        "photo": FileKind.PHOTO.value,
        "max_description": MAX_DESCRIPTION,
    }


async def show_list(request: Request) -> Response:
    """The list of what has arrived alone, for the page's script."""
    page = await open_page(request)
    if not is_open(page):
        return closed(page, 409)
    key = request.headers.get(depots.KIOSK, "")
    if not is_key(key):
        return page.render("participer/fichiers_liste.html", status=404, form=Form(), **list_context(page, NOTHING))
    _answers, files = await looked_at(page, Answers(key=key))
    form = Form(faults={"file": files.refused} if files.refused else {})
    status = 422 if form.faults else 200
    return page.render("participer/fichiers_liste.html", status=status, form=form, **list_context(page, files))


async def looked_at(page: Page, answers: Answers) -> tuple[Answers, Files]:
    """The files of a form, and its answers with what each file is."""
    owner, desk = depots.of_form(answers.key), desk_of(page.request)
    answers, uploads, refused = await deposited_files.look_at_new(page, desk, congress_id(page), owner, answers)
    shown = deposited_files.listed(page, uploads, answers)
    return answers, Files(uploads, shown, deposited_files.refusals(page, refused))


def is_key(key: str) -> bool:
    """Whether this can be the key of a form."""
    return len(key) == 32 and set(key) <= _KEY_DIGITS


def read_typed(form: Form) -> Answers:
    """What was typed."""
    key = form.value("key")
    official = form.value("official")
    described = "description-"
    return Answers(
        key=key if is_key(key) else secrets.token_hex(16),
        text=form.value("text"),
        name=form.value("name"),
        official=official if official in {"oui", "non"} else "",
        mandate=form.value("mandate"),
        place=form.value("place"),
        chosen=form.value("chosen"),
        uses=tuple(use.value for use in Use if form.value(use.value)),
        is_adult=bool(form.value("adult")),
        descriptions={
            name.removeprefix(described): said[:MAX_DESCRIPTION]
            for name, said in form.values.items()
            if name.startswith(described)
        },
    )


async def receive(request: Request) -> Response:
    """Send what was typed and recorded, and show the receipt for a minute."""
    page = await open_page(request)
    form = await read_form(request, most=MAX_TYPED)
    answers = read_typed(form)
    # A form of its own is what stands for whoever filled it in; the tablet is everybody's.
    sender = Sender(depots.of_form(answers.key), network_of(request), counts_person=False)
    if await page.service.store.read(acts.sent_before, congress_id(page), sender.owner, answers.key) is not None:
        again = await send(page, sender, answers.key, answers, Channel.KIOSK)
        assert isinstance(again, Receipt)
        return receipt_page(page, again)
    if not is_open(page):
        return closed(page, 409)
    if gone := form.value("retirer"):
        try:
            await desk_of(request).give_up(congress_id(page), sender.owner, gone[:32])
        except MotionError:
            pass  # it is gone already, which is what was asked
    answers, files = await looked_at(page, answers)
    territories = await page.service.store.read(deposits.territories, congress_id(page))
    offered = places(answers.place, territories)
    if answers.chosen not in {FREE, *(value for value, _label in offered)}:
        answers = replace(answers, chosen=settled(answers.place, offered))
    if gone:
        return form_page(page, form, answers, offered, files=files)
    if answers.place.strip() and not answers.chosen:
        form.faults["chosen"] = page._(WHICH_PLACE)
    check_all(page, form, answers, files.shown, files.refused)
    if form.faults:
        return form_page(page, form, answers, offered, files=files)
    commitments = desk_of(request).commitments
    try:
        sent = await hand_in(page, form, sender, answers, Channel.KIOSK, files.uploads, commitments)
    except CollectionClosed:
        return closed(page, 409)
    if isinstance(sent, NotSent):
        return form_page(page, form, answers, offered, sent.notice, sent.status, files)
    return receipt_page(page, sent)


async def erase(request: Request) -> Response:
    """Forget what was recorded for a form that is not sent; then an empty page."""
    page = await open_page(request)
    form = await read_form(request)
    if is_key(key := form.value("key")):
        owner, desk = depots.of_form(key), desk_of(request)
        for upload in await page.service.store.read(deposits.files, congress_id(page), owner):
            try:
                await desk.give_up(congress_id(page), owner, upload.id)
            except MotionError:
                continue  # it goes by itself, and nobody has its key
    return forgetting(page.redirect(fresh(page)))


def receipt_page(page: Page, sent: Receipt) -> Response:
    """The receipt, which leaves the screen by itself, with script and without; were a script lost on its way, later."""
    response = page.render("borne_recu.html", receipt=sent, fresh=fresh(page), reset_s=RESET_S)
    response.headers["Refresh"] = f"{LAST_S}; url={fresh(page)}"
    return forgetting(response)


HERE = "/{congress}/borne"
ROUTES = [
    Route(HERE, show, name="kiosk"),
    Route(HERE, receive, methods=["POST"], name="kiosk-send", max_body_size=1 << 20),
    Route(HERE + "/fichiers", show_list, name="kiosk-files-list"),
    Route(HERE + "/effacer", erase, methods=["POST"], name="kiosk-erase"),
]
