"""One connection, without I/O: frames in, decisions out. The listener's socket and the HTTP fallback share it.

Nothing here waits, writes or knows the document: the room performs the decisions. Who may write is not
decided here either but with each update, in `admission`: a barred reader's step 2 brings nothing new, and
what was taken before a freeze is acknowledged after it.
"""

from __future__ import annotations

from dataclasses import dataclass

from motion.live import wire
from motion.live.knowledge import Author
from motion.live.presence import Claim, read_claims
from motion.live.updates import parse_state_vector

MALFORMED = 4400
"""Close code: what came is no message of the protocol."""

_EMPTY_STATE_VECTOR = b"\x00"


@dataclass(frozen=True, slots=True)
class Offer:
    """Put this update before the room's next window: `Window.check(update, sender, from_step2=…)`.

    `n` is the editor's outbox number, to be named in ACK or REFUSED; None for standard clients. `typed_for` is the
    official for whom its sender says to type; 0 when for nobody else.
    """

    update: bytes
    n: int | None = None
    from_step2: bool = False
    typed_for: int = 0


@dataclass(frozen=True, slots=True)
class Synchronise:
    """Answer step 2: `draft.diff(state_vector)`, then POSITION to those who know it.

    `state_vector` is well formed; None asks for the whole (`draft.full_state()`).
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
    """End the connection with this code. Nothing follows."""

    code: int
    reason: str


Decision = Offer | Synchronise | PresenceClaimed | PresenceAsked | Close


class Rate:
    """How fast one session is read: all its connections share it, or ten sockets would flood ten times as much.

    Args:
        updates_per_s: Up to this rate it is read without delay.
        now: Seconds of any rising clock, the same for every call.
        burst: How far it may be ahead; two seconds' worth unless told.
    """

    def __init__(self, updates_per_s: float, now: float, burst: float | None = None) -> None:
        self._updates_per_s = updates_per_s
        self._burst = 2 * updates_per_s if burst is None else burst
        self._tokens = self._burst
        self._filled_at = now

    def spend(self, now: float, count: float = 1) -> None:
        """Count one message, or what costs as much as several."""
        self._fill(now)
        self._tokens -= count

    def delay(self, now: float) -> float:
        """Seconds until the next message may be read; 0 when the rate is kept."""
        self._fill(now)
        return max(0.0, -self._tokens / self._updates_per_s)

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._updates_per_s)
        self._filled_at = now


class Session:
    """The protocol state of one connection.

    Args:
        speaks_motion: The client asked for the subprotocol `motion.v1`: SUBMIT is understood.
        author: Whose connection it is.
        rate: Of the whole session, shared with its other connections. Every message counts.
    """

    def __init__(self, author: Author, *, speaks_motion: bool, rate: Rate) -> None:
        self.author = author
        self.speaks_motion = speaks_motion
        self._rate = rate
        self._is_closed = False

    def receive(self, frame: bytes, now: float) -> list[Decision]:
        """Read one message. Never raises; after a `Close`, answers nothing more."""
        if self._is_closed:
            return []
        self._rate.spend(now)
        try:
            return self._decide(wire.decode_message(frame))
        except wire.MalformedMessage as error:
            self._is_closed = True
            return [Close(MALFORMED, f"{error.attempt} at {error.offset}")]

    def _decide(self, message: wire.Message) -> list[Decision]:
        match message:
            case wire.SyncUpdate(update):
                return [Offer(update)]
            case wire.Submit(n, update) if self.speaks_motion:
                return [Offer(update, n)]
            case wire.SubmitFor(n, typed_for, update) if self.speaks_motion:
                return [Offer(update, n, typed_for=typed_for)]
            case wire.SyncStep2(update):
                return [Offer(update, from_step2=True)]
            case wire.SyncStep1(state_vector):
                if state_vector == _EMPTY_STATE_VECTOR:
                    return [Synchronise(None)]
                if parse_state_vector(state_vector) is None:
                    raise wire.MalformedMessage("state vector", 0)
                return [Synchronise(state_vector)]
            case wire.Awareness(payload):
                return [PresenceClaimed(claim) for claim in read_claims(payload)]
            case wire.QueryAwareness():
                return [PresenceAsked()]
            case _:
                raise wire.MalformedMessage("message from a client", 0)

    def delay_before_next_read(self, now: float) -> float:
        """Seconds during which the listener should not read this connection; 0 when it keeps to its rate.

        So a flood is slowed by its own socket filling up, and nothing that was sent is dropped.
        """
        return self._rate.delay(now)
