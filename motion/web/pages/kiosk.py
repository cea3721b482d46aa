"""A tablet in the hall: one large page for whoever comes, then a receipt, then the next person.

Nothing that somebody types is kept here before it is sent: no draft, no cookie, no cache. A page that is wrong comes
back as it was typed, and nothing else remembers it.
"""

import secrets
from dataclasses import replace
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts.deposits import Sender
from motion.rules.contributions import Channel, Use
from motion.rules.errors import CollectionClosed, Invalid, TooManyTries
from motion.web import depots
from motion.web.depositing import (
    FREE,
    MAX_TYPED,
    Answers,
    check_words,
    consent_faults,
    consent_of,
    places,
    settled,
    words_of,
)
from motion.web.doors import congress_id
from motion.web.drafts import closed, is_open
from motion.web.forms import Form, read_form
from motion.web.page import Page, open_page
from motion.web.pages.participate import WHICH_PLACE, YES_OR_NO
from motion.web.pages.participate_send import TOO_MANY
from motion.web.pages.sign_in import network_of
from motion.web.sending import Receipt, send
from storage import deposits

_ = NullTranslations().gettext  # marks the sentences for the catalogues

RESET_S = 60
"""How long a receipt stays on the screen; a button leaves it at once."""

IDLE_S, WARNED_S = 120, 30
"""After how long without a touch the page's script asks whether anyone is there, and then empties the page."""

_KEY_DIGITS = frozenset("0123456789abcdef")


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
    return forgetting(form_page(page, Form(), Answers(key=secrets.token_hex(16))))


def form_page(
    page: Page,
    form: Form,
    answers: Answers,
    offered: list[tuple[str, str]] | None = None,
    notice: str = "",
    status: int = 200,
) -> Response:
    """Show the page, as it was typed."""
    ticked = {*answers.uses, *(["adult"] if answers.is_adult else [])}
    return page.render(
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
    )


def read_typed(form: Form) -> Answers:
    """What was typed."""
    key = form.value("key")
    official = form.value("official")
    return Answers(
        key=key if len(key) == 32 and set(key) <= _KEY_DIGITS else secrets.token_hex(16),
        text=form.value("text"),
        name=form.value("name"),
        official=official if official in {"oui", "non"} else "",
        mandate=form.value("mandate"),
        place=form.value("place"),
        chosen=form.value("chosen"),
        uses=tuple(use.value for use in Use if form.value(use.value)),
        is_adult=bool(form.value("adult")),
    )


async def receive(request: Request) -> Response:
    """Send what was typed, and show the receipt for a minute."""
    page = await open_page(request)
    form = await read_form(request, most=MAX_TYPED)
    answers = read_typed(form)
    if not is_open(page):
        return closed(page, 409)
    territories = await page.service.store.read(deposits.territories, congress_id(page))
    offered = places(answers.place, territories)
    if answers.chosen not in {FREE, *(value for value, _label in offered)}:
        answers = replace(answers, chosen=settled(answers.place, offered))
    if answers.place.strip() and not answers.chosen:
        form.faults["chosen"] = page._(WHICH_PLACE)
    words = words_of(answers)
    check_words(page, form, replace(words, name="x"))
    check_words(page, form, replace(words, text="x", place=None))
    if not answers.official:
        form.faults["official"] = page._(YES_OR_NO)
    consent_faults(page, form, answers.uses, is_adult=answers.is_adult)
    if form.faults:
        return forgetting(form_page(page, form, answers, offered))
    # A form of its own is what stands for whoever typed it; the tablet is everybody's.
    sender = Sender(depots.hashed(f"borne {answers.key}"), network_of(request), counts_person=False)
    try:
        sent = await send(page, sender, answers.key, answers, Channel.KIOSK)
    except CollectionClosed:
        return closed(page, 409)
    except Invalid as error:
        return forgetting(form_page(page, form.refuse(page, error), answers, offered))
    if isinstance(sent, TooManyTries):
        minutes = max(1, round(sent.seconds / 60))
        return forgetting(form_page(page, form, answers, offered, page._(TOO_MANY, minutes=minutes), 429))
    return receipt_page(page, sent)


def receipt_page(page: Page, sent: Receipt) -> Response:
    """The receipt, which leaves the screen by itself, without script."""
    response = page.render("borne_recu.html", receipt=sent, fresh=fresh(page), reset_s=RESET_S)
    response.headers["Refresh"] = f"{RESET_S}; url={fresh(page)}"
    return forgetting(response)


HERE = "/{congress}/borne"
ROUTES = [
    Route(HERE, show, name="kiosk"),
    Route(HERE, receive, methods=["POST"], name="kiosk-send", max_body_size=1 << 20),
]
