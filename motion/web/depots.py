"""Who a file or a draft belongs to before anybody has signed anything: a secret in a cookie of this browser.

The cookie holds 128 random bits and nothing about anyone; rows hold its SHA-256. Whoever clears their cookies begins
anew, and what they had begun expires.

A tablet in the hall is everybody's and keeps no cookie: there the key of the form stands for whoever fills it in. The
page's script says it in a header, which no form and no other site can send; the next person's form has another.
"""

import hashlib
import re
import secrets

from starlette.requests import HTTPConnection
from starlette.responses import Response

from motion.settings import Settings

DAYS = 30
KIOSK = "motion-kiosk"
"""The header in which a kiosk's page says the key of its form."""

_SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)


def cookie_name(settings: Settings) -> str:
    """`__Host-` over https, as for sessions."""
    return "__Host-motion-depot" if settings.is_secure else "motion-depot"


def depot(connection: HTTPConnection) -> bytes | None:
    """What this browser's secret, or the kiosk's form, is known by in the database; None when it has none."""
    if KIOSK in connection.headers:
        key = connection.headers[KIOSK]
        return of_form(key) if _SECRET.fullmatch(key) else None
    return of_browser(connection)


def of_browser(connection: HTTPConnection) -> bytes | None:
    """What this browser's secret alone is known by; None when it has none. A draft is never a kiosk's."""
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


def of_form(key: str) -> bytes:
    """What a kiosk's form is known by in the database."""
    return hashed(f"borne {key}")


def hashed(secret: str) -> bytes:
    """SHA-256: enough for 128 random bits."""
    return hashlib.sha256(b"motion depot " + secret.encode()).digest()
