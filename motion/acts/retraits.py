"""Taking a contribution out of publication at once: as its author asks, or because it is refused.

Both seal what leaves for a year, for a court. Other decisions are prepared and confirmed: `motion.acts.redactions`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from motion.acts import congresses, redactions
from motion.rules.permissions import Actor
from motion.rules.redactions import Asker, Reason, RedactionKind, decide
from storage import contributions as rows
from storage import redactions as kept
from storage.models import Contribution


def take_out(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    reason: Reason,
    who: Asker,
    *,
    key: bytes,
    nonces: Iterable[bytes],
    now: datetime,
    kinds: Collection[str] | None = None,
) -> int | None:
    """Seal the objects of a contribution for a year; the caller has judged, and holds `ledger.lock`.

    Args:
        actor: Who decided; None for the author, or the service.
        key, nonces: As for `redactions.take_out`.
        kinds: Of the entries whose objects leave; None for all that is left of it.

    Returns:
        The number of the decision; None when there was nothing to take out.
    """
    congress_id = contribution.congress_id
    found = kept.targets(db, congress_id, rows.objects_at(db, contribution))
    targets = [found[number] for number in sorted(found) if kinds is None or found[number].kind in kinds]
    if not targets:
        return None
    today = now.astimezone(ZoneInfo(congresses.get(db, congress_id).time_zone)).date()
    grounds = decide(RedactionKind.RETRAIT, reason, who, None, today=today)
    decision = kept.next_decision(db, congress_id)
    first = redactions.take_out(db, actor, congress_id, decision, grounds, targets, key=key, nonces=nonces, now=now)
    contribution.entry = first + len(targets) - 1
    db.add(contribution)
    return decision
