"""Reading a form and saying what is wrong with it: at the top in a list, and beside each field."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from gettext import NullTranslations

from starlette.datastructures import UploadFile
from starlette.requests import Request

from motion.rules.errors import Invalid
from motion.web import words
from motion.web.page import Page

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_FIELDS = 60
MAX_FIELD_CHARACTERS = 4_000
MAX_DIGITS = 9  # what a column of integers holds on PostgreSQL

FIELDS = words.FIELDS | {
    "family_name": _("nom"),
    "first_names": _("prénoms"),
    "gender": _("genre"),
    "mandate": _("mandat"),
    "territory": _("territoire"),
    "secretary_name": _("votre nom"),
    "decision": _("votre choix"),
    "files": _("fichiers"),
    "who_speaks": _("qui parle"),
    "publish": _("accord"),
    "hour": _("heure"),
    "sheet": _("numéro de la fiche"),
    "scan": _("images de la fiche"),
    "adult": _("âge"),
    **{
        f"mask-{number}-{side}": _("partie à cacher")
        for number in range(1, 7)
        for side in ("picture", "left", "top", "width", "height")
    },
    "numero": _("numéro de la fiche"),
    "count": _("nombre de fiches"),
    "phone": _("téléphone"),
    "post": _("adresse postale"),
}
REASONS = words.REASONS | {
    "fixed": _("l’adresse d’un congrès ne change jamais"),
    "characters": _("il contient un caractère interdit"),
    "hour": _("ce n’est pas une heure (%(value)s)"),
    "missing-file": _("aucun fichier n’est choisi"),
    "empty-file": _("ce fichier est vide (%(value)s)"),
    "shared": _("cette adresse appartient déjà à %(value)s"),
    "unchanged": _("rien n’y a changé"),
    "too-many": _("il y en a déjà %(value)s, et c’est le plus qu’une contribution peut avoir"),
    "too-large-document": _("un document a au plus %(value)s Mo"),
    "kind-svg": _("un dessin au format SVG peut contenir un programme. Enregistrez-le en PNG ou en PDF"),
    "kind-html": _("une page web peut contenir un programme. Enregistrez-la en PDF"),
    "kind-program": _("c’est un programme"),
    "kind-archive": _("c’est une archive. Envoyez un à un les fichiers qu’elle contient"),
    "kind-old-office": _("ce format ancien ne se lit pas ici. Enregistrez le document en PDF, ODT ou DOCX"),
    "kind-unknown": _(
        "ce n’est ni une photo, ni un enregistrement, ni une vidéo, ni un document PDF, ODT ou DOCX, ou il est abîmé"
    ),
    "nobody": _("personne de ce nom n’est sur la liste"),
    "namesakes": _("plusieurs réponses sont possibles, choisissez"),
    "too-small": _("le nombre est trop petit (au moins %(value)s)"),
    "no-adult": _("sans cette case cochée, la fiche ne peut pas être reçue"),
    "percent": _("ce n’est pas un nombre de 0 à 100 (%(value)s)"),
    "empty-part": _("ce rectangle est vide"),
    "not-printed": _("aucune fiche imprimée ne porte ce numéro (%(value)s)"),
    "typed": _("cette fiche est déjà saisie (%(value)s)"),
    "scan-kind": _("il faut une photo ou un PDF"),
    "too-many-scans": _("il y a trop d’images (au plus %(value)s)"),
    "too-many-sides": _("ce PDF a trop de pages (au plus %(value)s)"),
    "no-consent": _("sans accord de publication, rien ne peut être reçu"),
}


@dataclass(slots=True)
class Form:
    """What was sent, as text, and what is wrong with it. Handed to templates as `form`."""

    values: Mapping[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)  # the codes of `faults`, for forms that offer a way out

    def value(self, name: str, default: str = "") -> str:
        """What was typed, to be shown again."""
        return self.values.get(name, default)

    def fault(self, name: str) -> str:
        """The sentence beside a field, or nothing."""
        return self.faults.get(name, "")

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every fault, for the list at the top: the field's id and the sentence."""
        return list(self.faults.items())

    def refuse(self, page: Page, error: Invalid) -> "Form":
        """Add what an act refused, in the page's language."""
        name = page._(FIELDS.get(error.field, error.field))
        reason = page._(REASONS.get(error.reason, error.reason)) % {"value": error.value}
        colon = "\u00a0:" if page.language.code == "fr" else ":"
        self.reasons[error.field] = error.reason
        self.faults[error.field] = f"{name[:1].upper()}{name[1:]}{colon} {reason}."
        return self

    def integer(self, name: str, *, most: int = 10**MAX_DIGITS - 1) -> int:
        """Read a whole number.

        Args:
            most: The limit to name when the number has too many digits to be read; a smaller one is not held to it.

        Raises:
            Invalid: It is none, or has too many digits.
        """
        typed = "".join(self.value(name).split())
        if not typed:
            raise Invalid(name, "empty")
        if len(typed) > MAX_DIGITS:
            if typed.isdecimal():
                raise Invalid(name, "too-large", str(most))
            raise Invalid(name, "number", typed[:40])
        try:
            return int(typed)
        except ValueError as error:
            raise Invalid(name, "number", typed[:40]) from error


async def read_form(request: Request, *, most: int = MAX_FIELD_CHARACTERS) -> Form:
    """Read a form without files; what is longer than `most` characters is cut, far above any field's own limit."""
    sent = await request.form(max_fields=MAX_FIELDS, max_files=0)
    return Form({name: _typed(value, most) for name, value in sent.multi_items()})


def _typed(value: UploadFile | str, most: int = MAX_FIELD_CHARACTERS) -> str:
    """A field's text; PostgreSQL keeps no NUL, which nobody types."""
    return str(value)[:most].replace("\0", "\ufffd")


@asynccontextmanager
async def uploading(request: Request, name: str) -> AsyncIterator[tuple[Form, UploadFile | None]]:
    """Read a form with one file: its fields, and the file (None when none was chosen), on disk beyond a megabyte."""
    fields, file = {}, None
    async with request.form(max_fields=MAX_FIELDS, max_files=1) as sent:
        for key, value in sent.multi_items():
            if isinstance(value, UploadFile):
                if key == name and (value.filename or value.size):
                    file = value  # an empty one too: it was chosen, and its sender is told
            else:
                fields[key] = _typed(value)
        yield Form(fields), file


def name_of(file: UploadFile) -> str:
    """The file's name, as its sender's device says it; shown, and looked at for its ending."""
    return _typed(file.filename or "")[:200]


async def read_upload(request: Request, name: str) -> tuple[Form, str, bytes]:
    """Read a form with one small file: its fields, the file's name (empty when none was chosen), its content."""
    async with uploading(request, name) as (form, file):
        return (form, name_of(file) or "?", await file.read()) if file is not None else (form, "", b"")
