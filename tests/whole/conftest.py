"""The fixtures of tests with a browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import launched
from tests.whole.demonstration import Demonstration, demonstrating
from tests.whole.desks import Desk
from tests.whole.network import Line, line_to


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One service for all: its start plays the whole demonstration."""
    with demonstrating(tmp_path_factory.mktemp("service")) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser; see `launched` for why it is not kept longer."""
    with launched() as browser:
        yield browser


@pytest.fixture
def line(service: Demonstration) -> Iterator[Line]:
    """A network line to the service."""
    with line_to(service.port) as line:
        yield line


@pytest.fixture
def desks(browser: Browser, service: Demonstration) -> Iterator[Callable[..., Desk]]:
    """Seats people at browsers of their own; in the end none of them has met an error."""
    seated: list[Desk] = []

    def seat(**options: object) -> Desk:
        desk = Desk(browser, service, **options)  # type: ignore[arg-type]
        seated.append(desk)
        return desk

    yield seat
    problems = [problem for desk in seated for problem in desk.problems]
    for desk in seated:
        desk.close()
    assert problems == []
