"""The register's look-ups, on both databases."""

import pytest
from sqlmodel import select

from motion.rules.errors import NotFound
from storage import register
from storage.models import Congress
from storage.store import Store
from tests import worlds


@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 2**53, 2**64])
def test_a_number_that_no_column_holds_is_none_of_the_record(store: Store, number: int) -> None:
    """Whoever asks for it gets an answer, and no failure."""
    worlds.make(store)
    congress = store.read_now(lambda db: db.exec(select(Congress)).one())
    with pytest.raises(NotFound):
        store.read_now(register.entry, congress, number)
    assert store.read_now(register.find, congress, register.Asked(before=number), 10).lines
    assert not store.read_now(register.find, congress, register.Asked(since=number), 10).lines
    assert not store.read_now(register.find, congress, register.Asked(official=number), 10).lines
