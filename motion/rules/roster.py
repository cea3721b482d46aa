"""Compare a roster file with the officials of a congress: what an import would add, change and leave.

**Nobody is matched on a name alone.** A person of the file is an official already known when the name and the territory
are the same, or the name and the e-mail address. Whatever else looks alike is doubtful and waits for a human decision;
on a public record a mix-up could be defamatory. Two lines with one name in one territory are two people if their dates
of birth differ. The dates are dropped here: no plan holds one.

Importing the same file again changes nothing. Nobody is taken off the roster by an import.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from motion.rules.errors import RosterTooLarge
from motion.rules.names import folded
from motion.rules.roster_file import RefusedLine
from motion.rules.roster_rows import Row

MAX_KEPT_OFFICIALS = 50_000
"""More than any congress has; the file of municipal councillors has 490,000 lines and must be filtered."""

MAX_REFUSED_KEPT = 1_000
"""Refused lines that a plan shows; beyond, they are counted. A file that is all wrong is not kept in memory."""


class Doubt(StrEnum):
    """Why a line waits for a human decision."""

    NAMESAKE_ELSEWHERE = "namesake-elsewhere"  # an official of that name, elsewhere, whom no line of the file names
    NAMESAKES_HERE = "namesakes-here"  # several of one name in one territory
    EMAIL_SHARED = "email-shared"  # the address is already somebody else's


@dataclass(frozen=True, slots=True)
class Known:
    """An official of the congress, as the roster has it today."""

    id: int
    family_name: str
    first_names: str
    mandate: str = ""
    territory: str = ""
    territory_code: str = ""
    department: str = ""
    email: str = ""
    gender: str = ""
    has_card: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an official: its name in `Known`, what it is, what it would be."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    known: Known
    row: Row
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A line that could be any of the candidates, or somebody else. `others` are lines of the file itself."""

    row: Row
    reason: Doubt
    candidates: tuple[Known, ...]
    others: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    Attributes:
        absent: Officials whom no line names; they stay.
        refused: The first `MAX_REFUSED_KEPT`, in order of their numbers; `refused_count` counts all.
    """

    added: tuple[Row, ...]
    changed: tuple[Changed, ...]
    unchanged: tuple[int, ...]
    absent: tuple[Known, ...]
    refused: tuple[RefusedLine, ...]
    doubtful: tuple[Doubtful, ...]
    refused_count: int

    @property
    def does_nothing(self) -> bool:
        return not (self.added or self.changed)


def compare(existing: Iterable[Known], rows: Iterable[Row | RefusedLine], *, department: str | None = None) -> Plan:
    """Make the plan of an import. Only rows are held, not the file.

    Args:
        existing: The officials of one congress.
        rows: From `read_rows`, filtered by the same department.
        department: Code of two or three characters; officials of other departments are not called absent.

    Raises:
        RosterTooLarge: More than `MAX_KEPT_OFFICIALS` people: the file must be filtered by department.
    """
    plan = _Planning(tuple(existing))
    for row in rows:
        plan.take(row)
    return plan.finished(department)


class _Planning:
    """The plan so far; owned by `compare`."""

    def __init__(self, existing: Sequence[Known]) -> None:
        self._existing = existing
        self._by_name: dict[tuple[str, str], list[Known]] = {}
        self._by_email: dict[str, list[Known]] = {}
        for known in existing:
            self._by_name.setdefault(_name(known), []).append(known)
            if known.email:
                self._by_email.setdefault(known.email.lower(), []).append(known)
        self._groups: dict[tuple[str, str, str], list[Row]] = {}
        self._kept = 0
        self._refused: list[RefusedLine] = []
        self._refused_count = 0
        self._added: list[Row] = []
        self._changed: list[Changed] = []
        self._unchanged: list[int] = []
        self._doubtful: list[Doubtful] = []
        self._matched: set[int] = set()
        self._pairs: list[tuple[Known, Row]] = []
        self._new_emails: dict[str, Row] = {}

    def take(self, row: Row | RefusedLine) -> None:
        if isinstance(row, RefusedLine):
            self._refuse(row)
            return
        group = self._groups.setdefault((*_name(row), row.territory_code or folded(row.territory)), [])
        twin = next((other for other in group if _same_line(row, other)), None)
        if twin is not None:
            self._refuse(
                RefusedLine(row.number, "duplicate-line", (row.family_name, row.first_names, f"{twin.number}"))
            )
            return
        same = next((other for other in group if row.birth_date and other.birth_date == row.birth_date), None)
        if same is not None:
            self._refuse(RefusedLine(row.number, "same-person", (row.family_name, row.first_names, f"{same.number}")))
            return
        group.append(row)
        self._kept += 1
        if self._kept > MAX_KEPT_OFFICIALS:
            raise RosterTooLarge(MAX_KEPT_OFFICIALS)

    def finished(self, department: str | None) -> Plan:
        unknown: list[Row] = []
        for group in self._groups.values():
            unknown += self._settle(group)
        unknown = [row for row in sorted(unknown, key=lambda row: row.number) if not self._match_by_email(row)]
        owners = self._settle_emails()
        for row in unknown:
            self._settle_unknown(row, owners)
        for known, row in self._pairs:
            changes = _changes(known, row)
            if changes:
                self._changed.append(Changed(known, _undated(row), changes))
            else:
                self._unchanged.append(known.id)
        candidates = {known.id for doubtful in self._doubtful for known in doubtful.candidates}
        absent = tuple(
            known
            for known in self._existing
            if known.id not in self._matched and known.id not in candidates and department in (None, known.department)
        )
        return Plan(
            added=tuple(sorted((_undated(row) for row in self._added), key=lambda row: row.number)),
            changed=tuple(sorted(self._changed, key=lambda changed: changed.row.number)),
            unchanged=tuple(self._unchanged),
            absent=absent,
            refused=tuple(sorted(self._refused, key=lambda line: line.number)),
            doubtful=tuple(sorted(self._doubtful, key=lambda doubtful: doubtful.row.number)),
            refused_count=self._refused_count,
        )

    def _settle(self, group: list[Row]) -> list[Row]:
        """Match the lines of one name in one territory; those that match nobody there are given back."""
        here = [known for known in self._by_name.get(_name(group[0]), ()) if _same_place(known, group[0])]
        if len(group) == 1 and len(here) == 1:
            self._match(here[0], group[0])
            return []
        if len(group) == 1 and not here:
            return group
        rows, left = list(group), list(here)
        for row in group:
            equal = next((known for known in left if not _changes(known, row)), None)
            if equal is not None:
                self._match(equal, row)
                left.remove(equal)
                rows.remove(row)
        certain = len({row.birth_date for row in group if row.birth_date}) == len(group)
        if not left and certain:
            return rows
        for row in rows:
            others = tuple(_undated(other) for other in group if other is not row)
            self._doubtful.append(Doubtful(_undated(row), Doubt.NAMESAKES_HERE, tuple(left or here), others))
        return []

    def _match(self, known: Known, row: Row) -> None:
        self._matched.add(known.id)
        self._pairs.append((known, row))

    def _match_by_email(self, row: Row) -> bool:
        """Somebody of that name has that address, and nobody else has: the same person, elsewhere."""
        sharing = [known for known in self._by_email.get(row.email, ()) if known.id not in self._matched]
        if len(sharing) != 1 or _name(sharing[0]) != _name(row):
            return False
        self._match(sharing[0], row)
        return True

    def _settle_emails(self) -> dict[str, list[Known]]:
        """Take out the matches that would give somebody an address of somebody else; give who will own each.

        All are judged at once against the roster as it would become, until no more fall: the answer does not depend
        on the order of the lines, and is the same when the file is imported again.
        """
        while True:
            becoming = {known.id: row.email or known.email for known, row in self._pairs}
            owners: dict[str, list[Known]] = {}
            for known in self._existing:
                email = becoming.get(known.id, known.email).lower()
                if email:
                    owners.setdefault(email, []).append(known)
            kept = []
            for known, row in self._pairs:
                others = [other for other in owners.get(row.email, ()) if other.id != known.id]
                if others and row.email != known.email.lower():
                    self._doubtful.append(Doubtful(_undated(row), Doubt.EMAIL_SHARED, (known, *others)))
                else:
                    kept.append((known, row))
            if len(kept) == len(self._pairs):
                return owners
            self._pairs = kept

    def _settle_unknown(self, row: Row, owners: Mapping[str, Sequence[Known]]) -> None:
        taken = tuple(owners.get(row.email, ()))
        other = self._new_emails.get(row.email)
        if taken or other:
            others = (_undated(other),) if other else ()
            self._doubtful.append(Doubtful(_undated(row), Doubt.EMAIL_SHARED, taken, others))
            return
        elsewhere = tuple(known for known in self._by_name.get(_name(row), ()) if known.id not in self._matched)
        if elsewhere:
            self._doubtful.append(Doubtful(_undated(row), Doubt.NAMESAKE_ELSEWHERE, elsewhere))
            return
        if row.email:
            self._new_emails[row.email] = row
        self._added.append(row)

    def _refuse(self, line: RefusedLine) -> None:
        self._refused_count += 1
        if len(self._refused) < MAX_REFUSED_KEPT:
            self._refused.append(line)


def _changes(known: Known, row: Row) -> tuple[Change, ...]:
    """What the line would change. What it does not say changes nothing; accents are added, never taken away."""
    wanted: Mapping[str, str] = {
        "family_name": _better_spelled(known.family_name, row.family_name),
        "first_names": _better_spelled(known.first_names, row.first_names),
        "gender": row.gender,
        "mandate": _unless_same(known.mandate, row.mandate),
        "territory": _unless_same(known.territory, row.territory),
        "territory_code": row.territory_code,
        "department": row.department,
        "email": _unless_same(known.email, row.email),
    }
    before = {field: str(getattr(known, field)) for field in wanted}
    return tuple(
        Change(field, before[field], after) for field, after in wanted.items() if after and after != before[field]
    )


def _better_spelled(before: str, after: str) -> str:
    marks_before, marks_after = (sum(letter > "\x7f" for letter in name) for name in (before, after))
    return after if marks_after > marks_before and folded(before) == folded(after) else before


def _unless_same(before: str, after: str) -> str:
    return before if folded(before) == folded(after) else after


def _name(person: Known | Row) -> tuple[str, str]:
    return folded(person.family_name), folded(person.first_names)


def _same_place(known: Known, row: Row) -> bool:
    if known.territory_code and row.territory_code:
        return known.territory_code == row.territory_code
    if known.department and row.department and known.department != row.department:
        return False
    if not known.territory and not row.territory:
        # A list without territories: the mandate stands in, so that a second import finds whom the first made.
        return bool(row.mandate) and folded(known.mandate) == folded(row.mandate)
    return folded(known.territory) == folded(row.territory)


def _same_line(one: Row, other: Row) -> bool:
    return replace(one, number=0) == replace(other, number=0)


def _undated(row: Row) -> Row:
    return replace(row, birth_date=None)
