"""Where a motion is reached live: `/live/{congress}/{code}`, as a WebSocket or, for want of one, over HTTP.

Only the signed-in of the motion's own congress come in; the secretariat reads and cannot write a character
(`motion.live.drafting_room` holds that for every update). A browser must come from our own pages: a socket
carries the cookie whoever opened it, so its Origin is checked here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from motion.live.answers import RoomLost
from motion.live.audience import Connection
from motion.live.callers import Caller
from motion.live.draft import DraftBroken
from motion.live.drafting_room import Room
from motion.live.fallback import MAX_BODY_BYTES, MAX_WAIT_S, Fallback, Malformed, TooManyRequests
from motion.live.origins import is_ours
from motion.live.outlet import AsgiOutlet, Outlet
from motion.live.rooms import Rooms
from motion.live.server import EXTENSION
from motion.live.session import Close, Offer, PresenceAsked, PresenceClaimed, Session, Synchronise
from motion.rules.errors import NotFound

log = logging.getLogger(__name__)

SUBPROTOCOL = "motion.v1"
MAX_SOCKETS = 20  # of one session on one motion: tabs, and those that a cut has left behind
MALFORMED, NOT_SIGNED_IN, NOT_ALLOWED, NO_SUCH_MOTION, TRY_AGAIN = 4400, 4401, 4403, 4404, 1013

# First bytes of the messages that are done with at once: sync, awareness, SUBMIT; but not sync step 1.
_STRAIGHT = frozenset((b"\x00", b"\x01", b"\x64"))
_ASKING = frozenset((b"\x00\x00",))

Identify = Callable[[HTTPConnection], Awaitable[Caller | None]]
"""Who the cookie of a request belongs to; None for the public. Given by the web layer."""


def routes(rooms: Rooms, identify: Identify, *, base_url: str) -> list[BaseRoute]:
    """Return the routes of the live protocol.

    Args:
        rooms: Started by whoever runs the application.
        identify: Says who comes, from the cookie alone.
        base_url: The service's public address.
    """
    door = Door(rooms, identify, base_url)
    fallback = Fallback(rooms)

    async def take(request: Request) -> Response:
        if request.headers.get("x-motion-live") != "1" or not door.is_own_page(request):
            return PlainTextResponse("cross-site", 403)
        found = await door.open(request)
        if isinstance(found, int):
            return PlainTextResponse("", found - 4000)
        room, caller = found
        try:
            with fallback.place(caller):
                body = bytearray()
                async for piece in request.stream():
                    body += piece
                    if len(body) > MAX_BODY_BYTES:
                        return PlainTextResponse("too large", 413)
                answer = await fallback.take(room.motion_id, caller, bytes(body))
        except Malformed as error:
            return PlainTextResponse(f"malformed: {error}", 400)
        except RoomLost:
            return PlainTextResponse("try again", 503, {"Retry-After": "1"})
        except TooManyRequests:
            return _too_many()
        return _frames(answer)

    async def after(request: Request) -> Response:
        if not door.is_own_page(request):
            return PlainTextResponse("cross-site", 403)
        found = await door.open(request)
        if isinstance(found, int):
            return PlainTextResponse("", found - 4000)
        number, wait_s = request.path_params["number"], _seconds(request.query_params)
        room, caller = found
        try:
            with fallback.place(caller):
                return _frames(await fallback.after(room.motion_id, caller, number, wait_s))
        except TooManyRequests:
            return _too_many()

    address = "/live/{congress}/{code}"
    return [
        WebSocketRoute(address, Listener(rooms, door), name="live"),
        Route(address, take, methods=["POST"], name="live-post"),
        Route(address + "/after/{number:int}", after, methods=["GET"], name="live-after"),
    ]


class Door:
    """Who may come in, and to which room."""

    def __init__(self, rooms: Rooms, identify: Identify, base_url: str) -> None:
        self._rooms = rooms
        self._identify = identify
        self._base_url = base_url

    def is_own_page(self, connection: HTTPConnection) -> bool:
        """Whether a request comes from a page of ours, or from a program that is no browser."""
        site = connection.headers.get("sec-fetch-site")
        if site is not None and site not in {"same-origin", "none"}:
            return False
        origin = connection.headers.get("origin")
        return origin is None or is_ours(origin, connection.headers.get("host"), self._base_url)

    async def open(self, connection: HTTPConnection) -> tuple[Room, Caller] | int:
        """Return the room and who comes, or the code with which to send them away."""
        caller = await self._identify(connection)
        if caller is None:
            return NOT_SIGNED_IN
        params: Mapping[str, Any] = connection.path_params
        motion_id = await self._rooms.find(params["congress"], params["code"])
        if motion_id is None:
            return NO_SUCH_MOTION
        try:
            room = await self._rooms.open(motion_id)
        except NotFound:
            return NO_SUCH_MOTION
        if caller.actor.congress_id != room.head.congress_id:
            return NOT_ALLOWED
        return room, caller


class Listener:
    """The WebSocket's ASGI application: one task for each connection, asleep while nothing comes."""

    def __init__(self, rooms: Rooms, door: Door) -> None:
        self._rooms = rooms
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        await receive()  # websocket.connect
        speaks_motion = SUBPROTOCOL in scope.get("subprotocols", ())
        if not self._door.is_own_page(connection):
            await _refuse(scope, send, 403)
            return
        try:
            found = await self._door.open(connection)
        except DraftBroken:
            log.exception("%s can't be opened", scope["path"])
            found = TRY_AGAIN
        if isinstance(found, int):
            # The editor hears why; a browser tells it nothing of a refused handshake.
            if speaks_motion:
                await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
                await send({"type": "websocket.close", "code": found, "reason": ""})
            else:
                await _refuse(scope, send, 503 if found == TRY_AGAIN else 404 if found == NO_SUCH_MOTION else 403)
            return
        room, caller = found
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if speaks_motion else None})
        direct: Outlet | None = scope["extensions"].get(EXTENSION) if "extensions" in scope else None
        through_asgi = None if direct is not None else AsgiOutlet(send)
        outlet = direct or through_asgi
        assert outlet is not None
        del connection, scope, found  # thousands of these wait here for hours
        try:
            await self._attend(room, caller, outlet, receive, speaks_motion)
        finally:
            if through_asgi is not None:
                await through_asgi.end()

    async def _attend(self, room: Room, caller: Caller, outlet: Outlet, receive: Receive, speaks_motion: bool) -> None:
        if room.is_lost:  # between the handshake and now
            outlet.close(TRY_AGAIN, "")
            return
        session_id = caller.actor.session_id
        if sum(c.caller.actor.session_id == session_id for c in room.connections.values()) >= MAX_SOCKETS:
            outlet.close(TRY_AGAIN, "too many")
            return
        joined = room.join(caller, outlet, speaks_motion=speaks_motion)
        loop = asyncio.get_running_loop()
        session = Session(joined.author, speaks_motion=speaks_motion, rate=self._rooms.rate_of(caller))
        attendance = _Attendance(room, joined, session)
        outlet.take_with(attendance.take)
        try:
            while True:
                attendance.is_waiting = True
                event = await receive()
                attendance.is_waiting = False
                if event["type"] == "websocket.disconnect":
                    return
                for question in attendance.hear(event.get("bytes") or b""):
                    await room.synchronise(joined, question.state_vector)
                delay = session.delay_before_next_read(loop.time())
                if delay > 0:
                    await asyncio.sleep(delay)
        finally:
            room.leave(joined)


