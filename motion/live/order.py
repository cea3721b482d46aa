"""The order in which the units of one document stand, deleted ones counted: Yjs's own, without the text.

Yjs places a run where its two neighbours and what was written there meanwhile tell it (YATA; `Item.integrate` of Yjs
13.6). pycrdt does the same and shows nothing of it but the text, so it is done here again, on ids alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from motion.live.updates import Id, Struct


class Piece:
    """Units of one client id that follow each other in the document as in their clocks.

    Attributes:
        origin: What the first unit was written after; each other unit, after the one before it.
        right_origin: What they were all written before.
        rank: Above that of every piece which the first unit depends on, directly or not.
        right: The next piece of the document.
    """

    __slots__ = ("client", "clock", "length", "origin", "right_origin", "rank", "right")

    def __init__(
        self,
        client: int,
        clock: int,
        length: int,
        origin: Id | None,
        right_origin: Id | None,
        rank: int,
        right: Piece | None,
    ) -> None:
        self.client = client
        self.clock = clock
        self.length = length
        self.origin = origin
        self.right_origin = right_origin
        self.rank = rank
        self.right = right

    @property
    def end(self) -> int:
        """The clock after the last unit."""
        return self.clock + self.length


_Undo = list[tuple[Piece, "int | Piece | None"]]
"""What putting in one run did to a piece: lengthened it by so much, put it in after another, or cut it in two."""


class _Client:
    """The pieces of one client id, by clock; without a hole, from 0 on."""

    __slots__ = ("clocks", "pieces")

    def __init__(self) -> None:
        self.clocks: list[int] = []
        self.pieces: list[Piece] = []


class Order:
    """All units of one document. What was added `ahead` can be taken out again, last first."""

    def __init__(self) -> None:
        self.head = Piece(0, 0, 0, None, None, 0, None)
        self._clients: dict[int, _Client] = {}
        self._rank = 0
        self._ahead: list[_Undo] = []

    @classmethod
    def of(cls, structs: Iterable[Struct]) -> Order:
        """The order of a whole document, as a newcomer finds it.

        Raises:
            KeyError: A run has neighbours that are not among them.
        """
        order = cls()
        for struct in order._by_dependence(structs):
            order._rank = order._rank_of(struct)
            order._place(struct, order._rank, None)
        order._rank = max((mine.pieces[-1].rank for mine in order._clients.values()), default=0)
        return order

    def end(self, client: int) -> int:
        """The clock that the client's next unit has."""
        mine = self._clients.get(client)
        return mine.pieces[-1].end if mine else 0

    def find(self, unit: Id) -> Piece:
        """The piece that holds a unit which is there."""
        mine = self._clients[unit.client]
        return mine.pieces[bisect_right(mine.clocks, unit.clock) - 1]

    def back_from(self, unit: Id) -> Iterator[Piece]:
        """The pieces of its client, from the one that holds it back to the first."""
        mine = self._clients[unit.client]
        for at in range(bisect_right(mine.clocks, unit.clock) - 1, -1, -1):
            yield mine.pieces[at]

    def add(self, structs: Sequence[Struct]) -> None:
        """Put in the runs of one update for good; nothing may be ahead.

        Raises:
            KeyError: A run has neighbours that are not there.
        """
        for struct in structs if len(structs) == 1 else self._by_dependence(structs):
            self._rank += 1
            self._place(struct, self._rank, None)

    @property
    def ahead(self) -> int:
        """How many runs were added that may be taken out again."""
        return len(self._ahead)

    def add_ahead(self, struct: Struct) -> None:
        """Put in a run that `rewind` can take out."""
        undo: _Undo = []
        self._ahead.append(undo)
        if struct.clock >= self.end(struct.client):
            self._rank += 1
            self._place(struct, self._rank, undo)

    def rewind(self, count: int = 0) -> None:
        """Take out what was added ahead but the first `count` runs."""
        while len(self._ahead) > count:
            for piece, what in reversed(self._ahead.pop()):
                mine = self._clients[piece.client]
                if what is None:
                    at = bisect_right(mine.clocks, piece.clock)
                    half = mine.pieces.pop(at)
                    del mine.clocks[at]
                    piece.length += half.length
                    piece.right = half.right
                elif isinstance(what, Piece):
                    what.right = piece.right
                    mine.pieces.pop()
                    mine.clocks.pop()
                    if not mine.pieces:
                        del self._clients[piece.client]
                else:
                    piece.length -= what

    def _by_dependence(self, structs: Iterable[Struct]) -> Iterator[Struct]:
        """The runs, each once its neighbours are there: to be put in as they come."""
        sections: dict[int, list[Struct]] = {}
        for struct in structs:
            sections.setdefault(struct.client, []).append(struct)
        for section in sections.values():
            section.sort(key=lambda struct: struct.clock, reverse=True)
        for first, last in [(client, section[0].clock) for client, section in sections.items()]:
            # Units that are wanted; each for the sake of the one below it.
            wanted = [Id(first, last)]
            while wanted:
                client, clock = wanted[-1]
                if clock < self.end(client):
                    wanted.pop()
                    continue
                if len(wanted) > len(sections) or not sections.get(client):
                    raise KeyError(wanted[-1])
                struct = sections[client][-1]
                missing = self._missing(struct.origin) or self._missing(struct.right_origin)
                if missing is None:
                    sections[client].pop()
                    yield struct
                else:
                    wanted.append(missing)

    def _missing(self, unit: Id | None) -> Id | None:
        return unit if unit is not None and unit.clock >= self.end(unit.client) else None

    def _rank_of(self, struct: Struct) -> int:
        ranks = [self.find(unit).rank for unit in (struct.origin, struct.right_origin) if unit is not None]
        mine = self._clients.get(struct.client)
        if mine is not None:
            ranks.append(mine.pieces[-1].rank)
        return max(ranks, default=0) + 1

    def _place(self, struct: Struct, rank: int, undo: _Undo | None) -> None:
        client, clock, length, origin, right_origin, _ = struct
        left = self.head if origin is None else self._ending_with(origin, undo)
        right = None if right_origin is None else self._starting_with(right_origin, undo)
        if left.right is not right:
            left = self._after_siblings(struct, left, right)
        mine = self._clients.get(client)
        if mine is None:
            mine = self._clients[client] = _Client()
        elif left is mine.pieces[-1] and left.right_origin == right_origin and origin == (client, clock - 1):
            left.length += length
            if undo is not None:
                undo.append((left, length))
            return
        piece = Piece(client, clock, length, origin, right_origin, rank, left.right)
        left.right = piece
        mine.pieces.append(piece)
        mine.clocks.append(clock)
        if undo is not None:
            undo.append((piece, left))

    def _after_siblings(self, struct: Struct, left: Piece, right: Piece | None) -> Piece:
        """Which piece between its neighbours a run comes after, as `Item.integrate` decides."""
        before: set[Piece] = set()
        conflicting: set[Piece] = set()
        other = left.right
        while other is not None and other is not right:
            before.add(other)
            conflicting.add(other)
            if other.origin == struct.origin:
                if other.client < struct.client:
                    left = other
                    conflicting.clear()
                elif other.right_origin == struct.right_origin:
                    break
            elif other.origin is not None and (parent := self.find(other.origin)) in before:
                if parent not in conflicting:
                    left = other
                    conflicting.clear()
            else:
                break
            other = other.right
        return left

    def _ending_with(self, unit: Id, undo: _Undo | None) -> Piece:
        piece = self.find(unit)
        if unit.clock + 1 < piece.end:
            self._cut(piece, unit.clock + 1, undo)
        return piece

    def _starting_with(self, unit: Id, undo: _Undo | None) -> Piece:
        piece = self.find(unit)
        return piece if unit.clock == piece.clock else self._cut(piece, unit.clock, undo)

    def _cut(self, piece: Piece, clock: int, undo: _Undo | None) -> Piece:
        """Cut a piece before `clock` and return what follows."""
        half = type(piece)(
            piece.client,
            clock,
            piece.end - clock,
            Id(piece.client, clock - 1),
            piece.right_origin,
            piece.rank,
            piece.right,
        )
        piece.length = clock - piece.clock
        piece.right = half
        mine = self._clients[piece.client]
        at = bisect_right(mine.clocks, piece.clock)
        mine.pieces.insert(at, half)
        mine.clocks.insert(at, clock)
        if undo is not None:
            undo.append((piece, None))
        return half
