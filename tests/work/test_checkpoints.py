"""The service signs its record, and refuses to start on another one."""

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from motion.acts import congresses, phases
from motion.acts.congresses import NewCongress
from motion.acts.record import note
from motion.record.checkpoint import Signer, open_checkpoint
from motion.record.proof import verify_proof
from motion.record.tiles import Tile
from motion.record.tree import leaf_hash, root_of
from motion.rules.vocabulary import Phase
from motion.work.checkpoints import (
    SOLEMN,
    Checkpoints,
    KeyMissing,
    KeyUnreadable,
    RecordAltered,
    RecordBehind,
    load_key,
)
from motion.work.signed_aside import SignedAside
from storage import ledger, log_tiles, published, signed_roots
from storage.models import Checkpoint as SignedRoot
from storage.store import Store

NOW = datetime(2031, 11, 15, 14, 32, tzinfo=UTC)
FORM = NewCongress("Congrès d’Ormeline", "ormeline", "Valbrune", date(2031, 11, 14), date(2031, 11, 16))


def found(store: Store) -> int:
    """Make a congress whose record has three entries."""
    congress = store.write_now(congresses.create, None, FORM, host="motion.example", now=NOW)
    assert congress.id is not None
    store.write_now(phases.open_phase, None, congress.id, Phase.COLLECTION, now=NOW)
    store.write_now(phases.open_phase, None, congress.id, Phase.DRAFTING, now=NOW)
    return congress.id


def append(store: Store, congress_id: int, count: int, added: int = 0) -> None:
    """Append entries that are not solemn, as acts do."""
    body = {"source": "list", "added": added, "changed": 0, "left": 0, "refused": 0}

    def run(db: Session) -> None:
        for _ in range(count):
            note(db, congress_id, "roster.import", body, actor=None, now=NOW)

    store.write_now(run)


def tiles(store: Store, congress_id: int) -> dict[tuple[int, int], bytes]:
    """Every tile of levels 0 and 1."""
    places = [(level, number) for level in (0, 1) for number in range(4)]
    return store.read_now(log_tiles.read, congress_id, places)


def backup(folder: Path) -> None:
    """Copy the database while it runs, as administrators do."""
    with closing(sqlite3.connect(folder / "motion.sqlite")) as source, closing(sqlite3.connect(folder / "old")) as copy:
        source.backup(copy)


@contextmanager
def restored(store: Store, folder: Path) -> Iterator[Store]:
    """Open the copy in the place of the database; the folder of the keys stayed as it is."""
    shutil.copy(folder / "old", folder / "restored.sqlite")
    opened = Store(f"sqlite:///{folder / 'restored.sqlite'}")
    yield opened
    opened.close()


def execute(store: Store, statement: str) -> None:
    """Do what a person with the database's password can do."""

    def run(db: Session) -> None:
        db.execute(text(statement))

    store.write_now(run)


