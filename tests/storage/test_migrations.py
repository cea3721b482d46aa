"""Migrations and models say the same; nothing that was kept is lost on the way."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import storage.models  # noqa: F401  (fills the metadata)
from storage import migrate
from storage.migrations.no_way_back import NoWayBack
from storage.store import Store


def test_the_migrated_tables_are_those_of_the_models(store: Store) -> None:
    """Nobody forgot a migration, on either database."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    """Two processes may start on the same database."""
    assert migrate.is_current(store)
    migrate.upgrade(store)
    assert migrate.is_current(store)


def test_the_tables_refuse_what_the_models_refuse(store: Store) -> None:
    """Every CHECK constraint of a model is in the database, by its name, and no other."""
    inspector = inspect(store.engine)
    for table in SQLModel.metadata.tables.values():
        wanted = {each.name for each in table.constraints if isinstance(each, CheckConstraint)}
        assert {each["name"] for each in inspector.get_check_constraints(table.name)} == wanted, table.name


def at_revision(url: str, revision: str) -> Store:
    """A database as an older version left it, with a motion that was adopted and somebody's words in it."""
    store = Store(url)
    with store.engine.execution_options(motion_writes=True).begin() as connection:
        command.upgrade(migrate.configuration(connection), revision)
        now = datetime(2031, 11, 15, tzinfo=UTC)
        for statement in (
            "INSERT INTO congress (slug, title, place, starts_on, ends_on, time_zone, languages, phase, template,"
            " origin, is_demonstration, created_at) VALUES ('ormeline', 'Ormeline', '', '2031-11-14', '2031-11-16',"
            " 'Europe/Paris', 'fr', 'frozen', 'blank', 'example/ormeline/log', false, :now)",
            "INSERT INTO motion (congress_id, code, title, state, number, last_entry, text, runs, text_number,"
            " text_entry, digest, adopted_at, votes_for, votes_against, abstentions, not_voting, presided_by,"
            " created_at) VALUES (1, 'M1', 'Les trains', 'adopted', 1, 3, 'Un train.', '[]', 1, 2, 'abc', :now,"
            " 3, 1, 0, 0, 'C. R.', :now)",
            "INSERT INTO draft_update (motion_id, number, entry, salt, content, at)"
            " VALUES (1, 1, 2, :salt, :salt, :now)",
        ):
            named = {name: value for name, value in (("now", now), ("salt", b"s")) if f":{name}" in statement}
            connection.execute(text(statement), named)
    return store


def test_a_motion_of_before_is_still_there(database_url: str) -> None:
    """Its table is altered with its rows, and with those that point to it."""
    store = at_revision(database_url, "0001")
    migrate.upgrade(store)
    with store.engine.begin() as connection:
        row = connection.execute(text("SELECT code, state, votes_for, rejected_at, withdrawn_at FROM motion")).one()
        assert tuple(row) == ("M1", "adopted", 3, None, None)
        assert connection.execute(text("SELECT count(*) FROM draft_update WHERE motion_id = 1")).scalar() == 1
    # The references hold again, on the connections that migrated too.
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(text("DELETE FROM motion"))
    store.close()


def test_what_was_kept_before_is_found_and_told_as_after(database_url: str) -> None:
    """Communes are folded; each sign that stands in for a letter is known as such, in a text that lost some."""
    store = at_revision(database_url, "0013")
    now = datetime(2031, 11, 15, tzinfo=UTC)
    with store.engine.execution_options(motion_writes=True).begin() as connection:
        for statement in (
            "INSERT INTO contribution (id, congress_id, number, channel, state, version, published_version, token_hash,"
            " foreign_id, received_at, entry) VALUES (7, 1, 1, 'web', 'published', 1, 1, :salt, '', :now, 3)",
            "INSERT INTO contribution_version (contribution_id, version, name, entry, at, author, is_official, mandate,"
            " commune, commune_code, department_code, title, text, language, is_gone) VALUES (7, 1, 'a', 3, :now, '',"
            " false, '', 'Évry-sur-Orme', '', '', '', '', 'fr', false)",
            "UPDATE motion SET text = 'Un ▒▒▒ et ▒.', redacted_entry = 4",
            "INSERT INTO redaction (congress_id, entry, target, motion_id, decision, kind, name, reason, basis, remedy,"
            " who, is_skeleton, is_masked, at)"
            " VALUES (1, 4, 2, 1, 1, 'effacement', 'a', '', '', '', '', true, true, :now)",
            "INSERT INTO draft_snapshot (motion_id, number, content, at) VALUES (1, 1, :salt, :now)",
        ):
            named = {name: value for name, value in (("now", now), ("salt", b"s")) if f":{name}" in statement}
            connection.execute(text(statement), named)
    migrate.upgrade(store)
    with store.engine.begin() as connection:
        assert connection.execute(text("SELECT commune_folded FROM contribution_version")).scalar() == "evry sur orme"
        assert connection.execute(text("SELECT masked FROM motion")).scalar() == "[[3, 0], [3, 1], [4, 0], [1, 1]]"
        assert connection.execute(text("SELECT count(*) FROM draft_snapshot")).scalar() == 0
    store.close()


def test_a_reference_to_nothing_stops_a_migration(tmp_path: Path) -> None:
    """SQLite's checks are off meanwhile: they are made before the commit, and the database stays as it was."""
    store = at_revision(f"sqlite:///{tmp_path / 'motion.sqlite'}", "0001")
    with sqlite3.connect(tmp_path / "motion.sqlite") as database:
        database.execute("UPDATE draft_update SET motion_id = 9")
    with pytest.raises(IntegrityError):
        migrate.upgrade(store)
    with store.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "0001"
    store.close()


def test_no_migration_is_undone(store: Store) -> None:
    """Whoever asks for the tables of before is told to restore a backup, and the database stays as it is."""
    for script in ScriptDirectory.from_config(migrate.configuration()).walk_revisions():
        with pytest.raises(NoWayBack):
            script.module.downgrade()
    with pytest.raises(NoWayBack, match="restore the backup"), store.engine.connect() as connection, connection.begin():
        command.downgrade(migrate.configuration(connection), "-1")
    assert migrate.is_current(store)
