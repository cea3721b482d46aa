"""What every page of a motion's past needs: its rows, its frame, the instant that an hour names.

Addresses of the past are for ever; what they show is not: a redaction covers the past too, and what comes next is
linked as it happens. So they are revalidated, by the version of the history and the motion's last entry.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from gettext import NullTranslations
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from motion.rules.errors import NotFound
from motion.web.heavy import Heavy
from motion.web.page import Page, read
from motion.web.reading import named
from motion.web.steps import days_of
from motion.web.views import View, shown
from storage import replays
from storage.models import Official
from storage.replays import Past, Seen

_ = NullTranslations().gettext  # marks the sentences for the catalogues

T = TypeVar("T")

BASE = "/{congress}/motions/{code}"
MOST_ENTRY = 2**31 - 1

PAGES_AT_ONCE = 2
PAGES_WAITING = 400  # of a tenth of a second at most: a hall of officials who open one page, each with their own name
_CLOCK = re.compile(r"\s*(\d{1,2})\s*(?:[:hH]\s*(\d{1,2})?)?(?:\s*:\s*(\d{1,2}))?\s*\Z")


@dataclass(frozen=True, slots=True)
class Frame(View):
    """What every page of a motion's past shows round its own matter."""

    heading: str = shown("`Motion 3 : l’accès aux soins`.")
    number: str = shown("`3`.")
    url: str = shown("The address of the motion.")
    is_behind: bool = shown("Whether the history is still being computed.")
    until: str = shown("Until when it is computed, in words; empty before its first word.")
    days: tuple[tuple[str, str], ...] = shown("Days on which somebody wrote: value and words, for the clock's form.")
    first: str = shown("The address of the text at its first step; empty when there is none.")


async def past_of(
    request: Request, query: Callable[..., T], *args: object, entry: int | None = None, asking: tuple[str, ...] = ()
) -> tuple[Page, T]:
    """Read rows of a motion's past; first bring its history up to date, when it lags behind what is asked for.

    Args:
        entry: What is asked for; None for all.
        asking: The parameters of its address that the page knows. Others are as if they had not been written.
    """
    page, rows = await _past_of(request, query, *args, entry=entry)
    return page.only(*asking), rows


async def _past_of(request: Request, query: Callable[..., T], *args: object, entry: int | None) -> tuple[Page, T]:
    code = request.path_params["code"]
    try:
        page, rows = await read(request, query, code, *args)
    except NotFound:
        # Perhaps only not yet: nothing of this text was replayed since it was written, or since a redaction.
        _page, found = await read(request, replays.past, code)
        if not found.is_behind:
            raise
        assert found.motion.id is not None
        await request.app.state.histories.reach_soon(found.motion.id)
        return await read(request, query, code, *args)
    found = rows if isinstance(rows, Past) else rows.past  # type: ignore[attr-defined]  # each of them has one
    if found.is_behind and (entry is None or entry > found.head.entry):
        assert found.motion.id is not None
        await request.app.state.histories.reach_soon(found.motion.id)
        page, rows = await read(request, query, code, *args)
    return page, rows


def etag_of(page: Page, found: Past, people: Mapping[int, Official] | None = None) -> str:
    """Name what the pages of a past show now.

    Args:
        people: Everyone whom the page may name, when there are others than those of the steps.
    """
    head, motion = found.head, found.motion
    names = named(found.officials if people is None else people)
    return page.etag(
        motion.last_entry,
        head.version,
        head.number,
        motion.title,
        motion.state,
        page.congress,
        names,
        found.tombstones,
    )


async def answer(page: Page, template: str, etag: str, view: Callable[[], View]) -> Response:
    """Answer with a page of the past, whose view reads long texts: in a thread, a few at a time.

    Raises:
        HTTPException: 503: too many wait already.
    """
    known = page.known(template, etag)
    if known is not None:
        return known
    pages: Heavy = page.request.app.state.past_pages
    rendered = await pages.share((template, etag), lambda: page.rendered(template, etag, view))
    return page.send(rendered, etag)


def frame_of(page: Page, found: Past) -> Frame:
    """Put the frame together."""
    motion = found.motion
    number = motion.code.lstrip("M")
    url = f"{page.home}/motions/{motion.code}"
    return Frame(
        page._(_("Motion %(number)s\u00a0: %(title)s"), number=number, title=motion.title),
        number,
        url,
        found.is_behind,
        page.times.moment(found.head.at) if found.head.at else "",
        tuple((day.isoformat(), page.times.day(day)) for day in days_of(page, found.telling)),
        f"{url}/a/{found.steps[0].last_entry}" if found.steps else "",
    )


def entry_of(request: Request, name: str) -> int:
    """An entry's number in the address; too large a one is the largest that the databases know."""
    return min(int(request.path_params[name]), MOST_ENTRY)


async def people_of(request: Request, *instants: Seen, more: frozenset[int] = frozenset()) -> dict[int, Official]:
    """Everyone whose words stand in texts, or who changed them."""
    ids = {one for seen in instants for _length, one in (*seen.instant.runs, *seen.instant.typed_for)}
    ids |= {seen.instant.change.official for seen in instants if seen.instant.change} | more
    known = instants[0].past.officials
    lacking = ids - known.keys() - {0}
    if not lacking:
        return known
    found: dict[int, Official] = await request.app.state.service.store.read(replays.people, lacking)
    return known | found


def moment_asked(page: Page, found: Past, hour: str, day: str) -> datetime | None:
    """The end of the minute that was asked for, in the congress's zone; None when it can't be read."""
    read_clock = _CLOCK.match(hour[:20])
    days = days_of(page, found.telling)
    if read_clock is None or not days:
        return None
    hours, minutes, seconds = int(read_clock[1]), int(read_clock[2] or 0), read_clock[3]
    if hours > 23 or minutes > 59 or int(seconds or 0) > 59:
        return None
    try:
        on = date.fromisoformat(day) if day else days[-1]
    except ValueError:
        on = days[-1]
    start = datetime(on.year, on.month, on.day, hours, minutes, int(seconds or 0), tzinfo=page.times.zone)
    return start + (timedelta(seconds=1) if seconds else timedelta(minutes=1)) - timedelta(milliseconds=1)


async def entry_asked(request: Request, page: Page, found: Past, said: str) -> int | None:
    """The entry that an hour or a number names; None when it can't be read."""
    said = said.strip()[:20]
    if said.isascii() and said.isdigit():
        return min(int(said), MOST_ENTRY)
    moment = moment_asked(page, found, said, request.query_params.get("jour", ""))
    if moment is None:
        return None
    assert found.motion.id is not None
    return await page.service.store.read(replays.entry_at_moment, found.motion.id, moment)
