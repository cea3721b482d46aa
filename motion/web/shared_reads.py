"""One read for all who ask the same thing at the same moment: a hall that opens a page does not ask a thousand times.

Whoever asks while a read runs waits for the next one, which begins after they asked: nobody is shown a state older than
their question. Only what strangers see is shared, since it is the same for all of them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from motion.web.turns import Turns


class SharedReads:
    """Reads that are running and reads that are awaited, by what they ask. Owned by the event loop."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[Any]] = {}
        self._next: dict[Hashable, asyncio.Task[Any]] = {}
        self._turns = Turns()

    async def get(self, key: Hashable, read: Callable[[], Awaitable[Any]]) -> Any:
        """Return what a read begun after this call finds.

        Args:
            key: Names everything that the answer depends on.
            read: Reads it; called once for all who wait.
        """
        before = self._running.get(key)
        if before is None:
            task = self._running[key] = asyncio.ensure_future(self._run(key, read))
        else:
            found = self._next.get(key)
            task = found if found is not None else asyncio.ensure_future(self._after(before, key, read))
            self._next[key] = task
        # A reader who leaves takes nobody's read along.
        answer = await asyncio.shield(task)
        # Hundreds may have waited: answered all in one turn of the loop, they would hold up every keystroke.
        await self._turns.take()
        return answer

    async def _run(self, key: Hashable, read: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await read()
        finally:
            if self._running.get(key) is asyncio.current_task():
                del self._running[key]

    async def _after(self, before: "asyncio.Task[Any]", key: Hashable, read: Callable[[], Awaitable[Any]]) -> Any:
        await asyncio.wait([before])
        task = asyncio.current_task()
        assert task is not None
        self._running[key] = self._next.pop(key, task)
        return await self._run(key, read)
