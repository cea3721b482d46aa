"""A small real room that speaks the live protocol, for the editor's own tests: one motion, no storage, no checks.

What it does beyond relaying can be asked for: refuse the next updates, give the next client id away, freeze, refuse
upgrades, cut every line, end the login (`login` is the one that lives; client ids belong to the login that first used
them, as in the real room).
"""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pycrdt
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from motion.live.updates import inserted_text, masked
from motion.web.pages.editor import html_of, plan_of

FRONTEND = Path(__file__).parent.parent.parent / "frontend"
OFFICIALS = [
    {"id": 1, "name": "Aline Corbières", "mandate": "maire", "commune": "Ormelac", "initials": "AC"},
    {"id": 2, "name": "Maxence Delorme", "mandate": "adjoint", "commune": "Brumeval", "initials": "MD"},
    {"id": 3, "name": "Solène Kervadec", "mandate": "adjointe", "commune": "Brumeval", "initials": "SK"},
]
TEXT = """## Exposé des motifs

Dans nos communes, le dernier cabinet a fermé et le car de 7 h 10 n’existe plus.

## Article 1. Connaître les besoins

Les communes dressent ensemble la carte des soins **manquants**.

## Article 2. Se déplacer pour se soigner

Elles s’engagent à mutualiser une navette solidaire,

gratuite pour les patientes et les patients, dont le conducteur ou la conductrice peut être bénévole, salarié·e

La navette dessert chaque commune au moins deux fois par semaine, y compris pendant les vacances scolaires.

- à la gare
- au marché

## Article 3. Salarier les soignants

Elles demandent le droit de salarier des soignants, y compris à temps partiel et à plusieurs communes.

> « Le car de 7 h 10 n’existe plus, alors on renonce. »
"""


def varuint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(128 | value & 127)
        value >>= 7
    return bytes([*out, value])


def read_varuint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def first_client(update: bytes) -> int | None:
    """Under which client id an update writes; None for one that only deletes."""
    sections, at = read_varuint(update, 0)
    if not sections:
        return None
    _, at = read_varuint(update, at)
    return read_varuint(update, at)[0]


def sized(data: bytes) -> bytes:
    return varuint(len(data)) + data


def note(code: int, value: object) -> bytes:
    return varuint(code) + sized(json.dumps(value).encode())


