"""A congress with four people, for the tests of acts that are about people."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from motion.acts.sign_in import NewSession
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage.models import Congress, Official, Secretary
from storage.store import Store

NOW = datetime(2031, 11, 14, 8, 0, tzinfo=UTC)
KEY = b"k" * 32


@dataclass(frozen=True)
class Hall:
    """The ids of a congress: Aline and Basile are officials, Aline rapporteur; Inès runs it."""

    congress: int
    aline: int
    basile: int
    ines: int
    other_congress: int
    other_secretary: int

    @property
    def secretariat(self) -> Actor:
        return Actor(self.congress, Role.SECRETARIAT, secretary_id=self.ines)

    @property
    def official(self) -> Actor:
        return Actor(self.congress, Role.OFFICIAL, official_id=self.basile)

    @property
    def rapporteur(self) -> Actor:
        return Actor(self.congress, Role.RAPPORTEUR, official_id=self.aline)

    @property
    def public(self) -> Actor:
        return Actor(self.congress, Role.PUBLIC)

    @property
    def elsewhere(self) -> Actor:
        """The secretariat of another congress."""
        return Actor(self.other_congress, Role.SECRETARIAT, secretary_id=self.other_secretary)


def hall(store: Store) -> Hall:
    """Fill an empty store."""
    return store.write_now(_fill)


def _fill(db: Session) -> Hall:
    def congress(slug: str) -> int:
        row = Congress(
            slug=slug,
            title="Congrès des communes d’Ormeline",
            starts_on=date(2031, 11, 14),
            ends_on=date(2031, 11, 16),
            origin=f"motion.example/{slug}/log",
            created_at=NOW,
        )
        db.add(row)
        db.flush()
        assert row.id is not None
        return row.id

    first, second = congress("ormeline"), congress("autre")
    people = [
        Official(
            congress_id=first,
            family_name="Corbières",
            first_names="Aline",
            mandate="maire",
            territory="Valbrune",
            email="aline@valbrune.example",
            is_rapporteur=True,
            created_at=NOW,
        ),
        Official(
            congress_id=first,
            family_name="Merlan",
            first_names="Basile",
            mandate="conseiller municipal",
            territory="Ormelac",
            email="basile@ormelac.example",
            created_at=NOW,
        ),
    ]
    secretaries = [
        Secretary(congress_id=first, name="Inès Belkheir", email="ines@ormeline.example"),
        Secretary(congress_id=second, name="Odile Tarn", email="odile@autre.example"),
    ]
    db.add_all([*people, *secretaries])
    db.flush()
    aline, basile = (person.id for person in people)
    ines, odile = (person.id for person in secretaries)
    assert aline and basile and ines and odile
    return Hall(first, aline, basile, ines, second, odile)


def new_session(name: str = "a", now: datetime = NOW) -> NewSession:
    """A session about to be opened, its token named for the test."""
    return NewSession(hashlib.sha256(name.encode()).digest(), "Firefox, Linux", now + timedelta(days=3))
