"""A crowd of WebSocket clients in one process, bare enough not to be what is measured.

Each client is an asyncio protocol that reads unmasked frames. What arrives is the same bytes for all, so it is
decoded once for all. A client remembers what it was sent; the texts are compared at the end, from scratch.
"""

import asyncio
import base64
import gzip
import heapq
import json
import os
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pycrdt import Doc, Text

from motion.live import wire
from motion.live.updates import ANY_SIZE, Id, Struct, Update, encode, parse

DOCUMENT = "M1"
SAMPLED = 100
"""Clients whose every keystroke is timed; all are compared."""

TRACE = Path(__file__).parent.parent / "traces" / "friendsforever.json.gz"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one server is spoken to.

    `opening`: what a client says first; `wrap`: an update as it is sent; `unwrap`: the update in a message, or None.
    """

    path: str
    subprotocol: str
    opening: Callable[[int], list[bytes]]
    wrap: Callable[[int, bytes], bytes]
    unwrap: Callable[[bytes], bytes | None]


def motion(path: str) -> Dialect:
    """Our own editor's way: numbered submissions, acknowledged."""

    def unwrap(message: bytes) -> bytes | None:
        if message[:2] in (b"\0\1", b"\0\2"):
            return wire.read_bytes(message, 2)[0]
        return None

    return Dialect(
        path,
        "motion.v1",
        lambda _: [b"\0\0\1\0"],
        lambda n, update: wire.encode_message(wire.Submit(n, update)),
        unwrap,
    )


def y_websocket(path: str) -> Dialect:
    """y-protocols, and nothing else."""
    spoken = motion(path)
    return Dialect(path, "", spoken.opening, lambda _, update: b"\0\2" + _sized(update), spoken.unwrap)


def hocuspocus(path: str) -> Dialect:
    """y-protocols behind the document's name; a token first."""
    name = _sized(DOCUMENT.encode())

    def unwrap(message: bytes) -> bytes | None:
        body = message[len(name) :] if message.startswith(name) else b""
        # Sync is 0, a reply to a sync is 4.
        if body[:2] in (b"\0\1", b"\0\2", b"\4\1", b"\4\2"):
            return wire.read_bytes(body, 2)[0]
        return None

    return Dialect(
        path,
        "",
        lambda _: [name + b"\2\0" + _sized(b"token"), name + b"\0\0\1\0"],
        lambda _, update: name + b"\0\2" + _sized(update),
        unwrap,
    )


def _sized(content: bytes) -> bytes:
    return wire.varuint(len(content)) + content