class FakeRoom:
    """The motion, its readers, and the knobs that tests turn."""

    def __init__(self) -> None:
        self.doc = pycrdt.Doc()
        self.text = self.doc.get("text", type=pycrdt.Text)
        self.text += TEXT
        self.first = self.doc.get_update()
        self.redacted = 0
        self.updates: list[bytes] = []
        self.seen: set[bytes] = set()
        self.readers: dict[WebSocket, int] = {}
        self.owners: dict[int, int] = {self.doc.client_id: 3}
        self.presence: dict[int, bytes] = {}
        self.upgrades = True
        self.silent = False
        self.lost: set[WebSocket] = set()
        self.may_write = True
        self.refuse = 0
        self.taken_next = False
        self.login = "s1"
        self.bound: dict[int | None, str] = {}
        self.received: list[tuple[int, bytes]] = []
        self.changed = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    # --- what tests call, from their thread -------------------------------------------------------

    def do(self, work: object) -> object:
        async def run() -> object:
            result = work()  # type: ignore[operator]
            return await result if asyncio.iscoroutine(result) else result

        assert self.loop
        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(10)

    def type(self, at: int, words: str) -> None:
        """A neighbour types, at a place in characters."""

        async def work() -> None:
            before = self.doc.get_state()
            self.text.insert(len(str(self.text)[:at].encode()), words)
            await self.publish(self.doc.get_update(before))

        self.do(work)

    def content(self) -> str:
        return str(self.do(lambda: str(self.text)))

    def cut(self) -> None:
        """Close every line as a lost network does, and take no new one."""
        self.upgrades, self.silent = False, True
        self.do(lambda: asyncio.gather(*(reader.close(1012) for reader in list(self.readers))))

    def mend(self) -> None:
        self.upgrades, self.silent = True, False

    def fall_silent(self) -> None:
        """Leave the open lines as they are, and neither hear nor say anything on them any more."""
        self.do(lambda: self.lost.update(self.readers))
        self.do(self.readers.clear)

    def freeze(self) -> None:
        self.may_write = False
        self.do(lambda: self.broadcast(self.state()))

    def redact(self, words: str) -> None:
        """Take what was written of these words out of the updates: every line is closed, for a document anew."""

        async def work() -> None:
            self.updates = [masked(one) if words in inserted_text(one) else one for one in self.updates]
            self.doc = pycrdt.Doc()
            for update in [self.first, *self.updates]:
                self.doc.apply_update(update)
            self.text = self.doc.get("text", type=pycrdt.Text)
            self.redacted += 1
            await asyncio.gather(*(reader.close(1013, "redaction") for reader in list(self.readers)))

        self.do(work)

    # --- the protocol ------------------------------------------------------------------------------

    def state(self) -> bytes:
        sentence = "" if self.may_write else "le texte est clos depuis 16 h."
        state = {"state": "drafting" if self.may_write else "frozen", "may_write": self.may_write, "reason": ""}
        return note(103, {**state, "sentence": sentence, "redacted": self.redacted})

    def present(self) -> bytes:
        return note(106, {"officials": sorted(set(self.readers.values()))})

    def plan(self) -> dict[str, object]:
        runs = [(len(str(self.text)), 3)]
        return plan_of(len(self.updates), str(self.text), runs)

    def authors(self) -> bytes:
        return note(105, {"clients": list(self.owners.items()), "officials": OFFICIALS})

    def position(self) -> bytes:
        return varuint(104) + varuint(len(self.updates))

    async def broadcast(self, message: bytes, but: WebSocket | None = None) -> None:
        for reader in list(self.readers):
            if reader is not but:
                with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                    await reader.send_bytes(message)
        self.changed.set()
        self.changed = asyncio.Event()

    async def publish(self, update: bytes) -> None:
        self.updates.append(update)
        await self.broadcast(b"\0\2" + sized(update))
        await self.broadcast(self.position())

    async def answer(self, data: bytes, official: int, reader: WebSocket | None) -> list[bytes]:
        code, at = read_varuint(data, 0)
        if code == 0:
            kind, at = read_varuint(data, at)
            length, at = read_varuint(data, at)
            if kind == 0:
                update = self.doc.get_update(data[at : at + length])
                return [b"\0\1" + sized(update), self.authors(), self.state(), self.position()]
        if code == 1:
            await self.broadcast(data, but=reader)
        if code == 3:
            return [b"\1" + sized(b"\0")]
        if code == 100:
            n, at = read_varuint(data, at)
            length, at = read_varuint(data, at)
            update = data[at : at + length]
            self.received.append((n, update))
            if self.taken_next and first_client(update) is not None:
                self.taken_next = False
                self.bound[first_client(update)] = "somebody else's"
            taken = self.bound.get(first_client(update), self.login) != self.login
            if taken:
                return [note(102, {"n": n, "reason": "client-taken", "sentence": "Déjà pris.", "kept": False})]
            if self.refuse > 0 or not self.may_write:
                self.refuse -= 1
                reason = "role" if self.may_write else "frozen"
                refused = {
                    "n": n,
                    "reason": reason,
                    "sentence": "Le serveur ne l’a pas pris.",
                    "kept": not self.may_write,
                }
                return [note(102, refused)]
            if update not in self.seen:
                self.seen.add(update)
                self.doc.apply_update(update)
                client = first_client(update)
                if client is not None:
                    self.bound[client] = self.login
                if client is not None and client not in self.owners:
                    self.owners[client] = official
                    await self.broadcast(self.authors())
                await self.publish(update)
            at_time = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
            return [note(101, {"n": [n], "entry": len(self.updates), "at": at_time})]
        return []

    async def live(self, socket: WebSocket) -> None:
        if not self.upgrades:
            await socket.close(1008)
            return
        official = int(socket.cookies.get("official", "1"))
        await socket.accept(subprotocol="motion.v1")
        if socket.query_params["login"] != self.login:
            await socket.close(4401)
            return
        self.readers[socket] = official
        await socket.send_bytes(b"\0\0" + sized(self.doc.get_state()))
        await socket.send_bytes(self.state())
        await self.broadcast(self.present())
        try:
            while True:
                heard = await socket.receive_bytes()
                for message in [] if socket in self.lost else await self.answer(heard, official, socket):
                    await socket.send_bytes(message)
        except (WebSocketDisconnect, RuntimeError):
            self.readers.pop(socket, None)
            await self.broadcast(self.present())

    async def post(self, request: Request) -> Response:
        if self.silent or request.query_params["login"] != self.login:
            return Response(status_code=503 if self.silent else 401)
        body, at, out = await request.body(), 0, b""
        while at < len(body):
            length, at = read_varuint(body, at)
            official = int(request.cookies.get("official", "1"))
            for message in await self.answer(body[at : at + length], official, None):
                out += sized(message)
            at += length
        return Response(out, media_type="application/octet-stream")

    async def after(self, request: Request) -> Response:
        if self.silent or request.query_params["login"] != self.login:
            return Response(status_code=503 if self.silent else 401)
        number, wait = int(request.path_params["number"]), float(request.query_params.get("wait", "0"))
        if number >= len(self.updates) and wait and number:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), min(wait, 2))
        if number == 0:
            frames = [b"\0\1" + sized(self.doc.get_update())]
        else:
            waiting = self.updates[number:]
            frames = [b"\0\2" + sized(pycrdt.merge_updates(*waiting))] if waiting else []
        frames = [self.state(), *frames, self.authors(), self.present(), self.position()]
        return Response(b"".join(map(sized, frames)), media_type="application/octet-stream")

    # --- the page, from the real template ----------------------------------------------------------

    async def page(self, request: Request) -> Response:
        manifest = json.loads((FRONTEND / "dist" / "manifest.json").read_text())
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([FRONTEND / "pages", FRONTEND]),
            extensions=["jinja2.ext.i18n"],
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )
        environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
        official = OFFICIALS[int(request.query_params.get("official", "1")) - 1]
        editor = {
            "congress": "demo", "code": "M3", "title": "Motion 3", "live_url": "/live/demo/M3",
            "fallback_url": "/live/demo/M3", "simple_url": "/demo/motions/M3/rediger/simple", "language": "fr",
            "time_zone": "Europe/Paris", "may_write": True, "sentence": "", "me": official, "session": self.login,
            "redacted": self.redacted,
            "sign_in_url": "/demo/connexion?suite=/demo/motions/M3/rediger",
            "plan_url": "/demo/motions/M3/plan.json", "plan": self.plan(),
        }  # fmt: skip
        html = environment.get_template("rediger.html").render(
            congress={"slug": "demo", "title": "Rédaction ouverte jusqu’à 16 h"},
            motion={"code": "M3", "title": "Motion 3, l’accès aux soins", "state": "drafting"},
            heading="Motion 3, l’accès aux soins",
            phase="Rédaction ouverte jusqu’à 16 h",
            text_html=html_of(str(self.text)),
            editor=editor,
            lang="fr",
            asset=lambda name: "/static/" + manifest[name],
        )
        policy = "default-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'"
        answer = HTMLResponse(html, headers={"Content-Security-Policy": policy})
        answer.set_cookie("official", str(official["id"]))
        return answer

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/demo/motions/M3/rediger", self.page),
                Route("/demo/motions/M3/plan.json", lambda _: JSONResponse(self.plan())),
                WebSocketRoute("/live/demo/M3", self.live),
                Route("/live/demo/M3", self.post, methods=["POST"]),
                Route("/live/demo/M3/after/{number:int}", self.after),
                Mount("/static", StaticFiles(directory=FRONTEND / "dist")),
            ]
        )


@contextlib.contextmanager
def running(room: FakeRoom, port: int = 0) -> Iterator[str]:
    """Serve the room in a thread; yields its address."""
    config = uvicorn.Config(
        room.app(), port=port, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)

    async def serve() -> None:
        room.loop = asyncio.get_running_loop()
        await server.serve()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
