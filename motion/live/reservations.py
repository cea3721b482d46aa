"""Client ids that were announced and have not written yet: kept for who announced them first. Pure.

A caret shows its client id to everyone in the room before its owner has typed a letter. Until then the id is bound to
nobody, and whoever wrote under it first would own it: the owner's own first words would be refused.
"""

from dataclasses import dataclass

RESERVED_S = 600.0
"""So long after its caret was last announced: whoever reads on for longer draws another id when refused."""

IDS_PER_OFFICIAL = 8
"""One for each open editor; of more, those announced longest ago are let go."""

MAX_IDS = 4_000
"""Of one room; beyond it the oldest are let go."""


@dataclass(frozen=True, slots=True)
class _Reserved:
    official: int
    until: float


class Reservations:
    """The reserved ids of one room. Time is given in seconds of any rising clock."""

    def __init__(self) -> None:
        self._ids: dict[int, _Reserved] = {}  # announced longest ago first

    def announce(self, client: int, official: int, now: float) -> None:
        """Keep an unbound id for an official, unless another has it."""
        known = self._ids.get(client)
        if known is not None and known.official != official and known.until > now:
            return
        self._ids.pop(client, None)
        own = [each for each, reserved in self._ids.items() if reserved.official == official]
        for each in own[: max(0, len(own) - IDS_PER_OFFICIAL + 1)]:
            del self._ids[each]
        self._ids[client] = _Reserved(official, now + RESERVED_S)
        if len(self._ids) > MAX_IDS:
            del self._ids[next(iter(self._ids))]

    def is_for_another(self, client: int, official: int, now: float) -> bool:
        """Whether somebody else has announced this id. Another session of the same official may use it."""
        known = self._ids.get(client)
        return known is not None and known.official != official and known.until > now
