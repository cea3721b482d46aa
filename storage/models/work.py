"""What the service still has to do: mails to send, long tasks and their progress."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field, SQLModel


class Mail(SQLModel, table=True):
    """A mail written in the act's transaction and sent by `motion work`; at least once.

    `not_before` is when it may be tried: from when the one who tries now has lost it, or its next try.
    """

    __tablename__ = "mail"

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int | None = Field(default=None, foreign_key="congress.id", index=True)
    recipient: str
    subject: str
    body: str = Field(sa_type=Text)
    created_at: datetime
    not_before: datetime = Field(index=True)
    tries: int = 0
    sent_at: datetime | None = Field(default=None)
    failure: str = ""


class Job(SQLModel, table=True):
    """A long task: `kind` names the function of `motion.work.jobs`, `arguments` and `outcome` are JSON.

    Whoever runs it has it until `leased_until`, and says so now and then. A job found `running` after that was cut
    by a crash and runs again: every kind can be repeated. While its file arrives, it is `receiving`.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('receiving', 'waiting', 'running', 'done', 'failed')", name="job_state"),
        CheckConstraint("done >= 0", name="job_done"),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    kind: str
    state: str = "waiting"
    arguments: str = Field(default="{}", sa_type=Text)
    owner: str = ""  # the process that runs it
    leased_until: datetime | None = Field(default=None)
    done: int = 0  # in the unit of the kind: lines, bytes
    total: int = 0  # 0 when unknown
    outcome: str = Field(default="{}", sa_type=Text)
    created_at: datetime
    finished_at: datetime | None = Field(default=None)


class JobPiece(SQLModel, table=True):
    """A part of the file that a job was given, in the order of the numbers: nobody holds a large file whole."""

    __tablename__ = "job_piece"
    __table_args__ = (CheckConstraint("number >= 0", name="job_piece_number"),)

    job_id: int = Field(foreign_key="job.id", primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
