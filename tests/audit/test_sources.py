"""A congress is read from a folder or an address; what cannot be had proves nothing and says why."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from motion.audit import sources
from motion.audit.sources import Address, Folder, SourceError, read_json
from motion.record import verify as files_of_any_length
from tests.databases import free_port

Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def serving(answers: dict[str, list[Answer]]) -> Iterator[str]:
    """Serve answers, one after the other for each path, the last one for ever; 404 elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            waiting = answers.get(self.path, [(404, {}, b"")])
            status, headers, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: int(headers.get("X-Cut", len(body)))])  # and hangs up

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ok(body: bytes) -> Answer:
    """A good answer."""
    return 200, {}, body


def reason(call) -> str:
    """Why it could not be had."""
    with pytest.raises(SourceError) as refused:
        call()
    return refused.value.reason


class TestAddress:
    """Bounded, patient, and true to its host."""

    @pytest.fixture
    def address(self, tmp_path: Path):
        """Make the source of an address; no pause is long."""
        return lambda url: Address(url, tmp_path, pauses_s=(0.0, 0.0))

    def test_reads_below_the_congress_or_its_log(self, address):
        """Either address will do."""
        with serving({"/c/log/checkpoint": [ok(b"x")], "/c/motions/M1.json": [ok(b"{}")]}) as url:
            for place in (f"{url}/c", f"{url}/c/", f"{url}/c/log", f"{url}/c/log/"):
                source = address(place)
                assert source.read("log/checkpoint") == b"x" and read_json(source, "motions/M1.json") == {}
                assert source.read("log/none") is None

    def test_what_is_gone_is_nothing(self, address):
        """410 as 404."""
        with serving({"/c/a": [(410, {}, b"retire")]}) as url:
            assert address(f"{url}/c").read("a") is None

    def test_asks_again_when_the_server_is_tired(self, address):
        """And gives up in the end."""
        tired: Answer = (503, {}, b"")
        with serving({"/c/a": [tired, tired, ok(b"x")], "/c/b": [tired]}) as url:
            assert address(f"{url}/c").read("a") == b"x"
            assert reason(lambda: address(f"{url}/c").read("b")) == "unreachable"

    def test_a_refusal_is_not_asked_twice(self, address):
        """It would not change."""
        with serving({"/c/a": [(403, {}, b""), ok(b"x")]}) as url:
            assert reason(lambda: address(f"{url}/c").read("a")) == "refused"

    def test_nobody_answers_for_the_host(self, address):
        """A redirection to another is refused, one to itself followed."""
        elsewhere = (302, {"Location": "http://localhost:1/c/a"}, b"")
        with serving({"/c/a": [elsewhere], "/c/b": [(302, {"Location": "/c/d"}, b"")], "/c/d": [ok(b"x")]}) as url:
            assert reason(lambda: address(f"{url}/c").read("a")) == "redirected"
            assert address(f"{url}/c").read("b") == b"x"

    def test_nothing_larger_than_it_can_be(self, address, monkeypatch: pytest.MonkeyPatch):
        """A server cannot fill the memory of who checks it."""
        monkeypatch.setattr(sources, "MAX_FILE_BYTES", 10)
        with serving({"/c/a": [ok(bytes(11))], "/c/b": [ok(bytes(10))]}) as url:
            assert reason(lambda: address(f"{url}/c").read("a")) == "too-large"
            assert address(f"{url}/c").read("b") == bytes(10)

    def test_a_long_file_comes_in_pieces(self, address, monkeypatch: pytest.MonkeyPatch):
        """Whatever its length; a line that is cut is taken up again, and nothing comes twice."""
        monkeypatch.setattr(sources, "MAX_FILE_BYTES", 10)
        film = bytes(range(256)) * 1000
        cut: Answer = (200, {"X-Cut": "100000"}, film)
        with serving({"/c/a": [cut, cut, ok(film)], "/c/b": [cut], "/c/c": [(503, {}, b""), ok(film)]}) as url:
            source = address(f"{url}/c")
            flow = source.stream("a")
            assert flow is not None
            pieces = list(flow)
            assert b"".join(pieces) == film and max(map(len, pieces)) <= sources.PIECE_BYTES
            assert b"".join(source.stream("c") or ()) == film
            assert source.stream("none") is None
            assert reason(lambda: list(source.stream("b") or ())) == "unreachable"

    def test_what_is_judged_is_what_was_read_first(self, address):
        """A tile is asked for once: a server cannot show two."""
        with serving({"/c/log/tile/0/000": [ok(b"first"), ok(b"second")]}) as url:
            source = address(f"{url}/c")
            assert [source.read("log/tile/0/000") for _ in range(2)] == [b"first", b"first"]

    def test_nobody_listens(self, address):
        """Said after the last try."""
        assert reason(lambda: address(f"http://127.0.0.1:{free_port()}/c").read("a")) == "unreachable"

    @pytest.mark.parametrize("url", ["ftp://a/c", "http://", "file:///etc"])
    def test_other_addresses_are_none(self, tmp_path: Path, url: str):
        """Only the web."""
        assert reason(lambda: Address(url, tmp_path)) == "no-address"


