"""Long tasks: previewed, confirmed, resumed after a crash."""

import json
from collections.abc import Iterator
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
        job = Job(congress_id=there.congress, kind=kind, file=content, arguments=json.dumps(arguments), created_at=NOW)
        db.add(job)
        db.flush()
        return job.id

    return store.write_now(insert)


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
    assert job(store, number).file is None
    assert len(store.read_now(lambda db: db.exec(select(Official)).all())) == 4


def test_a_job_cut_by_a_crash_runs_again(store: Store, there: Hall) -> None:
    """Before or after its act: either way the roster is imported once."""
    number = confirmed(store, there)
    store.write_now(rows.start, number)  # then the process dies
    assert jobs.run_due(store, now) == 1
    entries = len(store.read_now(lambda db: db.exec(select(Entry)).all()))

    def cut(db):
        row = db.get_one(Job, number)
        row.state, row.file = "running", LIST.encode()
        db.add(row)

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
    assert job(store, number).file is None
