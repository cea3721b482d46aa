"""roots by their fingerprint

Revision: 0008
Follows: 0007
"""

from alembic import op

from storage.migrations.no_way_back import NoWayBack

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index("checkpoint_root", "checkpoint", ["congress_id", "root"])


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
