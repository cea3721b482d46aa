"""On which ground what is kept sealed is handed to an authority: a closed list, as that of withdrawals.

The record then says that it was handed over, to whom and on what ground, and nothing of what it is. The grounds are an
engineer's reading of French law, to be reviewed by a lawyer before a congress relies on them: above all, whether an
inquiry that asks for secrecy allows the record to tell of it at once.
"""

from dataclasses import dataclass
from enum import StrEnum
from gettext import NullTranslations

from motion.rules.errors import Invalid

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_AUTHORITY = 200
"""Characters: the whole name of a court, with its town; an entry's field holds 300."""


class DisclosureGround(StrEnum):
    """What the authority relies on."""

    REQUISITION = "requisition"
    ROGATORY = "commission-rogatoire"
    COURT = "decision-judiciaire"


GROUNDS: dict[DisclosureGround, tuple[str, str]] = {
    DisclosureGround.REQUISITION: (
        _("Réquisition du parquet ou de la police judiciaire"),
        "Code de procédure pénale, art.\u00a060-1 et 77-1-1",
    ),
    DisclosureGround.ROGATORY: (
        _("Commission rogatoire d’une ou d’un juge d’instruction"),
        "Code de procédure pénale, art.\u00a099-3",
    ),
    DisclosureGround.COURT: (_("Décision de justice"), "Code de procédure civile, art.\u00a011, 138 et 145"),
}
"""Each ground in words, of the catalogue, and the texts relied on, which go into the record as they stand."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """To whom and on what ground, checked. `basis` is that of the ground."""

    authority: str
    ground: DisclosureGround
    basis: str


def disclose(authority: str, ground: str) -> Disclosed:
    """Read what a form sends.

    Raises:
        Invalid: `authority` that is empty or too long; a `ground` that is not of the list.
    """
    name = " ".join(authority.split())
    if not name:
        raise Invalid("authority", "empty")
    if len(name) > MAX_AUTHORITY:
        raise Invalid("authority", "too-long", str(MAX_AUTHORITY))
    if ground not in set(DisclosureGround):
        raise Invalid("ground", "none-chosen-one" if not ground else "unknown", ground[:40])
    one = DisclosureGround(ground)
    return Disclosed(name, one, GROUNDS[one][1])
