"""Sending what somebody has written: received once, with its files, however often the form comes.

A draft is a row that its author's cookie names; its answers are JSON of the form's own. Nothing of it is official.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from motion.acts import attempts, contributions, uploads
from motion.acts.attempts import Limit
from motion.acts.contributions import Circumstances, ReceivedFile
from motion.rules.contributions import Channel, ConsentWay, Words
from motion.rules.errors import TooManyTries
from storage import contributions as rows
from storage import deposits, ledger
from storage.models import Contribution

KEPT = timedelta(days=30)
"""How long a draft that nobody touches is kept."""

FILES_KEPT = timedelta(days=7)
"""How long the files of a draft are kept since its author last wrote in it: a congress has so much room."""

# A hall of a thousand behind one address, each of whom speaks twice in an hour, with some to spare.
PER_NETWORK = Limit("contribution-network", 3_000, timedelta(hours=1))
PER_PERSON = Limit("contribution-person", 30, timedelta(hours=1))
DRAFTS_PER_NETWORK = Limit("draft-network", 3_000, timedelta(hours=1))
# What an author does at their private address makes entries that stay for ever.
DEEDS_PER_CONTRIBUTION = Limit("contribution-deeds", 60, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, as far as anyone knows.

    Attributes:
        owner: Hash of the cookie's secret, or of a kiosk's form.
        network: Where it comes from.
        counts_person: Whether so many of this sender are too many: not of a kiosk.
    """

    owner: bytes
    network: str
    counts_person: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a form that was sent: `is_again` when it had been before."""

    contribution: Contribution
    receipt: int
    is_again: bool = False


def send(
    db: Session,
    congress_id: int,
    sender: Sender,
    form_key: str,
    words: Words,
    channel: Channel,
    uses: Sequence[str],
    files: Sequence[tuple[str, ReceivedFile]],
    *,
    circumstances: Circumstances,
    token_hash: bytes,
    salt: bytes,
    key: bytes,
    now: datetime,
) -> Sent | TooManyTries:
    """Receive a contribution; its files' blobs are its own from here on, and its draft is gone.

    Args:
        form_key: Of the draft: what comes again with the same one is received once.
        files: Each with the address of its upload.
        key: Of short secrets (`storage.sign_in_key`).

    Returns:
        What was received; or why so many are refused, which must not be rolled back.

    Raises:
        CollectionClosed, Invalid: As `contributions.receive`.
        NotFound, UploadGone, UploadUnfinished: As `uploads.take`.
    """
    ledger.lock(db, congress_id)  # of two at once, the second finds what the first has done
    before = sent_before(db, congress_id, sender.owner, form_key)
    if before is not None:
        return Sent(before, _receipt(db, before), is_again=True)
    limits = [(PER_NETWORK, sender.network)]
    if sender.counts_person:
        limits.append((PER_PERSON, sender.owner.hex()))
    for limit, value in limits:
        refusal = attempts.exceeded(db, limit, key, value, now=now)
        if refusal is not None:
            return refusal
    received = contributions.receive(
        db,
        None,
        congress_id,
        words,
        channel,
        uses,
        how=ConsentWay.ONLINE,
        token_hash=token_hash,
        salt=salt,
        files=[file for _upload, file in files],
        circumstances=circumstances,
        now=now,
    )
    for upload_id, file in files:
        taken = uploads.take(db, congress_id, sender.owner, upload_id, now=now)
        assert taken.key == file.blob
    for limit, value in limits:
        attempts.note(db, limit, key, value, now=now)
    done = json.dumps({"last_key": form_key, "last_number": received.number})
    deposits.keep(db, congress_id, sender.owner, done, now=now)
    return Sent(received, _receipt(db, received))


def keep(
    db: Session, congress_id: int, owner: bytes, network: str, answers: str, *, key: bytes, now: datetime
) -> TooManyTries | None:
    """Keep a draft as it was typed.

    Args:
        key: Of short secrets (`storage.sign_in_key`).

    Returns:
        None; or why so many new ones of a network are not kept.
    """
    if deposits.of_owner(db, congress_id, owner) is None:
        refusal = attempts.exceeded(db, DRAFTS_PER_NETWORK, key, network, now=now)
        if refusal is not None:
            return refusal
        attempts.note(db, DRAFTS_PER_NETWORK, key, network, now=now)
    deposits.keep(db, congress_id, owner, answers, now=now)
    return None


def sent_before(db: Session, congress_id: int, owner: bytes, form_key: str) -> Contribution | None:
    """Find what a form became when it was sent already."""
    row = deposits.of_owner(db, congress_id, owner)
    answers = json.loads(row.answers) if row is not None else {}
    if not form_key or answers.get("last_key") != form_key:
        return None
    return rows.numbered(db, congress_id, answers["last_number"])


def _receipt(db: Session, contribution: Contribution) -> int:
    """Number of the entry that says that it was received."""
    assert contribution.id is not None
    return rows.versions(db, contribution.id)[0].entry
