"""News of a contribution: one mail for each event that its author waits for, and none once they have stopped them."""

import pytest
from sqlmodel import select

from motion.acts import contributions, moderation, news, notices
from motion.acts.sign_in import Message
from motion.language import LANGUAGES, language
from motion.rules.contributions import Channel, Words
from storage import outbox
from storage.models import Contribution, Mail
from storage.store import Store
from tests import worlds
from tests.acts.test_contributions import KEY, SALTS, WORDS, act, nonces, receive, reread, second, set_moderation
from tests.worlds import NOW, World

ADDRESS = "solene@exemple.example"


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def told(world: World) -> list[str]:
    """What the mails say, in order: their first line."""
    return [mail.body.partition("\n")[0] for mail in mails(world)]


def mails(world: World) -> list[Mail]:
    return list(world.store.read_now(lambda db: db.exec(select(Mail).order_by(Mail.id)).all()))


def asked(world: World, contribution: Contribution) -> Contribution:
    """Its author has asked for news, and confirmed their address."""

    def run(db) -> None:
        one = contributions.get(db, world.congress_id, contribution.number)
        one.email, one.email_confirmed_at = ADDRESS, NOW
        db.add(one)

    world.store.write_now(run)
    return contribution


def revise(world: World, one: Contribution, text: str) -> None:
    act(world, contributions.revise, one, Words(WORDS.name, text), salt=next(SALTS))


def refuse(world: World, one: Contribution) -> None:
    act(world, moderation.refuse, one, "injure", "", actor=world.secretariat, key=KEY, nonces=nonces())


class TestEvents:
    def test_a_publication_then_its_correction(self, world: World) -> None:
        """Each is said as what it is."""
        one = asked(world, receive(world))
        act(world, moderation.publish, one, actor=world.secretariat)
        revise(world, one, "Autrement.")
        assert told(world) == ["Votre contribution C1 est publiée."]
        act(world, moderation.publish, one, actor=world.secretariat)
        assert told(world)[1:] == ["La correction de votre contribution C1 est publiée."]

    def test_a_congress_that_reads_afterwards(self, world: World) -> None:
        """Says the same of a correction."""
        set_moderation(world, "after")
        one = asked(world, receive(world))
        revise(world, one, "Autrement.")
        assert told(world) == ["La correction de votre contribution C1 est publiée."]

    def test_a_second_person(self, world: World) -> None:
        """One mail, whether it is then published or not."""
        one = asked(world, receive(world, channel=Channel.SPOKEN, actor=world.secretariat))
        act(world, contributions.check, one, actor=second(world))
        assert told(world) == ["Votre contribution C1 a été relue par une seconde personne."]

    @pytest.mark.parametrize("what", news.NEWS)
    @pytest.mark.parametrize("code", LANGUAGES)
    def test_each_is_said_in_both_languages(self, what: str, code: str) -> None:
        """With the contribution that it is about, in plain text."""
        spoken = language(code)
        said = spoken.gettext(news.NEWS[what])
        assert "C7" in said % {"code": "C7"} and "<" not in said
        assert code == LANGUAGES[0] or said != news.NEWS[what]


class TestStopping:
    def test_forgets_the_mails_as_well(self, world: World) -> None:
        """Sent or not: the address is nowhere; what goes to others, or about something else, stays."""
        one, other = asked(world, receive(world)), asked(world, receive(world))
        for each in (one, other):
            act(world, moderation.publish, each, actor=world.secretariat)
        world.store.write_now(
            lambda db: news.stop(db, contributions.get(db, world.congress_id, one.number)),
        )
        assert told(world) == ["Votre contribution C2 est publiée."] and reread(world, one).email is None

    def test_taking_it_back_stops_them_and_answers_reports(self, world: World) -> None:
        """Whoever reported it is not left waiting, nor their address kept."""
        one = asked(world, receive(world))
        act(world, moderation.publish, one, actor=world.secretariat)
        more = {"email": "r@exemple.example", "salt": next(SALTS)}
        act(world, moderation.report, one, "injure", "Il m’insulte.", **more)
        act(world, contributions.withdraw, one, key=KEY, nonces=nonces())
        assert mails(world) == []
        act(world, notices.tell, one, Message("Signalement", "Elle est retirée."))
        assert [mail.recipient for mail in mails(world)] == ["r@exemple.example"]
        assert reread(world, one).official_id is None

    def test_one_that_is_leaving(self, world: World) -> None:
        """Is forgotten too: whoever sends it finds nothing to note."""
        one = asked(world, receive(world))
        act(world, moderation.publish, one, actor=world.secretariat)
        (leaving,) = mails(world)
        world.store.write_now(lambda db: news.stop(db, contributions.get(db, world.congress_id, 1)))
        world.store.write_now(outbox.sent, leaving.id, NOW, drop_body=True)
        world.store.write_now(outbox.failed, leaving.id, "Refusé", NOW)
        assert mails(world) == []

    def test_a_refusal_after_it_says_nothing(self, world: World) -> None:
        """Nobody is written to who no longer asks."""
        one = asked(world, receive(world))
        world.store.write_now(lambda db: news.stop(db, contributions.get(db, world.congress_id, 1)))
        refuse(world, one)
        assert told(world) == []
