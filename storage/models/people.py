"""The roster, and how people sign in.

No birth date, address, telephone or occupation has a column here: the import uses what it needs
to tell namesakes apart, and drops it.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, event
from sqlmodel import Field, SQLModel

from motion.rules.names import folded


class Official(SQLModel, table=True):
    """Somebody on the roster: a name, a mandate, a territory. Never deleted: revoked."""

    __tablename__ = "official"
    __table_args__ = (
        CheckConstraint("length(family_name) BETWEEN 1 AND 200", name="official_family_name"),
        CheckConstraint("length(mandate) <= 200", name="official_mandate"),
        Index("official_email", "congress_id", "email"),
        Index("official_name", "congress_id", "family_name", "first_names"),
    )

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    family_name: str
    first_names: str
    gender: str = ""  # "F", "M" or ""
    mandate: str = ""  # "maire", "adjointe au maire"…
    territory: str = ""  # "Valbrune"
    territory_code: str = ""  # INSEE code, SIREN…
    department_code: str = ""
    email: str | None = None
    is_rapporteur: bool = False
    revoked_at: datetime | None = Field(default=None)
    created_at: datetime
    # Name, mandate, territory and address without accents or capitals, to be searched: neither database folds French.
    folded: str = Field(default="", sa_type=Text)


@event.listens_for(Official, "before_insert")
@event.listens_for(Official, "before_update")
def _fold(_mapper: object, _connection: object, official: Official) -> None:
    """Keep `folded` true, whichever act changes the row."""
    said = (official.first_names, official.family_name, official.mandate, official.territory, official.email or "")
    official.folded = folded(" ".join(said))


class LoginSession(SQLModel, table=True):
    """Somebody signed in on one device. The cookie holds the token, this row its SHA-256."""

    __tablename__ = "login_session"
    __table_args__ = (CheckConstraint("(official_id IS NULL) <> (secretary_id IS NULL)", name="login_session_person"),)

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    official_id: int | None = Field(default=None, foreign_key="official.id", index=True)
    secretary_id: int | None = Field(default=None, foreign_key="secretary.id", index=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    device: str = ""  # "Chrome, Android": shown to its owner alone
    way: str = "mail"  # mail, card, demonstration, rehearsal
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = Field(default=None)


class SignInMail(SQLModel, table=True):
    """A link and six digits sent by mail: single use, short-lived, both stored hashed."""

    __tablename__ = "sign_in_mail"
    __table_args__ = (CheckConstraint("(official_id IS NULL) <> (secretary_id IS NULL)", name="sign_in_mail_person"),)

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    official_id: int | None = Field(default=None, foreign_key="official.id")
    secretary_id: int | None = Field(default=None, foreign_key="secretary.id")
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    code_hash: bytes = Field(sa_type=LargeBinary)
    browser_hash: bytes = Field(sa_type=LargeBinary, index=True)  # the browser that asked, for the six digits
    tries: int = 0
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = Field(default=None)


class SignInAttempt(SQLModel, table=True):
    """A refused or requested sign-in, to slow down guessing; rows older than an hour are dropped."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("sign_in_attempt_key", "key", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str  # "card:<network>" or "mail:<network>": a keyed hash, never an address in clear
    at: datetime


class Card(SQLModel, table=True):
    """A personal card for the hall: a QR code and a short code, both stored hashed."""

    __tablename__ = "card"

    id: int | None = Field(default=None, primary_key=True)
    congress_id: int = Field(foreign_key="congress.id", index=True)
    official_id: int = Field(foreign_key="official.id", index=True)
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    code_hash: bytes = Field(sa_type=LargeBinary, index=True)
    issued_at: datetime
    revoked_at: datetime | None = Field(default=None)
