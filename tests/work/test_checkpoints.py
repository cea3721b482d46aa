"""The service signs its record, and refuses to start on another one."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from motion.acts import congresses, phases
from motion.acts.congresses import NewCongress
from motion.record.checkpoint import Signer, open_checkpoint
from motion.record.tree import leaf_hash, root_of
from motion.rules.vocabulary import Phase
from motion.work.checkpoints import Checkpoints, KeyMissing, KeyUnreadable, RecordAltered, load_key
from storage import ledger, signed_roots
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
