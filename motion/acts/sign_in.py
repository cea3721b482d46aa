"""Signing in without a password: a mail with a link and six digits, a card, a demonstration link.

Life of a sign-in by mail: `request_mail` (the same answer whether or not the address is known) writes
the mail in its own transaction; the link opens a page that changes nothing (`people_of_link`) and whose
button calls `use_link`; or the digits are typed in the browser that asked, and `use_digits` checks them.
All end in `open_session`. Cards are in `motion.acts.cards`.

Nothing here is stored in clear: tokens as SHA-256 (they have 256 bits), six digits and networks under a
keyed hash (`storage.sign_in_key`). A refused try must be counted, and `Store.write` rolls back what
raises: the functions that check a secret therefore return their refusal, and the caller raises it.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from motion.acts import attempts, record
from motion.acts.attempts import keyed
from motion.rules.errors import CodeWrong, Invalid, LinkUnusable, NotFound, TooManyTries
from motion.rules.mail_addresses import MAX_ADDRESS
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import people
from storage.models import Congress, LoginSession, Mail, Official, Secretary, SignInMail
from storage.people import Person

_RECORDED = {"demonstration": "demo"}  # the word of the record's table of kinds


@dataclass(frozen=True, slots=True)
class NewSession:
    """What the web layer knows of the session to open; the token itself goes to the cookie alone."""

    token_hash: bytes
    device: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as its reader will see it."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Choose:
    """The proof is good and stands for several people (twice on the roster, or also of the secretariat)."""

    people: tuple[Person, ...]


def open_session(
    db: Session,
    congress_id: int,
    *,
    official_id: int | None = None,
    secretary_id: int | None = None,
    token_hash: bytes,
    way: str,
    device: str,
    now: datetime,
    expires_at: datetime,
) -> LoginSession:
    """Sign one person in on one device; exactly one of the two ids is given.

    The record says who, and by which way (`mail`, `card`, `demonstration`, `rehearsal`): never the
    token, the device or the network.

    Raises:
        NotFound: Nobody in force in this congress has this id.
    """
    actor = actor_of(db, congress_id, official_id=official_id, secretary_id=secretary_id)
    row = LoginSession(
        congress_id=congress_id,
        official_id=official_id,
        secretary_id=secretary_id,
        token_hash=token_hash,
        way=way,
        device=device[:100],
        created_at=now,
        seen_at=now,
        expires_at=expires_at,
    )
    db.add(row)
    db.flush()
    record.note(
        db,
        congress_id,
        "session.open",
        {"how": _RECORDED.get(way, way), "sess": f"s-{row.id}", "who": actor.mark},
        actor=actor,
        now=now,
        official_id=official_id,
    )
    return row


def actor_of(
    db: Session,
    congress_id: int,
    *,
    official_id: int | None = None,
    secretary_id: int | None = None,
    session_id: int | None = None,
) -> Actor:
    """Say as whom somebody acts now.

    Raises:
        NotFound: Nobody in force in this congress has this id.
    """
    if official_id is not None:
        official = db.get(Official, official_id)
        if official is None or official.congress_id != congress_id or official.revoked_at is not None:
            raise NotFound("official", str(official_id))
        role = Role.RAPPORTEUR if official.is_rapporteur else Role.OFFICIAL
        return Actor(congress_id, role, official_id=official_id, session_id=session_id)
    secretary = None if secretary_id is None else db.get(Secretary, secretary_id)
    if secretary is None or secretary.congress_id != congress_id or secretary.revoked_at is not None:
        raise NotFound("secretary", str(secretary_id))
    return Actor(congress_id, Role.SECRETARIAT, secretary_id=secretary_id, session_id=session_id)


def request_mail(
    db: Session,
    congress_id: int,
    address: str,
    message: Message,
    *,
    token_hash: bytes,
    digits: str,
    browser: str,
    network: str,
    key: bytes,
    now: datetime,
    lifetime: timedelta,
) -> TooManyTries | None:
    """Send a link and six digits to an address, if somebody of the congress has it.

    Nothing in the answer says whether somebody has: the limits count unknown addresses too, and the
    web layer answers all after the same time.

    Args:
        browser: A fresh secret, left with the browser that asks; the digits are of use in that one alone.
        network: The network's address; kept as a keyed hash, for an hour.
        key: `storage.sign_in_key`.

    Raises:
        Invalid: This can't be an address.
    """
    address = address.strip().lower()
    if not address:
        raise Invalid("email", "empty")
    if "@" not in address[1:-1] or len(address) > MAX_ADDRESS or any(sign.isspace() for sign in address):
        raise Invalid("email", "form", address[:MAX_ADDRESS])
    per_address = f"{congress_id} {address}"
    of_network = attempts.exceeded(db, attempts.MAILS_PER_NETWORK, key, network, now=now)
    refusal = attempts.exceeded(db, attempts.MAILS_PER_ADDRESS, key, per_address, now=now)
    if refusal is None and attempts.count(db, attempts.MAILS_PER_ADDRESS, key, per_address, now=now):
        refusal = of_network
    if refusal is not None:
        return refusal
    attempts.note(db, attempts.MAILS_PER_ADDRESS, key, per_address, now=now)
    if of_network is None:
        attempts.note(db, attempts.MAILS_PER_NETWORK, key, network, now=now)
    known = people.with_address(db, congress_id, address)
    if known:
        db.add(
            SignInMail(
                congress_id=congress_id,
                official_id=known[0].official_id,
                secretary_id=known[0].secretary_id,
                token_hash=token_hash,
                code_hash=_digits_hash(key, _asker(browser, address), digits),
                browser_hash=keyed(key, "browser", _asker(browser, address)),
                created_at=now,
                expires_at=now + lifetime,
            )
        )
        db.add(
            Mail(
                congress_id=congress_id,
                recipient=address,
                subject=message.subject,
                body=message.body,
                created_at=now,
                not_before=now,
            )
        )
    return None


def people_of_link(db: Session, congress_id: int, token_hash: bytes, *, now: datetime) -> tuple[Person, ...]:
    """Say whom a mailed link stands for, and change nothing: mail scanners open links.

    Raises:
        LinkUnusable: Unknown, used or too old.
    """
    row = db.exec(
        select(SignInMail).where(SignInMail.token_hash == token_hash, SignInMail.congress_id == congress_id)
    ).first()
    if row is None:
        raise LinkUnusable("unknown")
    return _people_of(db, row, now)


def use_link(
    db: Session, congress_id: int, token_hash: bytes, new: NewSession, *, chosen: str = "", now: datetime
) -> LoginSession | Choose:
    """Sign in by a mailed link, once.

    Args:
        chosen: The mark (`elu-12`) of the person to sign in as, when the address has several.

    Raises:
        LinkUnusable: Unknown, used or too old.
    """
    row = db.exec(
        select(SignInMail)
        .where(SignInMail.token_hash == token_hash, SignInMail.congress_id == congress_id)
        .with_for_update()
    ).first()
    if row is None:
        raise LinkUnusable("unknown")
    return _use(db, row, _people_of(db, row, now), new, chosen, now)


def use_digits(
    db: Session,
    congress_id: int,
    address: str,
    digits: str | None,
    new: NewSession,
    *,
    browser: str,
    network: str,
    key: bytes,
    chosen: str = "",
    now: datetime,
) -> LoginSession | Choose | CodeWrong | TooManyTries | LinkUnusable:
    """Sign in by the six digits of a mail, in the browser that asked for it.

    A refusal is returned, for the try must stay counted. Whether somebody has the address makes no
    difference to what a wrong answer gets.

    Args:
        digits: As read by `rules.card_codes.read_digits`; None when they were not six digits.
    """
    asker = _asker(browser, address)
    per_address = f"{congress_id} {address.strip().lower()}"
    refusal = attempts.exceeded(db, attempts.WRONG_DIGITS_PER_ADDRESS, key, per_address, now=now)
    wrong = attempts.count(db, attempts.WRONG_DIGITS_PER_ADDRESS, key, per_address, now=now)
    if wrong >= attempts.FREE_WRONG_DIGITS:
        refusal = refusal or attempts.exceeded(db, attempts.WRONG_DIGITS_PER_NETWORK, key, network, now=now)
    if refusal is not None:
        return refusal
    left = attempts.left(db, attempts.WRONG_DIGITS_PER_MAIL, key, asker, now=now)
    if digits is None or left == 0:
        return CodeWrong(left)
    row = db.exec(
        select(SignInMail)
        .where(SignInMail.congress_id == congress_id, SignInMail.browser_hash == keyed(key, "browser", asker))
        .with_for_update()
    ).first()
    expected = row.code_hash if row is not None else b""
    if hmac.compare_digest(expected, _digits_hash(key, asker, digits)):
        assert row is not None
        try:
            return _use(db, row, _people_of(db, row, now), new, chosen, now)
        except LinkUnusable as unusable:
            return unusable
    if row is not None:
        row.tries += 1
        db.add(row)
    attempts.note(db, attempts.WRONG_DIGITS_PER_MAIL, key, asker, now=now)
    attempts.note(db, attempts.WRONG_DIGITS_PER_ADDRESS, key, per_address, now=now)
    attempts.note(db, attempts.WRONG_DIGITS_PER_NETWORK, key, network, now=now)
    return CodeWrong(left - 1)


def demonstration_token(key: bytes, slug: str, mark: str) -> str:
    """Return what signs `mark` (`elu-12`, `sec-1`) in directly, in a demonstration congress alone."""
    return keyed(key, "demonstration", f"{slug} {mark}").hex()


def use_demonstration(
    db: Session, congress_id: int, mark: str, token: str, new: NewSession, *, key: bytes, now: datetime
) -> LoginSession:
    """Sign in by an address printed by `motion serve --demo`; it can be used again and again.

    Raises:
        LinkUnusable: The congress is no demonstration, or the address was not printed by this installation.
        NotFound: The person is no longer there.
    """
    congress = db.get(Congress, congress_id)
    if congress is None or not congress.is_demonstration:
        raise LinkUnusable("unknown")
    if not hmac.compare_digest(demonstration_token(key, congress.slug, mark).encode(), token.encode()):
        raise LinkUnusable("unknown")
    kind, _, number = mark.partition("-")
    if kind not in {"elu", "sec"} or not number.isdecimal():
        raise LinkUnusable("unknown")
    return open_session(
        db,
        congress_id,
        official_id=int(number) if kind == "elu" else None,
        secretary_id=int(number) if kind == "sec" else None,
        token_hash=new.token_hash,
        way="demonstration",
        device=new.device,
        now=now,
        expires_at=new.expires_at,
    )


def void_mails_of(db: Session, official_id: int, now: datetime) -> None:
    """End the links sent to an official: the address they went to is no longer theirs, or they left."""
    db.exec(
        update(SignInMail)
        .where(col(SignInMail.official_id) == official_id, col(SignInMail.used_at).is_(None))
        .values(used_at=now)
    )


def _asker(browser: str, address: str) -> str:
    return f"{browser} {address.strip().lower()}"


def _digits_hash(key: bytes, asker: str, digits: str) -> bytes:
    return keyed(key, "digits", f"{asker} {digits}")


def _address_of(db: Session, row: SignInMail) -> str:
    if row.official_id is not None:
        return db.get_one(Official, row.official_id).email or ""
    assert row.secretary_id is not None
    return db.get_one(Secretary, row.secretary_id).email


def _people_of(db: Session, row: SignInMail, now: datetime) -> tuple[Person, ...]:
    if row.used_at is not None:
        raise LinkUnusable("used")
    if row.expires_at <= now:
        raise LinkUnusable("expired")
    found = tuple(people.with_address(db, row.congress_id, _address_of(db, row)))
    if not found:
        raise LinkUnusable("unknown")
    return found


def _use(
    db: Session, row: SignInMail, found: tuple[Person, ...], new: NewSession, chosen: str, now: datetime
) -> LoginSession | Choose:
    if len(found) > 1:
        found_by_mark = {person.mark: person for person in found}
        if chosen not in found_by_mark:
            return Choose(found)
        person = found_by_mark[chosen]
    else:
        person = found[0]
    row.used_at = now
    db.add(row)
    return open_session(
        db,
        row.congress_id,
        official_id=person.official_id,
        secretary_id=person.secretary_id,
        token_hash=new.token_hash,
        way="mail",
        device=new.device,
        now=now,
        expires_at=new.expires_at,
    )
