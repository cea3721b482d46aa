"""No word is lost: the server is killed, the network is bad, a laptop sleeps, a process of two dies.

NOTHING_LOST_SECONDS=600 makes each story last ten minutes in place of a few seconds.
"""

import asyncio
import os
import random
import subprocess
import sysconfig
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.databases import free_port
from tests.live import world as worlds
from tests.live.world import World
from tests.servers import Served, serving
from tests.whole.network import Storm, line_to
from tests.whole.officials import WORD, Official, kept_text

SECONDS = float(os.environ.get("NOTHING_LOST_SECONDS", "4"))


@pytest.fixture
def world(database_url: str) -> World:
    return worlds.left_in(database_url, officials=5)


@pytest.fixture
def served(database_url: str, world: World, tmp_path: Path) -> Iterator[Served]:
    """The service on that database."""
    with serving(tmp_path / "data", extra={"DATABASE_URL": database_url}) as served:
        yield served


@asynccontextmanager
async def officials(world: World, urls: list[Callable[[], str]]) -> AsyncIterator[list[Official]]:
    """Five officials, each in front of one of the addresses."""
    present = [Official(seat, 100 + i, urls[i % len(urls)]) for i, seat in enumerate(world.seats)]
    try:
        yield present
    finally:
        for official in present:
            await official.leave()


def address(world: World, port: int) -> Callable[[], str]:
    """Where an official connects."""
    return lambda: f"ws://127.0.0.1:{port}{world.path}"


async def until(condition: Callable[[], bool], why: Callable[[], object], seconds: float = 20) -> None:
    """Wait for something to be true, or say why it is not."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110  the condition is about another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(why()) from None


async def until_all_agree(present: list[Official]) -> str:
    """Wait until every outbox is empty and every screen shows the same; return that text."""
    await until(
        lambda: not any(o.outbox for o in present) and len({o.typist.text for o in present}) == 1,
        lambda: [
            (o.client, o.connections, o.is_connected, len(o.outbox), len(o.acknowledged), o.refusals[-3:])
            for o in present
        ],
    )
    assert not any(official.refusals for official in present)
    return present[0].typist.text


def every_word_once(text: str, present: list[Official]) -> None:
    """Each word that anyone typed stands once in the text."""
    words = Counter(WORD.findall(text))
    typed = {f"w{official.client}-{n}" for official in present for n in range(1, official.typed + 1)}
    assert words.keys() == typed and set(words.values()) == {1}


def test_killing_the_server_again_and_again_loses_nothing(served: Served, world: World, database_url: str) -> None:
    """What was acknowledged, or seen by another, is in the database the moment the process is dead."""
    chance = random.Random(1)

    async def story() -> str:
        async with officials(world, [address(world, served.port)]) as present:
            typing = [asyncio.create_task(official.type_on()) for official in present]
            end = asyncio.get_running_loop().time() + SECONDS
            kills = 0
            while kills < 2 or asyncio.get_running_loop().time() < end:
                await until(lambda: all(official.is_connected for official in present), served.last_words)
                await asyncio.sleep(chance.uniform(0.2, 0.9))
                await asyncio.to_thread(served.kill)
                kills += 1
                await until(lambda: not any(official.is_connected for official in present), served.last_words)
                promised = set[str]().union(*(official.promised() for official in present))
                kept = set(WORD.findall(await asyncio.to_thread(kept_text, database_url, world)))
                assert promised <= kept, promised - kept
                await asyncio.to_thread(served.start)
            for task in typing:
                task.cancel()
            text = await until_all_agree(present)
            every_word_once(text, present)
            assert len(promised) > 20
            return text

    text = asyncio.run(story())
    served.kill()
    assert kept_text(database_url, world) == text


def test_a_network_that_cuts_and_delays_loses_nothing(served: Served, world: World, database_url: str) -> None:
    """Bytes of a connection that was cut arrive after those of the next: told apart, taken once."""

    async def story() -> str:
        with line_to(served.port, storm=Storm()) as line:
            async with officials(world, [address(world, line.port)]) as present:
                typing = [asyncio.create_task(official.type_on()) for official in present]
                await asyncio.sleep(SECONDS)
                for task in typing:
                    task.cancel()
                line.storm = None
                text = await until_all_agree(present)
                every_word_once(text, present)
                assert line.cuts > 5
                return text

    assert asyncio.run(story()) == kept_text(database_url, world)


def test_a_laptop_that_slept_wakes_up_to_everything(served: Served, world: World) -> None:
    """It read nothing, its socket may have been closed meanwhile, and what it had typed is sent."""

    async def story() -> None:
        async with officials(world, [address(world, served.port)]) as present:
            await until(lambda: all(official.is_connected for official in present), served.last_words)
            sleeper, others = present[0], present[1:]
            typing = [asyncio.create_task(official.type_on()) for official in others]
            await asyncio.sleep(SECONDS / 4)
            sleeper.sleep()
            await sleeper.type()
            await asyncio.sleep(SECONDS / 2)
            sleeper.wake()
            for task in typing:
                task.cancel()
            every_word_once(await until_all_agree(present), present)

    asyncio.run(story())


@pytest.fixture
def nats_url() -> Iterator[str]:
    """A real NATS server."""
    binary = Path(sysconfig.get_path("scripts")) / "nats-server"
    port = free_port()
    server = subprocess.Popen([binary, "-a", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL)
    yield f"nats://127.0.0.1:{port}"
    server.terminate()
    server.wait()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_with_a_relay_write_one_text(
    database_url: str, world: World, nats_url: str, tmp_path: Path
) -> None:
    """Officials of either process see each other; one process is killed, comes back, and all converge."""
    settings = {"DATABASE_URL": database_url, "RELAY_URL": nats_url}
    both = [Served(tmp_path / "data", extra=settings) for _ in range(2)]
    for served in both:
        served.start()

    async def story() -> str:
        async with officials(world, [address(world, served.port) for served in both]) as present:
            typing = [asyncio.create_task(official.type_on()) for official in present]
            await asyncio.sleep(SECONDS / 2)
            assert all(len({word.split("-")[0] for word in WORD.findall(o.typist.text)}) == 5 for o in present)
            await asyncio.to_thread(both[0].kill)
            await asyncio.sleep(SECONDS / 4)
            await asyncio.to_thread(both[0].start)
            await asyncio.sleep(SECONDS / 4)
            for task in typing:
                task.cancel()
            text = await until_all_agree(present)
            every_word_once(text, present)
            return text

    try:
        text = asyncio.run(story())
    finally:
        for served in both:
            served.stop()
    assert text == kept_text(database_url, world)
