"""From an error to a status and three sentences: what happened, why, how to repair it.

One table, `SAID`, for pages and for JSON alike. What is not in it is unexpected: it is logged whole and
shown as "erreur interne".
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations

from motion.language import Language
from motion.rules import errors
from motion.rules.errors import MotionError
from motion.rules.vocabulary import FRENCH
from motion.web import caption_words, upload_words
from motion.web.said import Said
from motion.web.weights import weight
from motion.web.words import ACTS, FIELDS, KINDS, REASONS, REASONS_OF, THINGS

_ = NullTranslations().gettext  # marks the sentences for the catalogues


@dataclass(unsafe_hash=True)
class CrossSite(MotionError):
    """Another site made the browser send a form."""


_NO_ENTRY = _("L’inscription n°\u00a0%(name)s n’existe pas.")

SAID: dict[type[MotionError], Said] = {
    **upload_words.SAID,
    **caption_words.SAID,
    errors.NotAllowed: Said(
        403,
        _("Vous n’avez pas pu %(act)s."),
        _("Votre rôle, «\u00a0%(role)s\u00a0», ne le permet pas."),
        _("Connectez-vous avec le bon compte, ou demandez au secrétariat du congrès."),
    ),
    errors.NotADemonstration: Said(
        409,
        _("Aucune place n’a été donnée."),
        _("«\u00a0%(slug)s\u00a0» n’est pas un congrès de démonstration\u00a0: personne n’y est inventé."),
        _("Prenez le congrès de «\u00a0motion serve --demo\u00a0», ou répétez avec «\u00a0motion rehearse\u00a0»."),
    ),
    errors.NotFound: Said(
        404,
        _("Cette page n’existe pas."),
        _("Rien ne porte ici le nom «\u00a0%(name)s\u00a0» (%(what)s)."),
        _("Vérifiez l’adresse, ou repartez de l’accueil."),
    ),
    errors.Invalid: Said(
        422,
        _("Le formulaire n’a pas été enregistré."),
        _("Champ «\u00a0%(field)s\u00a0»\u00a0: %(reason)s."),
        _("Corrigez ce champ et envoyez de nouveau. Rien n’a été changé."),
    ),
    errors.Conflict: Said(
        409,
        _("L’action n’a pas abouti."),
        _("La situation a changé entre-temps."),
        _("Rechargez la page et recommencez si c’est encore utile. Rien n’a été changé."),
    ),
    errors.SlugTaken: Said(
        409,
        _("Le congrès n’a pas été créé."),
        _("L’adresse «\u00a0%(slug)s\u00a0» est déjà celle d’un autre congrès."),
        _("Choisissez une autre adresse."),
    ),
    errors.LastSecretary: Said(
        409,
        _("Personne n’a été retiré de l’équipe."),
        _("C’est la dernière personne du secrétariat\u00a0: sans elle, personne ne conduirait plus le congrès."),
        _("Ajoutez d’abord quelqu’un d’autre, puis recommencez."),
    ),
    errors.PhaseOutOfOrder: Said(
        409,
        _("La phase n’a pas changé."),
        _(
            "Le congrès est en phase «\u00a0%(phase)s\u00a0»\u00a0: "
            "«\u00a0%(wanted)s\u00a0» ne peut pas venir après elle."
        ),
        _("Choisissez une phase qui vient après."),
    ),
    errors.MotionNotOpen: Said(
        409,
        _("Le texte de la motion %(code)s n’a pas changé."),
        _("Il n’est pas ouvert à la rédaction (état\u00a0: %(state)s)."),
        _("Vous pouvez le lire et copier votre texte. Le secrétariat peut rouvrir un texte gelé."),
    ),
    errors.MotionNotFrozen: Said(
        409,
        _("La motion %(code)s n’a pas changé."),
        _("Il faut un texte gelé (état actuel\u00a0: %(state)s)."),
        _("Gelez d’abord le texte, puis recommencez."),
    ),
    errors.MotionAdopted: Said(
        409,
        _("La motion %(code)s n’a pas changé."),
        _("Elle est adoptée\u00a0: plus personne ne peut en changer un mot."),
        _("Un nouveau texte demande une nouvelle motion."),
    ),
    errors.MotionRejected: Said(
        409,
        _("La motion %(code)s n’a pas changé."),
        _("Elle est rejetée\u00a0: le vote est passé, et plus personne ne peut en changer un mot."),
        _("Un nouveau texte demande une nouvelle motion."),
    ),
    errors.MotionWithdrawn: Said(
        409,
        _("La motion %(code)s n’a pas changé."),
        _("Elle est retirée\u00a0: elle se lit, et plus personne n’y écrit."),
        _("Un nouveau texte demande une nouvelle motion."),
    ),
    errors.MoreVotesThanOfficials: Said(
        422,
        _("Le résultat n’a pas été enregistré."),
        _("Ce résultat compte %(votes)s personnes\u00a0: la liste des membres du congrès n’en a que %(officials)s."),
        _("Vérifiez les quatre nombres, ou complétez d’abord la liste."),
    ),
    errors.CongressClosed: Said(
        409,
        _("Rien n’a été écrit."),
        _("Le congrès est clos."),
        _("Tout reste lisible. Le secrétariat peut vous renseigner."),
    ),
    errors.TextChangedMeanwhile: Said(
        409,
        _("Le résultat n’a pas été enregistré."),
        _("Le texte a changé depuis que vous l’avez lu\u00a0: son empreinte n’est plus la même."),
        _("Relisez le texte, puis confirmez de nouveau."),
    ),
    errors.NothingToRedact: Said(
        409,
        _("Rien n’a été retiré."),
        _("L’inscription n°\u00a0%(entry)s ne porte aucun mot à retirer."),
        _("Choisissez une inscription où quelqu’un a écrit des mots."),
    ),
    errors.AlreadyRedacted: Said(
        409,
        _("Rien n’a été retiré."),
        _("Le contenu de l’inscription n°\u00a0%(entry)s est déjà retiré ou effacé."),
        _("La décision est sur la page de cette inscription. Un contenu gardé sous scellé peut encore être effacé."),
    ),
    errors.WordsInText: Said(
        409,
        _("Rien n’a été retiré."),
        _("Ces mots sont encore dans le texte de la motion %(code)s\u00a0: «\u00a0%(words)s\u00a0»."),
        _("Demandez à une élue ou un élu de les en retirer d’abord, puis recommencez."),
    ),
    errors.SecondPersonNeeded: Said(
        409,
        _("Rien n’a été retiré."),
        _("Vous avez préparé cette décision\u00a0: une autre personne du secrétariat doit la confirmer."),
        _("Demandez-lui d’ouvrir la page des retraits."),
    ),
    errors.DecisionSettled: Said(
        409,
        _("Rien n’a été retiré."),
        _("Cette décision a déjà été confirmée ou abandonnée."),
        _("Voyez la liste des décisions."),
    ),
    errors.SealingUnderWay: Said(
        409,
        _("Rien n’a été remis."),
        _("Le fichier de l’inscription n°\u00a0%(entry)s vient d’être retiré, et n’est pas encore sous scellé."),
        _("Réessayez dans quelques minutes. Rien n’a été inscrit au registre."),
    ),
    errors.SealedUnreadable: Said(
        409,
        _("Rien n’a été remis."),
        _(
            "Le scellé de l’inscription n°\u00a0%(entry)s ne s’ouvre pas\u00a0: "
            "la clé des retraits n’est pas la bonne, ou le fichier manque ou est abîmé."
        ),
        _(
            "Demandez à la personne qui héberge ce service de remettre la clé et les fichiers. "
            "Rien n’a été inscrit au registre."
        ),
    ),
    errors.CollectionClosed: Said(
        409,
        _("Votre contribution n’a pas été reçue."),
        _("Le congrès ne reçoit pas de contributions en ce moment (phase\u00a0: %(phase)s)."),
        _("Le calendrier du congrès est sur sa page d’accueil. Le secrétariat peut vous renseigner."),
    ),
    errors.ContributionSettled: Said(
        409,
        _("La contribution %(code)s n’a pas changé."),
        _("Dans son état actuel (%(state)s), cela n’est pas possible."),
        _("Rechargez sa page pour voir où elle en est."),
    ),
    errors.DecidedMeanwhile: Said(
        409,
        _("La contribution %(code)s n’a pas changé."),
        _("Elle n’est plus telle que vous l’avez lue\u00a0: quelqu’un a décidé entre-temps, ou son texte a changé."),
        _("Relisez-la, puis décidez de nouveau si c’est encore utile."),
    ),
    errors.NotConfirmedYet: Said(
        409,
        _("La contribution %(code)s n’est pas encore publiée."),
        _("Il manque l’accord de la personne qui l’a envoyée, ou la relecture par une seconde personne."),
        _("Attendez cette confirmation, ou demandez-la."),
    ),
    errors.CheckedAlone: Said(
        403,
        _("La contribution %(code)s attend encore sa relecture."),
        _("Vous l’avez saisie\u00a0: une autre personne du secrétariat doit la comparer à l’original."),
        _("Demandez-lui d’ouvrir la page des contributions."),
    ),
    errors.SheetTaken: Said(
        409,
        _("La fiche n’a pas été enregistrée."),
        _("La fiche papier n°\u00a0%(sheet)s est déjà saisie\u00a0: c’est la contribution %(code)s."),
        _("Vérifiez le numéro imprimé sur la fiche."),
    ),
    errors.TextTooLong: Said(
        413,
        _("Le texte n’a pas été enregistré."),
        _("Il a %(characters)s caractères, et %(limit)s sont permis."),
        _("Partagez-le en plusieurs motions, ou raccourcissez-le."),
    ),
    errors.RosterUnreadable: Said(
        422,
        _("La liste n’a pas été importée."),
        _("Le fichier n’a pas pu être lu."),
        _("Vérifiez le fichier et envoyez-le de nouveau. Personne n’a été ajouté ni changé."),
    ),
    errors.DocumentUnreadable: Said(
        422,
        _("Le document n’a pas été importé."),
        _("Ce fichier n’a pas pu être lu (%(kind)s, %(reason)s)."),
        _("Enregistrez-le en Markdown, en ODT ou en DOCX, et envoyez-le de nouveau. Rien n’a été changé."),
    ),
    errors.SignInRefused: Said(
        403,
        _("Vous n’êtes pas connecté·e."),
        _("La connexion a été refusée."),
        _("Recommencez depuis la page de connexion."),
    ),
    errors.LinkUnusable: Said(
        410,
        _("Ce lien ne connecte plus."),
        _("Un lien de connexion sert une seule fois et pendant quelques minutes (%(reason)s)."),
        _("Demandez un nouveau lien sur la page de connexion."),
    ),
    errors.CodeWrong: Said(
        403,
        _("Vous n’êtes pas connecté·e."),
        _("Ces six chiffres ne sont pas ceux du courriel. Essais restants\u00a0: %(tries_left)s."),
        _("Copiez le code du dernier courriel reçu, ou demandez-en un nouveau."),
    ),
    errors.CardUnknown: Said(
        403,
        _("Vous n’êtes pas connecté·e."),
        _("Aucune carte en service ne porte ce code."),
        _("Vérifiez les caractères, ou demandez une nouvelle carte au secrétariat."),
    ),
    errors.TooManyTries: Said(
        429,
        _("Vous n’êtes pas connecté·e."),
        _("Il y a eu trop d’essais en peu de temps."),
        _("Attendez %(seconds)s secondes, puis recommencez."),
    ),
    CrossSite: Said(
        403,
        _("Rien n’a été enregistré."),
        _("Ce formulaire ne vient pas de ce site."),
        _("Ouvrez la page ici même et remplissez-la de nouveau."),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An error in the words of one language: what happened, why, how to repair it."""

    code: str
    status: int
    what: str
    why: str
    repair: str


