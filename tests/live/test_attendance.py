"""Who is connected: told on joining, when it changes, and across processes; names come along."""

import asyncio

from motion.live import wire
from motion.live.attendance import AGAIN_S, CROWD, NEIGHBOUR_S, NEWCOMER_S, Attendance
from motion.live.relay import MemoryHub, MemoryRelay
from storage.store import Store
from tests.live import world as worlds
from tests.live.world import World, serving, writing


class TestAttendance:
    def test_a_change_is_shown_once(self) -> None:
        """The same list is no news."""
        attendance = Attendance()
        assert attendance.show([8, 7], 0) == (7, 8)
        assert attendance.show([7, 8], 1) is None
        assert attendance.show([], 2) == ()

    def test_at_most_once_a_second_and_more_rarely_in_a_crowd(self) -> None:
        """A thousand who come in at once are not told a thousand times."""
        attendance = Attendance()
        attendance.show([7], 10)
        assert attendance.next_due(3, 10.2) == 11
        assert attendance.next_due(4 * CROWD, 10.2) == 14
        assert attendance.next_due(3, 60) == 60

    def test_other_processes_count_until_they_fall_silent(self) -> None:
        """A process that died takes those connected to it along."""
        attendance = Attendance()
        assert attendance.learn("b", [9, 7], 0) and not attendance.learn("b", [9, 7], 1)
        assert attendance.everyone([7], 1) == (7, 9)
        assert attendance.everyone([7], 1 + NEIGHBOUR_S) == (7,)

    def test_others_are_told_of_changes_and_now_and_then(self) -> None:
        """An empty room has nothing to repeat."""
        attendance = Attendance()
        assert attendance.tell([7], 0) and not attendance.tell([7], 1)
        assert attendance.tell([7], 1, again=True) and attendance.tell([7], 1 + AGAIN_S)
        assert attendance.tell([], 12) and not attendance.tell([], 12 + 2 * AGAIN_S)

    def test_newcomers_are_those_who_came_lately(self) -> None:
        """Going and coming back is coming."""
        attendance = Attendance()
        attendance.show([7], 0)
        attendance.show([7, 8], NEWCOMER_S)
        assert attendance.newcomers(NEWCOMER_S + 1) == [8]


def ids(world: World, *seats: int) -> tuple[int, ...]:
    return tuple(sorted(world.seats[seat].actor.official_id or 0 for seat in seats))


def test_who_comes_and_goes_is_told_with_a_name(sqlite_store: Store) -> None:
    """Those who read in silence count too; the secretariat, who can't write, is not in the list."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            assert aline.messages(wire.Present)[0].officials == ids(world, 0)
            async with (
                writing(served, world, world.seats[1], 12) as yves,
                writing(served, world, world.secretary, 13),
            ):
                assert yves.messages(wire.Present)[0].officials == ids(world, 0, 1)
                await aline.until(lambda: aline.messages(wire.Present)[-1].officials == ids(world, 0, 1))
                named = {card.id for message in aline.messages(wire.Authors) for card in message.officials}
                assert named >= set(ids(world, 0, 1))
            await aline.until(lambda: aline.messages(wire.Present)[-1].officials == ids(world, 0))

    asyncio.run(story())


def test_two_processes_tell_each_other_who_is_there(sqlite_store: Store) -> None:
    """Whoever comes second learns who was there, and the other way round."""
    world = sqlite_store.write_now(worlds.make)
    hub = MemoryHub()

    async def story() -> None:
        async with (
            serving(sqlite_store, MemoryRelay(hub)) as here,
            serving(sqlite_store, MemoryRelay(hub)) as there,
            writing(here, world, world.seats[0], 11) as aline,
        ):
            async with writing(there, world, world.seats[1], 12) as yves:
                for writer in (aline, yves):
                    await writer.until(lambda w=writer: w.messages(wire.Present)[-1].officials == ids(world, 0, 1))  # type: ignore[misc]
            await aline.until(lambda: aline.messages(wire.Present)[-1].officials == ids(world, 0))

    asyncio.run(story())
