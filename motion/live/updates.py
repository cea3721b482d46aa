"""Yjs updates, version 1, read strictly: nothing unchecked ever reaches pycrdt.

What passes here is well formed, small and made of plain text; whether it fits the document is for `draft`.
Layout and rules: this folder's README, "Updates".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from motion.live.refusals import Reason, Refused
from motion.live.wire import varuint
from motion.rules.redactions import MASK

ROOT = "text"
"""The one shared type of a motion's document."""

EMPTY = b"\x00\x00"
"""The update that changes nothing."""

MAX_CLIENT = 2**53 - 1
MAX_CLOCK = 2**31 - 1

SERVER_CLIENTS = 2**53 - 2**32
"""Client ids from here on are the server's to give. Yjs draws its own below 2^32; pycrdt below 2^53, and so
hits them once in two million times."""

COMPOSING_CLIENT = MAX_CLIENT
"""The id that a composed update is written under before it gets its session's; never accepted."""


def server_client(session: int) -> int:
    """The client id under which the server writes what `session` sent by an ordinary form; 0 for itself."""
    return SERVER_CLIENTS + session


def drawn_client(session: int, typed_for: int, attempt: int = 0) -> int:
    """The client id under which the server writes what `session` sent by an ordinary form for another official.

    One of those that editors draw, below 2^32: pairs of numbers do not fit in the server's own. The next attempt gives
    another, should somebody have it.
    """
    drawn = hashlib.sha256(f"{session} for {typed_for}, {attempt}".encode()).digest()
    return max(1, int.from_bytes(drawn[:4]))


FORBIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but \n and \t
    "\u2028\u2029"  # line and paragraph separators: one way to end a line
    "\u202a-\u202e\u2066-\u2069"  # bidirectional overrides and isolates: a text that reads otherwise than it is
    "\ufeff"  # invisible, and means something else at the start of a file
    "\U000e0000-\U000e007f"  # tag characters: invisible text
    "]"
)

