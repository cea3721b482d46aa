"""What the command line says of a refusal: the sentences of the pages, or its own where pages are no help."""

from collections.abc import Callable

from motion.language import Language
from motion.rules.errors import Invalid, MotionError, NotFound
from motion.work.checkpoints import (
    KeyMissing,
    KeyUnreadable,
    RecordAltered,
    RecordBehind,
    RecordForked,
    RecordRefused,
)

# The options of `motion congress new`, by the field that an act refuses.
OPTIONS = {
    "slug": "--slug",
    "place": "--place",
    "starts_on": "--starts",
    "ends_on": "--ends",
    "time_zone": "--time-zone",
    "languages": "--languages",
    "template": "--template",
    "email": "--secretariat",
    "name": "--name",
}


def said(error: MotionError, spoken_language: Language) -> str:
    """Say an error as the pages say it."""
    from motion.web.errors import tell
    from motion.web.forms import REASONS
    from motion.web.words import FIELDS, THINGS

    if isinstance(error, NotFound):
        # A page that does not exist is of no help to somebody who typed a name.
        sentence = spoken_language.gettext(
            "Introuvable\u00a0: %(what)s «\u00a0%(name)s\u00a0»."
            " Vérifiez le nom, tel qu’il figure dans l’adresse de la page."
        )
        what = spoken_language.gettext(THINGS.get(error.what, error.what))
        return sentence % {"what": what, "name": error.name}
    if isinstance(error, Invalid):
        # Nobody filled in a form: the option is named as it was typed.
        option = OPTIONS.get(error.field) or spoken_language.gettext(FIELDS.get(error.field, error.field))
        reason = spoken_language.gettext(REASONS.get(error.reason, error.reason)) % {"value": error.value}
        sentence = spoken_language.gettext("%(option)s\u00a0: %(reason)s. Rien n’a été enregistré.")
        return sentence % {"option": option, "reason": reason}
    told = tell(error, spoken_language)
    return f"{told.what} {told.why} {told.repair}"


def record_sentence(refused: RecordRefused, spoken_language: Language) -> str:
    """Say why the service does not start on this record, and what to do."""
    say = spoken_language.gettext
    if isinstance(refused, RecordAltered):
        return say(
            "Le registre du congrès «\u00a0{slug}\u00a0» ne correspond plus à son dernier état signé ({number}"
            " inscriptions signées, {found} relues)\u00a0: une inscription a été modifiée ou retirée, ou une"
            " sauvegarde ancienne a été restaurée. Le service ne démarre pas. Restaurez la base la plus"
            " récente, puis recommencez."
        ).format(slug=refused.slug, number=refused.number, found=refused.found)
    if isinstance(refused, RecordBehind):
        return say(
            "Le registre du congrès «\u00a0{slug}\u00a0» compte {found} inscriptions, et {signed} sont déjà signées"
            " ({holder})\u00a0: une sauvegarde ancienne a été restaurée. Le service ne démarre pas, car il"
            " signerait une seconde histoire. Restaurez une sauvegarde plus récente. S’il n’y en a pas, les"
            " inscriptions perdues restent chez qui a copié le registre\u202f: arrêtez celui-ci avec «\u00a0motion log"
            " retire {slug}\u00a0», puis ouvrez un congrès à une autre adresse. L’ancien registre reste lisible."
        ).format(slug=refused.slug, found=refused.found, signed=refused.signed, holder=refused.holder) + _way_out(
            refused, say
        )
    if isinstance(refused, RecordForked):
        return say(
            "Le registre du congrès «\u00a0{slug}\u00a0» ne prolonge pas celui que connaît {holder} ({signed}"
            " inscriptions)\u00a0: il y a deux histoires. Le service ne démarre pas. Restaurez la base qui mène à"
            " cet état signé. S’il n’y en a pas, arrêtez ce registre avec «\u00a0motion log retire {slug}\u00a0», puis"
            " ouvrez un congrès à une autre adresse. L’ancien registre reste lisible."
        ).format(slug=refused.slug, signed=refused.signed, holder=refused.holder) + _way_out(refused, say)
    if isinstance(refused, KeyMissing):
        return say(
            "La clé du registre manque ({path}) alors que des états du registre sont déjà signés. Le service ne démarre"
            " pas\u00a0: remettez le fichier à sa place depuis votre copie."
        ).format(path=refused.path)
    assert isinstance(refused, KeyUnreadable)
    return say(
        "La clé du registre ({path}) est abîmée\u00a0: il faut 64 chiffres hexadécimaux. Remettez le fichier depuis"
        " votre copie."
    ).format(path=refused.path)


def _way_out(refused: RecordBehind | RecordForked, say: Callable[[str], str]) -> str:
    """How to do without a witness that lies, for who is sure of the database."""
    if not refused.witness:
        return ""
    return " " + say(
        "Si cette base est bien la plus récente, c’est le témoin qui se trompe ou qui ment\u00a0: ne comptez plus sur"
        " lui, avec «\u00a0motion witness remove {slug} {witness}\u00a0», puis recommencez. Le registre le dira."
    ).format(slug=refused.slug, witness=refused.witness)
