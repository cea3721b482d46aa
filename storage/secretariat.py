"""What the secretariat's pages show."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from motion.rules.errors import NotFound
from storage import moderation, people, queries, redactions, waiting_words
from storage.models import Congress, Job, LateText, Mail, Motion, Official, Secretary
from storage.people import RosterCount

MAILS_SHOWN = 100
LATE_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The secretariat's home."""

    motions: list[Motion]
    roster: RosterCount
    late: int
    mails_waiting: int
    mails_given_up: int
    secretaries: list[Secretary]
    redactions_waiting: int
    contributions_waiting: int
    words_waiting: int


def dashboard(db: Session, congress: Congress) -> Dashboard:
    """Read the secretariat's home."""
    assert congress.id is not None
    unsent = (Mail.congress_id == congress.id, col(Mail.sent_at).is_(None))
    late = select(func.count()).select_from(LateText).join(Motion).where(Motion.congress_id == congress.id)
    return Dashboard(
        queries.motions(db, congress.id),
        people.count(db, congress.id),
        db.exec(late).one(),
        db.exec(select(func.count()).select_from(Mail).where(*unsent)).one(),
        db.exec(select(func.count()).select_from(Mail).where(*unsent, col(Mail.failure) != "")).one(),
        secretaries(db, congress),
        len(redactions.waiting(db, congress.id)),
        moderation.waiting_count(db, congress.id),
        waiting_words.count(db, congress.id),
    )


def secretaries(db: Session, congress: Congress) -> list[Secretary]:
    """List those who run a congress."""
    query = select(Secretary).where(Secretary.congress_id == congress.id, col(Secretary.revoked_at).is_(None))
    return list(db.exec(query.order_by(col(Secretary.id))))


def motion(db: Session, congress: Congress, code: str) -> Motion:
    """Find a motion of a congress.

    Raises:
        NotFound: There is none of this code.
    """
    found = queries.motion_by_code(db, congress.slug, code)
    if found is None:
        raise NotFound("motion", code)
    return found


def official(db: Session, congress: Congress, official_id: int) -> tuple[Official, bool]:
    """Find an official of a congress, and say whether a card is in force.

    Raises:
        NotFound: There is none.
    """
    found = db.get(Official, official_id)
    if found is None or found.congress_id != congress.id:
        raise NotFound("official", str(official_id))
    return found, bool(people.with_cards(db, [official_id]))


def late_texts(db: Session, congress: Congress) -> list[tuple[LateText, Motion, Official]]:
    """List what arrived after a freeze, the latest first."""
    query = (
        select(LateText, Motion, Official)
        .join(Motion, col(LateText.motion_id) == Motion.id)
        .join(Official, col(LateText.official_id) == Official.id)
        .where(Motion.congress_id == congress.id)
        .order_by(col(LateText.id).desc())
        .limit(LATE_SHOWN)
    )
    return list(db.exec(query))


def mails(db: Session, congress: Congress) -> list[Mail]:
    """List a congress's latest mails."""
    query = select(Mail).where(Mail.congress_id == congress.id).order_by(col(Mail.id).desc()).limit(MAILS_SHOWN)
    return list(db.exec(query))


def job(db: Session, congress: Congress, job_id: int) -> Job:
    """Find a long task of a congress.

    Raises:
        NotFound: There is none.
    """
    found = db.get(Job, job_id)
    if found is None or found.congress_id != congress.id:
        raise NotFound("job", str(job_id))
    return found


def count(db: Session, congress: Congress) -> RosterCount:
    """Count a congress's officials in force."""
    assert congress.id is not None
    return people.count(db, congress.id)


def roster_page(
    db: Session, congress: Congress, search: str, page: int
) -> tuple[list[Official], int, set[int], RosterCount]:
    """Return one page of the roster, how many match, who of them has a card, and the counts of all."""
    assert congress.id is not None
    found, matching = people.officials(db, congress.id, search=search, page=page)
    return found, matching, people.with_cards(db, [row.id for row in found if row.id]), people.count(db, congress.id)


def card_owners(db: Session, congress: Congress) -> tuple[list[Official], set[int], RosterCount]:
    """Return the officials in force, who of them has a card, and the counts."""
    assert congress.id is not None
    officials = people.in_force(db, congress.id)
    return officials, people.with_cards(db, [row.id for row in officials if row.id]), people.count(db, congress.id)
