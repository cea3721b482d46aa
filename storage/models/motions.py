"""A motion and the life of its text."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class Motion(SQLModel, table=True):
    """A motion. `number` counts its accepted updates; `text` is what they amount to at `text_number`.

    `text`, its runs and `text_number` are a reading copy, renewed by the room a few times a second at
    most and always before a freeze; the updates are the truth.
    """

    __tablename__ = "motion"
    __table_args__ = (
        UniqueConstraint("congress_id", "code", name="motion_code"),
        CheckConstraint(
            "state IN ('drafting', 'frozen', 'adopted', 'rejected', 'withdrawn')",
            name="motion_state",
        ),
        CheckConstraint("length(title) BETWEEN 1 AND 300", name="motion_title"),
        CheckConstraint("number >= 0 AND text_number BETWEEN 0 AND number", name="motion_number"),
        CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0 AND not_voting >= 0",
            name="motion_votes",
        ),
        CheckConstraint(
            "state NOT IN ('adopted', 'rejected') OR (digest IS NOT NULL AND votes_for IS NOT NULL)",
            name="motion_voted",
        ),
        CheckConstraint(
            "(state = 'rejected') = (rejected_at IS NOT NULL) AND (state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name="motion_ended",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    code: str
    title: str
    state: str = "drafting"
    number: int = 0
    last_entry: int = 0  # number, in the congress's record, of the last entry about this motion
    text: str = Field(default="", sa_type=Text)
    runs: str = Field(default="[]", sa_type=Text)  # JSON: [[length in characters, official id or 0], …]
    # The same for whom a rapporteur typed them: 0 for most; nothing after the last who was typed for.
    typed_for: str = Field(default="[]", sa_type=Text)
    # Which of them stand in for letters that were taken out: 1 where they do, likewise.
    masked: str = Field(default="[]", sa_type=Text)
    text_number: int = 0
    text_entry: int = 0
    text_at: datetime | None = Field(default=None)
    redacted_entry: int = 0  # number of the last entry that took words out of its updates: older drafts are void
    digest: str | None = None  # SHA-256 of the frozen text, hexadecimal
    frozen_at: datetime | None = Field(default=None)
    adopted_at: datetime | None = Field(default=None)
    rejected_at: datetime | None = Field(default=None)
    withdrawn_at: datetime | None = Field(default=None)
    votes_for: int | None = None
    votes_against: int | None = None
    abstentions: int | None = None
    not_voting: int | None = None
    presided_by: str | None = None
    created_at: datetime

    @property
    def voted_at(self) -> datetime | None:
        """When the result was entered, whichever it is; None before the vote."""
        return self.adopted_at or self.rejected_at


class ClientBinding(SQLModel, table=True):
    """A Yjs client id belongs to the first session whose accepted update uses it, for ever."""

    __tablename__ = "client_binding"

    motion_id: int = Field(foreign_key="motion.id", primary_key=True)
    client: int = Field(sa_type=BigInteger, primary_key=True)
    session_id: int | None = Field(default=None, foreign_key="login_session.id", index=True)
    official_id: int | None = Field(default=None, foreign_key="official.id")  # None: the service's own template
    for_id: int | None = Field(default=None, foreign_key="official.id")  # for whom a rapporteur types
    entry: int


class DraftUpdate(SQLModel, table=True):
    """One accepted update, as received, and its salt: the object that the record commits to.

    Once redacted, each of its letters is a `▒`, its salt is gone, and `redaction` is the number of the entry that says
    why: a replay needs to know nothing of it.
    """

    __tablename__ = "draft_update"
    __table_args__ = (CheckConstraint("(salt IS NULL) = (redaction IS NOT NULL)", name="draft_update_redaction"),)

    motion_id: int = Field(foreign_key="motion.id", primary_key=True)
    number: int = Field(primary_key=True)  # from 1, without gaps
    entry: int
    official_id: int | None = Field(default=None, foreign_key="official.id")
    session_id: int | None = Field(default=None, foreign_key="login_session.id")
    for_id: int | None = Field(default=None, foreign_key="official.id")  # for whom a rapporteur typed its words
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
    at: datetime
    redaction: int | None = None


class DraftSnapshot(SQLModel, table=True):
    """A draft folded up to `number`, to open fast. Always recomputable: may be lost or deleted."""

    __tablename__ = "draft_snapshot"

    motion_id: int = Field(foreign_key="motion.id", primary_key=True)
    number: int
    content: bytes = Field(sa_type=LargeBinary)
    at: datetime


class LateText(SQLModel, table=True):
    """What an official wrote and the service received after the freeze: neither merged nor thrown away."""

    __tablename__ = "late_text"

    id: int | None = Field(default=None, primary_key=True)
    motion_id: int = Field(foreign_key="motion.id", index=True)
    official_id: int = Field(foreign_key="official.id")
    session_id: int = Field(foreign_key="login_session.id")
    entry: int
    salt: bytes = Field(sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
    text: str = Field(sa_type=Text)  # the inserted words, for people to read and copy
    at: datetime
