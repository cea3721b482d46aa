"""A client id that somebody has announced waits for them."""

import asyncio

from motion.live import wire
from motion.live.reservations import IDS_PER_OFFICIAL, RESERVED_S, Reservations
from storage.store import Store
from tests.live import world as worlds
from tests.live.world import FIRST_TEXT, serving, writing

ALINE, YVES = 7, 8


class TestReservations:
    def test_who_announced_first_keeps_it(self) -> None:
        """Announcing it too changes nothing; the same official, in another session, may use it."""
        reservations = Reservations()
        reservations.announce(11, ALINE, 0)
        reservations.announce(11, YVES, 1)
        assert reservations.is_for_another(11, YVES, 2)
        assert not reservations.is_for_another(11, ALINE, 2)
        assert not reservations.is_for_another(12, YVES, 2)

    def test_it_lasts_ten_minutes_after_it_was_last_announced(self) -> None:
        """Then it is anyone's."""
        reservations = Reservations()
        reservations.announce(11, ALINE, 0)
        reservations.announce(11, ALINE, 100)
        assert reservations.is_for_another(11, YVES, RESERVED_S + 99)
        assert not reservations.is_for_another(11, YVES, RESERVED_S + 100)
        reservations.announce(11, YVES, RESERVED_S + 100)
        assert reservations.is_for_another(11, ALINE, RESERVED_S + 101)

    def test_nobody_reserves_many(self) -> None:
        """The latest count."""
        reservations = Reservations()
        for client in range(100):
            reservations.announce(client, ALINE, client)
        kept = [client for client in range(100) if reservations.is_for_another(client, YVES, 100)]
        assert kept == list(range(100 - IDS_PER_OFFICIAL, 100))


def caret(client: int) -> bytes:
    """An editor's first word of itself: at the start of the text."""
    state = b'{"c":[7,0,0]}'
    payload = wire.varuint(1) + wire.varuint(client) + wire.varuint(1) + wire.varuint(len(state)) + state
    return wire.encode_message(wire.Awareness(payload))


def test_an_id_seen_in_a_caret_cannot_be_taken_before_its_owner_writes(sqlite_store: Store) -> None:
    """Another session that writes under it first is refused, alone; the owner's first words are taken."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with (
            serving(sqlite_store) as served,
            writing(served, world, world.seats[0], 11) as aline,
            writing(served, world, world.seats[1], 11) as thief,
            writing(served, world, world.seats[2], 13) as yves,
        ):
            await aline.socket.send(caret(11))
            await thief.until(lambda: bool(thief.messages(wire.Awareness)))
            stolen = await thief.type("volé ")
            honest = await yves.type("juste ", at=0)
            await thief.until(lambda: bool(thief.messages(wire.Refusal)))
            refusal = thief.messages(wire.Refusal)[0]
            assert (refusal.n, refusal.reason) == (stolen, "client-taken") and refusal.sentence
            await yves.until_acknowledged(honest)
            await aline.until_acknowledged(await aline.type("mien ", at=0))
            room = await served.rooms.open(world.motion_id)
            assert sorted(room.text.removesuffix(FIRST_TEXT).split()) == ["juste", "mien"]

    asyncio.run(story())
