"""Contributions collected with another tool: a table, which column is what, and its lines read one by one.

A line that can't be taken is refused with its number and a reason, and never guessed at. Each contribution has a name
of its own, given by the other tool or made of its words, so that the same file imported again adds nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from motion.rules import communes
from motion.rules.communes import Commune
from motion.rules.contributions import Place, Words, checked
from motion.rules.errors import Invalid
from motion.rules.mail_addresses import may_be_address
from motion.rules.names import folded
from motion.rules.roster_file import Dialect, RefusedLine, recognise_table, records

MAX_LINE_BYTES = 64 * 1024  # four pages in UTF-8, with the other columns
MAX_JOINED_LINES = 300  # lines that one quoted text may have
MAX_LINES = 20_000  # of one file: ten times what the largest collections have; a longer one is cut in two by hand
MAX_ID = 60


class Column(StrEnum):
    """What a column may be."""

    NAME = "name"
    TEXT = "text"
    TITLE = "title"
    COMMUNE = "commune"
    CODE = "code"
    DEPARTMENT = "department"
    MANDATE = "mandate"
    DATE = "date"
    IDENTIFIER = "identifier"
    CONSENT = "consent"
    EMAIL = "email"
    CONTACT = "contact"


NEEDED = (Column.NAME, Column.TEXT)

_USUAL: dict[Column, str] = {
    Column.NAME: "nom,auteur,autrice,pseudo,pseudonyme,nom et prenom,prenom et nom,name,author,participant",
    Column.TEXT: "texte,contribution,message,contenu,reponse,description,proposition,temoignage,text,body,content,avis",
    Column.TITLE: "titre,objet,sujet,title,subject,intitule",
    Column.COMMUNE: "commune,ville,territoire,lieu,city,place,localite",
    Column.CODE: "code commune,code insee,insee,code de la commune",
    Column.DEPARTMENT: "departement,code departement,dept,department",
    Column.MANDATE: "mandat,fonction,qualite,role,mandate",
    Column.DATE: "date,cree le,date de creation,date de publication,created at,publie le,horodateur,timestamp",
    Column.IDENTIFIER: "id,identifiant,numero,reference,ref,identifier,uuid,n",
    Column.CONSENT: "consentement,accord,accord de publication,autorisation,consent,publication",
    Column.EMAIL: "courriel,mail,email,e-mail,adresse de courriel,adresse mail,adresse email,adresse electronique",
    Column.CONTACT: "contact,accord de contact,accord courriel,accord mail,accord pour recevoir un courriel,"
    "recontact,recontacter,accord pour etre contacte,contactable",
}
_YES = frozenset("oui o yes y vrai true 1 x ok accepte accepted d accord".split()) | {"d accord", "j accepte"}
_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:\D{1,4}(\d{1,2})[:hH](\d{2})(?::(\d{2}))?)?\s*")


def table(head: bytes) -> tuple[Dialect, tuple[str, ...]]:
    """How a file is written, and its headers, from its first `roster_file.SAMPLE_BYTES`.

    Raises:
        NotATable: It is none.
    """
    return recognise_table(head, line_bytes=MAX_LINE_BYTES, joined_lines=MAX_JOINED_LINES)


def guess(headers: Sequence[str]) -> dict[Column, int]:
    """Which column is what, by the names that are usual: a proposal, to be corrected by somebody."""
    names = [" ".join(folded(header.replace("_", " ")).split()) for header in headers]
    found: dict[Column, int] = {}
    for column, usual in _USUAL.items():
        for name in usual.split(","):
            if name in names and names.index(name) not in found.values():
                found[column] = names.index(name)
                break
    return found


def checked_columns(chosen: Mapping[Column, int], width: int) -> dict[Column, int]:
    """The choice of columns, if it can be read so.

    Raises:
        Invalid: The name or the text is in no column, a column is not there, or one is chosen twice; or there are
            addresses, and nothing says who agreed to be written to.
    """
    for column in NEEDED:
        if column not in chosen:
            raise Invalid(f"column-{column}", "none-chosen-one")
    seen: set[int] = set()
    for column, place in chosen.items():
        if not 0 <= place < width:
            raise Invalid(f"column-{column}", "unknown", str(place))
        if place in seen:
            raise Invalid(f"column-{column}", "chosen-twice")
        seen.add(place)
    if Column.EMAIL in chosen and Column.CONTACT not in chosen:
        raise Invalid(f"column-{Column.CONTACT}", "without-agreement")
    return dict(chosen)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One contribution of a file.

    Attributes:
        foreign_id: The other tool's, or made of the words.
        email: Where its author agreed to be written to; empty without that agreement.
    """

    line: int
    foreign_id: str
    words: Words
    said_at: datetime | None
    email: str = ""


