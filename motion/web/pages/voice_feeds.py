"""Atom feeds of what was said: of a congress, of one theme.

Readers keep what they were given, so what changes comes again under the same name and takes its place: a contribution
that was withdrawn, refused or taken out is told once more, without a word of it.
"""

from gettext import NullTranslations
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.web import atom
from motion.web.atom import Feed, FeedEntry
from motion.web.open_answers import read, send, unchanged
from motion.web.open_voice_items import state_of
from motion.web.page import Page
from motion.web.paged_feed import paged
from motion.web.pages.register import number_of
from motion.web.tombstones import said
from motion.web.voices import first_words, line_view
from storage import open_voices
from storage.models import Congress
from storage.open_voices import News, NewsPage
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ENTRIES = 30  # of a page, each with its first words
WORDS = 600  # characters of a contribution: who wants to read on opens its page
MAX_THEME = 9  # digits


def theme_number(request: Request) -> int | None:
    """The theme that the address asks for, 0 when it can't be one."""
    code = request.query_params.get("theme", "")
    digits = code.removeprefix("T")
    if not code:
        return None
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_THEME else 0


def rows_of(db: Session, congress: Congress, theme: int | None, before: int | None) -> NewsPage:
    """Read a page of the feed.

    Raises:
        NotFound: There is no such theme.
    """
    return open_voices.news(db, congress, theme, before, ENTRIES)


async def of_congress(request: Request) -> Response:
    """What was said, what changed last first."""
    before = number_of(request.query_params.get("avant", ""))
    page, rows = await read(request, rows_of, theme_number(request), before)
    etag = page.etag(rows.last_entry)  # no digest of words that may have to be taken back
    return unchanged(page, etag) or send(page, atom.write(feed_of(page, rows, before)), atom.MEDIA_TYPE, etag=etag)


def feed_of(page: Page, rows: NewsPage, before: int | None) -> Feed:
    """Put a page in words."""
    name, words, asked = "contributions", page._(_("ce qui a été dit")), {}
    if rows.theme is not None:
        name, words = f"contributions/T{rows.theme.number}", f"{words}, {rows.theme.name}"
        asked = {"theme": f"T{rows.theme.number}"}
    about = "/contributions" + (f"?{urlencode(asked)}" if asked else "")
    entries = tuple(entry_of(page, one) for one in rows.news)
    return paged(page, name, words, about, before, rows.next_before, entries, asked)


def entry_of(page: Page, one: News) -> FeedEntry:
    """One contribution: who says what, or what became of it."""
    congress, voice = page.congress, one.voice
    assert congress is not None
    contribution, version = voice.contribution, voice.version
    line = line_view(page, voice)
    began = contribution.published_at or contribution.received_at
    name = page._(_("Contribution %(code)s"), code=line.code)
    parts = [line.channel, *(theme.name for theme in voice.themes)]
    title, summary = line.title, first_words(version.text, WORDS) if version is not None and version.text else ""
    if version is None:
        title = f"{name}\u00a0: {line.state[:1].lower()}{line.state[1:]}"
        parts = [line.state]
        summary = " ".join([line.reason and f"{line.reason}.", *(said(page, stone) for stone in one.tombstones)])
    return FeedEntry(
        atom.tag(congress.origin, congress.created_at, f"contributions/{line.code}"),
        title,
        page.service.settings.base_url + line.url,
        began,
        max(began, one.at),
        contribution.channel if version is not None else state_of(voice),
        ", ".join(parts),
        line.who,
        summary.strip(),
    )


ROUTES = [Route("/{congress}/contributions.atom", of_congress, name="voices-feed")]
