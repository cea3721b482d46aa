"""Where everyone's caret is, sent to all when it is due: with a window, or by a timer while nobody types."""

import asyncio
from collections.abc import Callable

from motion.live import wire
from motion.live.audience import Audience
from motion.live.callers import Caller, author_of
from motion.live.draft import Draft
from motion.live.outlet import Parcel
from motion.live.presence import Claim, Presences, Who
from motion.live.reservations import Reservations
from motion.rules.names import presence_name
from motion.rules.vocabulary import Role

TOGETHER_S = 0.1
"""A caret waits so long for others, to leave in one message with them."""

_ROLE_LETTERS = {Role.OFFICIAL: "e", Role.RAPPORTEUR: "r", Role.SECRETARIAT: "s"}


class Carets:
    """The carets of one room.

    Args:
        audience: Who is told.
        draft: Knows whose each client id is.
        reservations: Learn of ids that have not written yet.
        relay: Tells the other processes.
    """

    def __init__(
        self, audience: Audience, draft: Draft, reservations: Reservations, relay: Callable[[bytes], None]
    ) -> None:
        self._audience = audience
        self._draft = draft
        self._reservations = reservations
        self._relay = relay
        self._loop = asyncio.get_running_loop()
        self._presences = Presences()
        self._timer: asyncio.TimerHandle | None = None
        self._is_over = False

    def claim(self, key: str, caller: Caller, claim: Claim, *, reserves: bool) -> None:
        """Take note of where somebody's caret is.

        Args:
            key: Names the connection, or the session over HTTP.
            caller: Whose it is.
            claim: As they say it.
            reserves: Nobody else may write first under this client id. Not for standard clients, which repeat
                what they know of others.
        """
        author = author_of(caller.actor)
        if reserves and claim.is_here and claim.client not in self._draft.bindings:
            self._reservations.announce(claim.client, author.official, self._loop.time())
        who = Who(author.official, presence_name(caller.name), _ROLE_LETTERS[caller.actor.role])
        self._presences.announce(key, author, who, claim, self._draft.bindings, self._loop.time())
        self._plan()

    def leave(self, key: str) -> None:
        """A connection is gone."""
        self._presences.leave(key)
        self._plan()

    def learn(self, payload: bytes) -> None:
        """Show those who are connected to another process."""
        try:
            self._presences.learn(payload, self._loop.time())
        except wire.MalformedMessage:
            return
        self._broadcast(payload)
        self._plan()  # should that process die, nobody else says when they are gone

    def everyone_message(self) -> bytes | None:
        """The states of those active, for a newcomer or somebody who asks; None when nobody is."""
        everyone = self._presences.everyone()
        return None if everyone is None else wire.encode_message(wire.Awareness(everyone))

    def due_message(self) -> bytes | None:
        """What is due now, to leave with a window; other processes are told."""
        payload = self._presences.due(self._loop.time())
        if payload is None:
            return None
        self._relay(payload)
        return wire.encode_message(wire.Awareness(payload))

    def close(self) -> None:
        """Send nothing more."""
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()

    def _plan(self) -> None:
        if self._is_over:
            return
        due = self._presences.next_due(self._loop.time())
        if due is None:
            return
        at = due + TOGETHER_S
        if self._timer is not None:
            # The timer may wait for someone to fall idle, seconds from now: a caret that moves does not wait for that.
            if self._timer.when() <= at:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._send)

    def _send(self) -> None:
        self._timer = None
        payload = self._presences.due(self._loop.time())
        if payload is not None:
            self._relay(payload)
            self._broadcast(payload)
        self._plan()

    def _broadcast(self, payload: bytes) -> None:
        parcel = Parcel((wire.encode_message(wire.Awareness(payload)),))
        self._audience.broadcast(parcel, parcel, {})
