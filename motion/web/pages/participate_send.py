"""The last page of a contribution: everything once more, then sending, then the receipt."""

from dataclasses import replace
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts.deposits import Sender
from motion.rules.contributions import MAX_TEXT, Channel
from motion.rules.errors import CollectionClosed
from motion.web.deposited_files import DepositedFile
from motion.web.depositing import consent_of
from motion.web.doors import congress_id
from motion.web.drafts import Draft, closed, is_open, open_draft
from motion.web.forms import Form, read_form
from motion.web.handing_in import NotSent, check_all, hand_in
from motion.web.pages.participate import HERE, NO_COOKIE, place_words
from motion.web.pages.participate_files import desk_of, looked_at
from motion.web.pages.sign_in import network_of
from motion.web.sending import Receipt, send
from motion.web.voices import words_html
from storage import deposits

_ = NullTranslations().gettext  # marks the sentences for the catalogues

# Which page repairs which fault.
PAGES = {
    "text": "texte",
    "title": "texte",
    "file": "fichiers",
    "files": "fichiers",
    "name": "nom",
    "mandate": "nom",
    "official": "nom",
    "place": "lieu",
    "email": "courriel",
    "publish": "accord",
    "adult": "accord",
    "uses": "accord",
}
OLD_PAGE = _(
    "La page que vous avez renvoyée n’est plus à jour. Voici ce qui serait envoyé\u00a0: relisez, puis envoyez."
)


async def show(request: Request) -> Response:
    """Everything that would be sent, each with a way to change it."""
    draft = await open_draft(request)
    if not is_open(draft.page):
        return closed(draft.page)
    if not draft.answers.is_begun:
        return draft.page.redirect(f"{draft.page.home}/participer")
    answers, files, refused = await looked_at(draft)
    form = Form()
    if refused:
        form.faults["file"] = refused
    return draft.answered(check_page(replace(draft, answers=answers), files, form))


def check_page(draft: Draft, files: list[DepositedFile], form: Form, notice: str = "", status: int = 200) -> Response:
    """Show it all."""
    page, answers = draft.page, draft.answers
    ticked = {*answers.uses, *(["adult"] if answers.is_adult else [])}
    return page.render(
        "participer/verifier.html",
        status=422 if form.faults else status,
        faults=[(PAGES.get(name, "texte"), said) for name, said in form.faults.items()],
        answers=answers,
        html=words_html(answers.text) if 0 < len(answers.text) <= MAX_TEXT else "",
        files=files,
        notice=notice,
        supported=draft.supported,
        place=place_words(answers),
        consents=[(said, word in ticked) for word, said in consent_of(page)],
    )


async def receive(request: Request) -> Response:
    """Send it, and show the receipt: once."""
    draft = await open_draft(request)
    page = draft.page
    form = await read_form(request)
    if not draft.is_known:
        return draft.answered(check_page(draft, [], Form(), page._(NO_COOKIE), 422))
    key = form.value("key")
    if draft.answers.last_key and key == draft.answers.last_key:  # it was sent already, whatever is open now
        sender = Sender(draft.owner, network_of(request))
        secret = "" if draft.answers.is_begun else draft.cookie
        again = await send(page, sender, key, draft.answers, Channel.WEB, sender_secret=secret)
        assert isinstance(again, Receipt)
        return draft.answered(receipt_page(draft, again))
    if not is_open(page):
        return closed(page, 409)
    answers, files, refused = await looked_at(draft)
    draft = replace(draft, answers=answers)
    if not answers.is_begun:
        return draft.answered(page.redirect(f"{page.home}/participer"))
    if key != answers.key:
        return draft.answered(check_page(draft, files, Form(), page._(OLD_PAGE), 409))
    check_all(page, form, answers, files, refused)
    if form.faults:
        return draft.answered(check_page(draft, files, form))
    uploads = await page.service.store.read(deposits.files, congress_id(page), draft.owner)
    sender, commitments = Sender(draft.owner, network_of(request)), desk_of(request).commitments
    try:
        sent = await hand_in(page, form, sender, answers, Channel.WEB, uploads, commitments, sender_secret=draft.cookie)
    except CollectionClosed:
        return closed(page, 409)
    if isinstance(sent, NotSent):
        return draft.answered(check_page(draft, files, form, sent.notice, sent.status))
    return draft.answered(receipt_page(draft, sent))


def receipt_page(draft: Draft, sent: Receipt) -> Response:
    """The receipt, with the private address if it has not been shown before."""
    return draft.page.render("participer/recu.html", receipt=sent)


ROUTES = [
    Route(HERE + "/verifier", show, name="participate-check"),
    Route(HERE + "/verifier", receive, methods=["POST"], name="participate-send"),
]
