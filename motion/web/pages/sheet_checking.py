"""A paper form that was typed is compared with its image by somebody else, before anything of it is published."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import contributions, sheets, transcribing
from motion.record.objects import SALT_BYTES
from motion.rules.contributions import STATES, ContributionState
from motion.rules.errors import ContributionSettled, Invalid
from motion.rules.masks import MAX_MASKS, Mask, typed_masks
from motion.rules.permissions import Act, Actor
from motion.web import scans
from motion.web.doors import congress_id, enter
from motion.web.forms import Form, read_form
from motion.web.page import Page
from motion.web.pages.sheet_typing import MOST_TYPED, author_of, kept, pictures
from motion.web.typed_places import SeveralPlaces
from storage import sheets as rows
from storage.models import ContributionFile, FileRendition
from storage.store import Session
from storage.transcribed import Typed

_ = NullTranslations().gettext  # marks the sentences for the catalogues

Compared = tuple[Typed, list[tuple[ContributionFile, FileRendition | None]]]
OPEN = frozenset({ContributionState.AWAITED, ContributionState.RECEIVED, ContributionState.REFUSED})


async def show(request: Request) -> Response:
    """The image that will be published and what was typed, side by side."""
    page, actor, found = await enter(request, rows.compared, request.path_params["number"], act=Act.COLLECT)
    return check_page(page, actor, found, Form(values_of(found[0])))


def values_of(typed: Typed) -> dict[str, str]:
    """The fields as they were typed."""
    words = typed.words
    return {
        "name": words.author,
        "is_official": "1" if words.is_official else "",
        "mandate": words.mandate,
        "place": words.commune,
        "place_code": words.commune_code,
        "text": words.text,
    }


def check_page(page: Page, actor: Actor, found: Compared, form: Form, communes: Sequence[object] = ()) -> Response:
    """Render it."""
    typed, files = found
    contribution = typed.contribution
    state = ContributionState(contribution.state)
    number = contribution.sheet or 0
    return page.render(
        "secretariat/fiches_relire.html",
        status=422 if form.faults else 200,
        number=number,
        code=f"C{contribution.number}",
        row=typed,
        state=page._(STATES[state]),
        is_mine=contribution.typed_by == actor.secretary_id,
        is_checked=contribution.checked_by is not None,
        may_check=state is ContributionState.AWAITED,
        may_change=state in OPEN and contribution.published_version == 0,
        form=form,
        pictures=pictures(page, number, len(files), (), published=True),
        originals=pictures(page, number, len(files), ()),
        masks=range(1, MAX_MASKS + 1),
        communes=communes,
        done=page.request.query_params.get("fait", ""),
        before=before if (before := page.request.query_params.get("avant", "")).isdecimal() else "",
    )


async def change(request: Request) -> Response:
    """It is right; or it is corrected; or more of the image is hidden."""
    number = request.path_params["number"]
    page, actor, found = await enter(request, rows.compared, number, act=Act.COLLECT)
    form = await read_form(request, most=MOST_TYPED)
    contribution, write = found[0].contribution, page.service.store.write
    communes: Sequence[object] = ()
    try:
        match form.value("deed"):
            case "confirm":
                version = form.value("version")
                await write(confirm, actor, congress_id(page), contribution.number, version, page.now)
                return await next_to_check(request, number)
            case "hide":
                masks = typed_masks(form.values, len(found[1]))
                if not masks:
                    raise Invalid("mask-1-left", "empty")
                await hide(page, actor, number, found, masks)
                return page.redirect(f"{page.path}?fait=image")
            case _:
                await write(
                    transcribing.correct,
                    actor,
                    congress_id(page),
                    contribution.number,
                    author_of(form).says(form.value("text")),
                    official_id=None,
                    salt=secrets.token_bytes(SALT_BYTES),
                    now=page.now,
                )
                return page.redirect(f"{page.path}?fait=correction")
    except SeveralPlaces as several:
        communes = several.found
        form.refuse(page, Invalid("place", "namesakes"))
    except Invalid as error:
        form.refuse(page, error)
    return check_page(page, actor, found, form, communes)


async def next_to_check(request: Request, number: int) -> Response:
    """Lead on to the next form that this person can compare, or back to all of them when that was the last."""
    page, actor, waiting = await enter(request, rows.overview, act=Act.COLLECT)
    sheets_left = [one.contribution.sheet for one in waiting.waiting if one.contribution.typed_by != actor.secretary_id]
    here = f"{page.home}/secretariat/fiches"
    if not sheets_left:
        return page.redirect(f"{here}?fait=relue")
    return page.redirect(f"{here}/{sheets_left[0]}/relire?fait=relue&avant={number}")


def confirm(db: Session, actor: Actor, congress: int, number: int, version: str, now: datetime) -> None:
    """Note that the copy agrees with the form, if it is still the copy that was read.

    Raises:
        ContributionSettled: It was corrected meanwhile.
    """
    contribution = contributions.get(db, congress, number)
    if str(contribution.version) != version:
        raise ContributionSettled(f"C{number}", contribution.state)
    contributions.check(db, actor, contribution, now=now)


async def hide(page: Page, actor: Actor, number: int, found: Compared, masks: Sequence[Mask]) -> None:
    """Paint over more of the pictures that will be published."""
    for file, made in found[1]:
        own = [mask for mask in masks if mask.picture == file.number]
        if own and made is not None and made.blob is not None:
            before = b"".join([piece async for piece in page.service.blobs.read(made.blob)])
            picture = await kept(page, await asyncio.to_thread(scans.hidden, before, own))
            await page.service.store.write(
                sheets.hide, actor, congress_id(page), number, file.number, picture, now=page.now
            )


HERE = "/{congress}/secretariat/fiches/{number:int}/relire"
ROUTES = [
    Route(HERE, show, name="sheet-check"),
    Route(HERE, change, methods=["POST"], name="sheet-checked"),
]
