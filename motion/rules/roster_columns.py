"""The columns of a roster file: which header means what, and which file of the Répertoire national des élus it is.

Headers are compared by their letters and digits alone: apostrophes, accents, "n°", capitals and the byte order mark
have all changed from one quarterly publication to the next. Spellings of 2019 to 2026 are recognised, and those of an
organiser's own list in French and English.
"""

from dataclasses import dataclass
from enum import StrEnum

from motion.rules.errors import MissingColumns
from motion.rules.names import folded


class Column(StrEnum):
    """What Motion reads of a line; nothing else is kept in memory."""

    FAMILY_NAME = "family_name"
    FIRST_NAMES = "first_names"
    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    FUNCTION = "function"
    TERRITORY = "territory"
    TERRITORY_CODE = "territory_code"
    DEPARTMENT = "department"
    DEPARTMENT_NAME = "department_name"
    SPECIAL_NAME = "special_name"
    SPECIAL_CODE = "special_code"
    EMAIL = "email"


class Variant(StrEnum):
    """A file of the RNE, by the suffix of its name; or the organiser's own list."""

    MAYORS = "mai"
    MUNICIPAL = "cm"
    INTERMUNICIPAL = "epci"
    DEPARTMENTAL = "cd"
    REGIONAL = "cr"
    DISTRICT = "ca"
    ASSEMBLY = "ma"
    DEPUTIES = "dep"
    SENATORS = "sen"
    EUROPEAN = "rpe"
    CONSULAR = "cons"
    ABROAD = "afe"
    OWN_LIST = "liste"


_COMMON = {
    Column.FAMILY_NAME: "nom, nom de l'élu, nom élu, nom de famille, nom d'usage, nom usuel, nom de naissance,"
    " last name, surname, family name",
    Column.FIRST_NAMES: "prénom, prénoms, prénom de l'élu, prénoms de l'élu, prénom élu, first name, first names,"
    " given name, given names, forename",
    Column.GENDER: "code sexe, sexe, civilité, civ, genre, gender, sex, title",
    Column.BIRTH_DATE: "date de naissance, né le, née le, date naissance, birth date, date of birth, birthdate",
    Column.FUNCTION: "libellé de la fonction, libellé de fonction, libellé fonction, fonction, mandat, qualité, titre,"
    " mandate, office, role, position, function, fonction élective, mandat ou fonction, fonction ou mandat",
    Column.DEPARTMENT: "code du département, code département, code département maire, code du département maire,"
    " département, dept, dep, code dept, numéro de département, n° de département, n° département, department,"
    " department code",
    Column.DEPARTMENT_NAME: "libellé du département, libellé de département, libellé département,"
    " libellé de département maires, libellé du département maire, nom du département",
    Column.SPECIAL_CODE: "code de la collectivité à statut particulier, code collectivité à statut particulier",
    Column.SPECIAL_NAME: "libellé de la collectivité à statut particulier, libellé collectivité à statut particulier",
    Column.EMAIL: "e-mail, email, mail, mel, mél, courriel, adresse e-mail, adresse email, adresse mail,"
    " adresse mél, adresse électronique, adresse courriel, adresse de messagerie, messagerie, email address,"
    " e-mail address, courrier électronique",
}

_COMMUNE = (
    "libellé de la commune, libellé commune, commune, ville, nom de la commune",
    "code de la commune, code insee de la commune, code insee, insee, code commune, code insee commune",
)
_TERRITORIES: dict[Variant, tuple[str, str]] = {
    # For each variant: headers of the territory's name, headers of its code.
    Variant.MAYORS: _COMMUNE,
    Variant.MUNICIPAL: _COMMUNE,
    Variant.INTERMUNICIPAL: ("libellé de l'EPCI, libellé EPCI", "n° siren, no siren, siren, numéro siren"),
    Variant.DEPARTMENTAL: ("libellé du canton, libellé canton", "code du canton, code canton"),
    Variant.REGIONAL: ("libellé de la région, libellé région", "code de la région, code région, code region"),
    Variant.DISTRICT: ("libellé du secteur, libellé secteur", "code du secteur, code de la commune"),
    Variant.ASSEMBLY: (
        "libellé de la section - collectivité à statut particulier, libellé de la section",
        "code de la section - collectivité à statut particulier, code de la section",
    ),
    Variant.DEPUTIES: (
        "libellé de la circonscription législative, libellé circonscription législative",
        "code de la circonscription législative, code circonscription législative",
    ),
    Variant.SENATORS: ("", ""),
    Variant.EUROPEAN: ("", ""),
    Variant.CONSULAR: (
        "libellé de la circonscription consulaire, libellé la circonscription consulaire",
        "code de la circonscription consulaire",
    ),
    Variant.ABROAD: (
        "libellé la circ. AFE, libellé de la circ. AFE, libellé la circonscription AFE,"
        " libellé de la circonscription AFE",
        "code de la circ. AFE, code de la circonscription AFE",
    ),
    Variant.OWN_LIST: (
        f"{_COMMUNE[0]}, collectivité, territoire, mairie, commune ou collectivité, collectivité territoriale, epci,"
        " municipality, town, city, authority, local authority, territory, council, canton, région, region",
        f"{_COMMUNE[1]}, siren, n° siren, code territoire, code de la collectivité, territory code",
    ),
}

