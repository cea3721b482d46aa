"""The history of a text: where it stood (a keyframe) and what happened to it since (changes), for any instant.

A **change** replaces characters at one place; it belongs to one entry of the record. A **chunk** is a keyframe and the
changes after it. Any instant of a text is one keyframe and at most a chunk's changes: strings are cut and joined,
nothing is merged, and no Yjs is needed to read the past.

Chunks are kept as compressed JSON (`pack`): a keyframe is ``{"text": …, "runs": [[characters, official or 0], …]}``,
changes are ``[[position, deleted, inserted, entry, official or 0, milliseconds since 1970], …]``. All positions count
characters. Where a rapporteur typed for somebody, a keyframe has ``typed_for`` too, runs like the others, and such a
change that official as a seventh value; where letters were taken out, ``masked`` (1 where they stood) and an eighth, 1.
"""

import json
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from motion.rules.authorship import Run
from motion.rules.runs import Runs

CHUNK_UPDATES = 400
"""Updates of a chunk. An instant costs at most so many splices (8 ms in a text of 100,000 characters), and each chunk a
copy of the text (20 kB packed for 60,000 characters)."""

PIECE = 2_048
"""Characters of a piece of the text being replayed: a change costs one piece and a walk from the last place."""


class Change(NamedTuple):
    """At `position`, `deleted` characters make way for `inserted`. `official` is 0 for the service; `at` is in ms."""

    position: int
    deleted: int
    inserted: str
    entry: int
    official: int
    at: int
    typed_for: int = 0
    is_masked: int = 0  # 1 where what it inserts stands in for letters that were taken out


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A text and who wrote it: [characters, official or 0], in order; `typed_for` whom, likewise, if anybody.

    `masked` are likewise 1 where letters were taken out, if any were.
    """

    text: str
    runs: tuple[tuple[int, int], ...]
    typed_for: tuple[tuple[int, int], ...] = ()
    masked: tuple[tuple[int, int], ...] = ()


EMPTY = Keyframe("", ())


@dataclass(frozen=True, slots=True)
class Instant:
    """A text as it stood after one change; `change` is None before the first."""

    text: str
    runs: tuple[tuple[int, int], ...]
    change: Change | None
    typed_for: tuple[tuple[int, int], ...] = ()
    masked: tuple[tuple[int, int], ...] = ()

    @property
    def authors(self) -> list[Run]:
        """The same runs, as the pages know them: nobody is None."""
        return [(length, official or None) for length, official in self.runs]

    @property
    def beneficiaries(self) -> list[Run]:
        """For whom a rapporteur typed it: nobody is None, and so is what follows the last run."""
        return [(length, official or None) for length, official in self.typed_for]

    @property
    def masks(self) -> list[Run]:
        """Where letters were taken out: None where none was."""
        return [(length, is_masked or None) for length, is_masked in self.masked]


def instant(keyframe: Keyframe, changes: Sequence[Change], entry: int) -> Instant:
    """The text after the last change at or before `entry`."""
    text = Pieces(keyframe.text)
    runs = Runs(keyframe.runs)
    typed_for = Runs(keyframe.typed_for) if keyframe.typed_for else None
    masked = Runs(keyframe.masked) if keyframe.masked else None
    last = None
    for change in changes:
        if change.entry > entry:
            break
        if change.typed_for and typed_for is None:
            typed_for = Runs([(text.characters, 0)])
        if change.is_masked and masked is None:
            masked = Runs([(text.characters, 0)])
        text.splice(change.position, change.deleted, change.inserted)
        runs.splice(change.position, change.deleted, len(change.inserted), change.official)
        if typed_for is not None:
            typed_for.splice(change.position, change.deleted, len(change.inserted), change.typed_for)
        if masked is not None:
            masked.splice(change.position, change.deleted, len(change.inserted), change.is_masked)
        last = change
    whom, masks = (each.joined() if each is not None else () for each in (typed_for, masked))
    return Instant(text.text(), runs.joined(), last, whom, masks)


def pack(value: object) -> bytes:
    """Compressed JSON, as kept."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def pack_keyframe(keyframe: Keyframe) -> bytes:
    """A keyframe as kept."""
    kept: dict[str, object] = {"text": keyframe.text, "runs": keyframe.runs}
    if keyframe.typed_for:
        kept["typed_for"] = keyframe.typed_for
    if keyframe.masked:
        kept["masked"] = keyframe.masked
    return pack(kept)


def unpack_keyframe(packed: bytes) -> Keyframe:
    """The other way."""
    kept = json.loads(zlib.decompress(packed))
    names = ("runs", "typed_for", "masked")
    runs, typed_for, masked = (tuple((length, one) for length, one in kept.get(name, ())) for name in names)
    return Keyframe(kept["text"], runs, typed_for, masked)


def pack_changes(changes: Iterable[Change]) -> bytes:
    """Changes as kept."""
    return pack([listed(change) for change in changes])


def listed(change: Change) -> tuple[object, ...]:
    """A change as kept and as pages are given it: what is said of few changes is left out of the others."""
    if change.is_masked:
        return change
    return change[:-1] if change.typed_for else change[:-2]


