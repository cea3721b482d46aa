"""What was taken out for good, and those who read meanwhile: a scrub waits its turn and says when it could not."""

from sqlalchemy import text

from storage.snapshot import Snapshot
from storage.store import Store


def test_nothing_is_scrubbed_while_an_export_still_sees_it(store: Store) -> None:
    """On either database: it says that it could not, and does it once the export is over."""
    store.write_now(lambda db: db.execute(text("INSERT INTO sign_in_attempt (key, at) VALUES ('a', '2031-11-15')")))
    snapshot = Snapshot(store)
    store.write_now(lambda db: db.execute(text("DELETE FROM sign_in_attempt")))
    assert not store.scrub_now()
    assert snapshot.read_now(lambda db: db.execute(text("SELECT count(*) FROM sign_in_attempt")).scalar_one()) == 1
    snapshot.close()
    assert store.scrub_now()
    if not store.is_sqlite:
        size = text("SELECT pg_relation_size('sign_in_attempt')")
        assert store.read_now(lambda db: db.execute(size).scalar_one()) == 0  # no page of it is left


def test_another_who_only_reads_a_moment_is_waited_for(store: Store) -> None:
    """Whoever came after what was taken out holds nothing back."""
    store.write_now(lambda db: db.execute(text("INSERT INTO sign_in_attempt (key, at) VALUES ('a', '2031-11-15')")))
    store.write_now(lambda db: db.execute(text("DELETE FROM sign_in_attempt")))
    assert store.scrub_now()
    later = Snapshot(store)
    try:
        assert store.is_sqlite or store.scrub_now()
    finally:
        later.close()
