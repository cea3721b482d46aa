"""What another version indexed is indexed again by itself."""

import asyncio

import pytest
from sqlmodel import Session

from motion.rules.words import asked
from motion.work import searches
from storage import search
from storage.models import Congress
from storage.store import Store
from tests import worlds


def found(db: Session, words: str) -> int:
    """How many passages have these words."""
    return search.find(db, db.get_one(Congress, 1), asked(words)).count


def test_a_turn_indexes_again_what_another_version_indexed(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; a motion that fails holds up no act, and is done at the next turn."""
    worlds.make(sqlite_store)
    for part in sqlite_store.read_now(search.behind, 1):
        while sqlite_store.write_now(search.refresh, 1, part):
            pass
    assert asyncio.run(searches.renew(sqlite_store)) == 0
    before = sqlite_store.read_now(found, "soins")
    monkeypatch.setattr(search, "INDEXING", search.INDEXING + 1)
    drop = search._drop_former
    monkeypatch.setattr(search, "_drop_former", lambda *_: 1 / 0)
    asyncio.run(searches.renew(sqlite_store))
    assert [part for _congress, part in sqlite_store.read_now(search.former)] == [1]
    monkeypatch.setattr(search, "_drop_former", drop)
    assert asyncio.run(searches.renew(sqlite_store)) > 0
    assert sqlite_store.read_now(search.former) == [] and asyncio.run(searches.renew(sqlite_store)) == 0
    assert before == sqlite_store.read_now(found, "soins") > 0
