"""The way out to other servers: named addresses, bounded in time and length, no redirection."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from motion.outgoing import NoAnswer, ask, is_address

OK = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\n"


@contextmanager
def server(*pieces: bytes, pause: float = 0) -> Iterator[tuple[str, list[bytes]]]:
    """Answer one connection with these bytes; give the address and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _address = listening.accept()
            with connection:
                asked.append(connection.recv(65536))
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                        time.sleep(pause)
                except OSError:
                    pass  # whoever asked has had enough

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/chemin", asked
        finally:
            thread.join()


def test_an_answer_is_given_whole() -> None:
    """Status, kind without its parameters, bytes; POST when there is a body."""
    with server(OK + b"Content-Length: 3\r\n\r\noui") as (address, asked):
        answer = ask(address, b"question", headers={"X-Mot": "un"})
    assert (answer.status, answer.kind, answer.content) == (200, "text/plain", b"oui")
    assert asked[0].startswith(b"POST /chemin HTTP/1.1\r\n") and b"X-Mot: un" in asked[0]


def test_a_redirection_is_not_followed() -> None:
    """It is the answer: another host was not named by anybody."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/secret\r\nContent-Length: 0\r\n\r\n"
    with server(moved) as (address, _asked):
        assert ask(address).status == 302


@pytest.mark.parametrize(
    ("pieces", "pause", "reason"),
    [
        ([OK + b"\r\n" + b"x" * 5000], 0, "too-long"),
        ([OK + b"Content-Length: 100\r\n\r\n", *[b"x"] * 10], 0.1, "late"),
        ([], 0, "not-http"),
        ([b"SSH-2.0-non\r\n"], 0, "not-http"),
    ],
)
def test_what_is_no_answer_is_said(pieces: list[bytes], pause: float, reason: str) -> None:
    """Too long, drop by drop, or another protocol."""
    with server(*pieces, pause=pause) as (address, _asked), pytest.raises(NoAnswer) as refused:
        ask(address, seconds=0.3, limit=4096)
    assert refused.value.reason in (reason, "unreachable" if reason == "not-http" else reason)


def test_nobody_there() -> None:
    """A closed port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(NoAnswer) as refused:
        ask(f"http://127.0.0.1:{port}/")
    assert refused.value.reason == "unreachable"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://ville.example/", "gopher://127.0.0.1/", "", "https://[::1"]
)
def test_addresses_that_are_not_asked(url: str) -> None:
    """Before any socket is opened."""
    assert not is_address(url)
    with pytest.raises(NoAnswer):
        ask(url)


def test_http_will_do_for_what_is_signed() -> None:
    """Time stamps and mirrors' checkpoints; never another scheme."""
    assert is_address("http://horodatage.example/tsr", signed=True)
    assert not is_address("ftp://horodatage.example/tsr", signed=True)
