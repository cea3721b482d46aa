"""The facts that make Motion refuse.

    MotionError
    ├── NotAllowed(act, role)
    ├── NotFound(what, name)
    ├── Invalid(field, reason, value)
    ├── Conflict
    │   ├── SlugTaken(slug)
    │   ├── LastSecretary()
    │   ├── PhaseOutOfOrder(phase, wanted)
    │   ├── MotionNotOpen(code, state)
    │   ├── MotionNotFrozen(code, state)
    │   ├── MotionAdopted(code)
    │   ├── MotionRejected(code)
    │   ├── MotionWithdrawn(code)
    │   ├── CongressClosed(slug)
    │   ├── NotADemonstration(slug)
    │   ├── NothingToRedact(entry)
    │   ├── AlreadyRedacted(entry)
    │   ├── WordsInText(code, words)
    │   ├── SecondPersonNeeded()
    │   ├── DecisionSettled()
    │   ├── SealingUnderWay(entry)
    │   ├── SealedUnreadable(entry)
    │   ├── CollectionClosed(phase)
    │   ├── ContributionSettled(code, state)
    │   ├── DecidedMeanwhile(code)
    │   ├── NotConfirmedYet(code)
    │   ├── CheckedAlone(code)
    │   ├── SheetTaken(sheet, code)
    │   └── TextChangedMeanwhile(expected, found)
    ├── MoreVotesThanOfficials(votes, officials)
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

They are not frozen dataclasses: Python and Starlette write `__traceback__` on an exception in flight.
"""

from dataclasses import dataclass


@dataclass(unsafe_hash=True)
class MotionError(Exception):
    """Something that a person attempted was refused; nothing was changed."""


@dataclass(unsafe_hash=True)
class NotAllowed(MotionError):
    """The role may not do this act."""

    act: str
    role: str


@dataclass(unsafe_hash=True)
class NotFound(MotionError):
    """There is no such thing; `what` is a word of the code (`congress`, `motion`, `official`…)."""

    what: str
    name: str


@dataclass(unsafe_hash=True)
class Invalid(MotionError):
    """A value given for `field` can't be taken; `reason` is a code (`empty`, `too-long`, `negative`…)."""

    field: str
    reason: str
    value: str = ""


@dataclass(unsafe_hash=True)
class Conflict(MotionError):
    """The deed would be right at another moment."""


@dataclass(unsafe_hash=True)
class SlugTaken(Conflict):
    """Another congress has this address."""

    slug: str


@dataclass(unsafe_hash=True)
class LastSecretary(Conflict):
    """Somebody must run the congress."""


@dataclass(unsafe_hash=True)
class PhaseOutOfOrder(Conflict):
    """A phase opens after the ones before it, and none opens twice but drafting after frozen."""

    phase: str
    wanted: str


@dataclass(unsafe_hash=True)
class MotionNotOpen(Conflict):
    """The text is not open for drafting."""

    code: str
    state: str


@dataclass(unsafe_hash=True)
class MotionNotFrozen(Conflict):
    """Only a frozen text can be adopted or reopened."""

    code: str
    state: str


@dataclass(unsafe_hash=True)
class MotionAdopted(Conflict):
    """An adopted motion can no longer change, by anyone."""

    code: str


@dataclass(unsafe_hash=True)
class MotionRejected(Conflict):
    """A rejected motion can no longer change, by anyone."""

    code: str


@dataclass(unsafe_hash=True)
class MotionWithdrawn(Conflict):
    """A motion that was given up is read, and nothing else."""

    code: str


@dataclass(unsafe_hash=True)
class CongressClosed(Conflict):
    """Nothing is written any more in a closed congress."""

    slug: str


@dataclass(unsafe_hash=True)
class NotADemonstration(Conflict):
    """Fictional officials are only ever made in a demonstration or rehearsal congress."""

    slug: str


@dataclass(unsafe_hash=True)
class NothingToRedact(Conflict):
    """The entry commits to no object, or to an update that brought no word."""

    entry: int


@dataclass(unsafe_hash=True)
class AlreadyRedacted(Conflict):
    """The entry's object is no longer published, or no longer there at all."""

    entry: int


@dataclass(unsafe_hash=True)
class WordsInText(Conflict):
    """The words stand in a text that is being written: only officials take words out of it."""

    code: str
    words: str


