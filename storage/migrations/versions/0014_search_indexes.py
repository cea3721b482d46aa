"""search indexes: what pages look for is found by an index; which signs of a text stand in for letters taken out

Revision: 0014
Follows: 0013
"""

import json
import re
from itertools import chain
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from motion.rules.names import folded
from storage.migrations.no_way_back import NoWayBack

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    _index_contributions()
    rare = sa.text("kind NOT IN ('crdt.update', 'client.bind')")
    for name, columns in (
        ("entry_kind_each", ["congress_id", "kind", "number"]),
        ("entry_kind_motion", ["motion_id", "number"]),
    ):
        op.create_index(name, "entry", columns, sqlite_where=rare, postgresql_where=rare)
    if op.get_bind().dialect.name == "postgresql":  # SQLite orders all text by its bytes
        op.execute('ALTER TABLE search_stem ALTER COLUMN stem TYPE VARCHAR COLLATE "C"')
    _say_what_is_masked()


def _index_contributions() -> None:
    for name, columns in (
        ("contribution_channel", ["congress_id", "channel", "state", "number"]),
        ("contribution_news", ["congress_id", "entry"]),
        ("contribution_sheet", ["congress_id", "sheet"]),
        ("contribution_foreign_id", ["congress_id", "foreign_id"]),
        ("contribution_email_hash", ["congress_id", "email_hash"]),
    ):
        op.create_index(name, "contribution", columns)
    _index_some("contribution_unread", "contribution", ["congress_id", "number"], "read_version < version")
    _index_some(
        "contribution_message_unsettled", "contribution_message", ["kind", "contribution_id"], "settled_at IS NULL"
    )
    op.create_index("contribution_file_name", "contribution_file", ["name"])
    op.create_index("transcript_entry", "transcript", ["entry"])
    op.add_column("contribution_version", sa.Column("commune_folded", AutoString(), nullable=False, server_default=""))
    _fold_communes()
    for name, columns in (
        ("contribution_version_department", ["department_code"]),
        ("contribution_version_folded", ["commune_folded"]),
        ("contribution_version_entry", ["entry"]),
        ("contribution_version_published", ["published_entry"]),
    ):
        op.create_index(name, "contribution_version", columns)
    op.drop_index("contribution_version_commune", "contribution_version")  # by its code, which nobody asked for
    _index_some("contribution_version_official", "contribution_version", ["contribution_id"], "is_official IS {}")
    _index_some("contribution_version_gone", "contribution_version", ["contribution_id"], "is_gone IS {}")


def _index_some(name: str, table: str, columns: list[str], condition: str) -> None:
    where: dict[str, Any] = {
        "sqlite_where": sa.text(condition.format("1")),
        "postgresql_where": sa.text(condition.format("true")),
    }
    op.create_index(name, table, columns, **where)


def _fold_communes() -> None:
    """Fold the names that are there, without accents or capitals."""
    version = sa.table(
        "contribution_version",
        *(sa.column(name) for name in ("contribution_id", "version", "commune", "commune_folded")),
    )
    ids = version.c.contribution_id, version.c.version
    named = op.get_bind().execute(sa.select(*ids, version.c.commune).where(version.c.commune != "")).all()
    if named:
        fold = version.update().where(ids[0] == sa.bindparam("one"), ids[1] == sa.bindparam("other"))
        rows = [{"one": row[0], "other": row[1], "name": folded(row[2])} for row in named]
        op.get_bind().execute(fold.values(commune_folded=sa.bindparam("name")), rows)


def _say_what_is_masked() -> None:
    """Of a text that lost words before: each sign that stands in for a letter, as every page took it until now.

    What is computed from its updates did not know which; it is computed again.
    """
    op.add_column("motion", sa.Column("masked", sa.Text(), nullable=False, server_default="[]"))
    bind = op.get_bind()
    lost = "SELECT id FROM motion WHERE redacted_entry > 0"
    for table in ("draft_snapshot", "text_chunk"):
        bind.execute(sa.text(f"DELETE FROM {table} WHERE motion_id IN ({lost})"))
    history = sa.table(
        "text_history",
        *(sa.column(name) for name in ("motion_id", "version", "number", "entry", "changes", "at")),
        *(sa.column(name, sa.LargeBinary()) for name in ("state", "summary", "told")),
    )
    nothing = {"number": 0, "entry": -1, "changes": 0, "at": None, "state": b"", "summary": b"", "told": b""}
    ids = [row[0] for row in bind.execute(sa.text(lost))]
    bind.execute(history.update().where(history.c.motion_id.in_(ids)).values(version=history.c.version + 1, **nothing))
    standing = sa.text("SELECT id, text FROM motion WHERE id IN (SELECT motion_id FROM redaction WHERE is_masked)")
    for motion, text in bind.execute(standing).all():
        parts = re.findall("([^\u2592]*)(\u2592+)", text)
        runs = chain.from_iterable(((len(others), 0), (len(signs), 1)) for others, signs in parts)
        kept = json.dumps([run for run in runs if run[0]])
        bind.execute(sa.text("UPDATE motion SET masked = :kept WHERE id = :motion"), {"kept": kept, "motion": motion})


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
