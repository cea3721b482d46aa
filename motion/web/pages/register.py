"""The register for people: every entry in words, filtered, each with its address, its proof and its receipt."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from gettext import NullTranslations
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.record.bundles import address_of, name_of
from motion.record.entry import decode_entry
from motion.record.tree import leaf_hash
from motion.rules.register import KINDS, TYPED, Genre, Line
from motion.web.page import Page, read
from motion.web.reading import grouped_digest, named
from motion.web.register_words import GENRES, Teller, witnesses_said
from motion.web.tombstones import TombstoneView, tombstone_views
from motion.web.views import View, shown
from storage import pages, published, redactions, register, written_places
from storage.models import Congress, Motion
from storage.redactions import Tombstone
from storage.register import Asked, Found, OneEntry, Told
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

LINES = 50  # of a page: about six hundred elements
ONE_BY_ONE = 100  # keystrokes of a page that opens a stretch
MAX_WORDS = 200  # characters of a search
MAX_DIGITS = 15  # of an entry's number: beyond 2^53 no reader counts, and a column ends


Where = dict[int, tuple[str, ...]]
"""The articles in which lines were written, by their last entry."""


@dataclass(frozen=True, slots=True)
class LineView(View):
    """One line of the register."""

    at: str = shown("Its moment, for `<time datetime>`.")
    hour: str = shown("Its hour, in words.")
    sentence: str = shown("What happened, in words.")
    detail: str = shown("For a stretch of typing: how many changes, from when to when; else empty.")
    url: str = shown("The address of the entry, or of the stretch opened.")
    number: str = shown("The entry's number; for a stretch the first and the last.")


@dataclass(frozen=True, slots=True)
class DayView(View):
    """The lines of one day."""

    name: str = shown("`samedi 15 novembre 2031`.")
    lines: tuple[LineView, ...] = shown("From the latest.")


@dataclass(frozen=True, slots=True)
class RegisterView(View):
    """A page of the register."""

    days: tuple[DayView, ...] = shown("From the latest.")
    motions: tuple[tuple[str, str], ...] = shown("Code and name of each motion, for the form.")
    genres: tuple[tuple[str, str], ...] = shown("Code and name of each genre, for the form.")
    asked: dict[str, str] = shown("What the form was filled with.")
    faults: dict[str, str] = shown("What is wrong with it, by field.")
    total: str = shown("How many entries the record has, in words.")
    older: str = shown("The address of the page before; empty on the last.")
    is_filtered: bool = shown("Whether anything is asked for.")
    is_opened: bool = shown("Whether this is a stretch, keystroke by keystroke.")
    witnesses: str = shown("How many witnesses countersigned, in words; empty when none is named.")


@dataclass(frozen=True, slots=True)
class MotionLink(View):
    """The motion that an entry is about."""

    url: str = shown("The address of its page.")
    number: str = shown("The number in its code, `1`.")
    title: str = shown("Its title.")


@dataclass(frozen=True, slots=True)
class EntryView(View):
    """One entry."""

    number: int = shown("Its number.")
    title: str = shown("`Inscription n° 57`.")
    sentence: str = shown("What happened, in words.")
    at: str = shown("Its moment, for `<time datetime>`.")
    moment: str = shown("Its moment, in words, to the second.")
    digest: str = shown("Its fingerprint in the record, in groups of four.")
    content: str = shown("Its exact bytes, as text.")
    commitment: str = shown("The name of the object that it commits to; empty when nobody may have it.")
    object_path: str = shown("Where that object is, below the congress's address; empty when nobody may have it.")
    about: MotionLink | None = shown("The motion that it is about.")
    previous: int | None = shown("The entry before; None for the first.")
    following: int | None = shown("The entry after; None for the last.")
    previous_of_motion: int | None = shown("The entry before about the same motion.")
    following_of_motion: int | None = shown("The entry after about the same motion.")
    is_signed: bool = shown("Whether a signed root covers it, so that there is a proof.")
    receipt: str = shown("The QR code of its address, as SVG; empty but on a receipt.")
    address: str = shown("Its address, in full.")
    reason: str = shown("The public reason of a reopening or a withdrawal; empty for others, or when it is redacted.")
    tombstones: tuple[TombstoneView, ...] = shown("What was decided on its object, or what it decides itself.")


async def show(request: Request) -> Response:
    """A page of the register."""
    page, (found, said, motions, witnessed, where, last_day) = await read(request, page_of_register, request)
    asked, faults = asked_of(request, page, last_day)

    def view() -> RegisterView:
        teller = Teller(page, said.officials)
        code_of = {motion.id: motion.code for motion in motions}
        is_opened = one_by_one(request)
        return RegisterView(
            tuple(days(page, teller, found, said, code_of, where)),
            tuple((motion.code, page._(_("Motion %(number)s"), number=motion.code[1:])) for motion in motions),
            tuple((str(genre), page._(words)) for genre, words in GENRES.items()),
            asked,
            faults,
            page.language.ngettext("%(num)s inscription", "%(num)s inscriptions", found.last_entry + 1)
            % {"num": page.times.number(found.last_entry + 1)},
            address(page, asked | {"avant": str(found.next_before)}) if found.next_before is not None else "",
            any(value for name, value in asked.items() if name != "avant"),
            is_opened,
            witnesses_said(page, *witnessed),
        )

    if faults:
        return page.render("registre.html", view(), status=422)
    return page.answer("registre.html", page.etag(found.last_entry, page.congress, witnessed, where), view)


def page_of_register(
    db: Session, congress: Congress, request: Request
) -> tuple[Found, Told, tuple[Motion, ...], tuple[int, int], Where, str]:
    """Read a page: lines, what they are said with, motions for the form, witnesses, articles, the last day."""
    assert congress.id is not None
    opened = one_by_one(request)
    last_day = day_written_last(db, congress)
    asked = query_of(request, congress, last_day)
    found = register.find(db, congress, asked, ONE_BY_ONE if opened else LINES, one_by_one=opened)
    said = register.told(db, congress.id, [line.last for line in found.lines])
    motions = tuple(said.motions.values())
    witnessed = published.witnesses(db, congress.id)
    return found, said, motions, (witnessed.cosigned, witnessed.named), written_places.places(db, found.lines), last_day


def day_written_last(db: Session, congress: Congress) -> str:
    """The day of the last entry where the congress meets, which hours without a day are of; empty before any."""
    assert congress.id is not None
    at = register.last_moment(db, congress.id)
    return at.astimezone(ZoneInfo(congress.time_zone)).date().isoformat() if at else ""


def one_by_one(request: Request) -> bool:
    """Whether the address opens a stretch."""
    return request.query_params.get("chaque") == "1"


FIELDS = ("personne", "motion", "genre", "jour", "de", "a", "avant", "depuis", "qui", "chaque")


def asked_of(request: Request, page: Page, last_day: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the form was filled with, and what of it can't be read, by field; an hour alone is of the last day."""
    asked = {name: request.query_params.get(name, "").strip()[:MAX_WORDS].replace("\0", "") for name in FIELDS}
    faults: dict[str, str] = {}
    if asked["jour"] and day_of(asked["jour"]) is None:
        faults["jour"] = page._(_("Ce jour ne se lit pas. Écrivez-le ainsi\u00a0: 2031-11-15."))
    for name in ("de", "a"):
        if asked[name] and hour_of(asked[name]) is None:
            faults[name] = page._(_("Cette heure ne se lit pas. Écrivez-la ainsi\u00a0: 14:30."))
    if (asked["de"] or asked["a"]) and not asked["jour"]:
        asked["jour"] = last_day
    if asked["genre"] and asked["genre"] not in list(Genre):
        faults["genre"] = page._(_("Ce genre d’inscription n’existe pas. Choisissez dans la liste."))
    return asked, faults


