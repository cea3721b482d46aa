"""Texts sent whole by a form, merged with what others wrote meanwhile."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.merging import Edit, apply, difference, merge, rebase

WORDS = st.lists(
    st.sampled_from(["le", "la", "car", "soin", "soins", ", ", ". ", " ", " ", "\n", "\n\n", "é", "😀"]), max_size=25
)
TEXT = WORDS.map("".join)


def tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text)


class TestDifference:
    """From one text to another."""

    @given(TEXT | st.text(max_size=60), TEXT | st.text(max_size=60))
    @settings(max_examples=200)
    def test_the_edits_make_the_wanted_text(self, base, wanted):
        """The law of a difference; edits ascend and stand apart."""
        edits = difference(base, wanted)
        assert apply(base, edits) == wanted
        assert all(one.end < other.start for one, other in zip(edits, edits[1:], strict=False))

    @pytest.mark.parametrize(
        ("base", "wanted", "edits"),
        [
            ("le soin gratuit", "le soins gratuit", [Edit(7, 0, "s")]),
            ("une fois par an", "deux fois par mois", [Edit(0, 3, "deux"), Edit(13, 2, "mois")]),
            ("a b", "a b", []),
            ("", "a", [Edit(0, 0, "a")]),
            ("a\n\nb\n\nc", "a\n\nc", [Edit(3, 3, "")]),
        ],
    )
    def test_only_what_changes_is_edited(self, base, wanted, edits):
        """Words that stay keep their author."""
        assert difference(base, wanted) == edits

    def test_edits_that_overlap_are_refused(self):
        """Nothing is applied half."""
        with pytest.raises(ValueError, match="overlap"):
            apply("abcd", [Edit(0, 2, ""), Edit(1, 1, "")])

    @pytest.mark.parametrize("kind", ["prose", "rewritten", "one line", "blank lines", "one word"])
    def test_the_largest_texts_are_compared(self, kind):
        """200,000 characters, changed here and there, or wholly; what grew with their square would not end."""
        prose = "".join(
            f"Alinéa {n} : le congrès demande, pour la commune {n % 97}, des soins.\n\n" for n in range(3000)
        )
        other = {
            "prose": prose.replace("commune 5", "ville 5"),
            "rewritten": "".join(f"Tout est neuf ici, {n * 7}.\n" for n in range(8000)),
            "one line": prose.replace("\n", " "),
            "blank lines": "\n" * 200_000,
            "one word": "a " * 100_000,
        }[kind]
        base = prose.replace("\n", " ").replace("soins", "mots") if kind == "one line" else prose
        base = "a " * 99_999 + "b" if kind == "one word" else base
        assert apply(base, difference(base, other)) == other


class TestMerge:
    """Two who write from the same base."""

    @given(TEXT, TEXT)
    @settings(max_examples=100)
    def test_alone_the_result_is_what_was_wanted(self, base, wanted):
        """Nobody wrote meanwhile."""
        assert apply(base, merge(base, wanted, base)) == wanted
        assert rebase(difference(base, wanted), base, base) == difference(base, wanted)

    @given(TEXT, TEXT)
    @settings(max_examples=100)
    def test_who_changes_nothing_changes_nothing(self, base, current):
        """A form sent as it came takes nothing back; nor does one that asks for what stands already."""
        assert merge(base, base, current) == []
        assert apply(current, merge(base, current, current)) == current

    @given(TEXT, TEXT, TEXT)
    @settings(max_examples=200)
    def test_no_word_that_someone_added_is_lost(self, base, wanted, current):
        """Each word is in the result at least as often as either author added it to the base."""
        merged = Counter(tokens(apply(current, merge(base, wanted, current))))
        assert merged >= Counter(tokens(current)) - Counter(tokens(base))
        assert merged >= Counter(tokens(wanted)) - Counter(tokens(base))

    @given(TEXT, st.integers(0, 30), st.integers(0, 30))
    @settings(max_examples=200)
    def test_new_words_of_both_are_there(self, base, one, other):
        """Two new words put anywhere, even in the same place: both are in the result, whole."""
        wanted = _put(base, one, "MIENS")
        current = _put(base, other, "TIENS")
        merged = apply(current, merge(base, wanted, current))
        assert Counter(tokens(merged)) >= Counter({"MIENS": 1, "TIENS": 1})
        assert Counter(tokens(merged)) == Counter(tokens(base)) + Counter(["MIENS", "TIENS"])

    @given(st.lists(TEXT, min_size=3, max_size=3), TEXT, TEXT)
    @settings(max_examples=200)
    def test_changes_apart_commute(self, parts, mine, theirs):
        """Changes on two sides of an untouched sentence: who comes first does not matter."""
        hinge = "\n\nEntre nous deux, une phrase que personne ne touche.\n\n"
        base = parts[0] + hinge + parts[1]
        wanted = mine + hinge + parts[1]
        current = parts[0] + hinge + theirs
        both = mine + hinge + theirs
        assert apply(current, merge(base, wanted, current)) == both
        assert apply(wanted, merge(base, current, wanted)) == both

    @pytest.mark.parametrize(
        ("base", "wanted", "current", "merged"),
        [
            ("une fois", "deux fois", "trois fois", "trois deux fois"),
            ("une fois", "deux fois", "deux fois", "deux fois"),
            ("le soin", "le soins", "le soient", "le soient soins"),
            ("un car part", "un part", "un car rouge part", "un rouge part"),
            ("un car part", "un grand car part", "un part", "un grand part"),
            ("", "moi", "toi", "toi moi"),
            ("a\n\nb", "a\n\nmoi\n\nb", "a\n\ntoi\n\nb", "a\n\ntoi\n\nmoi\n\nb"),
            ("a b c", "", "a b c d", " d"),
            ("a , b", "a,b", "a ,c b", "a,c b"),
        ],
    )
    def test_conflicts_keep_both(self, base, wanted, current, merged):
        """The same words changed by both: the others' first, then the author's."""
        assert apply(current, merge(base, wanted, current)) == merged


def _put(base: str, index: int, word: str) -> str:
    """The base with a new word between two of its tokens, spaced."""
    found = re.findall(r"\w+|\s|[^\w\s]", base)
    index = min(index, len(found))
    return "".join([*found[:index], f" {word} ", *found[index:]])
