"""From a decoded picture to the sizes that are published: upright, square points, eight bits, ordinary colours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av.filter
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from motion.media import brightness

TICKS = Fraction(1, 90_000)  # seconds; of every picture that leaves here

_TURNS = {90: ("transpose=cclock",), 180: ("hflip", "vflip"), 270: ("transpose=clock",)}
_UNKNOWN = 2  # ITU-T H.273: a matrix that is not told
_FULL_RANGE = 2  # FFmpeg's AVCOL_RANGE_JPEG
_SD_HEIGHT = 720  # below, films that do not say are of the older colour matrix


@dataclass(frozen=True, slots=True)
class Size:
    """In points."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shape:
    """All that makes a filter fit a picture; a film may change it on the way, as a call does when a phone is turned."""

    width: int
    height: int
    format: str
    rotation: int  # degrees against the clock, by which it is to be turned
    matrix: int
    transfer: int
    is_full_range: bool


def shape(frame: VideoFrame) -> Shape:
    """The shape of a picture as it was decoded."""
    return Shape(
        frame.width,
        frame.height,
        frame.format.name,
        round(frame.rotation / 90) * 90 % 360,
        int(frame.colorspace),
        int(frame.color_trc),
        int(frame.color_range) == _FULL_RANGE or frame.format.name.startswith("yuvj"),
    )


def upright(found: Shape, aspect: Fraction) -> Size:
    """How large a picture is to the eye: with square points, and turned."""
    width = round(found.width * aspect)
    return Size(found.height, width) if found.rotation in (90, 270) else Size(width, found.height)


def within(size: Size, short: int) -> Size:
    """The size of a picture whose short side is at most `short`, and whose long side 16/9 of it; never larger."""
    long = short * 16 // 9
    low, high = sorted((size.width, size.height))
    factor = min(Fraction(1), Fraction(short, max(1, low)), Fraction(long, max(1, high)))
    return Size(_even(size.width * factor), _even(size.height * factor))


def _even(length: Fraction | int) -> int:
    return max(2, round(length / 2) * 2)


class Scaler:
    """Turns pictures of one shape into several sizes; owned by one pass."""

    def __init__(self, found: Shape, sizes: Sequence[Size], aspect: Fraction) -> None:
        self.shape = found
        self._graph = av.filter.Graph()
        turned = [*_TURNS.get(found.rotation, ())]
        upright_size = upright(found, aspect)
        source = self._graph.add_buffer(
            width=found.width, height=found.height, format=VideoFormat(found.format), time_base=TICKS, name="in"
        )
        first = self._add("split", str(len(sizes)))
        source.link_to(first)
        self._sinks = []
        for output, size in enumerate(sizes):
            fitted = _fitted(upright_size, size)
            before = Size(fitted.height, fitted.width) if found.rotation in (90, 270) else fitted
            steps = [*_scale(found, before), *turned]
            if fitted != size:  # it changed its shape on the way: bars, rather than another film
                steps.append(f"pad={size.width}:{size.height}:(ow-iw)/2:(oh-ih)/2")
            steps += ["setsar=1", "format=yuv420p"]
            last, pad = first, output
            for step in steps:
                name, _equal, arguments = step.partition("=")
                after = self._add(name, arguments)
                last.link_to(after, pad, 0)
                last, pad = after, 0
            sink = self._add("buffersink", "")
            last.link_to(sink, pad, 0)
            self._sinks.append(sink)
        self._source = source
        self._graph.configure()

    def _add(self, name: str, arguments: str) -> av.filter.context.FilterContext:
        return self._graph.add(name, arguments or None)

    def scaled(self, frame: VideoFrame) -> list[VideoFrame]:
        """One picture in each size."""
        # The steps are told what it is: a tag that the source did not announce would stop them.
        frame.colorspace, frame.color_range = _UNKNOWN, 0
        self._source.push(frame)
        return [next(_pulled(sink)) for sink in self._sinks]


def _pulled(sink: av.filter.context.FilterContext) -> Iterator[VideoFrame]:
    frame = sink.pull()
    assert isinstance(frame, VideoFrame)
    yield frame


def _fitted(size: Size, box: Size) -> Size:
    factor = min(Fraction(box.width, size.width), Fraction(box.height, size.height))
    width, height = _even(size.width * factor), _even(size.height * factor)
    return box if abs(width - box.width) <= 2 and abs(height - box.height) <= 2 else Size(width, height)


def _scale(found: Shape, size: Size) -> list[str]:
    scale = f"scale={size.width}:{size.height}:flags=bilinear"
    ranges = f"in_range={'pc' if found.is_full_range else 'tv'}:out_range=tv"
    if found.transfer in brightness.TRANSFERS:
        return [f"{scale}:in_color_matrix=bt2020:out_color_matrix=bt2020:{ranges}", *brightness.steps(found.transfer)]
    is_hd = min(found.width, found.height) >= _SD_HEIGHT
    matrix = {1: "bt709", 4: "fcc", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}.get(found.matrix)
    matrix = matrix or ("bt709" if found.matrix == _UNKNOWN and is_hd else "bt601")
    return [f"{scale}:in_color_matrix={matrix}:out_color_matrix=bt709:{ranges}"]
