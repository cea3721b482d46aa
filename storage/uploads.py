"""Files on their way in, as rows: what is under way, how much room it takes, what is to be forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from storage.models import Upload


def find(db: Session, upload_id: str) -> Upload | None:
    """An upload, by its address."""
    return db.get(Upload, upload_id, populate_existing=True)


def of_owner(db: Session, congress_id: int, owner: bytes) -> Sequence[Upload]:
    """One person's files that no contribution has, in the order in which they were begun."""
    mine = (Upload.congress_id == congress_id, Upload.owner == owner, Upload.state != "taken")
    return db.exec(select(Upload).where(*mine).order_by(col(Upload.created_at), col(Upload.id))).all()


def announced(db: Session, congress_id: int, owner: bytes, declared: str, length: int) -> Upload | None:
    """One person's file on its way that was announced in these very words."""
    mine = (Upload.congress_id == congress_id, Upload.owner == owner, Upload.state == "receiving")
    same = (Upload.declared == declared, Upload.length == length)
    return db.exec(select(Upload).where(*mine, *same).limit(1)).first()


def put_off(db: Session, congress_id: int, owner: bytes, until: datetime) -> None:
    """Keep one person's files that have come until a moment at least: their contribution is still being written."""
    mine = (col(Upload.congress_id) == congress_id, col(Upload.owner) == owner)
    due = (col(Upload.state) == "done", col(Upload.expires_at) < until)
    db.exec(update(Upload).where(*mine, *due).values(expires_at=until))


def room_of_person(db: Session, congress_id: int, owner: bytes) -> int:
    """Bytes of one person's files in a congress: those of files under way as they were announced."""
    mine = (Upload.congress_id == congress_id, Upload.owner == owner)
    return int(db.exec(select(func.coalesce(func.sum(col(Upload.length)), 0)).where(*mine)).one())


def room_of_congress(db: Session, congress_id: int) -> int:
    """Bytes of all files of a congress that have arrived: what is announced and never sent takes no room of others."""
    total = select(func.coalesce(func.sum(col(Upload.received)), 0)).where(Upload.congress_id == congress_id)
    return int(db.exec(total).one())


def under_way(
    db: Session, *, congress_id: int | None = None, owner: bytes | None = None, network: str | None = None
) -> int:
    """How many uploads have not arrived whole: of a person in a congress, of a network, or in all."""
    return db.exec(select(func.count()).select_from(Upload).where(*_narrowed(congress_id, owner, network))).one()


def stalled(db: Session, since: datetime, *, network: str | None = None) -> Upload | None:
    """The upload that may best be given up for another: nothing came since a moment, and little before."""
    where = (*_narrowed(None, None, network), Upload.progressed_at <= since)
    order = (col(Upload.received), col(Upload.progressed_at))
    return db.exec(select(Upload).where(*where).order_by(*order).limit(1)).first()


def _narrowed(congress_id: int | None, owner: bytes | None, network: str | None) -> list[Any]:
    where: list[Any] = [Upload.state == "receiving"]
    if congress_id is not None:
        where.append(Upload.congress_id == congress_id)
    if owner is not None:
        where.append(Upload.owner == owner)
    if network is not None:
        where.append(Upload.network == network)
    return where


def move(db: Session, upload_id: str, before: int, values: dict[str, Any]) -> bool:
    """Change an upload that still receives and has `before` bytes; False when somebody else was faster."""
    same = (col(Upload.id) == upload_id, col(Upload.state) == "receiving", col(Upload.received) == before)
    return bool(db.exec(update(Upload).where(*same).values(values)).rowcount)


def cut_back(db: Session, upload_id: str, received: int) -> None:
    """Say that fewer bytes are on disk than was noted: a disk was changed, or a backup restored."""
    values = {"received": received, "state": "receiving", "key": None}
    lost = (col(Upload.id) == upload_id, col(Upload.state).in_(("receiving", "whole")))
    db.exec(update(Upload).where(*lost).values(values))


def mark_done(db: Session, upload_id: str, expires_at: datetime) -> bool:
    """Say that a whole upload is a blob; False when that was said already."""
    whole = (col(Upload.id) == upload_id, col(Upload.state) == "whole")
    return bool(db.exec(update(Upload).where(*whole).values(state="done", expires_at=expires_at)).rowcount)


def claim(db: Session, upload_id: str) -> bool:
    """Say that something official has a blob now; False when something had it before."""
    done = (col(Upload.id) == upload_id, col(Upload.state) == "done")
    return bool(db.exec(update(Upload).where(*done).values(state="taken")).rowcount)


def whole(db: Session) -> Sequence[Upload]:
    """Those that have arrived and are no blob yet."""
    return db.exec(select(Upload).where(Upload.state == "whole").order_by(col(Upload.progressed_at))).all()


def is_late(db: Session, now: datetime) -> bool:
    """Whether `expired` has anything to say: looked at often."""
    return db.exec(select(Upload.id).where(*_late(now)).limit(1)).first() is not None


def expired(db: Session, now: datetime, most: int = 500) -> Sequence[Upload]:
    """What nobody finished in time, and what nobody used."""
    return db.exec(select(Upload).where(*_late(now)).limit(most)).all()


def _late(now: datetime) -> tuple[Any, ...]:
    return col(Upload.state).in_(("receiving", "done")), col(Upload.expires_at) <= now


def forget(db: Session, upload_id: str, state: str) -> bool:
    """Forget an upload that is in this state; its file or its blob is removed by whoever calls."""
    found = delete(Upload).where(col(Upload.id) == upload_id, col(Upload.state) == state)
    return bool(db.exec(found).rowcount)


def release(db: Session, key: str) -> None:
    """A blob that somebody had taken is destroyed: it takes no more room of its person and of its congress."""
    db.exec(delete(Upload).where(col(Upload.key) == key, col(Upload.state) == "taken"))


def known(db: Session, upload_ids: Collection[str]) -> set[str]:
    """Those of these addresses whose bytes still lie in the folder of uploads."""
    states = col(Upload.state).in_(("receiving", "whole"))
    return set(db.exec(select(Upload.id).where(col(Upload.id).in_(upload_ids), states)))
