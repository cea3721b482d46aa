"""The rehearsal: its roster is a copy, and its record says whose."""

from typing import Any

import pytest
from sqlmodel import Session, col, select

from motion.acts import congresses, rehearsals, sign_in
from motion.acts.congresses import NewCongress
from motion.acts.record import note
from motion.record.entry import decode_entry
from motion.record.flaws import Flaw
from motion.record.story import Story
from motion.record.tree import Frontier, leaf_hash
from motion.rules.errors import NotFound
from storage import removals
from storage.models import Congress, Entry, Official, WithdrawnObject
from storage.store import Store
from tests.acts.people import NOW, Hall, hall, new_session

HOST = "motion.example"


@pytest.fixture
def there(store: Store) -> Hall:
    return hall(store)


def rehearsed(store: Store, there: Hall) -> int:
    """A rehearsal of the congress, with its roster."""

    def make(db: Session) -> int:
        original = db.get_one(Congress, there.congress)
        form = NewCongress(
            "Répétition", "ormeline-repetition", "", original.starts_on, original.ends_on, "Europe/Paris"
        )
        copy = congresses.create(db, None, form, host=HOST, now=NOW, rehearsal_of=there.congress)
        assert copy.id is not None
        assert rehearsals.copy_roster(db, there.congress, copy.id, now=NOW) == 2
        return copy.id

    return store.write_now(make)


def record_of(store: Store, congress_id: int) -> list[bytes]:
    """Its entries, in order."""
    query = select(Entry).where(Entry.congress_id == congress_id).order_by(col(Entry.number))
    return store.read_now(lambda db: [row.content for row in db.exec(query).all()])


def flaws(contents: list[bytes]) -> list[Flaw | None]:
    """What an auditor finds in each entry after those before it."""
    story, tree = Story(), Frontier()
    found = []
    for content in contents:
        entry = decode_entry(content)
        found.append(story.tell(entry.kind, entry.body, entry.by, tree))
        tree.append(leaf_hash(content))
    return found


class TestRoster:
    def test_each_official_of_the_copy_is_in_its_record(self, store: Store, there: Hall) -> None:
        """With their number there, and without an address; rapporteurs are said to be."""
        copy = rehearsed(store, there)
        entries = [decode_entry(content) for content in record_of(store, copy)]
        people = store.read_now(lambda db: db.exec(select(Official).where(Official.congress_id == copy)).all())
        assert [entry.kind for entry in entries][-4:] == [
            "roster.import",
            "official.accredit",
            "official.accredit",
            "role.change",
        ]
        joined: list[dict[str, Any]] = [dict(entry.body) for entry in entries[-3:-1]]
        assert [one["official"] for one in joined] == [f"elu-{person.id}" for person in people]
        assert entries[-1].body["who"] in {f"elu-{person.id}" for person in people if person.is_rapporteur}
        assert not any(person.email for person in people) and not any("@" in str(one) for one in joined)

    def test_whoever_is_not_on_it_is_caught(self, store: Store, there: Hall) -> None:
        """The check of a rehearsal is that of a congress: a session of somebody else's official cannot be."""
        copy = rehearsed(store, there)
        own = store.read_now(lambda db: db.exec(select(Official.id).where(Official.congress_id == copy)).first())
        session = new_session()
        store.write_now(
            sign_in.open_session,
            copy,
            official_id=own,
            token_hash=session.token_hash,
            way="rehearsal",
            device="",
            now=NOW,
            expires_at=session.expires_at,
        )
        forged = {"how": "rehearsal", "sess": "s-99", "who": f"elu-{there.aline}"}
        store.write_now(note, copy, "session.open", forged, actor=None, now=NOW)
        assert flaws(record_of(store, copy))[-2:] == [None, Flaw.NOT_ACCREDITED]


class TestDeletion:
    def test_only_a_rehearsal_can_be_deleted(self, store: Store, there: Hall) -> None:
        """With its record; the congress itself stays."""
        copy = rehearsed(store, there)
        store.write_now(rehearsals.delete, "ormeline-repetition")
        assert record_of(store, copy) == []
        with pytest.raises(NotFound):
            store.write_now(rehearsals.delete, "ormeline")

    def test_what_was_withdrawn_in_it_goes_with_it(self, store: Store, there: Hall) -> None:
        """Its files lie in the store of files, where nothing would point to them any more."""
        copy = rehearsed(store, there)
        values = {"entry": 2, "name": "ab" * 32, "sealed": b"", "until": NOW.date()}

        def withdraw(db: Session) -> None:
            db.add(WithdrawnObject(congress_id=copy, target=1, blob="a" * 32, **values))
            db.add(WithdrawnObject(congress_id=there.congress, target=1, blob="b" * 32, **values))

        store.write_now(withdraw)
        store.write_now(rehearsals.delete, "ormeline-repetition")
        assert store.read_now(removals.doomed, NOW) == ["a" * 32]
