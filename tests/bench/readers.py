"""A thousand readers come at once to the public page of a motion, while fifty officials write in it.

python -m tests.bench.readers [--readers 1000] [--waves 3] [--writers 50] [--shown-by server|readers|constant]

`--shown-by`: what shows the page while people write: the server itself; a process for readers beside it (`motion serve
--readers`); or a server of a constant page, which shows what sharing the machine costs those who write.

Side by side: the same server program answering a constant page of the same size, compressed alike. Processor time is
the operating system's count for the server's process; what the writers cost alone, measured just before, is taken away.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from motion.live.server import configuration
from tests.bench import servers
from tests.bench.crowd import Crowd, prose
from tests.databases import free_port
from tests.servers import clean_environment, serving, until_answering

PER_SECOND = 5.0
WRITING_S = 15.0
PAGE = "/motions/M1"


def article(number: int, words: list[str]) -> str:
    """A part of real length: 180 words in three alinéas."""
    at = number * 180 % max(1, len(words) - 180)
    third = [" ".join(words[at + 60 * part : at + 60 * (part + 1)]) for part in range(3)]
    return f"## Partie {number}\n\n" + "\n\n".join(third)


def text() -> str:
    """A motion of about fifteen pages."""
    words = prose().split()
    return "# La motion\n\n" + "\n\n".join(article(number, words) for number in range(25)) + "\n"


async def get(port: int, path: str) -> tuple[int, float]:
    """Fetch a page on a connection of its own; return the bytes of the body and the seconds it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    writer.write(asked.encode())
    whole = await reader.read(-1)
    writer.close()
    head, _gap, body = whole.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head[:200]
    return len(body), loop.time() - began


@dataclass(frozen=True, slots=True)
class Shown:
    """The process that shows pages; whether it is also the one that is written in."""

    port: int
    process: psutil.Process
    writes: bool

    def cpu_s(self) -> float:
        """Seconds of processor since it began."""
        return sum(self.process.cpu_times()[:2])


@dataclass(frozen=True, slots=True)
class Wave:
    """Seconds until the last reader had the page, seconds of the slowest, bytes of one body."""

    seconds: float
    slowest: float
    size: int


