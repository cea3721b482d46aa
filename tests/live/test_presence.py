"""Presence: a place from the client, a name from the server, little and seldom."""

from __future__ import annotations

import asyncio
import json

import pytest

from motion.live import presence, wire
from motion.live.audience import Audience
from motion.live.carets import Carets
from motion.live.draft import Draft
from motion.live.knowledge import Author
from motion.live.presence import MAX_STATE_BYTES, Claim, Place, Presences, Who, read_claims
from motion.live.reservations import Reservations
from motion.live.wire import MalformedMessage, read_bytes, read_varuint, varuint
from storage.store import Store
from tests.live import world as worlds
from tests.live.world import serving, writing

alice, bob = Author(1, 10), Author(2, 20)
ROCHE, BRUN = Who(10, "A. Roche", "e"), Who(20, "B. Brun", "r")
HERE = Place(5, 3, 0)


def payload(*states: tuple[int, int, object]) -> bytes:
    out = varuint(len(states))
    for client, clock, state in states:
        text = json.dumps(state).encode()
        out += varuint(client) + varuint(clock) + varuint(len(text)) + text
    return out


def read(octets: bytes | None) -> dict[int, tuple[int, object]]:
    """The states in an awareness payload: client -> (clock, state)."""
    if octets is None:
        return {}
    count, at = read_varuint(octets, 0)
    states = {}
    for _ in range(count):
        client, at = read_varuint(octets, at)
        clock, at = read_varuint(octets, at)
        state, at = read_bytes(octets, at)
        assert len(state) <= MAX_STATE_BYTES
        states[client] = (clock, json.loads(state))
    assert at == len(octets)
    return states


class TestClaims:
    """What a client says of itself."""

    def test_ours_and_that_of_a_standard_editor(self) -> None:
        """Our three numbers; y-codemirror's relative position; neither; goodbye."""
        head = {"type": None, "tname": None, "item": {"client": 5, "clock": 3}, "assoc": -1}
        assert read_claims(
            payload(
                (7, 1, {"c": [5, 3, 0]}),
                (8, 2, {"user": {"name": "Mme la Présidente"}, "cursor": {"anchor": head, "head": head}}),
                (9, 3, {"user": {}}),
                (10, 4, None),
            )
        ) == [
            Claim(7, 1, True, Place(5, 3, 0)),
            Claim(8, 2, True, Place(5, 3, -1)),
            Claim(9, 3, True, None),
            Claim(10, 4, False, None),
        ]

    @pytest.mark.parametrize(
        "state",
        [{"c": [1, 2]}, {"c": ["1", 2, 0]}, {"c": [1, 2, True]}, {"c": [-1, 2, 0]}, {"c": [1, 2**40, 0]}]
        + [{"c": [1, 2, 7]}, {"c": [2**60, 1, 0]}, {"c": [1.5, 1, 0]}, {"cursor": None}, [], 5, "x"],
        ids=json.dumps,
    )
    def test_a_caret_that_is_none(self, state: object) -> None:
        """Present, place unknown: nothing of what was sent goes further."""
        assert read_claims(payload((7, 1, state))) == [Claim(7, 1, True, None)]

    @pytest.mark.parametrize(
        "octets",
        [b"", b"\x01", b"\x01\x01\x01\x05nul", b"\x01\x01\x01\x03nul", b"\x00\x00", b"\x05"]
        + [payload((1, 1, None)) + b"\x00", b"\x01\x01\x01" + varuint(1500) + b"[" * 1500, b"\x01\x01\x01\x01\xff"],
        ids=lambda octets: octets[:6].hex(),
    )
    def test_what_is_no_awareness(self, octets: bytes) -> None:
        """Malformed bytes and JSON that would overflow a reader."""
        with pytest.raises(MalformedMessage):
            read_claims(octets)

    def test_news_of_everybody_after_a_cut(self) -> None:
        """A standard client that was away repeats what it knew of hundreds: passed over."""
        assert read_claims(payload(*((client, 1, {"c": [5, 3, 0]}) for client in range(200)))) == []
        assert len(read_claims(payload(*((client, 1, None) for client in range(50))))) == 8


