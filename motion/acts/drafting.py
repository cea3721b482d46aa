"""Writing in a motion: one transaction keeps a window, for all the motions of a congress.

What a window brings was checked by `motion.live.draft` against the document. Here, under the lock of the
record, is checked what only the database knows: that the text is still open, that the session is still in
force, that no other process has bound the client id or moved the motion meanwhile. Each update is kept
with its salt and has its entry in the same transaction; the entry of a new client id comes before it.

A crash before the commit leaves nothing: the authors' editors still hold the updates and send them again.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from motion.live import updates
from motion.record.entry import encode_entry
from motion.record.objects import seal
from motion.rules.permissions import Actor
from motion.rules.phases import writable
from storage import drafts, ledger
from storage.models import ClientBinding, DraftUpdate, LateText, SealedObject

T = TypeVar("T")

NOT_RAPPORTEUR = "not-rapporteur"  # `motion.live.refusals.Reason`

MAX_LATE_TEXTS = 500
"""Of one session on one motion: an hour without network is a few dozen; more is somebody's program."""


@dataclass(frozen=True, slots=True)
class Writing:
    """An update that passed the rules of the document. `salt` is 32 fresh random bytes."""

    actor: Actor
    content: bytes
    salt: bytes
    clients: tuple[int, ...] = ()
    new_clients: tuple[int, ...] = ()
    parsed: updates.Update | None = None  # `content`, if it was read already
    typed_for: int = 0  # the official for whom a rapporteur types these words; 0 when for nobody else


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused update, and how many more of this session were refused since the last one recorded."""

    actor: Actor
    content: bytes
    salt: bytes
    reason: str
    uncounted: int = 0


@dataclass(frozen=True, slots=True)
class MotionWindow:
    """What a room asks to keep. `number`: the last update that the room has applied."""

    motion_id: int
    number: int
    writings: Sequence[Writing] = ()
    late: Sequence[Writing] = ()
    rejections: Sequence[Rejection] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The update has its number in the motion and its entry in the record."""

    number: int
    entry: int


@dataclass(frozen=True, slots=True)
class KeptLate:
    """The text was closed: the update is late text, neither merged nor thrown away.

    `entry` is None when the session has sent too much of it: then it was not kept.
    """

    entry: int | None


