"""Long works with signs of life beside them, so that no other process takes them over."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from motion.work.task_files import TakenOver

EVERY_S = 5.0  # far below `storage.jobs.LEASE`

Made = TypeVar("Made")


async def with_signs(work: Coroutine[Any, Any, Made], sign: Callable[[], Awaitable[bool]], every_s: float) -> Made:
    """Do a work, with signs of life beside it: of themselves, for some steps are long and silent.

    Args:
        sign: Says that somebody works at it; False when somebody else does now.

    Raises:
        TakenOver: Somebody else does; the work was stopped.
    """
    working, signing = asyncio.create_task(work), asyncio.create_task(_sign(sign, every_s))
    try:
        await asyncio.wait({working, signing}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            signing.result()
    finally:
        for task in (signing, working):
            task.cancel()
        await asyncio.gather(signing, working, return_exceptions=True)
    return working.result()


async def _sign(sign: Callable[[], Awaitable[bool]], every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        if not await sign():
            raise TakenOver
