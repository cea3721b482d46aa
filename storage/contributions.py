"""Contributions as rows: looking them up, and what depends on them. Reading alone; `motion.acts` writes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from motion.record.entry import decode_entry
from motion.rules.contributions import Channel, ContributionState, Moderation, Use
from storage import ledger, models
from storage.models import (
    Contribution,
    ContributionConsent,
    ContributionFile,
    ContributionMessage,
    ContributionVersion,
    Entry,
    FileRendition,
    SealedObject,
    Transcript,
)
from storage.models.record import IS_RARE


def code(contribution: Contribution) -> str:
    """How people and the record name a contribution: C12."""
    return f"C{contribution.number}"


def lock(db: Session, contribution: Contribution) -> None:
    """Hold `ledger.lock`, then read a contribution again: before that, its author may have taken it back meanwhile."""
    ledger.lock(db, contribution.congress_id)
    db.add(contribution)  # it may have been read in another transaction
    db.flush()  # what the caller has changed is not to be read over
    db.refresh(contribution)


def collection(db: Session, congress_id: int) -> models.Collection:
    """Return how a congress receives contributions; the default when it has not said."""
    return db.get(models.Collection, congress_id) or models.Collection(congress_id=congress_id)


def moderation(db: Session, congress_id: int) -> Moderation:
    """Say when a congress reads what it receives."""
    return Moderation(collection(db, congress_id).moderation)


def states_of(db: Session, congress_id: int) -> dict[str, int]:
    """How many contributions are in each state."""
    query = select(col(Contribution.state), func.count()).where(col(Contribution.congress_id) == congress_id)
    return {state: count for state, count in db.execute(query.group_by(col(Contribution.state)))}


def next_number(db: Session, congress_id: int) -> int:
    """Return the number of the next contribution: 1, 2, 3… in the congress; `ledger.lock` must be held."""
    query = select(func.max(col(Contribution.number))).where(col(Contribution.congress_id) == congress_id)
    return (db.execute(query).scalar_one() or 0) + 1


def numbered(db: Session, congress_id: int, number: int) -> Contribution | None:
    """Find a contribution by its number."""
    query = select(Contribution).where(col(Contribution.congress_id) == congress_id, col(Contribution.number) == number)
    return db.execute(query).scalar_one_or_none()


def of_secret(db: Session, congress_id: int, token_hash: bytes) -> Contribution | None:
    """Find a contribution by the hash of its private address's secret."""
    query = select(Contribution).where(
        col(Contribution.congress_id) == congress_id, col(Contribution.token_hash) == token_hash
    )
    return db.execute(query).scalar_one_or_none()


def of_foreign(db: Session, congress_id: int, foreign_id: str) -> Contribution | None:
    """Find a contribution by what another tool, or a device, calls it."""
    query = select(Contribution).where(
        col(Contribution.congress_id) == congress_id, col(Contribution.foreign_id) == foreign_id
    )
    return db.execute(query).scalars().first()


def address_given(db: Session, contribution: Contribution) -> datetime | None:
    """Say when a private address was last given to the author of what somebody else typed; None when never."""
    mark = f'"contribution":"{code(contribution)}"'.encode()
    query = select(col(Entry.content), col(Entry.at)).where(
        col(Entry.congress_id) == contribution.congress_id, col(Entry.kind) == "contribution.address", IS_RARE
    )
    given = db.execute(query.order_by(col(Entry.number).desc()))
    return next((at for content, at in given if mark in content), None)


def codes_given_address(db: Session, congress_id: int) -> set[str]:
    """List, by their codes, the contributions for which a private address was ever given."""
    query = select(col(Entry.content)).where(
        col(Entry.congress_id) == congress_id, col(Entry.kind) == "contribution.address", IS_RARE
    )
    return {decode_entry(content).body["contribution"] for content in db.execute(query).scalars()}


def imported_at(db: Session, congress_id: int, at: datetime) -> list[tuple[Contribution, str]]:
    """List what one import has brought and is not taken back, each with its author's name, in order."""
    query = (
        select(Contribution, col(ContributionVersion.author))
        .join(
            ContributionVersion,
            (col(ContributionVersion.contribution_id) == col(Contribution.id))
            & (col(ContributionVersion.version) == col(Contribution.version)),
        )
        .where(
            col(Contribution.congress_id) == congress_id,
            col(Contribution.channel) == Channel.IMPORT.value,
            col(Contribution.state) != ContributionState.WITHDRAWN.value,
            col(Contribution.received_at) == at,
        )
    )
    return [(row, author) for row, author in db.execute(query.order_by(col(Contribution.number)))]


def of_sheet(db: Session, congress_id: int, sheet: int) -> Contribution | None:
    """Find the contribution that came on a paper form."""
    query = select(Contribution).where(col(Contribution.congress_id) == congress_id, col(Contribution.sheet) == sheet)
    return db.execute(query).scalars().first()


def versions(db: Session, contribution_id: int) -> list[ContributionVersion]:
    """List the versions of its words, the first one first."""
    query = select(ContributionVersion).where(col(ContributionVersion.contribution_id) == contribution_id)
    return list(db.execute(query.order_by(col(ContributionVersion.version))).scalars())


def files(db: Session, contribution_id: int) -> list[ContributionFile]:
    """List its files in order."""
    query = select(ContributionFile).where(col(ContributionFile.contribution_id) == contribution_id)
    return list(db.execute(query.order_by(col(ContributionFile.number))).scalars())