# Content kinds of an item (low five bits of its first byte) and its flags.
_DELETED, _STRING = 1, 4
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_PARENT_SUB = 0x80, 0x40, 0x20
_ROOT_BYTES = bytes([1, len(ROOT)]) + ROOT.encode()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one update may bring. Larger ones are for what the server itself imports."""

    bytes: int = 16 * 1024
    structs: int = 2_000
    delete_ranges: int = 2_000
    characters: int = 20_000
    clients_per_session: int = 100
    """Our editor keeps one through reloads, but a private window forgets it and a standard client draws another at each
    load: thirty a day for the three days of a session, and some. Each is an entry of the record and ten bytes of every
    state vector, so not more."""


UPDATE = Limits()
ANY_SIZE = Limits(bytes=2**31, structs=2**31, delete_ranges=2**31, characters=2**31)
"""For what was accepted before."""


class Id(NamedTuple):
    """One UTF-16 unit of text, for ever: who typed it, and the how manyeth of theirs it is."""

    client: int
    clock: int


class Struct(NamedTuple):
    """One run of text, typed in one go; `length` in UTF-16 units.

    `text` is None when the run was deleted before it was sent: a standard client with garbage collection
    sends such a hole under its own id.
    """

    client: int
    clock: int
    length: int
    origin: Id | None
    right_origin: Id | None
    text: str | None


class DeleteRange(NamedTuple):
    """UTF-16 units `clock` to `clock + length` of `client` are deleted."""

    client: int
    clock: int
    length: int


class Update(NamedTuple):
    """An update as values. Structs of one client stand together and follow each other; so do its ranges."""

    structs: tuple[Struct, ...]
    deletes: tuple[DeleteRange, ...]

    @property
    def characters(self) -> int:
        """How much text it brings, in UTF-16 units."""
        return sum([struct.length for struct in self.structs if struct.text is not None])


class _Broken(Exception):
    """Where reading stopped; never leaves this module."""

    def __init__(self, reason: Reason, **values: int | str) -> None:
        super().__init__(reason)
        self.refused = Refused(reason, values)


def parse(update: bytes, limits: Limits = UPDATE) -> Update | Refused:
    """Read an update, or say which rule it breaks. Never raises, whatever the bytes.

    Refusals: malformed, too-large, too-many-structs, content, root, character.
    """
    if len(update) > limits.bytes:
        return Refused(Reason.TOO_LARGE, {"bytes": len(update), "limit": limits.bytes})
    try:
        structs, offset = _read_structs(update, limits)
        deletes, offset = _read_deletes(update, offset, limits)
    except IndexError:
        return Refused(Reason.MALFORMED, {"attempt": "end", "offset": len(update)})
    except _Broken as broken:
        return broken.refused
    if offset != len(update):
        return Refused(Reason.MALFORMED, {"attempt": "trailing", "offset": offset})
    return Update(structs, deletes)


def _read_structs(b: bytes, limits: Limits) -> tuple[tuple[Struct, ...], int]:
    size = len(b)
    structs: list[Struct] = []
    characters = 0
    sections, i = _uint(b, 0)
    if sections > size:
        raise _Broken(Reason.MALFORMED, attempt="sections", offset=0)
    seen: set[int] = set()
    for _ in range(sections):
        count, i = _uint(b, i)
        client, i = _uint(b, i)
        clock, i = _uint(b, i)
        # Client 0 is what the record says of an update without words.
        if count == 0 or client == 0 or client in seen or count > size - i:
            raise _Broken(Reason.MALFORMED, attempt="section", offset=i)
        if len(structs) + count > limits.structs:
            raise _Broken(Reason.TOO_MANY_STRUCTS, structs=len(structs) + count, limit=limits.structs)
        seen.add(client)
        for _ in range(count):
            start = i
            info = b[i]
            i += 1
            kind = info & 0x1F
            if kind != _STRING and kind != _DELETED:
                raise _Broken(Reason.CONTENT, kind=kind, offset=start)
            if info & _HAS_PARENT_SUB:
                raise _Broken(Reason.ROOT, offset=start)
            origin = right_origin = None
            if info & _HAS_ORIGIN:
                origin_client, i = _uint(b, i)
                origin_clock, i = _uint(b, i)
                origin = Id(origin_client, origin_clock)
            if info & _HAS_RIGHT_ORIGIN:
                origin_client, i = _uint(b, i)
                origin_clock, i = _uint(b, i)
                right_origin = Id(origin_client, origin_clock)
            if not info & 0xC0:
                if b[i : i + len(_ROOT_BYTES)] != _ROOT_BYTES:
                    raise _Broken(Reason.ROOT, offset=i)
                i += len(_ROOT_BYTES)
            length, i = _uint(b, i)
            if kind == _STRING:
                if length > size - i:
                    raise _Broken(Reason.MALFORMED, attempt="string", offset=i)
                text: str | None
                try:
                    text = b[i : i + length].decode()
                except UnicodeDecodeError:
                    raise _Broken(Reason.MALFORMED, attempt="utf-8", offset=i) from None
                found = FORBIDDEN.search(text)
                if found is not None:
                    raise _Broken(Reason.CHARACTER, code=f"U+{ord(found[0]):04X}")
                i += length
                length = utf16_length(text)
                characters += length
                if characters > limits.characters:
                    raise _Broken(Reason.TOO_LARGE, characters=characters, limit=limits.characters)
            else:
                text = None
            if length == 0 or clock + length > MAX_CLOCK:
                raise _Broken(Reason.MALFORMED, attempt="length", offset=start)
            structs.append(Struct(client, clock, length, origin, right_origin, text))
            clock += length
    return tuple(structs), i


def _read_deletes(b: bytes, i: int, limits: Limits) -> tuple[tuple[DeleteRange, ...], int]:
    size = len(b)
    deletes: list[DeleteRange] = []
    clients, i = _uint(b, i)
    if clients > size:
        raise _Broken(Reason.MALFORMED, attempt="delete clients", offset=i)
    seen: set[int] = set()
    for _ in range(clients):
        client, i = _uint(b, i)
        count, i = _uint(b, i)
        if count == 0 or client in seen or count > size - i:
            raise _Broken(Reason.MALFORMED, attempt="delete client", offset=i)
        if len(deletes) + count > limits.delete_ranges:
            raise _Broken(Reason.TOO_LARGE, ranges=len(deletes) + count, limit=limits.delete_ranges)
        seen.add(client)
        free_from = 0
        for _ in range(count):
            clock, i = _uint(b, i)
            length, i = _uint(b, i)
            # Ascending and apart; the ranges of an honest client may touch.
            if length == 0 or clock < free_from or clock + length > MAX_CLOCK:
                raise _Broken(Reason.MALFORMED, attempt="delete range", offset=i)
            free_from = clock + length
            deletes.append(DeleteRange(client, clock, length))
    return tuple(deletes), i


def _uint(b: bytes, i: int) -> tuple[int, int]:
    """One varuint: (value, next offset). Only the shortest spelling, and at most 2^53 - 1."""
    value = b[i]
    i += 1
    if value < 0x80:
        return value, i
    value &= 0x7F
    shift = 7
    while True:
        byte = b[i]
        i += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift > 49:
            raise _Broken(Reason.MALFORMED, attempt="integer", offset=i)
    if byte == 0 or value > MAX_CLIENT:
        raise _Broken(Reason.MALFORMED, attempt="integer", offset=i)
    return value, i


def utf16_length(text: str) -> int:
    """UTF-16 units of `text`: what Yjs counts clocks in."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le")) // 2


