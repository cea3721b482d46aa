"""What a writer reads when a text is closed to them."""

import pytest

from motion.language import LANGUAGES
from motion.live import sentences
from motion.rules.vocabulary import FINAL, MotionState, Phase


class TestClosed:
    """Why nobody writes: the motion's own state before the congress's phase."""

    @pytest.mark.parametrize("phase", list(Phase))
    @pytest.mark.parametrize("state", sorted(FINAL))
    def test_a_final_motion_says_what_became_of_it(self, phase: Phase, state: MotionState) -> None:
        """In every phase, in both languages, each in its own words."""
        assert sentences.why_closed(phase, state) == state
        said = {(code, each): sentences.state(each, code) for code in LANGUAGES for each in FINAL}
        assert all(said.values()) and len(set(said.values())) == len(said)

    @pytest.mark.parametrize("state", list(MotionState))
    def test_an_open_text_is_open_in_the_drafting_phase_alone(self, state: MotionState) -> None:
        """Nothing else is."""
        is_open = {phase for phase in Phase if sentences.why_closed(phase, state) == ""}
        assert is_open == ({Phase.DRAFTING} if state is MotionState.DRAFTING else set())
