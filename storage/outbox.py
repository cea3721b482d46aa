"""The outbox: mails written in an act's transaction, until they have left."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select, update

from storage.models import Mail

BATCH = 50
# A sign-in link lasts fifteen minutes: the first tries come quickly, then the server is left alone.
RETRY_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600))
MAX_TRIES = 12
# How long a process that says nothing has a mail to itself: longer than a slow server takes for one, short enough for
# a sign-in link to be of use when the process died in between and the mail is sent again.
LEASE = timedelta(seconds=120)

# Made once: they are asked for twice a second, and building a statement costs more than running it.
_DUE = (
    select(Mail)
    .where(col(Mail.sent_at).is_(None), col(Mail.not_before) <= bindparam("now"), col(Mail.tries) < MAX_TRIES)
    .order_by(col(Mail.id))
    .limit(BATCH)
)


def due(db: Session, now: datetime) -> list[Mail]:
    """List the mails whose next try has come, the oldest first."""
    return list(db.exec(_DUE, params={"now": now}))


def claim(db: Session, mail_id: int, now: datetime) -> bool:
    """Take a mail in order to send it; False when another process has it, or has sent it.

    The condition stands in the UPDATE itself: of two processes that try at once, the database lets one. Who says
    nothing for `LEASE` has lost it: the mail is due again, whether or not it had left.
    """
    free = col(Mail.id) == mail_id, col(Mail.sent_at).is_(None), col(Mail.not_before) <= now
    return bool(db.exec(update(Mail).where(*free).values(not_before=now + LEASE)).rowcount)


def sent(db: Session, mail_id: int, now: datetime, *, drop_body: bool) -> None:
    """Note that a mail left; once a server has it, its text need not stay here.

    One that is there no more was forgotten with its address while it left (`motion.acts.news.stop`).
    """
    mail = db.get(Mail, mail_id)
    if mail is None:
        return
    if drop_body:
        mail.body = ""
    mail.sent_at, mail.failure = now, ""
    db.add(mail)


def failed(db: Session, mail_id: int, failure: str, now: datetime) -> None:
    """Note why a try failed, and when the next comes."""
    mail = db.get(Mail, mail_id)
    if mail is None or mail.sent_at is not None:
        return
    mail.not_before = now + RETRY_AFTER[min(mail.tries, len(RETRY_AFTER) - 1)]
    mail.tries += 1
    mail.failure = failure[:500]
    db.add(mail)
