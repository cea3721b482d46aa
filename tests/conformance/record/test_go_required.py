"""Go's verifier is skipped where it cannot be had, and demanded where it could."""

import pytest

from tests.conformance.record import conftest

SKIPPED = pytest.skip.Exception  # what `require_go` does where Go cannot be had; this file skips nothing
FAILED = pytest.fail.Exception


@pytest.mark.parametrize(
    ("ci", "installable", "outcome"),
    [
        ("", True, SKIPPED),
        ("", False, SKIPPED),
        ("true", False, SKIPPED),
        ("true", True, FAILED),
    ],
)
def test_what_is_missing_is_said_or_demanded(
    monkeypatch: pytest.MonkeyPatch, ci: str, installable: bool, outcome: type[BaseException]
) -> None:
    """With its reason, both ways."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(conftest, "can_install", lambda: installable)
    monkeypatch.setattr(conftest, "install", lambda: "apt-get install failed: no route to host")
    with pytest.raises(outcome, match="no route to host"):
        conftest.require_go()


def test_what_is_there_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI as anywhere."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(conftest, "install", lambda: "")
    conftest.require_go()
