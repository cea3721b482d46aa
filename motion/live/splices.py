"""What an update did to a text, in characters: where it took letters out and put others in.

pycrdt's text event says the same, and walks the whole text for it: milliseconds for each keystroke in a long text that
was written here and there. Here each unit's place is known (`order`), and the pieces of the text stand in blocks that
know how many characters they show, so that an update costs what it changes and a look at each block.

What is said here is pycrdt's, for every update that `admission` lets in. Of a run whose left neighbour stands after its
right one, which it refuses, pycrdt says one thing or another by how it has joined the pieces.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple, cast

from motion.live.order import Order, Piece, _Client, _Undo
from motion.live.updates import DeleteRange, Id, Struct, Update, utf16_length

BLOCK = 512  # pieces; a full block is cut in two


class Splice(NamedTuple):
    """At `position`, `deleted` characters make way for `inserted`: one of the two is nothing."""

    position: int
    deleted: int
    inserted: str


class _Shown(Piece):
    """A piece and the text that it shows, which is none once it is deleted."""

    __slots__ = ("block", "is_deleted", "shown", "text")

    block: _Block
    is_deleted: bool
    shown: int
    text: str

    def show(self, text: str | None) -> None:
        """Take a text; None is a deletion."""
        self.is_deleted = text is None
        self.text = text or ""
        before, self.shown = getattr(self, "shown", 0), len(self.text)
        self.block.shown += self.shown - before


class _Block:
    """Neighbouring pieces; `shown` counts the characters that they show."""

    __slots__ = ("pieces", "shown")

    def __init__(self, pieces: list[_Shown]) -> None:
        self.pieces = pieces
        self.shown = sum(piece.shown for piece in pieces)
        for piece in pieces:
            piece.block = self


class Layout(Order):
    """A document's text as it is laid out, piece by piece, by the updates that it took. One owner."""

    def __init__(self) -> None:
        super().__init__()
        self.head: _Shown = _Shown(0, 0, 0, None, None, 0, None)
        self.head.text, self.head.shown, self.head.is_deleted = "", 0, True
        self._blocks = [_Block([self.head])]
        self._fresh: dict[_Shown, None] = {}
        self._gone: dict[_Shown, int] = {}

    def text(self) -> str:
        """The whole text."""
        return "".join([piece.text for block in self._blocks for piece in block.pieces])

    def take(self, update: Update) -> list[Splice]:
        """Apply an update; say what it did, in the order of the text, each place as the splices before it leave it.

        Raises:
            KeyError: It does not follow upon what was taken.
        """
        for struct in update.structs if len(update.structs) == 1 else self._by_dependence(update.structs):
            if struct.clock != self.end(struct.client):
                raise KeyError(struct)
            if len(update.structs) == 1 and not update.deletes and (place := self._go_on(struct)) is not None:
                return [Splice(place, 0, struct.text or "")]
            self._place(struct, 0, None)
        for delete in update.deletes:
            self._delete(delete)
        splices = self._splices()
        for piece in self._gone:
            self._join(piece)
        self._fresh.clear()
        self._gone.clear()
        return splices

    def _go_on(self, struct: Struct) -> int | None:
        """Lengthen the last piece of who goes on typing; the place, or None when it is to be put in as a new piece."""
        mine = self._clients.get(struct.client)
        if mine is None or struct.origin != (struct.client, struct.clock - 1) or struct.text is None:
            return None
        last = cast(_Shown, mine.pieces[-1])
        right = None if struct.right_origin is None else self.find(struct.right_origin)
        if last.is_deleted or last.right is not right or last.right_origin != struct.right_origin:
            return None
        if right is not None and right.clock != cast(Id, struct.right_origin).clock:
            return None
        place = self._position(last) + last.shown
        last.length += struct.length
        last.show(last.text + struct.text)
        return place

    def _place(self, struct: Struct, rank: int, undo: _Undo | None) -> None:
        client, clock, length, origin, right_origin, text = struct
        left = self.head if origin is None else self._ending_with(origin, None)
        right = None if right_origin is None else self._starting_with(right_origin, None)
        if left.right is not right:
            left = self._after_siblings(struct, left, right)
        piece = _Shown(client, clock, length, origin, right_origin, rank, left.right)
        left.right = piece
        mine = self._clients.setdefault(client, _Client())
        mine.pieces.append(piece)
        mine.clocks.append(clock)
        self._put_after(cast(_Shown, left), piece)
        piece.show(text)
        if text is not None:
            self._fresh[piece] = None

    def _cut(self, piece: Piece, clock: int, undo: _Undo | None) -> Piece:
        first, inside = cast(_Shown, piece), clock - piece.clock
        half = cast(_Shown, super()._cut(piece, clock, None))
        self._put_after(first, half)
        if first.is_deleted:
            half.show(None)
        else:
            head, tail = _halves(first.text, inside)
            first.show(head)
            half.show(tail)
        if first in self._fresh:
            self._fresh[half] = None
        return half

    def _delete(self, delete: DeleteRange) -> None:
        at, end = delete.clock, delete.clock + delete.length
        if end > self.end(delete.client):
            raise KeyError(delete)
        while at < end:
            piece = cast(_Shown, self.find(Id(delete.client, at)))
            stop = min(piece.end, end)
            if not piece.is_deleted:
                if at > piece.clock:
                    piece = cast(_Shown, self._cut(piece, at, None))
                if stop < piece.end:
                    self._cut(piece, stop, None)
                if piece in self._fresh:
                    del self._fresh[piece]  # came and went: nobody saw it
                else:
                    self._gone[piece] = piece.shown
                piece.show(None)
            at = stop

    def _splices(self) -> list[Splice]:
        found = [(*self._place_of(piece), piece) for piece in (*self._fresh, *self._gone)]
        splices: list[Splice] = []
        for at, inside, piece in sorted(found, key=lambda place: place[:2]):
            deleted = self._gone.get(piece, 0)
            if not deleted and not piece.text:
                continue
            place = self._before(at, inside)
            last = splices[-1] if splices else None
            if last is not None and not deleted and not last.deleted and last.position + len(last.inserted) == place:
                splices[-1] = last._replace(inserted=last.inserted + piece.text)
            elif last is not None and deleted and last.deleted and last.position == place:
                splices[-1] = last._replace(deleted=last.deleted + deleted)
            else:
                splices.append(Splice(place, deleted, piece.text))
        return splices

    def _join(self, piece: _Shown) -> None:
        """Make a deleted piece one with deleted ones beside it that were once one run with it."""
        mine = self._clients[piece.client]
        at = bisect_right(mine.clocks, piece.clock) - 1
        for index in (at + 1, at):  # what follows, then what stands before
            if not 0 < index < len(mine.pieces):
                continue
            left, right = cast(_Shown, mine.pieces[index - 1]), cast(_Shown, mine.pieces[index])
            if (
                left.is_deleted
                and right.is_deleted
                and left.right is right
                and right.origin == (right.client, right.clock - 1)
                and right.right_origin == left.right_origin
            ):
                left.length += right.length
                left.right = right.right
                del mine.pieces[index], mine.clocks[index]
                right.block.pieces.remove(right)

    def _put_after(self, left: _Shown, piece: _Shown) -> None:
        block = piece.block = left.block
        piece.text, piece.shown, piece.is_deleted = "", 0, True
        block.pieces.insert(block.pieces.index(left) + 1, piece)
        if len(block.pieces) > BLOCK:
            at = self._blocks.index(block)
            middle = len(block.pieces) // 2
            self._blocks[at : at + 1] = [_Block(block.pieces[:middle]), _Block(block.pieces[middle:])]

    def _position(self, piece: _Shown) -> int:
        return self._before(*self._place_of(piece))

    def _place_of(self, piece: _Shown) -> tuple[int, int]:
        return self._blocks.index(piece.block), piece.block.pieces.index(piece)

    def _before(self, at: int, inside: int) -> int:
        """Characters shown before a piece, by its block and its place there."""
        blocks, pieces = self._blocks[:at], self._blocks[at].pieces[:inside]
        return sum([block.shown for block in blocks]) + sum([piece.shown for piece in pieces])


def _halves(text: str, units: int) -> tuple[str, str]:
    """Cut a text after so many UTF-16 units.

    Raises:
        UnicodeDecodeError: Inside a character, which `admission` refuses.
    """
    if utf16_length(text) == len(text):
        return text[:units], text[units:]
    octets = text.encode("utf-16-le")
    return octets[: 2 * units].decode("utf-16-le"), octets[2 * units :].decode("utf-16-le")
