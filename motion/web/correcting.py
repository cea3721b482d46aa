"""The form in which a transcript is corrected: fifty lines at once, with what their buttons do.

A line of the form is text until it is read; what can't be read is shown again as it was typed.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from motion.rules import captions
from motion.rules.caption_errors import CaptionsRefused
from motion.rules.captions import Cue, Cues, exact_clock, read_clock
from motion.rules.errors import NotFound

LINES = 50  # of a page
MOST_LINES = 150  # that a form may have grown to
MAX_FIELDS = 4 * MOST_LINES + 20
MAX_BODY_BYTES = 2_000_000  # so many lines of a thousand letters, each an escape of six signs in a form
CUT = "|"  # typed where a line is to be cut


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands in the form. `number` counts from 1 in the whole transcript."""

    number: int
    start: str
    end: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a page of the form, in place of `count` lines of the state `base` from `first` on.

    `was` names what those lines said (`name_of`): they are known again in a later state, wherever they stand in it.
    """

    base: str
    first: int
    count: int
    was: str
    lines: tuple[Line, ...]


def sheet_of(cues: Cues, base: str, first: int) -> Sheet:
    """The page of the form that begins at a line."""
    shown = cues[first : first + LINES]
    lines = tuple(
        Line(number, exact_clock(cue.start_ms), exact_clock(cue.end_ms), cue.speaker, cue.text)
        for number, cue in enumerate(shown, start=first + 1)
    )
    return Sheet(base, first, len(shown), name_of(shown), lines)


def name_of(cues: Sequence[Cue]) -> str:
    """Name some lines by what they say and when."""
    return _name([_print(cue) for cue in cues])


def _print(cue: Cue) -> bytes:
    return hashlib.sha256(f"{cue.start_ms} {cue.end_ms} {cue.speaker}\n{cue.text}".encode()).digest()


def _name(prints: Sequence[bytes]) -> str:
    return hashlib.sha256(b"".join(prints)).hexdigest()[:32]


def known_again(sheet: Sheet, cues: Cues, base: str) -> Sheet | None:
    """The form on a later state of the transcript, when somebody has corrected other lines alone; None when not.

    What the form says may stand there already: it was kept, and the answer was lost on its way.
    """
    prints = [_print(cue) for cue in cues]
    for count, name in ((sheet.count, sheet.was), (len(sheet.lines), _said_by(sheet))):
        places = sorted(range(len(cues) - count + 1), key=lambda at: abs(at - sheet.first))
        first = next((at for at in places if count and _name(prints[at : at + count]) == name), None)
        if first is not None:
            lines = tuple(replace(line, number=first + at + 1) for at, line in enumerate(sheet.lines))
            return replace(sheet, base=base, first=first, count=count, lines=lines)
    return None


def _said_by(sheet: Sheet) -> str:
    """The name of the lines as they were typed; empty when one of them can't be read."""
    try:
        return name_of(captions.checked([_cue(line) for line in sheet.lines]))
    except CaptionsRefused:
        return ""


def read_sheet(sent: Mapping[str, str]) -> Sheet:
    """Read a form that was sent.

    Raises:
        NotFound: It is none of ours.
    """
    first, count, lines = (_count(sent.get(name, "")) for name in ("first", "count", "lines"))
    if lines > MOST_LINES:
        raise NotFound("lines", str(lines))
    found = tuple(
        Line(
            first + at + 1,
            *(sent.get(f"{name}-{at}", "") for name in ("start", "end", "who", "text")),
        )
        for at in range(lines)
    )
    return Sheet(sent.get("base", "")[:80], first, count, sent.get("was", "")[:80], found)


def _count(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
        raise NotFound("lines", typed[:40])
    return int(typed)


def whole(sheet: Sheet, cues: Cues) -> Cues:
    """The whole transcript with the lines of the form in their place.

    Raises:
        CaptionsRefused: With the number of the line that can't be read or kept.
    """
    return captions.checked((*cues[: sheet.first], *map(_cue, sheet.lines), *cues[sheet.first + sheet.count :]))


def _cue(line: Line) -> Cue:
    try:
        start, end = read_clock(line.start), read_clock(line.end)
    except ValueError as error:
        raise CaptionsRefused("time", line.number) from error
    return Cue(start, end, line.text.replace(CUT, ""), line.who)


def with_new(sheet: Sheet, after: int, cues: Cues) -> Sheet:
    """The form with an empty line after the given one of its lines (from 0; -1: before all).

    Raises:
        CaptionsRefused: There is no time left between two lines, or no room in the form.
    """
    if len(sheet.lines) >= MOST_LINES:
        raise CaptionsRefused("no-room", sheet.first + after + 1)
    now = (*cues[: sheet.first], *map(_cue, sheet.lines), *cues[sheet.first + sheet.count :])
    start, end = captions.room_after(now, sheet.first + after)
    line = Line(0, exact_clock(start), exact_clock(end), sheet.lines[after].who if 0 <= after else "", "")
    lines = (*sheet.lines[: after + 1], line, *sheet.lines[after + 1 :])
    return replace(sheet, lines=tuple(replace(one, number=sheet.first + at + 1) for at, one in enumerate(lines)))


def split(sheet: Sheet, cues: Cues, at: int) -> Cues:
    """Cut a line of the form at its `|`, or in the middle."""
    typed = sheet.lines[at].text
    text = captions.cleaned(typed.replace(CUT, ""))
    place = len(captions.cleaned(typed.split(CUT)[0])) if CUT in typed else len(text) // 2
    return captions.split(whole(sheet, cues), sheet.first + at, place)


def join(sheet: Sheet, cues: Cues, at: int) -> Cues:
    """Make one line of a line of the form and the next."""
    return captions.join(whole(sheet, cues), sheet.first + at)


def remove(sheet: Sheet, cues: Cues, at: int) -> Cues:
    """Leave a line of the form out."""
    lines = (*sheet.lines[:at], *sheet.lines[at + 1 :])
    return whole(replace(sheet, lines=lines), cues)


DEEDS: dict[str, Callable[[Sheet, Cues, int], Cues]] = {"split": split, "join": join, "remove": remove}
"""What the buttons of a line do, by the first word of their value: `split-3`."""


def deed_of(asked: str, sheet: Sheet) -> tuple[str, int]:
    """Which button was pressed, and of which line of the form.

    Raises:
        NotFound: There is no such button.
    """
    name, _sign, place = asked.partition("-")
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if name == "add" and -1 <= at < len(sheet.lines):
        return name, at
    if name in DEEDS and 0 <= at < len(sheet.lines):
        return name, at
    if not place and name in ("save", "confirm", "keep", "shift", "first"):
        return name, -1
    raise NotFound("button", asked[:40])


def shifted(sheet: Sheet, cues: Cues, by: str, start: str) -> Cues:
    """Move all lines, or those from a number on, by seconds as people type them: `1,5`, `-0,2`.

    Raises:
        CaptionsRefused: It can't be read, or there is no room.
    """
    try:
        by_ms = round(float(by.replace(",", ".").replace("−", "-").replace(" ", "")) * 1000)
        first = int(start) - 1 if start.strip() else 0
    except (ValueError, OverflowError) as error:
        raise CaptionsRefused("shift") from error
    now = whole(sheet, cues)
    if abs(by_ms) > captions.MAX_MS or not 0 <= first < len(now):
        raise CaptionsRefused("shift")
    return captions.shift(now, by_ms, first)
