"""How processes tell each other that something happened: at most once, in no promised order.

The relay wakes and carries presence; it never carries what must not be lost. A process that hears of a
number it does not have reads what is missing from the database, and a process that hears nothing looks
there every few seconds all the same (`motion.live.rooms`).
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from secrets import token_hex
from typing import TYPE_CHECKING, Protocol

from motion.live.wire import MalformedMessage, join_frames, split_frames

if TYPE_CHECKING:
    from nats.aio.client import Client

log = logging.getLogger(__name__)

SUBJECT = "motion.live"


class Topic(StrEnum):
    """What a piece of news is about."""

    NUMBER = "number"  # the motion `subject` has updates up to `number`
    STATE = "state"  # the motion `subject`, or its congress, has changed state
    ATTENDANCE = "attendance"  # who is connected to the motion `subject` in one process, as `payload` says
    PRESENCE = "presence"  # awareness `payload` of the motion `subject`
    REVOKED = "revoked"  # the session `subject` is over


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news. `subject` is the id of a motion or of a session."""

    topic: Topic
    subject: int
    number: int = 0
    payload: bytes = b""


Receive = Callable[[News], None]


class Relay(Protocol):
    """Carries news between the processes of one installation.

    `publish` neither waits nor fails: what does not arrive is found in the database later. `receive` is
    called in the event loop, for news of other processes only.
    """

    async def start(self, receive: Receive) -> None:
        """Begin to hear the others."""

    def publish(self, news: News) -> None:
        """Tell the others."""

    async def close(self) -> None:
        """Stop."""


class MemoryHub:
    """What `MemoryRelay`s of one process have in common."""

    def __init__(self) -> None:
        self.relays: list[MemoryRelay] = []


class MemoryRelay:
    """The relay of a service that runs in one process; several share a hub in the tests."""

    def __init__(self, hub: MemoryHub | None = None) -> None:
        self._hub = hub or MemoryHub()
        self._receive: Receive | None = None

    async def start(self, receive: Receive) -> None:
        self._receive = receive
        self._hub.relays.append(self)

    def publish(self, news: News) -> None:
        for relay in self._hub.relays:
            if relay is not self and relay._receive is not None:
                asyncio.get_running_loop().call_soon(relay._receive, news)

    async def close(self) -> None:
        self._receive = None
        if self in self._hub.relays:
            self._hub.relays.remove(self)


class NatsRelay:
    """The relay of a service that runs in several processes, over NATS core (no JetStream)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = token_hex(8).encode()
        self._client: Client | None = None
        self._outbox: asyncio.Queue[News] = asyncio.Queue(maxsize=1_000)
        self._sender: asyncio.Task[None] | None = None

    async def start(self, receive: Receive) -> None:
        """Connect, and go on trying for ever if the server goes away.

        Raises:
            ModuleNotFoundError: Motion was installed without its extra `scale`.
        """
        import nats  # an optional dependency: one process needs no bus

        async def heard(message: object) -> None:
            news = decode(getattr(message, "data", b""), self._name)
            if news is not None:
                receive(news)

        async def failed(error: Exception) -> None:
            # Without a callback the client prints a trace for each failed attempt.
            log.warning("relay: %s", error)

        self._client = await nats.connect(
            self._url, max_reconnect_attempts=-1, reconnect_time_wait=0.5, error_cb=failed, name="motion"
        )
        await self._client.subscribe(SUBJECT, cb=heard)
        await self._client.flush()  # what is said from now on is heard: the server knows that we listen
        self._sender = asyncio.create_task(self._send(), name="relay")

    def publish(self, news: News) -> None:
        try:
            self._outbox.put_nowait(news)
        except asyncio.QueueFull:
            log.warning("relay: full, %s of %d dropped", news.topic, news.subject)

    async def _send(self) -> None:
        assert self._client is not None
        while True:
            news = await self._outbox.get()
            try:
                await self._client.publish(SUBJECT, encode(news, self._name))
            except Exception as error:  # the database says what was missed
                log.warning("relay: %s of %d not sent: %s", news.topic, news.subject, error)

    async def close(self) -> None:
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        if self._client is not None:
            await self._client.close()


def encode(news: News, name: bytes) -> bytes:
    """Write a piece of news, signed with the name of the process it comes from."""
    head = f"{news.topic} {news.subject} {news.number}".encode()
    return join_frames([name, head, news.payload])


def decode(message: bytes, name: bytes) -> News | None:
    """Read a piece of news; None when it is our own, or nothing that this version understands."""
    try:
        sender, head, payload = split_frames(message)
        topic, subject, number = head.decode().split(" ")
        return None if sender == name else News(Topic(topic), int(subject), int(number), payload)
    except (MalformedMessage, ValueError):
        return None


def from_url(url: str) -> Relay:
    """Return the relay that the setting RELAY_URL names; memory when it is empty."""
    return NatsRelay(url) if url else MemoryRelay()
