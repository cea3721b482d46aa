"""Handing what a decision keeps sealed to an authority that asked for it: the record says so, of each object.

Nothing is published by it: the entry names the object by its commitment, and says who of the secretariat handed it
over, to which authority and on what ground. Each handing over is an entry more, so that none is silent.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from motion.acts import motions
from motion.acts.record import note
from motion.record.errors import WrongBody
from motion.rules.disclosures import disclose
from motion.rules.errors import Invalid, NotFound, SealedUnreadable, SealingUnderWay
from motion.rules.permissions import Act, Actor, require
from storage import ledger, redactions, sealing, withdrawn_files
from storage.redactions import Target
from storage.sealing import SealBroken


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file under seal in the store of files (`storage.sealed_files`): its key there, and what it is."""

    blob: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Handed:
    """One object that is handed over.

    Attributes:
        name: Its commitment.
        data: The object, salt first; of a file the salt alone.
        file: Where the rest of a file lies; None of any other object.
    """

    target: Target
    name: str
    data: bytes
    file: SealedFile | None


def look(
    db: Session, actor: Actor, congress_id: int, decision: int, authority: str, ground: str, *, key: bytes
) -> list[Handed]:
    """Read what would be handed over, for its files to be opened; nothing is recorded.

    Raises:
        NotAllowed, Invalid, NotFound, SealingUnderWay, SealedUnreadable: See `hand_over`.
    """
    require(actor, Act.REDACT, congress_id)
    disclose(authority, ground)
    return _opened(db, congress_id, decision, key)


def hand_over(
    db: Session,
    actor: Actor,
    congress_id: int,
    decision: int,
    authority: str,
    ground: str,
    *,
    key: bytes,
    now: datetime,
    files: Collection[str] = frozenset(),
) -> list[Handed]:
    """Read what a decision keeps sealed, and record that it is handed over.

    Args:
        authority: The court or service that receives it; everyone will read it.
        key: Of the installation, under which it was sealed.
        files: Keys of the blobs that the caller found in the store of files and opened (`storage.sealed_files.look`):
            the record must not say of one that is missing that it was handed over.

    Raises:
        NotAllowed, Invalid: Nothing is handed over; `authority` has the reason `form` when the record can't hold it.
        NotFound: Nothing is kept sealed under this number.
        SealingUnderWay: A file was withdrawn so short ago that it is not sealed yet.
        SealedUnreadable: It was sealed under another key, or a file of it is not among `files`.
    """
    require(actor, Act.REDACT, congress_id)
    told = disclose(authority, ground)
    ledger.lock(db, congress_id)  # what is destroyed meanwhile is not handed over
    handed = _opened(db, congress_id, decision, key)
    for one in handed:
        if one.file is not None and one.file.blob not in files:
            raise SealedUnreadable(one.target.entry)
    for one in handed:
        body = {
            "authority": told.authority,
            "basis": told.basis,
            "decision": f"d-{decision}",
            "ground": told.ground.value,
            "name": one.name,
            "target": one.target.entry,
        }
        motion_id = one.target.motion_id
        try:
            entry = note(db, congress_id, "object.disclosed", body, actor=actor, now=now, motion_id=motion_id)
        except WrongBody as error:
            raise Invalid(error.field, "form", told.authority[:40]) from error
        if motion_id is not None:
            motion = motions.get(db, motion_id)
            motion.last_entry = entry
            db.add(motion)
    return handed


def _opened(db: Session, congress_id: int, decision: int, key: bytes) -> list[Handed]:
    rows = redactions.sealed_of(db, congress_id, decision)
    if not rows:
        raise NotFound("decision", f"d-{decision}")
    targets = redactions.targets(db, congress_id, [row.target for row in rows])
    types = withdrawn_files.media_types(db, [row.name for row in rows if row.blob is not None])
    handed = []
    for row in rows:
        if row.blob is not None and not row.is_blob_sealed:
            raise SealingUnderWay(row.target)
        try:
            data = sealing.take_out(key, row.name, row.sealed)
        except SealBroken as error:
            raise SealedUnreadable(row.target) from error
        file = None if row.blob is None else SealedFile(row.blob, types.get(row.name, "application/octet-stream"))
        handed.append(Handed(targets[row.target], row.name, data, file))
    return handed
