"""Where contributions are quoted: published contributions, replies beside them, motions whose text is closed.

Nothing is kept of it in rows: what quotes may be corrected or taken out, and is then read as it stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from motion.rules.quoting import quoted
from motion.rules.vocabulary import MotionState
from storage import voices
from storage.kept_counts import kept
from storage.models import Congress, Contribution, ContributionMessage, ContributionVersion, Motion
from storage.voices import OneVoice

CLOSED = (MotionState.FROZEN, MotionState.ADOPTED, MotionState.REJECTED)
"""Of a motion that is being written the text changes with each keystroke, and nobody has said it yet."""

_KINDS = (
    *("contribution.publish", "contribution.reply", "contribution.refuse", "contribution.withdraw", "redaction"),
    *("motion.freeze", "motion.unfreeze", "motion.withdraw", "motion.rename"),
)
"""Entries that may change where contributions are quoted: what is only received is read by nobody yet."""


@dataclass(frozen=True, slots=True)
class Quoting:
    """A place that quotes a contribution.

    Attributes:
        kind: `contribution`, `reply` (beside a contribution) or `motion`.
        code: Of the contribution, of the one that the reply stands beside, or of the motion.
        who: Who wrote the contribution or the reply; empty for a motion.
        title: Of the motion; empty for others.
    """

    kind: str
    code: str
    who: str = ""
    title: str = ""


def voice(db: Session, congress: Congress, number: int) -> tuple[OneVoice, tuple[Quoting, ...]]:
    """Read a contribution for its page, and where it is quoted.

    Raises:
        NotFound: There is none of this number.
    """
    return voices.one(db, congress, number), of(db, congress, number)


def of(db: Session, congress: Congress, number: int) -> tuple[Quoting, ...]:
    """List where a contribution is quoted: motions first, then in the order of contributions. For reading alone."""
    assert congress.id is not None
    congress_id, last = congress.id, last_entry(db, congress)
    # The title is part of what is looked for, and no entry about contributions says that it changes.
    found = kept(db, congress_id, last, f"quoting {congress.title}", lambda: _all(db, congress))
    return found.get(number, ())


def last_entry(db: Session, congress: Congress) -> int:
    """Number of the last entry that may change where contributions are quoted; -1 before any."""
    assert congress.id is not None
    return voices.last_entry(db, congress.id, _KINDS)


def _all(db: Session, congress: Congress) -> Mapping[int, tuple[Quoting, ...]]:
    """Where each contribution of a congress is quoted, by its number; what is not quoted is left out."""
    found: dict[int, dict[Quoting, None]] = {}
    for place, text in _texts(db, congress):
        for number in quoted(text, congress.slug, congress.title):
            if f"C{number}" != place.code:
                found.setdefault(number, {})[place] = None
    return {number: tuple(places) for number, places in found.items()}


def _texts(db: Session, congress: Congress) -> Iterator[tuple[Quoting, str]]:
    """The texts that everyone reads and that may quote something, in the order in which they are listed."""
    motions = select(col(Motion.code), col(Motion.title), col(Motion.text)).where(
        col(Motion.congress_id) == congress.id, col(Motion.state).in_(CLOSED), _may_quote(col(Motion.text))
    )
    for code, title, text in db.execute(motions.order_by(col(Motion.id))):
        yield Quoting("motion", code, title=title), text
    version = ContributionVersion
    written = (
        select(col(Contribution.number), col(version.author), col(version.text))
        .join(version, voices.IS_SHOWN)
        .where(col(Contribution.congress_id) == congress.id, _may_quote(col(version.text)))
    )
    for number, who, text in db.execute(written.order_by(col(Contribution.number))):
        yield Quoting("contribution", f"C{number}", who), text
    message = ContributionMessage
    replies = (
        select(col(Contribution.number), col(message.author), col(message.text))
        .join(version, voices.IS_SHOWN)
        .join(message, col(message.contribution_id) == col(Contribution.id))
        .where(
            col(Contribution.congress_id) == congress.id, col(message.kind) == "reply", _may_quote(col(message.text))
        )
    )
    for number, who, text in db.execute(replies.order_by(col(Contribution.number), col(message.id))):
        yield Quoting("reply", f"C{number}", who), text


def _may_quote(text: Mapped[str]) -> ColumnElement[bool]:
    return or_(text.like("%/contributions/C%"), text.like("%Contribution C%"))
