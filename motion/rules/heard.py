"""What a machine has heard in a recording, made into captions that people can read while they listen.

A recogniser gives sentences, or pieces of them, as words with their times. Here they become cues: two lines at most,
a few seconds each, in order. A machine also writes down what nobody has said; what it is known to invent is left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from gettext import NullTranslations

from motion.rules.captions import LINES, MAX_CUES, MAX_TEXT, Cue, Cues, cleaned, wrapped

_ = NullTranslations().gettext  # marks the sentences for the catalogues

LANGUAGES = frozenset({"fr", "en", "de", "es", "it", "pt"})
"""Languages that a small model hears fairly; of the others of `captions.LANGUAGES` it makes up too much."""

LONGEST_MS = 7_000  # of a cue: nobody remembers longer what stands there (EBU Tech 3264, and French practice)
SHORTEST_MS = 1_000  # as long as the next cue leaves room: less can't be read

# What the captions of its films taught Whisper to write over music and silence: credits that nobody has spoken.
_INVENTED = re.compile(
    r"amara\.org|sous-?titr\w+ (?:réalisé\w*|fait\w*|par|st'? ?501|société radio-canada)|"
    r"^\W*sous-?titrage\b.{0,60}$|subtitles by|❤️ par",
    re.IGNORECASE,
)


class HearingReason(StrEnum):
    """Why a recording has no automatic transcript."""

    NO_SPEECH = "no-speech"
    DAMAGED = "damaged"
    TOO_HEAVY = "too-heavy"
    TOO_SLOW = "too-slow"
    LOST = "lost"
    INTERNAL = "internal"


SAID: dict[HearingReason, str] = {
    HearingReason.NO_SPEECH: _("Aucune parole n’a été reconnue."),
    HearingReason.DAMAGED: _("Le son n’a pas pu être lu."),
    HearingReason.TOO_HEAVY: _("L’enregistrement demande plus de mémoire que ce serveur n’en donne."),
    HearingReason.TOO_SLOW: _("L’enregistrement demande plus de temps de calcul que ce serveur n’en donne."),
    HearingReason.LOST: _("Le son ne se retrouve pas."),
    HearingReason.INTERNAL: _("Une erreur de notre part l’a interrompue."),
}
"""What the desk of transcripts says."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or the end of one when it begins without a blank: milliseconds from the start of the recording."""

    start_ms: int
    end_ms: int
    text: str


def cues_of(sentences: Iterable[Sequence[Word]]) -> Cues:
    """The cues of what was heard: each begins with its first word, and ends with its last or a little later.

    Words keep their order, whatever their times say; none is cut. Nothing heard: no cue.
    """
    found: list[Cue] = []
    for sentence in sentences:
        words = _joined(sentence)
        if _INVENTED.search(" ".join(word.text for word in words)):
            continue
        for some in _shown(words):
            start = max(some[0].start_ms, found[-1].end_ms if found else 0)
            text = " ".join(word.text for word in some)
            if not text.strip():  # of no-break spaces alone
                continue
            found.append(Cue(start, max(some[-1].end_ms, start + 1), text))
    return _readable(found[:MAX_CUES])


def _joined(sentence: Sequence[Word]) -> list[Word]:
    """Words as blanks part them: what begins without a blank belongs to the word before."""
    found: list[Word] = []
    for word in sentence:
        parts = cleaned(word.text).split(" ")
        if found and parts[0] and not word.text[:1].isspace():
            last = found[-1]
            found[-1] = Word(last.start_ms, max(word.end_ms, last.end_ms), last.text + parts.pop(0))
        found += [Word(word.start_ms, word.end_ms, part) for part in parts if part]
    return [Word(word.start_ms, word.end_ms, word.text[:MAX_TEXT]) for word in found]


def _shown(words: Sequence[Word]) -> list[Sequence[Word]]:
    """The words of each cue: cut in two, there where it is best, as long as they are too many or last too long."""
    waiting, found = [words], []
    while waiting:
        some = waiting.pop()
        text = " ".join(word.text for word in some)
        lasts_ms = some[-1].end_ms - some[0].start_ms if some else 0
        if len(some) < 2 or (lasts_ms <= LONGEST_MS and len(wrapped(text)) <= LINES):
            found += [some] if some else []
            continue
        cut = min(range(1, len(some)), key=lambda at: _cost(some, at))
        waiting += [some[cut:], some[:cut]]
    return found


def _cost(words: Sequence[Word], at: int) -> float:
    """How bad it is to cut before a word: least in the middle, after a sign or where somebody draws breath."""
    before, after = (sum(len(word.text) + 1 for word in half) for half in (words[:at], words[at:]))
    pause_s = min(max(words[at].start_ms - words[at - 1].end_ms, 0), 1_000) / 1_000
    return abs(before - after) / (before + after) - 0.3 * (words[at - 1].text[-1] in ".!?…;:,") - 0.5 * pause_s


def _readable(cues: Sequence[Cue]) -> Cues:
    """The same cues, none gone before it can be read, where the next leaves room."""
    found = []
    for at, cue in enumerate(cues):
        end = max(cue.end_ms, cue.start_ms + SHORTEST_MS)
        if at + 1 < len(cues):
            end = max(min(end, cues[at + 1].start_ms), cue.end_ms)
        found.append(Cue(cue.start_ms, end, cue.text))
    return tuple(found)
