"""search

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from storage.migrations.no_way_back import NoWayBack

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "search_passage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), sa.ForeignKey("congress.id"), nullable=False),
        sa.Column("motion_id", sa.Integer(), sa.ForeignKey("motion.id"), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("anchor", AutoString(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("(motion_id IS NULL) <> (entry IS NULL)", name="search_passage_of"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("search_passage_motion", "search_passage", ["motion_id", "place"])
    op.create_index("search_passage_entry", "search_passage", ["congress_id", "entry"])
    op.create_table(
        "search_stem",
        sa.Column("congress_id", sa.Integer(), sa.ForeignKey("congress.id"), nullable=False),
        sa.Column("stem", AutoString(), nullable=False),
        sa.Column("passage_id", sa.Integer(), sa.ForeignKey("search_passage.id"), nullable=False),
        sa.PrimaryKeyConstraint("congress_id", "stem", "passage_id"),
    )
    op.create_index("search_stem_passage", "search_stem", ["passage_id"])
    op.create_table(
        "search_state",
        sa.Column("congress_id", sa.Integer(), sa.ForeignKey("congress.id"), nullable=False),
        sa.Column("motion_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("congress_id", "motion_id"),
    )


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