_SIGNS_OF_VARIANT = (
    # In order: the first whose sign is among the headers.
    (Variant.CONSULAR, "circonscription consulaire"),
    (Variant.ABROAD, "afe"),
    (Variant.DEPUTIES, "circonscription legislative"),
    (Variant.INTERMUNICIPAL, "libelle de l epci"),
    (Variant.DEPARTMENTAL, "libelle du canton"),
    (Variant.REGIONAL, "code de la region"),
    (Variant.DISTRICT, "libelle du secteur"),
    (Variant.ASSEMBLY, "de la section collectivite a statut particulier"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands, from 0, in lines of `width` fields."""

    variant: Variant
    columns: tuple[tuple[Column, int], ...]
    width: int


def normalised_header(header: str) -> str:
    """Letters and digits only, without accents: ``"N° SIREN"`` and ``"no_siren"`` are one."""
    return folded(header.replace("N°", "no ").replace("n°", "no ").replace("_", " ")).replace(" ", "")


def is_header(fields: list[str]) -> bool:
    """The line names both a family name and first names."""
    known = {normalised_header(field) for field in fields}
    return bool(known & _spellings(_COMMON[Column.FAMILY_NAME]) and known & _spellings(_COMMON[Column.FIRST_NAMES]))


def layout(fields: list[str], *, filename: str = "", departments_filled: bool = True) -> Layout:
    """Read a line of headers.

    Args:
        filename: Tells apart the two files of the RNE that may have the same headers (senators, European Parliament).
        departments_filled: Whether the first lines name a department; the same, when the file's name does not say.

    Raises:
        MissingColumns: No family name or no first names: a single column "Nom et prénom" can't be cut safely.
    """
    names = [normalised_header(field) for field in fields]
    variant = _variant(fields, names, filename, departments_filled)
    territory, code = _TERRITORIES[variant]
    wanted = {**_COMMON, Column.TERRITORY: territory, Column.TERRITORY_CODE: code}
    columns = []
    for column, spellings in wanted.items():
        for spelling in spellings.split(","):
            name = normalised_header(spelling)
            if name and name in names:
                columns.append((column, names.index(name)))
                break
    present = {column for column, _ in columns}
    missing = tuple(str(c) for c in (Column.FAMILY_NAME, Column.FIRST_NAMES) if c not in present)
    if missing:
        raise MissingColumns(missing, tuple(field.strip() for field in fields if field.strip()))
    return Layout(variant, tuple(columns), len(fields))


def _variant(fields: list[str], names: list[str], filename: str, departments_filled: bool) -> Variant:
    plain = [folded(field) for field in fields]
    if not {"codesexe", "datededebutdumandat"} & set(names):
        return Variant.OWN_LIST
    for variant, sign in _SIGNS_OF_VARIANT:
        if any(sign in header.split() or (" " in sign and sign in header) for header in plain):
            return variant
    if set(names) & _spellings(_COMMUNE[1]):
        function = set(names) & _spellings(_COMMON[Column.FUNCTION])
        return Variant.MUNICIPAL if function else Variant.MAYORS
    stem = folded(filename)
    if "senat" in stem or "sen csv" in stem:
        return Variant.SENATORS
    if "europeen" in stem or "rpe" in stem.split():
        return Variant.EUROPEAN
    has_department = bool(set(names) & _spellings(_COMMON[Column.DEPARTMENT]))
    return Variant.SENATORS if has_department and departments_filled else Variant.EUROPEAN


def _spellings(text: str) -> set[str]:
    return {normalised_header(spelling) for spelling in text.split(",")}
