"""Bytes that people gave, as browsers get them: parts, headers, another host, another store."""

import asyncio
import os
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motion.live.server import configuration
from motion.web import media_bytes
from storage.blobs import Blobs
from tests import object_store
from tests.databases import free_port
from tests.web.world import Hall, served

KEY = "0123456789abcdef" * 2
CONTENT = bytes(range(256)) * 5_000
WAIT_S = 20


async def once(content: bytes) -> AsyncIterator[bytes]:
    """What is written."""
    yield content


def media_route(blobs: Blobs, media_type: str = "video/mp4", name: str = "Été « 1 ».mp4", inline: bool = True) -> Route:
    """A route like those that decide who may read; this one lets everybody."""

    async def show(request: Request) -> Response:
        return media_bytes.serve(
            request, blobs, request.path_params["key"], len(CONTENT), media_type, name, inline=inline
        )

    return Route("/media/{key}", show)


def give(hall: Hall, **more: Any) -> None:
    """Keep a file and show it."""
    asyncio.run(hall.service.blobs.write(KEY, once(CONTENT)))
    app: Any = hall.client.app
    app.router.routes.insert(0, media_route(hall.service.blobs, **more))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress with one film."""
    with served(tmp_path) as hall:
        give(hall)
        yield hall


def ask(hall: Hall, method: str = "GET", path: str = f"/media/{KEY}", **more: str) -> Any:
    """One request."""
    return hall.client.request(method, path, headers={name.replace("_", "-"): value for name, value in more.items()})


class TestHeaders:
    def test_whatever_it_is_it_can_do_nothing(self, hall: Hall) -> None:
        """The type that was fixed, a sandbox, no guessing; the whole of it; and no cookie."""
        answer = ask(hall, cookie="motion=aline", accept_encoding="gzip")
        assert (answer.status_code, answer.content) == (200, CONTENT)
        said = answer.headers
        assert said["content-type"] == "video/mp4"
        assert said["x-content-type-options"] == "nosniff"
        assert said["content-security-policy"] == "sandbox; default-src 'none'"
        assert said["content-length"] == str(len(CONTENT))
        assert said["accept-ranges"] == "bytes"
        assert "content-encoding" not in said and "set-cookie" not in said
        assert "vary" not in said or "cookie" not in said["vary"].lower()

    def test_a_document_is_not_packed(self, tmp_path: Path) -> None:
        """Its parts are asked for by their place."""
        with served(tmp_path) as hall:
            give(hall, media_type="application/pdf", inline=False)
            answer = ask(hall, accept_encoding="gzip")
            assert "content-encoding" not in answer.headers
            assert answer.headers["content-disposition"].startswith("attachment;")

    def test_its_name_is_a_name(self, tmp_path: Path) -> None:
        """In both forms of the header, without a way out of it."""
        with served(tmp_path) as hall:
            give(hall, name='a"; filename=b.exe\r\nX-Y: 1/Été.mp4')
            said = ask(hall).headers
            assert said["content-disposition"] == "inline; filename=\"_t_.mp4\"; filename*=UTF-8''%C3%89t%C3%A9.mp4"
            assert "x-y" not in said

    def test_the_etag_tells_nothing_of_the_content(self, hall: Hall) -> None:
        """The same bytes under another key have another; and no part of the key is in it."""
        other = "f" * 32
        asyncio.run(hall.service.blobs.write(other, once(CONTENT)))
        one, two = ask(hall).headers["etag"], ask(hall, path=f"/media/{other}").headers["etag"]
        assert one != two and KEY[:8] not in one

    def test_a_browser_that_has_it_is_told_so(self, hall: Hall) -> None:
        """Each time it asks: what is withdrawn is not shown out of a cache."""
        etag = ask(hall).headers["etag"]
        answer = ask(hall, if_none_match=f'"x", {etag}')
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["cache-control"] == "private, no-cache"

    def test_a_file_that_is_not_there_is_an_error(self, hall: Hall) -> None:
        """And not half an answer."""
        assert ask(hall, path=f"/media/{'e' * 32}").status_code == 500


class TestParts:
    @pytest.mark.parametrize(
        ("asked", "start", "end"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=0-", 0, len(CONTENT)),
            ("bytes=5-9", 5, 10),
            ("bytes = 5 - 9", 5, 10),
            ("bytes=300000-", 300_000, len(CONTENT)),
            ("bytes=-7", len(CONTENT) - 7, len(CONTENT)),
            (f"bytes=-{10**12}", 0, len(CONTENT)),
            (f"bytes=5-{10**12}", 5, len(CONTENT)),
            (f"bytes={len(CONTENT) - 1}-", len(CONTENT) - 1, len(CONTENT)),
        ],
    )
    def test_a_part_is_given(self, hall: Hall, asked: str, start: int, end: int) -> None:
        """Exactly that one, and where it lies."""
        answer = ask(hall, range=asked, accept_encoding="gzip")
        assert (answer.status_code, answer.content) == (206, CONTENT[start:end])
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
        assert answer.headers["content-length"] == str(end - start)
        told = ask(hall, "HEAD", range=asked)
        assert (told.status_code, told.content) == (206, b"")
        assert told.headers["content-range"] == answer.headers["content-range"]

    @pytest.mark.parametrize("asked", [f"bytes={len(CONTENT)}-", f"bytes={10**12}-{10**13}", "bytes=-0"])
    def test_a_part_that_is_not_there_is_refused(self, hall: Hall, asked: str) -> None:
        """With the length that there is."""
        answer = ask(hall, range=asked)
        assert (answer.status_code, answer.content) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"

    @pytest.mark.parametrize("asked", ["bytes=9-5", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,4-5", "bytes=١-٢"])
    def test_what_can_not_be_read_is_answered_whole(self, hall: Hall, asked: str) -> None:
        """As the standard allows; several parts at once too."""
        answer = hall.client.get(f"/media/{KEY}", headers={"range": asked.encode()})  # type: ignore[dict-item]
        assert (answer.status_code, answer.content) == (200, CONTENT)

    def test_parts_of_two_files_are_never_mixed(self, hall: Hall) -> None:
        """Whoever has a part of another gets the whole of this one."""
        etag = ask(hall).headers["etag"]
        assert ask(hall, range="bytes=5-9", if_range=etag).status_code == 206
        for other in ('"other"', "Sat, 15 Nov 2031 12:00:00 GMT", f"W/{etag}"):
            assert ask(hall, range="bytes=5-9", if_range=other).content == CONTENT

    def test_its_head_has_no_body(self, hall: Hall) -> None:
        """And the whole length."""
        answer = ask(hall, "HEAD")
        assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(CONTENT)))


class TestAnotherHost:
    def test_each_host_has_its_routes(self, tmp_path: Path) -> None:
        """The host of media serves nothing else, and the other none of them; nobody sends anything there."""
        with served(tmp_path, environment={"MOTION_MEDIA_URL": "http://media.exemple"}) as hall:
            give(hall)
            there = {"host": "media.exemple"}
            answer = ask(hall, **there)
            assert answer.content == CONTENT
            assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
            assert ask(hall).status_code == 404
            for path in ("/", "/ormeline", "/healthz", "/ormeline/fichiers", "/static/x", "//media/x", "/Media/x"):
                for method in ("GET", "POST", "PATCH"):
                    refused = ask(hall, method, path, **there)
                    assert (refused.status_code, refused.content) == (404, b"")
                    assert "set-cookie" not in refused.headers
            assert ask(hall, "POST", **there).status_code == 404
            assert ask(hall, path="/ormeline").status_code == 200
            assert media_bytes.address(hall.service.settings, "/media/x") == "http://media.exemple/media/x"

    def test_pages_may_show_what_comes_from_there(self, tmp_path: Path) -> None:
        """Pictures and films, and nothing that runs."""
        environment = {
            "MOTION_MEDIA_URL": "http://media.exemple",
            "BLOBS_URL": "s3://k:s@stock.exemple/seau",
        }
        with served(tmp_path, environment=environment) as hall:
            said = ask(hall, path="/ormeline").headers["content-security-policy"]
            allowed = [each.strip() for each in said.split(";") if "exemple" in each]
            both = "'self' http://media.exemple https://stock.exemple"
            assert allowed == [f"img-src {both}", f"media-src {both}"]

    def test_a_live_socket_is_not_opened_there(self, tmp_path: Path) -> None:
        """Whatever cookie comes with it."""
        from starlette.websockets import WebSocketDisconnect

        with served(tmp_path, environment={"MOTION_MEDIA_URL": "http://media.exemple"}) as hall:
            headers = {"host": "media.exemple", "cookie": "motion=aline"}
            with (
                pytest.raises(WebSocketDisconnect),
                hall.client.websocket_connect("/live/ormeline/M1", headers=headers),
            ):
                raise AssertionError("opened")


class TestAnotherStore:
    def test_the_store_answers_itself(self, s3_server: str, tmp_path: Path) -> None:
        """A browser is sent to an address that expires, with the type that was fixed."""
        url = object_store.blobs_url(s3_server, object_store.new_bucket(s3_server))
        with served(tmp_path, environment={"BLOBS_URL": url}) as hall:
            give(hall)
            answer = ask(hall)
            assert answer.status_code == 307 and answer.headers["cache-control"] == "no-store"
            request = urllib.request.Request(answer.headers["location"], headers={"Range": "bytes=5-9"})
            with urllib.request.urlopen(request, timeout=WAIT_S) as film:
                assert (film.status, film.read(), film.headers["Content-Type"]) == (206, CONTENT[5:10], "video/mp4")
            told = ask(hall, "HEAD")
            assert (told.status_code, told.headers["content-length"]) == (200, str(len(CONTENT)))
            asyncio.run(hall.service.blobs.delete(KEY))
            with pytest.raises(urllib.error.HTTPError) as gone:
                urllib.request.urlopen(answer.headers["location"], timeout=WAIT_S)
            assert gone.value.code == 404
            gone.value.close()

    def test_a_store_that_browsers_do_not_reach(self, s3_server: str, tmp_path: Path) -> None:
        """The service reads it and answers, parts too."""
        url = object_store.blobs_url(s3_server, object_store.new_bucket(s3_server)) + "&public=no"
        with served(tmp_path, environment={"BLOBS_URL": url}) as hall:
            give(hall)
            assert ask(hall).content == CONTENT
            assert ask(hall, range="bytes=262140-262150").content == CONTENT[262140:262151]


class TestLeaving:
    def test_readers_who_leave_hold_nothing(self, hall: Hall) -> None:
        """In the middle of a film: its file is closed on this side."""
        large = "a" * 32
        path = hall.service.settings.data_dir / "fichiers" / large[:2] / large
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(200_000_000)

        async def show(request: Request) -> Response:
            return media_bytes.serve(
                request, hall.service.blobs, large, 200_000_000, "video/mp4", "film.mp4", inline=True
            )

        app: Any = hall.client.app
        app.router.routes.insert(0, Route("/media/film", show))
        port = free_port()
        server = uvicorn.Server(configuration(app, host="127.0.0.1", port=port, lifespan="off", log_config=None))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            until(lambda: server.started)
            readers = []
            for _ in range(20):
                reader = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
                reader.sendall(b"GET /media/film HTTP/1.1\r\nHost: x\r\n\r\n")
                assert reader.recv(12) == b"HTTP/1.1 200"
                readers.append(reader)
            assert len(open_files(path)) == 20
            for reader in readers:
                reader.close()
            until(lambda: not open_files(path))
        finally:
            server.should_exit = True
            thread.join(WAIT_S)


def until(happened: Any) -> None:
    """Wait for something."""
    limit = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.05)


def open_files(path: Path) -> list[str]:
    """The descriptors of this process on a file."""
    found = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            if re.fullmatch(re.escape(str(path)) + ".*", os.readlink(f"/proc/self/fd/{descriptor}")):
                found.append(descriptor)
        except FileNotFoundError:
            continue
    return found
