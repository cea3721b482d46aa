"""Who is writing where: neither kept nor recorded, and never as the client says it.

The server writes the name and the role; a client only says where its caret is. At most 80 bytes a state,
one a second for each connection, nothing from the idle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from motion.live.draft import Author

MAX_STATE_BYTES = 80
INTERVAL_S = 1.0
IDLE_S = 5.0


class Place(NamedTuple):
    """Where a caret stands: beside one unit of text (Yjs relative position)."""

    client: int
    clock: int
    assoc: int


class Claim(NamedTuple):
    """What a client says of itself: its client id, its own count of changes, its caret; None when it leaves.

    `is_here` is false for the null state. `place` None with `is_here`: present, caret unknown.
    """

    client: int
    clock: int
    is_here: bool
    place: Place | None


class Who(NamedTuple):
    """What the server writes in the state. `role` is one letter: e official, r rapporteur, s secretariat."""

    official: int
    short_name: str
    role: str


def read_claims(payload: bytes) -> list[Claim]:
    """Read an awareness payload from a client: ours (`{"c":[client,clock,assoc]}`) or y-codemirror's.

    Raises:
        MalformedMessage: Not an awareness payload, or longer than any honest one.
    """
    raise NotImplementedError


class Presences:
    """Those present in one room. Time is given in seconds of any rising clock."""

    def announce(
        self, connection: str, author: Author, who: Who, claim: Claim, bindings: Mapping[int, Author], now: float
    ) -> bool:
        """Take a claim; False when the client id is another's (bound to another session, or in use by one)."""
        raise NotImplementedError

    def leave(self, connection: str) -> None:
        """The connection is gone: its states become null in the next message."""
        raise NotImplementedError

    def due(self, now: float) -> bytes | None:
        """The awareness payload to send to all now, or None. At most one a second for each client."""
        raise NotImplementedError

    def next_due(self, now: float) -> float | None:
        """When `due` will have something to say if nothing happens, or None."""
        raise NotImplementedError

    def everyone(self) -> bytes | None:
        """All known states, for a newcomer or a query; None when nobody is active."""
        raise NotImplementedError

    def learn(self, payload: bytes, now: float) -> None:
        """Take over states that another process of ours has sent, so that newcomers here see them."""
        raise NotImplementedError
