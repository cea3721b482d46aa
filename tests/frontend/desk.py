"""One official at one browser, and what a test says that they do."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Page

PATIENCE_S = 30.0  # a machine that does much else is slow, and a test that waits for an outcome can wait
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Mobile Safari/537.36"
)
WRITABLE = ".cm-content[aria-readonly=false]"
CARET = """([word, after]) => {
  const content = document.querySelector('.cm-content');
  const walk = document.createTreeWalker(content, 4);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    content.focus();
    getSelection().collapse(node, at + (after ? word.length : 0));
    return true;
  }
  return false;
}"""
# The editor hears of a selection by an event, and takes it up before the next frame is drawn.
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"


class Desk:
    """A browser's context and its open tab; `problems` collects errors of scripts."""

    def __init__(self, browser: Browser, url: str, official: int = 1, *, before: str = "", **options: Any) -> None:
        settings = {"viewport": {"width": 1440, "height": 900}, "locale": "fr-FR", **options}
        self.context = browser.new_context(**settings)
        self.context.set_default_timeout(PATIENCE_S * 1000)
        if before:
            self.context.add_init_script(before)
        self.url = f"{url}/demo/motions/M3/rediger?official={official}"
        self.problems: list[str] = []
        self.open()

    def open(self) -> None:
        """Open the drafting page in a new tab, and wait until one can write."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(self.url)
        self.page.wait_for_selector(WRITABLE)

    def put_caret(self, word: str, *, after: bool = True) -> None:
        """Put the caret after (or before) a word that is on the screen."""
        assert self.page.evaluate(CARET, [word, after]), f"{word!r} is not on the screen"
        self.page.evaluate(NEXT_FRAME)

    def type(self, words: str) -> None:
        """Type key by key."""
        self.page.keyboard.type(words)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def status(self) -> str:
        """The words of the status, with ordinary spaces."""
        return self.page.inner_text("[data-editor=status] .mot").replace("\u00a0", " ")

    def wait_saved(self) -> None:
        """Wait until all is kept by the server."""
        until(lambda: self.status().startswith("Enregistré à "), page=self.page)

    def is_offline(self) -> None:
        """Wait until the page knows that the line is cut."""
        self.page.wait_for_selector(".bandeau[data-ouvert]")

    def close(self) -> None:
        """Leave."""
        self.context.close()


def until(condition: Callable[[], object], seconds: float = PATIENCE_S, page: Page | None = None) -> None:
    """Wait for a state; the page goes on meanwhile."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50) if page else time.sleep(0.05)


Seat = Callable[..., Desk]
