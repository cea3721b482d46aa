"""Signing in without a password: a mail with a link and six digits, a card, a demonstration link.

Life of a sign-in by mail: `request_mail` (the same answer whether or not the address is known) writes
the mail in its own transaction; the link opens a page that changes nothing (`people_of_link`) and whose
button calls `use_link`; or the digits are typed in the browser that asked, and `use_digits` checks them.
All end in `open_session`. Cards are in `motion.acts.cards`.

Nothing here is stored in clear: tokens as SHA-256 (they have 256 bits), six digits and networks under a
keyed hash (`storage.sign_in_key`). A refused try must be counted, and `Store.write` rolls back what
raises: the functions that check a secret therefore return their refusal, and the caller raises it.
"""

from datetime import datetime

from sqlmodel import Session

from motion.acts import record
from motion.rules.errors import NotFound
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage.models import LoginSession, Official, Secretary


def open_session(
    db: Session,
    congress_id: int,
    *,
    official_id: int | None = None,
    secretary_id: int | None = None,
    token_hash: bytes,
    way: str,
    device: str,
    now: datetime,
    expires_at: datetime,
) -> LoginSession:
    """Sign one person in on one device; exactly one of the two ids is given.

    The record says who, and by which way (`mail`, `card`, `demonstration`, `rehearsal`): never the
    token, the device or the network.

    Raises:
        NotFound: Nobody in force in this congress has this id.
    """
    actor = actor_of(db, congress_id, official_id=official_id, secretary_id=secretary_id)
    row = LoginSession(
        congress_id=congress_id,
        official_id=official_id,
        secretary_id=secretary_id,
        token_hash=token_hash,
        way=way,
        device=device[:100],
        created_at=now,
        seen_at=now,
        expires_at=expires_at,
    )
    db.add(row)
    db.flush()
    record.note(
        db,
        congress_id,
        "session.open",
        {"session": f"s-{row.id}", "way": way},
        actor=actor,
        now=now,
        official_id=official_id,
    )
    return row


def actor_of(
    db: Session,
    congress_id: int,
    *,
    official_id: int | None = None,
    secretary_id: int | None = None,
    session_id: int | None = None,
) -> Actor:
    """Say as whom somebody acts now.

    Raises:
        NotFound: Nobody in force in this congress has this id.
    """
    if official_id is not None:
        official = db.get(Official, official_id)
        if official is None or official.congress_id != congress_id or official.revoked_at is not None:
            raise NotFound("official", str(official_id))
        role = Role.RAPPORTEUR if official.is_rapporteur else Role.OFFICIAL
        return Actor(congress_id, role, official_id=official_id, session_id=session_id)
    secretary = None if secretary_id is None else db.get(Secretary, secretary_id)
    if secretary is None or secretary.congress_id != congress_id or secretary.revoked_at is not None:
        raise NotFound("secretary", str(secretary_id))
    return Actor(congress_id, Role.SECRETARIAT, secretary_id=secretary_id, session_id=session_id)
