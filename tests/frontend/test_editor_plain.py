"""What stands on the drafting page until the editor takes its place, or for good."""

from playwright.sync_api import Browser, Page


class TestPlainPage:
    """What stands on the page until the editor takes its place, or for good."""

    LATE = "L’écriture à plusieurs ne démarre pas"
    # The moment after which the page says so does not pass before the test lets it.
    STOPPED = """document.addEventListener('animationstart', (event) => {
      if (event.animationName === 'tarder') (window.moment = event.target.getAnimations()[0]).pause();
    })"""

    def read(self, page: Page) -> None:
        """The text with its numbers, and the way to the plain mode."""
        assert page.get_by_role("link", name="Écrire en mode simple").is_visible()
        assert page.get_by_role("heading", name="Article 2. Se déplacer pour se soigner").is_visible()
        number, line = page.locator(".alinea .ligne").nth(2), page.get_by_text("Elles s’engagent à mutualiser")
        assert number.inner_text() == "3"
        beside, words = number.bounding_box(), line.bounding_box()
        assert beside and words and beside["x"] + beside["width"] <= words["x"] and abs(beside["y"] - words["y"]) < 12

    def test_without_script(self, browser: Browser, url: str) -> None:
        """It says at once why one cannot write together here."""
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{url}/demo/motions/M3/rediger")
        self.read(page)
        assert page.locator("noscript .avis").is_visible()  # Playwright reads no words there
        page.wait_for_timeout(6500)
        assert not page.get_by_text(self.LATE).is_visible()
        context.close()

    def test_when_the_script_is_lost(self, browser: Browser, url: str) -> None:
        """After a moment the page says that the editor does not start."""
        context = browser.new_context()
        context.add_init_script(self.STOPPED)
        page = context.new_page()
        page.route("**/editor-*.js", lambda route: route.abort())
        page.goto(f"{url}/demo/motions/M3/rediger")
        self.read(page)
        page.wait_for_function("window.moment")
        assert not page.get_by_text(self.LATE).is_visible()
        page.evaluate("moment.play()")
        page.get_by_text(self.LATE).wait_for()
        context.close()

    def test_when_the_browser_is_too_old_for_the_script(self, browser: Browser, url: str) -> None:
        """The script starts and fails: the page says so at once, and stays whole."""
        context = browser.new_context()
        context.add_init_script("delete window.ResizeObserver")
        page = context.new_page()
        page.goto(f"{url}/demo/motions/M3/rediger")
        page.get_by_text(self.LATE).wait_for()
        assert page.get_by_text(self.LATE).evaluate("(one) => getComputedStyle(one).animationName") == "none"
        self.read(page)
        context.close()
