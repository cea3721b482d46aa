"""The check of a whole log: it holds, or here is the first thing that does not.

It reads what anyone can be given: the entries, the checkpoint, the log's key (from paper, from a city's
site), and older checkpoints that people kept. It trusts none of them but the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .checkpoint import Checkpoint, VerifierKey, open_checkpoint
from .entry import Entry, decode_entry
from .errors import RecordError, WrongObject
from .objects import open_object
from .tree import Frontier, leaf_hash


class Flaw(StrEnum):
    """What can be wrong with a log."""

    CHECKPOINT = "checkpoint"  # the checkpoint is not one, or the log's key did not sign it
    OLDER_CHECKPOINT = "older-checkpoint"  # the same of an older one
    OLDER_BEYOND = "older-beyond"  # an older checkpoint counts more entries: the log was cut
    ENTRY = "entry"  # an entry is not in its one form
    MISSING = "missing"  # fewer entries than the checkpoint counts
    SURPLUS = "surplus"  # more entries than the checkpoint counts
    ROOT = "root"  # the entries do not give the root that was signed
    NOT_OPENED = "not-opened"  # the first entry does not open a congress, or a later one opens it again
    AFTER_CLOSE = "after-close"  # an entry follows the one that closes the log
    CLOSE = "close"  # the closing entry counts other entries than those before it
    UPDATE_NUMBER = "update-number"  # the numbers of a motion's updates have a gap or a repetition
    UNBOUND = "unbound"  # an update under a client id not bound before to its author and session
    BOUND_TWICE = "bound-twice"  # a client id bound to two authors
    LAST_CHANGE = "last-change"  # a freeze, adoption or snapshot that points to another text's state
    OBJECT_MISSING = "object-missing"  # nothing is filed under a commitment
    OBJECT_ALTERED = "object-altered"  # what is filed is not what was committed to


@dataclass(frozen=True, slots=True)
class Holds:
    """All that was given agrees: ``size`` entries, and ``older`` checkpoints that the log still extends."""

    origin: str
    size: int
    root: bytes
    older: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The first flaw found.

    ``entry`` is the number of the entry at fault. For ``ROOT`` it is unknown: the fault lies from entry
    ``since`` (the size of the last checkpoint that agreed) up to, not including, entry ``until``.
    ``cause`` is the error behind it, when there is one.
    """

    flaw: Flaw
    entry: int | None = None
    since: int | None = None
    until: int | None = None
    cause: RecordError | None = None


def check_log(
    entries: Iterable[bytes],
    note: bytes,
    log: VerifierKey,
    *,
    older: Sequence[bytes] = (),
    read_object: Callable[[str], bytes | None] | None = None,
) -> Holds | Broken:
    """Check a log from its first entry to its last.

    Signatures come first; then each entry in order, with the older checkpoints as they are passed, so that
    the place of a flaw is as narrow as what was kept allows.

    Args:
        entries: The entries as bytes, read once, in order.
        note: The checkpoint that covers precisely these entries.
        log: The log's key.
        older: Checkpoints of the same log kept from earlier, in any order.
        read_object: Gives the bytes of an object by its name, or None when it is not there. Without it
            objects are not looked at.
    """
    try:
        final = open_checkpoint(note, log).checkpoint
    except RecordError as error:
        return Broken(Flaw.CHECKPOINT, cause=error)
    marks: list[Checkpoint] = []
    for kept in older:
        try:
            marks.append(open_checkpoint(kept, log).checkpoint)
        except RecordError as error:
            return Broken(Flaw.OLDER_CHECKPOINT, cause=error)
        if marks[-1].size > final.size:
            return Broken(Flaw.OLDER_BEYOND, since=final.size, until=marks[-1].size)
    marks.append(final)

    passage = _Passage(marks)
    story = _Story()
    if (flaw := passage.look()) is not None:
        return flaw
    for data in entries:
        number = passage.frontier.size
        if number == final.size:
            return Broken(Flaw.SURPLUS, entry=number)
        try:
            entry = decode_entry(data)
        except RecordError as error:
            return Broken(Flaw.ENTRY, entry=number, cause=error)
        wrong = story.tell(entry, passage.frontier)
        if wrong is not None:
            return Broken(wrong, entry=number)
        if read_object is not None and (flaw := _check_object(entry, number, read_object)) is not None:
            return flaw
        passage.frontier.append(leaf_hash(data))
        if (flaw := passage.look()) is not None:
            return flaw
    if passage.frontier.size < final.size:
        return Broken(Flaw.MISSING, entry=passage.frontier.size)
    return Holds(final.origin, final.size, final.root, len(older))


