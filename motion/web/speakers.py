"""Who says something that somebody else types: chosen on the roster, or named.

Without script a text and a page of choices; the scribe's island sends the official's id at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from motion.rules import communes
from motion.rules.communes import Commune
from motion.rules.contributions import MAX_MANDATE, MAX_NAME, MAX_PLACE, Place, Words
from motion.rules.errors import Invalid, NotFound
from motion.rules.names import folded
from motion.web.forms import Form
from motion.web.typed_places import SeveralPlaces, typed_place
from storage import people, transcribed
from storage.models import Congress, ContributionVersion, Official
from storage.store import Session


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words they are. `official_id` when they are on the roster."""

    name: str
    mandate: str = ""
    place: Place | None = None
    is_official: bool = False
    official_id: int | None = None

    def says(self, text: str) -> Words:
        """These words, by this person."""
        return Words(self.name, text, self.is_official, self.mandate, self.place)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form leaves open: which of these people, or which of these communes. At most one of them is filled."""

    officials: Sequence[Official] = field(default=())
    communes: Sequence[Commune] = field(default=())
    more: bool = False  # officials beyond those that are listed


NOTHING = Asked()


def of_official(official: Official) -> Speaker:
    """An official, as the roster says."""
    place = None
    if official.territory:
        known = communes.communes().get(official.territory_code)
        place = Place(official.territory[:MAX_PLACE], known.code if known else "", known.department if known else "")
    name = people.full_name(official)[:MAX_NAME]
    return Speaker(name, official.mandate[:MAX_MANDATE], place, is_official=True, official_id=official.id)


def find(db: Session, congress: Congress, form: Form) -> tuple[Speaker | None, Asked, Invalid | None]:
    """Read who speaks from the fields `who`, `official`, `elsewhere`, `mandate`, `place`, `place_code`, `is_official`.

    Returns:
        The speaker; or None, with what is to be asked and what is wrong.
    """
    typed = " ".join(form.value("who").split())
    chosen = form.value("official")
    if form.value("elsewhere"):
        if not typed:
            return None, NOTHING, Invalid("who_speaks", "empty")
        try:
            place = typed_place(form.value("place"), form.value("place_code"))
        except SeveralPlaces as several:
            return None, Asked(communes=several.found), Invalid("place", "namesakes")
        is_official = bool(form.value("is_official"))
        return Speaker(typed, form.value("mandate"), place, is_official=is_official), NOTHING, None
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
        try:
            official = transcribed.member(db, congress, int(chosen))
        except NotFound:
            pass  # taken off the roster meanwhile: what was typed is looked for
        else:
            # A name that was changed since says that somebody else is meant.
            if all(word in official.folded for word in folded(typed).split()):
                return of_official(official), NOTHING, None
    if not typed:
        return None, NOTHING, Invalid("who_speaks", "empty")
    found = transcribed.matching(db, congress, typed)
    if len(found) == 1:
        return of_official(found[0]), NOTHING, None
    if not found:
        return None, NOTHING, Invalid("who_speaks", "nobody")
    listed = found[: transcribed.MOST_CHOICES]
    return None, Asked(officials=listed, more=len(found) > len(listed)), Invalid("who_speaks", "namesakes")


def values_of(words: ContributionVersion, official_id: int | None) -> dict[str, str]:
    """The fields of a form that shows who spoke."""
    values = {"who": words.author, "text": words.text}
    if official_id is not None:
        return values | {"official": str(official_id)}
    return values | {
        "elsewhere": "1",
        "mandate": words.mandate,
        "place": words.commune,
        "place_code": words.commune_code,
        "is_official": "1" if words.is_official else "",
    }
