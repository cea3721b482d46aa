"""Contributions that their authors are still writing, and the files that they have sent for them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, func, select, update

from storage.models import Deposit, Official, Upload


def of_owner(db: Session, congress_id: int, owner: bytes) -> Deposit | None:
    """Find what somebody writes: one contribution at a time in a congress."""
    query = select(Deposit).where(Deposit.congress_id == congress_id, Deposit.owner == owner)
    return db.exec(query.order_by(col(Deposit.id)).execution_options(populate_existing=True)).first()


def keep(db: Session, congress_id: int, owner: bytes, answers: str, *, now: datetime) -> None:
    """Keep the answers of a form as they were typed."""
    row = of_owner(db, congress_id, owner) or Deposit(congress_id=congress_id, owner=owner, at=now)
    row.answers, row.at = answers, now
    db.add(row)


def forget(db: Session, congress_id: int, owner: bytes) -> None:
    """Forget what somebody wrote and did not send."""
    db.exec(delete(Deposit).where(col(Deposit.congress_id) == congress_id, col(Deposit.owner) == owner))


def is_late(db: Session, moment: datetime) -> bool:
    """Whether `forget_before` has anything to do: looked at often."""
    return db.exec(select(Deposit.id).where(Deposit.at < moment).limit(1)).first() is not None


def forget_before(db: Session, moment: datetime) -> int:
    """Forget what nobody touched since a moment; return how many."""
    return int(db.exec(delete(Deposit).where(col(Deposit.at) < moment)).rowcount)


def count(db: Session, congress_id: int) -> int:
    """How many contributions are being written, or were left."""
    return db.exec(select(func.count()).select_from(Deposit).where(Deposit.congress_id == congress_id)).one()


def files(db: Session, congress_id: int, owner: bytes) -> Sequence[Upload]:
    """The files that somebody sends or has sent, and that no contribution has yet, the oldest first."""
    mine = (Upload.congress_id == congress_id, Upload.owner == owner, Upload.state != "taken")
    return db.exec(select(Upload).where(*mine).order_by(col(Upload.created_at), col(Upload.id))).all()


def keep_files(db: Session, congress_id: int, owner: bytes, until: datetime) -> None:
    """Keep the files that have arrived at least so long: their contribution is still being written."""
    mine = (col(Upload.congress_id) == congress_id, col(Upload.owner) == owner, col(Upload.state) == "done")
    db.exec(update(Upload).where(*mine, col(Upload.expires_at) < until).values(expires_at=until))


def territories(db: Session, congress_id: int) -> Sequence[str]:
    """The places that the officials of a congress come from, each once."""
    query = select(Official.territory).where(
        Official.congress_id == congress_id, col(Official.revoked_at).is_(None), Official.territory != ""
    )
    return db.exec(query.distinct().order_by(col(Official.territory))).all()
