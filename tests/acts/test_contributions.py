"""Receiving, publishing, refusing, taking back: reread from tables and from the record, on both databases."""

import itertools
from collections.abc import Iterator

import pytest
from sqlmodel import Session

from motion.acts import contributions, moderation
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.record.entry import Entry, decode_entry
from motion.record.objects import open_object, seal
from motion.record.voices_story import VoicesStory
from motion.rules.contributions import Channel, ConsentWay, FileKind, Place, Use, Words, read_words
from motion.rules.errors import (
    CheckedAlone,
    CollectionClosed,
    ContributionSettled,
    Invalid,
    NotAllowed,
    NotConfirmedYet,
    SheetTaken,
)
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from storage import contributions as rows
from storage import ledger
from storage import redactions as kept
from storage.models import (
    Collection,
    Congress,
    Contribution,
    ContributionFile,
    FileRendition,
    Secretary,
    WithdrawnObject,
)
from storage.store import Store
from tests import worlds
from tests.worlds import NOW, World, nonces

KEY = bytes(range(32))
WORDS = Words("Solène Marchebrune", "Le car ne passe **plus** le jeudi.", place=Place("Valbrune", "99123", "99"))
SALTS: Iterator[bytes] = (number.to_bytes(32, "big") for number in itertools.count(1))


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def receive(
    world: World,
    words: Words = WORDS,
    channel: Channel = Channel.WEB,
    *,
    actor: Actor | None = None,
    uses: tuple[str, ...] = ("publish", "quote"),
    files: tuple[ReceivedFile, ...] = (),
    circumstances: Circumstances = contributions.NOTHING_ELSE,
) -> Contribution:
    """Receive something."""
    salt = next(SALTS)
    return world.store.write_now(
        contributions.receive,
        actor,
        world.congress_id,
        words,
        channel,
        uses,
        how=ConsentWay.ONLINE,
        token_hash=salt,
        salt=salt,
        files=files,
        circumstances=circumstances,
        now=NOW,
    )


def photo(name: str = "a") -> ReceivedFile:
    """A photo in the store of files."""
    salt = next(SALTS)
    return ReceivedFile(
        FileKind.PHOTO, "image/jpeg", "route.jpg", 5, name * 32, salt, seal(salt, b"image").name, "La route coupée"
    )


def act(world: World, deed, contribution: Contribution, *values, actor: Actor | None = None, **named):
    """Do a deed on a contribution, by its number, as a page does."""

    def run(db: Session):
        found = contributions.get(db, world.congress_id, contribution.number)
        before = () if actor is None else (actor,)
        return deed(db, *before, found, *values, now=NOW, **named)

    return world.store.write_now(run)


def reread(world: World, contribution: Contribution) -> Contribution:
    return world.store.read_now(contributions.get, world.congress_id, contribution.number)


def record(world: World) -> list[Entry]:
    """The whole record, as an auditor reads it; it must make sense."""
    raw = world.store.read_now(ledger.contents, world.congress_id, 0, 10_000)
    story, found = VoicesStory(), []
    for content in raw:
        entry = decode_entry(content)
        assert story.tell(entry.kind, entry.body, entry.by) is None, entry
        found.append(entry)
    return found


def kinds(world: World) -> list[str]:
    """The kinds of entries about contributions, in order."""
    return [entry.kind.partition(".")[2] for entry in record(world) if entry.kind.startswith("contribution.")]


def second(world: World) -> Actor:
    """Another person of the secretariat."""

    def add(db: Session) -> Actor:
        row = Secretary(congress_id=world.congress_id, name="Gaspard Vallombre", email="g@ormeline.example")
        db.add(row)
        db.flush()
        return Actor(world.congress_id, Role.SECRETARIAT, secretary_id=row.id)

    return world.store.write_now(add)


def set_moderation(world: World, when: str) -> None:
    world.store.write_now(moderation.set_rules, world.secretariat, world.congress_id, when, now=NOW)


def published(world: World) -> dict[str, bytes]:
    """What anyone may have: objects by their name."""
    size = world.store.read_now(ledger.size, world.congress_id)
    slots = world.store.read_now(kept.published, world.congress_id, 0, size)
    return {slot.name: slot.data for slot in slots if slot.name and slot.data}


