"""What is said in a recording, line by line: captions, and what people do to them while they correct a transcript.

A *cue* is one caption: from when to when, who speaks, the words as one paragraph. Reading and writing files is
`caption_files`. Everything here takes cues and gives cues; words are never lost, and keep their order.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from gettext import NullTranslations

from motion.rules.caption_errors import CaptionsRefused
from motion.rules.contributions import MAX_NAME

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_CUES = 10_000  # ten hours of speech
MAX_TEXT = 1_000  # characters of a cue: half a minute of the fastest speech
MAX_MS = 24 * 3_600_000
LINE = 42  # characters of a displayed line: what one reads at a glance (EBU-TT-D, and French practice)
LINES = 2  # at once, below a picture
NEW_MS = 2_000  # how long a new caption lasts, where there is room

LANGUAGES: dict[str, str] = {
    "fr": _("français"),
    "en": _("anglais"),
    "de": _("allemand"),
    "es": _("espagnol"),
    "it": _("italien"),
    "pt": _("portugais"),
    "ar": _("arabe"),
    "br": _("breton"),
    "co": _("corse"),
    "eu": _("basque"),
    "ca": _("catalan"),
    "oc": _("occitan"),
    "uk": _("ukrainien"),
}
"""Languages of a transcript or of its translations; the first is the usual one."""

RIGHT_TO_LEFT = frozenset({"ar"})

REASONS: dict[str, str] = {
    "no-file": _("aucun fichier n’est choisi"),
    "too-large": _("le fichier dépasse 2 Mo"),
    "not-captions": _("ce fichier ne contient pas de sous-titres (WebVTT ou SRT)"),
    "no-cue": _("il n’y a aucune parole"),
    "time": _("ligne %(line)s, cette heure ne se lit pas. Écrivez par exemple 1:02,5 ou 00:01:02.500"),
    "no-time": _("ligne %(line)s, ces mots n’ont pas d’heure"),
    "time-order": _("ligne %(line)s, la fin doit venir après le début"),
    "overlap": _("ligne %(line)s, elle commence avant la fin de la précédente"),
    "too-late": _("ligne %(line)s, l’heure dépasse un jour"),
    "too-long": _("ligne %(line)s, le texte dépasse 1 000 caractères"),
    "name-too-long": _("ligne %(line)s, le nom dépasse 100 caractères"),
    "too-many": _("il y a plus de 10 000 lignes"),
    "empty": _("ligne %(line)s, les mots manquent"),
    "no-place": _("ligne %(line)s, il n’y a pas de mots des deux côtés de la coupe"),
    "no-next": _("ligne %(line)s, aucune ligne ne suit"),
    "speakers": _("ligne %(line)s, une autre personne parle ensuite"),
    "before-zero": _("ligne %(line)s, l’heure viendrait avant le début de l’enregistrement"),
    "no-room": _("ligne %(line)s, il n’y a pas de place pour une ligne de plus"),
    "shift": _("le décalage ne se lit pas. Écrivez un nombre de secondes, par exemple 1,5 ou -0,2"),
}
"""Why captions can't be taken, by the code of `CaptionsRefused`."""

