"""What happens by itself: a few short tasks, each at its own pace, in the process that serves or in `motion work`.

A task that fails is logged and tried again at its next turn: all of them find their work in the database,
so a crash loses nothing, and a turn too many does nothing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

log = logging.getLogger("motion.work")


@dataclass(frozen=True, slots=True)
class Turn:
    """A task and its pace, in milliseconds from the end of one turn to the start of the next."""

    name: str
    every_ms: int
    run: Callable[[], Awaitable[object]]


async def keep_turning(turns: Sequence[Turn]) -> None:
    """Run every task at its pace until cancelled; a task under way is then finished by its own transaction."""
    async with asyncio.TaskGroup() as group:
        for turn in turns:
            group.create_task(_turn(turn), name=f"work-{turn.name}")


async def _turn(turn: Turn) -> None:
    while True:
        try:
            await turn.run()
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a panic of pycrdt is no Exception, and one motion's must not stop the signing
            log.exception("couldn't do the work of %s; trying again in %d ms", turn.name, turn.every_ms)
        await asyncio.sleep(turn.every_ms / 1000)
