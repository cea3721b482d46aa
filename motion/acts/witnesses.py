"""Naming the witnesses of a congress's record, and relying on one no more."""

from datetime import datetime

from sqlmodel import Session

from motion import outgoing
from motion.acts import congresses
from motion.acts.record import note
from motion.record.checkpoint import COSIGNATURE, VerifierKey, parse_verifier_key
from motion.record.errors import MalformedKey
from motion.record.forms import is_text
from motion.rules.errors import Invalid, NotFound
from motion.rules.permissions import Act, Actor, require
from storage import published
from storage.models import Witness

MAX_URL = 500


def described(congress_id: int, line: str, url: str, *, now: datetime) -> Witness:
    """Return the witness that a key and an address describe: nobody relies on it yet.

    Raises:
        Invalid: `key` with `form`, `algorithm`…, or `url`.
    """
    key = _read(line)
    url = url.strip().rstrip("/")
    if not outgoing.is_address(url) or len(url) > MAX_URL:
        raise Invalid("url", "form", url)
    return Witness(congress_id=congress_id, key=key.encode(), name=key.name, url=url, named_at=now)


def name(db: Session, actor: Actor | None, congress_id: int, line: str, url: str, *, now: datetime) -> Witness:
    """Rely on a witness from now on; naming it again corrects its address.

    Args:
        actor: None for the command line.
        line: The key that it printed at its first start: `name+id+base64`.
        url: Where it answers: https, or http on this machine.

    Raises:
        NotAllowed, Invalid, NotFound: Nobody was named. `Invalid` says `key` with `form`, `algorithm`…, or `url`.
    """
    if actor is not None:
        require(actor, Act.RUN_CONGRESS, congress_id)
    congresses.get(db, congress_id)
    wanted = described(congress_id, line, url, now=now)
    row = db.get(Witness, (congress_id, wanted.key))
    is_new = row is None or row.given_up_at is not None
    if row is None:
        row = wanted
    row.url, row.trouble = wanted.url, ""
    if is_new:
        row.named_at, row.given_up_at = now, None
        body = {"held": True, "key": row.key, "name": row.name}
        note(db, congress_id, "witness.change", body, actor=actor, now=now)
    db.add(row)
    return row


def give_up(db: Session, actor: Actor | None, congress_id: int, name: str, *, now: datetime) -> None:
    """Rely on a witness no more, by its name or its whole key; what it cosigned stays.

    Raises:
        NotAllowed, NotFound: Nothing changed.
    """
    if actor is not None:
        require(actor, Act.RUN_CONGRESS, congress_id)
    found = [row for row in published.named(db, congress_id) if name.strip() in (row.name, row.key)]
    if not found:
        raise NotFound("witness", name)
    for row in found:
        row.given_up_at = now
        db.add(row)
        body = {"held": False, "key": row.key, "name": row.name}
        note(db, congress_id, "witness.change", body, actor=actor, now=now)


def _read(line: str) -> VerifierKey:
    try:
        key = parse_verifier_key(line)
    except MalformedKey as error:
        raise Invalid("key", error.reason, line) from error
    if key.algorithm != COSIGNATURE:
        raise Invalid("key", "algorithm", line)
    if not is_text(key.encode()):  # the record's entries hold 300 characters
        raise Invalid("key", "too-long", line)
    return key
