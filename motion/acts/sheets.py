"""Paper forms: printed with a number that ties each to the record, and brought in by somebody who types them.

What a form says is received like any other contribution, and waits for a second person to compare it with its image.
"""

from datetime import datetime

from sqlmodel import Session

from motion.acts import congresses
from motion.acts.contributions import check_open
from motion.acts.record import note
from motion.rules.contributions import Channel
from motion.rules.errors import Invalid
from motion.rules.permissions import Act, Actor, require
from storage import contributions as rows
from storage import ledger

MAX_AT_ONCE = 500
"""Forms of one file: a thousand pages, which a printer takes in a morning."""

MAX_SHEETS = 100_000
"""Numbers of one congress: what is printed on a form stays short enough to be said on the telephone."""


def print(db: Session, actor: Actor, congress_id: int, count: int, now: datetime) -> tuple[int, int]:
    """Give numbers to forms that are about to be printed.

    Args:
        count: How many, from 1 to `MAX_AT_ONCE`.

    Returns:
        The first number and the last.

    Raises:
        NotAllowed, CollectionClosed, Invalid: No number was given.
    """
    require(actor, Act.COLLECT, congress_id)
    check_open(congresses.get(db, congress_id).phase, Channel.PAPER)
    if count < 1:
        raise Invalid("count", "too-small", "1")
    if count > MAX_AT_ONCE:
        raise Invalid("count", "too-large", str(MAX_AT_ONCE))
    ledger.lock(db, congress_id)
    row = rows.collection(db, congress_id)
    first, last = row.sheets + 1, row.sheets + count
    if last > MAX_SHEETS:
        raise Invalid("count", "too-large", str(MAX_SHEETS - row.sheets))
    note(db, congress_id, "sheet.print", {"first": first, "last": last}, actor=actor, now=now)
    row.sheets = last
    db.add(row)
    return first, last