def read(
    chunks: Iterable[bytes], dialect: Dialect, columns: Mapping[Column, int], zone: ZoneInfo, *, now: datetime
) -> Iterator[Incoming | RefusedLine]:
    """Read a file, line by line: at most `MAX_LINES`, then one refusal for the rest.

    Args:
        zone: Of hours without one.
        now: Nothing was said later than this.
    """
    seen: set[str] = set()
    for count, item in enumerate(records(chunks, dialect)):
        if count >= MAX_LINES:
            yield RefusedLine(item.number if isinstance(item, RefusedLine) else item[0], "too-many-lines")
            return
        if isinstance(item, RefusedLine):
            yield item
            continue
        number, fields = item
        said = {column: fields[place].strip() for column, place in columns.items()}
        try:
            incoming = _incoming(number, said, zone, now)
        except Invalid as error:
            yield RefusedLine(number, f"{error.field}-{error.reason}", (said[Column.NAME][:60], said[Column.TEXT][:60]))
            continue
        if incoming.foreign_id in seen:
            yield RefusedLine(number, "twice", (incoming.foreign_id, incoming.words.name[:60]))
            continue
        seen.add(incoming.foreign_id)
        yield incoming


def _incoming(number: int, said: Mapping[Column, str], zone: ZoneInfo, now: datetime) -> Incoming:
    if Column.CONSENT in said and folded(said[Column.CONSENT]) not in _YES:
        raise Invalid("consent", "empty")
    words = checked(
        Words(
            name=said[Column.NAME],
            text=said[Column.TEXT],
            title=said.get(Column.TITLE, ""),
            mandate=said.get(Column.MANDATE, ""),
            place=_place(said),
        )
    )
    at = _date(said.get(Column.DATE, ""), zone)
    if at is not None and at > now:
        raise Invalid("date", "later", said[Column.DATE][:40])
    given = said.get(Column.IDENTIFIER, "")
    if len(given) > MAX_ID:
        raise Invalid("identifier", "too-long", str(MAX_ID))
    made = hashlib.sha256(words.content() + (at.isoformat() if at else "").encode()).hexdigest()[:24]
    return Incoming(number, given or f"={made}", words, at, _email(said))


def _email(said: Mapping[Column, str]) -> str:
    """The address of a line that says yes to a mail; of any other it is not looked at."""
    address = said.get(Column.EMAIL, "").lower()
    if not address or folded(said.get(Column.CONTACT, "")) not in _YES:
        return ""
    if not may_be_address(address):
        raise Invalid("email", "form", address[:40])
    return address


def _place(said: Mapping[Column, str]) -> Place | None:
    """The commune by its code, or by a name that only one has; any other place as it is named."""
    name, code = said.get(Column.COMMUNE, ""), said.get(Column.CODE, "").upper()
    found: Commune | None = communes.communes().get(code.zfill(5)) if code else None
    if found is None and name:
        same = communes.named(name)
        department = said.get(Column.DEPARTMENT, "")
        if department:
            wanted = {department.upper(), department.upper().zfill(2)}
            same = [one for one in same if one.department in wanted or folded(_department(one)) == folded(department)]
        found = same[0] if len(same) == 1 else None
    if found is not None:
        return Place(found.name, found.code, found.department)
    return Place(name) if name else None


def _department(commune: Commune) -> str:
    return communes.departments().get(commune.department, "")


def _date(typed: str, zone: ZoneInfo) -> datetime | None:
    """Read a day, with its hour or without: ISO 8601, or as it is written in French."""
    if not typed:
        return None
    french = _DAY.fullmatch(typed)
    try:
        if french is not None:
            day, month, year, hour, minute, second = (int(part or 0) for part in french.groups())
            found = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # its zone follows
        else:
            found = datetime.fromisoformat(typed)
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)
    except (ValueError, OverflowError) as error:
        raise Invalid("date", "form", typed[:40]) from error
