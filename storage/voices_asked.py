"""What a reader asks of the list of contributions, as a statement that an index answers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, false, func, literal, select
from sqlmodel import col

from motion.rules.contributions import ContributionState
from motion.rules.names import folded
from storage.models import Contribution, ContributionFile, ContributionTheme, ContributionVersion, FileRendition, Theme
from storage.unindexed import Unindexed

PAGE = 30
MAX_NUMBER = 2**31 - 1  # what a column of PostgreSQL holds; nothing has this number
_PRIME = 2_147_483_647  # multiplying by what is below it changes the order of all smaller numbers, and of none twice

IS_SHOWN: ColumnElement[bool] = and_(
    col(ContributionVersion.contribution_id) == col(Contribution.id),
    col(ContributionVersion.version) == col(Contribution.published_version),
    col(Contribution.state) == ContributionState.PUBLISHED.value,
    col(ContributionVersion.is_gone).is_(False),
)
"""Joins a contribution to the words that everyone reads, if there are any."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks of the list. Empty: of all.

    Attributes:
        state: A state, or `all`.
        official: `yes`, `no`, or empty.
        files: A kind of file, `any`, or empty.
        order: `recent`, `time`, `theme`, `place` or `random`.
        seed: Of the random order: the same seed is the same order.
        after: Number of the last contribution of the page before, in the orders of time.
        upto: The highest number there was when the random order was drawn: what comes later does not move a page.
        page: From 1, in the other orders.
    """

    channel: str = ""
    theme: int | None = None
    department: str = ""
    commune: str = ""
    official: str = ""
    files: str = ""
    state: str = ContributionState.PUBLISHED.value
    order: str = "recent"
    seed: int = 0
    after: int | None = None
    upto: int | None = None
    page: int = 1

    @property
    def filters(self) -> int:
        """How many things it is narrowed to, its state aside."""
        wanted = (self.channel, self.theme, self.department, self.commune, self.official, self.files)
        return sum(each not in ("", None) for each in wanted)

    @property
    def is_of_words(self) -> bool:
        """Whether what nobody may read is none of it: it is asked for by its words, or by what goes with them."""
        return self.filters > bool(self.channel)


def joined(query: Select[Any], asked: Asked) -> Select[Any]:
    """Join the words, where what is asked or its order needs them."""
    if asked.is_of_words:
        return query.join(ContributionVersion, IS_SHOWN)
    return query.outerjoin(ContributionVersion, IS_SHOWN) if asked.order == "place" else query


def narrowed(congress_id: int, asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions of what is asked, its order aside; the words are `joined`."""
    version = ContributionVersion
    are_few = asked.is_of_words and asked.official != "no"
    congress = col(Contribution.congress_id)
    wanted: list[ColumnElement[bool]] = [(Unindexed(congress) if are_few else congress) == congress_id]
    if asked.state != "all":
        wanted.append(col(Contribution.state) == asked.state)
    if asked.channel:
        wanted.append(col(Contribution.channel) == asked.channel)
    # What follows is said by the words: of those that nobody may read, none is found by them.
    if asked.department:
        wanted.append(col(version.department_code) == asked.department)
    if asked.commune:
        name = folded(asked.commune)
        wanted.append(col(version.commune_folded) == name if name else false())
    if asked.official:
        wanted.append(col(version.is_official).is_(asked.official == "yes"))
    if asked.theme is not None:
        under = (
            select(col(ContributionTheme.contribution_id))
            .join(Theme, col(Theme.id) == col(ContributionTheme.theme_id))
            .where(col(Theme.number) == asked.theme, col(Theme.congress_id) == congress_id)
        )
        wanted.append(col(Contribution.id).in_(under))
    if asked.files:
        made = (
            select(col(ContributionFile.contribution_id))
            .join(FileRendition, col(FileRendition.file_id) == col(ContributionFile.id))
            .where(
                col(FileRendition.entry).is_not(None),
                col(FileRendition.blob).is_not(None),
                *([] if asked.files == "any" else [col(ContributionFile.kind) == asked.files]),
            )
        )
        wanted.append(col(Contribution.id).in_(made))
    if asked.is_of_words:
        wanted.append(col(version.version).is_not(None))
    if asked.upto is not None:
        wanted.append(col(Contribution.number) <= asked.upto)
    return wanted


def ordered(query: Select[Any], asked: Asked) -> Select[Any]:
    """Put what is asked in the order that is asked, from the page that is asked on."""
    number = col(Contribution.number)
    if asked.order == "time":
        query = query if asked.after is None else query.where(number > asked.after)
        return query.order_by(number)
    if asked.order == "recent":
        query = query if asked.after is None else query.where(number < asked.after)
        return query.order_by(number.desc())
    by: list[Any] = []  # columns of several types
    if asked.order == "place":
        version = ContributionVersion
        by = [col(version.version).is_(None), col(version.department_code), col(version.commune)]
    elif asked.order == "theme":
        first = (
            select(func.min(col(Theme.number)))
            .join(ContributionTheme, col(ContributionTheme.theme_id) == col(Theme.id))
            .where(col(ContributionTheme.contribution_id) == col(Contribution.id))
            .correlate(Contribution)
            .scalar_subquery()
        )
        by = [func.coalesce(first, MAX_NUMBER)]
    elif asked.order == "random":
        factor = 1 + (asked.seed * 48_271 + 40_692) % (_PRIME - 1)
        by = [(cast(number, BigInteger) * literal(factor, BigInteger)) % literal(_PRIME, BigInteger)]
    return query.order_by(*by, number).offset((asked.page - 1) * PAGE)
