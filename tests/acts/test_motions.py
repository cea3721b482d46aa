"""Making a motion, freezing it, entering its vote, giving it up; opening phases. Reread from tables and record."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from motion.acts import motions, phases
from motion.acts.motions import ShowOfHands
from motion.live.callers import author_of_row
from motion.live.draft import Draft
from motion.record.entry import decode_entry
from motion.record.objects import open_object
from motion.rules.errors import (
    CongressClosed,
    Invalid,
    MoreVotesThanOfficials,
    MotionAdopted,
    MotionError,
    MotionNotFrozen,
    MotionNotOpen,
    MotionRejected,
    MotionWithdrawn,
    NotAllowed,
    PhaseOutOfOrder,
    TextChangedMeanwhile,
)
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from storage import drafts, ledger
from storage.models import Motion, Official, SealedObject
from storage.store import Store
from tests import worlds
from tests.worlds import NOW

RESULT = ShowOfHands(31, 3, 4, 2, "Colette Rambourg, maire de Vieux-Charmes")

LOST = ShowOfHands(2, 9, 0, 0, "Colette Rambourg, maire de Vieux-Charmes")


def assembly(store: Store, officials: int = 40) -> worlds.World:
    """The world with a roster of so many."""
    world = worlds.make(store)

    def fill(db: worlds.Session) -> None:
        for number in range(officials - 2):
            worlds.official(db, world.congress_id, "Zoé", f"Brumeval-{number}", "maire", "Ormelac")

    store.write_now(fill)
    return world


def last_entries(world: worlds.World, count: int) -> list[tuple[str, dict[str, object]]]:
    """The last entries of the record, as an auditor reads them."""
    size = world.store.read_now(ledger.size, world.congress_id)
    contents = world.store.read_now(ledger.contents, world.congress_id, size - count, count)
    return [(entry.kind, dict(entry.body)) for entry in map(decode_entry, contents)]


def motion_of(world: worlds.World) -> Motion:
    """The motion's row as it stands."""
    return world.store.read_now(motions.get, world.motion_id)


def freeze(world: worlds.World) -> str:
    """Freeze the text and return its digest."""
    motion = world.store.write_now(motions.freeze, world.secretariat, world.motion_id, now=NOW)
    assert motion.digest is not None
    return motion.digest


def first(client: int) -> dict[str, Any]:
    """What comes with the first text of a motion, when it is short."""
    return {"client": client, "salts": [bytes(32)], "now": NOW}


