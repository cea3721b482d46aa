"""One view of the database while others write, on both kinds."""

import asyncio

import pytest
from sqlmodel import func, select

from motion.acts import redactions
from storage import copying, ledger, queries
from storage.models import Entry
from storage.snapshot import Snapshot
from storage.store import Session, Store
from tests import worlds
from tests.acts.strokes import Hand
from tests.worlds import NOW


def entries(db: Session) -> int:
    """How many entries there are."""
    return db.exec(select(func.count()).select_from(Entry)).one()


def test_it_shows_the_state_of_its_making(store: Store) -> None:
    """However much is written meanwhile, and however often it is asked; a new one shows all of it."""
    world = worlds.make(store)
    hand = Hand(world, world.aline, 40)
    hand.type("Avant.")
    before = store.read_now(entries)
    snapshot = Snapshot(store)
    for letter in "Après.":
        hand.type(letter)
        assert snapshot.read_now(entries) == before
        assert snapshot.read_now(ledger.size, world.congress_id) == before
    assert asyncio.run(snapshot.read(entries)) == before
    congress = snapshot.read_now(queries.congresses)[0]
    assert snapshot.read_now(copying.standing, congress).entries == before
    snapshot.close()
    assert store.read_now(entries) == before + 6  # the store that it was taken from goes on
    later = Snapshot(store)
    assert later.read_now(entries) == before + 6
    later.close()


def test_what_is_taken_out_meanwhile_is_seen_to_the_end(store: Store) -> None:
    """An update that another transaction replaces is still the former one here: a copy is of one state."""
    world = worlds.make(store)
    hand = Hand(world, world.aline, 40)
    said = hand.type("Un propos interdit.")
    hand.erase("Un propos interdit.")
    snapshot = Snapshot(store)
    request = store.write_now(
        redactions.prepare, world.secretariat, 1, [said], "effacement", "diffamation", "auteur", None, now=NOW
    )
    store.write_now(
        redactions.carry_out, world.secretariat, 1, request.id, copy=None, key=bytes(32), nonces=[bytes(12)], now=NOW
    )
    congress = store.read_now(queries.congresses)[0]
    assert snapshot.read_now(copying.standing, congress).withdrawn == 0
    snapshot.close()
    assert store.read_now(copying.standing, congress).withdrawn > 0


def test_it_writes_nothing(store: Store) -> None:
    """Neither through the door, nor past it on PostgreSQL, which refuses by itself."""
    worlds.make(store)
    snapshot = Snapshot(store)
    with pytest.raises(TypeError):
        snapshot.write_now(entries)
    with pytest.raises(TypeError):
        asyncio.run(snapshot.write(entries))
    snapshot.close()
    assert store.write_now(entries) == store.read_now(entries)
