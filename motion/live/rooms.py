"""The house: every room of this process, what they share, and what goes on around them.

`Rooms` opens a motion's room when somebody needs it and closes it when nobody does, runs acts between two
windows, and tells and hears the other processes.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, TypeVar

from motion.acts import drafting, sessions
from motion.live import kept
from motion.live.callers import Caller
from motion.live.changes import Change, Changes, Followers
from motion.live.copies import Copies
from motion.live.draft import Draft
from motion.live.drafting_room import Room, Surroundings
from motion.live.keeper import Keeper
from motion.live.relay import News, Relay, Topic
from motion.live.session import Rate
from motion.rules.errors import NotFound
from motion.settings import Settings
from storage import drafts
from storage.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_EVERY_S = 2.0
"""How often the database is asked for what the relay, or an act of another process, did not tell."""

EMPTY_S = 30.0
"""A room that nobody was in for so long is closed."""

MAX_RATES = 10_000
"""Sessions whose rate is remembered; who connected longest ago is forgotten first."""


class Rooms:
    """Every room of this process. `start` it in the loop that serves, and `close` it."""

    def __init__(self, store: Store, relay: Relay, clock: Callable[[], datetime], settings: Settings) -> None:
        self.settings = settings
        self._store = store
        self._relay = relay
        self._process = token_hex(4)  # the name under which other processes know who is connected to this one
        self._clock = clock
        self._rooms: dict[int, Room] = {}
        self._opening: dict[int, asyncio.Task[Room]] = {}
        self._keepers: dict[int, Keeper] = {}
        self._followers = Followers()
        self._copies = Copies(store, clock, self._rooms.get, self._announce)
        self._rates: dict[int | None, Rate] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._looked_at = self._seen_at = clock()

    async def start(self) -> None:
        """Begin to hear other processes and to keep copies up to date."""
        await self._relay.start(self._hear)
        self._spawn(self._copies.keep(), "copies")
        self._spawn(self._look_around(), "look-around")

    async def close(self) -> None:
        """Commit what waits, write copies and snapshots, close every socket with "try again later"."""
        for keeper in list(self._keepers.values()):
            await keeper.close()
        for room in list(self._rooms.values()):
            await self._close_room(room)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._relay.close()

    # Rooms

    def rate_of(self, caller: Caller) -> Rate:
        """How fast somebody may be read, over all their connections and after each of them."""
        session_id = caller.actor.session_id
        rate = self._rates.pop(session_id, None)
        if rate is None:
            rate = Rate(self.settings.updates_per_s, asyncio.get_running_loop().time())
        self._rates[session_id] = rate
        if len(self._rates) > MAX_RATES:
            del self._rates[next(iter(self._rates))]
        return rate

    async def find(self, slug: str, code: str) -> int | None:
        """Return the id of the motion at an address, or None."""
        return await self._store.read(drafts.find, slug, code)

    async def open(self, motion_id: int) -> Room:
        """Return the room of a motion, made from the database if need be.

        Raises:
            NotFound: There is no such motion.
            DraftBroken: Its kept updates do not make a document; only a programmer can help.
        """
        room = self._rooms.get(motion_id)
        if room is not None:
            return room
        opening = self._opening.get(motion_id)
        if opening is None:
            opening = asyncio.create_task(self._make(motion_id), name=f"open-{motion_id}")
            self._opening[motion_id] = opening
            opening.add_done_callback(lambda _: self._opening.pop(motion_id, None))
        return await asyncio.shield(opening)

    async def _make(self, motion_id: int) -> Room:
        before: drafts.Head | None = None
        while True:
            heads = await self._store.read(drafts.heads, [motion_id])
            if motion_id not in heads:
                raise NotFound("motion", str(motion_id))
            head = heads[motion_id]
            if before is not None and before.redacted_entry == head.redacted_entry:
                break  # else words were taken out while the draft was being read
            before = head
            draft, last, snapshot_number = await kept.load(self._store, motion_id)
        self._copies.opened(motion_id, snapshot_number)
        officials = await self._store.read(drafts.officials, _authors(draft))
        room = Room(
            Surroundings(self._clock, self._want, self._shown, self._tell_presence, self._attended, self._lost),
            head,
            draft,
            text_entry=head.text_entry if last is None else last.entry,
            text_at=None if last is None else last.at,
            officials=officials,
        )
        self._rooms[motion_id] = room
        self._keeper(head.congress_id)
        if head.number > room.number:
            await self._pull(room)
        if head.text_number < room.number:
            self._copies.plan(room)
        room.versions.keep(room.number, room.draft.full_state())
        return room

    async def state_at(self, motion_id: int, number: int) -> bytes | None:
        """Return the whole document as it was at a number; None for a number that never was.

        For edits made on a form that showed that version.
        """
        room = await self.open(motion_id)
        if number == room.number:
            return room.draft.full_state()
        if not 0 <= number < room.number:
            return None
        return await kept.state_at(self._store, motion_id, number, room.versions.before(number))

    async def updates_between(self, motion_id: int, number: int, up_to: int) -> list[drafts.UpdateRow]:
        """Return the kept updates above a number, up to another included."""
        return await self._store.read(drafts.updates_after, motion_id, number, up_to=up_to)

    async def _close_room(self, room: Room) -> None:
        """Write the copy and the snapshot, and forget the room."""
        self._rooms.pop(room.motion_id, None)
        room.close(1013, "closing")
        await self._copies.write_last(room)

    # Deeds

    async def run_act(self, motion_id: int, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run an act on a motion between two windows, its reading copy being up to date in the same transaction.

        Then everyone connected, here and elsewhere, is told the motion's new state.
        """
        room = await self.open(motion_id)
        return await self._act(room.head.congress_id, [motion_id], act, *args, **kwargs)

    async def run_congress_act(self, congress_id: int, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """The same for an act on a whole congress, such as the opening of a phase: every motion's copy is renewed."""
        motions = await self._store.read(drafts.motions_of, congress_id)
        return await self._act(congress_id, motions, act, *args, **kwargs)

    async def _act(
        self,
        congress_id: int,
        motions: Sequence[int],
        act: Callable[..., T],
        *args: Any,
        **kwargs: Any,
    ) -> T:
        def deed(db: Any) -> T:
            return act(db, *args, **kwargs)

        async with self._keeper(congress_id).between_windows():
            while True:
                rooms = [await self.open(motion_id) for motion_id in motions]
                copies = [(room.motion_id, room.reading_copy()) for room in rooms]
                try:
                    done = await self._store.write(drafting.act_on_copies, congress_id, copies, deed)
                    break
                except drafting.CopiesBehind:
                    before = {room.motion_id: room.number for room in rooms}
                    for room in rooms:
                        await self._pull(room)
                    if all(room.number == before[room.motion_id] for room in rooms):
                        for room in rooms:  # ahead of the database: of no motion that it has
                            room.lose("foreign")
            heads = await self._store.read(drafts.heads, motions)
            for room in rooms:
                room.take_head(heads[room.motion_id])
        for room in rooms:
            self._relay.publish(News(Topic.STATE, room.motion_id))
            self._announce(room)
        return done

    async def revoke(self, session_id: int) -> None:
        """Close the sockets of a session, in every process."""
        self._revoke(session_id)
        self._relay.publish(News(Topic.REVOKED, session_id))

    def _revoke(self, session_id: int) -> None:
        for room in list(self._rooms.values()):
            room.revoke(session_id)

    def changes(self, congress_id: int) -> AbstractAsyncContextManager[Changes]:
        """Follow what moves in a congress: `async for changed in changes`, for as long as the block lasts."""
        return self._followers.follow(congress_id)

    # What rooms ask of the house

    def _want(self, room: Room) -> None:
        self._keeper(room.head.congress_id).want(room)

    def _keeper(self, congress_id: int) -> Keeper:
        keeper = self._keepers.get(congress_id)
        if keeper is None:
            keeper = self._keepers[congress_id] = Keeper(self._store, congress_id, self._clock, self._window_s)
        return keeper

    def _window_s(self) -> float:
        """A longer window when there is a crowd: fewer sends, each to many."""
        connected = sum(len(room.connections) for room in self._rooms.values())
        is_busy = connected >= self.settings.busy_connections
        return (self.settings.busy_window_ms if is_busy else self.settings.window_ms) / 1000

    def _shown(self, room: Room) -> None:
        self._relay.publish(News(Topic.NUMBER, room.motion_id, room.number))
        self._copies.plan(room)
        self._introduce_soon(room, room.company.notice_authors())

    def _introduce_soon(self, room: Room, missing: set[int]) -> None:
        if missing:
            self._spawn(self._introduce(room, missing), "introduce")

    async def _introduce(self, room: Room, missing: set[int]) -> None:
        try:
            rows = await self._store.read(drafts.officials, missing)
        except Exception:
            log.warning("couldn't read who writes in motion %d", room.motion_id, exc_info=True)
            room.company.overlook_authors()
            return
        room.company.introduce(rows)

    def _tell_presence(self, room: Room, payload: bytes) -> None:
        self._relay.publish(News(Topic.PRESENCE, room.motion_id, payload=payload))

    def _attended(self, room: Room, officials: Collection[int]) -> None:
        payload = json.dumps([self._process, sorted(officials)]).encode()
        self._relay.publish(News(Topic.ATTENDANCE, room.motion_id, payload=payload))
        self._introduce_soon(room, room.company.missing())

    def _lost(self, room: Room) -> None:
        if self._rooms.get(room.motion_id) is room:
            del self._rooms[room.motion_id]

    def _announce(self, room: Room) -> None:
        change = Change(room.motion_id, room.head.code, room.number, room.entry, room.head.state)
        self._followers.tell(room.head.congress_id, change)

    # Other processes

    def _hear(self, news: News) -> None:
        room = self._rooms.get(news.subject)
        match news.topic:
            case Topic.NUMBER if room is not None and news.number > room.number:
                self._spawn(self._catch_up(room, news.number), "catch-up")
            case Topic.STATE:
                self._spawn(self._look([news.subject]), "look")
            case Topic.PRESENCE if room is not None:
                room.carets.learn(news.payload)
            case Topic.ATTENDANCE if room is not None:
                process, officials = json.loads(news.payload)
                room.company.learn(process, officials)
                self._introduce_soon(room, room.company.missing())
            case Topic.REVOKED:
                self._revoke(news.subject)

    async def _catch_up(self, room: Room, number: int) -> None:
        async with self._keeper(room.head.congress_id).between_windows():
            if room.number < number:  # else the news before this one brought it
                await self._pull(room)

    async def _pull(self, room: Room) -> None:
        """Apply what other processes have committed. The keeper's order is held."""
        rows = await self._store.read(drafts.updates_after, room.motion_id, room.number)
        if rows and not room.is_lost and not room.take_foreign(rows):
            room.lose("draft")

    async def _look(self, motions: Sequence[int]) -> None:
        """See whether these motions have moved without our hearing of it."""
        heads = await self._store.read(drafts.heads, motions)
        for motion_id in motions:
            room, head = self._rooms.get(motion_id), heads.get(motion_id)
            if room is not None and (head is None or (head.slug, head.code) != (room.head.slug, room.head.code)):
                # A rehearsal that was deleted; SQLite may have given the number to another motion.
                room.lose("deleted")
                room = None
            if head is None:
                continue
            if room is None:
                change = Change(motion_id, head.code, head.number, head.last_entry, head.state)
                self._followers.tell(head.congress_id, change)
                continue
            if head.number > room.number:
                await self._catch_up(room, head.number)
            known = room.head
            if (head.state, head.phase, head.redacted_entry) != (known.state, known.phase, known.redacted_entry):
                # Under the lock, read again: an act of ours may have come in between.
                async with self._keeper(head.congress_id).between_windows():
                    fresh = (await self._store.read(drafts.heads, [motion_id]))[motion_id]
                    room.take_head(fresh)
                self._announce(room)

    async def _look_around(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                now = self._clock()
                if self._rooms:
                    # First, and from where it last succeeded: no trouble with a text keeps a stolen session open.
                    since = self._looked_at - timedelta(seconds=2 * LOOK_EVERY_S)
                    for session_id in await self._store.read(drafts.ended_between, since, now):
                        self._revoke(session_id)
                    self._looked_at = now
                    await self._look(list(self._rooms))
                self._looked_at = now
                await self._note_seen()
                at = asyncio.get_running_loop().time()
                for room in list(self._rooms.values()):
                    room.company.look()
                    if not room.connections and at - room.emptied_at > EMPTY_S:
                        async with self._keeper(room.head.congress_id).between_windows():
                            if not room.connections:
                                await self._close_room(room)
            except Exception:  # the database may be away for a while
                log.exception("looking around failed")

    async def _note_seen(self) -> None:
        """Note that whoever is connected is in use of their session: a socket lasts for hours without a page."""
        now = self._clock()
        if now - self._seen_at < sessions.SEEN_EVERY:
            return
        self._seen_at = now
        connected = {c.caller.actor.session_id for room in self._rooms.values() for c in room.connections.values()}
        found = sorted(session_id for session_id in connected if session_id is not None)
        if found:
            await self._store.write(sessions.touch, found, now=now)

    def _spawn(self, coroutine: Any, name: str) -> None:
        task = asyncio.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _authors(draft: Draft) -> set[int]:
    return {author.official for author in draft.bindings.values() if author.official}