class TestCreation:
    """A motion starts from a text that is nobody's."""

    def test_the_first_text_is_kept_as_updates_of_the_service(self, store: Store) -> None:
        """Replaying the kept updates gives the text; its author is the service, not a person."""
        text = "## Visas\n\n" + "Vu le code général des collectivités territoriales — « é ». 😀\n" * 200
        world = worlds.make(store, text)
        kept = list(store.read_now(drafts.updates_after, world.motion_id, 0))
        assert len(kept) == len(motions.pieces(text)) == 4
        draft = Draft()
        for row in kept:
            draft.apply(row.number, row.content, author_of_row(row))
        assert draft.text() == text
        assert {run.official for run in draft.runs()} == {0}

    def test_codes_follow_each_other(self, store: Store) -> None:
        """M1, then M2."""
        world = worlds.make(store)
        second = store.write_now(
            motions.create, world.secretariat, world.congress_id, "Les trains", "blank", "", client=8, salts=[], now=NOW
        )
        assert (motion_of(world).code, second.code) == ("M1", "M2")

    def test_two_motions_made_at_once_have_two_codes(self, store: Store) -> None:
        """Whoever comes second waits, and counts the first."""
        world = worlds.make(store)

        def make(client: int) -> str:
            return store.write_now(
                motions.create, world.secretariat, world.congress_id, "Les trains", "blank", "Un.", **first(client)
            ).code

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(make, range(8, 16))) == [f"M{number}" for number in range(2, 10)]

    def test_a_text_that_no_draft_reads_is_refused(self, sqlite_store: Store) -> None:
        """Invisible tags, as in the flag of Scotland: the motion could never be opened, nor its congress go on."""
        world = worlds.make(sqlite_store)
        with pytest.raises(Invalid) as refused:
            sqlite_store.write_now(
                motions.create,
                world.secretariat,
                world.congress_id,
                "Soins",
                "import",
                "\U0001f3f4\U000e0067.",
                **first(8),
            )
        assert (refused.value.field, refused.value.reason) == ("text", "characters")

    def test_an_official_does_not_create_motions(self, store: Store) -> None:
        """The secretariat or the rapporteur do."""
        world = worlds.make(store)
        with pytest.raises(NotAllowed):
            store.write_now(
                motions.create, world.aline, world.congress_id, "Les trains", "blank", "", client=8, salts=[], now=NOW
            )

    @pytest.mark.parametrize(
        ("title", "field", "reason"),
        [("  ", "title", "empty"), ("x" * 301, "title", "too-long"), ("Soins\u202e", "title", "characters")],
    )
    def test_a_bad_title_is_refused(self, sqlite_store: Store, title: str, field: str, reason: str) -> None:
        """With the field and the reason."""
        world = worlds.make(sqlite_store)
        with pytest.raises(Invalid) as refused:
            sqlite_store.write_now(
                motions.create, world.secretariat, world.congress_id, title, "blank", "", client=8, salts=[], now=NOW
            )
        assert (refused.value.field, refused.value.reason) == (field, reason)


class TestFreezing:
    """The text stops, with its digest."""

    def test_the_digest_is_sha256sum_of_the_text(self, store: Store) -> None:
        """Anyone can compute it from the `.md`; the record has it too."""
        world = worlds.make(store)
        digest = freeze(world)
        assert digest == hashlib.sha256(motion_of(world).text.encode()).hexdigest()
        [(kind, body)] = last_entries(world, 1)
        assert (kind, body["digest"], body["n"]) == ("motion.freeze", digest, 1)

    def test_only_the_secretariat_freezes(self, store: Store) -> None:
        """An official is told so, and the text stays open."""
        world = worlds.make(store)
        with pytest.raises(NotAllowed):
            store.write_now(motions.freeze, world.aline, world.motion_id, now=NOW)
        assert motion_of(world).state == "drafting"

    def test_the_secretariat_of_another_congress_does_not(self, store: Store) -> None:
        """A role holds in one congress."""
        world = worlds.make(store)
        stranger = Actor(world.congress_id + 1, Role.SECRETARIAT, secretary_id=1)
        with pytest.raises(NotAllowed):
            store.write_now(motions.freeze, stranger, world.motion_id, now=NOW)

    def test_a_lagging_reading_copy_is_not_frozen(self, store: Store) -> None:
        """The digest must be that of the last update."""
        world = worlds.make(store)

        def lag(db: worlds.Session) -> None:
            row = motions.get(db, world.motion_id)
            row.number += 1
            db.add(row)

        store.write_now(lag)
        with pytest.raises(TextChangedMeanwhile):
            freeze(world)

    def test_reopening_takes_a_reason_that_the_record_commits_to(self, store: Store) -> None:
        """The reason is an object, the entry holds its commitment."""
        world = worlds.make(store)
        freeze(world)
        with pytest.raises(Invalid):
            store.write_now(motions.unfreeze, world.secretariat, world.motion_id, "  ", salt=b"s" * 32, now=NOW)
        store.write_now(
            motions.unfreeze, world.secretariat, world.motion_id, "Une erreur de date.", salt=b"s" * 32, now=NOW
        )
        assert motion_of(world).state == "drafting"
        [(kind, body)] = last_entries(world, 1)
        assert kind == "motion.unfreeze" and len(str(body["c"])) == 64


