"""The record: entries, the objects they commit to, signed checkpoints."""

from datetime import datetime

from sqlalchemy import ColumnElement, Index, LargeBinary, Text, literal_column, text
from sqlmodel import Field, SQLModel, col

FREQUENT = ("crdt.update", "client.bind")
"""Kinds of nearly all entries: the index `entry_kind` leaves them out. The others are a few thousand of a million."""

MAX_NUMBER = 2**31 - 1
"""What a column of numbers holds in PostgreSQL, which fails on more; SQLite takes 2^63 - 1."""

_FEW = text("kind NOT IN ('crdt.update', 'client.bind')")


class Entry(SQLModel, table=True):
    """One line of a congress's record. `content` is the canonical bytes; the other columns index it."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("entry_motion", "motion_id", "number"),
        Index("entry_official", "congress_id", "official_id", "number"),
        Index("entry_at", "congress_id", "at"),
        Index("entry_kind", "congress_id", "number", sqlite_where=_FEW, postgresql_where=_FEW),
        Index("entry_kind_each", "congress_id", "kind", "number", sqlite_where=_FEW, postgresql_where=_FEW),
        Index("entry_kind_motion", "motion_id", "number", sqlite_where=_FEW, postgresql_where=_FEW),
    )

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    number: int = Field(primary_key=True)  # from 0, without gaps: the leaf's index
    kind: str
    at: datetime
    motion_id: int | None = Field(default=None, foreign_key="motion.id")
    official_id: int | None = Field(default=None, foreign_key="official.id")
    content: bytes = Field(sa_type=LargeBinary)


IS_RARE: ColumnElement[bool] = col(Entry.kind).not_in([literal_column(f"'{kind}'") for kind in FREQUENT])
"""To stand in each query for kinds outside `FREQUENT`, in the very words of `entry_kind`: neither database infers it
from a list of kinds, nor SQLite from bound values, and both would read the whole record."""


class SealedObject(SQLModel, table=True):
    """Content that an entry commits to, behind its salt. Draft updates are kept with the draft instead."""

    __tablename__ = "sealed_object"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    name: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class Checkpoint(SQLModel, table=True):
    """A signed root. Stored before the signature is shown to anyone; compared at each start."""

    __tablename__ = "checkpoint"
    __table_args__ = (Index("checkpoint_root", "congress_id", "root"),)

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    size: int = Field(primary_key=True)
    root: bytes = Field(sa_type=LargeBinary)
    note: str = Field(sa_type=Text)  # signed by the log alone
    at: datetime
    published: str | None = Field(default=None, sa_type=Text)  # the same with the cosignatures of witnesses


class LogTile(SQLModel, table=True):
    """A tile of the published tree, as wide as at the last signed root. Grown in the transaction that signs.

    Computed again from the entries when it is lost: see `storage.log_tiles`.
    """

    __tablename__ = "log_tile"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    level: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    hashes: bytes = Field(sa_type=LargeBinary)  # 32 bytes each, 256 at most


class LogKey(SQLModel, table=True):
    """A public key that signs a congress's record, as one line to publish. The secret lies in the data folder."""

    __tablename__ = "log_key"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    key: str = Field(primary_key=True)
    since: datetime


class Witness(SQLModel, table=True):
    """Somebody else's service that cosigns a congress's record; named by its key."""

    __tablename__ = "witness"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    key: str = Field(primary_key=True)  # verifier key: name+id+base64
    name: str
    url: str  # where `add-checkpoint` is asked
    named_at: datetime
    given_up_at: datetime | None = Field(default=None)
    size: int = 0  # of the last root that it cosigned; a hint, it says itself when it is wrong
    answered_at: datetime | None = Field(default=None)
    trouble: str = ""  # code of what went wrong at the last try; empty when it cosigned


class Timestamp(SQLModel, table=True):
    """The reply of a time-stamping authority (RFC 3161) over the published bytes of a signed root."""

    __tablename__ = "checkpoint_timestamp"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    size: int = Field(primary_key=True)
    note: str = Field(sa_type=Text)  # the very bytes that were stamped
    reply: bytes = Field(sa_type=LargeBinary)
    at: datetime


class RetiredLog(SQLModel, table=True):
    """A record that must never be signed again under its origin: part of it was lost, and others hold that part."""

    __tablename__ = "retired_log"

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    at: datetime
