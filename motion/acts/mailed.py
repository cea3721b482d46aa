"""A message by mail as a contribution: logged at once, published only once its author has agreed at a private address.

Whoever is named as the sender is asked by mail: nobody publishes in another's name. The address stands in that mail
alone, not with the contribution.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from motion.acts import attempts, contributions
from motion.acts.attempts import Limit
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.acts.sign_in import Message
from motion.rules.contributions import Channel, ConsentWay, Words
from storage import ledger, removals
from storage.models import Contribution, Mail
from storage.outbox import LEASE

PER_SENDER = Limit("mailed-sender", 10, timedelta(hours=1))
"""Mails to one address that leave at once."""

A_DAY, PER_DAY = timedelta(days=1), 30
"""Mails to one address in a day; then one a day. Two machines that write to each other come down to that."""

MAX_GATHERED = 100_000
"""Characters of a mail in which questions are gathered: some two hundred of them."""


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
    _write(db, congress_id, sender, message, now, now)
    return True


def ask(
    db: Session, congress_id: int, sender: str, message: Message, again: str, *, key: bytes, now: datetime
) -> datetime:
    """Ask a sender to agree to what was received from them: nobody is left unasked for ever.

    Who had their fill is asked later, of all that waits in one mail: whoever writes in another's name can't fill their
    box, and a machine that answers each mail is answered less and less. The caller holds `ledger.lock`.

    Args:
        again: What is added to a mail that waits already.
        key: Of short secrets (`storage.sign_in_key`).

    Returns:
        When the mail may leave.
    """
    today = _mails(congress_id, sender).where(col(Mail.created_at) > now - A_DAY)
    is_much = len(db.exec(today.limit(PER_DAY)).all()) == PER_DAY
    if not is_much and answer(db, congress_id, sender, message, key=key, now=now):
        return now
    # Whoever sends a mail holds it for `LEASE`: what is added to that one would not leave with it.
    later = _mails(congress_id, sender).where(
        col(Mail.sent_at).is_(None), col(Mail.tries) == 0, col(Mail.not_before) > now + LEASE
    )
    waiting = db.exec(later.order_by(col(Mail.not_before).desc()).limit(1)).first()
    if waiting is not None and len(waiting.body) + len(again) <= MAX_GATHERED:
        waiting.body += again
        db.add(waiting)
        return waiting.not_before
    begins = waiting.not_before if waiting is not None else now
    at = begins + (A_DAY if is_much else PER_SENDER.window)
    _write(db, congress_id, sender, message, now, at)
    return at


def _mails(congress_id: int, sender: str) -> SelectOfScalar[Mail]:
    return select(Mail).where(Mail.congress_id == congress_id, Mail.recipient == sender)


def _write(db: Session, congress_id: int, sender: str, message: Message, now: datetime, not_before: datetime) -> None:
    db.add(
        Mail(
            congress_id=congress_id,
            recipient=sender,
            subject=message.subject,
            body=message.body,
            created_at=now,
            not_before=not_before,
        )
    )
