"""Look-ups that several rooms share; each returns rows or None and changes nothing."""

from sqlmodel import Session, col, select

from storage.models import Congress, Motion


def congress_by_slug(db: Session, slug: str) -> Congress | None:
    """Find a congress by its address."""
    return db.exec(select(Congress).where(Congress.slug == slug)).first()


def congresses(db: Session) -> list[Congress]:
    """List the congresses, the latest first; rehearsals are left out."""
    query = select(Congress).where(col(Congress.rehearsal_of).is_(None)).order_by(col(Congress.starts_on).desc())
    return list(db.exec(query))


def motion_by_code(db: Session, slug: str, code: str) -> Motion | None:
    """Find a motion by its congress's address and its code."""
    query = select(Motion).join(Congress).where(Congress.slug == slug, Motion.code == code)
    return db.exec(query).first()


def motions(db: Session, congress_id: int) -> list[Motion]:
    """List a congress's motions in the order of their codes."""
    return list(db.exec(select(Motion).where(Motion.congress_id == congress_id).order_by(col(Motion.id))))
