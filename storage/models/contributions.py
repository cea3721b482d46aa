"""What people said to the congress: contributions, their versions and files, consents, decisions, themes.

What is erased is erased here too: the columns of a version that repeat its object are emptied with it (`is_gone`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from motion.rules.names import folded

CHANNELS = "('web', 'kiosk', 'spoken', 'paper', 'mail', 'import')"
STATES = "('awaited', 'received', 'published', 'refused', 'withdrawn')"
FILE_KINDS = "('photo', 'sound', 'video', 'document')"
FILE_STATES = "('waiting', 'working', 'done', 'failed')"

_WHERE = ("sqlite_where", "postgresql_where")
# In the very words of the queries: neither database would use the index for others that say the same.
_UNREAD: dict[str, Any] = dict.fromkeys(_WHERE, text("read_version < version"))
_UNSETTLED: dict[str, Any] = dict.fromkeys(_WHERE, text("settled_at IS NULL"))
_OFFICIAL: dict[str, Any] = {"sqlite_where": text("is_official IS 1"), "postgresql_where": text("is_official IS true")}
_GONE: dict[str, Any] = {"sqlite_where": text("is_gone IS 1"), "postgresql_where": text("is_gone IS true")}


class Collection(SQLModel, table=True):
    """How a congress receives contributions; a congress without a row receives them, and reads before it publishes."""

    __tablename__ = "collection"
    __table_args__ = (CheckConstraint("moderation IN ('before', 'after')", name="collection_moderation"),)

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    moderation: str = "before"
    sheets: int = 0  # number of the last paper form printed


class Contribution(SQLModel, table=True):
    """One contribution, by its number in the congress: C1, C2…

    `email` is its author's, given for news alone, and is in no entry and no object.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("congress_id", "number", name="contribution_number"),
        CheckConstraint(f"channel IN {CHANNELS}", name="contribution_channel"),
        CheckConstraint(f"state IN {STATES}", name="contribution_state"),
        CheckConstraint("version >= 1", name="contribution_version"),
        CheckConstraint("published_version BETWEEN 0 AND version", name="contribution_published_version"),
        Index("contribution_state", "congress_id", "state", "number"),
        Index("contribution_channel", "congress_id", "channel", "state", "number"),
        Index("contribution_unread", "congress_id", "number", **_UNREAD),
        Index("contribution_news", "congress_id", "entry"),
        Index("contribution_sheet", "congress_id", "sheet"),
        Index("contribution_foreign_id", "congress_id", "foreign_id"),
        Index("contribution_email_hash", "congress_id", "email_hash"),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id")
    number: int
    channel: str
    state: str
    version: int = 1
    published_version: int = 0  # the last that was published; 0 before
    read_version: int = 0  # the last that somebody of the secretariat has decided on; 0 before
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)  # SHA-256 of the private address's secret
    email: str | None = Field(default=None)
    email_hash: bytes | None = Field(default=None, sa_type=LargeBinary)  # of the secret that confirms the address
    email_confirmed_at: datetime | None = Field(default=None)
    official_id: int | None = Field(default=None, foreign_key="official.id", index=True)  # who spoke, on the roster
    typed_by: int | None = Field(default=None, foreign_key="secretary.id")  # who typed it for them
    checked_by: int | None = Field(default=None, foreign_key="secretary.id")
    sheet: int | None = Field(default=None)  # number of the paper form
    supports_id: int | None = Field(default=None, foreign_key="contribution.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="contribution.id", index=True)  # what it stands with
    foreign_id: str = ""  # what another tool called it, for an import that is repeated
    said_at: datetime | None = Field(default=None)  # when it was spoken or written down, if not when it was received
    received_at: datetime
    published_at: datetime | None = Field(default=None)
    entry: int  # number of the last entry about it: the version of its pages


class ContributionVersion(SQLModel, table=True):
    """One version of its words. The object is in `sealed_object` under `name`; the columns repeat it for lists."""

    __tablename__ = "contribution_version"
    __table_args__ = (
        Index("contribution_version_name", "name"),
        Index("contribution_version_department", "department_code"),
        Index("contribution_version_folded", "commune_folded"),
        Index("contribution_version_entry", "entry"),
        Index("contribution_version_published", "published_entry"),
        Index("contribution_version_official", "contribution_id", **_OFFICIAL),
        Index("contribution_version_gone", "contribution_id", **_GONE),
    )

    contribution_id: int = Field(foreign_key="contribution.id", primary_key=True)
    version: int = Field(primary_key=True)
    name: str  # of the object: its commitment
    entry: int  # number of its `contribution.receive`
    published_entry: int | None = Field(default=None)  # number of its `contribution.publish`
    at: datetime
    author: str = Field(default="", sa_type=Text)
    is_official: bool = False
    mandate: str = ""
    commune: str = ""
    commune_folded: str = ""  # without accents or capitals: neither database folds French
    commune_code: str = ""
    department_code: str = ""
    title: str = Field(default="", sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    language: str = "fr"
    is_gone: bool = False


@event.listens_for(ContributionVersion, "before_insert")
@event.listens_for(ContributionVersion, "before_update")
def _fold(_mapper: object, _connection: object, version: ContributionVersion) -> None:
    """Keep `commune_folded` true, whichever act changes the row."""
    version.commune_folded = folded(version.commune)


class ContributionConsent(SQLModel, table=True):
    """What an author agreed to, or took back; the last row of a use is what holds."""

    __tablename__ = "contribution_consent"

    id: int | None = Field(default=None, primary_key=True)
    contribution_id: int = Field(foreign_key="contribution.id", index=True)
    uses: str  # words separated by blanks
    is_given: bool
    how: str
    words: int  # version of the words of consent
    at: datetime


class ContributionFile(SQLModel, table=True):
    """A file as its author sent it; what is published is made of it (`FileRendition`)."""

    __tablename__ = "contribution_file"
    __table_args__ = (
        UniqueConstraint("contribution_id", "number", name="contribution_file_number"),
        CheckConstraint(f"kind IN {FILE_KINDS}", name="contribution_file_kind"),
        CheckConstraint(f"state IN {FILE_STATES}", name="contribution_file_state"),
        Index("contribution_file_waiting", "state"),
        Index("contribution_file_name", "name"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contribution_id: int = Field(foreign_key="contribution.id")
    number: int
    kind: str
    media_type: str
    file_name: str = ""  # as its author calls it; shown to them and to the secretariat alone
    size: int = Field(sa_type=BigInteger)  # bytes
    blob: str | None = Field(default=None)  # key in the store of files; None once it is destroyed
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    name: str  # of the object: its commitment
    entry: int
    state: str = "waiting"
    progress: int = 0  # percent
    reason: str = ""  # code of why nothing could be made of it
    duration_ms: int | None = Field(default=None)
    description: str = Field(default="", sa_type=Text)  # what a photo shows, in words


class FileRendition(SQLModel, table=True):
    """What was made of a file, to be published with the contribution."""

    __tablename__ = "file_rendition"
    __table_args__ = (UniqueConstraint("file_id", "role", name="file_rendition_role"),)

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="contribution_file.id")
    role: str  # video-720, video-360, sound, poster, waveform, photo, page, document
    media_type: str
    size: int = Field(sa_type=BigInteger)  # bytes
    width: int | None = Field(default=None)
    height: int | None = Field(default=None)
    blob: str | None = Field(default=None)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    name: str = Field(index=True)
    entry: int | None = Field(default=None)  # number of its `contribution.show`; None before publication


class Transcript(SQLModel, table=True):
    """A version of what is said in a recording, in one language: WebVTT. The last version of a language is shown."""

    __tablename__ = "transcript"
    __table_args__ = (Index("transcript_entry", "entry"),)

    file_id: int = Field(foreign_key="contribution_file.id", primary_key=True)
    language: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    how: str  # automatic, file, typed
    is_checked: bool = False
    checked_by: int | None = Field(default=None, foreign_key="secretary.id")
    text: str = Field(default="", sa_type=Text)
    name: str = ""  # of the object, once published
    entry: int | None = Field(default=None)
    at: datetime


class ContributionMessage(SQLModel, table=True):
    """Between the secretariat, an author and others: decisions with their words, answers, reports, replies."""

    __tablename__ = "contribution_message"
    __table_args__ = (
        CheckConstraint("kind IN ('decision', 'answer', 'notice', 'reply')", name="contribution_message_kind"),
        Index("contribution_message_unsettled", "kind", "contribution_id", **_UNSETTLED),
    )

    id: int | None = Field(default=None, primary_key=True)
    contribution_id: int = Field(foreign_key="contribution.id", index=True)
    kind: str
    entry: int | None = Field(default=None)
    name: str = ""  # of the object; empty when there is none
    reason: str = ""
    text: str = Field(default="", sa_type=Text)
    author: str = ""  # who replies; empty for others
    email: str | None = Field(default=None)  # of who reports, to be told
    secretary_id: int | None = Field(default=None, foreign_key="secretary.id")
    at: datetime
    settled_at: datetime | None = Field(default=None)


class Theme(SQLModel, table=True):
    """One theme of the secretariat's list."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("congress_id", "number", name="theme_number"),)

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id")
    number: int  # T1, T2…
    name: str
    is_used: bool = True


class ContributionTheme(SQLModel, table=True):
    """A contribution under a theme."""

    __tablename__ = "contribution_theme"

    contribution_id: int = Field(foreign_key="contribution.id", primary_key=True)
    theme_id: int = Field(foreign_key="theme.id", primary_key=True, index=True)


class ContributionStem(SQLModel, table=True):
    """One stem of the last version of a contribution: what brings similar ones together. Computed again at will."""

    __tablename__ = "contribution_stem"
    __table_args__ = (Index("contribution_stem_contribution", "contribution_id"),)

    congress_id: int = Field(foreign_key="congress.id", primary_key=True)
    stem: str = Field(primary_key=True)
    contribution_id: int = Field(foreign_key="contribution.id", primary_key=True)


class DoomedBlob(SQLModel, table=True):
    """A file that no row needs any more: it is destroyed in the store of files, then this row goes."""

    __tablename__ = "doomed_blob"

    key: str = Field(primary_key=True)
    at: datetime


class Deposit(SQLModel, table=True):
    """A contribution that its author is still writing; `owner` is the hash of a secret in a cookie."""

    __tablename__ = "deposit"

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id")
    owner: bytes = Field(sa_type=LargeBinary, index=True)
    answers: str = Field(default="{}", sa_type=Text)  # JSON: the fields of the form, as typed
    at: datetime = Field(index=True)
