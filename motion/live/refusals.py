"""Why an update is refused: the closed list that the wire, the record and the catalogues share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """One code per rule; the value is what travels in a REFUSED message and stands in the record."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    TOO_MANY_STRUCTS = "too-many-structs"
    FULL = "full"
    FOREIGN_CLIENT = "foreign-client"
    CLIENT_TAKEN = "client-taken"
    GAP = "gap"
    OVERLAP = "overlap"
    UNKNOWN_ORIGIN = "unknown-origin"
    CONTRADICTION = "contradiction"
    CONTENT = "content"
    ROOT = "root"
    SURROGATE = "surrogate"
    CHARACTER = "character"
    DELETE_UNKNOWN = "delete-unknown"
    FROZEN = "frozen"
    NOT_WRITABLE = "not-writable"
    ROLE = "role"
    TYPED_FOR = "typed-for"
    NOT_RAPPORTEUR = "not-rapporteur"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision: this update is not taken, and sending it again will not help.

    Attributes:
        reason: Which rule.
        values: What the sentence shown to the author may need (a limit, a clock, a code point); no text
            of the author's.
    """

    reason: Reason
    values: Mapping[str, int | str] = field(default_factory=dict)