class TestFolder:
    """As exported, as a log alone, or in a bag."""

    @pytest.mark.parametrize("place", ["c/log", "c", "", "bag", "bag/data"])
    def test_finds_the_congress(self, tmp_path: Path, place: str):
        """Wherever it lies."""
        site = tmp_path / ("bag/data/c" if place.startswith("bag") else "c")
        (site / "log").mkdir(parents=True)
        (site / "log" / "checkpoint").write_bytes(b"x")
        (site / "a").write_bytes(b"y")
        source = Folder(tmp_path / place)
        assert (source.read("log/checkpoint"), source.read("a"), source.read("b")) == (b"x", b"y", None)

    def test_says_when_there_is_none_or_several(self, tmp_path: Path):
        """Nothing is guessed."""
        assert reason(lambda: Folder(tmp_path / "none")) == "no-folder"
        assert reason(lambda: Folder(tmp_path)) == "no-log"
        for name in ("a", "b"):
            (tmp_path / name / "log").mkdir(parents=True)
            (tmp_path / name / "log" / "checkpoint").write_bytes(b"x")
        assert reason(lambda: Folder(tmp_path)) == "several-logs"

    def test_lists_the_checkpoints_that_were_kept(self, tmp_path: Path):
        """By their size."""
        (tmp_path / "checkpoints").mkdir()
        (tmp_path / "checkpoint").write_bytes(b"x")
        for name in ("100", "20", "notes"):
            (tmp_path / "checkpoints" / name).write_bytes(b"x")
        assert Folder(tmp_path).kept_checkpoints() == ["log/checkpoints/20", "log/checkpoints/100"]

    def test_bounds_what_it_reads(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        """Objects that are files of their own come in pieces, of any length."""
        monkeypatch.setattr(sources, "MAX_FILE_BYTES", 10)
        (tmp_path / "objects/files").mkdir(parents=True)
        (tmp_path / "checkpoint").write_bytes(bytes(11))
        (tmp_path / "objects/files/a").write_bytes(bytes(11))
        assert reason(lambda: Folder(tmp_path).read("log/checkpoint")) == "too-large"
        assert reason(lambda: Folder(tmp_path).read("log/objects/files/a")) == "too-large"
        monkeypatch.setattr(files_of_any_length, "PIECE_BYTES", 4)
        flow = Folder(tmp_path).stream("log/objects/files/a")
        assert flow is not None and [len(piece) for piece in flow] == [4, 4, 3]
        assert Folder(tmp_path).stream("log/objects/files/b") is None
        assert Folder(tmp_path).stream("medias/a") is None

    @pytest.mark.parametrize("data", [b"[]", b"{", b"\xff", b"[" * 100_000])
    def test_pages_for_programs_are_objects(self, tmp_path: Path, data: bytes):
        """Anything else could not be read."""
        (tmp_path / "log").mkdir()
        (tmp_path / "log" / "checkpoint").write_bytes(b"x")
        (tmp_path / "a.json").write_bytes(data)
        assert reason(lambda: read_json(Folder(tmp_path), "a.json")) == "not-json"
