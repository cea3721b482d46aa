"""Deeds that are not cut in two when this process stops."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Done = TypeVar("Done")


async def to_its_end(deed: Coroutine[Any, Any, Done]) -> Done:
    """Wait for a deed; cancelled meanwhile, it ends before the cancellation goes on."""
    begun = asyncio.ensure_future(deed)
    try:
        return await asyncio.shield(begun)
    except asyncio.CancelledError:
        await begun
        raise