_BLANKS = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_DECEIVING = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_CLOCK = re.compile(r"(?:([0-9]{1,3})[:hH])?([0-9]{1,3})[:m]([0-9]{1,2})(?:[.,]([0-9]{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: milliseconds from the start of the recording; `speaker` may be empty; `text` is one paragraph."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""


Cues = tuple[Cue, ...]


def cleaned(text: str) -> str:
    """The words as one paragraph: Unicode composed, blanks made one, without characters that deceive the eye.

    French no-break spaces stay.
    """
    composed = unicodedata.normalize("NFC", _BLANKS.sub(" ", text))
    return _BLANKS.sub(" ", _DECEIVING.sub("", composed)).strip(" ")


def checked(cues: Sequence[Cue]) -> Cues:
    """The same cues, cleaned, if they can be kept: in order, apart from one another, with words, within the limits.

    Raises:
        CaptionsRefused: With the number of the first cue at fault.
    """
    if not cues:
        raise CaptionsRefused("no-cue")
    if len(cues) > MAX_CUES:
        raise CaptionsRefused("too-many")
    kept: list[Cue] = []
    for number, cue in enumerate(cues, start=1):
        one = replace(cue, text=cleaned(cue.text), speaker=cleaned(cue.speaker))
        reason = _fault(one, kept[-1] if kept else None)
        if reason:
            raise CaptionsRefused(reason, number)
        kept.append(one)
    return tuple(kept)


def _fault(cue: Cue, before: Cue | None) -> str:
    if not cue.text.strip():
        return "empty"
    if len(cue.text) > MAX_TEXT:
        return "too-long"
    if len(cue.speaker) > MAX_NAME:
        return "name-too-long"
    if cue.start_ms < 0:
        return "before-zero"
    if cue.end_ms > MAX_MS:
        return "too-late"
    if cue.end_ms <= cue.start_ms:
        return "time-order"
    if before is not None and cue.start_ms < before.end_ms:
        return "overlap"
    return ""


def split(cues: Cues, at: int, place: int, ms: int | None = None) -> Cues:
    """Cut a cue in two at a place of its text.

    Args:
        at: Which cue, from 0.
        place: In characters; it moves to the nearest blank when it falls within a word.
        ms: When the second begins; in proportion to the words when not given, or outside of the cue.

    Raises:
        CaptionsRefused: There are no words on one of the sides, or no time between (`no-place`).
    """
    cue = cues[at]
    blanks = [found.start() for found in re.finditer(" ", cue.text)]
    if not blanks or cue.end_ms - cue.start_ms < 2:
        raise CaptionsRefused("no-place", at + 1)
    cut = min(blanks, key=lambda blank: abs(blank - place))
    if ms is None or not cue.start_ms < ms < cue.end_ms:
        ms = cue.start_ms + (cue.end_ms - cue.start_ms) * cut // len(cue.text)
        ms = min(max(ms, cue.start_ms + 1), cue.end_ms - 1)
    first = replace(cue, end_ms=ms, text=cue.text[:cut])
    second = replace(cue, start_ms=ms, text=cue.text[cut + 1 :])
    return (*cues[:at], first, second, *cues[at + 1 :])


def join(cues: Cues, at: int) -> Cues:
    """Make one cue of a cue and the next.

    Raises:
        CaptionsRefused: None follows (`no-next`); somebody else speaks there (`speakers`): their words would become
            this person's; too many words (`too-long`).
    """
    if at + 1 >= len(cues):
        raise CaptionsRefused("no-next", at + 1)
    first, second = cues[at], cues[at + 1]
    if second.speaker not in ("", first.speaker):
        raise CaptionsRefused("speakers", at + 1)
    text = f"{first.text} {second.text}"
    if len(text) > MAX_TEXT:
        raise CaptionsRefused("too-long", at + 1)
    return (*cues[:at], replace(first, end_ms=second.end_ms, text=text), *cues[at + 2 :])


def shift(cues: Cues, by_ms: int, first: int = 0) -> Cues:
    """Move all cues, or those from `first` on, later or (negative) earlier.

    Raises:
        CaptionsRefused: One would begin before the recording, or before the end of the one before (`before-zero`,
            `overlap`), or end after a day.
    """
    moved = [replace(cue, start_ms=cue.start_ms + by_ms, end_ms=cue.end_ms + by_ms) for cue in cues[first:]]
    if moved and moved[0].start_ms < 0:
        raise CaptionsRefused("before-zero", first + 1)
    if moved and first and moved[0].start_ms < cues[first - 1].end_ms:
        raise CaptionsRefused("overlap", first + 1)
    if moved and moved[-1].end_ms > MAX_MS:
        raise CaptionsRefused("too-late", len(cues))
    return (*cues[:first], *moved)


def set_times(cues: Cues, at: int, start_ms: int, end_ms: int) -> Cues:
    """Give a cue other times.

    Raises:
        CaptionsRefused: They are in disorder, or meet a neighbour's.
    """
    return checked((*cues[:at], replace(cues[at], start_ms=start_ms, end_ms=end_ms), *cues[at + 1 :]))


def replace_text(cues: Cues, at: int, text: str, speaker: str) -> Cues:
    """Give a cue other words.

    Raises:
        CaptionsRefused: There are none, or too many.
    """
    return checked((*cues[:at], replace(cues[at], text=text, speaker=speaker), *cues[at + 1 :]))


def room_after(cues: Sequence[Cue], at: int) -> tuple[int, int]:
    """When a new cue after this one would begin and end; -1 is before the first.

    Raises:
        CaptionsRefused: The next begins where this one ends (`no-room`).
    """
    start = cues[at].end_ms if at >= 0 else 0
    end = min(start + NEW_MS, cues[at + 1].start_ms) if at + 1 < len(cues) else start + NEW_MS
    if end <= start:
        raise CaptionsRefused("no-room", at + 1)
    return start, end


def fitted(cues: Sequence[Cue]) -> Cues:
    """The same words in cues that can be shown: at most two lines of 42 characters each, time shared by length."""
    found: list[Cue] = []
    for cue in cues:
        pieces = _pieces(cue.text)
        if cue.end_ms - cue.start_ms < 2 * len(pieces):
            pieces = [cue.text]
        weights = [len(piece) for piece in pieces]
        for number, piece in enumerate(pieces):
            spans = [
                cue.start_ms + (cue.end_ms - cue.start_ms) * sum(weights[:end]) // sum(weights)
                for end in (number, number + 1)
            ]
            found.append(replace(cue, start_ms=spans[0], end_ms=max(spans[1], spans[0] + 1), text=piece))
    return tuple(found)


def _pieces(text: str) -> list[str]:
    """The text in pieces of two lines, cut after a sentence when one ends in the second half."""
    pieces, rest = [], text
    while len(wrapped(rest)) > LINES:
        shown = " ".join(wrapped(rest)[:LINES])
        ends = [found.end() for found in re.finditer(r"[.!?…;:,](?= )", shown)]
        cut = ends[-1] if ends and ends[-1] > len(shown) // 2 else len(shown)
        pieces.append(rest[:cut])
        rest = rest[cut + 1 :]
    return [*pieces, rest] if rest else pieces


def wrapped(text: str) -> list[str]:
    """The lines of a caption as it is displayed: at most 42 characters, a longer word alone; no word is cut.

    When two lines are enough they are made about equal.
    """
    lines = _filled(text, LINE)
    if len(lines) == LINES:
        for width in range((len(text) + 1) // LINES, LINE):
            even = _filled(text, width)
            if len(even) == LINES and all(len(line) <= LINE for line in even):
                return even
    return lines


def _filled(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def read_clock(typed: str) -> int:
    """Read a time as people type it, in milliseconds: `1:02`, `1:02,5`, `00:01:02.500`.

    Raises:
        ValueError: It is none.
    """
    found = _CLOCK.fullmatch("".join(typed.split()))
    if found is None:
        raise ValueError(typed[:40])
    hours, minutes, seconds, parts = found.groups()
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        raise ValueError(typed[:40])
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 1000 + int((parts or "0").ljust(3, "0"))


def clock(ms: int) -> str:
    """A time as people read it, to the second: `1:02`, `1:01:02`."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def exact_clock(ms: int) -> str:
    """A time for a field, to the millisecond: `1:02,500`; `read_clock` reads it back."""
    return f"{clock(ms)},{ms % 1000:03}"


def seconds(cue: Cue) -> tuple[int, int]:
    """The whole seconds that a cue covers: for addresses, `#t=72,81`."""
    return cue.start_ms // 1000, max(-(-cue.end_ms // 1000), cue.start_ms // 1000 + 1)


def said_between(cues: Sequence[Cue], start_s: int, end_s: int) -> Cues:
    """The cues that begin within these seconds: what `#t=start,end` names; the one under way when none begins."""
    found = tuple(cue for cue in cues if start_s <= cue.start_ms // 1000 < end_s)
    return found or tuple(cue for cue in cues if cue.start_ms < end_s * 1000 and cue.end_ms > start_s * 1000)


def spread(text: str, duration_ms: int) -> Cues:
    """Lines that were typed or pasted without times, shared over the recording by their length.

    Args:
        duration_ms: Of the recording; when it isn't known (0), as if fifteen characters were said in a second.

    Raises:
        CaptionsRefused: There is nothing, or too much of it.
    """
    said = [line for line in (cleaned(line) for line in text.splitlines()) if line.strip()]
    if not said:
        raise CaptionsRefused("no-cue")
    total, before, found = sum(len(line) for line in said), 0, []
    duration_ms = min(duration_ms or total * 1000 // 15, MAX_MS)
    for number, line in enumerate(said, start=1):
        if len(line) > MAX_TEXT:
            raise CaptionsRefused("too-long", number)
        first, last = (duration_ms * place // total for place in (before, before + len(line)))
        found.append(Cue(first, max(last, first + 1), line))
        before += len(line)
    return checked(fitted(found))
