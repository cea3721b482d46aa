"""A power cut at every step of a file's way: it goes on, it is kept once, nothing that was answered for is lost."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from motion.rules.upload_errors import UploadBusy, UploadElsewhere
from motion.web import uploading
from motion.web.uploading import Uploads
from motion.work.incoming import Incoming
from storage import migrate, upload_files, uploads
from storage.blobs import Blobs
from storage.models import Upload
from storage.store import Store
from tests import object_store
from tests.live import world as worlds
from tests.web import dying_receiver
from tests.web.dying_receiver import LENGTH, MIB, NOW, OWNER, STEPS, build, content, pieces

ROOT = Path(__file__).parents[2]


def prepare(folder: Path) -> None:
    """A congress on an empty database."""
    store = Store(f"sqlite:///{folder / 'motion.sqlite'}")
    migrate.upgrade(store)
    store.write_now(worlds.make)
    store.close()


def rows(store: Store) -> list[Upload]:
    """Every upload."""

    def every(db: Session) -> list[Upload]:
        return list(db.exec(select(Upload)))

    return store.read_now(every)


async def whole(blobs: Blobs, key: str | None) -> bytes:
    """A blob."""
    assert key is not None
    return b"".join([piece async for piece in blobs.read(key)])


def blobs_in(folder: Path) -> list[str]:
    """The blobs of a folder."""
    return [path.name for path in (folder / "fichiers").glob("??/*")]


class TestPowerCuts:
    @pytest.mark.parametrize("kind", ["local", "s3"])
    @pytest.mark.parametrize("step", STEPS)
    def test_a_cut_at_any_step(self, step: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        """The service starts again, the client asks where it stands and goes on, as if nothing had been."""
        url = ""
        if kind == "s3":
            if step == "blob: kept, still in the folder of uploads":
                return  # a step of the folder alone
            base = request.getfixturevalue("s3_server")
            url = object_store.blobs_url(base, object_store.new_bucket(base))
        prepare(tmp_path)
        command = [sys.executable, "-m", "tests.web.dying_receiver", str(tmp_path), url, step]
        died = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()[-3000:]
        answered = int((tmp_path / "answered").read_text()) if (tmp_path / "answered").exists() else 0
        address = (tmp_path / "address").read_text()
        service = build(tmp_path, url)
        data = content()

        async def story() -> None:
            turns = Incoming(service.store, service.blobs, service.settings.data_dir)
            await turns.finish_due(NOW)
            desk = Uploads(service)
            found = await desk.look(1, OWNER, address)
            assert found.received >= answered
            if found.state == "receiving":
                rest = data[found.received :]
                found = await desk.receive(1, OWNER, address, found.received, pieces(rest), length=len(rest))
            assert (found.state, found.received) == ("done", LENGTH)
            assert await whole(service.blobs, found.key) == data
            await turns.finish_due(NOW)
            await turns.forget_due(NOW)
            assert [row.state for row in rows(service.store)] == ["done"]
            assert upload_files.names(tmp_path / "uploads") == []
            if kind == "local":
                assert blobs_in(tmp_path) == [found.key]
            again = await desk.look(1, OWNER, address)
            assert again.key == found.key

        asyncio.run(story())
        service.blobs.close()
        service.store.close()

    def test_bytes_that_the_disk_lost_are_asked_again(self, tmp_path: Path) -> None:
        """A backup was restored, or the folder is another: the truth is told, never a hole filled with nothing."""
        prepare(tmp_path)
        service = build(tmp_path, "")
        data = content()

        async def story() -> None:
            desk = Uploads(service)
            upload = await desk.begin(1, OWNER, "salle", dying_receiver.NewUpload(LENGTH))
            await desk.receive(1, OWNER, upload.id, 0, pieces(data[: 5 * MIB]))
            path = tmp_path / "uploads" / upload.id
            with path.open("r+b") as file:
                file.truncate(MIB)
            found = await desk.look(1, OWNER, upload.id)
            assert found.received == MIB
            with pytest.raises(UploadElsewhere):
                await desk.receive(1, OWNER, upload.id, 5 * MIB, pieces(data[5 * MIB :]))
            found = await desk.receive(1, OWNER, upload.id, MIB, pieces(data[MIB:]))
            assert await whole(service.blobs, found.key) == data

        asyncio.run(story())
        service.store.close()

    def test_bytes_beyond_what_was_counted_are_cut_off(self, tmp_path: Path) -> None:
        """Whatever a crash left there, it is not in the file."""
        prepare(tmp_path)
        service = build(tmp_path, "")
        data = content()

        async def story() -> None:
            desk = Uploads(service)
            upload = await desk.begin(1, OWNER, "salle", dying_receiver.NewUpload(LENGTH))
            await desk.receive(1, OWNER, upload.id, 0, pieces(data[:MIB]))
            with (tmp_path / "uploads" / upload.id).open("ab") as file:
                file.write(b"reste d'une coupure" * 1_000_000)
            found = await desk.receive(1, OWNER, upload.id, MIB, pieces(data[MIB:]))
            assert await whole(service.blobs, found.key) == data

        asyncio.run(story())
        service.store.close()


class TestTwoAtOnce:
    def test_whoever_comes_again_gets_the_file(self, tmp_path: Path) -> None:
        """A line that broke stays open on this side: it counts what it has and lets go, and no bytes are mixed."""
        prepare(tmp_path)
        service = build(tmp_path, "")
        data = content()

        async def story() -> None:
            desk = Uploads(service)
            upload = await desk.begin(1, OWNER, "salle", dying_receiver.NewUpload(LENGTH))
            heard = asyncio.Event()

            async def broken() -> Any:
                yield data[: 3 * MIB]
                heard.set()
                await asyncio.sleep(1_000)

            first = asyncio.create_task(desk.receive(1, OWNER, upload.id, 0, broken()))
            await heard.wait()
            found = await desk.look(1, OWNER, upload.id)
            assert found.received == 3 * MIB
            with pytest.raises(UploadBusy):
                await first
            found = await desk.receive(1, OWNER, upload.id, 3 * MIB, pieces(data[3 * MIB :]))
            assert await whole(service.blobs, found.key) == data

        asyncio.run(story())
        service.store.close()

    def test_many_at_once_never_mix_their_bytes(self, tmp_path: Path) -> None:
        """Each with other bytes: what is kept is one beginning of one and one end of another, as counted."""
        prepare(tmp_path)
        service = build(tmp_path, "")

        async def story() -> None:
            desk = Uploads(service)
            upload = await desk.begin(1, OWNER, "salle", dying_receiver.NewUpload(10 * MIB))
            attempts, last_of = 0, 0

            async def slowly(mark: int) -> Any:
                for _ in range(160):
                    yield bytes([mark]) * (1 << 16)
                    await asyncio.sleep(0)

            async def send(mark: int) -> None:
                nonlocal attempts, last_of
                for _ in range(50):
                    found = await desk.look(1, OWNER, upload.id)
                    if found.state != "receiving":
                        return
                    left = 10 * MIB - found.received
                    body = (chunk[:left] async for chunk in slowly(mark))
                    attempts += 1
                    try:
                        await desk.receive(1, OWNER, upload.id, found.received, _limited(body, left), length=left)
                        last_of = mark
                    except (UploadBusy, UploadElsewhere):
                        await asyncio.sleep(0)

            await asyncio.gather(*(send(mark) for mark in range(1, 6)))
            found = await desk.look(1, OWNER, upload.id)
            assert found.state == "done"
            kept = await whole(service.blobs, found.key)
            assert len(kept) == 10 * MIB
            # Each connection's bytes in one run, where it was counted: no more runs than connections.
            starts = [at for at in range(1, len(kept)) if kept[at] != kept[at - 1]]
            assert len(starts) < attempts
            assert kept[-1] == last_of

        asyncio.run(story())
        service.store.close()

    def test_another_process_that_sends_it_is_waited_for(self, tmp_path: Path) -> None:
        """Its lock is the file's: this one is refused, and knows what is counted."""
        prepare(tmp_path)
        service = build(tmp_path, "")

        async def story() -> None:
            desk, elsewhere = Uploads(service), Uploads(build(tmp_path, ""))
            upload = await desk.begin(1, OWNER, "salle", dying_receiver.NewUpload(LENGTH))
            heard, let_go = asyncio.Event(), asyncio.Event()

            async def sending() -> Any:
                yield bytes(MIB)
                heard.set()
                await let_go.wait()

            first = asyncio.create_task(elsewhere.receive(1, OWNER, upload.id, 0, sending()))
            await heard.wait()
            with pytest.raises(UploadBusy):
                await desk.receive(1, OWNER, upload.id, 0, pieces(b"x"))
            assert (await desk.look(1, OWNER, upload.id)).received == 0
            let_go.set()
            assert (await first).received == MIB
            assert (await desk.look(1, OWNER, upload.id)).received == MIB

        asyncio.run(story())
        service.store.close()

    def test_a_silent_line_is_let_go(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After a while; what it brought is counted."""
        monkeypatch.setattr(uploading, "SILENT_S", 0.05)
        prepare(tmp_path)
        service = build(tmp_path, "")

        async def story() -> None:
            desk = Uploads(service)
            upload = await desk.begin(1, OWNER, "salle", dying_receiver.NewUpload(LENGTH))

            async def silent() -> Any:
                yield bytes(5)
                await asyncio.sleep(1_000)

            with pytest.raises(uploading.PieceLate):
                await desk.receive(1, OWNER, upload.id, 0, silent())
            assert (await desk.look(1, OWNER, upload.id)).received == 5

        asyncio.run(story())
        service.store.close()


class TestForgetting:
    def test_what_expired_and_what_nobody_needs_goes(self, tmp_path: Path) -> None:
        """Half a file, a whole one that no contribution took, a file without a row; what is under way stays."""
        prepare(tmp_path)
        service = build(tmp_path, "")

        async def story() -> None:
            desk = Uploads(service)
            turns = Incoming(service.store, service.blobs, service.settings.data_dir)
            new = dying_receiver.NewUpload(MIB)
            half, done, taken = [await desk.begin(1, OWNER, "salle", new) for _ in range(3)]
            await desk.receive(1, OWNER, half.id, 0, pieces(bytes(5)))
            for upload in (done, taken):
                await desk.receive(1, OWNER, upload.id, 0, pieces(bytes(MIB)))
            held = await service.store.write(uploading.acts.take, 1, OWNER, taken.id, now=NOW)
            (tmp_path / "uploads" / ("9" * 32)).write_bytes(b"reste")
            await turns.forget_due(NOW)
            assert upload_files.names(tmp_path / "uploads") == [half.id]
            assert len(blobs_in(tmp_path)) == 2
            later = NOW + uploading.acts.LONGEST * 10
            await turns.forget_due(later)
            assert upload_files.names(tmp_path / "uploads") == []
            assert blobs_in(tmp_path) == [held.key]
            assert [row.id for row in rows(service.store)] == [taken.id]
            assert service.store.read_now(uploads.find, half.id) is None

        asyncio.run(story())
        service.store.close()


async def _limited(body: Any, length: int) -> Any:
    """No more than so many bytes of a body."""
    async for chunk in body:
        yield chunk[:length]
        length -= len(chunk)
        if length <= 0:
            return
