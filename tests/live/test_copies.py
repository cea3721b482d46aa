"""What is written behind a room: never a snapshot that would be read otherwise than its text."""

import asyncio
import logging

import pytest
from sqlmodel import select

from motion.live import neighbours, wire
from storage.models import DraftSnapshot, Motion
from storage.store import Store
from tests.live import world as worlds
from tests.live.editors import run, typed
from tests.live.world import serving, writing

# Made by hand, and only taken while the rule of neighbours is out of force: the last is read in two ways.
TWOFOLD = (
    typed(run(102, 0, "bc")),
    typed(run(103, 0, "de", None, (102, 0))),
    typed(run(101, 0, "fg", (103, 1), (103, 1))),
)


def test_a_text_read_in_two_ways_has_no_snapshot(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator is told where to look, and the next process replays the text that those present saw."""
    store = sqlite_store
    world = store.write_now(worlds.make)

    async def story() -> None:
        async with serving(store) as served, writing(served, world, world.seats[0], 11) as aline:
            for update in TWOFOLD:
                await aline.until_acknowledged(await aline.submit(update))

    with monkeypatch.context() as patched:
        patched.setattr(neighbours.Trail, "contradicts", lambda trail, struct: False)
        with caplog.at_level(logging.ERROR, "motion.live.copies"):
            asyncio.run(story())
    assert "read in two ways" in caplog.text
    with store.engine.connect() as db:
        assert db.execute(select(DraftSnapshot.number)).all() == []  # type: ignore[call-overload]
        ((text,),) = db.execute(select(Motion.text)).all()  # type: ignore[call-overload]

    async def later() -> None:
        async with serving(store) as served, writing(served, world, world.seats[1], 12) as yves:
            await yves.until_acknowledged(await yves.type("Fin."))
            assert yves.messages(wire.Refusal) == []

    asyncio.run(later())
    with store.engine.connect() as db:
        ((after,),) = db.execute(select(Motion.text)).all()  # type: ignore[call-overload]
    assert after.replace("Fin.", "") == text
