"""The signed roots of each congress's record, as rows."""

from sqlmodel import Session, col, select

from storage.models import Checkpoint, Congress


def logs(db: Session) -> list[tuple[int, str, str]]:
    """List the congresses: id, slug, origin of the log."""
    return [(row.id or 0, row.slug, row.origin) for row in db.exec(select(Congress).order_by(col(Congress.id)))]


def last(db: Session, congress_id: int) -> Checkpoint | None:
    """Return the latest signed root of a congress's record."""
    query = select(Checkpoint).where(Checkpoint.congress_id == congress_id).order_by(col(Checkpoint.size).desc())
    return db.exec(query).first()


def has(db: Session, congress_id: int, size: int) -> bool:
    """Say whether this size is signed already."""
    return db.get(Checkpoint, (congress_id, size)) is not None


def any_signed(db: Session) -> bool:
    """Say whether anything was ever signed on this installation."""
    return db.exec(select(Checkpoint.size).limit(1)).first() is not None


def keep(db: Session, row: Checkpoint) -> bool:
    """Keep a signed root; False when another process was faster (the same key gives the same note)."""
    if has(db, row.congress_id, row.size):
        return False
    db.add(row)
    return True
