"""What people say to the congress: channels, words and their form, consent, decisions. Closed lists and limits.

A contribution is *received* by a channel, then *published* or *refused*; its author can take it back. What it says has
versions: a correction is a new one, and the old one stays readable. Files come with it: photos, recordings, documents.
"""

import json
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from gettext import NullTranslations

from motion.rules.errors import Invalid
from motion.rules.redactions import GROUNDS, Ground

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_NAME = 100
MAX_MANDATE = 120
MAX_PLACE = 120
MAX_TITLE = 150
MAX_TEXT = 12_000  # characters: four pages; at most 20 kB of French, which a Markdown reader takes in milliseconds
MAX_MESSAGE = 4_000
MAX_FILES = 10

_CONTROL = re.compile(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_COMMUNE = re.compile(r"[0-9][0-9AB][0-9]{3}")


class Channel(StrEnum):
    """How something came to the congress."""

    WEB = "web"
    KIOSK = "kiosk"
    SPOKEN = "spoken"
    PAPER = "paper"
    MAIL = "mail"
    IMPORT = "import"


class ContributionState(StrEnum):
    """What may happen to a contribution.

    `AWAITED`: its author has yet to agree (a message by mail), or a second person to compare it (a paper form).
    """

    AWAITED = "awaited"
    RECEIVED = "received"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Moderation(StrEnum):
    """When a congress reads what it receives."""

    BEFORE = "before"
    AFTER = "after"


class FileKind(StrEnum):
    """What a file is to people."""

    PHOTO = "photo"
    SOUND = "sound"
    VIDEO = "video"
    DOCUMENT = "document"


class Use(StrEnum):
    """What an author agrees to."""

    PUBLISH = "publish"
    QUOTE = "quote"
    ARCHIVE = "archive"


class ConsentWay(StrEnum):
    """How an author agreed."""

    ONLINE = "online"
    SPOKEN = "spoken"
    SIGNED = "signed"
    MAIL = "mail"


class Refusal(StrEnum):
    """Why a contribution is not published: closed, for free words could name the person whom a decision protects."""

    OFF_TOPIC = "hors-sujet"
    DUPLICATE = "doublon"
    UNREADABLE = "illisible"
    NO_CONSENT = "sans-consentement"
    MINOR = "mineur"
    IMAGE = "droit-image"
    PRIVACY = "vie-privee"
    DEFAMATION = "diffamation"
    INSULT = "injure"
    HATRED = "haine"
    COUNTERFEIT = "contrefacon"
    SPAM = "spam"


_RULES = "Règlement de la collecte du congrès"
_REMEDY = (
    "Réponse de l’auteur ou de l’autrice depuis son adresse de suivi\u202f; le secrétariat réexamine et répond "
    "avec ses motifs"
)

REFUSALS: dict[Refusal, Ground] = {
    Refusal.OFF_TOPIC: Ground(_("Sans rapport avec l’objet du congrès"), _RULES, _REMEDY),
    Refusal.DUPLICATE: Ground(_("Déjà reçue de la même personne"), _RULES, _REMEDY),
    Refusal.UNREADABLE: Ground(_("Illisible ou inaudible"), _RULES, _REMEDY),
    Refusal.NO_CONSENT: Ground(
        _("Accord de publication absent"), "RGPD (règlement (UE) 2016/679), art.\u00a09, §\u00a02, a", _REMEDY
    ),
} | {Refusal(reason.value): ground for reason, ground in GROUNDS.items() if reason.value in set(Refusal)}

CHANNELS: dict[Channel, str] = {
    Channel.WEB: _("En ligne"),
    Channel.KIOSK: _("Borne du congrès"),
    Channel.SPOKEN: _("À l’oral"),
    Channel.PAPER: _("Sur papier"),
    Channel.MAIL: _("Par courriel"),
    Channel.IMPORT: _("Recueillie ailleurs"),
}
STATES: dict[ContributionState, str] = {
    ContributionState.AWAITED: _("En attente de confirmation"),
    ContributionState.RECEIVED: _("Reçue, en cours d’examen"),
    ContributionState.PUBLISHED: _("Publiée"),
    ContributionState.REFUSED: _("Refusée"),
    ContributionState.WITHDRAWN: _("Retirée"),
}
FILES: dict[FileKind, str] = {
    FileKind.PHOTO: _("photo ou dessin"),
    FileKind.SOUND: _("enregistrement sonore"),
    FileKind.VIDEO: _("vidéo"),
    FileKind.DOCUMENT: _("document"),
}
USES: dict[Use, str] = {
    Use.PUBLISH: _("publication"),
    Use.QUOTE: _("citation"),
    Use.ARCHIVE: _("archivage"),
}

CONSENT_VERSION = 1
CONSENT: dict[Use, str] = {
    Use.PUBLISH: _(
        "J’accepte que ma contribution soit publiée sur ce site, avec le nom ou le pseudonyme et la commune que "
        "j’indique. Elle peut révéler mes opinions politiques\u00a0: je le sais et je l’accepte."
    ),
    Use.QUOTE: _("J’accepte que ma contribution soit citée dans les travaux du congrès, avec ce nom."),
    Use.ARCHIVE: _("J’accepte que ma contribution soit conservée dans les archives du congrès après sa clôture."),
}
"""What one agrees to, in plain words: version 1. Whoever changes a word of it gives it the next number."""

ADULT = _("J’ai dix-huit ans ou plus, et aucune personne mineure n’apparaît dans ce que j’envoie.")


def consent_words() -> str:
    """The words of consent as one French text, to be committed to."""
    return "\n".join([*(CONSENT[use] for use in Use), ADULT]) + "\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody speaks from. `code` and `department` are official codes, of a commune on the list; else empty."""

    name: str
    code: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says, with the name and place that they give: the content of the object of a version."""

    name: str
    text: str
    is_official: bool = False
    mandate: str = ""
    place: Place | None = None
    title: str = ""
    language: str = "fr"

    def content(self) -> bytes:
        """The canonical bytes (`FORMAT.md`, "Words of a contribution")."""
        author: dict[str, object] = {"name": self.name, "official": self.is_official}
        if self.mandate:
            author["mandate"] = self.mandate
        if self.place is not None:
            place = {"name": self.place.name, "code": self.place.code, "department": self.place.department}
            author["place"] = {key: value for key, value in place.items() if value}
        said: dict[str, object] = {"author": author, "language": self.language, "text": self.text}
        if self.title:
            said["title"] = self.title
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_words(content: bytes) -> Words:
    """The words of an object that this service has made."""
    said = json.loads(content)
    author = said["author"]
    place = author.get("place")
    return Words(
        name=author["name"],
        text=said["text"],
        is_official=author["official"],
        mandate=author.get("mandate", ""),
        place=None if place is None else Place(place["name"], place.get("code", ""), place.get("department", "")),
        title=said.get("title", ""),
        language=said["language"],
    )


def checked(words: Words, *, files: int = 0) -> Words:
    """The same words, cleaned: Unicode composed, ends of lines made one, blanks at both ends gone.

    Args:
        files: How many files come with them: a recording needs no words.

    Raises:
        Invalid: The first field that can't be taken: `name`, `mandate`, `place`, `title`, `text`, `language`.
    """
    cleaned = replace(
        words,
        name=_line("name", words.name, MAX_NAME),
        mandate=_line("mandate", words.mandate, MAX_MANDATE),
        title=_line("title", words.title, MAX_TITLE),
        text=_lines("text", words.text, MAX_TEXT),
        place=words.place and replace(words.place, name=_line("place", words.place.name, MAX_PLACE)),
    )
    if not cleaned.name:
        raise Invalid("name", "empty")
    if not cleaned.text and not files:
        raise Invalid("text", "empty")
    if cleaned.place is not None and (not cleaned.place.name or not _is_coded(cleaned.place)):
        raise Invalid("place", "unknown", cleaned.place.code or cleaned.place.name)
    if not _LANGUAGE.fullmatch(cleaned.language):
        raise Invalid("language", "unknown", cleaned.language[:40])
    return cleaned


def checked_message(field: str, message: str) -> str:
    """A message between the secretariat and an author, cleaned.

    Raises:
        Invalid: Empty, too long, or with characters that deceive the eye.
    """
    cleaned = _lines(field, message, MAX_MESSAGE)
    if not cleaned:
        raise Invalid(field, "empty")
    return cleaned


def checked_name(name: str) -> str:
    """The name of who replies or reports, cleaned, on one line.

    Raises:
        Invalid: `author` is empty, too long, or has characters that deceive the eye.
    """
    cleaned = _line("author", name, MAX_NAME)
    if not cleaned:
        raise Invalid("author", "empty")
    return cleaned


def checked_uses(uses: Collection[str]) -> tuple[Use, ...]:
    """What an author agrees to, in the order of the list: without publication nothing can be received.

    Raises:
        Invalid: A word that is not on the list, or no consent to publication.
    """
    for use in uses:
        if use not in set(Use):
            raise Invalid("uses", "unknown", use[:40])
    if Use.PUBLISH not in uses:
        raise Invalid("publish", "empty")
    return tuple(use for use in Use if use in uses)


def _is_coded(place: Place) -> bool:
    return not place.code or _COMMUNE.fullmatch(place.code) is not None


def _line(field: str, value: str, most: int) -> str:
    return _lines(field, re.sub(r"[ \t\r\n]+", " ", value), most)  # a no-break space stays one


def _lines(field: str, value: str, most: int) -> str:
    cleaned = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    cleaned = cleaned.strip()
    if len(cleaned) > most:
        raise Invalid(field, "too-long", str(most))
    if _CONTROL.search(cleaned.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ")):
        raise Invalid(field, "characters")
    return cleaned
