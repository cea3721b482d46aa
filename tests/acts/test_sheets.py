"""Paper forms: numbers that nobody has twice."""

import pytest

from motion.acts import phases, sheets
from motion.rules.errors import CollectionClosed, Invalid, NotAllowed
from motion.rules.vocabulary import Phase
from storage import contributions as rows
from storage.models import Collection
from storage.store import Store
from tests import worlds
from tests.acts.test_contributions import record
from tests.worlds import NOW, World


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def printed(world: World, count: int) -> tuple[int, int]:
    return world.store.write_now(sheets.print, world.secretariat, world.congress_id, count, NOW)


class TestPrinting:
    def test_numbers_follow_one_another_and_are_in_the_record(self, world: World) -> None:
        """Each print begins where the last one ended."""
        assert printed(world, 3) == (1, 3)
        assert printed(world, 500) == (4, 503)
        entries = [entry for entry in record(world) if entry.kind == "sheet.print"]
        assert [(entry.body["first"], entry.body["last"]) for entry in entries] == [(1, 3), (4, 503)]
        assert world.store.read_now(rows.collection, world.congress_id).sheets == 503

    @pytest.mark.parametrize("count", [0, -1, 501])
    def test_has_bounds(self, world: World, count: int) -> None:
        """From one to five hundred; nothing is noted otherwise."""
        with pytest.raises(Invalid):
            printed(world, count)
        assert "sheet.print" not in {entry.kind for entry in record(world)}

    def test_numbers_stay_short(self, world: World) -> None:
        """A hundred thousand are enough for a congress."""
        world.store.write_now(lambda db: db.add(Collection(congress_id=world.congress_id, sheets=99_990)))
        assert printed(world, 10) == (99_991, 100_000)
        with pytest.raises(Invalid):
            printed(world, 1)

    def test_is_for_the_secretariat_of_an_open_congress(self, world: World) -> None:
        """Neither an official nor a closed congress gets numbers."""
        with pytest.raises(NotAllowed):
            world.store.write_now(sheets.print, world.aline, world.congress_id, 1, NOW)
        for phase in (Phase.FROZEN, Phase.ADOPTED, Phase.CLOSED):
            world.store.write_now(phases.open_phase, None, world.congress_id, phase, now=NOW)
        with pytest.raises(CollectionClosed):
            printed(world, 1)
