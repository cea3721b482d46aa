"""What was said, counted: by channel, theme, day, officials and others; pictures with their numbers beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
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

DAYS = 60  # that a picture and its table tell one by one; a longer collection is told by weeks
WEEKS = 120  # that they tell one by one; how many came before is one line of the table
COLUMN = 10  # units of the picture


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
class TimeView(View):
    """How the collection went, day after day: a picture and its table."""

    title: str = shown("What it counts.")
    of: str = shown("The name of the table's first column.")
    said: str = shown("The days with the most and how many then, in words.")
    columns: tuple[tuple[int, int], ...] = shown("Of each bar: where it stands, its height in percent of the highest.")
    width: int = shown("Of the picture.")
    first: str = shown("The first day or week, in words.")
    last: str = shown("The last one.")
    lines: tuple[tuple[str, str], ...] = shown("Of the table: the day or week, and how many contributions.")


@dataclass(frozen=True, slots=True)
class FiguresView(View):
    """The figures of the collection."""

    said: str = shown("How many contributions were received.")
    days: TimeView | None = shown("How many came, day after day; none before the first.")
    tables: tuple[TableView, ...] = shown("The tables that have something to say.")


def read_figures(db: Session, congress: Congress) -> tuple[Figures, int]:
    """Read the figures, and the last entry about contributions."""
    assert congress.id is not None
    return voices_counted.figures(db, congress.id), voices.last_entry(db, congress.id)


def figures_view(page: Page, found: Figures) -> FiguresView:
    """Put the figures in tables."""
    here = f"{page.home}/contributions"
    total = page.language.ngettext("%(num)s contribution reçue", "%(num)s contributions reçues", found.received)
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
    )
    return FiguresView(
        total % {"num": page.times.number(found.received)},
        time_view(page, found.by_day(page.times.local)),
        tuple(table for table in tables if table.bars),
    )


def weeks_of(days: dict[date, int]) -> dict[date, int]:
    """The same counted by week, each named by its Monday."""
    weeks: dict[date, int] = {}
    for day, count in days.items():
        monday = day - timedelta(days=day.weekday())
        weeks[monday] = weeks.get(monday, 0) + count
    return weeks


def time_view(page: Page, days: dict[date, int]) -> TimeView | None:
    """Draw the days from the first contribution to the last, those without any too; weeks when there are many."""
    if not days:
        return None
    first, last = min(days), max(days)
    is_weekly = (last - first).days >= DAYS
    counts = {first + timedelta(days=number): 0 for number in range((last - first).days + 1)} | days
    if is_weekly:
        counts = dict(list(weeks_of(counts).items())[-WEEKS:])
    began, before = next(iter(counts)), sum(days.values()) - sum(counts.values())
    most = max(counts.values())

    def named(day: date) -> str:
        return page._(_("Semaine du %(day)s"), day=page.times.day(day)) if is_weekly else page.times.day(day)

    highest = page.language.ngettext("%(num)s contribution", "%(num)s contributions", most)
    said = page._(
        _("Chaque barre est une semaine\u202f; la plus haute vaut %(count)s.")
        if is_weekly
        else _("Chaque barre est un jour\u202f; la plus haute vaut %(count)s."),
        count=highest % {"num": page.times.number(most)},
    )
    lines = [(named(day), page.times.number(count)) for day, count in counts.items() if count]
    if before:
        lines.insert(0, (page._(_("Avant le %(day)s"), day=page.times.day(began)), page.times.number(before)))
    return TimeView(
        page._(_("Semaine après semaine")) if is_weekly else page._(_("Jour après jour")),
        page._(_("Semaine")) if is_weekly else page._(_("Jour")),
        said,
        tuple(
            (COLUMN * number, max(2, round(100 * count / most)))
            for number, count in enumerate(counts.values())
            if count
        ),
        COLUMN * len(counts),
        named(began),
        named(list(counts)[-1]),
        tuple(lines),
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
