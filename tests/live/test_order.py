"""The order of units is Yjs's, whatever the runs, and what was put in ahead goes without a trace."""

from __future__ import annotations

import random

import pytest
from pycrdt import Doc, Text

from motion.live.order import Order
from motion.live.updates import Id, Struct
from tests.live.editors import run, typed


def units(order: Order) -> list[tuple[int, int]]:
    """Every unit of a document, in its order: (client, clock)."""
    found: list[tuple[int, int]] = []
    piece = order.head.right
    while piece is not None:
        found += [(piece.client, clock) for clock in range(piece.clock, piece.end)]
        piece = piece.right
    return found


def pieces(order: Order) -> list[tuple]:
    """All that an order holds, as values."""
    found: list[tuple] = []
    piece = order.head.right
    while piece is not None:
        assert order.find(Id(piece.client, piece.end - 1)) is piece
        found.append((piece.client, piece.clock, piece.length, piece.origin, piece.right_origin))
        piece = piece.right
    return found


def anything(dice: random.Random, clocks: dict[int, int]) -> Struct:
    """A run beside any known units, contradictory ones too."""

    def known(chance: float) -> Id | None:
        if not clocks or dice.random() > chance:
            return None
        client = dice.choice(list(clocks))
        return Id(client, dice.randrange(clocks[client]))

    client = dice.randrange(1, 5)
    clock = clocks.get(client, 0)
    if clock and dice.random() < 0.2:  # somebody goes on
        return run(client, clock, "z", (client, clock - 1), known(0.3))
    return run(client, clock, dice.choice(["a", "bc", "def"]), known(0.8), known(0.6))


def test_it_is_the_order_of_pycrdt() -> None:
    """Runs by hand, beside any units in any order: the text, put together by it, is pycrdt's after each of them."""
    for seed in range(60):
        dice = random.Random(seed)
        doc: Doc = Doc()
        text = doc.get("text", type=Text)
        order, clocks, letters = Order(), {}, {}
        for turn in range(60):
            new = anything(dice, clocks)
            new = new._replace(text="".join(chr(0x3400 + 4 * turn + at) for at in range(new.length)))
            doc.apply_update(typed(new))
            order.add([new])
            clocks[new.client] = new.clock + new.length
            letters |= {(new.client, new.clock + at): letter for at, letter in enumerate(new.text or "")}
            assert "".join(letters[unit] for unit in units(order)) == str(text), seed


def test_what_was_put_in_ahead_goes_without_a_trace() -> None:
    """Runs put in and taken out again, in part or all, leave every piece as it was; then they may come for good."""
    for seed in range(60):
        dice = random.Random(seed)
        order, clocks = Order(), {}
        for _ in range(25):
            before, coming, states, ahead = pieces(order), dict(clocks), [], []
            for _ in range(dice.randrange(1, 5)):
                states.append(pieces(order))
                ahead.append(anything(dice, coming))
                order.add_ahead(ahead[-1])
                coming[ahead[-1].client] = ahead[-1].clock + ahead[-1].length
            reached, stay = pieces(order), dice.randrange(len(ahead))
            order.rewind(stay)
            assert (order.ahead, pieces(order)) == (stay, states[stay])
            order.rewind()
            assert pieces(order) == before
            for each in ahead:
                order.add([each])
            assert pieces(order) == reached
            clocks = coming


def test_the_runs_of_an_update_come_in_any_order() -> None:
    """Two sections that name each other to and fro are put in as they depend on each other."""
    order = Order()
    to_and_fro = [
        run(1, 0, "a"),
        run(1, 1, "c", (2, 0)),
        run(1, 2, "e", (2, 1)),
        run(2, 0, "b", (1, 0)),
        run(2, 1, "d", (1, 1)),
        run(2, 2, "f", (1, 2)),
    ]
    order.add(to_and_fro)
    assert units(order) == [(1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 2)]
    assert pieces(Order.of(reversed(to_and_fro))) == pieces(order)


def test_runs_without_their_neighbours() -> None:
    """A document that lacks units, or whose units wait for each other, has no order."""
    with pytest.raises(KeyError):
        Order.of([run(1, 0, "a", (2, 0))])
    with pytest.raises(KeyError):
        Order.of([run(1, 0, "a", (2, 0)), run(2, 0, "b", (1, 0))])
    with pytest.raises(KeyError):
        Order.of([run(1, 0, "a", (1, 0))])
