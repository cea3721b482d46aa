"""A contribution that was refused and is corrected: somebody reads it before it is published, whatever the rule."""

from collections.abc import Callable

import pytest

from motion.acts import contributions, moderation, transcribing
from motion.acts.contributions import Circumstances
from motion.rules.contributions import Channel, Words
from motion.rules.errors import ContributionSettled, NotConfirmedYet
from motion.rules.permissions import Actor
from storage.models import Contribution
from storage.store import Store
from tests import worlds
from tests.acts.test_contributions import (
    KEY,
    SALTS,
    WORDS,
    act,
    kinds,
    nonces,
    published,
    receive,
    reread,
    second,
    set_moderation,
)
from tests.acts.test_sheets import printed
from tests.worlds import NOW, World

BETTER = Words(WORDS.name, "Le car ne passe plus du tout.")


@pytest.fixture
def world(store: Store) -> World:
    """A congress that publishes what it receives, and reads it then."""
    world = worlds.make(store)
    set_moderation(world, "after")
    return world


def refuse(world: World, contribution: Contribution, reason: str = "injure", message: str = "") -> None:
    more = {"key": KEY, "nonces": nonces()}
    act(world, moderation.refuse, contribution, reason, message, actor=world.secretariat, **more)


def revise(world: World, contribution: Contribution, words: Words = BETTER) -> None:
    act(world, contributions.revise, contribution, words, salt=next(SALTS))


def paper(world: World) -> Contribution:
    """A form that somebody typed."""
    printed(world, 3)
    return receive(world, channel=Channel.PAPER, actor=world.secretariat, circumstances=Circumstances(sheet=2))


def correct(world: World, contribution: Contribution, actor: Actor, words: Words = BETTER) -> None:
    """Somebody of the secretariat corrects what was typed."""

    def run(db) -> None:
        number = contribution.number
        more = {"official_id": None, "salt": next(SALTS), "now": NOW}
        transcribing.correct(db, actor, world.congress_id, number, words, **more)

    world.store.write_now(run)


class TestWhereTheCongressReadsAfterwards:
    def test_a_correction_of_what_is_published_is_published(self, world: World) -> None:
        """At once: this is the rule, and what follows its exception."""
        contribution = receive(world)
        revise(world, contribution)
        assert reread(world, contribution).published_version == 2

    @pytest.mark.parametrize("times", [1, 2])
    def test_a_correction_of_what_is_refused_waits(self, world: World, times: int) -> None:
        """However often it is corrected: refusing again and again is no duty of the secretariat."""
        contribution = receive(world)
        refuse(world, contribution)
        for time in range(times):
            revise(world, contribution, Words(WORDS.name, f"La même injure, fois {time}."))
        found = reread(world, contribution)
        assert (found.state, found.published_version, published(world)) == ("received", 0, {})
        act(world, moderation.publish, contribution, actor=world.secretariat)
        assert (reread(world, contribution).state, len(published(world))) == ("published", 1)

    def test_confirming_what_waits_publishes_nothing(self, world: World) -> None:
        """Comparing with what was said is not reading for publication."""
        contribution = receive(world, channel=Channel.SPOKEN, actor=world.secretariat)
        refuse(world, contribution)
        correct(world, contribution, world.secretariat)
        act(world, contributions.check, contribution, actor=second(world))
        assert (reread(world, contribution).state, published(world)) == ("received", {})

    def test_confirming_what_is_published_publishes_nothing_twice(self, world: World) -> None:
        """One entry for one version."""
        contribution = receive(world, channel=Channel.SPOKEN, actor=world.secretariat)
        act(world, contributions.check, contribution, actor=second(world))
        assert kinds(world).count("publish") == 1


class TestPaper:
    def test_its_correction_is_compared_and_read(self, world: World) -> None:
        """Nothing of a refused form is published by correcting it, nor by the comparison."""
        contribution = paper(world)
        refuse(world, contribution, "hors-sujet")
        correct(world, contribution, world.secretariat)
        assert (reread(world, contribution).state, published(world)) == ("awaited", {})
        act(world, contributions.check, contribution, actor=second(world))
        assert (reread(world, contribution).state, published(world)) == ("received", {})

    def test_its_author_s_correction_is_compared_as_well(self, world: World) -> None:
        """The picture of the form has yet to be looked at by a second person."""
        contribution = paper(world)
        refuse(world, contribution, "hors-sujet")
        revise(world, contribution)
        assert (reread(world, contribution).state, published(world)) == ("awaited", {})

    def test_a_refusal_is_not_undone_before_the_comparison(self, world: World) -> None:
        """Who changes their mind still needs a second person."""
        contribution = paper(world)
        refuse(world, contribution, "hors-sujet")
        with pytest.raises(NotConfirmedYet):
            act(world, moderation.publish, contribution, actor=world.secretariat)
        act(world, contributions.check, contribution, actor=second(world))
        act(world, moderation.publish, contribution, actor=world.secretariat)
        assert reread(world, contribution).state == "published"


class TestMail:
    def test_its_author_still_has_to_agree(self, world: World) -> None:
        """A message that was refused before its author agreed, then corrected, waits for both."""
        contribution = receive(world, channel=Channel.MAIL, uses=())
        refuse(world, contribution, "hors-sujet")
        revise(world, contribution)
        assert reread(world, contribution).state == "awaited"
        act(world, contributions.confirm, contribution, ("publish",))
        assert (reread(world, contribution).state, published(world)) == ("received", {})


class TestTakingBackWhatWasRefused:
    @pytest.mark.parametrize("deed", [receive, paper])
    def test_with_words_of_the_secretariat(self, world: World, deed: Callable[[World], Contribution]) -> None:
        """The message of a refusal has no object: taking the contribution back goes past it."""
        contribution = deed(world)
        refuse(world, contribution, message="Vous nommez quelqu’un.")
        act(world, moderation.answer, contribution, "Je ne nomme personne.", salt=next(SALTS))
        act(world, contributions.withdraw, contribution, key=KEY, nonces=nonces())
        assert (reread(world, contribution).state, published(world)) == ("withdrawn", {})
        with pytest.raises(ContributionSettled):
            revise(world, contribution)
