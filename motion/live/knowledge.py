"""What has ever been typed and deleted in one document, by id: what the rules of admission ask about.

Yjs parks or ignores what refers to the unknown, and loses halves of surrogate pairs; so the server knows, for
each client id, how far it has come, whom it belongs to, what of it is deleted and where its pairs lie.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from motion.live.updates import DeleteRange, Id, Struct, Update, low_surrogates


class Author(NamedTuple):
    """The signed-in session that an update came from, and its official; `typed_for`: for whom they type as a
    rapporteur, 0 when for nobody else."""

    session: int
    official: int
    typed_for: int = 0


class RangeSet:
    """Whole numbers as disjoint half-open ranges, joined where they touch."""

    __slots__ = ("_starts", "_ends")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        """From ranges in order and apart, as `iter` gives them."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in ranges:
            self._starts.append(start)
            self._ends.append(end)

    def add(self, start: int, end: int) -> None:
        """Add `start` to `end`, not empty."""
        first = bisect_left(self._ends, start)
        last = bisect_right(self._starts, end)
        if first < last:
            start = min(start, self._starts[first])
            end = max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of `start` to `end` that are not in the set."""
        missing: list[tuple[int, int]] = []
        at = bisect_right(self._ends, start)
        while start < end and at < len(self._starts) and self._starts[at] < end:
            if start < self._starts[at]:
                missing.append((start, self._starts[at]))
            start = self._ends[at]
            at += 1
        if start < end:
            missing.append((start, end))
        return missing

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._starts, self._ends, strict=True)


class Knowledge:
    """What one document knows; or, over a `base`, what pending updates would add to it.

    A layer holds its own additions only and never touches its base, so that dropping it undoes it.
    """

    __slots__ = ("base", "clocks", "tails", "lows", "deleted", "bindings")

    def __init__(self, base: Knowledge | None = None) -> None:
        self.base = base
        self.clocks: dict[int, int] = {}
        # What the client's last unit was written before; a snapshot does not keep it, so a client may lack here.
        self.tails: dict[int, Id | None] = {}
        self.lows: dict[int, set[int]] = {}
        self.deleted: dict[int, RangeSet] = {}
        self.bindings: dict[int, Author] = {}

    def next_clock(self, client: int) -> int:
        """The clock that the client's next text must start at; 0 for a client never seen."""
        layer: Knowledge | None = self
        while layer is not None:
            clock = layer.clocks.get(client)
            if clock is not None:
                return clock
            layer = layer.base
        return 0

    def goes_on(self, struct: Struct) -> bool:
        """Whether a run goes on where its client stopped: after its last unit, and before what that was before."""
        client, clock, _, origin, right_origin, _ = struct
        if origin is None or origin.client != client or origin.clock != clock - 1:
            return False
        layer: Knowledge | None = self
        while layer is not None:
            if client in layer.tails:
                return layer.tails[client] == right_origin
            layer = layer.base
        return False

    def is_low_surrogate(self, client: int, clock: int) -> bool:
        """Whether this unit is the second half of a pair, so that nothing may come before it."""
        layer: Knowledge | None = self
        while layer is not None:
            if layer.lows and clock in layer.lows.get(client, ()):
                return True
            layer = layer.base
        return False

    def not_deleted(self, client: int, start: int, end: int) -> list[tuple[int, int]]:
        """The parts of a range of clocks that no accepted update has deleted, known or not."""
        parts = [(start, end)] if self.base is None else self.base.not_deleted(client, start, end)
        mine = self.deleted.get(client)
        if mine is None:
            return parts
        return [gap for part in parts for gap in mine.gaps(*part)]

    def owner(self, client: int) -> Author | None:
        """Whom a client id is bound to."""
        layer: Knowledge | None = self
        while layer is not None:
            author = layer.bindings.get(client)
            if author is not None:
                return author
            layer = layer.base
        return None

    def clients_of(self, session: int) -> int:
        """How many client ids a session has bound."""
        count = sum(author.session == session for author in self.bindings.values())
        return count if self.base is None else count + self.base.clients_of(session)

    def take_struct(self, struct: Struct) -> None:
        """Add one run of text, or one hole."""
        client, clock, length, _, right_origin, text = struct
        self.clocks[client] = clock + length
        self.tails[client] = right_origin
        if text is None:
            self.deleted.setdefault(client, RangeSet()).add(clock, clock + length)
        elif length != len(text):
            self.lows.setdefault(client, set()).update(clock + low for low in low_surrogates(text))

    def take_delete(self, delete: DeleteRange) -> None:
        """Add one deletion."""
        self.deleted.setdefault(delete.client, RangeSet()).add(delete.clock, delete.clock + delete.length)

    def take(self, update: Update, author: Author) -> None:
        """Add a whole accepted update; client ids that nobody has become `author`'s."""
        for struct in update.structs:
            if self.owner(struct.client) is None:
                self.bindings[struct.client] = author
            self.take_struct(struct)
        for delete in update.deletes:
            self.take_delete(delete)

    def absorb(self, layer: Knowledge) -> None:
        """Take over everything of a layer above this one."""
        self.clocks.update(layer.clocks)
        self.tails.update(layer.tails)
        self.bindings.update(layer.bindings)
        for client, lows in layer.lows.items():
            self.lows.setdefault(client, set()).update(lows)
        for client, ranges in layer.deleted.items():
            mine = self.deleted.setdefault(client, RangeSet())
            for start, end in ranges:
                mine.add(start, end)
