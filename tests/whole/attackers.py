"""A demonstration served by the real program, and clients that say what no editor would say.

Each module of attacks has its own service (`attacked`), so that what one leaves behind is not in another's way.
"""

import asyncio
import json
import re
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from motion import settings
from motion.acts.sign_in import open_session
from motion.live import wire
from motion.live.typist import Typist
from motion.rehearsal import seats
from motion.rehearsal.seats import Seat
from motion.web.identity import hash_token
from storage.store import Session, Store
from tests.servers import Served, serving

SLUG = "ormeline"
CODE = "M1"
LIVE = f"/live/{SLUG}/{CODE}"
PAGE = f"/{SLUG}/motions/{CODE}"
WAIT_S = 20.0
COPY_S = 5.0  # the reading copy is at most a second old


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Target:
    """The service under attack, and its database as an auditor reads it."""

    served: Served
    store: Store
    settings: settings.Settings

    @property
    def address(self) -> str:
        return self.served.address

    def seats(self, count: int, *, slug: str = SLUG, code: str = CODE) -> list[Seat]:
        """Sign officials in, each time with new sessions."""
        return seats.take(self.store, self.settings, slug, code, count, base_url=self.address, now=now())

    def browser(self, seat: Seat | None = None, **headers: str) -> httpx2.Client:
        """A client on our own pages, with somebody's cookie; redirects are shown, not followed."""
        own = {"Sec-Fetch-Site": "same-origin", **({"Cookie": seat.cookie} if seat else {}), **headers}
        return httpx2.Client(base_url=self.address, headers=own, timeout=WAIT_S)

    def secretariat(self) -> Seat:
        """Sign in the secretariat, by the address that the demonstration prints."""
        printed = re.search(r"^Secrétariat\s+(\S+)", self.served.log.read_text(), re.M)
        assert printed is not None
        return self.enter(printed[1])

    def enter(self, address: str) -> Seat:
        """Open an address that signs in, and keep its cookie."""
        answer = httpx2.get(address)
        cookie = answer.headers["set-cookie"].partition(";")[0]
        return Seat(0, cookie, self.address.replace("http", "ws") + LIVE, self.address + PAGE)

    def session_of(self, congress_id: int, *, official: int | None = None, secretary: int | None = None) -> Seat:
        """Sign anybody of any congress in, as a link from a mail would."""
        token = secrets.token_urlsafe(32)

        def sign_in(db: Session) -> None:
            open_session(
                db,
                congress_id,
                official_id=official,
                secretary_id=secretary,
                token_hash=hash_token(token),
                way="mail",
                device="",
                now=now(),
                expires_at=now() + timedelta(days=1),
            )

        self.store.write_now(sign_in)
        return Seat(official or 0, f"motion={token}", self.address.replace("http", "ws") + LIVE, self.address + PAGE)

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Read the database, past every layer of the service."""
        path = self.settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return db.execute(query, values).fetchall()

    def run(self, statement: str, *values: Any) -> None:
        """Change a row as time or a disaster would."""
        path = self.settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=WAIT_S)) as db, db:
            db.execute(statement, values)

    def session_id(self, seat: Seat) -> int:
        """The row of a seat's session."""
        token = seat.cookie.partition("=")[2]
        return int(self.rows("SELECT id FROM login_session WHERE token_hash = ?", hash_token(token))[0][0])

    def entries(self, kind: str, session: int) -> list[dict[str, Any]]:
        """What the record says of a session: the entries of one kind, oldest first, read from their bytes."""
        found = self.rows("SELECT content FROM entry WHERE kind = ? ORDER BY number", kind)
        said = [json.loads(row[0]) for row in found]
        return [entry for entry in said if entry["body"]["sess"] == f"s-{session}"]

    def public(self, code: str = CODE) -> dict[str, Any]:
        """The motion as any program reads it."""
        answer = httpx2.get(f"{self.address}/{SLUG}/motions/{code}.json")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def published(self, words: str, *, code: str = CODE) -> dict[str, Any]:
        """The same, once these words are in it."""
        limit = asyncio.get_running_loop().time() + COPY_S
        while True:
            found = await asyncio.to_thread(self.public, code)
            if words in found["text"]:
                return found
            assert asyncio.get_running_loop().time() < limit, f"{words!r} was never published"
            await asyncio.sleep(0.1)


