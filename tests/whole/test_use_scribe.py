"""A scribe follows a debate by keyboard: people in three letters, and a network that comes and goes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser import PATIENCE_MS
from tests.whole.demonstration import Demonstration

HERE = "/ormeline/secretariat/parole"


@pytest.fixture
def scribe(browser: Browser, service: Demonstration) -> Iterator[Page]:
    """Somebody of the secretariat, on the scribe's page; no script has failed in the end."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    page = context.new_page()
    service.sign_in(page, "Secrétariat")
    opened(page, service)
    yield page
    context.close()
    assert problems == []


def opened(page: Page, service: Demonstration) -> None:
    """Open the page and wait until the roster is there."""
    page.goto(service.address + HERE)
    page.get_by_role("combobox", name="Qui parle").wait_for()


def say(page: Page, letters: str, words: str) -> None:
    """Note what somebody says, without the mouse, from the field that has the focus."""
    page.keyboard.type(letters)
    page.keyboard.press("Enter")
    page.keyboard.type(words)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")


def noted(page: Page) -> list[str]:
    """Who was noted, the last one first."""
    return page.locator("[data-scribe=last] h3").all_inner_texts()


def ready(page: Page) -> None:
    """The form is empty and waits for the next person."""
    person = page.get_by_role("combobox", name="Qui parle")
    expect(person).to_be_focused()
    expect(person).to_have_value("")
    expect(page.get_by_label("Ce qui est dit")).to_have_value("")
    expect(page.get_by_label("Accord donné à voix haute")).not_to_be_checked()


def refused(page: Page) -> Locator:
    """Note words whose commune has several answers; return where they wait."""
    page.get_by_label("Cette personne n’est pas sur la liste").check()
    page.get_by_role("textbox", name="Qui parle").fill("Ève Sauvaigre")
    page.get_by_label("Sa commune").fill("Saint-Denis")
    page.get_by_label("Ce qui est dit").fill("Je prends le car.")
    page.get_by_label("Accord donné à voix haute").check()
    page.keyboard.press("Control+Enter")
    waiting = page.locator("[data-scribe=waiting]")
    expect(waiting).to_contain_text("plusieurs réponses sont possibles")
    return waiting


def test_a_debate_is_followed_by_keyboard(scribe: Page) -> None:
    """Three people, one after the other; the focus is always where the next one begins."""
    for letters, name in (("dia", "Mamadou Diarra"), ("ker", "Solène Kervadec"), ("tei", "Joaquim Teixidor")):
        ready(scribe)
        say(scribe, letters, f"Paroles de {name}.")
        expect(scribe.get_by_role("status").filter(has_text=f"est notée : {name}")).to_be_visible()
    ready(scribe)
    expect(scribe.locator("[data-scribe=last] li")).not_to_have_count(0)
    assert [who.split(" C")[0].strip() for who in noted(scribe)[:3]] == [
        "Joaquim Teixidor",
        "Solène Kervadec",
        "Mamadou Diarra",
    ]


def test_nothing_is_sent_by_half(scribe: Page) -> None:
    """What lacks is said, and the focus goes there; nobody is chosen by accident."""
    status = scribe.locator("[data-scribe=status]")
    scribe.keyboard.press("Control+Enter")
    expect(status).to_have_text("Écrivez qui parle.")
    scribe.keyboard.type("maire")
    scribe.keyboard.press("Escape")
    scribe.keyboard.press("Control+Enter")
    expect(status).to_contain_text("Choisissez la personne")
    scribe.get_by_role("combobox", name="Qui parle").fill("belho")
    scribe.keyboard.press("Enter")
    expect(scribe.get_by_label("Ce qui est dit")).to_be_focused()
    scribe.keyboard.type("Deux mots.")
    scribe.keyboard.press("Control+Enter")
    expect(scribe.get_by_label("Accord donné à voix haute")).to_be_focused()
    scribe.keyboard.press("Space")
    scribe.keyboard.press("Control+Enter")
    expect(status).to_contain_text("est notée : Farida Belhocine")


def test_a_network_that_goes_loses_nothing_and_doubles_nothing(scribe: Page, service: Demonstration) -> None:
    """One answer is lost on its way, then the network is away; the page is closed meanwhile."""
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        lost.append(route.fetch().text())
        route.abort()

    scribe.route("**" + HERE, lose_the_answer, times=1)
    say(scribe, "lor", "Le pont est fermé.")
    expect(scribe.locator("[data-scribe=status]")).to_contain_text("Pas de réseau")
    scribe.context.set_offline(True)
    ready(scribe)
    say(scribe, "que", "La digue aussi.")
    expect(scribe.locator("[data-scribe=waiting] li")).to_have_count(2)
    scribe.keyboard.type("tei")
    scribe.keyboard.press("Enter")
    scribe.keyboard.type("Une phrase en cours.")
    context = scribe.context
    scribe.close()
    context.set_offline(False)
    page = context.new_page()
    opened(page, service)
    expect(page.locator("[data-scribe=waiting] li")).to_have_count(0)
    expect(page.get_by_label("Ce qui est dit")).to_have_value("Une phrase en cours.")
    expect(page.get_by_role("combobox", name="Qui parle")).to_have_value("Joaquim Teixidor")
    expect(page.locator("[data-scribe=last]")).to_contain_text("La digue aussi.")
    page.reload()
    text = page.locator("[data-scribe=last]").inner_text()
    assert len(lost) == 1 and text.count("Le pont est fermé.") == 1 and text.count("La digue aussi.") == 1


