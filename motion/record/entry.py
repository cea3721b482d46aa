"""Entries: one line of the record each, as bytes that have one form only.

The form is RFC 8785 JSON in a narrow profile (``FORMAT.md``, "Entries"): a journalist reads it in a text
editor, a program can demand that re-encoding gives the same bytes. Times and identifiers come in as
arguments; nothing here looks at a clock.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NoReturn

from .errors import EntryTooLong, NotCanonical, WrongBody, WrongTime
from .forms import MAX_INTEGER, is_id
from .kinds import kind_named

VERSION = 1
MAX_ENTRY_BYTES = 4096  # our rule: an entry names things and holds none; the format allows 65,535
MAX_DEPTH = 8  # deeper than any entry; keeps hostile nesting away from the interpreter's stack

_KEY = re.compile(r"[\x20-\x7e]+")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
# Built once: an entry is written for each keystroke. `_check` has bounded the depth, so no circle is left.
_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)
_ENVELOPE = frozenset(("body", "by", "t", "ts", "v"))  # `sig` is reserved for the author's own signature


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, read.

    ``kind`` and ``body`` are as in the table of kinds; ``by`` is who did it (an official, a secretariat
    account, ``system``); ``at`` is when the service received it, in UTC, to the millisecond.
    """

    kind: str
    body: Mapping[str, Any]
    by: str
    at: datetime


def canonical(value: object) -> bytes:
    """The one way to write a value: RFC 8785, restricted.

    Objects with printable ASCII keys, arrays, strings in NFC, integers within ±(2^53-1), true and false.
    With such keys and integers, sorting by code point and plain JSON numbers are what RFC 8785 asks.

    Raises:
        NotCanonical: ``value`` holds something else: a float, a null, a lone surrogate…
    """
    _check(value, "", 0)
    return _WRITER.encode(value).encode()


def parse_canonical(data: bytes) -> Any:
    """Read a value that must be in the canonical form.

    Raises:
        NotCanonical: Other JSON, or no JSON (``json``), or JSON that can be written otherwise (``form``).
    """
    try:
        value = json.loads(
            data.decode(),
            parse_float=_refuse_float,
            parse_constant=_refuse_float,
        )
    except (ValueError, RecursionError):
        raise NotCanonical("json") from None
    if canonical(value) != data:
        raise NotCanonical("form")
    return value


def encode_entry(kind: str, body: Mapping[str, Any], *, by: str, at: datetime) -> bytes:
    """Write an entry.

    Args:
        kind: A name of the table of kinds.
        body: Its fields; the strings among them are put in NFC.
        by: Identifier of who did it: an official, a secretariat account, or ``system``.
        at: When the service received it; with its time zone; cut to the millisecond.

    Raises:
        UnknownKind: ``kind`` is not in the table.
        WrongBody: A field is missing, unknown or of the wrong form (``by`` counts as a field).
        WrongTime: ``at`` has no time zone.
        EntryTooLong: More than ``MAX_ENTRY_BYTES``.
    """
    if at.tzinfo is None:
        raise WrongTime(at)
    composed = {name: _composed(value) for name, value in body.items()}
    kind_named(kind).check(composed)
    if not is_id(by):
        raise WrongBody(kind, "by", "id")
    moment = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    data = canonical({"body": composed, "by": by, "t": kind, "ts": moment, "v": VERSION})
    if len(data) > MAX_ENTRY_BYTES:
        raise EntryTooLong(len(data))
    return data


def decode_entry(data: bytes) -> Entry:
    """Read an entry, and refuse all that ``encode_entry`` would not have written.

    Raises:
        EntryTooLong: More than ``MAX_ENTRY_BYTES``.
        NotCanonical: Not in the canonical form, or not an envelope.
        UnknownKind: A kind that this program does not know.
        WrongBody: A body that is not of its kind.
        WrongTime: ``ts`` is not a moment.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise EntryTooLong(len(data))
    value = parse_canonical(data)
    if not isinstance(value, dict) or value.keys() != _ENVELOPE:
        raise NotCanonical("type")
    kind, body, by, moment = value["t"], value["body"], value["by"], value["ts"]
    version = type(value["v"]), value["v"]  # the type too: true equals 1
    if not isinstance(kind, str) or not isinstance(body, dict) or version != (int, VERSION):
        raise NotCanonical("type")
    kind_named(kind).check(body)
    if not is_id(by):
        raise WrongBody(kind, "by", "id")
    return Entry(kind, MappingProxyType(body), by, _parse_moment(moment))


def _parse_moment(moment: object) -> datetime:
    if not isinstance(moment, str) or _MOMENT.fullmatch(moment) is None:
        raise WrongTime(moment)
    try:
        return datetime.fromisoformat(moment)
    except ValueError:
        raise WrongTime(moment) from None


def _composed(value: Any) -> Any:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _refuse_float(text: str) -> NoReturn:
    raise NotCanonical("float")


@lru_cache(maxsize=256)  # a few dozen names, in each of a million entries
def _is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def _check(value: object, where: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotCanonical("depth", where)
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical("integer", where)
    elif isinstance(value, str):
        if not value.isascii():
            _check_string(value, where)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not _is_key(key):
                raise NotCanonical("key", where)
            if type(item) is str and item.isascii():
                continue  # nearly all of them; an entry is made for each keystroke
            if type(item) is int and depth < MAX_DEPTH and -MAX_INTEGER <= item <= MAX_INTEGER:
                continue
            _check(item, f"{where}.{key}" if where else key, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]", depth + 1)
    else:
        raise NotCanonical(_REASON_BY_TYPE.get(type(value), "type"), where)


_REASON_BY_TYPE: Mapping[type, str] = {float: "float", type(None): "null"}


def _check_string(value: str, where: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotCanonical("surrogate", where) from None
    if not unicodedata.is_normalized("NFC", value):
        raise NotCanonical("nfc", where)
