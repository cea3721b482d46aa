"""Handing what a decision keeps sealed to an authority that asked for it: the record says so, of each object.

Nothing is published by it: the entry names the object by its commitment, and says who of the secretariat handed it
over, to which authority and on what ground. Each handing over is an entry more, so that none is silent.
"""

from datetime import datetime

from sqlmodel import Session

from motion.acts import motions
from motion.acts.record import note
from motion.record.errors import WrongBody
from motion.rules.disclosures import disclose
from motion.rules.errors import Invalid, NotFound
from motion.rules.permissions import Act, Actor, require
from storage import ledger, redactions, sealing
from storage.redactions import Target


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
) -> list[tuple[Target, bytes]]:
    """Read what a decision keeps sealed, and record that it is handed over: each entry with its object, salt first.

    Args:
        authority: The court or service that receives it; everyone will read it.
        key: Of the installation, under which it was sealed.

    Raises:
        NotAllowed, Invalid: Nothing is handed over; `authority` has the reason `form` when the record can't hold it.
        NotFound: Nothing is kept sealed under this number.
        SealBroken: It was sealed under another key.
    """
    require(actor, Act.REDACT, congress_id)
    told = disclose(authority, ground)
    ledger.lock(db, congress_id)  # what is destroyed meanwhile is not handed over
    rows = redactions.sealed_of(db, congress_id, decision)
    if not rows:
        raise NotFound("decision", f"d-{decision}")
    targets = redactions.targets(db, congress_id, [row.target for row in rows])
    handed = [(targets[row.target], sealing.take_out(key, row.name, row.sealed)) for row in rows]
    for row, (target, _data) in zip(rows, handed, strict=True):
        body = {
            "authority": told.authority,
            "basis": told.basis,
            "decision": f"d-{decision}",
            "ground": told.ground.value,
            "name": row.name,
            "target": row.target,
        }
        try:
            entry = note(db, congress_id, "object.disclosed", body, actor=actor, now=now, motion_id=target.motion_id)
        except WrongBody as error:
            raise Invalid(error.field, "form", told.authority[:40]) from error
        if target.motion_id is not None:
            motion = motions.get(db, target.motion_id)
            motion.last_entry = entry
            db.add(motion)
    return handed
