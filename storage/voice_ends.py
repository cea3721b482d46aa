"""How a contribution leaves publication: the entries that end it, the decisions about it, and what became of a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from motion.record.entry import decode_entry
from motion.rules.contributions import ContributionState
from motion.rules.errors import NotFound
from storage import contributions as rows
from storage import redactions
from storage.models import (
    Congress,
    Contribution,
    ContributionFile,
    ContributionVersion,
    Entry,
    FileRendition,
    Redaction,
)
from storage.models.record import IS_RARE
from storage.redactions import Tombstone

_ENDS = {ContributionState.REFUSED.value: "refuse", ContributionState.WITHDRAWN.value: "withdraw"}


def ending(db: Session, contribution: Contribution) -> list[tuple[str, int]]:
    """The entry that refuses a contribution or takes it back: `refuse` or `withdraw`, and its number; or nothing."""
    return [(_ENDS[contribution.state], _end(db, contribution))] if contribution.state in _ENDS else []


def _end(db: Session, contribution: Contribution) -> int:
    """Number of the entry that refuses a contribution or takes it back."""
    if contribution.state == ContributionState.REFUSED:
        decided = [each.entry for each in rows.messages(db, contribution.id or 0) if each.kind == "decision"]
        return decided[-1] if decided and decided[-1] else contribution.entry
    query = select(col(Entry.number), col(Entry.content)).where(
        col(Entry.congress_id) == contribution.congress_id, col(Entry.kind) == "contribution.withdraw", IS_RARE
    )
    for number, content in db.execute(query.order_by(col(Entry.number).desc())):
        if decode_entry(content).body["contribution"] == rows.code(contribution):
            return int(number)
    return contribution.entry


def tombstones(
    db: Session, congress_id: int, contribution: Contribution, versions: Sequence[ContributionVersion]
) -> tuple[Tombstone, ...]:
    """What was decided on its words, files, transcripts and replies."""
    assert contribution.id is not None
    about = {each.entry for each in versions} | {each.published_entry for each in versions}
    files = rows.files(db, contribution.id)
    ids = [file.id for file in files if file.id is not None]
    about |= {file.entry for file in files} | {made.entry for made in rows.renditions(db, ids)}
    about |= {said.entry for said in rows.transcripts(db, ids)}
    about |= {each.entry for each in rows.messages(db, contribution.id)}
    query = select(Redaction).where(
        col(Redaction.congress_id) == congress_id, col(Redaction.target).in_([each for each in about if each])
    )
    return redactions.told(db, db.execute(query.order_by(col(Redaction.entry))).scalars().all())


@dataclass(frozen=True, slots=True)
class Removed:
    """A rendition that was published and is no longer; why, if a decision says so."""

    tombstones: tuple[Tombstone, ...]


def media(db: Session, congress: Congress, name: str) -> rows.Shown | Removed:
    """Find a published rendition by the name of its object, or what became of it.

    Raises:
        NotFound: None of this name was ever published.
    """
    assert congress.id is not None
    query = (
        select(FileRendition, Contribution)
        .join(ContributionFile, col(ContributionFile.id) == col(FileRendition.file_id))
        .join(Contribution, col(Contribution.id) == col(ContributionFile.contribution_id))
        .where(
            col(Contribution.congress_id) == congress.id,
            col(FileRendition.name) == name,
            col(FileRendition.entry).is_not(None),
        )
    )
    row = db.execute(query).first()
    if row is None:
        raise NotFound("file", name[:80])
    made, contribution = row
    found = rows.shown(db, congress.id, name) if contribution.state == ContributionState.PUBLISHED else None
    if found is not None:
        return found
    return Removed(redactions.about(db, congress.id, made.entry))
