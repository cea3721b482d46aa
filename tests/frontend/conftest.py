"""The fixtures of the editor's tests: a browser, the small room, people at their desks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import launched
from tests.frontend.desk import Desk, Seat
from tests.frontend.fakeroom import FakeRoom, running


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
