"""The secretariat of a congress beside another one, and the few words in which tests ask its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from motion.web.identity import hash_token
from storage import queries
from storage.models import Card, Congress, Entry, LoginSession, Mail, Motion, Official, Secretary
from tests.web.world import NOW, Hall, served

HOME = "/ormeline/secretariat"
VOTE = {"votes_for": "41", "votes_against": "3", "abstentions": "2", "not_voting": "0", "presided_by": "A. B."}


@contextmanager
def two_congresses(folder: Path, *, hears: bool = False) -> Iterator[Hall]:
    """A service with the congress of `served`, and another with its own secretariat."""
    with served(folder, hears=hears) as hall:
        hall.service.store.write_now(_other_congress)
        yield hall


def _other_congress(db) -> None:
    """Another congress, with its own secretariat."""
    other = Congress(
        slug="autre", title="Autre", starts_on=NOW.date(), ends_on=NOW.date(), origin="testserver/autre", created_at=NOW
    )
    db.add(other)
    db.flush()
    secretary = Secretary(congress_id=other.id, name="Irène", email="irene@autre.example")
    db.add(secretary)
    db.flush()
    db.add(
        LoginSession(
            congress_id=other.id,
            secretary_id=secretary.id,
            token_hash=hash_token("irene"),
            created_at=NOW,
            seen_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
    )


def get(hall: Hall, path: str, who: str = "odile"):
    """Ask for one of its pages; a path from the root is taken as it is."""
    return hall.client.get(path if path.startswith("/ormeline") else HOME + path, headers=hall.signed_in(who))


def post(hall: Hall, path: str, who: str = "odile", files=None, **fields: str):
    """Send one of its forms."""
    return hall.client.post(HOME + path, data=fields, files=files, headers=hall.signed_in(who))


def rows(hall: Hall, table: type) -> list:
    """Everything that a table holds."""
    return list(hall.service.store.read_now(lambda db: db.exec(select(table)).all()))


def state(hall: Hall) -> list:
    """Everything that the pages could change."""
    tables = (Congress, Motion, Official, Secretary, LoginSession, Card, Mail)
    entries = [row.content for row in rows(hall, Entry)]
    return [[row.model_dump() for row in rows(hall, table)] for table in tables] + [entries]


def motion(hall: Hall, code: str = "M1") -> Motion:
    """A motion as it stands in the database."""
    found = hall.service.store.read_now(queries.motion_by_code, "ormeline", code)
    assert found is not None
    return found
