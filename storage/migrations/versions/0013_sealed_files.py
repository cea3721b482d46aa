"""sealed files: whether the file of a withdrawn object is encrypted

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.no_way_back import NoWayBack

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    # False for what was withdrawn before: `motion.work.seals` finds those files and seals them.
    op.add_column(
        "withdrawn_object", sa.Column("is_blob_sealed", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
