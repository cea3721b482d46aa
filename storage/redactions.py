"""Objects as they are kept and published, and what was taken out of publication."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from motion.record.bundles import KEPT_BACK
from motion.record.kinds import KINDS
from storage import contributions, disclosures
from storage.disclosures import Disclosure
from storage.models import (
    Congress,
    ContributionFile,
    DraftUpdate,
    Entry,
    LateText,
    Redaction,
    RedactionRequest,
    SealedObject,
    Secretary,
    WithdrawnObject,
)
from storage.models.record import IS_RARE

WITH_OBJECT = tuple(
    name
    for name, kind in KINDS.items()
    if name not in KEPT_BACK and name != "crdt.update" and any(field.name == "c" for field in kind.fields)
)
"""Kinds whose objects are published and are not updates: a few entries of each congress."""

_IN_FILES = frozenset({"contribution.file", "contribution.show"})


@dataclass(frozen=True, slots=True)
class Target:
    """An entry whose object may be taken out.

    Attributes:
        data: The object, salt first; None once it is out of publication, or when the entry never had one.
        update: The kept bytes of an update, masked once redacted; None for other kinds.
        number: The update's number in its motion, or 0.
        withdrawn: Whether the object is kept sealed.
        blob, salt: Of an object that lies in the store of files: its key there, and what its commitment was made with.
    """

    entry: int
    kind: str
    motion_id: int | None
    official_id: int | None
    name: str | None
    data: bytes | None
    update: bytes | None = None
    number: int = 0
    withdrawn: bool = False
    blob: str | None = None
    salt: bytes | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is anything to take out."""
        return self.data is not None or self.blob is not None


