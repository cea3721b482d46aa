"""What the register's sentences say of contributions: channels, uses, reasons and files in words."""

from collections.abc import Mapping
from enum import StrEnum
from gettext import NullTranslations
from typing import TypeVar

from motion.record.entry import Entry
from motion.rules.contributions import FILES, REFUSALS, USES, Channel, FileKind, Refusal, Use
from motion.rules.redactions import GROUNDS, Reason
from motion.web.page import Page

_ = NullTranslations().gettext  # marks the sentences for the catalogues

Word = TypeVar("Word", bound=StrEnum)

BY_CHANNEL: dict[Channel, str] = {
    Channel.WEB: _("en ligne"),
    Channel.KIOSK: _("par la borne du congrès"),
    Channel.SPOKEN: _("à l’oral"),
    Channel.PAPER: _("sur papier"),
    Channel.MAIL: _("par courriel"),
    Channel.IMPORT: _("d’une autre collecte"),
}
NEW_VERSION = _("La contribution %(contribution)s est corrigée\u00a0: version %(version)s")
CONSENT_TAKEN_BACK = _("Un accord est retiré pour la contribution %(contribution)s\u00a0: %(what)s")
KEPT_AFTER_NOTICE = _(
    "%(who)s examine le signalement de la contribution %(contribution)s (%(what)s) et la laisse comme elle est"
)
UNSORTED = _("%(who)s retire la contribution %(contribution)s du thème %(theme)s")
PARTED = _("%(who)s sépare les contributions %(contribution)s et %(with)s")
THEME_GIVEN_UP = _("%(who)s abandonne le thème %(theme)s")
MODERATED = {
    "before": _("lecture avant la publication"),
    "after": _("lecture après la publication"),
}
SHOWN = {
    "video-720": _("vidéo"),
    "video-360": _("vidéo légère"),
    "sound": _("son"),
    "poster": _("image de la vidéo"),
    "waveform": _("forme du son"),
    "photo": _("photo ou dessin"),
    "page": _("page numérisée"),
    "document": _("document"),
}


def said(page: Page, entry: Entry, values: dict[str, object]) -> str | None:
    """Fill in what the sentence of an entry about contributions needs; return another sentence where one fits better.

    Returns:
        None where the sentence of its kind is right.
    """
    body = entry.body
    match entry.kind:
        case "collection.rules":
            values["how"] = page._(MODERATED.get(body["moderation"], body["moderation"]))
        case "contribution.receive":
            values["how"] = _known(page, BY_CHANNEL, Channel, body["channel"])
            return NEW_VERSION if body["version"] > 1 else None
        case "contribution.file":
            values["what"] = _known(page, FILES, FileKind, body["media"])
        case "contribution.show":
            values["what"] = page._(SHOWN.get(body["role"], body["role"]))
        case "contribution.consent":
            values["what"] = page.times.names(_known(page, USES, Use, use) for use in body["uses"])
            return None if body["given"] else CONSENT_TAKEN_BACK
        case "contribution.refuse":
            known = body["reason"] in set(Refusal)
            values["what"] = page._(REFUSALS[Refusal(body["reason"])].said).lower() if known else body["reason"]
        case "contribution.notice" | "contribution.keep" if "reason" in body:
            known = body["reason"] in set(Reason)
            values["what"] = page._(GROUNDS[Reason(body["reason"])].said).lower() if known else body["reason"]
            return KEPT_AFTER_NOTICE if entry.kind == "contribution.keep" else None
        case "contribution.sort" if not body["held"]:
            return UNSORTED
        case "contribution.group" if not body["held"]:
            return PARTED
        case "theme.change":
            values.setdefault("name", body["theme"])
            return None if body["held"] else THEME_GIVEN_UP
        case _:
            pass
    return None


def _known(page: Page, words: Mapping[Word, str], kinds: type[Word], word: str) -> str:
    """The word's French, or the code itself: a record of a later version may have others."""
    return page._(words[kinds(word)]) if word in set(kinds) else word
