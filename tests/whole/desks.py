"""One person at one browser, and what a test says that they do."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.whole.demonstration import Demonstration, Place
from tests.whole.network import Line

PATIENCE_S = 40.0
TEXT = ".cm-content"
# Where to click so that the caret stands after (or before) words of the text; null while they aren't there.
PLACE = """([words, after]) => {
  const lines = [...document.querySelectorAll('.cm-content .cm-line')];
  const line = lines.find((one) => one.textContent.includes(words));
  if (!line) return null;
  line.scrollIntoView({block: 'center', behavior: 'instant'});
  let at = line.textContent.indexOf(words) + (after ? words.length - 1 : 0);
  const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; at -= node.data.length, node = walk.nextNode()) {
    if (at >= node.data.length) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const box = range.getBoundingClientRect();
    return [after ? box.right - 1 : box.left + 1, box.top + box.height / 2];
  }
  return null;
}"""
# Whether the caret stands there.
STANDS = """([words, after]) => {
  const {anchorNode, anchorOffset, isCollapsed} = getSelection();
  const line = anchorNode && (anchorNode.closest ? anchorNode : anchorNode.parentElement).closest('.cm-line');
  if (!line || !isCollapsed || !document.activeElement.closest('.cm-content')) return false;
  const range = document.createRange();
  range.selectNodeContents(line);
  after ? range.setEnd(anchorNode, anchorOffset) : range.setStart(anchorNode, anchorOffset);
  return after ? range.toString().endsWith(words) : range.toString().startsWith(words);
}"""
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
PLAIN_SPACES = str.maketrans("\u00a0\u202f", "  ")


def until(
    condition: Callable[[], object],
    page: Page | None = None,
    *,
    seconds: float = PATIENCE_S,
    instead: Callable[[], str] = lambda: "",
) -> None:
    """Wait for a state; the page goes on meanwhile. `instead` says what there was, if it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not happen in time; instead: {instead()}"
        page.wait_for_timeout(30) if page else time.sleep(0.03)


class Desk:
    """An official (or whoever `role` names) with a browser of their own, on a motion's drafting page.

    `problems` collects what must not be: errors of scripts, refusals of the security policy, requests to other hosts.
    """

    def __init__(
        self,
        browser: Browser,
        service: Demonstration,
        *,
        line: Line | None = None,
        role: str = "",
        code: str = "M1",
        **options: object,
    ) -> None:
        settings = {"viewport": {"width": 1440, "height": 900}, "locale": "fr-FR", **options}
        self.context = browser.new_context(**settings)  # type: ignore[arg-type]
        self.service = service
        self.address = line.address if line else service.address
        self.url = f"{self.address}/ormeline/motions/{code}/rediger"
        self.problems: list[str] = []
        self.context.set_default_timeout(PATIENCE_S * 1000)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        self.context.on("request", self._see)
        self.place: Place | None = None
        self.page = self.context.new_page()
        if role:
            service.sign_in(self.page, role)
        else:
            self.place = service.sit(self.context, self.address)

    def _hear(self, message: ConsoleMessage) -> None:
        # A cut line makes the browser itself write that a request failed: that is the test's doing.
        if message.type == "error" and not any(
            words in message.text for words in ("Failed to load resource", "WebSocket connection to")
        ):
            self.problems.append(f"console: {message.text}")

    def _see(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", None}:
            self.problems.append(f"another host: {request.url}")

    def open(self) -> "Desk":
        """Open the drafting page and wait until one can write."""
        self.page.goto(self.url)
        self.page.wait_for_selector(f"{TEXT}[aria-readonly=false]")
        return self

    def reopen(self) -> "Desk":
        """Close the tab without a word, and open the page in a new one."""
        self.page.close()
        self.page = self.context.new_page()
        return self.open()

    def put_caret(self, words: str, *, after: bool = True) -> None:
        """Click beside words that stand in the text, until the caret is there: others may be moving them."""

        def clicked() -> bool:
            place = self.page.evaluate(PLACE, [words, after])
            if place is None:
                return False
            self.page.mouse.click(*place)
            return bool(self.page.evaluate(STANDS, [words, after]))

        until(clicked, self.page, instead=self.text)

    def begin_paragraph(self, words: str) -> None:
        """Write a new paragraph after the first, and stay at its end."""
        self.put_caret("beaucoup y renoncent.")
        self.press("Enter")
        self.type(words)
        self.sees(words)

    def type(self, words: str) -> None:
        """Type on the keyboard, key by key."""
        self.page.keyboard.type(words)

    def press(self, *keys: str) -> None:
        """Press keys one after the other.

        Nobody is faster than a frame of the screen, for which CodeMirror keeps Enter and Backspace back on Android.
        """
        for key in keys:
            self.page.keyboard.press(key)
            self.page.evaluate(NEXT_FRAME)

    def says(self) -> str:
        """The words of the status, with ordinary spaces."""
        return self.page.inner_text("[data-editor=status] .mot").translate(PLAIN_SPACES)

    def text(self) -> str:
        """What stands in the editor, one line for each line."""
        lines = self.page.eval_on_selector_all(f"{TEXT} .cm-line", "lines => lines.map((one) => one.textContent)")
        return "\n".join(lines)

    def sees(self, words: str) -> None:
        """Wait until these words stand in the editor."""
        until(lambda: words in self.text(), self.page, instead=self.text)

    def is_saved(self) -> None:
        """Wait until the service has said that all is kept."""
        until(lambda: self.says().startswith("Enregistré à "), self.page, instead=self.says)

    def is_saved_in_short(self) -> None:
        """The same on a narrow screen, where eyes get the hour alone and ears the whole sentence."""
        self.is_saved()
        short = self.page.locator("[data-editor=status] .court")
        assert short.is_visible() and self.says().endswith(short.inner_text().translate(PLAIN_SPACES))

    def is_offline(self) -> None:
        """Wait until the page knows that the line is cut."""
        self.page.wait_for_selector(".bandeau[data-ouvert]", timeout=PATIENCE_S * 1000)

    def focused(self) -> str:
        """Where the focus is, in words that a test can compare."""
        return str(
            self.page.evaluate(
                "() => document.activeElement.getAttribute('aria-label') || document.activeElement.innerText.trim()"
            )
        )

    def close(self) -> None:
        """Leave."""
        self.context.close()
