"""Cosignatures are asked, checked and published; a witness that is away stops nothing; one that knows better does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from motion.acts import phases, witnesses
from motion.command_refusals import record_sentence
from motion.language import language
from motion.outgoing import Answer, NoAnswer, is_address
from motion.record.checkpoint import Cosigner, open_checkpoint, parse_verifier_key
from motion.record.entry import decode_entry
from motion.rules.errors import Invalid, NotFound
from motion.rules.vocabulary import Phase
from motion.witness.server import by_origin, make_app
from motion.witness.state import State
from motion.work import publishing
from motion.work.checkpoints import Checkpoints, RecordBehind, RecordForked
from motion.work.publishing import Publisher
from storage import ledger, published, signed_roots, witnessing
from storage.published import Witnessed
from storage.store import Store
from tests.work.test_checkpoints import append, backup, execute, found, restored

NOW = datetime(2031, 11, 15, 14, 32, tzinfo=UTC)
SEED = bytes(range(32))
ORIGIN = "motion.example/ormeline/log"


@dataclass
class Town:
    """Witnesses by host name, each the real one of `motion.witness`; what is sent reaches them without a network."""

    folder: Path
    stack: ExitStack
    asked: list[str] = field(default_factory=list)
    clients: dict[str, TestClient] = field(default_factory=dict)
    instead: dict[str, Callable[[bytes], Answer]] = field(default_factory=dict)

    def witness(self, host: str, checkpoints: Checkpoints) -> str:
        """Start a witness of our log and give its key."""
        state = State.open(self.folder / host, host)
        self.stack.callback(state.close)
        logs = by_origin([checkpoints.signer(ORIGIN).verifier])
        self.clients[host] = self.stack.enter_context(TestClient(make_app(state, logs, lambda: 1_700_000_000)))
        return state.signer.verifier.encode()

    def send(self, url: str, body: bytes | None) -> Answer:
        """Take the place of the network."""
        parts = urlsplit(url)
        assert parts.hostname is not None and body is not None
        self.asked.append(parts.hostname)
        if parts.hostname in self.instead:
            return self.instead[parts.hostname](body)
        if parts.hostname not in self.clients:
            raise NoAnswer("unreachable")
        answer = self.clients[parts.hostname].post(parts.path, content=body)
        return Answer(answer.status_code, answer.headers["content-type"].partition(";")[0], answer.content)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """No witness yet."""
    with ExitStack() as stack:
        yield Town(tmp_path / "town", stack)


@dataclass
class Desk:
    """A congress that signs and publishes."""

    store: Store
    town: Town
    congress_id: int
    checkpoints: Checkpoints
    publisher: Publisher

    def name(self, *hosts: str) -> list[str]:
        """Name witnesses, running ones unless they are already known."""
        keys = []
        for host in hosts:
            key = self.town.witness(host, self.checkpoints)
            self.store.write_now(witnesses.name, None, self.congress_id, key, f"https://{host}/", now=NOW)
            keys.append(key)
        return keys

    def shown(self) -> bytes:
        """The published checkpoint."""
        row = self.store.read_now(published.checkpoint, self.congress_id)
        assert row is not None
        return published.note_of(row)

    def cosigners(self) -> list[str]:
        """Whose checked cosignatures it bears."""
        known = [parse_verifier_key(row.key) for row in self.store.read_now(published.named, self.congress_id)]
        opened = open_checkpoint(self.shown(), self.checkpoints.signer(ORIGIN).verifier, known)
        return sorted(one.key.name for one in opened.cosignatures)

    def troubles(self) -> dict[str, str]:
        """What went wrong with whom."""
        return {row.name: row.trouble for row in self.store.read_now(published.named, self.congress_id)}


@pytest.fixture
def desk(store: Store, town: Town) -> Iterator[Desk]:
    """On both databases."""
    congress_id = found(store)
    checkpoints, publisher = Checkpoints(store, SEED), Publisher(store, town.send)
    yield Desk(store, town, congress_id, checkpoints, publisher)
    publisher.close()


class TestNaming:
    """An act: its rules, its row, its entry."""

    def test_naming_and_giving_up_are_entries(self, desk: Desk) -> None:
        """The key is public for ever; the address is not in the record."""
        (key,) = desk.name("ville.example")
        desk.store.write_now(witnesses.give_up, None, desk.congress_id, "ville.example", now=NOW)
        entries = [decode_entry(data) for data in desk.store.read_now(ledger.contents, desk.congress_id, 3, 9)]
        assert [(entry.kind, entry.body) for entry in entries] == [
            ("witness.change", {"held": True, "key": key, "name": "ville.example"}),
            ("witness.change", {"held": False, "key": key, "name": "ville.example"}),
        ]
        assert desk.store.read_now(published.named, desk.congress_id) == []
        with pytest.raises(NotFound):
            desk.store.write_now(witnesses.give_up, None, desk.congress_id, "ville.example", now=NOW)

    def test_naming_again_corrects_the_address_alone(self, desk: Desk) -> None:
        """No second entry."""
        (key,) = desk.name("ville.example")
        desk.store.write_now(witnesses.name, None, desk.congress_id, key, "https://autre.example/x", now=NOW)
        assert [row.url for row in desk.store.read_now(published.named, desk.congress_id)] == [
            "https://autre.example/x"
        ]
        assert desk.store.read_now(ledger.size, desk.congress_id) == 4

    @pytest.mark.parametrize(
        "url",
        [
            "http://ville.example",
            "ftp://ville.example",
            "https://",
            "https://nom:secret@ville.example",
            "https://ville.example/?a=b",
            "https://ville.example/a b",
            "https://ville.example:99999",
            "//ville.example",
            "",
        ],
    )
    def test_addresses_that_are_never_asked(self, desk: Desk, url: str) -> None:
        """https alone, but on this very machine; no name, no query."""
        key = Cosigner("ville.example", SEED).verifier.encode()
        assert not is_address(url)
        with pytest.raises(Invalid):
            desk.store.write_now(witnesses.name, None, desk.congress_id, key, url, now=NOW)

    def test_a_key_of_a_log_is_no_witness_s(self, desk: Desk) -> None:
        """The type of the key tells them apart; a damaged one is refused."""
        good = Cosigner("ville.example", SEED).verifier.encode()
        for line in (desk.checkpoints.signer(ORIGIN).verifier.encode(), good[:-4], "ville.example", ""):
            with pytest.raises(Invalid):
                desk.store.write_now(witnesses.name, None, desk.congress_id, line, "https://a.example", now=NOW)


class TestPublishing:
    """`log/checkpoint` with its cosignatures."""

    def test_without_witnesses_the_newest_is_published(self, desk: Desk) -> None:
        """Nobody is asked."""
        desk.checkpoints.sign_due(NOW)
        assert desk.publisher.publish_due(NOW) == 0
        assert desk.cosigners() == [] and desk.town.asked == []
        assert desk.store.read_now(published.witnesses, desk.congress_id) == Witnessed(0, 0)

    def test_cosignatures_are_collected(self, desk: Desk) -> None:
        """From all at a time, for each root published; the log grows, they follow by proofs."""
        desk.name("a.example", "b.example", "c.example")
        for at in range(4):
            append(desk.store, desk.congress_id, 150)
            desk.checkpoints.sign_due(NOW)
            assert desk.publisher.publish_due(NOW + timedelta(seconds=10 * at)) == 1
            assert desk.cosigners() == ["a.example", "b.example", "c.example"]
        assert desk.store.read_now(published.witnesses, desk.congress_id) == Witnessed(3, 3)
        assert len(desk.town.asked) == 12
        assert b"\n606\n" in desk.shown()

    def test_every_ten_seconds_and_at_once_when_solemn(self, desk: Desk) -> None:
        """In between the published one stays, and the newest is at its own address."""
        desk.name("a.example")
        desk.checkpoints.sign_due(NOW)
        assert desk.publisher.publish_due(NOW) == 1
        append(desk.store, desk.congress_id, 1)
        desk.checkpoints.sign_due(NOW)
        assert desk.publisher.publish_due(NOW + timedelta(seconds=9)) == 0
        newest = desk.store.read_now(published.newest, desk.congress_id)
        assert newest is not None and newest.size == 5 and b"\n4\n" in desk.shown()
        desk.store.write_now(phases.open_phase, None, desk.congress_id, Phase.FROZEN, now=NOW)
        desk.checkpoints.sign_due(NOW)
        assert desk.publisher.publish_due(NOW + timedelta(seconds=9)) == 1
        append(desk.store, desk.congress_id, 1)
        desk.checkpoints.sign_due(NOW)
        assert desk.publisher.publish_due(NOW + timedelta(seconds=15)) == 0
        assert desk.publisher.publish_due(NOW + timedelta(seconds=19)) == 1

    def test_a_witness_that_is_away_stops_nothing(self, desk: Desk) -> None:
        """Published with what came; the count is public; when it is back it follows."""
        desk.name("a.example", "b.example")
        client = desk.town.clients.pop("b.example")
        desk.checkpoints.sign_due(NOW)
        assert desk.publisher.publish_due(NOW) == 1
        assert desk.cosigners() == ["a.example"]
        assert desk.troubles() == {"a.example": "", "b.example": "unreachable"}
        assert desk.store.read_now(published.witnesses, desk.congress_id) == Witnessed(1, 2)
        desk.town.clients["b.example"] = client
        append(desk.store, desk.congress_id, 1)
        desk.checkpoints.sign_due(NOW)
        desk.publisher.publish_due(NOW + timedelta(seconds=10))
        assert desk.cosigners() == ["a.example", "b.example"] and desk.troubles()["b.example"] == ""

    def test_a_slow_witness_is_not_waited_for(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nor asked again while it has not answered."""
        monkeypatch.setattr(publishing, "SECONDS", 2)
        desk.name("a.example", "b.example")
        go, over = threading.Event(), threading.Event()

        def drip(_body: bytes) -> Answer:
            go.wait(120)
            over.set()
            raise NoAnswer("late")

        desk.town.instead["b.example"] = drip
        for at in range(3):
            append(desk.store, desk.congress_id, 1)
            desk.checkpoints.sign_due(NOW)
            assert desk.publisher.publish_due(NOW + timedelta(seconds=10 * at)) == 1
        assert not over.is_set()
        go.set()
        assert desk.cosigners() == ["a.example"] and desk.town.asked.count("b.example") == 1

    def test_answers_that_are_no_cosignature(self, desk: Desk) -> None:
        """Another's, over another text, or nonsense: never published, and said."""
        key = Cosigner("faux.example", bytes(32)).verifier.encode()
        desk.store.write_now(witnesses.name, None, desk.congress_id, key, "https://faux.example", now=NOW)
        liar = Cosigner("faux.example", bytes(32)).cosign("un autre texte\n", 7)
        answers = {
            "wrong-signature": [Answer(200, "text/plain", b"oui\n"), Answer(200, "text/plain", liar.encode())],
            "refused": [
                Answer(500, "text/html", b""),
                Answer(404, "text/plain", b""),
                Answer(302, "text/plain", b""),
                Answer(409, "text/html", b"7\n"),
                Answer(409, "text/x.tlog.size", b"sept\n"),
            ],
            "ahead": [Answer(409, "text/x.tlog.size", b"99999\n")],
        }
        at = NOW
        for trouble, bodies in answers.items():
            for answer in bodies:
                at += timedelta(seconds=10)
                append(desk.store, desk.congress_id, 1)
                desk.checkpoints.sign_due(at)
                desk.town.instead["faux.example"] = lambda _body, answer=answer: answer
                assert desk.publisher.publish_due(at) == 1
                assert (desk.troubles()["faux.example"], desk.cosigners()) == (trouble, [])

    def test_the_policy_names_them(self, desk: Desk) -> None:
        """Keys and addresses, for those who judge a checkpoint."""
        (key,) = desk.name("a.example")
        desk.checkpoints.sign_due(NOW)
        policy = desk.store.read_now(published.policy, desk.congress_id)
        assert policy.witnesses == (("a.example", key, "https://a.example"),)

    def test_two_publishers_lose_no_cosignature(self, desk: Desk) -> None:
        """What one brought stays when the other comes later."""
        first, second = desk.name("a.example", "b.example")
        desk.checkpoints.sign_due(NOW)
        row = desk.store.read_now(published.newest, desk.congress_id)
        assert row is not None
        text = row.note.rpartition("\n\n")[0] + "\n"

        def cosign(host: str, at: int) -> str:
            state = State.open(desk.town.folder / host)
            try:
                return state.signer.cosign(text, at)
            finally:
                state.close()

        for lines in ({first: cosign("a.example", 1)}, {second: cosign("b.example", 1), first: cosign("a.example", 2)}):
            desk.store.write_now(witnessing.keep, desk.congress_id, row.size, lines, {}, {}, now=NOW)
        assert desk.cosigners() == ["a.example", "b.example"]