@dataclass(frozen=True, slots=True)
class PublishedObject:
    """The object of one entry: `data` is salt and content; of a redacted update `masked` has the letters masked."""

    name: str | None = None
    data: bytes = b""
    masked: bytes = b""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A decision about one motion, or about entries of none: what everyone is told.

    Attributes:
        disclosed: When what it keeps sealed was handed to an authority.
        is_of_files: Whether all of it is files as they were sent, which are never published.
    """

    decision: int
    redactions: tuple[Redaction, ...]
    disclosed: tuple[Disclosure, ...] = ()
    is_of_files: bool = False

    @property
    def first(self) -> Redaction:
        """The entry that says it; the others of the decision say the same of other objects."""
        return self.redactions[0]


def targets(db: Session, congress_id: int, entries: Collection[int]) -> dict[int, Target]:
    """Return what stands at these entries; numbers that the record does not have are left out."""
    rows = db.execute(_entries(congress_id).where(col(Entry.number).in_(entries))).all()
    updates = _updates(db, rows)
    late = _late(db, rows)
    names = {number: json.loads(content)["body"].get("c") for number, _kind, _motion, _official, content in rows}
    sealed = _sealed(db, congress_id, [name for name in names.values() if name])
    elsewhere = contributions.kept_as_files(db, [names[row[0]] for row in rows if row[1] in _IN_FILES])
    query = select(col(WithdrawnObject.target)).where(
        col(WithdrawnObject.congress_id) == congress_id, col(WithdrawnObject.target).in_(entries)
    )
    withdrawn = set(db.execute(query).scalars())
    found = {}
    for number, kind, motion_id, official_id, _content in rows:
        name = names[number]
        data: bytes | None = None
        update, in_motion = None, 0
        if kind == "crdt.update" and (motion_id, number) in updates:
            row = updates[motion_id, number]
            update, in_motion = row.content, row.number
            data = None if row.salt is None else row.salt + row.content
        elif kind == "crdt.late":
            data = late.get((motion_id, number))
        elif name:
            data = sealed.get(name)
        target = Target(number, kind, motion_id, official_id, name, data, update, in_motion, number in withdrawn)
        if kind in _IN_FILES and name in elsewhere:
            target = replace(target, blob=elsewhere[name].blob, salt=elsewhere[name].salt)
        found[number] = target
    return found


def published(db: Session, congress_id: int, start: int, end: int) -> list[PublishedObject]:
    """Return the objects of the entries from `start` to `end` (not included), as anyone may have them."""
    rows = db.execute(
        _entries(congress_id).where(col(Entry.number) >= start, col(Entry.number) < end).order_by(col(Entry.number))
    ).all()
    updates = _updates(db, rows)
    # Most entries are updates: their objects are with the draft, and their name is not looked at.
    named = [(row[0], row[1], row[4]) for row in rows if row[1] != "crdt.update" and b'"c":' in row[4]]
    names = {number: json.loads(content)["body"].get("c") for number, kind, content in named if kind not in KEPT_BACK}
    sealed = _sealed(db, congress_id, [name for name in names.values() if name])
    found = []
    for number, kind, motion_id, _official, _content in rows:
        if kind != "crdt.update":
            name = names.get(number)
            found.append(PublishedObject(name, sealed.get(name, b"") if name else b""))
            continue
        kept = updates.get((motion_id, number))
        if kept is None:
            found.append(PublishedObject())
        elif kept.salt is None:
            found.append(PublishedObject(masked=kept.content))
        else:
            found.append(PublishedObject(data=kept.salt + kept.content))
    return found


def published_file(db: Session, congress_id: int, name: str) -> bytes | None:
    """Return an object by its name, if it is one that everyone may have, and not an update."""
    row = db.get(SealedObject, (congress_id, name))
    if row is None:
        return None
    # Refused updates are sealed objects too, and are not published: the name must stand in an entry that publishes.
    mark = f'"c":"{name}"'.encode()
    query = _entries(congress_id).where(col(Entry.kind).in_(WITH_OBJECT), IS_RARE)
    return row.content if any(mark in content for _n, _k, _m, _o, content in db.execute(query)) else None


def _entries(congress_id: int) -> Select[int, str, int | None, int | None, bytes]:
    return select(
        col(Entry.number), col(Entry.kind), col(Entry.motion_id), col(Entry.official_id), col(Entry.content)
    ).where(col(Entry.congress_id) == congress_id)


@dataclass(frozen=True, slots=True)
class _Update:
    number: int
    salt: bytes | None
    content: bytes


def _updates(
    db: Session, rows: Sequence[tuple[int, str, int | None, int | None, bytes]]
) -> dict[tuple[int, int], _Update]:
    """The updates of these entries, by motion and entry. Read by number, which the table is ordered by."""
    numbers: dict[int, list[int]] = {}
    for _number, kind, motion_id, _official, content in rows:
        if kind == "crdt.update" and motion_id is not None:
            numbers.setdefault(motion_id, []).append(json.loads(content)["body"]["n"])
    found = {}
    for motion_id, wanted in numbers.items():
        query = select(
            col(DraftUpdate.entry), col(DraftUpdate.number), col(DraftUpdate.salt), col(DraftUpdate.content)
        ).where(col(DraftUpdate.motion_id) == motion_id)
        if max(wanted) - min(wanted) < 2 * len(wanted) + 100:
            query = query.where(col(DraftUpdate.number).between(min(wanted), max(wanted)))
        else:
            query = query.where(col(DraftUpdate.number).in_(wanted))
        for entry, number, salt, content in db.execute(query):
            found[motion_id, entry] = _Update(number, salt, content)
    return found


def _late(db: Session, rows: Sequence[tuple[int, str, int | None, int | None, bytes]]) -> dict[tuple[int, int], bytes]:
    found = {}
    for number, kind, motion_id, _official, _content in rows:
        if kind == "crdt.late" and motion_id is not None:
            query = select(col(LateText.salt), col(LateText.content)).where(
                col(LateText.motion_id) == motion_id, col(LateText.entry) == number
            )
            for salt, content in db.execute(query):
                found[motion_id, number] = salt + content
    return found


def _sealed(db: Session, congress_id: int, names: Collection[str]) -> dict[str, bytes]:
    if not names:
        return {}
    query = select(col(SealedObject.name), col(SealedObject.content)).where(
        col(SealedObject.congress_id) == congress_id, col(SealedObject.name).in_(names)
    )
    return {name: content for name, content in db.execute(query)}


def last(db: Session, congress_id: int, start: int = 0, end: int | None = None) -> int:
    """Return the number of the last redaction of these entries (all, by default); 0 when there is none."""
    query = select(func.max(col(Redaction.entry))).where(col(Redaction.congress_id) == congress_id)
    if end is not None:
        query = query.where(col(Redaction.target) >= start, col(Redaction.target) < end)
    return db.execute(query).scalar_one() or 0


def of_congress(db: Session, congress_id: int, size: int | None = None) -> list[Redaction]:
    """List the redactions in the order of their entries, of those below `size`."""
    query = select(Redaction).where(col(Redaction.congress_id) == congress_id).order_by(col(Redaction.entry))
    if size is not None:
        query = query.where(col(Redaction.entry) < size)
    return list(db.execute(query).scalars())


def last_mark(db: Session) -> tuple[int, datetime | None]:
    """What changes whenever something is taken out in any congress: how many redactions there are, and the last."""
    count, at = db.execute(select(func.count(), func.max(col(Redaction.at))).select_from(Redaction)).one()
    return count, at


def of_entry(db: Session, congress_id: int, target: int) -> list[Redaction]:
    """List what was decided on one entry's object, in order."""
    query = select(Redaction).where(col(Redaction.congress_id) == congress_id, col(Redaction.target) == target)
    return list(db.execute(query.order_by(col(Redaction.entry))).scalars())


def about(db: Session, congress_id: int, number: int) -> tuple[Tombstone, ...]:
    """List what was decided on one entry's object, and what the entry itself decides."""
    query = select(Redaction).where(
        col(Redaction.congress_id) == congress_id,
        or_(col(Redaction.target) == number, col(Redaction.entry) == number),
    )
    return told(db, db.execute(query.order_by(col(Redaction.entry))).scalars().all())


