"""One connection, without I/O: frames in, decisions out. The listener's socket and the HTTP fallback share it.

Nothing here waits, writes or knows the document: the room performs the decisions.
"""

from __future__ import annotations

from dataclasses import dataclass

from motion.live.draft import Author
from motion.live.presence import Claim


@dataclass(frozen=True, slots=True)
class Offer:
    """Put this update before the room's next window: `Window.check(update, sender, from_step2=…)`.

    `n` is the editor's outbox number, to be named in ACK or REFUSED; None for standard clients.
    """

    update: bytes
    n: int | None = None
    from_step2: bool = False


@dataclass(frozen=True, slots=True)
class Synchronise:
    """Answer step 2: `wire.step_2(draft.diff(state_vector))`, then POSITION to those who know it.

    `state_vector` is well formed; None for an empty one, which asks for the whole (`full_state`).
    """

    state_vector: bytes | None


@dataclass(frozen=True, slots=True)
class PresenceClaimed:
    """Hand to `Presences.announce`."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class PresenceAsked:
    """Answer with `Presences.everyone()`."""


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection with this code (4400: it does not speak our language). Nothing follows."""

    code: int
    reason: str


Decision = Offer | Synchronise | PresenceClaimed | PresenceAsked | Close


class Session:
    """The protocol state of one connection."""

    def __init__(
        self, author: Author, *, speaks_motion: bool, updates_per_s: float = 20.0, now: float = 0.0
    ) -> None: ...

    def receive(self, frame: bytes, now: float) -> list[Decision]:
        """Read one message. Never raises; after a `Close`, answers nothing more."""
        raise NotImplementedError

    def delay_before_next_read(self, now: float) -> float:
        """Seconds during which the listener should not read this connection; 0 when it keeps to its rate."""
        raise NotImplementedError
