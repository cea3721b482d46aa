"""What can be found wrong with a log, as values: a code, a place, the words at fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .errors import RecordError


class Flaw(StrEnum):
    """What can be wrong with a log and with what is published beside it."""

    # The tree and who signed it.
    CHECKPOINT = "checkpoint"  # the checkpoint is not one, or the log's key did not sign it
    OLDER_CHECKPOINT = "older-checkpoint"  # the same of an older one
    OLDER_BEYOND = "older-beyond"  # an older checkpoint counts more entries: the log was cut
    STAMP = "stamp"  # a time stamp is about other bytes, has no checkpoint beside it, or its signature does not verify
    STAMP_ORDER = "stamp-order"  # a longer record was stamped at an earlier time than a shorter one
    WITNESSES = "witnesses"  # fewer witnesses signed than the policy asks for
    MISSING = "missing"  # fewer entries than the checkpoint counts
    SURPLUS = "surplus"  # more entries than the checkpoint counts
    ROOT = "root"  # the entries do not give the root that was signed
    TILE = "tile"  # a file of the tree is not there, cut short, or not what the entries give
    LEAF = "leaf"  # an entry is not the one that was signed
    # Each entry by itself, then among the others.
    ENTRY = "entry"  # an entry is not in its one form
    NOT_OPENED = "not-opened"  # the first entry does not open a congress, or a later one opens it again
    AFTER_CLOSE = "after-close"  # an entry follows the one that closes the log
    CLOSE = "close"  # the closing entry counts other entries than those before it
    UNKNOWN_MOTION = "unknown-motion"  # a motion is spoken of that was not created, or created again
    UPDATE_NUMBER = "update-number"  # the numbers of a motion's updates have a gap or a repetition
    UNBOUND = "unbound"  # an update under a client id not bound before to its author and session
    BOUND_TWICE = "bound-twice"  # a client id bound to two authors, or for two officials
    NOT_RAPPORTEUR = "not-rapporteur"  # somebody types for another who may not, or for nobody on the roster
    NO_SESSION = "no-session"  # something is done in a session never opened, or opened by somebody else
    SESSION_CLOSED = "session-closed"  # something is accepted from a session that was over
    NOT_ACCREDITED = "not-accredited"  # somebody signs in or writes who is not on the roster then
    TEXT_CLOSED = "text-closed"  # an update is accepted while the text is frozen, or for ever after
    LAST_CHANGE = "last-change"  # a freeze, adoption or snapshot that points to another text's state
    NOT_FROZEN = "not-frozen"  # decided without a freeze, or on another text than the one frozen
    VOTES = "votes"  # adopted without a majority, or rejected with one
    REDACTION = "redaction"  # what is withdrawn was not there, has no content, or the reason is not on the list
    CONTRIBUTION = "contribution"  # one that was not received, withdrawn already, or a gap in versions or files
    PUBLISHED_OTHER = "published-other"  # a contribution is published with other words than those received
    CHECKED_ALONE = "checked-alone"  # somebody checks what they typed themselves
    SHEETS = "sheets"  # a paper form has a number that was not printed
    DISCLOSURE = "disclosure"  # something is said to be handed over that was not kept sealed, or is another object
    PHASE = "phase"  # officials write outside the drafting phase, or a phase follows another than the one that was open
    WITNESS_CHANGE = "witness-change"  # a witness is named twice, or given up without having been named
    POLICY = "policy"  # the policy published beside the log names other witnesses than the record, or another key
    # The objects.
    BUNDLE = "bundle"  # a file of objects is not there or cannot be read
    OBJECT_MISSING = "object-missing"  # nothing is filed under a commitment, and nothing in the log says why
    OBJECT_ALTERED = "object-altered"  # what is filed is not what was committed to
    OBJECT_LENGTH = "object-length"  # the object has another length than its entry says
    OBJECT_KEPT = "object-kept"  # an object that was withdrawn is still published
    SKELETON = "skeleton"  # the skeleton of a withdrawn update is not there, or of another shape
    # The texts.
    UPDATE = "update"  # the bytes of an update are none, or break the rules by which an update enters a text
    FOREIGN = "foreign"  # an update writes under the client id of another author
    REPEATED = "repeated"  # an update brings nothing: the same was accepted before
    DIGEST = "digest"  # a freeze, adoption or snapshot commits to another text than the updates give
    WHOLE = "whole"  # all updates of a motion at once give another text than one after the other
    TEXT = "text"  # the published text is not what the updates give
    AUTHORS = "authors"  # the published authors are not who wrote
    RESULT = "result"  # the published state or votes of a motion are not those of the record


@dataclass(frozen=True, slots=True)
class Holds:
    """All that was given agrees: ``size`` entries, and ``older`` checkpoints that the log still extends.

    ``witnesses`` are the names of the known witnesses that cosigned.
    """

    origin: str
    size: int
    root: bytes
    older: int
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """The first flaw found.

    ``entry`` is the number of the entry at fault. For ``ROOT`` it is unknown: the fault lies from entry
    ``since`` (the size of the last checkpoint that agreed) up to, not including, entry ``until``.
    ``cause`` is the error behind it, when there is one; ``words`` are the entry's own or the file's name,
    for people to read. ``motion`` and ``path`` name the motion and the published file that disagree with the record:
    ``entry`` is then the last one of that motion.
    """

    flaw: Flaw
    entry: int | None = None
    since: int | None = None
    until: int | None = None
    cause: RecordError | None = None
    words: str = field(default="", compare=False)
    motion: str = field(default="", compare=False)
    path: str = field(default="", compare=False)