def query_of(request: Request, congress: Congress, last_day: str) -> Asked:
    """What the address asks for; what can't be read is left out, and said by `asked_of`."""
    said = request.query_params
    zone = ZoneInfo(congress.time_zone)
    first, last = hour_of(said.get("de", "").strip()), hour_of(said.get("a", "").strip())
    day = day_of(said.get("jour", "").strip() or (last_day if first or last else ""))
    starts = ends = None
    if day is not None:
        starts = datetime.combine(day, first or time(), zone).astimezone(UTC)
        # The minute that is named is within.
        ends = datetime.combine(day, last, zone).astimezone(UTC) + timedelta(minutes=1) if last else None
        ends = ends or datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    genre = said.get("genre", "")
    return Asked(
        before=number_of(said.get("avant", "")),
        since=number_of(said.get("depuis", "")),
        person=said.get("personne", "").strip()[:MAX_WORDS].replace("\0", ""),
        official=number_of(said.get("qui", "")),
        motion=said.get("motion", "").replace("\0", "")[:20],
        kinds=KINDS[Genre(genre)] if genre in list(Genre) else (),
        starts=starts,
        ends=ends,
    )


def day_of(text: str) -> date | None:
    """A day as a form sends it; None when it is none, or of no century of ours: its ends have no hour everywhere."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


def hour_of(text: str) -> time | None:
    """An hour as a form or a person writes it, `14:30`, `14 h 30`, `14h`; None when it is none."""
    digits = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").lower().replace("h", ":")
    hours, _colon, minutes = digits.partition(":")
    try:
        return time(int(hours), int(minutes or 0))
    except (ValueError, OverflowError):
        return None


def number_of(text: str) -> int | None:
    """An entry's number; None when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def address(page: Page, asked: dict[str, str]) -> str:
    """The register with these things asked for."""
    said = {name: value for name, value in asked.items() if value}
    return f"{page.home}/registre" + (f"?{urlencode(said)}" if said else "")


