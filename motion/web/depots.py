"""Who a file or a draft belongs to before anybody has signed anything: a secret in a cookie of this browser.

The cookie holds 128 random bits and nothing about anyone; rows hold its SHA-256. Whoever clears their cookies begins
anew, and what they had begun expires.
"""

import hashlib
import re
import secrets

from starlette.requests import HTTPConnection
from starlette.responses import Response

from motion.settings import Settings

DAYS = 30
_SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)


def cookie_name(settings: Settings) -> str:
    """`__Host-` over https, as for sessions."""
    return "__Host-motion-depot" if settings.is_secure else "motion-depot"


def depot(connection: HTTPConnection) -> bytes | None:
    """What this browser's secret is known by in the database; None when it has none."""
    settings: Settings = connection.app.state.service.settings
    secret = connection.cookies.get(cookie_name(settings), "")
    return hashed(secret) if _SECRET.fullmatch(secret) else None


def new_depot() -> tuple[str, bytes]:
    """Draw a secret: for `give`, and what it is known by in the database."""
    secret = secrets.token_hex(16)
    return secret, hashed(secret)


def give(response: Response, settings: Settings, secret: str) -> None:
    """Have the browser keep a secret; again at each visit, so that it lasts as long as somebody comes back."""
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=DAYS * 86400,
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def hashed(secret: str) -> bytes:
    """SHA-256: enough for 128 random bits."""
    return hashlib.sha256(b"motion depot " + secret.encode()).digest()