class TestReceiving:
    def test_it_is_logged_before_anyone_has_judged_it(self, world: World) -> None:
        """The entry commits to the words and publishes nothing."""
        contribution = receive(world)
        assert (contribution.number, contribution.state) == (1, "received")
        assert kinds(world) == ["receive", "consent"]
        entry = record(world)[-2]
        content = world.store.read_now(rows.object_of, world.congress_id, entry.body["c"])
        assert read_words(open_object(content, entry.body["c"])) == WORDS
        assert published(world) == {}
        assert "Marchebrune" not in str([each.body for each in record(world)])

    def test_numbers_follow_each_other(self, world: World) -> None:
        """C1, C2, C3."""
        assert [receive(world).number for _ in range(3)] == [1, 2, 3]

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            (Words("", "Un mot."), "name"),
            (Words("Ève", ""), "text"),
            (Words("Ève", "x" * 12_001), "text"),
            (Words("È\u202eve", "Un mot."), "name"),
            (Words("Ève", "Un mot.", place=Place("Valbrune", "9912")), "place"),
        ],
    )
    def test_words_that_cannot_be_taken(self, world: World, words: Words, field: str) -> None:
        """Refused with the field at fault; nothing is logged."""
        with pytest.raises(Invalid) as refused:
            receive(world, words)
        assert refused.value.field == field and kinds(world) == []

    def test_without_consent_to_publication_nothing_is_received(self, world: World) -> None:
        """Quoting alone is not enough."""
        with pytest.raises(Invalid):
            receive(world, uses=("quote",))
        assert kinds(world) == []

    def test_a_closed_collection_says_so(self, world: World) -> None:
        """The secretariat can still bring in what was said before."""

        def close(db: Session) -> None:
            congress = db.get_one(Congress, world.congress_id)
            congress.phase = Phase.FROZEN
            db.add(congress)

        world.store.write_now(close)
        with pytest.raises(CollectionClosed):
            receive(world)
        assert receive(world, channel=Channel.SPOKEN, actor=world.secretariat).number == 1

    def test_only_the_secretariat_types_for_others(self, world: World) -> None:
        """Neither an official nor anybody without account."""
        for actor in (None, world.aline):
            with pytest.raises(NotAllowed):
                receive(world, channel=Channel.SPOKEN, actor=actor)

    def test_a_recording_needs_no_words(self, world: World) -> None:
        """Its file has an entry of its own, and is never published as it came."""
        receive(world, Words("Ève", ""), files=(photo(),))
        assert kinds(world) == ["receive", "file", "consent"]
        assert published(world) == {}

    def test_a_message_by_mail_waits_for_its_author(self, world: World) -> None:
        """No consent, no publication."""
        contribution = receive(world, channel=Channel.MAIL, uses=())
        assert contribution.state == "awaited"
        with pytest.raises(NotConfirmedYet):
            act(world, moderation.publish, contribution, actor=world.secretariat)
        act(world, contributions.confirm, contribution, ("publish",))
        act(world, moderation.publish, contribution, actor=world.secretariat)
        assert kinds(world) == ["receive", "consent", "publish"]

    def test_support_names_what_is_published(self, world: World) -> None:
        """And nothing else."""
        first = receive(world)
        with pytest.raises(Invalid):
            receive(world, circumstances=Circumstances(supports=first.id))
        act(world, moderation.publish, first, actor=world.secretariat)
        receive(world, circumstances=Circumstances(supports=first.id))
        assert [each.body for each in record(world) if "supports" in each.body][0]["supports"] == "C1"


class TestPaper:
    @pytest.fixture
    def sheets(self, world: World) -> World:
        """Twenty sheets are printed."""

        def print_them(db: Session) -> None:
            from motion.acts.record import note

            note(db, world.congress_id, "sheet.print", {"first": 1, "last": 20}, actor=world.secretariat, now=NOW)
            db.add(Collection(congress_id=world.congress_id, sheets=20))

        world.store.write_now(print_them)
        return world

    def test_a_second_person_compares(self, sheets: World) -> None:
        """Not the one who typed it."""
        contribution = receive(
            sheets, channel=Channel.PAPER, actor=sheets.secretariat, circumstances=Circumstances(sheet=7)
        )
        assert contribution.state == "awaited"
        with pytest.raises(CheckedAlone):
            act(sheets, contributions.check, contribution, actor=sheets.secretariat)
        act(sheets, contributions.check, contribution, actor=second(sheets))
        assert reread(sheets, contribution).state == "received"

    def test_a_sheet_is_typed_once(self, sheets: World) -> None:
        """And must have been printed."""
        receive(sheets, channel=Channel.PAPER, actor=sheets.secretariat, circumstances=Circumstances(sheet=7))
        with pytest.raises(SheetTaken):
            receive(sheets, channel=Channel.PAPER, actor=sheets.secretariat, circumstances=Circumstances(sheet=7))
        with pytest.raises(Invalid):
            receive(sheets, channel=Channel.PAPER, actor=sheets.secretariat, circumstances=Circumstances(sheet=21))


