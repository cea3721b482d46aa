"""What a page shows, in one read: the congress, who is signed in, and the page's own rows.

These functions return rows and plain values; `motion.web.pages` says them in words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Concatenate, Generic, ParamSpec, TypeVar

from sqlmodel import Session, col, func, select

from motion.rules.errors import NotFound
from storage.models import Congress, Entry, LoginSession, Official, PhaseOpening, Secretary

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in force and the person whose it is: an official or somebody of the secretariat."""

    session: LoginSession
    official: Official | None
    secretary: Secretary | None


@dataclass(frozen=True, slots=True)
class Framed(Generic[T]):
    """A page's rows in their frame; `congress` is None on pages that belong to no congress."""

    congress: Congress | None
    openings: tuple[PhaseOpening, ...]
    signed_in: SignedIn | None
    rows: T


def aware(at: datetime) -> datetime:
    """Give a stored moment its zone: SQLite keeps UTC without saying so."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def signed_in(db: Session, token_hash: bytes | None, now: datetime) -> SignedIn | None:
    """Find the session of a cookie's token; an ended or revoked one, or a revoked person's, is nobody's."""
    if token_hash is None:
        return None
    session = db.exec(select(LoginSession).where(LoginSession.token_hash == token_hash)).first()
    if session is None or session.revoked_at is not None or aware(session.expires_at) <= aware(now):
        return None
    official = db.get(Official, session.official_id) if session.official_id is not None else None
    secretary = db.get(Secretary, session.secretary_id) if session.secretary_id is not None else None
    person = official or secretary
    if person is None or person.revoked_at is not None:
        return None
    return SignedIn(session, official, secretary)


def frame(
    db: Session,
    slug: str | None,
    token_hash: bytes | None,
    now: datetime,
    query: Callable[Concatenate[Session, Congress, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Framed[T]:
    """Read a congress's page: its frame, then `query` on the same congress, in one transaction.

    Raises:
        NotFound: No congress has this address; or whatever `query` doesn't find.
    """
    congress = db.exec(select(Congress).where(Congress.slug == slug)).first()
    if congress is None or congress.id is None:
        raise NotFound("congress", slug or "")
    openings = db.exec(
        select(PhaseOpening).where(PhaseOpening.congress_id == congress.id).order_by(col(PhaseOpening.opens_at))
    )
    found = signed_in(db, token_hash, now)
    here = found if found is not None and found.session.congress_id == congress.id else None
    return Framed(congress, tuple(openings), here, query(db, congress, *args, **kwargs))


def bare_frame(
    db: Session,
    token_hash: bytes | None,
    now: datetime,
    query: Callable[Concatenate[Session, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Framed[T]:
    """Read a page that belongs to no congress."""
    return Framed(None, (), signed_in(db, token_hash, now), query(db, *args, **kwargs))


def nothing(db: Session, congress: Congress | None = None) -> None:
    """The query of a page that has no rows of its own."""


def last_entry(db: Session, congress_id: int) -> int:
    """Return the number of the record's last entry, -1 when it is empty."""
    number = db.exec(select(func.max(col(Entry.number))).where(Entry.congress_id == congress_id)).one()
    return -1 if number is None else number
