"""Listening to a recording in a child: what it says is believed little, and whatever it does the service is well."""

import asyncio
import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from motion.media import limits, process, speech_model
from motion.media.refusal import DiskFull
from motion.media.speech_model import SpeechModel
from motion.media.transcribing import Hearing, transcribe
from motion.rules.heard import HearingReason
from tests.media import files, stand_in

PROGRAM = (sys.executable, "-P", "-m", "tests.media.stand_in")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _tests_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the child, which works elsewhere: one of the few names that it is given."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Two seconds of a hum."""
    return files.film(tmp_path / "son", codec=None, sound="libopus", format="webm")


def hear(model: Path, sound: Path, folder: Path, *, language: str = "fr", program=PROGRAM) -> Hearing:
    async def tell(percent: int) -> None:
        assert 0 <= percent <= 99

    folder.mkdir(exist_ok=True)
    return asyncio.run(transcribe(sound.absolute(), language, model, folder, tell, program=program))


class TestHearing:
    def test_what_was_heard_comes_as_cues(self, sound: Path, tmp_path: Path) -> None:
        """A cue a sentence, in order."""
        found = hear(stand_in.model(tmp_path / "m"), sound, tmp_path / "w")
        assert found.refused is None
        assert [(cue.start_ms, cue.end_ms, cue.text) for cue in found.cues] == [
            (0, 1_000, "Le car ne passe plus."),
            (1_000, 2_000, "Le marché est le jeudi."),
        ]

    def test_the_language_is_told(self, sound: Path, tmp_path: Path) -> None:
        """A recogniser that guesses it guesses wrong in the first seconds."""
        model = stand_in.model(tmp_path / "m")
        (model / "language").touch()
        assert hear(model, sound, tmp_path / "w", language="en").cues[0].text == "en Le car ne passe plus."

    def test_silence_is_a_reason(self, sound: Path, tmp_path: Path) -> None:
        """And so are blanks."""
        for said in ((), (("", " "),)):
            assert hear(stand_in.model(tmp_path / "m", said), sound, tmp_path / "w") == Hearing(
                refused=HearingReason.NO_SPEECH
            )

    def test_what_is_no_sound_is_a_reason(self, tmp_path: Path) -> None:
        """Without a word of the model's."""
        (tmp_path / "son").write_text("<html>")
        assert hear(stand_in.model(tmp_path / "m"), tmp_path / "son", tmp_path / "w").refused is HearingReason.DAMAGED


