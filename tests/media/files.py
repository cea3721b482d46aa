"""Small files such as phones, recorders and ill-wishers send, made on the spot."""

import io
import math
import struct
import zipfile
import zlib
from array import array
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

SECRET = "Recoin du Pré-Perdu"
"""What must never be found in anything that is published."""


def film(
    path: Path,
    *,
    codec: str | None = "libx264",
    pixels: str = "yuv420p",
    size: tuple[int, int] = (320, 240),
    rate: int = 25,
    seconds: float = 2,
    sound: str | None = "aac",
    times_ms: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    format: str | None = None,
) -> Path:
    """A film of moving stripes with a hum; either may be left out.

    Args:
        times_ms: When each picture is shown; otherwise evenly.
    """
    with av.open(str(path), "w", format=format) as container:
        container.metadata.update({"title": SECRET, "location": "+46.5000+002.3000/", "make": SECRET})
        video = audio = None
        if codec is not None:
            video = container.add_stream(codec, rate=rate, options=options or {})
            video.width, video.height, video.pix_fmt = *size, pixels
            if times_ms is not None:
                video.time_base = video.codec_context.time_base = Fraction(1, 1000)
        if sound is not None:
            audio = container.add_stream(sound, rate=48_000, layout="mono")
        for number in range(len(times_ms) if times_ms is not None else round(rate * seconds) if video else 0):
            frame = stripes(size, number).reformat(format=pixels)
            frame.pts = number if times_ms is None else times_ms[number]
            frame.time_base = Fraction(1, rate if times_ms is None else 1000)
            container.mux(video.encode(frame))
        if video is not None:
            container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(hum(seconds)))
            container.mux(audio.encode(None))
    return path


def stripes(size: tuple[int, int], number: int) -> av.VideoFrame:
    """A picture whose top is bright and whose left is dark: one sees how it is held."""
    width, height = size
    frame = av.VideoFrame(width, height, "gray")
    line = frame.planes[0].line_size
    dark = bytes((x * 200 // width + number * 5) % 120 for x in range(line))
    bright = bytes(value + 135 for value in dark)
    frame.planes[0].update(bright * (height // 4) + dark * (height - height // 4))
    return frame


def hum(seconds: float) -> av.AudioFrame:
    """A tone that swells."""
    count = round(48_000 * seconds)
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    frame.sample_rate = 48_000
    samples = array("h", (round(12_000 * at / count * math.sin(at / 20)) for at in range(count)))
    frame.planes[0].update(samples.tobytes() + bytes(frame.planes[0].buffer_size - 2 * count))
    frame.pts, frame.time_base = 0, Fraction(1, 48_000)
    return frame


def turned(path: Path) -> Path:
    """The same film, held upright: a phone writes how it was held, not another picture (ISO/IEC 14496-12, 8.3.2)."""
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 4 + 40
    height = 240 << 16
    content[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, height, 0, 1 << 30)
    path.write_bytes(content)
    return path


def photo(path: Path, *, format: str = "JPEG", size: tuple[int, int] = (400, 300), orientation: int = 1) -> Path:
    """A photo, red above and blue below, with where and with what it was taken."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, size[1] // 2, *size))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET, orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 30.0, 0.0), 29: SECRET})
    comment = {"comment": SECRET.encode()} if format == "JPEG" else {}
    image.save(path, format, exif=exif, **comment)
    return path


def declared_png(path: Path, side: int) -> Path:
    """A PNG of a few bytes that says it is as large as a field (PNG specification, 11.2.2)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1_000_000), 9)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b""))
    return path


def pdf(path: Path, *, pages: int = 1, password: str | None = None) -> Path:
    """A PDF with a photo on its page, and with all that a page does not need."""
    pictured = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(pictured, "PDF")
    writer = PdfWriter(pictured)
    for _ in range(pages - 1):
        writer.add_blank_page(200, 200)
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(SECRET)}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("lettre.txt", SECRET.encode())
    writer.add_metadata({"/Author": SECRET})
    writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url=f"javascript:{SECRET}"))
    writer.add_annotation(0, Link(rect=(9, 9, 20, 20), url="https://ormeline.example/"))
    if password is not None:
        writer.encrypt(password)
    writer.write(path)
    return path


def polyglot(path: Path) -> Path:
    """A photo for whoever reads from the front, an archive for whoever reads from the back."""
    photo(path)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", f"<script>{SECRET}</script>")
    with path.open("ab") as file:
        file.write(packed.getvalue())
    return path


def endless_sound(path: Path) -> Path:
    """Half an hour and more of silence: an hour of 8,000 samples a second, of eight bits."""
    rate, count = 8_000, 8_000 * 3_600
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", count + 36, b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8, b"data", 0
    )
    with path.open("wb") as file:
        file.write(head)  # whose length is not told, as by who writes while recording
        file.truncate(len(head) + count)
    return path
