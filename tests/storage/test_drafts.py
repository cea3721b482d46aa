"""Rows of drafts, and the transaction that keeps a window, on both databases."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from motion.acts import drafting, motions, phases
from motion.acts.drafting import CheckAgain, Kept, KeptLate, MotionWindow, SessionOver, Writing
from motion.live.updates import Struct, encode
from motion.record.entry import decode_entry
from motion.rules.vocabulary import Phase
from storage import drafts, ledger, removals
from storage.models import ClientBinding, LateText, LoginSession, Motion
from storage.store import Store
from tests.live import world as worlds
from tests.live.world import Seat, World, clock


@pytest.fixture
def world(store: Store) -> World:
    return store.write_now(worlds.make)


def writing(seat: Seat, client: int, letter: str = "a", clock_at: int = 0) -> Writing:
    """One letter under a client id, new with its first clock."""
    update = encode([Struct(client, clock_at, 1, None, None, letter)], [])
    return Writing(seat.actor, update, bytes(32), (client,), (client,) if clock_at == 0 else ())


def keep(store: Store, world: World, number: int, *writings: Writing) -> drafting.MotionKept:
    """One window of the motion."""
    window = MotionWindow(world.motion_id, number, writings)
    return store.write_now(drafting.keep_window, world.congress_id, [window], now=clock())[0]


def test_a_window_is_kept_whole_in_the_order_given(store: Store, world: World) -> None:
    """Numbers without gaps; the binding's entry just before the update's."""
    first = store.read_now(ledger.size, world.congress_id)
    kept = keep(store, world, 1, writing(world.seats[0], 50), writing(world.seats[1], 51))
    assert kept.outcomes == [Kept(2, first + 1), Kept(3, first + 3)]
    assert (kept.head.number, kept.head.last_entry, kept.foreign) == (3, first + 3, [])
    kinds = [decode_entry(content).kind for content in store.read_now(ledger.contents, world.congress_id, first, 9)]
    assert kinds == ["client.bind", "crdt.update"] * 2
    rows = store.read_now(drafts.updates_after, world.motion_id, 1)
    assert [(row.number, row.official_id, row.entry) for row in rows] == [
        (2, world.seats[0].actor.official_id, first + 1),
        (3, world.seats[1].actor.official_id, first + 3),
    ]


def test_updates_of_another_process_come_back_and_ours_follow(store: Store, world: World) -> None:
    """A process that is behind is given what it lacks; its own update has the next number."""
    keep(store, world, 1, writing(world.seats[0], 50))
    kept = keep(store, world, 1, writing(world.seats[1], 51))
    assert [row.number for row in kept.foreign] == [2]
    assert isinstance(kept.outcomes[0], Kept) and kept.outcomes[0].number == 3


def test_what_another_process_may_have_contradicted_is_decided_again(store: Store, world: World) -> None:
    """The same session through two processes, or a client id bound meanwhile by somebody else."""
    keep(store, world, 1, writing(world.seats[0], 50))
    again = keep(store, world, 1, writing(world.seats[0], 50, clock_at=1))
    assert again.outcomes == [CheckAgain()] and again.head.number == 2
    stolen = keep(store, world, 1, writing(world.seats[1], 50))
    assert stolen.outcomes == [CheckAgain()]
    assert store.read_now(lambda db: db.get_one(ClientBinding, (world.motion_id, 50)).official_id) == (
        world.seats[0].actor.official_id
    )


def test_a_session_that_is_over_writes_nothing(store: Store, world: World) -> None:
    """Revoked, expired, or its official revoked: whatever the room believes."""

    def end(field: str) -> None:
        def change(db: object) -> None:
            row = db.get_one(LoginSession, world.seats[0].actor.session_id)  # type: ignore[attr-defined]
            row.revoked_at = clock() if field == "revoked_at" else None
            row.expires_at = clock() + timedelta(days=-1 if field == "expires_at" else 1)

        store.write_now(change)

    for number, field in enumerate(("revoked_at", "expires_at"), start=1):
        end(field)
        kept = keep(store, world, number, writing(world.seats[0], 50), writing(world.seats[1], 51 + number))
        assert kept.outcomes[0] == SessionOver()
    end("")
    assert isinstance(keep(store, world, 3, writing(world.seats[0], 50)).outcomes[0], Kept)


def test_a_closed_text_takes_nothing_and_throws_nothing_away(store: Store, world: World) -> None:
    """Frozen motion or phase: the update is late text, once; the motion's number does not move."""
    store.write_now(motions.freeze, world.secretary.actor, world.motion_id, now=clock())
    late = writing(world.seats[0], 50, "x")
    first = keep(store, world, 1, late, writing(world.seats[1], 51, "y")).outcomes
    assert all(isinstance(outcome, KeptLate) and outcome.entry for outcome in first)
    assert keep(store, world, 1, late).outcomes == [first[0]]  # with the entry that it has
    store.write_now(phases.open_phase, None, world.congress_id, Phase.FROZEN, now=clock())
    keep(store, world, 1, writing(world.seats[0], 50, "z"))
    texts = store.read_now(lambda db: db.exec(select(LateText.text).order_by(col(LateText.id))).all())
    assert texts == ["x", "y", "z"]
    assert store.read_now(lambda db: db.get_one(Motion, world.motion_id).number) == 1


