"""A bad network between editors and the service: it delays, cuts, and lets the dead speak late."""

import asyncio
import random
from contextlib import suppress


class BadNetwork:
    """A TCP proxy. Each connection lives for a while; what its client sent last may arrive after the next one's."""

    def __init__(self, port: int, *, seed: int = 1, life_s: float = 1.0, delay_s: float = 0.05) -> None:
        self.cuts = 0
        self.is_calm = False
        self._target = port
        self._life_s = life_s
        self._delay_s = delay_s
        self._chance = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self._server = await asyncio.start_server(
            lambda reader, writer: self._spawn(self._serve(reader, writer)) and None, "127.0.0.1", 0
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_writer: asyncio.StreamWriter | None = None
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
            down = self._spawn(self._carry(up_reader, writer, 0.0))
            # What goes up lags behind: after the cut, the rest still reaches the service.
            up = self._spawn(self._carry(reader, up_writer, self._delay_s))
            life = None if self.is_calm else self._chance.uniform(0.3, 2 * self._life_s)
            await asyncio.wait([down, up], timeout=life, return_when=asyncio.FIRST_COMPLETED)
            self.cuts += 1
            down.cancel()
            writer.transport.abort()
            await asyncio.sleep(self._chance.uniform(0, 4 * self._delay_s))
            up.cancel()
        except OSError:
            pass  # the service is away
        finally:
            for end in (writer, up_writer):
                if end is not None:
                    end.transport.abort()

    def _spawn(self, coroutine: object) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.create_task(coroutine)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                if not self.is_calm:
                    await asyncio.sleep(self._chance.uniform(0, 2 * delay_s))
                writer.write(data)
                await writer.drain()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.05)  # the transports' own farewells