class TestAdoption:
    """Final, with the figures and who presided."""

    def test_an_adopted_motion_stands_with_its_result(self, store: Store) -> None:
        """The row and the record say the same."""
        world = assembly(store)
        digest = freeze(world)
        store.write_now(motions.adopt, world.secretariat, world.motion_id, RESULT, expected_digest=digest, now=NOW)
        motion = motion_of(world)
        assert (motion.state, motion.votes_for, motion.presided_by) == ("adopted", 31, RESULT.presided_by)
        [(kind, body)] = last_entries(world, 1)
        assert (kind, body["for"], body["against"], body["digest"]) == ("motion.adopt", 31, 3, digest)

    def test_nobody_changes_an_adopted_motion(self, store: Store) -> None:
        """Not even the secretariat."""
        world = assembly(store)
        digest = freeze(world)
        store.write_now(motions.adopt, world.secretariat, world.motion_id, RESULT, expected_digest=digest, now=NOW)
        with pytest.raises(MotionAdopted):
            store.write_now(motions.unfreeze, world.secretariat, world.motion_id, "Non.", salt=b"s" * 32, now=NOW)
        with pytest.raises(MotionNotOpen):
            freeze(world)
        with pytest.raises(MotionAdopted):
            store.write_now(motions.adopt, world.secretariat, world.motion_id, RESULT, expected_digest=digest, now=NOW)

    @pytest.mark.parametrize(
        ("result", "error"),
        [
            (ShowOfHands(-1, 0, 0, 0, "C. R."), Invalid),
            (ShowOfHands(3, 3, 0, 0, "C. R."), Invalid),
            (ShowOfHands(31, 3, 0, 0, " "), Invalid),
            (ShowOfHands(31, 3, 0, 2_000_000, "C. R."), Invalid),
            (ShowOfHands(0, 0, 0, 0, "C. R."), Invalid),
            (ShowOfHands(31, 3, 4, 3, "C. R."), MoreVotesThanOfficials),
        ],
    )
    def test_a_result_that_cannot_be_adopts_nothing(
        self, sqlite_store: Store, result: ShowOfHands, error: type[MotionError]
    ) -> None:
        """Negative counts, no majority, nobody presiding, nobody voting, more votes than people."""
        world = assembly(sqlite_store)
        digest = freeze(world)
        with pytest.raises(error):
            sqlite_store.write_now(
                motions.adopt, world.secretariat, world.motion_id, result, expected_digest=digest, now=NOW
            )
        assert motion_of(world).state == "frozen"

    def test_what_is_adopted_is_what_was_shown(self, sqlite_store: Store) -> None:
        """A text reopened and frozen again in between is another text."""
        world = assembly(sqlite_store)
        freeze(world)
        with pytest.raises(TextChangedMeanwhile):
            sqlite_store.write_now(
                motions.adopt, world.secretariat, world.motion_id, RESULT, expected_digest="0" * 64, now=NOW
            )

    def test_an_open_text_is_not_adopted(self, sqlite_store: Store) -> None:
        """First the freeze."""
        world = assembly(sqlite_store)
        with pytest.raises(MotionNotFrozen):
            sqlite_store.write_now(
                motions.adopt, world.secretariat, world.motion_id, RESULT, expected_digest="0" * 64, now=NOW
            )


