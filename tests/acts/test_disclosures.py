"""What is sealed is handed to an authority: the record says to whom, on what ground and of which object; never what."""

import pytest
from sqlmodel import Session

from motion.acts import disclosures
from motion.acts.disclosures import SealedFile
from motion.record.entry import Entry, decode_entry
from motion.rules.disclosures import GROUNDS, MAX_AUTHORITY, DisclosureGround
from motion.rules.errors import Invalid, NotAllowed, NotFound, SealedUnreadable, SealingUnderWay
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import ledger, redactions
from storage.models import WithdrawnObject
from storage.store import Store
from tests import worlds
from tests.acts.strokes import Hand
from tests.acts.withdrawing import COURT, KEY, WORDS, is_anywhere, motion_of, take_out
from tests.worlds import NOW, World


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def sealed(world: World) -> list[int]:
    """Two slips of words, deleted, then withdrawn by one decision; their entries."""
    aline = Hand(world, world.aline, 40)
    said = [aline.type(WORDS), aline.type("Et un autre.")]
    aline.erase(WORDS + "Et un autre.")
    take_out(world, said, "retrait")
    return said


def entries(world: World, since: int) -> list[Entry]:
    """What the record has from an entry on."""
    return [decode_entry(data) for data in world.store.read_now(ledger.contents, world.congress_id, since, 100)]


def hand_over(
    world: World,
    actor: Actor | None = None,
    authority: str = COURT,
    ground: str = "requisition",
    *,
    decision: int = 1,
    key: bytes = KEY,
) -> list[bytes]:
    """The objects."""
    handed = world.store.write_now(
        disclosures.hand_over,
        actor or world.secretariat,
        world.congress_id,
        decision,
        authority,
        ground,
        key=key,
        now=NOW,
    )
    return [one.data for one in handed]


class TestRecorded:
    """No handing over is silent."""

    @pytest.mark.parametrize("ground", list(DisclosureGround))
    def test_each_object_has_its_entry(self, world: World, ground: DisclosureGround) -> None:
        """By its commitment, with whoever did it, the authority and the article; and not one of its words."""
        said = sealed(world)
        size = world.store.read_now(ledger.size, world.congress_id)
        objects = hand_over(world, authority=f"  {COURT} \n", ground=ground)
        assert [data[32:].count(b"propos") for data in objects] == [1, 0]
        told = entries(world, size)
        assert [(one.kind, one.by, one.body["target"]) for one in told] == [
            ("object.disclosed", world.secretariat.mark, target) for target in said
        ]
        for one, target in zip(told, said, strict=True):
            (original,) = entries(world, target)[:1]
            assert one.body["name"] == original.body["c"]
            assert (one.body["authority"], one.body["ground"]) == (COURT, ground)
            assert (one.body["basis"], one.body["decision"]) == (GROUNDS[ground][1], "d-1")
        assert not is_anywhere(world, WORDS)
        assert motion_of(world).last_entry == size + 1

    def test_it_is_told_with_its_decision_once_for_all_objects(self, world: World) -> None:
        """And again when it is handed over again."""
        sealed(world)
        hand_over(world)
        hand_over(world, authority="Parquet d’Ormelac")
        (stone,) = world.store.read_now(redactions.tombstones_of_congress, world.congress_id)
        assert [(one.authority, one.objects) for one in stone.disclosed] == [(COURT, 2), ("Parquet d’Ormelac", 2)]
        assert stone.disclosed == world.store.read_now(redactions.tombstones, world.motion_id)[0].disclosed


class TestRefused:
    """Nothing is handed over, and nothing is recorded."""

    @pytest.mark.parametrize(
        ("authority", "ground", "field", "reason"),
        [
            ("  ", "requisition", "authority", "empty"),
            ("x" * (MAX_AUTHORITY + 1), "requisition", "authority", "too-long"),
            ("Tribunal\u202e", "requisition", "authority", "form"),
            (COURT, "", "ground", "none-chosen-one"),
            (COURT, "curiosite", "ground", "unknown"),
        ],
    )
    def test_what_does_not_say_to_whom_and_why(
        self, world: World, authority: str, ground: str, field: str, reason: str
    ) -> None:
        """Or says it in a form that the record does not hold."""
        sealed(world)
        size = world.store.read_now(ledger.size, world.congress_id)
        with pytest.raises(Invalid) as refused:
            hand_over(world, None, authority, ground)
        assert (refused.value.field, refused.value.reason) == (field, reason)
        assert world.store.read_now(ledger.size, world.congress_id) == size

    def test_whoever_is_not_the_secretariat(self, world: World) -> None:
        """Officials, rapporteurs, another congress's secretariat."""
        sealed(world)
        size = world.store.read_now(ledger.size, world.congress_id)
        elsewhere = Actor(world.congress_id + 1, Role.SECRETARIAT, secretary_id=1)
        for actor in (world.aline, elsewhere, Actor(world.congress_id, Role.PUBLIC)):
            with pytest.raises(NotAllowed):
                hand_over(world, actor)
        assert world.store.read_now(ledger.size, world.congress_id) == size

    def test_what_is_not_sealed_or_cannot_be_opened(self, world: World) -> None:
        """An unknown decision; another installation's key, of which nothing remains in the record."""
        sealed(world)
        size = world.store.read_now(ledger.size, world.congress_id)
        with pytest.raises(NotFound):
            hand_over(world, decision=2)
        with pytest.raises(SealedUnreadable):
            hand_over(world, key=bytes(32))
        assert world.store.read_now(ledger.size, world.congress_id) == size

    def test_a_file_that_nobody_found_in_the_store(self, world: World) -> None:
        """The record never says of it that it was handed over; nor of one that is not sealed yet."""
        said = sealed(world)

        def have_a_file(db: Session, is_blob_sealed: bool) -> None:
            row = db.get_one(WithdrawnObject, (world.congress_id, said[1]))
            row.blob, row.is_blob_sealed = "a" * 32, is_blob_sealed
            db.add(row)

        size = world.store.read_now(ledger.size, world.congress_id)
        for is_blob_sealed, refusal in ((False, SealingUnderWay), (True, SealedUnreadable)):
            world.store.write_now(have_a_file, is_blob_sealed)
            with pytest.raises(refusal) as refused:
                hand_over(world)
            assert refused.value.entry == said[1]
        assert world.store.read_now(ledger.size, world.congress_id) == size
        asked = world.secretariat, world.congress_id, 1, COURT, "requisition"
        looked = world.store.read_now(disclosures.look, *asked, key=KEY)
        assert [one.file for one in looked] == [None, SealedFile("a" * 32, "application/octet-stream")]
        handed = world.store.write_now(disclosures.hand_over, *asked, key=KEY, now=NOW, files={"a" * 32})
        assert handed == looked and [one.body["target"] for one in entries(world, size)] == said
