"""The closed lists of redactions."""

from datetime import date, timedelta

import pytest

from motion.record.kinds import kind_named
from motion.rules.errors import Invalid
from motion.rules.redactions import ASKERS, GROUNDS, KEPT_DAYS, KINDS, Asker, Reason, RedactionKind, decide

TODAY = date(2031, 11, 15)


class TestLists:
    """Each word has its French, and fits in the record."""

    def test_every_word_is_said(self) -> None:
        """On the pages."""
        assert set(GROUNDS) == set(Reason) and set(ASKERS) == set(Asker) and set(KINDS) == set(RedactionKind)

    @pytest.mark.parametrize("reason", Reason)
    @pytest.mark.parametrize("who", Asker)
    def test_every_ground_can_be_written_down(self, reason: Reason, who: Asker) -> None:
        """One line, below 300 characters, of the form that the record asks for."""
        ground = GROUNDS[reason]
        body = {
            "basis": ground.basis,
            "decision": "d-1",
            "kind": RedactionKind.RETRAIT.value,
            "reason": reason.value,
            "remedy": ground.remedy,
            "skel": True,
            "target": 12,
            "until": "2032-11-15",
            "who": who.value,
        }
        kind_named("redaction").check(body)


class TestDecide:
    """What a form sends, read."""

    def test_a_withdrawal_is_kept_a_year_by_default(self) -> None:
        """As long as the longest action of the law of 1881 that a court would want it for."""
        assert decide("retrait", "injure", "auteur", None, today=TODAY).until == TODAY + timedelta(days=KEPT_DAYS)

    def test_an_erasure_is_not_kept(self) -> None:
        """Whatever day was typed."""
        assert decide("effacement", "injure", "auteur", date(2032, 1, 1), today=TODAY).until is None

    @pytest.mark.parametrize(
        ("values", "field", "reason"),
        [
            (("", "injure", "auteur", None), "kind", "none-chosen-one"),
            (("retrait", "Injure", "auteur", None), "reason", "unknown"),
            (("retrait", "injure", "moi", None), "who", "unknown"),
            (("retrait", "injure", "auteur", TODAY), "until", "day"),
            (("retrait", "injure", "auteur", date(2040, 1, 1)), "until", "day"),
        ],
    )
    def test_everything_else_is_refused(
        self, values: tuple[str, str, str, date | None], field: str, reason: str
    ) -> None:
        """With the field that is wrong."""
        with pytest.raises(Invalid) as refused:
            decide(*values, today=TODAY)
        assert (refused.value.field, refused.value.reason) == (field, reason)
