"""Parts of a picture that are hidden before it is published: an address, a signature. Rectangles in percent of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from motion.rules.errors import Invalid

MAX_MASKS = 6
"""Of one form, which has one signature and seldom anything else."""


@dataclass(frozen=True, slots=True)
class Mask:
    """A rectangle of one of the pictures: from the left and from the top, in percent of the picture's sides.

    Attributes:
        picture: Which one, from 1.
    """

    picture: int
    left: float
    top: float
    width: float
    height: float


def typed_masks(values: Mapping[str, str], pictures: int) -> list[Mask]:
    """Read the rectangles of a form: fields `mask-1-picture`, `mask-1-left`, `-top`, `-width`, `-height`, and so on.

    A rectangle of which nothing is typed is none; one that reaches beyond the picture ends at its edge.

    Raises:
        Invalid: `mask-N-left` and so on: what is typed is no number from 0 to 100, or the rectangle is empty.
    """
    found = []
    for number in range(1, MAX_MASKS + 1):
        sides = {side: values.get(f"mask-{number}-{side}", "").strip() for side in ("left", "top", "width", "height")}
        if not any(sides.values()):
            continue
        left, top, width, height = (_percent(f"mask-{number}-{side}", typed) for side, typed in sides.items())
        for side, length, start in (("width", width, left), ("height", height, top)):
            if not length or start >= 100:
                raise Invalid(f"mask-{number}-{side}", "empty-part")
        chosen = values.get(f"mask-{number}-picture", "1")
        picture = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 3 else 0
        if not 1 <= picture <= pictures:
            raise Invalid(f"mask-{number}-picture", "unknown", chosen[:10])
        found.append(Mask(picture, left, top, min(width, 100 - left), min(height, 100 - top)))
    return found


def _percent(field: str, typed: str) -> float:
    try:
        number = Decimal(typed.replace(",", ".") or "0")
    except InvalidOperation:
        raise Invalid(field, "percent", typed[:20]) from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise Invalid(field, "percent", typed[:20])
    return float(number)
