"""Commit, then show: when a window closes, what runs between two, what a failure leaves."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text as sql

from motion.acts import drafting
from motion.live.keeper import Keeper
from motion.live.updates import Struct, encode
from storage.store import Store
from tests.live import world as worlds
from tests.live.world import World, clock


class Desk:
    """A room of the simplest kind: it asks for what it was given and remembers the answers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.number = 1
        self.clock = 0
        self.waiting: list[drafting.Writing] = []
        self.settled: list[int] = []
        self.at: list[float] = []
        self.lost: list[str] = []

    def put(self, keeper: Keeper) -> None:
        actor = self.world.seats[0].actor
        update = encode([Struct(50 + self.clock, 0, 1, None, None, "a")], [])
        client = 50 + self.clock
        self.clock += 1
        self.waiting.append(drafting.Writing(actor, update, bytes(32), (client,), (client,)))
        keeper.want(self)

    def take_window(self) -> drafting.MotionWindow | None:
        taken, self.waiting = self.waiting, []
        return drafting.MotionWindow(self.world.motion_id, self.number, taken) if taken else None

    def settle(self, kept: drafting.MotionKept) -> bool:
        self.number = kept.head.number
        self.settled.append(len(kept.outcomes))
        self.at.append(asyncio.get_running_loop().time())
        return True

    def settle_nothing(self) -> None:
        self.settled.append(0)

    async def make_anew(self, cause: str) -> None:
        self.lost.append(cause)


@pytest.fixture
def world(sqlite_store: Store) -> World:
    return sqlite_store.write_now(worlds.make)


def test_a_quiet_room_does_not_wait_and_a_busy_one_gathers(sqlite_store: Store, world: World) -> None:
    """The first is committed at once; what comes within the window goes together."""

    async def story() -> None:
        keeper = Keeper(sqlite_store, world.congress_id, clock, lambda: 0.2)
        desk = Desk(world)
        loop = asyncio.get_running_loop()
        start = loop.time()
        desk.put(keeper)
        await asyncio.sleep(0.1)
        assert desk.settled == [1] and desk.at[0] - start < 0.1
        for _ in range(5):
            desk.put(keeper)
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.25)
        assert desk.settled == [1, 5] and 0.19 < desk.at[1] - start < 0.35
        await keeper.close()

    asyncio.run(story())


def test_an_act_runs_between_two_windows(sqlite_store: Store, world: World) -> None:
    """What waits is committed first; what comes meanwhile is committed after."""

    async def story() -> None:
        keeper = Keeper(sqlite_store, world.congress_id, clock, lambda: 10.0)
        desk = Desk(world)
        desk.put(keeper)
        await asyncio.sleep(0.1)
        desk.put(keeper)
        async with keeper.between_windows():
            assert desk.settled == [1, 1]
            desk.put(keeper)
            await asyncio.sleep(0.05)
            assert desk.settled == [1, 1]
        await keeper.close()
        assert desk.settled == [1, 1, 1]

    asyncio.run(story())


def test_a_window_that_cannot_be_committed_is_told_to_nobody(
    sqlite_store: Store, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The room is made anew, and the keeper goes on."""

    async def story() -> None:
        keeper = Keeper(sqlite_store, world.congress_id, clock, lambda: 0.01)
        desk = Desk(world)

        def refuse(db: Any) -> None:
            db.execute(
                sql("CREATE TRIGGER full BEFORE INSERT ON draft_update BEGIN SELECT RAISE(ABORT, 'disk full'); END")
            )

        await sqlite_store.write(refuse)
        desk.put(keeper)
        await asyncio.sleep(0.1)
        assert desk.settled == [] and desk.lost == ["commit"]
        await sqlite_store.write(lambda db: db.execute(sql("DROP TRIGGER full")))
        desk.put(keeper)
        await asyncio.sleep(0.1)
        assert desk.settled == [1]
        await keeper.close()

    asyncio.run(story())


class Panic(BaseException):
    """As pycrdt's, which is no Exception."""


@pytest.mark.parametrize("step", ["take_window", "settle_nothing", "settle"])
def test_a_room_that_fails_does_not_stop_the_others(
    sqlite_store: Store, world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It is made anew, whatever it stumbled over and wherever; the keeper goes on for everyone."""

    async def story() -> None:
        keeper = Keeper(sqlite_store, world.congress_id, clock, lambda: 0.01)
        failing, other = Desk(world), Desk(world)

        def fail(*_: object) -> None:
            raise Panic

        monkeypatch.setattr(failing, step, fail)
        if step == "settle_nothing":
            keeper.want(failing)
        else:
            failing.put(keeper)
        await asyncio.sleep(0.1)
        assert len(failing.lost) == 1
        other.number, other.clock = 2, 10
        other.put(keeper)
        await asyncio.sleep(0.1)
        assert other.settled == [1]
        await keeper.close()

    asyncio.run(story())
