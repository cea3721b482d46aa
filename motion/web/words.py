"""The words for the codes that errors carry: acts, things, fields, reasons."""

from gettext import NullTranslations

from motion.rules import errors
from motion.rules.errors import MotionError
from motion.web.collected_words import COLUMNS

_ = NullTranslations().gettext  # marks the sentences for the catalogues

ACTS = {
    "run-congress": _("conduire le congrès"),
    "import-roster": _("importer la liste des membres"),
    "issue-cards": _("éditer des cartes"),
    "create-motion": _("créer une motion"),
    "write": _("écrire dans la motion"),
    "freeze": _("geler ou rouvrir le texte"),
    "adopt": _("enregistrer le résultat"),
    "withdraw": _("retirer la motion"),
    "read-late-text": _("lire les textes arrivés après le gel"),
    "read-mail": _("lire les courriels"),
    "redact": _("retirer ou effacer des mots"),
    "collect": _("saisir une contribution"),
    "moderate": _("décider d’une contribution"),
    "sort": _("ranger une contribution"),
    "create-congress": _("créer un congrès"),
    "see-sessions": _("voir vos connexions"),
}
THINGS = {
    "congress": _("congrès"),
    "motion": _("motion"),
    "official": _("membre du congrès"),
    "file": _("fichier"),
    "session": _("connexion"),
    "card": _("carte"),
    "secretary": _("secrétariat"),
    "job": _("tâche"),
    "section": _("partie du texte"),
    "entry": _("inscription"),
    "decision": _("décision"),
    "sheet": _("fiche"),
    "contribution": _("contribution"),
    "theme": _("thème"),
}
FIELDS = {
    "title": _("titre"),
    "slug": _("adresse"),
    "place": _("lieu"),
    "name": _("nom"),
    "email": _("courriel"),
    "starts_on": _("premier jour"),
    "ends_on": _("dernier jour"),
    "time_zone": _("fuseau horaire"),
    "languages": _("langues"),
    "calendar": _("calendrier"),
    "text": _("texte"),
    "reason": _("raison"),
    "votes_for": _("pour"),
    "votes_against": _("contre"),
    "abstentions": _("abstentions"),
    "not_voting": _("ne prennent pas part au vote"),
    "presided_by": _("séance présidée par"),
    "file": _("fichier"),
    "code": _("code"),
    "phase": _("phase"),
    "template": _("modèle"),
    "department": _("département"),
    "targets": _("inscriptions"),
    "inscription": _("numéro d’inscription"),
    "kind": _("ce qui est décidé"),
    "who": _("qui le demande"),
    "until": _("gardé jusqu’au"),
    "authority": _("autorité qui le reçoit"),
    "ground": _("fondement"),
    "message": _("message"),
    "theme": _("thème"),
    "author": _("nom de la personne qui répond"),
    "with": _("contribution à rapprocher"),
    "moderation": _("moment de la lecture"),
    "how": _("comment l’accord a été donné"),
    "declared": _("votre déclaration"),
    **{f"column-{column}": said for column, said in COLUMNS.items()},
}
REASONS = {
    "empty": _("rien n’est écrit ici"),
    "none-chosen-one": _("choisissez dans la liste"),
    "several-motions": _("elles sont de plusieurs motions\u00a0: une décision par motion"),
    "day": _("ce jour est passé ou trop lointain (%(value)s)"),
    "too-long": _("c’est trop long (au plus %(value)s)"),
    "too-large": _("le nombre est trop grand (au plus %(value)s)"),
    "negative": _("un nombre négatif est impossible (%(value)s)"),
    "form": _("sa forme n’est pas la bonne (%(value)s)"),
    "number": _("ce n’est pas un nombre entier (%(value)s)"),
    "date": _("ce n’est pas une date (%(value)s)"),
    "reserved": _("ce mot est réservé (%(value)s)"),
    "before-start": _("il précède le premier jour"),
    "none-chosen": _("cochez-en au moins une"),
    "unknown": _("cette valeur n’est pas connue (%(value)s)"),
    "out-of-order": _("chaque phase s’ouvre après celle qui la précède"),
    "no-majority": _("il faut plus de voix pour que de voix contre"),
    "nobody-voted": _("les quatre nombres sont nuls, donc personne n’a voté"),
    "taken": _("c’est déjà pris (%(value)s)"),
    "character": _("un caractère y est interdit (%(value)s)"),
    "unchanged": _("rien n’y a changé"),
    "published": _("ce motif ne suffit pas à retirer ce qui est publié"),
    "unticked": _("cochez cette case pour continuer"),
    "without-agreement": _(
        "choisissez la colonne qui le dit, ou «\u00a0Aucune colonne\u00a0» pour l’adresse de courriel"
    ),
    "chosen-twice": _("cette colonne est déjà choisie plus haut"),
    "cut": _("son envoi a été interrompu, choisissez-le de nouveau"),
    "too-many": _("il y en a déjà %(value)s, c’est le maximum"),
}

# Where a reason's code means something else than in a form.
REASONS_OF: dict[type[MotionError], dict[str, str]] = {
    errors.LinkUnusable: {
        "unknown": _("celui-ci n’est pas connu"),
        "used": _("celui-ci a déjà servi"),
        "expired": _("celui-ci est trop ancien"),
    },
    errors.DocumentUnreadable: {
        "kind": _("ce genre de fichier ne se lit pas ici"),
        "empty": _("il est vide"),
        "too-large": _("il est trop grand"),
        "too-long": _("son texte est trop long"),
        "too-slow": _("sa lecture prend trop de temps"),
        "damaged": _("il est abîmé"),
        "encoding": _("son encodage n’est pas reconnu"),
    },
}
KINDS = {
    "markdown": "Markdown",
    "text": _("texte"),
    "odt": "ODT",
    "docx": "DOCX",
    "pdf": "PDF",
    "rtf": "RTF",
    "doc": "DOC",
    "spreadsheet": _("tableur"),
    "archive": _("archive"),
    "image": _("image"),
    "unknown": _("genre inconnu"),
}
