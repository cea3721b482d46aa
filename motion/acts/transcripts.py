"""Transcripts of recordings: uploaded, typed and corrected, confirmed by somebody who has listened.

Whoever corrects keeps a *working state* as they go (`keep`): it is in no record and nobody else's to read. `edit` and
`upload` make a version of it, which is published with the contribution, and `confirm` notes that a person has compared
it with the recording. What comes from the author after publication, where the congress reads before it publishes, stays
a working state until the secretariat has seen it.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from motion.acts import moderation, news
from motion.rules import caption_files
from motion.rules.caption_errors import TranscriptChanged
from motion.rules.captions import LANGUAGES, Cue, Cues, checked
from motion.rules.contributions import ContributionState, Moderation
from motion.rules.errors import ContributionSettled, Invalid, NotAllowed, NotFound
from motion.rules.permissions import Act, Actor, may, require
from storage import contributions as rows
from storage import transcripts as kept
from storage.models import Contribution, ContributionFile, Transcript

NOTHING = ""
"""The base of a transcript that has no state yet."""


class How(StrEnum):
    """How a transcript came to be; correcting it does not change that."""

    AUTOMATIC = "automatic"
    FILE = "file"
    TYPED = "typed"


def base_of(said: Transcript | None) -> str:
    """Name a state of a transcript, for whoever decides on it."""
    if said is None:
        return NOTHING
    return f"{said.version}-{said.is_checked:d}-{hashlib.sha256(said.text.encode()).hexdigest()[:16]}"


def cues_of(said: Transcript | None) -> Cues:
    """The lines of a transcript."""
    return caption_files.read_own(said.text) if said is not None and said.text else ()


def upload(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    file: ContributionFile,
    language: str,
    content: bytes,
    base: str | None = None,
    *,
    salt: bytes,
    now: datetime,
) -> Transcript:
    """Make a version of a file of captions, in place of what was there.

    Args:
        actor: Somebody of the secretariat; None for the author, whom their private address names.
        base: The state that it takes the place of (`base_of`); None for whatever is there.
        salt: 32 random bytes for the object.

    Raises:
        NotAllowed, ContributionSettled, Invalid, CaptionsRefused, TranscriptChanged: Nothing was changed.
    """
    _check(actor, contribution, language)
    cues = caption_files.read(content)
    _lock(db, contribution, file)
    if base is not None:
        _read(db, file, language, base)
    said = _working(db, file, language, How.FILE, now)
    said.how, said.text = How.FILE, caption_files.webvtt(cues)
    return _seal(db, actor, contribution, file, said, salt, now)


def keep(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    file: ContributionFile,
    language: str,
    cues: Sequence[Cue],
    base: str,
    *,
    now: datetime,
) -> Transcript:
    """Keep a working state.

    Args:
        base: The state that was corrected (`base_of`).

    Raises:
        NotAllowed, ContributionSettled, Invalid, CaptionsRefused: Nothing was kept.
        TranscriptChanged: Somebody has kept another state meanwhile; nothing was kept.
    """
    _check(actor, contribution, language)
    text = caption_files.webvtt(checked(cues))
    _lock(db, contribution, file)
    before = _read(db, file, language, base)
    if before is not None and before.text == text:
        return before
    said = _working(db, file, language, How.TYPED, now)
    said.text = text
    db.add(said)
    db.flush()
    return said


def edit(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    file: ContributionFile,
    language: str,
    cues: Sequence[Cue],
    base: str,
    *,
    salt: bytes,
    now: datetime,
    is_checked: bool = False,
) -> Transcript:
    """Make a version of corrected lines; published at once when the contribution is.

    Args:
        is_checked: Whether a person has compared it, as it is now, with the recording.

    Raises:
        NotAllowed, ContributionSettled, Invalid, CaptionsRefused, TranscriptChanged: Nothing was changed.
    """
    _check(actor, contribution, language)
    text = caption_files.webvtt(checked(cues))
    _lock(db, contribution, file)
    before = _read(db, file, language, base)
    if (
        before is not None
        and before.name
        and (before.text, before.is_checked) == (text, is_checked or before.is_checked)
    ):
        return before
    said = _working(db, file, language, How.TYPED, now)
    said.text, said.is_checked = text, is_checked
    said.checked_by = actor.secretary_id if is_checked and actor is not None else None
    return _seal(db, actor, contribution, file, said, salt, now)


def confirm(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    file: ContributionFile,
    language: str,
    base: str,
    *,
    salt: bytes,
    now: datetime,
) -> Transcript:
    """Note that a person has compared a transcript with the recording.

    Raises:
        NotAllowed, ContributionSettled, Invalid, TranscriptChanged: Nothing was changed.
        NotFound: There is nothing to confirm.
    """
    said = kept.last(db, _id(file), language)
    if said is None or not said.text:
        raise NotFound("transcript", language[:40])
    return edit(db, actor, contribution, file, language, cues_of(said), base, salt=salt, now=now, is_checked=True)


def automatic(
    db: Session,
    contribution: Contribution,
    file: ContributionFile,
    language: str,
    cues: Sequence[Cue],
    *,
    salt: bytes,
    now: datetime,
) -> Transcript | None:
    """Keep what a machine has heard, where nobody has written anything: marked so until a person has confirmed.

    Raises:
        ContributionSettled, Invalid, CaptionsRefused: Nothing was kept.
    """
    _check(None, contribution, language)
    _lock(db, contribution, file)
    if kept.last(db, _id(file), language) is not None:
        return None
    said = _working(db, file, language, How.AUTOMATIC, now)
    said.text = caption_files.webvtt(checked(cues))
    moderation.show_transcript(db, contribution, file, said, salt=salt, now=now)
    news.tell(db, contribution, "transcribed", now=now)
    return said


def _check(actor: Actor | None, contribution: Contribution, language: str) -> None:
    if actor is not None and not may(actor.role, Act.MODERATE):
        require(actor, Act.COLLECT, contribution.congress_id)
    if actor is not None and actor.congress_id != contribution.congress_id:
        raise NotAllowed(Act.COLLECT, actor.role)
    if language not in LANGUAGES:
        raise Invalid("language", "unknown", language[:40])


def _lock(db: Session, contribution: Contribution, file: ContributionFile) -> None:
    rows.lock(db, contribution)
    db.add(file)
    db.flush()
    db.refresh(file)
    is_gone = contribution.state in (ContributionState.WITHDRAWN, ContributionState.REFUSED) or file.blob is None
    if is_gone:
        raise ContributionSettled(rows.code(contribution), contribution.state)


def _id(file: ContributionFile) -> int:
    assert file.id is not None
    return file.id


def _read(db: Session, file: ContributionFile, language: str, base: str) -> Transcript | None:
    said = kept.last(db, _id(file), language)
    if base_of(said) != base:
        raise TranscriptChanged(base[:80], base_of(said))
    return said


def _working(db: Session, file: ContributionFile, language: str, how: How, now: datetime) -> Transcript:
    """The working state, or a new one after the last version; no longer confirmed: its words are about to change."""
    said = kept.last(db, _id(file), language)
    if said is None or said.name:
        how, version = (how, 1) if said is None else (How(said.how), said.version + 1)
        said = Transcript(file_id=_id(file), language=language, version=version, how=how, at=now)
    said.at, said.is_checked, said.checked_by = now, False, None
    return said


def _seal(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    file: ContributionFile,
    said: Transcript,
    salt: bytes,
    now: datetime,
) -> Transcript:
    is_read_first = rows.moderation(db, contribution.congress_id) is Moderation.BEFORE
    if actor is None and is_read_first and contribution.state == ContributionState.PUBLISHED:
        said.is_checked, said.checked_by = False, None
        db.add(said)
    else:
        moderation.show_transcript(db, contribution, file, said, salt=salt, now=now)
        if actor is not None and said.version == 1:  # the first that its author finds there, and has not made
            news.tell(db, contribution, "transcribed", now=now)
    db.flush()
    return said