def renditions(db: Session, file_ids: Collection[int]) -> list[FileRendition]:
    """List what was made of these files."""
    query = select(FileRendition).where(col(FileRendition.file_id).in_(file_ids))
    return list(db.execute(query.order_by(col(FileRendition.file_id), col(FileRendition.id))).scalars())


def transcripts(db: Session, file_ids: Collection[int]) -> list[Transcript]:
    """List the transcripts of these files, all versions, in order."""
    query = select(Transcript).where(col(Transcript.file_id).in_(file_ids))
    return list(
        db.execute(query.order_by(col(Transcript.file_id), col(Transcript.language), col(Transcript.version))).scalars()
    )


def messages(db: Session, contribution_id: int) -> list[ContributionMessage]:
    """List what was exchanged about it, in order."""
    query = select(ContributionMessage).where(col(ContributionMessage.contribution_id) == contribution_id)
    return list(db.execute(query.order_by(col(ContributionMessage.id))).scalars())


def lacks_comparison(contribution: Contribution) -> bool:
    """Whether a second person has yet to compare what was typed, and its picture, with the paper."""
    return contribution.channel == Channel.PAPER and contribution.checked_by is None


def agreed(db: Session, contribution_id: int) -> frozenset[Use]:
    """What its author agrees to now."""
    return all_agreed(db, [contribution_id]).get(contribution_id, frozenset())


def all_agreed(db: Session, ids: Collection[int]) -> dict[int, frozenset[Use]]:
    """What the authors of these contributions agree to now: the last word on each use. Who never said is not there."""
    query = select(ContributionConsent).where(col(ContributionConsent.contribution_id).in_(ids))
    held: dict[int, set[Use]] = {}
    for row in db.execute(query.order_by(col(ContributionConsent.id))).scalars():
        uses = held.setdefault(row.contribution_id, set())
        for use in row.uses.split():
            (uses.add if row.is_given else uses.discard)(Use(use))
    return {one: frozenset(uses) for one, uses in held.items()}


def objects_at(db: Session, contribution: Contribution) -> list[int]:
    """Numbers of the entries that commit to something of it which is still there, in order.

    Of a version that is published, its publication: the entry of its receipt commits to the same object.
    """
    assert contribution.id is not None
    found = []
    for version in versions(db, contribution.id):
        if not version.is_gone:
            found.append(version.published_entry or version.entry)
    kept = files(db, contribution.id)
    found += [file.entry for file in kept if file.blob is not None]
    ids = [file.id for file in kept if file.id is not None]
    found += [made.entry for made in renditions(db, ids) if made.entry is not None and made.blob is not None]
    found += [said.entry for said in transcripts(db, ids) if said.entry is not None and said.text]
    found += [
        each.entry for each in messages(db, contribution.id) if each.entry is not None and each.name and each.text
    ]
    return sorted(set(found))


def at_publication(db: Session, congress_id: int, entries: Collection[int]) -> frozenset[int]:
    """The same entries, with the publication of a version in the place of its receipt: both commit to one object."""
    query = (
        select(col(ContributionVersion.entry), col(ContributionVersion.published_entry))
        .join(Contribution, col(Contribution.id) == col(ContributionVersion.contribution_id))
        .where(
            col(Contribution.congress_id) == congress_id,
            col(ContributionVersion.entry).in_(entries),
            col(ContributionVersion.published_entry).is_not(None),
        )
    )
    published = {received: entry for received, entry in db.execute(query) if entry is not None}
    return frozenset(published.get(entry, entry) for entry in entries)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An object that an entry commits to and that lies in the store of files."""

    entry: int
    blob: str | None
    salt: bytes | None


def kept_as_files(db: Session, names: Sequence[str]) -> dict[str, Elsewhere]:
    """Find the objects of these names among files and what was made of them."""
    found = {}
    for table in (ContributionFile, FileRendition):
        query = select(col(table.name), col(table.entry), col(table.blob), col(table.salt)).where(
            col(table.name).in_(names)
        )
        for name, entry, blob, salt in db.execute(query):
            if entry is not None:
                found[name] = Elsewhere(entry, blob, salt)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """What was made of a file, and is published."""

    name: str
    blob: str
    salt: bytes
    size: int
    media_type: str


def shown(db: Session, congress_id: int, name: str) -> Shown | None:
    """Find a published rendition by the name of its object; None when it is none, or no longer."""
    found = _shown(db, _published_renditions(congress_id).where(col(FileRendition.name) == name))
    return found[0] if found else None


def all_shown(db: Session, congress_id: int, size: int) -> list[Shown]:
    """List the published renditions of the first `size` entries of a record, in their order."""
    query = _published_renditions(congress_id).where(col(FileRendition.entry) < size)
    return _shown(db, query.order_by(col(FileRendition.entry)))


def _published_renditions(congress_id: int) -> Select[FileRendition]:
    return (
        select(FileRendition)
        .join(ContributionFile, col(ContributionFile.id) == col(FileRendition.file_id))
        .join(Contribution, col(Contribution.id) == col(ContributionFile.contribution_id))
        .where(
            col(Contribution.congress_id) == congress_id,
            col(FileRendition.entry).is_not(None),
            col(FileRendition.blob).is_not(None),
        )
    )


def _shown(db: Session, query: Select[FileRendition]) -> list[Shown]:
    return [
        Shown(row.name, row.blob, row.salt, row.size, row.media_type)
        for row in db.execute(query).scalars()
        if row.blob is not None and row.salt is not None
    ]


def object_of(db: Session, congress_id: int, name: str) -> bytes | None:
    """Return an object of words, salt first; None once it is gone."""
    row = db.get(SealedObject, (congress_id, name))
    return None if row is None else row.content
