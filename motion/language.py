"""Languages: the catalogues, and how times and numbers are said.

The French sentence stands in the code and is the key of the catalogues of other languages, which are read
from `frontend/locale/*/LC_MESSAGES/motion.po` at start: there is nothing to compile. `python -m
motion.language` brings them up to date with the code and lists what is still to translate. Anyone may
import this module; only Babel lies below it.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from babel.numbers import format_decimal, format_percent

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "frontend" / "locale"
LANGUAGES = ("fr", "en")  # the first one is spoken when nothing else is asked
NAMES = {"fr": "Français", "en": "English"}

# Where sentences are looked for. `gettext_noop`-like: a bare `_` marks a sentence that is translated later;
# `say` is `gettext` under the name it has where a module says many.
SOURCES = (
    ("motion", [("**.py", "python")]),
    ("storage", [("**.py", "python")]),
    ("frontend/pages", [("**.html", "jinja2")]),
    ("frontend/components", [("**.html", "jinja2")]),
)
KEYWORDS = {"_": None, "gettext": None, "say": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `code` is `fr` or `en`; sentences are asked for by their French form."""

    code: str
    messages: dict[str, str | tuple[str, ...]]

    def gettext(self, message: str) -> str:
        """Return the sentence in this language, or as it is when the catalogue lacks it."""
        found = self.messages.get(message)
        return found if isinstance(found, str) and found else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form for `number`: French counts 0 as singular, English doesn't."""
        is_plural = abs(number) >= 2 if self.code == "fr" else number != 1
        found = self.messages.get(singular)
        forms = found if isinstance(found, tuple) and all(found) else (singular, plural)
        return forms[1] if is_plural else forms[0]

    def pgettext(self, context: str, message: str) -> str:
        """Return the sentence as it is said in this context."""
        found = self.messages.get(f"{context}\x04{message}")
        return found if isinstance(found, str) and found else message

    def npgettext(self, context: str, singular: str, plural: str, number: int) -> str:
        """Return the form for `number`; contexts of plurals are not used yet."""
        return self.ngettext(singular, plural, number)


