"""Taking an object out of publication, or destroying it: two acts, prepared, then confirmed.

The entry that commits to the object stays, and the record goes on proving that something was there. Of an update the
letters go and the skeleton stays, so that the text can still be replayed and everyone else's words keep their author.
Whatever was computed from the letters goes in the same transaction: snapshots, the reading copy, the history.

The secretariat does it and cannot write one character: words that stand in a text that is being written are taken out
of it by an official first.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from motion.acts import congresses, motions
from motion.live import updates
from motion.live.knowledge import RangeSet
from motion.live.refusals import Refused
from motion.live.wire import varuint
from motion.record.entry import encode_entry
from motion.rules.errors import (
    AlreadyRedacted,
    DecisionSettled,
    Invalid,
    NotFound,
    NothingToRedact,
    SecondPersonNeeded,
    TextChangedMeanwhile,
    WordsInText,
)
from motion.rules.permissions import SYSTEM, Act, Actor, require
from motion.rules.phases import writable
from motion.rules.redactions import GROUNDS, MOST_OBJECTS, Asker, Grounds, Reason, RedactionKind, decide
from motion.rules.text import digest
from motion.rules.vocabulary import MotionState, Phase
from storage import contributions, drafts, ledger, redactions, removals, sealing
from storage.ledger import NewEntry
from storage.models import Congress, Motion, Redaction, RedactionRequest, WithdrawnObject
from storage.redactions import Target

FIRST_ZONE = timedelta(hours=14)  # ahead of UTC: where on Earth a day is over first
BATCH = 5_000  # updates read at once: a few megabytes


@dataclass(frozen=True, slots=True)
class Plan:
    """What a decision would take out.

    Attributes:
        targets: In the order of their entries.
        motion: The motion they are about; a decision is about one.
        words: What each update brought, by entry.
        standing: What of it stands in the text, by entry; nothing for words that were deleted.
    """

    targets: tuple[Target, ...]
    motion: Motion | None
    words: Mapping[int, str]
    standing: Mapping[int, str]

    @property
    def masks(self) -> frozenset[int]:
        """The updates, by their number in the motion, that change what the text shows."""
        return frozenset(target.number for target in self.targets if target.entry in self.standing)


def plan(db: Session, congress_id: int, entries: Collection[int], kind: RedactionKind) -> Plan:
    """Look at what a decision would take out; words that were received, then published, are taken out as published.

    Raises:
        NotFound: The record has no such entry.
        NothingToRedact: An entry without an object, or an update without a word.
        AlreadyRedacted: The object is gone; one that is kept sealed can still be destroyed.
        Invalid: No entry, too many, or entries of several motions (`targets`).
    """
    if not 0 < len(entries) <= MOST_OBJECTS:
        raise Invalid("targets", "too-long" if entries else "empty", str(MOST_OBJECTS))
    entries = contributions.at_publication(db, congress_id, entries)
    found = redactions.targets(db, congress_id, entries)
    words: dict[int, str] = {}
    for number in sorted(entries):
        target = found.get(number)
        if target is None:
            raise NotFound("entry", str(number))
        if target.name is None:
            raise NothingToRedact(number)
        if not target.is_there and not (target.withdrawn and kind == RedactionKind.EFFACEMENT):
            raise AlreadyRedacted(number)
        if target.update is not None:
            words[number] = updates.inserted_text(target.update)
            if not words[number]:
                raise NothingToRedact(number)
    if len({target.motion_id for target in found.values()}) > 1:
        raise Invalid("targets", "several-motions")
    ordered = tuple(found[number] for number in sorted(found))
    motion_id = ordered[0].motion_id
    if motion_id is None:
        return Plan(ordered, None, words, {})
    fresh = [target for target in ordered if target.update is not None and target.data is not None]
    return Plan(ordered, motions.get(db, motion_id), words, _standing(db, motion_id, fresh))


def _standing(db: Session, motion_id: int, fresh: Sequence[Target]) -> dict[int, str]:
    """What of these updates' words was never deleted, by entry."""
    parsed = {target.entry: updates.parse(target.update or b"", updates.ANY_SIZE) for target in fresh}
    read = {entry: update for entry, update in parsed.items() if not isinstance(update, Refused)}
    deleted = {struct.client: RangeSet() for update in read.values() for struct in update.structs}
    # An update that deletes letters of a client has its id among its bytes: few have, and only those are read.
    marks = [varuint(client) for client in deleted]
    after = min((target.number for target in fresh), default=1) - 1
    while fresh and (rows := drafts.updates_after(db, motion_id, after, limit=BATCH)):
        after = rows[-1].number
        for row in rows:
            if not any(mark in row.content for mark in marks):
                continue
            update = updates.parse(row.content, updates.ANY_SIZE)
            if isinstance(update, Refused):
                continue
            for client, clock, length in update.deletes:
                if client in deleted:
                    deleted[client].add(clock, clock + length)
    found = {}
    for entry, update in read.items():
        stays = ""
        for struct in update.structs:
            if struct.text is None:
                continue
            units = struct.text.encode("utf-16-le")
            for start, end in deleted[struct.client].gaps(struct.clock, struct.clock + struct.length):
                first, last = 2 * (start - struct.clock), 2 * (end - struct.clock)
                stays += units[first:last].decode("utf-16-le", "replace")
        if stays:
            found[entry] = stays
    return found


