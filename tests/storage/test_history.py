"""Rows of histories, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep

import pytest

from motion.live.replaying import catch_up
from motion.rules.history import CHUNK_UPDATES
from storage import history, replays
from storage.models import Congress
from storage.store import Session, Store
from tests.live import pasts
from tests.worlds import NOW, World, make

COUNT = 2 * CHUNK_UPDATES + 60


@pytest.fixture
def world(store: Store) -> World:
    """A motion in which two people have written three chunks, a change a second."""
    world = make(store, text="")
    assert world.aline.official_id and world.yves.official_id
    past = list(pasts.made_up(1, [world.aline.official_id, world.yves.official_id], COUNT))
    store.write_now(pasts.keep, world.motion_id, past, NOW)
    assert catch_up(store, world.motion_id)
    return world


def test_an_instant_is_in_the_chunk_that_begins_before_it(world: World) -> None:
    """By its entry and by its moment; before all, in the first."""
    lines = world.store.read_now(history.chunk_lines, world.motion_id)
    assert [line.chunk for line in lines] == [0, 1, 2]
    second = lines[1]
    for entry, chunk in ((0, 0), (second.base_entry, 0), (second.base_entry + 1, 1), (10**9, 2)):
        found = world.store.read_now(history.chunk_for, world.motion_id, entry)
        assert found is not None and found.chunk == chunk
    for seconds, chunk in ((-5, 0), (CHUNK_UPDATES - 1.5, 0), (CHUNK_UPDATES, 1), (10**6, 2)):
        found = world.store.read_now(history.chunk_at, world.motion_id, NOW + timedelta(seconds=seconds))
        assert found is not None and found.chunk == chunk


def test_changes_follow_one_another_over_the_edges_of_chunks(world: World) -> None:
    """Each names the one before and the one after, from the first to the last."""

    def walk(db: Session) -> list[int]:
        congress = db.get_one(Congress, world.congress_id)
        entries = []
        seen = replays.seen(db, congress, "M1", 0)
        while seen.following is not None:
            following = replays.seen(db, congress, "M1", seen.following)
            assert following.entry == seen.following
            if entries:
                assert replays.seen(db, congress, "M1", following.previous or 0).entry == seen.entry
            entries.append(following.entry)
            seen = following
        return entries

    entries = world.store.read_now(walk)
    assert entries == sorted(set(entries)) and len(entries) > COUNT * 0.9


def test_what_was_computed_from_another_state_is_not_kept(world: World) -> None:
    """Another process was faster, or the words were taken out meanwhile."""
    head = world.store.read_now(history.head, world.motion_id)
    progress = history.Progress(head.number + 1, head.entry + 2, 9, NOW, b"", b"", b"")
    for version, start in ((head.version, head.number - 1), (head.version + 1, head.number)):
        assert not world.store.write_now(history.keep, world.motion_id, version, start, progress, [])
    assert world.store.read_now(history.head, world.motion_id).number == head.number
    world.store.write_now(history.forget, world.motion_id)
    assert not world.store.write_now(history.keep, world.motion_id, head.version, head.number, progress, [])
    assert world.store.read_now(history.chunk_lines, world.motion_id) == []
    assert world.store.read_now(history.behind) == [world.motion_id]


def test_two_who_compute_a_first_history_at_once_leave_one(store: Store) -> None:
    """The second waits for the first, finds its row, and keeps nothing."""
    world = make(store, text="")
    progress = history.Progress(1, 2, 1, NOW, b"", b"", b"")
    row = history.ChunkRow(0, 0, -1, None, 0, 1, b"", b"")
    is_first = Event()

    def keep_slowly(db: Session) -> bool:
        kept = history.keep(db, world.motion_id, 0, 0, progress, [row])
        is_first.set()
        sleep(0.3)  # the other has come meanwhile
        return kept

    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(store.write_now, keep_slowly)
        assert is_first.wait(30)
        second = hands.submit(store.write_now, history.keep, world.motion_id, 0, 0, progress, [row])
        assert (first.result(30), second.result(30)) == (True, False)
    assert len(store.read_now(history.chunk_lines, world.motion_id)) == 1


def test_what_is_kept_while_words_are_taken_out_goes_with_them(store: Store) -> None:
    """Forgetting waits for who keeps at this moment, and drops what they kept."""
    world = make(store, text="")
    progress = history.Progress(1, 2, 1, NOW, b"", b"", b"")
    row = history.ChunkRow(0, 0, -1, None, 0, 1, b"secret", b"secret")
    is_first = Event()

    def keep_slowly(db: Session) -> None:
        assert history.keep(db, world.motion_id, 0, 0, progress, [row])
        is_first.set()
        sleep(0.3)  # the other has come meanwhile

    with ThreadPoolExecutor(2) as hands:
        first = hands.submit(store.write_now, keep_slowly)
        assert is_first.wait(30)
        second = hands.submit(store.write_now, history.forget, world.motion_id)
        first.result(30)
        second.result(30)
    assert store.read_now(history.chunk_lines, world.motion_id) == []
    assert store.read_now(history.head, world.motion_id).number == 0
