"""Publishing what was received, or refusing it with a reason; what its author and others say to that.

Nothing disappears in silence: each decision is an entry with a reason of a closed list, and the author is told. What
was published and is refused later leaves publication as a *retrait* does.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from motion.acts import news, notices, quoting, retraits
from motion.acts.record import note
from motion.record.objects import seal
from motion.rules import contributions as rules
from motion.rules.contributions import REFUSALS, ContributionState, Moderation, Refusal, Use
from motion.rules.errors import ContributionSettled, Invalid, NotConfirmedYet
from motion.rules.permissions import Act, Actor, require
from motion.rules.redactions import Asker, Reason
from motion.rules.text import digest
from storage import contributions as rows
from storage import ledger
from storage.models import (
    Contribution,
    ContributionFile,
    ContributionMessage,
    FileRendition,
    SealedObject,
    Transcript,
)

PUBLISHED_KINDS = frozenset({"contribution.publish", "contribution.show", "contribution.captions"})


def set_rules(db: Session, actor: Actor, congress_id: int, moderation: str, *, now: datetime) -> None:
    """Decide when the congress reads what it receives, with the words of consent of today.

    Raises:
        NotAllowed, Invalid: Nothing was changed.
    """
    require(actor, Act.RUN_CONGRESS, congress_id)
    if moderation not in set(Moderation):
        raise Invalid("moderation", "unknown", moderation[:40])
    ledger.lock(db, congress_id)
    body: dict[str, object] = {
        "consent": rules.CONSENT_VERSION,
        "digest": digest(rules.consent_words()),
        "moderation": moderation,
    }
    note(db, congress_id, "collection.rules", body, actor=actor, now=now)
    row = rows.collection(db, congress_id)
    row.moderation = moderation
    db.add(row)


def publish_if_due(db: Session, contribution: Contribution, *, now: datetime) -> bool:
    """Publish by the congress's rule: at once when it reads afterwards, and nothing is waited for.

    What was refused and is corrected waits to be read. Of files, what is made of them follows when it is made (`show`):
    the words do not wait for a video.
    """
    if rows.moderation(db, contribution.congress_id) is not Moderation.AFTER:
        return False
    assert contribution.id is not None
    is_read = contribution.read_version > 0  # before it is published, a decision can only have been a refusal
    is_ready = contribution.state == ContributionState.PUBLISHED or (
        contribution.state == ContributionState.RECEIVED and not is_read
    )
    is_new = contribution.published_version < contribution.version
    if not is_ready or not is_new or Use.PUBLISH not in rows.agreed(db, contribution.id):
        return False
    what = "corrected" if contribution.published_version else "published"
    _publish(db, None, contribution, now)
    news.tell(db, contribution, what, now=now)
    return True


def publish(db: Session, actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Publish the last version of a contribution, with what was made of its files, and tell its author.

    Raises:
        NotAllowed: Not by this role.
        NotConfirmedYet: Its author has yet to agree, or a second person to compare it with its paper.
        ContributionSettled: It is published as it is, or withdrawn.
    """
    require(actor, Act.MODERATE, contribution.congress_id)
    assert contribution.id is not None
    rows.lock(db, contribution)
    is_complete = Use.PUBLISH in rows.agreed(db, contribution.id) and not rows.lacks_comparison(contribution)
    if contribution.state == ContributionState.AWAITED or not is_complete:
        raise NotConfirmedYet(rows.code(contribution))
    is_new = contribution.published_version < contribution.version
    is_there = not rows.versions(db, contribution.id)[-1].is_gone
    if contribution.state == ContributionState.WITHDRAWN or not is_new or not is_there:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    contribution.read_version = contribution.version
    notices.settle(db, contribution, now=now)
    what = "corrected" if contribution.published_version else "published"
    _publish(db, actor, contribution, now)
    news.tell(db, contribution, what, now=now)


