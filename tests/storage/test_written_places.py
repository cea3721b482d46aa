"""The articles that a line of the register names."""

from motion.live.replaying import catch_up
from motion.rules.register import Line
from motion.rules.steps import Step, StepKind
from storage import register, written_places
from storage.models import Congress
from storage.store import Store
from tests import worlds
from tests.acts.strokes import Hand

TEXT = "## Se loger\n\nUn toit.\n\n## Se soigner\n\nUne navette.\n\n## Se déplacer\n\nUn car.\n"


def step(label: str, part: int, entry: int) -> Step:
    """A stretch of writing."""
    return Step(StepKind.WRITING, 1, part, label, label, entry, entry, entry, entry)


def line_of(store: Store) -> Line:
    """The latest line."""
    congress = store.read_now(lambda db: db.get_one(Congress, 1))
    return store.read_now(register.find, congress, register.Asked(), 1).lines[0]


def test_articles_are_named_in_the_order_of_the_text(sqlite_store: Store) -> None:
    """Whoever began with the third, and came back to the first, wrote in the first and the third."""
    world = worlds.make(sqlite_store, TEXT)
    aline = Hand(world, world.aline, 40)
    aline.type(" rouge", after="Un car")
    aline.type(" blanche", after="Une navette")
    aline.type(" chaud", after="Un toit")
    assert catch_up(sqlite_store, world.motion_id)
    line = line_of(sqlite_store)
    places = sqlite_store.read_now(written_places.places, [line])
    assert places == {line.last: ("Article 1", "Article 2", "Article 3")}


def test_articles_that_moved_keep_the_order_in_which_they_were_written() -> None:
    """They are named as they were called then; ten comes after nine."""
    steps = [step("Article 10", 1, 7), step("Article 9", 2, 8), step("Article 10", 1, 9)]
    assert written_places.in_order(steps, {1: 0, 2: 1}) == ("Article 9", "Article 10")


def test_axes_and_articles_are_in_the_order_of_the_text_as_it_reads() -> None:
    """Their numbers do not compare; a part that was taken out comes last."""
    steps = [step("Axe 2", 4, 7), step("Article 5", 9, 8), step("Article 1", 2, 9)]
    assert written_places.in_order(steps, {2: 0, 4: 1}) == ("Article 1", "Axe 2", "Article 5")
    assert written_places.in_order([], {}) == ()
