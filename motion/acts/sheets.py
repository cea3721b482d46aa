"""Paper forms: printed with a number that ties each to the record, and brought in by somebody who types them.

What a form says is received like any other contribution, and waits for a second person to compare it with its image.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from motion.acts import congresses, contributions, uploads
from motion.acts.contributions import Circumstances, ReceivedFile, check_open
from motion.acts.record import note
from motion.rules.contributions import Channel, ConsentWay, Words
from motion.rules.errors import ContributionSettled, Invalid, NotFound
from motion.rules.permissions import Act, Actor, require
from storage import contributions as rows
from storage import ledger, removals
from storage.media import Rendition
from storage.models import Contribution, FileRendition

MAX_AT_ONCE = 500
"""Forms of one file: a thousand pages, which a printer takes in a morning."""

MAX_SHEETS = 100_000
"""Numbers of one congress: what is printed on a form stays short enough to be said on the telephone."""

PAGE = "page"
"""The role of a form's picture: written anew, parts of it hidden. It is what is published; the scan never is."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of a form, and the picture that was made of it, whose blob is doomed until a row needs it."""

    upload_id: str
    file: ReceivedFile
    picture: Rendition


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


def receive(
    db: Session,
    actor: Actor,
    congress_id: int,
    sheet: int,
    words: Words,
    uses: Collection[str],
    scans: Sequence[Scan],
    *,
    owner: bytes,
    token_hash: bytes,
    salt: bytes,
    now: datetime,
) -> Contribution:
    """Receive what a form says, with its scans; it waits for somebody else to compare both.

    Args:
        sheet: The number printed on it.
        uses: What is ticked on it.
        owner: Whose uploads the scans are.

    Raises:
        NotAllowed, CollectionClosed, Invalid, SheetTaken: Nothing was received.
        NotFound, UploadGone, UploadUnfinished: A scan is no longer there, or not yet.
    """
    require(actor, Act.COLLECT, congress_id)
    if not scans:
        raise Invalid("scan", "empty")
    ledger.lock(db, congress_id)
    for scan in scans:
        uploads.take(db, congress_id, owner, scan.upload_id, now=now)
    contribution = contributions.receive(
        db,
        actor,
        congress_id,
        words,
        Channel.PAPER,
        uses,
        how=ConsentWay.SIGNED,
        token_hash=token_hash,
        salt=salt,
        files=[scan.file for scan in scans],
        circumstances=Circumstances(sheet=sheet),
        now=now,
    )
    assert contribution.id is not None
    for file, scan in zip(rows.files(db, contribution.id), scans, strict=True):
        assert file.id is not None
        # Nothing else is ever made of it: a picture of the whole would show what is hidden here.
        file.state, file.progress = "done", 100
        db.add(file)
        db.add(_row(file.id, scan.picture))
        removals.spare(db, scan.picture.blob)
    return contribution


def hide(
    db: Session, actor: Actor, congress_id: int, sheet: int, place: int, picture: Rendition, *, now: datetime
) -> None:
    """Put another picture in the place of one that hides too little, before it is published.

    Args:
        place: Which of the form's scans, from 1.

    Raises:
        NotAllowed, NotFound: Nothing was changed.
        ContributionSettled: The picture is published: it is taken out by a decision.
    """
    require(actor, Act.COLLECT, congress_id)
    ledger.lock(db, congress_id)
    contribution = rows.of_sheet(db, congress_id, sheet)
    if contribution is None or contribution.id is None:
        raise NotFound("sheet", str(sheet))
    file = next((one for one in rows.files(db, contribution.id) if one.number == place), None)
    made = rows.renditions(db, [file.id] if file is not None and file.id is not None else [])
    if not made or made[0].role != PAGE:
        raise NotFound("file", str(place))
    (old,) = made
    if old.entry is not None or old.blob is None:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    removals.doom(db, old.blob, now)
    old.size, old.width, old.height = picture.size, picture.width, picture.height
    old.blob, old.salt, old.name = picture.blob, picture.salt, picture.name
    db.add(old)
    removals.spare(db, picture.blob)


def _row(file_id: int, picture: Rendition) -> FileRendition:
    return FileRendition(
        file_id=file_id,
        role=PAGE,
        media_type=picture.media_type,
        size=picture.size,
        width=picture.width,
        height=picture.height,
        blob=picture.blob,
        salt=picture.salt,
        name=picture.name,
    )
