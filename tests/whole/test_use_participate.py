"""Saying something as a new user would: on a small phone without script, by keyboard alone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.whole.demonstration import Demonstration

PATIENCE_MS = 40_000
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200_000)
PHONE = {"width": 360, "height": 640}


@contextmanager
def visitor(browser: Browser, **options: object) -> Iterator[Page]:
    """Somebody with a browser of their own; no page of theirs ever scrolls sideways or meets an error of ours."""
    context = browser.new_context(locale="fr-FR", **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page, statuses = context.new_page(), []
    page.on("response", lambda answer: statuses.append(answer.status))
    yield page
    assert max(statuses) < 500
    context.close()


def go_on(page: Page, name: str = "Continuer") -> None:
    """Press the button of a page, and wait for the next one; it must fit the screen."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state("load")
    if page.viewport_size == PHONE:
        assert page.locator("html").evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0, page.url


def send(page: Page) -> str:
    """From the consent on: send, and return the private address."""
    page.get_by_label("publiée sur ce site").check()
    page.get_by_label("J’ai dix-huit ans").check()
    go_on(page)
    go_on(page, "Envoyer ma contribution")
    return page.locator(".adresse").inner_text().strip()


class TestAContributor:
    def test_on_a_small_phone_without_script(self, browser: Browser, service: Demonstration) -> None:
        """From the home of the congress to a receipt, with a photo; then a correction, and taking it back."""
        with visitor(browser, viewport=PHONE, java_script_enabled=False, has_touch=True) as page:
            page.goto(f"{service.address}/ormeline")
            page.get_by_role("link", name="Prendre la parole").click()
            page.get_by_role("link", name="Commencer").click()
            page.get_by_label("Votre contribution").fill("Le car ne passe plus le jeudi.")
            go_on(page)
            page.locator("#file").set_input_files({"name": "arrêt.png", "mimeType": "image/png", "buffer": PNG})
            with page.expect_navigation():
                page.get_by_role("button", name="Envoyer ce fichier").first.click()
            page.get_by_label("Ce que montre cette image").fill("Un arrêt de car vide.")
            go_on(page)
            page.get_by_label("Votre nom, ou un pseudonyme").fill("Solène Marchebrune")
            page.get_by_label("Non", exact=True).check()
            go_on(page)
            page.get_by_label("Votre commune").fill("Valbrune")
            go_on(page)
            go_on(page)
            address = send(page)
            number = re.search(r"numéro (C\d+)", page.inner_text("main"))
            assert number is not None
            page.goto(address)
            assert number[1] in page.inner_text("h1") and "arrêt.png" in page.inner_text("main")
            page.get_by_role("link", name="Corriger").click()
            page.get_by_label("Votre contribution").fill("Le car ne passe plus le jeudi ni le vendredi.")
            go_on(page, "Envoyer ma correction")
            assert "ni le vendredi" in page.inner_text("main") and "Version 1" in page.inner_text("main")
            page.get_by_role("link", name="Retirer ma contribution").click()
            go_on(page, "Retirer ma contribution")
            assert "Retirée" in page.inner_text("main") and "jeudi" not in page.inner_text("main")

    def test_comes_back_to_what_they_had_typed(self, browser: Browser, service: Demonstration) -> None:
        """After the tab was closed, and after a field was wrong."""
        with visitor(browser, viewport=PHONE) as page:
            page.goto(f"{service.address}/ormeline/participer/texte")
            page.get_by_label("Votre contribution").fill("Des mots qui comptent.")
            go_on(page)
            other = page.context.new_page()
            page.close()
            other.goto(f"{service.address}/ormeline/participer/nom")
            other.get_by_label("Si oui, votre mandat").fill("adjointe")
            go_on(other)
            expect(other.get_by_role("alert")).to_contain_text("Il y a un problème")
            expect(other.get_by_label("Si oui, votre mandat")).to_have_value("adjointe")
            other.goto(f"{service.address}/ormeline/participer")
            other.get_by_role("link", name="La reprendre").click()
            expect(other.locator("main")).to_contain_text("Des mots qui comptent.")

    def test_by_keyboard_alone(self, browser: Browser, service: Demonstration) -> None:
        """Every field and every button is reached by Tab, in the order of the page."""
        with visitor(browser, viewport={"width": 1440, "height": 900}) as page:
            page.goto(f"{service.address}/ormeline/participer/texte")
            self.tab_to(page, "text")
            page.keyboard.type("Par le clavier.")
            self.press(page)
            page.goto(f"{service.address}/ormeline/participer/nom")
            self.tab_to(page, "name")
            page.keyboard.type("Zoé Brume")
            page.keyboard.press("Tab")
            page.keyboard.press("ArrowDown")
            self.press(page)
            page.goto(f"{service.address}/ormeline/participer/accord")
            self.tab_to(page, "publish")
            page.keyboard.press("Space")
            self.tab_to(page, "adult")
            page.keyboard.press("Space")
            self.press(page)
            self.press(page, "Envoyer ma contribution")
            expect(page.locator("h1")).to_contain_text("Merci")

    @staticmethod
    def tab_to(page: Page, field: str) -> None:
        """Tab until a field has the focus."""
        for _time in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == field:
                return
        raise AssertionError(f"{field} is out of reach")

    @staticmethod
    def press(page: Page, name: str = "Continuer") -> None:
        """Tab to a button and press it."""
        for _time in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName + document.activeElement.textContent") == f"BUTTON{name}":
                with page.expect_navigation():
                    page.keyboard.press("Enter")
                return
        raise AssertionError(f"{name} is out of reach")
