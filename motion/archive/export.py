"""A congress as a folder to keep: its pages, documents, data and record, agreeing with one signed root.

All is read in one view of the database (`storage.snapshot`) in which that root covers every entry; while people write,
such a moment is waited for: it comes after each signature. The pages are those of the service, asked in this process
as the public would, at the hour of the root: the same state gives the same bytes, whenever it is written.
"""

import asyncio
import base64
import hashlib
import json
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from motion.archive.addresses import STATIC, Addresses, Target, open_data
from motion.archive.bag import Bag
from motion.archive.rewriting import rewrite
from motion.exports.log_folder import ChangedMeanwhile, write_log
from motion.exports.verify_guide import Subject, programs, verify_guide
from motion.language import Times, language
from motion.live.relay import MemoryRelay
from motion.live.replaying import catch_up
from motion.live.rooms import Rooms
from motion.record.files import encode_apart, salt_path
from motion.rules.errors import NotFound
from motion.rules.file_kinds import ending_of
from motion.settings import Settings
from motion.web.language import times_of
from motion.web.pages.documents import FORMATS
from motion.web.routes import make_app
from motion.web.service import Service
from storage import contributions, copying, published, queries, redactions
from storage.copying import Shown, Standing
from storage.models import Checkpoint, Congress
from storage.snapshot import Snapshot
from storage.store import Store

SIGNED_WITHIN_S = 30.0
WITNESSED_WITHIN_S = 12.0  # they are asked every ten seconds
LOOK_EVERY_S = 0.004  # a window of keystrokes lasts thirty milliseconds
FONT = re.compile(r'url\("?\./([\w.-]+\.woff2)"?\)')

DOCUMENTS = (*FORMATS, "md", "json")

log = logging.getLogger("motion.archive")

Progress = Callable[[str, int, int], None]
"""Is told the part that is written (`documents`, `pages`, `log`), how much of it is, of how much as far as is known."""


class NotSigned(Exception):
    """Entries are not signed, and nothing signs them: `entries` of them."""

    def __init__(self, entries: int) -> None:
        super().__init__(entries)
        self.entries = entries


class PageRefused(Exception):
    """The service refused a page to which another one leads."""

    def __init__(self, address: str, status: int) -> None:
        super().__init__(f"couldn't copy {address}: status {status}")


@dataclass(frozen=True, slots=True)
class Copied:
    """What a folder holds: the root it agrees with, its files and their bytes; documents that could not be made."""

    slug: str
    size: int
    root: bytes
    moment: datetime
    withdrawn: int
    files: int
    bytes: int
    missing: tuple[str, ...]


def export(
    settings: Settings,
    store: Store,
    slug: str,
    folder: Path,
    *,
    progress: Progress = lambda part, done, total: None,
    wait_s: float = SIGNED_WITHIN_S,
) -> Copied:
    """Write a congress into a folder, or go on with a writing that was cut; not to be called on an event loop.

    Args:
        wait_s: How long a signed moment is waited for.

    Raises:
        NotFound: There is no such congress.
        NotABag: The folder holds other things.
        NotSigned: Nothing signed the last entries in time.
        ChangedMeanwhile: Something was withdrawn while this was written: the folder is unfinished, write it again.
    """
    congress = store.read_now(queries.congress_by_slug, slug)
    if congress is None:
        raise NotFound("congress", slug)
    snapshot, standing = still(store, congress, wait_s)
    try:
        assert standing.signed is not None and congress.id is not None
        congress = snapshot.read_now(queries.congress_by_slug, slug) or congress
        copied = _Writing(settings, snapshot, congress, standing.signed, standing.withdrawn, folder, progress).run()
        if store.read_now(redactions.last, congress.id or 0) != standing.withdrawn:
            raise ChangedMeanwhile
        return copied.declare()
    finally:
        snapshot.close()


def still(store: Store, congress: Congress, wait_s: float) -> tuple[Snapshot, Standing]:
    """Find a moment at which everything is signed, and hold it.

    Raises:
        NotSigned: None came in time.
    """
    begun = time.monotonic()
    while True:
        snapshot = Snapshot(store)
        standing = snapshot.read_now(copying.standing, congress)
        waited = time.monotonic() - begun
        if standing.is_whole and (not standing.awaited or waited > min(wait_s, WITNESSED_WITHIN_S)):
            return snapshot, standing
        snapshot.close()
        if waited > wait_s:
            raise NotSigned(standing.entries - (standing.signed.size if standing.signed else 0))
        for motion in standing.behind:
            catch_up(store, motion)
        time.sleep(LOOK_EVERY_S)


