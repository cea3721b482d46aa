"""The named steps of a motion: what reads well when one or many write."""

from motion.rules.history import Change, Pieces
from motion.rules.places import Places
from motion.rules.steps import MINUTE_MS, Deed, Step, StepKind, Telling, around, steps

TEXT = "# Titre\n\nIntro.\n\n## Se loger\n\nUn toit.\n\n## Se soigner\n\nUne navette.\n"
ARTICLE_1, ARTICLE_2 = TEXT.index("Un toit"), TEXT.index("Une navette")
ALINE, YVES = 1, 2


class Writing:
    """A text being written: `type` at a minute, entries two apart."""

    def __init__(self, text: str = TEXT) -> None:
        self.places = Places(Pieces(text))
        self.telling = Telling()
        self.entry = 10

    def type(self, official: int, position: int, minute: float, new: str = "mot ", deleted: int = 0) -> int:
        self.entry += 2
        change = Change(position, deleted, new, self.entry, official, round(minute * MINUTE_MS))
        self.telling.take(change, self.places.take(change))
        return self.entry

    def told(self) -> list[tuple[StepKind, int, str, int, int]]:
        kept = Telling.unpack(self.telling.pack())
        return [(s.kind, s.official, s.label, s.added, s.removed) for s in kept.stretches()]


class TestStretches:
    def test_one_person_in_one_article_is_one_stretch(self) -> None:
        """Until a pause of three minutes."""
        writing = Writing()
        for minute in (0, 1, 3.5, 8):
            writing.type(ALINE, ARTICLE_1, minute)
        assert writing.told() == [
            (StepKind.WRITING, ALINE, "Article 1", 12, 0),
            (StepKind.WRITING, ALINE, "Article 1", 4, 0),
        ]

    def test_two_who_write_at_once_have_one_stretch_each(self) -> None:
        """Not one for each sentence."""
        writing = Writing()
        for turn in range(20):
            writing.type(ALINE, ARTICLE_1, turn / 10)
            writing.type(YVES, ARTICLE_2 + 4 * (turn + 1), turn / 10)
        assert writing.told() == [
            (StepKind.WRITING, ALINE, "Article 1", 80, 0),
            (StepKind.WRITING, YVES, "Article 2", 80, 0),
        ]

    def test_going_back_and_forth_makes_one_stretch_in_each_article(self) -> None:
        """By one person."""
        writing = Writing()
        for turn in range(5):
            writing.type(ALINE, ARTICLE_1, turn)
            writing.type(ALINE, ARTICLE_2 + 4 * (turn + 1), turn + 0.5, "", deleted=1)
        assert [(label, added, removed) for _kind, _who, label, added, removed in writing.told()] == [
            ("Article 1", 20, 0),
            ("Article 2", 0, 5),
        ]

    def test_an_hour_without_a_pause_is_cut(self) -> None:
        """In stretches of twenty minutes."""
        writing = Writing()
        for minute in range(60):
            writing.type(ALINE, ARTICLE_1, minute)
        assert [added for *_rest, added, _removed in writing.told()] == [84, 84, 72]

    def test_a_quarter_of_an_hour_without_a_word_is_a_pause(self) -> None:
        """Whoever writes before and after."""
        writing = Writing()
        before = writing.type(ALINE, ARTICLE_1, 0)
        writing.type(YVES, ARTICLE_2, 20)
        pause = writing.telling.stretches()[1]
        assert (pause.kind, pause.last_entry, pause.first_at, pause.last_at) == (
            StepKind.PAUSE,
            before,
            0,
            20 * MINUTE_MS,
        )


class TestPlaces:
    def test_an_article_keeps_its_identity_when_another_comes_before_it(self) -> None:
        """Its number is another."""
        writing = Writing()
        writing.type(ALINE, ARTICLE_1, 0)
        writing.type(YVES, TEXT.index("## Se loger"), 1, "## Se nourrir\n\nDu pain.\n\n")
        writing.type(ALINE, writing.places.text.text().index("Un toit"), 2)
        stretch = next(step for step in writing.telling.stretches() if step.official == ALINE)
        assert (stretch.label, stretch.added) == ("Article 2", 8)

    def test_the_damier_counts_what_was_written_by_ten_minutes_and_part(self) -> None:
        """Deletions apart, the service apart."""
        writing = Writing()
        writing.type(ALINE, ARTICLE_1, 1)
        writing.type(YVES, ARTICLE_1, 9, "abc", deleted=4)
        writing.type(YVES, ARTICLE_2, 11)
        writing.type(0, ARTICLE_2, 12, "modèle")
        one, two = (place.part for place in writing.places.named()[1:])
        assert writing.telling.cells() == {(0, one): 7, (1, two): 4}


def a_step(kind: StepKind, first: int, last: int) -> Step:
    return Step(kind, 1, None, "", "", first, last, 0, 0)


class TestSteps:
    def test_what_the_service_wrote_first_belongs_to_the_opening(self) -> None:
        """A template, an imported file."""
        writing = Writing("")
        for piece in ("# Titre\n\n", "## Un\n"):
            writing.type(0, len(writing.places.text.text()), 0, piece)
        writing.type(ALINE, 0, 1)
        told = steps(writing.telling.stretches(), [Deed("motion.create", 9, 0), Deed("motion.freeze", 99, 3)])
        assert [step.kind for step in told] == [StepKind.OPENING, StepKind.WRITING, StepKind.FREEZE]
        assert (told[0].first_entry, told[0].last_entry, told[0].added) == (9, 14, 15)

    def test_around_an_entry(self) -> None:
        """Previous and next lead to another text; a pause has none of its own."""
        one, pause, two = a_step(StepKind.WRITING, 1, 5), a_step(StepKind.PAUSE, 5, 5), a_step(StepKind.WRITING, 6, 9)
        told = [one, pause, two]
        assert around(told, 3) == (None, one, one)
        assert around(told, 5) == (None, one, two)
        assert around(told, 9) == (one, two, None)
        assert around(told, 12) == (two, None, None)
