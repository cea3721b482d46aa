"""Watching a text being written, as people do it: by keyboard, by finger, with less motion, and without script."""

import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.whole.demonstration import Demonstration
from tests.whole.desks import until

REPLAY = "/ormeline/motions/M1/rejeu"
# Every place at which the slider stands from now on.
PLACES = """() => {
  const slider = document.querySelector('input[type=range]');
  let at = slider.value;
  window.places = [];
  setInterval(() => { if (slider.value !== at) places.push(at = slider.value) }, 5);
}"""


@pytest.fixture
def opened(browser: Browser, service: Demonstration) -> Callable[..., Page]:
    """Opens the steps of the demonstration's motion."""

    def open_page(**options: object) -> Page:
        page = browser.new_context(locale="fr-FR", **options).new_page()
        page.errors = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
        page.goto(service.address + REPLAY)
        return page

    return open_page


def start(page: Page) -> None:
    """Open the replay, from the keyboard."""
    page.get_by_role("link", name="Rejouer depuis le début").press("Enter")
    page.get_by_role("slider").wait_for()


def text(page: Page) -> str:
    return page.locator(".rejeu .texte").inner_text()


def test_the_slider_goes_through_the_text_by_keyboard(opened: Callable[..., Page], service: Demonstration) -> None:
    """Each place says who writes and when; the address in the bar is that of the instant, and gives the same text."""
    page = opened()
    start(page)
    slider = page.get_by_role("slider", name="Place dans la rédaction")
    assert slider.get_attribute("aria-valuetext") == "Avant le premier mot"
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"h \d\d min .* écrit$".replace(" ", "\\s")))
    last = json.load(urllib.request.urlopen(service.address + REPLAY + ".json"))["steps"][-1]["entry"]
    slider.press("ArrowLeft")
    expect(page.get_by_role("link", name="Adresse de cet instant")).not_to_have_attribute(
        "href", re.compile(f"/{last}$")
    )
    shown = text(page)
    page.goto(page.get_by_role("link", name="Adresse de cet instant").evaluate("link => link.href"))
    paragraphs = page.locator("article .alinea").evaluate_all("all => all.map((one) => one.lastChild.textContent)")
    assert len(paragraphs) > 3 and all(paragraph in shown for paragraph in paragraphs)
    assert not page.errors  # type: ignore[attr-defined]


def test_playing_ends_with_the_whole_text(opened: Callable[..., Page]) -> None:
    """At the highest speed, pauses shortened; the button then plays again."""
    page = opened()
    start(page)
    page.get_by_label("Vitesse").select_option("600")
    page.get_by_role("button", name="Lancer", exact=True).click()
    slider = page.get_by_role("slider")
    place = page.locator("#place")
    for _ in range(600):
        if place.input_value() == place.get_attribute("max"):
            break
        page.wait_for_timeout(100)
    assert place.input_value() == place.get_attribute("max")
    expect(page.get_by_role("button", name="Lancer", exact=True)).to_be_visible()
    assert re.search(r"/a/\d+$", page.url)
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "Avant le premier mot")
    assert not page.errors  # type: ignore[attr-defined]


def test_steps_are_announced_and_lead_both_ways(opened: Callable[..., Page]) -> None:
    """One polite sentence for each, outside the text."""
    page = opened()
    start(page)
    said = page.locator(".rejeu [aria-live=polite]")
    page.get_by_role("button", name="Étape suivante").press("Enter")
    expect(said).to_contain_text("La motion est ouverte")
    first = text(page)
    page.get_by_role("button", name="Étape suivante").press("Enter")
    expect(said).to_contain_text("écrit")
    page.get_by_role("button", name="Étape précédente").press("Enter")
    expect(said).to_contain_text("La motion est ouverte")
    assert text(page) == first


def test_less_motion_goes_from_step_to_step(opened: Callable[..., Page]) -> None:
    """No letter by letter for those who ask for less."""
    page = opened(reduced_motion="reduce")
    start(page)
    slider = page.get_by_role("slider")
    steps = []
    for _ in range(2):
        before = slider.input_value()
        page.get_by_role("button", name="Étape suivante").press("Enter")
        expect(slider).not_to_have_value(before)
        steps.append(slider.input_value())
    slider.press("Home")
    expect(slider).to_have_value("0")
    page.evaluate(PLACES)
    page.get_by_role("button", name="Lancer", exact=True).click()
    until(lambda: len(page.evaluate("places")) >= 2, page)
    page.get_by_role("button", name="Mettre en pause").click()
    assert page.evaluate("places")[:2] == steps


def test_everything_is_there_without_script(opened: Callable[..., Page]) -> None:
    """Step by step by links, and a clock time by a form; the way into the replay leads to the first step."""
    page = opened(java_script_enabled=False)
    page.get_by_role("link", name="Rejouer depuis le début").click()
    page.get_by_role("link", name=re.compile("^Après, à ")).first.click()
    expect(page.locator("article .texte")).not_to_be_empty()
    page.get_by_label("Heure").fill("23:59")
    page.get_by_role("button", name="Voir le texte à cette heure").click()
    expect(page.get_by_text("C’est le dernier état du texte.")).to_be_visible()
