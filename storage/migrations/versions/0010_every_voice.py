"""every voice

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from storage.migrations.no_way_back import NoWayBack

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "collection",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("moderation", AutoString(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.CheckConstraint("moderation IN ('before', 'after')", name="collection_moderation"),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("congress_id"),
    )
    op.create_table(
        "doomed_blob",
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.add_column("withdrawn_object", sa.Column("blob", AutoString(), nullable=True))
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("deposit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deposit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deposit_owner"), ["owner"], unique=False)

    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("congress_id", "number", name="theme_number"),
    )
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("email_hash", sa.LargeBinary(), nullable=True),
        sa.Column("email_confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("typed_by", sa.Integer(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.Integer(), nullable=True),
        sa.Column("supports_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("foreign_id", AutoString(), nullable=False),
        sa.Column("said_at", UTCDateTime(), nullable=True),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('web', 'kiosk', 'spoken', 'paper', 'mail', 'import')", name="contribution_channel"
        ),
        sa.CheckConstraint(
            "state IN ('awaited', 'received', 'published', 'refused', 'withdrawn')", name="contribution_state"
        ),
        sa.CheckConstraint("published_version BETWEEN 0 AND version", name="contribution_published_version"),
        sa.CheckConstraint("version >= 1", name="contribution_version"),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["secretary.id"],
        ),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supports_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["typed_by"],
            ["secretary.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("congress_id", "number", name="contribution_number"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index("contribution_state", ["congress_id", "state", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_official_id"), ["official_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contribution_supports_id"), ["supports_id"], unique=False)

    op.create_table(
        "contribution_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("uses", AutoString(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("how", AutoString(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contribution_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_consent_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "contribution_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("media_type", AutoString(), nullable=False),
        sa.Column("file_name", AutoString(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("blob", AutoString(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('photo', 'sound', 'video', 'document')", name="contribution_file_kind"),
        sa.CheckConstraint("state IN ('waiting', 'working', 'done', 'failed')", name="contribution_file_state"),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contribution_id", "number", name="contribution_file_number"),
    )
    with op.batch_alter_table("contribution_file", schema=None) as batch_op:
        batch_op.create_index("contribution_file_waiting", ["state"], unique=False)

    op.create_table(
        "contribution_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("reason", AutoString(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("secretary_id", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('decision', 'answer', 'notice', 'reply')", name="contribution_message_kind"),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["secretary_id"],
            ["secretary.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contribution_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_message_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "contribution_theme",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.ForeignKeyConstraint(
            ["theme_id"],
            ["theme.id"],
        ),
        sa.PrimaryKeyConstraint("contribution_id", "theme_id"),
    )
    with op.batch_alter_table("contribution_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_theme_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "contribution_version",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("published_entry", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("is_official", sa.Boolean(), nullable=False),
        sa.Column("mandate", AutoString(), nullable=False),
        sa.Column("commune", AutoString(), nullable=False),
        sa.Column("commune_code", AutoString(), nullable=False),
        sa.Column("department_code", AutoString(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
        ),
        sa.PrimaryKeyConstraint("contribution_id", "version"),
    )
    with op.batch_alter_table("contribution_version", schema=None) as batch_op:
        batch_op.create_index("contribution_version_commune", ["commune_code"], unique=False)
        batch_op.create_index("contribution_version_name", ["name"], unique=False)

    op.create_table(
        "file_rendition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("role", AutoString(), nullable=False),
        sa.Column("media_type", AutoString(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("blob", AutoString(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["contribution_file.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("file_id", "role", name="file_rendition_role"),
    )
    with op.batch_alter_table("file_rendition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_rendition_name"), ["name"], unique=False)

    op.create_table(
        "transcript",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("language", AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("how", AutoString(), nullable=False),
        sa.Column("is_checked", sa.Boolean(), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["secretary.id"],
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["contribution_file.id"],
        ),
        sa.PrimaryKeyConstraint("file_id", "language", "version"),
    )


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
