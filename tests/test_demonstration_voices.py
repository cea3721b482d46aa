"""The demonstration's voices, reread from its tables, its record and its store of files."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image
from sqlmodel import select

from motion import service, settings
from motion.demonstration import people, play, story, testimonies, voices
from motion.record.entry import Entry, decode_entry
from motion.record.objects import open_object
from motion.record.voices_story import VoicesStory
from motion.rules import caption_files
from motion.rules.contributions import Channel, FileKind, Refusal, checked, read_words
from storage import ledger
from storage import redactions as kept
from storage.models import (
    Contribution,
    ContributionFile,
    ContributionMessage,
    ContributionTheme,
    ContributionVersion,
    DoomedBlob,
    FileRendition,
    Transcript,
)
from storage.store import Store
from tests.worlds import NOW

CHANNELS = {"web": 33, "kiosk": 8, "spoken": 8, "import": 6, "mail": 5, "paper": 4}
STATES = {"published": 58, "received": 4, "refused": 1, "withdrawn": 1}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A demonstration that has started at `NOW`, its record signed."""

    store: Store
    files: Path

    def all(self, model):
        """Every row of a table."""
        return self.store.read_now(lambda db: db.exec(select(model)).all())

    def entries(self) -> list[Entry]:
        """The whole record."""
        raw = self.store.read_now(ledger.contents, 1, 0, 10_000)
        return [decode_entry(content) for content in raw]

    def published(self) -> dict[str, bytes]:
        """What anyone may have, by name, but for what are files."""
        size = self.store.read_now(ledger.size, 1)
        slots = self.store.read_now(kept.published, 1, 0, size)
        return {slot.name: slot.data for slot in slots if slot.name and slot.data}

    def blob(self, key: str) -> bytes:
        """A file of the store of files."""
        return (self.files / key[:2] / key).read_bytes()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("voices")
    chosen = settings.read({"MOTION_DATA": str(folder)})

    async def load() -> None:
        async with service.running(chosen, clock=lambda: NOW) as started:
            await play.load(started.service)
            started.checkpoints.sign_due(NOW)
            started.checkpoints.verify()

    asyncio.run(load())
    store = Store(chosen.database_url)
    yield Loaded(store, folder / "fichiers")
    store.close()


def loudness(frame: av.AudioFrame) -> int:
    """The loudest moment of a sound, of 32,768."""
    heard = av.AudioResampler(format="s16", layout="mono").resample(frame)
    return max(abs(value) for each in heard for value in memoryview(bytes(each.planes[0])).cast("h")[: each.samples])


class TestVoices:
    def test_every_channel_and_every_state_is_there(self, loaded: Loaded) -> None:
        """Some sixty, most of them published."""
        found = loaded.all(Contribution)
        assert Counter(each.channel for each in found) == CHANNELS
        assert Counter(each.state for each in found) == STATES
        assert set(CHANNELS) == set(Channel)

    def test_what_was_decided_is_all_there(self, loaded: Loaded) -> None:
        """Supports, corrections, a refusal with its words, a report that waits, a reply."""
        found = loaded.all(Contribution)
        supported = [each.supports_id for each in found if each.supports_id]
        assert len(supported) == 3
        assert sum(each.published_version == 2 for each in found) == 3
        messages = {each.kind: each for each in loaded.all(ContributionMessage)}
        assert set(messages) == {"decision", "notice", "reply"}
        assert messages["decision"].reason == Refusal.SPAM and messages["decision"].text
        assert messages["notice"].settled_at is None
        assert messages["reply"].author.startswith("Régie")

    def test_those_that_say_the_like_stand_together(self, loaded: Loaded) -> None:
        """Three, each put there by an act, all of them published."""
        found = {each.id: each for each in loaded.all(Contribution)}
        beside = [each for each in found.values() if each.group_id is not None]
        assert len(beside) == 2 and len({each.group_id for each in beside}) == 1
        head = found[beside[0].group_id]
        assert {each.state for each in (head, *beside)} == {"published"}
        acts = [entry for entry in loaded.entries() if entry.kind == "contribution.group"]
        assert {(entry.body["contribution"], entry.body["with"], entry.body["held"]) for entry in acts} == {
            (f"C{each.number}", f"C{head.number}", True) for each in beside
        }

    def test_paper_is_compared_by_a_second_person(self, loaded: Loaded) -> None:
        """Each beside its picture, which is all that is published of the scan."""
        papers = [each for each in loaded.all(Contribution) if each.channel == "paper"]
        assert all(each.checked_by and each.checked_by != each.typed_by and each.sheet for each in papers)
        pictures = [each for each in loaded.all(ContributionFile) if each.kind == FileKind.PHOTO]
        assert {each.contribution_id for each in pictures} == {paper.id for paper in papers}

    def test_what_is_published_stands_under_themes(self, loaded: Loaded) -> None:
        """All eight of them are in use."""
        sorted_ones = {each.contribution_id for each in loaded.all(ContributionTheme)}
        assert {each.id for each in loaded.all(Contribution) if each.state == "published"} <= sorted_ones
        assert len({each.theme_id for each in loaded.all(ContributionTheme)}) == len(voices.THEMES)

    def test_officials_speak_in_their_own_name(self, loaded: Loaded) -> None:
        """Those who speak aloud are on the roster, and their place is theirs."""
        spoken = {each.id: each for each in loaded.all(Contribution) if each.channel == "spoken"}
        assert all(each.official_id for each in spoken.values())
        names = {f"{each.first_names} {each.family_name}": each.territory for each in people.PEOPLE}
        for said in loaded.all(ContributionVersion):
            if said.contribution_id in spoken:
                assert said.is_official and names[said.author] == said.commune

    def test_months_before_and_days_of_the_congress(self, loaded: Loaded) -> None:
        """Three months of collection, then the three days."""
        days = [(NOW - each.received_at).days for each in loaded.all(Contribution)]
        assert max(days) > 85 and sum(day > 2 for day in days) > 40 and sum(day <= 2 for day in days) > 15