class TestSigning:
    """A checkpoint when something is new."""

    def test_the_signed_root_is_that_of_the_entries(self, store: Store, tmp_path: Path) -> None:
        """Anyone with the public key and the entries finds the same root."""
        congress_id = found(store)
        seed = load_key(store, tmp_path)
        assert Checkpoints(store, seed).sign_due(NOW) == 1
        row = store.read_now(signed_roots.last, congress_id)
        assert row is not None
        key = Signer("motion.example/ormeline/log", seed).verifier
        signed = open_checkpoint(row.note.encode(), key).checkpoint
        entries = store.read_now(ledger.contents, congress_id, 0, 100)
        assert (signed.size, signed.root) == (3, root_of(map(leaf_hash, entries)))

    def test_nothing_new_signs_nothing(self, store: Store, tmp_path: Path) -> None:
        """No checkpoint a second for the pleasure of it, nor after a restart."""
        found(store)
        seed = load_key(store, tmp_path)
        checkpoints = Checkpoints(store, seed)
        checkpoints.sign_due(NOW)
        assert checkpoints.sign_due(NOW) == 0
        again = Checkpoints(store, load_key(store, tmp_path))
        again.verify()
        assert again.sign_due(NOW) == 0

    def test_what_is_solemn_does_not_wait(self, store: Store, tmp_path: Path) -> None:
        """A phase that opens is signed at the next look; a roster's line waits for its second."""
        congress_id = found(store)
        checkpoints = Checkpoints(store, load_key(store, tmp_path))
        assert checkpoints.sign_due(NOW, solemn_only=True) == 1
        append(store, congress_id, 1)
        assert checkpoints.sign_due(NOW, solemn_only=True) == 0
        store.write_now(phases.open_phase, None, congress_id, Phase.FROZEN, now=NOW)
        assert checkpoints.sign_due(NOW, solemn_only=True) == 1

    def test_what_is_solemn_in_one_congress_is_seen_beside_a_longer_record(self, store: Store, tmp_path: Path) -> None:
        """Each record is looked at from its own last root on, whatever is signed in others."""
        congress_id = found(store)
        form = replace(FORM, title="Congrès de Sormeline", slug="sormeline")
        other = store.write_now(congresses.create, None, form, host="motion.example", now=NOW)
        assert other.id is not None
        append(store, other.id, 200)
        checkpoints = Checkpoints(store, load_key(store, tmp_path))
        assert checkpoints.sign_due(NOW) == 2
        store.write_now(phases.open_phase, None, congress_id, Phase.FROZEN, now=NOW)
        assert checkpoints.sign_due(NOW, solemn_only=True) == 1
        assert not store.read_now(signed_roots.any_waits, SOLEMN)

    def test_two_signers_sign_one_history(self, store: Store, tmp_path: Path) -> None:
        """Each goes on from what the other signed, and neither signs a size twice."""
        congress_id = found(store)
        aside = SignedAside.beside(tmp_path)
        pair = [Checkpoints(store, load_key(store, tmp_path), aside) for _ in range(2)]
        signed = []
        for turn in range(6):
            append(store, congress_id, 100)
            signed.append(sum(one.sign_due(NOW) for one in (pair if turn % 2 else pair[::-1])))
        assert signed == [1] * 6
        last = store.read_now(signed_roots.last, congress_id)
        assert last is not None and last.size == 603
        assert last.root == root_of(map(leaf_hash, store.read_now(ledger.contents, congress_id, 0, 1000)))

    def test_signers_at_the_same_time(self, store: Store, tmp_path: Path) -> None:
        """Four threads, a root for each size at most, and tiles that lead to the last one."""
        congress_id = found(store)
        seed = load_key(store, tmp_path)

        def run(_number: int) -> int:
            checkpoints = Checkpoints(store, seed, SignedAside.beside(tmp_path))
            signed = 0
            for _ in range(10):
                append(store, congress_id, 7)
                signed += checkpoints.sign_due(NOW)
            return signed

        with ThreadPoolExecutor(4) as threads:
            signed = sum(threads.map(run, range(4)))
        Checkpoints(store, seed, SignedAside.beside(tmp_path)).sign_due(NOW)
        rows = store.read_now(lambda db: db.exec(select(SignedRoot).order_by(SignedRoot.size)).all())
        leaves = [leaf_hash(content) for content in store.read_now(ledger.contents, congress_id, 0, 1000)]
        assert len(rows) in (signed, signed + 1) and rows[-1].size == 283
        assert [row.root for row in rows] == [root_of(leaves[: row.size]) for row in rows]


