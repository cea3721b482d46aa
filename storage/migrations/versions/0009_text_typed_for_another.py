"""text typed for another

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.no_way_back import NoWayBack

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    for table in ("client_binding", "draft_update"):
        # In one statement on both databases: a batch would copy the largest table there is.
        op.execute(f"ALTER TABLE {table} ADD COLUMN for_id INTEGER REFERENCES official (id)")
    op.add_column("motion", sa.Column("typed_for", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