class _Attendance:
    """One connection's messages, on their way from the session to the room."""

    __slots__ = ("_joined", "_loop", "_room", "_session", "is_waiting")

    def __init__(self, room: Room, joined: Connection, session: Session) -> None:
        self.is_waiting = False
        self._room = room
        self._joined = joined
        self._session = session
        self._loop = asyncio.get_running_loop()

    def take(self, frame: bytes) -> bool:
        """Deal with a keystroke or a caret where it was read, sparing a switch of tasks.

        False when the connection's task must have it: it has others before, is to be slowed down, or waits.
        """
        if not self.is_waiting or frame[:1] not in _STRAIGHT or frame[:2] in _ASKING:
            return False
        if self._session.delay_before_next_read(self._loop.time()) > 0:
            return False
        self.hear(frame)
        return True

    def hear(self, frame: bytes) -> list[Synchronise]:
        """Have the session decide and the room do; return the questions whose answer takes time."""
        room, joined = self._room, self._joined
        questions: list[Synchronise] = []
        for decision in self._session.receive(frame, self._loop.time()):
            match decision:
                case Offer():
                    room.offer(joined, decision)
                case Synchronise():
                    questions.append(decision)
                case PresenceClaimed(claim):
                    room.claim(joined, claim)
                case PresenceAsked():
                    room.tell_carets(joined)
                case Close(code, reason):
                    joined.outlet.close(code, reason)
        return questions


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    """Refuse the handshake, with a status where the server can say one."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    await send({"type": "websocket.http.response.start", "status": status, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b""})


def _too_many() -> Response:
    return PlainTextResponse("too many requests under way", 429, {"Retry-After": "2"})


def _frames(body: bytes) -> Response:
    return Response(body, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


def _seconds(params: Mapping[str, str]) -> float:
    try:
        wait_s = float(params.get("wait", "0"))
    except ValueError:
        return 0.0
    return wait_s if 0 <= wait_s <= MAX_WAIT_S else MAX_WAIT_S
