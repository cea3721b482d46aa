"""what a congress can decide

Revision: 0002
Follows: 0001
"""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""


def downgrade() -> None:
    """A record is never taken back: restore the backup made before the migration."""
    raise NotImplementedError
