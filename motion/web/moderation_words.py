"""The words of the secretariat's desk for contributions."""

from gettext import NullTranslations

from motion.rules.contributions import Moderation, Refusal
from motion.rules.redactions import GROUNDS, Reason
from storage.moderation import WAITING, Shelf, Waits

_ = NullTranslations().gettext  # marks the sentences for the catalogues

FILTERS: dict[str, str] = {
    WAITING: _("Tout ce qui attend"),
    Waits.READ: _("À lire"),
    Waits.CORRECTED: _("Corrections à lire"),
    Waits.COMPARE: _("À comparer à l’original"),
    Waits.ANSWERED: _("Réponses à un refus"),
    Waits.REPORTED: _("Signalées"),
    Waits.UNREAD: _("Publiées sans lecture"),
    Shelf.AUTHOR: _("En attente de l’accord de leur auteur ou autrice"),
    Shelf.PUBLISHED: _("Publiées"),
    Shelf.REFUSED: _("Refusées"),
    Shelf.WITHDRAWN: _("Retirées"),
    Shelf.ALL: _("Toutes"),
}
"""Filters of the queue, in the order in which they are offered."""

TO_DO: dict[Waits, str] = {
    Waits.READ: _("à lire"),
    Waits.CORRECTED: _("corrigée, à relire"),
    Waits.COMPARE: _("à comparer à l’original"),
    Waits.ANSWERED: _("réponse à un refus"),
    Waits.REPORTED: _("signalée"),
    Waits.UNREAD: _("publiée sans lecture"),
}

DONE = {
    "publication": _("La contribution %(code)s est publiée."),
    "refus": _("La contribution %(code)s est refusée. La personne qui l’a envoyée lira le motif."),
    "maintien": _("La contribution %(code)s reste comme elle est. La décision est au registre."),
    "relecture": _("La contribution %(code)s est confirmée par une seconde personne."),
    "reponse": _("La réponse est publiée à côté de la contribution %(code)s."),
    "themes": _("Les thèmes de la contribution %(code)s sont enregistrés."),
    "rapprochement": _("La contribution %(code)s est rapprochée."),
    "separation": _("La contribution %(code)s est séparée des autres."),
    "regle": _("La règle de publication est enregistrée. Elle vaut pour ce qui arrive désormais."),
}
"""What was just done, by the code that the address carries."""

MEANWHILE = {
    "publish": _("Entre-temps, %(who)s a publié cette contribution (%(moment)s)."),
    "refuse": _("Entre-temps, %(who)s a refusé cette contribution (%(moment)s)."),
    "keep": _("Entre-temps, %(who)s a laissé cette contribution comme elle est (%(moment)s)."),
    "check": _("Entre-temps, %(who)s a confirmé cette contribution (%(moment)s)."),
    "reply": _("Entre-temps, %(who)s a publié une réponse à côté de cette contribution (%(moment)s)."),
    "receive": _("Entre-temps, cette contribution a été corrigée par son auteur ou son autrice (%(moment)s)."),
    "withdraw": _("Entre-temps, cette contribution a été retirée par son auteur ou son autrice (%(moment)s)."),
    "answer": _("Entre-temps, son auteur ou son autrice a répondu (%(moment)s)."),
    "notice": _("Entre-temps, cette contribution a été signalée (%(moment)s)."),
}
"""What somebody else did while a page was open."""
SERVICE = _("le service")

MODERATIONS = {
    Moderation.BEFORE: (
        _("Lire avant de publier"),
        # Law no. 82-652 of 29 July 1982, article 93-3: what was fixed before it was communicated.
        _(
            "Rien ne paraît sans qu’une personne du secrétariat l’ait lu. La directrice ou le directeur de la "
            "publication répond alors de chaque mot publié, comme dans un journal."
        ),
    ),
    Moderation.AFTER: (
        _("Publier, puis lire"),
        # The same article, last paragraph: personal contributions to a space identified as such.
        _(
            "Tout paraît dès son arrivée, si l’accord est donné. La directrice ou le directeur de la publication "
            "répond de ce qui est illicite à partir du moment où il ou elle le sait, et doit alors le retirer "
            "promptement. Une personne doit donc lire chaque jour ce qui a paru et les signalements."
        ),
    ),
}

LEGAL_REASONS: frozenset[str] = frozenset(reason.value for reason in Reason)
"""Reasons for which what is published can be taken out."""


def refusals_for(*, is_published: bool) -> list[Refusal]:
    """The reasons that may be given: what is published leaves only for one that the law knows."""
    return [reason for reason in Refusal if not is_published or reason.value in LEGAL_REASONS]


NOTICE_REASONS = [reason for reason in GROUNDS if reason not in (Reason.CONSENT, Reason.COURT)]
"""What anyone may report: consent is its author's to take back, and a court writes letters."""
