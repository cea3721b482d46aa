"""A large file is read for the record while its author answers the other questions, and once."""

import asyncio
import hashlib
import hmac
import re
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from motion.web import file_commitments
from motion.web.file_commitments import Commitments
from storage import contributions as rows
from storage.blobs import BlobMissing
from storage.blobs.local import LocalBlobs
from storage.models import Upload
from tests.web.participants import HERE, PNG, attach, fill, filled, received, send, visit
from tests.web.world import Hall, served

PATIENCE_S = 30.0


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """A congress that listens, and for which a small photo is large."""
    monkeypatch.setattr(file_commitments, "LARGE_BYTES", len(PNG))
    with served(tmp_path) as hall:
        yield hall


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], threading.Event]:
    """Which contents were read from end to end, and what lets them be."""
    read, gate = [], threading.Event()
    whole = LocalBlobs.read

    async def gated(self: LocalBlobs, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        if end is None:
            read.append(key)
            await asyncio.to_thread(gate.wait, PATIENCE_S)
        async for piece in whole(self, key, start, end):
            yield piece

    monkeypatch.setattr(LocalBlobs, "read", gated)
    return read, gate


def test_is_read_before_it_is_sent(hall: Hall, reading: tuple[list[str], threading.Event]) -> None:
    """Once: what the record holds is the name of what arrived."""
    read, gate = reading
    gate.set()
    key = filled(hall)
    attach(hall, "route.png", PNG)
    end = time.monotonic() + PATIENCE_S
    while not read:
        assert visit(hall, f"{HERE}/nom") and time.monotonic() < end
    assert send(hall, key).status_code == 200
    assert len(read) == 1
    [file] = hall.service.store.read_now(rows.files, received(hall).id)
    assert file.name == hmac.new(file.salt, PNG, hashlib.sha256).hexdigest()


def test_keeps_nobody_waiting_for_a_page(
    hall: Hall, reading: tuple[list[str], threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is being read the page says so, with how much, and nothing is lost; then it is sent."""
    monkeypatch.setattr(file_commitments, "WAITED_S", 0.05)
    read, gate = reading
    key = filled(hall)
    attach(hall, "route.png", PNG)
    answer = send(hall, key)
    assert answer.status_code == 409 and "0\u00a0% sont relus" in answer.text
    assert "route.png" in answer.text and received(hall) is None
    gate.set()
    end = time.monotonic() + PATIENCE_S
    while (answer := send(hall, key)).status_code == 409:
        assert time.monotonic() < end
    assert answer.status_code == 200 and received(hall) is not None and len(read) == 1


def test_what_could_not_be_read_is_read_again(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that nothing is lost; when the store is back it is sent."""
    key = filled(hall)
    attach(hall, "route.png", PNG)
    visit(hall, f"{HERE}/fichiers")
    whole, is_away = LocalBlobs.read, True

    async def away(self: LocalBlobs, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        if is_away:
            raise BlobMissing(key)
        async for piece in whole(self, key, start, end):
            yield piece

    monkeypatch.setattr(LocalBlobs, "read", away)
    hall.client.app.state.uploads.commitments.forget([*hall.client.app.state.uploads.commitments._tasks])  # type: ignore[attr-defined]
    assert send(hall, key).status_code == 503 and received(hall) is None
    is_away = False
    assert send(hall, key).status_code == 200


def test_what_is_given_up_is_read_no_further(hall: Hall, reading: tuple[list[str], threading.Event]) -> None:
    """Nobody else's file waits behind it."""
    _read, gate = reading
    filled(hall)
    attach(hall, "route.png", PNG)
    commitments = hall.client.app.state.uploads.commitments  # type: ignore[attr-defined]
    assert len(commitments._tasks) == 1
    taken_away = re.search(r'name="retirer" value="([0-9a-f]{32})"', visit(hall, f"{HERE}/fichiers"))
    assert taken_away is not None
    fill(hall, "fichiers", retirer=taken_away[1])
    assert commitments._tasks == {}
    gate.set()


async def given_up_meanwhile() -> None:
    """A page waits for a file that another one gives up."""
    file, is_read = Upload(id="1", key="1", length=file_commitments.LARGE_BYTES), asyncio.Event()

    class Endless(LocalBlobs):
        async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
            while True:
                yield b"."
                is_read.set()

    commitments = Commitments(Endless(Path("/nowhere")))
    waiting = asyncio.create_task(commitments.of([file]))
    await is_read.wait()
    commitments.forget(["1"])
    with pytest.raises(BlobMissing):
        await waiting


def test_a_page_that_waits_for_it_is_told() -> None:
    """As of any file that is not there."""
    asyncio.run(given_up_meanwhile())


async def none_of_many_is_kept() -> int:
    """How many are remembered after twice as many as that."""
    commitments = Commitments(LocalBlobs(Path("/nowhere")))
    for number in range(2 * file_commitments.REMEMBERED):
        commitments.begin(Upload(id=str(number), key=str(number), length=file_commitments.LARGE_BYTES))
    return len(commitments._tasks)


def test_those_that_are_never_sent_are_forgotten() -> None:
    """The oldest first."""
    assert asyncio.run(none_of_many_is_kept()) == file_commitments.REMEMBERED
