"""Small worlds in a few lines: a congress, its people, a motion."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from motion.acts import congresses, motions, phases
from motion.acts.congresses import NewCongress
from motion.acts.sign_in import open_session
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from storage.models import Official
from storage.store import Store

NOW = datetime(2031, 11, 15, 14, 32, 5, 123000, tzinfo=UTC)
HOST = "motion.example"
FORM = NewCongress("Congrès d’Ormeline", "ormeline", "Valbrune", date(2031, 11, 14), date(2031, 11, 16))


@dataclass(frozen=True, slots=True)
class World:
    """A congress in its drafting phase, with a secretariat, two officials and one motion."""

    store: Store
    congress_id: int
    motion_id: int
    secretariat: Actor
    aline: Actor
    yves: Actor


def nonces() -> Iterator[bytes]:
    """Fresh ones, as many as one likes."""
    return (number.to_bytes(12, "big") for number in itertools.count(1))


def token_hash(name: str) -> bytes:
    """A session token's hash that tests can tell apart."""
    return name.encode().ljust(32, b".")


def official(db: Session, congress_id: int, first: str, family: str, mandate: str, territory: str) -> int:
    """Put somebody on the roster."""
    row = Official(
        congress_id=congress_id,
        first_names=first,
        family_name=family,
        mandate=mandate,
        territory=territory,
        created_at=NOW,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def session(db: Session, congress_id: int, official_id: int, name: str) -> Actor:
    """Sign an official in."""
    opened = open_session(
        db,
        congress_id,
        official_id=official_id,
        token_hash=token_hash(name),
        way="mail",
        device="",
        now=NOW,
        expires_at=NOW + timedelta(days=3),
    )
    return Actor(congress_id, Role.OFFICIAL, official_id=official_id, session_id=opened.id)


def make(store: Store, text: str = "## Se soigner\n\nUne navette.\n") -> World:
    """Make the world."""

    def build(db: Session) -> World:
        congress = congresses.create(db, None, FORM, host=HOST, now=NOW)
        assert congress.id is not None
        secretary = congresses.add_secretary(db, None, congress.id, "Bertille Chastenay", "s@ormeline.example", now=NOW)
        phases.open_phase(db, None, congress.id, Phase.DRAFTING, now=NOW)
        secretariat = Actor(congress.id, Role.SECRETARIAT, secretary_id=secretary.id)
        aline = official(db, congress.id, "Aline", "Corbières", "maire", "Valbrune")
        yves = official(db, congress.id, "Yves", "Tournebise", "maire", "Montclairval")
        salts = [bytes([at]) * 32 for at, _ in enumerate(motions.pieces(text))]
        motion = motions.create(
            db, secretariat, congress.id, "L’accès aux soins", "blank", text, client=7, salts=salts, now=NOW
        )
        assert motion.id is not None
        return World(
            store,
            congress.id,
            motion.id,
            secretariat,
            session(db, congress.id, aline, "aline"),
            session(db, congress.id, yves, "yves"),
        )

    return store.write_now(build)
