"""Transcripts: uploaded, corrected by two at once, confirmed, published with what they belong to, taken back."""

import pytest
from sqlmodel import Session

from motion.acts import contributions, moderation, transcripts
from motion.acts.contributions import ReceivedFile
from motion.acts.transcripts import base_of, cues_of
from motion.record.objects import open_object, seal
from motion.rules import caption_files
from motion.rules.caption_errors import CaptionsRefused, TranscriptChanged
from motion.rules.captions import Cue
from motion.rules.contributions import FileKind
from motion.rules.errors import ContributionSettled, Invalid, NotAllowed, NotFound
from motion.rules.permissions import Actor
from storage import contributions as rows
from storage import transcripts as kept
from storage.models import Contribution, SealedObject, Transcript
from storage.store import Store
from tests import worlds
from tests.acts.test_contributions import KEY, SALTS, act, kinds, nonces, published, receive, record, set_moderation
from tests.worlds import NOW, World

CUES = (Cue(0, 2_000, "Le car ne passe plus.", "Solène Marchebrune"), Cue(2_000, 4_000, "Le marché est le jeudi."))
FILE = caption_files.webvtt(CUES).encode()


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def sound() -> ReceivedFile:
    """A recording in the store of files."""
    salt = next(SALTS)
    return ReceivedFile(FileKind.SOUND, "audio/ogg", "voix.ogg", 4, "ab" * 16, salt, seal(salt, b"voix").name)


@pytest.fixture
def voice(world: World) -> Contribution:
    """A contribution with one recording, not yet published."""
    return receive(world, files=(sound(),))


def do(world: World, deed, contribution: Contribution, *given, actor: Actor | None = None, language="fr", **named):
    """Do a deed on the transcript of its first file, as a page does."""

    def run(db: Session):
        found = contributions.get(db, world.congress_id, contribution.number)
        file = kept.recording(db, found, 1)
        if deed is not transcripts.keep:
            named.setdefault("salt", next(SALTS))
        said = deed(db, actor, found, file, language, *given, now=NOW, **named)
        return base_of(said)

    return world.store.write_now(run)


def versions(world: World, contribution: Contribution) -> list[Transcript]:
    def read(db: Session) -> list[Transcript]:
        return rows.transcripts(db, [file.id for file in rows.files(db, contribution.id)])

    return world.store.read_now(read)


def shown(world: World, contribution: Contribution) -> list[Transcript]:
    def read(db: Session) -> list[Transcript]:
        return kept.public(db, [file.id for file in rows.files(db, contribution.id)])

    return world.store.read_now(read)


def entries(world: World) -> list[dict]:
    """What the record says of transcripts."""
    return [entry.body for entry in record(world) if entry.kind == "contribution.captions"]