def unpack_changes(packed: bytes) -> list[Change]:
    """Kept changes, in order."""
    return [Change(*change) for change in json.loads(zlib.decompress(packed))]


class Pieces:
    """A text in pieces, to be changed at any place many times. One owner.

    Finds a place by characters, or by the bytes of UTF-8 in which pycrdt counts.
    """

    def __init__(self, text: str = "") -> None:
        self._pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)] or [""]
        self._octets = [len(piece.encode()) for piece in self._pieces]
        self.characters = len(text)
        # The piece last changed and what stands before it: the next change is most often near.
        self._at = self._before = self._octets_before = 0

    def text(self) -> str:
        """The whole."""
        return "".join(self._pieces)

    def place_of(self, octets: int) -> int:
        """Characters before a place that is counted in bytes.

        Raises:
            ValueError: There is no such place.
        """
        while octets < self._octets_before:
            self._back()
        while octets > self._octets_before + self._octets[self._at]:
            self._on()
        inside = octets - self._octets_before
        piece = self._pieces[self._at]
        if self._octets[self._at] == len(piece):
            return self._before + inside
        return self._before + len(piece.encode()[:inside].decode())

    def slice(self, start: int, end: int) -> str:
        """Characters `start` to `end`."""
        self._seek(start)
        at, inside = self._at, start - self._before
        wanted, found = end - start, []
        while wanted > 0 and at < len(self._pieces):
            part = self._pieces[at][inside : inside + wanted]
            found.append(part)
            wanted -= len(part)
            inside = 0
            at += 1
        return "".join(found)

    def line_start(self, position: int) -> int:
        """Where the line that holds a position begins."""
        self._seek(position)
        at, before = self._at, self._before
        found = self._pieces[at].rfind("\n", 0, position - before)
        while found < 0 and at:
            at -= 1
            before -= len(self._pieces[at])
            found = self._pieces[at].rfind("\n")
        return before + found + 1 if found >= 0 else 0

    def line_end(self, position: int) -> int:
        """Where the line that holds a position ends, before its line feed."""
        self._seek(position)
        at, before = self._at, self._before
        found = self._pieces[at].find("\n", position - before)
        while found < 0 and at + 1 < len(self._pieces):
            before += len(self._pieces[at])
            at += 1
            found = self._pieces[at].find("\n")
        return before + found if found >= 0 else self.characters

    def splice(self, position: int, deleted: int, inserted: str) -> None:
        """Make one change.

        Raises:
            ValueError: It reaches beyond the text.
        """
        if position < 0 or deleted < 0 or position + deleted > self.characters:
            raise ValueError(f"change of {deleted} at {position} of {self.characters}")
        self._seek(position)
        inside = position - self._before
        piece = self._pieces[self._at]
        taken = min(deleted, len(piece) - inside)
        self._put(piece[:inside] + inserted + piece[inside + taken :])
        self.characters += len(inserted) - deleted
        left = deleted - taken
        while left:
            following = self._pieces[self._at + 1]
            taken = min(left, len(following))
            left -= taken
            if taken == len(following):
                del self._pieces[self._at + 1], self._octets[self._at + 1]
            else:
                self._pieces[self._at + 1] = following[taken:]
                self._octets[self._at + 1] -= len(following[:taken].encode())

    def _put(self, piece: str) -> None:
        if len(piece) <= 2 * PIECE:
            self._pieces[self._at] = piece
            self._octets[self._at] = len(piece.encode())
            return
        parts = [piece[at : at + PIECE] for at in range(0, len(piece), PIECE)]
        self._pieces[self._at : self._at + 1] = parts
        self._octets[self._at : self._at + 1] = [len(part.encode()) for part in parts]

    def _seek(self, position: int) -> None:
        while position < self._before:
            self._back()
        while position > self._before + len(self._pieces[self._at]):
            self._on()

    def _back(self) -> None:
        self._at -= 1
        if self._at < 0:
            raise ValueError("a place before the text")
        self._before -= len(self._pieces[self._at])
        self._octets_before -= self._octets[self._at]

    def _on(self) -> None:
        if self._at + 1 >= len(self._pieces):
            raise ValueError("a place beyond the text")
        self._before += len(self._pieces[self._at])
        self._octets_before += self._octets[self._at]
        self._at += 1


def entry_at(changes: Sequence[Change], at: int) -> int | None:
    """The entry of the last change made at or before a moment (ms); None before the first."""
    index = bisect_right(changes, at, key=lambda change: change.at)
    return changes[index - 1].entry if index else None


def neighbours(changes: Sequence[Change], entry: int) -> tuple[int | None, int | None]:
    """The entries of the changes before the one shown at `entry`, and after it; None where these changes end."""
    index = bisect_right(changes, entry, key=lambda change: change.entry)
    following = changes[index].entry if index < len(changes) else None
    shown = changes[index - 1].entry if index else None
    while index and changes[index - 1].entry == shown:
        index -= 1
    return (changes[index - 1].entry if index else None), following
