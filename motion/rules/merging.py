"""Merge a text sent whole by a form with what others wrote meanwhile. No word is lost.

The plain mode sends a paragraph or a text as its author wants it, with the version that the form was given (`base`).
Others may have written since (`current`). `merge` gives the edits to make on `current`:

1. Both texts are compared with the base, word by word (`_hunks`).
2. Where nobody else changed anything, the author's change is made, letter by letter: "soin" made "soins" inserts one
   letter, and the others keep their author.
3. Where both changed the same words:

   - what the author took out is taken out, if it is still there;
   - what the author put in is put in, after what the others put in its place;
   - what the others put in is never touched;
   - a space parts the two when their words would stick together.

So "une fois" made "deux fois" by one and "trois fois" by the other becomes "trois deux fois": both words are there to
be seen, and people decide. Two who write the same thing in the same place write it once.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from motion.rules.landmarks import landmarks

MAX_COMPARED_TOKENS = 6_000
"""Between two landmarks, more words than this are taken as wholly rewritten: comparing costs their product."""

_TOKEN = re.compile(r"\w+|\s|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Edit:
    """At `start` in the text before any edit, take `delete` characters out and put `insert` in."""

    start: int
    delete: int
    insert: str

    @property
    def end(self) -> int:
        return self.start + self.delete


def difference(base: str, wanted: str) -> list[Edit]:
    """The edits that make `wanted` of `base`: found by whole words, then cut down to the letters that change.

    Ascending, apart from one another, positions in characters of `base`.
    """
    trimmed = (_trimmed(base, hunk) for hunk in _hunks(base, wanted))
    return [edit for edit in trimmed if edit.delete or edit.insert]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text after all edits, which are ascending and apart from one another.

    Raises:
        ValueError: An edit overlaps the one before, or reaches beyond the text.
    """
    parts: list[str] = []
    at = 0
    for edit in edits:
        if edit.start < at or edit.end > len(text):
            raise ValueError("edits overlap or reach beyond the text")
        parts += (text[at : edit.start], edit.insert)
        at = edit.end
    return "".join([*parts, text[at:]])


def rebase(edits: Sequence[Edit], base: str, current: str) -> list[Edit]:
    """The same intention, on a text that others changed meanwhile."""
    return merge(base, apply(base, edits), current)


def merge(base: str, wanted: str, current: str) -> list[Edit]:
    """The edits to make on `current` so that it has the changes from `base` to `wanted` too.

    If nobody wrote meanwhile (`current == base`) the result is `wanted`. Apart from conflicts (see above), it does
    not matter who came first.
    """
    if current == base:
        return difference(base, wanted)
    theirs = _hunks(base, current)
    known = {(hunk.start, hunk.delete, hunk.insert) for hunk in theirs}
    image = _Image(theirs)
    alone: list[Edit] = []
    met: list[Edit] = []
    for hunk in _hunks(base, wanted):
        if (hunk.start, hunk.delete, hunk.insert) in known:
            continue
        if not image.touched(hunk):
            mine = _trimmed(base, hunk)
            alone.append(Edit(image.after(mine.start), mine.delete, mine.insert))
            continue
        met += [Edit(start, end - start, "") for start, end in image.surviving(hunk)]
        met.append(Edit(image.before(hunk.end) if hunk.delete else image.after(hunk.end), 0, hunk.insert))
    parted = (_parted(current, edit) for edit in _merged(sorted(met, key=_place_in_order), parted=True))
    edits = sorted([*alone, *parted], key=lambda edit: edit.start)
    return [edit for edit in edits if edit.delete or edit.insert]


class _Image:
    """Where the characters of the base stand in the current text, after the others' hunks."""

    def __init__(self, hunks: Sequence[Edit]) -> None:
        self._hunks = hunks
        self._starts = [hunk.start for hunk in hunks]
        self._shifts = [0]
        for hunk in hunks:
            self._shifts.append(self._shifts[-1] + len(hunk.insert) - hunk.delete)

    def before(self, position: int) -> int:
        """Place of a boundary of the base, before what others inserted exactly there."""
        index = bisect_right(self._starts, position)
        while index and self._hunks[index - 1].start == position:
            index -= 1
        return self._place(position, index)

    def after(self, position: int) -> int:
        """Place of a boundary of the base, after what others inserted exactly there (not what they replaced)."""
        index = bisect_right(self._starts, position)
        while index and self._hunks[index - 1].start == position and self._hunks[index - 1].delete:
            index -= 1
        return self._place(position, index)

    def _place(self, position: int, index: int) -> int:
        if index and position < self._hunks[index - 1].end:
            position = self._hunks[index - 1].end  # within what they replaced: after what they wrote instead
        return position + self._shifts[index]

    def touched(self, hunk: Edit) -> bool:
        """Others changed something that overlaps the hunk or meets it end to end."""
        index = bisect_right(self._starts, hunk.end)
        return bool(index) and self._hunks[index - 1].end >= hunk.start

    def surviving(self, hunk: Edit) -> list[tuple[int, int]]:
        """Ranges of the current text that hold what the hunk takes out and others have not taken out already."""
        kept = []
        at = hunk.start
        for other in self._hunks[max(bisect_right(self._starts, at) - 1, 0) : bisect_right(self._starts, hunk.end)]:
            if other.start > at:
                kept.append((at, min(other.start, hunk.end)))
            at = max(at, other.end)
        if at < hunk.end:
            kept.append((at, hunk.end))
        return [(self._letter(start), self._letter(end - 1) + 1) for start, end in kept if start < end]

    def _letter(self, position: int) -> int:
        """Place of a character of the base that others have left."""
        return position + self._shifts[bisect_right(self._starts, position)]


