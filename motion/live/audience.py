"""The sockets of one room: who reads, and how one prepared frame goes to all of them."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

from motion.live.callers import Caller, author_of
from motion.live.draft import Author
from motion.live.outlet import BACKLOG_BYTES, FRAGMENT_BYTES, Outlet, Parcel, fragments

log = logging.getLogger(__name__)

TRY_AGAIN, SIGNED_OUT = 1013, 4401

BACKLOG_LOOK_S = 0.25
"""A slow reader is noticed so late at most."""


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


class Audience:
    """Everyone connected to one room here. Belongs to the event loop; nothing waits but `send_document`."""

    def __init__(self, motion_id: int) -> None:
        self.connections: dict[str, Connection] = {}
        self._officials: Counter[int] = Counter()  # each with the number of their connections
        self._motion_id = motion_id
        self._loop = asyncio.get_running_loop()
        self._keys = 0
        self._look_at = 0.0  # when the backlogs of the readers are next looked at

    def __len__(self) -> int:
        return len(self.connections)

    def admit(self, caller: Caller, outlet: Outlet, *, speaks_motion: bool) -> Connection:
        """Count somebody in."""
        self._keys += 1
        connection = Connection(f"c{self._keys}", caller, author_of(caller.actor), outlet, speaks_motion)
        self.connections[connection.key] = connection
        if connection.author.official:
            self._officials[connection.author.official] += 1
        return connection

    def dismiss(self, connection: Connection) -> bool:
        """Forget a connection; False when it was forgotten before."""
        if self.connections.pop(connection.key, None) is None:
            return False
        official = connection.author.official
        if official:
            self._officials[official] -= 1
            if not self._officials[official]:
                del self._officials[official]
        return True

    def officials(self) -> Set[int]:
        """The officials among those connected. Asked at every window: not counted anew."""
        return self._officials.keys()

    async def send_document(self, connection: Connection, message: bytes, then: tuple[bytes, ...]) -> None:
        """Send somebody the document; from here on they get every window."""
        connection.is_synchronised = True
        if len(message) <= FRAGMENT_BYTES:
            connection.outlet.send(Parcel((message, *then)))
            self._drop_if_slow(connection)
        else:
            connection.backlog_bytes = BACKLOG_BYTES + len(message)
            await connection.outlet.send_large(fragments(message), Parcel(then))

    def send(self, connection: Connection, message: bytes) -> None:
        """Answer one reader."""
        connection.outlet.send(Parcel((message,)))
        self._drop_if_slow(connection)

    def tell(self, message: bytes) -> None:
        """Something that needs no document: to everyone who speaks our protocol."""
        parcel = Parcel((message,))
        for connection in list(self.connections.values()):
            if connection.speaks_motion:
                connection.outlet.send(parcel)
                self._drop_if_slow(connection)

    def broadcast(self, standard: Parcel, spoken: Parcel, answers: Mapping[Connection, list[bytes]]) -> None:
        """One write for each reader who has the document: own answers, then the parcel of their protocol.

        Args:
            standard: For unmodified clients; empty when `spoken` is.
            spoken: For those who speak our protocol.
            answers: Before it, to some, whether they have the document or not.
        """
        slow: list[Connection] = []
        rest = dict(answers)
        looks_at_backlogs = self._loop.time() >= self._look_at
        if looks_at_backlogs:
            self._look_at = self._loop.time() + BACKLOG_LOOK_S
        if spoken.messages:
            for connection in self.connections.values():
                if not connection.is_synchronised:
                    continue
                parcel = spoken if connection.speaks_motion else standard
                own = rest.pop(connection, None) if rest else None
                if own is not None:
                    parcel = Parcel((*own, *parcel.messages))
                if parcel.messages:
                    connection.outlet.send(parcel)
                if looks_at_backlogs and connection.outlet.backlog() > connection.backlog_bytes:
                    slow.append(connection)
        for connection, messages in rest.items():
            connection.outlet.send(Parcel(tuple(messages)))
            if connection.outlet.backlog() > connection.backlog_bytes:
                slow.append(connection)
        for connection in slow:
            self._drop_if_slow(connection)

    def _drop_if_slow(self, connection: Connection) -> None:
        """Close whoever lets too much wait: it is memory of ours, and they get all of it when they come back."""
        if connection.outlet.backlog() > connection.backlog_bytes:
            log.info("motion %d: %s reads too slowly", self._motion_id, connection.key)
            connection.outlet.close(TRY_AGAIN, "too slow")

    def revoke(self, session_id: int) -> None:
        """Close the sockets of a session that is over."""
        for connection in [c for c in self.connections.values() if c.caller.actor.session_id == session_id]:
            connection.outlet.close(SIGNED_OUT, "session over")

    def close(self, code: int, reason: str) -> None:
        """Close every socket."""
        for connection in list(self.connections.values()):
            connection.outlet.close(code, reason)
