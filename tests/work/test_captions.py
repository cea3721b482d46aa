"""Recordings on their way to a first text: once each, marked as a machine's, and never over what a person wrote."""

import asyncio
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from motion.acts import contributions, transcripts
from motion.acts.transcripts import cues_of
from motion.media.speech_model import SpeechModel
from motion.rules import heard
from motion.rules.captions import Cue
from motion.work.captions import Captions
from storage import captions, jobs, ledger
from storage import transcripts as kept
from storage.blobs import Blobs, StoreUnusable, from_url
from storage.blobs.local import LocalBlobs
from storage.captions import Hearing
from storage.models import Contribution, ContributionFile, FileRendition, Job, Transcript
from storage.store import Store
from tests import worlds
from tests.media import stand_in
from tests.work.cuts import ROOT, cut, forget_folders, stop_at_work
from tests.work.dying_listener import STEPS
from tests.work.recordings import in_english, record
from tests.work.test_media import publish, refuse, withdraw
from tests.worlds import NOW, World

PROGRAM = (sys.executable, "-P", "-m", "tests.media.stand_in")
LATER = NOW + jobs.LEASE + timedelta(seconds=1)
SAID = ["Le car ne passe plus.", "Le marché est le jeudi."]
TYPED = (Cue(0, 2_000, "Le car ne passe plus du tout.", "Solène Marchebrune"),)


@pytest.fixture(autouse=True)
def _tests_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the child, which works elsewhere."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def listener(world: World, blobs: Blobs, tmp_path: Path, now: datetime = NOW, deed: str = "", **named) -> Captions:
    model = SpeechModel(stand_in.model(tmp_path / f"modele-{deed}", deed=deed))
    return Captions(world.store, blobs, tmp_path, lambda: now, model, program=PROGRAM, **named)


def hear_due(world: World, blobs: Blobs, tmp_path: Path, now: datetime = NOW, deed: str = "") -> int:
    """Do what is due, as the service does."""
    return asyncio.run(listener(world, blobs, tmp_path, now, deed).hear_due())


def written(world: World) -> list[Transcript]:
    query = select(Transcript).order_by(col(Transcript.file_id), col(Transcript.version))
    return world.store.read_now(lambda db: list(db.exec(query)))


def texts(world: World) -> list[str]:
    """The lines of the only transcript."""
    [said] = written(world)
    return [cue.text for cue in cues_of(said)]


def tasks(world: World) -> list[Job]:
    return world.store.read_now(lambda db: list(db.exec(select(Job).where(col(Job.kind) == captions.KIND))))


def state(world: World) -> Hearing | None:
    """Of the only recording; whoever has it, and until when, aside."""
    file = world.store.read_now(lambda db: db.exec(select(ContributionFile)).one())
    found = world.store.read_now(captions.of_recording, world.congress_id, file.id)
    return found and replace(found, leased_until=None)


def published(world: World) -> list[str]:
    """What the record says of transcripts."""
    raw = world.store.read_now(ledger.contents, world.congress_id, 0, 10_000)
    return [content.decode() for content in raw if b"contribution.captions" in content]


def type_it(world: World, contribution: Contribution, language: str = "fr") -> None:
    """A person keeps a first line, published or not: a working state."""

    def run(db: Session) -> None:
        found = contributions.get(db, world.congress_id, contribution.number)
        file = kept.recording(db, found, 1)
        transcripts.keep(db, world.secretariat, found, file, language, TYPED, transcripts.NOTHING, now=NOW)

    world.store.write_now(run)