def low_surrogates(text: str) -> list[int]:
    """Where, in UTF-16 units, the second halves of surrogate pairs stand."""
    # Each character before it in the list has shifted it by one more unit.
    return [at + shift + 1 for shift, at in enumerate(i for i, c in enumerate(text) if c > "\uffff")]


def encode(structs: Sequence[Struct], deletes: Sequence[DeleteRange]) -> bytes:
    """Write an update. For every update that `parse` reads, `encode(*parse(update)) == update`."""
    sections = [list(section) for _, section in groupby(structs, key=lambda struct: struct.client)]
    out = bytearray(varuint(len(sections)))
    for section in sections:
        out += varuint(len(section)) + varuint(section[0].client) + varuint(section[0].clock)
        for struct in section:
            out += _encode_struct(struct)
    by_client = [list(ranges) for _, ranges in groupby(deletes, key=lambda delete: delete.client)]
    out += varuint(len(by_client))
    for ranges in by_client:
        out += varuint(ranges[0].client) + varuint(len(ranges))
        for delete in ranges:
            out += varuint(delete.clock) + varuint(delete.length)
    return bytes(out)


def _encode_struct(struct: Struct) -> bytes:
    info = _DELETED if struct.text is None else _STRING
    out = bytearray()
    if struct.origin is not None:
        info |= _HAS_ORIGIN
        out += varuint(struct.origin.client) + varuint(struct.origin.clock)
    if struct.right_origin is not None:
        info |= _HAS_RIGHT_ORIGIN
        out += varuint(struct.right_origin.client) + varuint(struct.right_origin.clock)
    if struct.origin is None and struct.right_origin is None:
        out += _ROOT_BYTES
    if struct.text is None:
        out += varuint(struct.length)
    else:
        text = struct.text.encode()
        out += varuint(len(text)) + text
    return bytes([info]) + bytes(out)


def skeleton(update: bytes) -> bytes:
    """The same update with every text replaced by one `x` per UTF-16 unit: same ids, origins, lengths.

    It stands in for a redacted update: replay still works and nothing else can slip in. Of any size: what
    the server imported counts too.

    Raises:
        ValueError: The bytes are not an update that was ever accepted.
    """
    parsed = parse(update, ANY_SIZE)
    if isinstance(parsed, Refused):
        raise ValueError(f"no skeleton for an update that is {parsed.reason}")
    return skeleton_of(parsed)


def skeleton_of(parsed: Update) -> bytes:
    """The skeleton of an update that was read already."""
    return encode([s if s.text is None else s._replace(text="x" * s.length) for s in parsed.structs], parsed.deletes)


def masked(update: bytes) -> bytes:
    """The same update with every text replaced by one `▒` per UTF-16 unit; of a skeleton, or of what it came from.

    It is what a replay applies in the place of a redacted update: readers see where something was taken out.

    Raises:
        ValueError: The bytes are not an update that was ever accepted.
    """
    parsed = parse(update, ANY_SIZE)
    if isinstance(parsed, Refused):
        raise ValueError(f"no mask for an update that is {parsed.reason}")
    structs = [s if s.text is None else s._replace(text=MASK * s.length) for s in parsed.structs]
    return encode(structs, parsed.deletes)


def inserted_text(update: bytes) -> str:
    """The text that an update brings, in the order typed: what a late or refused author gets back to copy.

    Empty when the bytes are not a readable update.
    """
    parsed = parse(update, ANY_SIZE)
    return "" if isinstance(parsed, Refused) else "".join(s.text for s in parsed.structs if s.text)


def parse_state_vector(state_vector: bytes, max_clients: int = 10_000) -> dict[int, int] | None:
    """Client id -> next clock, or None when the bytes are no state vector."""
    try:
        count, i = _uint(state_vector, 0)
        if count > max_clients or count > len(state_vector):
            return None
        clocks: dict[int, int] = {}
        for _ in range(count):
            client, i = _uint(state_vector, i)
            clock, i = _uint(state_vector, i)
            if client in clocks or clock > MAX_CLOCK:
                return None
            clocks[client] = clock
    except (IndexError, _Broken):
        return None
    return clocks if i == len(state_vector) else None


def encode_state_vector(clocks: Mapping[int, int]) -> bytes:
    """The other way; highest client id first, as Yjs writes it."""
    out = bytearray(varuint(len(clocks)))
    for client in sorted(clocks, reverse=True):
        out += varuint(client) + varuint(clocks[client])
    return bytes(out)
