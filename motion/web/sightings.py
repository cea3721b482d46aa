"""When each session was last seen: noted beside the pages, never in their way.

A page only puts the session's number in a set. One task a process writes the set down, all of it in one
transaction: a hall that arrives at once makes one write a second, and a session at most one in some minutes.
What the set still holds when the process dies is lost, and is noted at the person's next page.
"""

import asyncio
import logging
from datetime import datetime

from motion.acts import sessions
from motion.acts.sessions import SEEN_EVERY
from motion.web.service import Service
from storage.models import LoginSession

log = logging.getLogger("motion.web")

GATHER_SECONDS = 1.0


class Sightings:
    """The sessions that were seen and are not yet noted. Belongs to the event loop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._seen: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    def see(self, session: LoginSession, now: datetime) -> None:
        """Have it noted that a session is in use, if that was not noted lately."""
        if session.id is None or now - session.seen_at < SEEN_EVERY:
            return
        self._seen.add(session.id)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._note(), name="sightings")

    async def _note(self) -> None:
        while self._seen:
            await asyncio.sleep(GATHER_SECONDS)
            seen, self._seen = self._seen, set()
            try:
                await self._service.store.write(sessions.touch, sorted(seen), now=self._service.now())
            except Exception:
                # Of no harm to anyone's page: they are seen again at their next one.
                log.exception("couldn't note that %d sessions were seen", len(seen))
