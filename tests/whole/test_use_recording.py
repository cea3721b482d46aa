"""Somebody records and sends with a real browser: its camera, cuts, kills and closed tabs; nothing is lost."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from motion import settings
from storage import migrate
from storage.store import Store
from tests.browser import PATIENCE_MS, axe, launched
from tests.live import world as worlds
from tests.servers import Served, serving
from tests.whole.network import line_to

HERE = "/valbrune/participer"
FILM = b"\0\0\0\x18ftypmp42"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG_MS = 120_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser whose camera films a clock and whose microphone beeps; nobody has allowed them yet."""
    with launched("--use-fake-device-for-media-stream") as browser:
        yield browser


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A congress that listens, served by the program."""
    tmp_path = tmp_path_factory.mktemp("service")
    store = Store(settings.read({"MOTION_DATA": str(tmp_path)}).database_url)
    migrate.upgrade(store)
    store.write_now(worlds.make)
    store.close()
    with serving(tmp_path) as served:
        yield served


Visiting = Callable[..., BrowserContext]
Kept = Callable[[], list[Path]]


@pytest.fixture
def blobs(service: Served) -> Kept:
    """The contents that people sent since this test began; what is made of them in the background is not counted."""
    data = Path(service.environment["MOTION_DATA"])

    def there() -> set[Path]:
        with closing(sqlite3.connect(f"file:{data / 'motion.sqlite'}?mode=ro", uri=True)) as db:
            keys = db.execute("SELECT key FROM upload WHERE state IN ('done', 'taken')").fetchall()
        return {data / "fichiers" / key[:2] / key for (key,) in keys}

    before = there()
    return lambda: sorted(there() - before)


@pytest.fixture
def visiting(browser: Browser) -> Iterator[Visiting]:
    """Browsers of people; no script of theirs has failed in the end, and the policy refused nothing."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def visit(*, allowed: bool = True, **options: object) -> BrowserContext:
        context = browser.new_context(**{"locale": "fr-FR", "viewport": {"width": 360, "height": 780}, **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        if allowed:
            context.grant_permissions(["camera", "microphone"])
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on(
            "console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None
        )
        contexts.append(context)
        return context

    yield visit
    for context in contexts:
        context.close()
    assert problems == []


def opened(context: BrowserContext, address: str) -> Page:
    """The step of the files, in a new tab, once its script is there."""
    page = context.new_page()
    page.goto(f"{address}{HERE}/fichiers")
    expect(page.get_by_role("button", name="Enregistrer une vidéo")).to_be_visible()
    return page


def record(page: Page, what: str, seconds: int = 3) -> None:
    """Record until the page says that so many seconds are there."""
    page.get_by_role("button", name=f"Enregistrer {what}").click()
    page.get_by_role("button", name="Commencer l’enregistrement").click()
    expect(page.locator("[data-part=time]")).to_have_text(
        re.compile(rf"Enregistrement\s: ([{seconds}-9]|\d\d) s\."), timeout=LONG_MS
    )


def listed(page: Page, name: str) -> Locator:
    """A file in the list of those that have arrived, once it is there."""
    found = page.locator("#fichiers li").filter(has_text=name)
    expect(found).to_be_visible(timeout=LONG_MS)
    return found


def streams(path: Path) -> tuple[int, int]:
    """Decode a recording whole: its pictures, and its frames of sound."""
    with av.open(str(path)) as media:
        frames = [frame for packet in media.demux() for frame in packet.decode()]
    pictures = sum(isinstance(frame, av.VideoFrame) for frame in frames)
    return pictures, len(frames) - pictures


def film(tmp_path: Path, megabytes: int = 12) -> Path:
    """A file that looks like a film and in which no two places are alike."""
    path = tmp_path / "réunion.mp4"
    path.write_bytes(FILM + os.urandom(megabytes * 1_000_000))
    return path


@contextmanager
def at_piece(page: Page, number: int, deed: Callable[[], object]) -> Iterator[None]:
    """Do something just before the piece of that number leaves."""
    seen = 0

    def pass_on(route: Route) -> None:
        nonlocal seen
        seen += route.request.method == "PATCH"
        if seen == number and route.request.method == "PATCH":
            deed()
        route.continue_()

    page.route("**/valbrune/fichiers/*", pass_on)
    yield
    page.unroute("**/valbrune/fichiers/*", pass_on)


def check(page: Page) -> None:
    """Nothing for axe to say, and nothing wider than the screen."""
    if not page.evaluate("() => 'axe' in window"):
        page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": axe()})
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_video_is_recorded_seen_again_and_sent(service: Served, visiting: Visiting, blobs: Kept) -> None:
    """On a phone of 360 pixels, to the receipt; what arrived is the video."""
    page = opened(visiting(), service.address)
    record(page, "une vidéo")
    check(page)
    expect(page.get_by_role("button", name="Arrêter")).to_be_focused()
    page.keyboard.press("Enter")
    player = page.locator("[data-part=replay] video")
    expect(player).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-part=replay] video').duration > 2")
    assert player.evaluate("(one) => one.paused && one.controls")
    assert page.evaluate("() => document.querySelector('[data-part=mirror]').srcObject === null")
    assert blobs() == []
    check(page)
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(listed(page, "video.webm")).to_contain_text("vidéo")
    expect(page.locator("[data-part=cards] li")).to_have_count(0)
    page.get_by_role("button", name="Continuer", exact=True).click()
    page.get_by_label("Votre nom").fill("Solène Marchebrune")
    page.get_by_label("Non", exact=True).check()
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/lieu")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/courriel")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/accord")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/verifier")
    page.get_by_role("button", name="Envoyer ma contribution").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"\bC\d"))
    [blob] = blobs()
    pictures, sounds = streams(blob)
    assert pictures >= 10 and sounds >= 10


