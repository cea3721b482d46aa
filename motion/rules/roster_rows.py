"""The lines of a roster file as people: each one complete and plausible, or refused with its number and a reason."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from motion.rules.errors import UnreadableColumn
from motion.rules.mail_addresses import may_be_address
from motion.rules.mandates import mandate_label
from motion.rules.names import display_family_name, display_first_names, folded
from motion.rules.roster_columns import Column, Variant
from motion.rules.roster_file import Dialect, RefusedLine, records

MAX_NAME_CHARACTERS = 120
MAX_FIELD_CHARACTERS = 200
"""As in the table of officials."""

_UNREADABLE_AFTER = 50
"""Lines with a date, none of them readable, after which the column is given up: its form is not known."""

_FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?(?:\.0+)?Z?)?\Z")
_FORMULA = ("=", "+", "-", "@")
_DEPARTMENT = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|69[DM]|97[1-8]|98[4-9]|99)\Z")
_MINISTRY_DEPARTMENTS = {
    # The Ministry of the Interior's own codes overseas, found in some files.
    **{"ZA": "971", "ZB": "972", "ZC": "973", "ZD": "974", "ZM": "976", "ZS": "975", "ZX": "977"},
    **{"ZW": "986", "ZP": "987", "ZN": "988", "ZZ": "99"},
}
_GENDERS = {
    **dict.fromkeys(("f", "mme", "mlle", "madame", "femme", "feminin", "ms", "mrs", "miss", "female"), "F"),
    **dict.fromkeys(("m", "mr", "monsieur", "homme", "masculin", "male", "h"), "M"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A person on a line.

    Attributes:
        gender: "F", "M" or "".
        mandate: "1re adjointe au maire"; as typed in an organiser's list.
        territory_code: INSEE code of five characters, SIREN, code of a canton or constituency after its department's.
        department: Two or three characters ("02", "2A", "971"); as typed when it is not a code.
        email: In lower case; empty in the RNE.
        birth_date: Tells namesakes apart within one import; kept nowhere, shown in no representation.
    """

    number: int
    family_name: str
    first_names: str
    gender: str
    mandate: str
    territory: str
    territory_code: str
    department: str
    email: str
    birth_date: date | None = field(default=None, repr=False)


def read_rows(
    chunks: Iterable[bytes], dialect: Dialect, *, department: str | None = None
) -> Iterator[Row | RefusedLine]:
    """Read a file as it comes, in bounded memory.

    Args:
        chunks: The whole file from its first byte, in pieces of any size.
        department: Give only the lines of this department ("2" and "02" are one), and the refused ones.

    Raises:
        UnreadableColumn: There are dates of birth, and none can be read: the form has changed. Nothing should be
            imported, for namesakes could not be told apart.
    """
    wanted = department_code(department) if department else None
    tried = unreadable = 0
    example = ""
    for record in records(chunks, dialect):
        if isinstance(record, RefusedLine):
            yield record
            continue
        number, fields = record
        values = {column: " ".join(fields[place].split()) for column, place in dialect.layout.columns}
        typed = values.get(Column.BIRTH_DATE, "")
        birth_date = _date(typed) if typed else None
        if typed:
            tried += 1
            unreadable += birth_date is None
            example = example if birth_date else typed
            if tried == unreadable == _UNREADABLE_AFTER:
                raise UnreadableColumn(Column.BIRTH_DATE, example[:40], tried)
        if wanted is not None and department_code(values.get(Column.DEPARTMENT, "")) != wanted:
            continue
        yield _row(number, values, dialect.layout.variant, birth_date, dated=bool(typed))
    if tried and tried == unreadable:
        raise UnreadableColumn(Column.BIRTH_DATE, example[:40], tried)


def department_code(typed: str) -> str:
    """Two or three characters for any spelling of a department's code; what is not a code comes back as it is."""
    code = typed.strip().upper()
    code = _MINISTRY_DEPARTMENTS.get(code, code)
    padded = code.zfill(2) if code.isascii() and code.isdigit() else code
    if padded.isdigit() and len(padded) > 2:
        padded = padded.lstrip("0").zfill(2)
    return padded if _DEPARTMENT.match(padded) else typed.strip()


