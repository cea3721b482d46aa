"""A congress served for real: the whole application on a temporary SQLite database, with its rooms."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session
from starlette.testclient import TestClient

from motion import settings
from motion.acts import motions
from motion.live.relay import MemoryRelay
from motion.live.rooms import Rooms
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.identity import hash_token
from motion.web.routes import make_app
from motion.web.service import Service
from storage import migrate, queries
from storage.models import Congress, LoginSession, Motion, Official, PhaseOpening, Secretary
from storage.store import Store

NOW = datetime(2031, 11, 15, 13, 32, tzinfo=UTC)  # 14 h 32 in Valbrune
ORIGIN = "http://testserver"
TEXT = """# L’accès aux soins en Ormeline

## Exposé des motifs

Le car de 7 h 10 n’existe plus.
On renonce à se soigner.

## Se déplacer pour se soigner

Elles s’engagent à mutualiser une navette **solidaire**, gratuite pour les patients.

- deux fois par semaine ;
- y compris pendant les vacances.

## Salarier les soignants

Elles demandent le droit de salarier des soignants.
"""
PEOPLE = (
    ("CORBIÈRES", "Aline", "maire", "Valbrune", True),
    ("DIARRA", "Mamadou", "conseiller municipal", "Port-Émeraude", False),
    ("KERVADEC", "Solène", "adjointe", "Brumeval", False),
)


@dataclass
class Hall:
    """A served congress. `as_*` are clients, each with its own cookie; the clock is set through `at`."""

    service: Service
    client: TestClient
    at: list[datetime]

    def signed_in(self, token: str) -> dict[str, str]:
        """The headers of somebody's browser on our own page."""
        return {"cookie": f"motion={token}", "sec-fetch-site": "same-origin"}

    @property
    def aline(self) -> dict[str, str]:
        return self.signed_in("aline")

    @property
    def mamadou(self) -> dict[str, str]:
        return self.signed_in("mamadou")

    @property
    def odile(self) -> dict[str, str]:
        """Of the secretariat."""
        return self.signed_in("odile")


def populate(db: Session, text: str) -> None:
    """Write a congress in its drafting phase: three officials, one secretary, two motions."""
    congress = Congress(
        slug="ormeline",
        title="Congrès des communes d’Ormeline",
        place="Halle aux Grains de Valbrune",
        starts_on=date(2031, 11, 14),
        ends_on=date(2031, 11, 16),
        phase="drafting",
        origin="testserver/ormeline",
        created_at=NOW,
    )
    db.add(congress)
    db.flush()
    assert congress.id is not None
    for phase, hours in (("drafting", -5), ("frozen", 3), ("adopted", 20)):
        db.add(PhaseOpening(congress_id=congress.id, phase=phase, opens_at=NOW + timedelta(hours=hours)))
    for family, first, mandate, territory, is_rapporteur in PEOPLE:
        db.add(
            Official(
                congress_id=congress.id,
                family_name=family,
                first_names=first,
                mandate=mandate,
                territory=territory,
                is_rapporteur=is_rapporteur,
                created_at=NOW,
            )
        )
    db.add(Secretary(congress_id=congress.id, name="Odile Brunoy", email="odile@exemple.invalid"))
    db.flush()
    for token, official, secretary in (("aline", 1, None), ("mamadou", 2, None), ("odile", None, 1)):
        db.add(
            LoginSession(
                congress_id=congress.id,
                official_id=official,
                secretary_id=secretary,
                token_hash=hash_token(token),
                created_at=NOW,
                seen_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
        )
    db.flush()
    _motions(db, congress.id, text)


def _motions(db: Session, congress_id: int, text: str) -> None:
    actor = Actor(congress_id, Role.SECRETARIAT, secretary_id=1)
    for title, source in (("l’accès aux soins", text), ("les transports", "")):
        salts = [bytes(32) for _piece in motions.pieces(source)]
        motions.create(db, actor, congress_id, title, "blank", source, client=7, salts=salts, now=NOW)


@contextmanager
def served(
    folder: Path,
    *,
    text: str = TEXT,
    environment: dict[str, str] | None = None,
    is_new: bool = True,
    hears: bool = False,
) -> Iterator[Hall]:
    """Serve a congress for as long as the block lasts; or, when it is not new, the one that the folder holds."""
    values = {"MOTION_DATA": str(folder), "MOTION_BASE_URL": ORIGIN, **(environment or {})}
    read = settings.read(values)
    store = Store(read.database_url)
    if is_new:
        migrate.upgrade(store)
        store.write_now(populate, text)
    at = [NOW]
    rooms = Rooms(store, MemoryRelay(), lambda: at[0], read)
    service = Service(read, store, rooms, lambda: at[0], hears)
    app = make_app(service)
    with TestClient(app, base_url=read.base_url, raise_server_exceptions=False, follow_redirects=False) as client:
        assert client.portal is not None
        client.portal.call(rooms.start)
        try:
            yield Hall(service, client, at)
        finally:
            client.portal.call(rooms.close)
            store.close()


def fill_roster(hall: Hall, officials: int = 50) -> None:
    """Bring the roster to so many: a vote speaks of no more people than it has."""

    def add(db: Session) -> None:
        for number in range(len(PEOPLE), officials):
            db.add(Official(congress_id=1, family_name=f"Brumeval-{number}", first_names="Zoé", created_at=NOW))

    hall.service.store.write_now(add)


def give_authors(hall: Hall, code: str, runs: list[list[int]]) -> None:
    """Say who wrote a motion's text, as the room's reading copy would."""

    def write(db: Session) -> None:
        motion = queries.motion_by_code(db, "ormeline", code)
        assert isinstance(motion, Motion)
        motion.runs = json.dumps(runs)
        db.add(motion)

    hall.service.store.write_now(write)
