"""the history of a text

Revision: 0005
Follows: 0004
"""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""


def downgrade() -> None:
    """A record is never taken back: restore the backup made before the migration."""
    raise NotImplementedError
