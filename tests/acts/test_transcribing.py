"""Typing for others: once for each key, and never confirmed by who typed."""

import itertools
from collections.abc import Iterator

import pytest
from sqlmodel import Session

from motion.acts import contributions, moderation, transcribing
from motion.acts.contributions import Circumstances
from motion.rules.contributions import Channel, ConsentWay, Place, Words
from motion.rules.errors import CheckedAlone, ContributionSettled, NotAllowed, NotFound
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage.models import Collection, Contribution
from storage.store import Store
from tests import worlds
from tests.acts.test_contributions import record, reread, second
from tests.worlds import NOW, World

WORDS = Words("Aline Corbières", "Le car ne passe plus.", True, "maire", Place("Valbrune"))
SALTS: Iterator[bytes] = (number.to_bytes(32, "big") for number in itertools.count(1))


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def note_down(
    world: World, actor: Actor | None = None, key: bytes = b"k" * 32, **said: int
) -> tuple[Contribution, bool]:
    return world.store.write_now(
        transcribing.note_down,
        actor or world.secretariat,
        world.congress_id,
        WORDS,
        ("publish",),
        key=key,
        salt=next(SALTS),
        circumstances=Circumstances(**said),
        now=NOW,
    )


def correct(world: World, actor: Actor, text: str, official_id: int | None = None) -> Contribution:
    words = Words("Aline Corbières", text)
    deed = transcribing.correct
    named = {"official_id": official_id, "salt": next(SALTS), "now": NOW}
    return world.store.write_now(deed, actor, world.congress_id, 1, words, **named)


class TestNoting:
    def test_the_same_key_is_the_same_contribution(self, world: World) -> None:
        """The second time nothing is logged."""
        first, is_new = note_down(world)
        size = len(record(world))
        again, is_new_again = note_down(world)
        assert (first.number, again.number, is_new, is_new_again) == (1, 1, True, False)
        assert len(record(world)) == size
        assert note_down(world, key=b"l" * 32)[0].number == 2

    def test_is_for_the_secretariat(self, world: World) -> None:
        """And of somebody on the roster of this congress."""
        with pytest.raises(NotAllowed):
            note_down(world, Actor(world.congress_id, Role.OFFICIAL, official_id=1))
        with pytest.raises(NotFound):
            note_down(world, official_id=999)
        assert "contribution.receive" not in {entry.kind for entry in record(world)}


class TestCorrecting:
    def test_makes_the_corrector_the_typist(self, world: World) -> None:
        """Who noted it first may then confirm; the record, reread, agrees."""
        contribution, _ = note_down(world)
        other = second(world)

        def check(db: Session, actor: Actor) -> None:
            contributions.check(db, actor, contributions.get(db, world.congress_id, 1), now=NOW)

        world.store.write_now(check, other)
        corrected = correct(world, other, "Le car ne passe plus le jeudi.", 1)
        assert (corrected.version, corrected.typed_by, corrected.checked_by) == (2, other.secretary_id, None)
        with pytest.raises(CheckedAlone):
            world.store.write_now(check, other)
        world.store.write_now(check, world.secretariat)
        assert reread(world, contribution).checked_by == world.secretariat.secretary_id
        assert [entry.kind for entry in record(world)][-2:] == ["contribution.receive", "contribution.check"]

    def test_is_for_what_was_typed_by_others(self, world: World) -> None:
        """What somebody sent by themselves is theirs to correct."""
        world.store.write_now(
            contributions.receive,
            None,
            world.congress_id,
            WORDS,
            Channel.WEB,
            ("publish",),
            how=ConsentWay.ONLINE,
            token_hash=b"t" * 32,
            salt=next(SALTS),
            now=NOW,
        )
        with pytest.raises(ContributionSettled):
            correct(world, world.secretariat, "Autre chose.")

    def test_of_paper_waits_for_another_look(self, world: World) -> None:
        """Also when it had been compared; once it is published it is no longer corrected so."""

        def prepare(db: Session) -> None:
            db.add(Collection(congress_id=world.congress_id, sheets=3))

        world.store.write_now(prepare)
        world.store.write_now(
            contributions.receive,
            world.secretariat,
            world.congress_id,
            WORDS,
            Channel.PAPER,
            ("publish",),
            how=ConsentWay.SIGNED,
            token_hash=b"t" * 32,
            salt=next(SALTS),
            circumstances=Circumstances(sheet=2),
            now=NOW,
        )
        other = second(world)

        def check(db: Session) -> None:
            contributions.check(db, other, contributions.get(db, world.congress_id, 1), now=NOW)

        world.store.write_now(check)
        assert correct(world, world.secretariat, "Le car passe.").state == "awaited"
        world.store.write_now(check)

        def publish(db: Session) -> None:
            moderation.publish(db, other, contributions.get(db, world.congress_id, 1), now=NOW)

        world.store.write_now(publish)
        with pytest.raises(ContributionSettled):
            correct(world, world.secretariat, "Le car repasse.")
