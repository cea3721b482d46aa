"""What is decided at the secretariat's desk by somebody who has read: on what they saw, and so that others are told.

A report, an answer to a refusal, a publication that nobody has read yet: each ends by a decision that the record has.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from motion.acts.record import note
from motion.acts.sign_in import Message
from motion.rules import contributions as rules
from motion.rules.contributions import ContributionState
from motion.rules.errors import ContributionSettled, DecidedMeanwhile, NotFound
from motion.rules.permissions import Act, Actor, require
from storage import contributions, ledger
from storage import moderation as rows
from storage.models import Contribution, ContributionMessage, Mail

CONTESTS = frozenset({"answer", "notice"})
"""Messages that a decision settles."""


def seen(db: Session, congress_id: int, number: int, mark: str) -> Contribution:
    """Find a contribution in order to decide on it, if it is still what the page showed; nobody decides meanwhile.

    Args:
        mark: What `storage.moderation.mark` said of it when it was shown.

    Raises:
        NotFound: There is none of this number.
        DecidedMeanwhile: Somebody has decided on it, or its author has changed it.
    """
    ledger.lock(db, congress_id)  # before it is read: of two who decide at once, the second reads what the first did
    contribution = contributions.numbered(db, congress_id, number)
    if contribution is None:
        raise NotFound("contribution", f"C{number}")
    if rows.mark(db, contribution) != mark:
        raise DecidedMeanwhile(f"C{number}")
    return contribution


def keep(db: Session, actor: Actor, contribution: Contribution, message: str, *, now: datetime) -> None:
    """Leave a contribution as it is: reported, contested after a refusal, corrected, or published before it was read.

    Args:
        message: For the author, with the reasons, when a refusal stands or a correction is not published; may be empty
            otherwise.

    Raises:
        NotAllowed, Invalid: Nothing was decided.
        ContributionSettled: Nothing waits for such a decision.
    """
    require(actor, Act.MODERATE, contribution.congress_id)
    assert contribution.id is not None
    ledger.lock(db, contribution.congress_id)
    waiting = rows.waiting(db, contribution.id, CONTESTS)
    is_refused = contribution.state == ContributionState.REFUSED
    is_published = contribution.state == ContributionState.PUBLISHED
    is_unread = is_published and contribution.read_version < contribution.version
    if not (waiting or is_unread) or not (is_refused or is_published):
        raise ContributionSettled(contributions.code(contribution), contribution.state)
    is_correction = is_unread and contribution.published_version < contribution.version
    is_told = is_refused or is_correction
    words = rules.checked_message("message", message) if message.strip() or is_told else ""
    reported = list(dict.fromkeys(each.reason for each in waiting if each.kind == "notice"))
    # Of several reports the first names the entry: each has one of its own, with its reason.
    body = {"contribution": contributions.code(contribution)} | ({"reason": reported[0]} if reported else {})
    entry = note(db, contribution.congress_id, "contribution.keep", body, actor=actor, now=now)
    if is_told:
        refusal = rows.last_refusal(db, contribution.id) if is_refused else None
        db.add(
            ContributionMessage(
                contribution_id=contribution.id,
                kind="decision",
                entry=entry,
                reason=refusal.reason if refusal else "",
                text=words,
                secretary_id=actor.secretary_id,
                at=now,
            )
        )
    settle(db, contribution, now=now)
    contribution.read_version = contribution.version
    contribution.entry = entry
    db.add(contribution)


def settle(db: Session, contribution: Contribution, *, now: datetime, kinds: Collection[str] = CONTESTS) -> None:
    """Note that what was said against a decision, or reported, has its decision."""
    assert contribution.id is not None
    for each in rows.waiting(db, contribution.id, kinds):
        each.settled_at = now
        db.add(each)


def tell(db: Session, contribution: Contribution, message: Message, *, now: datetime) -> int:
    """Write to those who reported a contribution, wish to be told, and have their answer; their addresses then go.

    Returns:
        How many are told.
    """
    assert contribution.id is not None
    told = rows.to_be_told(db, contribution.id)
    for address in {each.email for each in told if each.email}:
        db.add(
            Mail(
                congress_id=contribution.congress_id,
                recipient=address,
                subject=message.subject,
                body=message.body,
                created_at=now,
                not_before=now,
            )
        )
    for each in told:
        each.email = None
        db.add(each)
    return len(told)
