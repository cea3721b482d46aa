"""A network line between a browser and the service, that can be cut, slowed, or made to refuse WebSockets.

`context.set_offline` leaves an open WebSocket alone; this does not. One request travels on each connection (the line
asks the service to close after each answer), so that the line sees what every request is for.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

REFUSAL = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 10\r\nConnection: close\r\n\r\nno upgrade"
)
MAX_HEAD_BYTES = 64 * 1024


class Line:
    """One person's line. Its methods are called from the test's thread; the sockets belong to the line's own loop.

    `upgrades` is False where the network refuses WebSockets. `delay_s` holds each piece, each way, for that long,
    in order. `upgraded` and `refused` count what was asked.
    """

    def __init__(self, port: int) -> None:
        self.service_port = port
        self.upgrades = True
        self.delay_s = 0.0
        self.upgraded = 0
        self.refused = 0
        self._cut = ""  # beginning of the paths that don't get through; "/" is all of them
        self._open: dict[asyncio.StreamWriter, str] = {}  # the browser's side of each connection, and its path
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Where the browser finds the service through this line."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

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
            ways = [
                asyncio.create_task(self._carry(reader, beyond, head)),
                asyncio.create_task(self._carry(from_service, writer, b"")),
            ]
            # The service's last word ends the exchange; so does a browser that leaves.
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # somebody hung up, or the test is over
        finally:
            self._open.pop(writer, None)
            if beyond is not None:
                beyond.transport.abort()
            writer.close() if beyond is not None else writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes) -> None:
        """Carry pieces one way, each no sooner than its delay, none before another."""
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def read() -> None:
            piece = first or await reader.read(65_536)
            while piece:
                pieces.put_nowait((self._loop.time() + self.delay_s, piece))
                piece = await reader.read(65_536)
            pieces.put_nowait((self._loop.time() + self.delay_s, b""))

        reading = asyncio.create_task(read())
        try:
            while True:
                due, piece = await pieces.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
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
def line_to(port: int) -> Iterator[Line]:
    """A line to the service on this port, for as long as the block lasts."""
    line = Line(port)
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
