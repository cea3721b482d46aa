"""The private address at which an author follows, corrects or withdraws a contribution: its secret is the only key.

128 random bits, as 32 hexadecimal digits, which are easily read aloud and typed. Rows hold the SHA-256 of the bits.
Whoever has the address is the author; nobody can find it again. Who spoke, or wrote on paper, has none until somebody
of the secretariat gives them one; and so it is for what was collected elsewhere.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from motion.acts.record import note
from motion.rules.contributions import Channel, ContributionState
from motion.rules.errors import ContributionSettled
from motion.rules.permissions import Act, Actor, require
from storage import contributions as rows
from storage.models import Contribution

SECRET_BYTES = 16
_SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)
_BETWEEN = re.compile(r"[ .-]")  # digits are read aloud, and typed, a few at a time

GIVEN = frozenset({Channel.SPOKEN, Channel.PAPER, Channel.IMPORT})
"""Channels by which words come whose author was shown no address."""


@dataclass(frozen=True, slots=True)
class PrivateAddress:
    """`hash` goes to the database; `secret` to the author and nowhere else."""

    secret: str
    hash: bytes

    def url(self, base_url: str, slug: str) -> str:
        """The whole address."""
        return f"{base_url}/{slug}/suivi/{self.secret}"


def draw() -> PrivateAddress:
    """Draw a new one."""
    secret = secrets.token_bytes(SECRET_BYTES)
    return PrivateAddress(secret.hex(), hash_of(secret))


def hash_of(secret: bytes) -> bytes:
    """What the database knows: enough for 128 random bits."""
    return hashlib.sha256(secret).digest()


def hash_of_typed(text: str) -> bytes | None:
    """What the database knows of a secret as it stands in an address; None when it can't be one."""
    typed = _BETWEEN.sub("", text.lower())
    return hash_of(bytes.fromhex(typed)) if _SECRET.fullmatch(typed) else None


def may_be_given(contribution: Contribution) -> bool:
    """Whether an address can be given for it: somebody else typed it, and its author has not taken it back."""
    return contribution.channel in GIVEN and contribution.state != ContributionState.WITHDRAWN


def give(db: Session, actor: Actor, contribution: Contribution, token_hash: bytes, *, now: datetime) -> int:
    """Give the author of what was said aloud, or written on paper, a private address; the one before leads nowhere.

    Args:
        token_hash: Of the address that the caller shows, once (`draw`).

    Returns:
        The number of the entry that says so.

    Raises:
        NotAllowed, ContributionSettled: No address was given, and the one before still leads there.
    """
    require(actor, Act.COLLECT, contribution.congress_id)
    rows.lock(db, contribution)
    if not may_be_given(contribution):
        raise ContributionSettled(rows.code(contribution), contribution.state)
    if contribution.channel == Channel.SPOKEN and not contribution.foreign_id:
        contribution.foreign_id = spoken_id(contribution.token_hash)
    contribution.token_hash = token_hash
    db.add(contribution)
    return note_given(db, actor, contribution, now=now)


def note_given(db: Session, actor: Actor, contribution: Contribution, *, now: datetime) -> int:
    """Log that the author was given the address by which the row is found, and not which; return the entry's number."""
    body: dict[str, object] = {"contribution": rows.code(contribution)}
    return note(db, contribution.congress_id, "contribution.address", body, actor=actor, now=now)


def spoken_id(key: bytes) -> str:
    """How words said aloud are known again, once an address stands in the place of their key (`transcribing`)."""
    return f"spoken:{key.hex()}"
