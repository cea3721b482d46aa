"""The messages of the live protocol as values: y-protocols' own, and ours (numbers 100 to 105).

One message per frame; integers are lib0 varuints, byte strings carry their length. Every length is checked
against the bytes that are there before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_SAFE_INTEGER = 2**53 - 1
MAX_MESSAGE_BYTES = 256 * 1024
"""A standard client's step 2 carries its whole delete set; everything else is far smaller."""


class MalformedMessage(Exception):
    """Bytes that are no message of the protocol. Carries what was being read (`attempt`) and where (`offset`)."""

    def __init__(self, attempt: str, offset: int) -> None:
        super().__init__(attempt, offset)
        self.attempt = attempt
        self.offset = offset


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """`0 0`: what the other side knows."""

    state_vector: bytes


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """`0 1`: what this side lacked."""

    update: bytes


@dataclass(frozen=True, slots=True)
class SyncUpdate:
    """`0 2`: news."""

    update: bytes


@dataclass(frozen=True, slots=True)
class Awareness:
    """`1`: who is where."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    """`3`: a question for all states."""


@dataclass(frozen=True, slots=True)
class Submit:
    """`100`, client to server: an update with the number it has in the editor's outbox."""

    n: int
    update: bytes


@dataclass(frozen=True, slots=True)
class Ack:
    """`101`, server to client: committed. `entry` is the record's last entry, `at` RFC 3339 UTC with ms."""

    n: Sequence[int]
    entry: int
    at: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """`102`, server to client: not taken and not to be retried. `kept`: as late text."""

    n: int
    reason: str
    sentence: str
    kept: bool


@dataclass(frozen=True, slots=True)
class State:
    """`103`, server to client: the motion's state, and whether this reader may write."""

    state: str
    may_write: bool
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Position:
    """`104`, server to client: everything up to this number was sent on this connection."""

    number: int


@dataclass(frozen=True, slots=True)
class OfficialCard:
    """One official, as the editor names them."""

    id: int
    name: str
    mandate: str
    commune: str
    initials: str


@dataclass(frozen=True, slots=True)
class Authors:
    """`105`, server to client: client ids with their officials, and who these are."""

    clients: Sequence[tuple[int, int]]
    officials: Sequence[OfficialCard]


Message = (
    SyncStep1 | SyncStep2 | SyncUpdate | Awareness | QueryAwareness
    | Submit | Ack | Refusal | State | Position | Authors
)  # fmt: skip


def decode_message(frame: bytes) -> Message:
    """Read one message, of either direction.

    Raises:
        MalformedMessage: Unknown number, truncated, trailing bytes, or larger than `MAX_MESSAGE_BYTES`.
    """
    raise NotImplementedError


def encode_message(message: Message) -> bytes:
    """Write one message."""
    raise NotImplementedError


def split_frames(body: bytes, max_frames: int = 1_000) -> list[bytes]:
    """The messages of an HTTP body: `varuint length, message`, one after the other.

    Raises:
        MalformedMessage: A length goes beyond the body, or there are too many.
    """
    raise NotImplementedError


def join_frames(frames: Iterable[bytes]) -> bytes:
    """The other way."""
    raise NotImplementedError
