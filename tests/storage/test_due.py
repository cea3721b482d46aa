"""One look says of each thing that happens by itself whether it has something to do."""

from datetime import timedelta

import pytest

from motion.acts import motions, phases
from motion.rules.vocabulary import Phase
from motion.work.checkpoints import SOLEMN, Checkpoints
from storage import due, jobs
from storage.due import Due
from storage.models import PhaseOpening, Witness
from storage.store import Session, Store
from tests import worlds
from tests.worlds import NOW, World

TASKS = ("roster.preview",)
NOTHING = Due(to_sign=False, witnesses=False, jobs=False, phases=False)


@pytest.fixture
def world(store: Store) -> World:
    """A congress whose record is signed."""
    world = worlds.make(store)
    Checkpoints(store, bytes(32)).sign_due(NOW)
    return world


def look(world: World, later: timedelta = timedelta()) -> Due:
    return world.store.read_now(due.look, NOW + later, SOLEMN, TASKS)


def opens(world: World, phase: Phase, later: timedelta) -> None:
    def insert(db: Session) -> None:
        db.add(PhaseOpening(congress_id=world.congress_id, phase=phase, opens_at=NOW + later))

    world.store.write_now(insert)


def test_where_nothing_waits_nothing_is_to_do(world: World) -> None:
    """Nor in a database without any congress."""
    assert look(world) == NOTHING


def test_an_empty_database(store: Store) -> None:
    """Before the first congress."""
    assert store.read_now(due.look, NOW, SOLEMN, TASKS) == NOTHING


def test_a_frozen_text_is_to_be_signed(world: World) -> None:
    """Until it is."""
    world.store.write_now(motions.freeze, world.secretariat, world.motion_id, now=NOW)
    assert look(world) == NOTHING._replace(to_sign=True)
    Checkpoints(world.store, bytes(32)).sign_due(NOW)
    assert look(world) == NOTHING


def test_a_witness_is_asked_until_it_is_given_up(world: World) -> None:
    """A row of its own."""

    def name(db: Session) -> None:
        db.add(Witness(congress_id=world.congress_id, key="k", name="w", url="https://w.example", named_at=NOW))

    def give_up(db: Session) -> None:
        db.get_one(Witness, (world.congress_id, "k")).given_up_at = NOW

    world.store.write_now(name)
    assert look(world) == NOTHING._replace(witnesses=True)
    world.store.write_now(give_up)
    assert look(world) == NOTHING


def test_a_task_waits_until_somebody_has_it(world: World) -> None:
    """And again when whoever had it fell silent; tasks of other kinds are others'."""
    number = world.store.write_now(jobs.add, world.congress_id, "roster.preview", {}, NOW)
    world.store.write_now(jobs.add, world.congress_id, "archive", {}, NOW)
    assert look(world) == NOTHING._replace(jobs=True)
    world.store.write_now(jobs.claim, number, "one", NOW)
    assert look(world) == NOTHING
    assert look(world, jobs.LEASE) == NOTHING._replace(jobs=True)


def test_an_old_file_is_to_be_forgotten(world: World) -> None:
    """Of a task that never began."""
    number = world.store.write_now(jobs.receive, world.congress_id, "roster.preview", {}, NOW)
    world.store.write_now(jobs.keep_piece, number, 0, b"nom;prenoms")
    assert look(world, jobs.FILES_KEPT) == NOTHING
    assert look(world, jobs.FILES_KEPT + timedelta(seconds=1)) == NOTHING._replace(jobs=True)


def test_a_phase_is_to_be_opened_from_its_hour_on(world: World) -> None:
    """In the words of the act itself; an hour behind the phase that is open says nothing."""
    opens(world, Phase.COLLECTION, timedelta(hours=-2))
    opens(world, Phase.FROZEN, timedelta(hours=1))
    assert look(world) == NOTHING
    for later in (timedelta(), timedelta(minutes=59), timedelta(hours=1), timedelta(hours=3)):
        is_due = bool(world.store.read_now(phases.due_phases, now=NOW + later))
        assert look(world, later) == NOTHING._replace(phases=is_due)
    assert look(world, timedelta(hours=1)).phases
