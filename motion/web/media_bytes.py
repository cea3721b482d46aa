"""The bytes of what people gave: parts of them, safe headers, and a host of their own when one is set.

Nothing here decides who may read: the route that calls `serve` has. Whatever the bytes turn out to be, a browser takes
them as the type that the caller fixed (`nosniff`), in a sandbox with no rights, on a page of no congress. With
`MOTION_MEDIA_URL` they come from a host that has no cookie of ours (`MediaHost`), and with an S3-compatible store from
the store itself, by an address that expires.

Range requests: RFC 9110, section 14; one range, as players and resumed downloads ask for.
"""

import hashlib
import re
from collections.abc import AsyncGenerator
from typing import cast
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from motion.rules.file_names import shown_name
from motion.settings import Settings
from motion.web.page import NEVER, REVALIDATE
from storage import blobs as stores
from storage.blobs import Blobs

PREFIX = "/media/"
"""Routes whose path begins so are media routes: with `MOTION_MEDIA_URL`, that host has them and no other."""

SANDBOX = "sandbox; default-src 'none'"
ADDRESS_S = 3600
"""How long an address of the store answers: browsers go on asking the one where a film began. What is withdrawn
meanwhile is deleted in the store."""

NOT_PACKED = (
    "application/octet-stream",
    "application/pdf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/vtt",
)
"""Types of files, beside pictures, sound and film, that are sent as they are: parts of them are asked
for by their place."""

LEADS = "motion.leads_to"
"""In the scope: the one address elsewhere to which an answer may redirect; see `motion.web.headers.Guard`."""

_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.ASCII | re.IGNORECASE)


def address(settings: Settings, path: str) -> str:
    """Where pages link to for a media route: on the host of its own, or on this one.

    Args:
        path: It begins with `PREFIX`.
    """
    return settings.media_url + path


def sources(settings: Settings) -> list[str]:
    """The other origins from which pages may show pictures and films: for their content security policy."""
    store = stores.check(settings.blobs_url)
    return [origin for origin in (settings.media_url, store.public if store else "") if origin]


def serve(
    request: Request, blobs: Blobs, key: str, size: int, media_type: str, file_name: str, *, inline: bool
) -> Response:
    """Answer with a blob, or with a part of it.

    Args:
        size: Of the blob, in bytes, as its row says.
        media_type: With which it is answered, whatever it is.
        file_name: What it is called when it is saved.
        inline: Whether it is shown; other types than pictures, sound, film and captions are better saved.
    """
    name = shown_name(file_name) or "fichier"
    etag = f'"{hashlib.sha256(b"etag " + key.encode()).hexdigest()[:24]}"'  # of the key, which is drawn at random
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": REVALIDATE,  # each time: what is withdrawn must not be shown out of a cache
        "Content-Type": media_type,
        "Content-Disposition": disposition(name, inline=inline),
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": _resource_policy(request.app.state.service.settings),
    }
    if etag in {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers={key: headers[key] for key in ("ETag", "Cache-Control")})
    is_head = request.method == "HEAD"
    elsewhere = blobs.address(key, seconds=ADDRESS_S, media_type=media_type, file_name=name, inline=inline)
    if elsewhere is not None and not is_head:
        request.scope[LEADS] = elsewhere
        kept = ("Content-Security-Policy", "Referrer-Policy", "Cross-Origin-Resource-Policy")
        return RedirectResponse(elsewhere, 307, {"Cache-Control": NEVER} | {name: headers[name] for name in kept})
    asked = _asked(request.headers, etag)
    start, end = (0, size) if asked is None else _place(*asked, size)
    if asked is not None and start >= end:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(end - start)
    if asked is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 200 if asked is None else 206
    if is_head:
        return Response(status_code=status, headers=headers)
    return _Streamed(blobs.read(key, start, end), status, headers)


class _Streamed(StreamingResponse):
    """A blob on its way. A reader who leaves ends the reading, and what it held is released at once."""

    async def stream_response(self, send: Send) -> None:
        # The first piece before the status: a blob that is not there is an error, not half an answer.
        pieces = cast(AsyncGenerator[bytes, None], self.body_iterator)
        first = await anext(pieces, b"")
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await cast(AsyncGenerator[bytes, None], self.body_iterator).aclose()


def _asked(headers: Headers, etag: str) -> tuple[str, str] | None:
    """The first and the last byte that are asked for, either of which may be empty; None when all of it is.

    What can't be read is answered in full, and so is whoever has parts of another file (`If-Range`).
    """
    said = _RANGE.fullmatch(headers.get("range", ""))
    if said is None or headers.get("if-range", etag).strip() != etag:
        return None
    first, last = said[1], said[2]
    if not (first or last) or (first and last and int(last) < int(first)):
        return None
    return first, last


def _place(first: str, last: str, size: int) -> tuple[int, int]:
    """From where to where, not included; nothing lies between when the file is shorter."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def disposition(name: str, *, inline: bool) -> str:
    """The header that says whether a file is shown, and what it is called (RFC 6266)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _resource_policy(settings: Settings) -> str:
    """Pages of ours show it, and they are of another site when media have a host of their own."""
    return "cross-origin" if settings.media_url else "same-origin"


class MediaHost:
    """Keeps the host of media and the host of everything else apart: each has its routes and not the other's."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._host = urlsplit(settings.media_url).netloc.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._host and scope["type"] in {"http", "websocket"}:
            is_media_host = Headers(scope=scope).get("host", "").lower() == self._host
            is_media = scope["type"] == "http" and scope["path"].startswith(PREFIX)
            if is_media_host != is_media or (is_media and scope["method"] not in {"GET", "HEAD"}):
                if scope["type"] == "websocket":
                    await receive()
                    await send({"type": "websocket.close", "code": 1008, "reason": ""})
                    return
                await PlainTextResponse("", 404, {"Cache-Control": NEVER})(scope, receive, send)
                return
        await self.app(scope, receive, send)
