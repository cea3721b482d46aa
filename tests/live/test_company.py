"""Who is in the room: names that could not be read are asked for again."""

import asyncio
from collections.abc import Collection

import pytest

from motion.live import wire
from storage import drafts
from storage.store import Session, Store
from tests.live import world as worlds
from tests.live.world import serving, writing


def test_names_that_could_not_be_read_are_asked_for_again(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the next thing that is typed: nobody stays without a name until somebody else comes."""
    world = sqlite_store.write_now(worlds.make)
    read, asked = drafts.officials, list[set[int]]()

    def away(db: Session, ids: Collection[int]) -> list[drafts.OfficialRow]:
        if ids:
            asked.append(set(ids))
        if ids and len(asked) <= 2:
            raise RuntimeError("the database is away")
        return list(read(db, ids))

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            await aline.until_ready()
            async with asyncio.timeout(30):
                while not named(aline):
                    await aline.until_acknowledged(await aline.type("a"))
                    await asyncio.sleep(0.05)

    def named(writer: worlds.Writer) -> list[wire.OfficialCard]:
        return [card for message in writer.messages(wire.Authors) for card in message.officials]

    monkeypatch.setattr(drafts, "officials", away)
    asyncio.run(story())
    assert len(asked) >= 3
