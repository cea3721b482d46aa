"""The page that a mail leads to: an author confirms where news of their contribution go."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import news, private_addresses
from motion.web.doors import congress_id
from motion.web.page import Page, read
from storage import followed
from storage.models import Congress, Contribution
from storage.store import Session


async def find(request: Request) -> tuple[Page, Contribution]:
    """Read the contribution whose address the mail asks to confirm.

    Raises:
        HTTPException: There is none, or it is confirmed already.
    """
    key = private_addresses.hash_of_typed(request.path_params["secret"])

    def query(db: Session, congress: Congress) -> Contribution | None:
        assert congress.id is not None
        return followed.of_email_secret(db, congress.id, key) if key is not None else None

    page, found = await read(request, query)
    if found is None:
        raise HTTPException(404)
    return page, found


async def show(request: Request) -> Response:
    """Ask once more: mail scanners open links, and press no button."""
    page, found = await find(request)
    return page.render("nouvelles.html", number=found.number, email=found.email, is_done=False)


async def confirm(request: Request) -> Response:
    """Note that the address is good."""
    page, found = await find(request)
    key = private_addresses.hash_of_typed(request.path_params["secret"])

    def run(db: Session) -> None:
        contribution = followed.of_email_secret(db, congress_id(page), key) if key is not None else None
        if contribution is None:
            raise HTTPException(404)
        news.confirm_address(db, contribution, now=page.now)

    await page.service.store.write(run)
    return page.render("nouvelles.html", number=found.number, email=found.email, is_done=True)


ROUTES = [
    Route("/{congress}/nouvelles/{secret}", show, name="news-address"),
    Route("/{congress}/nouvelles/{secret}", confirm, methods=["POST"], name="news-address-confirm"),
]
