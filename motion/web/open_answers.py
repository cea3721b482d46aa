"""Answers for programs and other sites: nobody is signed in, any site may read, nothing is sent twice.

The language is that of the address (`?lang=`) or of the browser, never of a cookie: two readers who ask alike are
answered alike, so anything between may keep the answer.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from motion.language import LANGUAGES, choose, language
from motion.web.language import times_of
from motion.web.open_data import LICENCE_URL
from motion.web.page import NEVER, Page, frame
from storage import pages

T = TypeVar("T")

JSON = "application/json"
PROBLEM = "application/problem+json"
LIVE = "public, no-cache"
SETTLED = "public, max-age=300"
"""What does not change any more, but for what a later decision says of it: asked again after five minutes."""

CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Content-Language",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
LICENSED = CROSS_ORIGIN | {"Link": f'<{LICENCE_URL}>; rel="license"'}
PREFLIGHT = CROSS_ORIGIN | {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",  # it is not one that browsers send unasked
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "public, max-age=86400",
}


async def read(request: Request, query: Callable[..., T], *args: Any) -> tuple[Page, T]:
    """Read rows and the frame to say them in, whoever asks.

    The congress is that of the address (`{congress}`); `query` then receives `(db, congress, *args)`, and
    `(db, *args)` where there is none.

    Raises:
        NotFound: There is no such congress, or the query didn't find its thing.
    """
    service = request.app.state.service
    slug = request.path_params.get("congress")
    now = service.now()
    framed: pages.Framed[T] = (
        await service.store.read(pages.bare_frame, None, now, query, *args)
        if slug is None
        else await service.store.read(pages.frame, slug, None, now, query, *args)
    )
    return spoken(request, frame(request, now, framed.congress, framed.openings)), framed.rows


def spoken(request: Request, page: Page) -> Page:
    """The same frame in the language that the address or the browser asks for."""
    offered = tuple(page.congress.languages.split(",")) if page.congress else LANGUAGES
    code = choose(
        [request.query_params.get("lang")],
        request.headers.get("accept-language", ""),
        tuple(code for code in offered if code in LANGUAGES) or LANGUAGES,
    )
    chosen = language(code)
    times = times_of(chosen, page.congress.time_zone) if page.congress else times_of(chosen)
    return replace(page, language=chosen, times=times)


def headers_of(page: Page, etag: str, cache: str) -> dict[str, str]:
    """What each answer carries."""
    return LICENSED | {
        "ETag": etag,
        "Cache-Control": cache,
        "Content-Language": page.language.code,
        "Vary": "Accept-Language",
    }


def unchanged(page: Page, etag: str, cache: str = LIVE) -> Response | None:
    """Answer 304 when the reader has it already."""
    asked = page.request.headers.get("if-none-match", "")
    if etag not in {name.strip().removeprefix("W/") for name in asked.split(",")} and asked.strip() != "*":
        return None
    return Response(status_code=304, headers=headers_of(page, etag, cache))


def send(page: Page, content: bytes, media_type: str, *, etag: str = "", cache: str = LIVE) -> Response:
    """Send bytes, or 304. Without an `etag` their digest names them: for what can never have to be taken back."""
    name = etag or '"' + hashlib.sha256(content + page.language.code.encode()).hexdigest()[:24] + '"'
    return unchanged(page, name, cache) or Response(
        content, headers=headers_of(page, name, cache), media_type=media_type
    )


def send_json(page: Page, body: object, *, media_type: str = JSON, etag: str = "", cache: str = LIVE) -> Response:
    """Send JSON, in UTF-8."""
    return send(page, json_bytes(body), media_type, etag=etag, cache=cache)


def json_bytes(body: object) -> bytes:
    """JSON as it is sent: on one line, in UTF-8."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def is_for_programs(path: str) -> bool:
    """Whether errors at this address are told as RFC 9457 says, whoever asks."""
    return path.startswith("/api/")


def problem(page: Page, code: str, status: int, title: str, detail: str) -> Response:
    """Say an error for programs (RFC 9457)."""
    body = {"type": f"/api/v1/openapi.json#{code}", "title": title, "status": status, "detail": detail, "code": code}
    headers = LICENSED | {"Cache-Control": NEVER, "Content-Language": page.language.code, "Vary": "Accept-Language"}
    content = json.dumps(body, ensure_ascii=False).encode() + b"\n"
    return Response(content, status, headers, media_type=PROBLEM)
