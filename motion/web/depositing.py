"""What somebody has typed so far of a contribution, as the form has it: kept as typed, checked where it is shown.

The steps of the form, a kiosk and the author's own page use it. What may be said: `motion.rules.contributions`.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from gettext import NullTranslations

from motion.rules import communes, contributions
from motion.rules.contributions import ADULT, CONSENT, Place, Use, Words
from motion.rules.errors import Invalid
from motion.rules.names import folded
from motion.web.forms import Form
from motion.web.page import Page

_ = NullTranslations().gettext  # marks the sentences for the catalogues

MAX_TYPED = 40_000  # characters of a field that are kept, far beyond what is taken: what is too long is not lost
OFFERED = 8  # communes to choose from
FREE = "libre"
NEEDED = _("Cochez cette case\u00a0: sans cet accord, la loi ne nous permet pas de recevoir votre contribution.")
NOT_ADULT = _("Cochez cette case si c’est le cas. Sinon, cette version de la collecte ne peut pas vous entendre.")
MISSING = {
    "name": _("Écrivez votre nom, ou un pseudonyme : il paraîtra avec votre contribution."),
    "text": _("Écrivez ce que vous voulez dire, ou ajoutez un enregistrement, une photo ou un document."),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of the form, as typed.

    Attributes:
        key: Of the draft: what is sent again with the same one is received once.
        official: `oui`, `non`, or empty.
        chosen: Which place `place` names: `c:` and an official code, `t:` and a place of the roster, `libre`, or empty.
        supports: Number of the contribution that this one supports; 0 without.
        descriptions: Of photos, by the address of their upload.
        kinds: What each file is (`motion.rules.file_kinds`), by the address of its upload.
        last_key, last_number: Of what was sent last.
    """

    key: str = ""
    title: str = ""
    text: str = ""
    name: str = ""
    official: str = ""
    mandate: str = ""
    place: str = ""
    chosen: str = ""
    email: str = ""
    uses: tuple[str, ...] = ()
    is_adult: bool = False
    supports: int = 0
    descriptions: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)
    last_key: str = ""
    last_number: int = 0

    @property
    def is_begun(self) -> bool:
        """Whether anything was typed."""
        return bool(self.text or self.title or self.name or self.place or self.email or self.kinds)

    def dumped(self) -> str:
        """For the row of the draft."""
        return json.dumps(asdict(replace(self, key=self.key or secrets.token_hex(16))), ensure_ascii=False)


def read_answers(row: str | None) -> Answers:
    """The answers of a draft's row; none of them without a row."""
    said = json.loads(row or "{}")
    known = {one.name for one in fields(Answers)}
    said = {name: value for name, value in said.items() if name in known}
    said["uses"] = tuple(said.get("uses", ()))
    said["kinds"] = {name: tuple(kind) for name, kind in said.get("kinds", {}).items()}
    return Answers(**said)


def words_of(answers: Answers, language: str = "fr") -> Words:
    """What would be received, unchecked."""
    is_official = answers.official == "oui"
    return Words(
        name=answers.name,
        text=answers.text,
        is_official=is_official,
        mandate=answers.mandate if is_official else "",
        place=place_of(answers.place, answers.chosen),
        title=answers.title,
        language=language,
    )


def place_of(typed: str, chosen: str) -> Place | None:
    """The place that was typed and chosen: with its official codes, when it is on the list."""
    kind, _colon, value = chosen.partition(":")
    commune = communes.communes().get(value) if kind == "c" else None
    if commune is not None:
        return Place(commune.name, commune.code, commune.department)
    if kind == "t" and value:
        return Place(value)
    typed = " ".join(typed.split())
    return Place(typed) if typed else None


def places(typed: str, territories: Sequence[str]) -> list[tuple[str, str]]:
    """What may be meant by a place: the value of `Answers.chosen`, and words that tell one from another.

    Territories of the congress's roster come first.
    """
    wanted = folded(typed)
    if not wanted:
        return []
    found = [(f"t:{one}", one) for one in territories if folded(one) == wanted]
    names = communes.departments()
    listed = communes.named(typed) or communes.find(typed, OFFERED)
    for commune in listed[: OFFERED - len(found)]:
        department = names.get(commune.department, "")
        found.append((f"c:{commune.code}", f"{commune.name} ({commune.department}, {department})"))
    return found


def settled(typed: str, offered: Sequence[tuple[str, str]]) -> str:
    """The one place that is surely meant: the only one of this very name, or none on any list; else empty."""
    if not offered:
        return FREE if typed.strip() else ""
    if len(offered) > 1:
        return ""
    value, _label = offered[0]
    place = place_of(typed, value)
    return value if place is not None and folded(place.name) == folded(typed) else ""


def consent_faults(page: Page, form: Form, uses: Sequence[str], *, is_adult: bool) -> None:
    """Say what of the consent is missing, in the form."""
    if Use.PUBLISH not in uses:
        form.faults["publish"] = page._(NEEDED)
    if not is_adult:
        form.faults["adult"] = page._(NOT_ADULT)


def consent_of(page: Page) -> list[tuple[str, str]]:
    """What one may agree to: word and sentence, then that one is of age."""
    return [*((use.value, page._(CONSENT[use])) for use in Use), ("adult", page._(ADULT))]


def check_words(page: Page, form: Form, words: Words, files: int = 0) -> bool:
    """Check words, and say in the form what is wrong with them; return whether nothing is."""
    try:
        contributions.checked(words, files=files)
    except Invalid as error:
        form.refuse(page, error)
        if error.reason == "empty" and error.field in MISSING:
            form.faults[error.field] = page._(MISSING[error.field])
    return not form.faults