@dataclass(slots=True)
class Shared:
    """What all clients have in common: what a message holds, and when each keystroke left."""

    dialect: Dialect
    updates: dict[bytes, bytes | None] = field(default_factory=dict)
    strokes: dict[bytes, list[tuple[int, int]]] = field(default_factory=dict)
    sent_at: dict[tuple[int, int], float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    closed: int = 0

    def keystrokes(self, update: bytes) -> list[tuple[int, int]]:
        """(client, clock) of each character in an update."""
        found = self.strokes.get(update)
        if found is None:
            parsed = parse(update, ANY_SIZE)
            assert isinstance(parsed, Update), parsed
            found = [(s.client, s.clock + at) for s in parsed.structs for at in range(s.length)]
            self.strokes[update] = found
        return found


class Client(asyncio.Protocol):
    """One connection: the handshake, then frames."""

    def __init__(self, shared: Shared, host: str, cookie: str, is_sampled: bool) -> None:
        self.shared = shared
        self.is_sampled = is_sampled
        self.received: list[bytes] = []
        self.ready = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.is_closed = False
        self._host = host
        self._cookie = cookie
        self._buffer = b""
        self._fragments: list[bytes] = []
        self._is_open = False
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        dialect = self.shared.dialect
        lines = [
            f"GET {dialect.path} HTTP/1.1",
            f"Host: {self._host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
        ]
        if self._cookie:
            lines.append(f"Cookie: {self._cookie}")
        if dialect.subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {dialect.subprotocol}")
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        self.shared.closed += 1
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError(self._buffer[:200].decode(errors="replace")))

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        at = 0
        if not self._is_open:
            end = data.find(b"\r\n\r\n")
            if end < 0 or not data.startswith(b"HTTP/1.1 101"):
                self._buffer = data
                return
            self._is_open = True
            at = end + 4
            for message in self.shared.dialect.opening(0):
                self.send(message)
        size = len(data)
        while size - at >= 2:
            first, length = data[at], data[at + 1]
            head = at + 2
            if length == 126:
                if size - head < 2:
                    break
                length = data[head] << 8 | data[head + 1]
                head += 2
            elif length == 127:
                if size - head < 8:
                    break
                length = int.from_bytes(data[head : head + 8], "big")
                head += 8
            if size - head < length:
                break
            self._frame(first, data[head : head + length])
            at = head + length
        self._buffer = data[at:]

    def _frame(self, first: int, content: bytes) -> None:
        opcode = first & 0x0F
        if opcode == 0x9:
            self._write(0x8A, content)
        elif opcode == 0x8:
            self.transport.close()  # type: ignore[union-attr]
        elif opcode in (0x2, 0x0):
            if not first & 0x80 or self._fragments:
                self._fragments.append(content)
                if not first & 0x80:
                    return
                content = b"".join(self._fragments)
                self._fragments = []
            self._message(content)

    def _message(self, message: bytes) -> None:
        shared = self.shared
        try:
            update = shared.updates[message]
        except KeyError:
            update = shared.updates[message] = shared.dialect.unwrap(message)
        if update is None:
            return
        self.received.append(update)
        if not self.ready.done():
            self.ready.set_result(None)
        if self.is_sampled and shared.sent_at:
            now = self._loop.time()
            sent_at = shared.sent_at
            shared.delays += [now - sent_at[stroke] for stroke in shared.keystrokes(update) if stroke in sent_at]

    def send(self, message: bytes) -> None:
        """Send one binary message (masked with zeros, which is a mask)."""
        self._write(0x82, message)

    def _write(self, first: int, content: bytes) -> None:
        if self.is_closed:
            return
        size = len(content)
        if size < 126:
            head = bytes((first, 0x80 | size))
        elif size < 65536:
            head = struct.pack("!BBH", first, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", first, 0x80 | 127, size)
        self.transport.write(head + b"\0\0\0\0" + content)  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the clients saw. Delays in seconds, sorted; a delivery is a keystroke on another's screen."""

    typed: int
    deliveries: int
    missing: int
    differing: int
    closed: int
    delays: list[float]


def prose() -> str:
    """Real prose: the end of two friends' story, as they typed it."""
    with gzip.open(TRACE) as file:
        return str(json.load(file)["endContent"])


class Crowd:
    """R clients, the first K of whom write."""

    def __init__(
        self,
        dialect: Dialect,
        host: str,
        port: int,
        cookies: list[str],
        clients: int,
        *,
        first_client: int = 1_000_000,  # another crowd in the same document takes others
    ) -> None:
        self._first_client = first_client
        self._shared = Shared(dialect)
        self._address = (host, port)
        self._cookies = cookies
        self._count = clients
        self._clients: list[Client] = []
        self._clocks: dict[int, int] = {}

    async def connect(self, at_once: int = 50) -> None:
        """Open every connection and wait for the document on each."""
        loop = asyncio.get_running_loop()
        gate = asyncio.Semaphore(at_once)
        every = max(1, self._count // SAMPLED)

        async def one(index: int) -> Client:
            host, port = self._address
            cookie = self._cookies[index % len(self._cookies)] if self._cookies else ""
            async with gate:
                _, client = await loop.create_connection(
                    lambda: Client(self._shared, f"{host}:{port}", cookie, index % every == 0), host, port
                )
                async with asyncio.timeout(60):
                    await client.ready
            return client

        self._clients = list(await asyncio.gather(*(one(index) for index in range(self._count))))

    async def write(self, writers: int, per_second: float, seconds: float) -> int:
        """Have the first `writers` clients type prose, a character at a time; return the keystrokes."""
        loop = asyncio.get_running_loop()
        text = prose()
        chance = random.Random(1)
        start = loop.time() + 0.1
        due = [(start + chance.random() / per_second, index, 0) for index in range(writers)]
        heapq.heapify(due)
        ids = {index: self._first_client + 17 * index for index in range(writers)}
        typed = 0
        while due[0][0] < start + seconds:
            at, index, clock = heapq.heappop(due)
            pause = at - loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            client = ids[index]
            letter = "\n" if clock == 0 else text[(index * 997 + clock) % len(text)]
            origin = Id(client, clock - 1) if clock else None
            update = encode([Struct(client, clock, 1, origin, None, letter)], [])
            self._shared.sent_at[client, clock] = loop.time()
            self._clients[index].send(self._shared.dialect.wrap(clock + 1, update))
            self._clocks[client] = clock + 1
            typed += 1
            # A human's rhythm: around the mean, never in step with the others.
            heapq.heappush(due, (at + chance.uniform(0.5, 1.5) / per_second, index, clock + 1))
        return typed

    async def settle(self, seconds: float = 15) -> None:
        """Wait until everything typed has reached everybody, or time is up."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end and (self._missing() or any(c.is_closed for c in self._clients)):
            await asyncio.sleep(0.25)
            if self._shared.closed:
                return

    def _missing(self) -> int:
        """Keystrokes of others that the clients lack, by counting; each client's own are left out."""
        everything = {(client, clock) for client, count in self._clocks.items() for clock in range(count)}
        missing = 0
        known: dict[tuple[int, ...], int] = {}
        for index, client in enumerate(self._clients):
            own = self._first_client + 17 * index
            key = (own if own in self._clocks else 0, *map(id, client.received))
            if key not in known:
                seen = {stroke for update in client.received for stroke in self._shared.keystrokes(update)}
                known[key] = sum(1 for stroke in everything - seen if stroke[0] != own)
            missing += known[key]
        return missing

    def outcome(self, typed: int) -> Outcome:
        """Rebuild every client's text from what it was sent (and typed), and compare them all."""
        texts: dict[tuple[object, ...], str] = {}
        found: list[str] = []
        for index, client in enumerate(self._clients):
            own = self._first_client + 17 * index
            key = (own if own in self._clocks else 0, *map(id, client.received))
            if key not in texts:
                doc: Doc[Text] = Doc()
                text = doc.get("text", type=Text)
                for update in client.received:
                    doc.apply_update(update)
                if own in self._clocks:
                    doc.apply_update(self._own(own, index))
                texts[key] = str(text)
            found.append(texts[key])
        usual = max(set(found), key=found.count)
        return Outcome(
            typed,
            typed * (self._count - 1),
            self._missing(),
            sum(text != usual for text in found),
            self._shared.closed,
            sorted(self._shared.delays),
        )

    def _own(self, client: int, index: int) -> bytes:
        text = prose()
        letters = [
            "\n" if clock == 0 else text[(index * 997 + clock) % len(text)] for clock in range(self._clocks[client])
        ]
        structs = [
            Struct(client, clock, 1, Id(client, clock - 1) if clock else None, None, letter)
            for clock, letter in enumerate(letters)
        ]
        return encode(structs, [])

    def close(self) -> None:
        """Hang up."""
        for client in self._clients:
            if client.transport is not None:
                client.transport.abort()
