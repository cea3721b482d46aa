"""Taking objects out of their place, with all that was computed from them; the caller's transaction records why."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from storage import history, search
from storage.models import (
    ContributionFile,
    ContributionMessage,
    ContributionStem,
    ContributionVersion,
    DoomedBlob,
    DraftSnapshot,
    DraftUpdate,
    FileRendition,
    LateText,
    Motion,
    SealedObject,
    Transcript,
    WithdrawnObject,
)
from storage.redactions import Target

MOST_DOOMED = 1_000  # at one go; the rest follows


def remove(db: Session, congress_id: int, target: Target, masked: bytes | None, entry: int) -> None:
    """Take an object out of its place; `masked` stands in for an update, `entry` says why."""
    if target.kind == "crdt.update":
        assert masked is not None and target.motion_id is not None
        row = db.get_one(DraftUpdate, (target.motion_id, target.number))
        row.salt, row.content, row.redaction = None, masked, entry
        db.add(row)
    elif target.kind == "crdt.late":
        late = col(LateText.motion_id) == target.motion_id, col(LateText.entry) == target.entry
        db.execute(delete(LateText).where(*late))
    elif target.kind == "contribution.file":
        row = db.execute(select(ContributionFile).where(col(ContributionFile.name) == target.name)).scalar_one()
        row.blob, row.salt, row.file_name, row.description = None, None, "", ""
        db.add(row)
    elif target.kind == "contribution.show":
        made = db.execute(select(FileRendition).where(col(FileRendition.name) == target.name)).scalar_one()
        made.blob, made.salt = None, None
        db.add(made)
    else:
        _empty_columns(db, target)
        sealed = col(SealedObject.congress_id) == congress_id, col(SealedObject.name) == target.name
        db.execute(delete(SealedObject).where(*sealed))


def _empty_columns(db: Session, target: Target) -> None:
    """Empty the columns that repeat an object of words."""
    if target.kind in ("contribution.receive", "contribution.publish"):
        gone = dict(
            author="",
            is_official=False,
            mandate="",
            commune="",
            commune_folded="",
            commune_code="",
            department_code="",
            title="",
            text="",
        )
        query = update(ContributionVersion).where(col(ContributionVersion.name) == target.name)
        db.execute(query.values(is_gone=True, **gone))
        owners = select(col(ContributionVersion.contribution_id)).where(col(ContributionVersion.name) == target.name)
        db.execute(delete(ContributionStem).where(col(ContributionStem.contribution_id).in_(owners)))
    elif target.kind == "contribution.captions":
        db.execute(update(Transcript).where(col(Transcript.name) == target.name).values(text=""))
    elif target.kind in ("contribution.answer", "contribution.notice", "contribution.reply"):
        about = col(ContributionMessage.entry) == target.entry, col(ContributionMessage.name) == target.name
        db.execute(update(ContributionMessage).where(*about).values(text="", author=""))


def doom(db: Session, key: str, at: datetime) -> None:
    """Have a file destroyed after this transaction, or at a later moment; a crash leaves the order to do it.

    Whoever writes a file that no row needs yet dooms it first, for an hour later, and spares it with the row: cut in
    between, it goes by itself.
    """
    db.merge(DoomedBlob(key=key, at=at))


def doomed(db: Session, now: datetime) -> list[str]:
    """List the files whose end has come, in no order."""
    query = select(col(DoomedBlob.key)).where(col(DoomedBlob.at) <= now)
    return list(db.execute(query.limit(MOST_DOOMED)).scalars())


def spare(db: Session, key: str) -> None:
    """Strike a file from the list: it is no more, or a row needs it from this transaction on."""
    db.execute(delete(DoomedBlob).where(col(DoomedBlob.key) == key))


def forget_sealed(db: Session, congress_id: int, targets: Collection[int], *, now: datetime) -> None:
    """Destroy what was kept sealed of these entries."""
    rows = col(WithdrawnObject.congress_id) == congress_id, col(WithdrawnObject.target).in_(targets)
    # Held: whoever is sealing one of these files (`storage.withdrawn_files`) has done so, or finds no row.
    files = select(col(WithdrawnObject.blob)).where(*rows, col(WithdrawnObject.blob).is_not(None)).with_for_update()
    for blob in db.execute(files).scalars().all():
        assert blob is not None
        doom(db, blob, now)
    db.execute(delete(WithdrawnObject).where(*rows))


def void_drafts(db: Session, motion: Motion, entry: int) -> None:
    """Drop whatever was computed from a motion's updates; rooms make their drafts again when they see `entry`."""
    assert motion.id is not None
    # Whoever keeps a snapshot at this moment has done so, or finds `redacted_entry`: see `drafts.keep_snapshot`.
    db.execute(select(col(Motion.id)).where(col(Motion.id) == motion.id).with_for_update())
    db.execute(delete(DraftSnapshot).where(col(DraftSnapshot.motion_id) == motion.id))
    history.forget(db, motion.id)
    search.forget(db, motion.congress_id, motions=[motion.id])
    motion.redacted_entry = entry
    db.add(motion)


def unindex(db: Session, congress_id: int, entries: Collection[int]) -> None:
    """Drop what a search would find of these entries' objects, such as the reason of a reopening."""
    search.forget(db, congress_id, entries=entries)
