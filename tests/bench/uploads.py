"""Files sent in pieces, beside the same bytes in a plain PUT to the same program: throughput, processor and memory.

python -m tests.bench.uploads [megabytes]

The plain PUT is what one would write without a protocol: the body to a file as it comes, put on disk at the end.
"""

import asyncio
import http.client
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.databases import free_port
from tests.servers import ROOT, STOP_SECONDS, clean_environment, until_answering

MB = 1_000_000
BLOCK = bytes(range(256)) * 256  # as a browser's reads
COOKIE = {"Cookie": "motion-depot=" + "0123456789abcdef" * 2}
ROUNDS = 3


def serve(folder: Path, port: int) -> None:
    """The whole application, with one route more."""
    import os

    import uvicorn

    from motion import settings as settings_table
    from motion.live.relay import MemoryRelay
    from motion.live.rooms import Rooms
    from motion.live.server import configuration
    from motion.service import utc_now
    from motion.web.routes import make_app
    from motion.web.service import Service
    from storage import migrate
    from storage.store import Store
    from tests.live import world as worlds

    settings = settings_table.read(
        {
            "MOTION_DATA": str(folder),
            "MOTION_PERSON_MEDIA_BYTES": str(10**13),
            "MOTION_CONGRESS_MEDIA_BYTES": str(10**13),
        }
    )
    store = Store(settings.database_url)
    migrate.upgrade(store)
    store.write_now(worlds.make)
    app = make_app(Service(settings, store, Rooms(store, MemoryRelay(), utc_now, settings), utc_now))

    async def put(request: Request) -> Response:
        with (folder / f"plain-{time.monotonic_ns()}").open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
            await asyncio.to_thread(os.fsync, file.fileno())
        return Response(status_code=204)

    app.router.routes.insert(0, Route("/plain", put, methods=["PUT"], max_body_size=1 << 50))  # type: ignore[call-arg]
    uvicorn.Server(configuration(app, host="127.0.0.1", port=port, lifespan="off", log_config=None)).run()


def body(length: int) -> Iterator[bytes]:
    """So many bytes."""
    for _ in range(length // len(BLOCK)):
        yield BLOCK
    yield BLOCK[: length % len(BLOCK)]


def ask(port: int, method: str, path: str, headers: dict[str, str], length: int = 0) -> http.client.HTTPResponse:
    """One request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request(method, path, body(length) if length else None, headers | {"Content-Length": str(length)})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status < 300, answer.status
    return answer


def plain(port: int, length: int) -> None:
    """All of it in one PUT."""
    ask(port, "PUT", "/plain", {}, length)


def tus(port: int, length: int, piece: int) -> None:
    """Announced, then sent in pieces."""
    said = {"Tus-Resumable": "1.0.0"} | COOKIE
    address = ask(port, "POST", "/valbrune/fichiers", said | {"Upload-Length": str(length)}).headers["Location"]
    for start in range(0, length, piece):
        more = {"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
        ask(port, "PATCH", address, said | more, min(piece, length - start))


@contextmanager
def served() -> Iterator[tuple[int, psutil.Process]]:
    """A fresh server on an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "tests.bench.uploads", "serve", folder, str(port)]
        with log.open("wb") as file:
            server = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdout=file, stderr=file)
        try:
            until_answering(f"http://127.0.0.1:{port}/healthz", server, log)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait(STOP_SECONDS)


def measure(name: str, length: int, at_once: int) -> tuple[float, float, float]:
    """Send `at_once` files of `length` bytes each, and return MB/s, processor seconds a GB, peak memory in MB."""
    ways = {
        "PUT": lambda port: plain(port, length),
        "tus, one piece": lambda port: tus(port, length, length),
        "tus, pieces of 8 MB": lambda port: tus(port, length, 8 * MB),
    }
    with served() as (port, process):
        before = process.cpu_times()
        idle = process.memory_info().rss
        peak, stop = idle, threading.Event()

        def watch() -> None:
            nonlocal peak
            while not stop.wait(0.02):
                peak = max(peak, process.memory_info().rss)

        watcher = threading.Thread(target=watch)
        watcher.start()
        began = time.monotonic()
        senders = [threading.Thread(target=ways[name], args=(port,)) for _ in range(at_once)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        seconds = time.monotonic() - began
        stop.set()
        watcher.join()
        after = process.cpu_times()
        used = after.user + after.system - before.user - before.system
        total = length * at_once
        return total / MB / seconds, used / (total / 1e9), (peak - idle) / MB


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print("| files at once | way | MB/s | beside PUT | processor s/GB | memory above idle, MB |\n" + "|---" * 6 + "|")
    for at_once in (1, 10):
        usual = 0.0
        for name in ("PUT", "tus, one piece", "tus, pieces of 8 MB"):
            rounds = [measure(name, megabytes * MB // at_once, at_once) for _ in range(ROUNDS)]
            speed, used, memory = (sorted(column)[ROUNDS // 2] for column in zip(*rounds, strict=True))
            usual = usual or speed
            print(f"| {at_once} | {name} | {speed:.0f} | {speed / usual:.2f} | {used:.2f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