async def come(port: int, path: str, readers: int) -> Wave:
    """Have a wave come, from a process of its own: the crowd that times the writers must not be slowed by it."""
    command = [sys.executable, "-m", "tests.bench.readers", "--wave", str(port), path, str(readers)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return Wave(*json.loads(said))


async def wave(port: int, path: str, readers: int) -> tuple[float, float, int]:
    """All at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    done = await asyncio.gather(*(get(port, path) for _ in range(readers)))
    return loop.time() - began, max(seconds for _size, seconds in done), done[0][0]


def p99(values: list[float]) -> float:
    """In milliseconds."""
    return sorted(values)[int(len(values) * 0.99)] * 1000 if values else 0.0


async def while_writing(
    running: servers.Running, shown_by: Shown, readers: int, waves: int, writers: int, path: str
) -> None:
    """Measure the writers alone, then with the readers."""
    loop = asyncio.get_running_loop()
    rates = []
    for with_readers in (False, True):
        first = 2_000_000 if with_readers else 1_000_000
        crowd = Crowd(running.dialect, "127.0.0.1", running.port, running.cookies, writers, first_client=first)
        await crowd.connect()
        await asyncio.sleep(1)
        before, began, shown_before = running.cpu_s(), loop.time(), shown_by.cpu_s()
        writing = asyncio.create_task(crowd.write(writers, PER_SECOND, WRITING_S))
        came: list[Wave] = []
        if with_readers:
            for _number in range(waves):
                await asyncio.sleep(1)
                came.append(await come(shown_by.port, path, readers))
        typed = await writing
        cpu, span = running.cpu_s() - before, loop.time() - began
        await crowd.settle()
        outcome = crowd.outcome(typed)
        crowd.close()
        rates.append(cpu / span)
        print(
            f"{'with readers' if with_readers else 'writers alone'}: writers' p99 {p99(outcome.delays):.0f} ms, "
            f"lost {outcome.missing}, CPU {cpu / span:.0%} of a core",
            flush=True,
        )
        if with_readers:
            extra = shown_by.cpu_s() - shown_before - (rates[0] * span if shown_by.writes else 0.0)
            print(told("page", came, readers, extra), flush=True)


def told(name: str, came: list[Wave], readers: int, cpu: float) -> str:
    """One line of figures."""
    count = readers * len(came)
    return (
        f"{name}: {came[0].size / 1000:.1f} kB compressed, {count / sum(one.seconds for one in came):.0f} pages/s, "
        f"slowest {max(one.slowest for one in came):.2f} s, {cpu / count * 1e3:.2f} ms of processor a page"
    )


async def constant(port: int, readers: int, waves: int, process: psutil.Process) -> None:
    """The same waves against the constant page."""
    before = sum(process.cpu_times()[:2])
    came = []
    for _number in range(waves):
        await asyncio.sleep(1)
        came.append(await come(port, "/", readers))
    print(told("constant", came, readers, sum(process.cpu_times()[:2]) - before), flush=True)


def serve_constant(port: int, file: Path) -> None:
    """Answer one page for ever, on the server that Motion runs on."""
    page = file.read_text()

    async def show(_request: Request) -> HTMLResponse:
        return HTMLResponse(page)

    app = Starlette(routes=[Route("/{path:path}", show)], middleware=[Middleware(GZipMiddleware, compresslevel=6)])
    uvicorn.Server(configuration(app, host="127.0.0.1", port=port)).run()


@contextmanager
def answering_constantly(folder: Path, page: str) -> Iterator[tuple[int, psutil.Process]]:
    """The constant server, for as long as the block lasts."""
    port = free_port()
    file = folder / "page.html"
    file.write_text(page)
    with (folder / "constant.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.bench.readers", "--constant", str(port), str(file)]
        process = subprocess.Popen(command, env=clean_environment(), stdout=log, stderr=log)
        try:
            until_answering(f"http://127.0.0.1:{port}/", process, folder / "constant.log")
            yield port, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def showing(running: servers.Running, by: str, page: str) -> Iterator[Shown]:
    """What readers are sent to."""
    if by == "server":
        yield Shown(running.port, running.process, writes=True)
    elif by == "readers":
        with serving(running.folder, "--readers") as second:
            yield Shown(second.port, psutil.Process(second.process.pid), writes=False)
    else:
        with answering_constantly(running.folder, page) as (port, process):
            yield Shown(port, process, writes=False)


async def plain(port: int, path: str) -> str:
    """The page itself, not compressed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    whole = await reader.read(-1)
    writer.close()
    return whole.partition(b"\r\n\r\n")[2].decode()


def main() -> None:
    """Run both, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--waves", type=int, default=3)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--shown-by", choices=("server", "readers", "constant"), default="server")
    parser.add_argument("--constant", nargs=2, metavar=("PORT", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--wave", nargs=3, metavar=("PORT", "PATH", "READERS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if asked.wave:
        os.nice(10)  # readers have machines of their own
        print(json.dumps(asyncio.run(wave(int(asked.wave[0]), asked.wave[1], int(asked.wave[2])))))
        return
    if asked.constant:
        serve_constant(int(asked.constant[0]), Path(asked.constant[1]))
        return
    with tempfile.TemporaryDirectory(prefix="motion-bench-") as name:
        folder = Path(name)
        with servers.start("motion", folder / "motion", seats=asked.writers, text=text()) as running:
            path = running.dialect.path.replace("/live/", "/").rpartition("/")[0] + PAGE
            page = asyncio.run(plain(running.port, path))
            with showing(running, asked.shown_by, page) as shown_by:
                asyncio.run(while_writing(running, shown_by, asked.readers, asked.waves, asked.writers, path))
        with answering_constantly(folder, page) as (port, process):
            asyncio.run(constant(port, asked.readers, asked.waves, process))


if __name__ == "__main__":
    main()
