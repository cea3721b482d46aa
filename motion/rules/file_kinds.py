"""What a file is by its own first bytes: never by its name, nor by what its sender's device says.

Sources: ISO/IEC 14496-12 (`ftyp`), RFC 9559 (Matroska), RFC 3533 (Ogg), ODF 1.3 part 2 (`mimetype` comes first),
ECMA-376 part 2 (DOCX). What a file holds beyond its first bytes is looked at when something is made of it.
"""

import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from motion.rules.contributions import FileKind
from motion.rules.errors import Invalid

HEAD_BYTES = 4096
MAX_DOCUMENT_BYTES = 100_000_000
MAX_NAMES = 10_000  # in a document's archive

Kind = tuple[FileKind, str]
"""What a file is to people, and its media type."""

ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ARCHIVE: Kind = (FileKind.DOCUMENT, "application/zip")
"""A ZIP archive, of which the names within say whether it is a DOCX."""

ENDINGS = {
    "application/pdf": ".pdf",
    ODT: ".odt",
    DOCX: ".docx",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/webm": ".weba",
    "image/avif": ".avif",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/ogg": ".ogv",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-matroska": ".mkv",
    "video/x-msvideo": ".avi",
}
"""How the file of a type is called, on any machine: the types that a congress receives."""

_MADE_ENDINGS = {"image/svg+xml": ".svg"}  # what is made of files is of these types besides, and received of nobody

_SOMETIMES = {"image/heic": ".heif", "image/jpeg": ".jpeg"}
_FAMILIES: dict[str, str] = {FileKind.PHOTO: "image/", FileKind.SOUND: "audio/", FileKind.VIDEO: "video/"}


def offered(*kinds: str) -> str:
    """What a file picker offers first: `accept` of HTML.

    Whole families for photos, sounds and films, and every ending: pickers of computers know few media types.

    Args:
        kinds: Each a `FileKind`, or one media type alone.
    """
    said: list[str] = []
    for kind in kinds:
        family = "application/" if kind == FileKind.DOCUMENT else _FAMILIES.get(kind, kind)
        types = [name for name in ENDINGS if name.startswith(family)]
        said += [f"{family}*"] if kind in _FAMILIES else types
        for name in types:
            said += [ENDINGS[name], _SOMETIMES[name]] if name in _SOMETIMES else [ENDINGS[name]]
    return ",".join(said)


def ending_of(media_type: str) -> str:
    """How a file's name ends, so that a folder's programs know what it is; empty for a type that nobody foresaw.

    >>> ending_of("audio/webm; codecs=opus"), ending_of("image/svg+xml"), ending_of("x/y")
    ('.weba', '.svg', '')
    """
    plain = media_type.partition(";")[0].strip()
    return ENDINGS.get(plain) or _MADE_ENDINGS.get(plain, "")


def offered_by_device(kind: str) -> str:
    """What opens the camera or the microphone of a phone: one family, and nothing beside it."""
    return f"{_FAMILIES[kind]}*"


_PICTURES = {"heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "avif", "avis"}
_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", (FileKind.PHOTO, "image/jpeg")),
    (b"\x89PNG\r\n\x1a\n", (FileKind.PHOTO, "image/png")),
    (b"GIF87a", (FileKind.PHOTO, "image/gif")),
    (b"GIF89a", (FileKind.PHOTO, "image/gif")),
    (b"ID3", (FileKind.SOUND, "audio/mpeg")),
    (b"fLaC", (FileKind.SOUND, "audio/flac")),
    (b"#!AMR", (FileKind.SOUND, "audio/amr")),
    (b"%PDF-", (FileKind.DOCUMENT, "application/pdf")),
)
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "kind-old-office"),
    (b"{\\rtf", "kind-old-office"),
    (b"MZ", "kind-program"),
    (b"\x7fELF", "kind-program"),
    (b"#!/", "kind-program"),
    (b"Rar!", "kind-archive"),
    (b"7z\xbc\xaf", "kind-archive"),
    (b"\x1f\x8b", "kind-archive"),
    (b"PK\x05\x06", "kind-archive"),
)


def kind_of(head: bytes, declared: str = "") -> Kind:
    """Say what a file is.

    Args:
        head: Its first bytes, `HEAD_BYTES` of them if it has so many.
        declared: The media type that its sender's device says. It decides nothing but whether a container that holds
            sound as well as film is called a sound.

    Returns:
        Its kind; `ARCHIVE` for a ZIP archive, for `kind_of_archive` to look at.

    Raises:
        Invalid: It is none of what a congress receives; the reason is a code of `motion.web.words`.
    """
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    for start, reason in _REFUSED:
        if head.startswith(start):
            raise Invalid("file", reason)
    found = _of_container(head, is_sound=declared.startswith("audio/")) or _of_frames(head)
    if found is not None:
        return found
    if head.startswith(b"PK\x03\x04"):
        is_odt = head[30:38] == b"mimetype" and head[38 : 38 + len(ODT)] == ODT.encode()
        return (FileKind.DOCUMENT, ODT) if is_odt else ARCHIVE
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if plain.startswith(b"<"):
        raise Invalid("file", "kind-svg" if b"<svg" in plain else "kind-html")
    raise Invalid("file", "kind-unknown")


def names_in(archive: Path | BinaryIO) -> frozenset[str]:
    """The names in a ZIP archive, of which nothing is unpacked; none when it is damaged or has too many."""
    try:
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
    # zipfile says NotImplementedError of archives that it cannot read.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return frozenset()
    return frozenset(names) if len(names) <= MAX_NAMES else frozenset()


def kind_of_archive(names: Collection[str]) -> Kind:
    """Say what a ZIP archive is by the names within.

    Raises:
        Invalid: It is no document.
    """
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return FileKind.DOCUMENT, DOCX
    raise Invalid("file", "kind-archive")


def _of_container(head: bytes, *, is_sound: bool) -> Kind | None:
    if head[4:8] == b"ftyp":
        brand = head[8:12].decode("latin-1").strip().lower()
        if brand in _PICTURES:
            return FileKind.PHOTO, "image/avif" if brand.startswith("avi") else "image/heic"
        if brand in {"m4a", "m4b"} or is_sound:
            return FileKind.SOUND, "audio/mp4"
        return FileKind.VIDEO, "video/quicktime" if brand == "qt" else "video/mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        subtype = "webm" if b"webm" in head[:128] else "x-matroska"
        return (FileKind.SOUND, f"audio/{subtype}") if is_sound else (FileKind.VIDEO, f"video/{subtype}")
    if head.startswith(b"OggS"):
        has_film = b"theora" in head[:512]
        return (FileKind.VIDEO, "video/ogg") if has_film else (FileKind.SOUND, "audio/ogg")
    if head.startswith(b"RIFF"):
        return {
            b"WAVE": (FileKind.SOUND, "audio/wav"),
            b"WEBP": (FileKind.PHOTO, "image/webp"),
            b"AVI ": (FileKind.VIDEO, "video/x-msvideo"),
        }.get(head[8:12])
    return None


def _of_frames(head: bytes) -> Kind | None:
    """Sound without a container: MPEG audio, or AAC in ADTS, each frame of which begins with eleven or twelve ones."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return FileKind.SOUND, "audio/aac"
    is_mpeg = head[1] & 0x06 and head[1] & 0x18 != 0x08 and head[2] & 0xF0 not in (0xF0, 0x00)
    return (FileKind.SOUND, "audio/mpeg") if is_mpeg else None
