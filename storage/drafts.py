"""Rows of drafts: kept updates, who owns a client id, snapshots, the reading copy.

`draft_update` is the truth; snapshots and the reading copy can be lost and are made again from it. Rows
are read and written in bulk, as columns: a window brings dozens of them, thirty times a second.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Insert, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from motion.rules.vocabulary import MotionState, Phase
from storage.models import (
    ClientBinding,
    Congress,
    DraftSnapshot,
    DraftUpdate,
    LateText,
    LoginSession,
    Motion,
    Official,
)

MAX_ID = 2**31 - 1  # the largest that PostgreSQL compares with an id

# Made once: a window asks for them thirty times a second, and building a statement costs more than running it.
_HEADS = (
    select(
        col(Motion.id),
        col(Motion.congress_id),
        col(Congress.slug),
        col(Motion.code),
        col(Motion.state),
        col(Congress.phase),
        col(Motion.number),
        col(Motion.last_entry),
        col(Motion.text_number),
        col(Motion.text_entry),
        col(Motion.redacted_entry),
    )
    .join(Congress, col(Congress.id) == col(Motion.congress_id))
    .where(col(Motion.id).in_(bindparam("motions", expanding=True)))
)
_IN_FORCE = (
    select(col(LoginSession.id))
    .outerjoin(Official, col(Official.id) == col(LoginSession.official_id))
    .where(
        col(LoginSession.id).in_(bindparam("sessions", expanding=True)),
        col(LoginSession.revoked_at).is_(None),
        col(LoginSession.expires_at) > bindparam("now"),
        col(Official.revoked_at).is_(None),
    )
)
_ADVANCE = (
    update(Motion)
    .where(col(Motion.id) == bindparam("motion"))
    .values(number=bindparam("to"), last_entry=bindparam("entry"))
)
_INSERTIONS: dict[str, Insert] = {}
_UPDATES = select(
    col(DraftUpdate.number),
    col(DraftUpdate.content),
    col(DraftUpdate.session_id),
    col(DraftUpdate.official_id),
    col(DraftUpdate.entry),
    col(DraftUpdate.at),
    col(DraftUpdate.redaction).is_not(None),
    col(DraftUpdate.for_id),
).order_by(col(DraftUpdate.number))


class Head(NamedTuple):
    """Where a motion stands: how many updates it has, and whether its text may change.

    `redacted_entry` moves when words are taken out of updates that were kept: a draft made before is void.
    """

    motion_id: int
    congress_id: int
    slug: str
    code: str
    state: MotionState
    phase: Phase
    number: int
    last_entry: int
    text_number: int
    text_entry: int
    redacted_entry: int = 0


class UpdateRow(NamedTuple):
    """One kept update; `session_id` and `official_id` are None for what the service wrote itself; `for_id` is for whom
    a rapporteur typed its words, None when for nobody else.

    Once redacted, each of its letters is a `▒`.
    """

    number: int
    content: bytes
    session_id: int | None
    official_id: int | None
    entry: int
    at: datetime
    is_redacted: bool = False
    for_id: int | None = None


class ReadingCopy(NamedTuple):
    """What a motion's updates amount to at `number`; `runs` is JSON: [[characters, official id or 0], …], and so are
    `typed_for`, with those for whom a rapporteur typed them, and `masked`, with 1 for letters that were taken out."""

    text: str
    runs: str
    number: int
    entry: int
    at: datetime
    typed_for: str = "[]"
    masked: str = "[]"


class OfficialRow(NamedTuple):
    """What readers see of an official."""

    id: int
    family_name: str
    first_names: str
    mandate: str
    territory: str


def find(db: Session, slug: str, code: str) -> int | None:
    """Return the id of the motion at `/{slug}/motions/{code}`, or None."""
    query = select(col(Motion.id)).join(Congress).where(col(Congress.slug) == slug, col(Motion.code) == code)
    return db.execute(query).scalar_one_or_none()


def heads(db: Session, motion_ids: Collection[int]) -> dict[int, Head]:
    """Return where each motion stands; unknown ids are left out."""
    rows: Sequence[Any] = db.connection().execute(_HEADS, {"motions": list(motion_ids)}).all()
    return {row[0]: Head(row[0], row[1], row[2], row[3], MotionState(row[4]), Phase(row[5]), *row[6:]) for row in rows}


def updates_after(
    db: Session, motion_id: int, number: int, *, up_to: int | None = None, limit: int | None = None
) -> list[UpdateRow]:
    """Return the kept updates above `number` (to `up_to` included), in order."""
    query = _UPDATES.where(col(DraftUpdate.motion_id) == motion_id, col(DraftUpdate.number) > number).limit(limit)
    if up_to is not None:
        query = query.where(col(DraftUpdate.number) <= up_to)
    return [UpdateRow(*row) for row in db.execute(query)]


def updates_of_entries(db: Session, motion_id: int, first: int, last: int) -> list[UpdateRow]:
    """Return the kept updates whose entries are numbered from `first` to `last`, in order."""
    query = _UPDATES.where(col(DraftUpdate.motion_id) == motion_id, col(DraftUpdate.entry).between(first, last))
    return [UpdateRow(*row) for row in db.execute(query)]


def update_at(db: Session, motion_id: int, number: int) -> UpdateRow | None:
    """Return one kept update."""
    return next(iter(updates_after(db, motion_id, number - 1, up_to=number)), None)


def motions_of(db: Session, congress_id: int) -> list[int]:
    """Return the ids of a congress's motions."""
    return list(db.execute(select(col(Motion.id)).where(col(Motion.congress_id) == congress_id)).scalars())


