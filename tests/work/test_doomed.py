"""Files that are given up go, for good, and once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from motion.acts import uploads
from motion.acts.uploads import Limits, NewUpload
from motion.rules.upload_errors import CongressRoomFull, PersonalRoomFull
from motion.work.doomed import destroy_due
from storage import removals
from storage import uploads as rows
from storage.blobs import from_url
from storage.store import Store
from tests import worlds
from tests.worlds import NOW

KEYS = ["a" * 32, "b" * 32]


async def bytes_of(content: bytes) -> AsyncIterator[bytes]:
    yield content


def test_what_is_given_up_goes(sqlite_store: Store, tmp_path: Path) -> None:
    """And nothing else; a row whose file is gone already is no trouble."""
    blobs = from_url("", tmp_path)

    async def scene() -> tuple[int, list[int | None], list[str]]:
        for key in (*KEYS, "c" * 32):
            await blobs.write(key, bytes_of(b"video"))
        await blobs.delete(KEYS[1])
        for key in KEYS:
            await sqlite_store.write(removals.doom, key, NOW)
        count = await destroy_due(sqlite_store, blobs, NOW)
        sizes = [await blobs.size(key) for key in (*KEYS, "c" * 32)]
        return count, sizes, await sqlite_store.read(removals.doomed, NOW)

    assert asyncio.run(scene()) == (2, [None, None, 5], [])
    blobs.close()


@pytest.mark.parametrize(("limits", "refusal"), [((5, 99), PersonalRoomFull), ((99, 5), CongressRoomFull)])
def test_it_gives_its_room_back(
    store: Store, tmp_path: Path, limits: tuple[int, int], refusal: type[Exception]
) -> None:
    """Whoever has sent all that they may, and takes it back, may send again: when it is destroyed, not before."""
    congress, mine, key = worlds.make(store).congress_id, b"m" * 32, KEYS[0]
    room = Limits(5, *limits, timedelta(days=1))
    blobs = from_url("", tmp_path)

    def begin(name: str) -> None:
        new = NewUpload(5, "film.mp4")
        store.write_now(uploads.begin, congress, mine, "salle", new, room, upload_id=name, now=NOW)

    begin("one")
    one = store.read_now(rows.find, "one")
    store.write_now(uploads.advance, one, 0, 5, room, key=key, now=NOW)
    asyncio.run(blobs.write(key, bytes_of(b"video")))
    store.write_now(rows.mark_done, "one", NOW + timedelta(days=7))
    store.write_now(uploads.take, congress, mine, "one", now=NOW)
    store.write_now(removals.doom, key, NOW)
    with pytest.raises(refusal):
        begin("two")
    assert asyncio.run(destroy_due(store, blobs, NOW)) == 1
    begin("two")
    blobs.close()
