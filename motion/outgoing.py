"""Asking another server something: witnesses, time stamps, mirrors. The only way out, and a narrow one.

Addresses come from settings, from the command line and from keys that somebody named, never from a visitor. No
redirection is followed, no proxy of the environment is used, an answer is bounded in time and in length.
"""

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other server said; `kind` is its content type, without parameters."""

    status: int
    kind: str
    content: bytes


@dataclass
class NoAnswer(Exception):
    """Nothing usable came; `reason` is a code: `unreachable`, `late`, `too-long`, `not-http`."""

    reason: str
    detail: str = ""


def is_address(url: str, *, signed: bool = False) -> bool:
    """Whether this may be asked: https, or http on this very machine; a host, no name, no query.

    Args:
        signed: What comes back is signed, and what is sent is public: http will do.
    """
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and (signed or parts.hostname in LOOPBACK))
        _port = parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return secure and bool(parts.hostname) and plain and url.isascii() and url.isprintable() and " " not in url


def ask(
    url: str,
    body: bytes | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    signed: bool = False,
    seconds: float = 5.0,
    limit: int = 1 << 20,
) -> Answer:
    """Send one request, POST when there is a body, and read the answer; call it in a thread.

    Args:
        signed: As for `is_address`.
        seconds: For connecting and for each wait; the reading of the body stops at it altogether.
        limit: Bytes of the longest answer taken.

    Raises:
        NoAnswer: With the reason.
    """
    if not is_address(url, signed=signed):
        raise NoAnswer("unreachable", "not an address that may be asked")
    parts = urlsplit(url)
    assert parts.hostname is not None
    until = time.monotonic() + seconds
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    response: http.client.HTTPResponse | None = None
    try:
        connection.request("GET" if body is None else "POST", parts.path or "/", body, dict(headers or {}))
        response = connection.getresponse()
        content = b""
        while piece := response.read1(1 << 16):
            content += piece
            if len(content) > limit:
                raise NoAnswer("too-long")
            if time.monotonic() > until:
                raise NoAnswer("late")
        kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        return Answer(response.status, kind, content)
    except TimeoutError as error:
        raise NoAnswer("late") from error
    except OSError as error:
        raise NoAnswer("unreachable", str(error)) from error
    except http.client.HTTPException as error:
        raise NoAnswer("not-http", repr(error)) from error
    finally:
        if response is not None:
            response.close()  # one that was not read to its end keeps the socket open
        connection.close()
