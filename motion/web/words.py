"""The words for the codes that errors carry: acts, things, fields, reasons."""

from gettext import NullTranslations

from motion.rules import errors
from motion.rules.errors import MotionError

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