def days(
    page: Page, teller: Teller, found: Found, said: Told, code_of: dict[int | None, str], where: Where
) -> Iterable[DayView]:
    """Put the lines in words, day by day."""
    name, gathered = "", list[LineView]()
    for line in found.lines:
        content = said.contents[line.last]
        day = page.times.day(line.ended)
        if day != name and gathered:
            yield DayView(name, tuple(gathered))
            gathered = []
        name = day
        gathered.append(line_view(page, teller, line, content, code_of, where.get(line.last, ())))
    if gathered:
        yield DayView(name, tuple(gathered))


def line_view(
    page: Page, teller: Teller, line: Line, content: bytes, code_of: dict[int | None, str], where: tuple[str, ...]
) -> LineView:
    """One line; a stretch leads to its keystrokes."""
    url, number, detail = f"{page.home}/registre/{line.last}", page.times.number(line.last), ""
    if line.is_stretch:
        stretch = {
            "motion": code_of.get(line.motion, ""),
            "qui": str(line.official or ""),
            "genre": str(Genre.WRITING),
            "depuis": str(line.first),
            "avant": str(line.last + 1),
            "chaque": "1",
        }
        url = address(page, stretch)
        number = page._(_("%(first)s à %(last)s"), first=page.times.number(line.first), last=number)
        count = page.language.ngettext("%(num)s modification", "%(num)s modifications", line.updates)
        detail = count % {"num": page.times.number(line.updates)}
        began, ended = page.times.hour(line.began), page.times.hour(line.ended)
        if began != ended:
            detail += ", " + page._(_("de %(began)s à %(ended)s"), began=began, ended=ended)
    return LineView(
        page.times.iso(line.ended),
        page.times.hour(line.ended),
        teller.entry(decode_entry(content), where),
        detail,
        url,
        number,
    )


