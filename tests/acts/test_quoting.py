"""Where a contribution is quoted: read from what everyone reads, and told once to its author; on both databases."""

import itertools

import pytest

from motion.acts import contributions, moderation, motions, news
from motion.rules.contributions import Words
from storage import quoting
from storage.models import Congress, Contribution, Mail
from storage.quoting import Quoting
from storage.store import Store
from tests import worlds
from tests.acts.test_contributions import KEY, SALTS, WORDS, act, nonces, receive
from tests.acts.test_news import asked, mails, told
from tests.acts.withdrawing import freeze
from tests.worlds import NOW, World

ADDRESS = "https://motion.example/ormeline/contributions/C1#t=72,81"
YVES = "Yves Tournebise"


@pytest.fixture
def world(store: Store) -> World:
    """Its motion quotes the first contribution."""
    return worlds.make(store, f"## Se soigner\n\nUne navette, comme le demande [Solène]({ADDRESS}).\n")


def publish(world: World, contribution: Contribution) -> Contribution:
    act(world, moderation.publish, contribution, actor=world.secretariat)
    return contribution


def quoting_text(world: World, text: str = f"Je reprends ses mots : {ADDRESS}", name: str = YVES) -> Contribution:
    """Somebody says something that quotes another; it is received."""
    return receive(world, Words(name, text))


def revise(world: World, contribution: Contribution, text: str) -> None:
    act(world, contributions.revise, contribution, Words(YVES, text), salt=next(SALTS))


def refuse(world: World, contribution: Contribution) -> None:
    act(world, moderation.refuse, contribution, "injure", "", actor=world.secretariat, key=KEY, nonces=nonces())


def reply(world: World, contribution: Contribution, text: str) -> None:
    act(world, moderation.reply, contribution, "Maël Kerouan", text, actor=world.secretariat, salt=next(SALTS))


def places(world: World, number: int = 1) -> list[tuple[str, str]]:
    """Where a contribution is quoted."""

    def read(db) -> tuple[Quoting, ...]:
        return quoting.of(db, db.get_one(Congress, world.congress_id), number)

    return [(place.kind, place.code) for place in world.store.read_now(read)]


class TestWhereItIsQuoted:
    def test_in_what_is_published_alone(self, world: World) -> None:
        """Not in what is received, not in what a correction took out, not in what is refused."""
        publish(world, receive(world))
        other = quoting_text(world)
        assert places(world) == []
        publish(world, other)
        assert places(world) == [("contribution", "C2")]
        revise(world, other, "Je ne le cite plus.")
        assert places(world) == [("contribution", "C2")]
        publish(world, other)
        assert places(world) == []
        revise(world, other, ADDRESS)
        publish(world, other)
        assert places(world) == [("contribution", "C2")]
        refuse(world, other)
        assert places(world) == []

    def test_in_a_motion_whose_text_is_closed(self, world: World) -> None:
        """While it is written nobody has said it; opened again, it is being written."""
        publish(world, receive(world))
        assert places(world) == []
        freeze(world)
        assert places(world) == [("motion", "M1")]
        more = {"salt": next(SALTS), "now": NOW}
        world.store.write_now(motions.unfreeze, world.secretariat, world.motion_id, "Une coquille", **more)
        assert places(world) == []

    def test_in_a_reply_beside_another(self, world: World) -> None:
        """As long as what it stands beside is published."""
        publish(world, receive(world))
        other = publish(world, quoting_text(world, "Sans citer personne."))
        reply(world, other, f"Voyez {ADDRESS}")
        assert places(world) == [("reply", "C2")]
        refuse(world, other)
        assert places(world) == []

    def test_not_in_itself(self, world: World) -> None:
        """Nor beside itself."""
        one = publish(world, quoting_text(world))
        reply(world, one, ADDRESS)
        assert places(world) == []

    def test_by_the_words_that_are_copied(self, world: World) -> None:
        """Without the address too, under the title that the congress has."""
        publish(world, receive(world))
        publish(
            world, quoting_text(world, "« Il neige. »\nContribution C1, Congrès d’Ormeline, samedi 15 novembre 2031")
        )
        assert places(world) == [("contribution", "C2")]

        def rename(db) -> None:
            congress = db.get_one(Congress, world.congress_id)
            congress.title = "Congrès de Valbrune"
            db.add(congress)

        world.store.write_now(rename)
        assert places(world) == []

    def test_each_place_once(self, world: World) -> None:
        """However often it quotes; motions come first."""
        publish(world, receive(world))
        freeze(world)
        publish(world, quoting_text(world, f"{ADDRESS} {ADDRESS}"))
        assert places(world) == [("motion", "M1"), ("contribution", "C2")] and places(world, 2) == []


