"""What changed between two texts, word by word, for people to read.

1. Lines with words are aligned (`_matches`): the same lines stay where they are.
2. Between them, words are compared, over the lines' ends: a paragraph cut in two shows one inserted end of line.
3. What would be confetti (few words in common) is shown as taken out whole and put in whole.

Time is bounded whatever is compared: at most `MAX_WORK` steps of the search for the shortest script (Myers, 1986), with
those along what is the same; beyond, words that occur once in both texts are the landmarks, and between two of them all
is taken as rewritten. The rest grows as the texts: 200,000 characters against 200,000 take 0.15 s of processor time,
and ten times that when each line is one letter.

Words as French writes them: "l’accès" is "l’" and "accès", so that an article can change alone; "élu·e·s" and
"peut-être" are one word; a narrow space goes with the sign that it precedes.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

from motion.rules.authorship import Authors, Run
from motion.rules.landmarks import landmarks
from motion.rules.markdown import BARE, HEADING, Piece
from motion.rules.redactions import MASK

MAX_WORK = 400_000
"""Steps of the search in all, about a tenth of a second: ways tried, and items found to be the same along them."""

MAX_APART = 500
"""Words that differ between two places before the search for the shortest script gives up."""

COMMON = 0.3
"""Below this part of words in common, a rewritten sentence is shown whole."""

SENTENCE = 6
"""Words from which a passage is a sentence; what is shorter is read word by word."""

_GONE = "\ufdd0"  # a code that Unicode keeps for such uses within a program, and gives no sign
_MASKS = re.compile(f"({_GONE}+)")
_TOKEN = re.compile(r"\n|\w+(?:[·‑-]\w+)*[’']?|[\u00a0\u202f][;:!?»%€]|«[\u00a0\u202f]?|[^\S\n]+|[^\w\s]")


class Kind(StrEnum):
    """What happened to words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Words:
    """Neighbouring words that share their fate. `official`: who wrote what was added, when known.

    `is_masked`: they stand in for letters that were taken out.
    """

    kind: Kind
    text: str
    official: int | None = None
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line. `level`: of a heading, 0 for others; its signs are left out of `words`."""

    level: int
    words: tuple[Words, ...]

    @property
    def is_changed(self) -> bool:
        return any(words.kind is not Kind.SAME for words in self.words)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All lines of both texts in order, and the characters added and removed (signs and spaces too).

    `by_official`: of the characters added, those of each author; what is missing to `added` is nobody's from here.
    """

    lines: tuple[ComparedLine, ...]
    added: int
    removed: int
    by_official: tuple[tuple[int, int], ...] = ()


def compare(
    before: str, after: str, runs: Sequence[Run] = (), masks: tuple[Sequence[Run], Sequence[Run]] = ((), ())
) -> Comparison:
    """Compare two texts.

    Args:
        runs: Who wrote `after`.
        masks: Which characters of each stand in for letters that were taken out; None for the others.
    """
    before, after = _marked(before, masks[0]), _marked(after, masks[1])
    budget = _Budget(MAX_WORK)
    authors = Authors(runs)
    one, two = _lines(before), _lines(after)
    spans: list[_Span] = []
    at = bt = 0
    matches = _matches([line for _start, line in one], [line for _start, line in two], budget)
    for left, right in [*matches, (len(one), len(two))]:
        if left > at or right > bt:
            spans += _rewritten(one[at:left], two[bt:right], budget)
        if left < len(one):
            start, line = two[right]
            spans.append((Kind.SAME, line + "\n", start))
        at, bt = left + 1, right + 1
    added = sum(len(text) - text.count("\n") for kind, text, _at in spans if kind is Kind.ADDED)
    removed = sum(len(text) - text.count("\n") for kind, text, _at in spans if kind is Kind.REMOVED)
    signed = _signed(spans, authors)
    return Comparison(tuple(_in_lines(signed)), added, removed, _by_official(signed))


def _marked(text: str, masks: Sequence[Run]) -> str:
    """The text with `_GONE` where letters were taken out: another sign than any that somebody typed."""
    text = text.replace(_GONE, "\ufffd")
    if not masks:
        return text
    parts = Authors(masks).over(Piece(0, text))
    return "".join(_GONE * len(part) if is_mask else part for part, is_mask in parts)


_Span = tuple[Kind, str, int]
"""Kind, text, and where it starts in `after`; of what was removed, before which place it stood."""


