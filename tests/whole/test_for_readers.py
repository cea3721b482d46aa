"""A second process shows the pages while the first is written in; whatever is not reading is left to the first."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.live import world as worlds
from tests.live.world import World
from tests.servers import Served, serving
from tests.whole.officials import Official

WAIT_S = 30
DEFAULT_CHECKPOINT_S = 1


@pytest.fixture
def world(database_url: str) -> World:
    return worlds.left_in(database_url, officials=2)


@pytest.fixture
def rooms(database_url: str, world: World, tmp_path: Path) -> Iterator[Served]:
    """The process that is written in."""
    with serving(tmp_path / "data", extra={"DATABASE_URL": database_url}) as served:
        yield served


@pytest.fixture
def pages(database_url: str, rooms: Served, tmp_path: Path) -> Iterator[Served]:
    """The process for readers, on the same data and without a relay."""
    with serving(tmp_path / "data", "--readers", extra={"DATABASE_URL": database_url}) as served:
        yield served


def test_what_is_written_in_one_is_read_in_the_other(rooms: Served, pages: Served, world: World) -> None:
    """The page, its data and the events of those who follow; nobody tells the second process, it looks."""
    home = world.path.replace("/live/", "/").rpartition("/")[0]

    async def story() -> tuple[str, str]:
        async with httpx2.AsyncClient(base_url=pages.address, timeout=WAIT_S) as reader:
            async with reader.stream("GET", f"{home}/suivre") as events:
                assert events.status_code == 200
                lines = events.aiter_lines()
                author = Official(world.seats[0], 100, lambda: f"ws://127.0.0.1:{rooms.port}{world.path}")
                try:
                    async with asyncio.timeout(WAIT_S):
                        while not author.is_connected:  # noqa: ASYNC110  another task connects
                            await asyncio.sleep(0.05)
                        told = ""
                        while "M1" not in told:
                            await author.type()
                            told = await anext(lines)
                        while author.outbox:  # noqa: ASYNC110  another task hears of it
                            await asyncio.sleep(0.05)
                finally:
                    await author.leave()
            async with asyncio.timeout(WAIT_S):
                page = ""
                while "w100-1" not in page:
                    page = (await reader.get(f"{home}/motions/M1")).text
            return told, page

    told, page = asyncio.run(story())
    assert "M1/marge" in json.loads(told.removeprefix("data: "))
    assert "w100-1" in page


def test_what_is_not_reading_is_refused_and_told(pages: Served, world: World) -> None:
    """To whoever sent it, in a sentence, and to whoever set up the proxy, in the log; nothing is done."""
    home = world.path.replace("/live/", "/").rpartition("/")[0]
    with httpx2.Client(base_url=pages.address, timeout=WAIT_S, headers={"Origin": pages.address}) as browser:
        sent = browser.post(f"{home}/connexion", data={"courriel": "elue@ormeline.example"})
        asked = browser.get(f"{world.path}.json")
    assert (sent.status_code, asked.status_code) == (421, 421)
    assert "ne fait que montrer les pages" in sent.text

    async def write() -> None:
        async with connect(f"ws://127.0.0.1:{pages.port}{world.path}", additional_headers=world.seats[0].cookie):
            pass

    with pytest.raises(InvalidStatus, match="403"):
        asyncio.run(write())
    log = pages.log.read_text()
    assert "POST was asked of a process for readers" in log
    assert "a drafting room was asked of a process for readers" in log


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_work_is_left_to_the_first(database_url: str, world: World, tmp_path: Path) -> None:
    """Alone, it signs nothing: two processes that sign are for a relay."""
    with serving(tmp_path / "data", "--readers", extra={"DATABASE_URL": database_url}) as alone:
        home = world.path.replace("/live/", "/").rpartition("/")[0]
        time.sleep(3 * DEFAULT_CHECKPOINT_S)  # the first process would have signed by then
        with pytest.raises(urllib.error.HTTPError, match="404") as refused:
            urllib.request.urlopen(f"{alone.address}{home}/log/checkpoint", timeout=WAIT_S)
        refused.value.close()
    assert not list((tmp_path / "data" / "signed").glob("*"))