def _publish(db: Session, actor: Actor | None, contribution: Contribution, now: datetime) -> None:
    assert contribution.id is not None
    version = rows.versions(db, contribution.id)[-1]
    content = rows.object_of(db, contribution.congress_id, version.name)
    assert content is not None  # what is not withdrawn is there
    body: dict[str, object] = {
        "c": version.name,
        "contribution": rows.code(contribution),
        "len": len(content) - 32,
        "version": version.version,
    }
    version.published_entry = note(db, contribution.congress_id, "contribution.publish", body, actor=actor, now=now)
    contribution.entry = version.published_entry
    contribution.state = ContributionState.PUBLISHED
    contribution.published_version = version.version
    contribution.published_at = contribution.published_at or now
    db.add(version)
    db.add(contribution)
    quoting.tell(db, contribution.congress_id, "contribution", rows.code(contribution), version.text, now=now)
    files = {file.id: file for file in rows.files(db, contribution.id) if file.id is not None}
    for made in rows.renditions(db, files):
        if made.entry is None:
            _show(db, contribution, files[made.file_id], made, now)
    for said in _latest(rows.transcripts(db, files)):
        if said.entry is None:
            _show_transcript(db, contribution, files[said.file_id], said, now)


def show(
    db: Session, contribution: Contribution, file: ContributionFile, made: FileRendition, *, now: datetime
) -> None:
    """Publish what was made of a file after the words were published; before, it waits for them."""
    if contribution.state == ContributionState.PUBLISHED and made.entry is None:
        ledger.lock(db, contribution.congress_id)
        _show(db, contribution, file, made, now)


def show_transcript(
    db: Session, contribution: Contribution, file: ContributionFile, said: Transcript, *, salt: bytes, now: datetime
) -> None:
    """Keep a transcript's object, and publish it if the contribution is.

    Args:
        salt: 32 random bytes for it.
    """
    ledger.lock(db, contribution.congress_id)
    sealed = seal(salt, said.text.encode())
    said.name = sealed.name
    db.add(SealedObject(congress_id=contribution.congress_id, name=sealed.name, content=sealed.data))
    db.add(said)
    if contribution.state == ContributionState.PUBLISHED:
        _show_transcript(db, contribution, file, said, now)


def _latest(transcripts: list[Transcript]) -> list[Transcript]:
    """The last version of each file and language, of those that have an object."""
    found = {(said.file_id, said.language): said for said in transcripts if said.name and said.text}
    return list(found.values())


def _show(db: Session, contribution: Contribution, file: ContributionFile, made: FileRendition, now: datetime) -> None:
    body: dict[str, object] = {
        "c": made.name,
        "contribution": rows.code(contribution),
        "file": file.number,
        "len": made.size,
        "media": made.media_type,
        "role": made.role,
    }
    made.entry = contribution.entry = note(db, contribution.congress_id, "contribution.show", body, actor=None, now=now)
    db.add(made)
    db.add(contribution)


def _show_transcript(
    db: Session, contribution: Contribution, file: ContributionFile, said: Transcript, now: datetime
) -> None:
    body: dict[str, object] = {
        "c": said.name,
        "checked": said.is_checked,
        "contribution": rows.code(contribution),
        "file": file.number,
        "how": said.how,
        "language": said.language,
        "len": len(said.text.encode()),
        "version": said.version,
    }
    said.entry = contribution.entry = note(
        db, contribution.congress_id, "contribution.captions", body, actor=None, now=now
    )
    db.add(said)
    db.add(contribution)


