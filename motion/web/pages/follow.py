"""Following a congress live: server-sent events that name the fragments that changed.

One watcher for each congress that somebody follows looks at the database every two seconds, whatever the number
of readers; it works the same when other processes do the writing. A page marks what may change with
`data-fragment` (its name) and `data-src` (its address); an event is a JSON list of names, or null for all:

    id: 5be044d87f3a
    data: ["direct","M3/marge","M3/article-2"]

`direct` is the card of the home, `M3/marge` the margin, `M3/article-2` a part of the text, `M3/texte` the whole
when parts came or went. Readers then ask for the fragments, which they and any cache keep by their `ETag`.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from motion.web.page import read
from motion.web.recent import Recent, changed_parts
from storage import pages
from storage.pages import Glance

if TYPE_CHECKING:
    from motion.web.service import Service

log = logging.getLogger("motion.web")

PERIOD_S = 2.0  # at most one event in this time
KEEP_ALIVE_S = 25.0  # proxies cut a silent connection after thirty seconds or more
MAX_EVENT_BYTES = 1024
MAX_READERS = 5000  # in one process; the next ones are told to come back, and their pages poll


class Watcher:
    """Watches one congress while somebody follows it. Owned by the event loop."""

    def __init__(self, service: "Service", recent: Recent, congress_id: int) -> None:
        self._service = service
        self._recent = recent
        self._congress_id = congress_id
        self._known: dict[int, Glance] = {}
        self._texts: dict[int, str] = {}
        self._event: bytes = b""
        self._changed = asyncio.Condition()
        self._turn = 0
        self.readers = 0

    async def run(self) -> None:
        """Look every two seconds, for ever; a failed look is logged and tried again."""
        await self._look(first=True)
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self._look()
            except Exception:
                log.exception("couldn't look for changes of congress %s", self._congress_id)

    async def _look(self, *, first: bool = False) -> None:
        store = self._service.store
        names: list[str] = []
        glances = await store.read(pages.glances, self._congress_id)
        for glance in glances:
            before = self._known.get(glance.motion_id)
            self._known[glance.motion_id] = glance
            if before == glance:
                continue
            names.append(f"{glance.code}/marge")
            if before is None or (before.text_number, before.redacted_entry) != (
                glance.text_number,
                glance.redacted_entry,
            ):
                text = await store.read(pages.text_of, glance.motion_id)
                self._recent.see(glance.motion_id, glance.text_number, text)
                old = self._texts.get(glance.motion_id, "")
                names += [f"{glance.code}/{name}" for name in changed_parts(old, text)]
                self._texts[glance.motion_id] = text
        if names and not first:
            self._event = event(pages.mark_of(glances), ["direct", *names])
            async with self._changed:
                self._turn += 1
                self._changed.notify_all()

    async def events(self) -> AsyncIterator[bytes]:
        """Give each event once it is there, or a comment to keep the connection open."""
        turn = self._turn
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_S), self._changed:
                    while self._turn == turn:
                        await self._changed.wait()
            except TimeoutError:
                yield b": \n\n"
                continue
            turn = self._turn
            yield self._event


def event(mark: str, names: list[str] | None) -> bytes:
    """Write one event of at most `MAX_EVENT_BYTES`: without names when there are too many."""
    data = json.dumps(names, separators=(",", ":"))
    said = f"id: {mark}\ndata: {data}\n\n".encode()
    return said if len(said) <= MAX_EVENT_BYTES else event(mark, None)


class Watchers:
    """The watchers of this process; each begins with its first reader and ends with its last."""

    def __init__(self, service: "Service", recent: Recent) -> None:
        self._service = service
        self._recent = recent
        self._watchers: dict[int, tuple[Watcher, asyncio.Task[None]]] = {}

    @property
    def readers(self) -> int:
        """How many follow live, in this process."""
        return sum(watcher.readers for watcher, _task in self._watchers.values())

    @contextlib.contextmanager
    def follow(self, congress_id: int) -> Iterator[Watcher]:
        """Count one reader in, and out."""
        if congress_id not in self._watchers:
            watcher = Watcher(self._service, self._recent, congress_id)
            self._watchers[congress_id] = watcher, asyncio.create_task(watcher.run())
        watcher, task = self._watchers[congress_id]
        watcher.readers += 1
        try:
            yield watcher
        finally:
            watcher.readers -= 1
            if not watcher.readers:
                task.cancel()
                self._watchers.pop(congress_id, None)


async def follow(request: Request) -> Response:
    """Follow a congress: an event at once when the reader's page is behind, then one for each change.

    `?vu=` is the mark of the texts that the page shows; a browser that comes back says `Last-Event-ID` instead.
    """
    _page, (congress_id, mark) = await read(request, pages.start)
    is_behind = mark != (request.headers.get("last-event-id") or request.query_params.get("vu", ""))
    watchers: Watchers = request.app.state.watchers
    if watchers.readers >= MAX_READERS:
        return Response(status_code=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})

    async def stream() -> AsyncIterator[bytes]:
        with watchers.follow(congress_id) as watcher:
            yield b"retry: 5000\n\n"
            if is_behind:
                yield event(mark, None)
            async for said in watcher.events():
                yield said

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


ROUTES = [Route("/{congress}/suivre", follow, name="follow")]
