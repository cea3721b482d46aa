"""The messages of the live protocol as values: y-protocols' own, and ours (numbers 100 to 107).

One message per frame; integers are lib0 varuints, byte strings carry their length. Every length is checked
against the bytes that are there before anything is made of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

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
class SubmitFor:
    """`107`, client to server: the same, its words typed by a rapporteur for the official `typed_for`."""

    n: int
    typed_for: int
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
    """`103`, server to client: the motion's state, and whether this reader may write.

    `redacted` is the entry that last took words out of its updates, 0 when none did: a document that was made before
    holds letters that are no longer sent, and is to be asked for anew.
    """

    state: str
    may_write: bool
    reason: str
    sentence: str
    redacted: int


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


@dataclass(frozen=True, slots=True)
class Present:
    """`106`, server to client: the officials connected to this motion, the reader included. Ids, rising."""

    officials: Sequence[int]


Message = (
    SyncStep1 | SyncStep2 | SyncUpdate | Awareness | QueryAwareness
    | Submit | SubmitFor | Ack | Refusal | State | Position | Authors | Present
)  # fmt: skip


_SYNC, _AWARENESS, _QUERY_AWARENESS = 0, 1, 3
_STEP_1, _STEP_2, _UPDATE = 0, 1, 2
_SUBMIT, _ACK, _REFUSED, _STATE, _POSITION, _AUTHORS, _PRESENT = 100, 101, 102, 103, 104, 105, 106
_SUBMIT_FOR = 107


def decode_message(frame: bytes) -> Message:
    """Read one message, of either direction.

    Raises:
        MalformedMessage: Unknown number, truncated, trailing bytes, or larger than `MAX_MESSAGE_BYTES`.
    """
    if len(frame) > MAX_MESSAGE_BYTES:
        raise MalformedMessage("size", len(frame))
    kind, at = read_varuint(frame, 0)
    message: Message
    if kind == _SYNC:
        step, at = read_varuint(frame, at)
        content, at = read_bytes(frame, at)
        if step == _UPDATE:
            message = SyncUpdate(content)
        elif step == _STEP_1:
            message = SyncStep1(content)
        elif step == _STEP_2:
            message = SyncStep2(content)
        else:
            raise MalformedMessage("sync step", 1)
    elif kind == _SUBMIT:
        n, at = read_varuint(frame, at)
        content, at = read_bytes(frame, at)
        message = Submit(n, content)
    elif kind == _SUBMIT_FOR:
        n, at = read_varuint(frame, at)
        typed_for, at = read_varuint(frame, at)
        content, at = read_bytes(frame, at)
        message = SubmitFor(n, typed_for, content)
    elif kind == _AWARENESS:
        content, at = read_bytes(frame, at)
        message = Awareness(content)
    elif kind == _QUERY_AWARENESS:
        message = QueryAwareness()
    elif kind == _POSITION:
        number, at = read_varuint(frame, at)
        message = Position(number)
    elif kind in _JSON_MESSAGES:
        content, at = read_bytes(frame, at)
        message = _from_json(kind, content)
    else:
        raise MalformedMessage("message number", 0)
    if at != len(frame):
        raise MalformedMessage("end", at)
    return message


_JSON_MESSAGES = (_ACK, _REFUSED, _STATE, _AUTHORS, _PRESENT)


def _from_json(kind: int, content: bytes) -> Message:
    """Ours, server to client: read by the dress rehearsal and the tests, so only their shape is checked."""
    try:
        fields = json.loads(content)
        if kind == _AUTHORS:
            return Authors(
                tuple((client, official) for client, official in fields["clients"]),
                tuple(OfficialCard(**card) for card in fields["officials"]),
            )
        if kind == _PRESENT:
            return Present(tuple(fields["officials"]))
        if kind == _ACK:
            return Ack(tuple(fields["n"]), fields["entry"], fields["at"])
        return Refusal(**fields) if kind == _REFUSED else State(**fields)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise MalformedMessage("json", 0) from error


def encode_message(message: Message) -> bytes:
    """Write one message."""
    match message:
        case SyncUpdate(update):
            return b"\x00\x02" + _sized(update)
        case SyncStep1(state_vector):
            return b"\x00\x00" + _sized(state_vector)
        case SyncStep2(update):
            return b"\x00\x01" + _sized(update)
        case Awareness(payload):
            return b"\x01" + _sized(payload)
        case QueryAwareness():
            return b"\x03"
        case Submit(n, update):
            return bytes([_SUBMIT]) + varuint(n) + _sized(update)
        case SubmitFor(n, typed_for, update):
            return bytes([_SUBMIT_FOR]) + varuint(n) + varuint(typed_for) + _sized(update)
        case Position(number):
            return bytes([_POSITION]) + varuint(number)
        case Ack(n, entry, at):  # one for each keystroke: `asdict` is slow
            return _json(_ACK, {"n": list(n), "entry": entry, "at": at})
        case Refusal():
            return _json(_REFUSED, asdict(message))
        case State():
            return _json(_STATE, asdict(message))
        case Authors(clients, officials):
            cards = ",".join(map(_card, officials))
            return _said(_AUTHORS, f'{{"clients":{_dumps(clients)},"officials":[{cards}]}}')
        case Present(officials):
            return _json(_PRESENT, {"officials": list(officials)})


@lru_cache(maxsize=4096)  # a hall that comes in: each of a thousand is sent the cards of all who are there
def _card(card: OfficialCard) -> str:
    return _dumps(asdict(card))


def _json(kind: int, fields: dict[str, Any]) -> bytes:
    return _said(kind, _dumps(fields))


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _said(kind: int, text: str) -> bytes:
    return bytes([kind]) + _sized(text.encode())


def _sized(content: bytes) -> bytes:
    return varuint(len(content)) + content


def varuint(value: int) -> bytes:
    """A lib0 unsigned integer, in its only spelling. `value` is not negative."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_varuint(octets: bytes, at: int) -> tuple[int, int]:
    """One lib0 unsigned integer: (value, next offset).

    Raises:
        MalformedMessage: Cut short, above 2^53 - 1, or with more bytes than it needs.
    """
    value = shift = 0
    start = at
    while at < len(octets) and shift <= 49:
        byte = octets[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value > MAX_SAFE_INTEGER or (byte == 0 and shift):
                break
            return value, at
        shift += 7
    raise MalformedMessage("integer", start)


def read_bytes(octets: bytes, at: int) -> tuple[bytes, int]:
    """A byte string with its length before it: (bytes, next offset).

    Raises:
        MalformedMessage: Its length goes beyond the end.
    """
    size, at = read_varuint(octets, at)
    if size > len(octets) - at:
        raise MalformedMessage("bytes", at)
    return octets[at : at + size], at + size


def split_frames(body: bytes, max_frames: int = 1_000) -> list[bytes]:
    """The messages of an HTTP body: `varuint length, message`, one after the other.

    Raises:
        MalformedMessage: A length goes beyond the body, or there are too many.
    """
    frames: list[bytes] = []
    at = 0
    while at < len(body):
        frame, at = read_bytes(body, at)
        if len(frames) == max_frames:
            raise MalformedMessage("frames", at)
        frames.append(frame)
    return frames


def join_frames(frames: Iterable[bytes]) -> bytes:
    """The other way."""
    return b"".join(_sized(frame) for frame in frames)
