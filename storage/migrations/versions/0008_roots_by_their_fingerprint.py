"""roots by their fingerprint

Revision: 0008
Follows: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index("checkpoint_root", "checkpoint", ["congress_id", "root"])


def downgrade() -> None:
    """A record is never taken back: restore the backup made before the migration."""
    raise NotImplementedError
