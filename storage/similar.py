"""The stems of contributions, and who shares rare ones: what `motion.rules.similar` hints at.

For one contribution at most `MAX_STEMS` counts are made, along an index, then the rarest `MOST_LOOKED_AT` are followed:
no text of another contribution is read but of the few that are shown.
"""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from motion.rules import similar as rules
from storage.models import Contribution, ContributionStem, ContributionVersion


@dataclass(frozen=True, slots=True)
class Near:
    """A contribution that says the like of another, and the words by which it was found."""

    contribution: Contribution
    version: ContributionVersion
    words: tuple[str, ...]


def learn(db: Session, congress_id: int, contribution_id: int, text: str) -> None:
    """Keep the stems of the last version of a contribution, in place of those before."""
    db.execute(delete(ContributionStem).where(col(ContributionStem.contribution_id) == contribution_id))
    found = rules.kept(text)
    if found:
        rows = [dict(congress_id=congress_id, stem=one, contribution_id=contribution_id) for one in found]
        db.execute(insert(ContributionStem), rows)


def near(db: Session, contribution: Contribution, text: str) -> list[Near]:
    """List what says the like of a contribution, the likest first: neither withdrawn, nor in its group already."""
    total = _total(db, contribution.congress_id)
    wanted = rules.kept(text)
    frequencies = _frequencies(db, contribution.congress_id, wanted)
    looked_at = rules.rare(frequencies, total)
    if len(looked_at) < rules.LEAST_SHARED:
        return []
    query = select(col(ContributionStem.contribution_id), col(ContributionStem.stem)).where(
        col(ContributionStem.congress_id) == contribution.congress_id,
        col(ContributionStem.stem).in_(looked_at),
        col(ContributionStem.contribution_id) != contribution.id,
    )
    shared: defaultdict[int, set[str]] = defaultdict(set)
    for other, one in db.execute(query):
        shared[other].add(one)
    standing = _not_with(db, contribution, [other for other, own in shared.items() if len(own) >= rules.LEAST_SHARED])
    by_number = {row.number: row for row in standing}
    found = rules.alike({row.number: shared[row.id] for row in standing if row.id is not None}, frequencies, total)
    return [
        Near(by_number[one.number], _last(db, by_number[one.number]), rules.words_of(text, one.shared)) for one in found
    ]


def _total(db: Session, congress_id: int) -> int:
    query = select(func.count()).select_from(Contribution).where(col(Contribution.congress_id) == congress_id)
    return int(db.execute(query).scalar_one())


def _frequencies(db: Session, congress_id: int, stems: tuple[str, ...]) -> dict[str, int]:
    query = (
        select(col(ContributionStem.stem), func.count())
        .where(col(ContributionStem.congress_id) == congress_id, col(ContributionStem.stem).in_(stems))
        .group_by(col(ContributionStem.stem))
    )
    return {one: count for one, count in db.execute(query)}


def _not_with(db: Session, contribution: Contribution, ids: list[int]) -> list[Contribution]:
    head = contribution.group_id or contribution.id
    query = select(Contribution).where(
        col(Contribution.id).in_(ids),
        col(Contribution.state) != "withdrawn",
        col(Contribution.id) != head,
        func.coalesce(col(Contribution.group_id), 0) != head,
    )
    return list(db.execute(query).scalars())


def _last(db: Session, contribution: Contribution) -> ContributionVersion:
    return db.get_one(ContributionVersion, (contribution.id, contribution.version))