def commune_code(typed: str, department: str) -> str:
    """The INSEE code in five characters. Leading zeros that a spreadsheet took are given back; a number of at most
    three digits is the commune's within its department (files of 2019)."""
    code = typed.strip().upper()
    if code.isascii() and code.isdigit():
        if len(code) <= 3 and department:
            return department + code.zfill(5 - len(department))[-(5 - len(department)) :]
        return code.zfill(5)
    return code


def _row(
    number: int, values: dict[Column, str], variant: Variant, birth_date: date | None, *, dated: bool
) -> Row | RefusedLine:
    shown = tuple(values.get(column, "") for column in (Column.FAMILY_NAME, Column.FIRST_NAMES, Column.TERRITORY))
    shown = tuple(value[:60] for value in shown)
    reason = _reason_to_refuse(values, variant)
    if reason is None and dated and birth_date is None:
        reason = "unreadable-date"
    gender = _GENDERS.get(folded(values.get(Column.GENDER, "")), "")
    if reason is None and variant is not Variant.OWN_LIST and not gender and values.get(Column.GENDER):
        reason = "unknown-gender"
    if reason is not None:
        return RefusedLine(number, reason, shown)
    department = department_code(values.get(Column.DEPARTMENT, ""))
    territory, code = _territory(values, variant, department)
    function = values.get(Column.FUNCTION, "")
    return Row(
        number=number,
        family_name=display_family_name(values[Column.FAMILY_NAME]),
        first_names=display_first_names(values[Column.FIRST_NAMES]),
        gender=gender,
        mandate=function if variant is Variant.OWN_LIST else mandate_label(variant, function, gender),
        territory=territory,
        territory_code=code,
        department=department,
        email=values.get(Column.EMAIL, "").lower(),
        birth_date=birth_date,
    )


def _reason_to_refuse(values: dict[Column, str], variant: Variant) -> str | None:
    for column in (Column.FAMILY_NAME, Column.FIRST_NAMES):
        if not any(letter.isalpha() for letter in values[column]):
            return "no-name"
        if len(values[column]) > MAX_NAME_CHARACTERS:
            return "field-too-long"
    kept = [value for column, value in values.items() if column not in (Column.BIRTH_DATE, Column.GENDER)]
    if any(len(value) > MAX_FIELD_CHARACTERS for value in kept):
        return "field-too-long"
    if any(value.startswith(_FORMULA) for value in kept):
        return "formula"
    if values.get(Column.EMAIL) and not may_be_address(values[Column.EMAIL]):
        return "bad-email"
    department = values.get(Column.DEPARTMENT, "")
    if department and variant is not Variant.OWN_LIST and not _DEPARTMENT.match(department_code(department)):
        return "unknown-department"
    return None


def _territory(values: dict[Column, str], variant: Variant, department: str) -> tuple[str, str]:
    """(name, code) of where the mandate is held."""
    name, code = values.get(Column.TERRITORY, ""), values.get(Column.TERRITORY_CODE, "")
    department_name = values.get(Column.DEPARTMENT_NAME, "") or values.get(Column.SPECIAL_NAME, "")
    special_code = values.get(Column.SPECIAL_CODE, "")
    match variant:
        case Variant.MAYORS | Variant.MUNICIPAL | Variant.DISTRICT | Variant.OWN_LIST:
            return name, commune_code(code, department) if len(code) <= 5 else code
        case Variant.DEPARTMENTAL:
            return department_name or name, f"{department}-{code}" if code else department
        case Variant.DEPUTIES:
            return ", ".join(part for part in (department_name, name) if part), code
        case Variant.ASSEMBLY:
            return values.get(Column.SPECIAL_NAME, "") or name, "-".join(part for part in (special_code, code) if part)
        case Variant.SENATORS:
            return department_name, department or special_code
        case Variant.EUROPEAN:
            return "Parlement européen", ""
        case _:
            return name, code


def _date(typed: str) -> date | None:
    """DD/MM/YYYY or YYYY-MM-DD, and nothing else: a form that is guessed at is a wrong date one day in twelve."""
    parts: Sequence[str] = ()
    if found := _FRENCH_DATE.match(typed):
        parts = found.groups()[::-1]
    elif found := _ISO_DATE.match(typed):
        parts = found.groups()
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2])) if parts else None
    except ValueError:
        return None
