"""How much the streams of a PDF are once unpacked, without keeping any of it.

Pages are copied as they are, so a stream that swells to gigabytes would do its harm in the reader of whoever opens what
is published: a few thousand bytes are enough, for a stream may be packed several times over (ISO 32000-2, 7.4).
"""

import zlib
from collections.abc import Iterable, Iterator

from pypdf.generic import ArrayObject, StreamObject

from motion.media.refusal import Refused
from motion.rules.media import MediaReason

MAX_STREAM_BYTES = 512 << 20  # a page at six hundred points an inch is a hundred million
MAX_POINTS = 20_000 * 20_000  # of a picture: a plan of a metre, scanned
MOST_SWELLING = 1032  # times its size, of what deflate packs once
_STEP = 1 << 20
_DEFLATED = frozenset(("/FlateDecode", "/Fl"))
_PACKED = _DEFLATED | {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}


def check(stream: StreamObject) -> None:
    """Refuse a stream that nobody's memory holds.

    Raises:
        Refused: With that reason.
    """
    named = stream.get("/Filter")
    filters = [str(each) for each in named] if isinstance(named, ArrayObject) else [str(named)] if named else []
    packed = [each for each in filters if each in _PACKED]
    width, height = stream.get("/Width"), stream.get("/Height")
    if isinstance(width, int) and isinstance(height, int) and width * height > MAX_POINTS:
        raise Refused(MediaReason.TOO_HEAVY)
    if len(packed) < 1 or len(stream._data) * MOST_SWELLING ** len(packed) <= MAX_STREAM_BYTES:
        return
    if len(packed) > 1 and not _DEFLATED.issuperset(filters):
        raise Refused(MediaReason.TOO_HEAVY)  # nobody packs a page so
    if filters[0] in _DEFLATED:
        _measure(stream._data, sum(1 for each in filters if each in _DEFLATED))


def _measure(data: bytes, times: int) -> None:
    pieces: Iterable[bytes] = (data,)
    for _ in range(times):
        pieces = _inflated(pieces)
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            if size > MAX_STREAM_BYTES:
                raise Refused(MediaReason.TOO_HEAVY)
    except zlib.error:
        return  # readers show nothing of it, or what came before


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    stream = zlib.decompressobj()
    for piece in pieces:
        rest = piece
        while rest and not stream.eof:
            yield stream.decompress(rest, _STEP)
            rest = stream.unconsumed_tail