class TestUploading:
    def test_it_is_published_with_the_contribution(self, world: World, voice: Contribution) -> None:
        """Before, nothing of it is public; then its object is what was uploaded."""
        do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        assert entries(world) == [] and shown(world, voice) == []
        act(world, moderation.publish, voice, actor=world.secretariat)
        said = shown(world, voice)[0]
        assert cues_of(said) == CUES
        [entry] = entries(world)
        assert (entry["how"], entry["checked"], entry["language"], entry["version"]) == ("file", False, "fr", 1)
        assert entry["c"] == said.name and entry["len"] == len(said.text.encode())
        assert open_object(published(world)[said.name], said.name) == said.text.encode()

    def test_of_a_published_contribution_it_is_published_at_once(self, world: World, voice: Contribution) -> None:
        """A second file is a second version; both objects stay."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        for _ in range(2):
            do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        assert [entry["version"] for entry in entries(world)] == [1, 2]
        assert {entry["c"] for entry in entries(world)} <= set(published(world))
        assert [said.version for said in shown(world, voice)] == [2]

    def test_a_translation_is_another_track(self, world: World, voice: Contribution) -> None:
        """Each language has its versions."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        do(world, transcripts.upload, voice, FILE, actor=world.secretariat, language="br")
        assert {said.language: said.version for said in shown(world, voice)} == {"fr": 1, "br": 1}

    @pytest.mark.parametrize(
        ("given", "language", "error"), [(b"rien", "fr", CaptionsRefused), (FILE, "xx", Invalid), (FILE, "", Invalid)]
    )
    def test_what_cannot_be_taken(self, world: World, voice: Contribution, given, language, error) -> None:
        """Nothing is kept."""
        with pytest.raises(error):
            do(world, transcripts.upload, voice, given, actor=world.secretariat, language=language)
        assert versions(world, voice) == []

    def test_only_the_secretariat_and_the_author(self, world: World, voice: Contribution) -> None:
        """An official has no hand in the words of others, nor has the secretariat of another congress."""
        stranger = Actor(world.congress_id + 1, world.secretariat.role, secretary_id=99)
        for actor in (world.aline, stranger):
            with pytest.raises(NotAllowed):
                do(world, transcripts.upload, voice, FILE, actor=actor)

    def test_a_photo_has_no_transcript(self, world: World) -> None:
        """Nor has a file that is not there."""
        with pytest.raises(NotFound):
            do(world, transcripts.upload, receive(world), FILE, actor=world.secretariat)


class TestCorrecting:
    def test_a_working_state_is_in_no_record(self, world: World, voice: Contribution) -> None:
        """However often it is kept it is one row; making a version of it is the act."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        base = ""
        for words in ("Un.", "Un, deux.", "Un, deux, trois."):
            base = do(world, transcripts.keep, voice, (Cue(0, 900, words),), base, actor=world.secretariat)
        assert len(versions(world, voice)) == 1 and entries(world) == []
        do(world, transcripts.edit, voice, (Cue(0, 900, "Un, deux, trois."),), base, actor=world.secretariat)
        assert len(versions(world, voice)) == 1
        assert [(entry["how"], entry["version"]) for entry in entries(world)] == [("typed", 1)]

    def test_of_two_who_correct_the_same_state_the_second_is_told(self, world: World, voice: Contribution) -> None:
        """Nothing of the first is overwritten."""
        base = do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        do(world, transcripts.keep, voice, (Cue(0, 900, "Le premier."),), base, actor=world.secretariat)
        for deed in (transcripts.keep, transcripts.edit):
            with pytest.raises(TranscriptChanged):
                do(world, deed, voice, (Cue(0, 900, "Le second."),), base)
        assert "Le premier." in versions(world, voice)[-1].text

    def test_the_same_again_is_no_new_version(self, world: World, voice: Contribution) -> None:
        """Nor a new entry."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        base = do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        assert do(world, transcripts.edit, voice, CUES, base, actor=world.secretariat) == base
        assert do(world, transcripts.keep, voice, CUES, base, actor=world.secretariat) == base
        assert len(entries(world)) == 1

    def test_correcting_does_not_hide_how_it_came_to_be(self, world: World, voice: Contribution) -> None:
        """A file stays a file; and what was confirmed is to be confirmed again."""
        base = do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        base = do(world, transcripts.confirm, voice, base, actor=world.secretariat)
        do(world, transcripts.edit, voice, (Cue(0, 900, "Autre."),), base, actor=world.secretariat)
        assert [(said.how, said.is_checked) for said in versions(world, voice)] == [
            ("file", False),
            ("file", True),
            ("file", False),
        ]


