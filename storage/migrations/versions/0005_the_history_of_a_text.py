"""the history of a text

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.migrations.no_way_back import NoWayBack

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "text_history",
        sa.Column("motion_id", sa.Integer(), sa.ForeignKey("motion.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("motion_id"),
    )
    op.create_table(
        "text_chunk",
        sa.Column("motion_id", sa.Integer(), sa.ForeignKey("motion.id"), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("base_entry", sa.Integer(), nullable=False),
        sa.Column("base_at", UTCDateTime(), nullable=True),
        sa.Column("first_change", sa.Integer(), nullable=False),
        sa.Column("changes_count", sa.Integer(), nullable=False),
        sa.Column("keyframe", sa.LargeBinary(), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("motion_id", "chunk"),
    )


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
