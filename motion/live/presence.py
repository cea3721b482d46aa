"""Who is writing where: neither kept nor recorded, and never as the client says it.

The server writes the name and the role; a client only says where its caret is. At most 80 bytes a state,
one a second for each client, nothing from the idle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from motion.live.knowledge import Author
from motion.live.updates import MAX_CLIENT, MAX_CLOCK
from motion.live.wire import MalformedMessage, read_bytes, read_varuint, varuint

MAX_STATE_BYTES = 80
"""Of one state as shown: at a thousand readers every byte is a kilobyte."""

MAX_CLAIM_BYTES = 2 * 1024
"""Of one payload from a client: y-codemirror's states carry a colour and two relative positions."""

MAX_CLAIMS = 8
"""A standard client repeats what it knows of others after a cut; only its own counts."""

CLIENTS_PER_CONNECTION = 2
"""A Yjs client that thinks its id taken draws another and says goodbye under neither."""

INTERVAL_S = 1.0
IDLE_S = 5.0
NEIGHBOUR_IDLE_S = 2 * IDLE_S
"""What another process showed goes when that process says so, or, should it have died, after this."""


class Place(NamedTuple):
    """Where a caret stands: beside one unit of text (a Yjs relative position)."""

    client: int
    clock: int
    assoc: int


class Claim(NamedTuple):
    """What a client says of itself: its client id, its own count of changes, its caret.

    `is_here` is false for the null state, which says goodbye. `place` None with `is_here`: caret unknown, or
    after the last character.
    """

    client: int
    clock: int
    is_here: bool
    place: Place | None


class Who(NamedTuple):
    """What the server writes in the state. `role` is one letter."""

    official: int
    short_name: str
    role: str


def read_claims(payload: bytes) -> list[Claim]:
    """Read an awareness payload from a client: ours (`{"c":[client,clock,assoc]}`) or y-codemirror's.

    Raises:
        MalformedMessage: No awareness payload. One longer than any honest one is passed over instead
            (empty list): a standard client that was away tells what it knew of everybody.
    """
    if len(payload) > MAX_CLAIM_BYTES:
        return []
    return [Claim(client, clock, state is not None, _place(state)) for client, clock, state in _read(payload)][
        :MAX_CLAIMS
    ]


def _read(payload: bytes) -> list[tuple[int, int, Any]]:
    count, at = read_varuint(payload, 0)
    states: list[tuple[int, int, Any]] = []
    for _ in range(min(count, len(payload))):
        client, at = read_varuint(payload, at)
        clock, at = read_varuint(payload, at)
        content, at = read_bytes(payload, at)
        try:
            states.append((client, clock, json.loads(content)))
        except (ValueError, RecursionError) as error:
            raise MalformedMessage("awareness state", at) from error
    if at != len(payload) or len(states) != count:
        raise MalformedMessage("awareness", at)
    return states


def _place(state: Any) -> Place | None:
    """The caret in a client's state, when there is one that is well formed."""
    match state:
        case {"c": [client, clock, assoc]}:
            found = (client, clock, assoc)
        case {"cursor": {"head": {"item": {"client": client, "clock": clock}} as head}}:
            found = (client, clock, head.get("assoc", 0))
        case _:
            return None
    if not all(type(number) is int for number in found):
        return None
    client, clock, assoc = found
    if 0 <= client <= MAX_CLIENT and 0 <= clock <= MAX_CLOCK and assoc in (-1, 0):
        return Place(client, clock, assoc)
    return None


@dataclass(slots=True)
class _Shown:
    """One client's presence: what it last said, and what was last sent of it."""

    connection: str | None  # None: heard from another process
    who: Who | None
    clock: int
    place: Place | None
    state: bytes
    moved_at: float
    is_new: bool = True
    patience: float = IDLE_S
    sent_at: float = float("-inf")


