"""The protocol's own clients, unmodified, against the real service: 200 MB through cuts, closed tabs and a kill."""

import hashlib
import json
import os
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlmodel import Session, select
from tusclient.client import TusClient

from motion import settings
from storage import migrate
from storage.models import Upload
from storage.store import Store
from tests.browser import brought, node
from tests.live import world as worlds
from tests.servers import Served, serving

HERE = Path(__file__).parent / "node"
MB = 1_000_000
LENGTH = 200 * MB + 12_345
COOKIE = "motion-depot=" + "0123456789abcdef" * 2
WAIT_S = 240


class Leak:
    """A way to a server that breaks, in both directions, each time so many bytes have gone up.

    Args:
        port: Of the server.
        breaks: After how many bytes in all, and what is done before anybody can connect again.
    """

    def __init__(self, port: int, breaks: list[tuple[int, Callable[[], None]]]) -> None:
        self.happened = 0
        self._server = port
        self._breaks = breaks
        self._carried = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody through any more."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._server))
                except OSError:
                    client.close()
                    continue
                threading.Thread(target=self._down, args=(server, client), daemon=True).start()
                self._up(client, server)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        """One connection at a time sends: these clients have one request under way."""
        with suppress(OSError):
            while piece := client.recv(1 << 16):
                self._carried += len(piece)
                server.sendall(piece)
                if self.happened < len(self._breaks) and self._carried >= self._breaks[self.happened][0]:
                    for each in (client, server):
                        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        each.close()
                    self._breaks[self.happened][1]()
                    self.happened += 1
                    return
        for each in (client, server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(1 << 16):
                client.sendall(piece)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 200 MB in which no two places are alike."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with path.open("wb") as file:
        for number in range(LENGTH // MB + 1):
            block = hashlib.sha256(str(number).encode()).digest() * (MB // 32)
            file.write(block[: min(MB, LENGTH - number * MB)])
    return path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A congress, served by the program."""
    store = Store(settings.read({"MOTION_DATA": str(tmp_path)}).database_url)
    migrate.upgrade(store)
    store.write_now(worlds.make)
    store.close()
    with serving(tmp_path) as served:
        yield served


@contextmanager
def leaking(served: Served) -> Iterator[Leak]:
    """A line that breaks three times in the middle of a piece; the second time the server is killed as well."""

    def restart() -> None:
        served.kill()
        served.start()

    leak = Leak(served.port, [(30 * MB, lambda: None), (90 * MB, restart), (150 * MB, lambda: None)])
    try:
        yield leak
    finally:
        leak.close()


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def only_upload(data: Path) -> Upload:
    """The one upload there is."""
    store = Store(settings.read({"MOTION_DATA": str(data)}).database_url)

    def one(db: Session) -> Upload:
        return db.exec(select(Upload)).one()

    try:
        return store.read_now(one)
    finally:
        store.close()


def assert_kept(data: Path, film: Path) -> None:
    """The file is there once, the same, and nothing else is."""
    upload = only_upload(data)
    assert (upload.state, upload.received) == ("done", LENGTH)
    blobs = list((data / "fichiers").glob("??/*"))
    assert [blob.name for blob in blobs] == [upload.key]
    assert digest(blobs[0]) == digest(film)
    assert os.listdir(data / "uploads") == []


@pytest.fixture(scope="module")
def folder() -> Path:
    """The client's libraries, brought once with `npm ci` from the committed lock."""
    folder = brought(HERE)
    shutil.copy(HERE / "upload.mjs", folder / "upload.mjs")
    return folder


class TestTuspy:
    @pytest.mark.parametrize("checksum", [False, True])
    def test_it_sends_through_cuts_and_a_kill(self, served: Served, film: Path, tmp_path: Path, checksum: bool) -> None:
        """In pieces of 8 MB, or in one; with a sum for each piece, or without."""
        with leaking(served) as leak:
            client = TusClient(f"http://127.0.0.1:{leak.port}/valbrune/fichiers", headers={"Cookie": COOKIE})
            sizes = {"chunk_size": 8 * MB} if checksum else {}
            with film.open("rb") as file:  # by itself it would leave the file open
                uploader = client.uploader(
                    file_stream=file,
                    retries=50,
                    retry_delay=1,
                    upload_checksum=checksum,
                    metadata={"filename": film.name},
                    **sizes,
                )
                uploader.upload()
            assert leak.happened == 3
        assert_kept(tmp_path, film)
        assert only_upload(tmp_path).file_name == "film.mp4"


class TestTusJsClient:
    def run(self, folder: Path, port: int, film: Path, memory: Path, leave_after: str = "") -> str:
        """Run the client to its end."""
        endpoint = f"http://127.0.0.1:{port}/valbrune/fichiers"
        command = [node(), "upload.mjs", endpoint, str(film), str(memory), COOKIE, leave_after]
        environment = {"PATH": os.environ["PATH"]}
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=WAIT_S, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def test_it_sends_through_cuts_and_a_kill(self, served: Served, film: Path, tmp_path: Path, folder: Path) -> None:
        """In one request as long as the file, and as many more as it takes."""
        with leaking(served) as leak:
            self.run(folder, leak.port, film, tmp_path / "memory.json")
            assert leak.happened == 3
        assert_kept(tmp_path, film)
        upload = only_upload(tmp_path)
        assert (upload.file_name, upload.media_type) == ("Été à la mer.mp4", "video/mp4")

    def test_a_closed_tab_goes_on(self, served: Served, film: Path, tmp_path: Path, folder: Path) -> None:
        """Another run finds where the first one left, and sends the rest alone."""
        memory = tmp_path / "memory.json"
        assert self.run(folder, served.port, film, memory, str(60 * MB)) == ""
        served.kill()
        served.start()
        said = json.loads(self.run(folder, served.port, film, memory))
        assert said["offsetAtStart"] > 20 * MB
        assert_kept(tmp_path, film)
