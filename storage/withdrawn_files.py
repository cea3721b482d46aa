"""Files of withdrawn objects on their way under seal: from a blob that whoever reads the store can open to one that
nobody can without the installation's key, whatever stops this and wherever.

1. The blob that will be written is doomed for a little later (`storage.removals.doom`): `reserve`, then `hold`.
2. It is there, whole, and was read again.
3. The row points to it, it is spared, and the readable one is doomed, in one transaction: `swap`.

Stopped after 1 or 2: the readable blob is still the one that counts, another is begun, and what was written goes by
itself within `HELD`. Stopped after 3: all is done. Whoever destroys the object meanwhile dooms the blob that counts at
that moment (`storage.removals.forget_sealed`); then 3 finds no row and gives up the other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from storage import removals
from storage.models import ContributionFile, DoomedBlob, WithdrawnObject

HELD = timedelta(minutes=30)  # since the last sign of life: longer than a store takes to put the last part in its place
MOST_AT_ONCE = 100  # the rest follows


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A file that is withdrawn and still readable in the store; `sealed` is its salt, encrypted."""

    congress_id: int
    target: int
    name: str
    sealed: bytes
    blob: str


def unsealed(db: Session) -> list[Unsealed]:
    """List the files that remain to be sealed, in the order of their withdrawals."""
    query = (
        select(WithdrawnObject)
        .where(col(WithdrawnObject.blob).is_not(None), col(WithdrawnObject.is_blob_sealed).is_(False))
        .order_by(col(WithdrawnObject.congress_id), col(WithdrawnObject.entry))
    )
    return [
        Unsealed(row.congress_id, row.target, row.name, row.sealed, row.blob)
        for row in db.execute(query.limit(MOST_AT_ONCE)).scalars()
        if row.blob is not None
    ]


def reserve(db: Session, file: Unsealed, copy: str, now: datetime) -> bool:
    """Begin: doom the blob that is about to be written; False when the file is sealed or destroyed already."""
    if _row(db, file) is None:
        return False
    hold(db, copy, now)
    return True


def hold(db: Session, copy: str, now: datetime) -> None:
    """Say that the blob is still being written."""
    removals.doom(db, copy, now + HELD)


def swap(db: Session, file: Unsealed, copy: str, now: datetime) -> bool:
    """Have the encrypted blob count, and the readable one destroyed.

    Returns:
        False when the file was destroyed meanwhile, when another process was faster, or when the last sign of life is
        so old that the blob may be gone: it is given up, and the readable one, if it still counts, stays.
    """
    row = _row(db, file)
    # Before its hour nobody has begun to destroy it.
    doomed = db.get(DoomedBlob, copy, populate_existing=True, with_for_update=True)
    if row is None or doomed is None or doomed.at <= now:
        removals.doom(db, copy, now)
        return False
    row.blob, row.is_blob_sealed = copy, True
    db.add(row)
    removals.spare(db, copy)
    removals.doom(db, file.blob, now)
    return True


def media_types(db: Session, names: Collection[str]) -> dict[str, str]:
    """What the files of these names are: it stays with their contribution once they are withdrawn."""
    query = select(col(ContributionFile.name), col(ContributionFile.media_type)).where(
        col(ContributionFile.name).in_(names)
    )
    return {name: media_type for name, media_type in db.execute(query)}


def _row(db: Session, file: Unsealed) -> WithdrawnObject | None:
    """The row, held until the end of the transaction, if its file is still the readable one."""
    place = file.congress_id, file.target
    row = db.get(WithdrawnObject, place, populate_existing=True, with_for_update=True)
    return row if row is not None and row.blob == file.blob and not row.is_blob_sealed else None
