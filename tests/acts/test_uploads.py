"""How many files, how large, for how long: for one person, one network, one congress, all."""

import itertools
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, func, select

from motion.acts import uploads as acts
from motion.acts.uploads import Limits, NewUpload
from motion.rules.errors import MotionError, NotFound
from motion.rules.upload_errors import (
    CongressRoomFull,
    PersonalRoomFull,
    TooManyFiles,
    UploadElsewhere,
    UploadGone,
    UploadUnfinished,
)
from storage import uploads
from storage.models import Upload
from storage.store import Store
from tests.live import world as worlds

NOW = datetime(2031, 11, 15, 12, tzinfo=UTC)
LIMITS = Limits(file_bytes=1_000, person_bytes=2_500, congress_bytes=4_000, idle=timedelta(hours=24))
WIDE = Limits(file_bytes=10**10, person_bytes=10**12, congress_bytes=10**13, idle=timedelta(hours=24))
MINE, YOURS = b"m" * 32, b"y" * 32
KEYS = (f"{number:032x}" for number in itertools.count())


@pytest.fixture
def congress(store: Store) -> int:
    """A congress on each kind of database."""
    return store.write_now(worlds.make).congress_id


def begin(
    store: Store,
    congress: int,
    length: int = 100,
    *,
    owner: bytes = MINE,
    network: str = "salle",
    limits: Limits = LIMITS,
    now: datetime = NOW,
) -> Upload:
    """Announce a file."""
    new = NewUpload(length, "photo.jpg")
    return store.write_now(acts.begin, congress, owner, network, new, limits, upload_id=secrets.token_hex(16), now=now)


def send(store: Store, upload: Upload, received: int, *, limits: Limits = LIMITS, now: datetime = NOW) -> Upload:
    """Count bytes."""
    return store.write_now(acts.advance, upload, upload.received, received, limits, key=next(KEYS), now=now)


def count(store: Store) -> int:
    """How many rows there are."""

    def counted(db: Session) -> int:
        return db.exec(select(func.count()).select_from(Upload)).one()

    return store.read_now(counted)


class TestRoom:
    def test_a_persons_files_have_their_room(self, store: Store, congress: int) -> None:
        """As announced; what is given up or destroyed makes room again; others have theirs."""
        begin(store, congress, 1_000)
        mine = begin(store, congress, 1_000)
        with pytest.raises(PersonalRoomFull):
            begin(store, congress, 501)
        begin(store, congress, 501, owner=YOURS)
        done = send(store, mine, 1_000)
        store.write_now(uploads.mark_done, done.id, NOW + timedelta(days=7))
        store.write_now(acts.take, congress, MINE, done.id, now=NOW)
        with pytest.raises(PersonalRoomFull):
            begin(store, congress, 501)
        assert done.key is not None
        store.write_now(uploads.release, done.key)
        begin(store, congress, 1_000)

    def test_a_congress_counts_what_has_come(self, store: Store, congress: int) -> None:
        """What is only announced takes no room of others; what comes too many is refused on its way."""
        announced = [begin(store, congress, 1_000, owner=secrets.token_bytes(32)) for _ in range(6)]
        for upload in announced[:3]:
            send(store, upload, 1_000)
        fourth = send(store, announced[3], 600)
        with pytest.raises(CongressRoomFull):
            begin(store, congress, 401, owner=YOURS)
        begin(store, congress, 400, owner=YOURS)
        with pytest.raises(CongressRoomFull):
            send(store, announced[4], 401)
        send(store, fourth, 1_000)
        found = store.read_now(uploads.find, announced[4].id)
        assert found is not None and found.received == 0


