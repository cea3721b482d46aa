"""The same room over plain HTTP, for networks that refuse the upgrade."""

import asyncio
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from motion.live import wire
from motion.live.company import POLLS_EVERY_S
from motion.live.fallback import POLLS_PER_S, REQUESTS_AT_ONCE, WHOLE_COSTS
from motion.live.typist import Typist
from storage.store import Store
from tests.live import world as worlds
from tests.live.world import FIRST_TEXT, Seat, Served, World, serving, writing

POST = {"X-Motion-Live": "1"}


async def ask(
    served: Served, path: str, seat: Seat | None, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, list[wire.Message]]:
    """One request; the status and the messages of the answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{served.port}{path}",
        data=body,
        headers=(seat.cookie if seat else {}) | ((POST if body is not None else {}) if headers is None else headers),
    )

    def send() -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, b""

    status, content = await asyncio.to_thread(send)
    return status, [wire.decode_message(frame) for frame in wire.split_frames(content)] if status == 200 else []


def frames(*messages: wire.Message) -> bytes:
    """A body."""
    return wire.join_frames(wire.encode_message(message) for message in messages)


def of(kind: type, messages: list[wire.Message]) -> list[object]:
    return [message for message in messages if isinstance(message, kind)]


def learn(typist: Typist, messages: list[wire.Message]) -> int:
    """Take in what an answer brings; the position."""
    for message in messages:
        if isinstance(message, wire.SyncStep2 | wire.SyncUpdate):
            typist.learn(message.update)
    position = of(wire.Position, messages)[-1]
    assert isinstance(position, wire.Position)
    return position.number


@pytest.fixture
def world(sqlite_store: Store) -> World:
    return sqlite_store.write_now(worlds.make)


def test_one_over_http_and_one_on_a_socket_write_together(sqlite_store: Store, world: World) -> None:
    """Sent with POST, heard by a long poll that ends as soon as there is something."""

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            poor = Typist(12)
            status, answer = await ask(served, f"{world.path}/after/0", world.seats[1])
            number = learn(poor, answer)
            assert (status, number, poor.text) == (200, 1, FIRST_TEXT)
            assert of(wire.State, answer) and of(wire.Authors, answer)

            status, answer = await ask(
                served, world.path, world.seats[1], frames(*(wire.Submit(n, poor.type(0, f"{n} ")) for n in (1, 2)))
            )
            (ack,) = answer
            assert isinstance(ack, wire.Ack) and list(ack.n) == [1, 2] and ack.at.endswith("Z")
            await aline.until(lambda: aline.typist.text == "2 1 " + FIRST_TEXT)

            await asyncio.sleep(1.5)  # until all have been told who came
            waiting = asyncio.create_task(ask(served, f"{world.path}/after/3?wait=20", world.seats[1]))
            await asyncio.sleep(0.2)
            assert not waiting.done()
            await aline.type("Reçu.")
            async with asyncio.timeout(15):
                _, answer = await waiting
            assert learn(poor, answer) == 4 and poor.text == aline.typist.text
            news, newcomers = of(wire.Authors, answer)
            assert isinstance(news, wire.Authors) and isinstance(newcomers, wire.Authors)
            assert news.clients == ((11, world.seats[0].actor.official_id),) and newcomers.clients == ()
            both = tuple(sorted(seat.actor.official_id or 0 for seat in world.seats[:2]))
            assert of(wire.Present, answer) == [wire.Present(both)]
            assert {card.id for card in newcomers.officials} == set(both)
            # Somebody who missed the windows gets them from the database.
            late = Typist(13)
            _, answer = await ask(served, f"{world.path}/after/0", world.seats[2])
            learn(late, answer)
            assert late.text == poor.text
            room = await served.rooms.open(world.motion_id)
            assert world.seats[1].actor.official_id in room.company.everyone()

    asyncio.run(story())


def test_what_a_restarted_process_does_not_remember_it_reads(sqlite_store: Store, world: World) -> None:
    """A number of before the restart is answered from the database."""

    async def story() -> None:
        poor = Typist(12)
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            _, answer = await ask(served, f"{world.path}/after/0", world.seats[1])
            number = learn(poor, answer)
            for word in ("un ", "deux "):
                await aline.until_acknowledged(await aline.type(word))
        async with serving(sqlite_store) as served:
            _, answer = await ask(served, f"{world.path}/after/{number}", world.seats[1])
            assert learn(poor, answer) == 3 and poor.text == FIRST_TEXT + "un deux "
            assert of(wire.SyncUpdate, answer)

    asyncio.run(story())


def test_the_rules_are_those_of_the_socket(sqlite_store: Store, world: World) -> None:
    """Role, foreign client ids, rubbish, cross-site pages and the public are refused here too."""

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            await aline.until_acknowledged(await aline.type("À moi."))
            forged = Typist(11)
            learn(forged, (await ask(served, f"{world.path}/after/0", world.seats[1]))[1])
            update = frames(wire.Submit(1, forged.type(0, "faux")))
            _, answer = await ask(served, world.path, world.seats[1], update)
            (refusal,) = answer
            assert isinstance(refusal, wire.Refusal) and refusal.reason == "client-taken"
            update = frames(wire.Submit(1, Typist(14).type(0, "non")))
            _, answer = await ask(served, world.path, world.secretary, update)
            (refusal,) = answer
            assert isinstance(refusal, wire.Refusal) and refusal.reason == "role"

            seat = world.seats[2]
            assert (await ask(served, world.path, seat, b"\x05\x00"))[0] == 400
            assert (await ask(served, world.path, seat, bytes(70_000)))[0] == 413
            assert (await ask(served, world.path, seat, update, headers={}))[0] == 403
            elsewhere = {"Origin": "https://elsewhere.example"}
            assert (await ask(served, world.path, seat, update, headers=POST | elsewhere))[0] == 403
            cross = {"Sec-Fetch-Site": "cross-site"}
            assert (await ask(served, f"{world.path}/after/0", seat, headers=cross))[0] == 403
            assert (await ask(served, world.path, None, update))[0] == 401
            assert (await ask(served, f"{world.path}/after/0", None))[0] == 401
            assert (await ask(served, "/live/valbrune/M9/after/0", seat))[0] == 404

    asyncio.run(story())


def test_a_poll_hears_soon_who_came(sqlite_store: Store, world: World) -> None:
    """Somebody who comes in wakes those who wait over HTTP, though nobody wrote."""

    async def story() -> None:
        async with serving(sqlite_store) as served:
            await ask(served, f"{world.path}/after/0", world.seats[1])
            await asyncio.sleep(1.5)  # who polls has been told of themselves
            waiting = asyncio.create_task(ask(served, f"{world.path}/after/1?wait=20", world.seats[1]))
            await asyncio.sleep(0.1)
            async with writing(served, world, world.seats[0], 11), asyncio.timeout(POLLS_EVERY_S + 2):
                _, answer = await waiting
            both = tuple(sorted(seat.actor.official_id or 0 for seat in world.seats[:2]))
            assert of(wire.Present, answer) == [wire.Present(both)]
            assert of(wire.Position, answer) == [wire.Position(1)] and not of(wire.SyncUpdate, answer)

    asyncio.run(story())


def test_polls_beyond_the_rate_wait(sqlite_store: Store, world: World) -> None:
    """Asking for everything again and again is slowed, for that session alone, and each is answered."""

    async def story() -> None:
        loop = asyncio.get_running_loop()
        async with serving(sqlite_store) as served:
            began = loop.time()
            answers = await asyncio.gather(*(ask(served, f"{world.path}/after/0", world.seats[1]) for _ in range(6)))
            assert [status for status, _ in answers] == [200] * 6
            assert loop.time() - began >= 0.9 * (6 * WHOLE_COSTS - 3 * WHOLE_COSTS) / POLLS_PER_S
            began = loop.time()
            assert (await ask(served, f"{world.path}/after/0", world.seats[0]))[0] == 200
            assert loop.time() - began < 1

    asyncio.run(story())


def test_a_session_has_a_few_requests_under_way(sqlite_store: Store, world: World) -> None:
    """One more is told to come back, and others are not in its way."""

    async def story() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2 * REQUESTS_AT_ONCE))
        async with serving(sqlite_store) as served:
            await ask(served, f"{world.path}/after/1", world.seats[1])
            await asyncio.sleep(1.5)  # until their coming has been told
            path = f"{world.path}/after/1?wait=5"
            waiting = [asyncio.create_task(ask(served, path, world.seats[1])) for _ in range(REQUESTS_AT_ONCE)]
            await asyncio.sleep(1)
            update = frames(wire.Submit(1, Typist(12).type(0, "non")))
            assert (await ask(served, path, world.seats[1]))[0] == 429
            assert (await ask(served, world.path, world.seats[1], update))[0] == 429
            assert (await ask(served, world.path, world.seats[0], update))[0] == 200
            assert {status for status, _ in await asyncio.gather(*waiting)} == {200}
            assert (await ask(served, world.path, world.seats[1], b""))[0] == 200

    asyncio.run(story())
