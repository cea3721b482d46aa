"""Reporting a contribution: anyone may, without account; they get a receipt, and learn the decision if they ask to."""

import secrets
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import attempts, contributions, moderation, news
from motion.acts.attempts import Limit
from motion.rules.contributions import MAX_MESSAGE, ContributionState
from motion.rules.errors import ContributionSettled, Invalid, TooManyTries
from motion.rules.redactions import GROUNDS
from motion.web import moderation_words
from motion.web.doors import congress_id
from motion.web.forms import MAX_DIGITS, Form, read_form
from motion.web.page import Page, read
from motion.web.pages.sign_in import key_of, network_of
from storage import moderation as queries
from storage.moderation import Reportable
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

SALT_BYTES = 32
PER_NETWORK = Limit("notice-network", 30, attempts.KEPT)
"""A hall behind one address may report what shocks it; each report is an entry for ever, so nobody sends thousands."""
HERE = "/{congress}/contributions/C{number:int}/signaler"


async def show(request: Request) -> Response:
    """The form; or, after it was sent, the receipt."""
    page, found = await read(request, queries.reportable, request.path_params["number"])
    asked = request.query_params.get("recu", "")
    if asked.isascii() and asked.isdigit() and len(asked) <= MAX_DIGITS:
        page, is_notice = await read(request, queries.is_notice, request.path_params["number"], int(asked))
        if is_notice:
            return page.render("voix/signale.html", found=found, entry=int(asked))
    return form_page(page, found, Form())


def form_page(page: Page, found: Reportable, form: Form, *, status: int = 200, wait_s: int = 0) -> Response:
    """Render the form, as it was filled; a contribution that is not published has none."""
    is_open = found.state == ContributionState.PUBLISHED
    return page.render(
        "voix/signaler.html",
        status=409 if not is_open else 422 if form.faults else status,
        found=found,
        is_open=is_open,
        form=form,
        reasons=[(reason.value, GROUNDS[reason]) for reason in moderation_words.NOTICE_REASONS],
        wait=max(1, -(-wait_s // 60)) if wait_s else 0,
    )


async def report(request: Request) -> Response:
    """Keep a report."""
    page, found = await read(request, queries.reportable, request.path_params["number"])
    form = await read_form(request, most=2 * MAX_MESSAGE)
    reason = form.value("reason")
    if reason not in {one.value for one in moderation_words.NOTICE_REASONS}:
        form.refuse(page, Invalid("reason", "unknown" if reason else "none-chosen-one", reason[:40]))
    try:
        email = news.checked_address(form.value("email")) if form.value("email").strip() else None
    except Invalid as error:
        form.refuse(page, error)
    if form.faults:
        return form_page(page, found, form)
    key, network, salt = key_of(page), network_of(request), secrets.token_bytes(SALT_BYTES)

    def run(db: Session) -> int | TooManyTries:
        refused = attempts.exceeded(db, PER_NETWORK, key, network, now=page.now)
        if refused is not None:
            return refused
        one = contributions.get(db, congress_id(page), found.number)
        message, author = form.value("message"), form.value("author")
        entry = moderation.report(db, one, reason, message, email=email, salt=salt, now=page.now, author=author)
        attempts.note(db, PER_NETWORK, key, network, now=page.now)
        return entry

    try:
        entry = await page.service.store.write(run)
    except Invalid as error:
        return form_page(page, found, form.refuse(page, error))
    except ContributionSettled:
        page, found = await read(request, queries.reportable, request.path_params["number"])
        return form_page(page, found, form)
    if isinstance(entry, TooManyTries):
        return form_page(page, found, form, status=429, wait_s=entry.seconds)
    return page.redirect(f"{page.path}?recu={entry}")


ROUTES = [
    Route(HERE, show, name="notice"),
    Route(HERE, report, methods=["POST"], name="notice-send"),
]
