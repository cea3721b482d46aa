"""The service as it is really run: the console command in a process of its own, with its demonstration."""

import contextlib
import itertools
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.servers import clean_environment

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "motion"]
START_S = 60
SHOWN_S = 10
PLACES = 24


@dataclass(frozen=True, slots=True)
class Place:
    """One signed-in official: their number, and their cookie."""

    official: int
    cookie: str


class Served:
    """A service that answers at `address`; what it wrote is in `log`."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.log = data / "log.txt"
        self.people: dict[str, str] = {}  # the French name of a role → the address that signs in
        self.environment = clean_environment() | {"MOTION_DATA": str(data)}

    def start(self) -> None:
        """Start, and wait until the addresses are printed.

        Raises:
            AssertionError: It ended, or took longer than `START_S`; the end of its log is in the message.
        """
        with self.log.open("w") as log:
            command = [*COMMAND, "serve", "--demo", "--port", str(self.port)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        end = time.monotonic() + START_S
        while not self.people:
            lines = [line.split() for line in self.log.read_text().splitlines()]
            found = {words[0]: words[1] for words in lines if len(words) == 2 and words[1].startswith("http")}
            if "Public" in found:
                self.people = found
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.05)
        self._places = self._take_places()

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        self.process.terminate()
        self.process.wait(20)

    def _take_places(self) -> "itertools.cycle[Place]":
        command = [*COMMAND, "seats", "ormeline", "M1", "--count", str(PLACES), "--base-url", self.address]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        seats = [json.loads(line) for line in done.stdout.splitlines()]
        return itertools.cycle([Place(seat["official"], seat["cookie"]) for seat in seats])

    def sit(self, context: BrowserContext, address: str = "") -> Place:
        """Sign the next official in."""
        place = next(self._places)
        name, _, value = place.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": address or self.address}])
        return place

    def sign_in(self, page: Page, role: str) -> None:
        """Sign in as a person of the demonstration, by the address that the command printed."""
        page.goto(self.people[role])
        assert "/demonstration/" not in page.url, page.url

    def get(self, path: str) -> str:
        """What the public reads."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return str(answer.read().decode())

    def motion(self, code: str = "M1") -> dict[str, Any]:
        """A motion as JSON."""
        found: dict[str, Any] = json.loads(self.get(f"/ormeline/motions/{code}.json"))
        return found

    def text(self, code: str = "M1") -> str:
        """The text that the public reads, with its signs."""
        return str(self.motion(code)["text"])

    def shows(self, words: str, code: str = "M1") -> None:
        """Wait until the public reads these words: they follow what is saved by a moment."""
        end = time.monotonic() + SHOWN_S
        while words not in (text := self.text(code)):
            assert time.monotonic() < end, f"{words!r} is not in: {text}"
            time.sleep(0.05)


@contextlib.contextmanager
def serving(data: Path) -> Iterator[Served]:
    """A service with its demonstration on a free port, for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    served = Served(data, port)
    served.start()
    try:
        yield served
    finally:
        served.stop()
