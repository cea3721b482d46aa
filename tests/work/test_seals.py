"""Files of what is withdrawn are put under seal: once, whatever stops whom, and never lost on the way."""

import asyncio
import hashlib
import hmac
import logging
import os
import secrets
import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from motion.acts import contributions, redactions
from motion.acts.contributions import ReceivedFile
from motion.rules.contributions import Channel, ConsentWay, FileKind, Words
from motion.work import withdrawals
from motion.work.doomed import destroy_due
from motion.work.seals import HOLD_EVERY, Seals
from storage import blobs as stores
from storage import removals, sealed_files, sealing, withdrawn_files
from storage.blobs import Blobs, StoreUnusable, from_url
from storage.blobs.local import LocalBlobs
from storage.models import Contribution, ContributionFile, DoomedBlob, WithdrawnObject
from storage.store import Store
from tests import object_store, worlds
from tests.work.cuts import cut
from tests.work.dying_sealer import STEPS
from tests.worlds import NOW, World, nonces

FILM = os.urandom(2 * sealed_files.PIECE_BYTES + 4_321)
SOON = NOW + withdrawn_files.HELD + timedelta(seconds=1)
NONCES = nonces()


def key_of(tmp_path: Path) -> bytes:
    return sealing.load_key(tmp_path)


def send(world: World, blobs: Blobs, *contents: bytes) -> Contribution:
    """Somebody sends files."""
    sent = []
    for content in contents:
        key, salt = secrets.token_hex(16), secrets.token_bytes(32)
        asyncio.run(blobs.write(key, stores.chunks(content)))
        name = hmac.new(salt, content, hashlib.sha256).hexdigest()
        sent.append(ReceivedFile(FileKind.VIDEO, "video/mp4", "film.mp4", len(content), key, salt, name))
    salt = secrets.token_bytes(32)
    return world.store.write_now(
        contributions.receive,
        None,
        world.congress_id,
        Words("Solène Marchebrune", "Voyez le film."),
        Channel.WEB,
        ("publish",),
        how=ConsentWay.ONLINE,
        token_hash=salt,
        salt=salt,
        files=tuple(sent),
        now=NOW,
    )


def withdraw(world: World, contribution: Contribution, tmp_path: Path) -> None:
    """Its author takes it back."""

    def run(db: Session) -> None:
        found = contributions.get(db, world.congress_id, contribution.number)
        contributions.withdraw(db, found, key=key_of(tmp_path), nonces=NONCES, now=NOW)

    world.store.write_now(run)


def withdrawn(world: World, blobs: Blobs, tmp_path: Path, *contents: bytes) -> None:
    """Files that were sent, then taken back."""
    withdraw(world, send(world, blobs, *contents), tmp_path)


def erase(world: World, tmp_path: Path) -> None:
    """The secretariat destroys what is kept sealed."""

    def run(db: Session) -> None:
        rows = db.exec(select(WithdrawnObject.target)).all()
        request = redactions.prepare(
            db, world.secretariat, world.congress_id, rows, "effacement", "rgpd-17", "auteur", None, now=NOW
        )
        assert request.id is not None
        redactions.carry_out(
            db,
            world.secretariat,
            world.congress_id,
            request.id,
            copy=None,
            key=key_of(tmp_path),
            nonces=[next(NONCES) for _row in rows],
            now=NOW,
        )

    world.store.write_now(run)


def seals(world: World, blobs: Blobs, tmp_path: Path, now: datetime = NOW) -> Seals:
    return Seals(world.store, blobs, tmp_path, lambda: now)


def seal_due(world: World, blobs: Blobs, tmp_path: Path, now: datetime = NOW) -> int:
    """Do what is due, as the service does; then what is given up goes."""
    count = asyncio.run(seals(world, blobs, tmp_path, now).seal_due())
    asyncio.run(destroy_due(world.store, blobs, now))
    return count


def files(world: World) -> list[WithdrawnObject]:
    """The withdrawn objects that are files."""
    rows = world.store.read_now(lambda db: list(db.exec(select(WithdrawnObject).order_by(WithdrawnObject.target))))
    return [row for row in rows if row.blob is not None]


