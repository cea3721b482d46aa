"""The record: entries, the objects they commit to, signed checkpoints."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel


class Entry(SQLModel, table=True):
    """One line of a congress's record. `content` is the canonical bytes; the other columns index it."""

    __tablename__ = "entry"
    __table_args__ = (Index("entry_motion", "motion_id", "number"),)

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    number: int = Field(primary_key=True)  # from 0, without gaps: the leaf's index
    kind: str
    at: datetime
    motion_id: int | None = Field(default=None, foreign_key="motion.id")
    official_id: int | None = Field(default=None, foreign_key="official.id")
    content: bytes = Field(sa_type=LargeBinary)


class SealedObject(SQLModel, table=True):
    """Content that an entry commits to, behind its salt. Draft updates are kept with the draft instead."""

    __tablename__ = "sealed_object"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    name: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class Checkpoint(SQLModel, table=True):
    """A signed root. Stored before the signature is shown to anyone; compared at each start."""

    __tablename__ = "checkpoint"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    size: int = Field(primary_key=True)
    root: bytes = Field(sa_type=LargeBinary)
    note: str = Field(sa_type=Text)
    at: datetime
