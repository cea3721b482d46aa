"""`/api/v1`: the congresses, their motions, rosters and records for programs. Read only, without account.

`OPERATIONS` is the one list: routes and `openapi.json` are made from it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from gettext import NullTranslations
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.language import LANGUAGES
from motion.record.kinds import KINDS
from motion.rules.phases import ORDER
from motion.web import open_answers, open_data
from motion.web.api_parameters import AFTER, CONGRESS, LANG, LIMIT, SEPARATOR, here, onward
from motion.web.open_answers import JSON, LIVE, SETTLED, json_bytes, read, send, send_json, unchanged
from motion.web.open_data import CODE, LICENCE, MARK, plain
from motion.web.open_things import (
    Sentences,
    author_items,
    congress_item,
    entry_item,
    member,
    motion_item,
    motion_links,
    redaction_item,
)
from motion.web.openapi import ROOT, Operation, Parameter, describe
from motion.web.page import frame
from motion.web.pages import api_tables, api_voices
from motion.web.pages.motions import etag_of, json_of
from motion.web.requested import Refused, after_of, limit_of, wanted_of
from storage import open_data as stored
from storage import pages, queries

_ = NullTranslations().gettext  # marks the sentences for the catalogues
T = TypeVar("T")

MOTION = Parameter("code", "path", _("Le code de la motion."), {"type": "string"} | CODE)
NUMBER = Parameter("number", "path", _("Le numéro de l’inscription."), {"type": "integer", "minimum": 0})
FILTERS = (
    Parameter("motion", "query", _("Seulement ce qui touche cette motion."), {"type": "string"} | CODE),
    Parameter("official", "query", _("Seulement ce qui touche ce membre."), {"type": "string"} | MARK),
    Parameter("kind", "query", _("Seulement ce genre d’inscription."), {"type": "string", "enum": list(KINDS)}),
)


async def congresses(request: Request) -> Response:
    """Every congress but rehearsals."""
    page, rows = await read(request, queries.congresses)
    base = page.service.settings.base_url
    listed = tuple(
        open_data.ListedCongress(
            *congress_item(one), open_data.Links(f"{base}{ROOT}/congresses/{one.slug}", f"{base}/{one.slug}")
        )
        for one in rows
    )
    return send_json(page, plain(open_data.Congresses(LICENCE, listed, open_data.PageLinks(here(page), None))))


async def congress(request: Request) -> Response:
    """One congress."""
    page, rows = await read(request, stored.overview)
    assert page.congress is not None
    api, home = page.public_url, page.service.settings.base_url + page.home
    body = open_data.CongressData(
        *congress_item(page.congress),
        LICENCE,
        tuple(page.congress.languages.split(",")),
        tuple(
            open_data.PhaseHour(opening.phase, page.times.iso(opening.opens_at))
            for opening in sorted(page.openings, key=lambda opening: ORDER.index(opening.phase))
        ),
        open_data.Counts(
            rows.officials, len(rows.motions), rows.entries, rows.signed, rows.redactions, rows.contributions
        ),
        open_data.CongressLinks(
            here(page),
            home,
            f"{api}/motions",
            f"{api}/roster",
            f"{api}/entries",
            f"{api}/redactions",
            f"{api}/contributions",
            f"{api}/themes",
            f"{api}/places",
            f"{api}/figures",
            f"{home}/log/checkpoint",
            f"{home}/catalogue.jsonld",
            f"{home}.atom",
        ),
    )
    return send_json(page, plain(body))


async def motions(request: Request) -> Response:
    """The motions of a congress, without their texts."""
    page, rows = await read(request, stored.overview)
    listed = tuple(motion_item(page, one) for one in rows.motions)
    return send_json(page, plain(open_data.Motions(LICENCE, listed, open_data.PageLinks(here(page), None))))


async def motion(request: Request) -> Response:
    """One motion, with its text."""
    page, rows = await read(request, pages.motion, request.path_params["code"])
    etag = etag_of(page, rows, rows.motion.last_entry)
    links = plain(replace(motion_links(page, rows.motion), self=here(page)))
    return unchanged(page, etag) or send_json(
        page, {"licence": LICENCE} | json_of(page, rows) | {"links": links}, etag=etag
    )


async def authors(request: Request) -> Response:
    """Whose words stand in a motion."""
    page, rows = await read(request, pages.motion, request.path_params["code"])
    etag = etag_of(page, rows)
    found = unchanged(page, etag)
    if found:
        return found
    address = f"{page.service.settings.base_url}{page.home}/motions/{rows.motion.code}?vue=auteurs"
    body = open_data.Authors(
        LICENCE,
        rows.motion.code,
        len(rows.motion.text),
        author_items(page, rows),
        open_data.Links(here(page), address),
    )
    return send_json(page, plain(body), etag=etag)


async def roster(request: Request) -> Response:
    """The roster as the record says it."""
    page, rows = await read(request, stored.roster, after_of(request), limit_of(request))
    last = rows.officials[-1].id or 0 if rows.officials else after_of(request)
    listed = tuple(member(page, one) for one in rows.officials)
    return send_json(page, plain(open_data.Roster(LICENCE, listed, onward(page, last, rows.has_more))))


async def entries(request: Request) -> Response:
    """Entries of the record, those that a signed root covers."""
    page, rows = await read(request, stored.entries, wanted_of(request))

    def made() -> bytes:
        sentences = Sentences(page, rows.told)
        body = open_data.Entries(
            LICENCE,
            rows.through,
            tuple(
                entry_item(page, sentences, number, content, entry, rows.redactions.get(number))
                for number, content, entry in rows.rows
            ),
            onward(page, rows.through, rows.is_full),
        )
        return json_bytes(plain(body))

    # A thousand entries take a tenth of a second to say: meanwhile others are served.
    content = await asyncio.to_thread(made)
    return send(page, content, JSON, cache=SETTLED if rows.is_full else LIVE)


async def entry(request: Request) -> Response:
    """One entry."""
    page, rows = await read(request, stored.entry, request.path_params["number"])
    ((number, content, one),) = rows.rows
    item = entry_item(page, Sentences(page, rows.told), number, content, one, rows.redactions.get(number))
    return send_json(page, {"licence": LICENCE} | plain(item), cache=SETTLED)


async def redactions(request: Request) -> Response:
    """What was withdrawn or erased."""
    limit = limit_of(request)
    page, rows = await read(request, stored.redacted, after_of(request), limit)
    shown = rows[:limit]
    last = shown[-1].entry if shown else after_of(request)
    listed = tuple(redaction_item(page, row) for row in shown)
    return send_json(page, plain(open_data.Redactions(LICENCE, listed, onward(page, last, len(rows) > limit))))


async def description(request: Request) -> Response:
    """The description of all this."""
    page = open_answers.spoken(request, frame(request, request.app.state.service.now()))
    return send_json(page, describe(page, OPERATIONS))


def serving(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of an operation: what browsers ask beforehand, and parameters that can't be read, are said here."""

    async def endpoint(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=open_answers.PREFLIGHT)
        page = open_answers.spoken(request, frame(request, request.app.state.service.now()))
        try:
            lang = request.query_params.get("lang")
            if lang is not None and lang not in LANGUAGES:
                raise Refused("lang", page._(_("une des langues %(codes)s"), codes=", ".join(LANGUAGES)))
            return await operation.handler(request)
        except Refused as refused:
            return open_answers.problem(
                page,
                "parameter-refused",
                400,
                page._(_("Le paramètre «\u00a0%(name)s\u00a0» ne se lit pas."), name=refused.name),
                page._(_("Valeur attendue\u00a0: %(wanted)s."), wanted=page._(refused.wanted)),
            )

    return endpoint


