"""A network line to the service, that can be cut, slowed, made to refuse WebSockets, or struck by a storm.

For a browser, `context.set_offline` leaves an open WebSocket alone; this does not. One request travels on each
connection (the line asks the service to close after each answer), so that the line sees what every request is for.
"""

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass

REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 10\r\nConnection: close\r\n\r\nno upgrade"
)
MAX_HEAD_BYTES = 64 * 1024


PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Storm:
    """Each connection lives for a while, from 0.3 s to twice `life_s`, and is cut.

    What its client sent last lags behind, by up to twice `delay_s` a piece, and may reach the service after what
    the next connection sends. The same `seed` brings the same storm.
    """

    life_s: float = 1.0
    delay_s: float = 0.05
    seed: int = 1


class Line:
    """One way to the service. Its methods are called from the test's thread; the sockets belong to a loop of its own.

    `upgrades` is False where the network refuses WebSockets. `delay_s` holds each piece, each way, for that long,
    in order. `storm` may be ended by setting it to None. `upgraded`, `refused` and `cuts` count.
    """

    def __init__(self, port: int, storm: Storm | None = None) -> None:
        self.service_port = port
        self.upgrades = True
        self.delay_s = 0.0
        self.storm = storm
        self.upgraded = 0
        self.refused = 0
        self.cuts = 0
        self._chance = random.Random(storm.seed if storm else 0)
        self._cut = ""  # beginning of the paths that don't get through; "/" is all of them
        self._open: dict[asyncio.StreamWriter, str] = {}  # the browser's side of each connection, and its path
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where the line begins, on the loopback."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def address(self) -> str:
        """Where a browser finds the service through this line."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self, under: str = "/") -> None:
        """Break the open connections and refuse new ones, for the paths that begin so."""
        self._in_loop(self._break, under)

    def mend(self) -> None:
        """Let everything through again."""
        self._in_loop(setattr, self, "_cut", "")

    def _break(self, under: str) -> None:
        self._cut = under
        for writer, path in list(self._open.items()):
            if path.startswith(under):
                writer.transport.abort()

    def _in_loop(self, act: object, *arguments: object) -> None:
        done = threading.Event()

        def run() -> None:
            act(*arguments)  # type: ignore[operator]
            done.set()

        self._loop.call_soon_threadsafe(run)
        assert done.wait(5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beyond: asyncio.StreamWriter | None = None
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            if self._cut and path.startswith(self._cut):
                return
            self._open[writer] = path
            if b"\r\nupgrade: websocket" in head.lower():
                if not self.upgrades:
                    self.refused += 1
                    writer.write(REFUSAL)
                    await writer.drain()
                    writer.close()
                    return
                self.upgraded += 1
            else:
                lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
                head = b"\r\n".join([lines[0], b"Connection: close", *lines[1:]])
            from_service, beyond = await asyncio.open_connection("127.0.0.1", self.service_port)
            storm = self.storm
            up = asyncio.create_task(self._carry(reader, beyond, head, storm))
            down = asyncio.create_task(self._carry(from_service, writer, b"", None))
            # The service's last word ends the exchange; so does a browser that leaves.
            life = None if storm is None else self._chance.uniform(0.3, 2 * storm.life_s)
            await asyncio.wait([up, down], timeout=life, return_when=asyncio.FIRST_COMPLETED)
            if storm is not None:
                self.cuts += 1
                down.cancel()
                writer.transport.abort()
                await asyncio.sleep(self._chance.uniform(0, 4 * storm.delay_s))
            for way in (up, down):
                way.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # somebody hung up, or the test is over
        finally:
            self._open.pop(writer, None)
            if beyond is not None:
                beyond.transport.abort()
            writer.close() if beyond is not None else writer.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes, storm: Storm | None
    ) -> None:
        """Carry pieces one way, each no sooner than its delay, none before another."""
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        def due() -> float:
            lag = self._chance.uniform(0, 2 * storm.delay_s) if storm is not None and self.storm is storm else 0.0
            return self._loop.time() + self.delay_s + lag

        async def read() -> None:
            piece = first or await reader.read(PIECE_BYTES)
            while piece:
                pieces.put_nowait((due(), piece))
                piece = await reader.read(PIECE_BYTES)
            pieces.put_nowait((due(), b""))

        reading = asyncio.create_task(read())
        try:
            while True:
                at, piece = await pieces.get()
                await asyncio.sleep(max(0.0, at - self._loop.time()))
                if not piece:
                    return
                writer.write(piece)
                await writer.drain()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=MAX_HEAD_BYTES)

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self._break("/")
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextlib.contextmanager
def line_to(port: int, *, storm: Storm | None = None) -> Iterator[Line]:
    """A line to the service on this port, for as long as the block lasts."""
    line = Line(port, storm)
    thread = threading.Thread(target=line._loop.run_forever, name="line", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(line._listen(), line._loop).result(10)
    try:
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(line._stop(), line._loop).result(10)
        line._loop.call_soon_threadsafe(line._loop.stop)
        thread.join(5)
        line._loop.close()
