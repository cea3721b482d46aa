"""The words of an import of contributions: columns, ways of consent, why a line is refused."""

from gettext import NullTranslations

from motion.acts.roster_sentences import REFUSED as OF_LINES
from motion.rules.collected import Column
from motion.rules.contributions import ConsentWay

_ = NullTranslations().gettext  # marks the sentences for the catalogues

COLUMNS: dict[Column, str] = {
    Column.NAME: _("Nom ou pseudonyme"),
    Column.TEXT: _("Texte de la contribution"),
    Column.TITLE: _("Titre"),
    Column.COMMUNE: _("Commune ou lieu"),
    Column.CODE: _("Code officiel de la commune"),
    Column.DEPARTMENT: _("Département"),
    Column.MANDATE: _("Mandat"),
    Column.DATE: _("Date"),
    Column.IDENTIFIER: _("Identifiant dans l’autre outil"),
    Column.CONSENT: _("Accord de publication"),
    Column.EMAIL: _("Adresse de courriel"),
    Column.CONTACT: _("Accord pour recevoir un courriel"),
}
HELP: dict[Column, str] = {
    Column.CODE: _("Le code de l’Insee, en cinq signes."),
    Column.DEPARTMENT: _("Pour distinguer les communes de même nom."),
    Column.DATE: _("Par exemple 2031-11-14 ou 14/11/2031 09:30."),
    Column.IDENTIFIER: _("Il évite les doublons quand vous importez de nouveau le même fichier."),
    Column.CONSENT: _("Seules les lignes qui disent oui sont importées."),
    Column.EMAIL: _(
        "Elle sert une fois\u00a0: pour envoyer à chaque personne l’adresse où suivre, corriger ou retirer sa "
        "contribution. Elle n’est ni publiée, ni inscrite au registre."
    ),
    Column.CONTACT: _(
        "Nécessaire si vous donnez les adresses. Seules les personnes dont la ligne dit oui reçoivent un courriel."
    ),
}
HOW: dict[ConsentWay, str] = {
    ConsentWay.ONLINE: _("En ligne, dans l’autre outil"),
    ConsentWay.SIGNED: _("Par écrit, avec une signature"),
    ConsentWay.MAIL: _("Par courriel"),
}
UNREADABLE = _("cette ligne ne peut pas être lue")
REFUSED: dict[str, str] = {
    code: OF_LINES[code]
    for code in (
        "line-too-long",
        "undecodable",
        "control-character",
        "unbalanced-quotes",
        "too-few-columns",
        "too-many-columns",
    )
} | {
    "name-empty": _("le nom manque"),
    "name-too-long": _("le nom est trop long"),
    "name-characters": _("le nom contient un caractère interdit"),
    "text-empty": _("le texte manque"),
    "text-too-long": _("le texte est trop long"),
    "text-characters": _("le texte contient un caractère interdit"),
    "title-too-long": _("le titre est trop long"),
    "title-characters": _("le titre contient un caractère interdit"),
    "mandate-too-long": _("le mandat est trop long"),
    "mandate-characters": _("le mandat contient un caractère interdit"),
    "place-too-long": _("le lieu est trop long"),
    "place-characters": _("le lieu contient un caractère interdit"),
    "date-form": _("la date n’est pas lisible"),
    "date-later": _("la date est dans l’avenir"),
    "email-form": _("l’adresse de courriel n’est pas lisible"),
    "identifier-too-long": _("l’identifiant est trop long"),
    "consent-empty": _("l’accord de publication manque"),
    "twice": _("la même contribution figure déjà plus haut"),
    "too-many-lines": _("le fichier a trop de lignes\u00a0: le reste n’est pas lu"),
}
FAILURES = {
    "CollectionClosed": _("Le congrès est clos. Plus rien n’y est ajouté."),
    "NotFound": _("Ce fichier a déjà été importé, ou la personne qui a confirmé a quitté le secrétariat."),
    "NotAllowed": _("La personne qui a confirmé ne fait plus partie du secrétariat."),
}
