"""Long tasks: previewed, confirmed, resumed after a crash."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from motion.work import jobs
from storage import jobs as rows
from storage.models import Entry, Job, Official
from storage.store import Store
from tests.acts.people import NOW, Hall, hall
from tests.acts.test_roster import LIST


@pytest.fixture
def there(store: Store) -> Iterator[Hall]:
    yield hall(store)


def now():
    return NOW


def add(store: Store, there: Hall, kind: str, content: bytes, **arguments: object) -> int:
    def insert(db):
        number = rows.receive(db, there.congress, kind, arguments, NOW)
        for place, start in enumerate(range(0, len(content), rows.PIECE_BYTES)):
            rows.keep_piece(db, number, place, content[start : start + rows.PIECE_BYTES])
        rows.ready(db, number)
        return number

    return store.write_now(insert)


def has_file(store: Store, job_id: int) -> bool:
    return store.read_now(rows.has_file, job_id)


def job(store: Store, job_id: int) -> Job:
    return store.read_now(lambda db: db.get_one(Job, job_id))


def test_a_preview_says_what_would_be_done(store: Store, there: Hall) -> None:
    """Counts and first lines as JSON; the roster stays."""
    number = add(store, there, "roster.preview", LIST.encode(), filename="liste.csv")
    assert jobs.run_due(store, now) == 1
    row = job(store, number)
    assert row.state == "done" and row.done == row.total > 0
    outcome = json.loads(row.outcome)
    assert outcome["counts"]["added"] == 2
    assert outcome["added"][0]["name"] == "Solène Kervadec"
    assert jobs.run_due(store, now) == 0


def confirmed(store: Store, there: Hall) -> int:
    number = add(store, there, "roster.preview", LIST.encode(), filename="liste.csv")
    jobs.run_due(store, now)
    digest = json.loads(job(store, number).outcome)["digest"]
    return add(
        store,
        there,
        "roster.import",
        LIST.encode(),
        filename="l.csv",
        secretary=there.ines,
        digest=digest,
        decisions={},
    )


def test_a_confirmed_import_is_applied_and_its_file_forgotten(store: Store, there: Hall) -> None:
    """The file held birth dates: it goes with the import."""
    number = confirmed(store, there)
    jobs.run_due(store, now)
    assert job(store, number).state == "done"
    assert not has_file(store, number)
    assert len(store.read_now(lambda db: db.exec(select(Official)).all())) == 4


def test_the_counts_of_an_import_are_what_was_done(store: Store, there: Hall) -> None:
    """The doubtful lines that were decided stand with the additions and the changes."""
    text = (
        "Nom;Prénom;Mandat;Commune;Courriel\nMerlan;Basile;maire;Brumeval;\nMerlan;Basile;maire;Lande;\nTarn;Zoé;;;\n"
    )
    preview = add(store, there, "roster.preview", text.encode(), filename="liste.csv")
    jobs.run_due(store, now)
    outcome = json.loads(job(store, preview).outcome)
    assert (outcome["counts"]["added"], outcome["counts"]["doubtful"]) == (1, 2)
    decisions = store.write_now(rows.decide, preview, {"2": "add", "3": ""})
    arguments = {"secretary": there.ines, "digest": outcome["digest"], "decisions": decisions}
    number = add(store, there, "roster.import", text.encode(), filename="l.csv", **arguments)
    jobs.run_due(store, now)
    done = json.loads(job(store, number).outcome)["counts"]
    assert (done["added"], done["changed"], done["doubtful"], done["left"]) == (2, 0, 1, 0)
    assert len(store.read_now(lambda db: db.exec(select(Official)).all())) == 4


def test_a_job_cut_by_a_crash_runs_again(store: Store, there: Hall) -> None:
    """Before or after its act: either way the roster is imported once."""
    number = confirmed(store, there)
    store.write_now(rows.claim, number, "dead", NOW - rows.LEASE)  # then the process dies
    assert jobs.run_due(store, now) == 1
    entries = len(store.read_now(lambda db: db.exec(select(Entry)).all()))

    def cut(db):
        row = db.get_one(Job, number)
        row.state, row.leased_until = "running", NOW - timedelta(seconds=1)
        db.add(row)
        rows.keep_piece(db, number, 0, LIST.encode())

    store.write_now(cut)
    assert jobs.run_due(store, now) == 1
    assert job(store, number).state == "done"
    assert len(store.read_now(lambda db: db.exec(select(Entry)).all())) == entries


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"", "NotATable"), (b"PK\x03\x04 zip", "NotATable"), (b"a;b\nc;d\n", "MissingColumns")],
)
def test_a_refusal_is_an_outcome(store: Store, there: Hall, content: bytes, error: str) -> None:
    """The page can say why; the next job still runs."""
    bad = add(store, there, "roster.preview", content, filename="x.csv")
    good = add(store, there, "roster.preview", LIST.encode(), filename="x.csv")
    jobs.run_due(store, now)
    assert (job(store, bad).state, json.loads(job(store, bad).outcome)["error"]) == ("failed", error)
    assert job(store, good).state == "done"


def test_files_are_forgotten_after_a_day(store: Store, there: Hall) -> None:
    """A preview that nobody confirmed leaves no birth dates behind."""
    number = add(store, there, "roster.preview", LIST.encode(), filename="x.csv")
    jobs.run_due(store, now)
    jobs.run_due(store, lambda: NOW + timedelta(hours=25))
    assert not has_file(store, number)


class TestSeveralProcesses:
    """Two `motion work` on one database."""

    def test_a_job_is_run_by_one(self, store: Store, there: Hall) -> None:
        """Of eight that claim at the same moment, one has it."""
        number = add(store, there, "roster.preview", LIST.encode(), filename="x.csv")
        start = threading.Barrier(8)

        def claim(name: str) -> bool:
            start.wait()
            return store.write_now(rows.claim, number, name, NOW) is not None

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(claim, "abcdefgh")) == 1

    def test_nobody_else_touches_it_before_the_lease_ends(self, store: Store, there: Hall) -> None:
        """Then the next one takes it over, and the first one's words no longer count."""
        number = add(store, there, "roster.preview", LIST.encode(), filename="x.csv")
        store.write_now(rows.claim, number, "first", NOW)
        almost = NOW + rows.LEASE - timedelta(seconds=1)
        assert jobs.run_due(store, lambda: almost, "second") == 0
        assert store.write_now(rows.progress, number, "first", 10, almost)  # a sign of life
        assert jobs.run_due(store, lambda: NOW + rows.LEASE, "second") == 0
        later = almost + rows.LEASE
        assert store.read_now(rows.due, later, tuple(jobs.KINDS)) == [number]
        assert store.write_now(rows.claim, number, "second", later) is not None
        assert not store.write_now(rows.progress, number, "first", 20, later)
        store.write_now(rows.finish, number, "first", "failed", {}, later)
        assert (job(store, number).state, job(store, number).owner) == ("running", "second")

    def test_a_slow_one_stops_when_it_was_taken_over(self, store: Store, there: Hall) -> None:
        """Without noting an outcome, and without a failure on the page."""
        number = add(store, there, "roster.preview", LIST.encode(), filename="x.csv")
        taken = False

        def clock():
            nonlocal taken
            if not taken and job(store, number).state == "running":
                taken = True
                store.write_now(rows.claim, number, "second", NOW + rows.LEASE)
            return NOW

        assert jobs.run(store, number, clock, "first")
        assert (job(store, number).state, job(store, number).owner) == ("running", "second")


def test_a_file_that_never_arrived_whole_is_not_run(store: Store, there: Hall) -> None:
    """The browser went away: nothing is read, and a day later nothing is left."""

    def half(db):
        number = rows.receive(db, there.congress, "roster.preview", {}, NOW)
        rows.keep_piece(db, number, 0, LIST.encode()[:50])
        return number

    number = store.write_now(half)
    assert jobs.run_due(store, now) == 0
    jobs.run_due(store, lambda: NOW + timedelta(hours=25))
    assert not has_file(store, number)


def test_a_file_in_many_pieces_is_read_as_one(store: Store, there: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut in the middle of a line, of a letter."""
    monkeypatch.setattr(rows, "PIECE_BYTES", 101)
    content = LIST.encode()
    number = add(store, there, "roster.preview", content, filename="x.csv")
    jobs.run_due(store, now)
    assert json.loads(job(store, number).outcome)["counts"]["added"] == 2
    assert job(store, number).total == len(content)
