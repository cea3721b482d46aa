"""Private addresses for what was collected elsewhere: one sheet of cards for a whole import."""

import asyncio
import re
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import contributions, private_addresses
from motion.acts.collecting import IMPORT
from motion.exports.cards import AddressCard, address_cards_pdf
from motion.rules.errors import NotFound
from motion.rules.permissions import Act, Actor
from motion.web.doors import congress_id, enter
from motion.web.forms import read_form
from motion.web.page import NEVER, Page
from storage import contributions as rows
from storage import secretariat
from storage.models import Congress, Contribution
from storage.store import Session

MOST_CARDS = 400  # of one sheet: fifty pages, and as many entries while nobody else can write
Imported = list[tuple[Contribution, str]]


async def imported(request: Request) -> tuple[Page, Actor, Imported, set[str]]:
    """What the import of the address has brought, and the codes of those that have an address.

    Raises:
        NotFound: It is no import, or is not done.
    """

    def query(db: Session, congress: Congress, number: int) -> tuple[Imported, set[str]]:
        assert congress.id is not None
        job = secretariat.job(db, congress, number)
        if job.kind != IMPORT or job.state != "done":
            raise NotFound("job", str(number))
        return rows.imported_at(db, congress.id, job.created_at), rows.codes_given_address(db, congress.id)

    page, actor, (found, given) = await enter(request, query, request.path_params["job"], act=Act.COLLECT)
    return page, actor, found, given


async def show(request: Request) -> Response:
    """What a sheet is, and who would get a card."""
    page, _actor, found, given = await imported(request)
    return cards_page(page, found, given)


def cards_page(page: Page, found: Imported, given: set[str], *, is_done: bool = False) -> Response:
    """Render the page; a long import is printed in parts, each named by its first and last contribution."""
    codes = [rows.code(one) for one, _author in found]
    parts = [codes[at : at + MOST_CARDS] for at in range(0, len(codes), MOST_CARDS)]
    return page.render(
        "secretariat/contributions_import_adresses.html",
        count=len(codes),
        without=sum(code not in given for code in codes),
        parts=[(part[0], part[-1]) for part in parts],
        back=page.path.removesuffix("/adresses"),
        is_done=is_done,
    )


async def give(request: Request) -> Response:
    """Give the addresses, and answer with the sheet: it can't be had again.

    It is made before anything is kept: an address that leads nowhere yet does no harm, and one that nobody was shown
    would have ended the one before.
    """
    page, actor, found, given = await imported(request)
    form = await read_form(request)
    start = MOST_CARDS * (max(1, form.integer("part")) - 1) if form.value("part") else 0
    is_for_all = form.value("who") == "all"
    wanted = [one for one in found[start : start + MOST_CARDS] if is_for_all or rows.code(one[0]) not in given]
    if not wanted:
        return cards_page(page, found, given, is_done=True)
    assert page.congress is not None
    addresses = [private_addresses.draw() for _one in wanted]
    base_url, slug = page.service.settings.base_url, page.congress.slug
    cards = [
        AddressCard(rows.code(one), name, address.url(base_url, slug), " ".join(re.findall("....", address.secret)))
        for (one, name), address in zip(wanted, addresses, strict=True)
    ]
    pdf = await asyncio.to_thread(
        address_cards_pdf,
        cards,
        congress=page.congress.title,
        follow_address=f"{page.service.settings.host}{page.home}/suivi/",
        language=page.language,
        now=page.now,
    )
    hashes = [(one.number, address.hash) for (one, _name), address in zip(wanted, addresses, strict=True)]
    await page.service.store.write(keep, actor, congress_id(page), hashes, page.now)
    filename = f"adresses-{slug}-{page.times.local(page.now):%Y-%m-%d-%Hh%M}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": NEVER}
    return Response(pdf, media_type="application/pdf", headers=headers)


def keep(db: Session, actor: Actor, congress: int, hashes: list[tuple[int, bytes]], now: datetime) -> None:
    """Give all of them, or none."""
    for number, token_hash in hashes:
        private_addresses.give(db, actor, contributions.get(db, congress, number), token_hash, now=now)


HERE = "/{congress}/secretariat/contributions/import/{job:int}/adresses"
ROUTES = [
    Route(HERE, show, name="collected-cards"),
    Route(HERE, give, methods=["POST"], name="collected-cards-give"),
]
