"""Which contributions an address of `/api/v1` asks for: each parameter read strictly, or refused by its name."""

import re
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request

from motion.rules.contributions import Channel, FileKind
from motion.rules.errors import NotFound
from motion.web.open_voices import (
    COMMUNE_PATTERN,
    DEPARTMENT_PATTERN,
    STATES,
    THEME,
    THEME_PATTERN,
    VOICE,
    VOICE_PATTERN,
)
from motion.web.openapi import Parameter
from motion.web.requested import Refused
from storage.voices import Asked

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ALL = "all"
_WHO = {"true": "yes", "false": "no"}
_KINDS = ("any", *(str(kind) for kind in FileKind))


def _one_of(values: tuple[str, ...], default: str = "") -> dict[str, Any]:
    return {"type": "string", "enum": list(values)} | ({"default": default} if default else {})


VOICE_CODE = Parameter("contribution", "path", _("Le code de la contribution."), {"type": "string"} | VOICE)
THEME_CODE = Parameter("theme", "query", _("Seulement sous ce thème."), {"type": "string"} | THEME)
FILTERS = (
    Parameter("channel", "query", _("Seulement par ce moyen."), _one_of(tuple(str(one) for one in Channel))),
    THEME_CODE,
    Parameter(
        "department",
        "query",
        _("Seulement de ce département, par son code."),
        {"type": "string", "pattern": DEPARTMENT_PATTERN, "examples": ["38"]},
    ),
    Parameter(
        "commune",
        "query",
        _("Seulement de cette commune, par son nom."),
        {"type": "string", "pattern": COMMUNE_PATTERN, "examples": ["Valbrune"]},
    ),
    Parameter(
        "is_official", "query", _("Seulement des personnes qui se disent élues, ou des autres."), _one_of(tuple(_WHO))
    ),
    Parameter(
        "files",
        "query",
        _("Seulement avec une pièce de cette sorte\u202f; any\u00a0: de toute sorte."),
        _one_of(_KINDS),
    ),
)
STATE = Parameter(
    "state",
    "query",
    _("Seulement ce qui est devenu cela\u202f; all\u00a0: tout."),
    _one_of((*STATES, ALL), "published"),
)


def number_of(request: Request) -> int:
    """The number of the contribution that the address names.

    Raises:
        NotFound: It names none.
    """
    code = request.path_params["contribution"]
    if not re.fullmatch(VOICE_PATTERN[1:-1], code):
        raise NotFound("contribution", code[:80])
    return int(code[1:])


def theme_of(request: Request) -> int | None:
    """The number of the theme that is asked for.

    Raises:
        Refused: It is no code of a theme.
    """
    code = request.query_params.get("theme")
    if code is None:
        return None
    if not re.fullmatch(THEME_PATTERN[1:-1], code):
        raise Refused("theme", _("le code d’un thème, comme T1"))
    return int(code[1:])


def asked_of(request: Request) -> Asked:
    """Which contributions are asked for, by the filters of the list that people read.

    Raises:
        Refused: A parameter can't be read.
    """
    said = request.query_params
    checks = (
        ("channel", "|".join(Channel), _("un des moyens que nomme la description")),
        ("department", DEPARTMENT_PATTERN[1:-1], _("le code d’un département, comme 38 ou 2A")),
        ("commune", COMMUNE_PATTERN[1:-1], _("le nom d’une commune")),
        ("is_official", "true|false", _("true ou false")),
        ("files", "|".join(_KINDS), _("une des sortes de pièces que nomme la description")),
        ("state", "|".join((*STATES, ALL)), _("un des états que nomme la description")),
    )
    for name, pattern, wanted in checks:
        if name in said and not re.fullmatch(pattern, said[name]):
            raise Refused(name, wanted)
    return Asked(
        channel=said.get("channel", ""),
        theme=theme_of(request),
        department=said.get("department", ""),
        commune=said.get("commune", ""),
        official=_WHO.get(said.get("is_official", ""), ""),
        files=said.get("files", ""),
        state=said.get("state", "published"),
        order="time",
    )
