"""Who is in the room and what they are called: the messages PRESENT and AUTHORS, and when they go out."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from motion.live import wire
from motion.live.attendance import Attendance
from motion.live.audience import Audience
from motion.live.draft import Draft
from motion.rules.names import display_name, initials
from storage import drafts

POLLED_S = 60.0
"""Somebody who follows over HTTP asks at least this often."""

POLLS_EVERY_S = 3.0
"""Polls are woken by a change so often at most; more rarely when many poll, each being a request."""

POLLS_CROWD = 100

TOGETHER_S = 0.2
"""A change waits so long for others: those who come together are told, and introduced, together."""


class Company:
    """The officials of one room: connected here, to other processes, or its authors.

    Args:
        audience: Who is connected here.
        draft: Knows whose each client id is.
        officials: Those who are known by name so far.
        relay: Tells the house who is here, whenever that changes and now and then.
        wake_polls: Wakes those who follow over HTTP.
    """

    def __init__(
        self,
        audience: Audience,
        draft: Draft,
        officials: Sequence[drafts.OfficialRow],
        relay: Callable[[Collection[int]], None],
        wake_polls: Callable[[], None],
    ) -> None:
        self._audience = audience
        self._draft = draft
        self._relay = relay
        self._wake_polls = wake_polls
        self._woke_at = float("-inf")
        self._wake_timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._cards = {row.id: _card(row) for row in officials}
        self._attendance = Attendance()
        self._polled_at: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._awaits_names = False
        self._is_over = False
        self._bound = 0

    # Who is there

    def note_poll(self, official: int) -> None:
        """Somebody follows over HTTP: they are present for a minute."""
        self._polled_at[official] = self._loop.time()
        self.look()

    def learn(self, process: str, officials: Collection[int]) -> None:
        """Take note of who is connected to another process; one heard for the first time is told who is here."""
        if self._attendance.learn(process, officials, self._loop.time()):
            self._tell_others(again=True)
        self.look()

    def look(self) -> None:
        """Say who is connected once it is due, if it has changed by then.

        For whoever lets somebody in or out; and for the house, every few seconds, since some fall silent.
        """
        if self._timer is None and not self._is_over:
            due = self._attendance.next_due(len(self._audience), self._loop.time()) + TOGETHER_S
            self._timer = self._loop.call_at(due, self._send)

    def everyone(self) -> tuple[int, ...]:
        """The officials connected to this process and to others, each once."""
        return self._attendance.everyone(self._here(), self._loop.time())

    def close(self) -> None:
        """Send nothing more."""
        self._is_over = True
        for timer in (self._timer, self._wake_timer):
            if timer is not None:
                timer.cancel()

    def _here(self) -> set[int]:
        now = self._loop.time()
        self._polled_at = {official: at for official, at in self._polled_at.items() if now - at < POLLED_S}
        return self._audience.officials() | self._polled_at.keys()

    def _send(self) -> None:
        self._timer = None
        self._tell_others()
        if self.missing() and not self._awaits_names:
            self._awaits_names = True  # once: should the database be away, the list goes without their names
            self._timer = self._loop.call_later(TOGETHER_S, self._send)
            return
        self._awaits_names = False
        if self._attendance.show(self._here(), self._loop.time()) is not None:
            self._audience.tell(self.present_message())
            self._plan_wake()

    def _plan_wake(self) -> None:
        """Have those who poll hear of it: their next answer carries the list."""
        if self._wake_timer is None and self._polled_at:
            pause = POLLS_EVERY_S * max(1.0, len(self._polled_at) / POLLS_CROWD)
            self._wake_timer = self._loop.call_at(max(self._loop.time(), self._woke_at + pause), self._wake)

    def _wake(self) -> None:
        self._wake_timer, self._woke_at = None, self._loop.time()
        self._wake_polls()

    def _tell_others(self, *, again: bool = False) -> None:
        here = self._here()
        if self._attendance.tell(here, self._loop.time(), again=again):
            self._relay(here)

    # What they are called

    def missing(self) -> set[int]:
        """Officials whose name the room does not know yet."""
        authors = {author.official for author in self._draft.bindings.values() if author.official}
        return authors.union(self.everyone()) - self._cards.keys()

    def notice_authors(self) -> set[int]:
        """Take note of client ids bound lately, and return who is `missing` then: at each window, mostly nobody."""
        before, self._bound = self._bound, len(self._draft.bindings)
        return self.missing() if self._bound > before else set()

    def overlook_authors(self) -> None:
        """Have the next `notice_authors` look at all of them: the names could not be read."""
        self._bound = 0

    def introduce(self, officials: Sequence[drafts.OfficialRow]) -> None:
        """Learn names, and tell them to everyone."""
        cards = {row.id: _card(row) for row in officials}
        self._cards.update(cards)
        clients = [(c, author.official) for c, author in self._draft.bindings.items() if author.official in cards]
        self._audience.tell(wire.encode_message(wire.Authors(clients, list(cards.values()))))

    # Messages

    def present_message(self) -> bytes:
        """The PRESENT message: who is connected."""
        return wire.encode_message(wire.Present(self.everyone()))

    def authors_message(self, clients: Sequence[tuple[int, int]] | None = None) -> bytes:
        """The AUTHORS message: of these clients, or of all."""
        officials = {official for _, official in clients or ()}
        if clients is None:
            clients = [(client, author.official) for client, author in self._draft.bindings.items()]
            officials = {official for _, official in clients}.union(self.everyone())
        return wire.encode_message(wire.Authors(clients, self._known(sorted(officials))))

    def newcomers_message(self) -> bytes | None:
        """The AUTHORS message that says who those are who came lately; None when nobody did."""
        known = self._known(self._attendance.newcomers(self._loop.time()))
        return wire.encode_message(wire.Authors((), known)) if known else None

    def _known(self, officials: Sequence[int]) -> list[wire.OfficialCard]:
        return [self._cards[official] for official in officials if official in self._cards]


def _card(row: drafts.OfficialRow) -> wire.OfficialCard:
    name = display_name(row.first_names, row.family_name)
    return wire.OfficialCard(row.id, name, row.mandate, row.territory, initials(name))
