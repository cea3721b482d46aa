"""A message by mail as a contribution: logged at once, published only once its author has agreed at a private address.

Whoever is named as the sender is asked by mail: nobody publishes in another's name. The address stands in that mail
alone, not with the contribution.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from motion.acts import attempts, contributions
from motion.acts.attempts import Limit
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.acts.sign_in import Message
from motion.rules.contributions import Channel, ConsentWay, Words
from storage import ledger, removals
from storage.models import Contribution, Mail

PER_SENDER = Limit("mailed-sender", 10, timedelta(hours=1))
"""Answers to one address: two machines that write to each other stop at that."""


def name_of(reference: str, raw: bytes) -> str:
    """How a message is known again: by its own name among messages, else by its bytes."""
    return "mail:" + hashlib.sha256(reference.encode() or raw).hexdigest()[:32]


def is_known(db: Session, congress_id: int, foreign_id: str) -> bool:
    """Whether a message was received before."""
    query = select(Contribution.id).where(
        Contribution.congress_id == congress_id, col(Contribution.foreign_id) == foreign_id
    )
    return db.exec(query).first() is not None


def receive(
    db: Session,
    congress_id: int,
    words: Words,
    files: Sequence[ReceivedFile],
    *,
    foreign_id: str,
    token_hash: bytes,
    salt: bytes,
    now: datetime,
) -> Contribution | None:
    """Log a message and its files; None when it was received before.

    Raises:
        CollectionClosed, Invalid: Nothing was received.
    """
    ledger.lock(db, congress_id)
    if is_known(db, congress_id, foreign_id):
        return None
    for file in files:
        removals.spare(db, file.blob)
    return contributions.receive(
        db,
        None,
        congress_id,
        words,
        Channel.MAIL,
        (),
        how=ConsentWay.MAIL,
        token_hash=token_hash,
        salt=salt,
        files=files,
        circumstances=Circumstances(foreign_id=foreign_id),
        now=now,
    )


def answer(db: Session, congress_id: int, sender: str, message: Message, *, key: bytes, now: datetime) -> bool:
    """Write to a sender, unless they had their fill; return whether a mail was written.

    Args:
        key: Of short secrets (`storage.sign_in_key`).
    """
    if attempts.exceeded(db, PER_SENDER, key, sender, now=now) is not None:
        return False
    attempts.note(db, PER_SENDER, key, sender, now=now)
    db.add(
        Mail(
            congress_id=congress_id,
            recipient=sender,
            subject=message.subject,
            body=message.body,
            created_at=now,
            not_before=now,
        )
    )
    return True
