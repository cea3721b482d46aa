"""what a congress can decide: a motion rejected, a motion withdrawn

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.migrations.no_way_back import NoWayBack

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CONDITIONS = {
    "motion_state": "state IN ('drafting', 'frozen', 'adopted', 'rejected', 'withdrawn')",
    "motion_voted": "state NOT IN ('adopted', 'rejected') OR (digest IS NOT NULL AND votes_for IS NOT NULL)",
    "motion_ended": (
        "(state = 'rejected') = (rejected_at IS NOT NULL) AND (state = 'withdrawn') = (withdrawn_at IS NOT NULL)"
    ),
}


def upgrade() -> None:
    """Bring the tables to this revision."""
    with op.batch_alter_table("motion") as batch_op:
        batch_op.drop_constraint("motion_state", type_="check")
        batch_op.drop_constraint("motion_adopted", type_="check")
        batch_op.add_column(sa.Column("rejected_at", UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", UTCDateTime(), nullable=True))
        for name, condition in CONDITIONS.items():
            batch_op.create_check_constraint(name, condition)


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