class TestPublishing:
    def test_the_object_opens(self, world: World) -> None:
        """The same that was committed to at receipt."""
        contribution = receive(world)
        act(world, moderation.publish, contribution, actor=world.secretariat)
        entry = record(world)[-1]
        assert read_words(open_object(published(world)[entry.body["c"]], entry.body["c"])) == WORDS

    def test_a_congress_may_read_afterwards(self, world: World) -> None:
        """Then it is published at once, by the service."""
        set_moderation(world, "after")
        assert receive(world).state == "published"
        assert record(world)[-1].by == "system"

    def test_a_correction_waits_and_the_old_version_stays(self, world: World) -> None:
        """Both are readable once the new one is published."""
        contribution = receive(world)
        act(world, moderation.publish, contribution, actor=world.secretariat)
        words = Words(WORDS.name, "Le car ne passe plus le vendredi.")
        act(world, contributions.revise, contribution, words, salt=next(SALTS))
        assert (reread(world, contribution).published_version, len(published(world))) == (1, 1)
        act(world, moderation.publish, contribution, actor=world.secretariat)
        assert (reread(world, contribution).published_version, len(published(world))) == (2, 2)

    def test_the_same_words_are_no_correction(self, world: World) -> None:
        """Nothing is logged."""
        contribution = receive(world)
        with pytest.raises(Invalid):
            act(world, contributions.revise, contribution, WORDS, salt=next(SALTS))

    def test_twice_is_once(self, world: World) -> None:
        """Who comes second is told."""
        contribution = receive(world)
        act(world, moderation.publish, contribution, actor=world.secretariat)
        with pytest.raises(ContributionSettled):
            act(world, moderation.publish, contribution, actor=world.secretariat)

    def test_what_was_made_of_a_file_follows(self, world: World) -> None:
        """With the words when it was there, by itself when it comes later."""
        contribution = receive(world, files=(photo("a"), photo("b")))
        made = [rendition(world, number) for number in (1, 2)]
        act(world, moderation.publish, contribution, actor=world.secretariat)
        assert kinds(world)[-3:] == ["publish", "show", "show"]
        assert made


def rendition(world: World, number: int) -> FileRendition:
    """What was made of a file."""

    def make(db: Session) -> FileRendition:
        file = db.get_one(ContributionFile, number)
        salt = next(SALTS)
        row = FileRendition(
            file_id=file.id,
            role="photo",
            media_type="image/webp",
            size=4,
            blob=str(number) * 32,
            salt=salt,
            name=seal(salt, b"webp").name,
        )
        db.add(row)
        return row

    return world.store.write_now(make)


class TestRefusing:
    def refuse(self, world: World, contribution: Contribution, reason: str = "hors-sujet", message: str = "") -> None:
        act(
            world,
            moderation.refuse,
            contribution,
            reason,
            message,
            actor=world.secretariat,
            key=KEY,
            nonces=nonces(),
        )

    def test_it_is_public_with_its_reason(self, world: World) -> None:
        """And the words for its author are not."""
        contribution = receive(world)
        self.refuse(world, contribution, message="Écrivez plutôt à la mairie.")
        entry = record(world)[-1]
        assert (entry.kind, entry.body["reason"]) == ("contribution.refuse", "hors-sujet")
        assert published(world) == {} and "mairie" not in str(entry.body)

    def test_its_author_answers_and_is_heard(self, world: World) -> None:
        """The secretariat may change its mind."""
        contribution = receive(world)
        self.refuse(world, contribution)
        act(world, moderation.answer, contribution, "C’est bien le sujet.", salt=next(SALTS))
        act(world, moderation.publish, contribution, actor=world.secretariat)
        assert kinds(world)[-3:] == ["refuse", "answer", "publish"]

    def test_what_is_published_leaves_for_a_reason_of_the_law_alone(self, world: World) -> None:
        """Being off topic is none."""
        contribution = receive(world, files=(photo(),))
        rendition(world, 1)
        act(world, moderation.publish, contribution, actor=world.secretariat)
        with pytest.raises(Invalid):
            self.refuse(world, contribution, "hors-sujet")
        self.refuse(world, contribution, "diffamation")
        assert published(world) == {}
        assert [entry.kind for entry in record(world)][-3:] == ["contribution.refuse", "redaction", "redaction"]
        version = world.store.read_now(rows.versions, contribution.id)[0]
        assert (version.text, version.author, version.is_gone) == ("", "", True)
        with pytest.raises(ContributionSettled):
            act(world, moderation.publish, contribution, actor=world.secretariat)

    def test_nobody_else_decides(self, world: World) -> None:
        """An official neither."""
        contribution = receive(world)
        with pytest.raises(NotAllowed):
            act(world, moderation.publish, contribution, actor=world.aline)


