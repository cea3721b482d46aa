"""Atom feeds: of a congress (its acts), of a motion, of the whole register.

A feed says what the register says, in the same sentences, and no word of a text: what is taken out of publication was
never in one. A stretch of typing is one entry, named by the first keystroke: it is updated while it lasts.
"""

from dataclasses import dataclass
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.record.entry import decode_entry
from motion.rules.register import KINDS, TYPED, Genre
from motion.web import atom
from motion.web.atom import Feed, FeedEntry
from motion.web.open_answers import read, send
from motion.web.page import Page
from motion.web.paged_feed import paged
from motion.web.pages.register import number_of
from motion.web.reading import person_of
from motion.web.register_words import Teller, genre_said
from storage import open_data, pages, register
from storage.models import Congress
from storage.open_data import Stretch
from storage.register import Asked, Found, Told
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ENTRIES = 50  # of a page
LIFE = tuple(kind for kind in KINDS[Genre.TEXT] if kind != "doc.snapshot")  # a snapshot is no news


@dataclass(frozen=True, slots=True)
class Subject:
    """What a feed is about: its name in identifiers, its words, the page that says the same, the kinds of entries."""

    name: str
    words: str
    page: str  # below the congress
    kinds: tuple[str, ...]  # empty for all


ACTS = Subject("actes", _("les actes du congrès"), "", (*LIFE, *KINDS[Genre.CONGRESS], "redaction"))
REGISTER = Subject("registre", _("le registre"), "/registre", ())


@dataclass(frozen=True, slots=True)
class FeedRows:
    """What a page of a feed is made of; `title` is the motion's, or empty."""

    found: Found
    stretches: tuple[Stretch, ...]
    told: Told
    title: str


def rows_of(db: Session, congress: Congress, kinds: tuple[str, ...], motion: str, before: int | None) -> FeedRows:
    """Read a page.

    Raises:
        NotFound: The congress has no such motion.
    """
    assert congress.id is not None
    title = pages.motion_named(db, congress, motion).title if motion else ""
    asked = Asked(before=before, motion=motion, kinds=kinds)
    found = register.find(db, congress, asked, ENTRIES)
    stretches = tuple(open_data.stretch(db, congress.id, line, before) for line in found.lines)
    whole = tuple(one for one in stretches if not one.goes_on)  # the rest stands on the page before, whole
    return FeedRows(found, whole, register.told(db, congress.id, [one.line.last for one in whole]), title)


async def of_congress(request: Request) -> Response:
    """The acts of a congress and of its motions."""
    return await answer(request, ACTS)


async def of_motion(request: Request) -> Response:
    """The life of a motion: its acts, and who wrote when."""
    code = request.path_params["code"]
    return await answer(request, Subject(code, "", f"/motions/{code}", (*LIFE, TYPED, "redaction")), code)


async def of_register(request: Request) -> Response:
    """Everything."""
    return await answer(request, REGISTER)


async def answer(request: Request, subject: Subject, motion: str = "") -> Response:
    """A page of a feed."""
    before = number_of(request.query_params.get("avant", ""))
    page, rows = await read(request, rows_of, subject.kinds, motion, before)
    return send(page, atom.write(feed_of(page, rows, subject, before)), atom.MEDIA_TYPE)


def feed_of(page: Page, rows: FeedRows, subject: Subject, before: int | None) -> Feed:
    """Put a page in words."""
    words = page._(subject.words) if subject.words else _motion_said(page, subject.name, rows.title)
    teller = Teller(page, rows.told.officials)
    entries = tuple(entry_of(page, teller, rows, one) for one in rows.stretches)
    return paged(page, subject.name, words, subject.page, before, rows.found.next_before, entries)


def _motion_said(page: Page, code: str, title: str) -> str:
    return page._(_("Motion %(number)s"), number=code.removeprefix("M")) + f", {title}"


def entry_of(page: Page, teller: Teller, rows: FeedRows, one: Stretch) -> FeedEntry:
    """One act, or one stretch of typing."""
    congress, line = page.congress, one.line
    assert congress is not None
    entry = decode_entry(rows.told.contents[line.last])
    kind, _dash, number = entry.by.partition("-")
    who = ""
    if kind == "elu" and number.isdecimal():
        who = person_of(page, rows.told.officials.get(int(number)), int(number)).name
    is_stretch = line.kind == TYPED
    summary = ""
    if is_stretch:
        began, ended = page.times.hour(one.began), page.times.hour(line.ended)
        if began != ended:
            summary = page._(_("de %(began)s à %(ended)s"), began=began, ended=ended)
    return FeedEntry(
        atom.tag(congress.origin, congress.created_at, str(one.first if is_stretch else line.last)),
        teller.entry(entry),
        f"{page.service.settings.base_url}{page.home}/registre/{line.last}",
        one.began if is_stretch else entry.at,
        entry.at,
        line.kind,
        genre_said(page, line.kind),
        who,
        summary,
    )


ROUTES = [
    Route("/{congress}.atom", of_congress, name="congress-feed"),
    Route("/{congress}/registre.atom", of_register, name="register-feed"),
    Route("/{congress}/motions/{code}.atom", of_motion, name="motion-feed"),
]