def _signed(spans: Sequence[_Span], authors: Authors) -> list[Words]:
    """Cut what was added where its author changes."""
    signed: list[Words] = []
    for kind, text, at in spans:
        if kind is Kind.ADDED:
            signed += [Words(kind, piece, official) for piece, official in authors.over(Piece(at, text))]
        else:
            signed.append(Words(kind, text))
    return (
        [part for words in signed for part in _parted(words)] if any(_GONE in each.text for each in signed) else signed
    )


def _parted(words: Words) -> Iterator[Words]:
    """Cut words where letters were taken out, and give these the sign that they have in the text."""
    for part in _MASKS.split(words.text):
        if part:
            is_masked = part[0] == _GONE
            yield replace(words, text=part.replace(_GONE, MASK), is_masked=is_masked)


def _by_official(signed: Sequence[Words]) -> tuple[tuple[int, int], ...]:
    counts: Counter[int] = Counter()
    for words in signed:
        if words.official:
            counts[words.official] += len(words.text) - words.text.count("\n")
    return tuple(sorted((official, count) for official, count in counts.items() if count))


def _lines(text: str) -> list[tuple[int, str]]:
    """(start, line) of each line with words."""
    found = []
    at = 0
    for line in text.split("\n"):
        if not BARE.fullmatch(line):
            found.append((at, line))
        at += len(line) + 1
    return found


def _rewritten(
    before: Sequence[tuple[int, str]], after: Sequence[tuple[int, str]], budget: "_Budget"
) -> Iterator[_Span]:
    """Compare the words of lines that are not the same. Blank lines between them are left out."""
    old = _TOKEN.findall("".join(line + "\n" for _start, line in before))
    new: list[str] = []
    places: list[int] = []  # where each token starts in `after`
    ends: list[int] = []  # of each line, as places in `new`: what the source parts by blank lines has no one place
    for start, line in after:
        tokens = [*_TOKEN.findall(line), "\n"]
        new += tokens
        places += list(accumulate(map(len, tokens[:-1]), initial=start))
        ends.append(len(new))
    places.append(places[-1] + 1 if places else 0)
    matches = _clean(old, new, _matches(old, new, budget))
    at = bt = line_at = 0
    for left, right, length in _stretches([*matches, (len(old), len(new))]):
        if left > at:
            yield Kind.REMOVED, "".join(old[at:left]), places[bt]
        while bt < right:
            while ends[line_at] <= bt:
                line_at += 1
            end = min(right, ends[line_at])
            yield Kind.ADDED, "".join(new[bt:end]), places[bt]
            bt = end
        if left < len(old):
            yield Kind.SAME, "".join(old[left : left + length]), places[right]
        at, bt = left + length, right + length


