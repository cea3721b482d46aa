"""What the asking of witnesses reads and keeps: how far each is, and the checkpoint with its cosignatures."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from storage import published, signed_roots
from storage.models import Checkpoint, Witness

# Made once: it is asked four times a second.
_WATCHED = select(Witness.congress_id).where(col(Witness.given_up_at).is_(None)).distinct()


def watched(db: Session) -> set[int]:
    """Return the ids of the congresses that have a witness."""
    return set(db.connection().execute(_WATCHED).scalars())


def to_publish(db: Session, congress_id: int) -> tuple[Checkpoint | None, Checkpoint | None, list[Witness]]:
    """Return the newest signed root, the last one that was shown to the witnesses, and the witnesses named."""
    query = (
        select(Checkpoint)
        .where(Checkpoint.congress_id == congress_id, col(Checkpoint.published).is_not(None))
        .order_by(col(Checkpoint.size).desc())
    )
    named = published.named(db, congress_id)
    return signed_roots.last(db, congress_id), db.exec(query.limit(1)).first(), named


def keep(
    db: Session,
    congress_id: int,
    size: int,
    lines: Mapping[str, str],
    troubles: Mapping[str, str],
    sizes: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """Publish the root of a size with the cosignatures that came, beside those that others may have brought.

    Args:
        lines: The cosignature of each witness that gave one, checked, by its verifier key.
        troubles: A code of what went wrong, by verifier key.
        sizes: The last size of those that said another than expected, by verifier key.
    """
    signed_roots.lock(db, congress_id)
    row = db.get_one(Checkpoint, (congress_id, size))
    note = row.published or row.note
    row.published = note + "".join(line for line in lines.values() if not _has(note, line))
    db.add(row)
    keys: Collection[str] = {*lines, *troubles, *sizes}
    for witness in db.exec(select(Witness).where(Witness.congress_id == congress_id, col(Witness.key).in_(keys))):
        witness.trouble = troubles.get(witness.key, "")
        if witness.key in sizes:
            witness.size = sizes[witness.key]
        if witness.key in lines:
            witness.size, witness.answered_at = size, now
        db.add(witness)


def _has(note: str, line: str) -> bool:
    """Whether a witness's line stands there: its name and key id, but for two bits (five letters hold thirty)."""
    dash, name, encoded = line.split(" ", 2)
    return f"{dash} {name} {encoded[:5]}" in note
