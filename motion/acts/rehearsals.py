"""The rehearsal congress: made from another one, and the only kind that can be deleted.

But for a demonstration that was cut off while it was being loaded: nobody has seen it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import select as select_rows
from sqlmodel import Session, SQLModel, col, select

from motion.acts import roster
from motion.record.entry import encode_entry
from motion.rules.errors import NotFound
from motion.rules.permissions import SYSTEM
from storage import ledger, queries, removals
from storage.ledger import NewEntry
from storage.models import (
    Checkpoint,
    Congress,
    Contribution,
    ContributionFile,
    FileRendition,
    Job,
    Motion,
    Official,
    WithdrawnObject,
)


def copy_roster(db: Session, original_id: int, copy_id: int, *, now: datetime) -> int:
    """Copy the officials in force, without their addresses: a rehearsal writes to nobody. Return how many.

    The record says who they are, one by one, as after an import: whoever checks it sees that only they write.
    """
    people = db.exec(
        select(Official).where(Official.congress_id == original_id, col(Official.revoked_at).is_(None))
    ).all()
    copies = [
        Official(
            **person.model_dump(exclude={"id", "congress_id", "email", "created_at"}),
            congress_id=copy_id,
            created_at=now,
        )
        for person in people
    ]
    db.add_all(copies)
    body = {"source": "list", "added": len(people), "changed": 0, "left": 0, "refused": 0}
    ledger.lock(db, copy_id)
    entries = [NewEntry("roster.import", encode_entry("roster.import", body, by=SYSTEM, at=now))]
    ledger.append(db, copy_id, entries + roster.accreditations(db, copies, None, now=now), now=now)
    return len(copies)


def delete(db: Session, slug: str) -> None:
    """Delete a rehearsal congress and all that belongs to it, its record included.

    Raises:
        NotFound: There is none of this name, or it is a real congress, which nobody can delete.
    """
    congress = queries.congress_by_slug(db, slug)
    if congress is None or congress.rehearsal_of is None:
        raise NotFound("rehearsal", slug)
    _delete(db, congress)


def keep_demonstration(db: Session, slug: str) -> bool:
    """Say whether the demonstration is there; one that was cut off while it was being loaded is deleted.

    Its story ends with an adoption, and nothing is signed before its end: whatever has a signed root stays, for a
    witness may know it.
    """
    congress = queries.congress_by_slug(db, slug)
    if congress is None or not congress.is_demonstration:
        return congress is not None
    ended = select_rows(col(Motion.id)).where(
        col(Motion.congress_id) == congress.id, col(Motion.adopted_at).is_not(None)
    )
    signed = select_rows(col(Checkpoint.size)).where(col(Checkpoint.congress_id) == congress.id)
    if db.execute(ended.limit(1)).first() or db.execute(signed.limit(1)).first():
        return True
    _delete(db, congress)
    return False


def _delete(db: Session, congress: Congress) -> None:
    motions = select_rows(col(Motion.id)).where(col(Motion.congress_id) == congress.id)
    jobs = select_rows(col(Job.id)).where(col(Job.congress_id) == congress.id)
    contributions = select_rows(col(Contribution.id)).where(col(Contribution.congress_id) == congress.id)
    files = select_rows(col(ContributionFile.id)).where(col(ContributionFile.contribution_id).in_(contributions))
    _doom_files(db, congress, contributions, files)
    # Rows that point at others go first: the tables in reverse order of their dependencies.
    for table in reversed(SQLModel.metadata.sorted_tables):
        if "file_id" in table.columns:
            db.execute(delete_rows(table).where(table.c.file_id.in_(files)))
        elif "contribution_id" in table.columns:
            db.execute(delete_rows(table).where(table.c.contribution_id.in_(contributions)))
        elif "motion_id" in table.columns and "congress_id" not in table.columns:
            db.execute(delete_rows(table).where(table.c.motion_id.in_(motions)))
        elif "job_id" in table.columns:
            db.execute(delete_rows(table).where(table.c.job_id.in_(jobs)))
        elif "congress_id" in table.columns:
            db.execute(delete_rows(table).where(table.c.congress_id == congress.id))
    db.delete(congress)


def _doom_files(db: Session, congress: Congress, contributions: Any, files: Any) -> None:
    """Have what people sent, what was made of it and what they took back, destroyed in the store of files."""
    sent = select_rows(col(ContributionFile.blob), col(Contribution.received_at)).where(
        col(ContributionFile.contribution_id).in_(contributions),
        col(Contribution.id) == col(ContributionFile.contribution_id),
    )
    made = select_rows(col(FileRendition.blob), col(Contribution.received_at)).where(
        col(FileRendition.file_id).in_(files),
        col(ContributionFile.id) == col(FileRendition.file_id),
        col(Contribution.id) == col(ContributionFile.contribution_id),
    )
    withdrawn = select_rows(col(WithdrawnObject.blob), col(Congress.created_at)).where(
        col(WithdrawnObject.congress_id) == col(Congress.id), col(Congress.id) == congress.id
    )
    for query in (sent, made, withdrawn):
        for key, at in db.execute(query):
            if key is not None:
                removals.doom(db, key, at)