def test_a_sound_alone(service: Served, visiting: Visiting, blobs: Kept) -> None:
    """Without a camera; one hears oneself, pauses, and begins again before keeping it."""
    page = opened(visiting(), service.address)
    record(page, "un son", 4)
    expect(page.locator("[data-part=mirror]")).to_be_hidden()
    expect(page.locator("[data-part=heard]")).to_have_text("On vous entend bien.", timeout=LONG_MS)
    page.get_by_role("button", name="Faire une pause").click()
    expect(page.locator("[data-part=time]")).to_contain_text("En pause")
    page.get_by_role("button", name="Continuer l’enregistrement").click()
    page.get_by_role("button", name="Arrêter").click()
    page.get_by_role("button", name="Refaire").click()
    page.get_by_role("button", name="Commencer l’enregistrement").click()
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible(timeout=LONG_MS)  # the first take's time is gone
    expect(page.locator("[data-part=time]")).to_have_text(re.compile(r"Enregistrement\s: [2-9] s\."), timeout=LONG_MS)
    page.get_by_role("button", name="Arrêter").click()
    page.get_by_role("button", name="Garder et envoyer").click()
    listed(page, "son.webm")
    [blob] = blobs()
    pictures, sounds = streams(blob)
    assert pictures == 0 and sounds >= 10


def test_a_cut_and_a_killed_server_in_the_middle(
    service: Served, visiting: Visiting, blobs: Kept, tmp_path: Path
) -> None:
    """The file goes on by itself where it had stopped; not a byte is missing."""
    path = film(tmp_path)
    with line_to(service.port) as line:
        page = opened(visiting(), line.address)
        with at_piece(page, 3, lambda: line.cut("/valbrune/fichiers/")):
            page.get_by_label("Choisir un fichier").set_input_files(path)
            card = page.locator("[data-part=cards] li")
            expect(card).to_contain_text("Pas de réponse du réseau", timeout=LONG_MS)
            check(page)
            page.get_by_role("button", name="Continuer sans fichier").last.click()
            expect(page.locator("[data-part=complaint]")).to_be_focused()
        service.kill()
        line.mend()
        service.start()
        listed(page, "réunion.mp4")
        expect(card).to_have_count(0)
    [blob] = blobs()
    assert blob.read_bytes() == path.read_bytes()


def test_a_lost_answer_makes_no_second_file(service: Served, visiting: Visiting, blobs: Kept, tmp_path: Path) -> None:
    """The announcement arrived, its answer did not: one file is there in the end."""
    path, lost = film(tmp_path, 1), []
    page = opened(visiting(), service.address)

    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/valbrune/fichiers", lose, times=1)
    page.get_by_label("Choisir un fichier").set_input_files(path)
    listed(page, "réunion.mp4")
    expect(page.locator("#fichiers li")).to_have_count(1)
    assert lost == [201] and len(blobs()) == 1


