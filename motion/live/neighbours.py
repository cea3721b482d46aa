"""Whether a run's two neighbours can have stood side by side where it was written.

An editor writes between two units that are next to each other in all that it knows. What stands between them now was
written meanwhile, by others who did not know of each other: so the left one stands before the right one, and nothing
between them is in the run's past. Its past is what no Yjs can lack that has the run: its neighbours and all earlier
units of its client id, the neighbours of these, and so on. A run for which this does not hold was made by hand, and
Yjs gives one text to who applies the updates in turn and another to who loads the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from motion.live.order import Order, Piece
from motion.live.updates import Id, Struct

MAX_STEPS = 50_000
"""Pieces looked at for one update, in about 15 ms. Genuine updates need some dozens, the longest absence thousands;
what is not decided by then is not refused by this rule, for no honest author's words may be lost."""


class Neighbours:
    """One document's order, built when a run is first to be judged by it, and then kept up.

    Args:
        structs: Gives all runs of the document as it stands; None when they would not give its order, and then
            nothing is judged.
    """

    def __init__(self, structs: Callable[[], Sequence[Struct] | None]) -> None:
        self._structs = structs
        self._order: Order | None = None
        self._is_silent = False
        self._followed: Trail | None = None

    def take(self, structs: Sequence[Struct]) -> None:
        """Follow the document by the runs of one applied update."""
        if self._order is not None:
            self._order.rewind()
            self._followed = None
            self._order.add(structs)

    def order_after(self, trail: Trail) -> Order | None:
        """The document's order with the runs of a trail ahead; None when nothing is judged."""
        if self._order is None and not self._is_silent:
            structs = self._structs()
            if structs is None:
                self._is_silent = True
            else:
                self._order = Order.of(structs)
        order = self._order
        if order is None:
            return None
        if self._followed is not trail:
            order.rewind()
            self._followed = trail
        for struct in trail.structs[order.ahead :]:
            order.add_ahead(struct)
        return order

    def cut(self, trail: Trail, count: int) -> None:
        """Take all but the first `count` runs of a trail out, if they are in."""
        if self._order is not None and self._followed is trail:
            self._order.rewind(count)


class Trail:
    """The runs accepted by one window on top of a document; the last of them may be an update's under judgement."""

    def __init__(self, neighbours: Neighbours) -> None:
        self.structs: list[Struct] = []
        self.undecided = 0
        self._neighbours = neighbours
        self._pasts: dict[int, _Past] = {}
        self._steps = 0

    def begin(self) -> int:
        """Begin an update: it has its own `MAX_STEPS`. Returns what `cut` needs to undo it."""
        self.undecided = 0
        self._pasts.clear()
        self._steps = 0
        return len(self.structs)

    def cut(self, count: int) -> None:
        """Forget all but the first `count` runs."""
        del self.structs[count:]
        self._neighbours.cut(self, count)

    def add(self, struct: Struct) -> None:
        """Count a run as accepted."""
        self.structs.append(struct)

    def contradicts(self, struct: Struct) -> bool:
        """Whether a run, its neighbours known, cannot have been written between them.

        False also when too much stands between them to tell: `undecided` counts these.
        """
        order = self._neighbours.order_after(self)
        if order is None:
            return False
        between = self._between(order, struct.origin, struct.right_origin)
        if between is None:
            return True
        if not between:
            return False
        past = self._pasts.get(struct.client)
        if past is None:
            past = self._pasts[struct.client] = _Past(order)
        known = [unit for unit in (struct.origin, struct.right_origin) if unit is not None]
        if struct.clock:
            known.append(Id(struct.client, struct.clock - 1))
        self._steps += past.reach(known, min([piece.rank for piece, _ in between]), MAX_STEPS - self._steps)
        if past.holds_any(between):
            return True
        if self._steps >= MAX_STEPS:
            self.undecided += 1
        return False

    def _between(self, order: Order, origin: Id | None, right_origin: Id | None) -> list[tuple[Piece, int]] | None:
        """What stands between two units, each piece with its first clock there; None when the right one is not reached.

        At `MAX_STEPS` it ends early, but never where the two are side by side.
        """
        piece: Piece | None = order.head
        clock = 0
        if origin is not None:
            piece = order.find(origin)
            clock = origin.clock + 1
        last = None if right_origin is None else order.find(right_origin)
        between: list[tuple[Piece, int]] = []
        while piece is not None:
            if piece is last and right_origin is not None and right_origin.clock >= clock:
                if right_origin.clock > clock:
                    between.append((piece, clock))
                return between
            if clock < piece.end:
                between.append((piece, clock))
            if between and self._steps >= MAX_STEPS:
                return between
            self._steps += 1
            piece = piece.right
            clock = 0 if piece is None else piece.clock
        return between if right_origin is None else None


class _Past:
    """What is known to whoever has the runs of one client id, as far back as was asked for."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._known: dict[int, int] = {}
        self._floor: int | None = None

    def reach(self, units: Iterable[Id], floor: int, max_steps: int) -> int:
        """Add units and all that they depend on, down to pieces of rank `floor`. Returns the pieces looked at.

        A unit that depends on a piece of some rank stands in a piece of a higher rank, or further on in the same: so
        what is below the lowest rank in question need not be followed.
        """
        if self._floor is None or floor < self._floor:
            self._floor = floor
            self._known.clear()
        floor = self._floor
        steps = 0
        waiting = list(units)
        while waiting and steps < max_steps:
            client, clock = unit = waiting.pop()
            seen = self._known.get(client, -1)
            if clock <= seen:
                continue
            self._known[client] = clock
            for piece in self._order.back_from(unit):
                steps += 1
                if piece.end <= seen + 1 or piece.rank < floor:
                    break
                waiting += [near for near in (piece.origin, piece.right_origin) if near is not None]
        return steps

    def holds_any(self, pieces: Iterable[tuple[Piece, int]]) -> bool:
        """Whether one of these pieces is in it, in whole or in part, from the clock given with it on."""
        known = self._known
        return any([clock <= known.get(piece.client, -1) for piece, clock in pieces])
