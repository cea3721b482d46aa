"""Yjs updates, version 1, read strictly: nothing unchecked ever reaches pycrdt.

What passes here is well formed, small and made of plain text; whether it fits the document is for `draft`.
Layout and rules: the Yjs update format v1, and the rules listed in this folder's README.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from motion.live.refusals import Refused

ROOT = "text"
"""The one shared type of a motion's document."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one update may bring. Larger ones are for what the server itself imports."""

    bytes: int = 16 * 1024
    structs: int = 2_000
    delete_ranges: int = 2_000
    characters: int = 20_000
    clients_per_session: int = 8


UPDATE = Limits()


class Id(NamedTuple):
    """One UTF-16 unit of text, for ever: who typed it and the how manyeth it was of theirs."""

    client: int
    clock: int


class Struct(NamedTuple):
    """One run of text, typed in one go.

    `length` is in UTF-16 units. `text` is None when the run was deleted before it was sent: a standard
    client with garbage collection sends such a hole under its own id.
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
    """An update as values. Structs of one client stand together with rising clocks; so do its ranges."""

    structs: tuple[Struct, ...]
    deletes: tuple[DeleteRange, ...]


def parse(update: bytes, limits: Limits = UPDATE) -> Update | Refused:
    """Read an update, or say which rule it breaks. Never raises, whatever the bytes.

    Refusals: malformed, too-large, too-many-structs, content, root, character.
    """
    raise NotImplementedError


def encode(structs: Sequence[Struct], deletes: Sequence[DeleteRange]) -> bytes:
    """Write an update. For every accepted update, `encode(*parse(update)) == update`."""
    raise NotImplementedError


def skeleton(update: bytes) -> bytes:
    """The same update with every text replaced by one `x` per UTF-16 unit: same ids, origins, lengths.

    It stands in for a redacted update: replay still works and nothing else can slip in.

    Raises:
        ValueError: The bytes are not an update that was ever accepted.
    """
    raise NotImplementedError


def inserted_text(update: bytes) -> str:
    """The text that an update brings, in the order typed: what a late or refused author gets back to copy.

    Empty when the bytes are not a readable update.
    """
    raise NotImplementedError


def parse_state_vector(state_vector: bytes, max_clients: int = 10_000) -> dict[int, int] | None:
    """Client id -> next clock, or None when the bytes are no state vector."""
    raise NotImplementedError


def encode_state_vector(clocks: dict[int, int]) -> bytes:
    """The other way."""
    raise NotImplementedError