def prepare(
    db: Session,
    actor: Actor,
    congress_id: int,
    entries: Collection[int],
    kind: str,
    reason: str,
    who: str,
    until: date | None,
    *,
    now: datetime,
) -> RedactionRequest:
    """Write down a decision that remains to be confirmed; nothing is taken out yet.

    Raises:
        NotAllowed, Invalid, NotFound, NothingToRedact, AlreadyRedacted, WordsInText: Nothing was written down.
    """
    require(actor, Act.REDACT, congress_id)
    grounds = decide(kind, reason, who, until, today=_today(db, congress_id, now))
    check(db, plan(db, congress_id, entries, grounds.kind))
    assert actor.secretary_id is not None  # only the secretariat may
    request = RedactionRequest(
        congress_id=congress_id,
        targets=json.dumps(sorted(entries)),
        kind=grounds.kind,
        reason=grounds.reason,
        who=grounds.who,
        until=grounds.until,
        asked_by=actor.secretary_id,
        asked_at=now,
    )
    db.add(request)
    db.flush()
    return request


def check(db: Session, planned: Plan) -> None:
    """Refuse to mask words in a text that is being written.

    Raises:
        WordsInText: An official takes them out of the text first.
    """
    if planned.motion is None or not planned.standing:
        return
    phase = Phase(congresses.get(db, planned.motion.congress_id).phase)
    if writable(phase, MotionState(planned.motion.state)):
        raise WordsInText(planned.motion.code, "".join(planned.standing.values())[:80])


def still_in_text(db: Session, motion: Motion, entries: Collection[int]) -> dict[int, str]:
    """What of these updates' words stands in a text that is being written, by entry; nothing in any other text."""
    phase = Phase(congresses.get(db, motion.congress_id).phase)
    if not entries or motion.id is None or not writable(phase, MotionState(motion.state)):
        return {}
    found = redactions.targets(db, motion.congress_id, entries).values()
    fresh = [target for target in found if target.update is not None and target.data is not None]
    return _standing(db, motion.id, sorted(fresh, key=lambda target: target.number))


def drop(db: Session, actor: Actor, congress_id: int, request_id: int) -> None:
    """Give up a decision that was prepared.

    Raises:
        NotAllowed, NotFound, DecisionSettled: It stays.
    """
    require(actor, Act.REDACT, congress_id)
    request = waiting(db, congress_id, request_id)
    request.state = "dropped"
    db.add(request)


def waiting(db: Session, congress_id: int, request_id: int) -> RedactionRequest:
    """Find a decision that remains to be confirmed.

    Raises:
        NotFound, DecisionSettled: There is none, or no longer.
    """
    request = db.get(RedactionRequest, request_id)
    if request is None or request.congress_id != congress_id:
        raise NotFound("decision", str(request_id))
    if request.state != "waiting":
        raise DecisionSettled
    return request


