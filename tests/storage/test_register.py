"""The register's look-ups, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from motion.rules.errors import NotFound
from storage import register
from storage.models import Congress, Entry, Official
from storage.store import Store
from tests import worlds
from tests.worlds import NOW


@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 2**53, 2**64])
def test_a_number_that_no_column_holds_is_none_of_the_record(store: Store, number: int) -> None:
    """Whoever asks for it gets an answer, and no failure."""
    worlds.make(store)
    congress = store.read_now(lambda db: db.exec(select(Congress)).one())
    with pytest.raises(NotFound):
        store.read_now(register.entry, congress, number)
    assert store.read_now(register.find, congress, register.Asked(before=number), 10).lines
    assert not store.read_now(register.find, congress, register.Asked(since=number), 10).lines
    assert not store.read_now(register.find, congress, register.Asked(official=number), 10).lines


ALDERMEN = 260  # more than are named one by one
ENTRIES = 900


def fill(db: Session) -> None:
    """An alderwoman of each town, of whom three wrote a word; a deputy wrote the rest."""
    for number in range(ALDERMEN):
        db.add(
            Official(
                congress_id=1, family_name=f"ECHEVINE-{number}", first_names="Ada", mandate="échevine", created_at=NOW
            )
        )
    deputy = Official(congress_id=1, family_name="ADJOINTE", first_names="Ada", mandate="adjointe", created_at=NOW)
    db.add(deputy)
    db.flush()
    aldermen = db.exec(select(Official.id).where(Official.mandate == "échevine").order_by(Official.id)).all()
    start = (db.exec(select(Entry.number).order_by(Entry.number.desc())).first() or 0) + 1  # type: ignore[attr-defined]
    for number in range(ENTRIES):
        who = {100: aldermen[40], 101: aldermen[50], 700: aldermen[-1]}.get(number, deputy.id)
        at = NOW + timedelta(minutes=10 * number)
        db.add(Entry(congress_id=1, number=start + number, kind="crdt.update", at=at, official_id=who, content=b""))


def explained(store: Store, asked: register.Asked) -> tuple[register.Found, list[str]]:
    """What is found, and how SQLite looks for the entries of the page."""
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if statement.startswith("SELECT entry.number, entry.kind"):
            rows = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(step for *_, step in rows if " entry " in step)

    congress = store.read_now(lambda db: db.get_one(Congress, 1))
    event.listen(store.engine, "before_cursor_execute", explain)
    found = store.read_now(register.find, congress, asked, 50)
    event.remove(store.engine, "before_cursor_execute", explain)
    return found, plans


class TestAWordOfManyPeople:
    @pytest.mark.parametrize(("named", "gathered"), [(200, 50_000), (200, 0), (0, 50_000), (0, 0)])
    def test_however_it_is_looked_for_the_same_is_found(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, named: int, gathered: int
    ) -> None:
        """One by one or by a query, gathered person by person or met from the latest."""
        worlds.make(store)
        store.write_now(fill)
        monkeypatch.setattr(register, "MOST_NAMED", named)
        monkeypatch.setattr(register, "MOST_GATHERED", gathered)
        congress = store.read_now(lambda db: db.get_one(Congress, 1))
        start = store.read_now(lambda db: max(db.exec(select(Entry.number)).all())) - ENTRIES + 1

        def numbers(most: int = 50, **asked: Any) -> list[int]:
            found = store.read_now(register.find, congress, register.Asked(**asked), most)
            return [line.last - start for line in found.lines]

        assert numbers(person="échevine") == [700, 101, 100]
        assert numbers(person="échevine", before=start + 700) == [101, 100]
        assert numbers(person="échevine", kinds=("motion.freeze",)) == []
        assert numbers(person="adjointe", most=3) == [899, 898, 897]
        assert numbers(person="zzyzx") == [] and numbers(person="échevine-7") == []

    def test_thousands_who_wrote_next_to_nothing_cost_no_walk(self, sqlite_store: Store) -> None:
        """Their entries are taken from the index of people; those of who wrote most of it, from the latest."""
        worlds.make(sqlite_store)
        sqlite_store.write_now(fill)
        for word in ("échevine", "échevine-25", "adjointe"):
            found, plans = explained(sqlite_store, register.Asked(person=word))
            assert found.lines and plans and all("entry_official" in plan for plan in plans), word

    def test_who_wrote_most_of_a_long_record_is_met_from_the_latest(
        self, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Gathering all of theirs would cost more."""
        worlds.make(sqlite_store)
        sqlite_store.write_now(fill)
        monkeypatch.setattr(register, "MOST_GATHERED", 800)
        for word, index in (("adjointe", "autoindex_entry"), ("échevine", "entry_official")):
            _found, plans = explained(sqlite_store, register.Asked(person=word))
            assert plans and all(index in plan for plan in plans), plans
