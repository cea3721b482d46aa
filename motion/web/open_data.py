"""The shapes of `/api/v1`: each field with what it says, in which unit. The description is generated from them.

A field's sentence is French and translated, as those of pages are: `openapi.json` speaks the language asked for.
"""

import dataclasses
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from motion.record.kinds import KINDS
from motion.rules.redactions import KINDS as REDACTION_KINDS
from motion.rules.vocabulary import MotionState, Phase
from motion.web.views import View

_ = NullTranslations().gettext  # marks the sentences for the catalogues

LICENCE = "Licence Ouverte 2.0"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
MARK_PATTERN = "^elu-[1-9][0-9]{0,14}$"
CODE_PATTERN = "^M[1-9][0-9]{0,8}$"

# What several fields add to their JSON Schema.
Schema = dict[str, Any]
MOMENT: Schema = {"format": "date-time"}
DAY: Schema = {"format": "date"}
URL: Schema = {"format": "uri"}
COUNT: Schema = {"minimum": 0}
HEX: Schema = {"pattern": "^[0-9a-f]{64}$"}
MARK: Schema = {"pattern": MARK_PATTERN, "examples": ["elu-3"]}
CODE: Schema = {"pattern": CODE_PATTERN, "examples": ["M1"]}


def about(help: str, *, name: str = "", **schema: Any) -> Any:
    """Declare a field: what it says, and what its JSON Schema has beside its type."""
    return dataclasses.field(metadata={"help": help, "name": name, "schema": schema})


