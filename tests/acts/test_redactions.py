"""Taking an object out of publication, or destroying it. Reread from tables, record and, on SQLite, from the file."""

import hashlib
import hmac
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from motion.acts import congresses, disclosures, drafting, motions, redactions
from motion.acts.drafting import MotionWindow, Rejection, Writing
from motion.live.updates import Struct, encode, skeleton
from motion.rules.errors import (
    AlreadyRedacted,
    DecisionSettled,
    Invalid,
    MotionError,
    NotAllowed,
    NotFound,
    NothingToRedact,
    SealedUnreadable,
    SecondPersonNeeded,
)
from motion.rules.permissions import Actor
from motion.rules.redactions import GROUNDS, Reason
from motion.rules.vocabulary import Role
from storage import drafts, ledger
from storage import redactions as kept
from storage.models import DraftUpdate, WithdrawnObject
from storage.store import Store
from tests import worlds
from tests.acts.strokes import Hand
from tests.acts.withdrawing import (
    COURT,
    KEY,
    WORDS,
    confirm,
    entry,
    freeze,
    index,
    is_anywhere,
    motion_of,
    prepare,
    replay,
    take_out,
)
from tests.worlds import NOW, World


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


class TestErasure:
    """Effacement: object and salt are destroyed."""

    def test_deleted_words_are_nowhere_any_more(self, world: World) -> None:
        """Not in a row, not in the pages of the database's file, not in its log."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        assert is_anywhere(world, WORDS)
        take_out(world, [said])
        assert not is_anywhere(world, WORDS)

    def test_the_text_and_everyone_elses_authors_stay(self, world: World) -> None:
        """A replay from the kept rows gives what it gave, to the client id."""
        aline, yves = Hand(world, world.aline, 40), Hand(world, world.yves, 50)
        said = aline.type(WORDS)
        yves.type(" Et ceci reste.")
        aline.erase(WORDS)
        before = replay(world)
        take_out(world, [said])
        after = replay(world)
        assert after.text() == before.text() and WORDS not in after.text() and "Et ceci reste." in after.text()
        assert after.runs() == before.runs()
        assert after.bindings == before.bindings
        assert WORDS.encode() not in after.full_state()

    def test_what_stays_is_the_skeleton_that_the_entry_commits_to(self, world: World) -> None:
        """Nobody can slip in another structure under cover of a redaction."""
        aline = Hand(world, world.aline, 40)
        said = aline.type("Un 😀 propos.")
        aline.erase("Un 😀 propos.")
        take_out(world, [said])
        target = world.store.read_now(kept.targets, world.congress_id, [said])[said]
        assert target.update is not None and target.data is None
        assert hashlib.sha256(skeleton(target.update)).hexdigest() == entry(world, said).body["skel"]

    def test_the_record_says_so_and_names_nobody(self, world: World) -> None:
        """One entry for each object, with the ground, the remedy and who asked; the earlier entry stays."""
        aline = Hand(world, world.aline, 40)
        said = aline.type_slowly("non")
        aline.erase("non")
        before = [entry(world, number) for number in said]
        size = world.store.read_now(ledger.size, world.congress_id)
        assert take_out(world, said) == 1
        assert world.store.read_now(ledger.size, world.congress_id) == size + 3
        assert [entry(world, number) for number in said] == before
        ground = GROUNDS[Reason.DEFAMATION]
        for offset, number in enumerate(said):
            told = entry(world, size + offset)
            assert (told.kind, told.by) == ("redaction", world.secretariat.mark)
            assert dict(told.body) == {
                "basis": ground.basis,
                "decision": "d-1",
                "kind": "effacement",
                "reason": "diffamation",
                "remedy": ground.remedy,
                "skel": True,
                "target": number,
                "who": "personne-visee",
            }
        assert motion_of(world).last_entry == size + 2

    def test_snapshots_go_and_older_drafts_are_void(self, world: World) -> None:
        """A room that has not heard of it yet cannot put a snapshot back."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        world.store.write_now(drafts.keep_snapshot, world.motion_id, 2, b"old", NOW)
        take_out(world, [said])
        world.store.write_now(drafts.keep_snapshot, world.motion_id, 3, b"of an old room", NOW, 0)
        assert world.store.read_now(drafts.latest_snapshot, world.motion_id) is None
        void = motion_of(world).redacted_entry
        assert world.store.read_now(drafts.heads, [world.motion_id])[world.motion_id].redacted_entry == void > said
        world.store.write_now(drafts.keep_snapshot, world.motion_id, 3, b"new", NOW, void)
        assert world.store.read_now(drafts.latest_snapshot, world.motion_id) == (3, b"new")

    def test_decisions_are_numbered_in_the_congress(self, world: World) -> None:
        """d-1, d-2… whatever the number of objects of each."""
        aline = Hand(world, world.aline, 40)
        one, two, three = aline.type("un"), aline.type("deux"), aline.type("trois")
        aline.erase("undeuxtrois")
        assert take_out(world, [one, two]) == 1
        assert take_out(world, [three]) == 2
        assert [stone.decision for stone in world.store.read_now(kept.tombstones, world.motion_id)] == [1, 2]


