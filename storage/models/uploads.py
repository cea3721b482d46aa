"""Files on their way in: what has arrived of each, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel


class Upload(SQLModel, table=True):
    """A file that somebody sends in pieces. `received` never says more than what is on disk.

    Its states: `receiving` (the bytes lie in the folder of uploads), `whole` (all of them are there, and `key` is the
    one that they will have among the blobs), `done` (they are a blob), `taken` (a contribution has the blob: it stays).
    `owner` is the hash of a secret that the sender's browser holds, `network` a keyed hash of where it came from.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("state IN ('receiving', 'whole', 'done', 'taken')", name="upload_state"),
        CheckConstraint("length > 0 AND received BETWEEN 0 AND length", name="upload_received"),
        CheckConstraint("state = 'receiving' OR received = length", name="upload_whole"),
        CheckConstraint("(key IS NULL) = (state = 'receiving')", name="upload_key"),
        Index("upload_owner", "owner", "congress_id"),
        Index("upload_congress", "congress_id", "state"),
        Index("upload_expires", "state", "expires_at"),
    )

    id: str = Field(primary_key=True)  # 128 random bits in hexadecimal digits: its address, which nobody guesses
    congress_id: int = Field(foreign_key="congress.id")
    owner: bytes = Field(sa_type=LargeBinary)
    network: str
    length: int = Field(sa_type=BigInteger)  # bytes, as announced; it never changes
    received: int = Field(default=0, sa_type=BigInteger)
    state: str = "receiving"
    key: str | None = Field(default=None, unique=True)
    file_name: str = Field(default="", sa_type=Text)  # to be shown, and nothing else
    media_type: str = ""  # as the sender's device says it: a hint that nobody relies on
    declared: str = Field(default="", sa_type=Text)  # the header Upload-Metadata, given back as it came
    created_at: datetime
    progressed_at: datetime
    expires_at: datetime  # of what is not taken
