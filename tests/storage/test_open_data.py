"""What programs read, alike on both databases: pages by number, whole stretches, bounded looks."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from motion.acts import record
from motion.rules.errors import NotFound
from motion.rules.register import PAUSE
from motion.work.checkpoints import Checkpoints
from storage import ledger, open_data, register
from storage.models import Congress
from storage.open_data import Wanted
from storage.register import Asked
from storage.store import Store
from tests import worlds
from tests.worlds import NOW, World

ZEROS = "0" * 64


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def congress(db: Session) -> Congress:
    """The congress of this small world."""
    found = db.get(Congress, 1)
    assert found is not None
    return found


def typed(db: Session, world: World, official: int, seconds: float, count: int) -> None:
    """Keystrokes, as the record says them, a second apart."""
    for number in range(count):
        body = {"c": ZEROS, "cid": 9, "doc": "M1", "len": 2, "n": number, "sess": "s-1", "skel": ZEROS}
        at = NOW + timedelta(seconds=seconds + number)
        actor = world.aline if official == world.aline.official_id else world.yves
        record.note(db, 1, "crdt.update", body, actor=actor, now=at, motion_id=world.motion_id, official_id=official)


def sign(store: Store) -> int:
    """Sign the record as it stands."""
    Checkpoints(store, bytes(32)).sign_due(NOW)
    return store.read_now(ledger.size, 1)


def read(store: Store, wanted: Wanted, size: int | None = None) -> open_data.EntriesPage:
    """A page of entries."""
    return store.read_now(lambda db: open_data.entries(db, congress(db), wanted, size))


def all_of(store: Store, wanted: Wanted) -> list[int]:
    """The numbers of every entry asked for, page after page."""
    numbers: list[int] = []
    after, is_full = wanted.after, True
    while is_full:
        page = read(store, Wanted(after, wanted.limit, wanted.motion, wanted.official, wanted.kind))
        numbers += [number for number, _content, _entry in page.rows]
        assert page.through >= after
        after, is_full = page.through, page.is_full
    return numbers


def test_pages_join_without_gap_or_repetition(world: World) -> None:
    """Whatever their length; nothing beyond the last signed root."""
    store = world.store
    assert read(store, Wanted()).rows == ()
    size = sign(store)
    store.write_now(typed, world, 1, 0, 5)
    for limit in (1, 2, 3, size, size + 1, 1000):
        assert all_of(store, Wanted(limit=limit)) == list(range(size))
    assert [number for number, _content, _entry in read(store, Wanted(), size=3).rows] == [0, 1, 2]
    assert read(store, Wanted(after=2**53 - 1, official=10**15)).rows == ()


def test_a_filter_that_lets_nearly_all_go_looks_at_a_bounded_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages may be empty, and go on until the end."""
    monkeypatch.setattr(open_data, "WINDOW", 4)
    store = world.store
    store.write_now(typed, world, 1, 0, 30)
    store.write_now(typed, world, 2, 40, 1)
    size = sign(store)
    page = read(store, Wanted(official=2, kind="crdt.update"))
    assert page.is_full and page.through == 3
    assert all_of(store, Wanted(official=2, kind="crdt.update")) == [size - 1]
    assert len(all_of(store, Wanted(motion="M1", kind="motion.create"))) == 1
    with pytest.raises(NotFound):
        read(store, Wanted(motion="M2"))


def test_one_entry_is_there_once_it_is_signed(world: World) -> None:
    """And not before."""
    size = sign(world.store)
    store = world.store
    assert store.read_now(lambda db: open_data.entry(db, congress(db), size - 1)).rows[0][0] == size - 1
    with pytest.raises(NotFound):
        store.read_now(lambda db: open_data.entry(db, congress(db), size))


def test_the_roster_is_read_by_numbers(world: World) -> None:
    """Those who come later stand on later pages."""
    store = world.store
    first = store.read_now(lambda db: open_data.roster(db, congress(db), 0, 1))
    store.write_now(lambda db: worlds.official(db, 1, "Zélie", "Brune", "maire", "Brumeval"))
    assert store.read_now(lambda db: open_data.roster(db, congress(db), 0, 1)).officials[0].id == 1
    second = store.read_now(lambda db: open_data.roster(db, congress(db), 1, 5))
    assert store.read_now(lambda db: open_data.roster(db, congress(db), 2**53, 5)).officials == ()
    assert store.read_now(lambda db: open_data.redacted(db, congress(db), 2**53, 5)) == []
    assert first.has_more and [one.family_name for one in second.officials] == ["Tournebise", "Brune"]


def test_a_stretch_keeps_its_first_entry_wherever_a_page_is_cut(world: World) -> None:
    """And one that goes on beyond the page says so; after a pause another begins."""
    store = world.store
    begin = store.read_now(ledger.size, 1)
    store.write_now(typed, world, 1, 0, 10)
    store.write_now(typed, world, 1, 10 + PAUSE.total_seconds() + 1, 4)

    def stretches(before: int | None) -> list[tuple[int, int, bool]]:
        def ask(db: Session) -> list[tuple[int, int, bool]]:
            found = register.find(db, congress(db), Asked(before=before, kinds=("crdt.update",), official=1), 50)
            return [
                (one.first, one.line.last, one.goes_on)
                for one in (open_data.stretch(db, 1, line, before) for line in found.lines)
            ]

        return store.read_now(ask)

    assert stretches(None) == [(begin + 10, begin + 13, False), (begin, begin + 9, False)]
    assert stretches(begin + 5) == [(begin, begin + 4, True)]
    assert stretches(begin + 10) == [(begin, begin + 9, False)]


def test_addresses_are_of_real_congresses(world: World) -> None:
    """With their motions."""
    (one,) = world.store.read_now(open_data.addresses)
    assert (one.slug, [code for code, _at in one.motions]) == ("ormeline", ["M1"])
