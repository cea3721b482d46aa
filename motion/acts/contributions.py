"""Receiving what people say: the words, their files, their author's consent; correcting it, and taking it back.

Everything is logged when it is received, before anyone has judged it. What is published of it is another act:
`motion.acts.moderation`. Secrets, salts and moments come in as arguments.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from motion.acts import congresses, moderation, news, notices, retraits
from motion.acts.record import note
from motion.record.objects import seal
from motion.rules import contributions as rules
from motion.rules.contributions import Channel, ConsentWay, ContributionState, FileKind, Use, Words
from motion.rules.errors import (
    CheckedAlone,
    CollectionClosed,
    ContributionSettled,
    Invalid,
    NotFound,
    SheetTaken,
)
from motion.rules.permissions import Act, Actor, require
from motion.rules.redactions import Asker, Reason
from motion.rules.vocabulary import Phase, Role
from storage import contributions as rows
from storage import ledger, similar, transcripts
from storage.models import (
    Contribution,
    ContributionConsent,
    ContributionFile,
    ContributionVersion,
    Official,
    SealedObject,
)

OPEN = frozenset({Phase.COLLECTION, Phase.DRAFTING})
"""Phases in which anyone is heard: the months before, and the days of the congress."""

BY_OTHERS = frozenset({Channel.SPOKEN, Channel.PAPER, Channel.IMPORT})
"""What the secretariat brings in for somebody, until the congress is closed."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that lies in the store of files, complete.

    Attributes:
        name: Its commitment: HMAC-SHA256 of the content under `salt` (`record.objects`).
        blob: Its key in the store.
        description: What a photo shows, in its author's words.
    """

    kind: FileKind
    media_type: str
    file_name: str
    size: int
    blob: str
    salt: bytes
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How something was said, as far as it is not in the words.

    Attributes:
        official_id: Who spoke, when they are on the roster.
        sheet: Number of the paper form.
        supports: The contribution that this one supports.
        said_at: When it was spoken or written, if not now.
        foreign_id: What another tool called it.
        email: For news alone; goes into no entry.
    """

    official_id: int | None = None
    sheet: int | None = None
    supports: int | None = None
    said_at: datetime | None = None
    foreign_id: str = ""
    email: str | None = None


NOTHING_ELSE = Circumstances()


def receive(
    db: Session,
    actor: Actor | None,
    congress_id: int,
    words: Words,
    channel: Channel,
    uses: Collection[str],
    *,
    how: ConsentWay,
    token_hash: bytes,
    salt: bytes,
    now: datetime,
    files: Sequence[ReceivedFile] = (),
    circumstances: Circumstances = NOTHING_ELSE,
) -> Contribution:
    """Log a contribution and keep it; publish it when the congress reads afterwards and nothing is to be waited for.

    Args:
        actor: Who typed it; None when the author did, without account.
        uses: What the author agrees to; may be empty for a message by mail, whose author is asked.
        token_hash: SHA-256 of the secret of the author's private address.
        salt: 32 random bytes for the words.

    Raises:
        NotAllowed, CollectionClosed, Invalid, NotFound, SheetTaken: Nothing was received.
    """
    if channel in BY_OTHERS:
        if actor is None:
            actor = Actor(congress_id, Role.PUBLIC)
        require(actor, Act.COLLECT, congress_id)
    check_open(congresses.get(db, congress_id).phase, channel)
    if len(files) > rules.MAX_FILES:
        raise Invalid("files", "too-long", str(rules.MAX_FILES))
    words = rules.checked(words, files=len(files))
    agreed = rules.checked_uses(uses) if uses or channel is not Channel.MAIL else ()
    ledger.lock(db, congress_id)  # of two at once, the second counts the first
    supported = _check_circumstances(db, congress_id, circumstances)
    contribution = Contribution(
        congress_id=congress_id,
        number=rows.next_number(db, congress_id),
        channel=channel,
        state=ContributionState.AWAITED if channel in (Channel.MAIL, Channel.PAPER) else ContributionState.RECEIVED,
        token_hash=token_hash,
        email=circumstances.email,
        official_id=circumstances.official_id,
        typed_by=actor.secretary_id if actor is not None else None,
        sheet=circumstances.sheet,
        supports_id=circumstances.supports,
        foreign_id=circumstances.foreign_id,
        said_at=circumstances.said_at,
        received_at=now,
        entry=0,
    )
    db.add(contribution)
    db.flush()
    extra: dict[str, object] = {"channel": channel.value}
    if circumstances.sheet is not None:
        extra["sheet"] = circumstances.sheet
    if supported is not None:
        extra["supports"] = rows.code(supported)
    _add_version(db, actor, contribution, words, salt, extra, now)
    for number, file in enumerate(files, start=1):
        _add_file(db, actor, contribution, number, file, now)
    if agreed:
        _note_consent(db, actor, contribution, agreed, True, how, now)
    db.add(contribution)
    moderation.publish_if_due(db, contribution, now=now)
    return contribution


