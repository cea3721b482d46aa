"""The way out of a connection: bytes that were prepared once and are written to many.

A parcel holds messages and, ready made, the WebSocket frames that carry them. Where the server is ours
(`motion.live.server`) the frames go straight to the transport; under another server, or Starlette's test
client, the messages go through ASGI.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

FRAGMENT_BYTES = 64 * 1024
"""A large answer leaves in pieces of this size, so that pings and other readers get their turn."""

BACKLOG_BYTES = 1024 * 1024
"""A reader who has more than this waiting is closed: minutes of a busy room, or a socket that sleeps."""

_BINARY, _CONTINUATION, _FIN = 0x02, 0x00, 0x80


def frame(message: bytes, opcode: int = _FIN | _BINARY) -> bytes:
    """Return the WebSocket frame of a message from the server (RFC 6455, 5.2: not masked)."""
    size = len(message)
    if size < 126:
        return bytes((opcode, size)) + message
    if size < 65536:
        return struct.pack("!BBH", opcode, 126, size) + message
    return struct.pack("!BBQ", opcode, 127, size) + message


def fragments(message: bytes) -> list[bytes]:
    """Return the frames of one large message in fragments (RFC 6455, 5.4): pings may stand between them."""
    starts = range(0, max(1, len(message)), FRAGMENT_BYTES)
    last = starts[-1]
    return [
        frame(
            message[start : start + FRAGMENT_BYTES],
            (_FIN if start == last else 0) | (_BINARY if start == 0 else _CONTINUATION),
        )
        for start in starts
    ]


class Parcel:
    """Messages to send together, with their frames."""

    __slots__ = ("frames", "messages")

    def __init__(self, messages: tuple[bytes, ...]) -> None:
        self.messages = messages
        self.frames = b"".join([frame(message) for message in messages])


Take = Callable[[bytes], bool]


class Outlet(Protocol):
    """Where parcels to one reader go. Nothing here waits but `send_large`."""

    def send(self, parcel: Parcel) -> None:
        """Send, or keep for later; never fails: a reader who is gone is noticed where we read."""

    async def send_large(self, pieces: list[bytes], then: Parcel) -> None:
        """Send the `fragments` of one message as fast as the reader takes them, and a parcel after it.

        What `send` is given meanwhile leaves after these, in order.
        """

    def take_with(self, take: Take) -> None:
        """Offer each message to `take` where it is read, if this server can; what it leaves comes by ASGI."""

    def backlog(self) -> int:
        """Bytes that the reader has not taken yet."""

    def close(self, code: int, reason: str) -> None:
        """Send a close frame; what waits is dropped if the reader does not take it."""


class AsgiOutlet:
    """An outlet over plain ASGI: a queue, and one task that empties it."""

    def __init__(self, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._queue: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._waiting = 0
        self._is_closed = False
        self._task = asyncio.create_task(self._empty(), name="outlet")

    def send(self, parcel: Parcel) -> None:
        for message in parcel.messages:
            self._put(message)

    async def send_large(self, pieces: list[bytes], then: Parcel) -> None:
        self._put(unframe(pieces))
        self.send(then)

    def take_with(self, take: Take) -> None:
        pass

    def backlog(self) -> int:
        return self._waiting

    def close(self, code: int, reason: str) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._queue.put_nowait({"type": "websocket.close", "code": code, "reason": reason})

    async def end(self) -> None:
        """Let go of the task; the connection is gone or closed."""
        if not self._is_closed:
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _put(self, message: bytes) -> None:
        if not self._is_closed:
            self._waiting += len(message)
            self._queue.put_nowait({"type": "websocket.send", "bytes": message})

    async def _empty(self) -> None:
        while True:
            event = await self._queue.get()
            try:
                await self._send(event)
            except (OSError, RuntimeError):  # the reader is gone; `receive` says so to the listener
                self._is_closed = True
                return
            self._waiting -= len(event.get("bytes", b""))
            if event["type"] == "websocket.close":
                return


def unframe(pieces: list[bytes]) -> bytes:
    """Return the message that `fragments` cut."""
    message = bytearray()
    for piece in pieces:
        size = piece[1]
        message += piece[2 if size < 126 else 4 if size == 126 else 10 :]
    return bytes(message)
