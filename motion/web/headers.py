"""What every answer carries, and which requests are turned away before any page sees them.

`Guard` is the outermost layer: one log line, the security headers, the refusal of forms that other sites
send. ASVS 5.0: 3.4.3 to 3.4.8 (headers), 3.5.1 to 3.5.3 (forms).
"""

import json
import logging
import re
import time
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from motion.live.origins import is_ours
from motion.settings import Settings
from motion.web import media_bytes
from motion.web.turns import Turns

requests_log = logging.getLogger("motion.requests")  # one JSON line each; `motion serve` sends them to stdout

HSTS = "max-age=63072000"  # two years
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_CHARSET = re.compile(rb";\s*charset[^;]*", re.IGNORECASE)


def policy(settings: Settings, *, style_nonce: str = "", plays_recordings: bool = False) -> str:
    """The content security policy: everything of ours, from this very host, and no inline script or style.

    Args:
        style_nonce: Lets in the style elements that carry it: for the editor in old browsers, and nothing else.
        plays_recordings: Lets in what the page itself has recorded, to be seen again before it is sent.
    """
    media = " ".join(["'self'", *media_bytes.sources(settings)])
    sockets = ("wss://" if settings.is_secure else "ws://") + settings.host
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{style_nonce}'" if style_nonce else "style-src 'self'",
            f"img-src {media}",
            "font-src 'self'",
            f"media-src {media}{' blob:' if plays_recordings else ''}",
            f"connect-src 'self' {sockets}",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "trusted-types motion",
            "require-trusted-types-for 'script'",
        ]
    )


def recording(settings: Settings) -> dict[str, str]:
    """The headers of a page in which one records: the camera and the microphone may be asked for, by it alone."""
    return {
        "Content-Security-Policy": policy(settings, plays_recordings=True),
        "Permissions-Policy": PERMISSIONS.replace("camera=()", "camera=(self)").replace(
            "microphone=()", "microphone=(self)"
        ),
    }


def came_from_elsewhere(headers: Headers, settings: Settings) -> bool:
    """Say whether another site made the browser send this request.

    Browsers since 2020 say it themselves (`Sec-Fetch-Site`); older ones send `Origin` with every form.
    A client that sends neither is no browser: it carries nobody's cookie against their will.
    The whole rule is these lines, so it needs no dependency, and the refusal is a page in the reader's language.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and not is_ours(origin, headers.get("host"), settings.base_url)


def local(location: str) -> str:
    """Keep a redirection on this host: Starlette's own, for a slash too many, repeats the Host that was sent."""
    there = urlsplit(location)
    return urlunsplit(there._replace(scheme="", netloc="", path="/" + there.path.lstrip("/")))


def without_charset(name: bytes, value: bytes) -> bytes:
    """A header of a form without a charset: RFC 7578 knows none, and any codec of Python could be named."""
    is_form = name == b"content-type" and value.lower().startswith(b"multipart/")
    return _CHARSET.sub(b"", value) if is_form else value


class Guard:
    """Log, harden, and refuse."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self._turns = Turns()
        self.common = {
            "Content-Security-Policy": policy(settings),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # Other sites learn nothing. `no-referrer` would make browsers send `Origin: null` with our own forms, and
            # those that don't know `Sec-Fetch-Site` (Safari before 16.4) could then not be told from another site's.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": PERMISSIONS,
        }
        if settings.is_secure:
            self.common["Strict-Transport-Security"] = HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "path" in scope:
            # No address of ours has a NUL, and PostgreSQL refuses to look for one.
            scope["path"] = scope["path"].replace("\0", "\ufffd")
            scope["query_string"] = scope["query_string"].replace(b"%00", b"%EF%BF%BD")
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["headers"] = [(name, without_charset(name, value)) for name, value in scope["headers"]]
        started = time.perf_counter()
        status, size = 0, 0
        if not scope["path"].startswith("/live/"):  # who writes over HTTP waits behind no page
            await self._turns.take()

        async def hardened(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self.common.items():
                    headers.setdefault(name, value)
                if "location" in headers and headers["location"] != scope.get(media_bytes.LEADS):
                    headers["location"] = local(headers["location"])
            else:
                size += len(message.get("body", b""))
            await send(message)

        elsewhere = scope["method"] not in SAFE_METHODS and came_from_elsewhere(Headers(scope=scope), self.settings)
        scope["motion.elsewhere"] = elsewhere
        try:
            await self.app(scope, receive, hardened)
        finally:
            # The route's pattern, never the path: addresses of sign-in links carry secrets.
            route = scope.get("route")
            line = {
                "event": "request",
                "method": scope["method"],
                "route": getattr(route, "path", ""),
                "congress": scope.get("path_params", {}).get("congress", ""),
                "status": status,
                "bytes": size,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            }
            requests_log.info("%s", json.dumps(line, ensure_ascii=True))