class TestTiles:
    """What is published is computed again when it is lost, and nothing is signed that it does not give."""

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM log_tile",
            "DELETE FROM log_tile WHERE level = 1",
            "DELETE FROM log_tile WHERE level = 0 AND number = 2",
            "UPDATE log_tile SET hashes = zeroblob(8192) WHERE number = 0",
            "UPDATE log_tile SET hashes = substr(hashes, 33) WHERE number = 2",
        ],
    )
    @pytest.mark.parametrize("is_start", [True, False])
    def test_lost_tiles_come_back(self, sqlite_store: Store, tmp_path: Path, statement: str, is_start: bool) -> None:
        """At the start; and at the next signature for those that it stands on."""
        congress_id = found(sqlite_store)
        seed = load_key(sqlite_store, tmp_path)
        checkpoints = Checkpoints(sqlite_store, seed)
        append(sqlite_store, congress_id, 597)
        checkpoints.sign_due(NOW)
        before = tiles(sqlite_store, congress_id)
        execute(sqlite_store, statement)
        if is_start:
            Checkpoints(sqlite_store, seed).verify()
            assert tiles(sqlite_store, congress_id) == before
        elif "number = 0" not in statement:
            append(sqlite_store, congress_id, 1)
            assert checkpoints.sign_due(NOW) == 1
            assert tiles(sqlite_store, congress_id).items() >= {(0, 0): before[0, 0], (1, 0): before[1, 0]}.items()

    def test_entries_changed_behind_the_tiles_sign_nothing(self, sqlite_store: Store, tmp_path: Path) -> None:
        """The tiles are lost and the entries don't give the root any more: said, not signed over."""
        congress_id = found(sqlite_store)
        checkpoints = Checkpoints(sqlite_store, load_key(sqlite_store, tmp_path))
        checkpoints.sign_due(NOW)
        execute(sqlite_store, "DELETE FROM log_tile")
        execute(sqlite_store, "UPDATE entry SET content = X'7B7D' WHERE number = 1")
        append(sqlite_store, congress_id, 1)
        assert checkpoints.sign_due(NOW) == 0
        last = sqlite_store.read_now(signed_roots.last, congress_id)
        assert last is not None and last.size == 3

    def test_a_log_of_before_the_tiles_gets_them(self, store: Store, tmp_path: Path) -> None:
        """Signed by an earlier version: the first start computes its tiles."""
        congress_id = found(store)
        seed = load_key(store, tmp_path)
        Checkpoints(store, seed).sign_due(NOW)
        execute(store, "DELETE FROM log_tile")
        Checkpoints(store, seed).verify()
        assert store.read_now(published.tile, congress_id, Tile(0, 0, 3)) is not None
        proof = store.read_now(published.proof, congress_id, 1)
        content = store.read_now(published.entry, congress_id, 1)
        assert proof is not None and content is not None
        assert verify_proof(content, proof, Signer("motion.example/ormeline/log", seed).verifier).checkpoint.size == 3


class TestOldBackup:
    """A database restored from an old backup is whole in itself: what lies beside it knows better."""

    def test_it_does_not_start(self, sqlite_store: Store, tmp_path: Path) -> None:
        """The root kept beside the key counts more entries than there are."""
        congress_id = found(sqlite_store)
        seed, aside = load_key(sqlite_store, tmp_path), SignedAside.beside(tmp_path)
        Checkpoints(sqlite_store, seed, aside).sign_due(NOW)
        backup(tmp_path)
        append(sqlite_store, congress_id, 5)
        Checkpoints(sqlite_store, seed, aside).sign_due(NOW)
        with restored(sqlite_store, tmp_path) as store:
            with pytest.raises(RecordBehind) as refused:
                Checkpoints(store, seed, aside).verify()
            assert (refused.value.signed, refused.value.found) == (8, 3)
            append(store, congress_id, 1)
            assert Checkpoints(store, seed, aside).sign_due(NOW) == 0

    def test_it_does_not_start_after_it_grew_another_way(self, sqlite_store: Store, tmp_path: Path) -> None:
        """As many entries, and others: two histories."""
        congress_id = found(sqlite_store)
        seed, aside = load_key(sqlite_store, tmp_path), SignedAside.beside(tmp_path)
        Checkpoints(sqlite_store, seed, aside).sign_due(NOW)
        backup(tmp_path)
        append(sqlite_store, congress_id, 5)
        Checkpoints(sqlite_store, seed, aside).sign_due(NOW)
        with restored(sqlite_store, tmp_path) as store:
            append(store, congress_id, 9, added=7)
            with pytest.raises(RecordAltered):
                Checkpoints(store, seed, aside).verify()

    def test_a_retired_record_is_left_alone(self, sqlite_store: Store, tmp_path: Path) -> None:
        """Part of it is lost: it is published as it stands, and never signed again."""
        congress_id = found(sqlite_store)
        seed, aside = load_key(sqlite_store, tmp_path), SignedAside.beside(tmp_path)
        Checkpoints(sqlite_store, seed, aside).sign_due(NOW)
        backup(tmp_path)
        append(sqlite_store, congress_id, 5)
        Checkpoints(sqlite_store, seed, aside).sign_due(NOW)
        with restored(sqlite_store, tmp_path) as store:
            store.write_now(signed_roots.retire, congress_id, now=NOW)
            again = Checkpoints(store, seed, aside)
            again.verify()
            append(store, congress_id, 1)
            assert again.sign_due(NOW) == 0

    def test_a_crash_before_the_commit_is_no_old_backup(self, store: Store, tmp_path: Path) -> None:
        """Kept beside the key, not in the database: the entries lead to it, and the same bytes are signed again."""
        congress_id = found(store)
        seed, aside = load_key(store, tmp_path), SignedAside.beside(tmp_path)
        checkpoints = Checkpoints(store, seed, aside)
        checkpoints.sign_due(NOW)
        append(store, congress_id, 2)
        checkpoints.sign_due(NOW)
        kept = aside.path("motion.example/ormeline/log").read_bytes()
        execute(store, "DELETE FROM checkpoint WHERE size = 5")
        execute(store, "DELETE FROM log_tile")
        again = Checkpoints(store, seed, aside)
        again.verify()
        assert again.sign_due(NOW) == 1
        last = store.read_now(signed_roots.last, congress_id)
        assert last is not None and last.note.encode() == kept

    def test_a_damaged_file_stops_nothing(self, sqlite_store: Store, tmp_path: Path) -> None:
        """It proves nothing, and the next signature writes it anew."""
        congress_id = found(sqlite_store)
        seed, aside = load_key(sqlite_store, tmp_path), SignedAside.beside(tmp_path)
        Checkpoints(sqlite_store, seed, aside).sign_due(NOW)
        path = aside.path("motion.example/ormeline/log")
        path.write_bytes(path.read_bytes()[:50])
        again = Checkpoints(sqlite_store, seed, aside)
        again.verify()
        append(sqlite_store, congress_id, 1)
        assert again.sign_due(NOW) == 1
        assert open_checkpoint(path.read_bytes(), again.signer("motion.example/ormeline/log").verifier)


