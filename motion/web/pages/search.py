"""Searching a congress: its texts as they read now, and the acts of its register."""

import asyncio
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.record.entry import decode_entry
from motion.rules import captions
from motion.rules.names import display_name, folded
from motion.rules.register import Genre
from motion.rules.words import Asked, asked, excerpt, is_common, marks
from motion.web.page import Page, open_page, read
from motion.web.register_words import Teller
from motion.web.views import View, shown
from storage import pages, register, search, spoken_passages, written_voices
from storage.models import Congress, Motion, Official
from storage.register import Told
from storage.search import PAGE, Found, Passage
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

log = logging.getLogger("motion.web")

MAX_CHARACTERS = 200
REFRESH_EVERY_S = 5.0  # how far a search may lag behind what is typed
MAX_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class FoundView(View):
    """One passage found."""

    url: str = shown("Where it stands.")
    where: str = shown("`Motion 1, article 2, ligne 14`, or the act in words.")
    words: Markup = shown("Its words as safe HTML, those looked for within `mark`.")


@dataclass(frozen=True, slots=True)
class SearchView(View):
    """What a search found."""

    words: str = shown("What was typed.")
    motion: str = shown("Where to look: the code of a motion, `contributions`, or empty for everything.")
    places: tuple[tuple[str, str], ...] = shown("Where one may look: code and name, for the form.")
    count: str = shown("How many passages were found, in words; empty before any search.")
    people: tuple[tuple[str, str], ...] = shown("What each person of that name wrote: in words, and its address.")
    found: tuple[FoundView, ...] = shown("The passages of this page.")
    more: str = shown("The address of the next page; empty on the last.")
    less: str = shown("The address of the page before; empty on the first.")


async def show(request: Request) -> Response:
    """The search and what it found. What is new since the last search is indexed first."""
    said = request.query_params
    words = said.get("q", "").strip()[:MAX_CHARACTERS].replace("\0", "")
    wanted, motion = asked(words), said.get("motion", "").replace("\0", "")[:20]
    number = page_asked(said.get("page", ""))
    if not wanted.is_empty:
        await bring_up_to_date(request)
    page, (mark, found, told, motions, writers) = await read(request, page_of_search, words, motion, number)

    def address(other: int) -> str:
        asked_for = {"q": words, "motion": motion, "page": str(other) if other > 1 else ""}
        return f"{page.home}/recherche?" + urlencode({name: value for name, value in asked_for.items() if value})

    view = SearchView(
        words,
        motion,
        (
            (search.VOICES, page._(_("Dans ce qui a été dit"))),
            *((one.code, page._(_("Motion %(number)s"), number=one.code[1:])) for one in motions),
        ),
        count_said(page, found, words) if words else "",
        tuple(written_by(page, one) for one in writers),
        tuple(views(page, found.passages, told, wanted)),
        address(number + 1) if found.count > number * PAGE else "",
        address(number - 1) if number > 1 else "",
    )
    places = [(one.motion, one.anchor, one.entry) for one in found.passages]
    people = [one.id for one in writers]
    return page.answer("recherche.html", page.etag(mark[0], mark, found.count, places, people), lambda: view)


def written_by(page: Page, official: Official) -> tuple[str, str]:
    """`Tout ce que Solène Kervadec a écrit`, and where the register shows it."""
    name = display_name(official.first_names, official.family_name)
    is_elided = folded(name)[:1] in tuple("aeiouh")
    said = _("Tout ce qu’%(name)s a écrit") if is_elided else _("Tout ce que %(name)s a écrit")
    url = f"{page.home}/registre?" + urlencode({"personne": name, "genre": Genre.WRITING})
    return page._(said, name=name), url


