"""What a film costs to be made ready, beside the same job done by a plain ffmpeg.

    .venv/bin/python -m tests.bench.media [--seconds 20] [--runs 3]

The other is the ffmpeg of `imageio-ffmpeg`, one command for all that we write, with the same settings and the same
priority: both sizes, the small sound, a still. Ours looks at the file first, thins and times the pictures itself, and
draws the waveform. Time by the clock and processor time of the whole process; the best run of each, taken in turns.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from motion.media.film import GRADES, KEY_EVERY
from motion.media.limits import NICENESS
from motion.media.process import convert
from motion.media.sound import OPUS_BITS_PER_S
from motion.rules.contributions import FileKind

FFMPEG = get_ffmpeg_exe()
MOVING = "mandelbrot=size=1920x1080:rate=30,noise=alls=12:allf=t"  # detail that moves, and a small sensor's noise
SPOKEN = "anoisesrc=color=pink:amplitude=0.3,tremolo=f=4:d=0.9"
SOURCES = {
    "1080p30 HEVC, 10 bits": ["-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none"],
    "1080p30 H.264": ["-c:v", "libx264", "-pix_fmt", "yuv420p"],
}


def source(path: Path, seconds: int, options: list[str]) -> Path:
    """A film such as a phone makes, of 14 Mbit/s."""
    inputs = ["-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", SPOKEN, "-t", str(seconds)]
    sound = ["-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    quick = ["-preset", "ultrafast", "-b:v", "14M"]
    subprocess.run([FFMPEG, "-v", "error", "-y", *inputs, *options, *quick, *sound, str(path)], check=True)
    return path


def by_ffmpeg(path: Path, folder: Path) -> None:
    """The same job, as one command."""
    sizes = [f"[{each.short}]scale=-2:{each.short}:flags=bilinear,format=yuv420p[o{each.short}]" for each in GRADES]
    split = "[0:v]split=2" + "".join(f"[{each.short}]" for each in GRADES)
    still = "[still]scale=-2:720:flags=bilinear[ostill]"
    command = [FFMPEG, "-v", "error", "-y", "-i", str(path), "-filter_complex"]
    command += [";".join([split.replace("split=2", "split=3") + "[still]", *sizes, still])]
    for each in GRADES:
        rates = ["-maxrate", str(each.most_bits_per_s), "-bufsize", str(2 * each.most_bits_per_s)]
        command += ["-map", f"[o{each.short}]", "-map", "0:a", "-c:v", "libx264", "-preset", "veryfast", *rates]
        command += ["-crf", str(each.quality), "-profile:v", each.profile, "-g", str(KEY_EVERY)]
        command += ["-c:a", "aac", "-b:a", str(each.sound_bits_per_s), "-movflags", "+faststart"]
        command += [str(folder / f"{each.role}.mp4")]
    command += ["-map", "0:a", "-c:a", "libopus", "-b:a", str(OPUS_BITS_PER_S), "-ac", "1", str(folder / "sound.webm")]
    command += ["-map", "[ostill]", "-frames:v", "1", str(folder / "poster.jpg")]
    subprocess.run(["nice", "-n", str(NICENESS), *command], check=True)


def by_motion(path: Path, folder: Path) -> None:
    """As the service does it: the child, started and listened to."""

    async def tell(_percent: int) -> None:
        pass

    result = asyncio.run(convert(path, FileKind.VIDEO, folder, tell))
    assert result.refused is None, result.refused


def measured(job: Callable[[Path, Path], None], path: Path) -> dict[str, float]:
    """Seconds by the clock and of the processor, and bytes written."""
    folder = Path(tempfile.mkdtemp(dir=path.parent))
    before, at = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    job(path, folder)
    clock, after = time.perf_counter() - at, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = sum(each.stat().st_size for each in folder.iterdir())
    shutil.rmtree(folder)
    return {"clock_s": round(clock, 2), "processor_s": round(processor, 2), "bytes": size}


def main() -> None:
    """Measure, and print a line of JSON for each source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, options in SOURCES.items():
            path = source(Path(folder) / "film.mp4", asked.seconds, options)
            runs = [(measured(by_motion, path), measured(by_ffmpeg, path)) for _ in range(asked.runs)]
            ours, theirs = (min(each, key=lambda run: run["processor_s"]) for each in zip(*runs, strict=True))
            ratios = {key: round(ours[key] / theirs[key], 2) for key in ours}
            said = {"source": name, "bytes": path.stat().st_size, "load": round(os.getloadavg()[0], 1)}
            print(json.dumps(said | {"motion": ours, "ffmpeg": theirs, "ratio": ratios}), flush=True)


if __name__ == "__main__":
    main()
