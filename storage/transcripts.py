"""Transcripts as rows: of which recording, the last state of each language, what of them is public.

A row whose `name` is empty is a working state: kept, not official, and the last of its language.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlmodel import Session, col

from motion.rules.contributions import ContributionState, FileKind, Use
from motion.rules.errors import NotFound
from storage import contributions as rows
from storage.models import (
    Congress,
    Contribution,
    ContributionFile,
    ContributionVersion,
    FileRendition,
    SealedObject,
    Transcript,
)

RECORDED = (FileKind.SOUND, FileKind.VIDEO)
MAX_NUMBER = 2**31 - 1  # what a column of PostgreSQL holds; nothing has this number
PLAYED = ("sound", "video-360", "video-720")
"""Roles of what can be listened to, the lightest first."""


def recording(db: Session, contribution: Contribution, number: int) -> ContributionFile:
    """Find a recording of a contribution by its number.

    Raises:
        NotFound: It has no such file, or that is no recording.
    """
    query = select(ContributionFile).where(
        col(ContributionFile.contribution_id) == contribution.id,
        col(ContributionFile.number) == min(number, MAX_NUMBER),
        col(ContributionFile.kind).in_(RECORDED),
    )
    row: ContributionFile | None = db.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("recording", str(number))
    return row


def last(db: Session, file_id: int, language: str) -> Transcript | None:
    """The last state of a transcript, official or not; None before the first."""
    query = select(Transcript).where(col(Transcript.file_id) == file_id, col(Transcript.language) == language)
    return db.execute(query.order_by(col(Transcript.version).desc()).limit(1)).scalar_one_or_none()


def languages(db: Session, file_id: int) -> list[str]:
    """The languages in which there is something, official or not, in the order of their first versions."""
    query = select(col(Transcript.language)).where(col(Transcript.file_id) == file_id, col(Transcript.text) != "")
    return list(db.execute(query.group_by(col(Transcript.language)).order_by(func.min(Transcript.at))).scalars())


def public(db: Session, file_ids: Collection[int]) -> list[Transcript]:
    """The last published version of each recording and language; none once it is taken out of publication."""
    query = select(Transcript).where(col(Transcript.file_id).in_(file_ids), col(Transcript.entry).is_not(None))
    ordered = query.order_by(col(Transcript.file_id), col(Transcript.language), col(Transcript.version))
    found = {(row.file_id, row.language): row for row in db.execute(ordered).scalars()}
    # An earlier version says what the last one said: it does not come back in its place.
    return [row for row in found.values() if row.text]


def published(db: Session, congress_id: int, name: str) -> Transcript:
    """Find a published version by the name of its object.

    Raises:
        NotFound: There is none, or no longer.
    """
    query = (
        select(Transcript)
        .join(ContributionFile, col(ContributionFile.id) == col(Transcript.file_id))
        .join(Contribution, col(Contribution.id) == col(ContributionFile.contribution_id))
        .where(
            col(Contribution.congress_id) == congress_id,
            col(Transcript.name) == name,
            col(Transcript.entry).is_not(None),
            col(Transcript.text) != "",
        )
    )
    row: Transcript | None = db.execute(query).scalars().first()
    if row is None:
        raise NotFound("transcript", name[:80])
    return row


def played(db: Session, file_id: int) -> list[FileRendition]:
    """What was made of a recording to be listened to or watched, published or not, the lightest first."""
    query = select(FileRendition).where(
        col(FileRendition.file_id) == file_id,
        col(FileRendition.role).in_(PLAYED),
        col(FileRendition.blob).is_not(None),
    )
    return sorted(db.execute(query).scalars(), key=lambda made: PLAYED.index(made.role))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A published transcript: what a search finds, and where it stands. `is_first`: the page shows it unasked."""

    contribution: int
    file: int
    language: str
    text: str
    is_first: bool


def of_entry(db: Session, congress_id: int, entry: int) -> Transcript | None:
    """The version that an entry published."""
    found: Transcript | None = db.execute(_by_entry(congress_id, entry, Transcript)).scalars().first()
    return found


def spoken(db: Session, congress_id: int, entry: int) -> Spoken | None:
    """What a `contribution.captions` published, if it is the last of its language and still there."""
    said = of_entry(db, congress_id, entry)
    contribution = db.execute(_by_entry(congress_id, entry, Contribution)).scalars().first()
    if said is None or contribution is None:
        return None
    for one in testimonies(db, contribution):
        if one.file.id == said.file_id and said in one.transcripts:
            return Spoken(contribution.number, one.file.number, said.language, said.text, said is one.transcripts[0])
    return None


def _by_entry(congress_id: int, entry: int, wanted: type[Transcript] | type[Contribution]) -> Select[Any]:
    return (
        select(wanted)
        .select_from(Transcript)
        .join(ContributionFile, col(ContributionFile.id) == col(Transcript.file_id))
        .join(Contribution, col(Contribution.id) == col(ContributionFile.contribution_id))
        .where(col(Contribution.congress_id) == congress_id, col(Transcript.entry) == entry)
    )


def forget_unpublished(db: Session, congress_id: int, contribution_id: int) -> None:
    """Drop what was never published of a contribution's transcripts: its author has taken it back."""
    files = select(col(ContributionFile.id)).where(col(ContributionFile.contribution_id) == contribution_id)
    its = col(Transcript.file_id).in_(files), col(Transcript.entry).is_(None)
    names = list(db.execute(select(col(Transcript.name)).where(*its)).scalars())
    sealed = col(SealedObject.congress_id) == congress_id, col(SealedObject.name).in_([name for name in names if name])
    db.execute(delete(SealedObject).where(*sealed))
    db.execute(delete(Transcript).where(*its))


@dataclass(frozen=True, slots=True)
class Testimony:
    """A published recording, with what is said of it. `chosen` is the transcript in the language asked for."""

    contribution: Contribution
    version: ContributionVersion
    file: ContributionFile
    made: tuple[FileRendition, ...]
    transcripts: tuple[Transcript, ...]
    chosen: Transcript | None
    may_be_quoted: bool


def testimonies(db: Session, contribution: Contribution, language: str = "") -> list[Testimony]:
    """The recordings of a published contribution, in order: those of which something can be heard or read."""
    assert contribution.id is not None
    if contribution.state != ContributionState.PUBLISHED:
        return []
    kinds = col(ContributionFile.contribution_id) == contribution.id, col(ContributionFile.kind).in_(RECORDED)
    files = list(db.execute(select(ContributionFile).where(*kinds).order_by(col(ContributionFile.number))).scalars())
    version = db.get_one(ContributionVersion, (contribution.id, contribution.published_version))
    may_be_quoted = Use.QUOTE in rows.agreed(db, contribution.id)
    found = []
    for file in files:
        assert file.id is not None
        made = tuple(one for one in rows.renditions(db, [file.id]) if one.entry is not None and one.blob is not None)
        said = tuple(sorted(public(db, [file.id]), key=lambda one: (one.language != version.language, one.language)))
        chosen = next((one for one in said if one.language == language), said[0] if said else None)
        if made or said:
            found.append(Testimony(contribution, version, file, made, said, chosen, may_be_quoted))
    return found


def testimony(db: Session, congress: Congress, number: int, file: int, language: str) -> Testimony:
    """Find one published recording.

    Raises:
        NotFound: There is none, or it is no longer published.
    """
    assert congress.id is not None
    contribution = rows.numbered(db, congress.id, number) if number <= MAX_NUMBER else None
    found = testimonies(db, contribution, language) if contribution is not None else []
    for one in found:
        if one.file.number == file:
            return one
    raise NotFound("contribution", f"C{number}")
