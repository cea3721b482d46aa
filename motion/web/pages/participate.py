"""Saying something to the congress, without an account: one question a page, and nothing typed is ever lost.

Each page keeps its answers as they were typed, in a draft that a cookie names, before it says what is wrong with them.
Files have their own page (`participate_files`), sending too (`participate_send`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts.news import checked_address
from motion.rules.contributions import MAX_MANDATE, MAX_NAME, MAX_PLACE, MAX_TEXT, MAX_TITLE, Place, Use, Words
from motion.rules.errors import Invalid, MotionError
from motion.web.depositing import (
    FREE,
    MAX_TYPED,
    Answers,
    check_words,
    consent_faults,
    consent_of,
    place_of,
    places,
    settled,
)
from motion.web.doors import congress_id
from motion.web.drafts import Draft, closed, is_open, number_of, open_draft
from motion.web.forms import MAX_FIELD_CHARACTERS, Form, read_form
from motion.web.page import Page
from motion.web.sending import SHOWN_AGAIN
from motion.web.uploading import Uploads
from storage import contributions, deposits

_ = NullTranslations().gettext  # marks the sentences for the catalogues

NO_COOKIE = _(
    "Votre navigateur n’a pas gardé ce brouillon. Ce que vous avez écrit est encore sur cette page. Autorisez les "
    "cookies de ce site, puis envoyez la page de nouveau."
)
TOO_MANY_DRAFTS = _(
    "Beaucoup de personnes commencent à écrire du même endroit. Ce que vous avez écrit est encore sur cette page. "
    "Attendez quelques minutes, puis envoyez-la de nouveau."
)
WHICH_PLACE = _("Choisissez un lieu dans la liste, ou la dernière réponse.")
YES_OR_NO = _("Dites si vous êtes élu ou élue\u00a0: les lecteurs sauront à quel titre vous parlez.")
EMAIL_FORM = _(
    "Il manque quelque chose à cette adresse. Écrivez-la comme « nom@exemple.fr », ou laissez ce cadre vide."
)
LIMITS = {"text": MAX_TEXT, "title": MAX_TITLE, "name": MAX_NAME, "mandate": MAX_MANDATE, "place": MAX_PLACE}
ORDER = ("texte", "fichiers", "nom", "lieu", "courriel", "accord", "verifier")


@dataclass(frozen=True, slots=True)
class Step:
    """One question.

    Attributes:
        fill: Puts what was typed into the answers.
        check: Says in the form what is wrong with them.
        more: What its page needs besides.
    """

    title: str
    fill: Callable[[Answers, Form], Answers]
    check: Callable[[Draft, Form, Answers], None]
    more: Callable[[Draft, Answers], Mapping[str, Any]] = lambda _draft, _answers: {}


def short(form: Form, name: str) -> str:
    """A field of one line, as typed."""
    return form.value(name)[:MAX_FIELD_CHARACTERS]


def fill_text(answers: Answers, form: Form) -> Answers:
    """What one says."""
    supports = number_of(form.value("soutient"))
    return replace(answers, title=short(form, "title"), text=form.value("text"), supports=supports)


def check_text(draft: Draft, form: Form, answers: Answers) -> None:
    """Whether it can be taken; a recording needs no words, so they may be missing."""
    check_words(draft.page, form, Words("x", answers.text, title=answers.title), files=1)


def left(draft: Draft, answers: Answers) -> dict[str, str]:
    """How many characters remain, in words."""
    number = max(0, MAX_TEXT - len(answers.text.strip()))
    return {"left": draft.page.times.number(number)}


def fill_name(answers: Answers, form: Form) -> Answers:
    """Who one is."""
    official = form.value("official")
    return replace(
        answers,
        name=short(form, "name"),
        official=official if official in {"oui", "non"} else "",
        mandate=short(form, "mandate"),
    )


def check_name(draft: Draft, form: Form, answers: Answers) -> None:
    """Whether there is a name, and an answer."""
    check_words(draft.page, form, Words(answers.name, "x", mandate=answers.mandate))
    if not answers.official:
        form.faults["official"] = draft.page._(YES_OR_NO)


def fill_place(answers: Answers, form: Form) -> Answers:
    """Where one speaks from; what was chosen before no longer holds when the place is another."""
    typed = short(form, "place")
    return replace(answers, place=typed, chosen=answers.chosen if typed == answers.place else "")


def check_place(draft: Draft, form: Form, answers: Answers) -> None:
    """Whether it can be taken."""
    if answers.place.strip():
        check_words(draft.page, form, Words("x", "x", place=Place(answers.place)))


def fill_choice(answers: Answers, form: Form) -> Answers:
    """Which of several places is meant."""
    return replace(answers, chosen=form.value("chosen"))


def check_choice(draft: Draft, form: Form, answers: Answers) -> None:
    """Whether it is among those that were offered."""
    if answers.chosen not in {FREE, *(value for value, _label in places(answers.place, draft.territories))}:
        form.faults["chosen"] = draft.page._(WHICH_PLACE)


def offered(draft: Draft, answers: Answers) -> dict[str, Any]:
    """The places to choose from."""
    return {"places": places(answers.place, draft.territories)}


def fill_email(answers: Answers, form: Form) -> Answers:
    """Where news may go."""
    return replace(answers, email=short(form, "email"))


def check_email(draft: Draft, form: Form, answers: Answers) -> None:
    """Whether it can be an address; none is fine."""
    if answers.email.strip():
        try:
            checked_address(answers.email)
        except Invalid as error:
            form.refuse(draft.page, error)
            if error.reason == "form":
                form.faults["email"] = draft.page._(EMAIL_FORM)


def fill_consent(answers: Answers, form: Form) -> Answers:
    """What one agrees to."""
    uses = tuple(use.value for use in Use if form.value(use.value))
    return replace(answers, uses=uses, is_adult=bool(form.value("adult")))


def check_consent(draft: Draft, form: Form, answers: Answers) -> None:
    """Whether it is enough."""
    consent_faults(draft.page, form, answers.uses, is_adult=answers.is_adult)


def consents(draft: Draft, answers: Answers) -> dict[str, Any]:
    """The sentences of consent, and which are ticked."""
    ticked = {*answers.uses, *(["adult"] if answers.is_adult else [])}
    return {"consents": [(word, said, word in ticked) for word, said in consent_of(draft.page)]}


STEPS = {
    "texte": Step(_("Que voulez-vous dire\u202f?"), fill_text, check_text, left),
    "nom": Step(_("Qui êtes-vous\u202f?"), fill_name, check_name),
    "lieu": Step(_("D’où parlez-vous\u202f?"), fill_place, check_place),
    "commune": Step(_("De quel lieu s’agit-il\u202f?"), fill_choice, check_choice, offered),
    "courriel": Step(_("Voulez-vous des nouvelles\u202f?"), fill_email, check_email),
    "accord": Step(_("Êtes-vous d’accord\u202f?"), fill_consent, check_consent, consents),
}


def following(page: Page, name: str, answers: Answers, draft: Draft, asked: str) -> str:
    """The address of the next page."""
    here = f"{page.home}/participer"
    if name == "lieu" and not answers.chosen and places(answers.place, draft.territories):
        return f"{here}/commune" + ("?suite=verifier" if asked == "verifier" else "")
    if asked == "verifier":
        return f"{here}/verifier"
    return f"{here}/{ORDER[ORDER.index('lieu' if name == 'commune' else name) + 1]}"


async def start(request: Request) -> Response:
    """What will be asked, and what becomes of it; the draft that is there."""
    draft = await open_draft(request)
    page = draft.page
    if not is_open(page):
        return closed(page)
    answers, is_sent = draft.answers, False
    if answers.last_number:
        sent = await page.service.store.read(contributions.numbered, congress_id(page), answers.last_number)
        is_sent = sent is not None and page.now - sent.received_at < SHOWN_AGAIN
    return draft.answered(
        page.render("participer/debut.html", answers=answers, supported=draft.supported, is_sent=is_sent)
    )


async def show(request: Request) -> Response:
    """One question."""
    draft = await open_draft(request)
    if not is_open(draft.page):
        return closed(draft.page)
    name = name_of(request)
    if name == "commune" and not places(draft.answers.place, draft.territories):
        return draft.page.redirect(f"{draft.page.home}/participer/lieu")
    return draft.answered(step_page(draft, name, draft.answers, Form()))


def name_of(request: Request) -> str:
    """Which question the address names."""
    return request.url.path.rpartition("/")[2]


def step_page(draft: Draft, name: str, answers: Answers, form: Form, notice: str = "", status: int = 200) -> Response:
    """Show a question with its answer as it was typed."""
    page, step = draft.page, STEPS[name]
    asked = form.value("suite", page.request.query_params.get("suite", ""))
    at = ORDER.index("lieu" if name == "commune" else name)
    return page.render(
        f"participer/{name}.html",
        status=422 if form.faults else status,
        form=form,
        answers=answers,
        title=page._(step.title),
        notice=notice,
        supported=draft.supported,
        suite="verifier" if asked == "verifier" else "",
        back=f"{page.home}/participer" + (f"/{ORDER[at - 1]}" if at else ""),
        number=at + 1,
        count=len(ORDER) - 1,
        limits=LIMITS,
        **step.more(draft, answers),
    )


async def save(request: Request) -> Response:
    """Keep an answer, then go on, or say what is wrong with it."""
    draft = await open_draft(request)
    page = draft.page
    if not is_open(page):
        return closed(page, 409)
    name, form = name_of(request), await read_form(request, most=MAX_TYPED)
    step = STEPS[name]
    answers = step.fill(draft.answers, form)
    if not draft.is_known:
        return draft.answered(step_page(draft, name, answers, form, page._(NO_COOKIE), 422))
    if name == "lieu" and not answers.chosen:
        answers = replace(answers, chosen=settled(answers.place, places(answers.place, draft.territories)))
    if not await draft.keep(answers):
        return draft.answered(step_page(draft, name, answers, form, page._(TOO_MANY_DRAFTS), 429))
    step.check(draft, form, answers)
    if form.faults:
        return draft.answered(step_page(draft, name, answers, form))
    return draft.answered(page.redirect(following(page, name, answers, draft, form.value("suite"))))


async def erase(request: Request) -> Response:
    """Forget the draft and its files."""
    draft = await open_draft(request)
    page, desk = draft.page, request.app.state.uploads
    assert isinstance(desk, Uploads)
    if draft.is_known:
        for upload in await page.service.store.read(deposits.files, congress_id(page), draft.owner):
            try:
                await desk.give_up(congress_id(page), draft.owner, upload.id)
            except MotionError:
                continue  # it goes by itself
        await page.service.store.write(deposits.forget, congress_id(page), draft.owner)
    return draft.answered(page.redirect(f"{page.home}/participer"))


def place_words(answers: Answers) -> str:
    """The place as readers will see it."""
    place = place_of(answers.place, answers.chosen)
    if place is None:
        return ""
    return f"{place.name} ({place.department})" if place.department else place.name


HERE = "/{congress}/participer"
ROUTES = [
    Route(HERE, start, name="participate"),
    Route(HERE + "/effacer", erase, methods=["POST"], name="participate-erase"),
    *(Route(f"{HERE}/{name}", show, name=f"participate-{name}") for name in STEPS),
    *(
        Route(f"{HERE}/{name}", save, methods=["POST"], name=f"participate-{name}-save", max_body_size=1 << 20)
        for name in STEPS
    ),
]