def plain(value: Any) -> Any:
    """Turn views into what JSON holds."""
    if isinstance(value, View):
        return {
            field.metadata.get("name") or field.name: plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class Links(View):
    """Where a thing is found otherwise."""

    self: str = about(_("Cette réponse."), **URL)
    page: str = about(_("La page pour les personnes."), **URL)


@dataclass(frozen=True, slots=True)
class PageLinks(View):
    """Where a list goes on."""

    self: str = about(_("Cette réponse."), **URL)
    next: str | None = about(
        _("La suite\u202f; null quand tout est lu. Une page qui a une suite ne change plus."), **URL
    )


@dataclass(frozen=True, slots=True)
class CongressLinks(Links):
    """Where the parts of a congress are."""

    motions: str = about(_("Ses motions."), **URL)
    roster: str = about(_("Sa liste des membres."), **URL)
    entries: str = about(_("Les inscriptions de son registre."), **URL)
    redactions: str = about(_("Ce qui a été retiré ou effacé."), **URL)
    contributions: str = about(_("Ce qui y a été dit."), **URL)
    themes: str = about(_("Ses thèmes."), **URL)
    places: str = about(_("Les lieux entendus."), **URL)
    figures: str = about(_("La collecte en chiffres."), **URL)
    log: str = about(_("Le dernier état signé de son registre, au format C2SP tlog-tiles."), **URL)
    catalogue: str = about(_("La description de ses données (DCAT-AP)."), **URL)
    feed: str = about(_("Son fil d’actualité (Atom)."), **URL)


@dataclass(frozen=True, slots=True)
class CongressItem(View):
    """A congress in the list."""

    slug: str = about(_("Le nom du congrès dans les adresses."), examples=["ormeline"])
    title: str = about(_("Son titre."))
    place: str = about(_("Son lieu\u202f; peut être vide."))
    starts_on: str = about(_("Son premier jour."), **DAY)
    ends_on: str = about(_("Son dernier jour."), **DAY)
    time_zone: str = about(_("Le fuseau horaire de son calendrier."), examples=["Europe/Paris"])
    phase: str = about(_("La phase en cours."), enum=[str(phase) for phase in Phase])
    is_demonstration: bool = about(_("Vrai pour un exemple fictif."))
    is_rehearsal: bool = about(_("Vrai pour une répétition, dont le registre peut être supprimé."))


@dataclass(frozen=True, slots=True)
class ListedCongress(CongressItem):
    """A congress in the list, with where to read on."""

    links: Links = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class PhaseHour(View):
    """One line of the calendar."""

    phase: str = about(_("La phase qui s’ouvre."), enum=[str(phase) for phase in Phase])
    opens_at: str = about(_("Son heure."), **MOMENT)


@dataclass(frozen=True, slots=True)
class Counts(View):
    """A congress in numbers."""

    officials: int = about(_("Nombre de membres en exercice sur la liste."), **COUNT)
    motions: int = about(_("Nombre de motions."), **COUNT)
    entries: int = about(_("Nombre d’inscriptions au registre."), **COUNT)
    signed_entries: int = about(_("Nombre d’inscriptions que couvre le dernier état signé."), **COUNT)
    redactions: int = about(_("Nombre d’inscriptions de retrait ou d’effacement."), **COUNT)
    contributions: int = about(_("Nombre de contributions publiées."), **COUNT)


@dataclass(frozen=True, slots=True)
class CongressData(CongressItem):
    """One congress."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    languages: tuple[str, ...] = about(_("Les langues de ses pages, la première par défaut."), examples=[["fr", "en"]])
    calendar: tuple[PhaseHour, ...] = about(_("Les phases qui s’ouvrent à une heure prévue, dans l’ordre."))
    counts: Counts = about(_("Le congrès en nombres."))
    links: CongressLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Congresses(View):
    """The congresses."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    congresses: tuple[ListedCongress, ...] = about(_("Les congrès, le plus récent d’abord, sans les répétitions."))
    links: PageLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Vote(View):
    """A result."""

    votes_for: int = about(_("Voix pour."), name="for", **COUNT)
    against: int = about(_("Voix contre."), **COUNT)
    abstentions: int = about(_("Abstentions."), **COUNT)
    not_voting: int = about(_("Personnes présentes qui n’ont pas pris part au vote."), **COUNT)
    presided_by: str = about(_("Qui présidait la séance."))
    at: str = about(_("Quand le résultat a été inscrit."), **MOMENT)


@dataclass(frozen=True, slots=True)
class MotionLinks(Links):
    """Where a motion is found otherwise."""

    authors: str = about(_("Qui l’a écrite."), **URL)
    entries: str = about(_("Les inscriptions du registre à son sujet."), **URL)
    markdown: str = about(_("Son texte seul\u00a0: les octets dont «\u00a0digest\u00a0» est l’empreinte."), **URL)
    pdf: str = about(_("Le livret à imprimer."), **URL)
    akoma_ntoso: str = about(_("Le texte au format Akoma Ntoso 3.0."), **URL)
    feed: str = about(_("Son fil d’actualité (Atom)."), **URL)


@dataclass(frozen=True, slots=True)
class MotionItem(View):
    """A motion in the list."""

    code: str = about(_("Le code de la motion."), **CODE)
    title: str = about(_("Son titre."))
    state: str = about(_("Son état."), enum=[str(state) for state in MotionState])
    entry: int = about(_("Numéro de la dernière inscription à son sujet."), **COUNT)
    number: int = about(_("Nombre de modifications acceptées que compte le texte montré."), **COUNT)
    at: str | None = about(
        _("Quand le texte a changé pour la dernière fois\u202f; null avant le premier mot."), **MOMENT
    )
    frozen_digest: str | None = about(_("Empreinte SHA-256 du texte gelé\u202f; null avant le gel."), **HEX)
    result: Vote | None = about(_("Le résultat du vote\u202f; null avant."))
    links: MotionLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Motions(View):
    """The motions of a congress."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    motions: tuple[MotionItem, ...] = about(_("Toutes les motions, dans l’ordre de leurs codes."))
    links: PageLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class TypedFor(View):
    """What an author typed for another official."""

    official: int = about(_("Numéro du membre pour qui c’est saisi, sans « elu- »."), minimum=1)
    characters: int = about(_("Nombre de ces caractères, signes compris."), **COUNT)


@dataclass(frozen=True, slots=True)
class MotionAuthor(View):
    """Somebody whose words stand in a text."""

    official: int = about(_("Numéro du membre, sans «\u00a0elu-\u00a0»."), minimum=1)
    name: str = about(_("Prénom et nom."))
    mandate: str = about(_("Mandat\u202f; peut être vide."))
    commune: str = about(_("Commune ou territoire du mandat\u202f; peut être vide."))
    characters: int = about(_("Nombre de caractères du texte écrits par cette personne, signes compris."), **COUNT)
    typed_for: tuple[TypedFor, ...] = about(_("Ceux d’entre eux que cette personne a saisis pour d’autres."))


@dataclass(frozen=True, slots=True)
class SectionShare(View):
    """Somebody's part of a section."""

    official: int = about(_("Numéro du membre, sans «\u00a0elu-\u00a0»."), minimum=1)
    characters: int = about(_("Nombre de caractères lus qu’a écrits cette personne."), **COUNT)


@dataclass(frozen=True, slots=True)
class MotionSection(View):
    """A part of the text."""

    anchor: str = about(_("Son ancre dans la page."), examples=["article-2"])
    title: str = about(_("Son titre, avec le numéro donné par le service."))
    lines: tuple[int, ...] = about(_("Numéros de ses lignes."))
    shares: tuple[SectionShare, ...] = about(_("Qui l’a écrite."))


@dataclass(frozen=True, slots=True)
class Decision(View):
    """A withdrawal or an erasure."""

    decision: str = about(_("Numéro de la décision."), examples=["d-1"])
    kind: str = about(
        _("Retrait (gardé sous scellé) ou effacement (pour toujours)."), enum=[str(kind) for kind in REDACTION_KINDS]
    )


@dataclass(frozen=True, slots=True)
class MotionRedaction(Decision):
    """A decision about a motion."""

    reason: str = about(_("Motif, de la liste fermée."))
    basis: str = about(_("Texte de loi invoqué."))
    remedy: str = about(_("Comment contester la décision."))
    who: str = about(_("Qui a demandé."))
    until: str | None = about(_("Dernier jour de conservation sous scellé\u202f; null après un effacement."), **DAY)
    entries: tuple[int, ...] = about(_("Inscriptions qui disent la décision."))
    targets: tuple[int, ...] = about(_("Inscriptions dont le contenu n’est plus publié."))


@dataclass(frozen=True, slots=True)
class MotionData(MotionItem):
    """One motion: what `/{congress}/motions/{code}.json` says, and links."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    text: str = about(_("Son texte en Markdown."))
    digest: str = about(_("Empreinte SHA-256 du texte, en hexadécimal."), **HEX)
    authors: tuple[MotionAuthor, ...] = about(_("Qui l’a écrite."))
    sections: tuple[MotionSection, ...] = about(_("Ses parties, dans l’ordre."))
    redactions: tuple[MotionRedaction, ...] = about(_("Ce qui a été retiré de la motion, décision par décision."))


@dataclass(frozen=True, slots=True)
class AuthorItem(View):
    """An author of one motion."""

    official: str = about(_("Identifiant du membre dans le registre."), **MARK)
    name: str = about(_("Prénom et nom."))
    mandate: str = about(_("Mandat\u202f; peut être vide."))
    territory: str = about(_("Commune ou territoire du mandat\u202f; peut être vide."))
    characters: int = about(_("Nombre de caractères du texte écrits par cette personne, signes compris."), **COUNT)
    typed_for: tuple[TypedFor, ...] = about(_("Ceux d’entre eux que cette personne a saisis pour d’autres."))


@dataclass(frozen=True, slots=True)
class Authors(View):
    """The authors of one motion."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    motion: str = about(_("Le code de la motion."), **CODE)
    characters: int = about(_("Nombre de caractères du texte\u202f; le reste vient du modèle ou d’un import."), **COUNT)
    authors: tuple[AuthorItem, ...] = about(_("Les personnes dont des mots sont dans le texte."))
    links: Links = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Member(View):
    """Somebody on the roster: only what the record says of them."""

    id: str = about(_("Identifiant du membre dans le registre."), **MARK)
    name: str = about(_("Prénom et nom."))
    mandate: str = about(_("Mandat\u202f; peut être vide."))
    territory: str = about(_("Commune ou territoire du mandat\u202f; peut être vide."))
    role: str = about(_("Rôle dans le congrès."), enum=["official", "rapporteur"])
    since: str = about(_("Depuis quand cette personne est sur la liste."), **MOMENT)
    in_force: bool = about(_("Si elle y est encore."))
    left_at: str | None = about(_("Quand elle a quitté la liste\u202f; null tant qu’elle y est."), **MOMENT)


@dataclass(frozen=True, slots=True)
class Roster(View):
    """A page of the roster."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    members: tuple[Member, ...] = about(_("Les membres, dans l’ordre de leurs identifiants."))
    links: PageLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class EntryRedaction(Decision):
    """What was decided on the object of an entry, lately."""

    entry: int = about(_("Numéro de l’inscription qui le dit."), **COUNT)


@dataclass(frozen=True, slots=True)
class EntryLinks(View):
    """Where an entry is found otherwise."""

    page: str = about(_("La page pour les personnes."), **URL)
    bytes: str = about(_("Les octets exacts, dont «\u00a0leaf\u00a0» est l’empreinte."), **URL)
    proof: str = about(_("La preuve qu’elle est dans le registre signé (.tlog-proof)."), **URL)
    object: str | None = about(
        _("Le contenu qu’elle désigne\u202f; null s’il n’y en a pas, ou s’il n’est pas publié."), **URL
    )


@dataclass(frozen=True, slots=True)
class EntryItem(View):
    """One entry of the record."""

    number: int = about(_("Son numéro, à partir de 0 et sans trou."), **COUNT)
    kind: str = about(_("Son genre."), enum=list(KINDS))
    at: str = about(_("Quand le service l’a reçue, à la milliseconde, en temps universel."), **MOMENT)
    by: str = about(_("Qui\u00a0: elu-3, sec-1 ou system."), examples=["elu-3"])
    sentence: str = about(_("Ce qui s’est passé, en une phrase de la langue demandée."))
    body: dict[str, Any] = about(_("Ses champs, selon son genre (FORMAT.md)."))
    leaf: str = about(_("Son empreinte dans le registre (SHA-256 de l’octet 0 puis de ses octets)."), **HEX)
    redaction: EntryRedaction | None = about(
        _("La dernière décision sur son contenu\u202f; null quand il n’y en a pas.")
    )
    links: EntryLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Entries(View):
    """A page of entries."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    through: int = about(
        _("Numéro de la dernière inscription examinée\u00a0: demandez la suite avec after=through."), minimum=-1
    )
    entries: tuple[EntryItem, ...] = about(_("Les inscriptions, dans l’ordre de leurs numéros."))
    links: PageLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class EntryData(EntryItem):
    """One entry, alone."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)


@dataclass(frozen=True, slots=True)
class RedactionItem(View):
    """One entry `redaction`."""

    entry: int = about(_("Numéro de l’inscription qui le dit."), **COUNT)
    target: int = about(_("Inscription dont le contenu n’est plus publié."), **COUNT)
    object: str = about(_("Nom du contenu\u00a0: ce que les copies doivent ôter aussi."))
    decision: str = about(_("Numéro de la décision."), examples=["d-1"])
    kind: str = about(
        _("Retrait (gardé sous scellé) ou effacement (pour toujours)."), enum=[str(kind) for kind in REDACTION_KINDS]
    )
    reason: str = about(_("Motif, de la liste fermée."))
    basis: str = about(_("Texte de loi invoqué."))
    remedy: str = about(_("Comment contester la décision."))
    who: str = about(_("Qui a demandé."))
    until: str | None = about(_("Dernier jour de conservation sous scellé\u202f; null après un effacement."), **DAY)
    at: str = about(_("Quand la décision a été inscrite."), **MOMENT)


@dataclass(frozen=True, slots=True)
class Redactions(View):
    """A page of redactions."""

    licence: str = about(_("La licence de ces données."), const=LICENCE)
    redactions: tuple[RedactionItem, ...] = about(_("Les inscriptions de retrait ou d’effacement, dans l’ordre."))
    links: PageLinks = about(_("Où lire la suite."))


@dataclass(frozen=True, slots=True)
class Problem(View):
    """What went wrong: RFC 9457."""

    type: str = about(_("Adresse qui nomme l’erreur."), format="uri-reference")
    title: str = about(_("Ce qui s’est passé."))
    status: int = about(_("Le code HTTP."), minimum=400, maximum=599)
    detail: str = about(_("Pourquoi, et que faire."))
    code: str = about(_("Le nom de l’erreur, pour les programmes."), examples=["not-found"])
