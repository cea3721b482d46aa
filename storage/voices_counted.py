"""What was said, counted: by place, channel, state, theme, day; and what the home of a congress says of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import BigInteger, case, cast, extract, func, select
from sqlmodel import Session, col

from storage.contributions import states_of
from storage.kept_counts import kept
from storage.models import Contribution, ContributionTheme, ContributionVersion, Theme
from storage.voices import IS_SHOWN, Voice, last_entry, recent, themes_in_use

QUARTER_S = 900


def places(db: Session, congress_id: int) -> list[tuple[str, str, int]]:
    """Count the published contributions of each place: code of its department, commune, how many."""
    return kept(db, congress_id, last_entry(db, congress_id), "places", lambda: _places(db, congress_id))


def _places(db: Session, congress_id: int) -> list[tuple[str, str, int]]:
    version = ContributionVersion
    query = (
        select(col(version.department_code), col(version.commune), func.count())
        .join(Contribution, IS_SHOWN)
        .where(col(Contribution.congress_id) == congress_id, col(version.commune) != "")
        .group_by(col(version.department_code), col(version.commune))
        .order_by(col(version.department_code), col(version.commune))
    )
    return [(row[0], row[1], row[2]) for row in db.execute(query)]


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is to count."""

    channels: dict[str, int]  # of all received
    states: dict[str, int]
    themes: tuple[tuple[Theme, int], ...]  # of what is published
    officials: int
    others: int
    moments: tuple[tuple[datetime, int], ...]  # quarters of an hour in which some were received, and how many

    @property
    def received(self) -> int:
        """How many were received."""
        return sum(self.channels.values())

    def by_day(self, local: Callable[[datetime], datetime]) -> dict[date, int]:
        """How many were received on each day that had any, in order.

        Args:
            local: Tells a moment in the time zone whose days are meant.
        """
        days: dict[date, int] = {}
        for moment, count in self.moments:
            day = local(moment).date()
            days[day] = days.get(day, 0) + count
        return days


def figures(db: Session, congress_id: int) -> Figures:
    """Count the contributions of a congress."""
    last = last_entry(db, congress_id)
    under, figures = kept(db, congress_id, last, "figures", lambda: _figures(db, congress_id))
    return replace(figures, themes=tuple((theme, under.get(theme.id, 0)) for theme in themes_in_use(db, congress_id)))


def _figures(db: Session, congress_id: int) -> tuple[dict[int | None, int], Figures]:
    """Count under each theme, by its id; and the rest, without themes, whose rows belong to one reading."""
    its = col(Contribution.congress_id) == congress_id
    channels = select(col(Contribution.channel), func.count()).where(its).group_by(col(Contribution.channel))
    version = ContributionVersion
    officials = (
        select(col(version.is_official), func.count())
        .join(Contribution, IS_SHOWN)
        .where(its)
        .group_by(col(version.is_official))
    )
    by_theme = (
        select(col(Theme.id), func.count())
        .join(ContributionTheme, col(ContributionTheme.theme_id) == col(Theme.id))
        .join(Contribution, col(Contribution.id) == col(ContributionTheme.contribution_id))
        .join(ContributionVersion, IS_SHOWN)
        .where(its, col(Theme.is_used).is_(True))
        .group_by(col(Theme.id))
    )
    under = {row[0]: row[1] for row in db.execute(by_theme)}
    who = {bool(row[0]): row[1] for row in db.execute(officials)}
    return under, Figures(
        {row[0]: row[1] for row in db.execute(channels)},
        states_of(db, congress_id),
        (),
        who.get(True, 0),
        who.get(False, 0),
        _moments(db, congress_id),
    )


def _moments(db: Session, congress_id: int) -> tuple[tuple[datetime, int], ...]:
    """Count what was received in each quarter of an hour: no zone's day begins within one."""
    epoch = extract("epoch", col(Contribution.received_at))
    quarter = cast(epoch - epoch % QUARTER_S, BigInteger)
    query = select(quarter, func.count()).where(col(Contribution.congress_id) == congress_id).group_by(quarter)
    return tuple((datetime.fromtimestamp(int(row[0]), UTC), row[1]) for row in db.execute(query.order_by(quarter)))


@dataclass(frozen=True, slots=True)
class Heard:
    """What the home of a congress says of contributions."""

    recent: tuple[Voice, ...]
    published: int  # and not taken out since
    places: int  # communes from which something is published


def heard(db: Session, congress_id: int, most: int = 3) -> Heard:
    """Read what was said lately, and from how many places."""
    last = last_entry(db, congress_id)
    count, places = kept(db, congress_id, last, "heard", lambda: _heard(db, congress_id))
    return Heard(recent(db, congress_id, most), count, places)


def _heard(db: Session, congress_id: int) -> tuple[int, int]:
    version = ContributionVersion
    place = version.department_code + "/" + col(version.commune)
    counted = (
        select(func.count(), func.count(func.distinct(case((col(version.commune) != "", place)))))
        .select_from(Contribution)
        .join(ContributionVersion, IS_SHOWN)
        .where(col(Contribution.congress_id) == congress_id)
    )
    row = db.execute(counted).one()
    return row[0], row[1]


def published(db: Session, congress_id: int) -> int:
    """Count the contributions that everyone reads."""
    return kept(db, congress_id, last_entry(db, congress_id), "heard", lambda: _heard(db, congress_id))[0]
