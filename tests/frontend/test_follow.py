"""Live reading outlives a service that restarts: in a real browser, on a page of two lines."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from motion.web.assets import Assets
from tests.frontend.desk import until

PAGE = b"""<!doctype html><title>x</title>
<main data-events="/suivre"><p data-fragment="p" data-src="/p">avant</p></main>
<script type="module" src="/follow.js"></script>"""


class Restarting(http.server.BaseHTTPRequestHandler):
    """What stands before a service that restarts refuses the events; then the service is back."""

    answers = 503
    texts = 0

    def do_GET(self) -> None:
        kind, body, status = "text/html", PAGE, 200
        if self.path == "/follow.js":
            assets = Assets()
            kind, body = "text/javascript", (assets.folder / assets.names["follow.js"]).read_bytes()
        elif self.path == "/p":
            Restarting.texts += 1
            body = f"texte {Restarting.texts}".encode()
        elif self.path == "/suivre":
            kind, body, status = "text/event-stream", b"retry: 60000\n\ndata: null\n\n", Restarting.answers
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Restarting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_page_that_was_refused_its_events_asks_again(browser: Browser, address: str) -> None:
    """A browser gives events up for good after a 503: the page reads and listens again half a minute later."""
    page = browser.new_page()
    page.clock.install()
    with page.expect_response("**/suivre") as refused:
        page.goto(address)
    assert refused.value.status == 503
    assert page.inner_text("p") == "avant"
    taken: list[int] = []
    page.on("response", lambda answer: taken.append(answer.status) if answer.url.endswith("/suivre") else None)
    Restarting.answers = 200
    until(lambda: page.clock.fast_forward(46_000) or 200 in taken, page=page)
    page.wait_for_function("document.querySelector('p').textContent.startsWith('texte')")
    page.close()
