"""What says the like of what: few rare words in common, explained by the words themselves."""

from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.similar import FEW, LEAST_SHARED, MAX_STEMS, MOST_LOOKED_AT, SHOWN, alike, kept, rare, words_of

TEXT = "Les navettes de Brumeval vers la pharmacie ne roulent plus : voilà tout."


class TestStems:
    def test_plural_and_pale_words(self) -> None:
        """One stem for a word and its plural; words that every text has are left out."""
        assert set(kept("La navette et les navettes, alors voilà.")) == set(kept("navette"))
        assert "voila" not in kept(TEXT) and "tout" not in kept(TEXT) and kept("12 000 à 7 h") == ()

    def test_bounded(self) -> None:
        """However long the text."""
        letters = "abcdefghij"
        text = " ".join(f"mot{a}{b}{c}" for a in letters for b in letters for c in letters)
        assert len(kept(text)) == MAX_STEMS

    def test_shown_as_they_stand(self) -> None:
        """With accents, as the author wrote them, in the order of the stems."""
        assert words_of("L’École, la pharmacie", kept("pharmacies écoles")) == ("pharmacie", "école")


class TestHints:
    def test_rare_is_neither_alone_nor_common(self) -> None:
        """A stem that nobody else has brings nothing, and one that many have says nothing."""
        found = rare({"seul": 1, "rare": 2, "peu": FEW, "commun": 501}, 10_000)
        assert found == ("rare", "peu")
        assert len(rare({f"mot{at}": 2 for at in range(300)}, 10_000)) == MOST_LOOKED_AT

    def test_the_rarer_the_heavier(self) -> None:
        """Of two with as many words in common, the one whose words are rarer comes first; too few words are no hint."""
        often, seldom = {"a": 400, "b": 400, "c": 400}, {"d": 2, "e": 2, "f": 2}
        shared = {1: set(often), 2: set(seldom), 3: {"d", "e"}}
        found = alike(shared, often | seldom, 10_000)
        assert [one.number for one in found] == [2, 1]
        assert found[0].shared == ("d", "e", "f")

    @given(st.dictionaries(st.integers(1, 50), st.sets(st.sampled_from("abcdefghijkl"))))
    @settings(max_examples=100, deadline=None)
    def test_laws(self, shared: dict[int, set[str]]) -> None:
        """Few, each with enough in common, the heaviest first."""
        found = alike(shared, {sign: 3 for sign in "abcdefghijkl"}, 60)
        assert len(found) <= SHOWN and all(len(one.shared) >= LEAST_SHARED for one in found)
        assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