class TestRejection:
    """The vote that adopts nothing is written down too, and is as final."""

    @pytest.mark.parametrize("result", [LOST, ShowOfHands(3, 3, 0, 0, "C. R."), ShowOfHands(0, 0, 5, 0, "C. R.")])
    def test_without_a_majority_the_motion_is_rejected(self, store: Store, result: ShowOfHands) -> None:
        """A tie rejects; the row and the record say the same, with the digest of what was rejected."""
        world = assembly(store)
        digest = freeze(world)
        store.write_now(
            motions.enter_result, world.secretariat, world.motion_id, result, expected_digest=digest, now=NOW
        )
        motion = motion_of(world)
        assert (motion.state, motion.votes_against) == ("rejected", result.votes_against)
        assert (motion.adopted_at, motion.rejected_at, motion.voted_at) == (None, NOW, NOW)
        [(kind, body)] = last_entries(world, 1)
        assert (kind, body["for"], body["against"]) == ("motion.reject", result.votes_for, result.votes_against)
        assert (body["digest"], body["chair"]) == (digest, result.presided_by)

    def test_nobody_changes_a_rejected_motion(self, store: Store) -> None:
        """It is not reopened, not voted on again, not withdrawn."""
        world = assembly(store)
        digest = freeze(world)
        who, salt = (world.secretariat, world.motion_id), b"s" * 32
        store.write_now(motions.enter_result, *who, LOST, expected_digest=digest, now=NOW)
        with pytest.raises(MotionRejected):
            store.write_now(motions.unfreeze, *who, "Non.", salt=salt, now=NOW)
        with pytest.raises(MotionRejected):
            store.write_now(motions.withdraw, *who, "Non.", salt=salt, now=NOW)
        with pytest.raises(MotionRejected):
            store.write_now(motions.adopt, *who, RESULT, expected_digest=digest, now=NOW)
        assert motion_of(world).state == "rejected"

    def test_the_roster_holds_the_result(self, store: Store) -> None:
        """Everyone on it may have been there; somebody taken off it was not."""
        world = assembly(store)
        digest = freeze(world)
        who = (world.secretariat, world.motion_id)

        def revoke(db: worlds.Session) -> None:
            official = db.get_one(Official, world.yves.official_id)
            official.revoked_at = NOW
            db.add(official)

        store.write_now(revoke)
        with pytest.raises(MoreVotesThanOfficials) as refused:
            store.write_now(motions.enter_result, *who, RESULT, expected_digest=digest, now=NOW)
        assert (refused.value.votes, refused.value.officials) == (40, 39)
        thirty_nine = ShowOfHands(31, 3, 4, 1, RESULT.presided_by)
        store.write_now(motions.enter_result, *who, thirty_nine, expected_digest=digest, now=NOW)
        assert motion_of(world).state == "adopted"


class TestWithdrawal:
    """Given up, or made by error: nobody writes in it, all of it stays."""

    @pytest.mark.parametrize("frozen", [False, True])
    def test_the_reason_is_public_and_the_text_stays(self, store: Store, frozen: bool) -> None:
        """The reason is an object to which the entry commits."""
        world = worlds.make(store)
        before = motion_of(world).text
        if frozen:
            freeze(world)
        store.write_now(motions.withdraw, world.secretariat, world.motion_id, " Un doublon. ", salt=b"s" * 32, now=NOW)
        motion = motion_of(world)
        assert (motion.state, motion.withdrawn_at, motion.text) == ("withdrawn", NOW, before)
        [(kind, body)] = last_entries(world, 1)
        assert kind == "motion.withdraw" and body["doc"] == "M1"
        name = str(body["c"])
        kept = store.read_now(lambda db: db.get_one(SealedObject, (world.congress_id, name)))
        assert open_object(kept.content, name) == b"Un doublon."

    def test_nothing_is_done_to_it_any_more(self, store: Store) -> None:
        """Not even withdrawn again."""
        world = worlds.make(store)
        who, salt = (world.secretariat, world.motion_id), b"s" * 32
        store.write_now(motions.withdraw, *who, "Un doublon.", salt=salt, now=NOW)
        with pytest.raises(MotionNotOpen):
            freeze(world)
        for act in (motions.unfreeze, motions.withdraw):
            with pytest.raises(MotionWithdrawn):
                store.write_now(act, *who, "Encore.", salt=salt, now=NOW)
        with pytest.raises(MotionWithdrawn):
            store.write_now(motions.enter_result, *who, RESULT, expected_digest="0" * 64, now=NOW)

    def test_an_adopted_motion_is_not_withdrawn(self, store: Store) -> None:
        """The vote was its last word."""
        world = assembly(store)
        digest = freeze(world)
        store.write_now(motions.adopt, world.secretariat, world.motion_id, RESULT, expected_digest=digest, now=NOW)
        with pytest.raises(MotionAdopted):
            store.write_now(motions.withdraw, world.secretariat, world.motion_id, "Non.", salt=b"s" * 32, now=NOW)

    def test_only_the_secretariat_withdraws_and_says_why(self, store: Store) -> None:
        """Neither an official nor an empty reason."""
        world = worlds.make(store)
        with pytest.raises(NotAllowed):
            store.write_now(motions.withdraw, world.aline, world.motion_id, "Non.", salt=b"s" * 32, now=NOW)
        with pytest.raises(Invalid):
            store.write_now(motions.withdraw, world.secretariat, world.motion_id, " ", salt=b"s" * 32, now=NOW)
        assert motion_of(world).state == "drafting"

    def test_nothing_is_withdrawn_in_a_closed_congress(self, store: Store) -> None:
        """Everything stays as it was when it closed."""
        world = worlds.make(store)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.CLOSED, now=NOW)
        with pytest.raises(CongressClosed):
            store.write_now(motions.withdraw, world.secretariat, world.motion_id, "Fin.", salt=b"s" * 32, now=NOW)

    def test_the_end_of_drafting_leaves_it_alone(self, store: Store) -> None:
        """Only open texts are frozen."""
        world = worlds.make(store)
        store.write_now(motions.withdraw, world.secretariat, world.motion_id, "Un doublon.", salt=b"s" * 32, now=NOW)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.FROZEN, now=NOW)
        assert motion_of(world).state == "withdrawn"


