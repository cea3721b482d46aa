"""Personal cards for the hall: issued, used, cancelled.

A card carries a QR code (an address with a token) and a short code to type; both are kept hashed, so a
sheet can be printed at the moment of issue only. A card serves as long as it is in force, on several
devices; a newer card of the same official ends it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from motion.acts import attempts, sessions, sign_in
from motion.acts.attempts import keyed
from motion.acts.sign_in import NewSession
from motion.record.entry import encode_entry
from motion.rules.errors import CardUnknown, NotFound, TooManyTries
from motion.rules.permissions import SYSTEM, Act, Actor, require
from storage import ledger, people
from storage.ledger import NewEntry
from storage.models import Card, LoginSession, Official
from storage.people import Person


@dataclass(frozen=True, slots=True)
class NewCard:
    """What is kept of a card about to be printed."""

    official_id: int
    token_hash: bytes
    code_hash: bytes


def code_hash(key: bytes, congress_id: int, code: str) -> bytes:
    """Hash a short code, as read by `rules.card_codes.read_card_code`."""
    return keyed(key, "card", f"{congress_id} {code}")


def issue(db: Session, actor: Actor, congress_id: int, cards: Sequence[NewCard], *, now: datetime) -> list[Person]:
    """Put cards in force and end the older ones of the same officials; return who gets them, in order.

    Raises:
        NotAllowed, NotFound: No card was issued, and all older ones stay in force.
    """
    require(actor, Act.ISSUE_CARDS, congress_id)
    ledger.lock(db, congress_id)  # of two who issue cards at once, the second ends those of the first
    owners: list[Person] = []
    for card in cards:
        official = db.get(Official, card.official_id)
        if official is None or official.congress_id != congress_id or official.revoked_at is not None:
            raise NotFound("official", str(card.official_id))
        owners.append(people.of_official(official))
    _end(db, actor, congress_id, [card.official_id for card in cards], now)
    rows = [
        Card(
            congress_id=congress_id,
            official_id=card.official_id,
            token_hash=card.token_hash,
            code_hash=card.code_hash,
            issued_at=now,
        )
        for card in cards
    ]
    db.add_all(rows)
    db.flush()
    _note(
        db,
        congress_id,
        "card.issue",
        [({"card": f"c-{row.id}", "official": f"elu-{row.official_id}"}, row.official_id) for row in rows],
        actor,
        now,
    )
    return owners


def cancel(db: Session, actor: Actor, official_id: int, *, now: datetime) -> list[int]:
    """End an official's card, lost or lent, and the sessions it opened; return their ids.

    Raises:
        NotAllowed, NotFound: The card stays in force.
    """
    require(actor, Act.ISSUE_CARDS, actor.congress_id)
    official = db.get(Official, official_id)
    if official is None or official.congress_id != actor.congress_id:
        raise NotFound("official", str(official_id))
    if not _end(db, actor, official.congress_id, [official_id], now):
        raise NotFound("card", str(official_id))
    return sessions.end_all_of(db, official_id, "revoked", way="card", actor=actor, now=now)


def end_of(db: Session, actor: Actor | None, congress_id: int, official_id: int, *, now: datetime) -> None:
    """End the card of an official who leaves the roster, if there is one."""
    _end(db, actor, congress_id, [official_id], now)


def owner(db: Session, congress_id: int, token_hash: bytes) -> Person:
    """Say whose card a QR code is, and change nothing.

    Raises:
        CardUnknown: No card in force carries it.
    """
    card = db.exec(
        select(Card).where(
            Card.token_hash == token_hash, Card.congress_id == congress_id, col(Card.revoked_at).is_(None)
        )
    ).first()
    if card is None:
        raise CardUnknown
    return people.of_official(db.get_one(Official, card.official_id))


def use(db: Session, congress_id: int, token_hash: bytes, new: NewSession, *, now: datetime) -> LoginSession:
    """Sign in by the QR code of a card.

    Raises:
        CardUnknown: No card in force carries it.
    """
    return _open(db, congress_id, owner(db, congress_id, token_hash), new, now)


@dataclass(frozen=True, slots=True)
class WrongCode:
    """A refused try of a short code. The answer is to be kept back for `hold_s` seconds."""

    refusal: CardUnknown | TooManyTries
    hold_s: float = 0.0


def use_code(
    db: Session,
    congress_id: int,
    code: str | None,
    new: NewSession,
    *,
    device: str,
    network: str,
    key: bytes,
    now: datetime,
) -> LoginSession | WrongCode:
    """Sign in by the short code of a card. A refusal is returned, for the try must stay counted.

    Args:
        code: As read by `rules.card_codes.read_card_code`; None when it was no code at all.
        device: Something that this browser keeps; it alone waits after too many errors, and others behind the same
            network go on.
        network: The network's address.
        key: `storage.sign_in_key`.
    """
    refusal = attempts.exceeded(db, attempts.WRONG_CODES_PER_DEVICE, key, device, now=now)
    if refusal is not None:
        return WrongCode(refusal)
    card = None
    if code is not None:
        card = db.exec(
            select(Card).where(
                Card.code_hash == code_hash(key, congress_id, code),
                Card.congress_id == congress_id,
                col(Card.revoked_at).is_(None),
            )
        ).first()
    if card is not None:
        return _open(db, congress_id, people.of_official(db.get_one(Official, card.official_id)), new, now)
    wrong = attempts.count(db, attempts.WRONG_CODES_PER_NETWORK, key, network, now=now)
    if wrong < attempts.MAX_NOTED:
        attempts.note(db, attempts.WRONG_CODES_PER_DEVICE, key, device, now=now)
        attempts.note(db, attempts.WRONG_CODES_PER_NETWORK, key, network, now=now)
    return WrongCode(CardUnknown(), attempts.hold_s(wrong))


def _open(db: Session, congress_id: int, person: Person, new: NewSession, now: datetime) -> LoginSession:
    return sign_in.open_session(
        db,
        congress_id,
        official_id=person.official_id,
        token_hash=new.token_hash,
        way="card",
        device=new.device,
        now=now,
        expires_at=new.expires_at,
    )


def _end(db: Session, actor: Actor | None, congress_id: int, officials: Sequence[int], now: datetime) -> bool:
    found = db.exec(
        select(Card).where(
            Card.congress_id == congress_id,
            col(Card.official_id).in_(officials),
            col(Card.revoked_at).is_(None),
        )
    ).all()
    for card in found:
        card.revoked_at = now
        db.add(card)
    ended = [({"card": f"c-{card.id}"}, card.official_id) for card in found]
    _note(db, congress_id, "card.revoke", ended, actor, now)
    return bool(found)


def _note(
    db: Session,
    congress_id: int,
    kind: str,
    bodies: Sequence[tuple[dict[str, str], int]],
    actor: Actor | None,
    now: datetime,
) -> None:
    # All at once: cards come by the hundred.
    ledger.lock(db, congress_id)
    by = SYSTEM if actor is None else actor.mark
    entries = [
        NewEntry(kind, encode_entry(kind, body, by=by, at=now), official_id=official_id) for body, official_id in bodies
    ]
    ledger.append(db, congress_id, entries, now=now)
