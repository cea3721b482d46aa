"""The table of entry kinds: what the public record may say, and nothing else.

An entry is for ever and copied by anyone, so its body holds identifiers, counts, times, commitments to
objects that can be erased, and public facts about officials in their office. What a private person wrote
or is has no field here. ``FORMAT.md`` prints this table; a test holds the two together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from .errors import UnknownKind, WrongBody

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


def _kind(name: str, meaning: str, /, **fields: tuple[Form, str] | tuple[Form, str, str]) -> Kind:
    """One line of the table; a third element in a field's tuple marks it optional."""
    listed = (Field(name, field[0], field[1], len(field) == 2) for name, field in fields.items())
    return Kind(name, meaning, tuple(sorted(listed, key=lambda field: field.name)))


ID, WORD, TEXT, HASH, COUNT = Form.ID, Form.WORD, Form.TEXT, Form.HASH, Form.COUNT
OPTIONAL = "optional"

_DOC = (ID, "code of the motion")
_SESS = (ID, "session (connexion) of the official, or `system`")
_LAST = (COUNT, "number of the entry that last changed the text: an update, or the motion's creation")
_DIGEST = (HASH, "SHA-256 of the text in UTF-8")
_N = (COUNT, "number of the last update in the motion; 0 when none")

_TABLE = (
    _kind(
        "congress.open",
        "A congress is created: the first entry of every log.",
        congress=(ID, "its name in addresses"),
        title=(TEXT, "its title"),
        place=(TEXT, "where it gathers", OPTIONAL),
        starts=(Form.DAY, "first day", OPTIONAL),
        ends=(Form.DAY, "last day", OPTIONAL),
        zone=(TEXT, "time zone of its calendar, as `Europe/Paris`"),
        languages=(Form.WORDS, "languages of its pages, the first by default"),
        phase=(WORD, "phase in which it opens", OPTIONAL),
        rehearsal=(Form.FLAG, "true for a rehearsal, whose record may be deleted", OPTIONAL),
    ),
    _kind(
        "congress.change",
        "Title, place, days, zone or languages are corrected; only what changes is present.",
        title=(TEXT, "new title", OPTIONAL),
        place=(TEXT, "new place", OPTIONAL),
        starts=(Form.DAY, "new first day", OPTIONAL),
        ends=(Form.DAY, "new last day", OPTIONAL),
        zone=(TEXT, "new time zone", OPTIONAL),
        languages=(Form.WORDS, "new languages", OPTIONAL),
        calendar=(Form.FLAG, "true when hours of the phases changed", OPTIONAL),
    ),
    _kind(
        "phase.change",
        "The congress passes from one phase to another.",
        **{
            "from": (WORD, "phase left"),
            "to": (WORD, "phase entered"),
            "how": (WORD, "`hour` when the calendar did it, `hand` when a person did"),
        },
    ),
    _kind(
        "roster.import",
        "A roster is imported; each official of it has an entry of their own.",
        source=(WORD, "`rne` (national register), `list` (the organiser's own) or `demo`"),
        added=(COUNT, "officials added"),
        changed=(COUNT, "officials changed"),
        left=(COUNT, "lines that changed nothing"),
        refused=(COUNT, "lines refused"),
    ),
    _kind(
        "official.accredit",
        "An official joins the roster: a public person, in a public office.",
        official=(ID, "identifier, never given again"),
        name=(TEXT, "first name and name"),
        mandate=(TEXT, "office held", OPTIONAL),
        territory=(TEXT, "commune, department or region of the office", OPTIONAL),
    ),
    _kind(
        "official.change",
        "Name, office or territory of an official is corrected; only what changes is present.",
        official=(ID, "who"),
        name=(TEXT, "new name", OPTIONAL),
        mandate=(TEXT, "new office", OPTIONAL),
        territory=(TEXT, "new territory", OPTIONAL),
    ),
    _kind(
        "official.revoke",
        "An official leaves the roster; what they wrote stays theirs.",
        official=(ID, "who"),
        reason=(WORD, "code of the reason"),
    ),
    _kind(
        "role.change",
        "A role is given or taken back.",
        who=(ID, "official or secretariat account"),
        role=(WORD, "`rapporteur`, `secretariat`…"),
        held=(Form.FLAG, "true when given, false when taken back"),
        doc=(ID, "code of the motion, for a role in one motion", OPTIONAL),
    ),
    _kind(
        "card.issue",
        "A personal card is printed; its code is nowhere in the record.",
        card=(ID, "number of the card"),
        official=(ID, "for whom"),
    ),
    _kind(
        "card.revoke",
        "A personal card opens nothing any more.",
        card=(ID, "number of the card"),
    ),
    _kind(
        "session.open",
        "Somebody signed in; no address and no device is kept.",
        sess=(ID, "session"),
        who=(ID, "official or secretariat account"),
        how=(WORD, "`mail`, `card`, `demo`, `rehearsal` or `founder` (whoever made the congress on the page)"),
    ),
    _kind(
        "session.close",
        "A session ended: nothing is accepted from it any more.",
        sess=(ID, "session"),
        how=(WORD, "`left`, `revoked` or `expired`"),
    ),
    _kind(
        "client.bind",
        "A Yjs client id belongs from now on to a session, before its first update is accepted.",
        cid=(COUNT, "Yjs client id, 1 or more"),
        doc=_DOC,
        official=(ID, "author of what this id writes, or `system`"),
        sess=_SESS,
    ),
    _kind(
        "crdt.update",
        "An accepted update of a motion's text; `by` is its author.",
        c=(HASH, "commitment to the update: name of the object that holds it"),
        cid=(COUNT, "Yjs client id that inserts, or 0 when the update only deletes"),
        doc=_DOC,
        len=(COUNT, "length of the update, in bytes"),
        n=(COUNT, "number of the update in the motion: 1, 2, 3… without a gap"),
        sess=_SESS,
        skel=(HASH, "SHA-256 of the update with each character replaced by `x`: holds no text"),
    ),
    _kind(
        "crdt.reject",
        "An update was refused, so that nobody can claim to have been dropped in silence.",
        c=(HASH, "commitment to the refused bytes", OPTIONAL),
        doc=_DOC,
        len=(COUNT, "length of the refused bytes", OPTIONAL),
        more=(COUNT, "further refusals to this session since its last such entry, counted only", OPTIONAL),
        reason=(WORD, "code of the refusal"),
        sess=_SESS,
    ),
    _kind(
        "crdt.late",
        "Text arrived after the freeze: kept for its author and the secretariat, not merged.",
        c=(HASH, "commitment to the bytes kept"),
        doc=_DOC,
        len=(COUNT, "length of the bytes"),
        sess=_SESS,
    ),
    _kind(
        "motion.create",
        "A motion is created, empty; what its template writes follows as updates of `system`.",
        doc=_DOC,
        form=(WORD, "template: `deliberation`, `demands`, `import`…"),
        title=(TEXT, "its title"),
    ),
    _kind(
        "motion.rename",
        "A motion takes another title.",
        doc=_DOC,
        title=(TEXT, "new title"),
    ),
    _kind(
        "motion.import",
        "A file is imported in a motion; its text follows as updates of `system`.",
        c=(HASH, "commitment to the file"),
        doc=_DOC,
        len=(COUNT, "length of the file, in bytes"),
        media=(WORD, "`markdown`, `odt` or `docx`"),
    ),
    _kind(
        "motion.freeze",
        "The text stops: nothing more is merged.",
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
    ),
    _kind(
        "motion.unfreeze",
        "The text opens again.",
        c=(HASH, "commitment to the reason given, a free text that could name somebody"),
        doc=_DOC,
    ),
    _kind(
        "motion.adopt",
        "The motion is adopted by a show of hands; it can never change again.",
        abstentions=(COUNT, "abstentions"),
        against=(COUNT, "votes against"),
        chair=(TEXT, "who presided: name and office"),
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
        not_voting=(COUNT, "present and not voting"),
        **{"for": (COUNT, "votes for")},
    ),
    _kind(
        "motion.reject",
        "The motion is rejected by a show of hands; its text can never change again.",
        abstentions=(COUNT, "abstentions"),
        against=(COUNT, "votes against"),
        chair=(TEXT, "who presided: name and office"),
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
        not_voting=(COUNT, "present and not voting"),
        **{"for": (COUNT, "votes for")},
    ),
    _kind(
        "motion.withdraw",
        "The motion is given up, or was made by error: nobody writes in it any more, all of it stays readable.",
        c=(HASH, "commitment to the reason given, a free text that could name somebody"),
        doc=_DOC,
    ),
    _kind(
        "doc.snapshot",
        "What a motion's text is at this point: a shortcut, which a replay can recompute.",
        digest=_DIGEST,
        doc=_DOC,
        last=_LAST,
        n=_N,
    ),
    _kind(
        "redaction",
        "The object of an earlier entry is withdrawn from publication or destroyed; the earlier entry stays.",
        basis=(TEXT, "article of law relied on"),
        decision=(ID, "number of the decision: d-1, d-2… in the congress"),
        kind=(WORD, "`retrait` (withdrawn, kept sealed until a day) or `effacement` (destroyed with its salt)"),
        reason=(WORD, "one of the closed list of reasons"),
        remedy=(TEXT, "how to contest the decision"),
        skel=(Form.FLAG, "true when the object was an update, whose skeleton is published in its stead"),
        target=(COUNT, "number of the entry whose object it is"),
        until=(Form.DAY, "last day on which a withdrawn object is kept sealed", OPTIONAL),
        who=(WORD, "who asked: `personne-visee`, `auteur`, `autorite` or `juge`"),
    ),
    _kind(
        "object.disclosed",
        "A withdrawn object, kept sealed, is handed to an authority that asked for it; its content stays unpublished.",
        authority=(TEXT, "court or service that received it; never a person"),
        basis=(TEXT, "article of law relied on"),
        decision=(ID, "number of the decision that withdrew it"),
        ground=(WORD, "one of the closed list of grounds for a disclosure"),
        name=(HASH, "commitment to the object: the `c` of the entry whose object it is"),
        target=(COUNT, "number of the entry whose object it is"),
    ),
    _kind(
        "witness.change",
        "A witness is named, or relied on no more.",
        held=(Form.FLAG, "true when named, false when given up"),
        key=(TEXT, "its verifier key"),
        name=(TEXT, "name of its key"),
    ),
    _kind(
        "log.close",
        "The log ends: nothing may follow.",
        root=(HASH, "root of the tree of the entries before this one"),
        size=(COUNT, "how many entries are before this one"),
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _TABLE})
"""Every kind of entry, in the order of a congress's life."""


def kind_named(name: str) -> Kind:
    """The kind of this name.

    Raises:
        UnknownKind: It is not in the table.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def kinds_table() -> str:
    """The table in Markdown, as it stands in ``FORMAT.md``."""
    lines = ["| `t` | meaning | body |", "| --- | --- | --- |"]
    for kind in KINDS.values():
        fields = "; ".join(
            f"`{field.name}`{'' if field.required else '?'} {field.form}: {field.meaning}" for field in kind.fields
        )
        lines.append(f"| `{kind.name}` | {kind.meaning} | {fields} |")
    return "\n".join(lines) + "\n"
