"""Whisper, by faster-whisper and CTranslate2, on one core: what the extra `captions` brings. A program, never imported.

`python -P -m motion.media.whisper MODEL`: see `motion.media.listening`. A recording is heard a few minutes at a time,
so that its length is no matter to the memory; it is parted where it is quietest.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from motion.media.listening import main
from motion.rules.heard import Word

RATE = 16_000  # samples a second: what Whisper hears
PART_S = 240  # at once: about 300 MB beside the model
QUIET_WITHIN_S = 30  # of the end of a part
QUIET_S = 0.3


def recognise(model: Path, sound: Path, language: str) -> Iterator[Sequence[Word]]:
    """The sentences of a recording, as `motion.media.listening.Recogniser` says."""
    from faster_whisper import WhisperModel
    from faster_whisper.audio import decode_audio

    whisper = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    samples = decode_audio(str(sound), sampling_rate=RATE)
    at = 0
    while at < len(samples):
        end = _quiet_end(samples, at)
        # Each part stands alone: what was misheard once is not carried on, and silence (VAD) gives no words.
        segments, _info = whisper.transcribe(
            samples[at:end],
            language=language,
            vad_filter=True,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        before_ms = at * 1000 // RATE
        for segment in segments:
            yield [
                Word(before_ms + round(word.start * 1000), before_ms + round(word.end * 1000), word.word)
                for word in segment.words or ()
            ]
        at = end


def _quiet_end(samples: Any, at: int) -> int:
    """Where the part that begins here ends: the middle of its quietest moment near the end, or that of the sound."""
    import numpy

    end = at + PART_S * RATE
    if end >= len(samples):
        return len(samples)
    near = end - QUIET_WITHIN_S * RATE
    moment = int(QUIET_S * RATE)
    loud = numpy.abs(samples[near:end]).cumsum()
    quietest = int(numpy.argmin(loud[moment:] - loud[:-moment]))
    return near + quietest + moment // 2


if __name__ == "__main__":
    # Each thread of a library would be one more that competes with those who write; nothing is asked of any network.
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    main(recognise)
