"""A commune as somebody types it: found on the official list, chosen among namesakes, or kept as it is written."""

import re
from dataclasses import dataclass

from motion.rules import communes
from motion.rules.communes import Commune
from motion.rules.contributions import Place

ELSEWHERE = "-"
"""Chosen among namesakes by who means none of them."""

_WITH_DEPARTMENT = re.compile(r"(.+?)\s*\(([0-9AB]{2,3})\)", re.ASCII)


@dataclass
class SeveralPlaces(Exception):
    """Communes of one name, of which nobody has said which."""

    found: list[Commune]


def typed_place(typed: str, chosen: str = "") -> Place | None:
    """Understand a commune that was typed, as `Valbrune` or `Saint-Denis (93)`.

    Args:
        chosen: The code of one of the namesakes, or `ELSEWHERE`.

    Returns:
        None when nothing was typed; a place without code when no commune is called so.

    Raises:
        SeveralPlaces: There are namesakes and none of them was chosen.
    """
    name = " ".join(typed.split())
    if not name:
        return None
    told = _WITH_DEPARTMENT.fullmatch(name)
    found = communes.named(told[1] if told else name)
    if told:
        found = [commune for commune in found if commune.department == told[2]]
    found = [commune for commune in found if commune.code == chosen] or found
    if not found or chosen == ELSEWHERE:
        return Place(name)
    if len(found) > 1:
        raise SeveralPlaces(found)
    return Place(found[0].name, found[0].code, found[0].department)