def _parted(current: str, edit: Edit) -> Edit:
    """The same edit, with a space where words would stick together that neither author had put side by side."""
    left = edit.start > 0 and _is_word(current[edit.start - 1])
    right = edit.end < len(current) and _is_word(current[edit.end])
    if not edit.insert:
        return Edit(edit.start, edit.delete, " ") if edit.delete and left and right else edit
    before = " " if left and _is_word(edit.insert[0]) else ""
    after = " " if right and _is_word(edit.insert[-1]) else ""
    return Edit(edit.start, edit.delete, f"{before}{edit.insert}{after}")


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _trimmed(base: str, hunk: Edit) -> Edit:
    """The same edit without the letters that it takes out only to put them in again."""
    removed, insert = base[hunk.start : hunk.end], hunk.insert
    head = _common_head(removed, insert)
    tail = _common_tail(removed[head:], insert[head:])
    return Edit(hunk.start + head, hunk.delete - head - tail, insert[head : len(insert) - tail])


def _hunks(base: str, wanted: str) -> list[Edit]:
    """The changes by whole words; neighbouring hunks are apart by at least one token."""
    head = _common_head(base, wanted)
    tail = _common_tail(base[head:], wanted[head:])
    # Back to a word's edge on both sides, so that a hunk holds whole words.
    while head and (_inside(base, head) or _inside(wanted, head)):
        head -= 1
    while tail and (_inside(base, len(base) - tail) or _inside(wanted, len(wanted) - tail)):
        tail -= 1
    hunks: list[Edit] = []
    ours, others = base[head : len(base) - tail], wanted[head : len(wanted) - tail]
    at = head
    for before, after in _gaps(ours.splitlines(keepends=True), others.splitlines(keepends=True)):
        removed, added = "".join(before), "".join(after)
        if removed != added:
            hunks += _word_hunks(at, removed, added)
        at += len(removed)
    return _merged(hunks)


def _gaps(before: list[str], after: list[str]) -> list[tuple[list[str], list[str]]]:
    """Cut both lists of lines at their landmarks: lines that occur once in each, in the same order (patience)."""
    gaps = []
    one = two = 0
    for left, right in landmarks(before, after):
        gaps += [(before[one:left], after[two:right]), (before[left : left + 1], after[right : right + 1])]
        one, two = left + 1, right + 1
    return [*gaps, (before[one:], after[two:])]


def _word_hunks(start: int, removed: str, added: str) -> list[Edit]:
    before, after = _TOKEN.findall(removed), _TOKEN.findall(added)
    if max(len(before), len(after)) > MAX_COMPARED_TOKENS:
        return [Edit(start, len(removed), added)]
    offsets = [start]
    for token in before:
        offsets.append(offsets[-1] + len(token))
    matcher = SequenceMatcher(None, before, after)
    return [
        Edit(offsets[one], offsets[two] - offsets[one], "".join(after[three:four]))
        for tag, one, two, three, four in matcher.get_opcodes()
        if tag != "equal"
    ]


def _merged(hunks: Sequence[Edit], *, parted: bool = False) -> list[Edit]:
    """Neighbours that meet end to end made one; `parted` keeps the words of two insertions apart."""
    merged: list[Edit] = []
    for hunk in hunks:
        if merged and merged[-1].end == hunk.start:
            last = merged[-1]
            words_meet = last.insert and hunk.insert and _is_word(last.insert[-1]) and _is_word(hunk.insert[0])
            between = " " if parted and words_meet else ""
            merged[-1] = Edit(last.start, last.delete + hunk.delete, last.insert + between + hunk.insert)
        else:
            merged.append(hunk)
    return merged


def _place_in_order(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.delete


def _inside(text: str, position: int) -> bool:
    return 0 < position < len(text) and _is_word(text[position - 1]) and _is_word(text[position])


def _common_head(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_tail(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle :] == other[len(other) - middle :]:
            low = middle
        else:
            high = middle - 1
    return low
