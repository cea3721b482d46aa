"""Finding what people typed, deleted or not; and the mask that stands in for it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motion.live import passages
from motion.live.updates import DeleteRange, Id, Struct, encode, inserted_text, masked, parse, skeleton, utf16_length
from motion.rules.redactions import MASK
from storage.store import Store
from tests import worlds
from tests.acts import strokes
from tests.acts.strokes import Hand
from tests.worlds import NOW, World


@pytest.fixture
def world(sqlite_store: Store) -> World:
    return worlds.make(sqlite_store, "")


def search(world: World, words: str, **more: int) -> list[passages.Passage]:
    """What a search finds."""
    return world.store.read_now(passages.search, world.motion_id, words, **more)


class TestSearch:
    """By what was typed, in the order of typing."""

    def test_words_are_found_across_changes_with_exactly_their_entries(self, world: World) -> None:
        """Letter by letter, while somebody else types between the letters."""
        aline, yves = Hand(world, world.aline, 40), Hand(world, world.yves, 50)
        entries = []
        for letter in "un mot dur.":
            entries.append(aline.type(letter))
            yves.type("y")
        aline.erase("myoyt")  # with what Yves typed in between; what is deleted is found all the same
        (found,) = search(world, "mot dur")
        assert (found.before, found.found, found.after) == ("un ", "mot dur", ".")
        assert (found.first_entry, found.last_entry) == (entries[3], entries[9])
        assert found.official_id == world.aline.official_id
        between = world.store.read_now(passages.entries_between, world.motion_id, found.first_entry, found.last_entry)
        assert between == entries[3:10]

    @pytest.mark.parametrize("words", ["ELEVE", "élevé", "  eleve ", "l'élève", "e\u0301leve\u0301"])
    def test_accents_capitals_and_apostrophes_do_not_count(self, world: World, words: str) -> None:
        """Whoever searches rarely knows how it was typed."""
        Hand(world, world.aline, 40).type("Dire à l’ÉLÈVE\u00a0: non")
        assert [one.found for one in search(world, words)] in (["ÉLÈVE"], ["l’ÉLÈVE"])

    def test_every_place_is_found_and_the_latest_comes_first(self, world: World) -> None:
        """Of one official, when asked."""
        aline, yves = Hand(world, world.aline, 40), Hand(world, world.yves, 50)
        aline.type("non, non")
        yves.type("non")
        assert [one.official_id for one in search(world, "non")] == [
            world.yves.official_id,
            world.aline.official_id,
            world.aline.official_id,
        ]
        assert world.yves.official_id is not None
        assert len(search(world, "non", official_id=world.yves.official_id)) == 1

    def test_a_long_pause_ends_a_stretch(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """And so does a length that nobody reads at a glance."""
        aline = Hand(world, world.aline, 40)
        aline.type("avant")
        monkeypatch.setattr(strokes, "NOW", NOW + timedelta(seconds=61))
        aline.type("apres")
        assert search(world, "avantapres") == []
        assert [one.found for one in search(world, "")] == ["apres", "avant"]
        aline.type("x" * passages.MOST_CHARACTERS)
        assert len(search(world, "")) == 3

    def test_an_entry_that_is_no_update_begins_nothing(self, world: World) -> None:
        """Such as the creation of the motion."""
        assert world.store.read_now(passages.entries_between, world.motion_id, 0, 99) == []


class TestMask:
    """U+2592 for each UTF-16 unit."""

    @given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40), st.integers(0, 9))
    def test_the_mask_has_the_skeleton_of_what_it_hides(self, text: str, gone: int) -> None:
        """So whoever has the skeleton makes the same mask, and nothing else moves."""
        length = utf16_length(text)
        update = encode(
            [Struct(7, 3, length, Id(9, 1), None, text), Struct(7, 3 + length, 2, Id(7, 2 + length), None, None)],
            [DeleteRange(9, gone, 1)],
        )
        read = parse(update)
        if not isinstance(read, tuple):
            return  # a character that is refused at the door
        assert skeleton(masked(update)) == skeleton(update)
        assert masked(skeleton(update)) == masked(update) == masked(masked(update))
        assert inserted_text(masked(update)) == MASK * length

    def test_bytes_that_are_no_update_have_no_mask(self) -> None:
        """They were never accepted."""
        with pytest.raises(ValueError, match="no mask"):
            masked(b"\xff")
