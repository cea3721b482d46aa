"""The house behind the rooms: what it does with a room whose motion is no longer the one that it was made for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlmodel import select, update

from motion.acts import motions, rehearsals
from motion.live import copies, kept, plain, rooms
from motion.live.rooms import Rooms
from storage import drafts
from storage.models import Congress, DraftSnapshot, LoginSession, Motion
from storage.store import Session, Store
from tests import worlds as congresses
from tests.live import world as worlds
from tests.live.editors import run, typed
from tests.live.world import clock, new_rooms

LETTER = typed(run(11, 0, "a"))


def live(store: Store, story: Callable[[Rooms, worlds.World], Awaitable[None]]) -> None:
    """Open a house on a world and let the story run in it."""
    world = store.write_now(worlds.make)

    async def main() -> None:
        house = new_rooms(store)
        await house.start()
        try:
            await story(house, world)
        finally:
            await house.close()

    asyncio.run(main())


class TestARehearsalDeleted:
    """Its motion's number may be another motion's a moment later."""

    def replace(self, store: Store) -> congresses.World:
        """Delete the rehearsal, as `motion rehearse` does, and make a congress whose motion gets the same number."""

        def delete(db: Session) -> None:
            row = db.exec(select(Congress)).one()
            row.rehearsal_of = row.id
            db.add(row)
            db.flush()
            rehearsals.delete(db, row.slug)

        store.write_now(delete)
        return congresses.make(store, "Un autre texte.\n")

    def test_its_room_closes_before_anybody_writes_in_it(
        self, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The next look into the database finds that the motion is another."""
        monkeypatch.setattr(rooms, "LOOK_EVERY_S", 0.02)

        async def story(house: Rooms, world: worlds.World) -> None:
            assert (await house.open(world.motion_id)).text == worlds.FIRST_TEXT
            other = self.replace(sqlite_store)
            assert other.motion_id == world.motion_id
            await asyncio.sleep(0.3)
            assert (await house.open(world.motion_id)).text == "Un autre texte.\n"

        live(sqlite_store, story)

    def test_an_act_on_the_new_motion_is_done_on_its_own_text(self, sqlite_store: Store) -> None:
        """Even before that look: a room ahead of the database is made again, and the act ends."""

        async def story(house: Rooms, world: worlds.World) -> None:
            room = await house.open(world.motion_id)
            await room.submit(world.seats[0].caller, LETTER)
            other = self.replace(sqlite_store)
            async with asyncio.timeout(60):
                frozen = await house.run_act(
                    other.motion_id, motions.freeze, other.secretariat, other.motion_id, now=clock()
                )
            assert frozen.text == "Un autre texte.\n"

        live(sqlite_store, story)


class TestARoomLostToARedaction:
    """Its draft has letters that nobody may be shown any more."""

    def test_no_snapshot_of_it_is_kept(self, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        """Although the room has heard of the redaction while its copy was being written."""
        monkeypatch.setattr(copies, "SNAPSHOT_EVERY", 0)
        write_copy = drafts.write_copy

        async def story(house: Rooms, world: worlds.World) -> None:
            room = await house.open(world.motion_id)

            def redacted_meanwhile(db: Session, motion_id: int, copy: drafts.ReadingCopy) -> None:
                write_copy(db, motion_id, copy)
                db.exec(update(Motion).values(redacted_entry=5))
                loop.call_soon_threadsafe(room.take_head, room.head._replace(redacted_entry=5))

            loop = asyncio.get_running_loop()
            monkeypatch.setattr(drafts, "write_copy", redacted_meanwhile)
            await room.submit(world.seats[0].caller, LETTER)
            await asyncio.sleep(0.5)
            assert room.is_lost

        live(sqlite_store, story)
        assert sqlite_store.read_now(lambda db: db.exec(select(DraftSnapshot)).all()) == []


class TestEndedSessions:
    """Their sockets are closed."""

    def test_trouble_with_a_text_keeps_no_session_open(
        self, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What ended while the house failed to look is found when it looks again."""
        monkeypatch.setattr(rooms, "LOOK_EVERY_S", 0.02)
        ended: list[int] = []

        async def story(house: Rooms, world: worlds.World) -> None:
            async def fail(_motions: Any) -> None:
                raise ValueError

            monkeypatch.setattr(house, "_look", fail)
            monkeypatch.setattr(house, "_revoke", ended.append)
            await house.open(world.motion_id)
            await asyncio.sleep(0.2)
            session_id = world.seats[0].actor.session_id
            at = clock()
            await sqlite_store.write(lambda db: db.exec(update(LoginSession).values(revoked_at=at)))
            await asyncio.sleep(0.2)
            assert session_id in ended

        live(sqlite_store, story)


class TestFormerVersions:
    """What a form showed some time ago is found again."""

    def test_the_same_with_and_without_what_the_room_remembers(
        self, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each number's own text; and only the updates since the nearest remembered state are read."""
        monkeypatch.setattr(copies, "SNAPSHOT_EVERY", 3)
        monkeypatch.setattr(copies, "COPY_EVERY_S", 0.0)
        asked: list[int] = []
        updates_after = drafts.updates_after

        def counted(db: Session, motion_id: int, number: int, **bounds: Any) -> list[drafts.UpdateRow]:
            asked.append(number)
            return updates_after(db, motion_id, number, **bounds)

        async def story(house: Rooms, world: worlds.World) -> None:
            room = await house.open(world.motion_id)
            texts = {room.number: room.text}
            for clock_at in range(10):
                await room.submit(
                    world.seats[0].caller,
                    typed(run(11, clock_at, "abcdefghij"[clock_at], (11, clock_at - 1) if clock_at else None)),
                )
                texts[room.number] = room.text
                await asyncio.sleep(0.15)
            assert room.number == 11
            monkeypatch.setattr(drafts, "updates_after", counted)
            for number, text in texts.items():
                for state in (
                    await house.state_at(world.motion_id, number),
                    await kept.state_at(sqlite_store, world.motion_id, number),
                ):
                    assert state is not None and plain.text_of(state) == text
            asked.clear()
            await house.state_at(world.motion_id, room.number - 5)
            assert asked[0] > 1

        live(sqlite_store, story)
