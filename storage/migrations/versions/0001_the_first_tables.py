"""the first tables

Revision: 0001
Follows:
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from storage.migrations.no_way_back import NoWayBack

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "congress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("place", AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("time_zone", AutoString(), nullable=False),
        sa.Column("languages", AutoString(), nullable=False),
        sa.Column("phase", AutoString(), nullable=False),
        sa.Column("template", AutoString(), nullable=False),
        sa.Column("origin", AutoString(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("rehearsal_of", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('preparation', 'collection', 'drafting', 'frozen', 'adopted', 'closed')", name="congress_phase"
        ),
        sa.CheckConstraint("template IN ('deliberative', 'demands', 'blank')", name="congress_template"),
        sa.CheckConstraint("ends_on >= starts_on", name="congress_dates"),
        sa.CheckConstraint("length(slug) BETWEEN 2 AND 60", name="congress_slug"),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 200", name="congress_title"),
        sa.ForeignKeyConstraint(
            ["rehearsal_of"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("origin"),
        sa.UniqueConstraint("slug"),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("sign_in_attempt_key", ["key", "at"], unique=False)

    op.create_table(
        "checkpoint",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("congress_id", "size"),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("owner", AutoString(), nullable=False),
        sa.Column("leased_until", UTCDateTime(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('receiving', 'waiting', 'running', 'done', 'failed')", name="job_state"),
        sa.CheckConstraint("done >= 0", name="job_done"),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_congress_id"), ["congress_id"], unique=False)

    op.create_table(
        "job_piece",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 0", name="job_piece_number"),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("job_id", "number"),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=True),
        sa.Column("recipient", AutoString(), nullable=False),
        sa.Column("subject", AutoString(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("failure", AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_congress_id"), ["congress_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mail_not_before"), ["not_before"], unique=False)

    op.create_table(
        "motion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("code", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("state", AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_entry", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("runs", sa.Text(), nullable=False),
        sa.Column("text_number", sa.Integer(), nullable=False),
        sa.Column("text_entry", sa.Integer(), nullable=False),
        sa.Column("text_at", UTCDateTime(), nullable=True),
        sa.Column("digest", AutoString(), nullable=True),
        sa.Column("frozen_at", UTCDateTime(), nullable=True),
        sa.Column("adopted_at", UTCDateTime(), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("abstentions", sa.Integer(), nullable=True),
        sa.Column("not_voting", sa.Integer(), nullable=True),
        sa.Column("presided_by", AutoString(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state <> 'adopted' OR (digest IS NOT NULL AND votes_for IS NOT NULL)", name="motion_adopted"
        ),
        sa.CheckConstraint("state IN ('drafting', 'frozen', 'adopted')", name="motion_state"),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name="motion_title"),
        sa.CheckConstraint("number >= 0 AND text_number BETWEEN 0 AND number", name="motion_number"),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0 AND not_voting >= 0", name="motion_votes"
        ),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("congress_id", "code", name="motion_code"),
    )
    with op.batch_alter_table("motion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_motion_congress_id"), ["congress_id"], unique=False)

    op.create_table(
        "official",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("family_name", AutoString(), nullable=False),
        sa.Column("first_names", AutoString(), nullable=False),
        sa.Column("gender", AutoString(), nullable=False),
        sa.Column("mandate", AutoString(), nullable=False),
        sa.Column("territory", AutoString(), nullable=False),
        sa.Column("territory_code", AutoString(), nullable=False),
        sa.Column("department_code", AutoString(), nullable=False),
        sa.Column("email", AutoString(), nullable=True),
        sa.Column("is_rapporteur", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("length(family_name) BETWEEN 1 AND 200", name="official_family_name"),
        sa.CheckConstraint("length(mandate) <= 200", name="official_mandate"),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("official", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_official_congress_id"), ["congress_id"], unique=False)
        batch_op.create_index("official_email", ["congress_id", "email"], unique=False)
        batch_op.create_index("official_name", ["congress_id", "family_name", "first_names"], unique=False)

    op.create_table(
        "phase_opening",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("phase", AutoString(), nullable=False),
        sa.Column("opens_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('preparation', 'collection', 'drafting', 'frozen', 'adopted', 'closed')",
            name="phase_opening_phase",
        ),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("congress_id", "phase"),
    )
    op.create_table(
        "sealed_object",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("congress_id", "name"),
    )
    op.create_table(
        "secretary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", AutoString(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name="secretary_name"),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("congress_id", "email", name="secretary_email"),
    )
    with op.batch_alter_table("secretary", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_secretary_congress_id"), ["congress_id"], unique=False)

    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_code_hash"), ["code_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_card_congress_id"), ["congress_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_card_official_id"), ["official_id"], unique=False)

    op.create_table(
        "draft_snapshot",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"],
            ["motion.id"],
        ),
        sa.PrimaryKeyConstraint("motion_id"),
    )
    op.create_table(
        "entry",
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", AutoString(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=True),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.ForeignKeyConstraint(
            ["motion_id"],
            ["motion.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.PrimaryKeyConstraint("congress_id", "number"),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("entry_motion", ["motion_id", "number"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("secretary_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("device", AutoString(), nullable=False),
        sa.Column("way", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(official_id IS NULL) <> (secretary_id IS NULL)", name="login_session_person"),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.ForeignKeyConstraint(
            ["secretary_id"],
            ["secretary.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_congress_id"), ["congress_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_official_id"), ["official_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_secretary_id"), ["secretary_id"], unique=False)

    op.create_table(
        "sign_in_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("congress_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("secretary_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(official_id IS NULL) <> (secretary_id IS NULL)", name="sign_in_mail_person"),
        sa.ForeignKeyConstraint(
            ["congress_id"],
            ["congress.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.ForeignKeyConstraint(
            ["secretary_id"],
            ["secretary.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    with op.batch_alter_table("sign_in_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_mail_browser_hash"), ["browser_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_mail_congress_id"), ["congress_id"], unique=False)

    op.create_table(
        "client_binding",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"],
            ["motion.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["login_session.id"],
        ),
        sa.PrimaryKeyConstraint("motion_id", "client"),
    )
    with op.batch_alter_table("client_binding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_binding_session_id"), ["session_id"], unique=False)

    op.create_table(
        "draft_update",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"],
            ["motion.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["login_session.id"],
        ),
        sa.PrimaryKeyConstraint("motion_id", "number"),
    )
    op.create_table(
        "late_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["motion_id"],
            ["motion.id"],
        ),
        sa.ForeignKeyConstraint(
            ["official_id"],
            ["official.id"],
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["login_session.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("late_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_late_text_motion_id"), ["motion_id"], unique=False)


def downgrade() -> None:
    """Refuse: a record is never taken back."""
    raise NoWayBack