def tombstones(db: Session, motion_id: int) -> tuple[Tombstone, ...]:
    """List the decisions on one motion, in order; the expiry of a withdrawal is one more of the same number."""
    query = select(Redaction).where(col(Redaction.motion_id) == motion_id).order_by(col(Redaction.entry))
    return told(db, db.execute(query).scalars().all())


def tombstones_of_congress(db: Session, congress_id: int) -> tuple[Tombstone, ...]:
    """List all decisions, in order."""
    return told(db, of_congress(db, congress_id))


def told(db: Session, rows: Sequence[Redaction]) -> tuple[Tombstone, ...]:
    """Group redactions of one congress, with what was handed over of those that keep something sealed."""
    named = [row.name for row in rows if row.motion_id is None]
    query = select(col(ContributionFile.name)).where(col(ContributionFile.name).in_(named))
    files = set(db.execute(query).scalars()) if named else set()
    stones = tuple(replace(one, is_of_files=all(row.name in files for row in one.redactions)) for one in group(rows))
    if not any(stone.first.until for stone in stones):
        return stones
    found = disclosures.of_decisions(db, rows[0].congress_id, {stone.decision for stone in stones})
    return tuple(
        replace(stone, disclosed=tuple(found.get(stone.decision, ()))) if stone.first.until else stone
        for stone in stones
    )


def group(rows: Sequence[Redaction]) -> tuple[Tombstone, ...]:
    """Put the entries of one decision and kind together."""
    found: dict[tuple[int, str], list[Redaction]] = {}
    for row in rows:
        found.setdefault((row.decision, row.kind), []).append(row)
    return tuple(Tombstone(decision, tuple(same)) for (decision, _kind), same in found.items())


def next_decision(db: Session, congress_id: int) -> int:
    """Return the number of the next decision: 1, 2, 3… in the congress."""
    query = select(func.max(col(Redaction.decision))).where(col(Redaction.congress_id) == congress_id)
    return (db.execute(query).scalar_one() or 0) + 1


def waiting(db: Session, congress_id: int) -> list[tuple[RedactionRequest, Secretary]]:
    """List the decisions that are not confirmed yet, with who prepared them."""
    query = (
        select(RedactionRequest, Secretary)
        .join(Secretary, col(Secretary.id) == col(RedactionRequest.asked_by))
        .where(col(RedactionRequest.congress_id) == congress_id, col(RedactionRequest.state) == "waiting")
        .order_by(col(RedactionRequest.id))
    )
    return [(request, secretary) for request, secretary in db.execute(query)]


def others_in_force(db: Session, congress_id: int, secretary_id: int) -> int:
    """Count the people of the secretariat beside this one."""
    query = select(func.count()).where(
        col(Secretary.congress_id) == congress_id,
        col(Secretary.revoked_at).is_(None),
        col(Secretary.id) != secretary_id,
    )
    return int(db.execute(query).scalar_one())


def with_sealed(db: Session, before: date) -> list[Congress]:
    """List the congresses that keep something sealed whose last day is before a day."""
    due = select(col(WithdrawnObject.congress_id)).where(col(WithdrawnObject.until) < before)
    return list(db.execute(select(Congress).where(col(Congress.id).in_(due)).order_by(col(Congress.id))).scalars())


def sealed_before(db: Session, congress_id: int, day: date) -> list[WithdrawnObject]:
    """List what a congress keeps sealed and whose last day is before a day."""
    query = (
        select(WithdrawnObject)
        .where(col(WithdrawnObject.congress_id) == congress_id, col(WithdrawnObject.until) < day)
        .order_by(col(WithdrawnObject.entry))
    )
    return list(db.execute(query).scalars())


def sealed_of(db: Session, congress_id: int, decision: int) -> list[WithdrawnObject]:
    """List what a decision keeps sealed."""
    query = (
        select(WithdrawnObject)
        .join(
            Redaction,
            (col(Redaction.congress_id) == col(WithdrawnObject.congress_id))
            & (col(Redaction.entry) == col(WithdrawnObject.entry)),
        )
        .where(col(WithdrawnObject.congress_id) == congress_id, col(Redaction.decision) == decision)
        .order_by(col(WithdrawnObject.target))
    )
    return list(db.execute(query).scalars())


def sealed_decisions(db: Session, congress_id: int) -> set[int]:
    """The decisions that keep something sealed."""
    query = (
        select(col(Redaction.decision))
        .join(
            WithdrawnObject,
            (col(Redaction.congress_id) == col(WithdrawnObject.congress_id))
            & (col(Redaction.entry) == col(WithdrawnObject.entry)),
        )
        .where(col(Redaction.congress_id) == congress_id)
    )
    return set(db.execute(query).scalars())
