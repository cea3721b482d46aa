"""The page that a mail leads to: an author confirms where news of their contribution go, and may stop them there."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.acts import news, private_addresses
from motion.web.doors import congress_id
from motion.web.forms import read_form
from motion.web.page import Page, read
from storage import followed
from storage.models import Congress, Contribution
from storage.store import Session


async def find(request: Request) -> tuple[Page, Contribution]:
    """Read the contribution whose address the mail asks to confirm.

    Raises:
        HTTPException: There is none, or its news are stopped.
    """
    key = private_addresses.hash_of_typed(request.path_params["secret"])

    def query(db: Session, congress: Congress) -> Contribution | None:
        assert congress.id is not None
        return followed.of_email_secret(db, congress.id, key) if key is not None else None

    page, found = await read(request, query)
    if found is None:
        raise HTTPException(404)
    return page, found


def news_page(page: Page, found: Contribution, done: str = "") -> Response:
    """Render the page: `done` is `confirmed` or `stopped`."""
    is_confirmed = found.email_confirmed_at is not None
    return page.render(
        "nouvelles.html", number=found.number, email=found.email or "", is_confirmed=is_confirmed, done=done
    )


async def show(request: Request) -> Response:
    """Ask once more: mail scanners open links, and press no button."""
    page, found = await find(request)
    return news_page(page, found)


async def decide(request: Request) -> Response:
    """Note that the address is good, or forget it."""
    page, _found = await find(request)
    key = private_addresses.hash_of_typed(request.path_params["secret"])
    is_stopped = (await read_form(request)).value("step") == "stop"

    def run(db: Session) -> Contribution:
        contribution = followed.of_email_secret(db, congress_id(page), key) if key is not None else None
        if contribution is None:
            raise HTTPException(404)
        if is_stopped:
            news.stop(db, contribution)
        else:
            news.confirm_address(db, contribution, now=page.now)
        return contribution

    found = await page.service.store.write(run)
    return news_page(page, found, "stopped" if is_stopped else "confirmed")


ROUTES = [
    Route("/{congress}/nouvelles/{secret}", show, name="news-address"),
    Route("/{congress}/nouvelles/{secret}", decide, methods=["POST"], name="news-address-confirm"),
]
