"""Appending one act to the record, in the transaction that does it."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from motion.record.entry import encode_entry
from motion.rules.permissions import SYSTEM, Actor
from storage import ledger
from storage.ledger import NewEntry


def note(
    db: Session,
    congress_id: int,
    kind: str,
    body: Mapping[str, object],
    *,
    actor: Actor | None,
    now: datetime,
    motion_id: int | None = None,
    official_id: int | None = None,
) -> int:
    """Append one entry to the congress's record and return its number.

    Args:
        actor: Who did it; None for the service itself (a phase opening at its hour).
        motion_id, official_id: What the entry is about, for the register's filters.
    """
    ledger.lock(db, congress_id)
    content = encode_entry(kind, body, by=SYSTEM if actor is None else actor.mark, at=now)
    return ledger.append(db, congress_id, [NewEntry(kind, content, motion_id, official_id)], now=now)
