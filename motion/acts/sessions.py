"""Sessions: seen, listed and ended.

Whoever ends a session also closes its sockets, after the commit: each function returns the ids to hand
to `live.rooms.Rooms.revoke`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from motion.acts import record
from motion.rules.errors import NotFound
from motion.rules.permissions import Act, Actor, require
from motion.rules.vocabulary import Role
from storage import people
from storage.models import LoginSession, Official

SEEN_EVERY = timedelta(minutes=5)  # a reader of "seen at" needs no better, and pages must not write


def touch(db: Session, session_ids: Sequence[int], *, now: datetime) -> None:
    """Note that sessions are in use, each at most every few minutes; those that have ended stay as they are."""
    db.exec(
        update(LoginSession)
        .where(
            col(LoginSession.id).in_(session_ids),
            col(LoginSession.seen_at) <= now - SEEN_EVERY,
            col(LoginSession.revoked_at).is_(None),
        )
        .values(seen_at=now)
    )


def own(db: Session, actor: Actor, *, now: datetime) -> list[LoginSession]:
    """List the sessions of the person who asks, the latest used first."""
    return people.live_sessions(db, now=now, official_id=actor.official_id, secretary_id=actor.secretary_id)


def sign_out(db: Session, actor: Actor, *, now: datetime) -> list[int]:
    """End the session that asks."""
    rows = [row for row in own(db, actor, now=now) if row.id == actor.session_id]
    return end(db, rows, "left", actor=actor, now=now)


def revoke(db: Session, actor: Actor, session_id: int, *, now: datetime) -> list[int]:
    """End one session: one's own, or an official's of one's congress when one runs it.

    Raises:
        NotFound: There is no such session that this person may end.
    """
    row = db.get(LoginSession, session_id)
    if row is None or row.congress_id != actor.congress_id:
        raise NotFound("session", str(session_id))
    is_own = (row.official_id, row.secretary_id) == (actor.official_id, actor.secretary_id)
    runs_it = actor.role is Role.SECRETARIAT and row.official_id is not None
    if not is_own and not runs_it:
        raise NotFound("session", str(session_id))
    return end(db, [row], "revoked", actor=actor, now=now)


def revoke_others(db: Session, actor: Actor, *, now: datetime) -> list[int]:
    """End all sessions of the person who asks, but the one that asks."""
    rows = [row for row in own(db, actor, now=now) if row.id != actor.session_id]
    return end(db, rows, "revoked", actor=actor, now=now)


def revoke_of_official(db: Session, actor: Actor, official_id: int, *, now: datetime) -> list[int]:
    """End all sessions of an official, for a lost device.

    Raises:
        NotAllowed, NotFound: Nothing was ended.
    """
    require(actor, Act.RUN_CONGRESS, actor.congress_id)
    official = db.get(Official, official_id)
    if official is None or official.congress_id != actor.congress_id:
        raise NotFound("official", str(official_id))
    return end_all_of(db, official_id, "revoked", actor=actor, now=now)


def end_all_of(
    db: Session, official_id: int, how: str, *, way: str | None = None, actor: Actor | None, now: datetime
) -> list[int]:
    """End an official's sessions, for other acts; with `way`, those alone that were opened by it."""
    query = select(LoginSession).where(LoginSession.official_id == official_id, col(LoginSession.revoked_at).is_(None))
    rows = [row for row in db.exec(query) if way in {None, row.way}]
    return end(db, rows, how, actor=actor, now=now)


def end(db: Session, rows: list[LoginSession], how: str, *, actor: Actor | None, now: datetime) -> list[int]:
    """End sessions and say so in the record; those that have ended already are passed over.

    Args:
        how: `left` by oneself, or `revoked`.
    """
    ended: list[int] = []
    for row in rows:
        if row.revoked_at is not None:
            continue
        assert row.id is not None
        row.revoked_at = now
        db.add(row)
        record.note(
            db,
            row.congress_id,
            "session.close",
            {"how": how, "sess": f"s-{row.id}"},
            actor=actor,
            now=now,
            official_id=row.official_id,
        )
        ended.append(row.id)
    return ended
