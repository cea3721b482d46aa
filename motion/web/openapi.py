"""The description of `/api/v1` in OpenAPI 3.1, generated from the operations and the views that they answer with.

Nothing is typed twice: a route exists because its operation is listed, a field is described where it is declared.
"""

import dataclasses
import types
import typing
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from motion.web.open_data import LICENCE, LICENCE_URL, Problem
from motion.web.page import Page
from motion.web.views import View

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ROOT = "/api/v1"
VERSION = "1.0.0"
PLAIN_TYPES = {str: "string", int: "integer", bool: "boolean", float: "number"}
ERRORS = {
    400: _("Un paramètre ne se lit pas."),
    404: _("Le congrès, la motion, l’inscription ou la contribution n’existe pas, ou pas encore."),
    500: _("Le service a rencontré une panne."),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `schema` is its JSON Schema."""

    name: str
    place: str  # "path" or "query"
    help: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One route: what it is asked, what it answers, what can go wrong."""

    name: str
    path: str  # below `ROOT`
    summary: str
    handler: Callable[[Request], Awaitable[Response]]
    answer: type[View] | None = None  # of JSON
    media_type: str = "application/json"
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = field(default=(400, 404))


def describe(page: Page, operations: Sequence[Operation]) -> dict[str, Any]:
    """Write the description in the page's language."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for one in operations:
        paths[ROOT + one.path] = {"get": _operation(page, one, schemas)}
    schema_of(page, Problem, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": page._(_("Motion\u00a0: les données ouvertes des congrès")),
            "summary": page._(_("Lire un congrès d’élu·e·s et son registre, sans compte.")),
            "description": page._(
                _(
                    "Tout se lit sans compte et rien ne s’écrit ici. Chaque réponse porte un ETag\u00a0: "
                    "redemandez avec If-None-Match. Les heures sont données avec leur décalage. "
                    "Les erreurs suivent la RFC 9457, dans la langue demandée (lang ou Accept-Language)."
                )
            ),
            "version": VERSION,
            "license": {"name": f"{LICENCE} (Etalab)", "url": LICENCE_URL},
        },
        "servers": [{"url": page.service.settings.base_url}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(page: Page, one: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"} if one.answer is None else schema_of(page, one.answer, schemas)
    if one.answer is None and one.media_type == "application/json":
        schema = {"type": "object"}
    answers: dict[str, Any] = {
        "200": {
            "description": page._(one.summary),
            "headers": {
                "ETag": _header(page, _("Le nom de cette version.")),
                "Link": _header(page, _("La licence\u00a0: rel=license.")),
                "Cache-Control": _header(page, _("Si la réponse peut être gardée, et combien de secondes.")),
                "Content-Language": _header(page, _("La langue des phrases.")),
            },
            "content": {one.media_type: {"schema": schema}},
        },
        "304": {"description": page._(_("Rien n’a changé depuis la version que nomme If-None-Match."))},
    }
    for status in (*one.errors, 500):
        answers[str(status)] = {
            "description": page._(ERRORS[status]),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return {
        "operationId": one.name,
        "summary": page._(one.summary),
        "parameters": [
            {
                "name": each.name,
                "in": each.place,
                "required": each.place == "path",
                "description": page._(each.help),
                "schema": each.schema,
            }
            for each in one.parameters
        ],
        "responses": answers,
    }


def _header(page: Page, help: str) -> dict[str, Any]:
    return {"description": page._(help), "schema": {"type": "string"}}


def schema_of(page: Page, view: type[View], schemas: dict[str, Any]) -> dict[str, Any]:
    """Put the JSON Schema of a view, and of those in it, among `schemas`; return the reference to it."""
    reference = {"$ref": f"#/components/schemas/{view.__name__}"}
    if view.__name__ in schemas:
        return reference
    schemas[view.__name__] = {}  # holds the place while the fields are described
    hints = typing.get_type_hints(view)
    properties = {}
    for each in dataclasses.fields(view):
        shape = _shape(page, hints[each.name], schemas, each.metadata["schema"])
        help = each.metadata["help"]
        properties[each.metadata.get("name") or each.name] = shape | {"description": page._(help)}
    schemas[view.__name__] = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return reference


def _shape(page: Page, kind: Any, schemas: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a type; `more` is what the field adds to it."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        (present,) = [one for one in inner if one is not types.NoneType]
        return {"anyOf": [_shape(page, present, schemas, more), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _shape(page, inner[0], schemas, {})} | more
    if origin is dict:
        return {"type": "object"} | more
    if isinstance(kind, type) and issubclass(kind, View):
        return schema_of(page, kind, schemas) | more
    return {"type": PLAIN_TYPES[kind]} | more