class TestOldBackup:
    """A database that was restored alone, with the folder of the keys of a new machine: the witnesses know better."""

    def make(self, store: Store, town: Town) -> tuple[Desk, int]:
        congress_id = found(store)
        desk = Desk(store, town, congress_id, Checkpoints(store, SEED), Publisher(store, town.send))
        desk.name("a.example")
        desk.checkpoints.sign_due(NOW)
        desk.publisher.publish_due(NOW)
        return desk, congress_id

    def test_it_does_not_start(self, sqlite_store: Store, town: Town, tmp_path: Path) -> None:
        """The witness has cosigned more entries than there are."""
        desk, congress_id = self.make(sqlite_store, town)
        backup(tmp_path)
        append(sqlite_store, congress_id, 5)
        desk.checkpoints.sign_due(NOW)
        desk.publisher.publish_due(NOW + timedelta(seconds=10))
        with restored(sqlite_store, tmp_path) as store:
            again = Checkpoints(store, SEED)
            again.verify()  # whole in itself
            with pytest.raises(RecordBehind) as refused:
                Publisher(store, town.send).compare(again.signer)
            assert (refused.value.signed, refused.value.found) == (9, 4)
            assert refused.value.holder == "https://a.example"
            # Should it lie, there is a way out that names it.
            for code in ("fr", "en"):
                told = record_sentence(refused.value, language(code))
                assert f"motion witness remove {refused.value.slug} {refused.value.witness}" in told
            store.write_now(witnesses.give_up, None, congress_id, refused.value.witness, now=NOW)
            Publisher(store, town.send).compare(again.signer)

    def test_nor_when_it_went_another_way(self, sqlite_store: Store, town: Town, tmp_path: Path) -> None:
        """As many entries, others: the witness refuses the proof."""
        desk, congress_id = self.make(sqlite_store, town)
        backup(tmp_path)
        append(sqlite_store, congress_id, 5)
        desk.checkpoints.sign_due(NOW)
        desk.publisher.publish_due(NOW + timedelta(seconds=10))
        with restored(sqlite_store, tmp_path) as store:
            again = Checkpoints(store, SEED)
            for more in (5, 1):
                append(store, congress_id, more, added=9)
                again.sign_due(NOW)
                with pytest.raises(RecordForked):
                    Publisher(store, town.send).compare(again.signer)

    def test_a_whole_one_starts(self, sqlite_store: Store, town: Town) -> None:
        """Also when a witness is away."""
        desk, congress_id = self.make(sqlite_store, town)
        append(sqlite_store, congress_id, 5)
        desk.publisher.compare(desk.checkpoints.signer)
        town.clients.clear()
        desk.publisher.compare(desk.checkpoints.signer)

    def test_nothing_signed_here_asks_with_the_empty_tree(self, sqlite_store: Store, town: Town) -> None:
        """A database of before the first signature, with witnesses that saw more."""
        desk, congress_id = self.make(sqlite_store, town)
        execute(sqlite_store, "DELETE FROM checkpoint")
        execute(sqlite_store, "UPDATE witness SET size = 0")
        with pytest.raises(RecordBehind):
            desk.publisher.compare(desk.checkpoints.signer)

    @pytest.mark.parametrize(("grown", "refusal"), [(5, RecordBehind), (0, None)])
    def test_a_mirror_knows_too(
        self, sqlite_store: Store, town: Town, tmp_path: Path, grown: int, refusal: type[Exception] | None
    ) -> None:
        """A copy of the published checkpoint is enough."""
        desk, congress_id = self.make(sqlite_store, town)
        sqlite_store.write_now(witnesses.give_up, None, congress_id, "a.example", now=NOW)
        desk.checkpoints.sign_due(NOW)
        backup(tmp_path)
        append(sqlite_store, congress_id, grown)
        desk.checkpoints.sign_due(NOW)
        note = desk.shown()
        asked = []

        def send(url: str, body: bytes | None) -> Answer:
            asked.append(url)
            assert body is None
            return Answer(200, "text/plain", note)

        with restored(sqlite_store, tmp_path) as store:
            publisher = Publisher(store, send)
            if refusal:
                with pytest.raises(refusal):
                    publisher.compare(desk.checkpoints.signer, "https://miroir.example")
            else:
                publisher.compare(desk.checkpoints.signer, "https://miroir.example")
        assert asked == ["https://miroir.example/ormeline/log/checkpoint"]


def test_a_retired_record_asks_nobody(sqlite_store: Store, town: Town) -> None:
    """It will never be signed again."""
    desk, congress_id = TestOldBackup().make(sqlite_store, town)
    sqlite_store.write_now(signed_roots.retire, congress_id, now=NOW)
    town.asked.clear()
    desk.publisher.compare(desk.checkpoints.signer)
    append(sqlite_store, congress_id, 1)
    desk.publisher.publish_due(NOW + timedelta(hours=1))
    assert town.asked == []
