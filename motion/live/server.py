"""uvicorn, with a straight way from a room to its readers' sockets.

The ASGI `send` of a WebSocket costs a task switch, a frame and a copy for each reader and message. Here
the scope carries the connection itself, so that a room writes the same prepared frame to all transports.
Everything else (handshake, pings, closing, limits) stays uvicorn's.
"""

import asyncio
import gc
import os
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from motion.live.outlet import Parcel, Take

EXTENSION = "motion.outlet"
"""Name, among the scope's extensions, of the `SocketOutlet` of this connection."""

MAX_MESSAGE_BYTES = 256 * 1024
"""Of one message from a client; `motion.live.wire` and the rules of updates ask for much less."""

UNREAD_MESSAGES = 4
"""Of one connection that may wait for its task before its socket is no longer read."""

ACCEPTED_AT_ONCE = 16
"""Newcomers let in within one turn of the event loop: about two milliseconds."""

QUEUE = 2048
"""Newcomers that the system keeps waiting at the door: a hall that opens the same page."""

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 30.0
CLOSE_TIMEOUT_S = 5.0


class SocketOutlet:
    """An outlet that writes to the transport of one of uvicorn's connections."""

    __slots__ = ("_held", "_held_bytes", "_protocol")

    def __init__(self, protocol: "LiveProtocol") -> None:
        self._protocol = protocol
        self._held: list[Parcel] | None = None
        self._held_bytes = 0

    def send(self, parcel: Parcel) -> None:
        protocol = self._protocol
        if protocol.close_sent or protocol.disconnected:
            return
        if self._held is not None:
            self._held.append(parcel)
            self._held_bytes += len(parcel.frames)
            return
        protocol.transport.write(parcel.frames)

    async def send_large(self, pieces: list[bytes], then: Parcel) -> None:
        protocol = self._protocol
        self._held = [then]
        self._held_bytes = 0
        try:
            for piece in pieces:
                await protocol.writable.wait()
                if protocol.close_sent or protocol.disconnected:
                    return
                protocol.transport.write(piece)
        finally:
            held, self._held = self._held, None
            for parcel in held:
                self.send(parcel)

    def take_with(self, take: Take) -> None:
        self._protocol.take = take

    def backlog(self) -> int:
        transport = self._protocol.transport
        return self._held_bytes if self._held is not None else transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        self._protocol.close_now(code, reason)


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket connection, which its application can write to directly."""

    take: Take | None = None

    async def run_asgi(self) -> None:
        extensions = cast(dict[str, Any], self.scope["extensions"])
        extensions[EXTENSION] = SocketOutlet(self)
        await super().run_asgi()

    def send_receive_event_to_app(self) -> None:
        """Hand a message on, and stop reading only when several wait: uvicorn stops at each, four calls a keystroke."""
        take = self.take
        if take is not None and self.queue.empty() and self.curr_msg_data_type == "bytes" and not self.close_sent:
            if take(bytes(self.frames[0]) if len(self.frames) == 1 else b"".join(self.frames)):
                self.frames = []
                return
        if self.read_paused or self.queue.qsize() >= UNREAD_MESSAGES:
            super().send_receive_event_to_app()
            return
        self.read_paused = True  # keeps uvicorn from pausing
        super().send_receive_event_to_app()
        self.read_paused = False

    def close_now(self, code: int, reason: str) -> None:
        """Close without waiting for a reader who reads nothing: after some seconds the socket is dropped."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.writable.set()  # whoever waits to write finds the connection closed
        self.close_timer = self.loop.call_later(CLOSE_TIMEOUT_S, self.transport.abort)


def spare_what_stays() -> None:
    """Take what the program is made of out of the garbage collector's rounds.

    Called once, when all is loaded: with a thousand connected, a full round took a fifth of a second, during
    which nobody's words move.
    """
    gc.collect()
    gc.freeze()


def configuration(
    app: Callable[..., Any], *, host: str, port: int, trusted_proxies: Sequence[str] = (), **options: Any
) -> uvicorn.Config:
    """Return uvicorn's configuration for Motion. `options` are uvicorn's own and prevail.

    Args:
        trusted_proxies: Addresses whose X-Forwarded-For is believed; uvicorn by itself would believe anything on
            this machine, and the variable FORWARDED_ALLOW_IPS.
    """
    settings: dict[str, Any] = {
        "ws": LiveProtocol,
        "ws_max_size": MAX_MESSAGE_BYTES,
        "ws_ping_interval": PING_INTERVAL_S,
        "ws_ping_timeout": PING_TIMEOUT_S,
        # Small messages gain nothing, and each connection would hold a compressor of its own.
        "ws_per_message_deflate": False,
        "proxy_headers": bool(trusted_proxies),
        "forwarded_allow_ips": list(trusted_proxies),
        "server_header": False,
        "access_log": False,
        "timeout_graceful_shutdown": 5,
    }
    return uvicorn.Config(app, host=host, port=port, **(settings | options))


def lengthen_queue(servers: Iterable[asyncio.Server]) -> None:
    """Let `QUEUE` newcomers wait at the door of servers whose `backlog` lets in few of them at once.

    asyncio takes one number for both: how many the system keeps waiting, and how many are let in within one turn of
    the loop, during which nobody's keystroke passes.
    """
    for server in servers:
        for listening in server.sockets:
            with socket.socket(fileno=os.dup(listening.fileno())) as same:
                same.listen(QUEUE)


def serve(app: Callable[..., Any], *, host: str, port: int, **options: Any) -> None:
    """Serve until a signal says to stop."""
    uvicorn.Server(configuration(app, host=host, port=port, **options)).run()
