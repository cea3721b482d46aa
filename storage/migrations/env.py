"""Alembic's entry: runs the migrations on the connection that `storage.migrate` hands over."""

from typing import Any, Literal

import sqlmodel
from alembic import context
from alembic.autogenerate.api import AutogenContext

import storage.models  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write SQLModel's column types by their short names, as the template imports them."""
    if kind == "type" and type(item).__module__.startswith("sqlmodel"):
        return f"{type(item).__name__}()"
    return False


context.configure(
    render_item=render_item,
    connection=connection,
    target_metadata=sqlmodel.SQLModel.metadata,
    # SQLite can't alter a table in place: Alembic copies it.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
