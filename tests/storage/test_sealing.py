"""Objects out of publication, and a database that keeps nothing of what was taken out."""

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import sealing
from storage.store import Store


class TestKey:
    """One file of the data folder."""

    def test_it_is_made_once_and_for_its_owner_alone(self, tmp_path: Path) -> None:
        """The same at each start."""
        key = sealing.load_key(tmp_path / "data")
        assert len(key) == 32 and sealing.load_key(tmp_path / "data") == key
        assert stat.S_IMODE((tmp_path / "data" / sealing.FILE).stat().st_mode) == 0o600
        assert [path.name for path in (tmp_path / "data").iterdir()] == [sealing.FILE]


class TestSealed:
    """Encrypted and bound to its name."""

    def test_what_was_locked_away_is_taken_out_again(self) -> None:
        """And cannot be read in between."""
        sealed = sealing.lock_away(bytes(32), bytes(12), "ab", b"Un propos.")
        assert b"propos" not in sealed
        assert sealing.take_out(bytes(32), "ab", sealed) == b"Un propos."

    def test_another_key_name_or_byte_opens_nothing(self) -> None:
        """With the documented error."""
        sealed = sealing.lock_away(bytes(32), bytes(12), "ab", b"Un propos.")
        for key, name, data in (
            (b"\1" * 32, "ab", sealed),
            (bytes(32), "ac", sealed),
            (bytes(32), "ab", sealed[:-1]),
            (bytes(32), "ab", b""),
        ):
            with pytest.raises(sealing.SealBroken):
                sealing.take_out(key, name, data)


class TestScrub:
    """No page of before lingers beside the database."""

    def test_the_write_ahead_log_is_cut(self, sqlite_store: Store, tmp_path: Path) -> None:
        """What an update replaced is neither in the file nor in its log."""

        def write(db: object, words: str) -> None:
            db.execute(  # type: ignore[attr-defined]
                text("INSERT INTO sign_in_attempt (key, at) VALUES (:words, '2031-11-15')"), {"words": words}
            )

        sqlite_store.write_now(write, "un propos interdit" * 500)
        sqlite_store.write_now(lambda db: db.execute(text("DELETE FROM sign_in_attempt")))
        assert any(b"propos" in path.read_bytes() for path in tmp_path.glob("motion.sqlite*"))
        assert sqlite_store.scrub_now()
        assert not any(b"propos" in path.read_bytes() for path in tmp_path.glob("motion.sqlite*"))

    def test_a_reader_is_waited_for_and_then_given_up(self, sqlite_store: Store) -> None:
        """Hardly, for nobody's words are committed meanwhile. It says so, and the next attempt does it."""
        ready, go = threading.Event(), threading.Event()

        def read(db: object) -> None:
            db.execute(text("SELECT * FROM congress")).all()  # type: ignore[attr-defined]
            ready.set()
            go.wait(120)

        sqlite_store.write_now(lambda db: db.execute(text("DELETE FROM sign_in_attempt")))
        reader = threading.Thread(target=sqlite_store.read_now, args=(read,))
        reader.start()
        assert ready.wait(30)
        sqlite_store.write_now(
            lambda db: db.execute(text("INSERT INTO sign_in_attempt (key, at) VALUES ('a', '2031-11-15')"))
        )
        assert not sqlite_store.scrub_now()
        assert reader.is_alive()  # it was not waited for to the end
        go.set()
        reader.join()
        assert sqlite_store.scrub_now()

    def test_on_postgresql_a_vacuum_is_asked_for(self, store: Store) -> None:
        """On either database it is a matter of one call."""
        assert store.scrub_now()