class TestHearing:
    def test_it_is_automatic_until_a_person_confirms(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """And is corrected like any other; confirming it says who has compared it."""
        contribution = record(world, blobs, tmp_path)
        assert hear_due(world, blobs, tmp_path) == 1
        [said] = written(world)
        assert (said.how, said.is_checked, said.version, said.language, said.entry) == (
            "automatic",
            False,
            1,
            "fr",
            None,
        )
        assert texts(world) == SAID and state(world) == Hearing("done", 0, "")

        def confirm(db: Session) -> None:
            found = contributions.get(db, world.congress_id, contribution.number)
            base = transcripts.base_of(kept.last(db, said.file_id, "fr"))
            transcripts.confirm(
                db,
                world.secretariat,
                found,
                kept.recording(db, found, 1),
                "fr",
                base,
                salt=secrets.token_bytes(32),
                now=NOW,
            )

        world.store.write_now(confirm)
        last = written(world)[-1]
        assert (last.how, last.is_checked, last.checked_by) == ("automatic", True, world.secretariat.secretary_id)

    def test_it_waits_for_the_words(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Before the contribution is published nobody reads it; then it is published with it, marked."""
        contribution = record(world, blobs, tmp_path)
        hear_due(world, blobs, tmp_path)
        assert published(world) == []
        publish(world, contribution)
        [said] = published(world)
        assert '"how":"automatic"' in said and '"checked":false' in said

    def test_it_follows_words_that_are_published(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """In the transaction that keeps it."""
        publish(world, record(world, blobs, tmp_path))
        hear_due(world, blobs, tmp_path)
        assert written(world)[0].entry is not None and len(published(world)) == 1

    def test_once(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """However often one looks."""
        record(world, blobs, tmp_path)
        assert [hear_due(world, blobs, tmp_path, NOW + timedelta(minutes=at)) for at in (0, 5)] == [1, 0]
        assert len(written(world)) == len(tasks(world)) == 1

    def test_not_before_its_sound_is_there(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Nor for a file of which nothing could be made."""
        record(world, blobs, tmp_path, is_ready=False)
        assert hear_due(world, blobs, tmp_path) == 0 and tasks(world) == []

    def test_not_in_a_language_that_it_makes_up(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """A person types it."""
        assert "br" not in heard.LANGUAGES
        record(world, blobs, tmp_path, language="br")
        assert hear_due(world, blobs, tmp_path) == 0 and tasks(world) == []

    def test_two_at_once_hear_it_once(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """As many processes as there are; whatever each of them heard, one text is kept of each."""
        for _ in range(3):
            record(world, blobs, tmp_path)

        async def scene() -> None:
            await asyncio.gather(*(listener(world, blobs, tmp_path, owner=name).hear_due() for name in ("un", "deux")))

        asyncio.run(scene())
        hear_due(world, blobs, tmp_path, LATER)
        assert [said.version for said in written(world)] == [1, 1, 1]
        assert {job.state for job in tasks(world)} == {"done"}


class TestFailing:
    def test_a_reason_is_kept_until_somebody_begins_again(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Nothing is tried again by itself."""
        record(world, blobs, tmp_path)
        assert hear_due(world, blobs, tmp_path, deed="fail") == 1
        assert hear_due(world, blobs, tmp_path) == 0
        assert (written(world), state(world)) == ([], Hearing("failed", 0, "internal"))
        file_id = world.store.read_now(lambda db: db.exec(select(ContributionFile.id)).one())
        assert world.store.write_now(captions.restart, world.congress_id, file_id)
        assert state(world) == Hearing("waiting", 0, "")
        assert not world.store.write_now(captions.restart, world.congress_id, file_id)
        assert hear_due(world, blobs, tmp_path) == 1 and texts(world) == SAID

    def test_silence_is_a_reason(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """No empty text is published."""
        record(world, blobs, tmp_path)
        quiet = SpeechModel(stand_in.model(tmp_path / "muet", ()))
        asyncio.run(Captions(world.store, blobs, tmp_path, lambda: NOW, quiet, program=PROGRAM).hear_due())
        assert (written(world), state(world)) == ([], Hearing("failed", 0, "no-speech"))

    def test_a_sound_that_is_not_there(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Is said to be lost."""
        record(world, blobs, tmp_path)
        asyncio.run(blobs.delete(world.store.read_now(lambda db: db.exec(select(FileRendition.blob)).one())))
        hear_due(world, blobs, tmp_path)
        assert state(world) == Hearing("failed", 0, "lost")

    def test_a_store_that_is_away(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Is no fault of the recording: it is heard when the store is back, and not before a minute."""

        class Away(LocalBlobs):
            is_away = True

            def as_file(self, key: str):
                if self.is_away:
                    raise StoreUnusable("le seau a disparu")
                return super().as_file(key)

        record(world, blobs, tmp_path)
        clock, store = [NOW], Away(tmp_path / "fichiers")
        model = SpeechModel(stand_in.model(tmp_path / "m"))
        worker = Captions(world.store, store, tmp_path, lambda: clock[0], model, program=PROGRAM)

        async def scene() -> list[int]:
            counts = [await worker.hear_due()]
            store.is_away = False
            counts.append(await worker.hear_due())
            clock[0] = NOW + timedelta(minutes=2)
            return [*counts, await worker.hear_due()]

        assert asyncio.run(scene()) == [0, 0, 1]
        store.close()


class TestMeanwhile:
    def interfered(self, world: World, blobs: Blobs, tmp_path: Path, deed: Callable[[], object]) -> None:
        """Something happens between the end of the listening and the keeping of its text."""
        worker = listener(world, blobs, tmp_path)
        settle = worker._settle
        worker._settle = lambda db, *given: settle(db, *given)  # type: ignore[method-assign]
        write = world.store.write

        async def writing(function, *given, **named):
            if function is worker._settle:
                await asyncio.to_thread(deed)
            return await write(function, *given, **named)

        world.store.write = writing  # type: ignore[method-assign]
        try:
            asyncio.run(worker.hear_due())
        finally:
            world.store.write = write  # type: ignore[method-assign]

    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_a_person_who_has_begun_wins(self, world: World, blobs: Blobs, tmp_path: Path, language: str) -> None:
        """Were it with one line that is not published, were it a translation: nothing of the machine's is kept."""
        contribution = record(world, blobs, tmp_path)
        self.interfered(world, blobs, tmp_path, lambda: type_it(world, contribution, language))
        [said] = written(world)
        assert (said.how, said.name) == ("typed", "") and cues_of(said) == TYPED
        assert (tasks(world), hear_due(world, blobs, tmp_path, LATER)) == ([], 0)

    def test_a_person_who_was_first_is_left_alone(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Nobody listens to what is being typed."""
        type_it(world, record(world, blobs, tmp_path))
        assert hear_due(world, blobs, tmp_path) == 0 and tasks(world) == []

    def test_a_person_who_begins_before_the_listening(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """The task goes, unheard."""
        contribution = record(world, blobs, tmp_path)
        world.store.write_now(captions.queue, heard.LANGUAGES, NOW)
        type_it(world, contribution)
        assert hear_due(world, blobs, tmp_path) == 0
        assert (tasks(world), [said.how for said in written(world)]) == ([], ["typed"])

    def test_taken_back(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Nothing is kept, nothing is published."""
        contribution = record(world, blobs, tmp_path)
        publish(world, contribution)
        self.interfered(world, blobs, tmp_path, lambda: withdraw(world, contribution))
        assert (written(world), tasks(world)) == ([], [])
        assert hear_due(world, blobs, tmp_path, LATER) == 0

    def test_refused_and_then_corrected(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """It is heard once it is received again."""
        contribution = record(world, blobs, tmp_path)
        self.interfered(world, blobs, tmp_path, lambda: refuse(world, contribution))
        assert (written(world), hear_due(world, blobs, tmp_path)) == ([], 0)
        in_english(world, contribution)
        assert hear_due(world, blobs, tmp_path) == 1
        assert [said.language for said in written(world)] == ["en"]

    def test_said_to_be_in_another_language(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """What was heard in the wrong one is worth nothing; it is heard again."""
        contribution = record(world, blobs, tmp_path)
        self.interfered(world, blobs, tmp_path, lambda: in_english(world, contribution))
        assert written(world) == []
        assert hear_due(world, blobs, tmp_path) == 1
        assert [said.language for said in written(world)] == ["en"]

    def test_taken_over(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Who was silent for too long keeps nothing: another listens."""
        record(world, blobs, tmp_path)

        def take_over() -> None:
            [job] = tasks(world)
            assert world.store.write_now(captions.begin, job.id, "autre", heard.LANGUAGES, LATER) is not None

        self.interfered(world, blobs, tmp_path, take_over)
        assert written(world) == []
        assert hear_due(world, blobs, tmp_path, LATER + timedelta(minutes=2)) == 1
        assert len(written(world)) == 1

    def test_erased_words_do_not_come_back(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """A transcript that was taken out of publication is not made again."""
        record(world, blobs, tmp_path)
        hear_due(world, blobs, tmp_path)

        def erase(db: Session) -> None:
            [said] = db.exec(select(Transcript)).all()
            said.text = ""
            db.add(said)
            for job in db.exec(select(Job)):
                db.delete(job)

        world.store.write_now(erase)
        assert hear_due(world, blobs, tmp_path) == 0 and tasks(world) == []

    def test_a_service_that_stops(self, world: World, blobs: Blobs, tmp_path: Path) -> None:
        """Ends its child, and the next one begins at once."""
        record(world, blobs, tmp_path)
        worker = listener(world, blobs, tmp_path, deed="hang")
        stop_at_work(worker, worker.hear_due)
        assert hear_due(world, blobs, tmp_path) == 1 and texts(world) == SAID


class TestPowerCut:
    @pytest.mark.parametrize("step", STEPS)
    def test_resumed_and_never_twice(self, sqlite_store: Store, tmp_path: Path, step: str) -> None:
        """Cut after each step: one text, published once, and nothing left behind."""
        world, blobs = worlds.make(sqlite_store), from_url("", tmp_path)
        publish(world, record(world, blobs, tmp_path))
        cut("dying_listener", sqlite_store.url, str(tmp_path), step)
        for minutes in (2, 4):  # once to go on, and once more for nothing
            hear_due(world, blobs, tmp_path, NOW + timedelta(minutes=minutes))
        if step == "failed":
            assert (written(world), state(world)) == ([], Hearing("failed", 0, "internal"))
        else:
            assert texts(world) == SAID and len(published(world)) == 1
            assert state(world) == Hearing("done", 0, "")
        forget_folders(tmp_path)
        blobs.close()

    def test_what_cuts_the_service_again_and_again_is_given_up(
        self, world: World, blobs: Blobs, tmp_path: Path
    ) -> None:
        """A recording must not keep a congress from all others."""
        record(world, blobs, tmp_path)
        world.store.write_now(captions.queue, heard.LANGUAGES, NOW)
        [job] = tasks(world)
        for minutes in range(0, 20, 2):
            at = NOW + timedelta(minutes=minutes)
            world.store.write_now(captions.begin, job.id, "mourant", heard.LANGUAGES, at)
        assert state(world) == Hearing("failed", 0, "too-heavy")
