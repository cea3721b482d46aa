"""What a search finds of contributions: the words as everyone reads them, by the entry that publishes them."""

import re

from sqlalchemy import select
from sqlmodel import Session, col

from storage.models import Contribution, ContributionVersion, SearchPassage
from storage.voices import IS_SHOWN

KIND = "contribution.publish"
ANCHOR = re.compile(r"contributions/(C[0-9]+)")


def passage(db: Session, congress_id: int, entry: int) -> SearchPassage | None:
    """The words that an entry published, to be found; None once another version or a decision has replaced them."""
    query = (
        select(Contribution, ContributionVersion)
        .join(ContributionVersion, IS_SHOWN)
        .where(
            col(Contribution.congress_id) == congress_id,
            col(Contribution.number) == _number(db, congress_id, entry),
            col(ContributionVersion.published_entry) == entry,
        )
    )
    row = db.execute(query).first()
    if row is None:
        return None
    one, version = row
    who = ", ".join(part for part in (version.author, version.mandate, version.commune) if part)
    text = "\n".join(part for part in (version.title, version.text, who) if part)
    return SearchPassage(
        congress_id=congress_id, entry=entry, anchor=f"contributions/C{one.number}", title=who, text=text
    )


def earlier(db: Session, congress_id: int, entry: int) -> list[int]:
    """Ids of what is found of other versions of the contribution that this entry publishes."""
    anchor = f"contributions/C{_number(db, congress_id, entry)}"
    query = select(col(SearchPassage.id)).where(
        col(SearchPassage.congress_id) == congress_id,
        col(SearchPassage.anchor) == anchor,
        col(SearchPassage.entry) != entry,
        col(SearchPassage.entry).in_(_entries(db, congress_id, entry)),
    )
    return [one for one in db.execute(query).scalars() if one is not None]


def _number(db: Session, congress_id: int, entry: int) -> int:
    query = (
        select(col(Contribution.number))
        .join(ContributionVersion, col(ContributionVersion.contribution_id) == col(Contribution.id))
        .where(col(Contribution.congress_id) == congress_id, col(ContributionVersion.published_entry) == entry)
    )
    return db.execute(query).scalars().first() or 0


def _entries(db: Session, congress_id: int, entry: int) -> list[int]:
    query = (
        select(col(ContributionVersion.published_entry))
        .join(Contribution, col(Contribution.id) == col(ContributionVersion.contribution_id))
        .where(
            col(Contribution.congress_id) == congress_id,
            col(Contribution.number) == _number(db, congress_id, entry),
        )
    )
    return [one for one in db.execute(query).scalars() if one is not None]
