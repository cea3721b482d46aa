"""What an author finds at the private address of their contribution, and how an address for news is found again."""

from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from motion.rules.contributions import Use, Words, read_words
from storage import contributions as rows
from storage import quoting, refused_files
from storage.models import Congress, Contribution, ContributionFile, ContributionMessage, ContributionVersion
from storage.quoting import Quoting
from storage.refused_files import Kept

TOLD = ("decision", "answer", "reply")
"""Messages that an author reads: what others report is between them and the secretariat."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A contribution as its author sees it.

    Attributes:
        words: Of the last version; None once they are gone.
        kept: Until when its files are readable, when it is refused and has some.
        quoted_in: Where it is quoted; asked for by the page alone.
    """

    contribution: Contribution
    versions: tuple[ContributionVersion, ...]
    files: tuple[ContributionFile, ...]
    messages: tuple[ContributionMessage, ...]
    agreed: frozenset[Use]
    words: Words | None
    kept: Kept | None
    quoted_in: tuple[Quoting, ...] = ()


def of_secret(db: Session, congress_id: int, secret_hash: bytes) -> Followed | None:
    """Find a contribution by the hash of its private address's secret."""
    found = rows.of_secret(db, congress_id, secret_hash)
    if found is None:
        return None
    assert found.id is not None
    versions = rows.versions(db, found.id)
    content = None if versions[-1].is_gone else rows.object_of(db, congress_id, versions[-1].name)
    return Followed(
        found,
        tuple(versions),
        tuple(rows.files(db, found.id)),
        tuple(message for message in rows.messages(db, found.id) if message.kind in TOLD),
        rows.agreed(db, found.id),
        read_words(content[32:]) if content is not None else None,
        refused_files.kept(db, found),
    )


def page_of_secret(db: Session, congress: Congress, secret_hash: bytes) -> Followed | None:
    """Find a contribution for its author's page, with the places that quote it. For reading alone."""
    assert congress.id is not None
    found = of_secret(db, congress.id, secret_hash)
    return found and replace(found, quoted_in=quoting.of(db, congress, found.contribution.number))


def of_email_secret(db: Session, congress_id: int, secret_hash: bytes) -> Contribution | None:
    """Find a contribution by the hash of the secret that confirms where its news go."""
    query = select(Contribution).where(
        Contribution.congress_id == congress_id, col(Contribution.email_hash) == secret_hash
    )
    return db.exec(query).first()
