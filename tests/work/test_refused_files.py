"""Files of what is refused: kept while its author may answer and correct, then sealed, then destroyed."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from motion.acts import contributions, moderation, notices
from motion.rules.contributions import Words
from motion.rules.redactions import ANSWER_DAYS, KEPT_DAYS
from motion.work import withdrawals
from motion.work.doomed import destroy_due
from motion.work.seals import Seals
from storage import media, refused_files, sealed_files, sealing
from storage.blobs import Blobs
from storage.models import Contribution, ContributionFile, FileRendition, Transcript, WithdrawnObject
from storage.refused_files import Kept
from tests.acts.test_contributions import SALTS, WORDS, act, kinds, nonces, record, reread
from tests.work.test_seals import FILM, kept, opened, send
from tests.worlds import NOW, World

LAST = date(2031, 11, 15) + timedelta(days=ANSWER_DAYS)
OVER = NOW + timedelta(days=ANSWER_DAYS + 1)


def refuse(world: World, contribution: Contribution, reason: str = "hors-sujet") -> None:
    """The secretariat refuses it, now."""
    more = {"key": bytes(32), "nonces": nonces()}
    act(world, moderation.refuse, contribution, reason, "", actor=world.secretariat, **more)


def answer(world: World, contribution: Contribution) -> None:
    """Its author answers."""
    act(world, moderation.answer, contribution, "Il s’agit bien des soins.", salt=next(SALTS))


def turn(world: World, blobs: Blobs, tmp_path: Path, now: datetime) -> int:
    """What the service does by itself, all of it that touches these files."""
    count = asyncio.run(withdrawals.seal_refused_due(world.store, tmp_path, now))
    asyncio.run(withdrawals.erase_due(world.store, now))
    world.store.write_now(media.give_up_unshown, now)
    asyncio.run(Seals(world.store, blobs, tmp_path, lambda: now).seal_due())
    asyncio.run(destroy_due(world.store, blobs, now))
    return count


def readable(world: World, contribution: Contribution) -> Kept | None:
    """Until when the files can be read."""
    return world.store.read_now(
        lambda db: refused_files.kept(db, contributions.get(db, world.congress_id, contribution.number))
    )


def make_something(world: World, contribution: Contribution, blobs: Blobs) -> None:
    """A picture was made of its file, and a first text: neither was published."""

    def run(db: Session) -> None:
        (file,) = db.exec(select(ContributionFile).where(ContributionFile.contribution_id == contribution.id)).all()
        file.state = "done"
        db.add(file)
        made = FileRendition(
            file_id=file.id,
            role="poster",
            media_type="image/jpeg",
            size=3,
            blob="c" * 32,
            salt=bytes(32),
            name="d" * 64,
        )
        db.add(made)
        db.add(Transcript(file_id=file.id, language="fr", version=1, how="automatic", text="WEBVTT\n", at=NOW))

    world.store.write_now(run)

    async def put() -> None:
        async def chunks():
            yield b"jpg"

        await blobs.write("c" * 32, chunks())

    asyncio.run(put())


class TestTheirTime:
    def test_is_half_a_year_from_the_refusal(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Until that day is over nothing is touched, and the author is told the day."""
        one = send(world, blobs, FILM)
        assert readable(world, one) is None
        refuse(world, one)
        assert readable(world, one) == Kept(LAST)
        assert turn(world, blobs, tmp_path, NOW + timedelta(days=ANSWER_DAYS)) == 0
        assert kinds(world)[-1] == "refuse" and len(kept(tmp_path)) == 1
        assert turn(world, blobs, tmp_path, OVER) == 1
        assert readable(world, one) is None

    def test_stands_still_while_an_answer_waits(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Whoever reads the answer sees the files; a refusal that is upheld gives the whole time again."""
        one = send(world, blobs, FILM)
        refuse(world, one)
        answer(world, one)
        assert readable(world, one) == Kept(None)
        assert turn(world, blobs, tmp_path, OVER) == 0

        def uphold(db: Session) -> None:
            found = contributions.get(db, world.congress_id, one.number)
            notices.keep(db, world.secretariat, found, "Nous maintenons.", now=OVER)

        world.store.write_now(uphold)
        assert turn(world, blobs, tmp_path, OVER) == 0
        assert readable(world, one) == Kept(LAST + timedelta(days=ANSWER_DAYS + 1))
        assert turn(world, blobs, tmp_path, OVER + timedelta(days=ANSWER_DAYS + 1)) == 1

    def test_ends_with_a_correction(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """It is received again, with its files, and can be published with them."""
        one = send(world, blobs, FILM)
        refuse(world, one)
        act(world, contributions.revise, one, Words(WORDS.name, "Le film montre le car."), salt=next(SALTS))
        assert readable(world, one) is None
        assert turn(world, blobs, tmp_path, OVER) == 0 and len(kept(tmp_path)) == 1

    def test_is_nothing_to_what_has_no_file(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Its words stay where they are, for its author to correct."""
        one = send(world, blobs)
        refuse(world, one)
        assert readable(world, one) is None
        assert turn(world, blobs, tmp_path, OVER) == 0


class TestAfterIt:
    def test_they_are_sealed_as_what_is_withdrawn(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Under the key of the installation; what was made of them goes; the record still commits to them."""
        one = send(world, blobs, FILM)
        make_something(world, one, blobs)
        refuse(world, one)
        assert turn(world, blobs, tmp_path, OVER) == 1
        (row,) = world.store.read_now(lambda db: list(db.exec(select(WithdrawnObject)).all()))
        assert row.is_blob_sealed and row.until == OVER.date() + timedelta(days=KEPT_DAYS)
        assert opened(blobs, row, tmp_path) == FILM and kept(tmp_path) == {row.blob}
        assert (tmp_path / "fichiers").exists() and sealed_files.MARK in next(
            path.read_bytes() for path in (tmp_path / "fichiers").rglob("*") if path.is_file()
        )
        assert world.store.read_now(lambda db: db.exec(select(Transcript)).all()) == []
        said = record(world)
        (received,) = (entry for entry in said if entry.kind == "contribution.file")
        taken = said[-1]
        assert received.body["c"] == row.name
        assert (taken.kind, taken.by, taken.body["kind"]) == ("redaction", "system", "retrait")
        assert (taken.body["reason"], taken.body["who"]) == ("rgpd-17", "personne-visee")
        assert turn(world, blobs, tmp_path, OVER) == 0

    def test_a_reason_of_the_law_is_kept(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """The record says of the files what it says of the refusal."""
        one = send(world, blobs, FILM)
        refuse(world, one, "injure")
        turn(world, blobs, tmp_path, OVER)
        assert record(world)[-1].body["reason"] == "injure"

    def test_they_are_destroyed_a_year_later(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """By the same work, with an entry that says so."""
        one = send(world, blobs, FILM)
        refuse(world, one)
        turn(world, blobs, tmp_path, OVER)
        turn(world, blobs, tmp_path, OVER + timedelta(days=KEPT_DAYS))
        assert len(kept(tmp_path)) == 1
        turn(world, blobs, tmp_path, OVER + timedelta(days=KEPT_DAYS + 1))
        assert kept(tmp_path) == set()
        assert record(world)[-1].body["kind"] == "effacement"

    def test_the_words_can_still_be_corrected(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Without the files: what has no words any more is nothing to publish."""
        one = send(world, blobs, FILM)
        refuse(world, one)
        turn(world, blobs, tmp_path, OVER)
        act(world, contributions.revise, one, Words(WORDS.name, "Le car ne passe plus."), salt=next(SALTS))
        assert reread(world, one).state == "received"

    def test_its_author_may_take_the_rest_back(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """What is sealed stays sealed, once."""
        one = send(world, blobs, FILM)
        refuse(world, one)
        turn(world, blobs, tmp_path, OVER)
        act(world, contributions.withdraw, one, key=sealing.load_key(tmp_path), nonces=nonces())
        turn(world, blobs, tmp_path, OVER)
        rows = world.store.read_now(lambda db: list(db.exec(select(WithdrawnObject)).all()))
        assert sum(row.blob is not None for row in rows) == 1 and record(world)

    def test_one_that_fails_holds_up_no_other(
        self,
        world: World,
        blobs: Blobs,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """It is tried again at the next turn."""
        first, second = send(world, blobs, FILM), send(world, blobs, FILM)
        refuse(world, first)
        refuse(world, second)
        sealed = withdrawals.retraits.seal_refused

        def failing(db: Session, contribution_id: int, **more: object) -> int | None:
            if contribution_id == first.id:
                raise OSError("the disk is full")
            return sealed(db, contribution_id, **more)

        with monkeypatch.context() as patched:
            patched.setattr(withdrawals.retraits, "seal_refused", failing)
            assert turn(world, blobs, tmp_path, OVER) == 1
        assert "couldn't seal the files of a refused contribution" in caplog.text
        assert turn(world, blobs, tmp_path, OVER) == 1
