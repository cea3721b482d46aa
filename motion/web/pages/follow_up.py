"""The author's own page: where their contribution stands, and everything that they alone may do with it.

The address is the only key (`motion.acts.private_addresses`). A wrong one is answered like any address that leads
nowhere; the log writes the route's pattern, never the path. Other sites learn no address of ours (`Referrer-Policy:
same-origin`, for all pages), and nobody keeps these pages.
"""

import secrets
from collections.abc import Callable
from gettext import NullTranslations
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import attempts, moderation, news, notices, private_addresses
from motion.acts import contributions as acts
from motion.acts.contributions import BY_OTHERS, OPEN
from motion.acts.deposits import DEEDS_PER_CONTRIBUTION
from motion.acts.sign_in import Message
from motion.record.objects import SALT_BYTES
from motion.rules.contributions import (
    CONSENT,
    FILES,
    REFUSALS,
    STATES,
    Channel,
    ContributionState,
    FileKind,
    Place,
    Refusal,
    Use,
    Words,
)
from motion.rules.errors import Invalid
from motion.rules.media import SAID, MediaReason
from motion.rules.redactions import KEPT_DAYS
from motion.web.decisions import letter
from motion.web.depositing import MAX_TYPED, consent_faults, consent_of, place_of, places, settled
from motion.web.doors import congress_id
from motion.web.forms import Form, read_form
from motion.web.page import Page, read
from motion.web.pages.participate import WHICH_PLACE, YES_OR_NO
from motion.web.pages.sign_in import key_of
from motion.web.quotations import quoting_places
from motion.web.sending import confirming_url
from motion.web.voices import words_html
from motion.web.weights import weight
from storage import deposits, followed, sealing, transcripts
from storage.followed import Followed
from storage.models import Congress, Contribution
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

DONE = {
    "corrigee": _("Votre correction est reçue. L’ancienne version reste lisible."),
    "reponse": _("Votre réponse est transmise au secrétariat."),
    "accords": _("Vos accords sont enregistrés."),
    "retiree": _("Votre contribution est retirée."),
    "courriel": _("Un courriel vient de partir. Ouvrez-le pour confirmer votre adresse."),
    "attente": _(
        "Votre adresse est notée, mais trop de courriels lui sont partis depuis une heure. Réessayez plus tard."
    ),
    "arret": _("Vous ne recevrez plus de courriel. Votre adresse est effacée."),
    "accord": _("Merci. Votre contribution est reçue."),
}
FILE_STATES = {
    "waiting": _("En attente de préparation"),
    "working": _("En préparation\u00a0: %(percent)s\u00a0%%"),
    "done": _("Prêt"),
    "failed": _("Rien n’a pu en être fait. L’original est gardé. %(why)s"),
}
ENDED = frozenset({ContributionState.WITHDRAWN.value})


async def open_followed(request: Request) -> tuple[Page, Followed]:
    """Read the contribution that the address is the key of.

    Raises:
        HTTPException: There is none; the answer is that of any unknown address.
    """
    key = private_addresses.hash_of_typed(request.path_params["secret"])

    def query(db: Session, congress: Congress) -> Followed | None:
        return followed.page_of_secret(db, congress, key) if key is not None else None

    page, found = await read(request, query)
    if found is None:
        raise HTTPException(404)
    return page, found


def address_of(request: Request, page: Page) -> str:
    """The path of the author's page."""
    return f"{page.home}/suivi/{request.path_params['secret']}"


async def act_on(
    request: Request, page: Page, deed: Callable[[Session, Contribution], Any], *, is_counted: bool = True
) -> Any:
    """Do a deed on the contribution, read anew in the same transaction.

    Args:
        is_counted: Whether so many within an hour are too many. Taking it back and stopping mails are always heard.

    Raises:
        HTTPException: There is none, or there were too many deeds.
    """
    key = private_addresses.hash_of_typed(request.path_params["secret"])

    def run(db: Session) -> Any:
        found = followed.of_secret(db, congress_id(page), key) if key is not None else None
        if found is None:
            raise HTTPException(404)
        if is_counted:
            counted = DEEDS_PER_CONTRIBUTION, key_of(page), str(found.contribution.id)
            if attempts.exceeded(db, *counted, now=page.now) is not None:
                raise HTTPException(429)
            attempts.note(db, *counted, now=page.now)
        return deed(db, found.contribution)

    return await page.service.store.write(run)


def done(request: Request, page: Page, code: str) -> Response:
    """Back to the author's page, which says what was done."""
    return private(page.redirect(f"{address_of(request, page)}?fait={code}"))


