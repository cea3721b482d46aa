"""One motion's room: those connected, the draft in memory, and what the next window will hold.

Life of an update: `offer` puts it before the next window; the keeper asks `take_window` to decide on all that
waits, commits, and hands the outcome to `settle`, which applies, acknowledges, and writes one prepared frame
to every reader. Only the keeper of the congress, one window at a time, moves the draft.

A room on which something failed is not mended: it closes its sockets with "try again later" and is
forgotten; the next to come opens a new one from the database (`motion.live.room.Rooms`).
"""

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes
from typing import NamedTuple

from motion.acts import drafting
from motion.live import sentences, wire
from motion.live.attendance import Attendance
from motion.live.draft import (
    Accepted,
    Author,
    Draft,
    DraftBroken,
    Edit,
    OutOfOrder,
    Sender,
    fold,
)
from motion.live.news import Recent
from motion.live.outlet import BACKLOG_BYTES, FRAGMENT_BYTES, Outlet, Parcel, fragments
from motion.live.presence import Claim, Presences, Who
from motion.live.refusals import Reason, Refused
from motion.live.session import Offer
from motion.record.objects import SALT_BYTES
from motion.rules.names import display_name, initials, presence_name
from motion.rules.permissions import Act, Actor, may
from motion.rules.vocabulary import Role
from storage import drafts

log = logging.getLogger(__name__)

TRY_AGAIN, SIGNED_OUT = 1013, 4401
WRITING_S = 10.0
"""Somebody who wrote less than this ago is said to be writing."""

BACKLOG_LOOK_S = 0.25
"""A slow reader is noticed so late at most."""

POLLED_S = 60.0
"""Somebody who follows over HTTP asks at least this often."""

REJECTIONS_AT_ONCE, REJECTION_EVERY_S = 5, 60.0
"""Refusals that the record takes from one session; more are counted and told with the next one."""

