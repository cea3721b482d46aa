"""The shapes that fields of entries can have, and what a kind of entry is: names, meanings, fields.

The kinds themselves are tables: ``kinds`` and, of contributions, ``voices``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .errors import WrongBody

MAX_INTEGER = 2**53 - 1  # the largest that a browser's numbers hold exactly (RFC 8785, 3.2.2.3)
MAX_TEXT_CHARACTERS = 300  # a long title; an entry has 4,096 bytes in all
MAX_WORDS = 16

# A reader sees these characters as another order of letters than the one that was signed.
_DECEIVING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff")

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Form(StrEnum):
    """The shapes that a field's value can have."""

    ID = "id"  # 1 to 64 of A-Z a-z 0-9 . _ : -, the first a letter or a digit
    WORD = "word"  # 1 to 40 of a-z 0-9 -, the first a letter: a code of the vocabulary
    WORDS = "words"  # 1 to 16 words
    TEXT = "text"  # 1 to 300 characters in NFC, on one line, none that deceives the eye
    HASH = "hash"  # 32 bytes as 64 lower-case hexadecimal digits
    COUNT = "count"  # integer from 0 to 2^53-1
    DAY = "day"  # YYYY-MM-DD
    FLAG = "flag"  # true or false


def is_id(value: object) -> bool:
    """Whether this is an identifier as the record writes them."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_word(value: object) -> bool:
    """Whether this is a code of the vocabulary."""
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def is_text(value: object) -> bool:
    """Whether this is a line of public text, in NFC."""
    return (
        isinstance(value, str)
        and 1 <= len(value) <= MAX_TEXT_CHARACTERS
        and not any(
            c in _DECEIVING or "\U000e0000" <= c <= "\U000e007f" or unicodedata.category(c) in ("Cc", "Cs")
            for c in value
        )
        and unicodedata.is_normalized("NFC", value)
    )


def is_hash(value: object) -> bool:
    """Whether this is a SHA-256 or an HMAC-SHA256 as the record writes them."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def is_count(value: object) -> bool:
    """Whether this is a number of things; a truth value is not."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def is_day(value: object) -> bool:
    """Whether this is a day of the calendar."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_words(value: object) -> bool:
    """Whether this is a short list of codes."""
    return isinstance(value, list) and 1 <= len(value) <= MAX_WORDS and all(map(is_word, value))


_FITS: Mapping[Form, Callable[[object], bool]] = {
    Form.ID: is_id,
    Form.WORD: is_word,
    Form.WORDS: is_words,
    Form.TEXT: is_text,
    Form.HASH: is_hash,
    Form.COUNT: is_count,
    Form.DAY: is_day,
    Form.FLAG: lambda value: isinstance(value, bool),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body."""

    name: str
    form: Form
    meaning: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry. ``fields`` are in the order of their names, as they stand in the bytes."""

    name: str
    meaning: str
    fields: tuple[Field, ...]

    def check(self, body: Mapping[str, Any]) -> None:
        """Refuse a body that is not of this kind.

        Raises:
            WrongBody: Names the first field at fault, in the order of the table.
        """
        present = 0
        for field in self.fields:
            if field.name not in body:
                if field.required:
                    raise WrongBody(self.name, field.name, "missing")
            elif _FITS[field.form](body[field.name]):
                present += 1
            else:
                raise WrongBody(self.name, field.name, field.form.value)
        if present < len(body):
            unknown = body.keys() - {field.name for field in self.fields}
            raise WrongBody(self.name, min(map(str, unknown)), "unknown")


def kind(name: str, meaning: str, /, **fields: tuple[Form, str] | tuple[Form, str, str]) -> Kind:
    """One line of the table; a third element in a field's tuple marks it optional."""
    listed = (Field(name, field[0], field[1], len(field) == 2) for name, field in fields.items())
    return Kind(name, meaning, tuple(sorted(listed, key=lambda field: field.name)))


ID, WORD, TEXT, HASH, COUNT = Form.ID, Form.WORD, Form.TEXT, Form.HASH, Form.COUNT
OPTIONAL = "optional"
