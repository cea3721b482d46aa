"""A form with a file taken as it comes: whatever the bytes, and however they are cut on their way."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request

from motion.web.streamed_form import MAX_BEFORE_BYTES, StreamedForm, read_streamed

BOUNDARY = b"----WebKitFormBoundary7MA4YWxk"


def body_of(fields: dict[str, str], content: bytes, *, boundary: bytes = BOUNDARY) -> bytes:
    """A form as browsers write it."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary, name.encode(), said.encode())
        for name, said in fields.items()
    ]
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    return b"".join(parts) + head % boundary + content + b"\r\n--" + boundary + b"--\r\n"


def taken(body: bytes, pieces: list[int], headers: dict[str, str] | None = None) -> tuple[StreamedForm, bytes]:
    """Read a form that comes in pieces of these lengths; return it and its file."""
    kind = "multipart/form-data; boundary=" + BOUNDARY.decode()
    said = {"content-type": kind, "content-length": str(len(body))} if headers is None else headers
    cuts = [min(len(body), sum(pieces[:at])) for at in range(len(pieces) + 1)] + [len(body)]
    chunks = [body[start:end] for start, end in zip(cuts, cuts[1:], strict=False) if start < end]

    async def run() -> tuple[StreamedForm, bytes]:
        waiting = iter(chunks)

        async def receive() -> dict[str, object]:
            chunk = next(waiting, None)
            return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

        scope = {"type": "http", "method": "POST", "headers": [(n.encode(), v.encode()) for n, v in said.items()]}
        form = await read_streamed(Request(scope, receive), "file")
        found = b"".join([chunk async for chunk in form.body or _nothing()])
        return form, found

    return asyncio.run(run())


async def _nothing() -> AsyncIterator[bytes]:
    for chunk in ():
        yield chunk


@settings(max_examples=150, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=2_000), st.lists(st.sampled_from([b"\r\n--", BOUNDARY[:9], b"-", b"\r"])).map(b"".join)
    ),
    pieces=st.lists(st.integers(1, 300), max_size=30),
    said=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50),
)
def test_every_byte_and_its_length(content: bytes, pieces: list[int], said: str) -> None:
    """The length is known before the first byte, and it is right."""
    form, found = taken(body_of({"suite": said}, content), pieces)
    assert found == content and form.length == len(content)
    assert form.fields == {"suite": said} and (form.file_name, form.media_type) == ("a.png", "image/png")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/x-www-form-urlencoded", "content-length": "9"},
        {"content-type": "multipart/form-data", "content-length": "9"},
        {"content-type": "multipart/form-data; boundary=x", "content-length": "-1"},
        {"content-type": "multipart/form-data; boundary=x", "content-length": "9" * 40},
    ],
)
def test_what_is_no_such_form(headers: dict[str, str]) -> None:
    """Refused before anything is kept."""
    with pytest.raises(HTTPException) as refused:
        taken(body_of({}, b"a"), [], headers)
    assert refused.value.status_code == 400


def test_fields_that_never_end() -> None:
    """Are not held in memory."""
    with pytest.raises(HTTPException) as refused:
        taken(body_of({"suite": "x" * (2 * MAX_BEFORE_BYTES)}, b"a"), [50_000] * 4)
    assert refused.value.status_code == 413


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    """Are a form, or refused."""
    try:
        taken(body, [7] * 50)
    except HTTPException as refused:
        assert refused.status_code in (400, 413)