class TestWithdrawal:
    def test_everything_leaves_publication(self, world: World) -> None:
        """Old versions and files too; sealed for a year, then destroyed."""
        contribution = receive(world, files=(photo(),))
        rendition(world, 1)
        act(world, moderation.publish, contribution, actor=world.secretariat)
        act(world, contributions.revise, contribution, Words("Ève", "Autre chose."), salt=next(SALTS))
        act(world, contributions.withdraw, contribution, key=KEY, nonces=nonces())
        assert published(world) == {}
        entries = record(world)
        assert [entry.kind for entry in entries][-5:] == ["contribution.withdraw"] + ["redaction"] * 4
        assert {entry.body["reason"] for entry in entries if entry.kind == "redaction"} == {"consentement-retire"}
        assert not any(version.text for version in world.store.read_now(rows.versions, contribution.id))

    def test_the_original_is_kept_sealed_and_what_was_made_of_it_destroyed(self, world: World) -> None:
        """The one is evidence, the other can be made again."""
        contribution = receive(world, files=(photo(),))
        rendition(world, 1)
        act(world, moderation.publish, contribution, actor=world.secretariat)
        act(world, contributions.withdraw, contribution, key=KEY, nonces=nonces())

        def look(db: Session) -> tuple[list[str | None], list[str]]:
            from sqlalchemy import select
            from sqlmodel import col

            from storage.models import DoomedBlob

            sealed = db.execute(select(col(WithdrawnObject.blob)).order_by(col(WithdrawnObject.target))).scalars()
            return list(sealed), list(db.execute(select(col(DoomedBlob.key))).scalars())

        sealed, doomed = world.store.read_now(look)
        assert sorted(blob or "" for blob in sealed) == ["", "a" * 32] and doomed == ["1" * 32]

    def test_once_is_enough(self, world: World) -> None:
        """And nothing can be corrected or published after it."""
        contribution = receive(world)
        act(world, contributions.withdraw, contribution, key=KEY, nonces=nonces())
        for deed in (
            lambda: act(world, contributions.withdraw, contribution, key=KEY, nonces=nonces()),
            lambda: act(world, contributions.revise, contribution, Words("Ève", "Non."), salt=next(SALTS)),
            lambda: act(world, moderation.publish, contribution, actor=world.secretariat),
        ):
            with pytest.raises(ContributionSettled):
                deed()


class TestOthers:
    def test_a_report_and_a_reply(self, world: World) -> None:
        """The one is kept, the other shown beside."""
        contribution = receive(world)
        with pytest.raises(ContributionSettled):
            act(world, moderation.report, contribution, "injure", "Il m’insulte.", email=None, salt=next(SALTS))
        act(world, moderation.publish, contribution, actor=world.secretariat)
        act(world, moderation.report, contribution, "injure", "Il m’insulte.", email=None, salt=next(SALTS))
        act(
            world,
            moderation.reply,
            contribution,
            "Régie d’Ormelac",
            "Le car passe.",
            actor=world.secretariat,
            salt=next(SALTS),
        )
        objects = published(world).values()
        assert len(objects) == 2 and any(b"Le car passe." in data for data in objects)

    def test_consent_to_a_use_can_be_taken_back(self, world: World) -> None:
        """One use at a time; publication is taken back by withdrawing."""
        contribution = receive(world)
        act(world, contributions.change_consent, contribution, ("publish", "archive"))
        assert world.store.read_now(rows.agreed, contribution.id) == {Use.PUBLISH, Use.ARCHIVE}
        assert [entry.body["given"] for entry in record(world)[-2:]] == [True, False]
