"""Go's verifier is skipped where it cannot be had, and demanded where it could."""

import pytest

from tests.conformance.record import conftest


@pytest.mark.parametrize(
    ("ci", "installable", "outcome"),
    [
        ("", True, pytest.skip.Exception),
        ("", False, pytest.skip.Exception),
        ("true", False, pytest.skip.Exception),
        ("true", True, pytest.fail.Exception),
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
