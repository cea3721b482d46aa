"""Slowing down whoever guesses: attempts counted under keyed hashes, by address, by device and by network.

A whole hall stands behind one network address, and so may whoever guesses. What is counted by network therefore never
stops somebody who has the right answer at their first tries: it slows the wrong ones down. What stops is counted by
address or by device, which nobody shares.
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
# Three hundred officials who arrive at once in the hall, with some to spare. The first mail of the hour to an address
# leaves all the same: nobody can use the limit up for others.
MAILS_PER_NETWORK = Limit("mail-network", 500, timedelta(hours=1))
# The browser that asked for the mail may err this often; the link goes on working.
WRONG_DIGITS_PER_MAIL = Limit("digits-mail", 5, timedelta(hours=1))
# Six digits are a million possibilities: ten wrong ones an hour for one address leave a guesser no chance.
WRONG_DIGITS_PER_ADDRESS = Limit("digits-address", 10, timedelta(hours=1))
# Who guesses for every address: 600 an hour from one network, so that after three days of it, with a mail an hour to
# everyone, the odds of one hit are 4 in 100. The first two errors of an address are not held against its network:
# whoever copies their digits well is never stopped by others, and the mail's link works in any case.
WRONG_DIGITS_PER_NETWORK = Limit("digits-network", 100, timedelta(minutes=10))
FREE_WRONG_DIGITS = 2
# Somebody who misreads their card. Whoever throws the cookie away is only slowed down by the next two.
WRONG_CODES_PER_DEVICE = Limit("code-device", 10, timedelta(minutes=10))
# From here on the network's wrong answers come late: see `hold_s`. A card's code has 50 bits. With 500 cards in force
# one guess in 2 × 10^12 is right: a program that tried 1,000 a second, day and night for the three days of a congress,
# would have 1 chance in 8,700 of one hit, and no service answers so many without being seen to stagger. So no code is
# ever refused because of others' errors; the limits keep the guessing visible and cheap.
WRONG_CODES_PER_NETWORK = Limit("code-network", 100, timedelta(minutes=10))
MAX_NOTED = 1_000  # of one network: further errors add nothing to know, and a flood of them no rows
FIRST_HOLD_S, MAX_HOLD_S = 0.5, 8.0


def hold_s(wrong: int) -> float:
    """How long to keep back a wrong answer to a network that gave so many, in seconds: doubled with each hundred."""
    over = wrong - WRONG_CODES_PER_NETWORK.count
    return 0.0 if over < 0 else min(MAX_HOLD_S, FIRST_HOLD_S * 2 ** (over // WRONG_CODES_PER_NETWORK.count))


def keyed(key: bytes, purpose: str, value: str) -> bytes:
    """Hash a short secret or a network so that the database alone can't be searched for it."""
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()


def exceeded(db: Session, limit: Limit, key: bytes, value: str, *, now: datetime) -> TooManyTries | None:
    """Say whether a limit is reached, and for how many seconds."""
    count, oldest = people.attempts(db, _name(limit, key, value), now - limit.window)
    if count < limit.count or oldest is None:
        return None
    return TooManyTries(max(1, int((oldest + limit.window - now).total_seconds())))


def count(db: Session, limit: Limit, key: bytes, value: str, *, now: datetime) -> int:
    """Say how many attempts were noted."""
    return people.attempts(db, _name(limit, key, value), now - limit.window)[0]


def left(db: Session, limit: Limit, key: bytes, value: str, *, now: datetime) -> int:
    """Say how many attempts remain."""
    return max(0, limit.count - count(db, limit, key, value, now=now))


def note(db: Session, limit: Limit, key: bytes, value: str, *, now: datetime) -> None:
    """Count one attempt, and drop those that no limit looks at any more."""
    db.exec(delete(SignInAttempt).where(col(SignInAttempt.at) < now - KEPT))
    db.add(SignInAttempt(key=_name(limit, key, value), at=now))


def _name(limit: Limit, key: bytes, value: str) -> str:
    return f"{limit.name}:{keyed(key, limit.name, value).hex()[:32]}"
