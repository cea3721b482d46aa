"""The secretariat's home, its phases and its lists: one thing a page, and a confirmation before each act."""

from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import congresses, phases, sessions
from motion.rules import phases as calendar
from motion.rules.brackets import unfilled
from motion.rules.errors import (
    Invalid,
    NotFound,
    PhaseOutOfOrder,
)
from motion.rules.permissions import Act
from motion.rules.text import parse
from motion.rules.vocabulary import MotionState, Phase
from motion.web.doors import admit, congress_id, enter
from motion.web.forms import Form, read_form
from motion.web.page import Page
from motion.web.pages.home import ending_of
from motion.web.pages.sign_in import ask_to_end, end_sessions
from storage import people, secretariat
from storage.models import Motion

_ = NullTranslations().gettext  # marks the sentences for the catalogues

DONE_TO_MOTIONS = {
    "gel": _("Le texte de la motion %(code)s est gelé."),
    "reouverture": _("Le texte de la motion %(code)s est rouvert."),
    "retrait": _("La motion %(code)s est retirée."),
}


@dataclass(frozen=True, slots=True)
class PhaseStep:
    """One phase on the dashboard: `state` is `past`, `now` or `next`."""

    code: str
    state: str
    opens: str
    may_open: bool


def steps(page: Page) -> list[PhaseStep]:
    """Lay out the phases of the congress."""
    assert page.congress is not None
    current = Phase(page.congress.phase)
    hours = {opening.phase: page.times.moment(opening.opens_at) for opening in page.openings}
    place = calendar.ORDER.index(current)
    found = []
    for number, phase in enumerate(calendar.ORDER):
        state = "now" if number == place else "past" if number < place else "next"
        found.append(PhaseStep(phase, state, hours.get(phase, ""), opens(current, phase)))
    return found


def opens(current: Phase, wanted: Phase) -> bool:
    """Whether a phase may be opened by hand now."""
    try:
        calendar.check_opening(current, wanted)
    except PhaseOutOfOrder:
        return False
    return True


async def show(request: Request) -> Response:
    """The secretariat's home: what is next, the motions, the people."""
    page, _actor, rows = await enter(request, secretariat.dashboard)
    assert page.congress is not None
    phase = Phase(page.congress.phase)
    return page.render(
        "secretariat/accueil.html",
        rows=rows,
        steps=steps(page),
        standing=lambda motion: calendar.standing(phase, MotionState(motion.state)),
        ending=lambda motion: ending_of(page, motion),
        done=done_of(page, rows.motions, request.query_params.get("fait", ""), request.query_params.get("motion", "")),
    )


# Some phases open, others are a state: nothing but "la collecte" and "la rédaction" is said to open.
PHASE_CAME = {
    Phase.PREPARATION: _("Le congrès est en préparation."),
    Phase.COLLECTION: _("La collecte est ouverte."),
    Phase.DRAFTING: _("La rédaction est ouverte."),
    Phase.FROZEN: _("La rédaction est terminée\u00a0: les textes sont gelés."),
    Phase.ADOPTED: _("Le congrès est passé à la phase «\u00a0Motion adoptée\u00a0»."),
    Phase.CLOSED: _("Le congrès est clos."),
}


def done_of(page: Page, rows: list[Motion], deed: str, code: str) -> str:
    """Say the deed that led back here, with its motion and how things stand since; empty for an unknown address."""
    assert page.congress is not None
    if deed == "phase":
        return page._(PHASE_CAME[Phase(page.congress.phase)])
    if deed in DONE_TO_MOTIONS and any(row.code == code for row in rows):
        return page._(DONE_TO_MOTIONS[deed], code=code)
    return page._(_("Le congrès et son calendrier sont enregistrés.")) if deed == "calendrier" else ""


async def show_phase(request: Request) -> Response:
    """Ask before a phase opens: it freezes texts, or opens them."""
    page, _actor, rows = await enter(request, secretariat.dashboard)
    phase = phase_of(request)
    assert page.congress is not None
    calendar.check_opening(Phase(page.congress.phase), phase)
    open_motions = [motion for motion in rows.motions if motion.state == MotionState.DRAFTING]
    undecided = [motion for motion in rows.motions if motion.state in {MotionState.DRAFTING, MotionState.FROZEN}]
    return page.render(
        "secretariat/phase.html",
        phase=phase,
        freezes=phase in phases.AFTER_DRAFTING,
        motions=[(motion, unfilled(parse(motion.text))) for motion in open_motions],
        undecided=undecided if phase is Phase.CLOSED else [],
    )