def opened(blobs: Blobs, row: WithdrawnObject, tmp_path: Path) -> bytes:
    """What the seal keeps."""

    async def read() -> bytes:
        assert row.blob is not None
        pieces = sealed_files.take_out(blobs, row.blob, key_of(tmp_path), row.name)
        return b"".join([piece async for piece in pieces])

    return asyncio.run(read())


def kept(tmp_path: Path) -> set[str]:
    """The blobs that are there, half-written ones included."""
    return {path.name for path in (tmp_path / "fichiers").rglob("*") if path.is_file()}


def is_readable(tmp_path: Path, content: bytes) -> bool:
    """Whether a part of a content stands in some file of the store."""
    marks = [content[at : at + 16] for at in range(0, len(content) - 16, 50_000)]
    found = [path.read_bytes() for path in (tmp_path / "fichiers").rglob("*") if path.is_file()]
    return any(mark in data for mark in marks for data in found)


def waits(world: World) -> set[str]:
    """The blobs that are doomed."""
    return set(world.store.read_now(lambda db: db.exec(select(DoomedBlob.key)).all()))


class TestSealing:
    def test_what_is_withdrawn_can_be_read_by_nobody_in_the_store(
        self, world: World, blobs: Blobs, tmp_path: Path
    ) -> None:
        """It opens with the key, is what was sent, and the readable file is gone."""
        withdrawn(world, blobs, tmp_path, FILM, b"")
        assert is_readable(tmp_path, FILM)
        before = {row.blob for row in files(world)}
        assert seal_due(world, blobs, tmp_path) == 2
        assert not is_readable(tmp_path, FILM)
        after = files(world)
        assert [row.is_blob_sealed for row in after] == [True, True]
        assert [opened(blobs, row, tmp_path) for row in after] == [FILM, b""]
        assert kept(tmp_path) == {row.blob for row in after} and not before & kept(tmp_path)
        assert (seal_due(world, blobs, tmp_path), waits(world)) == (0, set())

    def test_what_is_published_stays_as_it_is(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Only withdrawn files are sealed; words have theirs in the database."""
        send(world, blobs, FILM)
        assert seal_due(world, blobs, tmp_path) == 0
        assert is_readable(tmp_path, FILM) and not (tmp_path / sealing.FILE).exists()

    def test_in_an_s3_store(self, sqlite_store: Store, s3_server: str, tmp_path: Path) -> None:
        """A real one, of which no address given before leads to the file any more."""
        world = worlds.make(sqlite_store)
        blobs = from_url(object_store.blobs_url(s3_server, object_store.new_bucket(s3_server)), tmp_path)
        content = FILM * 5  # in several parts
        withdrawn(world, blobs, tmp_path, content)
        (before,) = files(world)
        assert seal_due(world, blobs, tmp_path) == 1
        (row,) = files(world)
        assert opened(blobs, row, tmp_path) == content
        assert before.blob is not None and asyncio.run(blobs.size(before.blob)) is None
        blobs.close()

    def test_the_end_of_the_year_destroys_it(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Sealed or not yet."""
        withdrawn(world, blobs, tmp_path, FILM)
        assert seal_due(world, blobs, tmp_path) == 1
        withdrawn(world, blobs, tmp_path, b"un autre")
        assert len(kept(tmp_path)) == 2
        over = NOW + timedelta(days=367)
        assert asyncio.run(withdrawals.erase_due(world.store, over)) == 4  # two voices and two films
        asyncio.run(destroy_due(world.store, blobs, over))
        assert (kept(tmp_path), files(world), waits(world)) == (set(), [], set())

    def test_an_erasure_destroys_it_at_once(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Before it was sealed as after."""
        withdrawn(world, blobs, tmp_path, FILM)
        assert seal_due(world, blobs, tmp_path) == 1
        withdrawn(world, blobs, tmp_path, b"un autre")
        erase(world, tmp_path)
        asyncio.run(destroy_due(world.store, blobs, NOW))
        assert (kept(tmp_path), waits(world)) == (set(), set())
        assert seal_due(world, blobs, tmp_path) == 0


class Interfering(LocalBlobs):
    """A folder in which something happens at the end of a write."""

    def __init__(self, folder: Path, then: Callable[[], None]) -> None:
        super().__init__(folder)
        self._then = then

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> int:
        length = await super().write(key, chunks)
        self._then()
        return length


class TestMeanwhile:
    def test_an_erasure_while_it_is_sealed(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Neither the readable file nor the encrypted one stays."""
        withdrawn(world, blobs, tmp_path, FILM)
        busy = Interfering(tmp_path / "fichiers", lambda: erase(world, tmp_path))
        assert seal_due(world, busy, tmp_path) == 0
        assert (kept(tmp_path), waits(world)) == (set(), set())
        busy.close()

    def test_another_process_is_faster(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """One encrypted file is left, that of the first."""
        withdrawn(world, blobs, tmp_path, FILM)
        others: list[int] = []

        def run() -> None:
            thread = threading.Thread(target=lambda: others.append(seal_due(world, blobs, tmp_path)))
            thread.start()
            thread.join()

        busy = Interfering(tmp_path / "fichiers", run)
        assert seal_due(world, busy, tmp_path) == 0
        assert others == [1]
        (row,) = files(world)
        assert opened(blobs, row, tmp_path) == FILM and kept(tmp_path) == {row.blob}
        busy.close()

    def test_whoever_slept_for_too_long_gives_up(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """What it wrote may be gone: the readable file still counts, and the next turn seals it."""
        withdrawn(world, blobs, tmp_path, FILM)
        clock = [NOW]
        busy = Interfering(tmp_path / "fichiers", lambda: clock.__setitem__(0, SOON))
        sleeper = Seals(world.store, busy, tmp_path, lambda: clock[0])

        async def no_sign(copy: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
            async for chunk in chunks:
                yield chunk

        sleeper._held = no_sign  # type: ignore[method-assign]
        assert asyncio.run(sleeper.seal_due()) == 0
        asyncio.run(destroy_due(world.store, blobs, SOON))
        (row,) = files(world)
        assert not row.is_blob_sealed and kept(tmp_path) == {row.blob}
        assert seal_due(world, blobs, tmp_path, SOON) == 1
        busy.close()

    def test_a_slow_store_is_waited_for(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Signs of life keep what is written from going at its hour."""
        withdrawn(world, blobs, tmp_path, FILM * 3)
        clock = [NOW]

        def now() -> datetime:
            clock[0] += HOLD_EVERY / 2
            asked.append(world.store.read_now(removals.doomed, clock[0]))
            return clock[0]

        asked: list[list[str]] = []
        assert asyncio.run(Seals(world.store, blobs, tmp_path, now).seal_due()) == 1
        assert len(asked) * HOLD_EVERY / 2 > 2 * withdrawn_files.HELD, "too quick to say anything"
        assert not any(asked)

    @pytest.mark.parametrize("error", [StoreUnusable("away"), OSError("full"), asyncio.CancelledError()])
    def test_what_stops_it_leaves_nothing_behind(
        self, world: World, blobs: Blobs, tmp_path: Path, error: BaseException
    ) -> None:
        """The store goes away, the disk is full, the service stops."""
        withdrawn(world, blobs, tmp_path, FILM)

        def fail() -> None:
            raise error

        busy = Interfering(tmp_path / "fichiers", fail)
        try:
            assert asyncio.run(seals(world, busy, tmp_path).seal_due()) == 0
        except asyncio.CancelledError:
            assert isinstance(error, asyncio.CancelledError)
        asyncio.run(destroy_due(world.store, blobs, NOW))
        (row,) = files(world)
        assert kept(tmp_path) == {row.blob}
        assert seal_due(world, blobs, tmp_path) == 1 and opened(blobs, files(world)[0], tmp_path) == FILM
        busy.close()


class TestDamage:
    """What is wrong is said once, and holds up no other file."""

    def test_another_key_seals_nothing(
        self, world: World, blobs: Blobs, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A machine that has just made a key of its own would lock the file away from everyone."""
        withdrawn(world, blobs, tmp_path, FILM)
        right = (tmp_path / sealing.FILE).read_bytes()
        (tmp_path / sealing.FILE).write_bytes(bytes(32))
        maker = seals(world, blobs, tmp_path)
        assert [asyncio.run(maker.seal_due()) for _turn in range(2)] == [0, 0]
        assert [record.levelno for record in caplog.records] == [logging.ERROR] and sealing.FILE in caplog.text
        assert is_readable(tmp_path, FILM) and waits(world) == set()
        (tmp_path / sealing.FILE).write_bytes(right)
        assert asyncio.run(maker.seal_due()) == 1

    def test_a_file_that_is_not_there(
        self, world: World, blobs: Blobs, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The next one is sealed all the same."""
        withdrawn(world, blobs, tmp_path, FILM, b"le second")
        lost = files(world)[0].blob
        assert lost is not None
        asyncio.run(blobs.delete(lost))
        maker = seals(world, blobs, tmp_path)
        assert [asyncio.run(maker.seal_due()) for _turn in range(2)] == [1, 0]
        assert [record.levelno for record in caplog.records] == [logging.ERROR]
        assert [row.is_blob_sealed for row in files(world)] == [False, True]

    def test_a_file_that_its_disk_altered_is_sealed_as_it_is(
        self, world: World, blobs: Blobs, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Read twice, it is the same: nobody shall read it, and the operator knows."""
        withdrawn(world, blobs, tmp_path, FILM)
        (row,) = files(world)
        assert row.blob is not None
        (tmp_path / "fichiers" / row.blob[:2] / row.blob).write_bytes(FILM[:-1] + b"?")
        assert seal_due(world, blobs, tmp_path) == 1
        assert opened(blobs, files(world)[0], tmp_path) == FILM[:-1] + b"?"
        assert "isn't what was received" in caplog.text

    def test_a_store_that_does_not_give_back_what_it_was_given_loses_nothing(
        self, world: World, blobs: Blobs, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The readable file stays until an encrypted one was read again."""
        withdrawn(world, blobs, tmp_path, FILM)
        (row,) = files(world)

        def damage() -> None:
            (copy,) = (path for path in (tmp_path / "fichiers").rglob("*") if path.is_file() and path.name != row.blob)
            data = bytearray(copy.read_bytes())
            data[-1] ^= 1
            copy.write_bytes(data)

        busy = Interfering(tmp_path / "fichiers", damage)
        assert seal_due(world, busy, tmp_path) == 0
        assert "look at its disk" in caplog.text and kept(tmp_path) == {row.blob}
        assert seal_due(world, blobs, tmp_path) == 1
        busy.close()


class TestPowerCut:
    @pytest.mark.parametrize("step", STEPS)
    def test_resumed_and_never_lost(self, sqlite_store: Store, tmp_path: Path, step: str) -> None:
        """Cut after each step: at each moment one file can be had, and in the end it is the encrypted one, alone."""
        world, blobs = worlds.make(sqlite_store), from_url("", tmp_path)
        withdrawn(world, blobs, tmp_path, FILM)
        cut("dying_sealer", sqlite_store.url, str(tmp_path), step)
        (row,) = files(world)
        assert row.is_blob_sealed == (step in ("swapped", "destroyed"))
        if row.is_blob_sealed:
            assert opened(blobs, row, tmp_path) == FILM
        else:
            assert row.blob is not None
            assert (tmp_path / "fichiers" / row.blob[:2] / row.blob).read_bytes() == FILM
        assert seal_due(world, blobs, tmp_path) == (not row.is_blob_sealed)
        asyncio.run(destroy_due(world.store, blobs, SOON))
        asyncio.run(blobs.sweep(datetime.now(NOW.tzinfo) + timedelta(days=1)))
        (row,) = files(world)
        assert opened(blobs, row, tmp_path) == FILM
        assert (kept(tmp_path), waits(world)) == ({row.blob}, set())
        blobs.close()

    def test_nothing_of_a_contribution_points_to_it(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Pages find files by these columns alone: none ever serves what is sealed."""
        withdrawn(world, blobs, tmp_path, FILM)
        seal_due(world, blobs, tmp_path)
        row = world.store.read_now(lambda db: db.exec(select(ContributionFile)).one())
        assert (row.blob, row.salt, row.file_name) == (None, None, "")