class _Writing:
    """One congress being written into its folder."""

    def __init__(
        self,
        settings: Settings,
        snapshot: Snapshot,
        congress: Congress,
        signed: Checkpoint,
        withdrawn: int,
        folder: Path,
        progress: Progress,
    ) -> None:
        assert congress.id is not None
        self._settings, self._snapshot, self._congress = settings, snapshot, congress
        self._signed, self._withdrawn, self._progress = signed, withdrawn, progress
        self._spoken = language(congress.languages.split(",")[0])
        self._times: Times = times_of(self._spoken, congress.time_zone)
        self._folder = folder
        settings = replace(settings, media_url="")  # in a copy all files lie beside the pages
        rooms = Rooms(snapshot, MemoryRelay(), lambda: signed.at, settings)
        self._service = Service(settings, snapshot, rooms, lambda: signed.at)
        self._app = make_app(self._service)
        self._app.state.is_copy = True
        shown: Shown = snapshot.read_now(copying.shown, congress)
        self._shown = shown
        data = open_data(congress.slug, shown.motions)
        self._media = snapshot.read_now(contributions.all_shown, congress.id, signed.size)
        media = {one.name: ending_of(one.media_type) for one in self._media}
        self._addresses = Addresses(congress.slug, settings.base_url, shown.entries, shown.instants, data, media)
        state = (congress.slug, settings.base_url, signed.size, signed.root.hex(), published.note_of(signed).decode())
        build = self._app.state.templates.build
        self._bag = Bag(folder, hashlib.sha256(json.dumps([*state, build]).encode()).hexdigest(), signed.at)
        self._foot = self._said_below()

    def run(self) -> "_Writing":
        """Write everything but what declares the bag."""
        asyncio.run(self._pages())
        self._guides()
        self._log()
        asyncio.run(self._files())
        self._service.blobs.close()
        return self

    def declare(self) -> Copied:
        """Make the folder a bag."""
        root = base64.b64encode(self._signed.root).decode()
        title = " ".join(self._congress.title.split())
        self._bag.close(
            {
                "Source-Organization": title,
                "External-Description": f"{title} ({self._congress.starts_on} / {self._congress.ends_on})",
                "External-Identifier": self._congress.origin,
                "Bagging-Date": f"{self._times.local(self._signed.at).date()}",
                "Log-Origin": self._congress.origin,
                "Log-Size": str(self._signed.size),
                "Log-Root": root,
                "Log-Signed-At": self._times.iso(self._signed.at),
            },
            _index(self._spoken.code, title),
        )
        return Copied(
            self._congress.slug,
            self._signed.size,
            self._signed.root,
            self._signed.at,
            self._withdrawn,
            len(self._bag),
            self._bag.bytes,
            tuple(sorted(self._addresses.missing)),
        )

    # The pages.

    async def _pages(self) -> None:
        """Copy every page and file that one comes to from the home, nearest first."""
        home = f"/{self._congress.slug}"
        await self._documents(f"{home}/motions")
        first = [home, f"{home}/archive", f"{home}/verifier", f"{home}/registre", f"{home}.json"]
        waiting = deque(target for address in first if (target := self._addresses.target(address)) is not None)
        known = {target.path for target in waiting}
        done = 0
        while waiting:
            target = waiting.popleft()
            for link in await self._copy(target):
                found = self._addresses.target(link)
                if found is not None and found.address and found.path not in known:
                    known.add(found.path)
                    waiting.append(found)
            done += 1
            self._progress("pages", done, done + len(waiting))

    async def _documents(self, motions: str) -> None:
        """Make the documents first: one that can't be made must be linked from no page."""
        asked = [f"{motions}/{code}.{form}" for code in self._shown.motions for form in DOCUMENTS]
        asked += self._addresses.data
        for done, address in enumerate(asked, start=1):
            target = self._addresses.target(address)
            assert target is not None
            try:
                await self._copy(target)
            except Exception as error:
                # A text may hold signs that a format can't show; all else is still worth keeping.
                log.warning("couldn't make %s: %s", address, error)
                self._addresses.missing.add(target.path)
            self._progress("documents", done, len(asked))

    async def _copy(self, target: Target) -> Iterable[str]:
        """Copy one address into its file; return the addresses that it leads to, from the root."""
        if target.path in self._bag:
            return ()  # a document, made first
        kept = self._bag.finished(target.path)
        if kept is not None:
            return kept.links
        if target.path.endswith(".css"):
            self._bag.put(target.path, [await self._with_fonts(await self._ask(target.address))])
            return ()
        if not target.is_page:
            with self._bag.writing(target.path) as write:
                await self._stream(target.address, write)
            return ()
        content = await self._ask(target.address)
        resolve = self._addresses.resolver(target.address, target.path)
        page = rewrite(
            content.decode(),
            resolve,
            canonical=self._settings.base_url + target.address,
            foot=self._foot_for(resolve),
        )
        links = list(dict.fromkeys(found for link in page.links if (found := resolve.absolute(link))))
        self._bag.put(target.path, [page.html.encode()], links)
        return links

    async def _with_fonts(self, style: bytes) -> bytes:
        """A style with its fonts inside: browsers differ on whether a page of a folder may fetch them beside it."""
        said = style.decode()
        for name in dict.fromkeys(FONT.findall(said)):
            font = base64.b64encode(await self._ask(STATIC + name)).decode()
            said = re.sub(rf'url\("?\./{re.escape(name)}"?\)', f"url(data:font/woff2;base64,{font})", said)
        return said.encode()

    async def _ask(self, address: str) -> bytes:
        """The whole of an answer."""
        pieces: list[bytes] = []
        await self._stream(address, pieces.append)
        return b"".join(pieces)

    async def _stream(self, address: str, take: Callable[[bytes], None]) -> None:
        """Ask the pages of this process, as the public: no socket, no cookie, no log line.

        Raises:
            PageRefused: They answer with something else than the thing.
        """
        path, _mark, query = address.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "https" if self._settings.is_secure else "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", self._settings.host.encode()), (b"accept-language", self._spoken.code.encode())],
            "client": ("127.0.0.1", 0),
            "server": None,
            "app": self._app,
            "state": {},
        }
        status = 0

        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()  # nobody hangs up
            raise AssertionError

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            if status != 200:
                raise PageRefused(address, status)
            if body := message.get("body"):
                take(body)

        await self._app.router(scope, receive, send)

    # What stands beside the pages.

    def _guides(self) -> None:
        """`VERIFY.md` in the languages of the congress, the first one under the plain name, and its programs."""
        assert self._congress.id is not None
        key = self._snapshot.read_now(published.keys, self._congress.id)[-1]
        subject = Subject(
            self._congress.title,
            self._congress.origin,
            key,
            base64.b64encode(self._signed.root).decode(),
            self._signed.size,
            self._snapshot.read_now(copying.with_object, self._congress.id, self._signed.size),
            self._shown.decided,
        )
        for code in ("fr", "en"):
            name = "VERIFY.md" if code == self._spoken.code else f"VERIFY.{code}.md"
            self._file(name, verify_guide(subject, code).encode())
        for path, data in programs():
            self._file(path, data)

    def _log(self) -> None:
        assert self._congress.id is not None
        write_log(
            self._snapshot,
            self._congress.id,
            self._folder / "data" / "log",
            address=f"{self._settings.base_url}/{self._congress.slug}/log",
            progress=lambda done, total: self._progress("log", done, total),
            put=lambda path, data: self._file(f"log/{path}", data),
            newest=True,
        )

    async def _files(self) -> None:
        """What contributions show: once, as files that programs open; the salts with which they are checked apart."""
        for done, one in enumerate(self._media, start=1):
            path = f"medias/{one.name}{ending_of(one.media_type)}"
            if self._bag.finished(path) is None:
                with self._bag.writing(path) as write:
                    async for chunk in self._service.blobs.read(one.blob):
                        write(chunk)
            self._file(f"log/{salt_path(one.name)}", encode_apart(one.salt, path))
            self._progress("files", done, len(self._media))

    def _file(self, path: str, data: bytes) -> None:
        if self._bag.finished(path) is None:
            self._bag.put(path, [data])

    def _said_below(self) -> str:
        say = self._spoken.gettext
        words = say("Copie du congrès au %(moment)s\u00a0: %(size)s inscriptions, toutes signées.") % {
            "moment": self._times.moment(self._signed.at),
            "size": self._times.number(self._signed.size),
        }
        return escape(words)

    def _foot_for(self, resolve: Callable[[str], str | None]) -> str:
        guide = escape(resolve(f"/{self._congress.slug}/VERIFY.md") or "")
        say = self._spoken.gettext
        words = escape(say("Comment la vérifier"))
        return f'<div class="cadre pile"><p class="petit">{self._foot} <a href="{guide}">{words}</a></p></div>'


def _index(code: str, title: str) -> bytes:
    """The page beside the payload: whoever opens the folder finds the way in."""
    return (
        f'<!doctype html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f'<meta http-equiv="refresh" content="0; url=data/index.html">\n<title>{escape(title)}</title>\n</head>\n'
        f'<body>\n<main><h1><a href="data/index.html">{escape(title)}</a></h1></main>\n</body>\n</html>\n'
    ).encode()
