"""uploads

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from storage.migrations.no_way_back import NoWayBack

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "upload",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("network", AutoString(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("key", AutoString(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", AutoString(), nullable=False),
        sa.Column("declared", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("progressed_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('receiving', 'whole', 'done', 'taken')", name="upload_state"),
        sa.CheckConstraint("length > 0 AND received BETWEEN 0 AND length", name="upload_received"),
        sa.CheckConstraint("state = 'receiving' OR received = length", name="upload_whole"),
        sa.CheckConstraint("(key IS NULL) = (state = 'receiving')", name="upload_key"),
        sa.ForeignKeyConstraint(["congress_id"], ["congress.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("upload_owner", "upload", ["owner", "congress_id"])
    op.create_index("upload_congress", "upload", ["congress_id", "state"])
    op.create_index("upload_expires", "upload", ["state", "expires_at"])


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
