"""The secretariat's team, and officials who come back: nothing that was said in the record is unsaid."""

import pytest
from sqlmodel import Session, select

from motion.acts import congresses, roster, sign_in
from motion.record.entry import decode_entry
from motion.rules.errors import LastSecretary, NotAllowed, NotFound
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import people
from storage.models import Entry, LoginSession, Official
from storage.store import Store
from tests.acts.people import NOW, Hall, hall, new_session


@pytest.fixture
def there(store: Store) -> Hall:
    return hall(store)


def entries(store: Store, kind: str) -> list[dict]:
    rows = store.read_now(lambda db: db.exec(select(Entry).where(Entry.kind == kind).order_by(Entry.number)).all())
    return [dict(decode_entry(row.content).body) for row in rows]


def second(store: Store, there: Hall) -> Actor:
    """One more person in the team, signed in."""

    def add(db: Session) -> Actor:
        row = congresses.add_secretary(
            db, there.secretariat, there.congress, "Paul Lieux", "paul@ormeline.example", now=NOW
        )
        sign_in.open_session(
            db,
            there.congress,
            secretary_id=row.id,
            token_hash=new_session().token_hash,
            way="mail",
            device="",
            now=NOW,
            expires_at=new_session().expires_at,
        )
        return Actor(there.congress, Role.SECRETARIAT, secretary_id=row.id)

    return store.write_now(add)


def remove(store: Store, actor: Actor, secretary: int | None) -> list[int]:
    return store.write_now(congresses.remove_secretary, actor, actor.congress_id, secretary, now=NOW)


class TestTeam:
    def test_who_is_removed_is_signed_out_and_the_record_says_so(self, store: Store, there: Hall) -> None:
        """The session's id comes back, for its sockets; the mail no longer finds anyone."""
        paul = second(store, there)
        ended = remove(store, there.secretariat, paul.secretary_id)
        session = store.read_now(lambda db: db.exec(select(LoginSession)).one())
        assert ended == [session.id] and session.revoked_at == NOW
        assert entries(store, "role.change")[-1] == {
            "held": False,
            "role": "secretariat",
            "who": f"sec-{paul.secretary_id}",
        }
        assert store.read_now(people.with_address, there.congress, "paul@ormeline.example") == []

    def test_the_last_one_stays(self, store: Store, there: Hall) -> None:
        """Oneself or not: somebody must run the congress."""
        paul = second(store, there)
        remove(store, paul, there.ines)
        with pytest.raises(LastSecretary):
            remove(store, paul, paul.secretary_id)
        assert [one.id for one in store.read_now(people.secretaries, there.congress)] == [paul.secretary_id]

    def test_others_may_not(self, store: Store, there: Hall) -> None:
        """Officials, the public, the secretariat of another congress; and nobody is removed twice."""
        paul = second(store, there)
        for actor in (there.official, there.rapporteur, there.public):
            with pytest.raises(NotAllowed):
                remove(store, actor, paul.secretary_id)
        with pytest.raises(NotFound):
            remove(store, there.elsewhere, paul.secretary_id)
        remove(store, there.secretariat, paul.secretary_id)
        with pytest.raises(NotFound):
            remove(store, there.secretariat, paul.secretary_id)


class TestRestore:
    def test_an_official_taken_off_by_mistake_comes_back_as_themselves(self, store: Store, there: Hall) -> None:
        """Same identifier, said again in the record; sessions that ended stay ended."""
        store.write_now(roster.revoke, there.secretariat, there.aline, "mistake", now=NOW)
        for _twice in range(2):
            store.write_now(roster.restore, there.secretariat, there.aline, now=NOW)
        assert store.read_now(lambda db: db.get_one(Official, there.aline)).revoked_at is None
        assert entries(store, "official.accredit") == [
            {"official": f"elu-{there.aline}", "name": "Aline Corbières", "mandate": "maire", "territory": "Valbrune"}
        ]
        assert len(store.read_now(people.with_address, there.congress, "aline@valbrune.example")) == 1

    def test_nobody_else_brings_anyone_back(self, store: Store, there: Hall) -> None:
        """Neither officials nor another congress."""
        store.write_now(roster.revoke, there.secretariat, there.aline, "mistake", now=NOW)
        with pytest.raises(NotAllowed):
            store.write_now(roster.restore, there.official, there.aline, now=NOW)
        with pytest.raises(NotFound):
            store.write_now(roster.restore, there.elsewhere, there.aline, now=NOW)
