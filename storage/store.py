"""The one door to the database.

`await store.read(function, *arguments)` and `await store.write(function, *arguments)`: the function
is ordinary and synchronous, receives the SQLAlchemy session first, and can be called directly in a
test. Callers never see a session's life: `write` commits on return and rolls back on any exception.

SQLite gives one writer at a time: a single thread writes, each time under `BEGIN IMMEDIATE`, in WAL
with `synchronous=FULL` (what was committed survives a power cut). PostgreSQL serialises what must be
in order with the advisory lock of `storage.ledger.lock`.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url
from sqlmodel import Session

# `Session` is the type of the first argument of whatever goes through the door.
__all__ = ["Session", "Store"]

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4  # threads; a page is one read of a few milliseconds
WRITERS_POSTGRESQL = 4  # threads; acts of different congresses need not wait for each other
BUSY_TIMEOUT_MS = 10_000  # another process (a command, a backup) may hold SQLite's write lock for a while

# Whoever cuts the write-ahead log waits for readers with the write lock in hand: a blink, for words wait meanwhile.
SCRUB_WAIT_MS = 250

# PostgreSQL keeps dead rows for as long as a transaction may still see them: a vacuum that runs while an export reads
# leaves them all, and says nothing. What comes after all that is committed is asked first, then the oldest that anybody
# still sees.
_NEXT_TRANSACTION = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_OLDEST_SEEN = f"""
    SELECT ({_NEXT_TRANSACTION}) - coalesce(max(age(backend_xmin)), 0) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Store:
    """A database, its engine and its threads. One for each process; `close` it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        # Who waits here is served at once; who waits inside SQLite sleeps, up to a tenth of a second, and asks again.
        self._one_writer: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()
        self._writers = ThreadPoolExecutor(1 if self.is_sqlite else WRITERS_POSTGRESQL, "store-write")

    async def read(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query in one transaction that is never committed."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, lambda: self.read_now(function, *args, **kwargs)
        )

    async def write(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a deed in one transaction: all of it is durable when this returns, or none of it.

        A caller that is cancelled meanwhile doesn't stop the thread: the deed may still be committed.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._writers, lambda: self.write_now(function, *args, **kwargs)
        )

    def read_now(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for the command line and for tests, in the caller's thread."""
        with Session(self.engine, expire_on_commit=False) as session:
            return function(session, *args, **kwargs)

    def write_now(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` for the command line and for tests, in the caller's thread."""
        engine = self.engine.execution_options(motion_writes=True)
        with self._one_writer, Session(engine, expire_on_commit=False) as session, session.begin():
            return function(session, *args, **kwargs)

    async def scrub(self) -> bool:
        """Let no page of before linger beside the database, after a deed that took something out of it for good.

        SQLite has overwritten it in the file by then (`secure_delete`), and may still hold the former pages in its
        write-ahead log: they are folded in and the log is cut to nothing. On PostgreSQL the vacuum decides when dead
        rows go: this asks for one, which may take minutes, once nobody sees those rows any more.

        Returns:
            Whether it is done; False when a reader was at work all the while: ask again later.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writers, self.scrub_now)

    def scrub_now(self) -> bool:
        """`scrub` for the command line and for tests, in the caller's thread."""
        if self.is_sqlite:
            with self._one_writer, self.engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute(f"PRAGMA busy_timeout={SCRUB_WAIT_MS}")
                try:
                    busy, _pages, _moved = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                finally:
                    driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
                return not busy
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            taken_out_before = connection.exec_driver_sql(_NEXT_TRANSACTION).scalar_one()
            until = time.monotonic() + SCRUB_WAIT_MS / 1000
            while connection.exec_driver_sql(_OLDEST_SEEN).scalar_one() < taken_out_before:
                if time.monotonic() > until:
                    return False
                time.sleep(SCRUB_WAIT_MS / 10_000)
            connection.exec_driver_sql("VACUUM")
        return True

    def close(self) -> None:
        """Wait for what is under way, then let go of the database."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    database = make_url(url).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False})
    # Many rows are one statement: the driver lets go of the interpreter at each, and beside a busy event loop it waits
    # five milliseconds to have it back. A window of a hundred words waited a quarter of a second.
    engine.dialect.use_insertmanyvalues_wo_returning = True

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver must not open transactions of its own: `begin` below says which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")  # readers don't wait for the writer
        cursor.execute("PRAGMA synchronous=FULL")  # a committed act survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")  # off by default in SQLite
        cursor.execute("PRAGMA secure_delete=ON")  # what was taken out of a row is overwritten in the file
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # IMMEDIATE: a deed that reads first and writes later must not find the lock taken in between.
        writes = connection.get_execution_options().get("motion_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: str) -> Engine:
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    return create_engine(parsed, pool_size=READERS + WRITERS_POSTGRESQL, pool_pre_ping=True)
