"""What a writer reads when the text is closed to them, or when an update of theirs is not taken."""

from collections.abc import Mapping
from gettext import NullTranslations

from motion.language import language
from motion.live.refusals import Reason
from motion.rules.vocabulary import FINAL, MotionState, Phase

_ = NullTranslations().gettext  # marks the sentences for the catalogues

REFUSALS: dict[str, str] = {
    Reason.MALFORMED: _("Cette modification est illisible. Copiez votre texte et rechargez la page."),
    Reason.TOO_LARGE: _("Cette modification est trop longue. Collez votre texte en plusieurs fois."),
    Reason.TOO_MANY_STRUCTS: _("Cette modification est trop longue. Collez votre texte en plusieurs fois."),
    Reason.FULL: _("La motion a atteint sa longueur limite. Retirez du texte avant d’en ajouter."),
    Reason.FOREIGN_CLIENT: _("Cette modification porte le nom de quelqu’un d’autre. Rechargez la page."),
    Reason.CLIENT_TAKEN: _("Cette page est ouverte deux fois sous le même numéro. Rechargez-la."),
    Reason.GAP: _("Une modification précédente manque. Copiez votre texte et rechargez la page."),
    Reason.OVERLAP: _("Cette modification en contredit une autre déjà reçue. Copiez votre texte et rechargez la page."),
    Reason.UNKNOWN_ORIGIN: _("L’endroit de cette modification est inconnu. Copiez votre texte et rechargez la page."),
    Reason.CONTRADICTION: _(
        "Cette modification se place entre deux passages qui ne se suivent pas. "
        "Copiez votre texte et rechargez la page."
    ),
    Reason.CONTENT: _("Seul du texte peut entrer dans une motion."),
    Reason.ROOT: _("Seul du texte peut entrer dans une motion."),
    Reason.SURROGATE: _("Cette modification coupe un caractère en deux. Copiez votre texte et rechargez la page."),
    Reason.CHARACTER: _("Votre texte contient un caractère invisible ou trompeur, qui n’est pas admis."),
    Reason.DELETE_UNKNOWN: _("Le passage à effacer est inconnu. Rechargez la page."),
    Reason.FROZEN: _(
        "Le texte est gelé. Ce que vous avez écrit ensuite est gardé à part, pour vous et le secrétariat."
    ),
    Reason.NOT_WRITABLE: _("La rédaction n’est pas ouverte."),
    Reason.ROLE: _("L’écriture est réservée aux élu·e·s."),
    Reason.TYPED_FOR: _(
        "Cette modification mêle ce que vous écrivez pour quelqu’un et ce que vous écrivez en votre nom. "
        "Copiez votre texte et rechargez la page."
    ),
    Reason.NOT_RAPPORTEUR: _(
        "Seule une personne rapporteure peut écrire pour un autre membre du congrès. Copiez votre texte : "
        "il n’est pas entré dans la motion."
    ),
    Reason.RATE: _("Trop de modifications à la fois. Attendez un instant."),
}

LATE: dict[str, str] = {
    "closed": _("Le congrès est clos. Ce que vous avez écrit ensuite est gardé à part, pour vous et le secrétariat."),
    MotionState.ADOPTED: _(
        "La motion est adoptée. Ce que vous avez écrit ensuite est gardé à part, pour vous et le secrétariat."
    ),
    MotionState.REJECTED: _(
        "La motion est rejetée. Ce que vous avez écrit ensuite est gardé à part, pour vous et le secrétariat."
    ),
    MotionState.WITHDRAWN: _(
        "La motion est retirée. Ce que vous avez écrit ensuite est gardé à part, pour vous et le secrétariat."
    ),
}
"""Of a text closed for good; of any other closed text, `REFUSALS` speaks."""

UNKEPT: dict[str, str] = {
    "frozen": _("Le texte est gelé. Trop de passages sont arrivés ensuite\u00a0: celui-ci n’est pas gardé, copiez-le."),
    "closed": _(
        "Le congrès est clos. Trop de passages sont arrivés ensuite\u00a0: celui-ci n’est pas gardé, copiez-le."
    ),
    MotionState.ADOPTED: _(
        "La motion est adoptée. Trop de passages sont arrivés ensuite\u00a0: celui-ci n’est pas gardé, copiez-le."
    ),
    MotionState.REJECTED: _(
        "La motion est rejetée. Trop de passages sont arrivés ensuite\u00a0: celui-ci n’est pas gardé, copiez-le."
    ),
    MotionState.WITHDRAWN: _(
        "La motion est retirée. Trop de passages sont arrivés ensuite\u00a0: celui-ci n’est pas gardé, copiez-le."
    ),
}
"""When one session has left more late text than is kept."""

STATES: dict[str, str] = {
    "frozen": _("Lecture seule\u00a0: le texte est gelé."),
    "adopted": _("Lecture seule\u00a0: la motion est adoptée."),
    "rejected": _("Lecture seule\u00a0: la motion est rejetée."),
    "withdrawn": _("Lecture seule\u00a0: la motion est retirée."),
    "closed": _("Lecture seule\u00a0: le congrès est clos."),
    "not-writable": _("Lecture seule\u00a0: la rédaction n’est pas ouverte."),
    "role": _("Lecture seule\u00a0: l’écriture est réservée aux élu·e·s."),
    "": "",
}


def refusal(reason: str, _values: Mapping[str, int | str], code: str) -> str:
    """Say in the language `code` why an update was not taken."""
    return language(code).gettext(REFUSALS[reason])


def late(why: str, code: str, *, kept: bool) -> str:
    """Say in the language `code` what became of words that came after a text was closed; `why`: see `why_closed`."""
    if kept:
        return language(code).gettext(LATE.get(why, REFUSALS[Reason.FROZEN]))
    return language(code).gettext(UNKEPT.get(why, UNKEPT["frozen"]))


def state(reason: str, code: str) -> str:
    """Say in the language `code` why nobody, or this reader, may write; empty when they may."""
    return language(code).gettext(STATES[reason]) if reason else ""


def why_closed(phase: Phase, motion: MotionState) -> str:
    """Return the code for which a text is closed to its writers; empty when it is open."""
    if motion in FINAL:
        return str(motion)
    if phase is Phase.CLOSED:
        return "closed"
    if motion is MotionState.FROZEN or phase in {Phase.FROZEN, Phase.ADOPTED}:
        return "frozen"
    return "" if phase is Phase.DRAFTING else "not-writable"
