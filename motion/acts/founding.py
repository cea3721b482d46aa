"""Founding a congress on the web: the congress, its first secretary and their session are one act."""

from datetime import datetime

from sqlmodel import Session

from motion.acts import congresses, sign_in
from motion.acts.congresses import NewCongress
from motion.acts.sign_in import NewSession
from motion.rules.errors import NotAllowed
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from storage import queries, secretariat
from storage.models import Congress, LoginSession


def is_first(db: Session) -> bool:
    """Whether this installation has no congress but demonstrations."""
    return all(congress.is_demonstration for congress in queries.congresses(db))


def found(
    db: Session,
    actor: Actor | None,
    described: NewCongress,
    founder: tuple[str, str] | None,
    new: NewSession,
    *,
    host: str,
    now: datetime,
) -> LoginSession | None:
    """Make a congress, its first secretary and their session, in one transaction.

    Raises:
        NotAllowed: Somebody else made the first congress meanwhile.
        Invalid, SlugTaken: Nothing was made.
    """
    if actor is None and not is_first(db):
        raise NotAllowed("create-congress", Role.PUBLIC)
    if founder is not None:
        actor = None
    congress = congresses.create(db, actor, described, host=host, now=now)
    assert congress.id is not None
    if founder is not None:
        secretary = congresses.add_secretary(db, None, congress.id, founder[0], founder[1], now=now)
        whose = secretary.id
    else:
        whose = secretariat.secretaries(db, congress)[0].id
    return sign_in.open_session(
        db,
        congress.id,
        secretary_id=whose,
        token_hash=new.token_hash,
        way="founder",
        device=new.device,
        now=now,
        expires_at=new.expires_at,
    )


def calendar_of(db: Session, congress: Congress) -> dict[Phase, datetime]:
    """The hours at which the phases of a congress open by themselves."""
    assert congress.id is not None
    return congresses.calendar(db, congress.id)