@dataclass(frozen=True, slots=True)
class SessionOver:
    """The session was revoked or has expired: nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class NotRapporteur:
    """Typed for another by somebody who is no rapporteur any more, or for somebody who left: refused and recorded."""


@dataclass(frozen=True, slots=True)
class CheckAgain:
    """Another process has moved the motion where this update stands, or one before it in the window was not taken:
    decide again after `foreign`."""


Outcome = Kept | KeptLate | SessionOver | NotRapporteur | CheckAgain


@dataclass(frozen=True, slots=True)
class MotionKept:
    """What became of a window: outcomes in the order of its `writings`, then of its `late`.

    Attributes:
        head: The motion as it stands after this transaction.
        foreign: Updates of other processes, above the window's `number`: to be applied before ours.
    """

    head: drafts.Head
    foreign: Sequence[drafts.UpdateRow]
    outcomes: Sequence[Outcome]
    late: Sequence[Outcome]


def keep_window(db: Session, congress_id: int, windows: Sequence[MotionWindow], *, now: datetime) -> list[MotionKept]:
    """Keep what the rooms of one congress gathered, in one transaction.

    Args:
        windows: At most one for each motion, all of this congress, whose motions exist.
        now: The time of every entry of this window.
    """
    ledger.lock(db, congress_id)
    heads = drafts.heads(db, [window.motion_id for window in windows])
    sessions = {_session(w.actor) for window in windows for w in (*window.writings, *window.late)}
    over = drafts.silenced(db, sessions, now) if sessions else set()
    keeping = _Keeping(db, congress_id, ledger.size(db, congress_id), now)
    kept = [_keep_motion(keeping, heads[window.motion_id], window, over) for window in windows]
    keeping.write()
    return kept


class _Keeping:
    """Rows gathered for one transaction, and the next free entry number."""

    def __init__(self, db: Session, congress_id: int, next_entry: int, now: datetime) -> None:
        self.db = db
        self.congress_id = congress_id
        self.first_entry = next_entry
        self.next_entry = next_entry
        self.now = now
        self.entries: list[ledger.NewEntry] = []
        self.bindings: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.late: list[dict[str, Any]] = []
        self.sealed: list[dict[str, Any]] = []
        self.heads: list[drafts.Head] = []

    def enter(self, kind: str, body: dict[str, Any], actor: Actor, motion_id: int) -> int:
        content = encode_entry(kind, body, by=actor.mark, at=self.now)
        self.entries.append(ledger.NewEntry(kind, content, motion_id, actor.official_id))
        self.next_entry += 1
        return self.next_entry - 1

    def write(self) -> None:
        ledger.append(self.db, self.congress_id, self.entries, now=self.now, first=self.first_entry)
        drafts.insert_rows(self.db, ClientBinding, self.bindings)
        drafts.insert_rows(self.db, DraftUpdate, self.updates)
        drafts.insert_rows(self.db, LateText, self.late)
        drafts.insert_rows(self.db, SealedObject, self.sealed)
        for head in self.heads:
            drafts.advance(self.db, head.motion_id, head.number, head.last_entry)


def _keep_motion(keeping: _Keeping, head: drafts.Head, window: MotionWindow, over: set[int]) -> MotionKept:
    first_entry = keeping.next_entry
    foreign: list[drafts.UpdateRow] = []
    if head.number > window.number:
        foreign = drafts.updates_after(keeping.db, head.motion_id, window.number)
    outcomes: list[Outcome] = []
    number = head.number
    if _must_check_again(keeping.db, window, foreign):
        outcomes = [CheckAgain() for _ in window.writings]
    elif not writable(head.phase, head.state):
        outcomes = [_keep_late(keeping, head, writing, over) for writing in window.writings]
    else:
        for writing in window.writings:
            if writing.actor.session_id in over:
                outcomes.append(SessionOver())
                continue
            if writing.typed_for and not _may_type_for(keeping, writing):
                _keep_rejection(keeping, head, Rejection(writing.actor, writing.content, writing.salt, NOT_RAPPORTEUR))
                outcomes.append(NotRapporteur())
                # What follows in the window may stand on these words.
                outcomes += [CheckAgain()] * (len(window.writings) - len(outcomes))
                break
            number += 1
            outcomes.append(Kept(number, _keep_update(keeping, head, writing, number)))
    late = [_keep_late(keeping, head, writing, over) for writing in window.late]
    for rejection in window.rejections:
        _keep_rejection(keeping, head, rejection)
    if keeping.next_entry > first_entry:
        head = head._replace(number=number, last_entry=keeping.next_entry - 1)
        keeping.heads.append(head)
    return MotionKept(head, foreign, outcomes, late)


def _must_check_again(db: Session, window: MotionWindow, foreign: Sequence[drafts.UpdateRow]) -> bool:
    """Whether updates of other processes may contradict what the room decided.

    Only clocks and bindings can: the characters that an update refers to are still there. So it matters
    when a session has written through two processes (a reconnection), or a new client id has been bound.
    The whole window is decided again, as a later update may build on an earlier one.
    """
    if not foreign:
        return False
    sessions = {row.session_id for row in foreign}
    if any(writing.actor.session_id in sessions for writing in window.writings):
        return True
    new = {client for writing in window.writings for client in writing.new_clients}
    return bool(new) and bool(drafts.bound_elsewhere(db, window.motion_id, new))


def _may_type_for(keeping: _Keeping, writing: Writing) -> bool:
    """Whether the author is a rapporteur at this moment; and, when they begin, whether the other is a member."""
    other = writing.typed_for if writing.new_clients else None
    return drafts.may_type_for(keeping.db, keeping.congress_id, writing.actor.official_id or 0, other)


def _keep_update(keeping: _Keeping, head: drafts.Head, writing: Writing, number: int) -> int:
    actor = writing.actor
    for client in writing.new_clients:
        bound: dict[str, Any] = {
            "cid": client,
            "doc": head.code,
            "official": actor.mark,
            "sess": f"s-{actor.session_id}",
        }
        if writing.typed_for:
            bound["for"] = f"elu-{writing.typed_for}"
        entry = keeping.enter("client.bind", bound, actor, head.motion_id)
        keeping.bindings.append(
            {
                "motion_id": head.motion_id,
                "client": client,
                "session_id": actor.session_id,
                "official_id": actor.official_id,
                "for_id": writing.typed_for or None,
                "entry": entry,
            }
        )
    parsed = writing.parsed
    skeleton = updates.skeleton(writing.content) if parsed is None else updates.skeleton_of(parsed)
    body: dict[str, Any] = {
        "c": seal(writing.salt, writing.content).name,
        "cid": writing.clients[0] if writing.clients else 0,
        "doc": head.code,
        "len": len(writing.content),
        "n": number,
        "sess": f"s-{actor.session_id}",
        "skel": hashlib.sha256(skeleton).hexdigest(),
    }
    entry = keeping.enter("crdt.update", body, actor, head.motion_id)
    keeping.updates.append(
        {
            "motion_id": head.motion_id,
            "number": number,
            "entry": entry,
            "official_id": actor.official_id,
            "session_id": actor.session_id,
            "for_id": writing.typed_for or None,
            "salt": writing.salt,
            "content": writing.content,
            "at": keeping.now,
        }
    )
    return entry


def _keep_late(keeping: _Keeping, head: drafts.Head, writing: Writing, over: set[int]) -> Outcome:
    actor = writing.actor
    if actor.session_id in over:
        return SessionOver()
    known = {
        row["content"]: row["entry"]
        for row in keeping.late
        if row["session_id"] == actor.session_id and row["motion_id"] == head.motion_id
    }
    if writing.content in known:
        return KeptLate(known[writing.content])
    before = drafts.late_entries(keeping.db, head.motion_id, _session(actor))
    if writing.content in before:
        return KeptLate(before[writing.content])
    if len(before) + len(known) >= MAX_LATE_TEXTS:
        return KeptLate(None)
    body = {
        "c": seal(writing.salt, writing.content).name,
        "doc": head.code,
        "len": len(writing.content),
        "sess": f"s-{actor.session_id}",
    }
    entry = keeping.enter("crdt.late", body, actor, head.motion_id)
    keeping.late.append(
        {
            "motion_id": head.motion_id,
            "official_id": actor.official_id,
            "session_id": actor.session_id,
            "entry": entry,
            "salt": writing.salt,
            "content": writing.content,
            "text": updates.inserted_text(writing.content),
            "at": keeping.now,
        }
    )
    return KeptLate(entry)


def _keep_rejection(keeping: _Keeping, head: drafts.Head, rejection: Rejection) -> None:
    sealed = seal(rejection.salt, rejection.content)
    body: dict[str, Any] = {
        "c": sealed.name,
        "doc": head.code,
        "len": len(rejection.content),
        "reason": rejection.reason,
        "sess": f"s-{rejection.actor.session_id}",
    }
    if rejection.uncounted:
        body["more"] = rejection.uncounted
    keeping.enter("crdt.reject", body, rejection.actor, head.motion_id)
    keeping.sealed.append({"congress_id": keeping.congress_id, "name": sealed.name, "content": sealed.data})


def _session(actor: Actor) -> int:
    assert actor.session_id is not None  # only the signed-in reach a room
    return actor.session_id


class CopiesBehind(Exception):
    """Another process has written since the copies were taken: nothing was done."""


def act_on_copies(
    db: Session, congress_id: int, copies: Sequence[tuple[int, drafts.ReadingCopy]], act: Callable[[Session], T]
) -> T:
    """Renew the reading copies of motions and do an act on them, as one.

    Raises:
        CopiesBehind: Apply what the others wrote, take the copies again.
    """
    ledger.lock(db, congress_id)
    heads = drafts.heads(db, [motion_id for motion_id, _ in copies])
    for motion_id, copy in copies:
        if heads[motion_id].number != copy.number:
            raise CopiesBehind
        drafts.write_copy(db, motion_id, copy)
    return act(db)
