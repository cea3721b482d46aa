"""redactions: what is taken out of publication, sealed for a time or erased

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from storage.migrations.no_way_back import NoWayBack

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "redaction_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("who", AutoString(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('retrait', 'effacement')", name="redaction_request_kind"),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dropped')", name="redaction_request_state"),
        sa.ForeignKeyConstraint(["asked_by"], ["secretary.id"]),
        sa.ForeignKeyConstraint(["congress_id"], ["congress.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_redaction_request_congress_id", "redaction_request", ["congress_id"])
    op.create_table(
        "redaction",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("who", AutoString(), nullable=False),
        sa.Column("is_skeleton", sa.Boolean(), nullable=False),
        sa.Column("is_masked", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('retrait', 'effacement')", name="redaction_kind"),
        sa.CheckConstraint("(kind = 'retrait') = (until IS NOT NULL)", name="redaction_until"),
        sa.ForeignKeyConstraint(["congress_id"], ["congress.id"]),
        sa.ForeignKeyConstraint(["motion_id"], ["motion.id"]),
        sa.PrimaryKeyConstraint("congress_id", "entry"),
    )
    op.create_index("redaction_target", "redaction", ["congress_id", "target"])
    op.create_index("redaction_motion", "redaction", ["motion_id"])
    op.create_table(
        "withdrawn_object",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["congress_id"], ["congress.id"]),
        sa.PrimaryKeyConstraint("congress_id", "target"),
    )
    op.create_index("ix_withdrawn_object_until", "withdrawn_object", ["until"])
    op.add_column("motion", sa.Column("redacted_entry", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("draft_update") as batch_op:
        batch_op.add_column(sa.Column("redaction", sa.Integer(), nullable=True))
        batch_op.alter_column("salt", existing_type=sa.LargeBinary(), nullable=True)
        batch_op.create_check_constraint("draft_update_redaction", "(salt IS NULL) = (redaction IS NOT NULL)")


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