def test_a_closed_tab_and_the_same_file_chosen_again(
    service: Served, visiting: Visiting, blobs: Kept, tmp_path: Path
) -> None:
    """The next visit says how far it was, and goes on from there."""
    path, context = film(tmp_path), visiting()
    with line_to(service.port) as line:
        page = opened(context, line.address)
        with at_piece(page, 3, lambda: line.cut("/valbrune/fichiers/")):
            page.get_by_label("Choisir un fichier").set_input_files(path)
            expect(page.locator("[data-part=cards]")).to_contain_text("Pas de réponse du réseau", timeout=LONG_MS)
        page.close()
        line.mend()
        page = opened(context, line.address)
        card = page.locator("[data-part=cards] li")
        expect(card).to_contain_text("Envoi interrompu")
        expect(page.locator("#fichiers li:visible")).to_have_count(0)
        check(page)
        offsets: list[int] = []
        page.on("request", lambda one: offsets.append(int(one.headers.get("upload-offset", "-1"))))
        again = tmp_path / "copie.mp4"
        path.rename(again)
        page.get_by_label("Choisir un fichier").set_input_files(again)
        listed(page, "réunion.mp4")
        expect(card).to_have_count(0)
    sent = [offset for offset in offsets if offset >= 0]
    assert sent and min(sent) > 0
    [blob] = blobs()
    assert blob.read_bytes() == again.read_bytes()


def test_a_tab_that_dies_while_recording(service: Served, visiting: Visiting, blobs: Kept) -> None:
    """The next visit offers what was recorded, to be seen, kept or erased."""
    context = visiting()
    page = opened(context, service.address)
    record(page, "une vidéo", 4)
    page.close()
    page = opened(context, service.address)
    page.get_by_role("button", name="Revoir la vidéo du").click()
    page.wait_for_function("() => document.querySelector('[data-part=replay] video').duration > 1")
    check(page)
    page.get_by_role("button", name="Garder et envoyer").click()
    listed(page, "video.webm")
    [blob] = blobs()
    assert streams(blob)[0] >= 5
    page.reload()
    expect(page.get_by_role("button", name="Enregistrer une vidéo")).to_be_visible()
    expect(page.get_by_role("button", name="Revoir la vidéo du")).to_have_count(0)


def test_what_another_person_recorded_here_is_not_shown(service: Served, visiting: Visiting) -> None:
    """A browser whose cookie is another's throws away what it holds."""
    context = visiting()
    page = opened(context, service.address)
    record(page, "un son")
    page.close()
    context.clear_cookies(name="motion-depot")
    page = opened(context, service.address)
    expect(page.get_by_role("button", name="Réécouter")).to_have_count(0)
    count = """() => new Promise((done) => { const opening = indexedDB.open("motion-depot");
        opening.onsuccess = () => { const all = opening.result.transaction("chunks").objectStore("chunks").count();
        all.onsuccess = () => done(all.result); }; })"""
    assert page.evaluate(count) == 0


def test_a_refused_permission_leaves_the_plain_way(service: Served, visiting: Visiting, tmp_path: Path) -> None:
    """In plain words, with the fields that every browser knows."""
    page = opened(visiting(allowed=False), service.address)
    page.get_by_role("button", name="Enregistrer une vidéo").click()
    expect(page.locator("[data-part=why]")).to_contain_text("est refusé")
    expect(page.get_by_label("Filmer")).to_be_visible()
    assert page.get_by_label("Filmer").get_attribute("capture") == "user"
    check(page)
    page.get_by_label("Filmer").set_input_files(film(tmp_path, 1))
    listed(page, "réunion.mp4")


def test_pause_and_giving_up(service: Served, visiting: Visiting, blobs: Kept, tmp_path: Path) -> None:
    """By keyboard; what is given up leaves nothing behind, and what a congress does not take is told why."""
    with line_to(service.port) as line:
        page = opened(visiting(), line.address)
        with at_piece(page, 2, lambda: line.cut("/valbrune/fichiers/")):
            page.get_by_label("Choisir un fichier").set_input_files(film(tmp_path))
            expect(page.locator("[data-part=cards]")).to_contain_text("Pas de réponse du réseau", timeout=LONG_MS)
            pause = page.get_by_role("button", name="Mettre en pause réunion.mp4")
            pause.focus()
            page.keyboard.press("Enter")
            resume = page.get_by_role("button", name="Reprendre réunion.mp4")
            expect(resume).to_be_focused()
            expect(page.locator("[data-part=cards]")).to_contain_text("En pause")
        line.mend()
        page.get_by_role("button", name="Abandonner réunion.mp4").click()
        expect(page.locator("[data-part=cards] li")).to_have_count(0)
        expect(page.locator("#fichiers")).to_be_focused()
        expect(page.locator("#fichiers li")).to_have_count(0)
        poem = tmp_path / "poème.html"
        poem.write_text("<html><p>Rien.</p></html>")
        page.get_by_label("Choisir un fichier").set_input_files(poem)
        expect(page.locator("[data-part=complaint]")).to_contain_text("poème.html", timeout=LONG_MS)
    assert blobs() == []
