"""Taking out what is a contribution's own at once: as its author asks, because it is refused, or because it was.

All of them seal what leaves for a year, for a court. Other decisions are prepared and confirmed:
`motion.acts.redactions`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from motion.acts import congresses, redactions
from motion.rules.permissions import Actor
from motion.rules.redactions import Asker, Reason, RedactionKind, decide
from storage import contributions as rows
from storage import ledger, moderation, refused_files, transcripts
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


def seal_refused(
    db: Session, contribution_id: int, *, key: bytes, nonces: Iterable[bytes], now: datetime
) -> int | None:
    """Seal the files of a refused contribution once its author's time to answer and to correct is over.

    They were received and never published: what the record says of them stays, and so do the words. What was said of
    them by a machine, or by the secretariat, goes with them. `Reason` has no word for what nobody needs any more, and
    neither has the record: unless the refusal has a reason of the law, it is the right to erasure (regulation (EU)
    2016/679, article 17, § 1, a), of the person whose files they are.

    Args:
        key, nonces: As for `redactions.take_out`.

    Returns:
        The number of the decision; None when they were sealed before, or when their time is not over.
    """
    congress_id = db.get_one(Contribution, contribution_id).congress_id
    ledger.lock(db, congress_id)
    contribution = db.get_one(Contribution, contribution_id, populate_existing=True)
    if not refused_files.is_over(db, contribution, now):
        return None
    refusal = moderation.last_refusal(db, contribution_id)
    said = refusal.reason if refusal is not None else ""
    reason = Reason(said) if said in set(Reason) else Reason.ERASURE
    transcripts.forget_unpublished(db, congress_id, contribution_id)
    files = frozenset({"contribution.file"})
    return take_out(db, None, contribution, reason, Asker.CONCERNED, key=key, nonces=nonces, now=now, kinds=files)
