"""Places for load tests: signed-in officials of a demonstration congress."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from motion.acts import roster
from motion.acts.sign_in import open_session
from motion.demonstration import people as invented
from motion.demonstration.play import form_of
from motion.rules.errors import NotADemonstration, NotFound
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.settings import Settings
from motion.web.identity import cookie_name, hash_token
from storage import people, queries
from storage.store import Session, Store

BATCH = 50  # sessions opened in one transaction: the service that runs meanwhile is never kept waiting


@dataclass(frozen=True, slots=True)
class Seat:
    """One simulated official's place: what a load test needs to be them."""

    official: int
    cookie: str
    ws: str
    page: str

    def line(self) -> str:
        """The seat as one line of JSON."""
        return json.dumps(
            {"official": self.official, "cookie": self.cookie, "ws": self.ws, "page": self.page}, ensure_ascii=False
        )


def take(
    store: Store, settings: Settings, slug: str, code: str, count: int, *, base_url: str, now: datetime
) -> list[Seat]:
    """Sign in `count` officials, inventing those who are missing.

    Raises:
        NotFound, NotADemonstration: Nobody was invented or signed in.
    """
    congress_id = store.read_now(_congress, slug, code)
    known = store.read_now(people.in_force, congress_id)
    if len(known) < count:
        store.write_now(_invent, congress_id, len(known), count - len(known), now=now)
        known = store.read_now(people.in_force, congress_id)
    address = urlsplit(base_url.rstrip("/"))
    socket = f"{'wss' if address.scheme == 'https' else 'ws'}://{address.netloc}/live/{slug}/{code}"
    page = f"{base_url.rstrip('/')}/{slug}/motions/{code}/rediger"
    name = cookie_name(settings)
    expires_at = now + timedelta(days=settings.session_days)
    seats: list[Seat] = []
    for start in range(0, count, BATCH):
        chosen = [official.id or 0 for official in known[start : min(start + BATCH, count)]]
        tokens = {official: secrets.token_urlsafe(32) for official in chosen}
        store.write_now(_sign_in, congress_id, tokens, now=now, expires_at=expires_at)
        seats += [Seat(official, f"{name}={token}", socket, page) for official, token in tokens.items()]
    return seats


def _congress(db: Session, slug: str, code: str) -> int:
    congress = queries.congress_by_slug(db, slug)
    if congress is None or congress.id is None:
        raise NotFound("congress", slug)
    if not congress.is_demonstration and congress.rehearsal_of is None:
        raise NotADemonstration(slug)
    if queries.motion_by_code(db, slug, code) is None:
        raise NotFound("motion", code)
    return congress.id


def _invent(db: Session, congress_id: int, start: int, count: int, *, now: datetime) -> None:
    service = Actor(congress_id, Role.SECRETARIAT)  # without a person: the record says `system`
    for person in invented.more(start, count):
        roster.add(db, service, congress_id, form_of(person), now=now)


def _sign_in(db: Session, congress_id: int, tokens: dict[int, str], *, now: datetime, expires_at: datetime) -> None:
    for official, token in tokens.items():
        open_session(
            db,
            congress_id,
            official_id=official,
            token_hash=hash_token(token),
            way="rehearsal",
            device="",
            now=now,
            expires_at=expires_at,
        )
