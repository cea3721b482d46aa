"""Words that stand in a text when they are withdrawn or destroyed: masked, and everything else stays."""

import json

import pytest

from motion.acts import motions, redactions
from motion.acts.motions import ShowOfHands
from motion.rules.errors import (
    TextChangedMeanwhile,
    WordsInText,
)
from motion.rules.redactions import MASK
from motion.rules.text import digest
from storage import drafts
from storage import redactions as kept
from storage.store import Store
from tests import worlds
from tests.acts.strokes import Hand
from tests.acts.withdrawing import (
    KEY,
    WORDS,
    freeze,
    index,
    is_anywhere,
    motion_of,
    prepare,
    renew_copy,
    replay,
    take_out,
)
from tests.worlds import NOW, World


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


class TestWordsInTheText:
    """The secretariat takes nothing out of a text that officials are writing."""

    def test_words_that_stand_in_an_open_text_are_refused(self, world: World) -> None:
        """Even if only a part of them is left."""
        aline, yves = Hand(world, world.aline, 40), Hand(world, world.yves, 50)
        said = aline.type(WORDS)
        with pytest.raises(WordsInText) as refused:
            prepare(world, [said])
        assert refused.value.words == WORDS
        yves.erase("propos ")
        with pytest.raises(WordsInText) as refused:
            prepare(world, [said])
        assert refused.value.words == "Un interdit."

    def test_words_that_come_back_by_undo_are_others(self, world: World) -> None:
        """An undo types them anew: that update is another, and stands in the text."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        again = aline.type(WORDS)
        take_out(world, [said])
        with pytest.raises(WordsInText):
            prepare(world, [again])

    def test_in_a_frozen_text_they_are_masked(self, world: World) -> None:
        """The text, its authors and a later replay all show the mask; the vote will be on what is shown."""
        aline, yves = Hand(world, world.aline, 40), Hand(world, world.yves, 50)
        said = aline.type(" Un 😀 propos.")
        yves.type(" Et ceci reste.")
        frozen = freeze(world)
        before = motion_of(world)
        index(world)
        take_out(world, [said])
        after = motion_of(world)
        assert after.text == before.text.replace(" Un 😀 propos.", MASK * 14)
        assert after.digest == digest(after.text) != frozen
        assert after.text_number == before.text_number
        draft = replay(world)
        assert draft.text() == after.text
        assert [[*run] for run in draft.runs()] == json.loads(after.runs)
        assert not is_anywhere(world, "propos")

    def test_destroyed_after_they_were_withdrawn_they_are_masked_still(self, world: World) -> None:
        """The second decision is one of those that the mask names; of other words nothing is said."""
        aline = Hand(world, world.aline, 40)
        said, deleted = aline.type(" Un propos."), aline.type(" Un autre.")
        aline.erase(" Un autre.")
        freeze(world)
        for kind, reason in (("retrait", "vie-privee"), ("effacement", "rgpd-17")):
            take_out(world, [said, deleted], kind, reason=reason)
        for entry, is_masked in ((said, True), (deleted, False)):
            rows = world.store.read_now(kept.of_entry, world.congress_id, entry)
            assert [(row.kind, row.is_masked) for row in rows] == [("retrait", is_masked), ("effacement", is_masked)]

    def test_the_digest_of_a_vote_stays(self, world: World) -> None:
        """It says on which text people voted; the text that is shown is masked all the same."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        digest = freeze(world)
        result = ShowOfHands(1, 0, 0, 0, "Aline Corbières")
        world.store.write_now(
            motions.adopt, world.secretariat, world.motion_id, result, expected_digest=digest, now=NOW
        )
        take_out(world, [said])
        after = motion_of(world)
        assert after.text.endswith(MASK * len(WORDS)) and (after.state, after.digest) == ("adopted", digest)

    def test_a_text_that_is_opened_again_keeps_its_mask(self, world: World) -> None:
        """Officials see where something was, and take the mask out if they wish."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        freeze(world)
        take_out(world, [said])
        world.store.write_now(
            motions.unfreeze, world.secretariat, world.motion_id, "On reprend.", salt=bytes(32), now=NOW
        )
        yves = Hand(world, world.yves, 50)
        assert yves.hear().endswith(MASK * len(WORDS))
        yves.erase(MASK * len(WORDS))
        renew_copy(world)
        assert MASK not in motion_of(world).text

    def test_a_text_that_moved_meanwhile_is_not_masked_over(self, world: World) -> None:
        """The copy was made from what is no longer the text."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        freeze(world)
        request = prepare(world, [said])
        stale = drafts.ReadingCopy("", "[]", 1, 1, NOW)
        for copy in (None, stale):
            with pytest.raises(TextChangedMeanwhile):
                world.store.write_now(
                    redactions.carry_out,
                    world.secretariat,
                    world.congress_id,
                    request,
                    copy=copy,
                    key=KEY,
                    nonces=[bytes(12)],
                    now=NOW,
                )
        assert WORDS in motion_of(world).text and is_anywhere(world, WORDS)
