"""Why something may be taken out of publication, on which legal ground, and how to contest it: closed lists.

Two verbs, never to be confused. A *retrait* takes an object out of publication and keeps it sealed until a day, for a
court. An *effacement* destroys it. Neither touches the entry that commits to it: the record goes on proving that
something was there.

The grounds are an engineer's reading of French and European law, to be reviewed by a lawyer before a congress relies
on them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from gettext import NullTranslations

from motion.rules.errors import Invalid

_ = NullTranslations().gettext  # marks the sentences for the catalogues


class RedactionKind(StrEnum):
    """What becomes of the object."""

    RETRAIT = "retrait"
    EFFACEMENT = "effacement"


class Reason(StrEnum):
    """Why. A closed list: a free text could name the very person whom the decision protects."""

    CONSENT = "consentement-retire"
    ERASURE = "rgpd-17"
    MINOR = "mineur"
    IMAGE = "droit-image"
    PRIVACY = "vie-privee"
    DEFAMATION = "diffamation"
    INSULT = "injure"
    HATRED = "haine"
    COUNTERFEIT = "contrefacon"
    COURT = "decision-judiciaire"
    ERROR = "erreur-materielle"
    SPAM = "spam"


class Asker(StrEnum):
    """Who asked for it."""

    CONCERNED = "personne-visee"
    AUTHOR = "auteur"
    AUTHORITY = "autorite"
    JUDGE = "juge"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a reason stands on.

    Attributes:
        said: The reason in words, of the catalogue.
        basis: The texts relied on. Goes into the record as it stands, so in French for ever.
        remedy: How to contest the decision. Likewise.
    """

    said: str
    basis: str
    remedy: str


_NOTICE = "LCEN (loi n°\u00a02004-575), art.\u00a06\u202f; règlement (UE) 2022/2065, art.\u00a016 et 17"
_PRESS = f"Loi du 29 juillet 1881 sur la liberté de la presse, art.\u00a0%s\u202f; {_NOTICE}"
_DATA_REMEDY = (
    "Réclamation au secrétariat du congrès, qui répond sous un mois\u202f; puis à la CNIL (www.cnil.fr) "
    "ou devant le tribunal judiciaire"
)
_PUBLICATION_REMEDY = (
    "Réclamation au secrétariat du congrès, qui réexamine et répond avec ses motifs\u202f; "
    "puis recours devant le tribunal judiciaire"
)
_COURT_REMEDY = "Voies de recours ouvertes contre la décision de justice elle-même"

GROUNDS: dict[Reason, Ground] = {
    Reason.CONSENT: Ground(
        _("Consentement retiré"),
        "RGPD (règlement (UE) 2016/679), art.\u00a07, §\u00a03, et art.\u00a017, §\u00a01, b",
        _DATA_REMEDY,
    ),
    Reason.ERASURE: Ground(
        _("Droit à l’effacement"), "RGPD (règlement (UE) 2016/679), art.\u00a017, §\u00a01", _DATA_REMEDY
    ),
    Reason.MINOR: Ground(
        _("Protection d’une personne mineure"),
        "Code civil, art.\u00a09 et 372-1\u202f; RGPD (règlement (UE) 2016/679), art.\u00a017, §\u00a01",
        _DATA_REMEDY,
    ),
    Reason.IMAGE: Ground(
        _("Droit à l’image"), "Code civil, art.\u00a09\u202f; code pénal, art.\u00a0226-1 et 226-8", _PUBLICATION_REMEDY
    ),
    Reason.PRIVACY: Ground(
        _("Respect de la vie privée"),
        "Code civil, art.\u00a09\u202f; RGPD (règlement (UE) 2016/679), art.\u00a017, §\u00a01",
        _DATA_REMEDY,
    ),
    Reason.DEFAMATION: Ground(_("Diffamation"), _PRESS % "29 à 32", _PUBLICATION_REMEDY),
    Reason.INSULT: Ground(_("Injure"), _PRESS % "29 et 33", _PUBLICATION_REMEDY),
    Reason.HATRED: Ground(
        _("Provocation à la haine, à la violence ou à la discrimination"), _PRESS % "24", _PUBLICATION_REMEDY
    ),
    Reason.COUNTERFEIT: Ground(
        _("Contrefaçon"),
        f"Code de la propriété intellectuelle, art.\u00a0L.\u00a0335-2 et L.\u00a0335-3\u202f; {_NOTICE}",
        _PUBLICATION_REMEDY,
    ),
    Reason.COURT: Ground(_("Décision de justice"), "Décision de justice exécutoire", _COURT_REMEDY),
    Reason.ERROR: Ground(
        _("Erreur matérielle"), "Règlement du congrès\u00a0: publication par erreur matérielle", _PUBLICATION_REMEDY
    ),
    Reason.SPAM: Ground(
        _("Envoi publicitaire ou abusif"),
        "Règlement du congrès\u202f; règlement (UE) 2022/2065, art.\u00a014 et 17",
        _PUBLICATION_REMEDY,
    ),
}
ASKERS: dict[Asker, str] = {
    Asker.CONCERNED: _("la personne visée"),
    Asker.AUTHOR: _("l’auteur ou l’autrice"),
    Asker.AUTHORITY: _("une autorité administrative"),
    Asker.JUDGE: _("un ou une juge"),
}
KINDS: dict[RedactionKind, str] = {
    RedactionKind.RETRAIT: _("Retrait"),
    RedactionKind.EFFACEMENT: _("Effacement"),
}

KEPT_DAYS = 365
"""An action for defamation ends after three months, after a year when it is discriminatory (loi de 1881, art. 65 to
65-3): so long a withdrawn object can be asked for by a court."""

ANSWER_DAYS = 183
"""So long after a refusal, or after one that was upheld, its author may answer or correct with the files that they
sent: six months, as regulation (EU) 2022/2065 (article 20, § 1) gives for contesting a decision. Then nobody needs the
files any more, and they are sealed like what is withdrawn."""

MOST_KEPT_DAYS = 5 * 366
MOST_OBJECTS = 2_000
"""Of one decision: ten minutes of somebody's typing, letter by letter."""

MASK = "\u2592"
"""What stands for each UTF-16 unit of a letter that was taken out: one unit, so that nothing else moves."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision says for itself, checked. `until` is set for a retrait only."""

    kind: RedactionKind
    reason: Reason
    who: Asker
    until: date | None


def decide(kind: str, reason: str, who: str, until: date | None, *, today: date) -> Grounds:
    """Read a decision as a form sends it.

    Args:
        until: Last day on which a withdrawn object is kept sealed; a year from today when None.
        today: In the time zone of the congress.

    Raises:
        Invalid: A word that is not of its list (`unknown`), or a day that is past or too far (`day`).
    """
    for field, word, words in (("kind", kind, RedactionKind), ("reason", reason, Reason), ("who", who, Asker)):
        if word not in set(words):
            raise Invalid(field, "none-chosen-one" if not word else "unknown", word[:40])
    if kind == RedactionKind.EFFACEMENT:
        return Grounds(RedactionKind(kind), Reason(reason), Asker(who), None)
    last = until or today + timedelta(days=KEPT_DAYS)
    if not today < last <= today + timedelta(days=MOST_KEPT_DAYS):
        raise Invalid("until", "day", last.isoformat())
    return Grounds(RedactionKind(kind), Reason(reason), Asker(who), last)
