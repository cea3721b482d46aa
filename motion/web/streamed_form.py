"""A form with one file, its last field, taken as it comes: the file is never whole in memory or in a temporary folder.

A browser says how long the whole form is, and sends the fields in the order of the page. So the length of a file that
comes last is known as soon as its own headers are read: what is announced, less what came, less the form's last line.
Source of the format: RFC 7578.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BEFORE_BYTES = 64 * 1024  # of fields before the file, with their headers
MAX_HEADER_BYTES = 4096
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


@dataclass(slots=True)
class StreamedForm:
    """The fields before the file, and what is said of the file; `length` is 0 when none was chosen."""

    fields: dict[str, str] = field(default_factory=dict)
    file_name: str = ""
    media_type: str = ""
    length: int = 0
    body: AsyncIterator[bytes] | None = None


class _Parts:
    """Listens to the parser: fields are kept, bytes of the file are handed on."""

    def __init__(self, name: str) -> None:
        self.form = StreamedForm()
        self.file_found = self.file_ended = False
        self.file_starts = 0  # in the piece that is being parsed
        self.chunks: list[bytes] = []
        self._wanted = name
        self._headers: dict[str, bytes] = {}
        self._name = self._value = b""
        self._field, self._content = "", bytearray()
        self._is_file = False

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self.begin,
            "on_header_field": self.header_name,
            "on_header_value": self.header_value,
            "on_header_end": self.header_end,
            "on_headers_finished": self.headers_end,
            "on_part_data": self.data,
            "on_part_end": self.end,
        }

    def begin(self) -> None:
        self._headers, self._name, self._value = {}, b"", b""
        self._content = bytearray()

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._name = (self._name + data[start:end])[:MAX_HEADER_BYTES]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value = (self._value + data[start:end])[:MAX_HEADER_BYTES]

    def header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value
        self._name = self._value = b""

    def headers_end(self) -> None:
        _kind, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = self._field == self._wanted and b"filename" in options
        if self._is_file:
            self.form.file_name = options[b"filename"].decode("utf-8", "replace")
            self.form.media_type = self._headers.get("content-type", b"").decode("latin-1")
            self.file_found = True

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.chunks.append(data[start:end])
        else:
            self._content += data[start:end]
            if len(self._content) > MAX_BEFORE_BYTES:
                raise HTTPException(413)

    def end(self) -> None:
        if self._is_file:
            self.file_ended = True
        else:
            self.form.fields[self._field] = self._content.decode("utf-8", "replace").replace("\0", "\ufffd")


async def read_streamed(request: Request, name: str) -> StreamedForm:
    """Read a form up to the first bytes of its file `name`, which must be its last field.

    Raises:
        HTTPException: It is no such form, or does not say how long it is.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    said = request.headers.get("content-length", "")
    if kind != b"multipart/form-data" or b"boundary" not in options or not _NUMBER.fullmatch(said):
        raise HTTPException(400)
    boundary = options[b"boundary"]
    parts = _Parts(name)
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]
        stream = request.stream()
        came = await _up_to_file(parser, parts, stream)
    except (MultipartParseError, ValueError) as error:
        raise HTTPException(400) from error
    if not parts.file_found:
        return parts.form
    # From here on come the file, the line that ends the form, and nothing else.
    last = len(b"\r\n--" + boundary + b"--\r\n")
    parts.form.length = max(0, int(said) - came - last)
    parts.form.body = _bytes_of(parser, parts, stream)
    return parts.form


async def _up_to_file(parser: MultipartParser, parts: _Parts, stream: AsyncIterator[bytes]) -> int:
    """Parse until the file begins; return how many bytes come before it. What of it came is among the chunks."""
    came = 0
    async for chunk in stream:
        # By small steps while it is not there yet: where the file begins must be known to the byte.
        for at in range(len(chunk)):
            parser.write(chunk[at : at + 1])
            came += 1
            if parts.file_found:
                rest = chunk[at + 1 :]
                if rest:
                    parser.write(rest)
                return came
        if came > MAX_BEFORE_BYTES:
            raise HTTPException(413)
    return came


async def _bytes_of(parser: MultipartParser, parts: _Parts, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    while True:
        found, parts.chunks = parts.chunks, []
        for chunk in found:
            yield chunk
        if parts.file_ended:
            break
        try:
            following = await anext(stream, None)
            if following is None:
                break
            parser.write(following)
        except MultipartParseError as error:
            raise HTTPException(400) from error
    async for _rest in stream:  # the end of the form, and whatever follows
        pass
