"""The secretariat's home, its motions and its lists: one thing a page, and a confirmation before each act."""

import secrets
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import congresses, motions, phases, sessions
from motion.acts.motions import ShowOfHands
from motion.exports.conversions import to_small_markdown_apart
from motion.live.updates import FORBIDDEN
from motion.rules import phases as calendar
from motion.rules import templates
from motion.rules.errors import (
    DocumentUnreadable,
    Invalid,
    MoreVotesThanOfficials,
    MotionNotOpen,
    NotFound,
    PhaseOutOfOrder,
)
from motion.rules.permissions import Act
from motion.rules.vocabulary import FRENCH, MotionState, Phase, Template
from motion.web.doors import admit, congress_id, enter
from motion.web.errors import tell
from motion.web.forms import Form, read_form, read_upload
from motion.web.page import Page
from motion.web.pages.home import ending_of
from motion.web.pages.sign_in import end_sessions
from motion.web.reading import grouped_digest, read_motion, sections_of, title_html
from storage import people, secretariat
from storage.models import Motion

_ = NullTranslations().gettext  # marks the sentences for the catalogues

SALT_BYTES = 32
MAX_DOCUMENT_UPLOAD_BYTES = 12 * 1024 * 1024
COUNTS = ("votes_for", "votes_against", "abstentions", "not_voting")
# The keys of `rules.templates`, by the word that the congress chose.
TEMPLATE_KEYS = {Template.DELIBERATIVE: "deliberative", Template.DEMANDS: "axes", Template.BLANK: "blank"}

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


def done_of(page: Page, rows: list[Motion], deed: str, code: str) -> str:
    """Say the deed that led back here, with its motion and how things stand since; empty for an unknown address."""
    assert page.congress is not None
    if deed == "phase":
        if page.congress.phase == Phase.CLOSED:
            return page._(_("Le congrès est clos."))
        name = page.language.gettext(FRENCH["phase"][page.congress.phase])
        return page._(_("La phase «\u00a0%(phase)s\u00a0» est ouverte."), phase=name)
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
        motions=open_motions,
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


async def new_motion(request: Request) -> Response:
    """The form of a new motion."""
    page, _actor = await admit(request, Act.CREATE_MOTION)
    assert page.congress is not None
    motions.check_writing_ahead(page.congress)
    return page.render("secretariat/motion_nouvelle.html", form=Form())


async def create_motion(request: Request) -> Response:
    """Make a motion from a template or from a file."""
    page, actor = await admit(request, Act.CREATE_MOTION)
    form, filename, content = await read_upload(request, "file")
    title = form.value("title").strip()
    try:
        if not title:
            raise Invalid("title", "empty")
        if filename:
            if not content.strip():
                raise Invalid("file", "empty-file", filename)
            # What no editor may type, no document may bring: the tags inside some flags, for one.
            source, text = "import", FORBIDDEN.sub("", await to_small_markdown_apart(filename, content))
        else:
            assert page.congress is not None
            source = form.value("template") or page.congress.template
            if source not in set(Template):
                raise Invalid("template", "unknown", source[:40])
            text = templates.first_text(TEMPLATE_KEYS[Template(source)], title)
        salts = [secrets.token_bytes(SALT_BYTES) for _piece in motions.pieces(text)]
        motion = await page.service.store.write(
            motions.create,
            actor,
            congress_id(page),
            title,
            source,
            text,
            client=secrets.randbelow(2**32 - 1) + 1,
            salts=salts,
            now=page.now,
        )
    except Invalid as error:
        form.refuse(page, error)
    except DocumentUnreadable as error:
        told = tell(error, page.language)
        form.faults["file"] = f"{told.why} {told.repair}"
    else:
        return page.redirect(f"{page.home}/motions/{motion.code}")
    return page.render("secretariat/motion_nouvelle.html", status=422, form=form)


async def motion_page(request: Request) -> tuple[Page, Any, Motion]:
    """The frame of a page about one motion."""
    return await enter(request, secretariat.motion, request.path_params["code"], act=Act.FREEZE)


async def show_freeze(request: Request) -> Response:
    """Ask before a text is closed."""
    page, _actor, motion = await motion_page(request)
    motions.check_undecided(motion)
    if motion.state != MotionState.DRAFTING:
        raise MotionNotOpen(motion.code, motion.state)
    return page.render("secretariat/geler.html", motion=motion)


async def freeze(request: Request) -> Response:
    """Close a text, what was being written first."""
    page, actor, motion = await motion_page(request)
    await page.service.rooms.run_act(number_of(motion), motions.freeze, actor, number_of(motion), now=page.now)
    return page.redirect(f"{page.home}/secretariat?fait=gel&motion={motion.code}")


async def show_unfreeze(request: Request) -> Response:
    """Ask why a frozen text opens again; an open one needs no reason, and a final one has none."""
    page, _actor, motion = await motion_page(request)
    if motion.state == MotionState.DRAFTING:
        return page.redirect(f"{page.home}/motions/{motion.code}")
    motions.check_frozen(motion)
    assert page.congress is not None
    motions.check_writing_ahead(page.congress)
    return page.render("secretariat/rouvrir.html", motion=motion, form=Form())