def test_an_act_on_copies_refuses_copies_that_lag(store: Store, world: World) -> None:
    """Freezing decides on the whole text, or not at all."""
    head = store.read_now(drafts.heads, [world.motion_id])[world.motion_id]
    copy = drafts.ReadingCopy("texte", "[]", head.number, head.text_entry, clock())
    keep(store, world, 1, writing(world.seats[0], 50))
    with pytest.raises(drafting.CopiesBehind):
        store.write_now(
            drafting.act_on_copies,
            world.congress_id,
            [(world.motion_id, copy)],
            lambda db: motions.freeze(db, world.secretary.actor, world.motion_id, now=clock()),
        )
    assert store.read_now(drafts.heads, [world.motion_id])[world.motion_id].state == "drafting"


def test_snapshots_replace_each_other_and_never_go_back(store: Store, world: World) -> None:
    """The newest stays; an older one, of a slower process, is passed over."""
    for number, content in ((3, b"three"), (5, b"five"), (4, b"four")):
        store.write_now(drafts.keep_snapshot, world.motion_id, number, content, clock())
    assert store.read_now(drafts.latest_snapshot, world.motion_id) == (5, b"five")
    assert store.read_now(drafts.latest_snapshot, world.motion_id, 4) is None
    store.write_now(drafts.drop_snapshots, world.motion_id)
    assert store.read_now(drafts.latest_snapshot, world.motion_id) is None


@pytest.mark.parametrize("first", ["the snapshot", "the redaction"])
def test_a_snapshot_written_during_a_redaction_does_not_stay(store: Store, world: World, first: str) -> None:
    """Whichever of the two processes comes first, what is left has none of the letters that were taken out."""
    halfway, other_began = threading.Event(), threading.Event()

    def snapshot(db: Session) -> None:
        drafts.keep_snapshot(db, world.motion_id, 1, b"with the letters", clock(), 0)

    def redact(db: Session) -> None:
        removals.void_drafts(db, db.get_one(Motion, world.motion_id), 9)
        db.flush()

    deeds = [snapshot, redact] if first == "the snapshot" else [redact, snapshot]

    def slowly(db: Session) -> None:
        deeds[0](db)
        halfway.set()
        assert other_began.wait(30)
        time.sleep(0.2)

    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(store.write_now, slowly)
        assert halfway.wait(30)
        quick = threads.submit(store.write_now, deeds[1])
        other_began.set()
        slow.result(), quick.result()
    assert store.read_now(drafts.latest_snapshot, world.motion_id) is None


def test_two_processes_may_keep_a_snapshot_at_once(store: Store, world: World) -> None:
    """The newest stays; neither fails."""

    def keep_one(number: int) -> None:
        store.write_now(drafts.keep_snapshot, world.motion_id, number, b"%d" % number, clock())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(keep_one, range(1, 21)))
    assert store.read_now(drafts.latest_snapshot, world.motion_id) == (20, b"20")
