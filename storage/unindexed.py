"""A column that SQLite does not look for in an index.

SQLite chooses an index by the conditions alone: it counts no rows, and would read all contributions of a congress to
find the few of one commune. A `+` before a column keeps it from that (https://sqlite.org/optoverview.html, 6.3).
PostgreSQL counts, and is asked of the column itself.
"""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Unindexed(FunctionElement[Any]):
    """The same column, for a condition where another one leaves fewer rows."""

    name = "unindexed"
    inherit_cache = True


@compiles(Unindexed)
def _itself(column: Unindexed, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(column.clauses, **kwargs)


@compiles(Unindexed, "sqlite")
def _plus(column: Unindexed, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"+{compiler.process(column.clauses, **kwargs)}"