def private(response: Response) -> Response:
    """An answer that no search engine keeps."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


async def show(request: Request) -> Response:
    """Where it stands."""
    page, found = await open_followed(request)
    return overview(request, page, found, Form())


def overview(request: Request, page: Page, found: Followed, form: Form) -> Response:
    """Show the author's page."""
    contribution = found.contribution
    state = ContributionState(contribution.state)
    phase = page.congress.phase if page.congress is not None else ""
    is_asked = state is ContributionState.AWAITED and contribution.channel == Channel.MAIL
    listens = phase in OPEN if Channel(contribution.channel) not in BY_OTHERS else phase != "closed"
    code = page.request.query_params.get("fait", "")
    return private(
        page.render(
            "suivi.html",
            status=422 if form.faults else 200,
            form=form,
            found=found,
            here=address_of(request, page),
            code=f"C{contribution.number}",
            state=page._(STATES[state]),
            html=words_html(found.words.text) if found.words is not None else "",
            said=page._(DONE[code]) if code in DONE else "",
            listens=phase in OPEN,
            may_correct=found.words is not None and listens and (state is not ContributionState.AWAITED or is_asked),
            may_answer=state is ContributionState.REFUSED,
            is_over=contribution.state in ENDED,
            asks_consent=is_asked,
            consents=[(word, said, bool(form.value(word))) for word, said in consent_of(page)],
            uses=[(use.value, page._(CONSENT[use]), use in found.agreed) for use in Use if use is not Use.PUBLISH],
            files=[file_words(page, file) for file in found.files],
            quoted_in=quoting_places(page, found.quoted_in),
            reasons={reason.value: page._(REFUSALS[reason].said) for reason in Refusal},
            sealed_days=KEPT_DAYS,
        )
    )


def file_words(page: Page, file: Any) -> dict[str, str]:
    """A file in words: what it is, where it stands, why nothing could be made of it."""
    why = page._(SAID[MediaReason(file.reason)]) if file.reason in set(MediaReason) else ""
    state = page._(FILE_STATES[file.state], percent=file.progress, why=why).strip()
    if file.blob is None:
        state = page._(_("Ce fichier n’est plus là."))
    name = file.file_name or page._(FILES[FileKind(file.kind)])
    return {
        "name": name,
        "kind": page._(FILES[FileKind(file.kind)]),
        "size": weight(page.language, file.size),
        "state": state,
        "failed": "oui" if file.state == "failed" else "",
        "recording": str(file.number) if file.blob is not None and file.kind in transcripts.RECORDED else "",
    }


async def show_correction(request: Request) -> Response:
    """The words, to be corrected."""
    page, found = await open_followed(request)
    if found.words is None:
        return private(page.redirect(address_of(request, page)))
    words = found.words
    typed = {
        "title": words.title,
        "text": words.text,
        "name": words.name,
        "official": "oui" if words.is_official else "non",
        "mandate": words.mandate,
        "place": place_typed(words.place),
    }
    return correction_page(request, page, Form(typed), [])


def correction_page(
    request: Request, page: Page, form: Form, offered: list[tuple[str, str]], status: int = 200
) -> Response:
    """Show the form of a correction."""
    return private(
        page.render(
            "suivi_corriger.html",
            status=422 if form.faults else status,
            form=form,
            here=address_of(request, page),
            places=offered,
        )
    )


def place_typed(place: Place | None) -> str:
    """A place as somebody would type it."""
    return place.name if place is not None else ""


async def correct(request: Request) -> Response:
    """Receive another version."""
    page, found = await open_followed(request)
    form = await read_form(request, most=MAX_TYPED)
    if form.value("official") not in {"oui", "non"}:
        form.faults["official"] = page._(YES_OR_NO)
    typed, chosen = form.value("place"), form.value("chosen")
    known = found.words.place if found.words is not None else None
    offered: list[tuple[str, str]] = []
    if known is not None and typed == place_typed(known) and not chosen:
        place: Place | None = known
    else:
        territories = await page.service.store.read(deposits.territories, congress_id(page))
        offered = places(typed, territories)
        if chosen not in {"libre", *(value for value, _label in offered)}:
            chosen = settled(typed, offered)
        if typed.strip() and not chosen:
            form.faults["chosen"] = page._(WHICH_PLACE)
        place = place_of(typed, chosen)
    if form.faults:
        return correction_page(request, page, form, offered)
    is_official = form.value("official") == "oui"
    language = found.words.language if found.words is not None else "fr"
    mandate = form.value("mandate") if is_official else ""
    words = Words(form.value("name"), form.value("text"), is_official, mandate, place, form.value("title"), language)

    def deed(db: Session, contribution: Contribution) -> None:
        acts.revise(db, contribution, words, salt=secrets.token_bytes(SALT_BYTES), now=page.now)

    try:
        await act_on(request, page, deed)
    except Invalid as error:
        return correction_page(request, page, form.refuse(page, error), offered)
    return done(request, page, "corrigee")


