"""The communes of France, by their official code: shipped with the service, never asked of anyone.

Source: *Code officiel géographique* (`official/LICENCE.md`). A person may also name a place that is not on the list.
"""

import gzip
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from motion.rules.names import folded

_OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune: INSEE code, code of its department (of its collectivity, overseas), name, postal codes."""

    code: str
    department: str
    name: str
    postal: tuple[str, ...]


@cache
def departments() -> dict[str, str]:
    """Names of departments and of overseas collectivities, by code, in the order of the codes."""
    text = (files(__package__) / _OFFICIAL / "departments.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t") for line in text.splitlines())


@cache
def communes() -> dict[str, Commune]:
    """All communes by code: about 35,000, read once (a tenth of a second)."""
    packed = (files(__package__) / _OFFICIAL / "communes.tsv.gz").read_bytes()
    found = {}
    for line in gzip.decompress(packed).decode().splitlines():
        code, department, name, postal = line.split("\t")
        found[code] = Commune(code, department, name, tuple(postal.split()))
    return found


@cache
def _words() -> list[tuple[str, str]]:
    """(name from one of its words on, code), sorted: "l abergement", "abergement"…"""
    found = []
    for commune in communes().values():
        words = folded(commune.name).split(" ")
        found += [(" ".join(words[at:]), commune.code) for at in range(len(words))]
    return sorted(found)


def find(asked: str, most: int = 12) -> list[Commune]:
    """Find communes by the beginning of their name, or of a word of it, or by postal code; exact names first.

    >>> [commune.name for commune in find("saint-etienne-du-gres")], find("") == []
    (['Saint-Étienne-du-Grès'], True)
    """
    wanted = folded(asked)
    if not wanted:
        return []
    if wanted[0].isdecimal():
        by_code = (each for each in communes().values() if _has_code(each, wanted))
        return sorted(by_code, key=_order)[:most]
    if wanted.startswith("st "):
        wanted = "saint " + wanted[3:]
    elif wanted.startswith("ste "):
        wanted = "sainte " + wanted[4:]
    codes = dict.fromkeys(_from(wanted))
    found = [communes()[code] for code in codes]
    found.sort(key=lambda each: (folded(each.name) != wanted, not folded(each.name).startswith(wanted), _order(each)))
    return found[:most]


def named(asked: str) -> list[Commune]:
    """Communes that are called exactly so, accents and capitals aside: several, where departments share a name."""
    wanted = folded(asked)
    return [communes()[code] for name, code in _range(wanted) if name == wanted == folded(communes()[code].name)]


def _from(wanted: str) -> Iterator[str]:
    for _name, code in _range(wanted):
        yield code


def _range(wanted: str) -> Iterator[tuple[str, str]]:
    words = _words()
    at = bisect_left(words, (wanted, ""))
    while at < len(words) and words[at][0].startswith(wanted):
        yield words[at]
        at += 1


def _has_code(commune: Commune, wanted: str) -> bool:
    return commune.code.casefold() == wanted or any(postal.startswith(wanted) for postal in commune.postal)


def _order(commune: Commune) -> tuple[str, str]:
    return folded(commune.name), commune.code