class TestWithdrawal:
    """Retrait: out of publication, sealed until a day, then gone."""

    def test_the_object_is_sealed_under_a_key_that_the_database_has_not(self, world: World) -> None:
        """Nothing of it is readable there; with the key it is the object, salt first."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        whole = world.store.read_now(kept.targets, world.congress_id, [said])[said].data
        decision = take_out(world, [said], "retrait")
        assert not is_anywhere(world, WORDS)
        (one,) = world.store.write_now(
            disclosures.hand_over,
            world.secretariat,
            world.congress_id,
            decision,
            COURT,
            "commission-rogatoire",
            key=KEY,
            now=NOW,
        )
        assert (one.target.entry, one.data, one.file) == (said, whole, None)
        name = hmac.new(one.data[:32], one.data[32:], hashlib.sha256).hexdigest()
        assert name == entry(world, said).body["c"]
        with pytest.raises(SealedUnreadable):
            world.store.write_now(
                disclosures.hand_over,
                world.secretariat,
                world.congress_id,
                decision,
                COURT,
                "commission-rogatoire",
                key=bytes(32),
                now=NOW,
            )

    def test_it_is_kept_a_year_unless_said_otherwise(self, world: World) -> None:
        """The day is in the record, and is the last."""
        aline = Hand(world, world.aline, 40)
        one, two = aline.type("un"), aline.type("deux")
        aline.erase("undeux")
        size = world.store.read_now(ledger.size, world.congress_id)
        take_out(world, [one], "retrait")
        take_out(world, [two], "retrait", until=date(2031, 12, 1))
        assert entry(world, size).body["until"] == (NOW.date() + timedelta(days=365)).isoformat()
        assert entry(world, size + 1).body["until"] == "2031-12-01"

    def test_it_is_destroyed_when_its_last_day_is_over(self, world: World) -> None:
        """And the record says so, by the service itself; once."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        decision = take_out(world, [said], "retrait", until=date(2031, 12, 1))
        last = NOW.replace(month=12, day=1, hour=22, minute=59)  # 23 h 59 in Valbrune
        assert world.store.write_now(redactions.expire, now=last) == 0
        over = last + timedelta(minutes=1)
        assert world.store.write_now(redactions.expire, now=over) == 1
        size = world.store.read_now(ledger.size, world.congress_id)
        told = entry(world, size - 1)
        assert (told.by, told.body["kind"], told.body["target"], told.body["decision"]) == (
            "system",
            "effacement",
            said,
            "d-1",
        )
        assert motion_of(world).last_entry == size - 1
        with pytest.raises(NotFound):
            world.store.write_now(
                disclosures.hand_over,
                world.secretariat,
                world.congress_id,
                decision,
                COURT,
                "commission-rogatoire",
                key=KEY,
                now=NOW,
            )
        assert world.store.write_now(redactions.expire, now=over) == 0

    def test_it_can_be_destroyed_before(self, world: World) -> None:
        """An effacement after a retrait; and then nothing more."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        take_out(world, [said], "retrait")
        with pytest.raises(AlreadyRedacted):
            prepare(world, [said], "retrait")
        assert take_out(world, [said], "effacement", reason="rgpd-17") == 2
        with Session(world.store.engine) as db:
            assert db.execute(select(func.count()).select_from(WithdrawnObject)).scalar_one() == 0
        with pytest.raises(AlreadyRedacted):
            prepare(world, [said], "effacement")
        kinds = [row.kind for row in world.store.read_now(kept.of_entry, world.congress_id, said)]
        assert kinds == ["retrait", "effacement"]


class TestOtherObjects:
    """Reasons, refused and late words."""

    def test_the_reason_of_a_reopening(self, world: World) -> None:
        """Its sealed object goes; its entry stays."""
        freeze(world)
        act = world.store.write_now(
            motions.unfreeze, world.secretariat, world.motion_id, "À cause de M. Untel.", salt=bytes(32), now=NOW
        )
        number = act.last_entry
        index(world)
        assert is_anywhere(world, "Untel")
        take_out(world, [number])
        assert not is_anywhere(world, "Untel")
        assert entry(world, number).kind == "motion.unfreeze"
        told = entry(world, motion_of(world).last_entry)
        assert told.body["skel"] is False and told.body["target"] == number

    def test_refused_and_late_words(self, world: World) -> None:
        """Kept for their authors, and removable all the same."""
        refused = encode([Struct(9, 0, 6, None, None, "insult")], [])
        window = MotionWindow(world.motion_id, 1, rejections=[Rejection(world.aline, refused, bytes(32), "gap")])
        world.store.write_now(drafting.keep_window, world.congress_id, [window], now=NOW)
        rejected = motion_of(world).last_entry
        freeze(world)
        late = Writing(world.yves, encode([Struct(8, 0, 6, None, None, "tardif")], []), bytes(32), (8,), (8,))
        window = MotionWindow(world.motion_id, 1, [late])
        world.store.write_now(drafting.keep_window, world.congress_id, [window], now=NOW)
        kept_late = motion_of(world).last_entry
        assert is_anywhere(world, "insult") and is_anywhere(world, "tardif")
        take_out(world, [rejected, kept_late], "retrait")
        assert not is_anywhere(world, "insult") and not is_anywhere(world, "tardif")
        handed = world.store.write_now(
            disclosures.hand_over,
            world.secretariat,
            world.congress_id,
            1,
            COURT,
            "commission-rogatoire",
            key=KEY,
            now=NOW,
        )
        assert [one.data[32:] for one in handed] == [refused, late.content]


class TestRefusals:
    """Who may, and what can't be."""

    def test_only_the_secretariat_may(self, world: World) -> None:
        """Neither an official, nor a rapporteur, nor the secretariat of another congress."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        request = prepare(world, [said])
        rapporteur = Actor(world.congress_id, Role.RAPPORTEUR, official_id=world.aline.official_id)
        elsewhere = Actor(world.congress_id + 1, Role.SECRETARIAT, secretary_id=1)
        for actor in (world.aline, rapporteur, elsewhere, Actor(world.congress_id, Role.PUBLIC)):
            with pytest.raises(NotAllowed):
                prepare(world, [said], actor=actor)
            with pytest.raises(NotAllowed):
                confirm(world, request, actor)
            with pytest.raises(NotAllowed):
                world.store.write_now(redactions.drop, actor, world.congress_id, request)
            with pytest.raises(NotAllowed):
                world.store.write_now(
                    disclosures.hand_over, actor, world.congress_id, 1, COURT, "commission-rogatoire", key=KEY, now=NOW
                )

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"reason": "parce-que"}, "reason"),
            ({"reason": ""}, "reason"),
            ({"who": "voisin"}, "who"),
            ({"kind": "oubli"}, "kind"),
            ({"kind": "retrait", "until": NOW.date()}, "until"),
            ({"kind": "retrait", "until": date(2099, 1, 1)}, "until"),
        ],
    )
    def test_words_that_are_not_of_the_lists(self, world: World, values: dict[str, object], field: str) -> None:
        """Closed lists: a free text could name the very person."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        with pytest.raises(Invalid) as refused:
            prepare(world, [said], **values)  # type: ignore[arg-type]
        assert refused.value.field == field

    def test_entries_from_which_nothing_can_be_taken(self, world: World) -> None:
        """Unknown, without an object, or an update that only deletes."""
        aline = Hand(world, world.aline, 40)
        aline.type(WORDS)
        deletes = aline.erase(WORDS)
        for entries, error in (
            ([999_999], NotFound),
            ([0], NothingToRedact),
            ([deletes], NothingToRedact),
            ([], Invalid),
            (list(range(3_000)), Invalid),
        ):
            with pytest.raises(error):
                prepare(world, entries)

    def test_entries_of_two_motions_are_two_decisions(self, world: World) -> None:
        """Each motion tells its own."""
        other = world.store.write_now(
            motions.create,
            world.secretariat,
            world.congress_id,
            "Les trains",
            "blank",
            "Un train.",
            client=9,
            salts=[bytes(32)],
            now=NOW,
        )
        first = world.store.read_now(drafts.updates_after, world.motion_id, 0)[0].entry
        with pytest.raises(Invalid):
            prepare(world, [first, other.last_entry])

    def test_the_second_person(self, world: World) -> None:
        """Once the secretariat has two, whoever prepared a decision cannot confirm it."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        request = prepare(world, [said])
        second = world.store.write_now(
            congresses.add_secretary, None, world.congress_id, "Odile Brunoy", "o@ormeline.example", now=NOW
        )
        with pytest.raises(SecondPersonNeeded):
            confirm(world, request)
        assert is_anywhere(world, WORDS)
        confirm(world, request, Actor(world.congress_id, Role.SECRETARIAT, secretary_id=second.id))
        assert not is_anywhere(world, WORDS)

    def test_a_decision_is_confirmed_once(self, world: World) -> None:
        """Or dropped, and then nothing is taken out."""
        aline = Hand(world, world.aline, 40)
        one, two = aline.type("un"), aline.type("deux")
        aline.erase("undeux")
        first, second = prepare(world, [one]), prepare(world, [two])
        confirm(world, first)
        world.store.write_now(redactions.drop, world.secretariat, world.congress_id, second)
        for request in (first, second):
            with pytest.raises(DecisionSettled):
                confirm(world, request)
        with pytest.raises(NotFound):
            confirm(world, 77)
        target = world.store.read_now(kept.targets, world.congress_id, [two])[two]
        assert target.data is not None

    def test_two_decisions_on_one_object_take_it_once(self, world: World) -> None:
        """Prepared twice, confirmed twice: the second is told."""
        aline = Hand(world, world.aline, 40)
        said = aline.type(WORDS)
        aline.erase(WORDS)
        first, second = prepare(world, [said]), prepare(world, [said])
        confirm(world, first)
        with pytest.raises(MotionError):
            confirm(world, second)
        with Session(world.store.engine) as db:
            count = select(func.count()).where(col(DraftUpdate.redaction).is_not(None))
            assert db.execute(count).scalar_one() == 1
