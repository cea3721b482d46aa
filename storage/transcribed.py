"""What was typed for others, for the pages of the scribe and of paper: reading alone."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from motion.rules.errors import NotFound
from storage import people
from storage.models import Congress, Contribution, ContributionVersion, Official, Secretary

MOST_CHOICES = 12  # a page of them; who has more namesakes types more letters


@dataclass(frozen=True, slots=True)
class Typed:
    """A contribution with the last version of its words, and who typed and confirmed it."""

    contribution: Contribution
    words: ContributionVersion
    typist: str
    checker: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said aloud: the last of it, the last one first; and all that nobody has confirmed yet, in order.

    `unconfirmed` has numbers, each with who typed the last version: somebody else confirms it.
    """

    last: list[Typed]
    unconfirmed: list[tuple[int, int | None]]

    def to_confirm(self, secretary_id: int | None) -> list[int]:
        """The numbers that this person can confirm."""
        return [number for number, typist in self.unconfirmed if typist != secretary_id]


def spoken(db: Session, congress: Congress, most: int) -> Spoken:
    """Read what was said aloud; what is refused or withdrawn needs nobody's confirmation."""
    query = (
        select(Contribution.number, Contribution.typed_by)
        .where(
            Contribution.congress_id == congress.id,
            Contribution.channel == "spoken",
            col(Contribution.checked_by).is_(None),
            col(Contribution.state).in_(("awaited", "received", "published")),
        )
        .order_by(col(Contribution.number))
    )
    return Spoken(last_spoken(db, congress, most), [(number, typist) for number, typist in db.exec(query)])


def last_spoken(db: Session, congress: Congress, most: int) -> list[Typed]:
    """List what was said aloud, the last one first."""
    query = (
        select(Contribution)
        .where(Contribution.congress_id == congress.id, Contribution.channel == "spoken")
        .order_by(col(Contribution.number).desc())
        .limit(most)
    )
    return with_words(db, list(db.exec(query)))


def one(db: Session, congress: Congress, number: int, channel: str) -> Typed:
    """Find one that came by a channel.

    Raises:
        NotFound: There is none.
    """
    query = select(Contribution).where(
        Contribution.congress_id == congress.id, Contribution.number == number, Contribution.channel == channel
    )
    found = with_words(db, list(db.exec(query)))
    if not found:
        raise NotFound("contribution", f"C{number}")
    return found[0]


def with_words(db: Session, found: list[Contribution]) -> list[Typed]:
    """Join contributions with their last words and the names of who typed and confirmed them."""
    ids = [row.id for row in found]
    versions = {
        (row.contribution_id, row.version): row
        for row in db.exec(select(ContributionVersion).where(col(ContributionVersion.contribution_id).in_(ids)))
    }
    by = {row.typed_by for row in found} | {row.checked_by for row in found}
    names = {row.id: row.name for row in db.exec(select(Secretary).where(col(Secretary.id).in_(by - {None})))}
    return [
        Typed(row, versions[row.id or 0, row.version], names.get(row.typed_by, ""), names.get(row.checked_by, ""))
        for row in found
    ]


def members(db: Session, congress: Congress) -> list[Official]:
    """List the officials in force."""
    assert congress.id is not None
    return people.in_force(db, congress.id)


def matching(db: Session, congress: Congress, typed: str) -> list[Official]:
    """List officials in force whose name, mandate or territory has these words; one more than `MOST_CHOICES`."""
    assert congress.id is not None
    return people.in_force_with(db, congress.id, typed, MOST_CHOICES + 1)


def member(db: Session, congress: Congress, number: int) -> Official:
    """Find an official in force.

    Raises:
        NotFound: There is none of this id.
    """
    official = db.get(Official, number)
    if official is None or official.congress_id != congress.id or official.revoked_at is not None:
        raise NotFound("official", str(number))
    return official