CSV = "text/csv"
OF_ONE = "/congresses/{congress}"
# The files come before what they list: `{code}` would take `M1/authors.csv` for something else.
OPERATIONS: tuple[Operation, ...] = (
    Operation("description", "/openapi.json", _("Cette description."), description, parameters=(LANG,), errors=(400,)),
    Operation(
        "congresses",
        "/congresses",
        _("Les congrès."),
        congresses,
        open_data.Congresses,
        parameters=(LANG,),
        errors=(400,),
    ),
    Operation("congress", OF_ONE, _("Un congrès."), congress, open_data.CongressData, parameters=(CONGRESS, LANG)),
    Operation(
        "motions-csv",
        f"{OF_ONE}/motions.csv",
        _("Ses motions, en tableau."),
        api_tables.motions,
        media_type=CSV,
        parameters=(CONGRESS, SEPARATOR, LANG),
    ),
    Operation(
        "motions", f"{OF_ONE}/motions", _("Ses motions."), motions, open_data.Motions, parameters=(CONGRESS, LANG)
    ),
    Operation(
        "authors-csv",
        f"{OF_ONE}/motions/{{code}}/authors.csv",
        _("Qui a écrit une motion, en tableau."),
        api_tables.authors,
        media_type=CSV,
        parameters=(CONGRESS, MOTION, SEPARATOR, LANG),
    ),
    Operation(
        "authors",
        f"{OF_ONE}/motions/{{code}}/authors",
        _("Qui a écrit une motion."),
        authors,
        open_data.Authors,
        parameters=(CONGRESS, MOTION, LANG),
    ),
    Operation(
        "motion",
        f"{OF_ONE}/motions/{{code}}",
        _("Une motion et son texte."),
        motion,
        open_data.MotionData,
        parameters=(CONGRESS, MOTION, LANG),
    ),
    Operation(
        "roster-csv",
        f"{OF_ONE}/roster.csv",
        _("La liste des membres, en tableau."),
        api_tables.roster,
        media_type=CSV,
        parameters=(CONGRESS, SEPARATOR, LANG),
    ),
    Operation(
        "roster",
        f"{OF_ONE}/roster",
        _("La liste des membres\u00a0: ce que le registre en dit, sans aucune adresse."),
        roster,
        open_data.Roster,
        parameters=(CONGRESS, AFTER, LIMIT, LANG),
    ),
    Operation(
        "entries-csv",
        f"{OF_ONE}/entries.csv",
        _("Les inscriptions du registre, en tableau\u00a0: toutes celles qui suivent after."),
        api_tables.entries,
        media_type=CSV,
        parameters=(CONGRESS, AFTER, *FILTERS, SEPARATOR, LANG),
    ),
    Operation(
        "entry",
        f"{OF_ONE}/entries/{{number}}",
        _("Une inscription du registre."),
        entry,
        open_data.EntryData,
        parameters=(CONGRESS, NUMBER, LANG),
    ),
    Operation(
        "entries",
        f"{OF_ONE}/entries",
        _("Les inscriptions du registre que couvre un état signé, dans l’ordre."),
        entries,
        open_data.Entries,
        parameters=(CONGRESS, AFTER, LIMIT, *FILTERS, LANG),
    ),
    Operation(
        "redactions",
        f"{OF_ONE}/redactions",
        _("Ce qui a été retiré ou effacé, pour que les copies l’ôtent aussi."),
        redactions,
        open_data.Redactions,
        parameters=(CONGRESS, AFTER, LIMIT, LANG),
    ),
    *api_voices.OPERATIONS,
)


def _route(operation: Operation) -> Route:
    path: Any = ROOT + operation.path.replace("{number}", "{number:int}")
    return Route(path, serving(operation), methods=["GET", "OPTIONS"], name=f"api-{operation.name}")


ROUTES = [_route(operation) for operation in OPERATIONS]
