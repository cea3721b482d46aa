"""One contribution whole, as the secretariat reads it before it decides: what is not public too."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from motion.rules.contributions import Use
from motion.rules.errors import NotFound
from motion.rules.names import display_name
from storage import contributions, moderation, refused_files, similar, themes
from storage.models import (
    Congress,
    Contribution,
    ContributionFile,
    ContributionMessage,
    ContributionVersion,
    FileRendition,
    Official,
    Theme,
)
from storage.moderation import Decided, Waits
from storage.refused_files import Kept
from storage.similar import Near


@dataclass(frozen=True, slots=True)
class Case:
    """A contribution with everything that stands beside it.

    Attributes:
        versions: The last one last.
        made: What was made of each file, by its id; it may not be published.
        secretaries: Names, by id, of who typed, checked and decided.
        spoken_by: Who said it, when they are on the roster.
        mark: Names what a decision is made on (`moderation.mark`).
        before, after: Numbers of the neighbours in the queue, through the filter asked for.
        near: What says the like of it: a hint, for the secretariat alone.
        kept: Until when its files are readable, when it is refused and has some.
    """

    contribution: Contribution
    versions: list[ContributionVersion]
    files: list[ContributionFile]
    made: dict[int, list[FileRendition]]
    messages: list[ContributionMessage]
    agreed: frozenset[Use]
    secretaries: dict[int, str]
    spoken_by: str
    supports: Contribution | None
    themes: list[Theme]
    held: frozenset[int]
    group: list[Contribution]
    near: list[Near]
    waits: tuple[Waits, ...]
    mark: str
    decided: Decided | None
    before: int | None
    after: int | None
    kept: Kept | None

    @property
    def last(self) -> ContributionVersion:
        """The last version of the words."""
        return self.versions[-1]


def case(db: Session, congress: Congress, number: int, kind: str) -> Case:
    """Read one contribution whole.

    Args:
        kind: The filter through which the queue is being gone through.

    Raises:
        NotFound: There is none of this number.
    """
    assert congress.id is not None
    contribution = contributions.numbered(db, congress.id, number)
    if contribution is None or contribution.id is None:
        raise NotFound("contribution", f"C{number}")
    versions = contributions.versions(db, contribution.id)
    files = contributions.files(db, contribution.id)
    made: dict[int, list[FileRendition]] = {file.id: [] for file in files if file.id is not None}
    for one in contributions.renditions(db, made):
        made[one.file_id].append(one)
    messages = contributions.messages(db, contribution.id)
    people = {contribution.typed_by, contribution.checked_by, *(each.secretary_id for each in messages)} - {None}
    spoken_by = db.get(Official, contribution.official_id) if contribution.official_id is not None else None
    held = themes.themes_of(db, contribution.id)
    used = themes.themes(db, congress.id, used_only=True)
    before, after = moderation.neighbours(db, congress.id, kind, number)
    last = versions[-1]
    return Case(
        contribution,
        versions,
        files,
        made,
        messages,
        contributions.agreed(db, contribution.id),
        moderation.secretaries(db, [person for person in people if person is not None]),
        display_name(spoken_by.first_names, spoken_by.family_name) if spoken_by else "",
        db.get(Contribution, contribution.supports_id) if contribution.supports_id is not None else None,
        used,
        frozenset(theme.number for theme in held),
        themes.group_of(db, contribution),
        similar.near(db, contribution, f"{last.title}\n{last.text}"),
        moderation.waits_of(db, contribution),
        moderation.mark(db, contribution),
        moderation.last_decided(db, contribution),
        before,
        after,
        refused_files.kept(db, contribution),
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """What was made of a file, to be shown to the secretariat before it is published."""

    blob: str
    size: int
    media_type: str
    role: str


def piece(db: Session, congress: Congress, number: int, rendition: int) -> Piece:
    """Find what was made of a file of a contribution; never the file as it was sent.

    Raises:
        NotFound: There is none, or no longer.
    """
    query = (
        select(FileRendition)
        .join(ContributionFile, col(ContributionFile.id) == col(FileRendition.file_id))
        .join(Contribution, col(Contribution.id) == col(ContributionFile.contribution_id))
        .where(
            col(Contribution.congress_id) == congress.id,
            col(Contribution.number) == number,
            col(FileRendition.id) == rendition,
            col(FileRendition.blob).is_not(None),
        )
    )
    row = db.execute(query).scalar_one_or_none()
    if row is None or row.blob is None:
        raise NotFound("file", str(rendition))
    return Piece(row.blob, row.size, row.media_type, row.role)
