"""What is kept of a draft, as values: its updates one by one, and snapshots of all that it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from motion.live.knowledge import Author
from motion.live.wire import MalformedMessage, read_bytes, read_varuint, varuint


class DraftBroken(Exception):
    """The draft in memory is void, or a snapshot cannot be read: restore another from the kept updates."""


class OutOfOrder(Exception):
    """An update was applied that is not the next one. Carries `expected` and `number`."""

    def __init__(self, expected: int, number: int) -> None:
        super().__init__(expected, number)
        self.expected = expected
        self.number = number


class Kept(NamedTuple):
    """One accepted update as the database keeps it. `number` counts per motion: 1, 2, 3…"""

    number: int
    update: bytes
    author: Author


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a draft knows at `number`, as bytes for the storage to keep.

    Attributes:
        number: The last update it contains.
        state: The document as one Yjs update: any Yjs reads it.
        memory: What Yjs does not keep (bindings, runs of authors, deleted ranges, halves of surrogate
            pairs): compressed JSON of ours, its version inside.
    """

    number: int
    state: bytes
    memory: bytes

    def pack(self) -> bytes:
        """The whole as one byte string."""
        return varuint(self.number) + varuint(len(self.state)) + self.state + self.memory

    @classmethod
    def unpack(cls, packed: bytes) -> Snapshot:
        """The other way, for bytes that `pack` wrote; anything else fails here or in `Draft.restore`.

        Raises:
            DraftBroken: Too short to be a snapshot.
        """
        try:
            number, at = read_varuint(packed, 0)
            state, at = read_bytes(packed, at)
        except MalformedMessage as error:
            raise DraftBroken("snapshot cut short") from error
        return cls(number, state, packed[at:])
