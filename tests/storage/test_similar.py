"""The stems of contributions in the database: found along an index, on both databases; gone with the words."""

import itertools

import pytest
from sqlalchemy import event, func, insert, select

from motion.acts import contributions
from motion.rules.contributions import Channel, ConsentWay, Words
from storage import similar
from storage.models import Contribution, ContributionStem, ContributionVersion
from storage.store import Store
from tests import worlds
from tests.worlds import NOW, World

SALTS = (number.to_bytes(32, "big") for number in itertools.count(1))
NAVETTE = "La navette de Brumeval vers la pharmacie ne roule plus le soir."


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def receive(world: World, text: str) -> Contribution:
    """Receive something."""
    salt = next(SALTS)
    return world.store.write_now(
        contributions.receive,
        None,
        world.congress_id,
        Words("Solène Marchebrune", text),
        Channel.WEB,
        ("publish",),
        how=ConsentWay.ONLINE,
        token_hash=salt,
        salt=salt,
        now=NOW,
    )


def near(world: World, number: int, text: str) -> list[int]:
    """The numbers of what says the like."""

    def run(db):
        found = contributions.get(db, world.congress_id, number)
        return [one.contribution.number for one in similar.near(db, found, text)]

    return world.store.read_now(run)


def test_found_by_the_last_version(world: World) -> None:
    """A correction is compared by its new words, no longer by the old ones."""
    first, second = receive(world, NAVETTE), receive(world, "Plus de navette entre Brumeval et la pharmacie.")
    assert near(world, second.number, NAVETTE) == [first.number]

    def revise(db) -> None:
        found = contributions.get(db, world.congress_id, first.number)
        contributions.revise(db, found, Words("Solène Marchebrune", "Rien."), salt=next(SALTS), now=NOW)

    world.store.write_now(revise)
    assert near(world, second.number, NAVETTE) == []


def test_gone_with_the_words(world: World) -> None:
    """What is withdrawn leaves no stem behind, and is no hint."""
    first, second = receive(world, NAVETTE), receive(world, NAVETTE)

    def withdraw(db) -> None:
        found = contributions.get(db, world.congress_id, first.number)
        nonces = (number.to_bytes(12, "big") for number in itertools.count(1))
        contributions.withdraw(db, found, key=bytes(32), nonces=nonces, now=NOW)

    world.store.write_now(withdraw)
    assert near(world, second.number, NAVETTE) == []

    def left(db) -> int:
        query = select(func.count()).where(ContributionStem.contribution_id == first.id)
        return db.execute(query).scalar_one()

    assert world.store.read_now(left) == 0


def test_the_work_does_not_grow(world: World) -> None:
    """As many statements among a thousand contributions as among two, and none reads the text of another."""
    own = receive(world, NAVETTE)
    receive(world, "Plus de navette entre Brumeval et la pharmacie.")

    def statements() -> list[str]:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        event.listen(world.store.engine, "before_cursor_execute", note)
        try:
            assert near(world, own.number, NAVETTE)
        finally:
            event.remove(world.store.engine, "before_cursor_execute", note)
        return [statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]

    few = statements()

    def fill(db) -> None:
        numbers = range(100, 1_100)
        common = dict(congress_id=world.congress_id, channel="web", state="received", received_at=NOW, entry=0)
        rows = [common | dict(number=at, token_hash=at.to_bytes(32, "big"), version=1) for at in numbers]
        db.execute(insert(Contribution), [Contribution(**row).model_dump(exclude={"id"}) for row in rows])
        ids = db.execute(select(Contribution.id).where(Contribution.number >= 100)).scalars().all()
        stems = [
            dict(congress_id=world.congress_id, contribution_id=one, stem=stem)
            for one in ids
            for stem in ("soir", "roul", f"mot{one}")
        ]
        db.execute(insert(ContributionStem), stems)

    world.store.write_now(fill)
    many = statements()
    assert len(many) == len(few)
    assert sum(ContributionVersion.__tablename__ in statement for statement in many) == 1  # of the one that is shown
