"""How often one session may send what costs much to take: some at once, then one in a while."""

from collections import OrderedDict

from motion.live.session import Rate

MAX_SESSIONS = 10_000  # remembered at once; the longest unheard is forgotten first


class Pace:
    """The pace of one kind of request, for each session. Time is given in seconds of any rising clock."""

    def __init__(self, *, at_once: float, per_s: float) -> None:
        self._at_once = at_once
        self._per_s = per_s
        self._rates: OrderedDict[int | None, Rate] = OrderedDict()

    def take(self, session_id: int | None, now: float) -> float:
        """Count one request and return 0; or count nothing and return how many seconds it comes too early."""
        rate = self._rates.pop(session_id, None) or Rate(self._per_s, now, burst=self._at_once - 1)
        self._rates[session_id] = rate
        if len(self._rates) > MAX_SESSIONS:
            self._rates.popitem(last=False)
        delay = rate.delay(now)
        if delay == 0:
            rate.spend(now)
        return delay
