"""Sound: the small version of it, its shape as a picture, and what goes with a film."""

from array import array
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.filter
from av.audio.frame import AudioFrame

RATE = 48_000  # samples a second: the only one that Opus has
OPUS_BITS_PER_S = 24_000
WAVE_RATE = 8_000
PEAK_SAMPLES = 400  # a twentieth of a second
BARS = 240  # of the waveform: two points each on the narrowest phone
LOUDEST = 32_768
BITEXACT = 0x800000  # AV_CODEC_FLAG_BITEXACT: no version, no date, no chance in what is written


class Splitter:
    """Sound as it was decoded, into several forms at once; gaps become silence, so that it keeps to the picture."""

    def __init__(self, first: AudioFrame, forms: Sequence[str]) -> None:
        self._graph = av.filter.Graph()
        self._rate = first.sample_rate
        self.shape = shape(first)
        source = self._graph.add_abuffer(
            sample_rate=first.sample_rate,
            format=first.format.name,
            layout=first.layout.name,
            time_base=Fraction(1, first.sample_rate),
        )
        timed = self._graph.add("aresample", "async=1000:min_hard_comp=0.1:first_pts=0")
        split = self._graph.add("asplit", str(len(forms)))
        source.link_to(timed)
        timed.link_to(split)
        self._sinks = []
        for output, form in enumerate(forms):
            formed = self._graph.add("aformat", form)
            sink = self._graph.add("abuffersink")
            split.link_to(formed, output, 0)
            formed.link_to(sink)
            self._sinks.append(sink)
        self._source = source
        self._graph.configure()

    def split(self, frame: AudioFrame | None, at_s: float = 0.0) -> list[list[AudioFrame]]:
        """What is ready of each form, once this sound is added; None ends it."""
        if frame is not None:
            frame.pts, frame.time_base = round(at_s * self._rate), Fraction(1, self._rate)
        self._source.push(frame)
        return [_ready(sink) for sink in self._sinks]


def shape(frame: AudioFrame) -> tuple[int, str, str]:
    """All that makes a splitter fit a sound."""
    return frame.sample_rate, frame.format.name, frame.layout.name


def _ready(sink: av.filter.context.FilterContext) -> list[AudioFrame]:
    frames: list[AudioFrame] = []
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return frames
        assert isinstance(frame, AudioFrame)
        frames.append(frame)


class SmallSound:
    """`sound`: Opus in WebM, one channel."""

    FORM = f"sample_fmts=flt:sample_rates={RATE}:channel_layouts=mono"

    def __init__(self, path: Path) -> None:
        self._container = av.open(str(path), "w", format="webm", options={"fflags": "+bitexact"})
        self._stream = self._container.add_stream(
            "libopus", rate=RATE, layout="mono", options={"application": "voip", "frame_duration": "40"}
        )
        self._stream.bit_rate = OPUS_BITS_PER_S
        self._stream.codec_context.flags |= BITEXACT

    def add(self, frame: AudioFrame) -> None:
        """Write it."""
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what is left, and the end."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


class Waveform:
    """`waveform`: how loud it is, moment by moment, as a picture that needs no script."""

    FORM = f"sample_fmts=s16:sample_rates={WAVE_RATE}:channel_layouts=mono"

    def __init__(self) -> None:
        self._rest: array[int] = array("h")
        self._peaks: list[int] = []
        self._samples = 0

    def add(self, frame: AudioFrame) -> None:
        """Count it."""
        self._rest.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
        self._samples += frame.samples
        whole = len(self._rest) - len(self._rest) % PEAK_SAMPLES
        for start in range(0, whole, PEAK_SAMPLES):
            part = self._rest[start : start + PEAK_SAMPLES]
            self._peaks.append(max(max(part), -min(part)))
        del self._rest[:whole]

    @property
    def duration_s(self) -> float:
        """How long what was added is."""
        return self._samples / WAVE_RATE

    def svg(self) -> str:
        """A bar for each stretch of time, as high as its loudest moment; the loudest of all fills the height."""
        peaks = self._peaks or [0]
        count = min(BARS, len(peaks))
        tops = [max(peaks[at * len(peaks) // count : (at + 1) * len(peaks) // count]) for at in range(count)]
        most = max(max(tops), LOUDEST // 50)  # silence stays flat
        bars = []
        for at, top in enumerate(tops):
            half = max(1, round(31 * top / most))
            bars.append(f"M{4 * at + 1} {32 - half}v{2 * half}")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {4 * count} 64" preserveAspectRatio="none">'
            f'<path d="{"".join(bars)}" stroke="#6a6f7d" stroke-width="2"/></svg>\n'
        )
