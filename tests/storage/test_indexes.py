"""A record has a million entries, nearly all of them keystrokes: what is looked for among the others costs no walk."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from motion.acts import motions
from motion.work.checkpoints import SOLEMN
from storage import due, fingerprints, pages, redactions, register, replays, search, signed_roots
from storage.models import Congress, SealedObject
from storage.store import Store
from tests import worlds
from tests.worlds import NOW, World


def congress(db: Session) -> Congress:
    """The one congress."""
    return db.exec(select(Congress)).one()


LOOKS: dict[str, Callable[[Session], Any]] = {
    "the page of a motion": lambda db: pages.motion(db, congress(db), "M1"),
    "the past of a motion": lambda db: replays.past(db, congress(db), "M1"),
    "the reason of an act": lambda db: redactions.published_file(db, 1, db.exec(select(SealedObject.name)).one()),
    "a fingerprint": lambda db: fingerprints.recognised(db, 1, bytes(32)),
    "the register, by kind": lambda db: register.find(db, congress(db), register.Asked(kinds=("motion.freeze",)), 10),
    "whether the search is behind": lambda db: search.behind(db, 1),
    "what is solemn and unsigned": lambda db: signed_roots.any_waits(db, SOLEMN),
    "what there is to do": lambda db: due.look(db, NOW, SOLEMN, ("roster.import",)),
    "what is solemn since a root": lambda db: signed_roots.waits_for(db, 1, SOLEMN, 3),
    "the acts for the search": lambda db: search.refresh(db, 1, search.ACTS),
}


@pytest.fixture
def world(sqlite_store: Store) -> World:
    """A motion frozen and opened again."""
    world = worlds.make(sqlite_store)
    sqlite_store.write_now(motions.freeze, world.secretariat, world.motion_id, now=NOW)
    arguments = (world.secretariat, world.motion_id, "Une erreur de nombre.")
    sqlite_store.write_now(motions.unfreeze, *arguments, salt=bytes(32), now=NOW)
    return world


@pytest.mark.parametrize("look", LOOKS)
def test_acts_are_found_by_the_index_that_leaves_keystrokes_out(world: World, look: str) -> None:
    """As SQLite itself plans each query that names kinds."""
    engine = world.store.engine
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if "entry.kind" in statement.partition("WHERE")[2]:
            asked = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(step for *_, step in asked if "entry" in step)

    event.listen(engine, "before_cursor_execute", explain)
    world.store.write_now(LOOKS[look])
    event.remove(engine, "before_cursor_execute", explain)
    assert plans and all("entry_kind" in plan for plan in plans)


def test_a_former_root_is_found_by_its_index(world: World) -> None:
    """A long congress signs a hundred thousand; whoever asks about a fingerprint waits for none of them."""
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if "checkpoint.root =" in statement:
            asked = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(step for *_, step in asked)

    event.listen(world.store.engine, "before_cursor_execute", explain)
    world.store.read_now(fingerprints.recognised, 1, bytes(32))
    event.remove(world.store.engine, "before_cursor_execute", explain)
    assert plans and all("checkpoint_root" in plan for plan in plans)
