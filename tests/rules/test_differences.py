"""What changed between two texts: readable, complete, and in bounded time."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.differences import ComparedLine, Comparison, Kind, compare
from tests.effort import calls


def shown(comparison: Comparison) -> list[str]:
    """Lines as `[-removed-]` and `{+added+}`."""
    marks = {Kind.SAME: "%s", Kind.ADDED: "{+%s+}", Kind.REMOVED: "[-%s-]"}
    return ["".join(marks[words.kind] % words.text for words in line.words) for line in comparison.lines]


def side(lines: tuple[ComparedLine, ...], gone: Kind) -> str:
    """One of the two texts again: its words, without blanks."""
    kept = ("".join(words.text for words in line.words if words.kind is not gone) for line in lines)
    return "".join("".join(kept).replace("¶", "").split())


class TestMasks:
    def test_are_known_by_their_place(self) -> None:
        """Of both texts: what was typed with the same sign is another word, and all keep their sign."""
        before, after = "Un élu ▒▒▒ et ▒.\n", "Un élu ▒▒▒ et puis ▒.\n"
        (line,) = compare(before, after, masks=([(7, None), (3, 1)], [(7, None), (3, 1)])).lines
        assert [(str(each.kind), each.text, each.is_masked) for each in line.words] == [
            ("same", "Un élu ", False),
            ("same", "▒▒▒", True),
            ("same", " et ", False),
            ("added", "puis ", False),
            ("same", "▒.", False),
        ]
        (line,) = compare("Un ▒.\n", "Un ▒.\n", masks=([], [(3, None), (1, 1)])).lines
        assert [(str(each.kind), each.text, each.is_masked) for each in line.words if each.kind is not Kind.SAME] == [
            ("removed", "▒", False),
            ("added", "▒", True),
        ]

    def test_a_code_without_a_sign_is_no_mask(self) -> None:
        """Whoever types what the comparison marks them with."""
        comparison = compare("Un mot.\n", "Un mot \ufdd0.\n")
        assert not any(each.is_masked for line in comparison.lines for each in line.words)


class TestWords:
    @pytest.mark.parametrize(
        ("before", "after", "wanted"),
        [
            ("Une navette.", "Une navette gratuite.", ["Une navette{+ gratuite+}."]),
            ("l’accès aux soins", "l’offre de soins", ["l’[-accès aux-]{+offre de+} soins"]),
            ("salarié ou élu", "salarié·e ou élu·e", ["[-salarié-]{+salarié·e+} ou [-élu-]{+élu·e+}"]),
            ("Quoi\u202f?", "Quoi\u202f!", ["Quoi[-\u202f?-]{+\u202f!+}"]),
            ("Un.\n\nDeux.", "Un.\n\nUn et demi.\n\nDeux.", ["Un.", "{+Un et demi.+}", "Deux."]),
            ("Un.\n\nDeux.\n", "Un.\n", ["Un.", "[-Deux.-]"]),
            ("Même.", "Même.\n\n\n", ["Même."]),
            ("", "", []),
        ],
    )
    def test_words_change_by_words(self, before: str, after: str, wanted: list[str]) -> None:
        """With French apostrophes, middle dots and narrow spaces."""
        assert shown(compare(before, after)) == wanted

    def test_a_rewritten_sentence_is_no_confetti(self) -> None:
        """Few words in common: out whole, in whole."""
        before = "Elles demandent le droit de salarier des soignants dans les communes rurales."
        after = "La région organise chaque semaine une tournée de dépistage gratuite et ouverte."
        assert (
            shown(compare(before, after)) == [f"[-{before}-]", f"{{+{after}+}}"]
            or len(compare(before, after).lines[0].words) == 2
        )

    def test_signs_of_a_heading_are_not_words(self) -> None:
        """Its level is."""
        line = compare("## Se loger", "## Se loger mieux").lines[0]
        assert (line.level, [words.text for words in line.words]) == (2, ["Se loger", " mieux"])

    def test_each_addition_says_whose_it_is(self) -> None:
        """Cut where its author changes."""
        words = compare("Un.", "Un deux trois.", [(2, 1), (5, 7), (6, 8), (1, 1)]).lines[0].words
        assert [(each.kind, each.text, each.official) for each in words if each.kind is Kind.ADDED] == [
            (Kind.ADDED, " deux", 7),
            (Kind.ADDED, " trois", 8),
        ]


PARTS = st.sampled_from(["un", "deux", "l’", " ", " ", "\n", "\n\n", "## ", ".", "\u202f!", "é", "😀", "- ", "# "])
TEXTS = st.lists(PARTS, max_size=60).map("".join)


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_both_texts_can_be_read_in_their_comparison(before: str, after: str) -> None:
    """No word is lost or invented; only blanks and signs of headings may go."""
    compared = compare(before, after)
    for text, gone in ((before, Kind.ADDED), (after, Kind.REMOVED)):
        words = "".join(text.split()).replace("#", "").replace("-", "")
        assert side(compared.lines, gone).replace("#", "").replace("-", "") == words


def worst(shape: str, size: int) -> tuple[str, str]:
    """Two texts of `size` characters that are hard to compare."""
    chance = random.Random(shape)
    words = [f"mot{chance.randrange(5_000)}" for _ in range(size // 7)]
    before = " ".join(words)
    match shape:
        case "other":
            after = " ".join(f"truc{chance.randrange(5_000)}" for _ in range(size // 8))
        case "shuffled":
            after = " ".join(chance.sample(words, len(words)))
        case "same words":
            before, after = "a " * (size // 2), "a b " * (size // 4)
        case "one line":
            after = " ".join(word for word in words if chance.random() > 0.2)
        case "lines":
            before, after = "x\n" * (size // 2), "x\ny\n" * (size // 4)
        case "periodic":
            before, after = "ab cd ef\n" * (size // 9), "cd ab ef\n" * (size // 9)
        case _:
            lines = [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)]
            before = "\n".join(lines)
            after = "\n".join(
                line.replace(line.split()[5], "neuf") if chance.random() < 0.5 else line for line in lines
            )
    return before[:size], after[:size]


@pytest.mark.parametrize("shape", ["other", "shuffled", "same words", "one line", "lines", "periodic", "scattered"])
def test_the_worst_texts_cost_in_proportion_to_their_length(shape: str) -> None:
    """Up to 200,000 characters against 200,000; eight times the text, hardly more than eight times the work."""
    pairs = worst(shape, 25_000), worst(shape, 200_000)
    small, large = (calls(lambda pair=pair: compare(*pair)) for pair in pairs)
    assert large < 10 * small
