"""A congress, its calendar, and those who run it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

PHASES = "('preparation', 'collection', 'drafting', 'frozen', 'adopted', 'closed')"


class Congress(SQLModel, table=True):
    """One congress; its slug is its address and never changes, and with it the origin of its log."""

    __tablename__ = "congress"
    __table_args__ = (
        CheckConstraint(f"phase IN {PHASES}", name="congress_phase"),
        CheckConstraint("length(title) BETWEEN 1 AND 200", name="congress_title"),
        CheckConstraint("length(slug) BETWEEN 2 AND 60", name="congress_slug"),
        CheckConstraint("ends_on >= starts_on", name="congress_dates"),
        CheckConstraint("template IN ('deliberative', 'demands', 'blank')", name="congress_template"),
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    title: str
    place: str = ""
    starts_on: date
    ends_on: date
    time_zone: str = "Europe/Paris"
    languages: str = "fr,en"
    phase: str = "preparation"
    template: str = "deliberative"
    origin: str = Field(unique=True)
    is_demonstration: bool = False
    rehearsal_of: int | None = Field(default=None, foreign_key="congress.id")
    created_at: datetime


class PhaseOpening(SQLModel, table=True):
    """The hour at which a phase opens by itself; a phase without a row opens by hand."""

    __tablename__ = "phase_opening"
    __table_args__ = (CheckConstraint(f"phase IN {PHASES}", name="phase_opening_phase"),)

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    phase: str = Field(primary_key=True)
    opens_at: datetime


class Secretary(SQLModel, table=True):
    """Somebody of the secretariat of one congress. Cannot write in a motion."""

    __tablename__ = "secretary"
    __table_args__ = (
        UniqueConstraint("congress_id", "email", name="secretary_email"),
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="secretary_name"),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    name: str = Field(sa_type=Text)
    email: str
    revoked_at: datetime | None = Field(default=None)