class TestShowing:
    """What the others see."""

    def test_name_and_role_are_the_servers(self) -> None:
        """Whatever the client calls itself; exactly the fields of the contract."""
        room = Presences()
        assert room.announce("a", alice, ROCHE, Claim(7, 1, True, HERE), {}, 0.0)
        shown = {7: (1, {"o": 10, "n": "A. Roche", "r": "e", "c": [5, 3, 0]})}
        assert read(room.due(0.0)) == shown
        assert read(room.everyone()) == shown
        assert room.due(0.5) is None

    def test_a_long_name_gives_way(self) -> None:
        """80 bytes, with the longest numbers that there are."""
        room = Presences()
        who = Who(2**31, "Éléonore-Victoire de La Tour-d’Auvergne-Lauraguais", "r")
        room.announce("a", alice, who, Claim(7, 1, True, Place(2**53 - 1, 2**31 - 1, -1)), {}, 0.0)
        _, state = read(room.due(0.0))[7]
        assert state["n"] and who.short_name.startswith(state["n"])

    def test_at_most_once_a_second(self) -> None:
        """Between two, the last place counts; a client's own count goes with it."""
        room = Presences()
        for clock in range(5):
            at = clock / 10
            room.announce("a", alice, ROCHE, Claim(7, clock, True, Place(5, clock, 0)), {}, at)
            assert (room.due(at) is not None) == (clock == 0)
        assert room.next_due(0.5) == 1.0
        assert read(room.due(1.0))[7] == (4, {"o": 10, "n": "A. Roche", "r": "e", "c": [5, 4, 0]})

    def test_idle_means_gone(self) -> None:
        """Five seconds in one place: null, once; a renewal does not count, a move brings them back."""
        room = Presences()
        room.announce("a", alice, ROCHE, Claim(7, 1, True, HERE), {}, 0.0)
        room.due(0.0)
        room.announce("a", alice, ROCHE, Claim(7, 2, True, HERE), {}, 3.0)
        assert room.due(3.0) is None
        assert room.next_due(3.0) == 5.0
        assert read(room.due(5.0)) == {7: (2, None)}
        assert room.everyone() is None
        assert room.next_due(5.0) is None
        room.announce("a", alice, ROCHE, Claim(7, 3, True, Place(5, 4, 0)), {}, 6.0)
        assert room.due(6.0) is not None

    def test_leaving_and_saying_goodbye(self) -> None:
        """Null for all, at once; nothing about someone whom nobody was shown."""
        room = Presences()
        room.announce("a", alice, ROCHE, Claim(7, 1, True, None), {}, 0.0)
        room.announce("b", bob, BRUN, Claim(8, 1, True, HERE), {}, 0.0)
        assert read(room.due(0.0))[7] == (1, {"o": 10, "n": "A. Roche", "r": "e"})
        room.leave("a")
        assert room.announce("b", bob, BRUN, Claim(8, 2, False, None), {}, 0.1)
        assert room.announce("b", bob, BRUN, Claim(8, 3, False, None), {}, 0.1)
        assert room.next_due(0.1) == 0.1
        assert read(room.due(0.1)) == {7: (1, None), 8: (1, None)}
        room.announce("a", alice, ROCHE, Claim(7, 2, True, None), {}, 0.2)
        room.leave("a")
        assert room.due(0.2) is None

    def test_coming_back_before_the_goodbye_was_sent(self) -> None:
        """A quick reload is seen as one who stayed."""
        room = Presences()
        room.announce("a", alice, ROCHE, Claim(7, 1, True, HERE), {}, 0.0)
        room.due(0.0)
        room.leave("a")
        room.announce("c", alice, ROCHE, Claim(7, 2, True, HERE), {}, 0.5)
        assert read(room.due(0.5))[7][1] is not None