class TestRecord:
    def test_it_makes_sense_and_is_in_order(self, loaded: Loaded) -> None:
        """As an auditor reads it."""
        told, entries = VoicesStory(), loaded.entries()
        assert {told.tell(entry.kind, entry.body, entry.by) for entry in entries} == {None}
        moments = [entry.at for entry in entries]
        assert moments == sorted(moments) and moments[-1] <= NOW

    def test_what_is_published_opens_as_it_was_received(self, loaded: Loaded) -> None:
        """And nothing of what was refused, withdrawn or is in examination can be had."""
        objects, states = loaded.published(), {f"C{each.number}": each.state for each in loaded.all(Contribution)}
        opened = Counter()
        for entry in loaded.entries():
            if entry.kind == "contribution.publish" and states[entry.body["contribution"]] == "published":
                said = read_words(open_object(objects[entry.body["c"]], entry.body["c"]))
                opened[said.text] += 1
            elif entry.kind in ("contribution.receive", "contribution.publish"):
                is_open = states[entry.body["contribution"]] == "published"
                assert is_open or entry.body["c"] not in objects
        assert len(opened) == STATES["published"] + 3 and set(opened.values()) == {1}

    @pytest.mark.parametrize("day", [date(2031, 3, 30), date(2031, 10, 26), date(2031, 11, 15), date(2032, 3, 1)])
    def test_whatever_the_hour_what_is_said_is_past_and_before_the_last_scene(self, day: date) -> None:
        """Just after midnight, and where clocks change: by the story's clock, nothing waits for what is later."""
        deeds, last = voices.deeds(), story.SCENES[-1].when
        assert deeds[-1].place < story.place(last)
        assert deeds[0].place > story.place(story.PREPARED)
        for hour in range(24):
            now = datetime.combine(day, time(hour, 5), play.ZONE)
            end = story.moment(last, now)
            moments = [deed.moment(now) for deed in deeds]
            assert max(moments) < end
            # Where clocks change, an hour is missing or comes twice: `Clock.reach` keeps the order.
            assert all(after - before > -timedelta(hours=1, minutes=1) for before, after in pairwise(moments))


