"""One consistent view of the database for as long as it is open: what an export reads while others write.

SQLite in WAL and PostgreSQL under REPEATABLE READ both show a transaction the state of its first read. While it is
open SQLite's write-ahead log is not folded in, and PostgreSQL keeps dead rows: it is for minutes, not for days.
"""

import threading
from collections.abc import Callable
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from sqlalchemy import text
from sqlmodel import Session

from storage.store import Store

P = ParamSpec("P")
T = TypeVar("T")


class Snapshot(Store):
    """A store as it was when this was made. Reads one after the other, writes nothing; `close` spares the store."""

    def __init__(self, store: Store) -> None:
        self.url, self.is_sqlite, self.engine = store.url, store.is_sqlite, store.engine
        self._lock = threading.Lock()
        self._connection = store.engine.connect()
        if not store.is_sqlite:
            self._connection = self._connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._connection.execute(text("SELECT count(*) FROM congress"))  # the first read fixes what is seen

    async def read(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query, in the caller's thread: nobody else waits on the loop of an export."""
        return self.read_now(function, *args, **kwargs)

    def read_now(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on the state that is kept."""
        session = Session(self._connection, expire_on_commit=False, join_transaction_mode="rollback_only")
        with self._lock, session:
            return function(session, *args, **kwargs)

    async def write(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        self.write_now()

    def write_now(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("a snapshot is only read")

    def close(self) -> None:
        """Let go of the view; the store it was taken from stays open."""
        self._connection.close()