class TestForging:
    """A client id is one connection's."""

    def test_showing_oneself_under_the_id_of_another(self) -> None:
        """Attack: an id bound to another session, or shown by another connection, is not Bob's to move."""
        room = Presences()
        assert not room.announce("b", bob, BRUN, Claim(7, 1, True, HERE), {7: alice}, 0.0)
        room.announce("a", alice, ROCHE, Claim(7, 1, True, HERE), {}, 0.0)
        assert not room.announce("b", bob, BRUN, Claim(7, 9, True, HERE), {}, 0.0)
        assert not room.announce("b", bob, BRUN, Claim(7, 9, False, None), {}, 0.0)
        assert read(room.due(0.0))[7][1]["o"] == 10

    def test_ones_own_id_through_a_new_connection(self) -> None:
        """After a cut the new socket takes over, and the old one's end takes nothing away."""
        room = Presences()
        bindings = {7: alice}
        room.announce("old", alice, ROCHE, Claim(7, 1, True, HERE), bindings, 0.0)
        room.due(0.0)
        assert room.announce("new", alice, ROCHE, Claim(7, 2, True, HERE), bindings, 0.5)
        room.leave("old")
        assert read(room.due(1.0))[7] == (2, {"o": 10, "n": "A. Roche", "r": "e", "c": [5, 3, 0]})

    def test_many_ids_at_once(self) -> None:
        """Attack: one connection shows a crowd; two are taken."""
        room = Presences()
        taken = [room.announce("b", bob, BRUN, Claim(c, 1, True, HERE), {}, 0.0) for c in range(5)]
        assert taken == [True, True, False, False, False]


def test_states_from_another_process_reach_newcomers_here() -> None:
    """What a neighbour process sent is kept until it says null; ours is not overwritten by it."""
    here, there = Presences(), Presences()
    there.announce("x", alice, ROCHE, Claim(7, 1, True, HERE), {}, 0.0)
    sent = there.due(0.0)
    assert sent is not None
    here.learn(sent, 0.0)
    here.announce("b", bob, BRUN, Claim(8, 1, True, HERE), {}, 0.0)
    here.learn(payload((8, 5, {"o": 99})), 0.0)
    everyone = read(here.everyone())
    assert everyone[7] == read(sent)[7]
    assert everyone[8][1]["o"] == 20
    assert read(here.due(0.0)).keys() == {8}
    here.learn(payload((7, 1, None)), 1.0)
    assert read(here.everyone()).keys() == {8}


def test_those_of_a_process_that_died_do_not_stay() -> None:
    """Nobody says goodbye for them: after ten seconds they are gone here."""
    room = Presences()
    room.learn(payload((7, 3, {"o": 10})), 0.0)
    assert room.next_due(0.0) == 10.0
    assert room.due(9.0) is None
    assert read(room.due(10.0)) == {7: (3, None)}
    assert room.everyone() is None


def test_an_idle_room_forgets_those_of_a_process_that_died(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to move for it."""
    monkeypatch.setattr(presence, "NEIGHBOUR_IDLE_S", 0.05)

    async def story() -> None:
        sent: asyncio.Queue[bytes] = asyncio.Queue()
        carets = Carets(Audience(1), Draft(), Reservations(), sent.put_nowait)
        carets.learn(payload((7, 3, {"o": 10})))
        assert carets.everyone_message() is not None
        assert read(await asyncio.wait_for(sent.get(), 5)) == {7: (3, None)}
        assert carets.everyone_message() is None
        carets.close()

    asyncio.run(story())


def test_a_caret_that_moves_is_seen_moving(sqlite_store: Store) -> None:
    """In a quiet room the second place is shown a second after the first, not when its owner falls idle."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with (
            serving(sqlite_store) as served,
            writing(served, world, world.seats[0], 11) as aline,
            writing(served, world, world.seats[1], 12) as yves,
        ):

            def places() -> set[int]:
                texts = [bytes(message.payload) for message in aline.messages(wire.Awareness)]
                return {clock for clock in (0, 1) for text in texts if f'"c":[7,{clock},0]'.encode() in text}

            for clock in (0, 1):
                state = {"c": [7, clock, 0]}
                await yves.socket.send(wire.encode_message(wire.Awareness(payload((12, clock + 1, state)))))
                await aline.until(lambda clock=clock: clock in places(), 3)  # type: ignore[misc]
                await asyncio.sleep(0.3)

    asyncio.run(story())
