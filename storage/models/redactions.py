"""What was taken out of publication: decisions asked for, decisions made, objects kept sealed for a time."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

KINDS = "('retrait', 'effacement')"


class RedactionRequest(SQLModel, table=True):
    """A decision that somebody of the secretariat prepared and that is not confirmed yet. Holds none of the words."""

    __tablename__ = "redaction_request"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="redaction_request_kind"),
        CheckConstraint("state IN ('waiting', 'done', 'dropped')", name="redaction_request_state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    targets: str = Field(sa_type=Text)  # JSON: numbers of the entries whose objects would go
    kind: str
    reason: str
    who: str
    until: date | None = Field(default=None)
    state: str = "waiting"
    asked_by: int = Field(foreign_key="secretary.id")
    asked_at: datetime


class Redaction(SQLModel, table=True):
    """One entry `redaction` of the record, as an index: which object is gone, how and why."""

    __tablename__ = "redaction"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="redaction_kind"),
        CheckConstraint("(kind = 'retrait') = (until IS NOT NULL)", name="redaction_until"),
        Index("redaction_target", "congress_id", "target"),
        Index("redaction_motion", "motion_id"),
    )

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    entry: int = Field(primary_key=True)  # number of the entry `redaction`
    target: int  # number of the entry whose object it is; a withdrawal may be followed by an erasure
    motion_id: int | None = Field(default=None, foreign_key="motion.id")
    decision: int  # 1, 2, 3… in the congress; one decision may take many objects
    kind: str
    name: str  # of the object: what mirrors purge
    reason: str
    basis: str = Field(sa_type=Text)
    remedy: str = Field(sa_type=Text)
    who: str
    is_skeleton: bool  # whether the object was an update, whose skeleton stands in
    is_masked: bool = False  # whether letters of it stood in the text when it went, and are masked there
    until: date | None = Field(default=None)
    at: datetime


class WithdrawnObject(SQLModel, table=True):
    """An object out of publication, encrypted under a key that is not in the database; gone after `until`."""

    __tablename__ = "withdrawn_object"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    target: int = Field(primary_key=True)
    entry: int  # number of the withdrawal
    name: str
    sealed: bytes = Field(sa_type=LargeBinary)  # 12 bytes of nonce, then AES-256-GCM of salt and content
    blob: str | None = Field(default=None)  # key of a file, never public, of which `sealed` holds the salt alone
    is_blob_sealed: bool = False  # whether that file is encrypted as well (`storage.sealed_files`)
    until: date = Field(index=True)
