"""A record that stopped being signed is said on the home of its congress, quietly, once it lasts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from motion.acts import roster
from motion.acts.roster import OfficialForm
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.work.checkpoints import Checkpoints
from storage import published, signed_roots
from storage.models import Congress
from storage.store import Session
from tests.web.world import NOW, Hall, served

SAID = "attendent d’être signées"
SECRETARY = Actor(1, Role.SECRETARIAT, secretary_id=1)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress of which everything is signed."""
    with served(tmp_path) as hall:
        Checkpoints(hall.service.store, bytes(range(32))).sign_due(NOW)
        yield hall


def append(hall: Hall) -> None:
    """An entry that nobody has signed yet, of this moment."""
    form = OfficialForm("TOURNEBISE", "Yves", mandate="maire", territory="Valbrune")
    hall.service.store.write_now(roster.add, SECRETARY, 1, form, now=hall.at[0])


def test_while_it_is_signed_nothing_is_said(hall: Hall) -> None:
    """However long nothing new is written."""
    hall.at[0] = NOW + timedelta(hours=8)
    assert hall.service.store.read_now(published.unsigned_since, 1) is None
    assert SAID not in hall.client.get("/ormeline").text


def test_what_waits_for_minutes_is_said_and_goes_once_it_is_signed(hall: Hall) -> None:
    """With the hour of the first entry that waits; whoever kept the page before is told anew."""
    hall.at[0] = NOW + timedelta(minutes=10)
    append(hall)
    first = hall.client.get("/ormeline")
    assert SAID not in first.text
    hall.at[0] += timedelta(minutes=4)
    append(hall)
    kept = {"If-None-Match": first.headers["etag"]}
    hall.at[0] += timedelta(minutes=2)
    later = hall.client.get("/ormeline", headers=kept)
    assert later.status_code == 200
    assert (
        f"Depuis samedi 15 novembre 2031 à 14\u00a0h\u00a042, les nouvelles inscriptions au registre {SAID}"
        in later.text
    )
    Checkpoints(hall.service.store, bytes(range(32))).sign_due(hall.at[0])
    assert SAID not in hall.client.get("/ormeline", headers={"If-None-Match": later.headers["etag"]}).text


def test_not_of_a_record_given_up_nor_of_a_demonstration(hall: Hall) -> None:
    """One is said elsewhere; the hours of the other are those of its story."""
    hall.at[0] = NOW + timedelta(minutes=10)
    append(hall)
    hall.at[0] += timedelta(minutes=6)
    assert SAID in hall.client.get("/ormeline").text

    def show(db: Session, is_demonstration: bool) -> None:
        congress = db.get_one(Congress, 1)
        congress.is_demonstration = is_demonstration
        db.add(congress)

    hall.service.store.write_now(show, True)
    assert SAID not in hall.client.get("/ormeline").text
    hall.service.store.write_now(show, False)
    hall.service.store.write_now(signed_roots.retire, 1, now=hall.at[0])
    append(hall)  # another page than the one that is kept
    assert SAID not in hall.client.get("/ormeline").text