class Client:
    """A connection that may send any bytes; what comes is kept, and the text followed by real Yjs."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.typist = Typist(secrets.randbelow(2**31) + 1)
        self.messages: list[wire.Message] = []
        self.denials = 0
        self.close_code: int | None = None
        self._news = asyncio.Event()
        self._n = 0
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        try:
            async for frame in self.socket:
                assert isinstance(frame, bytes)
                if frame.startswith(b"\x02\x00"):
                    self.denials += 1
                else:
                    message = wire.decode_message(frame)
                    self.messages.append(message)
                    if isinstance(message, wire.SyncStep2 | wire.SyncUpdate):
                        self.typist.learn(message.update)
                self._news.set()
        except ConnectionClosed:
            pass
        self.close_code = self.socket.close_code
        self._news.set()

    async def until(self, found: Any, wait_s: float = WAIT_S) -> Any:
        """Wait until a condition on this client holds, and return what it gives."""
        async with asyncio.timeout(wait_s):
            while not (value := found()):
                self._news.clear()
                assert self.close_code is None, f"closed with {self.close_code} while waiting"
                await self._news.wait()
        return value

    async def closed(self) -> int:
        """Wait for the end, and return its code."""
        async with asyncio.timeout(WAIT_S):
            while self.close_code is None:
                self._news.clear()
                await self._news.wait()
        return self.close_code

    async def synchronise(self) -> "Client":
        """Ask for the document and wait for it."""
        await self.socket.send(wire.encode_message(wire.SyncStep1(b"\x00")))
        await self.until(lambda: any(isinstance(message, wire.SyncStep2) for message in self.messages))
        return self

    async def submit(self, update: bytes) -> wire.Ack | wire.Refusal:
        """Send bytes as an editor does, and wait for their answer."""
        self._n += 1
        n = self._n
        await self.socket.send(wire.encode_message(wire.Submit(n, update)))
        answer = await self.until(lambda: self.answer_to(n))
        assert isinstance(answer, wire.Ack | wire.Refusal)
        return answer

    def answer_to(self, n: int) -> wire.Ack | wire.Refusal | None:
        """The answer to an outbox number, if it came."""
        for message in self.messages:
            if isinstance(message, wire.Ack) and n in message.n:
                return message
            if isinstance(message, wire.Refusal) and message.n == n:
                return message
        return None

    async def refused(self, update: bytes) -> str:
        """Send bytes that must be refused, and return the reason."""
        answer = await self.submit(update)
        assert isinstance(answer, wire.Refusal), "the server took what it must refuse"
        assert answer.sentence
        return answer.reason

    async def type(self, at: int, words: str) -> bytes:
        """Type as an honest editor does; returns the update, acknowledged."""
        update = self.typist.type(at, words)
        assert isinstance(await self.submit(update), wire.Ack)
        return update

    async def sees(self, words: str) -> None:
        """Wait until words are on this screen."""
        await self.until(lambda: words in self.typist.text)


@asynccontextmanager
async def joined(seat: Seat, *, speaks_motion: bool = True, origin: str | None = None) -> AsyncIterator[Client]:
    """Connect without asking for anything."""
    async with connect(
        seat.ws,
        origin=None if origin is None else Origin(origin),
        additional_headers={"Cookie": seat.cookie} if seat.cookie else {},
        subprotocols=[Subprotocol("motion.v1")] if speaks_motion else None,
        compression=None,
        max_size=None,
        open_timeout=WAIT_S,
    ) as socket:
        yield Client(socket)


@asynccontextmanager
async def writing(seat: Seat, *, speaks_motion: bool = True) -> AsyncIterator[Client]:
    """Connect and get the document."""
    async with joined(seat, speaks_motion=speaks_motion) as client:
        yield await client.synchronise()


async def text_of_newcomer(seat: Seat) -> str:
    """The text that somebody who comes now is given."""
    async with writing(seat) as newcomer:
        return newcomer.typist.text


@contextmanager
def attacked(folder: Path, **environment: str) -> Iterator[Target]:
    """Serve the demonstration by the program, as people start it."""
    with serving(folder, "--demo", extra=environment) as served:
        read = settings.read({name: value for name, value in served.environment.items() if name.startswith("MOTION_")})
        store = Store(read.database_url)
        try:
            yield Target(served, store, read)
        finally:
            store.close()
