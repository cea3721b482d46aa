"""What was said, counted: by channel, theme, day, officials and others; pictures with their numbers beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.rules.contributions import CHANNELS, STATES
from motion.web.page import Page, read
from motion.web.views import View, shown
from storage import voices, voices_counted
from storage.models import Congress
from storage.store import Session
from storage.voices_counted import Figures

_ = NullTranslations().gettext  # marks the sentences for the catalogues

DAYS = 60  # that a table lists; before them, weeks of a collection are one line


@dataclass(frozen=True, slots=True)
class BarView(View):
    """A line of a table, with its bar."""

    name: str = shown("What is counted.")
    url: str = shown("The address of these contributions; or empty.")
    count: str = shown("How many, in words.")
    width: float = shown("Of the bar, in percent of the longest.")


@dataclass(frozen=True, slots=True)
class TableView(View):
    """One table of figures."""

    title: str = shown("What it counts.")
    of: str = shown("The name of its first column.")
    bars: tuple[BarView, ...] = shown("Its lines, in the order of the lists, which is no ranking.")


@dataclass(frozen=True, slots=True)
class FiguresView(View):
    """The figures of the collection."""

    said: str = shown("How many contributions were received.")
    tables: tuple[TableView, ...] = shown("The tables that have something to say.")


def read_figures(db: Session, congress: Congress) -> tuple[Figures, int]:
    """Read the figures, and the last entry about contributions."""
    assert congress.id is not None
    return voices_counted.figures(db, congress.id), voices.last_entry(db, congress.id)


def figures_view(page: Page, found: Figures) -> FiguresView:
    """Put the figures in tables."""
    here = f"{page.home}/contributions"
    days: dict[str, int] = {}
    for at in found.moments:
        day = page.times.day(at)
        days[day] = days.get(day, 0) + 1
    listed = list(days.items())
    if len(listed) > DAYS:
        before = sum(count for _day, count in listed[:-DAYS])
        listed = [(page._(_("Avant le %(day)s"), day=listed[-DAYS][0]), before), *listed[-DAYS:]]
    total = page.language.ngettext("%(num)s contribution reçue", "%(num)s contributions reçues", len(found.moments))
    channels = [
        (page._(words), f"{here}?canal={channel}", found.channels.get(channel, 0))
        for channel, words in CHANNELS.items()
    ]
    states = [
        (page._(words), f"{here}?etat={state}", found.states.get(state, 0))
        for state, words in STATES.items()
        if found.states.get(state)
    ]
    tables = (
        _table(page, page._(_("Par quel moyen")), page._(_("Moyen")), channels),
        _table(page, page._(_("Ce qu’elles sont devenues")), page._(_("État")), states),
        _table(
            page,
            page._(_("Qui parle")),
            page._(_("Personnes")),
            [
                (page._(_("Élu·e·s")), f"{here}?elu=oui", found.officials),
                (page._(_("Autres personnes")), f"{here}?elu=non", found.others),
            ],
        ),
        _table(
            page,
            page._(_("Par thème")),
            page._(_("Thème")),
            [(theme.name, f"{here}?theme=T{theme.number}", count) for theme, count in found.themes],
        ),
        _table(page, page._(_("Jour après jour")), page._(_("Jour")), [(day, "", count) for day, count in listed]),
    )
    return FiguresView(
        total % {"num": page.times.number(len(found.moments))}, tuple(table for table in tables if table.bars)
    )


def _table(page: Page, title: str, of: str, lines: Iterable[tuple[str, str, int]]) -> TableView:
    kept = list(lines)
    most = max((count for _name, _url, count in kept), default=0)
    if not most:
        return TableView(title, of, ())
    return TableView(
        title,
        of,
        tuple(BarView(name, url, page.times.number(count), round(100 * count / most, 1)) for name, url, count in kept),
    )


async def show(request: Request) -> Response:
    """The figures."""
    page, (found, last) = await read(request, read_figures)
    page = page.only()
    etag = page.etag(last, page.congress, page.openings)
    return page.answer("voix/chiffres.html", etag, lambda: figures_view(page, found))


ROUTES = [Route("/{congress}/contributions/chiffres", show, name="voices-figures")]