def qr_of(address: str) -> str:
    """An address as a QR code, in SVG. Takes some milliseconds."""
    svg: str = segno.make(address, error="m").svg_inline(
        scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    # With a view box it grows with the place that a style gives it.
    return re.sub(r'width="(\d+)" height="(\d+)"', r'\g<0> viewBox="0 0 \1 \2"', svg, count=1)


async def show_entry(request: Request) -> Response:
    """One entry: in words, to the byte, with its proof and what it is about."""
    return await entry_page(request, "registre_inscription.html", is_receipt=False)


async def receipt(request: Request) -> Response:
    """One entry as a receipt to print: its number, its fingerprint, its address as a QR code."""
    return await entry_page(request, "registre_recu.html", is_receipt=True)


async def entry_page(request: Request, template: str, *, is_receipt: bool) -> Response:
    """Answer with a page about one entry."""
    number = request.path_params["entry"]
    page, (one, people, motion, newest, stones, where, reason) = await read(request, page_of_entry, number)
    is_signed = newest > number
    return page.answer(
        template,
        page.etag(
            one.last_entry > number,
            is_signed,
            one.next_of_motion,
            motion and motion.title,
            named(people.officials),
            page.congress,
            len(stones),
            sum(len(stone.disclosed) for stone in stones),
            where,
            bool(reason),
        ),
        lambda: entry_view(
            page, one, people, motion, stones, where, reason, is_signed=is_signed, is_receipt=is_receipt
        ),
    )


def page_of_entry(
    db: Session, congress: Congress, number: int
) -> tuple[OneEntry, Told, Motion | None, int, tuple[Tombstone, ...], tuple[str, ...], str]:
    """Read an entry, whom it names, how far the last signed root goes, its object's fate, its article, its reason."""
    assert congress.id is not None
    one = register.entry(db, congress, number)
    said = register.told(db, congress.id, [number])
    newest = published.newest(db, congress.id)
    motion = None if one.entry.motion_id is None else said.motions.get(one.entry.motion_id)
    row = one.entry
    line = Line(number, number, row.at, row.at, row.kind, row.motion_id, row.official_id, int(row.kind == TYPED))
    where = written_places.places(db, [line]).get(number, ())
    stones = redactions.about(db, congress.id, number)
    reason = "" if stones else pages.reasons_of(db, [row]).get(number, "")
    return one, said, motion, newest.size if newest else 0, stones, where, reason


def entry_view(
    page: Page,
    one: OneEntry,
    said: Told,
    motion: Motion | None,
    stones: tuple[Tombstone, ...],
    where: tuple[str, ...],
    reason: str,
    *,
    is_signed: bool,
    is_receipt: bool,
) -> EntryView:
    """Put an entry in words."""
    row = one.entry
    entry = decode_entry(row.content)
    full = f"{page.service.settings.base_url}{page.home}/registre/{row.number}"
    return EntryView(
        row.number,
        page._(_("Inscription n°\u00a0%(number)s"), number=page.times.number(row.number)),
        Teller(page, said.officials).entry(entry, where),
        page.times.iso(entry.at),
        page._(_("%(day)s à %(hour)s"), day=page.times.day(entry.at), hour=page.times.hour_to_second(entry.at)),
        grouped_digest(leaf_hash(row.content).hex()),
        row.content.decode(),
        "" if stones else name_of(entry.kind, entry.body) or "",
        "" if stones else address_of(row.number, entry.kind, entry.body) or "",
        None
        if motion is None
        else MotionLink(f"{page.home}/motions/{motion.code}", motion.code.removeprefix("M"), motion.title),
        row.number - 1 if row.number else None,
        row.number + 1 if row.number < one.last_entry else None,
        one.previous_of_motion,
        one.next_of_motion,
        is_signed,
        qr_of(full) if is_receipt else "",
        full,
        reason,
        tombstone_views(page, stones),
    )


ROUTES = [
    Route("/{congress}/registre", show, name="register"),
    Route("/{congress}/registre/{entry:int}/recu", receipt, name="receipt"),
    Route("/{congress}/registre/{entry:int}", show_entry, name="entry"),
]
