"""One motion's room: those connected, the draft in memory, and what the next window will hold.

Life of an update: `offer` puts it before the next window; the keeper asks `take_window` to decide on all that
waits, commits, and hands the outcome to `settle`, which applies, acknowledges, and writes one prepared frame
to every reader. Only the keeper of the congress, one window at a time, moves the draft.

A room on which something failed is not mended: it closes its sockets with "try again later" and is
forgotten; the next to come opens a new one from the database (`motion.live.rooms.Rooms`).
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from motion.acts import drafting
from motion.live import sentences, wire
from motion.live.answers import Answer, Answers, Pending
from motion.live.audience import TRY_AGAIN, Audience, Connection
from motion.live.authorship import packed
from motion.live.callers import Caller, author_of, author_of_row
from motion.live.carets import Carets
from motion.live.company import Company
from motion.live.draft import Draft, DraftBroken, Edit, OutOfOrder, fold
from motion.live.intake import Decided, Intake, asked
from motion.live.news import Recent
from motion.live.outlet import Outlet, Parcel
from motion.live.presence import Claim
from motion.live.refusals import Reason
from motion.live.reservations import Reservations
from motion.live.session import Offer
from motion.live.versions import Versions
from motion.rules.permissions import Act, Actor, may
from storage import drafts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a room reaches of the house it stands in.

    `want` asks the keeper for a window; `shown` tells the house that the room has moved; `presence` what carets
    did; `attended` who is connected to it here, whenever that changes and every few seconds; `lost` that it is void.
    """

    clock: Callable[[], datetime]
    want: Callable[["Room"], None]
    shown: Callable[["Room"], None]
    presence: Callable[["Room", bytes], None]
    attended: Callable[["Room", Collection[int]], None]
    lost: Callable[["Room"], None]


