"""Where what was said comes from: a map of the departments heard, and the same as a table; no ranking."""

from dataclasses import dataclass
from math import sqrt

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.rules import communes, outlines
from motion.web.page import Page, read
from motion.web.views import View, shown
from motion.web.voices import place_url
from storage import voices, voices_counted
from storage.models import Congress
from storage.store import Session

MAX_RADIUS = 16
MIN_RADIUS = 4
HOLLOW = 3
UNINHABITED = {"984", "989"}  # nobody lives there to be heard
COMMUNES = 150  # that a page lists; each is two elements


@dataclass(frozen=True, slots=True)
class SpotView(View):
    """A department on the map."""

    name: str = shown("Its name.")
    path: str = shown("Its outline.")
    x: int = shown("Where its circle is.")
    y: int = shown("Where its circle is.")
    radius: float = shown("Of the circle: its area follows the number of contributions.")
    count: str = shown("How many, in words; empty when it is not heard yet.")


@dataclass(frozen=True, slots=True)
class PlaceView(View):
    """A department, or places without an official code, in the table."""

    name: str = shown("Its name; empty for places without a department.")
    url: str = shown("The address of its contributions.")
    count: int = shown("How many contributions.")
    communes: tuple[tuple[str, str, int], ...] = shown("Name, address and number of each commune heard.")


@dataclass(frozen=True, slots=True)
class ApartView(View):
    """A department or a collectivity that is beside the map."""

    name: str = shown("Its name.")
    url: str = shown("The address of its contributions; empty when it is not heard yet.")
    count: int = shown("How many contributions.")


@dataclass(frozen=True, slots=True)
class MapView(View):
    """The map and its table."""

    spots: tuple[SpotView, ...] = shown("The departments of the map; none when no place of a contribution is there.")
    apart: tuple[ApartView, ...] = shown("Overseas, beside the map, by code; none without a map.")
    width: int = shown("Of the picture.")
    height: int = shown("Of the picture.")
    places: tuple[PlaceView, ...] = shown("Those heard, in the order of their names.")
    more: int = shown("How many communes are not listed.")
    silent: tuple[str, ...] = shown("Departments and collectivities not heard yet, by name, when there is a map.")
    said: str = shown("How many communes and departments were heard.")


Places = list[tuple[str, str, int]]


def read_places(db: Session, congress: Congress) -> tuple[Places, int]:
    """Read the places heard, and the last entry about contributions."""
    assert congress.id is not None
    return voices_counted.places(db, congress.id), voices.last_entry(db, congress.id)


def map_view(page: Page, places: Places) -> MapView:
    """Draw the map and fill its table."""
    named = communes.departments()
    heard: dict[str, int] = {}
    of: dict[str, list[tuple[str, str, int]]] = {}
    for code, commune, count in places:
        heard[code] = heard.get(code, 0) + count
        of.setdefault(code, []).append((commune, place_url(page, code, commune), count))
    is_drawn = any(code in named for code in heard) or not heard
    most = max(heard.values(), default=1)
    room, rows = COMMUNES, []
    for code in sorted(of, key=lambda each: (not each, named.get(each, each))):
        listed = tuple(of[code][:room])
        room -= len(listed)
        url = place_url(page, code) if code else ""
        rows.append(PlaceView(named.get(code, code), url, heard[code], listed))
    official = sum(code in named for code in heard)
    said = page.language.ngettext("%(num)s commune entendue", "%(num)s communes entendues", len(places))
    said %= {"num": page.times.number(len(places))}
    if official:
        where = page.language.ngettext("dans %(num)s département", "dans %(num)s départements", official)
        said += " " + where % {"num": page.times.number(official)}
    return MapView(
        tuple(_spot(page, one, heard.get(one.code, 0), most) for one in outlines.outlines()) if is_drawn else (),
        _apart(page, named, heard) if is_drawn else (),
        outlines.WIDTH,
        outlines.HEIGHT,
        tuple(rows),
        len(places) - COMMUNES if len(places) > COMMUNES else 0,
        tuple(name for code, name in named.items() if code not in heard and code not in UNINHABITED)
        if is_drawn
        else (),
        said,
    )


def _spot(page: Page, one: outlines.Outline, count: int, most: int) -> SpotView:
    radius = max(MIN_RADIUS, round(MAX_RADIUS * sqrt(count / most), 1)) if count else HOLLOW
    said = page.language.ngettext("%(num)s contribution", "%(num)s contributions", count)
    words = said % {"num": page.times.number(count)} if count else ""
    return SpotView(communes.departments().get(one.code, one.code), one.path, one.x, one.y, radius, words)


def _apart(page: Page, named: dict[str, str], heard: dict[str, int]) -> tuple[ApartView, ...]:
    drawn = {one.code for one in outlines.outlines()}
    here = f"{page.home}/contributions?departement="
    return tuple(
        ApartView(name, here + code if code in heard else "", heard.get(code, 0))
        for code, name in named.items()
        if code not in drawn and code not in UNINHABITED
    )


async def show(request: Request) -> Response:
    """The map of the places heard."""
    page, (places, last) = await read(request, read_places)
    page = page.only()
    return page.answer("voix/carte.html", page.etag(last, page.congress, page.openings), lambda: map_view(page, places))


ROUTES = [Route("/{congress}/contributions/carte", show, name="voices-map")]
