"""Reading a testimony in a real browser: listening from a line, quoting, with and without script."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.frontend.desk import until
from tests.frontend.voice_place import PAGE, Served

Opens = Callable[..., Page]


class TestReading:
    def test_a_line_plays_from_there_and_the_focus_stays(self, opens: Opens) -> None:
        """The line being said is marked."""
        page = opens(PAGE)
        assert page.evaluate("document.querySelector('audio').paused")
        link = page.get_by_role("link", name="Écouter à 0:04")
        link.focus()
        page.keyboard.press("Enter")
        until(lambda: page.evaluate("document.querySelector('#t4').getAttribute('aria-current') === 'true'"), page=page)
        until(lambda: page.evaluate("document.querySelector('audio').currentTime > 4.5"), page=page)
        assert page.evaluate("document.activeElement.classList.contains('heure')")
        assert page.url.endswith(PAGE)

    def test_a_quotation_is_copied_and_said(self, opens: Opens, place: Served) -> None:
        """Words, person, seconds, address."""
        page = opens(PAGE, permissions=["clipboard-read", "clipboard-write"])
        page.get_by_role("link", name="Citer 0:02").click()
        page.get_by_text("Citation copiée.").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("«\u00a0Le marché est le jeudi.\u00a0»\nSolène Marchebrune")
        assert copied.endswith(f"{place.url}{PAGE}#t=2,4")

    def test_where_copying_is_refused_the_quotation_opens(self, opens: Opens) -> None:
        """As without script."""
        page = opens(PAGE)
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
        page.get_by_role("link", name="Citer 0:02").click()
        assert "Le marché est le jeudi." in page.get_by_label("À copier").input_value()

    def test_an_address_of_seconds_begins_there(self, opens: Opens) -> None:
        """When somebody starts the player, and not before."""
        page = opens(PAGE + "#t=4,7")
        assert page.evaluate("document.querySelector('audio').paused")
        page.evaluate("document.querySelector('audio').play()")
        until(lambda: page.evaluate("document.querySelector('audio').currentTime > 4"), page=page)

    def test_captions_are_read_and_shown(self, opens: Opens) -> None:
        """On from the start."""
        page = opens(PAGE)
        until(
            lambda: page.evaluate(
                "(() => { const track = document.querySelector('audio').textTracks[0];"
                " return track && track.mode === 'showing' && track.cues && track.cues.length === 3 })()"
            ),
            page=page,
        )

    def test_the_speed_is_kept_for_the_visit(self, opens: Opens) -> None:
        """And told to the player."""
        page = opens(PAGE)
        page.get_by_label("Vitesse").select_option("1.5")
        page.reload()
        assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5

    def test_without_script_a_time_is_a_link(self, opens: Opens) -> None:
        """To the player at that second, and its line is marked."""
        page = opens(PAGE, java_script_enabled=False)
        page.get_by_role("link", name="Écouter à 0:04").click()
        assert "Alors on reste" in page.locator("li[aria-current=true]").inner_text()
        assert page.locator("audio source").get_attribute("src").endswith("#t=4")
