"""What a roster import says to people, on the page and in the terminal: each code of the rules, in words."""

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

_ = NullTranslations().gettext  # marks the sentences for the catalogues

REFUSED = {
    "line-too-long": _("la ligne est trop longue"),
    "undecodable": _("des lettres sont illisibles (encodage abîmé)"),
    "control-character": _("elle contient un caractère invisible interdit"),
    "unbalanced-quotes": _("un guillemet n’est pas refermé"),
    "too-few-columns": _("il manque des colonnes"),
    "too-many-columns": _("il y a trop de colonnes"),
    "no-name": _("le nom ou le prénom manque"),
    "field-too-long": _("une case est trop longue"),
    "formula": _("une case commence par =, +, - ou @, comme une formule de tableur"),
    "bad-email": _("l’adresse de courriel n’a pas la bonne forme"),
    "unknown-department": _("le code du département n’existe pas"),
    "unreadable-date": _("la date de naissance est illisible"),
    "unknown-gender": _("le code sexe n’est ni F ni M"),
    "duplicate-line": _("la même ligne figure déjà plus haut"),
    "same-person": _("la même personne figure déjà plus haut (même nom, même lieu, même date de naissance)"),
}
DOUBTS = {
    "namesake-elsewhere": _("Quelqu’un porte ce nom dans un autre territoire."),
    "namesakes-here": _("Plusieurs personnes portent ce nom dans ce territoire."),
    "email-shared": _("Cette adresse de courriel est déjà celle de quelqu’un."),
}
FIELDS = {
    "family_name": _("nom"),
    "first_names": _("prénom"),
    "gender": _("genre"),
    "mandate": _("mandat"),
    "territory": _("territoire"),
    "territory_code": _("code du territoire"),
    "department": _("département"),
    "email": _("courriel"),
    "birth_date": _("date de naissance"),
}
NOT_A_TABLE = {
    "empty": _("Le fichier est vide."),
    "binary": _("Ce fichier est une image, un PDF ou un programme, et non une liste. Choisissez un fichier CSV."),
    "spreadsheet": _("C’est un classeur de tableur. Enregistrez-le au format CSV, puis recommencez."),
    "no-separator": _("Aucun séparateur (point-virgule, virgule, tabulation) n’a été trouvé entre les colonnes."),
    "encoding": _("L’encodage du fichier n’a pas été reconnu."),
}
FAILURES = {
    "MissingColumns": _("Les colonnes du nom et du prénom n’ont pas été trouvées. En-têtes lus\u00a0: %(found)s."),
    "UnreadableColumn": _(
        "Les dates de naissance sont toutes illisibles, par exemple « %(example)s » : rien n’est lu, "
        "car les homonymes ne pourraient pas être distingués."
    ),
    "RosterTooLarge": _("Plus de %(limit)s personnes seraient retenues. Choisissez un département."),
    "TextChangedMeanwhile": _("La liste a changé depuis l’aperçu. Regardez le nouvel aperçu, puis confirmez."),
    "NotFound": _("La personne qui a confirmé ne fait plus partie du secrétariat."),
    "Invalid": _("Deux lignes ne peuvent pas être la même personne. Revoyez vos choix."),
}
UNEXPECTED = _("Une panne inconnue a interrompu la lecture. Rien n’a été importé. Réessayez.")


def failure_sentence(error: str, values: Mapping[str, Any]) -> str:
    """Choose the French sentence of a failed import and the values it names; see `failure_values`."""
    if error == "NotATable":
        return NOT_A_TABLE.get(str(values.get("reason")), NOT_A_TABLE["binary"])
    return FAILURES.get(error, UNEXPECTED)


def failure_values(values: Mapping[str, Any]) -> dict[str, str]:
    """The values of a failure as words: lists joined and cut, so that a strange file stays a sentence."""
    return {
        name: ", ".join(str(each) for each in value)[:300] if isinstance(value, (list, tuple)) else str(value)[:300]
        for name, value in values.items()
    }
