"""What the service still has to do: mails to send, long tasks and their progress."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field, SQLModel


class Mail(SQLModel, table=True):
    """A mail written in the act's transaction and sent by `motion work`; at least once."""

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

    A job found `running` at start was cut by a crash and runs again: every kind can be repeated.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="job_state"),
        CheckConstraint("done >= 0", name="job_done"),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    kind: str
    state: str = "waiting"
    arguments: str = Field(default="{}", sa_type=Text)
    file: bytes | None = Field(default=None, sa_type=LargeBinary)
    done: int = 0  # in the unit of the kind: lines, bytes
    total: int = 0  # 0 when unknown
    outcome: str = Field(default="{}", sa_type=Text)
    created_at: datetime
    finished_at: datetime | None = Field(default=None)
