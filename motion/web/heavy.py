"""Work on long texts, a few at a time: those who compare and look back take nothing from those who write.

What weighs tenths of a second is done in a thread. Threads are few and shared with the reads and writes of the
database, and all share one processor: without a limit, ten visitors who compare far-apart states would hold every
keystroke up.
"""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from starlette.exceptions import HTTPException

T = TypeVar("T")

RETRY_AFTER_S = 10


class Heavy:
    """Works of one kind: `at_once` in threads, `most_waiting` that wait. Owned by the event loop."""

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._most_waiting = most_waiting
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    async def share(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return what `work` gives; done once for all who ask the same meanwhile.

        Args:
            key: Names all that the result depends on, whoever asks and whenever.

        Raises:
            HTTPException: 503: too many others wait already.
        """
        task: asyncio.Task[T] | None = self._tasks.get(key)
        if task is None:
            if len(self._tasks) >= self._most_waiting:
                raise HTTPException(503, headers={"Retry-After": str(RETRY_AFTER_S)})
            task = self._tasks[key] = asyncio.ensure_future(self._do(work))
            task.add_done_callback(lambda done: self._end(key, done))
        # Whoever leaves takes nobody's work along; nor is a place free before its thread is.
        return await asyncio.shield(task)

    async def _do(self, work: Callable[[], T]) -> T:
        async with self._places:
            return await asyncio.to_thread(work)

    def _end(self, key: Hashable, done: "asyncio.Task[Any]") -> None:
        del self._tasks[key]
        if not done.cancelled():
            done.exception()  # all who asked may have left: then nobody looks at it