class TestNumbers:
    def test_a_person_has_so_many_under_way(self, store: Store, congress: int) -> None:
        """A file that has come makes way for the next."""
        mine = [begin(store, congress, 1, limits=WIDE) for _ in range(acts.UNDER_WAY_OF_PERSON)]
        with pytest.raises(TooManyFiles):
            begin(store, congress, 1, limits=WIDE)
        begin(store, congress, 1, limits=WIDE, owner=YOURS)
        send(store, mine[0], 1)
        begin(store, congress, 1, limits=WIDE)

    def test_ten_thousand_begun_and_abandoned_stay_few(
        self, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each by another browser, from one network or from many; and nobody else is kept out by them."""
        monkeypatch.setattr(acts, "UNDER_WAY_OF_NETWORK", 40)
        monkeypatch.setattr(acts, "UNDER_WAY_IN_ALL", 100)
        congress = sqlite_store.write_now(worlds.make).congress_id
        refused = 0

        def flood(db: Session, start: int) -> int:
            refused = 0
            for number in range(start, start + 1_000):
                network = "une" if number % 2 else f"autre {number}"
                try:
                    acts.begin(
                        db,
                        congress,
                        secrets.token_bytes(32),
                        network,
                        NewUpload(10**9),
                        WIDE,
                        upload_id=secrets.token_hex(16),
                        now=NOW,
                    )
                except TooManyFiles:
                    refused += 1
            return refused

        for start in range(0, 10_000, 1_000):
            refused += sqlite_store.write_now(flood, start)
        assert count(sqlite_store) == 100
        assert refused == 9_900
        with pytest.raises(TooManyFiles):
            begin(sqlite_store, congress, limits=WIDE)
        begin(sqlite_store, congress, limits=WIDE, now=NOW + acts.STALLED)
        begin(sqlite_store, congress, limits=WIDE, network="une", now=NOW + acts.STALLED)
        assert count(sqlite_store) == 100

    def test_what_came_furthest_gives_way_last(
        self, store: Store, congress: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And what is being sent never does."""
        monkeypatch.setattr(acts, "UNDER_WAY_OF_NETWORK", 3)
        far = send(store, begin(store, congress, limits=WIDE, owner=b"1" * 32), 90, limits=WIDE)
        near = send(store, begin(store, congress, limits=WIDE, owner=b"2" * 32), 10, limits=WIDE)
        later = NOW + timedelta(hours=1)
        busy = send(store, begin(store, congress, limits=WIDE, owner=b"3" * 32), 1, limits=WIDE, now=later)
        begin(store, congress, limits=WIDE, owner=b"4" * 32, now=later)
        left = [upload.id for upload in (far, near, busy) if store.read_now(uploads.find, upload.id)]
        assert left == [far.id, busy.id]
        begin(store, congress, limits=WIDE, owner=b"5" * 32, now=later)
        with pytest.raises(TooManyFiles):
            begin(store, congress, limits=WIDE, owner=b"6" * 32, now=later)
        assert store.read_now(uploads.find, busy.id) is not None


class TestCounting:
    def test_bytes_are_counted_once(self, store: Store, congress: int) -> None:
        """Who counts from elsewhere is told where it stands."""
        upload = begin(store, congress, 100)
        send(store, upload, 40)
        with pytest.raises(UploadElsewhere) as refused:
            send(store, upload, 30)
        assert (refused.value.expected, refused.value.found) == (40, 0)

    def test_a_whole_file_is_used_when_it_is_a_blob(self, store: Store, congress: int) -> None:
        """Not before, by nobody else, not twice, not too late."""
        upload = begin(store, congress, 100)
        take: Any = (acts.take, congress, MINE, upload.id)
        with pytest.raises(UploadUnfinished):
            store.write_now(*take, now=NOW)
        whole = send(store, upload, 100)
        with pytest.raises(UploadUnfinished):
            store.write_now(*take, now=NOW)
        assert store.write_now(uploads.mark_done, upload.id, NOW + timedelta(days=7))
        assert not store.write_now(uploads.mark_done, upload.id, NOW + timedelta(days=9))
        with pytest.raises(NotFound):
            store.write_now(acts.take, congress, YOURS, upload.id, now=NOW)
        with pytest.raises(UploadGone):
            store.write_now(*take, now=NOW + timedelta(days=7))
        assert store.write_now(*take, now=NOW).key == whole.key
        with pytest.raises(NotFound):
            store.write_now(*take, now=NOW)

    def test_files_stay_while_somebody_writes(self, store: Store, congress: int) -> None:
        """Put off, never back; and listed for nobody else, until a contribution has them."""
        mine, other = begin(store, congress, 10), begin(store, congress, 10, owner=YOURS)
        for upload in (mine, other):
            send(store, upload, 10)
            store.write_now(uploads.mark_done, upload.id, NOW + timedelta(days=7))
        late = NOW + timedelta(days=20)
        store.write_now(uploads.put_off, congress, MINE, late)
        store.write_now(uploads.put_off, congress, MINE, NOW)
        assert [upload.id for upload in store.read_now(uploads.expired, late - timedelta(days=1))] == [other.id]
        assert [upload.id for upload in store.read_now(uploads.of_owner, congress, MINE)] == [mine.id]
        store.write_now(acts.take, congress, MINE, mine.id, now=late - timedelta(days=1))
        assert store.read_now(uploads.of_owner, congress, MINE) == []

    def test_whatever_happens_no_more_than_everything_is_counted(self, store: Store, congress: int) -> None:
        """The table itself refuses it."""
        upload = begin(store, congress, 100)
        with pytest.raises(Exception, match="upload_received") as refused:
            send(store, upload, 101)
        assert not isinstance(refused.value, MotionError)
