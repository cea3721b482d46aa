"""Themes, what stands under them and under none, and contributions that stand together."""

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import Session, col

from storage.models import Contribution, ContributionTheme, ContributionVersion, Theme

PAGE = 50


def themes(db: Session, congress_id: int, *, used_only: bool = False) -> list[Theme]:
    """List the themes of a congress, in the order in which they were named."""
    query = select(Theme).where(col(Theme.congress_id) == congress_id)
    if used_only:
        query = query.where(col(Theme.is_used).is_(True))
    return list(db.execute(query.order_by(col(Theme.number))).scalars())


def theme_counts(db: Session, congress_id: int) -> dict[int, int]:
    """Count the contributions under each theme, by the theme's id."""
    query = (
        select(col(ContributionTheme.theme_id), func.count())
        .join(Theme, col(Theme.id) == col(ContributionTheme.theme_id))
        .where(col(Theme.congress_id) == congress_id)
        .group_by(col(ContributionTheme.theme_id))
    )
    return {theme: count for theme, count in db.execute(query)}


def themes_of(db: Session, contribution_id: int) -> list[Theme]:
    """List the themes of a contribution."""
    query = (
        select(Theme)
        .join(ContributionTheme, col(ContributionTheme.theme_id) == col(Theme.id))
        .where(col(ContributionTheme.contribution_id) == contribution_id)
    )
    return list(db.execute(query.order_by(col(Theme.number))).scalars())


def unsorted(db: Session, congress_id: int, page: int) -> tuple[list[tuple[Contribution, ContributionVersion]], int]:
    """List a page of the published contributions under no theme in use, the oldest first, and count them all."""
    sorted_ones = (
        exists()
        .where(
            col(ContributionTheme.contribution_id) == col(Contribution.id),
            col(ContributionTheme.theme_id) == col(Theme.id),
            col(Theme.is_used).is_(True),
        )
        .correlate(Contribution)
    )
    wanted = col(Contribution.congress_id) == congress_id, col(Contribution.state) == "published", ~sorted_ones
    count = db.execute(select(func.count()).select_from(Contribution).where(*wanted)).scalar_one()
    query = (
        select(Contribution, ContributionVersion)
        .join(
            ContributionVersion,
            and_(
                col(ContributionVersion.contribution_id) == col(Contribution.id),
                col(ContributionVersion.version) == col(Contribution.published_version),
            ),
        )
        .where(*wanted)
        .order_by(col(Contribution.number))
        .offset((max(page, 1) - 1) * PAGE)
        .limit(PAGE)
    )
    return [(contribution, version) for contribution, version in db.execute(query)], count


def group_of(db: Session, contribution: Contribution) -> list[Contribution]:
    """List the contributions that stand together with one, without it, in order."""
    head = contribution.group_id or contribution.id
    query = select(Contribution).where(
        or_(col(Contribution.group_id) == head, col(Contribution.id) == head),
        col(Contribution.id) != contribution.id,
    )
    return list(db.execute(query.order_by(col(Contribution.number))).scalars())
