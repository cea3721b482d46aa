"""Documents brought from elsewhere (Markdown, text, ODT, DOCX), read as the small Markdown of a motion.

What a file is, its first bytes say; its name only tells a ``.txt`` from a ``.md``. Archives are opened by us first: the
parts that hold words are copied, under a limit on what they really unpack to, into a new archive without pictures,
macros or entities. Only that archive is shown to pandoc, which runs as a separate program, sandboxed (no file and no
address is read but its input), with a limit of time and memory.
"""

import asyncio
import io
import json
import re
import subprocess
import unicodedata
import zipfile
import zlib

import pypandoc

from motion.exports.own_cover import PARTS as COVERED
from motion.exports.own_cover import without_cover
from motion.exports.small_markdown import written
from motion.rules.errors import DocumentUnreadable
from motion.rules.markdown import MAX_TEXT_CHARACTERS

MAX_DOCUMENT_BYTES = 10_000_000
"""A motion with pictures; the pictures are not read."""

MAX_UNPACKED_BYTES = 15_000_000
"""Words of all parts together; a novel has about 5 MB of them in ODT."""

MAX_TREE_BYTES = 20_000_000
"""Pandoc's tree as JSON: about fifty times the longest motion. More is not read into memory."""

MAX_ARCHIVE_PARTS = 2_000
MAX_CONVERSION_SECONDS = 30
MAX_CONVERSION_MEMORY = "512M"

_ODT_TYPES = (b"application/vnd.oasis.opendocument.text", b"application/vnd.oasis.opendocument.text-template")
_PARTS = {
    "odt": re.compile(r"(?:mimetype|content\.xml|styles\.xml|meta\.xml|META-INF/manifest\.xml)\Z"),
    "docx": re.compile(
        r"(?:\[Content_Types\]\.xml|_rels/\.rels|docProps/core\.xml|word/(?:_rels/)?[\w.]+\.(?:xml|rels))\Z"
    ),
}
_MAGIC = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0", "doc"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
)
# What zipfile says of archives that it cannot read: NotImplementedError when a method of packing or the version of the
# format is unknown to it, RuntimeError when a password is wanted.
_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, OSError)
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff"
    "\U000e0000-\U000e007f]"  # tag characters: invisible text
)


def kind_of(filename: str, content: bytes) -> str:
    """``odt``, ``docx``, ``markdown`` or ``text``.

    Raises:
        DocumentUnreadable: Another kind, which it names; or empty, or too large.
    """
    if len(content) > MAX_DOCUMENT_BYTES:
        raise DocumentUnreadable("unknown", "too-large")
    if not content.strip():
        raise DocumentUnreadable("unknown", "empty")
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            raise DocumentUnreadable(kind, "kind")
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    return "text" if filename.lower().endswith(".txt") else "markdown"


def to_small_markdown(filename: str, content: bytes) -> str:
    """Read a document as the text of a motion. Takes seconds at worst: call it in a thread.

    Args:
        filename: As given by the sender; trusted for nothing but ``.txt``.

    Raises:
        DocumentUnreadable: With the kind and the reason; nothing was imported.
    """
    kind = kind_of(filename, content)
    if kind in _PARTS:
        text = written(_pandoc(kind, kind, _repacked(kind, content)))
    else:
        text = _decoded(kind, content)
        text = written(_pandoc(kind, "gfm-raw_html", text.encode())) if kind == "markdown" else text
    text = _tidy(text)
    if not text.strip():
        raise DocumentUnreadable(kind, "empty")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise DocumentUnreadable(kind, "too-long")
    return text


async def to_small_markdown_apart(filename: str, content: bytes) -> str:
    """`to_small_markdown` in a thread, for the event loop."""
    return await asyncio.to_thread(to_small_markdown, filename, content)


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" in names:
                return "docx"
            if "mimetype" in names and _unpacked(archive, "mimetype", 200).strip() in _ODT_TYPES:
                return "odt"
            spreadsheet = {"xl/workbook.xml"} & names or b"spreadsheet" in content[:100]
            raise DocumentUnreadable("spreadsheet" if spreadsheet else "archive", "kind")
    except _DAMAGED as error:
        raise DocumentUnreadable("archive", "damaged") from error


def _repacked(kind: str, content: bytes) -> bytes:
    """A new archive with the parts that hold words, unpacked under a limit. What the archive says of its own sizes
    is not believed: each part is unpacked by pieces and counted."""
    target = io.BytesIO()
    left = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
            names = source.namelist()
            if len(names) > MAX_ARCHIVE_PARTS or len(names) != len(set(names)):
                raise DocumentUnreadable(kind, "damaged")
            for name in names:
                if not _PARTS[kind].match(name):
                    continue
                part = _unpacked(source, name, left)
                left -= len(part)
                if left <= 0:
                    raise DocumentUnreadable(kind, "too-large")
                if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise DocumentUnreadable(kind, "damaged")  # no word processor writes entities or UTF-16 here
                copy.writestr(name, without_cover(kind, part) if name == COVERED[kind] else part)
    except _DAMAGED as error:
        raise DocumentUnreadable(kind, "damaged") from error
    return target.getvalue()


def _unpacked(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """One part, or its first `limit` bytes."""
    with archive.open(name) as part:
        return part.read(limit)


def _decoded(kind: str, content: bytes) -> str:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not utf16:
        raise DocumentUnreadable("unknown", "kind")
    if len(content) > 8 * MAX_TEXT_CHARACTERS:
        raise DocumentUnreadable(kind, "too-long")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentUnreadable(kind, "encoding")


def _pandoc(kind: str, reader: str, content: bytes) -> dict[str, object]:
    command = [
        *(pypandoc.get_pandoc_path(), "--sandbox", "--from", reader, "--to", "json"),
        *("+RTS", f"-M{MAX_CONVERSION_MEMORY}", "-RTS"),
    ]
    try:
        done = subprocess.run(  # the path is the packaged program's, the arguments are ours
            command, input=content, capture_output=True, timeout=MAX_CONVERSION_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentUnreadable(kind, "too-slow") from error
    if done.returncode:
        raise DocumentUnreadable(kind, "damaged")
    if len(done.stdout) > MAX_TREE_BYTES:
        raise DocumentUnreadable(kind, "too-long")
    document: dict[str, object] = json.loads(done.stdout)
    return document


def _tidy(text: str) -> str:
    """One form of each letter, one kind of line's end, and none of the characters that a motion may not hold."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = _FORBIDDEN.sub("", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" +\n", "\n", text)).strip("\n") + "\n"
