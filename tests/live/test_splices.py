"""What an update did to a text is what pycrdt's own event says, and costs no walk through the text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text

from motion.live.order import Order
from motion.live.splices import BLOCK, Layout, Splice
from motion.live.updates import ANY_SIZE, DeleteRange, Struct, Update, encode, masked, parse
from tests.effort import calls
from tests.live import pasts
from tests.live.editors import Editor, run
from tests.live.test_order import anything, units


class Watched:
    """A document that pycrdt watches: its event, in characters."""

    def __init__(self) -> None:
        self.doc: Doc = Doc()
        self.text = self.doc.get("text", type=Text)
        self._deltas: list = []
        self._watch = self.text.observe(lambda event: self._deltas.append(event.delta))

    def take(self, update: bytes) -> list[Splice]:
        before = str(self.text).encode()
        self.doc.apply_update(update)
        splices, at = [], 0
        for delta in self._deltas:
            for step in delta:
                if "retain" in step:
                    at += step["retain"]
                    continue
                place = len(before[:at].decode())
                if "insert" in step:
                    splices.append(Splice(place, 0, step["insert"]))
                    before = before[:at] + step["insert"].encode() + before[at:]
                    at += len(step["insert"].encode())
                else:
                    splices.append(Splice(place, len(before[at : at + step["delete"]].decode()), ""))
                    before = before[:at] + before[at + step["delete"] :]
        self._deltas.clear()
        assert before.decode() == str(self.text)
        return splices


def in_order(dice: random.Random, clocks: dict[int, int], order: Order) -> Struct:
    """A run whose left neighbour stands before its right one; what `admission` refuses besides may be among them."""
    places = {unit: place for place, unit in enumerate(units(order))}
    while True:
        new = anything(dice, clocks)
        if new.origin is None or new.right_origin is None or places[new.origin] < places[new.right_origin]:
            order.add([new])
            clocks[new.client] = new.clock + new.length
            return new


def same(updates: list[bytes], *, every: int = 1) -> Layout:
    """Both say the same of each update."""
    watched, layout = Watched(), Layout()
    for number, update in enumerate(updates):
        assert layout.take(parse(update, ANY_SIZE)) == watched.take(update), number
        if number % every == 0:
            assert layout.text() == str(watched.text)
    assert layout.text() == str(watched.text)
    # Whoever begins at a whole state lays the same text out.
    begun = Layout()
    begun.take(parse(watched.doc.get_update(), ANY_SIZE))
    assert begun.text() == layout.text()
    return layout


def test_of_a_real_text_it_is_what_pycrdt_says() -> None:
    """Two people, 8,000 recorded changes, many of them concurrent."""
    same([past.content for past in pasts.real([1, 2], 8_000)], every=100)


@given(st.integers(0, 2**32), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_of_made_up_typing_it_is_what_pycrdt_says(seed: int, people: int) -> None:
    """Pastes, headings, emoji, deletions by others, news that come late; and the same once it is masked."""
    updates = [past.content for past in pasts.made_up(seed, range(1, people + 1), 120)]
    same(updates)
    same([masked(update) if number % 5 == 0 else update for number, update in enumerate(updates)])


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_of_any_update_it_is_what_pycrdt_says(seed: int) -> None:
    """By hand: runs beside any units, several in one update, deletions of what just came and of what is deleted."""
    dice = random.Random(seed)
    clocks: dict[int, int] = {}
    order = Order()
    updates = []
    for _ in range(40):
        structs: list[Struct] = []
        for _ in range(dice.choice([0, 1, 1, 2, 3])):
            new = in_order(dice, clocks, order)
            text = "".join(dice.choice(["a", "é", "▒", "z"]) for _ in range(new.length))
            structs.append(new._replace(text=None if dice.random() < 0.1 else text))
        deletes = []
        for client in sorted(clocks, reverse=True):
            if dice.random() < 0.3:
                at = dice.randrange(clocks[client])
                deletes.append(DeleteRange(client, at, dice.randint(1, min(4, clocks[client] - at))))
        # Sections of one client each, as `parse` asks for.
        structs.sort(key=lambda struct: (-struct.client, struct.clock))
        updates.append(encode(structs, deletes))
    watched, layout = Watched(), Layout()
    for number, update in enumerate(updates):
        assert layout.take(parse(update, ANY_SIZE)) == watched.take(update), number
        assert layout.text() == str(watched.text)


def test_a_character_of_two_units_is_cut_beside_and_not_inside() -> None:
    """An emoji is one character here and two units there."""
    editor = Editor(7)
    editor.type(0, "a😀b😀c")
    editor.type(2, "é")
    editor.cut(3, 5)
    same(editor.outbox)


def test_what_does_not_follow_is_refused() -> None:
    """A gap, what was taken already, neighbours and deletions of nobody."""
    layout = Layout()
    layout.take(Update((run(1, 0, "abc"),), ()))
    for update in (
        Update((run(1, 5, "x", (1, 2)),), ()),
        Update((run(1, 0, "abc"),), ()),
        Update((run(2, 0, "x", (3, 0)),), ()),
        Update((), (DeleteRange(1, 2, 2),)),
    ):
        with pytest.raises(KeyError):
            layout.take(update)
    assert layout.text() == "abc"


def test_typing_here_and_there_costs_a_look_at_each_block() -> None:
    """In a text of 20,000 pieces an update costs a few hundred calls, where a walk would be 20,000."""
    chance = random.Random(4)
    layout = Layout()
    layout.take(Update((run(1, 0, "abcd" * 10_000),), ()))

    def put(client: int) -> None:
        at = chance.randrange(39_999)
        layout.take(Update((run(client, 0, "x", (1, at), (1, at + 1)),), ()))

    for client in range(2, 10_000):
        put(client)
    assert len(layout._blocks) > 20_000 // BLOCK
    assert calls(lambda: [put(client) for client in range(10_000, 10_100)]) < 100 * 200