class Presences:
    """Those present in one room. Time is given in seconds of any rising clock."""

    def __init__(self) -> None:
        self._shown: dict[int, _Shown] = {}
        self._gone: dict[int, int] = {}  # client -> clock of its last state, to be sent as null

    def announce(
        self,
        connection: str,
        author: Author,
        who: Who,
        claim: Claim,
        bindings: Mapping[int, Author],
        now: float,
    ) -> bool:
        """Take a claim; False when it is not this connection's to make.

        A client id is its own that is bound to its session, or that nobody has bound or shows.
        """
        owner = bindings.get(claim.client)
        if owner is not None and owner.session != author.session:
            return False
        shown = self._shown.get(claim.client)
        if shown is not None and shown.connection != connection:
            if owner is None:
                return False
            shown = None  # its own session, through another connection: the old one is about to be gone
        if not claim.is_here:
            if shown is not None:
                self._take_away(claim.client)
            return True
        if shown is None:
            if sum(s.connection == connection for s in self._shown.values()) >= CLIENTS_PER_CONNECTION:
                return False
            self._gone.pop(claim.client, None)
            self._shown[claim.client] = _Shown(connection, who, claim.clock, claim.place, _state(who, claim.place), now)
        elif claim.place != shown.place:
            shown.clock, shown.place = claim.clock, claim.place
            shown.state = _state(who, claim.place)
            shown.moved_at, shown.is_new = now, True
        else:
            # A renewal: a standard client's says nothing but that its socket lives.
            shown.clock = claim.clock
        return True

    def leave(self, connection: str) -> None:
        """The connection is gone: its states become null in the next message."""
        for client in [c for c, shown in self._shown.items() if shown.connection == connection]:
            self._take_away(client)

    def _take_away(self, client: int) -> None:
        shown = self._shown.pop(client)
        if shown.sent_at > float("-inf"):
            self._gone[client] = shown.clock

    def due(self, now: float) -> bytes | None:
        """The awareness payload to send to all now, or None. At most one a second for each client."""
        for client in [c for c, s in self._shown.items() if now - s.moved_at >= s.patience]:
            self._take_away(client)
        states = [(client, clock, b"null") for client, clock in self._gone.items()]
        self._gone.clear()
        for client, shown in self._shown.items():
            if shown.is_new and now - shown.sent_at >= INTERVAL_S:
                states.append((client, shown.clock, shown.state))
                shown.is_new, shown.sent_at = False, now
        return _payload(states) if states else None

    def next_due(self, now: float) -> float | None:
        """When `due` will have something to say if nothing happens, or None."""
        if self._gone:
            return now
        times = [
            max(now, shown.sent_at + INTERVAL_S) if shown.is_new else shown.moved_at + shown.patience
            for shown in self._shown.values()
        ]
        return min(times, default=None)

    def everyone(self) -> bytes | None:
        """All known states, for a newcomer or a query; None when nobody is active."""
        states = [(client, shown.clock, shown.state) for client, shown in self._shown.items()]
        return _payload(states) if states else None

    def learn(self, payload: bytes, now: float) -> None:
        """Take over states that another process of ours has sent, so that newcomers here see them.

        Raises:
            MalformedMessage: No awareness payload.
        """
        for client, clock, state in _read(payload):
            shown = self._shown.get(client)
            if shown is not None and shown.connection is not None:
                continue
            if state is None:
                self._shown.pop(client, None)
            else:
                self._shown[client] = _Shown(None, None, clock, None, _dump(state), now, False, NEIGHBOUR_IDLE_S, now)


def _state(who: Who, place: Place | None) -> bytes:
    """A state as all see it, within its bytes: the name gives way, character by character."""
    fields: dict[str, Any] = {"o": who.official, "n": who.short_name, "r": who.role}
    if place is not None:
        fields["c"] = place
    while len(state := _dump(fields)) > MAX_STATE_BYTES and fields["n"]:
        fields["n"] = fields["n"][:-1]
    return state


def _dump(state: Any) -> bytes:
    return json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()


def _payload(states: list[tuple[int, int, bytes]]) -> bytes:
    out = bytearray(varuint(len(states)))
    for client, clock, state in states:
        out += varuint(client) + varuint(clock) + varuint(len(state)) + state
    return bytes(out)
