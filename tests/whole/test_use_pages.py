"""Every page as a browser shows it: axe, narrow screens, dark theme, no script, weights, and nothing from elsewhere.

WCAG 2.2 AA by axe-core on each page, light and dark, at 320, 820 and 1440 px; budgets in bytes over the wire.
"""

from collections.abc import Callable, Iterator
from typing import get_args
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from motion.web import routes
from tests.browser import axe
from tests.whole.demonstration import Demonstration
from tests.whole.scenes import NO_PAGES, PUBLIC, SCENES, Role, Scene

WIDTHS = (1440, 820, 320)
THEMES = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
MAX_ELEMENTS = 900
KB = 1000
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ['violations'], elementRef: false});
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(' ')} ${(node.any[0] || node.all[0] || node.none[0] || {}).message || ''}`));
}"""
# The innermost elements that make the page scroll sideways; none when it does not.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width);
  const inner = wide.filter((one) => !wide.some((other) => other !== one && one.contains(other)));
  const told = (one) => `sticks out: ${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`;
  return ['scrolls sideways', ...inner.map(told)];
}"""
# WCAG 1.4.12: what a reader's own style may set without loss.
SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
    " p { margin-bottom: 2em !important }"
)
# Elements that hide a part of their own text; what is hidden on purpose for eyes, and fields that scroll, apart.
CLIPPED = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const clips = (style) => /hidden|clip/.test(style.overflowX + style.overflowY) && style.clipPath === 'none';
  return [...document.querySelectorAll('body *')].filter((one) => {
    const style = getComputedStyle(one);
    if (!clips(style) || one.closest('.vh, svg, textarea, select, [hidden]') || !one.textContent.trim()) return false;
    if (one.clientWidth < 2 || !one.checkVisibility({visibilityProperty: true})) return false;
    return one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
  }).map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`);
}"""


@pytest.fixture(scope="module")
def contexts(browser: Browser, service: Demonstration) -> Iterator[dict[str, BrowserContext]]:
    """One browser's memory for each role."""
    made = {role: browser.new_context(locale="fr-FR") for role in get_args(Role)}
    service.sit(made["official"])
    page = made["secretariat"].new_page()
    service.sign_in(page, "Secrétariat")
    page.close()
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visit(contexts: dict[str, BrowserContext], service: Demonstration) -> Iterator[Callable[[Scene], Page]]:
    """Opens pages; in the end none has met an error, a refusal of its security policy, or another host."""
    problems: list[str] = []
    opened: list[Page] = []

    def hear(message: ConsoleMessage) -> None:
        # An answer of 4xx is written there by the browser itself; the scene says which it expects.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            problems.append(f"console: {message.text}")

    def see(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(service.address).netloc:
            problems.append(f"another host: {request.url}")

    def go(scene: Scene) -> Page:
        page = contexts[scene.role].new_page()
        opened.append(page)
        page.on("console", hear)
        page.on("request", see)
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        scene.go(page, service)
        return page

    yield go
    for page in opened:
        page.close()
    assert problems == []


@pytest.fixture(scope="module")
def axe_source() -> str:
    """axe-core, read once."""
    return axe()


def by_name(scene: Scene) -> str:
    """The name of a test's page."""
    return scene.name


def test_every_page_is_among_the_scenes() -> None:
    """Whoever adds a page meets this list."""
    known = {scene.name.partition(",")[0] for scene in SCENES} | NO_PAGES
    pages = {route.name for module in routes.PAGES for route in module.ROUTES if "GET" in (route.methods or {"GET"})}
    # The page of a result that waits for its own state: reached by `test_use_session`.
    assert pages - known - {"unfreeze-ask", "adopt-ask"} == set()


class TestEveryPage:
    @pytest.mark.parametrize("scene", SCENES, ids=by_name)
    def test_axe_finds_nothing_and_nothing_sticks_out(
        self, visit: Callable[[Scene], Page], axe_source: str, scene: Scene
    ) -> None:
        """Light and dark, three widths; no sideways scroll at 320 px; at most 900 elements."""
        page = visit(scene)
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.querySelectorAll('*').length") <= MAX_ELEMENTS
        page.evaluate(axe_source)
        found: dict[str, str] = {}
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for finding in page.evaluate(RUN_AXE, TAGS):
                    found.setdefault(finding, f"{theme}, {width}")
                for finding in page.evaluate(STICKING_OUT):
                    found.setdefault(finding, f"{theme}, {width}")
        assert found == {}

    @pytest.mark.parametrize("scene", SCENES, ids=by_name)
    def test_a_readers_own_settings(self, visit: Callable[[Scene], Page], scene: Scene) -> None:
        """Wider spacing clips no text; forced colours keep the borders of buttons; nothing moves if asked not to."""
        page = visit(scene)
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        bare = page.eval_on_selector_all(
            "a.btn, button.btn",
            """all => all.filter((one) => one.checkVisibility() && getComputedStyle(one).borderTopStyle === 'none')
              .map((one) => one.textContent.trim())""",
        )
        assert bare == []
        moving = page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
        assert moving == 0
        page.emulate_media(forced_colors="none", reduced_motion="no-preference")
        clipped: set[str] = set()
        for width in (320, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            clipped |= set(page.evaluate(CLIPPED, SPACING))
        assert clipped == set()


LOOKS = 4  # a live page may change between two looks, not four times in a row


class TestWithoutScript:
    @pytest.mark.parametrize("scene", PUBLIC, ids=by_name)
    def test_the_public_reads_it_all(
        self,
        browser: Browser,
        contexts: dict[str, BrowserContext],
        service: Demonstration,
        visit: Callable[[Scene], Page],
        scene: Scene,
    ) -> None:
        """The same words with script and without; once more when the congress moved between the two."""
        context = browser.new_context(java_script_enabled=False, locale="fr-FR")
        page = context.new_page()
        contexts[scene.role].clear_cookies()  # other scenes have sent something, and the page says so to their browser
        for _ in range(LOOKS):
            scripted = visit(scene)
            # What a browser computes by itself has no twin without script: the page offers commands in its stead.
            # So does a tablet's camera.
            alone = "[data-module=verifier], [data-depot-borne]"
            scripted.evaluate(
                "(alone) => document.querySelectorAll(alone).forEach((one) => (one.hidden = true))", alone
            )
            scripted.evaluate("document.querySelectorAll('.vitesse').forEach((one) => one.remove())")
            words = scripted.inner_text("main")
            scene.go(page, service)
            if page.inner_text("main") == words:
                break
        assert page.inner_text("main") == words
        assert page.locator("h1").is_visible()
        context.close()


class TestWeights:
    """Budgets: first visit, next visit, script, requests; in bytes over the wire as the browser counts them."""

    @pytest.mark.parametrize(
        ("path", "first", "following", "script", "requests"),
        [
            ("/ormeline", 75 * KB, 20 * KB, 8 * KB, 8),
            ("/ormeline/motions/M1", 75 * KB, 20 * KB, 8 * KB, 8),
            ("/ormeline/contributions", 75 * KB, 20 * KB, 8 * KB, 8),
            # A text and a film, with its still, its captions and the script of its player.
            ("/ormeline/contributions/C1", 90 * KB, 30 * KB, 8 * KB, 8),
            ("/ormeline/contributions/C1/transcription/1", 90 * KB, 30 * KB, 8 * KB, 8),
            ("/ormeline/contributions/carte", 75 * KB, 20 * KB, 8 * KB, 8),
            ("/ormeline/contributions/chiffres", 75 * KB, 20 * KB, 8 * KB, 8),
            ("/ormeline/connexion", 60 * KB, 10 * KB, 8 * KB, 5),
            ("/ormeline/motions/M1/rediger/simple", 75 * KB, 20 * KB, 8 * KB, 5),
            ("/ormeline/motions/M1/rediger", 230 * KB, 30 * KB, 140 * KB, 12),
        ],
    )
    def test_a_page_is_light(
        self,
        browser: Browser,
        service: Demonstration,
        path: str,
        first: int,
        following: int,
        script: int,
        requests: int,
    ) -> None:
        """A first visit, then the same page again with what the browser has kept."""
        context = browser.new_context(locale="fr-FR")
        service.sit(context)
        page = context.new_page()
        weights = self._weights(page, service.address + path)
        total = sum(size for _, size in weights.values())
        assert total <= first, weights
        assert sum(size for kind, size in weights.values() if kind == "Script") <= script, weights
        assert len(weights) <= requests, weights
        again = self._weights(page, service.address + path)
        assert sum(size for _, size in again.values()) <= following, again
        context.close()

    def _weights(self, page: Page, address: str) -> dict[str, tuple[str, int]]:
        """Bytes that came over the wire for each address, headers included."""
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        kinds: dict[str, tuple[str, str]] = {}
        sizes: dict[str, tuple[str, int]] = {}

        def answered(event: dict[str, object]) -> None:
            response = event["response"]
            assert isinstance(response, dict)
            if not response.get("fromDiskCache") and response["url"].startswith("http"):
                kinds[str(event["requestId"])] = (str(response["url"]), str(event["type"]))

        def ended(event: dict[str, object]) -> None:
            if str(event["requestId"]) in kinds:
                url, kind = kinds[str(event["requestId"])]
                sizes[url] = (kind, int(str(event["encodedDataLength"]).partition(".")[0]))

        session.on("Network.responseReceived", answered)
        session.on("Network.loadingFinished", ended)
        page.goto(address)
        if address.endswith("/rediger"):
            page.wait_for_selector(".cm-content")
        page.evaluate("document.fonts.ready.then(() => true)")
        session.detach()
        return sizes
