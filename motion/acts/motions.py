"""Making a motion, freezing its text, entering its vote, giving it up.

Freezing and what follows touch a live text: the web layer runs these acts through
`motion.live.rooms.Rooms.run_act`, which commits what was being written first.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from motion.acts import congresses, quoting
from motion.acts.record import note
from motion.live import updates
from motion.record.forms import is_text
from motion.record.objects import seal
from motion.rules.errors import (
    CongressClosed,
    Invalid,
    MoreVotesThanOfficials,
    MotionAdopted,
    MotionNotFrozen,
    MotionNotOpen,
    MotionRejected,
    MotionWithdrawn,
    NotFound,
    TextChangedMeanwhile,
)
from motion.rules.permissions import SYSTEM, Act, Actor, require
from motion.rules.text import digest
from motion.rules.vocabulary import MotionState, Phase
from storage import ledger
from storage.models import ClientBinding, Congress, DraftUpdate, Motion, Official, SealedObject

MAX_TITLE = 300
MAX_TEXT = 200_000  # characters: about sixty pages, four times the longest motion we know of
PIECE = 4_000  # characters; at most 16,000 bytes of UTF-8, within `updates.Limits`
MAX_REASON = 2_000
MAX_VOTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class ShowOfHands:
    """The result that the chair announced, as counted in the hall."""

    votes_for: int
    votes_against: int
    abstentions: int
    not_voting: int
    presided_by: str

    @property
    def outcome(self) -> MotionState:
        """Adopted by the majority of the votes cast, else rejected; a tie rejects.

        Abstentions and those who did not vote do not count (the rule of French municipal councils, L. 2121-20 CGCT,
        which people carry in mind; its casting vote of the chair has no place in a congress).
        """
        return MotionState.ADOPTED if self.votes_for > self.votes_against else MotionState.REJECTED

    @property
    def people(self) -> int:
        """How many people the result speaks of."""
        return self.votes_for + self.votes_against + self.abstentions + self.not_voting


def create(
    db: Session,
    actor: Actor,
    congress_id: int,
    title: str,
    form: str,
    text: str,
    *,
    client: int,
    salts: Sequence[bytes],
    now: datetime,
) -> Motion:
    """Make the next motion (M1, M2…) of a congress, with the text it starts from.

    The first text is nobody's: it goes in under a client id of the service's own.

    Args:
        form: A `Template`, or `import`.
        client: A random Yjs client id, below 2^32.
        salts: 32 random bytes for each of `pieces(text)`: the record commits to each.

    Raises:
        NotAllowed, Invalid, CongressClosed: Nothing was made.
    """
    require(actor, Act.CREATE_MOTION, congress_id)
    check_writing_ahead(congresses.get(db, congress_id))
    title = title.strip()
    if not title:
        raise Invalid("title", "empty")
    if len(title) > MAX_TITLE:
        raise Invalid("title", "too-long", str(MAX_TITLE))
    if not is_text(title):
        raise Invalid("title", "characters")
    if len(text) > MAX_TEXT:
        raise Invalid("text", "too-long", str(MAX_TEXT))
    if updates.FORBIDDEN.search(text):
        raise Invalid("text", "characters")  # no draft would read its first update again
    ledger.lock(db, congress_id)  # of two who make a motion at once, the second counts the first
    count = db.exec(select(func.count()).select_from(Motion).where(Motion.congress_id == congress_id)).one()
    motion = Motion(congress_id=congress_id, code=f"M{count + 1}", title=title, created_at=now)
    db.add(motion)
    db.flush()
    assert motion.id is not None
    motion.last_entry = motion.text_entry = note(
        db,
        congress_id,
        "motion.create",
        {"doc": motion.code, "form": form, "title": title},
        actor=actor,
        now=now,
        motion_id=motion.id,
    )
    if text:
        _start_with(db, motion, text, client=client, salts=salts, now=now)
    db.add(motion)
    return motion


def _start_with(db: Session, motion: Motion, text: str, *, client: int, salts: Sequence[bytes], now: datetime) -> None:
    assert motion.id is not None
    bound: dict[str, object] = {"cid": client, "doc": motion.code, "official": SYSTEM, "sess": SYSTEM}
    binding = note(db, motion.congress_id, "client.bind", bound, actor=None, now=now, motion_id=motion.id)
    db.add(ClientBinding(motion_id=motion.id, client=client, entry=binding))
    clock = 0
    for number, (piece, salt) in enumerate(zip(pieces(text), salts, strict=True), start=1):
        length = len(piece.encode("utf-16-le")) // 2
        origin = updates.Id(client, clock - 1) if clock else None
        content = updates.encode([updates.Struct(client, clock, length, origin, None, piece)], [])
        clock += length
        body: dict[str, object] = {
            "c": seal(salt, content).name,
            "cid": client,
            "doc": motion.code,
            "len": len(content),
            "n": number,
            "sess": SYSTEM,
            "skel": hashlib.sha256(updates.skeleton(content)).hexdigest(),
        }
        entry = note(db, motion.congress_id, "crdt.update", body, actor=None, now=now, motion_id=motion.id)
        db.add(DraftUpdate(motion_id=motion.id, number=number, entry=entry, salt=salt, content=content, at=now))
        motion.number = motion.text_number = number
        motion.last_entry = motion.text_entry = entry
    motion.text, motion.runs, motion.text_at = text, json.dumps([[len(text), 0]]), now


def pieces(text: str) -> list[str]:
    """Cut a first text so that each piece is an update within the limits that everyone has."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def freeze(db: Session, actor: Actor | None, motion_id: int, *, now: datetime) -> Motion:
    """Close the text to writing. Its reading copy must be up to date: the room sees to it.

    Raises:
        NotAllowed, MotionNotOpen: The text stays open.
        TextChangedMeanwhile: The reading copy lags behind the updates (numbers instead of digests).
    """
    motion = get(db, motion_id)
    if actor is not None:
        require(actor, Act.FREEZE, motion.congress_id)
    if motion.state != MotionState.DRAFTING:
        raise MotionNotOpen(motion.code, motion.state)
    if motion.text_number != motion.number:
        raise TextChangedMeanwhile(str(motion.text_number), str(motion.number))
    motion.state, motion.frozen_at, motion.digest = MotionState.FROZEN, now, digest(motion.text)
    body = {"digest": motion.digest, "doc": motion.code, "last": motion.text_entry, "n": motion.number}
    motion.last_entry = note(db, motion.congress_id, "motion.freeze", body, actor=actor, now=now, motion_id=motion_id)
    db.add(motion)
    quoting.tell(db, motion.congress_id, "motion", motion.code, motion.text, now=now)
    return motion


