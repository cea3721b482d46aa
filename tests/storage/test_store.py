"""The one door, on both databases."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from storage import ledger
from storage.ledger import NewEntry
from storage.models import Congress, Motion
from storage.store import Store

NOW = datetime(2031, 11, 15, 14, 32, 5, 123000, tzinfo=UTC)


def congress(db: Session, slug: str = "ormeline") -> int:
    row = Congress(
        slug=slug,
        title="Congrès d’Ormeline",
        starts_on=date(2031, 11, 14),
        ends_on=date(2031, 11, 16),
        origin=f"motion.example/{slug}/log",
        created_at=NOW,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


class TestDoor:
    """Commit on return, roll back on any exception."""

    async def _write(self, store: Store) -> None:
        await store.write(congress)

    def test_what_a_write_did_is_there(self, store: Store) -> None:
        """A deed is durable when `write` returns, and times keep their zone."""
        asyncio.run(self._write(store))
        found = store.read_now(lambda db: db.exec(select(Congress)).one())
        assert (found.slug, found.created_at) == ("ormeline", NOW)

    def test_an_exception_leaves_nothing(self, store: Store) -> None:
        """A deed that fails half-way has not happened."""

        def fails(db: Session) -> None:
            congress(db)
            raise ValueError("half-way")

        with pytest.raises(ValueError, match="half-way"):
            store.write_now(fails)
        assert store.read_now(lambda db: db.exec(select(Congress)).all()) == []

    def test_deeds_at_once_do_not_overlap(self, store: Store) -> None:
        """Two hundred appends at once give two hundred numbers without gap or double."""
        number = store.write_now(congress)

        def append(db: Session, at: int) -> int:
            ledger.lock(db, number)
            return ledger.append(db, number, [NewEntry("test", b"%d" % at)], now=NOW)

        async def crowd() -> list[int]:
            return await asyncio.gather(*(store.write(append, at) for at in range(200)))

        assert sorted(asyncio.run(crowd())) == list(range(200))
        assert store.read_now(ledger.size, number) == 200


class TestTables:
    """The tables refuse what the rules never let through."""

    @pytest.mark.parametrize(
        "values",
        [
            {"state": "lost"},
            {"title": ""},
            {"number": -1},
            {"text_number": 3},
            {"votes_for": -3},
            {"state": "adopted"},
            {"state": "rejected", "rejected_at": NOW},
            {"state": "rejected", "digest": "0" * 64, "votes_for": 0},
            {"state": "withdrawn"},
            {"withdrawn_at": NOW},
        ],
    )
    def test_a_motion_that_cannot_be_is_refused(self, store: Store, values: dict[str, object]) -> None:
        """SQLModel validates nothing: the CHECK constraints do."""

        def add(db: Session) -> None:
            number = congress(db)
            motion = Motion(congress_id=number, code="M1", title="Mobilité", created_at=NOW)
            for name, value in values.items():
                setattr(motion, name, value)
            db.add(motion)

        with pytest.raises(IntegrityError):
            store.write_now(add)

    def test_two_congresses_never_share_an_address(self, store: Store) -> None:
        """A slug is unique."""
        store.write_now(congress)
        with pytest.raises(IntegrityError):
            store.write_now(congress)
