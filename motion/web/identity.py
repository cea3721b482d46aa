"""Who is at the other end of a request: what the cookie's session says, and nothing else.

The cookie holds a token of 256 random bits; the row in `login_session` holds its SHA-256. A session
belongs to one congress: on the pages of another, its owner is the public.
"""

import hashlib
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from motion.rules.names import display_name
from motion.rules.permissions import Act, Actor, may
from motion.rules.vocabulary import Role
from motion.settings import Settings
from storage.pages import SignedIn


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who asks for a page; `actor` is None for the public."""

    actor: Actor | None = None
    name: str = ""

    @property
    def role(self) -> Role:
        """What this visitor is in the congress of the page."""
        return self.actor.role if self.actor else Role.PUBLIC

    @property
    def session_id(self) -> int | None:
        """The session, for revoking it."""
        return self.actor.session_id if self.actor else None

    @property
    def official(self) -> int | None:
        """The official's id, or None."""
        return self.actor.official_id if self.actor else None

    @property
    def secretary(self) -> int | None:
        """The secretary's id, or None."""
        return self.actor.secretary_id if self.actor else None

    def may(self, act: str) -> bool:
        """Whether the role may do this act at all: what a page offers, never what is allowed."""
        return may(self.role, Act(act))


PUBLIC = Visitor()


def visitor_of(found: SignedIn | None) -> Visitor:
    """Turn the rows of a session into a visitor."""
    if found is None:
        return PUBLIC
    session, official, secretary = found.session, found.official, found.secretary
    if official is not None:
        role = Role.RAPPORTEUR if official.is_rapporteur else Role.OFFICIAL
        actor = Actor(session.congress_id, role, official_id=official.id, session_id=session.id)
        return Visitor(actor, display_name(official.first_names, official.family_name))
    assert secretary is not None
    actor = Actor(session.congress_id, Role.SECRETARIAT, secretary_id=secretary.id, session_id=session.id)
    return Visitor(actor, secretary.name)


def cookie_name(settings: Settings) -> str:
    """`__Host-` ties the cookie to this very host over https; plain http (a demonstration) can't have it."""
    return "__Host-motion" if settings.is_secure else "motion"


def token_hash(connection: HTTPConnection, settings: Settings) -> bytes | None:
    """What the cookie's token is known by in the database, or None without a cookie."""
    token = connection.cookies.get(cookie_name(settings), "")
    return hash_token(token) if 0 < len(token) <= 200 else None


def hash_token(token: str) -> bytes:
    """SHA-256: enough for a token of 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def login_name(hashed: bytes) -> str:
    """Something that tells a login from others on its device, made from its `token_hash`; nobody gets in with it."""
    return hashlib.sha256(b"motion editor " + hashed).hexdigest()[:24]


def set_session_cookie(response: Response, settings: Settings, token: str) -> None:
    """Sign the browser in. Lax: a link in a mail must find one's session, a form of another site must not."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=settings.session_days * 86400,
        path="/",
        secure=settings.is_secure,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Make the browser forget its session; the row is revoked by the act."""
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.is_secure, httponly=True, samesite="lax")