def unfreeze(db: Session, actor: Actor, motion_id: int, reason: str, *, salt: bytes, now: datetime) -> Motion:
    """Open a frozen text again, for a reason that everyone can read.

    Raises:
        NotAllowed, MotionAdopted, MotionRejected, MotionWithdrawn, MotionNotFrozen, Invalid, CongressClosed: The text
            stays as it is.
    """
    motion = get(db, motion_id)
    require(actor, Act.FREEZE, motion.congress_id)
    check_frozen(motion)
    reason = checked_reason(reason)
    check_writing_ahead(congresses.get(db, motion.congress_id))
    motion.state, motion.frozen_at, motion.digest = MotionState.DRAFTING, None, None
    return _note_with_reason(db, "motion.unfreeze", motion, actor, reason, salt=salt, now=now)


def withdraw(db: Session, actor: Actor, motion_id: int, reason: str, *, salt: bytes, now: datetime) -> Motion:
    """Give a motion up, or take out one that was made by error, for a reason that everyone can read.

    Nobody writes in it any more; all of it stays readable. It can't be undone.

    Raises:
        NotAllowed, MotionAdopted, MotionRejected, MotionWithdrawn, Invalid, CongressClosed: The motion stays.
    """
    motion = get(db, motion_id)
    require(actor, Act.WITHDRAW, motion.congress_id)
    check_undecided(motion)
    reason = checked_reason(reason)
    check_deciding(congresses.get(db, motion.congress_id))
    motion.state, motion.withdrawn_at = MotionState.WITHDRAWN, now
    return _note_with_reason(db, "motion.withdraw", motion, actor, reason, salt=salt, now=now)


def _note_with_reason(
    db: Session, kind: str, motion: Motion, actor: Actor, reason: str, *, salt: bytes, now: datetime
) -> Motion:
    """Note an act on a motion; its reason is a sealed object, for it could name somebody and have to be erased."""
    sealed = seal(salt, reason.encode())
    db.add(SealedObject(congress_id=motion.congress_id, name=sealed.name, content=sealed.data))
    body = {"c": sealed.name, "doc": motion.code}
    motion.last_entry = note(db, motion.congress_id, kind, body, actor=actor, now=now, motion_id=motion.id)
    db.add(motion)
    return motion