def page_asked(text: str) -> int:
    """The page that the address asks for, from 1."""
    return min(max(int(text), 1), MAX_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1


async def bring_up_to_date(request: Request) -> None:
    """Index what has changed, at most once in `REFRESH_EVERY_S`: the other searches find what was there.

    It writes, and on SQLite whoever types waits for it. Where it fails, as when another process does the same at this
    moment, the search is that of before.
    """
    page = await open_page(request)
    assert page.congress is not None and page.congress.id is not None
    service, congress_id = page.service, page.congress.id
    refreshed: dict[int, float] = request.app.state.refreshed
    now = asyncio.get_running_loop().time()
    if now - refreshed.get(congress_id, -math.inf) < REFRESH_EVERY_S:
        return
    refreshed[congress_id] = now
    try:
        for part in await service.store.read(search.behind, congress_id):
            while await service.store.write(search.refresh, congress_id, part):
                pass
    except Exception:
        log.warning("couldn't bring the search of congress %d up to date", congress_id, exc_info=True)


def page_of_search(
    db: Session, congress: Congress, words: str, motion: str, number: int
) -> tuple[tuple[int, ...], Found, Told, tuple[Motion, ...], list[Official]]:
    """Read how far the search has read, find passages, read what acts are said with, and find who has this name."""
    assert congress.id is not None
    if motion and motion != search.VOICES:
        pages.motion_named(db, congress, motion)
    found = search.find(db, congress, asked(words), motion=motion, page=number)
    told = register.told(db, congress.id, [one.entry for one in found.passages if one.entry is not None])
    writers = search.writers(db, congress, words) if number == 1 else []
    return search.mark(db, congress.id), found, told, tuple(told.motions.values()), writers


def count_said(page: Page, found: Found, words: str) -> str:
    """`12 passages trouvés`."""
    if not found.count and is_common(words):
        return page._(_("Ce mot est trop courant pour être cherché seul."))
    if not found.count:
        return page._(_("Aucun passage ne contient tous ces mots."))
    said: Any = page.language.ngettext("%(num)s passage trouvé", "%(num)s passages trouvés", found.count)
    return str(said % {"num": page.times.number(found.count)})


def views(page: Page, passages: Sequence[Passage], told: Told, wanted: Asked) -> list[FoundView]:
    """Say where each passage stands, and mark the words in it."""
    teller = Teller(page, told.officials)
    found = []
    for passage in passages:
        words = marked(passage.text, wanted)
        spoken = spoken_passages.ANCHOR.fullmatch(passage.anchor)
        if spoken is not None:
            moment = captions.clock(int(spoken[2]) * 1000)
            where = page._(_("Contribution %(code)s, à %(moment)s"), code=spoken[1], moment=moment)
            found.append(FoundView(f"{page.home}/{passage.anchor}", where, words))
            continue
        written = written_voices.ANCHOR.fullmatch(passage.anchor)
        if written is not None:
            where = page._(_("Contribution %(code)s"), code=written[1]) + f", {passage.title}"
            said = passage.text.removesuffix(f"\n{passage.title}")  # who speaks is said above
            found.append(FoundView(f"{page.home}/{passage.anchor}", where, marked(said, wanted)))
            continue
        if passage.entry is not None:
            where = teller.entry(decode_entry(told.contents[passage.entry]))
            found.append(FoundView(f"{page.home}/registre/{passage.entry}", where, words))
            continue
        where = page._(_("Motion %(number)s"), number=passage.motion[1:])
        if passage.title and passage.title != passage.text:
            where += f", {passage.title}"
        found.append(FoundView(f"{page.home}/motions/{passage.motion}#{passage.anchor}", where, words))
    return found


def marked(text: str, wanted: Asked) -> Markup:
    """A passage, cut to what is shown, with the words found within `mark`."""
    places = list(marks(text, wanted))
    start, end = excerpt(text, places)
    parts, at = ["…" if start else ""], start
    for first, last in places:
        if first >= at and last <= end:
            parts += [escape(text[at:first]), Markup("<mark>"), escape(text[first:last]), Markup("</mark>")]
            at = last
    return Markup("").join([*map(escape, parts), escape(text[at:end]), "…" if end < len(text) else ""])


ROUTES = [Route("/{congress}/recherche", show, name="search")]
