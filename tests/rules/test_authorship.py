"""Who typed what, and for whom: counted in what is read and in the source, told step by step."""

from motion.rules.authorship import shares, typed_for_in
from motion.rules.history import Change
from motion.rules.places import Place
from motion.rules.steps import StepKind, Telling
from motion.rules.text import parse

ALINE, YVES, SOLENE = 3, 5, 9
SOURCE = "# Titre\n\nUn **mot** dit par Yves.\n"
RUNS = [(9, None), (12, ALINE), (len(SOURCE) - 21, SOLENE)]
FOR = [(12, None), (16, YVES)]


def test_shares_say_for_whom_an_author_typed() -> None:
    """They are the author's all the same; the signs of the small Markdown are not read."""
    counted = shares(parse(SOURCE), RUNS, FOR).whole
    assert dict(counted.by_official) == {ALINE: 8, SOLENE: 12}
    assert counted.typed_for == ((SOLENE, YVES, 7), (ALINE, YVES, 5))
    assert counted.unattributed == len("Titre")


def test_shares_say_nothing_when_nobody_typed_for_another() -> None:
    """As in most motions."""
    assert shares(parse(SOURCE), RUNS).whole.typed_for == ()


def test_the_source_is_counted_with_its_signs() -> None:
    """The JSON counts all; a template has no author, and what follows the last run is for nobody."""
    assert typed_for_in(RUNS, FOR) == {(ALINE, YVES): 9, (SOLENE, YVES): 7}
    assert typed_for_in(RUNS, [(12, YVES)]) == {(ALINE, YVES): 3}
    assert typed_for_in(RUNS, []) == {}


def test_a_stretch_is_for_one() -> None:
    """Typed at once in one part, for oneself and for somebody: two steps, kept and read again."""
    telling = Telling()
    place = Place(0, "", "", "")
    for entry, typed_for in enumerate((0, YVES, 0, YVES)):
        telling.take(Change(0, 0, "mot ", entry, ALINE, 1_000 * entry, typed_for), place)
    told = [(step.kind, step.official, step.typed_for, step.added) for step in telling.stretches()]
    assert told == [(StepKind.WRITING, ALINE, 0, 8), (StepKind.WRITING, ALINE, YVES, 8)]
    again = Telling.unpack(telling.pack())
    again.take(Change(0, 0, "mot ", 9, ALINE, 5_000, YVES), place)
    assert [step.added for step in again.stretches()] == [8, 12]
