"""A congress's data described for the portals of open data: DCAT-AP 3, as JSON-LD.

Formats, frequencies, themes and languages are those of the authority tables of the Publications Office.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from motion.rules.vocabulary import Phase
from motion.web.open_data import LICENCE_URL
from motion.web.openapi import ROOT
from motion.web.page import Page
from storage.models import Motion

_ = NullTranslations().gettext  # marks the sentences for the catalogues

AUTHORITY = "http://publications.europa.eu/resource/authority"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA = "https://www.iana.org/assignments/media-types"
LANGUAGE = {"fr": "FRA", "en": "ENG"}
MOST_MOTIONS = 500  # described one by one, each with its files


@dataclass(frozen=True, slots=True)
class File:
    """One way of taking a dataset: its address below the service, IANA media type, name in the table of file types."""

    path: str
    words: str
    media_type: str
    file_type: str = ""


def files_of(home: str, code: str) -> tuple[File, ...]:
    """The files of one motion."""
    api, address = f"{ROOT}/congresses{home}/motions/{code}", f"{home}/motions/{code}"
    return (
        File(api, _("Le texte, les autrices et auteurs, l’état"), "application/json", "JSON"),
        File(f"{api}/authors.csv", _("Qui a écrit"), "text/csv", "CSV"),
        File(f"{address}.md", _("Le texte seul"), "text/markdown"),
        File(f"{address}.akn.xml", _("Le texte balisé (Akoma Ntoso 3.0)"), "application/xml", "XML"),
        File(f"{address}.pdf", _("Le livret"), "application/pdf", "PDF"),
        File(f"{address}.odt", _("Le livret, à reprendre"), "application/vnd.oasis.opendocument.text", "ODT"),
        File(f"{address}.epub", _("Le livret, pour liseuse"), "application/epub+zip", "EPUB"),
        File(f"{address}.atom", _("Le fil d’actualité"), "application/atom+xml", "ATOM"),
    )


def of_motions(home: str) -> tuple[File, ...]:
    """The motions of a congress together."""
    api = f"{ROOT}/congresses{home}"
    return (
        File(f"{api}/motions", _("La liste et les résultats"), "application/json", "JSON"),
        File(f"{api}/motions.csv", _("La liste et les résultats, en tableau"), "text/csv", "CSV"),
        File(f"{home}.atom", _("Le fil d’actualité"), "application/atom+xml", "ATOM"),
    )


def of_roster(home: str) -> tuple[File, ...]:
    """Its roster."""
    api = f"{ROOT}/congresses{home}"
    return (
        File(f"{api}/roster", _("Les membres"), "application/json", "JSON"),
        File(f"{api}/roster.csv", _("Les membres, en tableau"), "text/csv", "CSV"),
    )


def of_voices(home: str) -> tuple[File, ...]:
    """What was said to it."""
    api = f"{ROOT}/congresses{home}"
    return (
        File(f"{api}/contributions", _("Les contributions"), "application/json", "JSON"),
        File(f"{api}/contributions.csv", _("Les contributions, en tableau"), "text/csv", "CSV"),
        File(f"{api}/themes", _("Les thèmes"), "application/json", "JSON"),
        File(f"{api}/themes.csv", _("Les thèmes, en tableau"), "text/csv", "CSV"),
        File(f"{api}/places", _("Les lieux entendus"), "application/json", "JSON"),
        File(f"{api}/places.csv", _("Les lieux entendus, en tableau"), "text/csv", "CSV"),
        File(f"{api}/figures", _("La collecte en chiffres"), "application/json", "JSON"),
        File(f"{home}/contributions.atom", _("Le fil d’actualité"), "application/atom+xml", "ATOM"),
    )


def of_register(home: str) -> tuple[File, ...]:
    """Its record."""
    api = f"{ROOT}/congresses{home}"
    return (
        File(f"{api}/entries", _("Les inscriptions"), "application/json", "JSON"),
        File(f"{api}/entries.csv", _("Les inscriptions, en tableau"), "text/csv", "CSV"),
        File(f"{home}/registre.atom", _("Le fil d’actualité"), "application/atom+xml", "ATOM"),
        File(f"{home}/log/checkpoint", _("L’état signé du registre (C2SP tlog-tiles)"), "text/plain", "TXT"),
        File(
            f"{home}/log/redactions.json", _("Les retraits et effacements, pour les copies"), "application/json", "JSON"
        ),
    )


def describe(page: Page, motions: Sequence[Motion]) -> dict[str, Any]:
    """Describe a congress."""
    congress = page.congress
    assert congress is not None
    base = page.service.settings.base_url
    home = base + page.home
    datasets = [
        _dataset(
            page,
            "motions",
            _("Les motions"),
            _("Les motions du congrès, leur état et leur résultat."),
            of_motions(page.home),
        ),
        _dataset(
            page,
            "membres",
            _("La liste des membres"),
            _("Les élu·e·s du congrès\u00a0: nom, mandat, territoire, rôle. Aucune adresse."),
            of_roster(page.home),
        ),
        _dataset(
            page,
            "contributions",
            _("Ce qui a été dit"),
            _(
                "Les contributions publiées, leurs thèmes et les lieux entendus."
                " Qui copie ôte ce qui est retiré depuis."
            ),
            of_voices(page.home),
        ),
        _dataset(
            page,
            "registre",
            _("Le registre"),
            _("Tout ce qui s’est passé, dans l’ordre, signé\u00a0: chaque modification d’un texte et chaque acte."),
            of_register(page.home),
        ),
    ]
    for motion in motions[:MOST_MOTIONS]:
        title = page._(_("Motion %(number)s"), number=motion.code[1:]) + f", {motion.title}"
        one = _dataset(
            page,
            f"motions/{motion.code}",
            title,
            _("Le texte d’une motion et qui l’a écrite."),
            files_of(page.home, motion.code),
        )
        if motion.text_at:
            one["dct:modified"] = _typed(page.times.iso(motion.text_at), "dateTime")
        datasets.append(one)
    return {
        "@context": CONTEXT,
        "@id": f"{home}/catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _said(page, congress.title),
        "dct:description": _said(
            page, page._(_("Les données ouvertes du congrès\u00a0: motions, membres, contributions, registre."))
        ),
        "dct:publisher": _publisher(page),
        "dct:license": _license(),
        "dct:language": _languages(page),
        "dct:issued": _typed(page.times.iso(congress.created_at), "dateTime"),
        "dct:spatial": _place(page),
        "dct:temporal": _period(page),
        "dcat:themeTaxonomy": {
            "@id": f"{AUTHORITY}/data-theme",
            "@type": "http://www.w3.org/2004/02/skos/core#ConceptScheme",
            "dct:title": "Data theme",
        },
        "foaf:homepage": {"@id": home, "@type": "foaf:Document"},
        "dcat:dataset": datasets,
        "dcat:service": {
            "@id": f"{base}{ROOT}",
            "@type": "dcat:DataService",
            "dct:title": _said(page, page._(_("Lire ces données par programme"))),
            "dct:license": _license(),
            "dcat:endpointURL": {"@id": f"{base}{ROOT}", "@type": "rdfs:Resource"},
            "dcat:endpointDescription": {"@id": f"{base}{ROOT}/openapi.json", "@type": "rdfs:Resource"},
            "dcat:servesDataset": [{"@id": one["@id"]} for one in datasets],
        },
    }


def _dataset(page: Page, name: str, title: str, description: str, files: Sequence[File]) -> dict[str, Any]:
    congress = page.congress
    assert congress is not None
    home = page.service.settings.base_url + page.home
    return {
        "@id": f"{home}/catalogue.jsonld#{name}",
        "@type": "dcat:Dataset",
        "dct:title": _said(page, page._(title)),
        "dct:description": _said(page, page._(description)),
        "dct:identifier": f"{congress.origin}/{name}",
        "dct:publisher": _publisher(page),
        "dct:language": _languages(page),
        "dct:spatial": _place(page),
        "dct:temporal": _period(page),
        "dct:accrualPeriodicity": _listed(
            "frequency", "NEVER" if congress.phase == Phase.CLOSED else "UPDATE_CONT", "dct:Frequency"
        ),
        "dct:accessRights": _listed("access-right", "PUBLIC", "dct:RightsStatement"),
        "dcat:theme": _listed("data-theme", "GOVE", "http://www.w3.org/2004/02/skos/core#Concept"),
        "dcat:keyword": [_said(page, page._(word)) for word in (_("motion"), _("congrès"), _("élus locaux"))],
        "dcat:landingPage": {"@id": f"{home}/donnees", "@type": "foaf:Document"},
        "dcat:distribution": [_distribution(page, one) for one in files],
    }


def _distribution(page: Page, file: File) -> dict[str, Any]:
    address = page.service.settings.base_url + file.path
    found: dict[str, Any] = {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": _said(page, page._(file.words)),
        "dcat:accessURL": {"@id": address, "@type": "rdfs:Resource"},
        "dcat:downloadURL": {"@id": address, "@type": "rdfs:Resource"},
        "dct:license": _license(),
        "dcat:mediaType": {"@id": f"{MEDIA}/{file.media_type}", "@type": "dct:MediaType"},
    }
    if file.file_type:
        found["dct:format"] = _listed("file-type", file.file_type, "dct:MediaTypeOrExtent")
    return found


def _publisher(page: Page) -> dict[str, Any]:
    assert page.congress is not None
    home = page.service.settings.base_url + page.home
    return {"@id": f"{home}#congres", "@type": "foaf:Agent", "foaf:name": page.congress.title}


def _place(page: Page) -> dict[str, Any]:
    assert page.congress is not None
    said = page.congress.place or page.congress.title
    return {"@type": "dct:Location", "rdfs:label": _said(page, said)}


def _period(page: Page) -> dict[str, Any]:
    assert page.congress is not None
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": _typed(page.congress.starts_on.isoformat(), "date"),
        "dcat:endDate": _typed(page.congress.ends_on.isoformat(), "date"),
    }


def _languages(page: Page) -> list[dict[str, str]]:
    assert page.congress is not None
    codes = [LANGUAGE[code] for code in page.congress.languages.split(",") if code in LANGUAGE]
    return [_listed("language", code, "dct:LinguisticSystem") for code in codes]


def _license() -> dict[str, str]:
    return {"@id": LICENCE_URL, "@type": "dct:LicenseDocument"}


def _listed(table: str, name: str, kind: str) -> dict[str, str]:
    return {"@id": f"{AUTHORITY}/{table}/{name}", "@type": kind}


def _said(page: Page, words: str) -> dict[str, str]:
    return {"@value": words, "@language": page.language.code}


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}
