"""Files that people send: begun, advanced, used. Nothing of it is official before a contribution takes them.

Whoever sends has no account: a person is the hash of a secret in their browser's cookie. So what is counted for a
person keeps honest mistakes small; what is counted for a network and for all keeps everyone else small. Neither lets
anyone shut others out: where so many uploads are under way, one that has stood still gives way to the next.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from motion.rules.errors import CongressClosed, NotFound
from motion.rules.upload_errors import (
    CongressRoomFull,
    EmptyFile,
    FileTooLarge,
    PersonalRoomFull,
    TooManyFiles,
    UploadElsewhere,
    UploadGone,
    UploadUnfinished,
)
from storage import uploads
from storage.models import Congress, Upload

UNDER_WAY_OF_PERSON = 20  # a morning's photos, sent at once
UNDER_WAY_OF_NETWORK = 400  # a whole hall behind one address
UNDER_WAY_IN_ALL = 4_000
STALLED = timedelta(minutes=10)  # a train's tunnel is shorter; the sender of one that gave way begins again
LONGEST = timedelta(days=3)  # of one upload from its first byte to its last, however it trickles


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation allows, in bytes; `idle` is how long an upload without progress is kept."""

    file_bytes: int
    person_bytes: int
    congress_bytes: int
    idle: timedelta


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file that is announced: its bytes, and how its sender's device calls it (cleaned, to be shown).

    Attributes:
        declared: All that the announcement says of it.
        is_named: Whether that holds a name that its sender gives to no other file.
    """

    length: int
    file_name: str = ""
    media_type: str = ""
    declared: str = ""
    is_named: bool = False


def begin(
    db: Session,
    congress_id: int,
    owner: bytes,
    network: str,
    new: NewUpload,
    limits: Limits,
    *,
    upload_id: str,
    now: datetime,
) -> Upload:
    """Announce a file; one that `is_named` and is on its way already goes on: the answer was lost.

    Args:
        owner: Hash of the sender's secret.
        network: Keyed hash of where it comes from (`attempts.keyed`).
        upload_id: 128 random bits, in hexadecimal digits.

    Raises:
        CongressClosed: Nothing is sent to it any more.
        EmptyFile, FileTooLarge, TooManyFiles, PersonalRoomFull, CongressRoomFull: As they say.
    """
    congress = db.get_one(Congress, congress_id)
    if congress.phase == "closed":
        raise CongressClosed(congress.slug)
    if new.is_named and (known := uploads.announced(db, congress_id, owner, new.declared, new.length)) is not None:
        return known
    if new.length <= 0:
        raise EmptyFile()
    if new.length > limits.file_bytes:
        raise FileTooLarge(new.length, limits.file_bytes)
    if uploads.room_of_person(db, congress_id, owner) + new.length > limits.person_bytes:
        raise PersonalRoomFull(limits.person_bytes)
    if uploads.room_of_congress(db, congress_id) + new.length > limits.congress_bytes:
        raise CongressRoomFull(limits.congress_bytes)
    if uploads.under_way(db, congress_id=congress_id, owner=owner) >= UNDER_WAY_OF_PERSON:
        raise TooManyFiles(UNDER_WAY_OF_PERSON)
    _make_way(db, UNDER_WAY_OF_NETWORK, now, network=network)
    _make_way(db, UNDER_WAY_IN_ALL, now)
    upload = Upload(
        id=upload_id,
        congress_id=congress_id,
        owner=owner,
        network=network,
        length=new.length,
        file_name=new.file_name,
        media_type=new.media_type,
        declared=new.declared,
        created_at=now,
        progressed_at=now,
        expires_at=_expiry(now, now, limits),
    )
    db.add(upload)
    return upload


def _make_way(db: Session, limit: int, now: datetime, **narrowed: Any) -> None:
    if uploads.under_way(db, **narrowed) < limit:
        return
    given_up = uploads.stalled(db, now - STALLED, **narrowed)
    if given_up is None:
        raise TooManyFiles(limit)
    uploads.forget(db, given_up.id, "receiving")  # its file is swept


def _expiry(created_at: datetime, now: datetime, limits: Limits) -> datetime:
    return min(now + limits.idle, created_at + LONGEST)


def of_person(db: Session, congress_id: int, owner: bytes | None, upload_id: str, *, now: datetime) -> Upload:
    """An upload, for the one who sends it.

    Raises:
        NotFound: There is none, or it is another's: nobody learns which.
        UploadGone: Its time is over.
    """
    upload = uploads.find(db, upload_id)
    if upload is None or upload.congress_id != congress_id or owner is None or upload.owner != owner:
        raise NotFound("file", "")
    if upload.state in {"receiving", "done"} and upload.expires_at <= now:
        raise UploadGone()
    return upload


def advance(
    db: Session, upload: Upload, before: int, received: int, limits: Limits, *, key: str, now: datetime
) -> Upload:
    """Count bytes that are on disk; with the last of them the upload is whole.

    Args:
        before: What was counted so far.
        received: All that is on disk now.
        key: Of the blob that it becomes, 32 random hexadecimal digits.

    Raises:
        UploadElsewhere: Something else was counted meanwhile.
        UploadGone: Its time is over.
        CongressRoomFull: Others were faster.
    """
    if upload.expires_at <= now:
        raise UploadGone()
    if uploads.room_of_congress(db, upload.congress_id) + received - before > limits.congress_bytes:
        raise CongressRoomFull(limits.congress_bytes)
    values: dict[str, Any] = {
        "received": received,
        "progressed_at": now,
        "expires_at": _expiry(upload.created_at, now, limits),
    }
    if received == upload.length:
        values |= {"state": "whole", "key": key}
    moved = uploads.move(db, upload.id, before, values)
    found = uploads.find(db, upload.id)
    if found is None:
        raise UploadGone()
    if not moved:
        raise UploadElsewhere(found.received, before)
    return found


def take(db: Session, congress_id: int, owner: bytes, upload_id: str, *, now: datetime) -> Upload:
    """Use a file that has arrived: from here on its blob (`key`) belongs to what the caller writes in this transaction.

    Raises:
        NotFound: There is none, it is another's, or it was used before.
        UploadGone: Its time is over.
        UploadUnfinished: It has not arrived whole, or is not a blob yet.
    """
    upload = of_person(db, congress_id, owner, upload_id, now=now)
    if upload.state in {"receiving", "whole"}:
        raise UploadUnfinished(upload.received, upload.length)
    if not uploads.claim(db, upload_id):
        raise NotFound("file", "")
    return upload


def give_up(db: Session, congress_id: int, owner: bytes | None, upload_id: str, *, now: datetime) -> None:
    """Forget an upload, as its sender asks; the caller removes its bytes or its blob.

    Raises:
        NotFound: There is none, it is another's, or a contribution has it.
        UploadGone: Its time is over.
    """
    upload = of_person(db, congress_id, owner, upload_id, now=now)
    if upload.state == "taken" or not uploads.forget(db, upload_id, upload.state):
        raise NotFound("file", "")
