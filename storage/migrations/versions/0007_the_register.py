"""the register

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.no_way_back import NoWayBack

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index("entry_official", "entry", ["congress_id", "official_id", "number"])
    op.create_index("entry_at", "entry", ["congress_id", "at"])
    others = sa.text("kind NOT IN ('crdt.update', 'client.bind')")
    op.create_index("entry_kind", "entry", ["congress_id", "number"], sqlite_where=others, postgresql_where=others)


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
