"""The words of the domain, each with the French word people read.

Everywhere else the code says the English name; the French word stands here, once.
"""

from enum import StrEnum
from gettext import NullTranslations

_ = NullTranslations().gettext  # marks the sentences for the catalogues


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
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


FINAL = frozenset({MotionState.ADOPTED, MotionState.REJECTED, MotionState.WITHDRAWN})
"""States that a motion never leaves: its text changes no more, by anyone."""


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


# The French words, one table for each kind: members of two kinds may be spelt alike (`frozen`), and are then equal.
FRENCH: dict[str, dict[str, str]] = {
    "phase": {
        Phase.PREPARATION: _("Préparation"),
        Phase.COLLECTION: _("Collecte"),
        Phase.DRAFTING: _("Rédaction"),
        Phase.FROZEN: _("Texte gelé"),
        Phase.ADOPTED: _("Motion adoptée"),
        Phase.CLOSED: _("Congrès clos"),
    },
    "state": {
        MotionState.DRAFTING: _("En rédaction"),
        MotionState.FROZEN: _("Gelée"),
        MotionState.ADOPTED: _("Adoptée"),
        MotionState.REJECTED: _("Rejetée"),
        MotionState.WITHDRAWN: _("Retirée"),
        # An open text in a phase that is not for writing: `rules.phases.standing`.
        "waiting": _("Pas encore ouverte"),
        "closed": _("Rédaction fermée"),
    },
    "role": {
        Role.PUBLIC: _("Public"),
        Role.OFFICIAL: _("Élu·e"),
        Role.RAPPORTEUR: _("Rapporteur·e"),
        Role.SECRETARIAT: _("Secrétariat"),
    },
    "template": {
        Template.DELIBERATIVE: _("Forme délibérative"),
        Template.DEMANDS: _("Revendications par axes"),
        Template.BLANK: _("Page blanche"),
    },
}
