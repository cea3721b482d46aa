"""Where a published congress is read from: a folder, or an address of the web. Nothing it says is believed."""

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

from motion.record.files import PIECE_BYTES, Flow, whole_or_apart
from motion.record.verify import in_pieces

MAX_FILE_BYTES = 20_000_000  # a bundle of objects is below 17 MB; a motion's page for programs far below
TIMEOUT_S = 20.0
PAUSES_S = (0.5, 2.0, 5.0)  # before each new try; then it is given up
MAX_REDIRECTS = 3

# What a file is called below the congress's address.
LOG = "log/"
T = TypeVar("T")
TRANSIENT = frozenset((429, 500, 502, 503, 504))


class SourceError(Exception):
    """A file could not be had, which proves nothing: `reason` is a code, `path` says which file."""

    def __init__(self, reason: str, path: str, detail: str = "") -> None:
        super().__init__(reason, path, detail)
        self.reason, self.path, self.detail = reason, path, detail


class Source(Protocol):
    """The files of one congress, by their path below its address; the log's lie in `log/`."""

    is_local: bool

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None when there is none.

        Raises:
            SourceError: It could not be had.
        """

    def stream(self, path: str) -> Flow | None:
        """The same in pieces, for a file of any length.

        Raises:
            SourceError: It could not be had, or not to its end.
        """

    def kept_checkpoints(self) -> list[str]:
        """The paths of the older checkpoints that lie with the log."""

    def stamped(self) -> list[int]:
        """The sizes at which a time stamp lies with the log, growing."""


class LogReader:
    """The files of the log alone, as `motion.record` asks for them. May be sent to another process."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __call__(self, path: str, /) -> bytes | None:
        return self._source.read(LOG + path)

    def files(self, name: str) -> Flow | None:
        """An object that is a file, salt first, in pieces."""
        return whole_or_apart(self._source.stream)(name)


class Folder:
    """A congress as exported; or its log alone, or a BagIt bag with a single congress in it."""

    is_local = True

    def __init__(self, path: Path) -> None:
        """Find the congress in a folder.

        Raises:
            SourceError: `no-folder`, `no-log`, or `several-logs` with their names.
        """
        if not path.is_dir():
            raise SourceError("no-folder", str(path))
        self._log: Path
        self._site: Path | None = None
        if (path / "checkpoint").is_file():
            self._log = path
            self._site = path.parent if path.name == "log" else None
            return
        places = [path, path / "data", *sorted((path / "data").glob("*")), *sorted(path.glob("*"))]
        found = [place for place in dict.fromkeys(places) if (place / "log" / "checkpoint").is_file()]
        if not found:
            raise SourceError("no-log", str(path))
        if len(found) > 1:
            raise SourceError("several-logs", ", ".join(place.name for place in found))
        self._site, self._log = found[0], found[0] / "log"

    def _place(self, path: str) -> Path | None:
        if path.startswith(LOG):
            return self._log / path.removeprefix(LOG)
        return None if self._site is None else self._site / path

    def stream(self, path: str) -> Flow | None:
        place = self._place(path)
        return _patient(place, path) if place is not None and place.is_file() else None

    def read(self, path: str) -> bytes | None:
        place = self._place(path)
        if place is None:
            return None
        try:
            if place.stat().st_size > MAX_FILE_BYTES:
                raise SourceError("too-large", path)
            return place.read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise SourceError("unreadable", path, error.strerror or "") from None

    def kept_checkpoints(self) -> list[str]:
        """Oldest first."""
        kept = [path.name for path in (self._log / "checkpoints").glob("*") if path.name.isdecimal()]
        return [f"{LOG}checkpoints/{name}" for name in sorted(kept, key=int)]

    def stamped(self) -> list[int]:
        names = [path.stem for path in (self._log / "timestamps").glob("*.tsr")]
        return sorted(int(name) for name in names if name.isascii() and name.isdecimal())