@functools.cache
def language(code: str) -> Language:
    """Read one catalogue from disk, once. French needs none: its sentences are the keys."""
    if code == LANGUAGES[0]:
        return Language(code, {})
    with (LOCALE / code / "LC_MESSAGES" / "motion.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    messages: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
        said = message.string or ""
        messages[f"{message.context}\x04{key}" if message.context else key] = (
            tuple(said) if isinstance(said, (tuple, list)) else said
        )
    return Language(code, messages)


def choose(wanted: Iterable[str | None], accept_language: str, offered: tuple[str, ...]) -> str:
    """Choose a language among those offered.

    Args:
        wanted: What the person asked for, strongest first: the address, then the cookie.
        accept_language: The browser's header; read as RFC 9110, 12.5.4.
        offered: The congress's languages, its own first.
    """
    for asked in wanted:
        if asked in offered and asked:
            return asked
    ranked: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _sep, weight = part.strip().partition(";q=")
        try:
            ranked.append((float(weight or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    for rank, code in sorted(ranked, key=lambda pair: -pair[0]):
        if code in offered and rank > 0:
            return code
    return offered[0]


# Babel takes a tenth of a millisecond for each; a page of the register says fifty days and a hundred numbers.


@functools.lru_cache(maxsize=1_000)
def _day(code: str, day: date) -> str:
    said = format_date(day, "EEEE d MMMM y" if code == "fr" else "EEEE, d MMMM y", locale=code)
    return said.replace(" 1 ", " 1er ") if code == "fr" else said


@functools.lru_cache(maxsize=10_000)
def _number(code: str, value: int | float) -> str:
    return format_decimal(value, locale=code)


@dataclass(frozen=True, slots=True)
class Times:
    """How moments and numbers are said: one language, the congress's time zone."""

    code: str
    zone: ZoneInfo

    def local(self, at: datetime) -> datetime:
        """Bring a moment, which has its zone, into the congress's."""
        return at.astimezone(self.zone)

    def iso(self, at: datetime) -> str:
        """For `<time datetime>`: to the second, with the offset."""
        return self.local(at).isoformat(timespec="seconds")

    def hour(self, at: datetime) -> str:
        """`14 h 32`, and `16 h` on the hour; in English `14:32`."""
        local = self.local(at)
        if self.code != "fr":
            return f"{local:%H:%M}"
        return f"{local.hour}\u00a0h" + (f"\u00a0{local.minute:02d}" if local.minute else "")

    def hour_to_second(self, at: datetime) -> str:
        """`14 h 32 min 05 s`; in English `14:32:05`."""
        local = self.local(at)
        if self.code == "fr":
            return f"{local.hour}\u00a0h\u00a0{local.minute:02d}\u00a0min\u00a0{local.second:02d}\u00a0s"
        return format_time(local, "HH:mm:ss", locale="en")

    def day(self, at: datetime | date) -> str:
        """`samedi 15 novembre 2031`."""
        return _day(self.code, self.local(at).date() if isinstance(at, datetime) else at)

    def moment(self, at: datetime) -> str:
        """`samedi 15 novembre 2031 à 14 h 32`."""
        return f"{self.day(at)} {'à' if self.code == 'fr' else 'at'} {self.hour(at)}"

    def dates(self, first: date, last: date) -> str:
        """`14, 15 et 16 novembre 2031`, or `du 28 novembre au 2 décembre 2031`."""
        number = (last - first).days + 1
        if number == 1:
            return self.day(first)
        if number <= 4 and first.month == last.month and first.year == last.year:
            days = ["1er" if d == 1 and self.code == "fr" else str(d) for d in range(first.day, last.day + 1)]
            return f"{format_list(days, locale=self.code)} {format_date(last, 'MMMM y', locale=self.code)}"
        start = format_date(first, "d MMMM" if first.year == last.year else "d MMMM y", locale=self.code)
        end = format_date(last, "d MMMM y", locale=self.code)
        return f"du {start} au {end}" if self.code == "fr" else f"{start} to {end}"

    def number(self, value: int | float) -> str:
        """`12 480`: with the separators of the language."""
        return _number(self.code, value)

    def percent(self, part: float) -> str:
        """A share from 0 to 1, as whole percents: `35 %`."""
        return format_percent(round(part, 2), locale=Locale(self.code))

    def names(self, names: Iterable[str]) -> str:
        """`Aline Corbières, Yves Tournebise et Solène Kervadec`."""
        return format_list(list(names), locale=self.code)


def extract() -> Catalog:
    """Collect every sentence of the code and the templates, with the places where each stands."""
    catalogue = Catalog(fuzzy=False)
    for folder, methods in SOURCES:
        found = extract_from_dir(
            ROOT / folder,
            method_map=methods,
            options_map={"**.html": {"silent": "false", "newstyle_gettext": "true"}},
            keywords=KEYWORDS,
            comment_tags=("catalogue:",),
        )
        for name, _line, message, comments, context in found:
            catalogue.add(message, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def update(code: str) -> list[str]:
    """Bring one catalogue up to date with the code; return the sentences that still lack a translation."""
    path = LOCALE / code / "LC_MESSAGES" / "motion.po"
    template = extract()
    catalogue = Catalog(locale=code, project="Motion", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=code)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False, omit_header=False)
    return missing(catalogue, template)


def missing(catalogue: Catalog, template: Catalog) -> list[str]:
    """List the sentences of the code that a catalogue doesn't say, in the order of the code."""
    lacking = []
    for message in template:
        said = catalogue.get(message.id, message.context) if message.id else None
        if message.id and (said is None or not said.string or (message.pluralizable and not all(said.string))):
            lacking.append(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)
    return lacking


if __name__ == "__main__":
    for each in LANGUAGES[1:]:
        for sentence in update(each):
            print(f"{each}: {sentence}")