class TestTellingItsAuthor:
    def test_when_what_quotes_is_published(self, world: World) -> None:
        """And not before."""
        publish(world, asked(world, receive(world)))
        other = quoting_text(world)
        assert told(world) == ["Votre contribution C1 est publiée."]
        publish(world, other)
        assert told(world)[1:] == ["Votre contribution C1 est citée dans la contribution C2."]
        assert mails(world)[-1].subject == "Congrès d’Ormeline – C2 cite C1"

    def test_once_for_each_place(self, world: World) -> None:
        """Corrections say nothing new; another place does."""
        publish(world, asked(world, receive(world)))
        other = publish(world, quoting_text(world))
        for time in range(3):
            revise(world, other, f"{ADDRESS} {time}")
            publish(world, other)
        publish(world, quoting_text(world))
        assert told(world)[1:] == [f"Votre contribution C1 est citée dans la contribution C{code}." for code in (2, 3)]

    def test_when_a_motion_is_frozen(self, world: World) -> None:
        """Frozen anew, it says nothing more."""
        publish(world, asked(world, receive(world)))
        freeze(world)
        more = {"salt": next(SALTS), "now": NOW}
        world.store.write_now(motions.unfreeze, world.secretariat, world.motion_id, "Une coquille", **more)
        freeze(world)
        assert told(world)[1:] == ["Votre contribution C1 est citée dans la motion M1, dont le texte est gelé."]

    def test_when_a_reply_quotes_it(self, world: World) -> None:
        """Beside another contribution; a reply beside one's own has its own mail."""
        one = publish(world, asked(world, receive(world)))
        reply(world, publish(world, quoting_text(world, "Rien.")), ADDRESS)
        reply(world, one, ADDRESS)
        said = "Votre contribution C1 est citée dans une réponse publiée à côté de la contribution C2."
        assert told(world)[1:] == [said]

    def test_nobody_who_did_not_ask(self, world: World) -> None:
        """Nor whose contribution is not published, nor who has stopped their news."""
        one = publish(world, receive(world))
        asked(world, receive(world, WORDS))
        publish(world, quoting_text(world, f"{ADDRESS} /ormeline/contributions/C2"))
        assert told(world) == []
        asked(world, one)
        world.store.write_now(lambda db: news.stop(db, contributions.get(db, world.congress_id, 1)))
        publish(world, quoting_text(world))
        assert told(world) == []

    def test_not_more_than_ten_a_day(self, world: World) -> None:
        """Whoever quotes somebody again and again does not fill their box."""
        publish(world, asked(world, receive(world)))
        for _time in range(news.QUOTED_A_DAY + 3):
            publish(world, quoting_text(world))
        assert len(mails(world)) == news.QUOTED_A_DAY

    def test_stopping_forgets_these_mails_too(self, world: World) -> None:
        """They are found by their subject, as the others."""
        publish(world, asked(world, receive(world)))
        publish(world, quoting_text(world))
        assert len(mails(world)) == 2
        world.store.write_now(lambda db: news.stop(db, contributions.get(db, world.congress_id, 1)))
        assert mails(world) == []

    @pytest.mark.parametrize("kind", news.QUOTED)
    def test_each_is_said_in_their_language(self, world: World, kind: str) -> None:
        """That in which they gave their address."""
        one = publish(world, asked(world, receive(world)))

        def tell(db) -> None:
            row = contributions.get(db, world.congress_id, one.number)
            subject = "Confirm your address: contribution C1"
            more = {"congress_id": world.congress_id, "body": "", "created_at": NOW, "not_before": NOW}
            db.add(Mail(recipient=row.email, subject=subject, **more))
            db.flush()
            assert news.tell_quoted(db, row, kind, "X9", now=NOW)

        world.store.write_now(tell)
        last = mails(world)[-1]
        assert last.subject == "Congrès d’Ormeline – X9 quotes C1" and "is quoted in" in last.body and "X9" in last.body


def test_numbers_of_many(world: World) -> None:
    """A text that quotes twenty is listed under each of them."""
    for _number in range(20):
        publish(world, receive(world))
    publish(world, quoting_text(world, " ".join(f"/ormeline/contributions/C{number}" for number in range(1, 21))))
    found = itertools.chain.from_iterable(places(world, number) for number in range(1, 21))
    assert list(found) == [("contribution", "C21")] * 20