def needs_another(db: Session, request: RedactionRequest, actor: Actor) -> bool:
    """Whether somebody else of the secretariat must confirm (ASVS 5.0, 8.4.2): never when there is nobody else."""
    return actor.secretary_id == request.asked_by and bool(
        redactions.others_in_force(db, request.congress_id, request.asked_by)
    )


def carry_out(
    db: Session,
    actor: Actor,
    congress_id: int,
    request_id: int,
    *,
    copy: drafts.ReadingCopy | None,
    key: bytes,
    nonces: Sequence[bytes],
    now: datetime,
) -> int:
    """Confirm a decision: the objects leave publication, and the record says so in the same transaction.

    Args:
        copy: What the motion's text becomes, when words of it are masked (`Plan.masks`).
        key, nonces: To seal what is withdrawn: the key of the installation, and 12 fresh random bytes for each object.

    Returns:
        The number of the decision.

    Raises:
        NotAllowed, NotFound, DecisionSettled, SecondPersonNeeded, NothingToRedact, AlreadyRedacted, WordsInText,
        Invalid: Nothing was taken out.
        TextChangedMeanwhile: The text has moved since `copy` was made (numbers instead of digests): make it again.
    """
    require(actor, Act.REDACT, congress_id)
    ledger.lock(db, congress_id)
    request = waiting(db, congress_id, request_id)
    if needs_another(db, request, actor):
        raise SecondPersonNeeded
    grounds = decide(request.kind, request.reason, request.who, request.until, today=_today(db, congress_id, now))
    planned = plan(db, congress_id, json.loads(request.targets), grounds.kind)
    check(db, planned)
    decision = redactions.next_decision(db, congress_id)
    # What is destroyed after it was withdrawn stays masked where its letters stood.
    withdrawn = {target.entry for target in planned.targets if target.withdrawn}
    before = redactions.of_congress(db, congress_id) if withdrawn else []
    masked_entries = frozenset(planned.standing) | {
        row.target for row in before if row.is_masked and row.target in withdrawn
    }
    first = take_out(
        db,
        actor,
        congress_id,
        decision,
        grounds,
        planned.targets,
        key=key,
        nonces=nonces,
        now=now,
        masked_entries=masked_entries,
    )
    if planned.motion is not None:
        _show(db, planned, first + len(planned.targets) - 1, copy)
    request.state = "done"
    db.add(request)
    return decision


def take_out(
    db: Session,
    actor: Actor | None,
    congress_id: int,
    decision: int,
    grounds: Grounds,
    targets: Sequence[Target],
    *,
    key: bytes,
    nonces: Iterable[bytes],
    now: datetime,
    masked_entries: Collection[int] = frozenset(),
) -> int:
    """Record why objects leave publication, then take them out; the caller has judged, and holds `ledger.lock`.

    Args:
        actor: Who decided; None for the service.
        nonces: At least as many as there are targets.
        masked_entries: Those whose letters stay masked in a text.

    Returns:
        The number of the first entry.
    """
    first = _note(db, congress_id, actor, decision, grounds, targets, masked_entries, now)
    drawn = iter(nonces)
    for entry, target in enumerate(targets, start=first):
        if not target.is_there:
            continue
        # What was made of a file can be made again of the original, which was never public: only that is kept.
        keeps = grounds.until is not None and target.kind != "contribution.show"
        if keeps:
            assert target.name is not None and grounds.until is not None
            data = target.data if target.data is not None else target.salt or b""
            row = WithdrawnObject(
                congress_id=congress_id,
                target=target.entry,
                entry=entry,
                name=target.name,
                sealed=sealing.lock_away(key, next(drawn), target.name, data),
                until=grounds.until,
                blob=target.blob,
            )
            db.add(row)
        elif target.blob is not None:
            removals.doom(db, target.blob, now)
        masked = None if target.update is None else updates.masked(target.update)
        removals.remove(db, congress_id, target, masked, entry)
    entries = [target.entry for target in targets]
    if grounds.kind == RedactionKind.EFFACEMENT:
        removals.forget_sealed(db, congress_id, entries, now=now)
    removals.unindex(db, congress_id, entries)
    return first


