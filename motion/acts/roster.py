"""The roster: imported from a file after a preview, and corrected by hand.

An import is one act in one transaction. Its plan is made anew inside it, on the roster as it is at that
moment, and must be the plan that the person saw: otherwise nothing is imported.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from motion.acts import cards, record, sessions, sign_in
from motion.record.entry import encode_entry
from motion.record.forms import is_text
from motion.rules.errors import Invalid, NotFound, RosterTooLarge
from motion.rules.errors import TextChangedMeanwhile as PlanChangedMeanwhile
from motion.rules.mail_addresses import may_be_address
from motion.rules.names import display_name
from motion.rules.permissions import SYSTEM, Act, Actor, require
from motion.rules.roster import MAX_KEPT_OFFICIALS, MAX_REFUSED_KEPT, Change, Changed, Known, Plan, compare
from motion.rules.roster_columns import Variant
from motion.rules.roster_file import Dialect, RefusedLine
from motion.rules.roster_rows import Row, read_rows
from storage import ledger, people
from storage.ledger import NewEntry
from storage.models import Official

MAX_NAME = 120  # as the file's
MAX_FIELD = 200
REVOCATION_REASONS = ("left-office", "absent", "mistake")


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as read: the people kept, and what was refused. Held in memory for the time of one import.

    Attributes:
        refused_more: Refused lines beyond those in `lines`: counted, not kept.
    """

    lines: tuple[Row | RefusedLine, ...]
    refused_more: int
    department: str | None
    source: str


@dataclass(frozen=True, slots=True)
class OfficialForm:
    """What the secretariat says of one official."""

    family_name: str
    first_names: str
    gender: str = ""
    mandate: str = ""
    territory: str = ""
    email: str = ""
    shares_email: bool = False  # the secretariat knows that the address is somebody else's too


def read_file(
    chunks: Iterable[bytes],
    dialect: Dialect,
    *,
    department: str | None = None,
    progress: Callable[[int], None] = lambda bytes_read: None,
) -> Reading:
    """Read a roster file, in memory bounded by the people kept.

    Args:
        progress: Told how many bytes were read, now and then.

    Raises:
        RosterTooLarge, UnreadableColumn: The file can't be imported like this.
    """
    kept: list[Row | RefusedLine] = []
    people = refused = read_bytes = 0

    def counted() -> Iterable[bytes]:
        nonlocal read_bytes
        for chunk in chunks:
            read_bytes += len(chunk)
            progress(read_bytes)
            yield chunk

    for line in read_rows(counted(), dialect, department=department):
        if isinstance(line, RefusedLine):
            refused += 1
            if refused > MAX_REFUSED_KEPT:
                continue
        else:
            people += 1
            if people > MAX_KEPT_OFFICIALS:
                raise RosterTooLarge(MAX_KEPT_OFFICIALS)
        kept.append(line)
    source = "list" if dialect.layout.variant is Variant.OWN_LIST else "rne"
    return Reading(tuple(kept), max(0, refused - MAX_REFUSED_KEPT), department, source)


def preview(db: Session, congress_id: int, reading: Reading) -> Plan:
    """Say what an import would do now; change nothing."""
    plan = compare(known(db, congress_id), reading.lines, department=reading.department)
    return replace(plan, refused_count=plan.refused_count + reading.refused_more)


def plan_digest(plan: Plan) -> str:
    """Name a plan, to hold that what is applied is what was shown."""
    shown = (plan.added, plan.changed, plan.doubtful, plan.refused_count)
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def known(db: Session, congress_id: int) -> list[Known]:
    """List a congress's officials as the comparison wants them; those who left too, so that no import brings
    back somebody whom the secretariat took off."""
    rows = db.exec(select(Official).where(Official.congress_id == congress_id).order_by(col(Official.id))).all()
    return [
        Known(
            id=row.id or 0,
            family_name=row.family_name,
            first_names=row.first_names,
            mandate=row.mandate,
            territory=row.territory,
            territory_code=row.territory_code,
            department=row.department_code,
            email=row.email or "",
            gender=row.gender,
        )
        for row in rows
    ]


