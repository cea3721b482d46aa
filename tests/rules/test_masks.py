"""Rectangles as they are typed: what lies on the picture, or a reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rules.errors import Invalid
from motion.rules.masks import MAX_MASKS, Mask, typed_masks


def typed(number: int = 1, **sides: str) -> dict[str, str]:
    return {f"mask-{number}-{side}": value for side, value in sides.items()}


class TestRectangles:
    def test_are_read_as_people_write_numbers(self) -> None:
        """With a comma or a point; what is not typed is nought; one of which nothing is typed is none."""
        values = typed(2, left="10,5", width="20", height="5.25")
        assert typed_masks(values, 1) == [Mask(1, 10.5, 0, 20, 5.25)]
        assert typed_masks(typed(1, left=" ", top=""), 1) == []

    def test_end_at_the_edge(self) -> None:
        """What reaches beyond the picture hides up to its edge."""
        assert typed_masks(typed(left="90", top="50", width="100", height="100"), 1) == [Mask(1, 90, 50, 10, 50)]

    @pytest.mark.parametrize(
        "field, sides",
        [
            ("left", {"left": "-1", "width": "5", "height": "5"}),
            ("left", {"left": "NaN", "width": "5", "height": "5"}),
            ("width", {"left": "1", "width": "1e9", "height": "5"}),
            ("height", {"left": "1", "width": "5", "height": "beaucoup"}),
            ("width", {"left": "1", "height": "5"}),
            ("height", {"top": "100", "width": "5", "height": "5"}),
            ("picture", {"picture": "3", "width": "5", "height": "5"}),
            ("picture", {"picture": "-1", "width": "5", "height": "5"}),
        ],
    )
    def test_are_refused_by_their_field(self, field: str, sides: dict[str, str]) -> None:
        """So that the page can say which."""
        with pytest.raises(Invalid) as refused:
            typed_masks(typed(1, **sides), 2)
        assert refused.value.field == f"mask-1-{field}"


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(
            [f"mask-{n}-{side}" for n in (1, 6, 7) for side in ("picture", "left", "top", "width", "height")]
        ),
        st.text(max_size=8),
    )
)
def test_whatever_is_typed_lies_on_a_picture_or_is_refused(values: dict[str, str]) -> None:
    """Accepted within the picture, or refused with a documented error."""
    try:
        found = typed_masks(values, 2)
    except Invalid:
        return
    assert len(found) <= MAX_MASKS
    for mask in found:
        assert mask.picture in (1, 2) and mask.width > 0 and mask.height > 0
        assert 0 <= mask.left < 100 and 0 <= mask.top < 100
        assert mask.left + mask.width <= 100 and mask.top + mask.height <= 100
