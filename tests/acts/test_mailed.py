"""Asking those who write by mail: everyone in the end, and nobody's box is filled."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from motion.acts import mailed
from motion.acts.sign_in import Message
from storage import ledger, outbox
from storage.models import Mail
from storage.store import Store
from tests import worlds
from tests.worlds import NOW, World

SENDER = "solene@exemple.example"
KEY = bytes(32)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def ask(world: World, number: int, now: datetime = NOW, sender: str = SENDER) -> datetime:
    """Ask about one message; when the mail may leave."""

    def run(db) -> datetime:
        ledger.lock(db, world.congress_id)
        message = Message("Votre message", f"Bonjour,\n\nQuestion {number}.\n")
        return mailed.ask(db, world.congress_id, sender, message, f"\nQuestion {number}.\n", key=KEY, now=now)

    return world.store.write_now(run)


def mails(world: World, sender: str = SENDER) -> list[Mail]:
    query = select(Mail).where(Mail.recipient == sender).order_by(Mail.id)
    return list(world.store.read_now(lambda db: db.exec(query).all()))


def asked(world: World) -> list[int]:
    """The questions of all mails, in order."""
    return [int(line[9:-1]) for mail in mails(world) for line in mail.body.split("\n") if line.startswith("Question")]


class TestWhoWritesMuch:
    def test_is_asked_of_the_rest_in_one_mail_an_hour_later(self, world: World) -> None:
        """Ten at once; a congress of a hundred messages asks them all, in eleven mails."""
        for number in range(100):
            ask(world, number)
        assert asked(world) == list(range(100)) and len(mails(world)) == 11
        assert {mail.not_before for mail in mails(world)[:10]} == {NOW}
        assert mails(world)[10].not_before == NOW + HOUR
        assert len(world.store.read_now(outbox.due, NOW)) == 10
        assert len(world.store.read_now(outbox.due, NOW + HOUR)) == 11

    def test_is_asked_at_once_again_after_an_hour(self, world: World) -> None:
        """Whoever sends a dozen in a morning is not kept waiting in the afternoon."""
        for number in range(12):
            ask(world, number)
        assert ask(world, 12, NOW + 2 * HOUR) == NOW + 2 * HOUR

    def test_gets_one_a_day_in_the_end(self, world: World) -> None:
        """Thirty mails, then one a day: two machines that answer each other come down to that."""
        at, left = NOW, 0
        while at < NOW + timedelta(days=3):  # each mail that arrives is answered at once
            at = ask(world, left, at)
            left += 1
        assert asked(world) == list(range(left)) and left < 100

    def test_holds_up_nobody_else(self, world: World) -> None:
        """Each sender has their own count."""
        for number in range(12):
            ask(world, number)
        assert ask(world, 0, sender="yves@exemple.example") == NOW


class TestAMailThatWaits:
    def test_is_left_alone_once_it_may_be_on_its_way(self, world: World) -> None:
        """What would be added to it would never leave."""
        for number in range(11):
            ask(world, number)
        late = NOW + HOUR - timedelta(seconds=30)
        for number in range(11, 20):
            ask(world, number, late - timedelta(minutes=30))
        before = mails(world)[10].body
        ask(world, 20, late)
        assert mails(world)[10].body == before and asked(world) == list(range(21))

    def test_does_not_grow_without_end(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The next leaves an hour after it."""
        monkeypatch.setattr(mailed, "MAX_GATHERED", 60)
        for number in range(14):
            ask(world, number)
        assert [mail.not_before for mail in mails(world)[10:]] == [NOW + HOUR, NOW + 2 * HOUR]
        assert asked(world) == list(range(14))

    def test_is_no_other_mail_to_that_address(self, world: World) -> None:
        """A mail that failed, such as a sign-in link, is tried again as it was."""

        def add(db) -> None:
            other = Mail(
                congress_id=world.congress_id, recipient=SENDER, subject="Lien", body="Entrez.", created_at=NOW
            )
            other.not_before, other.tries = NOW + HOUR, 3
            db.add(other)

        world.store.write_now(add)
        for number in range(11):
            ask(world, number)
        assert mails(world)[0].body == "Entrez." and len(mails(world)) == 12
