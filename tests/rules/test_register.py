"""Entries in lines, as people read them."""

from datetime import UTC, datetime, timedelta

from motion.record.kinds import KINDS as RECORD_KINDS
from motion.rules.register import KINDS, PAUSE, Line, Row, lines

NOON = datetime(2031, 11, 15, 12, tzinfo=UTC)


def rows(*said: tuple[int, str, int | None]) -> list[Row]:
    """Entries of motion 1 from the latest: (seconds after noon, kind, official); numbers rise with time."""
    return [
        Row(number, kind, NOON + timedelta(seconds=seconds), 1, official)
        for number, (seconds, kind, official) in reversed(list(enumerate(said)))
    ]


def told(found: list[Line | int]) -> list[tuple[int, int, int]]:
    """First and last entry, and updates, of each line."""
    return [(line.first, line.last, line.updates) for line in found if isinstance(line, Line)]


class TestStretches:
    """A stretch of typing is one line."""

    def test_what_one_person_types_is_one_line(self) -> None:
        """With the binding that opens it."""
        said = rows((0, "client.bind", 1), (1, "crdt.update", 1), (2, "crdt.update", 1))
        assert told(list(lines(said, 10))) == [(0, 2, 2)]

    def test_two_who_write_at_once_make_two_lines(self) -> None:
        """By their last keystroke."""
        said = rows((0, "crdt.update", 1), (1, "crdt.update", 2), (2, "crdt.update", 1), (3, "crdt.update", 2))
        assert told(list(lines(said, 10))) == [(1, 3, 2), (0, 2, 2)]

    def test_a_long_pause_begins_another(self) -> None:
        """Exactly the pause does not."""
        pause = int(PAUSE.total_seconds())
        said = rows((0, "crdt.update", 1), (pause, "crdt.update", 1), (2 * pause + 1, "crdt.update", 1))
        assert told(list(lines(said, 10))) == [(2, 2, 1), (0, 1, 2)]

    def test_an_act_stands_alone_and_does_not_cut_a_stretch(self) -> None:
        """A freeze and a reopening between two words."""
        said = rows((0, "crdt.update", 1), (1, "motion.freeze", None), (2, "crdt.update", 1))
        found = list(lines(said, 10))
        assert told(found) == [(0, 2, 2), (1, 1, 0)]

    def test_a_page_says_where_the_next_begins(self) -> None:
        """At the first entry that would make one line too many."""
        said = rows((0, "session.open", 1), (1, "session.open", 2), (2, "session.open", 3))
        found = list(lines(said, 2))
        assert told(found) == [(2, 2, 0), (1, 1, 0)]
        assert found[-1] == 0

    def test_a_stretch_that_is_opened_shows_each_entry(self) -> None:
        """One by one."""
        said = rows((0, "crdt.update", 1), (1, "crdt.update", 1))
        assert told(list(lines(said, 10, one_by_one=True))) == [(1, 1, 1), (0, 0, 1)]


def test_every_kind_of_entry_has_one_genre() -> None:
    """Else a reader who filters would never meet it."""
    listed = [kind for kinds in KINDS.values() for kind in kinds]
    assert sorted(listed) == sorted(RECORD_KINDS)
