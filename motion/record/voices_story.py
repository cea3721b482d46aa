"""What entries about contributions say together: received before published, published as received, never after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .flaws import Flaw


@dataclass(slots=True)
class _Contribution:
    versions: list[tuple[str, int, str]] = field(default_factory=list)  # commitment, length, who received it
    files: int = 0
    withdrawn: bool = False


class VoicesStory:
    """What an entry must know of the contributions before it. One owner: a ``Story``."""

    def __init__(self) -> None:
        self._contributions: dict[str, _Contribution] = {}
        self._themes: dict[str, bool] = {}  # whether used now
        self._sheets = 0  # the last number printed

    def tell(self, kind: str, body: Mapping[str, Any], by: str) -> Flaw | None:
        """Take the next entry; say why it cannot be, if so. Entries of other kinds are none of its business."""
        match kind:
            case "theme.change":
                self._themes[body["theme"]] = body["held"]
                return None
            case "sheet.print":
                if body["first"] != self._sheets + 1 or body["last"] < body["first"]:
                    return Flaw.SHEETS
                self._sheets = body["last"]
                return None
            case "contribution.import":
                return None
            case "contribution.receive":
                return self._receive(body, by)
        if not kind.startswith("contribution."):
            return None
        contribution = self._contributions.get(body["contribution"])
        return Flaw.CONTRIBUTION if contribution is None else self._tell_of(contribution, kind, body, by)

    def _receive(self, body: Mapping[str, Any], by: str) -> Flaw | None:
        known = self._contributions.get(body["contribution"])
        contribution = known or _Contribution()
        if contribution.withdrawn or body["version"] != len(contribution.versions) + 1:
            return Flaw.CONTRIBUTION
        if body.get("supports", body["contribution"]) not in (*self._contributions, body["contribution"]):
            return Flaw.CONTRIBUTION
        if body.get("sheet", 0) > self._sheets:
            return Flaw.SHEETS
        contribution.versions.append((body["c"], body["len"], by))
        self._contributions[body["contribution"]] = contribution
        return None

    def _tell_of(self, contribution: _Contribution, kind: str, body: Mapping[str, Any], by: str) -> Flaw | None:
        match kind:
            case "contribution.file":
                if contribution.withdrawn or body["file"] != contribution.files + 1:
                    return Flaw.CONTRIBUTION
                contribution.files += 1
            case "contribution.publish":
                if contribution.withdrawn or not 0 < body["version"] <= len(contribution.versions):
                    return Flaw.CONTRIBUTION
                if contribution.versions[body["version"] - 1][:2] != (body["c"], body["len"]):
                    return Flaw.PUBLISHED_OTHER
            case "contribution.show" | "contribution.captions":
                if contribution.withdrawn or not 0 < body["file"] <= contribution.files:
                    return Flaw.CONTRIBUTION
            case "contribution.check":
                if not 0 < body["version"] <= len(contribution.versions):
                    return Flaw.CONTRIBUTION
                if contribution.versions[body["version"] - 1][2] == by:
                    return Flaw.CHECKED_ALONE
            case "contribution.withdraw":
                if contribution.withdrawn:
                    return Flaw.CONTRIBUTION
                contribution.withdrawn = True
            case "contribution.sort":
                if body["held"] and not self._themes.get(body["theme"]):
                    return Flaw.CONTRIBUTION
            case "contribution.group":
                if body["with"] not in self._contributions or body["with"] == body["contribution"]:
                    return Flaw.CONTRIBUTION
        return None
