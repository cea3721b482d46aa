"""What an address of `/api/v1` asks for: each parameter read strictly, or refused by its name."""

import re
from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request

from motion.record.kinds import KINDS
from motion.web.open_data import CODE_PATTERN, MARK_PATTERN
from motion.web.tables import SEPARATORS
from storage.open_data import Wanted

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_NUMBER = 2**53 - 1
"""What readers of JSON count to. A column of PostgreSQL ends at 2^31, and there `storage.open_data` stops looking."""

MOST = 1000
USUAL = 100
_NUMBER = re.compile(r"-1|0|[1-9][0-9]{0,15}", re.ASCII)


@dataclass(frozen=True)
class Refused(Exception):
    """A parameter can't be read; `wanted` says what it may be, in French, to be translated."""

    name: str
    wanted: str


def after_of(request: Request) -> int:
    """The last number that the reader has.

    Raises:
        Refused: It is no number.
    """
    text = request.query_params.get("after", "-1")
    if not _NUMBER.fullmatch(text) or int(text) > MAX_NUMBER:
        raise Refused("after", _("un nombre entier, à partir de 0"))
    return int(text)


def limit_of(request: Request) -> int:
    """How many things to answer with at most.

    Raises:
        Refused: It is no number from 1 to 1,000.
    """
    text = request.query_params.get("limit", str(USUAL))
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MOST:
        raise Refused("limit", _("un nombre entier de 1 à 1000"))
    return int(text)


def wanted_of(request: Request) -> Wanted:
    """Which entries are asked for.

    Raises:
        Refused: A parameter can't be read.
    """
    said = request.query_params
    motion, official, kind = said.get("motion"), said.get("official"), said.get("kind")
    if motion is not None and not re.fullmatch(CODE_PATTERN[1:-1], motion):
        raise Refused("motion", _("le code d’une motion, comme M1"))
    if official is not None and not re.fullmatch(MARK_PATTERN[1:-1], official):
        raise Refused("official", _("l’identifiant d’un membre, comme elu-3"))
    if kind is not None and kind not in KINDS:
        raise Refused("kind", _("un des genres d’inscription que nomme la description"))
    number = None if official is None else int(official.removeprefix("elu-"))
    return Wanted(after_of(request), limit_of(request), motion or "", number, kind or "")


def separator_of(request: Request) -> str:
    """The sign between two columns of a table.

    Raises:
        Refused: It is none of the two.
    """
    name = request.query_params.get("separator", "comma")
    if name not in SEPARATORS:
        raise Refused("separator", _("comma ou semicolon"))
    return SEPARATORS[name]
