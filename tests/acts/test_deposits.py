"""Sending a draft: once, with files that are its own from then on, on both databases."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from motion.acts import deposits
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.acts.deposits import Sender, Sent
from motion.record.objects import seal
from motion.rules.contributions import Channel, FileKind, Words
from motion.rules.errors import Invalid, NotFound, TooManyTries
from motion.rules.upload_errors import UploadGone, UploadUnfinished
from storage import contributions as rows
from storage import deposits as drafts
from storage import ledger, uploads
from storage.models import Upload
from storage.store import Store
from tests import worlds
from tests.worlds import NOW, World

MINE, OTHER = b"m" * 32, b"o" * 32
WORDS = Words("Zoé Brume", "Il manque un banc.")
SALTS: Iterator[bytes] = (number.to_bytes(32, "big") for number in itertools.count(1))


@pytest.fixture
def world(store: Store) -> World:
    return worlds.make(store)


def send(
    world: World,
    form_key: str = "k1",
    *,
    words: Words = WORDS,
    owner: bytes = MINE,
    files: tuple[ReceivedFile, ...] = (),
) -> Sent | TooManyTries:
    """Send what was typed."""
    salt = next(SALTS)
    return world.store.write_now(
        deposits.send,
        world.congress_id,
        Sender(owner, "10.0.0.1"),
        form_key,
        words,
        Channel.WEB,
        ["publish"],
        [(file.blob, file) for file in files],
        circumstances=Circumstances(),
        token_hash=salt,
        salt=salt,
        key=bytes(32),
        now=NOW,
    )


def uploaded(
    world: World, state: str = "done", *, owner: bytes = MINE, expires: timedelta = timedelta(days=1)
) -> ReceivedFile:
    """A file that somebody has sent; its upload, its blob and its name are alike for the test's ease."""
    salt = next(SALTS)
    name = salt.hex()[-32:]

    def add(db) -> None:
        db.add(
            Upload(
                id=name, congress_id=world.congress_id, owner=owner, network="n", length=5,
                received=2 if state == "receiving" else 5, state=state, key=None if state == "receiving" else name,
                created_at=NOW, progressed_at=NOW, expires_at=NOW + expires,
            )
        )  # fmt: skip

    world.store.write_now(add)
    return ReceivedFile(FileKind.PHOTO, "image/png", "a.png", 5, name, salt, seal(salt, b"image").name)


def count(world: World) -> int:
    """How many contributions there are."""
    return world.store.read_now(rows.next_number, world.congress_id) - 1


class TestOnce:
    def test_a_form_that_comes_again(self, world: World) -> None:
        """Says the same number and the same entry, and that it is known."""
        first, second = send(world), send(world)
        assert isinstance(first, Sent) and isinstance(second, Sent)
        assert (first.is_again, second.is_again) == (False, True)
        assert (first.contribution.number, first.receipt) == (second.contribution.number, second.receipt)
        assert count(world) == 1

    def test_two_at_once(self, world: World) -> None:
        """Of a button that is pressed twice, one is received."""
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda _time: send(world), range(8)))
        assert count(world) == 1
        assert sorted(one.is_again for one in done if isinstance(one, Sent)) == [False] + [True] * 7

    def test_the_key_of_another_person(self, world: World) -> None:
        """Is not theirs: they send their own."""
        send(world)
        send(world, owner=OTHER)
        assert count(world) == 2

    def test_nothing_of_the_draft_is_left(self, world: World) -> None:
        """But what makes the form known when it comes again."""
        world.store.write_now(drafts.keep, world.congress_id, MINE, '{"text": "Il manque un banc."}', now=NOW)
        send(world)
        row = world.store.read_now(drafts.of_owner, world.congress_id, MINE)
        assert (
            row is not None and "banc" not in row.answers and world.store.read_now(drafts.count, world.congress_id) == 1
        )

    def test_what_is_refused(self, world: World) -> None:
        """Leaves the draft as it was."""
        world.store.write_now(drafts.keep, world.congress_id, MINE, '{"text": "x"}', now=NOW)
        file = uploaded(world)
        with pytest.raises(Invalid):
            send(world, words=Words("", "x"), files=(file,))
        row = world.store.read_now(drafts.of_owner, world.congress_id, MINE)
        assert row is not None and row.answers == '{"text": "x"}' and count(world) == 0
        found = world.store.read_now(uploads.find, file.blob)
        assert found is not None and found.state == "done"


class TestFiles:
    def test_belong_to_the_contribution(self, world: World) -> None:
        """No sweep looks at them any more; whatever expires afterwards."""
        file = uploaded(world)
        send(world, files=(file,))
        assert world.store.read_now(uploads.expired, NOW + timedelta(days=400)) == []
        kept = world.store.read_now(rows.kept_as_files, [file.name])
        assert kept[file.name].blob == file.blob

    @pytest.mark.parametrize(
        ("state", "owner", "days", "error"),
        [
            ("receiving", MINE, 1, UploadUnfinished),
            ("whole", MINE, 1, UploadUnfinished),
            ("taken", MINE, 1, NotFound),
            ("done", OTHER, 1, NotFound),
            ("done", MINE, 0, UploadGone),
        ],
    )
    def test_that_are_not_there(self, world: World, state: str, owner: bytes, days: int, error: type) -> None:
        """Then nothing is received, and nothing is in the record."""
        file = uploaded(world, state, owner=owner, expires=timedelta(days=days))
        before = len(world.store.read_now(ledger.contents, world.congress_id, 0, 10_000))
        with pytest.raises(error):
            send(world, files=(file,))
        assert count(world) == 0
        assert len(world.store.read_now(ledger.contents, world.congress_id, 0, 10_000)) == before

    def test_are_kept_while_somebody_writes(self, world: World) -> None:
        """Those of others are not."""
        mine, other = uploaded(world), uploaded(world, owner=OTHER)
        world.store.write_now(drafts.keep_files, world.congress_id, MINE, NOW + timedelta(days=7))
        late = {one.id for one in world.store.read_now(uploads.expired, NOW + timedelta(days=6))}
        assert late == {other.blob} and mine.blob not in late


class TestPace:
    def test_of_one_person(self, world: World) -> None:
        """Thirty an hour; others go on, from the same network too."""
        for number in range(deposits.PER_PERSON.count):
            assert isinstance(send(world, f"k{number}"), Sent)
        refused = send(world, "one too many")
        assert isinstance(refused, TooManyTries) and 0 < refused.seconds <= 3600
        assert isinstance(send(world, "k0"), TooManyTries)  # only the last form is known again
        assert isinstance(send(world, owner=OTHER), Sent)
        assert count(world) == deposits.PER_PERSON.count + 1
