"""Slowing down whoever guesses: attempts counted by address and by network, each under a keyed hash.

A whole hall stands behind one network address. So what a network may *request* is generous, and what is
counted strictly are the wrong answers and the requests for one same address.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from motion.rules.errors import TooManyTries
from storage import people
from storage.models import SignInAttempt

KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` attempts under one key within `window`."""

    name: str
    count: int
    window: timedelta


# Known or not: the limit says nothing about the roster.
MAILS_PER_ADDRESS = Limit("mail-address", 5, timedelta(hours=1))
# Three hundred officials who arrive at once in the hall, with some to spare.
MAILS_PER_NETWORK = Limit("mail-network", 500, timedelta(hours=1))
# The browser that asked for the mail may err this often; the link goes on working.
WRONG_DIGITS_PER_MAIL = Limit("digits-mail", 5, timedelta(hours=1))
# Six digits are a million possibilities: ten wrong ones an hour for one address leave a guesser no chance.
WRONG_DIGITS_PER_ADDRESS = Limit("digits-address", 10, timedelta(hours=1))
# Typing errors of a whole hall pass; a program that tries codes doesn't.
WRONG_CODES_PER_NETWORK = Limit("code-network", 100, timedelta(minutes=10))


def keyed(key: bytes, purpose: str, value: str) -> bytes:
    """Hash a short secret or a network so that the database alone can't be searched for it."""
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()


def exceeded(db: Session, limit: Limit, key: bytes, value: str, *, now: datetime) -> TooManyTries | None:
    """Say whether a limit is reached, and for how many seconds."""
    count, oldest = people.attempts(db, _name(limit, key, value), now - limit.window)
    if count < limit.count or oldest is None:
        return None
    return TooManyTries(max(1, int((oldest + limit.window - now).total_seconds())))


def left(db: Session, limit: Limit, key: bytes, value: str, *, now: datetime) -> int:
    """Say how many attempts remain."""
    return max(0, limit.count - people.attempts(db, _name(limit, key, value), now - limit.window)[0])


def note(db: Session, limit: Limit, key: bytes, value: str, *, now: datetime) -> None:
    """Count one attempt, and drop those that no limit looks at any more."""
    db.exec(delete(SignInAttempt).where(col(SignInAttempt.at) < now - KEPT))
    db.add(SignInAttempt(key=_name(limit, key, value), at=now))


def _name(limit: Limit, key: bytes, value: str) -> str:
    return f"{limit.name}:{keyed(key, limit.name, value).hex()[:32]}"
