"""Files of contributions on their way to publication: once each, whatever stops whom, and never after a withdrawal."""

import asyncio
import hashlib
import hmac
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from motion.acts import contributions, moderation
from motion.acts.contributions import ReceivedFile
from motion.media import process
from motion.rules.contributions import Channel, ConsentWay, FileKind, Words
from motion.work.doomed import destroy_due
from motion.work.media import Conversions
from storage import contributions as rows
from storage import jobs, ledger, media
from storage.blobs import Blobs, StoreUnusable, from_url
from storage.blobs.local import LocalBlobs
from storage.models import Contribution, ContributionFile, FileRendition, Job, WithdrawnObject
from storage.store import Store
from tests import worlds
from tests.media import files
from tests.work.cuts import cut, forget_folders, stop_at_work
from tests.work.dying_maker import STEPS
from tests.worlds import NOW, World, nonces

KEY = bytes(range(32))
LATER = NOW + jobs.LEASE + timedelta(seconds=1)


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def send(world: World, blobs: Blobs, path: Path, kind: FileKind = FileKind.PHOTO) -> Contribution:
    """Somebody sends a file."""
    key, salt = secrets.token_hex(16), secrets.token_bytes(32)
    size = asyncio.run(blobs.write(key, pieces(path.read_bytes())))
    name = hmac.new(salt, path.read_bytes(), hashlib.sha256).hexdigest()
    sent = ReceivedFile(kind, "image/jpeg", "route.jpg", size, key, salt, name)
    return world.store.write_now(
        contributions.receive,
        None,
        world.congress_id,
        Words("Solène Marchebrune", "Voyez la route."),
        Channel.WEB,
        ("publish",),
        how=ConsentWay.ONLINE,
        token_hash=salt,
        salt=salt,
        files=(sent,),
        now=NOW,
    )


def conversions(world: World, blobs: Blobs, tmp_path: Path, now: datetime = NOW, **named: object) -> Conversions:
    return Conversions(world.store, blobs, tmp_path, lambda: now, **named)


def make_due(world: World, blobs: Blobs, tmp_path: Path, now: datetime = NOW) -> int:
    """Do what is due, as the service does."""
    return asyncio.run(conversions(world, blobs, tmp_path, now).make_due())


def publish(world: World, contribution: Contribution) -> None:
    def run(db: Session) -> None:
        found = contributions.get(db, world.congress_id, contribution.number)
        moderation.publish(db, world.secretariat, found, now=NOW)

    world.store.write_now(run)


def withdraw(world: World, contribution: Contribution) -> None:
    def run(db: Session) -> None:
        found = contributions.get(db, world.congress_id, contribution.number)
        contributions.withdraw(db, found, key=KEY, nonces=nonces(), now=NOW)

    world.store.write_now(run)


def refuse(world: World, contribution: Contribution) -> None:
    def run(db: Session) -> None:
        found = contributions.get(db, world.congress_id, contribution.number)
        moderation.refuse(db, world.secretariat, found, "illisible", "", key=KEY, nonces=nonces(), now=NOW)

    world.store.write_now(run)


def file_of(world: World) -> ContributionFile:
    """The only file."""
    return world.store.read_now(lambda db: db.exec(select(ContributionFile)).one())


def made(world: World) -> list[FileRendition]:
    return world.store.read_now(lambda db: list(db.exec(select(FileRendition).order_by(col(FileRendition.id)))))


def shown(world: World) -> list[str]:
    """The roles that the record says are published."""
    raw = world.store.read_now(ledger.contents, world.congress_id, 0, 10_000)
    return [
        content.decode().partition('"role":"')[2].partition('"')[0]
        for content in raw
        if b"contribution.show" in content
    ]


def kept(tmp_path: Path) -> set[str]:
    """The blobs that are there, half-written ones included."""
    return {path.name for path in (tmp_path / "fichiers").rglob("*") if path.is_file()}


def check_blobs(world: World, blobs: Blobs, tmp_path: Path) -> None:
    """Once what is given up is destroyed, each blob has its row and each row its blob, which opens."""
    asyncio.run(destroy_due(world.store, blobs, NOW + timedelta(days=1)))

    def needed(db: Session) -> set[str]:
        found: set[str] = set()
        for column in (ContributionFile.blob, FileRendition.blob, WithdrawnObject.blob):
            found |= {key for key in db.exec(select(col(column))) if key is not None}
        return found

    assert kept(tmp_path) == world.store.read_now(needed)
    for each in made(world):
        if each.blob is not None:
            content = (tmp_path / "fichiers" / each.blob[:2] / each.blob).read_bytes()
            assert hmac.new(each.salt, content, hashlib.sha256).hexdigest() == each.name
            assert len(content) == each.size
    assert list((tmp_path / "conversions").iterdir()) == []


