"""The list of congresses, and the home of one."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.web.page import Page, read
from motion.web.views import View, shown
from storage import pages
from storage.models import Congress
from storage.queries import congresses

alive = congresses


@dataclass(frozen=True, slots=True)
class CongressCard(View):
    """One congress in the list of all."""

    url: str = shown("The address of its home.")
    title: str = shown("Its title.")
    place: str = shown("Where it meets; may be empty.")
    dates: str = shown("Its days, in words.")
    phase: str = shown("The phase's code, for `said('phase', …)`.")


@dataclass(frozen=True, slots=True)
class CongressesView(View):
    """The page `/`."""

    congresses: tuple[CongressCard, ...] = shown("The congresses, the latest first.")


def card(page: Page, congress: Congress) -> CongressCard:
    """Say one congress in a line."""
    dates = page.times.dates(congress.starts_on, congress.ends_on)
    return CongressCard(f"/{congress.slug}", congress.title, congress.place, dates, congress.phase)


async def list_congresses(request: Request) -> Response:
    """Every congress of this installation."""
    page, rows = await read(request, congresses)
    return page.render("congresses.html", CongressesView(tuple(card(page, congress) for congress in rows)))


async def home(request: Request) -> Response:
    """The home of a congress."""
    page, _rows = await read(request, pages.nothing)
    return page.render("home.html", None)


ROUTES = [Route("/", list_congresses, name="congresses"), Route("/{congress}", home, name="home")]
