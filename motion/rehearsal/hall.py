"""A hall of simulated officials: they sign in, connect through the real sockets, and type real prose.

Every reader's frames are compared byte for byte with those already read: what one window brings is parsed
once for the whole hall, so that a thousand readers cost little beside the server they measure.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from motion.live import updates, wire
from motion.live.typist import Typist
from motion.rehearsal.seats import Seat

STROKES_PER_S = 5.0  # a fast typist; most officials type half of that
CONNECTED_AT_ONCE = 20
LOOK_S = 0.05
CLOSING_S = 10.0  # what was typed last has this long to reach everyone

PROSE = (
    "Les communes demandent que chaque habitante et chaque habitant puisse consulter à moins de trente minutes de chez"
    " soi ; elles s’engagent à ouvrir leurs locaux, à mutualiser les navettes et à publier les distances réelles. "
)


@dataclass(slots=True)
class Measures:
    """What a rehearsal found. Latencies in milliseconds, from a keystroke to another's screen."""

    typed: int = 0
    refused: int = 0
    delivered: int = 0
    latencies_ms: list[float] = field(default_factory=list)
    cut: int = 0
    different: int = 0

    def percentile(self, share: float) -> float:
        """Return the latency under which this share of the keystrokes arrived; 0 when nothing did."""
        if not self.latencies_ms:
            return 0.0
        ranked = sorted(self.latencies_ms)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


class Hall:
    """Everyone connected to one motion, and what they saw of each other's keystrokes."""

    def __init__(self, seats: Sequence[Seat], writers: int, origin: str) -> None:
        self.measures = Measures()
        self._seats = seats
        self._writers = writers
        self._origin = origin
        self._typed_at: dict[tuple[int, int], float] = {}
        self._frames: dict[bytes, list[tuple[int, int]]] = {}
        self._typists: list[Typist] = []
        self._sockets: list[ClientConnection] = []

    async def rehearse(self, seconds: float) -> Measures:
        """Connect everyone, type for `seconds`, wait for the last words to arrive, compare all texts."""
        async with AsyncExitStack() as stack:
            gate = asyncio.Semaphore(CONNECTED_AT_ONCE)
            await asyncio.gather(*(self._enter(stack, gate, seat) for seat in self._seats))
            readers = [asyncio.create_task(self._read(at, socket)) for at, socket in enumerate(self._sockets)]
            until = time.monotonic() + seconds
            await asyncio.gather(*(self._write(at, until) for at in range(self._writers)))
            await self._settle()
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
            await self._compare()
        return self.measures

    async def _enter(self, stack: AsyncExitStack, gate: asyncio.Semaphore, seat: Seat) -> None:
        async with gate:
            socket = await stack.enter_async_context(
                connect(
                    seat.ws,
                    origin=Origin(self._origin),
                    additional_headers={"Cookie": seat.cookie},
                    subprotocols=[Subprotocol("motion.v1")],
                    compression=None,
                    max_size=None,
                )
            )
            await socket.send(wire.encode_message(wire.SyncStep1(b"\x00")))
            typist = Typist(secrets.randbelow(2**31) + 1)
            while True:
                message = wire.decode_message(_octets(await socket.recv()))
                if isinstance(message, wire.SyncStep2):
                    typist.learn(message.update)
                    break
        if len(self._typists) < self._writers:
            self._typists.append(typist)
            self._sockets.insert(len(self._typists) - 1, socket)
        else:
            self._sockets.append(socket)

    async def _read(self, at: int, socket: ClientConnection) -> None:
        """Note when each keystroke of the others arrives on this screen."""
        try:
            while True:
                frame = _octets(await socket.recv())
                now = time.monotonic()
                for key in self._keystrokes(frame):
                    typed_at = self._typed_at.get(key)
                    if typed_at is not None and not (at < self._writers and key[0] == self._typists[at].client):
                        self.measures.delivered += 1
                        self.measures.latencies_ms.append((now - typed_at) * 1000)
                if frame[:1] == b"\x66":  # 102, REFUSED
                    self.measures.refused += 1
                if at < self._writers:
                    self._learn(self._typists[at], frame)
        except ConnectionClosed:
            self.measures.cut += 1

    def _keystrokes(self, frame: bytes) -> list[tuple[int, int]]:
        known = self._frames.get(frame)
        if known is None:
            known = []
            if frame[:2] == b"\x00\x02":
                message = wire.decode_message(frame)
                assert isinstance(message, wire.SyncUpdate)
                parsed = updates.parse(message.update, updates.Limits(2**24, 2**20, 2**20, 2**24))
                if isinstance(parsed, updates.Update):
                    known = [
                        (struct.client, clock)
                        for struct in parsed.structs
                        for clock in range(struct.clock, struct.clock + struct.length)
                    ]
            if len(self._frames) > 10_000:
                self._frames.clear()
            self._frames[frame] = known
        return known

    @staticmethod
    def _learn(typist: Typist, frame: bytes) -> None:
        if frame[:2] == b"\x00\x02":
            message = wire.decode_message(frame)
            assert isinstance(message, wire.SyncUpdate)
            typist.learn(message.update)

    async def _write(self, at: int, until: float) -> None:
        typist, socket = self._typists[at], self._sockets[at]
        chance = random.Random(at)
        n = clock = 0
        await asyncio.sleep(chance.random() / STROKES_PER_S)
        place = chance.randrange(len(typist.text) + 1)
        while time.monotonic() < until:
            letter = PROSE[n % len(PROSE)]
            place = min(place, len(typist.text))
            update = typist.type(place, letter)
            self._typed_at[(typist.client, clock)] = time.monotonic()
            n, clock, place = n + 1, clock + 1, place + 1
            self.measures.typed += 1
            try:
                await socket.send(wire.encode_message(wire.Submit(n, update)))
            except ConnectionClosed:
                return
            await asyncio.sleep(chance.expovariate(STROKES_PER_S))

    @property
    def expected(self) -> int:
        """How many keystrokes should reach others' screens: each one, all screens but its author's."""
        return self.measures.typed * (len(self._seats) - 1)

    async def _settle(self) -> None:
        for _ in range(round(CLOSING_S / LOOK_S)):
            if self.measures.delivered >= self.expected:
                return
            await asyncio.sleep(LOOK_S)

    async def _compare(self) -> None:
        """Count the writers whose text is not what the server gives to a newcomer."""
        seat = self._seats[0]
        async with connect(
            seat.ws,
            origin=Origin(self._origin),
            additional_headers={"Cookie": seat.cookie},
            subprotocols=[Subprotocol("motion.v1")],
            compression=None,
            max_size=None,
        ) as socket:
            await socket.send(wire.encode_message(wire.SyncStep1(b"\x00")))
            fresh = Typist(secrets.randbelow(2**31) + 1)
            with suppress(ConnectionClosed):
                while True:
                    message = wire.decode_message(_octets(await socket.recv()))
                    if isinstance(message, wire.SyncStep2):
                        fresh.learn(message.update)
                        break
        self.measures.different = sum(typist.text != fresh.text for typist in self._typists)


def _octets(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame
