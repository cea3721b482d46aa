"""The demonstration after people have done things to it."""

from pathlib import Path

from sqlmodel import Session

from motion import settings
from motion.acts import roster
from motion.demonstration import play
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import people
from storage.store import Store
from tests.worlds import HOST, NOW


def test_a_role_that_nobody_has_is_left_out_of_the_addresses(sqlite_store: Store, tmp_path: Path) -> None:
    """The second start says where the others sign in."""
    chosen = settings.read({"MOTION_DATA": str(tmp_path)})
    congress_id = sqlite_store.write_now(play._make, HOST, NOW)
    assert len(sqlite_store.read_now(play.addresses, chosen)) == 5
    secretariat = Actor(congress_id, Role.SECRETARIAT)

    def end_rapporteurs(db: Session) -> None:
        for official in people.in_force(db, congress_id):
            if official.is_rapporteur:
                roster.set_rapporteur(db, secretariat, official.id or 0, False, now=NOW)

    sqlite_store.write_now(end_rapporteurs)
    roles = [role for role, _address in sqlite_store.read_now(play.addresses, chosen)]
    assert roles == ["Secrétariat", "Élue", "Élu", "Public"]