class _Passage:
    """The tree as it grows under the reading, held against each checkpoint at its size."""

    def __init__(self, marks: Sequence[Checkpoint]) -> None:
        self.frontier = Frontier()
        self._ahead = sorted(marks, key=lambda mark: mark.size)
        self._agreed = 0

    def look(self) -> Broken | None:
        while self._ahead and self._ahead[0].size == self.frontier.size:
            mark = self._ahead.pop(0)
            if mark.root != self.frontier.root():
                return Broken(Flaw.ROOT, since=self._agreed, until=mark.size)
            self._agreed = mark.size
        return None


class _Story:
    """What one entry must know of those before it. Times are not compared: a clock may be set back."""

    def __init__(self) -> None:
        self._closed = False
        self._updates: dict[str, int] = {}  # number of the last update, by motion
        self._changed: dict[str, int] = {}  # entry that last changed the text, by motion
        self._authors: dict[tuple[str, int], str] = {}  # author of a client id in a motion
        self._sessions: set[tuple[str, int, str]] = set()  # motion, client id, session

    def tell(self, entry: Entry, before: Frontier) -> Flaw | None:
        body = entry.body
        if self._closed:
            return Flaw.AFTER_CLOSE
        if (entry.kind == "congress.open") != (before.size == 0):
            return Flaw.NOT_OPENED
        match entry.kind:
            case "motion.create":
                self._changed[body["doc"]] = before.size
            case "client.bind":
                if self._authors.setdefault((body["doc"], body["cid"]), body["official"]) != body["official"]:
                    return Flaw.BOUND_TWICE
                self._sessions.add((body["doc"], body["cid"], body["sess"]))
            case "crdt.update":
                return self._tell_update(entry, before.size)
            case "motion.freeze" | "motion.adopt" | "doc.snapshot":
                state = self._changed.get(body["doc"]), self._updates.get(body["doc"], 0)
                if state != (body["last"], body["n"]):
                    return Flaw.LAST_CHANGE
            case "log.close":
                if (body["size"], body["root"]) != (before.size, before.root().hex()):
                    return Flaw.CLOSE
                self._closed = True
        return None

    def _tell_update(self, entry: Entry, number: int) -> Flaw | None:
        doc, cid, sess, n = (entry.body[name] for name in ("doc", "cid", "sess", "n"))
        if n != self._updates.get(doc, 0) + 1:
            return Flaw.UPDATE_NUMBER
        bound = self._authors.get((doc, cid)) == entry.by and (doc, cid, sess) in self._sessions
        if cid and not bound:  # an update that only deletes has no client id of its own
            return Flaw.UNBOUND
        self._updates[doc], self._changed[doc] = n, number
        return None


def _check_object(entry: Entry, number: int, read_object: Callable[[str], bytes | None]) -> Broken | None:
    name = entry.body.get("c")
    if name is None:
        return None
    data = read_object(name)
    if data is None:
        return Broken(Flaw.OBJECT_MISSING, entry=number)
    try:
        open_object(data, name)
    except WrongObject as error:
        return Broken(Flaw.OBJECT_ALTERED, entry=number, cause=error)
    return None
