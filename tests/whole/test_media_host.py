"""Files that people gave, in a real browser: pages show them from their host, and nothing in them runs."""

import asyncio
import struct
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from motion.live.server import configuration
from motion.web import media_bytes
from tests.databases import free_port
from tests.web.world import served

WAIT_S = 20
HOSTILE = b"<!doctype html><title>calme</title><script>document.title = 'pris'; document.cookie = 'a=b'</script>"
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>calme</title>'
    b"<script>document.title = 'pris'</script></svg>"
)


def png() -> bytes:
    """One red pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


FILES = {
    "1" * 32: (png(), "image/png"),
    "2" * 32: (HOSTILE, "text/html"),  # what no route of ours ever says: the sandbox alone holds
    "3" * 32: (HOSTILE, "image/png"),
    "4" * 32: (DRAWING, "image/svg+xml"),
}


@dataclass(frozen=True, slots=True)
class Hosts:
    """The two addresses of one service."""

    pages: str
    media: str


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """A service whose media have a host of their own."""
    port = free_port()
    found = Hosts(f"http://127.0.0.1:{port}", f"http://localhost:{port}")
    environment = {"MOTION_BASE_URL": found.pages, "MOTION_MEDIA_URL": found.media}
    with served(tmp_path_factory.mktemp("media"), environment=environment) as hall:
        blobs = hall.service.blobs

        async def once(content: bytes) -> AsyncIterator[bytes]:
            yield content

        for key, (content, _type) in FILES.items():
            asyncio.run(blobs.write(key, once(content)))

        async def show(request: Request) -> Response:
            key = request.path_params["key"]
            content, media_type = FILES[key]
            return media_bytes.serve(request, blobs, key, len(content), media_type, "photo.png", inline=True)

        async def page(_request: Request) -> Response:
            pictures = "".join(f'<img id="f{key[0]}" src="{found.media}/media/{key}" alt="">' for key in FILES)
            return HTMLResponse(f"<!doctype html><title>calme</title>{pictures}")

        app: Any = hall.client.app
        app.router.routes[:0] = [Route("/media/{key}", show), Route("/galerie", page)]
        server = uvicorn.Server(configuration(app, host="127.0.0.1", port=port, lifespan="off", log_config=None))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            limit = time.monotonic() + WAIT_S
            while not server.started:
                assert time.monotonic() < limit
                time.sleep(0.05)
            yield found
        finally:
            server.should_exit = True
            thread.join(WAIT_S)


def test_a_page_shows_a_photo_from_the_other_host(hosts: Hosts, browser: Browser) -> None:
    """And what only says that it is one is not shown."""
    page = browser.new_page()
    page.goto(hosts.pages + "/galerie", wait_until="load")
    widths = page.evaluate("Object.fromEntries([...document.images].map((each) => [each.id, each.naturalWidth]))")
    assert widths["f1"] == 1
    assert widths["f2"] == widths["f3"] == 0
    assert page.title() == "calme"
    page.close()


@pytest.mark.parametrize("key", ["2" * 32, "4" * 32])
def test_nothing_runs_in_a_file_that_is_opened(hosts: Hosts, browser: Browser, key: str) -> None:
    """Even one that were served as a page: no script, no cookie, an origin of its own."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{hosts.media}/media/{key}", wait_until="load")
    assert page.title() == "calme"
    assert context.cookies() == []
    context.close()
