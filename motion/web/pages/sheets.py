"""Paper forms: printing them, finding one by its number, and what anyone may know of it."""

import asyncio
from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import sheets as acts
from motion.exports.sheet_pdf import SheetContacts, sheets_pdf
from motion.rules.contributions import REFUSALS, ContributionState, Refusal
from motion.rules.errors import Invalid
from motion.rules.permissions import Act
from motion.rules.vocabulary import Phase
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import MAX_DIGITS, Form, read_form
from motion.web.page import NEVER, Page, open_page, read
from motion.web.views import View, shown
from storage import sheets
from storage.sheets import Fate, Sheets

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_CONTACT = 160  # characters of an address or of a telephone number, on one or two lines of the receipt


@dataclass(frozen=True, slots=True)
class FateView(View):
    """What became of a form."""

    number: int = shown("The number printed on it.")
    state: str = shown("In words: `Publiée`.")
    class_name: str = shown("What draws the state: `ok`, `attente`, `refus` or `hors`.")
    sentences: tuple[str, ...] = shown("What was done, and what comes next.")
    code: str = shown("The contribution, `C12`, once it is published; else empty.")
    entry: int = shown("Number of the last entry of the register about it; -1 before it was typed.")


async def show(request: Request) -> Response:
    """Print forms, find one, see those that wait for a second person."""
    asked = request.query_params.get("numero", "").strip()[:20]
    form = Form({"numero": asked})
    page, _actor, rows = await enter(request, sheets.overview, just_typed(request), act=Act.COLLECT)
    found: Fate | None = None
    if asked:
        try:
            number = number_asked(form, rows.last)
            _page, _actor, found = await enter(request, sheets.fate, number, act=Act.COLLECT)
        except Invalid as error:
            form.refuse(page, error)
    return sheets_page(page, rows, form, found)


def number_asked(form: Form, last: int) -> int:
    """The number of a form that was printed.

    Raises:
        Invalid: It is none.
    """
    number = form.integer("numero")
    if not 1 <= number <= last:
        raise Invalid("numero", "not-printed", str(number))
    return number


def sheets_page(page: Page, rows: Sheets, form: Form, found: Fate | None = None) -> Response:
    """Render the secretariat's page."""
    assert page.congress is not None
    return page.render(
        "secretariat/fiches.html",
        status=422 if form.faults else 200,
        rows=rows,
        form=form,
        found=None if found is None else view_of(page, found),
        is_typed=found is not None and found.contribution is not None,
        is_open=page.congress.phase != Phase.CLOSED,
        most=acts.MAX_AT_ONCE,
        done=done_of(page, rows),
        secretary=page.visitor.secretary,
    )


def just_typed(request: Request) -> int:
    """The number of the contribution that was just made of a form, as the address says; 0 for none."""
    digits = request.query_params.get("fait", "").removeprefix("C")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS else 0


def done_of(page: Page, rows: Sheets) -> str:
    """What was just done: `relue`, or the number of the form that was typed; empty when the address says neither."""
    if page.request.query_params.get("fait", "") == "relue":
        return "relue"
    return "" if rows.just_typed is None else str(rows.just_typed)


async def print_forms(request: Request) -> Response:
    """Give numbers to new forms and answer with them."""
    page, actor = await admit(request, Act.COLLECT)
    assert page.congress is not None
    form = await read_form(request)
    try:
        contacts = SheetContacts(contact(form, "phone"), contact(form, "post"))
        count = form.integer("count", most=acts.MAX_AT_ONCE)
        first, last = await page.service.store.write(acts.print, actor, congress_id(page), count, page.now)
    except Invalid as error:
        _page, _actor, rows = await enter(request, sheets.overview, act=Act.COLLECT)
        return sheets_page(page, rows, form.refuse(page, error))
    pdf = await asyncio.to_thread(
        sheets_pdf,
        first,
        last,
        congress=page.congress.title,
        address=f"{page.service.settings.base_url}{page.home}/fiche",
        contacts=contacts,
        language=page.language,
        now=page.now,
    )
    filename = f"fiches-{page.congress.slug}-{first}-{last}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": NEVER}
    return Response(pdf, media_type="application/pdf", headers=headers)


def contact(form: Form, name: str) -> str:
    """A line of the receipt.

    Raises:
        Invalid: It is too long.
    """
    typed = " ".join(form.value(name).split())
    if len(typed) > MAX_CONTACT:
        raise Invalid(name, "too-long", str(MAX_CONTACT))
    return typed


async def look_up(request: Request) -> Response:
    """Anyone may type a number; the page of the form is next."""
    asked = request.query_params.get("numero", "").strip()[:20]
    page = await open_page(request)
    form = Form({"numero": asked})
    if asked:
        try:
            return page.redirect(f"{page.home}/fiche/{max(form.integer('numero'), 0)}")
        except Invalid as error:
            form.refuse(page, error)
    if form.faults:
        return page.render("fiche_chercher.html", status=422, form=form)
    return page.answer("fiche_chercher.html", page.only().etag(0), View, form=form)


async def show_fate(request: Request) -> Response:
    """What became of a form: for anyone who has its number."""
    page, found = await read(request, sheets.fate, request.path_params["number"])
    page = page.only()
    view = view_of(page, found)
    return page.answer("fiche.html", page.etag(max(view.entry, 0), view), lambda: view)


def view_of(page: Page, found: Fate) -> FateView:
    """Say what became of a form. Of what is not published: its state and moments, and no word of it."""
    contribution = found.contribution
    if contribution is None:
        sentences = (
            page._(_("Personne ne l’a encore saisie.")),
            page._(_("Si vous l’avez remise, elle le sera bientôt. Sinon, remettez-la ou envoyez-la au congrès.")),
        )
        return FateView(found.number, page._(_("Imprimée")), "hors", sentences, "", -1)
    typed = page._(_("Saisie le %(moment)s."), moment=page.times.moment(contribution.received_at))
    code, entry = "", contribution.entry
    match ContributionState(contribution.state):
        case ContributionState.AWAITED:
            words, name = page._(_("Saisie, à relire")), "attente"
            after = page._(_("Une seconde personne va comparer la copie avec la fiche."))
        case ContributionState.RECEIVED:
            words, name = page._(_("En cours d’examen")), "attente"
            after = page._(_("La copie est relue. Le congrès décide de la publier."))
        case ContributionState.PUBLISHED:
            words, name = page._(_("Publiée")), "ok"
            code = f"C{contribution.number}"
            assert contribution.published_at is not None
            moment = page.times.moment(contribution.published_at)
            after = page._(_("Publiée le %(moment)s\u00a0: c’est la contribution %(code)s."), moment=moment, code=code)
        case ContributionState.REFUSED:
            words, name = page._(_("Refusée")), "refus"
            known = found.refusal in set(Refusal)
            reason = page._(REFUSALS[Refusal(found.refusal)].said) if known else found.refusal
            after = page._(_("Motif\u00a0: %(reason)s. Le secrétariat répond à qui conteste."), reason=reason.lower())
        case ContributionState.WITHDRAWN:
            words, name = page._(_("Retirée")), "hors"
            after = page._(_("Son auteur ou son autrice l’a retirée."))
    return FateView(found.number, words, name, (typed, after), code, entry)


HERE = "/{congress}/secretariat/fiches"
ROUTES = [
    Route(HERE, show, name="sheets"),
    Route(HERE, print_forms, methods=["POST"], name="sheets-print"),
    Route("/{congress}/fiche", look_up, name="sheet-search"),
    Route("/{congress}/fiche/{number:int}", show_fate, name="sheet-fate"),
]
