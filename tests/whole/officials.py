"""Officials who never stop typing, and the text that an auditor finds."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from motion.live import wire
from motion.live.draft import fold
from motion.live.typist import Typist
from storage import drafts
from storage.store import Store
from tests.live.world import Seat, World

WORD = re.compile(r"\bw\d+-\d+\b")


class Official:
    """An editor with a durable outbox: what is not acknowledged is sent again, byte for byte, for ever."""

    def __init__(self, seat: Seat, client: int, url: Callable[[], str]) -> None:
        self.client = client
        self.typist = Typist(client)
        self.outbox: dict[int, bytes] = {}
        self.acknowledged: set[int] = set()
        self.refusals: list[wire.Refusal] = []
        self.typed = 0
        self.connections = 0
        self.is_connected = False
        self._seat = seat
        self._url = url
        self._socket: ClientConnection | None = None
        self._task = asyncio.create_task(self._live())

    async def _live(self) -> None:
        while True:
            with suppress(OSError, WebSocketException, TimeoutError, EOFError):
                async with connect(
                    self._url(),
                    additional_headers=self._seat.cookie,
                    subprotocols=["motion.v1"],  # type: ignore[list-item]
                    compression=None,
                    max_size=None,
                    open_timeout=2,
                ) as socket:
                    self.connections += 1
                    await self._attend(socket)
            self._socket, self.is_connected = None, False
            await asyncio.sleep(0.05)

    async def _attend(self, socket: ClientConnection) -> None:
        await socket.send(wire.encode_message(wire.SyncStep1(self.typist.state_vector())))
        for n, update in list(self.outbox.items()):
            await socket.send(wire.encode_message(wire.Submit(n, update)))
        self._socket, self.is_connected = socket, True
        async for frame in socket:
            assert isinstance(frame, bytes)
            match wire.decode_message(frame):
                case wire.SyncStep2(update) | wire.SyncUpdate(update):
                    self.typist.learn(update)
                case wire.Ack(n=numbers):
                    self.acknowledged |= set(numbers)
                    for n in numbers:
                        self.outbox.pop(n, None)
                case wire.Refusal() as refusal:
                    self.refusals.append(refusal)
                case _:
                    pass

    async def type(self) -> None:
        """Type one word of one's own at the end, and send it if there is somewhere to send it."""
        self.typed += 1
        n = self.typed
        self.outbox[n] = self.typist.type(len(self.typist.text), f"w{self.client}-{n} ")
        socket = self._socket
        if socket is not None:
            with suppress(OSError, WebSocketException):
                await socket.send(wire.encode_message(wire.Submit(n, self.outbox[n])))

    async def type_on(self, pause_s: float = 0.06) -> None:
        """Never stop; just within the rate at which one session is read."""
        while True:
            await self.type()
            await asyncio.sleep(pause_s)

    def promised(self) -> set[str]:
        """Words that must not be lost: acknowledged to their author, or seen from somebody else."""
        own = f"w{self.client}-"
        seen = {word for word in WORD.findall(self.typist.text) if not word.startswith(own)}
        return seen | {f"{own}{n}" for n in self.acknowledged}

    def sleep(self) -> None:
        """Stop reading, as a closed laptop does."""
        if self._socket is not None:
            self._socket.transport.pause_reading()

    def wake(self) -> None:
        if self._socket is not None:
            self._socket.transport.resume_reading()

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def kept_text(database_url: str, world: World) -> str:
    """The text of a motion as an auditor makes it: from the kept updates alone."""
    store = Store(database_url)
    try:
        rows = store.read_now(drafts.updates_after, world.motion_id, 0)
    finally:
        store.close()
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    reader = Typist(1)
    reader.learn(fold([row.content for row in rows]))
    return reader.text
