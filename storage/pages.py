"""What a page shows, in one read: the congress, who is signed in, and the page's own rows.

These functions return rows and plain values; `motion.web.pages` says them in words.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from motion.record.entry import decode_entry
from motion.record.objects import open_object
from motion.rules.errors import NotFound
from storage import history, redactions
from storage.models import (
    ClientBinding,
    Congress,
    DraftUpdate,
    Entry,
    LoginSession,
    Motion,
    Official,
    PhaseOpening,
    SealedObject,
    Secretary,
)
from storage.models.record import IS_RARE
from storage.redactions import Tombstone

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


def signed_in(db: Session, token_hash: bytes | None, now: datetime) -> SignedIn | None:
    """Find the session of a cookie's token; an ended or revoked one, or a revoked person's, is nobody's."""
    if token_hash is None:
        return None
    session = db.exec(select(LoginSession).where(LoginSession.token_hash == token_hash)).first()
    if session is None or session.revoked_at is not None or session.expires_at <= now:
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


def alive(db: Session) -> None:
    """Ask the database for anything at all: it answers, or this raises."""
    db.exec(select(Congress.id).limit(1)).first()


def last_entry(db: Session, congress_id: int) -> int:
    """Return the number of the record's last entry, -1 when it is empty."""
    number = db.exec(select(func.max(col(Entry.number))).where(Entry.congress_id == congress_id)).one()
    return -1 if number is None else number


WRITING_SECONDS = 60  # somebody whose last keystroke is younger is said to be writing
RECENT_UPDATES = 400  # looked at to say who wrote lately; a busy minute of a hall

# The acts about a motion that a reader is told of; keystrokes are told by author, other kinds are inner matters.
TOLD = (
    "motion.create",
    "motion.freeze",
    "motion.unfreeze",
    "motion.adopt",
    "motion.reject",
    "motion.withdraw",
)
WITH_REASON = {"motion.unfreeze", "motion.withdraw"}  # the entry commits to why, an object apart


@dataclass(frozen=True, slots=True)
class Wrote:
    """Somebody who wrote lately in a motion: when last, and how many of the latest updates are theirs."""

    official: Official
    at: datetime
    updates: int


@dataclass(frozen=True, slots=True)
class HomeRows:
    """What the home of a congress shows."""

    motions: tuple[Motion, ...]
    lively: Motion | None  # the motion that changed last
    wrote: tuple[Wrote, ...]  # in that motion, the latest first
    officials: int
    authors: int  # officials who wrote at least once, in any motion
    entries: int
    last_entry: int
    mark: str
    told: bytes = b""  # what the history of the lively motion tells: motion.rules.steps


@dataclass(frozen=True, slots=True)
class MotionRows:
    """What the page of a motion shows."""

    motion: Motion
    officials: dict[int, Official]  # everyone whose characters stand in the text, or who wrote lately
    wrote: tuple[Wrote, ...]
    acts: tuple[Entry, ...]  # of the kinds in `TOLD`, the latest first
    reasons: dict[int, str]  # why a text was opened again or a motion withdrawn, by the number of the act
    mark: str
    tombstones: tuple[Tombstone, ...] = ()  # what was taken out of it, decision by decision


@dataclass(frozen=True, slots=True)
class Glance:
    """How far the reading copy of a motion is, and its state: what tells readers whether anything changed."""

    motion_id: int
    code: str
    text_number: int
    state: str
    redacted_entry: int = 0


def home(db: Session, congress: Congress) -> HomeRows:
    """Read the home of a congress."""
    assert congress.id is not None
    motions = tuple(db.exec(select(Motion).where(Motion.congress_id == congress.id).order_by(col(Motion.id))))
    lively = max(motions, key=_liveliness, default=None)
    entries = last_entry(db, congress.id)
    officials = select(func.count()).where(Official.congress_id == congress.id, col(Official.revoked_at).is_(None))
    authors = (
        select(func.count(func.distinct(ClientBinding.official_id)))
        .select_from(ClientBinding)
        .join(Motion, col(Motion.id) == ClientBinding.motion_id)
        .where(Motion.congress_id == congress.id)
    )
    return HomeRows(
        motions,
        lively,
        wrote_lately(db, lively) if lively else (),
        db.exec(officials).one(),
        db.exec(authors).one(),
        entries + 1,
        entries,
        mark_of(glances(db, congress.id)),
        history.head(db, lively.id).told if lively and lively.id is not None else b"",
    )


def _liveliness(motion: Motion) -> tuple[bool, bool, datetime]:
    """An open text before a closed one, whatever is read before what was given up, then the latest written in."""
    return motion.state == "drafting", motion.state != "withdrawn", _since(motion)