class TestConfirming:
    def test_the_record_says_that_somebody_has_compared(self, world: World, voice: Contribution) -> None:
        """Another version, with the same words."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        base = do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        do(world, transcripts.confirm, voice, base, actor=world.secretariat)
        assert [(entry["checked"], entry["version"]) for entry in entries(world)] == [(False, 1), (True, 2)]
        said = shown(world, voice)[0]
        assert said.checked_by == world.secretariat.secretary_id and cues_of(said) == CUES

    def test_what_changed_meanwhile_is_not_confirmed(self, world: World, voice: Contribution) -> None:
        """One confirms what one has read."""
        base = do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        do(world, transcripts.keep, voice, (Cue(0, 900, "Autre."),), base, actor=world.secretariat)
        with pytest.raises(TranscriptChanged):
            do(world, transcripts.confirm, voice, base, actor=world.secretariat)

    def test_nothing_cannot_be_confirmed(self, world: World, voice: Contribution) -> None:
        """There is no transcript yet."""
        with pytest.raises(NotFound):
            do(world, transcripts.confirm, voice, "", actor=world.secretariat)

    def test_a_machine_speaks_only_where_nobody_has(self, world: World, voice: Contribution) -> None:
        """Marked so, even when it was corrected, until a person has confirmed."""

        def hear(db: Session):
            found = contributions.get(db, world.congress_id, voice.number)
            file = kept.recording(db, found, 1)
            return transcripts.automatic(db, found, file, "fr", CUES, salt=next(SALTS), now=NOW)

        act(world, moderation.publish, voice, actor=world.secretariat)
        base = base_of(world.store.write_now(hear))
        assert world.store.write_now(hear) is None
        base = do(world, transcripts.edit, voice, CUES[:1], base, actor=world.secretariat)
        do(world, transcripts.confirm, voice, base, actor=world.secretariat)
        assert [(entry["how"], entry["checked"]) for entry in entries(world)] == [
            ("automatic", False),
            ("automatic", False),
            ("automatic", True),
        ]


class TestTheAuthor:
    def test_where_the_congress_reads_first_nothing_passes_it_by(self, world: World, voice: Contribution) -> None:
        """What the author sends after publication waits for the secretariat, which then publishes it."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        base = do(world, transcripts.upload, voice, FILE)
        assert shown(world, voice) == [] and entries(world) == []
        base = do(world, transcripts.confirm, voice, base)
        assert shown(world, voice) == [] and not versions(world, voice)[-1].is_checked
        do(world, transcripts.confirm, voice, base, actor=world.secretariat)
        assert shown(world, voice)[0].is_checked

    def test_where_it_reads_afterwards_it_is_published(self, world: World) -> None:
        """As the author's words are."""
        set_moderation(world, "after")
        voice = receive(world, files=(sound(),))
        do(world, transcripts.upload, voice, FILE)
        assert cues_of(shown(world, voice)[0]) == CUES

    def test_taken_back_nothing_is_left(self, world: World, voice: Contribution) -> None:
        """Neither what was published nor what was being corrected."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        base = do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        do(world, transcripts.keep, voice, (Cue(0, 900, "En cours."),), base, actor=world.secretariat)
        act(world, contributions.withdraw, voice, key=KEY, nonces=nonces())
        assert kinds(world)[-1] == "withdraw"
        assert shown(world, voice) == [] and [said.text for said in versions(world, voice)] == [""]
        with pytest.raises(ContributionSettled):
            do(world, transcripts.upload, voice, FILE)

    def test_taken_back_before_publication_nothing_is_left_either(self, world: World, voice: Contribution) -> None:
        """The object that waited goes too."""
        do(world, transcripts.upload, voice, FILE)
        name = versions(world, voice)[0].name
        act(world, contributions.withdraw, voice, key=KEY, nonces=nonces())
        assert versions(world, voice) == []
        assert world.store.read_now(lambda db: db.get(SealedObject, (world.congress_id, name))) is None

    def test_refused_its_transcript_leaves_publication(self, world: World, voice: Contribution) -> None:
        """With the words."""
        act(world, moderation.publish, voice, actor=world.secretariat)
        do(world, transcripts.upload, voice, FILE, actor=world.secretariat)
        name = shown(world, voice)[0].name
        act(world, moderation.refuse, voice, "vie-privee", "", key=KEY, nonces=nonces(), actor=world.secretariat)
        assert shown(world, voice) == [] and name not in published(world)
        with pytest.raises(NotFound):
            world.store.read_now(kept.published, world.congress_id, name)
