"""Making a motion, freezing its text, adopting it.

Freezing and what follows touch a live text: the web layer runs these acts through
`motion.live.rooms.Rooms.run_act`, which commits what was being written first.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, func, select

from motion.acts import congresses
from motion.acts.record import note
from motion.live import updates
from motion.record.kinds import is_text
from motion.record.objects import seal
from motion.rules.errors import (
    CongressClosed,
    Invalid,
    MotionAdopted,
    MotionNotFrozen,
    MotionNotOpen,
    NotFound,
    TextChangedMeanwhile,
)
from motion.rules.permissions import SYSTEM, Act, Actor, require
from motion.rules.vocabulary import MotionState, Phase
from storage.models import ClientBinding, DraftUpdate, Motion, SealedObject

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
    congress = congresses.get(db, congress_id)
    if congress.phase in {Phase.ADOPTED, Phase.CLOSED}:
        raise CongressClosed(congress.slug)
    title = title.strip()
    if not title:
        raise Invalid("title", "empty")
    if len(title) > MAX_TITLE:
        raise Invalid("title", "too-long", str(MAX_TITLE))
    if not is_text(title):
        raise Invalid("title", "characters")
    if len(text) > MAX_TEXT:
        raise Invalid("text", "too-long", str(MAX_TEXT))
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
    return motion


def unfreeze(db: Session, actor: Actor, motion_id: int, reason: str, *, salt: bytes, now: datetime) -> Motion:
    """Open a frozen text again, for a reason that everyone can read.

    Raises:
        NotAllowed, MotionAdopted, MotionNotFrozen, Invalid, CongressClosed: The text stays frozen.
    """
    motion = get(db, motion_id)
    require(actor, Act.FREEZE, motion.congress_id)
    if motion.state == MotionState.ADOPTED:
        raise MotionAdopted(motion.code)
    if motion.state != MotionState.FROZEN:
        raise MotionNotFrozen(motion.code, motion.state)
    reason = reason.strip()
    if not reason:
        raise Invalid("reason", "empty")
    if len(reason) > MAX_REASON:
        raise Invalid("reason", "too-long", str(MAX_REASON))
    if congresses.get(db, motion.congress_id).phase in {Phase.ADOPTED, Phase.CLOSED}:
        raise CongressClosed(motion.code)
    sealed = seal(salt, reason.encode())
    db.add(SealedObject(congress_id=motion.congress_id, name=sealed.name, content=sealed.data))
    motion.state, motion.frozen_at, motion.digest = MotionState.DRAFTING, None, None
    motion.last_entry = note(
        db,
        motion.congress_id,
        "motion.unfreeze",
        {"c": sealed.name, "doc": motion.code},
        actor=actor,
        now=now,
        motion_id=motion_id,
    )
    db.add(motion)
    return motion


def adopt(
    db: Session, actor: Actor, motion_id: int, result: ShowOfHands, *, expected_digest: str, now: datetime
) -> Motion:
    """Write down the result of a show of hands and make the motion final: nobody can change it any more.

    A motion is adopted by the majority of the votes cast: abstentions and those who did not vote do not count
    (the rule of French municipal councils, L. 2121-20 CGCT, which people carry in mind).

    Args:
        expected_digest: The digest shown on the page where the person confirmed.

    Raises:
        NotAllowed, MotionAdopted, MotionNotFrozen, TextChangedMeanwhile, Invalid: Nothing is adopted.
    """
    motion = get(db, motion_id)
    require(actor, Act.ADOPT, motion.congress_id)
    if motion.state == MotionState.ADOPTED:
        raise MotionAdopted(motion.code)
    if motion.state != MotionState.FROZEN:
        raise MotionNotFrozen(motion.code, motion.state)
    assert motion.digest is not None
    if motion.digest != expected_digest:
        raise TextChangedMeanwhile(expected_digest, motion.digest)
    check_result(result)
    motion.state, motion.adopted_at = MotionState.ADOPTED, now
    motion.votes_for, motion.votes_against = result.votes_for, result.votes_against
    motion.abstentions, motion.not_voting = result.abstentions, result.not_voting
    motion.presided_by = result.presided_by.strip()
    motion.last_entry = note(
        db,
        motion.congress_id,
        "motion.adopt",
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


def check_result(result: ShowOfHands) -> None:
    """Refuse a result that adopts nothing, before anybody confirms it.

    Raises:
        Invalid: With the field's name.
    """
    for field in ("votes_for", "votes_against", "abstentions", "not_voting"):
        count = getattr(result, field)
        if count < 0:
            raise Invalid(field, "negative", str(count))
        if count > MAX_VOTERS:
            raise Invalid(field, "too-large", str(MAX_VOTERS))
    if result.votes_for <= result.votes_against:
        raise Invalid("votes_for", "no-majority", f"{result.votes_for}/{result.votes_against}")
    if not result.presided_by.strip():
        raise Invalid("presided_by", "empty")
    if not is_text(result.presided_by.strip()):
        raise Invalid("presided_by", "characters")
    if len(result.presided_by) > congresses.MAX_NAME:
        raise Invalid("presided_by", "too-long", str(congresses.MAX_NAME))


def get(db: Session, motion_id: int) -> Motion:
    """Return a motion by its id.

    Raises:
        NotFound: There is none.
    """
    motion = db.get(Motion, motion_id)
    if motion is None:
        raise NotFound("motion", str(motion_id))
    return motion


def digest(text: str) -> str:
    """Return the SHA-256 of a motion's text in UTF-8, hexadecimal: `sha256sum` of the `.md` gives the same."""
    return hashlib.sha256(text.encode()).hexdigest()
