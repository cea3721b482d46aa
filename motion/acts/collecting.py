"""Importing contributions collected elsewhere: a few at a time, each an act of its own, repeatable without doubles."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations

from sqlalchemy import func, select
from sqlmodel import Session, col

from motion.acts import congresses, contributions, private_addresses
from motion.acts.contributions import Circumstances
from motion.acts.private_addresses import PrivateAddress
from motion.acts.record import note
from motion.language import LANGUAGES, language
from motion.rules.collected import Incoming
from motion.rules.contributions import Channel, ConsentWay
from motion.rules.permissions import Act, Actor, require
from storage import contributions as rows
from storage import ledger
from storage.models import Congress, Contribution, Mail

_ = NullTranslations().gettext  # marks the sentences for the catalogues

PREVIEW, IMPORT = "contributions.preview", "contributions.import"
"""The long tasks: reading a file, then importing it (`motion.work.collected`)."""

WRITTEN = _(
    "Bonjour,\n\n"
    "Ce que vous avez dit lors d’une collecte est arrivé au congrès\u00a0: c’est la contribution %(code)s.\n\n"
    "Vous pouvez la suivre, la corriger ou la retirer à cette adresse, que vous seul·e connaissez\u00a0:\n\n"
    "%(url)s\n\n"
    "Vous recevez ce seul courriel, car vous l’aviez accepté lors de la collecte. Votre adresse de courriel n’est ni "
    "publiée, ni inscrite au registre."
)

BATCH = 20  # contributions of one transaction: nobody who writes in a motion waits for an import


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did. `left` were there already."""

    added: int
    left: int
    refused: int


def known(db: Session, congress_id: int, ids: Collection[str]) -> set[str]:
    """Of the names that another tool gave, those that were imported already."""
    query = select(col(Contribution.foreign_id)).where(
        col(Contribution.congress_id) == congress_id,
        col(Contribution.channel) == Channel.IMPORT.value,
        col(Contribution.foreign_id).in_(ids),
    )
    return set(db.execute(query).scalars())


def all_known(db: Session, congress_id: int) -> set[str]:
    """Every name that another tool gave to what was imported."""
    query = select(col(Contribution.foreign_id)).where(
        col(Contribution.congress_id) == congress_id, col(Contribution.channel) == Channel.IMPORT.value
    )
    return set(db.execute(query).scalars())


def add(
    db: Session,
    actor: Actor,
    congress_id: int,
    incoming: Sequence[Incoming],
    uses: Collection[str],
    how: ConsentWay,
    *,
    secrets: Sequence[tuple[PrivateAddress, bytes]],
    base_url: str,
    now: datetime,
) -> int:
    """Receive a few contributions, but those that are there already; write to who agreed to be written to.

    Args:
        how: How their authors agreed elsewhere, as the secretariat declares.
        secrets: For each, the private address of its author, which is mailed or forgotten, and the salt of its words.
        base_url: Of the site.
        now: The same for the whole import: what it added is found again by it after a crash.

    Returns:
        How many were received.

    Raises:
        NotAllowed, CollectionClosed: None of them was received.
    """
    require(actor, Act.COLLECT, congress_id)
    ledger.lock(db, congress_id)
    there = known(db, congress_id, [one.foreign_id for one in incoming])
    congress = congresses.get(db, congress_id)
    count = 0
    for one, (address, salt) in zip(incoming, secrets, strict=True):
        if one.foreign_id not in there:
            received = contributions.receive(
                db,
                actor,
                congress_id,
                one.words,
                Channel.IMPORT,
                uses,
                how=how,
                token_hash=address.hash,
                salt=salt,
                now=now,
                circumstances=Circumstances(said_at=one.said_at, foreign_id=one.foreign_id),
            )
            if one.email:
                _write_to(db, congress, one.email, rows.code(received), address.url(base_url, congress.slug), now)
                private_addresses.note_given(db, actor, received, now=now)
            count += 1
    return count


def _write_to(db: Session, congress: Congress, email: str, code: str, url: str, now: datetime) -> None:
    """Write the one mail that an author gets; what is left of its address afterwards is the mail's own row."""
    spoken = language(congress.languages.split(",")[0] or LANGUAGES[0])
    db.add(
        Mail(
            congress_id=congress.id,
            recipient=email,
            subject=f"{congress.title} – {code}",
            body=f"{spoken.gettext(WRITTEN) % {'code': code, 'url': url}}\n\n{congress.title}\n",
            created_at=now,
            not_before=now,
        )
    )


def added_at(db: Session, congress_id: int, at: datetime) -> int:
    """Count what the import of this moment has added so far."""
    query = select(func.count()).where(
        col(Contribution.congress_id) == congress_id,
        col(Contribution.channel) == Channel.IMPORT.value,
        col(Contribution.received_at) == at,
    )
    return int(db.execute(query).scalar_one())


def conclude(db: Session, actor: Actor, congress_id: int, counts: Counts, *, now: datetime) -> None:
    """Log what an import did in all.

    Raises:
        NotAllowed: Not by this role.
    """
    require(actor, Act.COLLECT, congress_id)
    body = {"added": counts.added, "left": counts.left, "refused": counts.refused}
    note(db, congress_id, "contribution.import", body, actor=actor, now=now)