def apply(
    db: Session,
    actor: Actor | None,
    congress_id: int,
    reading: Reading,
    *,
    expected: str,
    decisions: Mapping[int, str] | None = None,
    now: datetime,
) -> Plan:
    """Import what the plan says: additions, changes, and the doubtful lines that somebody decided.

    Args:
        expected: `plan_digest` of the plan that was confirmed.
        decisions: By line number of a doubtful line: `add` (somebody else), or `elu-12` (this candidate).
            A doubtful line without a decision is not imported.

    Returns:
        The plan as it was done: what was decided stands with the additions and the changes.

    Raises:
        NotAllowed, PlanChangedMeanwhile, Invalid: Nothing is imported.
    """
    if actor is not None:
        require(actor, Act.IMPORT_ROSTER, congress_id)
    ledger.lock(db, congress_id)  # of two imports at once, the second sees what the first added
    plan = preview(db, congress_id, reading)
    if plan_digest(plan) != expected:
        raise PlanChangedMeanwhile(expected, plan_digest(plan))
    plan = decided(plan, decisions or {})
    entries = _change_all(db, plan.changed, actor, now) + _add_all(db, congress_id, plan.added, actor, now)
    body = {
        "added": len(plan.added),
        "changed": len(plan.changed),
        "left": len(plan.unchanged),
        "refused": plan.refused_count,
        "source": reading.source,
    }
    entries.insert(0, NewEntry("roster.import", encode_entry("roster.import", body, by=_by(actor), at=now)))
    ledger.append(db, congress_id, entries, now=now)
    return plan


def decided(plan: Plan, decisions: Mapping[int, str]) -> Plan:
    """The plan with the doubtful lines that somebody decided where they belong; the others stay doubtful.

    Raises:
        Invalid: A decision names nobody among the candidates, or two lines are to be one person.
    """
    added, changed, unchanged = list(plan.added), list(plan.changed), list(plan.unchanged)
    doubtful = []
    for line in plan.doubtful:
        choice = decisions.get(line.row.number, "")
        candidates = {f"elu-{candidate.id}": candidate for candidate in line.candidates}
        if not choice:
            doubtful.append(line)
        elif choice == "add":
            added.append(line.row)
        elif choice not in candidates:
            raise Invalid("decision", "unknown", choice)
        elif changes := _changes(candidates[choice], line.row):
            changed.append(Changed(candidates[choice], line.row, changes))
        else:
            unchanged.append(candidates[choice].id)
    ids = [each.known.id for each in changed]
    if len(set(ids)) != len(ids):
        # Two lines can't be one and the same person.
        raise Invalid("decision", "taken", "")
    return replace(
        plan, added=tuple(added), changed=tuple(changed), unchanged=tuple(unchanged), doubtful=tuple(doubtful)
    )


def add(db: Session, actor: Actor, congress_id: int, form: OfficialForm, *, now: datetime) -> Official:
    """Put one official on the roster by hand.

    Raises:
        NotAllowed, Invalid: Nobody was added.
    """
    require(actor, Act.IMPORT_ROSTER, congress_id)
    official = Official(congress_id=congress_id, family_name="", first_names="", created_at=now)
    _fill(official, form)
    _check_address(db, official, form)
    db.add(official)
    db.flush()
    record.note(
        db,
        congress_id,
        "official.accredit",
        _public(official),
        actor=actor,
        now=now,
        official_id=official.id,
    )
    return official


def correct(db: Session, actor: Actor, official_id: int, form: OfficialForm, *, now: datetime) -> Official:
    """Correct one official; the Ministry's file lags, and what the organiser says holds.

    Raises:
        NotAllowed, NotFound, Invalid: Nothing was changed.
    """
    official = of_congress(db, actor, official_id)
    before, address = _public(official), official.email
    _fill(official, form)
    if official.email != address:
        _check_address(db, official, form)
    db.add(official)
    if official.email != address:
        sign_in.void_mails_of(db, official_id, now)
    after = _public(official)
    body = {name: value for name, value in after.items() if name == "official" or before.get(name) != value}
    record.note(db, official.congress_id, "official.change", body, actor=actor, now=now, official_id=official_id)
    return official


