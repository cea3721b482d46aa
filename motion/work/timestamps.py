"""Having signed roots stamped by a time-stamping authority (RFC 3161): hourly, and when something solemn is.

The bytes stamped are those of the checkpoint as it was published then; they are kept beside the reply, since later
cosignatures would have changed them. An authority that is away stops nothing: it is asked again five minutes later.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from motion import outgoing
from motion.outgoing import Answer, NoAnswer
from motion.record.errors import MalformedStamp
from motion.record.timestamp import MAX_REPLY_BYTES, QUERY_TYPE, REPLY_TYPE, check_reply, encode_query
from motion.work.checkpoints import SOLEMN
from storage import published, signed_roots
from storage.models import Checkpoint, Timestamp
from storage.signed_roots import Log
from storage.store import Session, Store

log = logging.getLogger("motion.timestamps")

EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=5)

Send = Callable[[str, bytes], Answer]
"""Asks the authority. Raises NoAnswer."""


def send(url: str, query: bytes) -> Answer:
    """Ask for real."""
    return outgoing.ask(
        url, query, headers={"Content-Type": QUERY_TYPE}, signed=True, seconds=10, limit=MAX_REPLY_BYTES
    )


class Timestamps:
    """What asks the authority. Owned by one task."""

    def __init__(self, store: Store, url: str, nonce: Callable[[], int], send: Send = send) -> None:
        self._store = store
        self._url = url
        self._nonce = nonce
        self._send = send
        self._not_before: dict[int, datetime] = {}

    def stamp_due(self, now: datetime) -> int:
        """Stamp what is due in each congress that is no trial; return how many roots were."""
        if not self._url:
            return 0
        return sum(
            self._stamp(record, now)
            for record in self._store.read_now(signed_roots.logs)
            if record.signed and not record.is_passing
        )

    def _stamp(self, record: Log, now: datetime) -> bool:
        if now < self._not_before.get(record.congress_id, now):
            return False
        row, last = self._store.read_now(_newest, record.congress_id)
        since = last.size if last else 0
        if row is None or row.size <= since:
            return False
        is_hour = last is None or now - last.at >= EVERY
        if not is_hour and not self._store.read_now(signed_roots.waits_for, record.congress_id, SOLEMN, since):
            return False
        self._not_before[record.congress_id] = now + AGAIN
        note, nonce = published.note_of(row), self._nonce()
        try:
            answer = self._send(self._url, encode_query(note, nonce))
            if answer.status != 200 or answer.kind != REPLY_TYPE:
                raise MalformedStamp("form")
            check_reply(answer.content, note, nonce)
        except (NoAnswer, MalformedStamp) as error:
            log.warning("couldn't have the record of %s stamped: %s", record.slug, error.reason)
            return False
        del self._not_before[record.congress_id]
        stamp = Timestamp(
            congress_id=record.congress_id, size=row.size, note=note.decode(), reply=answer.content, at=now
        )
        return self._store.write_now(_keep, stamp)


def _newest(db: Session, congress_id: int) -> tuple[Checkpoint | None, Timestamp | None]:
    stamped = published.timestamp(db, congress_id, published.stamped(db, congress_id))
    return published.checkpoint(db, congress_id), stamped


def _keep(db: Session, stamp: Timestamp) -> bool:
    if published.timestamp(db, stamp.congress_id, stamp.size) is not None:
        return False  # another process was faster
    db.add(stamp)
    return True
