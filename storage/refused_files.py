"""Files of what is refused: until when the secretariat can read them, and which have reached that day.

No column says it. It follows from the last decision, and from an answer to it that nobody has decided on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session, col

from motion.rules.contributions import ContributionState
from motion.rules.redactions import ANSWER_DAYS
from storage import moderation
from storage.models import Congress, Contribution, ContributionFile, ContributionMessage

MOST_AT_ONCE = 100  # the rest follows


@dataclass(frozen=True, slots=True)
class Kept:
    """Files of a refused contribution that are still readable.

    Attributes:
        until: The last day, in the time zone of the congress; None while the author's answer waits for its decision.
    """

    until: date | None


def kept(db: Session, contribution: Contribution) -> Kept | None:
    """Say until when the files of a refused contribution are readable; None when it isn't refused, or has none left."""
    assert contribution.id is not None
    if contribution.state != ContributionState.REFUSED:
        return None
    if (
        db.execute(select(col(Contribution.id)).where(col(Contribution.id) == contribution.id, _HAS_FILES)).first()
        is None
    ):
        return None
    decision = moderation.last_refusal(db, contribution.id)
    if decision is None or moderation.waiting(db, contribution.id, ("answer",)):
        return Kept(None)
    zone = ZoneInfo(db.get_one(Congress, contribution.congress_id).time_zone)
    return Kept(decision.at.astimezone(zone).date() + timedelta(days=ANSWER_DAYS))


def due(db: Session, now: datetime) -> list[int]:
    """List the contributions, by id, of which files may have to be sealed: `is_over` says so of each.

    Those that were decided on first come first: a day that is not quite over, in its time zone, holds up no other.
    """
    decided = (
        select(func.max(col(ContributionMessage.at)))
        .where(
            col(ContributionMessage.contribution_id) == col(Contribution.id),
            col(ContributionMessage.kind) == "decision",
        )
        .correlate(Contribution)
        .scalar_subquery()
    )
    query = select(col(Contribution.id)).where(
        col(Contribution.state) == ContributionState.REFUSED,
        decided <= now - timedelta(days=ANSWER_DAYS),
        _HAS_FILES,
        ~_ANSWER_WAITS,
    )
    return [each for each in db.execute(query.order_by(decided).limit(MOST_AT_ONCE)).scalars() if each is not None]


def is_over(db: Session, contribution: Contribution, now: datetime) -> bool:
    """Whether the last day is over, and no answer waits."""
    found = kept(db, contribution)
    if found is None or found.until is None:
        return False
    zone = ZoneInfo(db.get_one(Congress, contribution.congress_id).time_zone)
    return found.until < now.astimezone(zone).date()


def _of_contribution(table: type[ContributionFile] | type[ContributionMessage]) -> ColumnElement[bool]:
    return col(table.contribution_id) == col(Contribution.id)


_HAS_FILES = exists().where(_of_contribution(ContributionFile), col(ContributionFile.blob).is_not(None))
_ANSWER_WAITS = exists().where(
    _of_contribution(ContributionMessage),
    col(ContributionMessage.kind) == "answer",
    col(ContributionMessage.settled_at).is_(None),
)