class TestBounds:
    @pytest.mark.parametrize(
        ("deed", "reason"),
        [
            ("burn", HearingReason.TOO_SLOW),
            ("fill", HearingReason.TOO_HEAVY),
            ("killed", HearingReason.TOO_HEAVY),
            ("fall", HearingReason.DAMAGED),
            ("fail", HearingReason.INTERNAL),
        ],
    )
    def test_a_child_that_ends_badly_gives_a_reason(
        self, sound: Path, tmp_path: Path, deed: str, reason: HearingReason
    ) -> None:
        """Too much time, too much memory, a fault of the recogniser: nothing of what it said before is kept."""
        assert hear(stand_in.model(tmp_path / "m", deed=deed), sound, tmp_path / "w") == Hearing(refused=reason)

    def test_the_clock_ends_a_child_that_sleeps(
        self, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It uses no processor time: nothing else would."""
        monkeypatch.setattr(process, "LONGEST_S", 5)
        model = stand_in.model(tmp_path / "m", deed="hang")
        assert hear(model, sound, tmp_path / "w").refused is HearingReason.TOO_SLOW

    def test_it_ends_with_whoever_asked(self, sound: Path, tmp_path: Path) -> None:
        """Nobody else would listen to it."""
        children: list[int] = []

        async def scene() -> None:
            model, folder = stand_in.model(tmp_path / "m", deed="hang"), tmp_path / "w"
            folder.mkdir()

            async def tell(_percent: int) -> None:
                pass

            asking = asyncio.create_task(
                transcribe(sound, "fr", model, folder, tell, program=PROGRAM, started=children.append)
            )
            while not children:  # noqa: ASYNC110  # it tells nobody else
                await asyncio.sleep(0.02)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking

        asyncio.run(scene())
        assert not psutil.pid_exists(children[0])

    def test_no_network_where_the_system_lets_it_leave(self, sound: Path, tmp_path: Path) -> None:
        """Not even the doors of this machine."""
        flags = limits._CLONE_NEWUSER | limits._CLONE_NEWNET
        leave = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({flags}) != 0)"
        may_leave = (
            hasattr(ctypes.CDLL(None), "unshare") and not subprocess.run([sys.executable, "-c", leave]).returncode
        )
        model = stand_in.model(tmp_path / "m")
        with socket.create_server(("127.0.0.1", 0)) as door:
            (model / "port").write_text(str(door.getsockname()[1]))
            said = hear(model, sound, tmp_path / "w").cues[0].text
        assert said == ("ailleurs fermée" if may_leave else "ici ouverte")

    def test_a_full_disk_is_no_fault_of_the_recording(self, sound: Path, tmp_path: Path) -> None:
        """It is tried again."""
        full = (sys.executable, "-c", "raise SystemExit(75)")
        with pytest.raises(DiskFull):
            hear(stand_in.model(tmp_path / "m"), sound, tmp_path / "w", program=full)


class TestBelief:
    @pytest.mark.parametrize(
        ("said", "left"),
        [
            ('{"heard": 3}', None),
            ('{"heard": 3}', "<html>"),
            ('{"heard": 3}', "WEBVTT\n\n00:01.000 --> demain\nUn\n"),
            ('{"heard": 3}', "WEBVTT\n\n" + "x" * 2_000_001),
            ('{"refused": "pirate"}', None),
            ('{"refused": ["internal"]}', None),
            ('{"refused": {}}', None),
            ("{}", None),
            ("[]", None),
            ("rien", None),
        ],
    )
    def test_a_child_taken_over_is_no_danger(self, sound: Path, tmp_path: Path, said: str, left: str | None) -> None:
        """Whatever it says or leaves: a reason, and no text."""
        folder = tmp_path / "w"
        folder.mkdir()
        if left is not None:
            (folder / "captions.vtt").write_text(left)
        liar = (sys.executable, "-c", f"print({said!r})")
        assert hear(stand_in.model(tmp_path / "m"), sound, folder, program=liar).refused is HearingReason.INTERNAL

    def test_a_link_leads_nowhere(self, sound: Path, tmp_path: Path) -> None:
        """A file of somebody else is no transcript."""
        folder, elsewhere = tmp_path / "w", tmp_path / "secret.vtt"
        folder.mkdir()
        elsewhere.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nSecret\n")
        (folder / "captions.vtt").symlink_to(elsewhere)
        liar = (sys.executable, "-c", "print('{\"heard\": 1}')")
        assert hear(stand_in.model(tmp_path / "m"), sound, folder, program=liar).refused is HearingReason.INTERNAL


class TestTheModel:
    def parts(self, tmp_path: Path) -> tuple[Path, ...]:
        """A model in two packages."""
        for number, content in ((1, b"un"), (2, b"deux")):
            (tmp_path / f"p{number}").mkdir()
            (tmp_path / f"p{number}" / f"model.bin.part{number}").write_bytes(content)
        (tmp_path / "p2" / "config.json").write_text("{}")
        return tmp_path / "p1", tmp_path / "p2"

    def test_its_parts_are_joined_once(self, tmp_path: Path) -> None:
        """In their order, with the small files; who comes next finds it."""
        model = SpeechModel(tmp_path / "modeles" / "petit", self.parts(tmp_path))
        folder = model.folder()
        assert (folder / "model.bin").read_bytes() == b"undeux" and (folder / "config.json").exists()
        (tmp_path / "p1" / "model.bin.part1").write_bytes(b"autre")
        assert model.folder() == folder and (folder / "model.bin").read_bytes() == b"undeux"

    def test_what_a_cut_left_is_removed(self, tmp_path: Path) -> None:
        """An hour later: it may be another process, which is at it."""
        model = SpeechModel(tmp_path / "modeles" / "petit", self.parts(tmp_path))
        for name, age_s in (("vieux", 7_200), ("neuf", 0)):
            left = tmp_path / "modeles" / f".petit-{name}"
            left.mkdir(parents=True)
            at = left.stat().st_mtime - age_s
            os.utime(left, (at, at))
        model.folder()
        assert {path.name for path in (tmp_path / "modeles").iterdir()} == {"petit", ".petit-neuf"}

    def test_of_two_processes_one_joins_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The other finds it there, and leaves nothing beside."""
        parts = self.parts(tmp_path)
        slow, quick = (SpeechModel(tmp_path / "modeles" / "petit", parts) for _ in range(2))
        synchronise = os.fsync

        def meanwhile(number: int) -> None:
            monkeypatch.setattr(os, "fsync", synchronise)
            quick.folder()

        monkeypatch.setattr(os, "fsync", meanwhile)
        assert (slow.folder() / "model.bin").read_bytes() == b"undeux"
        assert [path.name for path in (tmp_path / "modeles").iterdir()] == ["petit"]

    def test_none_is_none(self, tmp_path: Path) -> None:
        """Whatever is installed."""
        assert speech_model.chosen("none", tmp_path) is None