class TestPhases:
    """A phase opens by hand or at its hour, and ends drafting for every text."""

    def test_the_end_of_drafting_freezes_every_open_text(self, store: Store) -> None:
        """In the same transaction, each with its digest."""
        world = worlds.make(store)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.FROZEN, now=NOW)
        assert motion_of(world).state == "frozen"
        assert [kind for kind, _ in last_entries(world, 2)] == ["phase.change", "motion.freeze"]

    def test_phases_do_not_go_back(self, store: Store) -> None:
        """But from frozen to drafting."""
        world = worlds.make(store)
        with pytest.raises(PhaseOutOfOrder):
            store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.COLLECTION, now=NOW)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.FROZEN, now=NOW)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.DRAFTING, now=NOW)
        assert motion_of(world).state == "frozen"  # each text is reopened by itself, with its reason

    def test_nothing_is_voted_in_a_closed_congress(self, store: Store) -> None:
        """A text without a result when it closed keeps none."""
        world = assembly(store)
        who, digest = (world.secretariat, world.motion_id), freeze(world)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.CLOSED, now=NOW)
        before = last_entries(world, 1)
        with pytest.raises(CongressClosed):
            store.write_now(motions.enter_result, *who, RESULT, expected_digest=digest, now=NOW)
        assert motion_of(world).state == "frozen" and last_entries(world, 1) == before

    def test_a_vote_is_entered_while_texts_are_adopted(self, store: Store) -> None:
        """The phase in which results come one by one."""
        world = assembly(store)
        who, digest = (world.secretariat, world.motion_id), freeze(world)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.ADOPTED, now=NOW)
        store.write_now(motions.enter_result, *who, RESULT, expected_digest=digest, now=NOW)
        assert motion_of(world).state == "adopted"

    def test_nothing_starts_in_a_closed_congress(self, store: Store) -> None:
        """No new motion."""
        world = worlds.make(store)
        store.write_now(phases.open_phase, world.secretariat, world.congress_id, Phase.CLOSED, now=NOW)
        with pytest.raises(CongressClosed):
            store.write_now(
                motions.create, world.secretariat, world.congress_id, "Fin", "blank", "", client=8, salts=[], now=NOW
            )