def _since(motion: Motion) -> datetime:
    return motion.text_at or motion.created_at


def motions(db: Session, congress: Congress) -> tuple[tuple[Motion, ...], int]:
    """Read the list of motions, and the record's last entry."""
    assert congress.id is not None
    found = db.exec(select(Motion).where(Motion.congress_id == congress.id).order_by(col(Motion.id)))
    return tuple(found), last_entry(db, congress.id)


def motion_named(db: Session, congress: Congress, code: str) -> Motion:
    """Find a motion by its code.

    Raises:
        NotFound: This congress has no such motion.
    """
    found = db.exec(select(Motion).where(Motion.congress_id == congress.id, Motion.code == code)).first()
    if found is None:
        raise NotFound("motion", code)
    return found


def motion(db: Session, congress: Congress, code: str) -> MotionRows:
    """Read the page of a motion.

    Raises:
        NotFound: This congress has no such motion.
    """
    found = motion_named(db, congress, code)
    wrote = wrote_lately(db, found)
    acts = db.exec(
        select(Entry)
        .where(
            Entry.congress_id == congress.id,
            Entry.motion_id == found.id,
            col(Entry.kind).in_(TOLD),
            IS_RARE,
        )
        .order_by(col(Entry.number).desc())
        .limit(6)
    )
    ids = {one for kept in (found.runs, found.typed_for) for _length, one in json.loads(kept) if one}
    officials = {one.official.id: one.official for one in wrote if one.official.id is not None}
    wanted = ids - officials.keys()
    if wanted:
        for official in db.exec(select(Official).where(col(Official.id).in_(wanted))):
            assert official.id is not None
            officials[official.id] = official
    told = tuple(acts)
    mark = mark_of(glances(db, found.congress_id))
    assert found.id is not None
    return MotionRows(found, officials, wrote, told, reasons_of(db, told), mark, redactions.tombstones(db, found.id))


def reasons_of(db: Session, acts: Iterable[Entry]) -> dict[int, str]:
    """The public reasons of acts that have one, by the number of their entry; none that was taken off the record."""
    reasons = {}
    for act in acts:
        if act.kind in WITH_REASON:
            name = str(decode_entry(act.content).body["c"])
            kept = db.get(SealedObject, (act.congress_id, name))
            if kept is not None:
                reasons[act.number] = open_object(kept.content, name).decode()
    return reasons


def wrote_lately(db: Session, motion: Motion) -> tuple[Wrote, ...]:
    """Say who wrote among the latest updates of a motion's reading copy, the latest first.

    No later ones: a page would be another at each keystroke, and be made again for each of its readers.
    """
    latest = db.exec(
        select(DraftUpdate.official_id, DraftUpdate.at)
        .where(
            DraftUpdate.motion_id == motion.id,
            DraftUpdate.number <= motion.text_number,
            DraftUpdate.number > motion.text_number - RECENT_UPDATES,
        )
        .order_by(col(DraftUpdate.number).desc())
    )
    seen: dict[int, tuple[datetime, int]] = {}
    for official_id, at in latest:
        if official_id is not None:
            first, count = seen.get(official_id, (at, 0))
            seen[official_id] = (first, count + 1)
    people = {official.id: official for official in db.exec(select(Official).where(col(Official.id).in_(list(seen))))}
    return tuple(Wrote(people[official_id], at, count) for official_id, (at, count) in seen.items())


def glances(db: Session, congress_id: int) -> list[Glance]:
    """Say how far each motion of a congress is: a few integers, to be asked for every two seconds."""
    columns = (Motion.id, Motion.code, Motion.text_number, Motion.state, Motion.redacted_entry)
    named = [col(column) for column in columns]
    rows = db.execute(sql_select(*named).where(col(Motion.congress_id) == congress_id).order_by(col(Motion.id)))
    return [Glance(*row) for row in rows]


def mark_of(glances: Iterable[Glance]) -> str:
    """Name how far a congress's texts are: two pages with the same mark show the same words."""
    told = [(glance.code, glance.text_number, glance.state, glance.redacted_entry) for glance in glances]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def start(db: Session, congress: Congress) -> tuple[int, str]:
    """Read what a live reader begins with: the congress's id, and the mark of its texts."""
    assert congress.id is not None
    return congress.id, mark_of(glances(db, congress.id))


def text_of(db: Session, motion_id: int) -> str:
    """Return the reading copy of a motion's text."""
    return db.exec(select(Motion.text).where(Motion.id == motion_id)).one()