async def unfreeze(request: Request) -> Response:
    """Open a frozen text again."""
    page, actor, motion = await motion_page(request)
    form = await read_form(request)
    number = number_of(motion)
    try:
        await page.service.rooms.run_act(
            number,
            motions.unfreeze,
            actor,
            number,
            form.value("reason"),
            salt=secrets.token_bytes(SALT_BYTES),
            now=page.now,
        )
    except Invalid as error:
        return page.render("secretariat/rouvrir.html", status=422, motion=motion, form=form.refuse(page, error))
    return page.redirect(f"{page.home}/secretariat?fait=reouverture&motion={motion.code}")


async def show_withdraw(request: Request) -> Response:
    """Ask why a motion is given up."""
    page, _actor, motion = await motion_page(request)
    motions.check_undecided(motion)
    assert page.congress is not None
    motions.check_deciding(page.congress)
    return page.render("secretariat/retirer.html", motion=motion, form=Form())


async def withdraw(request: Request) -> Response:
    """Give a motion up, what was being written first."""
    page, actor, motion = await motion_page(request)
    form = await read_form(request)
    number = number_of(motion)
    try:
        await page.service.rooms.run_act(
            number,
            motions.withdraw,
            actor,
            number,
            form.value("reason"),
            salt=secrets.token_bytes(SALT_BYTES),
            now=page.now,
        )
    except Invalid as error:
        return page.render("secretariat/retirer.html", status=422, motion=motion, form=form.refuse(page, error))
    return page.redirect(f"{page.home}/secretariat?fait=retrait&motion={motion.code}")


async def show_result(request: Request) -> Response:
    """The form of a show of hands."""
    page, _actor, motion = await motion_page(request)
    if motion.state == MotionState.DRAFTING:
        return page.redirect(f"{page.home}/secretariat/motions/{motion.code}/geler")
    motions.check_frozen(motion)
    assert page.congress is not None
    motions.check_deciding(page.congress)
    return page.render("secretariat/adopter.html", motion=motion, form=Form())


async def enter_result(request: Request) -> Response:
    """Show the result and what it decides, with the text and its digest; then, confirmed, make it final."""
    page, actor, motion = await motion_page(request)
    form = await read_form(request)
    assert page.congress is not None
    try:
        motions.check_frozen(motion)
        motions.check_deciding(page.congress)
        if form.value("step") == "correct":
            return page.render("secretariat/adopter.html", motion=motion, form=form)
        counts = {name: form.integer(name, most=motions.MAX_VOTERS) for name in COUNTS}
        result = ShowOfHands(**counts, presided_by=form.value("presided_by"))
        motions.check_result(result, await page.service.store.read(motions.accredited, congress_id(page)))
        if form.value("step") != "confirm":
            read_text = read_motion(motion)
            return page.render(
                "secretariat/adopter_confirmer.html",
                motion=motion,
                form=form,
                result=result,
                adopts=result.outcome is MotionState.ADOPTED,
                digest=grouped_digest(motion.digest or ""),
                title=title_html(read_text, with_authors=False),
                sections=sections_of(page, read_text, {}, with_authors=False),
            )
        number = number_of(motion)
        await page.service.rooms.run_act(
            number, motions.enter_result, actor, number, result, expected_digest=form.value("digest"), now=page.now
        )
    except Invalid as error:
        return page.render("secretariat/adopter.html", status=422, motion=motion, form=form.refuse(page, error))
    except MoreVotesThanOfficials as error:
        told = tell(error, page.language)
        form.faults["votes_for"] = f"{told.why} {told.repair}"
        return page.render("secretariat/adopter.html", status=422, motion=motion, form=form)
    return page.redirect(f"{page.home}/motions/{motion.code}")


def number_of(motion: Motion) -> int:
    """A motion's id; rows that were read have one."""
    assert motion.id is not None
    return motion.id


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
    """End one official's session, and close its sockets."""
    page, actor = await admit(request)
    form = await read_form(request)
    await end_sessions(page, sessions.revoke, actor, form.integer("session"))
    return page.redirect(f"{page.home}/secretariat/connexions?fait=fermeture")


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
    Route(HERE + "/motions/nouvelle", new_motion, name="motion-new"),
    Route(
        HERE + "/motions/nouvelle",
        create_motion,
        methods=["POST"],
        name="motion-create",
        max_body_size=MAX_DOCUMENT_UPLOAD_BYTES,
    ),
    Route(HERE + "/motions/{code}/geler", show_freeze, name="freeze-ask"),
    Route(HERE + "/motions/{code}/geler", freeze, methods=["POST"], name="freeze"),
    Route(HERE + "/motions/{code}/rouvrir", show_unfreeze, name="unfreeze-ask"),
    Route(HERE + "/motions/{code}/rouvrir", unfreeze, methods=["POST"], name="unfreeze"),
    Route(HERE + "/motions/{code}/retirer", show_withdraw, name="withdraw-ask"),
    Route(HERE + "/motions/{code}/retirer", withdraw, methods=["POST"], name="withdraw"),
    Route(HERE + "/motions/{code}/adopter", show_result, name="adopt-ask"),
    Route(HERE + "/motions/{code}/adopter", enter_result, methods=["POST"], name="adopt"),
    Route(HERE + "/textes-tardifs", show_late, name="late-texts"),
    Route(HERE + "/courriels", show_mails, name="mails"),
    Route(HERE + "/connexions", show_sessions, name="officials-sessions"),
    Route(HERE + "/connexions", end_session, methods=["POST"], name="officials-sessions-end"),
    Route(HERE + "/equipe", show_team, name="team"),
    Route(HERE + "/equipe", add_to_team, methods=["POST"], name="team-add"),
    Route(HERE + "/equipe/retirer", remove_from_team, methods=["POST"], name="team-remove"),
]