def _patient(place: Path, path: str) -> Flow:
    try:
        yield from in_pieces(place)
    except OSError as error:
        raise SourceError("unreadable", path, error.strerror or "") from None


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only to where it was asked: another host would answer for this one."""

    max_redirections = MAX_REDIRECTS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        old, new = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if new.hostname != old.hostname or new.scheme not in (old.scheme, "https"):
            fp.close()
            raise SourceError("redirected", old.path, new.hostname or "")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Address:
    """A congress on the web. Tiles and bundles are asked for once and kept in `cache`."""

    is_local = False

    def __init__(self, url: str, cache: Path, *, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
        """Take the address of the congress, or of its log.

        Raises:
            SourceError: `no-address`.
        """
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SourceError("no-address", url)
        base = parts.path.rstrip("/").removesuffix("/log")
        self._base = f"{parts.scheme}://{parts.netloc}{base}/"
        self._cache = cache
        self._pauses_s = pauses_s
        self._opener = urllib.request.build_opener(_SameHost)

    def read(self, path: str) -> bytes | None:
        if not path.startswith((LOG + "tile/", LOG + "objects/")):
            return self._ask(path)
        # Read twice by the check: what is judged must be what was hashed.
        kept = self._cache / hashlib.sha256(path.encode()).hexdigest()
        try:
            return kept.read_bytes()
        except FileNotFoundError:
            data = self._ask(path)
        if data is not None:
            kept.write_bytes(data)
        return data

    def kept_checkpoints(self) -> list[str]:
        """A server does not list them."""
        return []

    def stamped(self) -> list[int]:
        """Nor these."""
        return []

    def stream(self, path: str) -> Flow | None:
        first = self._patiently(self._open, path)
        return None if first is None else self._flow(path, first)

    def _flow(self, path: str, answer: http.client.HTTPResponse) -> Flow:
        """The pieces of an answer. Cut, it is asked for again, and what was had is passed over: it can't differ."""
        done = cuts = 0
        while True:
            passed = 0
            with answer:
                try:
                    while piece := answer.read(PIECE_BYTES):
                        fresh = piece[max(0, done - passed) :]
                        passed += len(piece)
                        if fresh:
                            done += len(fresh)
                            yield fresh
                    if not answer.length:
                        return
                except (OSError, http.client.HTTPException):
                    pass
            if cuts == len(self._pauses_s):
                raise SourceError("unreachable", path)
            time.sleep(self._pauses_s[cuts])
            cuts += 1
            following = self._patiently(self._open, path)
            if following is None:
                raise SourceError("unreachable", path)
            answer = following

    def _ask(self, path: str) -> bytes | None:
        return self._patiently(self._ask_once, path)

    def _patiently(self, once: Callable[[str], T], path: str) -> T:
        tries = len(self._pauses_s)
        for number in range(tries + 1):
            try:
                return once(path)
            except SourceError as error:
                if error.reason != "unreachable" or number == tries:
                    raise
                time.sleep(self._pauses_s[number])
        raise AssertionError

    def _ask_once(self, path: str) -> bytes | None:
        answer = self._open(path)
        if answer is None:
            return None
        try:
            with answer:
                data = answer.read(MAX_FILE_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise SourceError("unreachable", path, str(getattr(error, "reason", error))) from None
        if len(data) > MAX_FILE_BYTES:
            raise SourceError("too-large", path)
        return data

    def _open(self, path: str) -> http.client.HTTPResponse | None:
        request = urllib.request.Request(self._base + path, headers={"User-Agent": "motion-verify"})
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=TIMEOUT_S)
            return answer
        except urllib.error.HTTPError as error:
            with error:
                if error.code in (404, 410):
                    return None
                reason = "unreachable" if error.code in TRANSIENT else "refused"
                raise SourceError(reason, path, str(error.code)) from None
        except (OSError, http.client.HTTPException) as error:
            raise SourceError("unreachable", path, str(getattr(error, "reason", error))) from None


def read_json(source: Source, path: str) -> dict[str, Any] | None:
    """An object of JSON; None when there is no such file.

    Raises:
        SourceError: Also when it is something else (`not-json`).
    """
    data = source.read(path)
    if data is None:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise SourceError("not-json", path) from None
    if not isinstance(value, dict):
        raise SourceError("not-json", path)
    return value