async def open_phase(request: Request) -> Response:
    """Open a phase by hand."""
    page, actor = await admit(request)
    number = congress_id(page)
    await page.service.rooms.run_congress_act(number, phases.open_phase, actor, number, phase_of(request), now=page.now)
    return page.redirect(f"{page.home}/secretariat?fait=phase")


def phase_of(request: Request) -> Phase:
    """The phase of the address.

    Raises:
        NotFound: There is none of this name.
    """
    try:
        return Phase(request.path_params["phase"])
    except ValueError as error:
        raise NotFound("phase", request.path_params["phase"]) from error


async def show_late(request: Request) -> Response:
    """What arrived after a freeze, to read and copy."""
    page, _actor, rows = await enter(request, secretariat.late_texts, act=Act.READ_LATE_TEXT)
    return page.render("secretariat/textes_tardifs.html", rows=rows, full_name=people.full_name)


async def show_mails(request: Request) -> Response:
    """The mails of a demonstration, whole; elsewhere, whether they left."""
    page, _actor, rows = await enter(request, secretariat.mails, act=Act.READ_MAIL)
    assert page.congress is not None
    # A mail signs its reader in as its addressee: only where everything is fiction may others read it.
    readable = page.congress.is_demonstration and not page.service.settings.smtp_url
    return page.render("secretariat/courriels.html", mails=rows, readable=readable)


async def show_sessions(request: Request) -> Response:
    """The officials who are signed in."""

    def query(db: Any, congress: Any, now: Any) -> Any:
        return people.congress_sessions(db, congress.id, now=now)

    page, _actor, rows = await enter(request, query, request.app.state.service.now())
    is_done = request.query_params.get("fait") == "fermeture"
    return page.render("secretariat/connexions.html", rows=rows, full_name=people.full_name, is_done=is_done)


async def end_session(request: Request) -> Response:
    """End one official's session once it is confirmed, and close its sockets."""
    page, actor = await admit(request)
    form = await read_form(request)
    number, here = form.integer("session"), f"{page.home}/secretariat/connexions"
    if form.value("step") != "confirm":
        rows = await page.service.store.read(people.congress_sessions, congress_id(page), now=page.now)
        found = next(((session, official) for session, official in rows if session.id == number), None)
        if found is None:
            raise NotFound("session", str(number))
        session, official = found
        moment = page.times.moment(session.seen_at)
        which = page._(_("%(name)s, dernière visite le %(moment)s"), name=people.full_name(official), moment=moment)
        return ask_to_end(page, page._(_("Fermer cette connexion")), which, {"session": str(number)}, here)
    await end_sessions(page, sessions.revoke, actor, number)
    return page.redirect(f"{here}?fait=fermeture")


async def show_team(request: Request) -> Response:
    """Those who run the congress."""
    page, _actor, rows = await enter(request, secretariat.secretaries)
    is_done = request.query_params.get("fait") == "ajout"
    return page.render("secretariat/equipe.html", rows=rows, form=Form(), is_done=is_done)


async def add_to_team(request: Request) -> Response:
    """Let one more person run the congress."""
    page, actor, rows = await enter(request, secretariat.secretaries)
    form = await read_form(request)
    try:
        await page.service.store.write(
            congresses.add_secretary, actor, congress_id(page), form.value("name"), form.value("email"), now=page.now
        )
    except Invalid as error:
        refused = form.refuse(page, error)
        return page.render("secretariat/equipe.html", status=422, rows=rows, form=refused, is_done=False)
    return page.redirect(f"{page.home}/secretariat/equipe?fait=ajout")


async def remove_from_team(request: Request) -> Response:
    """End somebody's part in running the congress, and close what they have open."""
    page, actor = await admit(request)
    form = await read_form(request)
    await end_sessions(page, congresses.remove_secretary, actor, congress_id(page), form.integer("secretary"))
    return page.redirect(f"{page.home}/secretariat/equipe")


HERE = "/{congress}/secretariat"
ROUTES = [
    Route(HERE, show, name="secretariat"),
    Route(HERE + "/phases/{phase}", show_phase, name="phase"),
    Route(HERE + "/phases/{phase}", open_phase, methods=["POST"], name="phase-open"),
    Route(HERE + "/textes-tardifs", show_late, name="late-texts"),
    Route(HERE + "/courriels", show_mails, name="mails"),
    Route(HERE + "/connexions", show_sessions, name="officials-sessions"),
    Route(HERE + "/connexions", end_session, methods=["POST"], name="officials-sessions-end"),
    Route(HERE + "/equipe", show_team, name="team"),
    Route(HERE + "/equipe", add_to_team, methods=["POST"], name="team-add"),
    Route(HERE + "/equipe/retirer", remove_from_team, methods=["POST"], name="team-remove"),
]
