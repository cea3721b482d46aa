"""The facts that make Motion refuse.

    MotionError
    ├── NotAllowed(act, role)
    ├── NotFound(what, name)
    ├── Invalid(field, reason, value)
    ├── Conflict
    │   ├── SlugTaken(slug)
    │   ├── PhaseOutOfOrder(phase, wanted)
    │   ├── MotionNotOpen(code, state)
    │   ├── MotionNotFrozen(code, state)
    │   ├── MotionAdopted(code)
    │   ├── CongressClosed(slug)
    │   └── TextChangedMeanwhile(expected, found)
    ├── TextTooLong(characters, limit)
    ├── RosterUnreadable
    │   ├── NotATable(reason)
    │   ├── MissingColumns(columns, found)
    │   ├── UnreadableColumn(column, example, lines)
    │   └── RosterTooLarge(limit)
    ├── DocumentUnreadable(kind, reason)
    └── SignInRefused
        ├── LinkUnusable(reason)
        ├── CodeWrong(tries_left)
        ├── CardUnknown()
        └── TooManyTries(seconds)

Each carries values and no sentence: `motion.web.errors` turns a class into a status and a
sentence of the catalogue, and the command line does the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class MotionError(Exception):
    """Something that a person attempted was refused; nothing was changed."""


@dataclass(frozen=True)
class NotAllowed(MotionError):
    """The role may not do this act."""

    act: str
    role: str


@dataclass(frozen=True)
class NotFound(MotionError):
    """There is no such thing; `what` is a word of the code (`congress`, `motion`, `official`…)."""

    what: str
    name: str


@dataclass(frozen=True)
class Invalid(MotionError):
    """A value given for `field` can't be taken; `reason` is a code (`empty`, `too-long`, `negative`…)."""

    field: str
    reason: str
    value: str = ""


@dataclass(frozen=True)
class Conflict(MotionError):
    """The deed would be right at another moment."""


@dataclass(frozen=True)
class SlugTaken(Conflict):
    """Another congress has this address."""

    slug: str


@dataclass(frozen=True)
class PhaseOutOfOrder(Conflict):
    """A phase opens after the ones before it, and none opens twice but drafting after frozen."""

    phase: str
    wanted: str


@dataclass(frozen=True)
class MotionNotOpen(Conflict):
    """The text is not open for drafting."""

    code: str
    state: str


@dataclass(frozen=True)
class MotionNotFrozen(Conflict):
    """Only a frozen text can be adopted or reopened."""

    code: str
    state: str


@dataclass(frozen=True)
class MotionAdopted(Conflict):
    """An adopted motion can no longer change, by anyone."""

    code: str


@dataclass(frozen=True)
class CongressClosed(Conflict):
    """Nothing is written any more in a closed congress."""

    slug: str


@dataclass(frozen=True)
class TextChangedMeanwhile(Conflict):
    """The digest on which somebody decided is no longer that of the text."""

    expected: str
    found: str


@dataclass(frozen=True)
class SignInRefused(MotionError):
    """Nobody was signed in."""


@dataclass(frozen=True)
class LinkUnusable(SignInRefused):
    """`reason` is `unknown`, `used` or `expired`."""

    reason: str


@dataclass(frozen=True)
class CodeWrong(SignInRefused):
    """The six digits are not those of the mail; `tries_left` may be 0."""

    tries_left: int


@dataclass(frozen=True)
class CardUnknown(SignInRefused):
    """No card in force carries this code."""


@dataclass(frozen=True)
class TooManyTries(SignInRefused):
    """Sign-in is slowed down for `seconds`."""

    seconds: int


@dataclass(frozen=True)
class TextTooLong(MotionError):
    """A text has more characters than is allowed; nothing of it was taken."""

    characters: int
    limit: int


@dataclass(frozen=True)
class RosterUnreadable(MotionError):
    """A roster file can't be read at all; nothing of it was imported."""


@dataclass(frozen=True)
class NotATable(RosterUnreadable):
    """`reason`: `empty`, `binary`, `spreadsheet`, `no-separator`, `encoding`."""

    reason: str


@dataclass(frozen=True)
class MissingColumns(RosterUnreadable):
    """No header names these columns (`family_name`, `first_names`); `found` are the headers as they stand."""

    columns: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True)
class UnreadableColumn(RosterUnreadable):
    """No value of a column could be read; `lines` were tried."""

    column: str
    example: str
    lines: int


@dataclass(frozen=True)
class RosterTooLarge(RosterUnreadable):
    """More officials would be kept than one congress may have: a department must be chosen."""

    limit: int


@dataclass(frozen=True)
class DocumentUnreadable(MotionError):
    """A document can't be imported as a motion.

    `kind`: `markdown`, `text`, `odt`, `docx`, or the kind that was recognised and is not read (`pdf`, `rtf`, `doc`,
    `spreadsheet`, `archive`, `image`, `unknown`). `reason`: `kind`, `empty`, `too-large`, `damaged`, `encoding`,
    `too-slow`, `too-long`.
    """

    kind: str
    reason: str
