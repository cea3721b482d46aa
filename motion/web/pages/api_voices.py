"""The calls of `/api/v1` about what was said: contributions, transcripts, themes, places, figures."""

import asyncio
from dataclasses import fields
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response

from motion.web import open_voice_items as items
from motion.web import open_voices as shapes
from motion.web.api_parameters import AFTER, CONGRESS, LANG, LIMIT, SEPARATOR, following, here
from motion.web.open_answers import JSON, json_bytes, read, send, send_json, unchanged
from motion.web.open_data import LICENCE, Links, plain
from motion.web.openapi import Operation
from motion.web.page import Page
from motion.web.pages import api_voice_tables
from motion.web.requested import after_of, limit_of
from motion.web.voices_requested import FILTERS, STATE, VOICE_CODE, asked_of, number_of
from storage import open_voices
from storage.contributions import code

_ = NullTranslations().gettext  # marks the sentences for the catalogues


def links(page: Page, below: str) -> Links:
    """This answer, and the page that says the same."""
    return Links(here(page), f"{page.service.settings.base_url}{page.home}/contributions{below}")


async def contributions(request: Request) -> Response:
    """Contributions by number; by default those that everyone reads."""
    asked, after, limit = asked_of(request), after_of(request), limit_of(request)
    page, rows = await read(request, open_voices.page, asked, after, limit)
    # No digest of the answer names it: words may have to be taken back, and a digest lets short ones be guessed.
    etag = page.etag(rows.last_entry)
    found = unchanged(page, etag)
    if found:
        return found

    def made() -> bytes:
        listed = tuple(
            items.voice_item(
                page,
                voice,
                rows.uses.get(voice.contribution.id or 0, frozenset()),
                rows.supports.get(voice.contribution.id or 0),
            )
            for voice in rows.voices
        )
        last = rows.voices[-1].contribution.number if rows.voices else after
        goes_on = shapes.ChangingLinks(here(page), following(page, last, rows.has_more))
        return json_bytes(plain(shapes.Voices(LICENCE, listed, goes_on)))

    return send(page, await asyncio.to_thread(made), JSON, etag=etag)


async def contribution(request: Request) -> Response:
    """One contribution with all that is public of it."""
    page, found = await read(request, open_voices.one, number_of(request))
    # Another title of the congress may change which places quote it, and is no entry about contributions.
    etag = page.etag(found.last_entry, [(place.kind, place.code) for place in found.quoted_in])
    rows = found.voice
    supports = code(rows.supports) if rows.supports is not None else None
    item = items.voice_item(page, rows.voice, rows.uses, supports)
    said = {field.name: getattr(item, field.name) for field in fields(item)} | items.voice_fields(page, found)
    return unchanged(page, etag) or send_json(page, plain(shapes.VoiceData(**said, licence=LICENCE)), etag=etag)


async def transcripts(request: Request) -> Response:
    """What is said in the recordings of a contribution, line by line."""
    number = number_of(request)
    page, (testimonies, last) = await read(request, open_voices.transcripts, number)
    etag = page.etag(last)
    found = unchanged(page, etag)
    if found:
        return found

    def made() -> bytes:
        said = tuple(each for one in testimonies for each in items.transcript_items(page, one))
        return json_bytes(plain(shapes.Transcripts(LICENCE, f"C{number}", said, links(page, f"/C{number}"))))

    return send(page, await asyncio.to_thread(made), JSON, etag=etag)


async def themes(request: Request) -> Response:
    """The themes of a congress."""
    page, rows = await read(request, open_voices.themes)
    body = shapes.Themes(LICENCE, items.theme_items(page, rows), shapes.ChangingLinks(here(page), None))
    return send_json(page, plain(body), etag=page.etag(rows.last_entry))


async def places(request: Request) -> Response:
    """The places heard."""
    page, rows = await read(request, open_voices.places)
    body = shapes.Places(LICENCE, items.department_items(rows), rows.nowhere, links(page, "/carte"))
    return send_json(page, plain(body), etag=page.etag(rows.last_entry))


async def figures(request: Request) -> Response:
    """The figures of the collection."""
    page, (found, last) = await read(request, open_voices.figures)
    body = items.figures_of(page, found, links(page, "/chiffres"), LICENCE)
    return send_json(page, plain(body), etag=page.etag(last))


OF_ONE = "/congresses/{congress}"
OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "contributions-csv",
        f"{OF_ONE}/contributions.csv",
        _("Ce qui a été dit et publié, en tableau."),
        api_voice_tables.contributions,
        media_type="text/csv",
        parameters=(CONGRESS, *FILTERS, SEPARATOR, LANG),
    ),
    Operation(
        "contributions",
        f"{OF_ONE}/contributions",
        _("Ce qui a été dit\u00a0: les contributions, dans l’ordre de leurs numéros."),
        contributions,
        shapes.Voices,
        parameters=(CONGRESS, AFTER, LIMIT, *FILTERS, STATE, LANG),
    ),
    Operation(
        "transcripts",
        f"{OF_ONE}/contributions/{{contribution}}/transcripts",
        _("Ce qui est dit dans les enregistrements d’une contribution, ligne à ligne."),
        transcripts,
        shapes.Transcripts,
        parameters=(CONGRESS, VOICE_CODE, LANG),
    ),
    Operation(
        "contribution",
        f"{OF_ONE}/contributions/{{contribution}}",
        _("Une contribution, avec ses versions, ses pièces et ce qui en a été décidé."),
        contribution,
        shapes.VoiceData,
        parameters=(CONGRESS, VOICE_CODE, LANG),
    ),
    Operation(
        "themes-csv",
        f"{OF_ONE}/themes.csv",
        _("Les thèmes, en tableau."),
        api_voice_tables.themes,
        media_type="text/csv",
        parameters=(CONGRESS, SEPARATOR, LANG),
    ),
    Operation("themes", f"{OF_ONE}/themes", _("Les thèmes."), themes, shapes.Themes, parameters=(CONGRESS, LANG)),
    Operation(
        "places-csv",
        f"{OF_ONE}/places.csv",
        _("Les lieux entendus, en tableau."),
        api_voice_tables.places,
        media_type="text/csv",
        parameters=(CONGRESS, SEPARATOR, LANG),
    ),
    Operation(
        "places",
        f"{OF_ONE}/places",
        _("Les départements et les communes entendus."),
        places,
        shapes.Places,
        parameters=(CONGRESS, LANG),
    ),
    Operation(
        "figures",
        f"{OF_ONE}/figures",
        _("La collecte en chiffres."),
        figures,
        shapes.Figures,
        parameters=(CONGRESS, LANG),
    ),
)
