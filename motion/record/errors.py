"""Everything that the record refuses, as one short tree.

    RecordError
    ├── NotCanonical        a value or some bytes are not in the canonical form
    ├── EntryTooLong        an entry is longer than MAX_ENTRY_BYTES
    ├── UnknownKind         an entry of a kind that is not in the table
    ├── WrongBody           a field is missing, unknown or of the wrong form
    ├── WrongTime           a moment without its time zone
    ├── WrongSalt           a salt that is not 32 bytes
    ├── WrongObject         an object's bytes do not give its name
    ├── OutOfTree           an entry number or a size that the tree does not have
    ├── MalformedTree       a saved frontier, a tile or a bundle that cannot be read
    ├── MalformedProof      a proof of the wrong length or form
    ├── ProofFails          a well-formed proof that leads to another root
    ├── MalformedKey        a verifier key that cannot be read
    ├── MalformedNote       a note or a checkpoint that cannot be read
    ├── MalformedPolicy     a policy that cannot be read
    ├── MalformedStamp      a reply of a time-stamping authority that cannot be relied on
    ├── WrongSignature      a known key, and a signature that is not its own
    └── Unsigned            no signature of the key that was asked for

They carry values and no sentence: ``reason`` is a code, to be matched or looked up in a catalogue.
"""

from __future__ import annotations


class RecordError(Exception):
    """What the record refuses."""


class NotCanonical(RecordError):
    """A value or some bytes are not in the canonical form.

    ``reason`` is one of ``float``, ``null``, ``type``, ``integer``, ``key``, ``nfc``, ``surrogate``,
    ``depth``, ``json``, ``form``; ``where`` is the path of the value, as ``body.title``.
    """

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason, where)
        self.reason, self.where = reason, where


class EntryTooLong(RecordError):
    """An entry of ``size`` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class UnknownKind(RecordError):
    """``kind`` is not in the table of kinds: a typing mistake, or a record newer than this program."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class WrongBody(RecordError):
    """``field`` of an entry of this ``kind`` is ``missing``, ``unknown`` or not of the named form."""

    def __init__(self, kind: str, field: str, reason: str) -> None:
        super().__init__(kind, field, reason)
        self.kind, self.field, self.reason = kind, field, reason


class WrongTime(RecordError):
    """``at`` has no time zone, or is not a moment that the envelope can hold."""

    def __init__(self, at: object) -> None:
        super().__init__(at)
        self.at = at


class WrongSalt(RecordError):
    """A salt of ``size`` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class WrongObject(RecordError):
    """The bytes filed under ``name`` are not those that were committed to."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class OutOfTree(RecordError):
    """``number`` does not exist in a tree of ``size`` entries."""

    def __init__(self, number: int, size: int) -> None:
        super().__init__(number, size)
        self.number, self.size = number, size


class MalformedTree(RecordError):
    """A saved ``frontier``, a ``tile``, a ``bundle``, an ``entry`` in it or a ``path`` that cannot be read."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class MalformedProof(RecordError):
    """A proof with the wrong number of hashes (``length``), or a proof file not of the format (``form``)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProofFails(RecordError):
    """The proof leads to the root ``found``, and the tree has the root ``expected``."""

    def __init__(self, expected: bytes, found: bytes) -> None:
        super().__init__(expected.hex(), found.hex())
        self.expected, self.found = expected, found


class MalformedKey(RecordError):
    """A verifier key wrong in its ``form``, ``name``, ``id``, ``algorithm`` or ``length``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MalformedNote(RecordError):
    """A note or a checkpoint wrong in its ``size``, ``text``, ``signatures``, ``origin`` or ``root``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MalformedPolicy(RecordError):
    """A policy wrong in its line number ``line``, from 1; 0 when no line can be named."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class MalformedStamp(RecordError):
    """A reply wrong in its ``form``, that was ``refused``, or is about other ``data`` or another ``nonce``; or a stamp
    without the ``certificate`` that it needs, or whose ``signature`` does not verify."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WrongSignature(RecordError):
    """The key ``name`` is known and did not sign this text."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Unsigned(RecordError):
    """None of the keys ``names`` signed."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names
