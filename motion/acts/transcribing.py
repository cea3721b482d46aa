"""What somebody of the secretariat writes down for somebody else: words said aloud, corrections of what was typed.

Whoever typed the last version never confirms it: `contributions.check` is for another person.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from motion.acts import contributions
from motion.acts.contributions import Circumstances
from motion.acts.private_addresses import spoken_id
from motion.rules.contributions import Channel, ConsentWay, ContributionState, Words
from motion.rules.errors import ContributionSettled
from motion.rules.permissions import Act, Actor, require
from storage import contributions as rows
from storage import ledger
from storage.models import Contribution

TYPED = frozenset({Channel.SPOKEN, Channel.PAPER})
"""Channels by which words come that somebody else than their author has typed."""


def note_down(
    db: Session,
    actor: Actor,
    congress_id: int,
    words: Words,
    uses: Collection[str],
    *,
    key: bytes,
    salt: bytes,
    circumstances: Circumstances,
    now: datetime,
) -> tuple[Contribution, bool]:
    """Receive words said aloud, once for each key: a device that heard no answer sends them again.

    Args:
        uses: What their author agreed to, aloud.
        key: 32 bytes, made of what the device drew for these words. It stands in the place of the hash of a private
            address, until who spoke is given one (`private_addresses.give`).

    Returns:
        The contribution, and whether this call received it.

    Raises:
        NotAllowed, CollectionClosed, Invalid, NotFound: Nothing was received.
    """
    require(actor, Act.COLLECT, congress_id)
    ledger.lock(db, congress_id)  # of the same words sent twice at once, the second finds the first
    known = rows.of_secret(db, congress_id, key) or rows.of_foreign(db, congress_id, spoken_id(key))
    if known is not None:
        return known, False
    received = contributions.receive(
        db,
        actor,
        congress_id,
        words,
        Channel.SPOKEN,
        uses,
        how=ConsentWay.SPOKEN,
        token_hash=key,
        salt=salt,
        circumstances=circumstances,
        now=now,
    )
    return received, True


def correct(
    db: Session,
    actor: Actor,
    congress_id: int,
    number: int,
    words: Words,
    *,
    official_id: int | None,
    salt: bytes,
    now: datetime,
) -> Contribution:
    """Log another version of what was typed; whoever corrects has typed it, so somebody else confirms it.

    Args:
        official_id: Whose words they are, when they are on the roster.

    Raises:
        NotAllowed, NotFound, CollectionClosed, Invalid: Nothing was changed.
        ContributionSettled: It came otherwise, it is withdrawn, or it is a paper form that is published: what people
            read beside its image changes by a decision (`moderation`), not by a correction.
    """
    require(actor, Act.COLLECT, congress_id)
    contribution = contributions.get(db, congress_id, number)
    rows.lock(db, contribution)
    is_paper = contribution.channel == Channel.PAPER
    is_read = contribution.published_version > 0
    if contribution.channel not in TYPED or (is_paper and is_read):
        raise ContributionSettled(rows.code(contribution), contribution.state)
    contributions.check_official(db, congress_id, official_id)
    if is_paper and contribution.state == ContributionState.RECEIVED:
        contribution.state = ContributionState.AWAITED
    contribution.typed_by, contribution.checked_by = actor.secretary_id, None  # it is to be compared again
    contributions.revise(db, contribution, words, salt=salt, now=now, actor=actor)
    contribution.official_id = official_id
    db.add(contribution)
    return contribution