def _note(
    db: Session,
    congress_id: int,
    actor: Actor | None,
    decision: int,
    grounds: Grounds,
    gone: Sequence[Target],
    masked_entries: Collection[int],
    now: datetime,
) -> int:
    """Append one entry for each object, and index it; return the number of the first."""
    ground = GROUNDS[grounds.reason]
    entries, rows = [], []
    first = ledger.size(db, congress_id)
    for number, target in enumerate(gone, start=first):
        assert target.name is not None
        is_update = target.kind == "crdt.update"
        body: dict[str, object] = {
            "basis": ground.basis,
            "decision": f"d-{decision}",
            "kind": grounds.kind.value,
            "reason": grounds.reason.value,
            "remedy": ground.remedy,
            "skel": is_update,
            "target": target.entry,
            "who": grounds.who.value,
        }
        if grounds.until is not None:
            body["until"] = grounds.until.isoformat()
        content = encode_entry("redaction", body, by=SYSTEM if actor is None else actor.mark, at=now)
        entries.append(NewEntry("redaction", content, target.motion_id))
        rows.append(
            Redaction(
                congress_id=congress_id,
                entry=number,
                target=target.entry,
                motion_id=target.motion_id,
                decision=decision,
                kind=grounds.kind,
                name=target.name,
                reason=grounds.reason,
                basis=ground.basis,
                remedy=ground.remedy,
                who=grounds.who,
                is_skeleton=is_update,
                is_masked=target.entry in masked_entries,
                until=grounds.until,
                at=now,
            )
        )
    ledger.append(db, congress_id, entries, now=now, first=first)
    db.add_all(rows)
    return first


def _show(db: Session, planned: Plan, last: int, copy: drafts.ReadingCopy | None) -> None:
    """Void what was computed from the letters, and mask the text that people read."""
    motion = planned.motion
    assert motion is not None and motion.id is not None
    motion.last_entry = last
    if any(target.update is not None for target in planned.targets):
        removals.void_drafts(db, motion, last)
    if planned.standing:
        if copy is None or copy.number != motion.number or motion.text_number != motion.number:
            raise TextChangedMeanwhile(str(copy.number if copy else 0), str(motion.number))
        motion.text, motion.runs, motion.typed_for, motion.masked = copy.text, copy.runs, copy.typed_for, copy.masked
        if motion.state == MotionState.FROZEN:
            # Not voted yet: the vote will be on the text as it is shown from now on.
            motion.digest = digest(copy.text)
    db.add(motion)


def expire(db: Session, *, now: datetime) -> int:
    """Destroy what was kept sealed and whose last day is over, and record it; return how many objects."""
    return sum(_expire(db, congress, now) for congress in redactions.with_sealed(db, (now + FIRST_ZONE).date()))


def _expire(db: Session, congress: Congress, now: datetime) -> int:
    assert congress.id is not None
    ledger.lock(db, congress.id)  # of two processes the second finds nothing left
    rows = redactions.sealed_before(db, congress.id, now.astimezone(ZoneInfo(congress.time_zone)).date())
    if not rows:
        return 0
    targets = redactions.targets(db, congress.id, [row.target for row in rows])
    said = {row.entry: row for row in redactions.of_congress(db, congress.id)}
    last_of_motion: dict[int, int] = {}
    for row in rows:
        before = said[row.entry]
        grounds = Grounds(RedactionKind.EFFACEMENT, Reason(before.reason), Asker(before.who), None)
        masked_entries = [row.target] if before.is_masked else []
        entry = _note(db, congress.id, None, before.decision, grounds, [targets[row.target]], masked_entries, now)
        if before.motion_id is not None:
            last_of_motion[before.motion_id] = entry
    removals.forget_sealed(db, congress.id, [row.target for row in rows], now=now)
    for motion_id, entry in last_of_motion.items():
        motion = motions.get(db, motion_id)
        motion.last_entry = entry
        db.add(motion)
    return len(rows)


def _today(db: Session, congress_id: int, now: datetime) -> date:
    return now.astimezone(ZoneInfo(congresses.get(db, congress_id).time_zone)).date()
