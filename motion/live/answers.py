"""What waits for a window, and what its sender is told once the window is kept.

Over HTTP the answer is a value that somebody awaits; on a socket it is a message, gathered here and sent in one
write with what the window shows.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motion.live import sentences, wire
from motion.live.audience import SIGNED_OUT, Connection
from motion.live.callers import Caller
from motion.live.draft import Author, Edit
from motion.live.refusals import Reason


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


@dataclass(eq=False, slots=True)
class Pending:
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

    def lose(self) -> None:
        """Tell whoever awaits the answer that none will come."""
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(RoomLost())


class Answers:
    """The answers of one window.

    Args:
        at: When the window was kept.
    """

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._taken: dict[Connection, tuple[list[int], int]] = {}
        self._refused: dict[Connection, list[bytes]] = {}

    def take(self, pending: Pending, entry: int) -> None:
        """It was kept, in the window or before; `entry` is its number in the record, or a later one."""
        if pending.answer is not None and not pending.answer.done():
            pending.answer.set_result(Taken(entry, self._at))
        connection = pending.connection
        if connection is not None and connection.speaks_motion and pending.n is not None:
            numbers, last = self._taken.get(connection, ([], 0))
            numbers.append(pending.n)
            self._taken[connection] = (numbers, max(last, entry))

    def refuse(self, pending: Pending, reason: Reason, values: Mapping[str, Any] | None = None) -> None:
        """It was refused."""
        self._refuse(pending, reason, sentences.refusal(reason, values or {}, pending.caller.language), False)

    def keep_late(self, pending: Pending, why: str, *, kept: bool) -> None:
        """It came after the text was closed (`why`: `sentences.why_closed`); `kept` as late text, unless there is too
        much of it."""
        self._refuse(pending, Reason.FROZEN, sentences.late(why, pending.caller.language, kept=kept), kept)

    def _refuse(self, pending: Pending, reason: Reason, sentence: str, kept: bool) -> None:
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
        self._refused.setdefault(connection, []).append(message)

    def sign_out(self, pending: Pending) -> None:
        """Its session is over: refused, and the socket closed."""
        self.refuse(pending, Reason.ROLE)
        if pending.connection is not None:
            pending.connection.outlet.close(SIGNED_OUT, "session over")

    def messages(self) -> dict[Connection, list[bytes]]:
        """What goes to each connection: one acknowledgement, then the refusals."""
        at = rfc3339(self._at)
        found = {
            connection: [wire.encode_message(wire.Ack(numbers, entry, at))]
            for connection, (numbers, entry) in self._taken.items()
        }
        for connection, refusals in self._refused.items():
            found.setdefault(connection, []).extend(refusals)
        return found


def permission_denied(sentence: str) -> bytes:
    """y-protocols' auth message (2, 0: permission denied): the one word of refusal that standard clients know."""
    text = sentence.encode()
    return b"\x02\x00" + wire.varuint(len(text)) + text


def rfc3339(at: datetime) -> str:
    """`2026-11-22T14:32:05.123Z`."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
