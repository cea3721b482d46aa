"""What a file is, by its first bytes: never by its name, nor by what its sender says.

A closed list: each format has one reader, which is named when the file is opened. Whatever tries formats in turn would
one day try a playlist, and follow it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from motion.media.refusal import Refused
from motion.rules.media import MAX_BYTES, MediaReason

HEAD_BYTES = 4_096


class Reader(StrEnum):
    """Who reads it."""

    RECORDING = "recording"
    PHOTO = "photo"
    PDF = "pdf"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Format:
    """A format and its reader. `name` is FFmpeg's for recordings, Pillow's for photos."""

    reader: Reader
    name: str


_PICTURES = (
    (re.compile(rb"\xff\xd8\xff"), "JPEG"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG"),
    (re.compile(rb"GIF8[79]a"), "GIF"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "WEBP"),
)
_RECORDINGS = (
    (re.compile(rb"\x1a\x45\xdf\xa3"), "matroska"),
    (re.compile(rb"OggS\x00"), "ogg"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "wav"),
    (re.compile(rb"RIFF....AVI ", re.DOTALL), "avi"),
    (re.compile(rb"#!AMR(-WB)?\n"), "amr"),
    (re.compile(rb"....(moov|mdat|wide|free|skip|pnot)", re.DOTALL), "mov"),  # QuickTime of before `ftyp`
    (re.compile(rb"ID3[\x02-\x04]"), "mp3"),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "aac"),  # ADTS: layer is 00
    (re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]"), "mp3"),
)
_HEIF = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
_AVIF = frozenset({b"avif", b"avis"})
_BRANDS_BYTES = 256  # of a type box: no camera names more
_PLAYLISTS = re.compile(
    rb"#EXTM3U|ffconcat version|\[playlist\]|<\?wpl|file\s+['\"/\w]"
    rb"|(<\?xml[^>]*>\s*)?<(MPD|SmoothStreamingMedia|asx|smil)[\s>]",
    re.IGNORECASE,
)
_ACTIVE = re.compile(rb"<(!doctype\s+(html|svg)|html|svg|script|head|body|iframe)[\s>]|<svg:svg", re.IGNORECASE)


def sniff(path: Path) -> Format:
    """Say what a file is.

    Raises:
        Refused: Empty, too large, or nothing that is taken, with what it is as far as that helps its sender.
    """
    size = path.stat().st_size
    if size == 0:
        raise Refused(MediaReason.EMPTY)
    if size > MAX_BYTES:
        raise Refused(MediaReason.TOO_LARGE)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for pattern, name in _PICTURES:
        if pattern.match(head):
            return Format(Reader.PHOTO, name)
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIF:
            return Format(Reader.PHOTO, "HEIF" if _AVIF.isdisjoint(_brands(head)) else "AVIF")
        return Format(Reader.RECORDING, "mov")
    if head.startswith(b"%PDF-"):
        return Format(Reader.PDF, "pdf")
    if head.startswith(b"PK\x03\x04"):
        return Format(Reader.OFFICE, "zip")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # words in sixteen bits, which begin as sounds do
        head = head.decode("utf-16", "replace").encode()
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _PLAYLISTS.match(text):
        raise Refused(MediaReason.PLAYLIST)
    if _ACTIVE.search(text) and b"\0" not in head:
        raise Refused(MediaReason.ACTIVE)
    for pattern, name in _RECORDINGS:
        if pattern.match(head):
            return Format(Reader.RECORDING, name)
    is_text = b"\0" not in head and sum(byte < 9 or 13 < byte < 32 for byte in head) == 0
    raise Refused(MediaReason.NOT_MEDIA if is_text else MediaReason.UNKNOWN_FORMAT)


def _brands(head: bytes) -> set[bytes]:
    """What a file of the MP4 family says it is: ISO/IEC 14496-12, 4.3. HEIF says of what codec in the second place."""
    end = min(int.from_bytes(head[:4]), _BRANDS_BYTES)
    return {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