def bound_elsewhere(db: Session, motion_id: int, clients: Collection[int]) -> set[int]:
    """Return those of the client ids that are bound already, whoever has them."""
    query = select(col(ClientBinding.client)).where(
        col(ClientBinding.motion_id) == motion_id, col(ClientBinding.client).in_(clients)
    )
    return set(db.execute(query).scalars())


def silenced(db: Session, session_ids: Collection[int], now: datetime) -> set[int]:
    """Return those of the sessions that are revoked or expired, or whose official is revoked."""
    found = db.connection().execute(_IN_FORCE, {"sessions": list(session_ids), "now": now})
    return set(session_ids) - set(found.scalars())


def ended_between(db: Session, since: datetime, now: datetime) -> set[int]:
    """Return the sessions that expired or were revoked, by themselves or with their official."""
    expired = and_(col(LoginSession.expires_at) > since, col(LoginSession.expires_at) <= now)
    query = (
        select(col(LoginSession.id))
        .outerjoin(Official, col(Official.id) == col(LoginSession.official_id))
        .where(or_(col(LoginSession.revoked_at) > since, col(Official.revoked_at) > since, expired))
    )
    return set(db.execute(query).scalars())


def may_type_for(db: Session, congress_id: int, rapporteur: int, other: int | None = None) -> bool:
    """Whether an official is a rapporteur of this congress now, and `other` somebody else who is a member of it.

    Args:
        other: Any number, as somebody's program sent it; None to ask of the rapporteur alone.
    """
    if other is not None and (other == rapporteur or other > MAX_ID):
        return False
    query = select(col(Official.id)).where(
        col(Official.congress_id) == congress_id,
        col(Official.revoked_at).is_(None),
        ((col(Official.id) == rapporteur) & col(Official.is_rapporteur)) | (col(Official.id) == other),
    )
    return set(db.execute(query).scalars()) == {rapporteur} | ({other} if other is not None else set())


def insert_rows(db: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows in one statement, without making objects of them."""
    if rows:
        table: Table = model.__table__  # type: ignore[attr-defined]
        insertion = _INSERTIONS.get(table.name)
        if insertion is None:
            insertion = _INSERTIONS[table.name] = table.insert()
        db.connection().execute(insertion, list(rows))


def insert_missing(db: Session, model: type[SQLModel], row: dict[str, Any]) -> None:
    """Insert a row unless one with its primary key is there. Of two who insert it at once on PostgreSQL, the second
    waits for the first to commit, then finds its row."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.connection().execute(insert(table).values(row).on_conflict_do_nothing(index_elements=list(table.primary_key)))


def advance(db: Session, motion_id: int, number: int, last_entry: int) -> None:
    """Move a motion's counters to the last update and entry just inserted."""
    db.connection().execute(_ADVANCE, {"motion": motion_id, "to": number, "entry": last_entry})


def late_entries(db: Session, motion_id: int, session_id: int) -> dict[bytes, int]:
    """Return what was kept after the freeze for one session, with its entries: what is sent again is not kept twice."""
    query = select(col(LateText.content), col(LateText.entry)).where(
        col(LateText.motion_id) == motion_id, col(LateText.session_id) == session_id
    )
    return {content: entry for content, entry in db.execute(query)}


def latest_snapshot(db: Session, motion_id: int, up_to: int | None = None) -> tuple[int, bytes] | None:
    """Return the newest snapshot (at most at number `up_to`): its number and its bytes."""
    query = (
        select(col(DraftSnapshot.number), col(DraftSnapshot.content))
        .where(col(DraftSnapshot.motion_id) == motion_id)
        .order_by(col(DraftSnapshot.number).desc())
        .limit(1)
    )
    if up_to is not None:
        query = query.where(col(DraftSnapshot.number) <= up_to)
    row = db.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def keep_snapshot(
    db: Session, motion_id: int, number: int, content: bytes, at: datetime, redacted_entry: int = 0
) -> None:
    """Keep a snapshot in place of the former ones. Two processes may keep the same: the first stays.

    One that was made before words were taken out (`redacted_entry` of its room) is not kept: the row of the motion is
    locked, here and by whoever takes words out.
    """
    row = select(col(Motion.redacted_entry)).where(col(Motion.id) == motion_id).with_for_update()
    newest_redaction = db.execute(row).scalar_one_or_none()
    if newest_redaction != redacted_entry:
        return
    newest = db.execute(
        select(func.max(col(DraftSnapshot.number))).where(col(DraftSnapshot.motion_id) == motion_id)
    ).scalar_one()
    if newest is not None and newest >= number:
        return
    db.execute(delete(DraftSnapshot).where(col(DraftSnapshot.motion_id) == motion_id))
    insert_rows(db, DraftSnapshot, [{"motion_id": motion_id, "number": number, "content": content, "at": at}])


def drop_snapshots(db: Session, motion_id: int) -> None:
    """Forget snapshots that can't be read: the next opening replays the kept updates."""
    db.execute(delete(DraftSnapshot).where(col(DraftSnapshot.motion_id) == motion_id))


def write_copy(db: Session, motion_id: int, copy: ReadingCopy) -> None:
    """Renew the reading copy, unless another process has renewed it further."""
    db.execute(
        update(Motion)
        .where(col(Motion.id) == motion_id, col(Motion.text_number) < copy.number)
        .values(
            text=copy.text,
            runs=copy.runs,
            typed_for=copy.typed_for,
            masked=copy.masked,
            text_number=copy.number,
            text_entry=copy.entry,
            text_at=copy.at,
        )
    )


def officials(db: Session, ids: Collection[int]) -> list[OfficialRow]:
    """Return what readers see of these officials."""
    query = select(
        col(Official.id),
        col(Official.family_name),
        col(Official.first_names),
        col(Official.mandate),
        col(Official.territory),
    ).where(col(Official.id).in_(ids))
    return [OfficialRow(*row) for row in db.execute(query)]