def revoke(db: Session, actor: Actor, official_id: int, reason: str, *, now: datetime) -> list[int]:
    """Take an official off the roster: their sessions, links and card end; what they wrote stays theirs.

    Returns:
        The ids of the sessions ended, for `Rooms.revoke`.

    Raises:
        NotAllowed, NotFound, Invalid: The official stays.
    """
    official = of_congress(db, actor, official_id)
    if reason not in REVOCATION_REASONS:
        raise Invalid("reason", "unknown", reason)
    official.revoked_at, official.is_rapporteur = now, False
    db.add(official)
    record.note(
        db,
        official.congress_id,
        "official.revoke",
        {"official": f"elu-{official_id}", "reason": reason},
        actor=actor,
        now=now,
        official_id=official_id,
    )
    sign_in.void_mails_of(db, official_id, now)
    cards.end_of(db, actor, official.congress_id, official_id, now=now)
    return sessions.end_all_of(db, official_id, "revoked", actor=actor, now=now)


def restore(db: Session, actor: Actor, official_id: int, *, now: datetime) -> Official:
    """Put an official who was taken off back on the roster, under the same identifier; on it already, nothing changes.

    The record says again who joins: sessions, links and cards that ended stay ended, and so does a rapporteur's role.

    Raises:
        NotAllowed, NotFound: The roster stays.
    """
    require(actor, Act.IMPORT_ROSTER, actor.congress_id)
    official = db.get(Official, official_id)
    if official is None or official.congress_id != actor.congress_id:
        raise NotFound("official", str(official_id))
    if official.revoked_at is None:
        return official
    official.revoked_at = None
    db.add(official)
    record.note(
        db,
        official.congress_id,
        "official.accredit",
        _public(official),
        actor=actor,
        now=now,
        official_id=official_id,
    )
    return official


def set_rapporteur(db: Session, actor: Actor, official_id: int, held: bool, *, now: datetime) -> Official:
    """Name an official rapporteur, or end it; said again, it changes nothing.

    Raises:
        NotAllowed, NotFound: Nothing was changed.
    """
    official = of_congress(db, actor, official_id)
    if official.is_rapporteur == held:
        return official
    official.is_rapporteur = held
    db.add(official)
    body = {"held": held, "role": "rapporteur", "who": f"elu-{official_id}"}
    record.note(db, official.congress_id, "role.change", body, actor=actor, now=now, official_id=official_id)
    return official


def of_congress(db: Session, actor: Actor, official_id: int) -> Official:
    """Return an official in force of the congress that the actor runs.

    Raises:
        NotAllowed, NotFound: The actor may not see to this official.
    """
    require(actor, Act.IMPORT_ROSTER, actor.congress_id)
    official = db.get(Official, official_id)
    if official is None or official.congress_id != actor.congress_id or official.revoked_at is not None:
        raise NotFound("official", str(official_id))
    return official


def _fill(official: Official, form: OfficialForm) -> None:
    family_name, first_names = (" ".join(name.split()) for name in (form.family_name, form.first_names))
    mandate, territory = (" ".join(words.split()) for words in (form.mandate, form.territory))
    email = form.email.strip().lower()
    if not any(letter.isalpha() for letter in family_name):
        raise Invalid("family_name", "empty")
    fields = {
        "family_name": (family_name, MAX_NAME),
        "first_names": (first_names, MAX_NAME),
        "mandate": (mandate, MAX_FIELD),
        "territory": (territory, MAX_FIELD),
    }
    for field, (value, limit) in fields.items():
        if len(value) > limit:
            raise Invalid(field, "too-long", str(limit))
        if value and not is_text(_composed(value)):
            raise Invalid(field, "character", "")
    if email and not may_be_address(email):
        raise Invalid("email", "form", email[:80])
    if form.gender not in {"", "F", "M"}:
        raise Invalid("gender", "unknown", form.gender[:10])
    official.family_name, official.first_names = _composed(family_name), _composed(first_names)
    official.mandate, official.territory = _composed(mandate), _composed(territory)
    official.gender, official.email = form.gender, email or None


