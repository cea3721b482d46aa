"""A roster file as bytes: how it is written, and its lines, one at a time and bounded.

Recognised: UTF-8 with or without byte order mark, UTF-16, Windows-1252; semicolon, comma or tab; LF, CRLF or CR; a
title above the headers (exports of 2019). A line that can't be trusted is refused with its number and never guessed at.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from motion.rules.errors import MissingColumns, NotATable
from motion.rules.roster_columns import Layout, Variant, is_header, layout

SAMPLE_BYTES = 65_536
"""What `recognise` wants to see of the head of a file."""

MAX_LINE_BYTES = 16_384
"""Longest line: a line of the RNE has about 300 bytes. A longer one is skipped without being held."""

MAX_JOINED_LINES = 8
"""Lines that one quoted field may span (an address typed with line breaks in a spreadsheet)."""

_HEADERS_WITHIN = 10
_SEPARATORS = ";\t,"
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufffd]"
)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY_SHARE = 0.01  # of a sample's bytes; a damaged list has a few, a picture has a tenth
_OTHER_FILES = ((b"%PDF", "binary"), (b"PK\x03\x04", "spreadsheet"), (b"\xd0\xcf\x11\xe0", "spreadsheet"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    Attributes:
        encoding: ``utf-8``, ``utf-8-sig``, ``cp1252`` or ``utf-16``.
        fallback: For lines that are not UTF-8, when the head of the file had no accent to tell.
        header_line: Number of the line of headers, from 1.
    """

    encoding: str
    fallback: str | None
    separator: str
    newline: str
    header_line: int
    layout: Layout
    line_bytes: int = MAX_LINE_BYTES
    joined_lines: int = MAX_JOINED_LINES


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is not imported.

    Attributes:
        number: From 1, as a text editor counts; of its first line, when a quoted field spans several.
        reason: ``line-too-long``, ``undecodable``, ``control-character``, ``unbalanced-quotes``, ``too-few-columns``,
            ``too-many-columns``; and those of `motion.rules.roster`.
        values: The beginning of what stands there, for whoever repairs the file.
    """

    number: int
    reason: str
    values: tuple[str, ...] = ()


def recognise(head: bytes, *, filename: str = "") -> Dialect:
    """Find out how a file is written from its first `SAMPLE_BYTES`.

    Raises:
        NotATable: Empty, binary, a spreadsheet (xlsx, ods, xls: to be saved as CSV first), or without separator.
        MissingColumns: No line among the first has the headers that are needed.
    """
    head = head[:SAMPLE_BYTES]
    if not head.strip(b"\xef\xbb\xbf \t\r\n;,"):
        raise NotATable("empty")
    for magic, reason in _OTHER_FILES:
        if head.startswith(magic):
            raise NotATable(reason)
    encoding, fallback, text = _decoded(head)
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    lines = [line.rstrip("\r") for line in text.split(newline)]
    best: tuple[int, str, list[str]] | None = None
    for number, line in enumerate(lines[:_HEADERS_WITHIN], start=1):
        for separator in _SEPARATORS:
            fields = _fields(line, separator)
            if fields is None:
                continue
            if is_header(fields):
                filled = _departments_filled(lines[number : number + 5], separator, fields)
                found = layout(fields, filename=filename, departments_filled=filled)
                return Dialect(encoding, fallback, separator, newline, number, found)
            if best is None or len(fields) > len(best[2]):
                best = (number, separator, fields)
    if best is None or len(best[2]) < 2:
        raise NotATable("no-separator")
    layout(best[2])  # says which columns are missing
    raise MissingColumns(("family_name", "first_names"), tuple(best[2]))


def recognise_table(head: bytes, *, line_bytes: int, joined_lines: int) -> tuple[Dialect, tuple[str, ...]]:
    """Find out how any other table is written, and its headers: the first line of several columns.

    Args:
        line_bytes, joined_lines: Its own bounds, in place of those of a roster.

    Raises:
        NotATable: As for `recognise`; or no line has two columns.
    """
    head = head[:SAMPLE_BYTES]
    if not head.strip(b"\xef\xbb\xbf \t\r\n;,"):
        raise NotATable("empty")
    for magic, reason in _OTHER_FILES:
        if head.startswith(magic):
            raise NotATable(reason)
    encoding, fallback, text = _decoded(head)
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    for number, line in enumerate(text.split(newline)[:_HEADERS_WITHIN], start=1):
        rows = [(separator, _fields(line.rstrip("\r"), separator) or []) for separator in _SEPARATORS]
        separator, fields = max(rows, key=lambda row: len(row[1]))
        while fields and not fields[-1].strip():
            fields.pop()
        if len(fields) >= 2 and all(field.strip() for field in fields):
            found = Layout(Variant.OWN_LIST, (), len(fields))
            headers = tuple(_CONTROLS.sub("\u2423", field.strip())[:120] for field in fields)
            return Dialect(encoding, fallback, separator, newline, number, found, line_bytes, joined_lines), headers
    raise NotATable("no-separator")


def records(chunks: Iterable[bytes], dialect: Dialect) -> Iterator[tuple[int, list[str]] | RefusedLine]:
    """The lines after the headers: (line number, fields), exactly as many fields as headers. Blank lines are passed.

    Holds at most one chunk and `MAX_JOINED_LINES` lines, whatever the file.

    Args:
        chunks: The whole file from its first byte, in pieces of any size.
    """
    waiting: list[tuple[int, str]] = []  # lines of a quoted field that is not closed yet
    is_open = False
    source = _lines(chunks, dialect)
    again: list[tuple[int, str | RefusedLine]] = []  # lines to read anew, last first
    while True:
        item = again.pop() if again else next(source, None)
        refused = item[1] if item is not None and isinstance(item[1], RefusedLine) else None
        if waiting and (item is None or refused is not None or len(waiting) >= dialect.joined_lines):
            # The quote never closed: its own line is to blame, the following ones are read for themselves.
            if item is not None:
                again.append(item)
            again.extend(reversed(waiting[1:]))
            yield RefusedLine(waiting[0][0], "unbalanced-quotes", _beginning(waiting[0][1]))
            waiting, is_open = [], False
            continue
        if item is None:
            return
        number, line = item
        if number <= dialect.header_line:
            continue
        if isinstance(line, RefusedLine):
            yield line
            continue
        waiting.append((number, line))
        is_open ^= line.count('"') % 2 == 1
        if is_open:
            continue
        first, joined = waiting[0][0], "\n".join(part for _, part in waiting)
        waiting = []
        if joined.strip(dialect.separator + " \t"):
            yield _record(first, joined, dialect)


def _record(number: int, line: str, dialect: Dialect) -> tuple[int, list[str]] | RefusedLine:
    fields = _fields(line, dialect.separator)
    if fields is None:
        return RefusedLine(number, "unbalanced-quotes", _beginning(line))
    if _CONTROLS.search(line):
        return RefusedLine(number, "control-character", _beginning(line))
    width = dialect.layout.width
    while len(fields) > width and not fields[-1].strip():
        fields.pop()
    if len(fields) != width:
        reason = "too-few-columns" if len(fields) < width else "too-many-columns"
        return RefusedLine(number, reason, _beginning(line))
    return number, fields


def _lines(chunks: Iterable[bytes], dialect: Dialect) -> Iterator[tuple[int, str | RefusedLine]]:
    number = 0
    for number, raw in enumerate(_raw_lines(_utf8(chunks, dialect), dialect.line_bytes), start=1):
        if raw is None:
            yield number, RefusedLine(number, "line-too-long")
            continue
        line = _line(raw, dialect)
        if line is None:
            yield number, RefusedLine(number, "undecodable", _beginning(raw.decode("cp1252", "replace")))
        else:
            yield number, line.removeprefix("\ufeff") if number == 1 else line


def _line(raw: bytes, dialect: Dialect) -> str | None:
    raw = raw.rstrip(b"\r")
    encoding = "cp1252" if dialect.encoding == "cp1252" else "utf-8"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode(dialect.fallback) if dialect.fallback else None
    except UnicodeDecodeError:
        return None


def _utf8(chunks: Iterable[bytes], dialect: Dialect) -> Iterator[bytes]:
    """The same bytes, UTF-16 made UTF-8, CR made LF where it ends the lines."""
    if dialect.encoding == "utf-16":
        decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
        chunks = (decoder.decode(chunk).encode("utf-8", "replace") for chunk in chunks)
    for chunk in chunks:
        yield chunk.replace(b"\r", b"\n") if dialect.newline == "\r" else chunk


def _raw_lines(chunks: Iterable[bytes], most: int) -> Iterator[bytes | None]:
    """Lines without their end; None for one that is too long, whose bytes are let go as they come."""
    held = b""
    too_long = False
    for chunk in chunks:
        parts = chunk.split(b"\n")
        for part in parts[:-1]:
            whole = held + part
            yield None if too_long or len(whole) > most else whole
            held, too_long = b"", False
        held += parts[-1]
        if len(held) > most:
            held, too_long = b"", True
    if held or too_long:
        yield None if too_long else held


def _decoded(head: bytes) -> tuple[str, str | None, str]:
    """(encoding, fallback, text) of a sample that may end within a character."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", None, codecs.getincrementaldecoder("utf-16")(errors="replace").decode(head)
    if len(_BINARY.findall(head)) > max(4, _BINARY_SHARE * len(head)):
        raise NotATable("binary")
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        if not _mostly_utf8(head):
            return "cp1252", None, head.decode("cp1252", "replace")
        text = head.decode("utf-8", "replace")
    if text.startswith("\ufeff"):
        return "utf-8-sig", None, text[1:]
    return "utf-8", "cp1252" if text.isascii() else None, text


def _mostly_utf8(head: bytes) -> bool:
    """More lines with accents are UTF-8 than not: one damaged byte must not spell every name wrong."""
    verdicts = []
    for line in head.split(b"\n"):
        if not line.isascii():
            try:
                line.decode("utf-8")
                verdicts.append(1)
            except UnicodeDecodeError:
                verdicts.append(-1)
    return sum(verdicts) >= 0


def _fields(line: str, separator: str) -> list[str] | None:
    """The fields of one line; None when its quotes can't be understood."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _departments_filled(lines: list[str], separator: str, headers: list[str]) -> bool:
    found = layout(headers, departments_filled=True)
    places = [place for column, place in found.columns if column in ("department", "special_code")]
    rows = [_fields(line, separator) or [] for line in lines if line.strip()]
    return any(place < len(row) and row[place].strip() for row in rows for place in places)


def _beginning(line: str) -> tuple[str, ...]:
    return (_CONTROLS.sub("\u2423", line)[:120],)
