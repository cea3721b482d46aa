"""The program that writes down what is said in a recording, in a process of its own, with its hands tied.

`python -P -m motion.media.whisper MODEL`, started by `motion.media.transcribing` alone, in a folder of its own. Its
task is `{"path": …, "language": …}`: the sound, and the language that is spoken. It ends with `{"heard": …}`, how many
captions it left in its folder as `captions.vtt`, or with `{"refused": …}`.

A recogniser gives `main` what it hears; all else is here: bounds, progress, captions, reasons.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av

from motion.media import limits
from motion.media.refusal import FULL, TRY_LATER
from motion.media.telling import Telling, begin
from motion.rules import caption_files, heard
from motion.rules.heard import HearingReason, Word

CAPTIONS = "captions.vtt"
BASE_CPU_S = 300  # a model of several gigabytes is read on a slow machine
CPU_PER_SECOND = 30  # of a recording: the small model takes a tenth of a second, the largest about ten
MODEL_TIMES = 2  # of a model's file, in memory: it is read whole, then laid out for this processor

Recogniser = Callable[[Path, Path, str], Iterator[Sequence[Word]]]
"""The folder of a model, the file of a sound, a language of two letters: sentences in order, as words with times."""


def main(recognise: Recogniser) -> None:
    """Write down what is said in the recording that the standard input names."""
    model = Path(sys.argv[1])
    limits.tie_hands(limits.MEMORY_BYTES + MODEL_TIMES * (model / "model.bin").stat().st_size)
    task, telling = begin()
    telling(0)
    said: dict[str, object]
    try:
        said = {"heard": _listen(recognise, model, Path(task["path"]), str(task["language"]), telling)}
    except MemoryError:
        said = {"refused": HearingReason.TOO_HEAVY.value}
    except av.error.FFmpegError:
        said = {"refused": HearingReason.DAMAGED.value}
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            os._exit(TRY_LATER)
        logging.getLogger("motion.media").exception("couldn't listen to a recording")
        said = {"refused": HearingReason.INTERNAL.value}
    telling.end(said)


def _listen(recognise: Recogniser, model: Path, sound: Path, language: str, tell: Telling) -> int:
    """Leave the captions in the working folder; how many there are."""
    with av.open(str(sound)) as container:
        length_ms = max((container.duration or 0) // 1000, 1)
    limits.limit_cpu(BASE_CPU_S + CPU_PER_SECOND * length_ms // 1000)

    def sentences() -> Iterator[Sequence[Word]]:
        for sentence in recognise(model, sound, language):
            yield sentence
            if sentence:
                tell(min(99, 100 * sentence[-1].end_ms // length_ms))

    cues = heard.cues_of(sentences())
    Path(CAPTIONS).write_text(caption_files.webvtt(cues), encoding="utf-8")
    return len(cues)