def _check_address(db: Session, official: Official, form: OfficialForm) -> None:
    """Refuse an address that is somebody else's already, unless the secretariat has been told and says so again."""
    if official.email is None or form.shares_email:
        return
    with db.no_autoflush:
        owners = people.with_address(db, official.congress_id, official.email)
    names = [owner.name for owner in owners if official.id is None or owner.official_id != official.id]
    if names:
        raise Invalid("email", "shared", ", ".join(names))


def _composed(value: str) -> str:
    return unicodedata.normalize("NFC", value)


def _add_all(db: Session, congress_id: int, rows: Sequence[Row], actor: Actor | None, now: datetime) -> list[NewEntry]:
    officials = [
        Official(
            congress_id=congress_id,
            family_name=row.family_name,
            first_names=row.first_names,
            gender=row.gender,
            mandate=row.mandate,
            territory=row.territory,
            territory_code=row.territory_code,
            department_code=row.department,
            email=row.email or None,
            created_at=now,
        )
        for row in rows
    ]
    db.add_all(officials)
    return accreditations(db, officials, actor, now=now)


def accreditations(db: Session, officials: Sequence[Official], actor: Actor | None, *, now: datetime) -> list[NewEntry]:
    """The entries that say who joins the roster, and which of them are rapporteurs; to be appended by the caller."""
    db.flush()  # their numbers stand in the entries
    entries = [_entry("official.accredit", _public(official), official.id, actor, now) for official in officials]
    for official in officials:
        if official.is_rapporteur:
            body = {"held": True, "role": "rapporteur", "who": f"elu-{official.id}"}
            entries.append(_entry("role.change", body, official.id, actor, now))
    return entries


def _change_all(
    db: Session,
    changed: Sequence[Changed],
    actor: Actor | None,
    now: datetime,
) -> list[NewEntry]:
    entries = []
    for each in changed:
        official_id = each.known.id
        official = db.get_one(Official, official_id)
        before = _public(official)
        for change in each.changes:
            column = "department_code" if change.field == "department" else change.field
            setattr(official, column, change.after or None if column == "email" else change.after)
            if column == "email":
                sign_in.void_mails_of(db, official_id, now)
        db.add(official)
        after = _public(official)
        body = {name: value for name, value in after.items() if name == "official" or before.get(name) != value}
        entries.append(_entry("official.change", body, official_id, actor, now))
    return entries


def _changes(known: Known, row: Row) -> tuple[Change, ...]:
    """What a line that somebody recognised as this official brings: all that it says."""
    said = {
        field: str(getattr(row, field))
        for field in ("gender", "mandate", "territory", "territory_code", "department", "email")
    }
    return tuple(
        Change(field, str(getattr(known, field)), value)
        for field, value in said.items()
        if value and value != getattr(known, field)
    )


def _public(official: Official) -> dict[str, str]:
    """What the record says of an official: a public person in a public office, and no address."""
    said = {
        "official": f"elu-{official.id}",
        "name": display_name(official.first_names, official.family_name),
        "mandate": official.mandate,
        "territory": official.territory,
    }
    return {name: value for name, value in said.items() if value}


def _entry(
    kind: str, body: Mapping[str, object], official_id: int | None, actor: Actor | None, now: datetime
) -> NewEntry:
    return NewEntry(kind, encode_entry(kind, body, by=_by(actor), at=now), official_id=official_id)


def _by(actor: Actor | None) -> str:
    return SYSTEM if actor is None else actor.mark
