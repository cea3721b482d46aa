"""Correcting a transcript and reading one, in a real browser: by keyboard, through cuts, with and without script."""

import contextlib
import io
import math
import struct
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from motion.acts.transcripts import cues_of
from motion.live.server import configuration
from motion.rules.captions import Cue
from motion.web import media_bytes
from storage import contributions
from storage.models import Transcript
from tests.databases import free_port
from tests.frontend.desk import until
from tests.web.secretariat_world import rows
from tests.web.test_testimonies import say
from tests.web.voices import recorded
from tests.web.world import Hall, served

DESK = "/ormeline/secretariat/transcriptions/C1/1?langue=fr"
PAGE = "/ormeline/contributions/C1/transcription/1"
CUES = (
    Cue(0, 2_000, "Le car ne passe plus le jeudi.", "Solène Marchebrune"),
    Cue(2_000, 4_000, "Le marché est le jeudi.", "Solène Marchebrune"),
    Cue(4_500, 7_000, "Alors on reste chez soi.", "Armel Costenoire"),
)
SAVED = "Gardé par le service"


def tone(seconds: int = 8) -> bytes:
    """A sound that any browser plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8_000)
        waves = (int(9_000 * math.sin(at / 6)) for at in range(8_000 * seconds))
        made.writeframes(b"".join(struct.pack("<h", one) for one in waves))
    return file.getvalue()


async def shown(request: Request) -> Response:
    """What was made of a recording, by the name of its object."""
    service = request.app.state.service
    made = await service.store.read(contributions.shown, 1, request.path_params["name"])
    return media_bytes.serve(request, service.blobs, made.blob, made.size, made.media_type, "voix", inline=True)


@dataclass
class Served:
    """A congress with a testimony, at an address."""

    hall: Hall
    url: str

    def last(self) -> list[str]:
        """The words of the last state."""
        said = sorted(rows(self.hall, Transcript), key=lambda one: one.version)[-1]
        return [cue.text for cue in cues_of(said)]


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve it for a browser."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with served(folder, environment={"MOTION_BASE_URL": url}) as hall:
        recorded(hall, sound=tone(), media_type="audio/wav")
        say(hall, CUES)
        app = hall.client.app
        app.router.routes.insert(0, WebRoute("/ormeline/medias/{name}", shown))
        server = uvicorn.Server(configuration(app, host="127.0.0.1", port=port, lifespan="off", log_config=None))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until(lambda: server.started)
        yield Served(hall, url)
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Served]:
    """The congress."""
    with serving(tmp_path) as place:
        yield place


Opens = Callable[..., Page]


@pytest.fixture
def opens(browser: Browser, place: Served) -> Iterator[Opens]:
    """Open a page; in the end no script has failed."""
    problems: list[str] = []
    contexts: list[BrowserContext] = []

    def go(path: str, who: str = "", **options: object) -> Page:
        context = browser.new_context(locale="fr-FR", **options)
        contexts.append(context)
        if who:
            context.add_cookies([{"name": "motion", "value": who, "url": place.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(place.url + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert problems == []


def words(page: Page) -> list[str]:
    """What the lines of the form say."""
    return [box.input_value() for box in page.locator("[data-line] textarea").all()]


def put_caret(box: Locator, after: str) -> None:
    """Put the caret after some words."""
    box.evaluate(
        "(box, after) => { const at = box.value.indexOf(after) + after.length; box.setSelectionRange(at, at) }", after
    )
    box.focus()


def line(page: Page, number: int) -> Locator:
    """The words of a line."""
    return page.get_by_role("group", name=f"Ligne {number}", exact=True).get_by_label("Mots")


class TestCorrecting:
    def test_by_keyboard_alone(self, opens: Opens, place: Served) -> None:
        """Cut at the caret, go on, join again; the service has it without a button."""
        page = opens(DESK, "odile")
        put_caret(line(page, 1), "passe plus")
        page.keyboard.press("Control+Enter")
        assert words(page)[:2] == ["Le car ne passe plus", "le jeudi."]
        page.keyboard.type("Tous ")
        page.get_by_text(SAVED).wait_for()
        assert place.last()[:2] == ["Le car ne passe plus", "Tous le jeudi."]
        page.keyboard.press("Alt+ArrowDown")
        page.keyboard.press("Alt+ArrowUp")
        page.keyboard.press("Control+Shift+Enter")
        assert words(page)[1] == "Tous le jeudi. Le marché est le jeudi."
        page.keyboard.press("Control+s")
        until(lambda: len(place.last()) == 3, page=page)

    def test_two_people_are_not_made_one(self, opens: Opens) -> None:
        """Their lines stay two, and the page says why."""
        page = opens(DESK, "odile")
        line(page, 2).focus()
        page.keyboard.press("Control+Shift+Enter")
        page.get_by_text("Une autre personne parle ensuite").wait_for()
        assert len(words(page)) == 3

    def test_a_line_is_played_and_stops_at_its_end(self, opens: Opens) -> None:
        """From its start; nothing plays before."""
        page = opens(DESK, "odile")
        assert page.evaluate("document.querySelector('audio').paused")
        line(page, 2).focus()
        page.get_by_role("button", name="Écouter cette ligne").click()
        until(lambda: page.evaluate("document.querySelector('audio').currentTime >= 2"), page=page)
        until(lambda: page.evaluate("document.querySelector('audio').paused"), page=page)
        assert 2 <= page.evaluate("document.querySelector('audio').currentTime")

    def test_a_cut_network_loses_nothing(self, opens: Opens, place: Served) -> None:
        """The page says the truth; the tab is closed, opened again, and the words are there and leave."""
        page = opens(DESK, "odile")
        page.context.route("**/secretariat/transcriptions/**", lambda route: cut(route))
        line(page, 1).fill("Le car ne passe plus du tout.")
        page.get_by_text("Pas de réseau").wait_for()
        assert place.last()[0] == CUES[0].text
        page.context.unroute_all()
        page.close()
        page = page.context.new_page()
        page.goto(place.url + DESK)
        assert words(page)[0] == "Le car ne passe plus du tout."
        page.get_by_text(SAVED).wait_for()
        assert place.last()[0] == "Le car ne passe plus du tout."

    def test_somebody_else_was_faster(self, opens: Opens, place: Served) -> None:
        """What was typed stays on the device and is shown again, beside the lines of now."""
        page = opens(DESK, "odile")
        say(place.hall, (Cue(0, 900, "D’autres mots."),))
        line(page, 1).fill("Mes mots à moi.")
        page.get_by_text("Quelqu’un a corrigé").wait_for()
        page.reload()
        assert words(page) == ["D’autres mots."]
        assert "Mes mots à moi." in page.get_by_label("Lignes gardées").input_value()
        page.get_by_role("button", name="Je n’en ai plus besoin").click()
        page.reload()
        assert not page.get_by_label("Lignes gardées").is_visible()

    def test_what_cannot_be_kept_says_why(self, opens: Opens, place: Served) -> None:
        """And leaves the rest alone."""
        page = opens(DESK, "odile")
        page.get_by_role("group", name="Ligne 2", exact=True).get_by_label("Début").fill("0:01,000")
        page.get_by_text("elle commence avant la fin de la précédente").wait_for()
        assert place.last() == [cue.text for cue in CUES]

    def test_saving_after_typing_publishes_what_was_typed(self, opens: Opens, place: Served) -> None:
        """The button waits for what is on its way, and the device forgets what the service has."""
        page = opens(DESK, "odile")
        line(page, 3).fill("On reste chez soi.")
        page.get_by_role("button", name="Enregistrer comme relue").click()
        page.get_by_text("C’est enregistré et publié.").wait_for()
        assert place.last()[2] == "On reste chez soi."
        assert page.evaluate("localStorage.length") == 0

    def test_without_script_the_buttons_are_forms(self, opens: Opens, place: Served) -> None:
        """A bar says where to cut."""
        page = opens(DESK, "odile", java_script_enabled=False)
        line(page, 1).fill("Le car ne passe plus | le jeudi.")
        page.get_by_role("button", name="Couper, ligne 1").click()
        page.get_by_text("C’est gardé, sans être publié.").wait_for()
        assert place.last()[:2] == ["Le car ne passe plus", "le jeudi."]


def cut(route: Route) -> None:
    """A network that is gone."""
    route.abort("internetdisconnected")


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