class TestMaking:
    def test_it_waits_for_the_words(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """What is made of a file is there when the contribution is published, and is published with it."""
        contribution = send(world, blobs, files.photo(tmp_path / "p"))
        assert make_due(world, blobs, tmp_path) == 1
        assert (file_of(world).state, file_of(world).progress) == ("done", 100)
        assert [(each.role, each.media_type, each.width, each.height, each.entry) for each in made(world)] == [
            ("photo", "image/jpeg", 400, 300, None)
        ]
        assert shown(world) == []
        publish(world, contribution)
        assert shown(world) == ["photo"]
        check_blobs(world, blobs, tmp_path)

    def test_it_follows_words_that_are_published(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """In the transaction that keeps it."""
        path = files.film(tmp_path / "voix", codec=None, sound="libmp3lame", format="mp3", seconds=1)
        contribution = send(world, blobs, path, FileKind.VIDEO)
        publish(world, contribution)
        make_due(world, blobs, tmp_path)
        assert shown(world) == ["sound", "waveform"]
        assert (file_of(world).kind, file_of(world).duration_ms) == ("sound", pytest.approx(1_000, abs=60))
        found = world.store.read_now(rows.shown, world.congress_id, made(world)[0].name)
        assert found is not None and found.media_type == "audio/webm"
        check_blobs(world, blobs, tmp_path)

    def test_a_reason_is_kept_and_so_is_the_file(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Its author reads why; nothing is tried again by itself."""
        (tmp_path / "p").write_text("<html>")
        send(world, blobs, tmp_path / "p")
        assert make_due(world, blobs, tmp_path) == 1
        assert make_due(world, blobs, tmp_path) == 0
        assert (file_of(world).state, file_of(world).reason, made(world)) == ("failed", "active", [])
        assert file_of(world).blob in kept(tmp_path)

    def test_a_file_that_is_not_there(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Is said to be lost."""
        send(world, blobs, files.photo(tmp_path / "p"))
        asyncio.run(blobs.delete(file_of(world).blob))
        make_due(world, blobs, tmp_path)
        assert (file_of(world).state, file_of(world).reason) == ("failed", "lost")

    def test_two_at_once_make_it_once(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """As many processes as there are."""
        for _ in range(3):
            send(world, blobs, files.photo(tmp_path / "p"))

        async def scene() -> list[int]:
            makers = [conversions(world, blobs, tmp_path, owner=name) for name in ("un", "deux", "trois")]
            return await asyncio.gather(*(maker.make_due() for maker in makers))

        assert sum(asyncio.run(scene())) == 3
        assert len(made(world)) == 3
        check_blobs(world, blobs, tmp_path)


class Interfering(LocalBlobs):
    """A store of files during whose first writing something happens."""

    def __init__(self, folder: Path, deed: Callable[[], object]) -> None:
        super().__init__(folder)
        self._deed: Callable[[], object] | None = deed

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        length = await super().write(key, chunks)
        if self._deed is not None:
            deed, self._deed = self._deed, None
            await asyncio.to_thread(deed)
        return length


class TestMeanwhile:
    def interfered(self, world: World, tmp_path: Path, deed: Callable[[], object]) -> None:
        blobs = Interfering(tmp_path / "fichiers", deed)
        make_due(world, blobs, tmp_path)
        blobs.close()

    def test_taken_back(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Nothing is kept, nothing is published."""
        contribution = send(world, blobs, files.photo(tmp_path / "p"))
        publish(world, contribution)
        self.interfered(world, tmp_path, lambda: withdraw(world, contribution))
        assert (made(world), shown(world)) == ([], [])
        check_blobs(world, blobs, tmp_path)
        assert make_due(world, blobs, tmp_path, LATER) == 0

    def test_refused_and_then_corrected(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Its file waits with it, and is made ready once it is received again."""
        contribution = send(world, blobs, files.photo(tmp_path / "p"))
        self.interfered(world, tmp_path, lambda: refuse(world, contribution))
        assert (made(world), file_of(world).state) == ([], "waiting")
        check_blobs(world, blobs, tmp_path)
        assert make_due(world, blobs, tmp_path) == 0

        def revise(db: Session) -> None:
            found = contributions.get(db, world.congress_id, contribution.number)
            contributions.revise(db, found, Words("Solène", "Autrement."), salt=bytes(32), now=NOW)

        world.store.write_now(revise)
        assert make_due(world, blobs, tmp_path) == 1
        assert [each.role for each in made(world)] == ["photo"]

    def test_taken_over(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Who was silent for too long keeps nothing: another works at it, and it is made once."""
        send(world, blobs, files.photo(tmp_path / "p"))

        def take_over() -> None:
            job = world.store.read_now(lambda db: db.exec(select(Job)).one())
            assert world.store.write_now(media.begin, job.id, "autre", LATER) is not None

        self.interfered(world, tmp_path, take_over)
        assert made(world) == []
        assert make_due(world, blobs, tmp_path, LATER + timedelta(minutes=2)) == 1
        assert len(made(world)) == 1
        check_blobs(world, blobs, tmp_path)

    def test_taken_back_before_it_was_published(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """What was made of it goes too, though no decision names it: it never was an object of the record."""
        contribution = send(world, blobs, files.photo(tmp_path / "p"))
        make_due(world, blobs, tmp_path)
        withdraw(world, contribution)
        make_due(world, blobs, tmp_path)
        assert [each.blob for each in made(world)] == [None]
        check_blobs(world, blobs, tmp_path)

    def test_a_store_that_is_away(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Is no fault of the file: it is made when the store is back, and not before a minute."""

        def fail() -> None:
            raise StoreUnusable("le seau a disparu")

        send(world, blobs, files.photo(tmp_path / "p"))
        clock = [NOW]
        maker = Conversions(world.store, Interfering(tmp_path / "fichiers", fail), tmp_path, lambda: clock[0])

        async def scene() -> list[int]:
            counts = [await maker.make_due(), await maker.make_due()]
            clock[0] = NOW + timedelta(minutes=2)
            return [*counts, await maker.make_due()]

        assert asyncio.run(scene()) == [0, 0, 1]
        check_blobs(world, blobs, tmp_path)

    def test_a_service_that_stops(
        self, world: World, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ends its child, and the next one begins at once."""
        send(world, blobs, files.photo(tmp_path / "p"))
        monkeypatch.setattr(process, "PROGRAM", (sys.executable, "-c", "import time; time.sleep(600)"))
        maker = conversions(world, blobs, tmp_path)
        stop_at_work(maker, maker.make_due)
        monkeypatch.undo()
        assert make_due(world, blobs, tmp_path) == 1
        check_blobs(world, blobs, tmp_path)

    def test_progress_and_life_are_told(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """By themselves, however silent the child is; the lease is as long again each time."""
        send(world, blobs, files.photo(tmp_path / "p"))
        world.store.write_now(media.queue, NOW)
        taken = world.store.write_now(media.begin, 1, "moi", NOW)
        assert taken is not None and world.store.write_now(media.alive, taken, "moi", 40, LATER)
        job = world.store.read_now(lambda db: db.get_one(Job, 1))
        assert (file_of(world).progress, job.done, job.leased_until) == (40, 40, LATER + jobs.LEASE)
        assert not world.store.write_now(media.alive, taken, "autre", 50, LATER)
        assert file_of(world).progress == 40


class TestPowerCut:
    @pytest.mark.parametrize("step", STEPS)
    def test_resumed_and_never_twice(self, sqlite_store: Store, tmp_path: Path, step: str) -> None:
        """Cut after each step: one set of files, published once, and no file that nobody knows."""
        world, blobs = worlds.make(sqlite_store), from_url("", tmp_path)
        path = files.film(tmp_path / "voix", codec=None, sound="libmp3lame", format="mp3", seconds=1)
        if step == "refused":
            path.write_text("<html>")
        contribution = send(world, blobs, path, FileKind.SOUND)
        publish(world, contribution)
        cut("dying_maker", sqlite_store.url, str(tmp_path), step)
        for minutes in (2, 4):  # once to go on, and once more for nothing
            make_due(world, blobs, tmp_path, NOW + timedelta(minutes=minutes))
        if step == "refused":
            assert (file_of(world).state, file_of(world).reason, shown(world)) == ("failed", "active", [])
        else:
            assert (file_of(world).state, shown(world)) == ("done", ["sound", "waveform"])
            assert [each.role for each in made(world)] == ["sound", "waveform"]
        forget_folders(tmp_path)
        check_blobs(world, blobs, tmp_path)
        blobs.close()

    def test_what_cuts_the_service_again_and_again_is_given_up(
        self, world: World, blobs: Blobs, tmp_path: Path
    ) -> None:
        """A file must not keep a congress from all others."""
        send(world, blobs, files.photo(tmp_path / "p"))
        world.store.write_now(media.queue, NOW)
        for minutes in range(0, 20, 2):
            world.store.write_now(media.begin, 1, "mourant", NOW + timedelta(minutes=minutes))
        assert (file_of(world).state, file_of(world).reason) == ("failed", "too-heavy")
