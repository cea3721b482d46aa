"""Objects as files to publish: what the entries commit to, in bundles beside the bundles of the entries.

``log/objects/<N>[.p/<W>]`` holds, in their order, the objects of the entries of the bundle of the same number and
width; ``log/objects/files/<name>`` those that are too long for a slot. Unlike a tile a bundle may change, once: when
an object is taken out its slot empties, or holds the skeleton of the update that it was (``FORMAT.md``, "Objects").
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .entry import Entry
from .errors import MalformedTree, WrongObject
from .objects import open_object
from .tiles import Tile, parse_tile_path

MAX_SLOT_BYTES = 65_535
"""A longer object is a file of its own: a bundle stays below 17 MB, and nearly always below 100 kB."""

KEPT_BACK = frozenset(
    {
        "crdt.reject",
        "crdt.late",
        "contribution.receive",
        "contribution.file",
        "contribution.answer",
        "contribution.notice",
    }
)
"""Kinds whose objects are never published: refused bytes, text that came too late, and what was received and not yet
judged, are their author's. What is published of a contribution is the object of another entry."""

AS_FILES = frozenset({"contribution.show"})
"""Kinds whose objects are files of their own, however short: they are kept outside the database."""

_LENGTH_BYTES = 4
_NAME = re.compile(r"[0-9a-f]{64}")


class Slot(Enum):
    """What stands in the place of an entry's object."""

    NONE = "none"  # the entry commits to no object
    OBJECT = "object"  # the object, and it is the one committed to
    SKELETON = "skeleton"  # of a redacted update, and it is the one committed to
    REDACTED = "redacted"  # nothing, and a redaction says why
    KEPT_BACK = "kept-back"  # nothing: objects of this kind are not published
    FILE = "file"  # nothing: the object is longer than a slot, and a file of its own


@dataclass(frozen=True, slots=True)
class Opened:
    """A slot, checked. ``content`` is the object's content without its salt, or the skeleton; else empty."""

    slot: Slot
    content: bytes = b""


def object_path(bundle: Tile) -> str:
    """Path below the log's address of the objects of a bundle of entries: ``objects/x001/x234/067.p/5``."""
    return bundle.path.replace("tile/entries/", "objects/", 1)


def parse_object_path(path: str) -> Tile:
    """The bundle of entries of a path, which must be the one that ``object_path`` gives.

    Raises:
        MalformedTree: No bundle has this path.
    """
    if not path.startswith("objects/"):
        raise MalformedTree("path")
    return parse_tile_path("tile/entries/" + path.removeprefix("objects/"))


def file_path(name: str) -> str:
    """Path below the log's address of an object that is a file of its own.

    Raises:
        MalformedTree: No object has this name.
    """
    if _NAME.fullmatch(name) is None:
        raise MalformedTree("path")
    return f"objects/files/{name}"


def name_of(kind: str, body: Mapping[str, Any]) -> str | None:
    """The name of the object that an entry commits to and that may be published; None when there is none."""
    return None if kind in KEPT_BACK else body.get("c")


def address_of(number: int, kind: str, body: Mapping[str, Any]) -> str | None:
    """Where the object of an entry is published by itself, below the congress's address; None when nobody has it."""
    name = name_of(kind, body)
    if name is None:
        return None
    return f"log/{file_path(name)}" if kind in AS_FILES else f"registre/{number}.objet"


def encode_objects(slots: Sequence[bytes]) -> bytes:
    """The bytes of a bundle: each slot after its length on four bytes, big-endian.

    Raises:
        MalformedTree: A slot of more than ``MAX_SLOT_BYTES``.
    """
    if any(len(slot) > MAX_SLOT_BYTES for slot in slots):
        raise MalformedTree("object")
    return b"".join(len(slot).to_bytes(_LENGTH_BYTES, "big") + slot for slot in slots)


def decode_objects(bundle: Tile, data: bytes) -> list[bytes]:
    """The slots of a bundle, in the order of its entries.

    Raises:
        MalformedTree: Cut short, a slot that is too long, or not as many slots as the bundle has entries.
    """
    slots: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        length = int.from_bytes(data[at:start], "big")
        if length > MAX_SLOT_BYTES:
            raise MalformedTree("object")
        at = start + length
        slots.append(data[start:at])
    if at != len(data) or len(slots) != bundle.width:
        raise MalformedTree("bundle")
    return slots


def open_slot(entry: Entry, slot: bytes, *, is_redacted: bool) -> Opened:
    """Check a slot against the entry it stands for.

    Args:
        is_redacted: Whether a later entry ``redaction`` has this one as its target.

    Raises:
        WrongObject: The object is missing without a redaction, is there in spite of one, or is another one.
    """
    name = entry.body.get("c")
    if name is None or entry.kind in KEPT_BACK:
        if slot:
            raise WrongObject(str(name or ""))
        return Opened(Slot.NONE if name is None else Slot.KEPT_BACK)
    if not is_redacted:
        if entry.kind in AS_FILES and slot:
            raise WrongObject(name)
        if not slot and (entry.kind in AS_FILES or entry.body.get("len", 0) + 32 > MAX_SLOT_BYTES):
            return Opened(Slot.FILE)
        return Opened(Slot.OBJECT, open_object(slot, name))
    if entry.kind == "crdt.update":
        if hashlib.sha256(slot).hexdigest() != entry.body["skel"]:
            raise WrongObject(name)
        return Opened(Slot.SKELETON, slot)
    if slot:
        raise WrongObject(name)
    return Opened(Slot.REDACTED)
