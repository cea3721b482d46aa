"""Many tasks, one look."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from motion.work import lookout
from motion.work.lookout import Lookout
from storage import due, jobs
from storage.due import Due
from storage.store import Session, Store
from tests import worlds
from tests.worlds import NOW


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Due]:
    """What each look at the database said."""
    said: list[Due] = []
    look: Callable[..., Due] = due.look

    def noted(db: Session, *args: Any) -> Due:
        said.append(look(db, *args))
        return said[-1]

    monkeypatch.setattr(due, "look", noted)
    return said


def test_those_who_ask_together_share_one_look(
    sqlite_store: Store, looks: list[Due], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And are told the same."""
    monkeypatch.setattr(lookout, "LOOK_S", 3600)
    worlds.make(sqlite_store)

    async def story() -> list[Due]:
        one = Lookout(sqlite_store, lambda: NOW)
        return [*await asyncio.gather(*(one.look() for _ in range(20))), await one.look()]

    told = asyncio.run(story())
    assert len(looks) == 1 and set(told) == set(looks)


def test_what_comes_later_is_seen_by_the_next(
    sqlite_store: Store, looks: list[Due], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No look is remembered for longer than `LOOK_S`."""
    monkeypatch.setattr(lookout, "LOOK_S", 0)
    world = worlds.make(sqlite_store)

    async def story() -> tuple[Due, Due]:
        one = Lookout(sqlite_store, lambda: NOW)
        before = await one.look()
        await sqlite_store.write(jobs.add, world.congress_id, "roster.preview", {}, NOW)
        return before, await one.look()

    before, after = asyncio.run(story())
    assert not before.jobs and after.jobs and len(looks) == 2


def test_a_look_that_fails_is_taken_again(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may be away for a while."""
    monkeypatch.setattr(lookout, "LOOK_S", 3600)
    look, is_away = due.look, True

    def away(db: Session, *args: Any) -> Due:
        if is_away:
            raise ConnectionError
        return look(db, *args)

    monkeypatch.setattr(due, "look", away)

    async def story() -> Due:
        nonlocal is_away
        one = Lookout(sqlite_store, lambda: NOW)
        with pytest.raises(ConnectionError):
            await one.look()
        is_away = False
        return await one.look()

    assert asyncio.run(story()) == Due(False, False, False, False)