async def answer(request: Request) -> Response:
    """Answer a refusal."""
    page, found = await open_followed(request)
    form = await read_form(request, most=MAX_TYPED)

    def deed(db: Session, contribution: Contribution) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        moderation.answer(db, contribution, form.value("message"), salt=salt, now=page.now)

    try:
        await act_on(request, page, deed)
    except Invalid as error:
        return overview(request, page, found, form.refuse(page, error))
    return done(request, page, "reponse")


async def change_consent(request: Request) -> Response:
    """Change what one agrees to, beside publication."""
    page, _found = await open_followed(request)
    form = await read_form(request)
    uses = [use.value for use in Use if use is Use.PUBLISH or form.value(use.value)]
    await act_on(request, page, lambda db, one: acts.change_consent(db, one, uses, now=page.now))
    return done(request, page, "accords")


async def agree(request: Request) -> Response:
    """Agree to what was sent by mail: it is then received like any other."""
    page, found = await open_followed(request)
    form = await read_form(request)
    uses = [use.value for use in Use if form.value(use.value)]
    consent_faults(page, form, uses, is_adult=bool(form.value("adult")))
    if form.faults:
        return overview(request, page, found, form)
    await act_on(request, page, lambda db, one: acts.confirm(db, one, uses, now=page.now))
    return done(request, page, "accord")


async def ask_withdrawal(request: Request) -> Response:
    """What becomes of a contribution that its author takes back."""
    page, found = await open_followed(request)
    if found.contribution.state in ENDED:
        return private(page.redirect(address_of(request, page)))
    here = address_of(request, page)
    return private(page.render("suivi_retirer.html", found=found, here=here, kept_days=KEPT_DAYS))


async def withdraw(request: Request) -> Response:
    """Take it back."""
    page, _found = await open_followed(request)
    key = sealing.load_key(page.service.settings.data_dir)
    nonces = iter(lambda: secrets.token_bytes(sealing.NONCE_BYTES), b"")

    def deed(db: Session, contribution: Contribution) -> None:
        acts.withdraw(db, contribution, key=key, nonces=nonces, now=page.now)
        notices.tell(db, contribution, letter(page, contribution, is_kept=False), now=page.now)

    await act_on(request, page, deed, is_counted=False)
    return done(request, page, "retiree")


async def change_email(request: Request) -> Response:
    """Say where news go, or that none are wanted."""
    page, found = await open_followed(request)
    form = await read_form(request)
    if form.value("step") == "stop":
        await act_on(request, page, news.stop, is_counted=False)
        return done(request, page, "arret")
    confirming = private_addresses.draw()
    message = Message(
        page._(news.CONFIRM, code=f"C{found.contribution.number}"),
        page._(
            _(
                "Pour recevoir des nouvelles de la contribution %(code)s par courriel, ouvrez cette page et "
                "confirmez\u00a0:\n%(confirm)s\n\nVous n’avez rien demandé\u202f? Ne faites rien.\n"
            ),
            code=f"C{found.contribution.number}",
            confirm=confirming_url(page, confirming),
        ),
    )

    def deed(db: Session, contribution: Contribution) -> bool:
        if contribution.state in ENDED:
            raise HTTPException(404)
        return news.give_address(
            db,
            contribution,
            form.value("email"),
            message,
            secret_hash=confirming.hash,
            key=key_of(page),
            now=page.now,
        )

    try:
        is_sent = await act_on(request, page, deed)
    except Invalid as error:
        return overview(request, page, found, form.refuse(page, error))
    return done(request, page, "courriel" if is_sent else "attente")


HERE = "/{congress}/suivi/{secret}"
ROUTES = [
    Route(HERE, show, name="follow-up"),
    Route(HERE + "/corriger", show_correction, name="follow-up-correct"),
    Route(HERE + "/corriger", correct, methods=["POST"], name="follow-up-correct-save", max_body_size=1 << 20),
    Route(HERE + "/reponse", answer, methods=["POST"], name="follow-up-answer"),
    Route(HERE + "/accords", change_consent, methods=["POST"], name="follow-up-consent"),
    Route(HERE + "/accepter", agree, methods=["POST"], name="follow-up-agree"),
    Route(HERE + "/retirer", ask_withdrawal, name="follow-up-withdraw"),
    Route(HERE + "/retirer", withdraw, methods=["POST"], name="follow-up-withdraw-do"),
    Route(HERE + "/courriel", change_email, methods=["POST"], name="follow-up-email"),
]
