"""Signed roots are stamped hourly and at solemn acts, and kept with the bytes that were stamped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from motion.acts import phases
from motion.outgoing import Answer, NoAnswer
from motion.rules.vocabulary import Phase
from motion.work.checkpoints import Checkpoints
from motion.work.timestamps import Timestamps
from storage import published
from storage.store import Store
from tests.record.authority import Authority
from tests.work.test_checkpoints import append, found

NOW = datetime(2031, 11, 15, 14, 32, tzinfo=UTC)
REPLY = "application/timestamp-reply"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """OpenSSL's."""
    return Authority.make(tmp_path_factory.mktemp("tsa") / "tsa")


def test_hourly_and_at_once_when_solemn(store: Store, authority: Authority) -> None:
    """Each stamp verifies with OpenSSL on the bytes kept beside it."""
    congress_id = found(store)
    checkpoints = Checkpoints(store, bytes(32))
    stamps = Timestamps(
        store, "http://tsa.example", lambda: 7, lambda _url, query: Answer(200, REPLY, authority.reply(query))
    )

    def stamped(at: datetime) -> int:
        checkpoints.sign_due(at)
        return stamps.stamp_due(at)

    assert stamps.stamp_due(NOW) == 0  # nothing is signed
    assert stamped(NOW) == 1
    append(store, congress_id, 1)
    assert stamped(NOW + timedelta(minutes=59)) == 0
    assert stamped(NOW + timedelta(minutes=60)) == 1
    assert stamped(NOW + timedelta(minutes=200)) == 0  # nothing new
    append(store, congress_id, 1)
    assert stamped(NOW + timedelta(minutes=200)) == 1
    store.write_now(phases.open_phase, None, congress_id, Phase.FROZEN, now=NOW)
    assert stamped(NOW + timedelta(minutes=201)) == 1
    for size in (3, 4, 5, 6):
        row = store.read_now(published.timestamp, congress_id, size)
        assert row is not None and f"\n{size}\n" in row.note
        assert authority.verify(row.reply, row.note.encode())


def test_an_authority_that_is_away_stops_nothing(store: Store, authority: Authority) -> None:
    """It is asked again five minutes later; a reply about other bytes is not kept."""
    congress_id = found(store)
    Checkpoints(store, bytes(32)).sign_due(NOW)
    asked: list[bytes] = []
    answers: list[Answer | None] = [
        None,
        Answer(500, "text/html", b""),
        Answer(200, "text/html", b"ok"),
        Answer(200, REPLY, b"0\x05"),
    ]

    def send(_url: str, query: bytes) -> Answer:
        asked.append(query)
        if not answers:
            return Answer(200, REPLY, authority.reply(query))
        answer = answers.pop(0)
        if answer is None:
            raise NoAnswer("unreachable")
        return answer

    stamps = Timestamps(store, "http://tsa.example", lambda: 7, send)
    for minute in range(20):
        assert stamps.stamp_due(NOW + timedelta(minutes=minute)) == 0
    assert len(asked) == 4
    assert stamps.stamp_due(NOW + timedelta(minutes=20)) == 1
    assert store.read_now(published.stamped, congress_id) == 3


def test_without_an_address_nobody_is_asked(sqlite_store: Store, tmp_path: Path) -> None:
    """The setting is empty."""
    found(sqlite_store)
    Checkpoints(sqlite_store, bytes(32)).sign_due(NOW)

    def send(_url: str, _query: bytes) -> Answer:
        raise AssertionError("asked")

    assert Timestamps(sqlite_store, "", lambda: 7, send).stamp_due(NOW) == 0
