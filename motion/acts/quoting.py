"""Telling authors where they are quoted, in the transaction that lets everyone read what quotes them."""

from datetime import datetime

from sqlmodel import Session, col, select

from motion.acts import news
from motion.rules.contributions import ContributionState
from motion.rules.quoting import quoted
from storage.models import Congress, Contribution


def tell(db: Session, congress_id: int, kind: str, place: str, text: str, *, now: datetime) -> int:
    """Write to the authors of the published contributions that a text quotes, if they asked for news; return how many.

    Nobody is told of a quotation in their own contribution, nor beside it.

    Args:
        kind: A key of `news.QUOTED`.
        place: Code of the contribution or of the motion.
    """
    congress = db.get_one(Congress, congress_id)
    numbers = quoted(text, congress.slug, congress.title)
    if not numbers:
        return 0
    asked = select(Contribution).where(
        Contribution.congress_id == congress_id,
        col(Contribution.number).in_(numbers),
        Contribution.state == ContributionState.PUBLISHED,
        col(Contribution.email_confirmed_at).is_not(None),
    )
    found = db.exec(asked.order_by(col(Contribution.number))).all()
    return sum(news.tell_quoted(db, one, kind, place, now=now) for one in found if f"C{one.number}" != place)