def name_of(error: type[Exception]) -> str:
    """The error's name for programs: `motion-not-open`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in error.__name__).lstrip("-")


def tell(error: MotionError, language: Language) -> Told:
    """Say an error of the domain in one language, for a page, for a program or for the command line."""
    said = next(SAID[kind] for kind in type(error).__mro__ if kind in SAID)
    values = {field.name: str(getattr(error, field.name)) for field in dataclasses.fields(error)}
    if isinstance(error, upload_words.WEIGHTS):
        values = {name: weight(language, int(count)) for name, count in values.items()}
    is_entry = isinstance(error, errors.NotFound) and error.what == "entry" and error.name.isdecimal()
    reasons = next((REASONS_OF[kind] for kind in type(error).__mro__ if kind in REASONS_OF), REASONS)
    values = {name: _word(name, value, values, reasons, language) for name, value in values.items()}
    return Told(
        name_of(type(error)),
        said.status,
        language.gettext(said.what) % values,
        language.gettext(_NO_ENTRY if is_entry else said.why) % values,
        language.gettext(said.repair) % values,
    )


def _word(name: str, value: str, values: Mapping[str, str], reasons: Mapping[str, str], language: Language) -> str:
    """Turn a code that an error carries into a word of the reader's language."""
    match name:
        case "act":
            return language.gettext(ACTS.get(value, value))
        case "what":
            return language.gettext(THINGS.get(value, value))
        case "field":
            return language.gettext(FIELDS.get(value, value))
        case "reason":
            return language.gettext(reasons.get(value, value)) % {"value": values.get("value", "")}
        case "kind":
            return language.gettext(KINDS.get(value, value))
        case "role" | "state":
            return language.gettext(FRENCH[name].get(value, value))
        case "phase" | "wanted":
            return language.gettext(FRENCH["phase"].get(value, value))
    return value
