"""The service with its demonstration, and what a test does around it: seats for people, and what the public reads."""

import contextlib
import itertools
import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.servers import START_SECONDS, Served

SHOWN_S = 40
PLACES = 24


@dataclass(frozen=True, slots=True)
class Place:
    """One signed-in official: their number, and their cookie."""

    official: int
    cookie: str


class Demonstration(Served):
    """`motion serve --demo`. `people`: the French name of a role → the address that signs in."""

    def __init__(self, data: Path) -> None:
        super().__init__(data, "--demo")
        self.people: dict[str, str] = {}

    def start(self) -> None:
        """Start, and wait until the addresses are printed."""
        super().start()
        end = time.monotonic() + START_SECONDS
        while "Public" not in self.people:
            lines = [line.split() for line in self.log.read_text().splitlines()]
            self.people = {words[0]: words[1] for words in lines if len(words) == 2 and words[1].startswith("http")}
            assert self.process.poll() is None and time.monotonic() < end, self.last_words()
            time.sleep(0.05)
        self._places = self._take_places()

    def _take_places(self) -> "itertools.cycle[Place]":
        done = self.command("seats", "ormeline", "M1", "--count", str(PLACES), "--base-url", self.address)
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
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
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
def demonstrating(data: Path) -> Iterator[Demonstration]:
    """A service with its demonstration on a free port, for as long as the block lasts."""
    served = Demonstration(data)
    served.start()
    try:
        yield served
    finally:
        served.stop()
