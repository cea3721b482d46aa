"""Who wrote each character of a text: runs of (length, official), fed from what each update did to it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_CHUNK = 128
"""Runs per chunk before it is cut in two: a change costs one chunk and a walk over the chunks near the last."""


class Run(NamedTuple):
    """A stretch of text by one official; in bytes of UTF-8 or in characters, as the giver says."""

    length: int
    official: int


class _Chunk:
    """Neighbouring runs and their total length."""

    __slots__ = ("runs", "length")

    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs
        self.length = sum(run.length for run in runs)


class Authorship:
    """The runs of one text, in UTF-8 bytes, as pycrdt counts.

    Whoever inserts a character is its author; restored words (the undo of somebody else's deletion) become
    those of the one who restored them. One owner: the draft.
    """

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        whole = _joined(runs)
        self._chunks = [_Chunk(whole[i : i + _CHUNK]) for i in range(0, len(whole), _CHUNK)] or [_Chunk([])]
        self.length = sum(chunk.length for chunk in self._chunks)
        # The chunk last changed and where it starts: the next change is most often near.
        self._at = 0
        self._start = 0

    def apply(self, delta: Iterable[dict[str, Any]], official: int) -> None:
        """Follow one pycrdt text event (`retain`, `insert`, `delete`) made by `official`.

        Raises:
            ValueError: The event reaches beyond the text: runs and text have parted.
        """
        position = 0
        for step in delta:
            if "retain" in step:
                position += step["retain"]
            elif "insert" in step:
                length = len(step["insert"].encode())
                self._insert(position, Run(length, official))
                position += length
            else:
                self._delete(position, step["delete"])

    def _seek(self, position: int) -> None:
        """Make the chunk that holds `position` (at its end rather than at the next one's start) the current."""
        while position < self._start:
            self._at -= 1
            self._start -= self._chunks[self._at].length
        while position > self._start + self._chunks[self._at].length:
            self._start += self._chunks[self._at].length
            self._at += 1

    def _insert(self, position: int, new: Run) -> None:
        if not 0 <= position <= self.length:
            raise ValueError(f"insertion at {position} of {self.length}")
        self._seek(position)
        chunk = self._chunks[self._at]
        runs = chunk.runs
        offset = position - self._start
        index = 0
        while index < len(runs) and offset > runs[index].length:
            offset -= runs[index].length
            index += 1
        if index == len(runs):
            runs.append(new)
        elif runs[index].official == new.official:
            runs[index] = Run(runs[index].length + new.length, new.official)
        elif offset == 0:
            runs.insert(index, new)
        elif offset == runs[index].length:
            if index + 1 < len(runs) and runs[index + 1].official == new.official:
                runs[index + 1] = Run(runs[index + 1].length + new.length, new.official)
            else:
                runs.insert(index + 1, new)
        else:
            length, official = runs[index]
            runs[index : index + 1] = [Run(offset, official), new, Run(length - offset, official)]
        chunk.length += new.length
        self.length += new.length
        if len(runs) > _CHUNK:
            half = len(runs) // 2
            self._chunks[self._at : self._at + 1] = [_Chunk(runs[:half]), _Chunk(runs[half:])]

    def _delete(self, position: int, length: int) -> None:
        if position < 0 or length < 0 or position + length > self.length:
            raise ValueError(f"deletion of {length} at {position} of {self.length}")
        self._seek(position)
        self.length -= length
        at, offset = self._at, position - self._start
        while length:
            chunk = self._chunks[at]
            taken = min(length, chunk.length - offset)
            if taken:
                chunk.runs = _without(chunk.runs, offset, taken)
                chunk.length -= taken
                length -= taken
            offset = 0
            at += 1
        # Emptied chunks go; the current one stays, so that there is always one and its start holds.
        first = self._at + 1
        self._chunks[first:at] = [chunk for chunk in self._chunks[first:at] if chunk.length]

    def __iter__(self) -> Iterator[Run]:
        """The runs in UTF-8 bytes, neighbours of one official joined."""
        return iter(_joined(run for chunk in self._chunks for run in chunk.runs))

    def in_characters(self, text: str) -> list[Run]:
        """The runs in characters (code points) of `text`, which must be the text these runs follow."""
        if text.isascii():
            return list(self)
        octets = text.encode()
        start = 0
        runs: list[Run] = []
        for length, official in self:
            runs.append(Run(len(octets[start : start + length].decode()), official))
            start += length
        return runs

    def shares(self, text: str) -> dict[int, int]:
        """Characters that each official has in `text`, as it stands."""
        shares: Counter[int] = Counter()
        for length, official in self.in_characters(text):
            shares[official] += length
        return dict(shares)


def packed(runs: Iterable[Run]) -> str:
    """Runs as a reading copy has them: JSON, `[[length, official], …]`."""
    return json.dumps(list(runs), separators=(",", ":"))


def _joined(runs: Iterable[Run]) -> list[Run]:
    whole: list[Run] = []
    for run in runs:
        if whole and whole[-1].official == run.official:
            whole[-1] = Run(whole[-1].length + run.length, run.official)
        elif run.length:
            whole.append(run)
    return whole


def _without(runs: list[Run], start: int, length: int) -> list[Run]:
    """The runs with `length` bytes from `start` on taken out."""
    end = start + length
    left: list[Run] = []
    position = 0
    for run in runs:
        after = position + run.length
        stays = max(0, min(after, start) - position) + max(0, after - max(position, end))
        if stays:
            left.append(Run(stays, run.official))
        position = after
    return _joined(left)
