"""Two processes, one text: with the relay, and without a word from it."""

import asyncio
import subprocess
import sysconfig
from pathlib import Path

import pytest

from motion.acts import motions
from motion.live import wire
from motion.live.relay import MemoryHub, MemoryRelay, NatsRelay, News, Topic, decode, encode, from_url
from storage.store import Store
from tests.databases import free_port
from tests.live import world as worlds
from tests.live.world import clock, serving, writing


@pytest.mark.parametrize("is_heard", [True, False], ids=["relay", "silence"])
def test_two_processes_apply_in_the_order_of_the_numbers(store: Store, is_heard: bool) -> None:
    """Writers of both see each other's words; without the relay, a little later."""
    world = store.write_now(worlds.make)
    hub = MemoryHub()
    relays = [MemoryRelay(hub if is_heard else None) for _ in range(2)]

    async def story() -> None:
        async with (
            serving(store, relays[0]) as here,
            serving(store, relays[1]) as there,
            writing(here, world, world.seats[0], 11) as aline,
            writing(there, world, world.seats[1], 12) as yves,
        ):
            for index in range(8):
                await aline.type(f"a{index} ")
                await yves.type(f"y{index} ")
                await asyncio.sleep(0.01)
            words = {f"{who}{index}" for who in "ay" for index in range(8)}
            for writer in (aline, yves):
                await writer.until(lambda writer=writer: words <= set(writer.typist.text.split()), 10)  # type: ignore[misc]
            assert aline.typist.text == yves.typist.text
            rooms = [await served.rooms.open(world.motion_id) for served in (here, there)]
            assert rooms[0].runs == rooms[1].runs and rooms[0].number == rooms[1].number == 17
            await here.rooms.run_act(
                world.motion_id, motions.freeze, world.secretary.actor, world.motion_id, now=clock()
            )
            await yves.until(lambda: not yves.messages(wire.State)[-1].may_write)

    asyncio.run(story())


def test_an_update_answered_by_a_process_that_died_is_known_to_the_other(store: Store) -> None:
    """The same session sends the same bytes through another process: acknowledged, kept once."""
    world = store.write_now(worlds.make)

    async def story() -> None:
        async with serving(store) as here, serving(store) as there:
            async with (
                writing(here, world, world.seats[0], 11) as first,
                writing(there, world, world.seats[0], 11) as second,
            ):
                one, two = first.typist.type(0, "Un "), first.typist.type(0, "Deux ")
                await first.until_acknowledged(await first.submit(one))
                await second.submit(one)
                await second.until_acknowledged(await second.submit(two))
                assert second.acknowledged == {1, 2}
            room = await there.rooms.open(world.motion_id)
            assert room.number == 3 and room.text.startswith("Deux Un ")

    asyncio.run(story())


def test_revoking_is_heard_by_the_other_process(sqlite_store: Store) -> None:
    """A session is over everywhere."""
    world = sqlite_store.write_now(worlds.make)
    hub = MemoryHub()

    async def story() -> None:
        async with serving(sqlite_store, MemoryRelay(hub)) as here, serving(sqlite_store, MemoryRelay(hub)) as there:
            async with writing(there, world, world.seats[0], 11) as aline:
                assert world.seats[0].actor.session_id is not None
                await here.rooms.revoke(world.seats[0].actor.session_id)
                async with asyncio.timeout(60):
                    await aline.socket.wait_closed()
                assert aline.socket.close_code == 4401

    asyncio.run(story())


def test_nats_carries_news_to_others_and_survives_its_server() -> None:
    """A process does not hear itself; the server's death loses what was said meanwhile and nothing else."""
    port = free_port()

    def start() -> "subprocess.Popen[bytes]":
        binary = Path(sysconfig.get_path("scripts")) / "nats-server"
        return subprocess.Popen([binary, "-a", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL)

    async def story() -> None:
        server = start()
        relays = [from_url(f"nats://127.0.0.1:{port}") for _ in range(2)]
        assert all(isinstance(relay, NatsRelay) for relay in relays)
        heard: list[list[News]] = [[], []]
        for _ in range(100):
            try:
                await relays[0].start(heard[0].append)
                break
            except OSError:
                await asyncio.sleep(0.05)
        await relays[1].start(heard[1].append)
        said = News(Topic.PRESENCE, 7, payload=b"\x00\xff")
        relays[0].publish(said)
        async with asyncio.timeout(60):
            while not heard[1]:  # noqa: ASYNC110  `receive` is called, not awaited
                await asyncio.sleep(0.01)
        assert heard == [[], [said]]
        server.kill()
        server.wait()
        relays[0].publish(News(Topic.NUMBER, 7, 1))
        server = start()
        async with asyncio.timeout(60):
            while len(heard[1]) < 2 or heard[1][-1].number != 99:
                relays[0].publish(News(Topic.NUMBER, 7, 99))
                await asyncio.sleep(0.1)
        for relay in relays:
            await relay.close()
        server.terminate()
        server.wait()

    asyncio.run(story())


def test_news_that_nobody_understands_is_passed_over() -> None:
    """Rubbish on the subject, or a later version's topic."""
    news = News(Topic.NUMBER, 3, 12)
    assert decode(encode(news, b"a"), b"b") == news
    assert decode(encode(news, b"a"), b"a") is None
    for rubbish in (b"", b"\xff", encode(news, b"a")[:-1], encode(news, b"a").replace(b"number", b"nvmber")):
        assert decode(rubbish, b"b") is None