def checked_reason(reason: str) -> str:
    """Return a reason that people can read.

    Raises:
        Invalid: There is none, or it is too long.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "empty")
    if len(reason) > MAX_REASON:
        raise Invalid("reason", "too-long", str(MAX_REASON))
    return reason


def check_deciding(congress: Congress) -> None:
    """Refuse to decide anything more about motions once the congress is closed.

    Raises:
        CongressClosed: It is.
    """
    if congress.phase == Phase.CLOSED:
        raise CongressClosed(congress.slug)


def check_writing_ahead(congress: Congress) -> None:
    """Refuse to start or reopen a text that no phase to come would let anybody write.

    Raises:
        CongressClosed: The votes have been taken, or the congress is closed.
    """
    if congress.phase in {Phase.ADOPTED, Phase.CLOSED}:
        raise CongressClosed(congress.slug)


def check_undecided(motion: Motion) -> None:
    """Refuse to touch a motion whose story is over.

    Raises:
        MotionAdopted, MotionRejected, MotionWithdrawn: It is.
    """
    if motion.state == MotionState.ADOPTED:
        raise MotionAdopted(motion.code)
    if motion.state == MotionState.REJECTED:
        raise MotionRejected(motion.code)
    if motion.state == MotionState.WITHDRAWN:
        raise MotionWithdrawn(motion.code)


def check_frozen(motion: Motion) -> None:
    """Refuse what can only be done to a frozen text.

    Raises:
        MotionAdopted, MotionRejected, MotionWithdrawn, MotionNotFrozen: It is none.
    """
    check_undecided(motion)
    if motion.state != MotionState.FROZEN:
        raise MotionNotFrozen(motion.code, motion.state)


def adopt(
    db: Session, actor: Actor, motion_id: int, result: ShowOfHands, *, expected_digest: str, now: datetime
) -> Motion:
    """Write down the result of a show of hands that adopts the motion; see `enter_result`.

    Raises:
        Invalid: The result adopts nothing. And as `enter_result`: nothing is adopted.
    """
    if result.outcome is not MotionState.ADOPTED:
        raise Invalid("votes_for", "no-majority", f"{result.votes_for}/{result.votes_against}")
    return enter_result(db, actor, motion_id, result, expected_digest=expected_digest, now=now)


def enter_result(
    db: Session, actor: Actor, motion_id: int, result: ShowOfHands, *, expected_digest: str, now: datetime
) -> Motion:
    """Write down the result of a show of hands and make the motion final: nobody can change it any more.

    The numbers decide (`ShowOfHands.outcome`) whether it is adopted or rejected.

    Args:
        expected_digest: The digest shown on the page where the person confirmed.

    Raises:
        NotAllowed, MotionAdopted, MotionRejected, MotionWithdrawn, MotionNotFrozen, TextChangedMeanwhile, Invalid,
        MoreVotesThanOfficials, CongressClosed: The motion stays as it is.
    """
    motion = get(db, motion_id)
    require(actor, Act.ADOPT, motion.congress_id)
    check_frozen(motion)
    check_deciding(congresses.get(db, motion.congress_id))
    assert motion.digest is not None
    if motion.digest != expected_digest:
        raise TextChangedMeanwhile(expected_digest, motion.digest)
    check_result(result, accredited(db, motion.congress_id))
    motion.state = result.outcome
    if motion.state == MotionState.ADOPTED:
        motion.adopted_at = now
    else:
        motion.rejected_at = now
    motion.votes_for, motion.votes_against = result.votes_for, result.votes_against
    motion.abstentions, motion.not_voting = result.abstentions, result.not_voting
    motion.presided_by = result.presided_by.strip()
    motion.last_entry = note(
        db,
        motion.congress_id,
        "motion.adopt" if motion.state == MotionState.ADOPTED else "motion.reject",
        {
            "abstentions": result.abstentions,
            "against": result.votes_against,
            "chair": motion.presided_by,
            "digest": motion.digest,
            "doc": motion.code,
            "for": result.votes_for,
            "last": motion.text_entry,
            "n": motion.number,
            "not_voting": result.not_voting,
        },
        actor=actor,
        now=now,
        motion_id=motion_id,
    )
    db.add(motion)
    return motion


def accredited(db: Session, congress_id: int) -> int:
    """Count the officials who may be in the hall: accredited, and not taken off the roster."""
    there = (Official.congress_id == congress_id, col(Official.revoked_at).is_(None))
    return db.exec(select(func.count()).select_from(Official).where(*there)).one()


def check_result(result: ShowOfHands, officials: int) -> None:
    """Refuse a result that no hall can have given, before anybody confirms it.

    Args:
        officials: How many are accredited.

    Raises:
        Invalid: With the field's name.
        MoreVotesThanOfficials: The count or the roster is wrong.
    """
    for field in ("votes_for", "votes_against", "abstentions", "not_voting"):
        count = getattr(result, field)
        if count < 0:
            raise Invalid(field, "negative", str(count))
        if count > MAX_VOTERS:
            raise Invalid(field, "too-large", str(MAX_VOTERS))
    if not result.people:
        raise Invalid("votes_for", "nobody-voted")
    if result.people > officials:
        raise MoreVotesThanOfficials(result.people, officials)
    if not result.presided_by.strip():
        raise Invalid("presided_by", "empty")
    if len(result.presided_by.strip()) > congresses.MAX_NAME:
        raise Invalid("presided_by", "too-long", str(congresses.MAX_NAME))
    if not is_text(result.presided_by.strip()):
        raise Invalid("presided_by", "characters")


def get(db: Session, motion_id: int) -> Motion:
    """Return a motion by its id.

    Raises:
        NotFound: There is none.
    """
    motion = db.get(Motion, motion_id)
    if motion is None:
        raise NotFound("motion", str(motion_id))
    return motion