def revise(
    db: Session, contribution: Contribution, words: Words, *, salt: bytes, now: datetime, actor: Actor | None = None
) -> None:
    """Log another version of the words; the old one stays readable until the new one is published, and after.

    A refused contribution that is corrected is received again, and somebody reads it before it is published, even where
    the congress reads afterwards.

    Raises:
        ContributionSettled, CollectionClosed, Invalid: Nothing was changed.
    """
    rows.lock(db, contribution)
    if contribution.state == ContributionState.WITHDRAWN:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    check_open(congresses.get(db, contribution.congress_id).phase, Channel(contribution.channel))
    assert contribution.id is not None
    words = rules.checked(words, files=sum(file.blob is not None for file in rows.files(db, contribution.id)))
    if _same(db, contribution, words):
        raise Invalid("text", "unchanged")
    contribution.version += 1
    if contribution.state == ContributionState.REFUSED:
        contribution.state = _resumed(db, contribution)
    _add_version(db, actor, contribution, words, salt, {"channel": contribution.channel}, now)
    db.add(contribution)
    moderation.publish_if_due(db, contribution, now=now)


def confirm(db: Session, contribution: Contribution, uses: Collection[str], *, now: datetime) -> None:
    """Note that the author of a message by mail agrees: it is then received like any other.

    Raises:
        ContributionSettled, Invalid: Nothing was changed.
    """
    rows.lock(db, contribution)
    if contribution.state != ContributionState.AWAITED or contribution.channel != Channel.MAIL:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    _note_consent(db, None, contribution, rules.checked_uses(uses), True, ConsentWay.ONLINE, now)
    contribution.state = ContributionState.RECEIVED
    db.add(contribution)
    moderation.publish_if_due(db, contribution, now=now)


def check(db: Session, actor: Actor, contribution: Contribution, *, now: datetime) -> None:
    """Note that a second person has compared what was typed with the paper, or with what was said; once for each.

    Raises:
        NotAllowed, CheckedAlone, ContributionSettled: Nothing was changed.
    """
    require(actor, Act.COLLECT, contribution.congress_id)
    rows.lock(db, contribution)  # of a button pressed twice, the second finds what the first did
    if contribution.channel not in BY_OTHERS or contribution.state == ContributionState.WITHDRAWN:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    if contribution.typed_by == actor.secretary_id:
        raise CheckedAlone(rows.code(contribution))
    if contribution.checked_by == actor.secretary_id:
        return
    body: dict[str, object] = {"contribution": rows.code(contribution), "version": contribution.version}
    contribution.entry = note(db, contribution.congress_id, "contribution.check", body, actor=actor, now=now)
    contribution.checked_by = actor.secretary_id
    if contribution.state == ContributionState.AWAITED:
        contribution.state = ContributionState.RECEIVED
    db.add(contribution)
    if not moderation.publish_if_due(db, contribution, now=now):
        news.tell(db, contribution, "checked", now=now)


def change_consent(db: Session, contribution: Contribution, uses: Collection[str], *, now: datetime) -> None:
    """Note what the author agrees to from now on, beside publication: whoever no longer wants that withdraws.

    Raises:
        ContributionSettled, Invalid: Nothing was changed.
    """
    rows.lock(db, contribution)
    if contribution.state in (ContributionState.WITHDRAWN, ContributionState.AWAITED):
        raise ContributionSettled(rows.code(contribution), contribution.state)
    assert contribution.id is not None
    wanted = frozenset(rules.checked_uses(uses))
    held = rows.agreed(db, contribution.id)
    for is_given, changed in ((True, wanted - held), (False, held - wanted)):
        if changed:
            ordered = tuple(use for use in Use if use in changed)
            _note_consent(db, None, contribution, ordered, is_given, ConsentWay.ONLINE, now)
    db.add(contribution)


def withdraw(
    db: Session, contribution: Contribution, *, key: bytes, nonces: Iterable[bytes], now: datetime
) -> int | None:
    """Take a contribution back, as its author: all its objects leave publication and are sealed for a year.

    Args:
        key, nonces: As for `redactions.take_out`.

    Returns:
        The number of the decision; None when nothing of it was left.

    Raises:
        ContributionSettled: It was withdrawn already.
    """
    rows.lock(db, contribution)
    if contribution.state == ContributionState.WITHDRAWN:
        raise ContributionSettled(rows.code(contribution), contribution.state)
    congress_id = contribution.congress_id
    body: dict[str, object] = {"contribution": rows.code(contribution)}
    contribution.entry = note(db, congress_id, "contribution.withdraw", body, actor=None, now=now)
    decision = retraits.take_out(db, None, contribution, Reason.CONSENT, Asker.AUTHOR, key=key, nonces=nonces, now=now)
    assert contribution.id is not None
    transcripts.forget_unpublished(db, congress_id, contribution.id)
    contribution.state = ContributionState.WITHDRAWN
    contribution.official_id = None
    notices.settle(db, contribution, now=now)
    news.stop(db, contribution)
    return decision


def get(db: Session, congress_id: int, number: int) -> Contribution:
    """Find a contribution by its number.

    Raises:
        NotFound: There is none.
    """
    found = rows.numbered(db, congress_id, number)
    if found is None:
        raise NotFound("contribution", f"C{number}")
    return found


