"""The words of the domain, each with the French word people read.

Everywhere else the code says the English name; the French word stands here, once.
"""

from enum import StrEnum


class Phase(StrEnum):
    """A period of a congress; they come in this order."""

    PREPARATION = "preparation"
    COLLECTION = "collection"
    DRAFTING = "drafting"
    FROZEN = "frozen"
    ADOPTED = "adopted"
    CLOSED = "closed"


class MotionState(StrEnum):
    """What may happen to a motion's text."""

    DRAFTING = "drafting"
    FROZEN = "frozen"
    ADOPTED = "adopted"


class Role(StrEnum):
    """What somebody is in one congress. A rapporteur is an official too."""

    PUBLIC = "public"
    OFFICIAL = "official"
    RAPPORTEUR = "rapporteur"
    SECRETARIAT = "secretariat"


class Template(StrEnum):
    """The form in which a new motion starts."""

    DELIBERATIVE = "deliberative"
    DEMANDS = "demands"
    BLANK = "blank"


# The msgids of the catalogues. `gettext_noop` is not needed: the extraction reads this table.
FRENCH: dict[StrEnum, str] = {
    Phase.PREPARATION: "Préparation",
    Phase.COLLECTION: "Collecte",
    Phase.DRAFTING: "Rédaction",
    Phase.FROZEN: "Texte gelé",
    Phase.ADOPTED: "Motion adoptée",
    Phase.CLOSED: "Congrès clos",
    MotionState.DRAFTING: "En rédaction",
    MotionState.FROZEN: "Gelée",
    MotionState.ADOPTED: "Adoptée",
    Role.PUBLIC: "Public",
    Role.OFFICIAL: "Élu·e",
    Role.RAPPORTEUR: "Rapporteur·e",
    Role.SECRETARIAT: "Secrétariat",
    Template.DELIBERATIVE: "Forme délibérative",
    Template.DEMANDS: "Revendications par axes",
    Template.BLANK: "Page blanche",
}