def _stretches(matches: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Matches that follow each other on both sides, made one: places, and how many. The last stays by itself."""
    start = 0
    for index in range(1, len(matches)):
        left, right = matches[index - 1]
        if index + 1 == len(matches) or matches[index] != (left + 1, right + 1):
            yield (*matches[start], index - start)
            start = index
    yield (*matches[start], len(matches) - start)


def _clean(old: Sequence[str], new: Sequence[str], matches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Drop matches that only make confetti: lone spaces and signs between changes, passages with little in common."""
    words = {token for token in {*old, *new} if any(map(str.isalnum, token))}
    common = sum(old[left] in words for left, _right in matches)
    least = min(sum(token in words for token in side) for side in (old, new))
    if least >= SENTENCE and common < COMMON * least and "\n" not in {*old[:-1], *new[:-1]}:
        return [match for match in matches if old[match[0]] == "\n"]
    kept = []
    for index, (left, right) in enumerate(matches):
        if old[left] in words or old[left] == "\n":
            kept.append((left, right))
            continue
        touches_before = index > 0 and matches[index - 1] == (left - 1, right - 1)
        touches_after = index + 1 < len(matches) and matches[index + 1] == (left + 1, right + 1)
        at_edge = (left == 0 and right == 0) or (left + 1 == len(old) and right + 1 == len(new))
        if touches_before or touches_after or at_edge:
            kept.append((left, right))
    return kept


def _in_lines(signed: Sequence[Words]) -> Iterator[ComparedLine]:
    """Cut at line ends; an added or removed line end shows as one."""
    line: list[Words] = []

    def put(kind: Kind, text: str, official: int | None, is_masked: bool = False) -> None:
        if not text:
            return
        if line and (line[-1].kind, line[-1].official, line[-1].is_masked) == (kind, official, is_masked):
            text = line.pop().text + text
        line.append(Words(kind, text, official, is_masked))

    for words in signed:
        kind = words.kind
        for index, part in enumerate(words.text.split("\n")):
            if index:
                if kind is Kind.REMOVED and line and any(each.kind is not Kind.REMOVED for each in line):
                    put(Kind.REMOVED, " ¶ ", None)
                elif line:
                    yield _line(line)
                    line = []
            put(kind, part, words.official, words.is_masked)
    if line:
        yield _line(line)


def _line(words: list[Words]) -> ComparedLine:
    whole = "".join([each.text for each in words if each.kind is not Kind.REMOVED]) or words[0].text
    heading = HEADING.match(whole)
    if heading is None:
        return ComparedLine(0, tuple(words))
    left = heading.end()  # signs are the head of what is not removed
    shown: list[Words] = []
    for each in words:
        text = each.text
        if each.kind is Kind.REMOVED:
            text = text[_head(text) :] if left else text
        else:
            text, left = text[left:], max(0, left - len(text))
        if text:
            shown.append(replace(each, text=text))
    return ComparedLine(len(heading[1]), tuple(shown) or tuple(words))


def _head(text: str) -> int:
    found = HEADING.match(text)
    return found.end() if found else 0


class _Budget:
    """Steps of comparing that are left. One owner: a comparison."""

    def __init__(self, steps: int) -> None:
        self.left = steps


def _matches(one: Sequence[Hashable], two: Sequence[Hashable], budget: _Budget) -> list[tuple[int, int]]:
    """Pairs of places that hold the same, ascending on both sides."""
    shorter = min(len(one), len(two))
    head = 0
    while head < shorter and one[head] == two[head]:
        head += 1
    tail = 0
    while tail < shorter - head and one[-1 - tail] == two[-1 - tail]:
        tail += 1
    middle = _middle(one[head : len(one) - tail], two[head : len(two) - tail], budget)
    found = [(at, at) for at in range(head)]
    found += [(left + head, right + head) for left, right in middle]
    return found + [(len(one) - at, len(two) - at) for at in range(tail, 0, -1)]


def _middle(one: Sequence[Hashable], two: Sequence[Hashable], budget: _Budget) -> list[tuple[int, int]]:
    if not one or not two:
        return []
    shortest = _shortest(one, two, budget)
    if shortest is not None:
        return shortest
    found: list[tuple[int, int]] = []
    at = bt = 0
    for left, right in [*landmarks(one, two), (len(one), len(two))]:
        between = _shortest(one[at:left], two[bt:right], budget) or []
        found += [(one_at + at, two_at + bt) for one_at, two_at in between]
        if left < len(one):
            found.append((left, right))
        at, bt = left + 1, right + 1
    return found


def _shortest(one: Sequence[Hashable], two: Sequence[Hashable], budget: _Budget) -> list[tuple[int, int]] | None:
    """Myers' greedy search; None when the texts are too far apart or the budget is spent."""
    if not one or not two:
        return []
    n, m = len(one), len(two)
    most = min(MAX_APART, n + m)
    reach = {1: 0}
    trace: list[dict[int, int]] = []
    for apart in range(most + 1):
        budget.left -= apart + 1
        if budget.left < 0:
            return None
        trace.append(dict(reach) if apart else {1: 0})
        for k in range(-apart, apart + 1, 2):
            if k == -apart or (k != apart and reach.get(k - 1, -1) < reach.get(k + 1, -1)):
                x = reach.get(k + 1, 0)
            else:
                x = reach[k - 1] + 1
            start, y = x, x - k
            while x < n and y < m and one[x] == two[y]:
                x += 1
                y += 1
            reach[k] = x
            budget.left -= x - start
            if budget.left < 0:
                return None
            if x >= n and y >= m:
                return _back(trace, n, m)
    return None


def _back(trace: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for apart in range(len(trace) - 1, -1, -1):
        reach, k = trace[apart], x - y
        if k == -apart or (k != apart and reach.get(k - 1, -1) < reach.get(k + 1, -1)):
            previous = k + 1
        else:
            previous = k - 1
        to_x = reach.get(previous, 0)
        to_y = to_x - previous
        while x > max(to_x, 0) and y > max(to_y, 0):
            x -= 1
            y -= 1
            found.append((x, y))
        x, y = to_x, to_y
    return found[::-1]
