"""Turns: when a hall opens a page at once, those who write are not made to wait behind it.

Everything shares one event loop. A thousand requests that arrive together would all be answered within one turn of it,
and no keystroke would pass for a second. Here a few of them begin at each turn; between two turns the loop looks at
every socket.
"""

import asyncio
from collections import deque

PER_TURN = 4
"""Pages begun in one turn of the loop, and answered in one when they waited for the same read: some milliseconds."""


class Turns:
    """Lets `per_turn` begin at each turn of the event loop, in the order in which they came."""

    def __init__(self, per_turn: int = PER_TURN) -> None:
        self._per_turn = per_turn
        self._left = per_turn
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_planned = False

    async def take(self) -> None:
        """Return when it is one's turn: at once, unless many have come together."""
        loop = asyncio.get_running_loop()
        if not self._is_planned:
            self._is_planned = True
            loop.call_soon(self._next)
        if self._left > 0 and not self._waiting:
            self._left -= 1
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _next(self) -> None:
        """Another turn begins."""
        self._left = self._per_turn
        self._is_planned = False
        while self._waiting and self._left:
            turn = self._waiting.popleft()
            if not turn.done():  # whoever left is cancelled
                turn.set_result(None)
                self._left -= 1
        if self._waiting:
            self._is_planned = True
            asyncio.get_running_loop().call_soon(self._next)