class TestStart:
    """What an altered record meets."""

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE entry SET content = CAST(replace(CAST(content AS TEXT), 'hour', 'hand') AS BLOB) WHERE number = 1",
            "DELETE FROM entry WHERE number = 2",
            "UPDATE entry SET number = number + 10 WHERE number = 0",
            "UPDATE checkpoint SET note = replace(note, 'ormeline', 'ailleurs')",
        ],
    )
    def test_an_altered_record_stops_the_service(self, sqlite_store: Store, tmp_path: Path, statement: str) -> None:
        """An entry edited, removed or moved; a checkpoint edited."""
        found(sqlite_store)
        Checkpoints(sqlite_store, load_key(sqlite_store, tmp_path)).sign_due(NOW)
        execute(sqlite_store, statement)
        with pytest.raises(RecordAltered) as refused:
            Checkpoints(sqlite_store, load_key(sqlite_store, tmp_path)).verify()
        assert refused.value.slug == "ormeline"

    def test_a_whole_record_starts(self, store: Store, tmp_path: Path) -> None:
        """Entries after the last checkpoint are welcome: a crash came before the signature."""
        congress_id = found(store)
        Checkpoints(store, load_key(store, tmp_path)).sign_due(NOW)
        store.write_now(phases.open_phase, None, congress_id, Phase.FROZEN, now=NOW)
        again = Checkpoints(store, load_key(store, tmp_path))
        again.verify()
        assert again.sign_due(NOW) == 1

    def test_whoever_starts_together_signs_with_one_key(self, store: Store, tmp_path: Path) -> None:
        """One file of 64 hexadecimal digits, for its owner alone."""
        with ThreadPoolExecutor(4) as threads:
            [seed] = set(threads.map(lambda _: load_key(store, tmp_path / "data"), range(4)))
        [path] = (tmp_path / "data").iterdir()
        assert (path.name, path.read_text(), path.stat().st_mode & 0o777) == ("log.key", seed.hex() + "\n", 0o600)

    def test_a_lost_key_is_not_replaced(self, sqlite_store: Store, tmp_path: Path) -> None:
        """A second key would sign a second history."""
        found(sqlite_store)
        Checkpoints(sqlite_store, load_key(sqlite_store, tmp_path)).sign_due(NOW)
        (tmp_path / "log.key").unlink()
        with pytest.raises(KeyMissing):
            load_key(sqlite_store, tmp_path)

    def test_a_damaged_key_is_said(self, sqlite_store: Store, tmp_path: Path) -> None:
        """Sixty-four hexadecimal digits or nothing."""
        (tmp_path / "log.key").write_text("not a key")
        with pytest.raises(KeyUnreadable):
            load_key(sqlite_store, tmp_path)

    def test_the_key_is_the_owner_s_alone(self, sqlite_store: Store, tmp_path: Path) -> None:
        """Nobody else on the machine reads it."""
        load_key(sqlite_store, tmp_path)
        assert (tmp_path / "log.key").stat().st_mode & 0o077 == 0
