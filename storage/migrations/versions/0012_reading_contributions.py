"""reading contributions: which version somebody has read, and the stems of their words

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from storage.migrations.no_way_back import NoWayBack

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("contribution", sa.Column("read_version", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "contribution_stem",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("stem", AutoString(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["congress_id"], ["congress.id"]),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"]),
        sa.PrimaryKeyConstraint("congress_id", "stem", "contribution_id"),
    )
    op.create_index("contribution_stem_contribution", "contribution_stem", ["contribution_id"])


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
