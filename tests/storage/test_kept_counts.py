"""Counts that are kept: counted once, until an entry comes."""

from collections.abc import Iterator

import pytest

from storage import kept_counts
from storage.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store("sqlite://")
    yield opened
    opened.close()


def test_what_has_not_changed_is_counted_once(store: Store) -> None:
    """Until the next entry; each question and each congress apart."""
    asked: list[str] = []

    def ask(congress_id: int, last: int, name: str) -> int:
        def count() -> int:
            asked.append(f"{congress_id} {last} {name}")
            return len(asked)

        return store.read_now(lambda db: kept_counts.kept(db, congress_id, last, name, count))

    assert [ask(1, 7, "a"), ask(1, 7, "a"), ask(1, 7, "b"), ask(2, 7, "a"), ask(1, 8, "a")] == [1, 1, 2, 3, 4]
    assert asked == ["1 7 a", "1 7 b", "2 7 a", "1 8 a"]


def test_each_database_has_its_own(store: Store) -> None:
    """Two stores in one process never read each other's counts."""
    other = Store("sqlite://")
    assert store.read_now(lambda db: kept_counts.kept(db, 1, 1, "a", lambda: 5)) == 5
    assert other.read_now(lambda db: kept_counts.kept(db, 1, 1, "a", lambda: 6)) == 6
    other.close()