@dataclass(unsafe_hash=True)
class SecondPersonNeeded(Conflict):
    """Whoever prepared this decision can't be the one who confirms it while the secretariat has others."""


@dataclass(unsafe_hash=True)
class SealingUnderWay(Conflict):
    """The file of this entry was withdrawn a moment ago and is being encrypted: it can't be handed over yet."""

    entry: int


@dataclass(unsafe_hash=True)
class SealedUnreadable(Conflict):
    """What is kept sealed of this entry does not open: another key, a file that is missing or damaged."""

    entry: int


@dataclass(unsafe_hash=True)
class CollectionClosed(Conflict):
    """The congress receives no contribution in this phase."""

    phase: str


@dataclass(unsafe_hash=True)
class ContributionSettled(Conflict):
    """A contribution in this state can't be decided on, corrected or withdrawn like that."""

    code: str
    state: str


@dataclass(unsafe_hash=True)
class DecidedMeanwhile(Conflict):
    """A contribution is no longer what the page showed on which somebody decided."""

    code: str


@dataclass(unsafe_hash=True)
class NotConfirmedYet(Conflict):
    """Its author has yet to agree, or a second person to compare it with its paper."""

    code: str


@dataclass(unsafe_hash=True)
class CheckedAlone(Conflict):
    """Whoever typed a contribution can't be the second person who compares it."""

    code: str


@dataclass(unsafe_hash=True)
class SheetTaken(Conflict):
    """The paper form of this number was typed already, as contribution `code`."""

    sheet: str
    code: str


@dataclass(unsafe_hash=True)
class DecisionSettled(Conflict):
    """The decision was confirmed or dropped meanwhile."""


@dataclass(unsafe_hash=True)
class TextChangedMeanwhile(Conflict):
    """The digest on which somebody decided is no longer that of the text."""

    expected: str
    found: str


@dataclass(unsafe_hash=True)
class SignInRefused(MotionError):
    """Nobody was signed in."""


@dataclass(unsafe_hash=True)
class LinkUnusable(SignInRefused):
    """`reason` is `unknown`, `used` or `expired`."""

    reason: str


@dataclass(unsafe_hash=True)
class CodeWrong(SignInRefused):
    """The six digits are not those of the mail; `tries_left` may be 0."""

    tries_left: int


@dataclass(unsafe_hash=True)
class CardUnknown(SignInRefused):
    """No card in force carries this code."""


@dataclass(unsafe_hash=True)
class TooManyTries(SignInRefused):
    """Sign-in is slowed down for `seconds`."""

    seconds: int


@dataclass(unsafe_hash=True)
class MoreVotesThanOfficials(MotionError):
    """More people than the roster accredits would have been in the hall: `votes` counts those who did not vote too."""

    votes: int
    officials: int


@dataclass(unsafe_hash=True)
class TextTooLong(MotionError):
    """A text has more characters than is allowed; nothing of it was taken."""

    characters: int
    limit: int


@dataclass(unsafe_hash=True)
class RosterUnreadable(MotionError):
    """A roster file can't be read at all; nothing of it was imported."""


@dataclass(unsafe_hash=True)
class NotATable(RosterUnreadable):
    """`reason`: `empty`, `binary`, `spreadsheet`, `no-separator`, `encoding`."""

    reason: str


@dataclass(unsafe_hash=True)
class MissingColumns(RosterUnreadable):
    """No header names these columns (`family_name`, `first_names`); `found` are the headers as they stand."""

    columns: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(unsafe_hash=True)
class UnreadableColumn(RosterUnreadable):
    """No value of a column could be read; `lines` were tried."""

    column: str
    example: str
    lines: int


@dataclass(unsafe_hash=True)
class RosterTooLarge(RosterUnreadable):
    """More officials would be kept than one congress may have: a department must be chosen."""

    limit: int


@dataclass(unsafe_hash=True)
class DocumentUnreadable(MotionError):
    """A document can't be imported as a motion.

    `kind`: `markdown`, `text`, `odt`, `docx`, or the kind that was recognised and is not read (`pdf`, `rtf`, `doc`,
    `spreadsheet`, `archive`, `image`, `unknown`). `reason`: `kind`, `empty`, `too-large`, `damaged`, `encoding`,
    `too-slow`, `too-long`.
    """

    kind: str
    reason: str