class Room:
    """One motion, live. Everything runs in the event loop; nothing here waits for the database.

    `company` says who is there, `carets` where; both send by themselves.
    """

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
        self.recent = Recent(draft.number)
        self.versions = Versions()
        self._surroundings = surroundings
        self._loop = asyncio.get_running_loop()
        self.emptied_at = self._loop.time()
        self._audience = Audience(head.motion_id)
        reservations = Reservations()
        self.carets = Carets(self._audience, draft, reservations, partial(surroundings.presence, self))
        self.company = Company(self._audience, draft, officials, partial(surroundings.attended, self), self.recent.wake)
        self._intake = Intake(draft, reservations, self.closed_for)

    # What others read

    @property
    def motion_id(self) -> int:
        """The motion's id."""
        return self.head.motion_id

    @property
    def connections(self) -> Mapping[str, Connection]:
        """The sockets that this process serves, by their keys."""
        return self._audience.connections

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

    def closed_for(self, actor: Actor) -> str:
        """Return the code for which somebody may not write now; empty when they may."""
        return ("" if may(actor.role, Act.WRITE) else "role") or sentences.why_closed(self.head.phase, self.head.state)

    def state_message(self, caller: Caller) -> bytes:
        """The STATE message for somebody."""
        why = self.closed_for(caller.actor)
        said = wire.State(
            self.head.state, not why, why, sentences.state(why, caller.language), self.head.redacted_entry
        )
        return wire.encode_message(said)

    def reading_copy(self) -> drafts.ReadingCopy:
        """What the public pages show of the motion as it stands."""
        at = self.text_at or self._surroundings.clock()
        runs, typed_for, masked = map(packed, (self.draft.runs(), self.draft.typed_for(), self.draft.masked()))
        return drafts.ReadingCopy(self.text, runs, self.number, self.text_entry, at, typed_for, masked)

    # Connections

    def join(self, caller: Caller, outlet: Outlet, *, speaks_motion: bool) -> Connection:
        """Let somebody in, and say what stands: the motion's state, the authors, those present."""
        connection = self._audience.admit(caller, outlet, speaks_motion=speaks_motion)
        messages = [wire.encode_message(wire.SyncStep1(self.draft.state_vector()))]
        if speaks_motion:
            company = self.company
            messages += [self.state_message(caller), company.authors_message(), company.present_message()]
        carets = self.carets.everyone_message()
        if carets is not None:
            messages.append(carets)
        outlet.send(Parcel(tuple(messages)))
        self.company.look()
        return connection

    def leave(self, connection: Connection) -> None:
        """Forget a connection. What it has offered stays in the window."""
        if self._audience.dismiss(connection):
            self.carets.leave(connection.key)
            self.company.look()
        if not self._audience:
            self.emptied_at = self._loop.time()

    async def synchronise(self, connection: Connection, state_vector: bytes | None) -> None:
        """Send what somebody lacks; from here on they get every window."""
        update = self.draft.full_state() if state_vector is None else self.draft.diff(state_vector)
        message = wire.encode_message(wire.SyncStep2(update))
        position = (wire.encode_message(wire.Position(self.number)),) if connection.speaks_motion else ()
        await self._audience.send_document(connection, message, position)

    def claim(self, connection: Connection, claim: Claim) -> None:
        """Take note of where the caret of a connection is."""
        self.carets.claim(connection.key, connection.caller, claim, reserves=connection.speaks_motion)

    def tell_carets(self, connection: Connection) -> None:
        """Answer a question for all carets."""
        message = self.carets.everyone_message()
        if message is not None:
            self._audience.send(connection, message)

    def note_poll(self, caller: Caller) -> None:
        """Somebody follows over HTTP."""
        if caller.actor.official_id is not None:
            self.company.note_poll(caller.actor.official_id)
        self.emptied_at = self._loop.time()

    def revoke(self, session_id: int) -> None:
        """Close the sockets of a session that is over."""
        self._audience.revoke(session_id)

    # Offers

    def offer(self, connection: Connection, offer: Offer) -> None:
        """Put an update before the next window; the answer goes to the connection."""
        author = connection.author
        self._wait_for_window(
            Pending(
                connection.caller,
                author._replace(typed_for=offer.typed_for) if offer.typed_for else author,
                offer.update,
                offer.n,
                offer.from_step2,
                connection=connection,
            )
        )

    async def submit(self, caller: Caller, update: bytes, *, from_step2: bool = False, typed_for: int = 0) -> Answer:
        """Offer an update that came over HTTP, and wait for its window.

        Raises:
            RoomLost: Offer the same bytes again.
        """
        answer: asyncio.Future[Answer] = self._loop.create_future()
        author = author_of(caller.actor, typed_for)
        self._wait_for_window(Pending(caller, author, update, from_step2=from_step2, answer=answer))
        return await answer

    async def edit(
        self, caller: Caller, edits: Sequence[Edit], base: bytes | None = None, *, typed_for: int = 0
    ) -> Answer:
        """Make edits for somebody who has no Yjs: the plain mode.

        Args:
            caller: Who makes them.
            edits: In characters of the text of `base`, in order, not overlapping.
            base: The whole document at the version that the form showed (`Rooms.state_at`); None: as it
                stands in the window. What others wrote since is merged.
            typed_for: The official for whom the caller says to type; 0 when for nobody else.

        Raises:
            RoomLost: Nothing is known to be kept.
        """
        answer: asyncio.Future[Answer] = self._loop.create_future()
        author = author_of(caller.actor, typed_for)
        self._wait_for_window(Pending(caller, author, edits=edits, base=base, answer=answer))
        return await answer

    def _wait_for_window(self, pending: Pending) -> None:
        if self.is_lost:
            pending.lose()
            return
        self._intake.put(pending)
        self._surroundings.want(self)

    # Windows: called by the keeper alone

    def take_window(self) -> drafting.MotionWindow | None:
        """Decide on what waits; None when nothing of it needs the database."""
        return asked(self.motion_id, self.number, self._intake.decide())

    def settle_nothing(self) -> None:
        """Answer a window that had nothing to commit."""
        answers = Answers(self._surroundings.clock())
        self._answer_rest(self._intake.take_decided(), answers)
        self._show([], (), answers)

    def settle(self, kept: drafting.MotionKept) -> bool:
        """Apply what was committed, then tell its authors and show it to all; False when the draft broke."""
        shown: list[bytes] = []
        clients: list[tuple[int, int]] = []
        again: list[Pending] = []
        at = self._surroundings.clock()
        answers = Answers(at)
        self._take_foreign(kept.foreign, shown, clients)
        window = self._intake.decided
        why = sentences.why_closed(kept.head.phase, kept.head.state)
        try:
            for (pending, accepted), outcome in zip(window.writings, kept.outcomes, strict=True):
                match outcome:
                    case drafting.Kept(number, entry):
                        self.draft.apply(number, accepted.update, pending.author, accepted.parsed)
                        shown.append(accepted.update)
                        clients += [(client, pending.author.official) for client in accepted.new_clients]
                        self.text_entry, self.text_at = entry, at
                        answers.take(pending, entry)
                    case drafting.CheckAgain():
                        again.append(pending)
                    case _:
                        _answer_unkept(pending, outcome, why, answers)
        except (DraftBroken, OutOfOrder):
            log.exception("motion %d: the draft in memory is void", self.motion_id)
            return False
        for pending, outcome in zip(window.late, kept.late, strict=True):
            _answer_unkept(pending, outcome, why, answers)
        self._answer_rest(self._intake.take_decided(), answers)
        self.take_head(kept.head)
        if again:
            self._intake.put_back(again)
            self._surroundings.want(self)
        self._show(shown, clients, answers)
        self._surroundings.shown(self)
        return True

    def _answer_rest(self, window: Decided, answers: Answers) -> None:
        """Answer duplicates and refusals: after the commit, as a duplicate may be of this very window."""
        for pending in window.duplicates:
            answers.take(pending, self.text_entry)
        for pending, refused in window.refused:
            answers.refuse(pending, refused.reason, refused.values)

    def _show(self, updates: Sequence[bytes], clients: Sequence[tuple[int, int]], answers: Answers | None) -> None:
        """One write for each reader: the window's updates as one, new authors, carets, position, own answers."""
        messages: list[bytes] = []
        if updates:
            merged = fold(updates)
            self.recent.add(self.number, merged, clients)
            messages.append(wire.encode_message(wire.SyncUpdate(merged)))
            carets = self.carets.due_message()
            if carets is not None:
                messages.append(carets)
        standard = Parcel(tuple(messages))
        if updates:
            if clients:
                messages.insert(0, self.company.authors_message(clients))
            messages.append(wire.encode_message(wire.Position(self.number)))
        self._audience.broadcast(standard, Parcel(tuple(messages)), answers.messages() if answers else {})

    def take_foreign(self, rows: Sequence[drafts.UpdateRow]) -> bool:
        """Apply and show what other processes have committed; False when the draft broke."""
        shown: list[bytes] = []
        clients: list[tuple[int, int]] = []
        try:
            self._take_foreign(rows, shown, clients)
        except (DraftBroken, OutOfOrder):
            log.exception("motion %d: the draft in memory is void", self.motion_id)
            return False
        self._show(shown, clients, None)
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
            self.draft.apply(row.number, row.content, author, is_redacted=row.is_redacted)
            if len(self.draft.bindings) > before:
                new = list(self.draft.bindings)[before:]
                clients += [(client, author.official) for client in new]
            shown.append(row.content)
            self.text_entry, self.text_at = row.entry, row.at

    def take_head(self, head: drafts.Head) -> None:
        """Take note of where the motion stands; a change of state goes to everyone."""
        before, self.head = self.head, head
        if before.redacted_entry != head.redacted_entry:
            self.lose("redaction")  # this draft has letters that nobody may be sent any more
            return
        if (before.state, before.phase) == (head.state, head.phase):
            return
        for connection in self._audience.connections.values():
            if connection.speaks_motion:
                connection.outlet.send(Parcel((self.state_message(connection.caller),)))
        self.recent.wake()
        self._surroundings.shown(self)

    def lose(self, cause: str) -> None:
        """Give up: everyone comes back to a room made from the database, and sends again what has no answer."""
        if self.is_lost:
            return
        level = logging.INFO if cause == "redaction" else logging.ERROR
        log.log(level, "motion %d: room lost (%s), %d connections", self.motion_id, cause, len(self.connections))
        self.is_lost = True
        self._surroundings.lost(self)
        self._intake.lose()
        self.close(TRY_AGAIN, cause)

    def close(self, code: int, reason: str) -> None:
        """Close every socket."""
        self.carets.close()
        self.company.close()
        self._audience.close(code, reason)
        self.recent.wake()

    async def make_anew(self, cause: str) -> None:
        """For the keeper: see `lose`."""
        self.lose(cause)


def _answer_unkept(pending: Pending, outcome: drafting.Outcome, why: str, answers: Answers) -> None:
    if isinstance(outcome, drafting.KeptLate):
        answers.keep_late(pending, why, kept=outcome.entry is not None)
    elif isinstance(outcome, drafting.NotRapporteur):
        answers.refuse(pending, Reason.NOT_RAPPORTEUR)
    else:
        answers.sign_out(pending)
