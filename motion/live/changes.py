"""What moves in a congress, for those who follow it: the live pages of the public."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A motion has moved: its reading copy is at `number`, or its state is another."""

    motion_id: int
    code: str
    number: int
    entry: int
    state: str


class Changes:
    """What moved in one congress since it was last asked: the newest of each motion, and never a queue."""

    def __init__(self) -> None:
        self._newest: dict[int, Change] = {}
        self._news = asyncio.Event()

    def put(self, change: Change) -> None:
        """Take note."""
        self._newest[change.motion_id] = change
        self._news.set()

    def __aiter__(self) -> AsyncIterator[list[Change]]:
        return self

    async def __anext__(self) -> list[Change]:
        await self._news.wait()
        self._news.clear()
        found, self._newest = list(self._newest.values()), {}
        return found


class Followers:
    """Who follows which congress."""

    def __init__(self) -> None:
        self._of: dict[int, set[Changes]] = {}

    @asynccontextmanager
    async def follow(self, congress_id: int) -> AsyncIterator[Changes]:
        """Follow one congress for as long as the block lasts."""
        changes = Changes()
        self._of.setdefault(congress_id, set()).add(changes)
        try:
            yield changes
        finally:
            self._of[congress_id].discard(changes)

    def tell(self, congress_id: int, change: Change) -> None:
        """Tell those who follow a congress."""
        for changes in self._of.get(congress_id, ()):
            changes.put(change)
