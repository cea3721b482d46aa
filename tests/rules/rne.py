"""Makes roster files in the true form of the Répertoire national des élus, with fictional people and places.

``python -m tests.rules.rne`` writes the small files of ``tests/rules/data``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

FAMILY = (
    "CORBIÈRES,DIARRA,KERVADEC,TOURNEBISE,DE LA TOUR-DUPIN,LE GOFFEC,D'HAUTERIVE,N'DIAWAR,MERLANDE,SAINT-ORMEL,"
    "BRUMEVAL,ÖZTÜRKEL,VALBRUNE,MONTCLAIRVAL,DU FRÊNOIS,ÉMERAUDIN,PONTARLOUX,RIVECLAIRE,SOUVENEL,TALVANDE"
).split(",")
FIRST = {
    "F": "Aline,Solène,Marie-Claude,Élodie,Inès,Fatoumata,Jeanne,Nadège,Océane,Zoé".split(","),
    "M": "Mamadou,Yves,Gaston,Jean-Noël,Théo,Loïc,Hervé,Anselme,Rémi,Ulysse".split(","),
}
COMMUNES = "Valbrune,Ormelac,Brumeval,Montclairval,Port-Émeraude,Sainte-Fantine,L’Hay-les-Brumes,Œuilly-sur-Orme".split(
    ","
)
DEPARTMENTS = (("01", "Ormeline"), ("02", "Brumaille"), ("2A", "Île-Basse"), ("26", "Valclair"), ("971", "Émeraude"))

Departments = Sequence[tuple[str, str]]

CORE_START = [
    "Code du département",
    "Libellé du département",
    "Code de la collectivité à statut particulier",
    "Libellé de la collectivité à statut particulier",
]
CORE_END = [
    "Nom de l'élu",
    "Prénom de l'élu",
    "Code sexe",
    "Date de naissance",
    "Code de la catégorie socio-professionnelle",
    "Libellé de la catégorie socio-professionnelle",
    "Date de début du mandat",
]
FUNCTION = ["Libellé de la fonction", "Date de début de la fonction"]
COMMUNE = ["Code de la commune", "Libellé de la commune"]
TERRITORY = {
    "mai": COMMUNE,
    "cm": COMMUNE,
    "epci": [
        "N° SIREN",
        "Libellé de l'EPCI",
        "Code de la commune de rattachement",
        "Libellé de la commune de rattachement",
    ],
    "cd": ["Code du canton", "Libellé du canton"],
    "cr": ["Code de la région", "Libellé de la région", "Code de la section départementale"]
    + ["Libellé de la section départementale"],
    "ca": ["Code de la commune", "Libellé du secteur"],
    "ma": ["Code de la section - collectivité à statut particulier"],
    "dep": ["Code de la circonscription législative", "Libellé de la circonscription législative"],
    "sen": [],
    "rpe": [],
    "cons": ["Code de la circonscription AFE", "Libellé la circonscription AFE"]
    + ["Code de la circonscription consulaire", "Libellé de la circonscription consulaire"],
    "afe": ["Code de la circ. AFE", "Libellé la circ. AFE"],
}
FILES = {
    "mai": "elus-maires-mai.csv",
    "cm": "elus-conseillers-municipaux-cm.csv",
    "epci": "elus-conseillers-communautaires-epci.csv",
    "cd": "elus-conseillers-departementaux-cd.csv",
    "cr": "elus-conseillers-regionaux-cr.csv",
    "ca": "elus-conseillers-darrondissements-ca.csv",
    "ma": "elus-membres-dune-assemblee-ma.csv",
    "dep": "elus-deputes-dep.csv",
    "sen": "elus-senateurs-sen.csv",
    "rpe": "elus-representants-parlement-europeen-rpe.csv",
    "cons": "elus-conseillers-des-francais-de-letranger-cons.csv",
    "afe": "elus-assemblee-des-francais-de-letranger-afe.csv",
}
FUNCTIONS = {
    "cm": ["Maire", "1er adjoint au Maire", "2ème adjoint au Maire", "", "Conseiller municipal délégué"],
    "epci": ["Président du conseil communautaire", "Vice-président du conseil communautaire", ""],
    "cd": ["Président du conseil départemental", "", "1er vice-président du conseil départemental"],
    "cr": ["", "Vice-président du conseil régional", "Membre de la commission permanente"],
}


def headers(variant: str) -> list[str]:
    """The headers of one of the twelve files, in order."""
    function = FUNCTION[1:] if variant == "mai" else [] if variant in ("rpe", "sen") else FUNCTION
    birthplace = ["Lieu de naissance"] if variant in ("ca", "cons") else []
    nationality = ["Code nationalité"] if variant == "cm" else []
    return [*CORE_START, *TERRITORY[variant], *CORE_END[:4], *birthplace, *CORE_END[4:], *function, *nationality]


def people(
    variant: str, count: int, *, iso_dates: bool = False, departments: Departments = DEPARTMENTS
) -> Iterator[dict[str, str]]:
    """Fictional lines, the same each time; no two of one name in one territory."""
    for index in range(count):
        code, label = departments[index % len(departments)]
        turn = index // len(departments)
        gender = "FM"[(index // 3) % 2]
        commune = turn % 900 + 1
        family = FAMILY[index % len(FAMILY)] + (f"-{_letters(turn // 900)}" if turn >= 900 else "")
        year, month, day = 1940 + index % 65, index % 12 + 1, index % 28 + 1
        place = COMMUNES[commune % len(COMMUNES)] + (f"-{_letters(commune)}" if commune > len(COMMUNES) else "")
        insee = f"{code}{commune:03d}"[:5] if len(code) == 2 else f"{code}{commune % 100:02d}"
        functions = FUNCTIONS.get(variant, [""])
        at_home = variant not in ("rpe", "cons", "afe")
        yield {
            "Code du département": code if at_home else "",
            "Libellé du département": label if at_home else "",
            "Code de la collectivité à statut particulier": "06A" if variant == "ma" else "",
            "Libellé de la collectivité à statut particulier": "Collectivité d’Émeraude" if variant == "ma" else "",
            "Code de la commune": insee,
            "Libellé de la commune": place,
            "Libellé du secteur": f"{place}, secteur {commune % 9 + 1}",
            "N° SIREN": f"2{commune:08d}",
            "Libellé de l'EPCI": f"CC de {place}",
            "Code de la commune de rattachement": insee,
            "Libellé de la commune de rattachement": place,
            "Code du canton": f"{commune % 40:02d}",
            "Libellé du canton": f"{place}-{commune % 3 + 1}",
            "Code de la région": "99",
            "Libellé de la région": "Grande-Ormeline",
            "Code de la section départementale": code,
            "Libellé de la section départementale": label,
            "Code de la section - collectivité à statut particulier": f"{commune % 4 + 1}",
            "Code de la circonscription législative": f"{code}{commune % 9 + 1:02d}",
            "Libellé de la circonscription législative": f"{commune % 9 + 1}ème circonscription",
            "Code de la circonscription AFE": f"{commune % 15 + 1}",
            "Libellé la circonscription AFE": "Îles lointaines",
            "Code de la circ. AFE": f"{commune % 15 + 1}",
            "Libellé la circ. AFE": "Îles lointaines",
            "Code de la circonscription consulaire": f"{commune % 130 + 1}",
            "Libellé de la circonscription consulaire": f"{commune % 130 + 1}ème circonscription consulaire",
            "Nom de l'élu": family,
            "Prénom de l'élu": FIRST[gender][(index // 7) % 10],
            "Code sexe": gender,
            "Date de naissance": f"{year}-{month:02d}-{day:02d}" if iso_dates else f"{day:02d}/{month:02d}/{year}",
            "Lieu de naissance": place,
            "Code de la catégorie socio-professionnelle": "37",
            "Libellé de la catégorie socio-professionnelle": "Cadres administratifs",
            "Date de début du mandat": "2032-03-22" if iso_dates else "22/03/2032",
            "Libellé de la fonction": functions[index % len(functions)],
            "Date de début de la fonction": "",
            "Code nationalité": "FR",
        }


def lines(
    variant: str,
    count: int,
    *,
    separator: str = ";",
    iso_dates: bool = False,
    departments: Departments = DEPARTMENTS,
) -> Iterator[str]:
    """The lines of a file, headers first, with their ends."""
    names = headers(variant)
    yield separator.join(names) + "\n"
    for person in people(variant, count, iso_dates=iso_dates, departments=departments):
        yield separator.join(_quoted(person[name], separator) for name in names) + "\n"


def file(variant: str, count: int, *, separator: str = ";", iso_dates: bool = False, encoding: str = "utf-8") -> bytes:
    """A whole file."""
    return "".join(lines(variant, count, separator=separator, iso_dates=iso_dates)).encode(encoding)


def _quoted(value: str, separator: str) -> str:
    return f'"{value}"' if separator in value else value


def _letters(number: int) -> str:
    """1: A, 26: Z, 27: AA: names of people and places have no digits."""
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text or "A"


if __name__ == "__main__":
    folder = Path(__file__).parent / "data"
    folder.mkdir(exist_ok=True)
    for position, (variant, name) in enumerate(FILES.items()):
        (folder / name).write_bytes(file(variant, 12, iso_dates=position % 2 == 1))
