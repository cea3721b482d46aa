"""What was said as CSV: contributions that everyone reads, themes, places. Nothing else is in a table."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from motion.rules.contributions import CHANNELS, FILES, Channel, FileKind, Use
from motion.web import open_voice_items as items
from motion.web.open_answers import read, send, unchanged
from motion.web.page import Page
from motion.web.pages.api_tables import BATCH, MEDIA_TYPE, Rows, named, streamed
from motion.web.requested import separator_of
from motion.web.tables import Cell, table
from motion.web.voices_requested import asked_of
from storage import open_voices, voices
from storage.models import Congress
from storage.store import Session
from storage.voices import Voice

# As in `api_tables`: French in every language; a column `…_code` holds the code of the API.
VOICE_COLUMNS = (
    "contribution",
    "version",
    "recue_le",
    "publiee_le",
    "moyen",
    "moyen_code",
    "auteur",
    "elu",
    "mandat",
    "commune",
    "commune_code",
    "departement",
    "titre",
    "texte",
    "langue",
    "themes",
    "themes_code",
    "soutient",
    "pieces",
    "pieces_code",
    "citable",
    "adresse",
)
THEME_COLUMNS = ("theme", "nom", "en_usage", "contributions", "adresse")
PLACE_COLUMNS = ("departement", "departement_nom", "commune", "commune_code", "contributions")


async def contributions(request: Request) -> Response:
    """What everyone reads, one contribution a row, with its words."""
    separator, asked = separator_of(request), replace(asked_of(request), state="published")
    page, last = await read(request, extent, asked.theme)

    def batch(db: Session, congress: Congress, after: int) -> tuple[Rows, int | None]:
        found = open_voices.page(db, congress, asked, after, BATCH)
        rows = [voice_row(page, voice, found) for voice in found.voices]
        return rows, found.voices[-1].contribution.number if found.has_more else None

    return named(streamed(page, page.etag(last, separator), VOICE_COLUMNS, batch, 0, separator), page, "contributions")


def extent(db: Session, congress: Congress, theme: int | None) -> int:
    """The last entry that may change the table.

    Raises:
        NotFound: There is no such theme.
    """
    assert congress.id is not None
    if theme is not None:
        open_voices.theme(db, congress, theme)
    return voices.last_entry(db, congress.id)


def voice_row(page: Page, voice: Voice, found: open_voices.Page) -> Sequence[Cell]:
    """One contribution."""
    number = voice.contribution.id or 0
    uses = found.uses.get(number, frozenset())
    one = items.voice_item(page, voice, uses, found.supports.get(number))
    words = one.words
    assert words is not None  # only what has words is asked for
    return (
        one.code,
        words.version,
        one.received_at,
        one.published_at,
        page._(CHANNELS[Channel(one.channel)]),
        one.channel,
        words.author,
        words.is_official,
        words.mandate,
        words.commune,
        words.commune_code,
        words.department,
        words.title,
        words.text,
        words.language,
        ", ".join(theme.name for theme in voice.themes),
        " ".join(one.themes),
        one.supports,
        ", ".join(page._(FILES[FileKind(file.kind)]) for file in one.files),
        " ".join(file.kind for file in one.files),
        Use.QUOTE in uses,
        one.links.page,
    )


async def themes(request: Request) -> Response:
    """The themes."""
    separator = separator_of(request)
    page, rows = await read(request, open_voices.themes)
    etag = page.etag(rows.last_entry, separator)
    listed = [
        (one.code, one.name, one.in_use, one.contributions, one.links.page) for one in items.theme_items(page, rows)
    ]
    return _table(page, etag, THEME_COLUMNS, listed, separator, "themes")


async def places(request: Request) -> Response:
    """The places heard."""
    separator = separator_of(request)
    page, rows = await read(request, open_voices.places)
    etag = page.etag(rows.last_entry, separator)
    listed = [
        (department.code, department.name, commune.name, commune.code, commune.contributions)
        for department in items.department_items(rows)
        for commune in department.communes
    ]
    return _table(page, etag, PLACE_COLUMNS, listed, separator, "lieux")


def _table(page: Page, etag: str, columns: Sequence[str], rows: Rows, separator: str, name: str) -> Response:
    found = unchanged(page, etag)
    if found:
        return found
    return named(send(page, table(columns, rows, separator).encode(), MEDIA_TYPE, etag=etag), page, name)
