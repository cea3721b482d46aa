"""A card with the private address of somebody whose words others brought: printed or read out, once."""

import re
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import contributions, private_addresses
from motion.rules.contributions import Channel
from motion.rules.errors import ContributionSettled
from motion.rules.permissions import Act
from motion.web.doors import admit, congress_id, enter
from motion.web.page import Page
from motion.web.pages.register import qr_of
from storage import contributions as rows
from storage.models import Congress, Contribution
from storage.store import Session

HERE = "/{congress}/secretariat/contributions/C{number:int}/adresse"


def found(db: Session, congress: Congress, number: int) -> tuple[Contribution, datetime | None]:
    """Read a contribution that somebody typed for its author, and when an address was last given for it.

    Raises:
        NotFound, ContributionSettled: There is none, or its author has an address, or has taken it back.
    """
    assert congress.id is not None
    one = contributions.get(db, congress.id, number)
    if not private_addresses.may_be_given(one):
        raise ContributionSettled(rows.code(one), one.state)
    return one, rows.address_given(db, one)


async def show(request: Request) -> Response:
    """What the card is for, and what becomes of the one before."""
    page, _actor, (one, given) = await enter(request, found, request.path_params["number"], act=Act.COLLECT)
    return page.render("secretariat/adresse.html", code=rows.code(one), back=back_of(page, one), given=given, card=None)


async def give(request: Request) -> Response:
    """Give an address, and show it: nobody can show it again."""
    page, actor = await admit(request, Act.COLLECT)
    assert page.congress is not None
    address = private_addresses.draw()
    number = request.path_params["number"]

    def run(db: Session) -> tuple[Contribution, int]:
        one = contributions.get(db, congress_id(page), number)
        return one, private_addresses.give(db, actor, one, address.hash, now=page.now)

    one, entry = await page.service.store.write(run)
    url = address.url(page.service.settings.base_url, page.congress.slug)
    card = {
        "address": url,
        "qr": qr_of(url),
        "spoken": " ".join(re.findall("....", address.secret)),
        "entry": entry,
        "sheet": one.sheet,
    }
    return page.render("secretariat/adresse.html", code=rows.code(one), back=back_of(page, one), given=None, card=card)


def back_of(page: Page, one: Contribution) -> str:
    """Where the secretariat came from."""
    desk = f"{page.home}/secretariat"
    if one.channel == Channel.PAPER and one.sheet is not None:
        return f"{desk}/fiches/{one.sheet}/relire"
    if one.channel == Channel.IMPORT:
        return f"{desk}/contributions/{rows.code(one)}"
    return f"{desk}/parole/{rows.code(one)}"


ROUTES = [
    Route(HERE, show, name="address-card"),
    Route(HERE, give, methods=["POST"], name="address-card-give"),
]
