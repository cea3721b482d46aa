"""The secretariat's motions: made, frozen, reopened, voted on, withdrawn; before each deed a page that says of it."""

import secrets
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import motions
from motion.acts.motions import ShowOfHands
from motion.exports.conversions import to_small_markdown_apart
from motion.live.updates import FORBIDDEN
from motion.rules import templates
from motion.rules.brackets import Unfilled, unfilled
from motion.rules.errors import DocumentUnreadable, Invalid, MoreVotesThanOfficials, MotionNotOpen
from motion.rules.permissions import Act
from motion.rules.text import parse
from motion.rules.vocabulary import MotionState, Template
from motion.web.doors import admit, congress_id, enter
from motion.web.errors import tell
from motion.web.forms import Form, read_form, read_upload
from motion.web.page import Page
from motion.web.reading import grouped_digest, read_motion, sections_of, title_html
from storage import secretariat
from storage.models import Motion

SALT_BYTES = 32
MAX_DOCUMENT_UPLOAD_BYTES = 12 * 1024 * 1024
COUNTS = ("votes_for", "votes_against", "abstentions", "not_voting")
# The keys of `rules.templates`, by the word that the congress chose.
TEMPLATE_KEYS = {Template.DELIBERATIVE: "deliberative", Template.DEMANDS: "axes", Template.BLANK: "blank"}


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
    return page.render("secretariat/geler.html", motion=motion, unfilled=unfilled_of(motion))


async def freeze(request: Request) -> Response:
    """Close a text, what was being written first; with words between brackets only for whoever was shown them."""
    page, actor, motion = await motion_page(request)
    unseen = () if (await read_form(request)).value("brackets") == "seen" else unfilled_of(motion)
    if unseen and motion.state == MotionState.DRAFTING:
        return page.render("secretariat/geler.html", motion=motion, unfilled=unseen)
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
    return await with_reason(request, motions.unfreeze, "secretariat/rouvrir.html", "reouverture")


async def show_withdraw(request: Request) -> Response:
    """Ask why a motion is given up."""
    page, _actor, motion = await motion_page(request)
    motions.check_undecided(motion)
    assert page.congress is not None
    motions.check_deciding(page.congress)
    return page.render("secretariat/retirer.html", motion=motion, form=Form())


async def withdraw(request: Request) -> Response:
    """Give a motion up, what was being written first."""
    return await with_reason(request, motions.withdraw, "secretariat/retirer.html", "retrait")


async def with_reason(request: Request, act: Callable[..., Any], template: str, done: str) -> Response:
    """Do to a motion what asks for a public reason; a reason that is refused stays in the form."""
    page, actor, motion = await motion_page(request)
    form = await read_form(request)
    number = number_of(motion)
    salt = secrets.token_bytes(SALT_BYTES)
    try:
        await page.service.rooms.run_act(number, act, actor, number, form.value("reason"), salt=salt, now=page.now)
    except Invalid as error:
        return page.render(template, status=422, motion=motion, form=form.refuse(page, error))
    return page.redirect(f"{page.home}/secretariat?fait={done}&motion={motion.code}")


async def show_result(request: Request) -> Response:
    """The form of a show of hands."""
    page, _actor, motion = await motion_page(request)
    if motion.state == MotionState.DRAFTING:
        return page.redirect(f"{page.home}/secretariat/motions/{motion.code}/geler")
    motions.check_frozen(motion)
    assert page.congress is not None
    motions.check_deciding(page.congress)
    return page.render("secretariat/adopter.html", motion=motion, form=Form(), unfilled=unfilled_of(motion))


async def enter_result(request: Request) -> Response:
    """Show the result and what it decides, with the text and its digest; then, confirmed, make it final."""
    page, actor, motion = await motion_page(request)
    form = await read_form(request)
    assert page.congress is not None
    try:
        motions.check_frozen(motion)
        motions.check_deciding(page.congress)
        if form.value("step") == "correct":
            return page.render("secretariat/adopter.html", motion=motion, form=form, unfilled=unfilled_of(motion))
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
                unfilled=unfilled(read_text.text),
            )
        number = number_of(motion)
        await page.service.rooms.run_act(
            number, motions.enter_result, actor, number, result, expected_digest=form.value("digest"), now=page.now
        )
    except Invalid as error:
        form.refuse(page, error)
    except MoreVotesThanOfficials as error:
        told = tell(error, page.language)
        form.faults["votes_for"] = f"{told.why} {told.repair}"
    else:
        return page.redirect(f"{page.home}/motions/{motion.code}")
    return page.render("secretariat/adopter.html", status=422, motion=motion, form=form, unfilled=unfilled_of(motion))


def unfilled_of(motion: Motion) -> tuple[Unfilled, ...]:
    """What its text still has between brackets."""
    return unfilled(parse(motion.text))


def number_of(motion: Motion) -> int:
    """A motion's id; rows that were read have one."""
    assert motion.id is not None
    return motion.id


HERE = "/{congress}/secretariat/motions"
ROUTES = [
    Route(HERE + "/nouvelle", new_motion, name="motion-new"),
    Route(
        HERE + "/nouvelle",
        create_motion,
        methods=["POST"],
        name="motion-create",
        max_body_size=MAX_DOCUMENT_UPLOAD_BYTES,
    ),
    Route(HERE + "/{code}/geler", show_freeze, name="freeze-ask"),
    Route(HERE + "/{code}/geler", freeze, methods=["POST"], name="freeze"),
    Route(HERE + "/{code}/rouvrir", show_unfreeze, name="unfreeze-ask"),
    Route(HERE + "/{code}/rouvrir", unfreeze, methods=["POST"], name="unfreeze"),
    Route(HERE + "/{code}/retirer", show_withdraw, name="withdraw-ask"),
    Route(HERE + "/{code}/retirer", withdraw, methods=["POST"], name="withdraw"),
    Route(HERE + "/{code}/adopter", show_result, name="adopt-ask"),
    Route(HERE + "/{code}/adopter", enter_result, methods=["POST"], name="adopt"),
]