def test_what_the_server_refuses_comes_back(scribe: Page) -> None:
    """The words stay on the device, with the reason, and go back into the form."""
    waiting = refused(scribe)
    waiting.get_by_role("button", name="Reprendre").click()
    expect(waiting.locator("li")).to_have_count(0)
    expect(scribe.get_by_label("Ce qui est dit")).to_have_value("Je prends le car.")
    scribe.get_by_label("Sa commune").fill("Saint-Denis (93)")
    scribe.keyboard.press("Control+Enter")
    expect(scribe.locator("[data-scribe=status]")).to_contain_text("est notée : Ève Sauvaigre")


def test_what_is_in_the_form_is_never_written_over(scribe: Page) -> None:
    """Refused words wait until the form is free; throwing them away takes two presses."""
    waiting = refused(scribe)
    scribe.get_by_role("combobox", name="Qui parle").press_sequentially("tei")
    scribe.keyboard.press("Enter")
    scribe.keyboard.type("Une phrase en cours.")
    waiting.get_by_role("button", name="Reprendre").press("Enter")
    expect(scribe.locator("[data-scribe=status]")).to_contain_text("Notez d’abord")
    expect(scribe.get_by_label("Ce qui est dit")).to_have_value("Une phrase en cours.")
    waiting.get_by_role("button", name="Jeter").press("Enter")
    expect(waiting.locator("li")).to_have_count(1)
    waiting.get_by_role("button", name="Jeter pour de bon").press("Enter")
    expect(waiting.locator("li")).to_have_count(0)
    expect(scribe.get_by_label("Ce qui est dit")).to_have_value("Une phrase en cours.")


def test_the_last_one_is_corrected_and_a_second_person_confirms_it(
    scribe: Page, browser: Browser, service: Demonstration
) -> None:
    """An arrow leads to what was noted last, Ctrl+Enter back; who confirms is led to the next one."""
    say(scribe, "ker", "Le car pase.")
    expect(scribe.locator("[data-scribe=last] li").first).to_contain_text("Le car pase.")
    scribe.keyboard.press("ArrowUp")
    text = scribe.get_by_label("Ce qui est dit")
    expect(text).to_be_focused()
    text.fill("Le car passe.")
    scribe.keyboard.press("Control+Enter")
    expect(scribe.get_by_role("status").filter(has_text="La correction de C")).to_be_visible()
    expect(scribe.get_by_role("combobox", name="Qui parle")).to_be_focused()
    expect(scribe.locator("[data-scribe=last] li").first).to_contain_text("Le car passe.")
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    other = context.new_page()
    service.sign_in(other, "Relecteur")
    other.goto(service.address + HERE)
    other.get_by_role("link", name="Confirmer ou corriger").first.press("Enter")
    expect(other.get_by_role("heading", name="Est-ce bien")).to_be_focused()
    expect(other.locator("blockquote")).to_contain_text("Le car passe.")
    other.keyboard.press("Tab")
    other.keyboard.press("Enter")
    expect(other.get_by_role("status").filter(has_text="est confirmée. Voici la suivante.")).to_be_visible()
    context.close()


def test_two_scribes_at_once(scribe: Page, browser: Browser, service: Demonstration) -> None:
    """The same speaker and instant, a network cut, a double press, a reload: each word once, and both see it."""
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    other = context.new_page()
    service.sign_in(other, "Relecteur")
    opened(other, service)
    other.get_by_role("combobox", name="Qui parle").focus()
    context.set_offline(True)
    say(other, "que", "Entendu par la seconde personne.")
    other.keyboard.press("Control+Enter")
    expect(other.locator("[data-scribe=waiting] li")).to_have_count(1)
    say(scribe, "que", "Entendu par la première personne.")
    scribe.keyboard.press("Control+Enter")
    expect(scribe.locator("[data-scribe=last]")).to_contain_text("Entendu par la première personne.")
    other.keyboard.type("tei")
    other.keyboard.press("Enter")
    other.keyboard.type("Une phrase en cours.")
    context.set_offline(False)
    expect(other.locator("[data-scribe=waiting] li")).to_have_count(0)
    expect(other.get_by_label("Ce qui est dit")).to_have_value("Une phrase en cours.")
    other.reload()
    expect(other.get_by_label("Ce qui est dit")).to_have_value("Une phrase en cours.")
    scribe.reload()
    for page in (scribe, other):
        told = page.locator("[data-scribe=last]").inner_text()
        for words in ("Entendu par la première personne.", "Entendu par la seconde personne."):
            assert told.count(words) == 1, told
    own = other.locator("[data-scribe=last] li").filter(has_text="seconde personne")
    assert own.get_by_role("link", name="Confirmer ou corriger").count() == 0  # nobody confirms what they typed
    theirs = other.locator("[data-scribe=last] li").filter(has_text="première personne")
    theirs.get_by_role("link", name="Confirmer ou corriger").click()
    other.get_by_role("button", name="Oui, je le confirme").dblclick()
    expect(other.get_by_role("status").filter(has_text="est confirmée")).to_be_visible()
    scribe.reload()
    confirmed = scribe.locator("[data-scribe=last] li").filter(has_text="première personne")
    expect(confirmed).to_contain_text("Confirmée")
    context.close()