class TestFiles:
    def test_every_file_is_there_and_is_what_its_name_says(self, loaded: Loaded) -> None:
        """As it was sent and as it is published; nothing waits to be made, or to be destroyed."""
        sent, made = loaded.all(ContributionFile), loaded.all(FileRendition)
        assert Counter(each.kind for each in sent) == {"video": 3, "photo": 4}
        assert all(each.state == "done" for each in sent) and all(each.entry for each in made)
        for each in [*sent, *made]:
            content = loaded.blob(each.blob)
            assert open_object(each.salt + content, each.name) == content and len(content) == each.size
        assert Counter(each.role for each in made) == {
            "video-360": 3,
            "sound": 3,
            "poster": 3,
            "waveform": 3,
            "page": 4,
        }
        assert all(each.media_type == voices.TYPES[each.role] for each in made)
        assert loaded.all(DoomedBlob) == []

    def test_films_have_pictures_that_move_and_sound(self, loaded: Loaded) -> None:
        """As a player reads them."""
        for each in loaded.all(FileRendition):
            path = loaded.files / each.blob[:2] / each.blob
            if each.role == "video-360":
                with av.open(str(path)) as film:
                    assert [stream.codec_context.name for stream in film.streams] == ["h264", "aac"]
                    pictures = [bytes(frame.reformat(format="gray").planes[0]) for frame in film.decode(video=0)]
                    assert (each.width, each.height) == (film.streams.video[0].width, film.streams.video[0].height)
                    assert len(set(pictures)) > 20
                content = path.read_bytes()
                assert content.index(b"moov") < content.index(b"mdat")
            elif each.role == "sound":
                with av.open(str(path)) as sound:
                    frames = list(sound.decode(audio=0))
                    assert sound.duration > 14_000_000
                    assert max(loudness(frame) for frame in frames) > 3_000
            elif each.role in ("poster", "page"):
                with Image.open(path) as picture:
                    assert (picture.format, picture.size) == ("JPEG", (each.width, each.height))

    def test_captions_fit_their_film(self, loaded: Loaded) -> None:
        """Two are confirmed, one of them translated; one waits for somebody who listens."""
        transcripts = loaded.all(Transcript)
        found = Counter((each.language, each.how, each.is_checked) for each in transcripts)
        assert found == {("fr", "typed", True): 2, ("en", "typed", True): 1, ("fr", "automatic", False): 1}
        durations = {each.id: each.duration_ms for each in loaded.all(ContributionFile)}
        for each in transcripts:
            cues = caption_files.read_own(each.text)
            assert each.entry and len(cues) == 4 and cues[-1].end_ms < durations[each.file_id]
            assert all(bool(cue.speaker) is each.is_checked for cue in cues)

    def test_durations_are_those_of_the_films(self, loaded: Loaded) -> None:
        """Within half a second."""
        for each in loaded.all(ContributionFile):
            if each.kind == "video":
                with av.open(str(loaded.files / each.blob[:2] / each.blob)) as film:
                    assert abs(Fraction(film.duration, 1000) - each.duration_ms) < 500

    def test_they_are_small(self) -> None:
        """Three films, their sounds and stills weigh less than one photo of a phone."""
        files = [path for path in voices.FILMS.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) < 300_000

    def test_the_script_says_what_the_captions_say(self) -> None:
        """Word by word."""
        for testimony in testimonies.TESTIMONIES:
            content = (voices.FILMS / testimony.name / "fr.vtt").read_bytes()
            cues = caption_files.read(content)
            assert [cue.text for cue in cues] == [line.text for line in testimony.lines]
            assert {cue.speaker for cue in cues} == {testimony.speaker}


def sentences() -> list[str]:
    """All French that is said, decided and asked."""
    found = []
    for voice in voices.read():
        found += [voice["text"], voice.get("title", ""), voice.get("name", "")]
        found += [voice[part]["text"] for part in ("correct", "refuse", "report", "reply") if part in voice]
    found += [line.text for testimony in testimonies.TESTIMONIES for line in testimony.lines]
    return [*found, *voices.THEMES.values()]


class TestWords:
    @pytest.mark.parametrize(
        "wrong",
        ["'", '"', " [;!?:»]", "[^\u202f][;!?]", "[^\u00a0]:", "«[^\u00a0]", "[^\u00a0]»", "  ", r"\.\.\.", r"\d h\b"],
    )
    def test_french_is_typeset(self, wrong: str) -> None:
        """Apostrophes, and blanks that don't break."""
        for sentence in sentences():
            assert re.search(wrong, sentence) is None, sentence

    def test_each_is_said_once_and_can_be_taken(self) -> None:
        """No two alike; the rules leave every one as it is."""
        said = [voice["text"] for voice in voices.read()]
        assert len(set(said)) == len(said) == sum(CHANNELS.values())
        for voice in voices.read():
            words = voices.words_of(voice)
            assert replace(checked(words), title="") == replace(words, title="")
            assert 2 <= len(re.findall(r"[.!?…]( |$|\u00a0»)", words.text)) <= 8, words.text

    def test_places_are_invented(self) -> None:
        """Those of the roster, and a few neighbours; none has the code of a real one."""
        known = {each.territory for each in people.PEOPLE} | set(people._TOWNS)
        for voice in voices.read():
            place = voices.words_of(voice).place
            assert place is None or (place.name in known and not place.code and not place.department)
        assert sum("place" not in voice and "from" not in voice for voice in voices.read()) >= 3

    def test_nobody_is_on_the_roster_by_chance(self) -> None:
        """Who is not said to be an official of the congress has not the name of one."""
        members = {f"{each.first_names} {each.family_name}" for each in people.PEOPLE}
        assert not members & {voice["name"] for voice in voices.read() if "name" in voice}
