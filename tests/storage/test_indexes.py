"""A record has a million entries, nearly all of them keystrokes: what is looked for among the others costs no walk."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from motion.acts import motions
from motion.rules.words import asked
from motion.work.checkpoints import SOLEMN
from storage import (
    contributions,
    due,
    fingerprints,
    followed,
    moderation,
    open_voices,
    pages,
    redactions,
    register,
    replays,
    search,
    signed_roots,
    voices,
    written_voices,
)
from storage.models import Congress, SealedObject
from storage.store import Store
from storage.voices import Asked
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


FEW: dict[str, tuple[Callable[[Session], Any], str]] = {
    "of a department": (lambda db: voices.listed(db, congress(db), Asked(department="99")), "version_department"),
    "of a commune": (lambda db: voices.listed(db, congress(db), Asked(commune="Valbrune")), "version_folded"),
    "of officials": (lambda db: voices.listed(db, congress(db), Asked(official="yes")), "version_official"),
    "by a channel": (lambda db: voices.listed(db, congress(db), Asked(channel="paper")), "contribution_channel"),
    "that are gone": (
        lambda db: open_voices.page(db, congress(db), Asked(state="gone"), 0, 10),
        "contribution_version_gone",
    ),
    "that changed last": (lambda db: open_voices.news(db, congress(db), None, None, 10), "contribution_news"),
    "that a decision changed": (lambda db: open_voices.news(db, congress(db), None, None, 10), "redaction"),
    "not read yet": (lambda db: moderation.queue(db, congress(db), "non-relues", 1), "contribution_unread"),
    "reported": (lambda db: moderation.queue(db, congress(db), "signalees", 1), "message_unsettled"),
    "of a form": (lambda db: contributions.of_sheet(db, 1, 4), "contribution_sheet"),
    "of another tool": (lambda db: contributions.of_foreign(db, 1, "a"), "contribution_foreign_id"),
    "of an address": (lambda db: followed.of_email_secret(db, 1, bytes(32)), "contribution_email_hash"),
    "of a publication": (lambda db: written_voices.passage(db, 1, 3), "version_published"),
    "of receipts": (lambda db: contributions.at_publication(db, 1, [3]), "version_entry"),
    "of files": (lambda db: contributions.kept_as_files(db, ["a"]), "contribution_file_name"),
    "with a word": (lambda db: search.find(db, congress(db), asked("navette")), "search_stem_1"),
}


@pytest.mark.parametrize("look", FEW)
def test_few_contributions_are_found_without_reading_them_all(world: World, look: str) -> None:
    """As SQLite plans it, which counts no rows: the few come from their own index, and no table is read whole."""
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        asked = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plans.extend(step for *_, step in asked)

    ask, index = FEW[look]
    event.listen(world.store.engine, "before_cursor_execute", explain)
    world.store.read_now(ask)
    event.remove(world.store.engine, "before_cursor_execute", explain)
    assert any(index in plan for plan in plans), plans
    assert not [plan for plan in plans if plan.startswith("SCAN") and "contribution" in plan and "INDEX" not in plan]


def test_the_beginning_of_a_word_is_looked_for_in_the_index(store: Store) -> None:
    """On both databases: PostgreSQL would read all stems, were they in the order of a language."""
    world = worlds.make(store)
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if "search_stem.stem >=" in statement:
            how = "EXPLAIN QUERY PLAN" if store.is_sqlite else "EXPLAIN"
            plan = connection.connection.driver_connection.execute(f"{how} {statement}", parameters)
            plans.append(" ".join(str(row[-1]) for row in plan.fetchall()))

    def find(db: Session) -> None:
        if not store.is_sqlite:
            db.execute(text("SET LOCAL enable_seqscan = off"))  # of an empty table, reading it whole is as good
        search.find(db, congress(db), asked("nav"))

    event.listen(world.store.engine, "before_cursor_execute", explain)
    store.read_now(find)
    event.remove(world.store.engine, "before_cursor_execute", explain)
    bounds = "stem>? AND stem<?" if store.is_sqlite else "(congress_id = 1) AND (stem >= 'nav'"
    assert plans and all(bounds in plan for plan in plans), plans


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