_ROLE_LETTERS = {Role.OFFICIAL: "e", Role.RAPPORTEUR: "r", Role.SECRETARIAT: "s"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody signed in: who acts, the name as displayed, the language of their page."""

    actor: Actor
    name: str
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Taken:
    """Committed: everyone can see it. `entry` is its number in the record."""

    entry: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Refused for good; `kept` when the service has the bytes as late text."""

    reason: str
    sentence: str
    kept: bool = False


Answer = Taken | NotTaken


class RoomLost(Exception):
    """The room failed before it could answer: nothing is known to be kept; send the same bytes again."""


class Presence(NamedTuple):
    """Somebody connected to a room."""

    official_id: int
    is_writing: bool


@dataclass(eq=False, slots=True)
class Connection:
    """One socket. `is_synchronised`: it was sent the document, and gets every window since."""

    key: str
    caller: Caller
    author: Author
    outlet: Outlet
    speaks_motion: bool
    is_synchronised: bool = False
    backlog_bytes: int = BACKLOG_BYTES


@dataclass(slots=True)
class _Pending:
    """Something to decide on in the next window: bytes, or edits still to be put under a client id."""

    caller: Caller
    author: Author
    update: bytes = b""
    n: int | None = None
    from_step2: bool = False
    edits: Sequence[Edit] | None = None
    base: bytes | None = None
    connection: Connection | None = None
    answer: asyncio.Future[Answer] | None = None


@dataclass(slots=True)
class _Allowance:
    """How many refusals of one session may still be recorded, and how many were only counted."""

    left: float = REJECTIONS_AT_ONCE
    filled_at: float = 0.0
    uncounted: int = 0


@dataclass(slots=True)
class _Window:
    """What is under way: what was asked of the database, and the answers that wait for it."""

    writings: list[tuple[_Pending, Accepted]] = field(default_factory=list)
    late: list[_Pending] = field(default_factory=list)
    rejections: list[drafting.Rejection] = field(default_factory=list)
    duplicates: list[_Pending] = field(default_factory=list)
    refused: list[tuple[_Pending, Refused]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a room reaches of the house it stands in.

    `want` asks the keeper for a window; `shown` tells the house that the room has moved; `attended` who is
    connected to it here, whenever that changes and every few seconds; `lost` that it is void.
    """

    clock: Callable[[], datetime]
    want: Callable[["Room"], None]
    shown: Callable[["Room"], None]
    presence: Callable[["Room", bytes], None]
    attended: Callable[["Room", Collection[int]], None]
    lost: Callable[["Room"], None]


class Room:
    """One motion, live. Everything runs in the event loop; nothing here waits for the database."""

    def __init__(
        self,
        surroundings: Surroundings,
        head: drafts.Head,
        draft: Draft,
        *,
        text_entry: int,
        text_at: datetime | None,
        officials: Sequence[drafts.OfficialRow],
    ) -> None:
        self.head = head
        self.draft = draft
        self.text_entry = text_entry
        self.text_at = text_at
        self.is_lost = False
        self.emptied_at = asyncio.get_running_loop().time()
        self.connections: dict[str, Connection] = {}
        self.recent = Recent(draft.number)
        self._surroundings = surroundings
        self._loop = asyncio.get_running_loop()
        self._cards = {row.id: _card(row) for row in officials}
        self._presences = Presences()
        self._presence_timer: asyncio.TimerHandle | None = None
        self._attendance = Attendance()
        self._attendance_timer: asyncio.TimerHandle | None = None
        self._awaits_names = False
        self._pending: list[_Pending] = []
        self._window = _Window()
        self._wrote_at: dict[int, float] = {}
        self._polled_at: dict[int, float] = {}
        self._allowances: dict[int | None, _Allowance] = {}
        self._keys = 0
        self._look_at = 0.0  # when the backlogs of the readers are next looked at

    # What others read

    @property
    def motion_id(self) -> int:
        """The motion's id."""
        return self.head.motion_id

    @property
    def number(self) -> int:
        """Number of the last update shown."""
        return self.draft.number

    @property
    def entry(self) -> int:
        """Number of the last entry of the record about this motion that this process knows."""
        return self.head.last_entry

    @property
    def text(self) -> str:
        """The text as everyone sees it."""
        return self.draft.text()

    @property
    def runs(self) -> list[tuple[int, int]]:
        """Who wrote it: (characters, official id or 0), in order."""
        return [(run.length, run.official) for run in self.draft.runs()]

    def present(self) -> list[Presence]:
        """The officials connected to this process, each once."""
        now = self._loop.time()
        return [
            Presence(official, now - self._wrote_at.get(official, float("-inf")) < WRITING_S)
            for official in sorted(self._here())
        ]

    def _here(self) -> set[int]:
        now = self._loop.time()
        officials = {c.author.official for c in self.connections.values() if c.author.official}
        return officials | {official for official, at in self._polled_at.items() if now - at < POLLED_S}

    def closed_for(self, actor: Actor) -> str:
        """Return the code for which somebody may not write now; empty when they may."""
        return ("" if may(actor.role, Act.WRITE) else "role") or sentences.why_closed(self.head.phase, self.head.state)

    # Connections

    def join(self, caller: Caller, outlet: Outlet, *, speaks_motion: bool) -> Connection:
        """Let somebody in, and say what stands: the motion's state, the authors, those present."""
        self._keys += 1
        connection = Connection(f"c{self._keys}", caller, author_of(caller.actor), outlet, speaks_motion)
        self.connections[connection.key] = connection
        messages = [wire.encode_message(wire.SyncStep1(self.draft.state_vector()))]
        if speaks_motion:
            messages += [self.state_message(caller), self.authors_message(), self.present_message()]
        everyone = self._presences.everyone()
        if everyone is not None:
            messages.append(wire.encode_message(wire.Awareness(everyone)))
        outlet.send(Parcel(tuple(messages)))
        self._plan_attendance()
        return connection

    def leave(self, connection: Connection) -> None:
        """Forget a connection. What it has offered stays in the window."""
        if self.connections.pop(connection.key, None) is not None:
            self._presences.leave(connection.key)
            self._plan_presence()
            self._plan_attendance()
        if not self.connections:
            self.emptied_at = self._loop.time()

    async def synchronise(self, connection: Connection, state_vector: bytes | None) -> None:
        """Send what somebody lacks; from here on they get every window."""
        update = self.draft.full_state() if state_vector is None else self.draft.diff(state_vector)
        message = wire.encode_message(wire.SyncStep2(update))
        position = (wire.encode_message(wire.Position(self.number)),) if connection.speaks_motion else ()
        connection.is_synchronised = True
        if len(message) <= FRAGMENT_BYTES:
            connection.outlet.send(Parcel((message, *position)))
            self._drop_if_slow(connection)
        else:
            connection.backlog_bytes = BACKLOG_BYTES + len(message)
            await connection.outlet.send_large(fragments(message), Parcel(position))

    def claim(self, key: str, caller: Caller, claim: Claim) -> None:
        """Take note of where somebody's caret is. `key` names the connection, or the session over HTTP."""
        author = author_of(caller.actor)
        who = Who(author.official, presence_name(caller.name), _ROLE_LETTERS[caller.actor.role])
        self._presences.announce(key, author, who, claim, self.draft.bindings, self._loop.time())
        self._plan_presence()

    def note_poll(self, caller: Caller) -> None:
        """Somebody follows over HTTP: they are present for a minute."""
        if caller.actor.official_id is not None:
            self._polled_at[caller.actor.official_id] = self._loop.time()
            self._plan_attendance()
        self.emptied_at = self._loop.time()

    def tell_presence(self, connection: Connection) -> None:
        """Answer a question for all states."""
        everyone = self._presences.everyone()
        if everyone is not None:
            connection.outlet.send(Parcel((wire.encode_message(wire.Awareness(everyone)),)))
            self._drop_if_slow(connection)

    def learn_presence(self, payload: bytes) -> None:
        """Show those who are connected to another process."""
        try:
            self._presences.learn(payload, self._loop.time())
        except wire.MalformedMessage:
            return
        parcel = Parcel((wire.encode_message(wire.Awareness(payload)),))
        self._broadcast(parcel, parcel, {})

    def learn_attendance(self, process: str, officials: Collection[int]) -> None:
        """Take note of who is connected to another process; one heard for the first time is told who is here."""
        if self._attendance.learn(process, officials, self._loop.time()):
            self._tell_attendance(again=True)
        self._plan_attendance()

    def look_at_attendance(self) -> None:
        """Notice those of whom nothing was heard for long. For the house, every few seconds."""
        self._plan_attendance()

    def revoke(self, session_id: int) -> None:
        """Close the sockets of a session that is over."""
        for connection in [c for c in self.connections.values() if c.caller.actor.session_id == session_id]:
            connection.outlet.close(SIGNED_OUT, "session over")

    # Offers

    def offer(self, connection: Connection, offer: Offer) -> None:
        """Put an update before the next window; the answer goes to the connection."""
        self._wait_for_window(
            _Pending(
                connection.caller, connection.author, offer.update, offer.n, offer.from_step2, connection=connection
            )
        )

    async def submit(self, caller: Caller, update: bytes, *, from_step2: bool = False) -> Answer:
        """Offer an update that came over HTTP, and wait for its window.

        Raises:
            RoomLost: Offer the same bytes again.
        """
        answer: asyncio.Future[Answer] = self._loop.create_future()
        author = author_of(caller.actor)
        self._wait_for_window(_Pending(caller, author, update, from_step2=from_step2, answer=answer))
        return await answer

    async def edit(self, caller: Caller, edits: Sequence[Edit], base: bytes | None = None) -> Answer:
        """Make edits for somebody who has no Yjs: the plain mode.

        Args:
            caller: Who makes them.
            edits: In characters of the text of `base`, in order, not overlapping.
            base: The whole document at the version that the form showed (`Rooms.state_at`); None: as it
                stands in the window. What others wrote since is merged.

        Raises:
            RoomLost: Nothing is known to be kept.
        """
        answer: asyncio.Future[Answer] = self._loop.create_future()
        author = author_of(caller.actor)
        self._wait_for_window(_Pending(caller, author, edits=edits, base=base, answer=answer))
        return await answer

    def _wait_for_window(self, pending: _Pending) -> None:
        if self.is_lost:
            if pending.answer is not None:
                pending.answer.set_exception(RoomLost())
            return
        self._pending.append(pending)
        self._surroundings.want(self)

    # Windows: called by the keeper alone

    def take_window(self) -> drafting.MotionWindow | None:
        """Decide on what waits; None when nothing of it needs the database."""
        self._window = window = _Window()
        waiting, self._pending = self._pending, []
        deciding = self.draft.window()
        for pending in waiting:
            barred = self._barred(pending.caller.actor)
            if pending.edits is not None:
                session = pending.caller.actor.session_id
                assert session is not None
                composed = deciding.compose(session, pending.edits, pending.base)
                if isinstance(composed, Refused):
                    self._refuse(pending, composed)
                    continue
                pending.update = composed
            decision = deciding.check(pending.update, Sender(pending.author, barred), from_step2=pending.from_step2)
            if isinstance(decision, Refused):
                if decision.reason is Reason.FROZEN:
                    window.late.append(pending)
                else:
                    self._refuse(pending, decision)
            elif decision.is_duplicate:
                window.duplicates.append(pending)
            else:
                window.writings.append((pending, decision))
        if not (window.writings or window.late or window.rejections):
            return None
        return drafting.MotionWindow(
            self.motion_id,
            self.number,
            [
                drafting.Writing(p.caller.actor, a.update, token_bytes(SALT_BYTES), a.clients, a.new_clients, a.parsed)
                for p, a in window.writings
            ],
            [drafting.Writing(p.caller.actor, p.update, token_bytes(SALT_BYTES)) for p in window.late],
            window.rejections,
        )

    def _barred(self, actor: Actor) -> Reason | None:
        why = self.closed_for(actor)
        if not why:
            return None
        return Reason.ROLE if why == "role" else Reason.NOT_WRITABLE if why == "not-writable" else Reason.FROZEN

    def _refuse(self, pending: _Pending, refused: Refused) -> None:
        """Answer with the window, and have it recorded as far as the session's allowance goes."""
        self._window.refused.append((pending, refused))
        now = self._loop.time()
        actor = pending.caller.actor
        allowance = self._allowances.setdefault(actor.session_id, _Allowance(filled_at=now))
        earned = (now - allowance.filled_at) / REJECTION_EVERY_S
        allowance.left, allowance.filled_at = min(REJECTIONS_AT_ONCE, allowance.left + earned), now
        if allowance.left < 1:
            allowance.uncounted += 1
            return
        allowance.left -= 1
        self._window.rejections.append(
            drafting.Rejection(actor, pending.update, token_bytes(SALT_BYTES), refused.reason, allowance.uncounted)
        )
        allowance.uncounted = 0

    def settle_nothing(self) -> None:
        """Answer a window that had nothing to commit."""
        answers: dict[Connection, list[bytes]] = {}
        self._answer_rest(answers)
        self._show([], (), answers)

    def settle(self, kept: drafting.MotionKept) -> bool:
        """Apply what was committed, then tell its authors and show it to all; False when the draft broke."""
        window = self._window
        shown: list[bytes] = []
        clients: list[tuple[int, int]] = []
        answers: dict[Connection, list[bytes]] = {}
        taken: dict[Connection, tuple[list[int], int]] = {}
        again: list[_Pending] = []
        now, at = self._loop.time(), self._surroundings.clock()
        self._take_foreign(kept.foreign, shown, clients)
        try:
            for (pending, accepted), outcome in zip(window.writings, kept.outcomes, strict=True):
                match outcome:
                    case drafting.Kept(number, entry):
                        self.draft.apply(number, accepted.update, pending.author, accepted.parsed)
                        shown.append(accepted.update)
                        clients += [(client, pending.author.official) for client in accepted.new_clients]
                        self.text_entry, self.text_at = entry, at
                        self._wrote_at[pending.author.official] = now
                        self._acknowledge(pending, entry, at, taken)
                    case drafting.CheckAgain():
                        again.append(pending)
                    case _:
                        self._answer_unkept(pending, outcome, answers)
        except (DraftBroken, OutOfOrder):
            log.exception("motion %d: the draft in memory is void", self.motion_id)
            return False
        for pending, outcome in zip(window.late, kept.late, strict=True):
            self._answer_unkept(pending, outcome, answers)
        for connection, (numbers, entry) in taken.items():
            answers.setdefault(connection, []).insert(0, wire.encode_message(wire.Ack(numbers, entry, rfc3339(at))))
        self._answer_rest(answers)
        self.take_head(kept.head)
        if again:
            self._pending = again + self._pending
            self._surroundings.want(self)
        self._show(shown, clients, answers)
        self._surroundings.shown(self)
        return True

    def take_foreign(self, rows: Sequence[drafts.UpdateRow]) -> bool:
        """Apply and show what other processes have committed; False when the draft broke."""
        shown: list[bytes] = []
        clients: list[tuple[int, int]] = []
        try:
            self._take_foreign(rows, shown, clients)
        except (DraftBroken, OutOfOrder):
            log.exception("motion %d: the draft in memory is void", self.motion_id)
            return False
        self._show(shown, clients, {})
        self._surroundings.shown(self)
        return True

    def _take_foreign(
        self, rows: Sequence[drafts.UpdateRow], shown: list[bytes], clients: list[tuple[int, int]]
    ) -> None:
        for row in rows:
            if row.number <= self.number:
                continue
            before = len(self.draft.bindings)
            author = author_of_row(row)
            self.draft.apply(row.number, row.content, author)
            if len(self.draft.bindings) > before:
                new = list(self.draft.bindings)[before:]
                clients += [(client, author.official) for client in new]
            shown.append(row.content)
            self.text_entry, self.text_at = row.entry, row.at
            if row.official_id is not None:
                self._wrote_at[row.official_id] = self._loop.time()

    def take_head(self, head: drafts.Head) -> None:
        """Take note of where the motion stands; a change of state goes to everyone."""
        before, self.head = self.head, head
        if (before.state, before.phase) == (head.state, head.phase):
            return
        for connection in self.connections.values():
            if connection.speaks_motion:
                connection.outlet.send(Parcel((self.state_message(connection.caller),)))
        self.recent.wake()
        self._surroundings.shown(self)

    def lose(self, cause: str) -> None:
        """Give up: everyone comes back to a room made from the database, and sends again what has no answer."""
        if self.is_lost:
            return
        log.error("motion %d: room lost (%s), %d connections", self.motion_id, cause, len(self.connections))
        self.is_lost = True
        self._surroundings.lost(self)
        window = self._window
        waiting = [p for p, _ in window.writings] + window.late + window.duplicates + [p for p, _ in window.refused]
        for pending in [*waiting, *self._pending]:
            if pending.answer is not None and not pending.answer.done():
                pending.answer.set_exception(RoomLost())
        self.close(TRY_AGAIN, cause)

    def close(self, code: int, reason: str) -> None:
        """Close every socket."""
        for timer in (self._presence_timer, self._attendance_timer):
            if timer is not None:
                timer.cancel()
        for connection in list(self.connections.values()):
            connection.outlet.close(code, reason)
        self.recent.wake()

    async def make_anew(self, cause: str) -> None:
        """For the keeper: see `lose`."""
        self.lose(cause)

    # Answers

    def _acknowledge(
        self, pending: _Pending, entry: int, at: datetime, taken: dict[Connection, tuple[list[int], int]]
    ) -> None:
        if pending.answer is not None and not pending.answer.done():
            pending.answer.set_result(Taken(entry, at))
        connection = pending.connection
        if connection is not None and connection.speaks_motion and pending.n is not None:
            numbers, last = taken.get(connection, ([], 0))
            numbers.append(pending.n)
            taken[connection] = (numbers, max(last, entry))

    def _answer_rest(self, answers: dict[Connection, list[bytes]]) -> None:
        """Answer duplicates and refusals: after the commit, as a duplicate may be of this very window."""
        at = self._surroundings.clock()
        taken: dict[Connection, tuple[list[int], int]] = {}
        for pending in self._window.duplicates:
            self._acknowledge(pending, self.text_entry, at, taken)
        for connection, (numbers, entry) in taken.items():
            answers.setdefault(connection, []).append(wire.encode_message(wire.Ack(numbers, entry, rfc3339(at))))
        for pending, refused in self._window.refused:
            self._answer_refused(pending, refused.reason, False, answers, refused)
        self._window = _Window()

    def _answer_unkept(
        self, pending: _Pending, outcome: drafting.Outcome, answers: dict[Connection, list[bytes]]
    ) -> None:
        if isinstance(outcome, drafting.KeptLate):
            self._answer_refused(pending, Reason.FROZEN, outcome.entry is not None, answers)
            return
        self._answer_refused(pending, Reason.ROLE, False, answers)
        if pending.connection is not None:
            pending.connection.outlet.close(SIGNED_OUT, "session over")

    def _answer_refused(
        self,
        pending: _Pending,
        reason: Reason,
        kept: bool,
        answers: dict[Connection, list[bytes]],
        refused: Refused | None = None,
    ) -> None:
        sentence = sentences.refusal(reason, refused.values if refused else {}, pending.caller.language)
        if pending.answer is not None and not pending.answer.done():
            pending.answer.set_result(NotTaken(reason, sentence, kept))
        connection = pending.connection
        if connection is None:
            return
        if connection.speaks_motion:
            if pending.n is None:
                return
            message = wire.encode_message(wire.Refusal(pending.n, reason, sentence, kept))
        else:
            message = permission_denied(sentence)
        answers.setdefault(connection, []).append(message)

    # Showing

    def state_message(self, caller: Caller) -> bytes:
        """The STATE message for somebody."""
        why = self.closed_for(caller.actor)
        said = wire.State(self.head.state, not why, why, sentences.state(why, caller.language))
        return wire.encode_message(said)

    def authors_message(self, clients: Sequence[tuple[int, int]] | None = None) -> bytes:
        """The AUTHORS message: of these clients, or of all."""
        officials = {official for _, official in clients or ()}
        if clients is None:
            clients = [(client, author.official) for client, author in self.draft.bindings.items()]
            officials = {official for _, official in clients}.union(self.everyone_present())
        known = [self._cards[official] for official in sorted(officials) if official in self._cards]
        return wire.encode_message(wire.Authors(clients, known))

    def everyone_present(self) -> tuple[int, ...]:
        """The officials connected to this process and to others, each once."""
        return self._attendance.everyone(self._here(), self._loop.time())

    def present_message(self) -> bytes:
        """The PRESENT message: who is connected."""
        return wire.encode_message(wire.Present(self.everyone_present()))

    def newcomers_message(self) -> bytes | None:
        """The AUTHORS message that says who those are who came lately; None when nobody did."""
        came = self._attendance.newcomers(self._loop.time())
        known = [self._cards[official] for official in came if official in self._cards]
        return wire.encode_message(wire.Authors((), known)) if known else None

    def missing_officials(self) -> set[int]:
        """Officials of whom the room has no card yet."""
        authors = {author.official for author in self.draft.bindings.values() if author.official}
        return authors.union(self.everyone_present()) - self._cards.keys()

    def introduce(self, officials: Sequence[drafts.OfficialRow]) -> None:
        """Learn names, and tell them to everyone."""
        cards = {row.id: _card(row) for row in officials}
        self._cards.update(cards)
        clients = [(c, author.official) for c, author in self.draft.bindings.items() if author.official in cards]
        self._tell(wire.encode_message(wire.Authors(clients, list(cards.values()))))

    def presence_message(self) -> bytes | None:
        """The states of those active, for somebody who asks."""
        everyone = self._presences.everyone()
        return None if everyone is None else wire.encode_message(wire.Awareness(everyone))

    def _show(
        self, updates: Sequence[bytes], clients: Sequence[tuple[int, int]], answers: dict[Connection, list[bytes]]
    ) -> None:
        """One write for each reader: the window's updates as one, new authors, carets, position, own answers."""
        messages: list[bytes] = []
        if updates:
            merged = fold(updates)
            self.recent.add(self.number, merged, clients)
            messages.append(wire.encode_message(wire.SyncUpdate(merged)))
            presence = self._presences.due(self._loop.time())
            if presence is not None:
                self._surroundings.presence(self, presence)
                messages.append(wire.encode_message(wire.Awareness(presence)))
        standard = Parcel(tuple(messages))
        if updates:
            if clients:
                messages.insert(0, self.authors_message(clients))
            messages.append(wire.encode_message(wire.Position(self.number)))
        self._broadcast(standard, Parcel(tuple(messages)), answers)

    def _broadcast(self, standard: Parcel, spoken: Parcel, answers: dict[Connection, list[bytes]]) -> None:
        slow: list[Connection] = []
        looks_at_backlogs = self._loop.time() >= self._look_at
        if looks_at_backlogs:
            self._look_at = self._loop.time() + BACKLOG_LOOK_S
        if spoken.messages:
            for connection in self.connections.values():
                if not connection.is_synchronised:
                    continue
                parcel = spoken if connection.speaks_motion else standard
                own = answers.pop(connection, None) if answers else None
                if own is not None:
                    parcel = Parcel((*own, *parcel.messages))
                if parcel.messages:
                    connection.outlet.send(parcel)
                if looks_at_backlogs and connection.outlet.backlog() > connection.backlog_bytes:
                    slow.append(connection)
        for connection, messages in answers.items():
            connection.outlet.send(Parcel(tuple(messages)))
            if connection.outlet.backlog() > connection.backlog_bytes:
                slow.append(connection)
        for connection in slow:
            self._drop_if_slow(connection)

    def _drop_if_slow(self, connection: Connection) -> None:
        """Close whoever lets too much wait: it is memory of ours, and they get all of it when they come back."""
        if connection.outlet.backlog() > connection.backlog_bytes:
            log.info("motion %d: %s reads too slowly", self.motion_id, connection.key)
            connection.outlet.close(TRY_AGAIN, "too slow")

    def _plan_presence(self) -> None:
        """Send carets when they are due even if nobody types."""
        if self.is_lost:
            return
        due = self._presences.next_due(self._loop.time())
        if due is None:
            return
        at = due + 0.1  # so that several leave together
        if self._presence_timer is not None:
            # The timer may wait for someone to fall idle, seconds from now: a caret that moves does not wait for that.
            if self._presence_timer.when() <= at:
                return
            self._presence_timer.cancel()
        self._presence_timer = self._loop.call_at(at, self._send_presence)

    def _send_presence(self) -> None:
        self._presence_timer = None
        payload = self._presences.due(self._loop.time())
        if payload is not None:
            self._surroundings.presence(self, payload)
            parcel = Parcel((wire.encode_message(wire.Awareness(payload)),))
            self._broadcast(parcel, parcel, {})
        self._plan_presence()

    def _plan_attendance(self) -> None:
        """Say who is connected once it is due, if it has changed by then."""
        if self._attendance_timer is None and not self.is_lost:
            # A little later, so that those who come together are told, and introduced, together.
            due = self._attendance.next_due(len(self.connections), self._loop.time()) + 0.2
            self._attendance_timer = self._loop.call_at(due, self._send_attendance)

    def _send_attendance(self) -> None:
        self._attendance_timer = None
        self._tell_attendance()
        if self.missing_officials() and not self._awaits_names:
            self._awaits_names = True  # once: should the database be away, the list goes without their names
            self._attendance_timer = self._loop.call_later(0.2, self._send_attendance)
            return
        self._awaits_names = False
        if self._attendance.show(self._here(), self._loop.time()) is not None:
            self._tell(self.present_message())  # who polls hears of it with the next answer

    def _tell_attendance(self, *, again: bool = False) -> None:
        here = self._here()
        if self._attendance.tell(here, self._loop.time(), again=again):
            self._surroundings.attended(self, here)

    def _tell(self, message: bytes) -> None:
        """Something that needs no document: to everyone who speaks our protocol."""
        parcel = Parcel((message,))
        for connection in list(self.connections.values()):
            if connection.speaks_motion:
                connection.outlet.send(parcel)
                self._drop_if_slow(connection)

    def reading_copy(self) -> drafts.ReadingCopy:
        """What the public pages show of the motion as it stands."""
        runs = json.dumps(self.runs, separators=(",", ":"))
        return drafts.ReadingCopy(
            self.text, runs, self.number, self.text_entry, self.text_at or self._surroundings.clock()
        )


def author_of(actor: Actor) -> Author:
    """How the draft names somebody signed in."""
    return Author(actor.session_id or 0, actor.official_id or 0)


def author_of_row(row: drafts.UpdateRow) -> Author:
    """How the draft names whoever wrote a kept update; nobody is official 0."""
    return Author(row.session_id or 0, row.official_id or 0)


def permission_denied(sentence: str) -> bytes:
    """y-protocols' auth message (2, 0: permission denied): the one word of refusal that standard clients know."""
    text = sentence.encode()
    return b"\x02\x00" + wire.varuint(len(text)) + text


def rfc3339(at: datetime) -> str:
    """`2026-11-22T14:32:05.123Z`."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _card(row: drafts.OfficialRow) -> wire.OfficialCard:
    name = display_name(row.first_names, row.family_name)
    return wire.OfficialCard(row.id, name, row.mandate, row.territory, initials(name))
