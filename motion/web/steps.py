"""The steps of a motion in words, and the drawings of its past: rows and numbers become views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from gettext import NullTranslations

from motion.rules.pictures import Damier, damier
from motion.rules.places import Place
from motion.rules.steps import SLOT_MS, Step, StepKind, Telling
from motion.web.page import Page
from motion.web.reading import person_of
from motion.web.views import View, shown
from storage.models import Official
from storage.replays import moment_of

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ACTS = {
    StepKind.FREEZE: _("Le texte est gelé"),
    StepKind.REOPENING: _("Le texte est rouvert"),
    StepKind.ADOPTION: _("La motion est adoptée"),
    StepKind.REJECTION: _("La motion est rejetée"),
    StepKind.WITHDRAWAL: _("La motion est retirée"),
    StepKind.PAUSE: _("Personne n’écrit"),
}
NUMBERED = {
    "Article": _("dans l’article\u00a0%(number)s"),
    "Axe": _("dans l’axe\u00a0%(number)s"),
    "Demande": _("dans la demande\u00a0%(number)s"),
}
WIDTHS = ((340, 30), (700, 10), (1100, 10))  # narrow, middle, wide: pixels, and minutes of a column
CLASSES = ("d-etroit", "d-moyen", "d-large")
ROWS_SHOWN = 14  # of a damier; a motion of forty articles shows those that were written most
LABEL_LETTERS = 26


@dataclass(frozen=True, slots=True)
class StepView(View):
    """One named step."""

    url: str = shown("The address of the text as this step left it.")
    changes: str = shown("The address of what it changed; empty for a pause or an act.")
    kind: str = shown("The step's kind, for its class.")
    at: str = shown("When it began, for `<time datetime>`.")
    when: str = shown("`14 h 32 – 14 h 41`.")
    said_when: str = shown("The same in words: `De 14 h 32 à 14 h 41`, or `À 14 h 32`.")
    hour: str = shown("When it ended: `14 h 41`.")
    day: str = shown("The day on which it ended, in words.")
    sentence: str = shown("What happened, in words, without the hour.")
    initials: str = shown("Of who wrote; empty for others.")
    entry: int = shown("The entry of the record after which the text stood so.")


@dataclass(frozen=True, slots=True)
class DrawingView(View):
    """One damier for one width of screen."""

    name: str = shown("Its class: `d-etroit`, `d-moyen`, `d-large`.")
    picture: Damier = shown("Its numbers.")
    hours: tuple[tuple[float, str], ...] = shown("Ticks: place and hour in words.")


@dataclass(frozen=True, slots=True)
class DamierView(View):
    """Who wrote when and where, on one day."""

    title: str = shown("What it shows, in words.")
    description: str = shown("What is to be seen in it, in words.")
    drawings: tuple[DrawingView, ...] = shown("The same for each width of screen.")
    hours: tuple[str, ...] = shown("The columns of its table.")
    rows: tuple[tuple[str, tuple[int, ...]], ...] = shown("The rows of its table: a part, and characters by hour.")
    days: tuple[tuple[str, str, bool], ...] = shown("Other days: address's value, in words, whether it is this one.")


def step_view(page: Page, url: str, step: Step, people: Mapping[int, Official]) -> StepView:
    """Say one step."""
    began, ended = moment_of(step.first_at), moment_of(step.last_at)
    first, last = page.times.hour(began), page.times.hour(ended)
    is_writing = step.kind in (StepKind.WRITING, StepKind.SERVICE)
    writer = person_of(page, people.get(step.official), step.official) if step.kind is StepKind.WRITING else None
    other = person_of(page, people.get(step.typed_for), step.typed_for) if step.typed_for else None
    return StepView(
        f"{url}/a/{step.last_entry}",
        f"{url}/entre/{max(0, step.first_entry - 1)}/{step.last_entry}" if is_writing else "",
        str(step.kind),
        page.times.iso(began),
        first if first == last else f"{first}\u00a0–\u00a0{last}",
        page._(_("À %(hour)s"), hour=last)
        if first == last
        else page._(_("De %(first)s à %(last)s"), first=first, last=last),
        last,
        page.times.day(ended),
        _sentence(page, step, writer.name if writer else "", other.name if other else ""),
        writer.initials if writer else "",
        step.last_entry,
    )


def _sentence(page: Page, step: Step, name: str, other: str) -> str:
    if step.kind in ACTS:
        return page._(ACTS[step.kind])
    if step.kind is StepKind.OPENING:
        if step.added:
            return page._(
                _("La motion est ouverte, avec un premier texte\u00a0: %(amount)s"), amount=amount(page, step)
            )
        return page._(_("La motion est ouverte"))
    if step.kind is StepKind.SERVICE:
        return page._(_("Un document est versé dans le texte\u00a0: %(amount)s"), amount=amount(page, step))
    values = {"name": name, "place": place(page, step), "amount": amount(page, step)}
    if other and step.added:
        return page._(_("%(name)s, pour %(other)s, écrit %(place)s, %(amount)s"), **values, other=other)
    if step.added:
        return page._(_("%(name)s écrit %(place)s, %(amount)s"), **values)
    return page._(_("%(name)s retire des mots %(place)s, %(amount)s"), **values)


def place(page: Page, step: Step) -> str:
    """`dans l’article 2`."""
    word, _space, number = step.label.partition(" ")
    if word in NUMBERED:
        return page._(NUMBERED[word], number=number)
    if step.title:
        return page._(_("dans «\u00a0%(title)s\u00a0»"), title=step.title)
    return page._(_("dans le texte"))


def amount(page: Page, step: Step) -> str:
    """`312 caractères`, `312 caractères et 40 retirés`."""
    added = page.language.ngettext("%(number)s caractère", "%(number)s caractères", step.added)
    if not step.removed:
        return added % {"number": page.times.number(step.added)}
    if not step.added:
        removed = page.language.ngettext("%(number)s caractère retiré", "%(number)s caractères retirés", step.removed)
        return removed % {"number": page.times.number(step.removed)}
    both = page.language.ngettext("%(added)s et %(removed)s retiré", "%(added)s et %(removed)s retirés", step.removed)
    values = {"added": added % {"number": page.times.number(step.added)}, "removed": page.times.number(step.removed)}
    return both % values


def days_of(page: Page, telling: Telling) -> list[date]:
    """The days on which somebody wrote, in order."""
    return sorted({page.times.local(moment_of(slot * SLOT_MS)).date() for slot, _part in telling.cells()})


def damier_view(page: Page, telling: Telling, asked: str, title: str) -> DamierView | None:
    """Draw one day: the one asked for, or the last; None when nobody has written."""
    days = days_of(page, telling)
    if not days:
        return None
    day = next((day for day in days if day.isoformat() == asked), days[-1])
    cells: dict[tuple[int, int], int] = {}
    for (slot, part), count in telling.cells().items():
        local = page.times.local(moment_of(slot * SLOT_MS))
        if local.date() == day:
            key = (local.hour * 6 + local.minute // 10, part)
            cells[key] = cells.get(key, 0) + count
    rows = _rows(page, telling.places, cells)
    first = min(slot for slot, _part in cells) // 6
    hours = max(slot for slot, _part in cells) // 6 + 1 - first
    drawings = []
    for (width, minutes), name in zip(WIDTHS, CLASSES, strict=True):
        short = [(part, _short(label)) for part, label in rows]
        drawn = damier(cells, short, first, hours, width, minutes)
        ticks = tuple((x, _hour(page, hour)) for x, hour in drawn.hours)
        drawings.append(DrawingView(name, drawn, ticks))
    table = []
    for part, label in rows:
        by_hour = [0] * hours
        for (slot, cell), count in cells.items():
            if cell == part:
                by_hour[slot // 6 - first] += count
        table.append((label, tuple(by_hour)))
    total = sum(cells.values())
    description = page._(
        _("%(day)s\u00a0: %(count)s caractères écrits. La partie la plus écrite\u00a0: %(part)s."),
        day=page.times.day(day),
        count=page.times.number(total),
        part=max(table, key=lambda row: sum(row[1]))[0],
    )
    return DamierView(
        title,
        description,
        tuple(drawings),
        tuple(_hour(page, first + hour) for hour in range(hours)),
        tuple(table),
        tuple((each.isoformat(), page.times.day(each), each == day) for each in days) if len(days) > 1 else (),
    )


def _rows(page: Page, places: Sequence[Place], cells: Mapping[tuple[int, int], int]) -> list[tuple[int, str]]:
    """Parts of the text in its order, and those that are gone, in which somebody wrote that day or that stand."""
    written: dict[int, int] = {}
    for (_slot, part), count in cells.items():
        written[part] = written.get(part, 0) + count
    named = {one.part: one.label or one.title or page._(_("Début du texte")) for one in places}
    rows = [(part, label) for part, label in named.items() if part or part in written]
    gone = [part for part in written if part not in named]
    if len(rows) > ROWS_SHOWN:
        kept = set(sorted((part for part, _label in rows), key=lambda part: -written.get(part, 0))[:ROWS_SHOWN])
        rows = [(part, label) for part, label in rows if part in kept]
    if gone:
        rows += [(part, page._(_("Partie supprimée depuis"))) for part in gone[:3]]
    return rows


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LETTERS else label[: LABEL_LETTERS - 1].rstrip() + "…"


def _hour(page: Page, hour: int) -> str:
    midnight = page.times.local(page.now).replace(hour=0, minute=0, second=0, microsecond=0)
    return page.times.hour(midnight.replace(tzinfo=None).replace(tzinfo=page.times.zone) + timedelta(hours=hour % 24))
