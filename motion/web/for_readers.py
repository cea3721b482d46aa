"""A process for readers: it shows pages, and nothing else.

A hall that opens the same page at once costs seconds of one processor, and whoever writes would wait behind it. A
second process, `motion serve --readers`, shows pages from the same database; the proxy in front sends it what asks for
a page, and leaves the rest to the first. It does no work in the background, opens no room, and takes nothing that would
change the record: what reaches it by mistake is told so (421, RFC 9110 section 15.5.20) and in the log.
"""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from motion.web.error_pages import http_error

log = logging.getLogger("motion.web")

READING = frozenset({"GET", "HEAD", "OPTIONS"})
ROOMS = "/live/"


class ForReaders:
    """Refuses what is not reading."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            log.warning("a drafting room was asked of a process for readers: see the proxy's settings")
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        elif scope["type"] == "http" and (scope["method"] not in READING or scope["path"].startswith(ROOMS)):
            log.warning("%s was asked of a process for readers: see the proxy's settings", scope["method"])
            answer = await http_error(Request(scope, receive), HTTPException(421))
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)