def check_open(phase: str, channel: Channel) -> None:
    """Refuse what comes outside the months of collection and the days of the congress.

    Raises:
        CollectionClosed: The phase is not one in which this channel is open.
    """
    is_open = phase in OPEN if channel not in BY_OTHERS else phase != Phase.CLOSED
    if not is_open:
        raise CollectionClosed(phase)


def check_official(db: Session, congress_id: int, official_id: int | None) -> None:
    """Refuse words that are said to be of somebody who is not on the roster of this congress.

    Raises:
        NotFound: Nobody there has this id.
    """
    if official_id is not None:
        official = db.get(Official, official_id)
        if official is None or official.congress_id != congress_id:
            raise NotFound("official", str(official_id))


def _resumed(db: Session, contribution: Contribution) -> ContributionState:
    """What a refused contribution waits for once it is corrected: the agreement or the comparison that it lacked."""
    assert contribution.id is not None
    is_complete = Use.PUBLISH in rows.agreed(db, contribution.id) and not rows.lacks_comparison(contribution)
    return ContributionState.RECEIVED if is_complete else ContributionState.AWAITED


def _same(db: Session, contribution: Contribution, words: Words) -> bool:
    assert contribution.id is not None
    last = rows.versions(db, contribution.id)[-1]
    content = rows.object_of(db, contribution.congress_id, last.name)
    return content is not None and content[32:] == words.content()


def _check_circumstances(db: Session, congress_id: int, circumstances: Circumstances) -> Contribution | None:
    check_official(db, congress_id, circumstances.official_id)
    if circumstances.sheet is not None:
        if not 1 <= circumstances.sheet <= rows.collection(db, congress_id).sheets:
            raise Invalid("sheet", "unknown", str(circumstances.sheet))
        other = rows.of_sheet(db, congress_id, circumstances.sheet)
        if other is not None:
            raise SheetTaken(str(circumstances.sheet), rows.code(other))
    if circumstances.supports is None:
        return None
    supported = db.get(Contribution, circumstances.supports)
    if supported is None or supported.congress_id != congress_id or supported.state != ContributionState.PUBLISHED:
        raise Invalid("supports", "unknown", str(circumstances.supports))
    return supported


def _add_version(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    words: Words,
    salt: bytes,
    extra: dict[str, object],
    now: datetime,
) -> None:
    assert contribution.id is not None
    content = words.content()
    sealed = seal(salt, content)
    body = {
        "c": sealed.name,
        "contribution": rows.code(contribution),
        "len": len(content),
        "version": contribution.version,
        **extra,
    }
    congress_id = contribution.congress_id
    entry = note(db, congress_id, "contribution.receive", body, actor=actor, now=now)
    contribution.entry = entry
    place = words.place
    db.add(SealedObject(congress_id=congress_id, name=sealed.name, content=sealed.data))
    db.add(
        ContributionVersion(
            contribution_id=contribution.id,
            version=contribution.version,
            name=sealed.name,
            entry=entry,
            at=now,
            author=words.name,
            is_official=words.is_official,
            mandate=words.mandate,
            commune=place.name if place else "",
            commune_code=place.code if place else "",
            department_code=place.department if place else "",
            title=words.title,
            text=words.text,
            language=words.language,
        )
    )
    db.flush()
    similar.learn(db, congress_id, contribution.id, f"{words.title}\n{words.text}")


def _add_file(
    db: Session, actor: Actor | None, contribution: Contribution, number: int, file: ReceivedFile, now: datetime
) -> None:
    assert contribution.id is not None
    body: dict[str, object] = {
        "c": file.name,
        "contribution": rows.code(contribution),
        "file": number,
        "len": file.size,
        "media": file.kind.value,
    }
    entry = note(db, contribution.congress_id, "contribution.file", body, actor=actor, now=now)
    contribution.entry = entry
    db.add(
        ContributionFile(
            contribution_id=contribution.id,
            number=number,
            kind=file.kind,
            media_type=file.media_type,
            file_name=file.file_name,
            size=file.size,
            blob=file.blob,
            salt=file.salt,
            name=file.name,
            entry=entry,
            description=file.description,
        )
    )
    db.flush()


def _note_consent(
    db: Session,
    actor: Actor | None,
    contribution: Contribution,
    uses: Sequence[Use],
    is_given: bool,
    how: ConsentWay,
    now: datetime,
) -> None:
    assert contribution.id is not None
    body: dict[str, object] = {
        "contribution": rows.code(contribution),
        "given": is_given,
        "how": how.value,
        "uses": [use.value for use in uses],
        "words": rules.CONSENT_VERSION,
    }
    contribution.entry = note(db, contribution.congress_id, "contribution.consent", body, actor=actor, now=now)
    db.add(
        ContributionConsent(
            contribution_id=contribution.id,
            uses=" ".join(use.value for use in uses),
            is_given=is_given,
            how=how,
            words=rules.CONSENT_VERSION,
            at=now,
        )
    )
    db.flush()
