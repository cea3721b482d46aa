"""A congress that drafts, its officials signed in, and the engine served on a real socket."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import uvicorn
from sqlmodel import Session, col, select
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from motion import settings
from motion.acts import congresses, motions, phases
from motion.acts.sign_in import open_session
from motion.live import listener, server, wire
from motion.live.callers import Caller
from motion.live.relay import MemoryRelay, Relay
from motion.live.rooms import Rooms
from motion.live.typist import Typist
from motion.rules.names import display_name
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role
from storage import migrate
from storage.models import LoginSession, Official, Secretary
from storage.store import Store

FIRST_TEXT = "# Pour l’eau\n\nLe congrès demande que l’eau reste publique.\n"


def clock() -> datetime:
    """The only clock of these tests."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody signed in, and the value of their cookie."""

    actor: Actor
    name: str
    token: str

    @property
    def caller(self) -> Caller:
        return Caller(self.actor, self.name)

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"motion={self.token}"}


@dataclass(frozen=True, slots=True)
class World:
    """A congress `valbrune` in its drafting phase, its motion M1, who writes and who runs it."""

    congress_id: int
    motion_id: int
    seats: list[Seat]
    secretary: Seat

    @property
    def path(self) -> str:
        return "/live/valbrune/M1"


def left_in(url: str, *, officials: int) -> World:
    """A congress in an empty database, which no process has open."""
    store = Store(url)
    migrate.upgrade(store)
    made = store.write_now(make, officials=officials)
    store.close()
    return made


def make(db: Session, *, officials: int = 3, text: str = FIRST_TEXT) -> World:
    """Fill an empty database."""
    now = clock()
    form = congresses.NewCongress(
        slug="valbrune",
        title="Congrès de Valbrune",
        place="Valbrune",
        starts_on=date(2031, 11, 14),
        ends_on=date(2031, 11, 16),
    )
    congress = congresses.create(db, None, form, host="127.0.0.1", now=now)
    assert congress.id is not None
    phases.open_phase(db, None, congress.id, Phase.DRAFTING, now=now)
    secretary = congresses.add_secretary(db, None, congress.id, "Solène Kervadec", "sk@example.org", now=now)
    secretary_seat = _sign_in(db, congress.id, "secretariat", None, secretary, now)
    seats = []
    for index in range(officials):
        official = Official(
            congress_id=congress.id,
            family_name=f"Corbières{index}",
            first_names="Aline",
            mandate="maire",
            territory="Valbrune",
            is_rapporteur=index == 0,
            created_at=now,
        )
        db.add(official)
        db.flush()
        seats.append(_sign_in(db, congress.id, f"official-{index}", official, None, now))
    motion = motions.create(
        db,
        secretary_seat.actor,
        congress.id,
        "Pour l’eau",
        "blank",
        text,
        client=7,
        salts=[bytes([n % 256]) * 32 for n, _ in enumerate(motions.pieces(text))],
        now=now,
    )
    assert motion.id is not None
    return World(congress.id, motion.id, seats, secretary_seat)


def _sign_in(
    db: Session, congress_id: int, token: str, official: Official | None, secretary: Secretary | None, now: datetime
) -> Seat:
    row = open_session(
        db,
        congress_id,
        official_id=official.id if official else None,
        secretary_id=secretary.id if secretary else None,
        token_hash=hashlib.sha256(token.encode()).digest(),
        way="demonstration",
        device="",
        now=now,
        expires_at=now + timedelta(days=3),
    )
    if official is not None:
        role = Role.RAPPORTEUR if official.is_rapporteur else Role.OFFICIAL
        name = display_name(official.first_names, official.family_name)
        return Seat(Actor(congress_id, role, official_id=official.id, session_id=row.id), name, token)
    assert secretary is not None
    return Seat(
        Actor(congress_id, Role.SECRETARIAT, secretary_id=secretary.id, session_id=row.id), secretary.name, token
    )


def identify_by(store: Store) -> Callable[[HTTPConnection], Awaitable[Caller | None]]:
    """Read the cookie's session, as the web layer does."""

    async def identify(connection: HTTPConnection) -> Caller | None:
        token = connection.cookies.get("motion", "")
        return await store.read(_caller, hashlib.sha256(token.encode()).digest())

    return identify


