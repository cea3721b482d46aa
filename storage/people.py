"""Look-ups about people: who has an address, who is signed in, who is on the roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from motion.rules.names import display_name, folded
from storage.models import Card, LoginSession, Official, Secretary, SignInAttempt

PAGE = 50  # officials on one page of the list
MAX_WORDS = 8  # looked for at once


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in, in one of their roles: exactly one of the two ids is set."""

    name: str
    mandate: str = ""
    territory: str = ""
    official_id: int | None = None
    secretary_id: int | None = None

    @property
    def mark(self) -> str:
        """`elu-12` or `sec-3`, as in the record."""
        return f"elu-{self.official_id}" if self.official_id is not None else f"sec-{self.secretary_id}"


def full_name(official: Official) -> str:
    """Return "Aline Corbières"."""
    return display_name(official.first_names, official.family_name)


def of_official(official: Official) -> Person:
    """Return an official as somebody who can sign in."""
    return Person(full_name(official), official.mandate, official.territory, official_id=official.id)


def of_secretary(secretary: Secretary) -> Person:
    """Return a member of the secretariat as somebody who can sign in."""
    return Person(secretary.name, secretary_id=secretary.id)


def with_address(db: Session, congress_id: int, address: str) -> list[Person]:
    """List those in force in a congress who have this e-mail address, in lower case: none, one or several."""
    officials = db.exec(
        select(Official)
        .where(Official.congress_id == congress_id, Official.email == address, col(Official.revoked_at).is_(None))
        .order_by(col(Official.id))
    )
    secretaries = db.exec(
        select(Secretary).where(
            Secretary.congress_id == congress_id, Secretary.email == address, col(Secretary.revoked_at).is_(None)
        )
    )
    return [of_official(official) for official in officials] + [of_secretary(secretary) for secretary in secretaries]


def attempts(db: Session, key: str, since: datetime) -> tuple[int, datetime | None]:
    """Count the attempts noted under a key since a moment, and give the oldest of them."""
    query = select(func.count(), func.min(col(SignInAttempt.at))).where(
        SignInAttempt.key == key, col(SignInAttempt.at) > since
    )
    count, oldest = db.exec(query).one()
    return count, oldest


def live_sessions(
    db: Session, *, now: datetime, official_id: int | None = None, secretary_id: int | None = None
) -> list[LoginSession]:
    """List the sessions of one person that still open doors, the latest used first."""
    whose = (
        LoginSession.official_id == official_id
        if official_id is not None
        else LoginSession.secretary_id == secretary_id
    )
    query = (
        select(LoginSession)
        .where(whose, col(LoginSession.revoked_at).is_(None), col(LoginSession.expires_at) > now)
        .order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id).desc())
    )
    return list(db.exec(query))


def congress_sessions(db: Session, congress_id: int, *, now: datetime) -> list[tuple[LoginSession, Official]]:
    """List the officials' sessions of a congress that still open doors, the latest used first."""
    query = (
        select(LoginSession, Official)
        .join(Official, col(LoginSession.official_id) == Official.id)
        .where(
            LoginSession.congress_id == congress_id,
            col(LoginSession.revoked_at).is_(None),
            col(LoginSession.expires_at) > now,
        )
        .order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id).desc())
    )
    return list(db.exec(query))


def officials(db: Session, congress_id: int, *, search: str = "", page: int = 1) -> tuple[list[Official], int]:
    """Return one page of the roster, by name, and how many officials match.

    Args:
        search: Words; each must occur in the name, the mandate, the territory or the address. Accents, capitals
            and hyphens make no difference: "evrard" finds ÉVRARD.
        page: From 1.
    """
    conditions: list[Any] = [Official.congress_id == congress_id, *_having(search)]
    if search.strip() and not folded(search):
        return [], 0  # signs alone, which nobody's name has
    count = db.exec(select(func.count()).select_from(Official).where(*conditions)).one()
    query = (
        select(Official)
        .where(*conditions)
        .order_by(col(Official.family_name), col(Official.first_names), col(Official.id))
        .offset((max(page, 1) - 1) * PAGE)
        .limit(PAGE)
    )
    return list(db.exec(query)), count


def _having(search: str) -> list[Any]:
    # Letters and digits only: nothing to escape.
    return [col(Official.folded).contains(word) for word in folded(search).split()[:MAX_WORDS]]


def in_force_with(db: Session, congress_id: int, search: str, most: int) -> list[Official]:
    """List at most so many officials in force, by name, who have these words as `officials` understands them."""
    if not folded(search):
        return []
    here = (Official.congress_id == congress_id, col(Official.revoked_at).is_(None), *_having(search))
    order = (col(Official.family_name), col(Official.first_names), col(Official.id))
    return list(db.exec(select(Official).where(*here).order_by(*order).limit(most)))


def in_force(db: Session, congress_id: int) -> list[Official]:
    """List the officials in force, by name."""
    query = (
        select(Official)
        .where(Official.congress_id == congress_id, col(Official.revoked_at).is_(None))
        .order_by(col(Official.family_name), col(Official.first_names), col(Official.id))
    )
    return list(db.exec(query))


def with_cards(db: Session, officials_ids: Sequence[int]) -> set[int]:
    """Say which of these officials have a card in force."""
    query = select(Card.official_id).where(col(Card.official_id).in_(officials_ids), col(Card.revoked_at).is_(None))
    return set(db.exec(query))


@dataclass(frozen=True, slots=True)
class RosterCount:
    """How many officials a congress has."""

    in_force: int
    rapporteurs: int
    with_email: int
    with_card: int


def count(db: Session, congress_id: int) -> RosterCount:
    """Count a congress's officials in force."""
    there = (Official.congress_id == congress_id, col(Official.revoked_at).is_(None))

    def of(*more: object) -> int:
        return db.exec(select(func.count()).select_from(Official).where(*there, *more)).one()  # type: ignore[arg-type]

    cards = select(func.count(func.distinct(col(Card.official_id)))).where(
        Card.congress_id == congress_id, col(Card.revoked_at).is_(None)
    )
    return RosterCount(
        of(), of(col(Official.is_rapporteur)), of(col(Official.email).is_not(None)), db.exec(cards).one()
    )


def secretaries(db: Session, congress_id: int) -> list[Secretary]:
    """List those who run a congress, in the order in which they came."""
    query = select(Secretary).where(Secretary.congress_id == congress_id, col(Secretary.revoked_at).is_(None))
    return list(db.exec(query.order_by(col(Secretary.id))))
