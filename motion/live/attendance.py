"""Which officials are connected to a room, in this process and in others.

Presence (`motion.live.presence`) tells who moves and where, and forgets whoever reads in silence; this is the list of
those who are there. Pure: time is given in seconds of any rising clock.
"""

from collections.abc import Collection

INTERVAL_S = 1.0
"""The list goes out at most so often."""

CROWD = 250
"""With more connections it goes out more rarely, in proportion: a hall coming in at once would hear nothing else."""

AGAIN_S = 10.0
"""Other processes are told so often that nothing has changed."""

NEIGHBOUR_S = 3 * AGAIN_S
"""A process not heard for so long is gone, and those connected to it."""

NEWCOMER_S = 60.0
"""Over HTTP, who came less than this ago is introduced again with each answer: longer than two polls last."""


class Attendance:
    """The officials of one room."""

    def __init__(self) -> None:
        self._elsewhere: dict[str, tuple[frozenset[int], float]] = {}
        self._since: dict[int, float] = {}
        self._shown: tuple[int, ...] = ()
        self._shown_at = self._told_at = float("-inf")
        self._told: frozenset[int] = frozenset()

    def learn(self, process: str, officials: Collection[int], now: float) -> bool:
        """Take note of who is connected to another process; True when that process was unknown so far."""
        is_new = process not in self._elsewhere
        self._elsewhere[process] = (frozenset(officials), now)
        return is_new

    def everyone(self, here: Collection[int], now: float) -> tuple[int, ...]:
        """All ids, rising, given those connected `here`."""
        self._elsewhere = {name: seen for name, seen in self._elsewhere.items() if now - seen[1] < NEIGHBOUR_S}
        return tuple(sorted(set(here).union(*(officials for officials, _ in self._elsewhere.values()))))

    def next_due(self, connections: int, now: float) -> float:
        """When the list may go out again."""
        return max(now, self._shown_at + INTERVAL_S * max(1.0, connections / CROWD))

    def show(self, here: Collection[int], now: float) -> tuple[int, ...] | None:
        """The list, when it differs from what was shown last."""
        everyone = self.everyone(here, now)
        if everyone == self._shown:
            return None
        self._since = {official: self._since.get(official, now) for official in everyone}
        self._shown, self._shown_at = everyone, now
        return everyone

    def tell(self, here: Collection[int], now: float, *, again: bool = False) -> bool:
        """Whether other processes are to be told who is here: when that changed, and now and then while someone is."""
        present = frozenset(here)
        if present == self._told and not again and not (present and now - self._told_at >= AGAIN_S):
            return False
        self._told, self._told_at = present, now
        return True

    def newcomers(self, now: float) -> list[int]:
        """Those who came lately."""
        return [official for official, since in self._since.items() if now - since < NEWCOMER_S]