def _caller(db: Session, token_hash: bytes) -> Caller | None:
    query = select(LoginSession).where(
        LoginSession.token_hash == token_hash,
        col(LoginSession.revoked_at).is_(None),
        col(LoginSession.expires_at) > clock(),
    )
    row = db.exec(query).first()
    if row is None:
        return None
    if row.official_id is not None:
        official = db.get_one(Official, row.official_id)
        role = Role.RAPPORTEUR if official.is_rapporteur else Role.OFFICIAL
        actor = Actor(row.congress_id, role, official_id=official.id, session_id=row.id)
        return Caller(actor, display_name(official.first_names, official.family_name))
    secretary = db.get_one(Secretary, row.secretary_id)
    actor = Actor(row.congress_id, Role.SECRETARIAT, secretary_id=secretary.id, session_id=row.id)
    return Caller(actor, secretary.name)


@dataclass(frozen=True, slots=True)
class Served:
    """A running engine."""

    rooms: Rooms
    port: int

    def url(self, world: World) -> str:
        return f"ws://127.0.0.1:{self.port}{world.path}"


def new_rooms(store: Store, relay: Relay | None = None) -> Rooms:
    """The house, as the service builds it."""
    return Rooms(store, relay or MemoryRelay(), clock, settings.read({}))


@asynccontextmanager
async def serving(store: Store, relay: Relay | None = None, **options: Any) -> AsyncIterator[Served]:
    """Serve the live protocol on a free port of the loopback."""
    rooms = new_rooms(store, relay)
    app = Starlette(routes=listener.routes(rooms, identify_by(store), base_url="http://127.0.0.1:8000"))
    await rooms.start()
    config = server.configuration(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off", **options)
    running = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        task = asyncio.create_task(running.serve(sockets=[listening]))
        try:
            yield Served(rooms, listening.getsockname()[1])
        finally:
            await rooms.close()
            running.should_exit = True
            await task


class Writer:
    """A motion.v1 client on a real socket: a Yjs document, an outbox, what the server said."""

    def __init__(self, socket: ClientConnection, client: int, typist: Typist | None = None) -> None:
        self.socket = socket
        self.typist = typist or Typist(client)
        self.sent = 0
        self.heard: list[wire.Message] = []
        self.acknowledged: set[int] = set()
        self.position = -1
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            await self._hear()
        self._news.set()

    async def _hear(self) -> None:
        async for frame in self.socket:
            assert isinstance(frame, bytes)
            message = wire.decode_message(frame)
            self.heard.append(message)
            match message:
                case wire.SyncStep1():
                    await self.socket.send(wire.encode_message(wire.SyncStep1(b"\0")))
                case wire.SyncStep2(update) | wire.SyncUpdate(update):
                    self.typist.learn(update)
                case wire.Ack(n=numbers):
                    self.acknowledged |= set(numbers)
                case wire.Position(number):
                    self.position = number
                case _:
                    pass
            self._news.set()

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Wait for something to be true."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_ready(self) -> "Writer":
        await self.until(lambda: self.position >= 0)
        return self

    async def submit(self, update: bytes, typed_for: int = 0) -> int:
        """Send one update under the next outbox number, as typed for another official if one is given."""
        self.sent += 1
        message = wire.SubmitFor(self.sent, typed_for, update) if typed_for else wire.Submit(self.sent, update)
        await self.socket.send(wire.encode_message(message))
        return self.sent

    async def type(self, words: str, at: int | None = None) -> int:
        """Type at a character, or at the end."""
        return await self.submit(self.typist.type(len(self.typist.text) if at is None else at, words))

    async def until_acknowledged(self, n: int) -> None:
        await self.until(lambda: n in self.acknowledged)

    def messages(self, kind: type) -> list[Any]:
        return [message for message in self.heard if isinstance(message, kind)]

    async def close(self) -> None:
        await self.socket.close()
        await self._task


@asynccontextmanager
async def writing(served: Served, world: World, seat: Seat, client: int) -> AsyncIterator[Writer]:
    """Join a motion as an editor does, and wait for the document."""
    async with connect(
        served.url(world), additional_headers=seat.cookie, subprotocols=["motion.v1"], compression=None, max_size=None
    ) as socket:  # type: ignore[list-item]
        writer = await Writer(socket, client).until_ready()
        try:
            yield writer
        finally:
            await writer.close()
