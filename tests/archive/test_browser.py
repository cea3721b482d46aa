"""The folder as somebody opens it from a stick: `file://`, no script, no server."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.archive.conftest import Export
from tests.browser import axe, launched

WIDTHS = (390, 820, 1440)
PAGES = (
    "data/index.html",
    "data/motions/M1.vue-auteurs.html",
    "data/motions/M1/rejeu.html",
    "data/registre.html",
    "data/registre/51.html",
    "data/archive.html",
    "data/verifier.html",
)
AXE = """async () => {
  const found = await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']});
  return found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' | '));
}"""


@pytest.fixture(scope="module")
def browser(exported: Export) -> Iterator[Browser]:
    """A Chromium; the folder is written before, for it occupies the event loop."""
    with launched() as found:
        yield found


@pytest.mark.parametrize("width", WIDTHS)
def test_reads_from_the_index_on_without_script(browser: Browser, exported: Export, width: int):
    """No request fails or leaves the folder, the fonts are there, nothing sticks out, links lead on."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False)
    failed: list[str] = []
    asked: list[str] = []
    page = context.new_page()
    # Leaving a page gives up what it still fetches: that is no failure of the folder.
    page.on("requestfailed", lambda r: failed.append(r.url) if r.failure != "net::ERR_ABORTED" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto((exported.folder / "index.html").as_uri())
    page.wait_for_url("**/data/index.html")
    page.get_by_role("link", name="Toutes les motions").first.click()
    page.wait_for_url("**/motions.html")
    page.locator("main a[href$='M1.html']").first.click()
    page.wait_for_url("**/M1.html")
    page.get_by_role("link", name="Qui a écrit").first.click()
    page.wait_for_url("**/M1.vue-auteurs.html")
    page.get_by_role("link", name="Rejouer").first.click()
    page.wait_for_url("**/rejeu.html")
    page.get_by_role("link", name="Ce que contient cette copie").click()
    page.wait_for_url("**/archive.html")
    for name in PAGES:
        page.goto((exported.folder / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        loaded = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').length")
        assert loaded >= 1, name
        assert page.evaluate("getComputedStyle(document.querySelector('.tete')).display") != "", name
    assert failed == []
    assert not [url for url in asked if not url.startswith((exported.folder.as_uri(), "data:"))]
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, exported: Export, name: str):
    """WCAG 2.2 AA and good practice, light and dark."""
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto((exported.folder / name).as_uri())
        page.evaluate(axe())
        assert page.evaluate(AXE) == [], json.dumps(name)
        context.close()
