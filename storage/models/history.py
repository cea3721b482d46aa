"""The history of each text, in chunks that any instant is read from. All of it is recomputed from the updates."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel


class TextHistory(SQLModel, table=True):
    """How far the history of a motion is computed. `version` grows each time it is forgotten.

    `state` and `summary` are those of the moment where the last chunk begins: from there one goes on.
    """

    __tablename__ = "text_history"

    motion_id: int = Field(foreign_key="motion.id", primary_key=True)
    version: int = 0
    number: int = 0  # the last update that the chunks contain
    entry: int = -1  # its entry; -1 when there is none
    changes: int = 0  # in all chunks
    at: datetime | None = Field(default=None)
    state: bytes = Field(default=b"", sa_type=LargeBinary)  # the document as one Yjs update; empty: replay from 1
    summary: bytes = Field(default=b"", sa_type=LargeBinary)  # motion.rules.steps: stretches until the last chunk
    told: bytes = Field(default=b"", sa_type=LargeBinary)  # the same until `number`: what pages read


class TextChunk(SQLModel, table=True):
    """A keyframe and the changes after it: see motion.rules.history for the bytes."""

    __tablename__ = "text_chunk"

    motion_id: int = Field(foreign_key="motion.id", primary_key=True)
    chunk: int = Field(primary_key=True)  # from 0, without gaps
    base_number: int  # the last update in the keyframe; 0: the empty text
    base_entry: int  # its entry; -1: none
    base_at: datetime | None = Field(default=None)
    first_change: int  # changes in the chunks before
    changes_count: int
    keyframe: bytes = Field(sa_type=LargeBinary)
    changes: bytes = Field(sa_type=LargeBinary)
