"""The fixtures of the islands' tests: a browser, the small room, people at their desks, a place with a testimony."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import launched
from tests.frontend.desk import Desk, Seat
from tests.frontend.fakeroom import FakeRoom, running
from tests.frontend.voice_place import Served, serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; see `launched` for why it is not kept longer."""
    with launched() as browser:
        yield browser


@pytest.fixture
def room() -> FakeRoom:
    """A room that a test cuts, freezes and listens to."""
    return FakeRoom()


@pytest.fixture
def url(room: FakeRoom) -> Iterator[str]:
    """Where the room is served."""
    with running(room) as address:
        yield address


@pytest.fixture
def desks(browser: Browser, url: str) -> Iterator[Seat]:
    """Seats officials; in the end none of their scripts has failed."""
    made: list[Desk] = []

    def make(*arguments: int, **options: object) -> Desk:
        made.append(Desk(browser, url, *arguments, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    problems = [problem for desk in made for problem in desk.problems]
    for desk in made:
        desk.close()
    assert problems == []


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Served]:
    """The congress."""
    with serving(tmp_path) as place:
        yield place


@pytest.fixture
def opens(browser: Browser, place: Served) -> Iterator[Callable[..., Page]]:
    """Open a page; in the end no script has failed."""
    problems: list[str] = []
    contexts: list[BrowserContext] = []

    def go(path: str, who: str = "", **options: object) -> Page:
        context = browser.new_context(locale="fr-FR", **options)
        contexts.append(context)
        if who:
            context.add_cookies([{"name": "motion", "value": who, "url": place.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(place.url + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert problems == []
