"""A tablet in the hall, as one person after another meets it: recorded, sent, erased; nothing stays of anybody."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from motion.web.pages.kiosk import IDLE_S, RESET_S, WARNED_S
from tests.browser import PATIENCE_MS, launched
from tests.whole.demonstration import Demonstration

LONG_MS = 120_000
HERE = "/ormeline/borne"
SMALLEST_PX = 44
# Whatever a browser could keep of a person: databases, storage, cookies that scripts see, caches.
KEPT = """async () => [
  (await indexedDB.databases()).map((one) => one.name), localStorage.length, sessionStorage.length,
  document.cookie, await caches.keys()]"""
TOO_SMALL = """(least) => [...document.querySelectorAll('a, button, input, select, textarea, label.btn')]
  .filter((one) => one.checkVisibility() && !one.matches('.vh, .evitement, .rang.nu a'))
  .map((one) => [one, (one.matches('.coche input') ? one.parentElement : one).getBoundingClientRect()])
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([one, box]) => `${one.tagName} ${one.id || one.textContent.trim()} ${box.width}×${box.height}`)"""
WATCHED = """() => {
  if (!navigator.mediaDevices) return; // the browser's own pages
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.tracks = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser whose camera films a clock and whose microphone beeps."""
    with launched("--use-fake-device-for-media-stream") as browser:
        yield browser


@contextmanager
def tablet(browser: Browser, width: int = 820, height: int = 1180) -> Iterator[Page]:
    """A tablet whose camera is allowed; it meets no error of ours, and nothing scrolls sideways."""
    context: BrowserContext = browser.new_context(
        locale="fr-FR", viewport={"width": width, "height": height}, has_touch=True
    )
    context.set_default_timeout(PATIENCE_MS)
    context.grant_permissions(["camera", "microphone"])
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda said: problems.append(said.text) if "Security Policy" in said.text else None)
    page = context.new_page()
    page.on("response", lambda answer: problems.append(answer.url) if answer.status >= 500 else None)
    page.add_init_script(f"({WATCHED})()")
    yield page
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert problems == []


def come(page: Page, service: Demonstration) -> None:
    """Somebody comes and types."""
    page.goto(service.address + HERE)
    page.get_by_label("Que voulez-vous dire").fill("Il manque un banc.")
    page.get_by_label("Votre nom").fill("Zoé Brume")
    page.get_by_label("Non", exact=True).check()


def agree_and_send(page: Page) -> None:
    """Tick what must be ticked, send, and wait for the receipt."""
    page.get_by_label("publiée sur ce site").check()
    page.get_by_label("J’ai dix-huit ans").check()
    page.get_by_role("button", name="Envoyer ma contribution").last.click()
    expect(page.locator(".qr svg")).to_be_visible(timeout=LONG_MS)


def open_camera(page: Page, what: str = "une vidéo") -> None:
    """Bring the camera, and stand before it."""
    page.get_by_role("button", name="Ajouter une vidéo, un son ou une photo").click()
    page.get_by_role("button", name=f"Enregistrer {what}").click()
    expect(page.get_by_role("button", name="Commencer l’enregistrement")).to_be_visible()


def record(page: Page) -> None:
    """Record until the page says that there are some seconds."""
    page.get_by_role("button", name="Commencer l’enregistrement").click()
    expect(page.locator("[data-part=time]")).to_have_text(
        re.compile(r"Enregistrement\s: ([3-9]|\d\d) s\."), timeout=LONG_MS
    )


def is_empty(page: Page) -> None:
    """Whoever comes next finds a page of nobody's."""
    page.wait_for_url("**/borne?lang=fr")
    expect(page.get_by_label("Votre nom")).to_have_value("")
    expect(page.get_by_label("Que voulez-vous dire")).to_have_value("")
    expect(page.locator("#fichiers li")).to_have_count(0)
    assert page.evaluate(KEPT) == [[], 0, 0, "", []]
    assert "Zoé" not in page.content()
    assert not any("depot" in cookie["name"] for cookie in page.context.cookies())


class TestAPersonWhoSpeaks:
    def test_records_and_sends_without_writing(self, browser: Browser, service: Demonstration) -> None:
        """A video, seen again; the words may be missing; the receipt, and on the author's page the video."""
        with tablet(browser) as page:
            page.goto(service.address + HERE)
            open_camera(page)
            expect(page.locator("[data-part=advice]")).to_contain_text("5 minutes au plus")
            record(page)
            page.get_by_role("button", name="Arrêter").click()
            expect(page.locator("[data-part=replay] video")).to_be_visible()
            assert page.evaluate("window.tracks.every((one) => one.readyState === 'ended')")
            page.get_by_role("button", name="Garder", exact=True).click()
            expect(page.locator("#fichiers li")).to_contain_text("vidéo", timeout=LONG_MS)
            page.get_by_label("Votre nom").fill("Zoé Brume")
            page.get_by_label("Non", exact=True).check()
            assert page.evaluate(KEPT) == [[], 0, 0, "", []]
            agree_and_send(page)
            address = page.locator(".adresse").inner_text().strip()
            page.get_by_role("link", name="Personne suivante").click()
            is_empty(page)
            page.goto(address)
            expect(page.locator("main")).to_contain_text("video.webm")

    def test_stops_at_once(self, browser: Browser, service: Demonstration) -> None:
        """Is told that it was too short, and may begin again: nothing is wrong with the camera."""
        with tablet(browser) as page:
            page.goto(service.address + HERE)
            open_camera(page, "un son")
            page.evaluate("""() => new MutationObserver(() => {
                const stop = document.querySelector('[data-part=stop]');
                if (!stop.hidden) stop.click(); }).observe(document.body, {subtree: true, attributes: true})""")
            page.get_by_role("button", name="Commencer l’enregistrement").click()
            expect(page.locator("[data-part=note]")).to_contain_text("trop court")
            expect(page.get_by_role("button", name="Commencer l’enregistrement")).to_be_visible()
            expect(page.locator("[data-part=why]")).to_be_hidden()

    def test_presses_twice(self, browser: Browser, service: Demonstration) -> None:
        """Out of habit, or because nothing moves yet: there is one camera."""
        with tablet(browser) as page:
            page.goto(service.address + HERE)
            page.get_by_role("button", name="Ajouter une vidéo, un son ou une photo").dblclick()
            page.get_by_role("button", name="Enregistrer un son").click()
            expect(page.get_by_role("button", name="Commencer l’enregistrement")).to_be_visible()
            assert page.locator("[data-part=booth] > *").count() == 1

    def test_leaves_before_sending(self, browser: Browser, service: Demonstration) -> None:
        """In the middle of a recording, then with one that has arrived: the camera is off, and nothing is found."""
        with tablet(browser) as page:
            come(page, service)
            open_camera(page)
            record(page)
            page.route("**/borne/effacer", lambda route: None)  # the answer keeps us waiting
            page.get_by_role("button", name="Tout effacer").click()
            expect(page.locator("form[data-borne]")).to_be_hidden()
            page.wait_for_function("() => window.tracks.every((one) => one.readyState === 'ended')")
            assert page.locator("#name").input_value() == page.locator("#text").input_value() == ""
            page.unroute("**/borne/effacer")
            with suppress(Error):  # the page may leave by itself at the same moment
                page.goto(service.address + HERE)
            expect(page.locator("form[data-borne]")).to_be_visible(timeout=LONG_MS)
            open_camera(page, "un son")
            record(page)
            page.get_by_role("button", name="Arrêter").click()
            page.get_by_role("button", name="Garder", exact=True).click()
            expect(page.locator("#fichiers li")).to_contain_text("enregistrement", timeout=LONG_MS)
            page.get_by_role("button", name="Tout effacer").click()
            is_empty(page)
            page.go_back()
            page.wait_for_load_state("load")
            expect(page.locator("#fichiers li")).to_have_count(0)
            assert "Zoé" not in page.content()

    def test_without_a_network_to_leave_by(self, browser: Browser, service: Demonstration) -> None:
        """The screen is emptied at once, says why it waits, and comes back by itself."""
        with tablet(browser) as page:
            come(page, service)
            page.context.set_offline(True)
            page.get_by_role("button", name="Tout effacer").click()
            expect(page.get_by_role("alert").filter(has_text="Le réseau est coupé")).to_be_visible()
            assert page.locator("#name").input_value() == ""
            page.context.set_offline(False)
            page.wait_for_url("**/borne?lang=fr", timeout=LONG_MS)
            is_empty(page)


class TestTheTimeThatIsLeft:
    def test_empties_itself_when_nobody_is_there(self, browser: Browser, service: Demonstration) -> None:
        """After a warning that counts the seconds, which any touch takes away, as often as one likes."""
        with tablet(browser) as page:
            page.clock.install()
            come(page, service)
            warning = page.locator("[data-borne-avis]")
            page.clock.run_for((IDLE_S - 10) * 1000)
            expect(warning).to_be_hidden()
            page.keyboard.press("Shift")
            for _time in range(3):
                page.clock.run_for(IDLE_S * 1000)
                expect(warning).to_contain_text(f"Il reste {WARNED_S}")
                page.clock.run_for(10_000)
                expect(warning).to_contain_text(f"Il reste {WARNED_S - 10}")
                expect(page.get_by_role("alert").filter(has_text="Êtes-vous encore là")).to_be_in_viewport()
                page.get_by_role("button", name="Je suis là").click()
                expect(warning).to_be_hidden()
            expect(page.get_by_label("Votre nom")).to_have_value("Zoé Brume")
            page.clock.run_for((IDLE_S + WARNED_S + 5) * 1000)
            is_empty(page)

    def test_a_pause_does_not_last(self, browser: Browser, service: Demonstration) -> None:
        """Who speaks is left in peace; who leaves in the middle of a pause leaves nothing, and no camera on."""
        with tablet(browser) as page:
            page.clock.install()
            come(page, service)
            open_camera(page, "un son")
            page.get_by_role("button", name="Commencer l’enregistrement").click()
            expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
            page.clock.run_for((IDLE_S + 5) * 1000)
            expect(page.locator("[data-borne-avis]")).to_be_hidden()
            page.get_by_role("button", name="Faire une pause").click()
            page.clock.run_for((IDLE_S + 5) * 1000)
            expect(page.locator("[data-borne-avis]")).to_be_visible()
            page.clock.run_for((WARNED_S + 5) * 1000)
            is_empty(page)

    def test_a_receipt_leaves_by_itself(self, browser: Browser, service: Demonstration) -> None:
        """Its time is told, a button begins it anew, and going back does not lead to it."""
        with tablet(browser) as page:
            page.clock.install()
            come(page, service)
            agree_and_send(page)
            line = page.locator("[data-borne-recu]")
            page.clock.run_for((RESET_S - 20) * 1000)
            expect(line).to_contain_text(re.compile(r"dans (19|2\d) s"))
            page.get_by_role("button", name="Garder encore une minute").click()
            page.clock.run_for((RESET_S - 20) * 1000)
            expect(page.locator(".qr svg")).to_be_visible()
            page.clock.run_for(RESET_S * 1000)
            is_empty(page)
            page.go_back()
            page.wait_for_load_state("load")
            assert page.locator(".qr").count() == 0 and "suivi/" not in page.content()


@pytest.mark.parametrize(("width", "height"), [(820, 1180), (1180, 820), (1440, 900)])
def test_fingers_find_every_button(browser: Browser, service: Demonstration, width: int, height: int) -> None:
    """At least 44 pixels, upright and lying, with the camera open, and on the receipt."""
    with tablet(browser, width, height) as page:
        come(page, service)
        assert page.evaluate(TOO_SMALL, SMALLEST_PX) == []
        open_camera(page)
        assert page.evaluate(TOO_SMALL, SMALLEST_PX) == []
        page.get_by_role("button", name="Fermer sans enregistrer").click()
        agree_and_send(page)
        assert page.evaluate(TOO_SMALL, SMALLEST_PX) == []