def refuse(
    db: Session,
    actor: Actor,
    contribution: Contribution,
    reason: str,
    message: str,
    *,
    key: bytes,
    nonces: Iterable[bytes],
    now: datetime,
) -> None:
    """Refuse a contribution, for a reason of the list, with words for its author; what was published is taken out.

    Args:
        message: For the author alone; may be empty.
        key, nonces: As for `redactions.take_out`.

    Raises:
        NotAllowed, Invalid, ContributionSettled: Nothing was changed. What is published leaves only for a reason that
            the law knows (`Invalid("reason", "published")`).
    """
    require(actor, Act.MODERATE, contribution.congress_id)
    if reason not in set(Refusal):
        raise Invalid("reason", "none-chosen-one" if not reason else "unknown", reason[:40])
    message = rules.checked_message("message", message) if message.strip() else ""
    rows.lock(db, contribution)
    if contribution.state in (ContributionState.REFUSED, ContributionState.WITHDRAWN):
        raise ContributionSettled(rows.code(contribution), contribution.state)
    was_published = contribution.published_version > 0
    if was_published and reason not in set(Reason):
        raise Invalid("reason", "published", reason)
    ground = REFUSALS[Refusal(reason)]
    body: dict[str, object] = {
        "basis": ground.basis,
        "contribution": rows.code(contribution),
        "reason": reason,
        "remedy": ground.remedy,
    }
    contribution.entry = entry = note(db, contribution.congress_id, "contribution.refuse", body, actor=actor, now=now)
    contribution.state = ContributionState.REFUSED
    contribution.published_version = 0
    contribution.read_version = contribution.version
    db.add(contribution)
    assert contribution.id is not None
    notices.settle(db, contribution, now=now)
    db.add(
        ContributionMessage(
            contribution_id=contribution.id,
            kind="decision",
            entry=entry,
            reason=reason,
            text=message,
            secretary_id=actor.secretary_id,
            at=now,
        )
    )
    if was_published:
        named = Reason(reason), Asker.CONCERNED
        retraits.take_out(db, actor, contribution, *named, key=key, nonces=nonces, now=now, kinds=PUBLISHED_KINDS)


def answer(db: Session, contribution: Contribution, message: str, *, salt: bytes, now: datetime) -> None:
    """Keep what the author answers to a decision, for the secretariat to read.

    Raises:
        Invalid, ContributionSettled: There is nothing to answer to, or the words can't be taken.
    """
    rows.lock(db, contribution)
    if contribution.state != ContributionState.REFUSED:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    _add_message(db, None, contribution, "answer", message, salt, now)


def report(
    db: Session,
    contribution: Contribution,
    reason: str,
    message: str,
    *,
    email: str | None,
    salt: bytes,
    now: datetime,
    author: str = "",
) -> int:
    """Keep what somebody reports about a published contribution.

    Args:
        email: To tell them what was decided; goes into no entry.
        author: Who reports it, if they say so.

    Returns:
        The number of its entry: their receipt.

    Raises:
        Invalid, ContributionSettled: It is not published, or the words can't be taken.
    """
    rows.lock(db, contribution)
    if contribution.published_version == 0 or contribution.state != ContributionState.PUBLISHED:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    if reason not in set(Reason):
        raise Invalid("reason", "none-chosen-one" if not reason else "unknown", reason[:40])
    author = rules.checked_name(author) if author.strip() else ""
    _add_message(db, None, contribution, "notice", message, salt, now, reason=reason, email=email, author=author)
    return contribution.entry


def reply(
    db: Session, actor: Actor, contribution: Contribution, author: str, message: str, *, salt: bytes, now: datetime
) -> None:
    """Publish a reply beside a contribution, in the name of somebody whom it names (right of reply).

    Raises:
        NotAllowed, Invalid, ContributionSettled: Nothing was published.
    """
    require(actor, Act.MODERATE, contribution.congress_id)
    rows.lock(db, contribution)
    if contribution.state != ContributionState.PUBLISHED:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    author = rules.checked_name(author)
    _add_message(db, actor, contribution, "reply", message, salt, now, author=author)
    quoting.tell(db, contribution.congress_id, "reply", rows.code(contribution), message, now=now)


def _add_message(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    kind: str,
    message: str,
    salt: bytes,
    now: datetime,
    *,
    reason: str = "",
    author: str = "",
    email: str | None = None,
) -> None:
    assert contribution.id is not None
    text = rules.checked_message("message", message)
    content = (f"{author}\n\n{text}" if author else text).encode()
    sealed = seal(salt, content)
    body: dict[str, object] = {"c": sealed.name, "contribution": rows.code(contribution), "len": len(content)}
    if reason:
        body["reason"] = reason
    entry = note(db, contribution.congress_id, f"contribution.{kind}", body, actor=actor, now=now)
    db.add(SealedObject(congress_id=contribution.congress_id, name=sealed.name, content=sealed.data))
    db.add(
        ContributionMessage(
            contribution_id=contribution.id,
            kind=kind,
            entry=entry,
            name=sealed.name,
            reason=reason,
            text=text,
            author=author,
            email=email,
            secretary_id=actor.secretary_id if actor is not None else None,
            at=now,
        )
    )
    contribution.entry = entry
    db.add(contribution)
