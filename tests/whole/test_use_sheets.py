"""A mediator with a sheet of paper: its photo, what it says, and the signature hidden, by mouse or by keyboard."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import PATIENCE_MS
from tests.whole.demonstration import Demonstration

HERE = "/ormeline/secretariat/fiches"
RED, HIDDEN = (200, 30, 30), (40, 40, 40)


@pytest.fixture
def mediator(browser: Browser, service: Demonstration) -> Iterator[Page]:
    """Somebody of the secretariat; no script has failed in the end, and no policy was broken."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page = context.new_page()
    service.sign_in(page, "Secrétariat")
    yield page
    context.close()
    assert [each for each in problems if "Failed to load resource" not in each] == []


def printed(page: Page, service: Demonstration) -> str:
    """Print one form; return its number."""
    headers = {"Origin": service.address}
    answer = page.request.post(service.address + HERE, form={"count": "1"}, headers=headers)
    return answer.headers["content-disposition"].rpartition("-")[2].partition(".")[0]


def send(page: Page, service: Demonstration, number: str) -> None:
    """Send a photo of the form, red all over."""
    out = io.BytesIO()
    Image.new("RGB", (600, 800), RED).save(out, "JPEG")
    page.goto(f"{service.address}{HERE}/saisir")
    page.get_by_label("Numéro de la fiche").fill(number)
    photo = {"name": "recto.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.get_by_label("Images de la fiche").set_input_files([photo])
    page.get_by_role("button", name="Envoyer les images").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Saisir la fiche n° {number}")


def type_words(page: Page) -> None:
    """Copy what it says."""
    page.get_by_label("Nom ou pseudonyme").fill("Ève Sauvaigre")
    page.get_by_label("Ce que dit la fiche").fill("Le car ne passe plus.")
    page.get_by_label("J’accepte que ma contribution soit publiée").check()
    page.get_by_label("J’ai dix-huit ans").check()


def published(page: Page, service: Demonstration, number: str) -> Image.Image:
    """The picture that will be published."""
    answer = page.request.get(f"{service.address}{HERE}/{number}/images/1?publiee=1")
    assert answer.ok, answer.status
    return Image.open(io.BytesIO(answer.body()))


def is_near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Colours of a JPEG."""
    return all(abs(one - other) < 30 for one, other in zip(found, wanted, strict=True))


def test_with_a_mouse(mediator: Page, service: Demonstration) -> None:
    """The rectangle that is drawn is the one that is hidden, and it can be seen before."""
    number = printed(mediator, service)
    send(mediator, service, number)
    type_words(mediator)
    drawing = mediator.locator("figure svg")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None and box["height"] > 100
    left, top = box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.1
    mediator.mouse.move(left, top)
    mediator.mouse.down()
    mediator.mouse.move(left + box["width"] * 0.5, top + box["height"] * 0.2, steps=4)
    mediator.mouse.up()
    expect(mediator.locator("#mask-1-left")).to_have_value("25.0")
    expect(mediator.locator("figure svg rect")).to_have_count(1)
    mediator.get_by_role("button", name="Voir l’image publiée").click()
    expect(mediator.get_by_role("status").filter(has_text="telle qu’elle sera publiée")).to_be_visible()
    expect(mediator.get_by_label("Ce que dit la fiche")).to_have_value("Le car ne passe plus.")
    mediator.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(mediator.get_by_text("Une autre personne doit maintenant la relire.")).to_be_visible()
    picture = published(mediator, service, number)
    assert picture.size == (600, 800)
    assert is_near(picture.getpixel((300, 160)), HIDDEN) and is_near(picture.getpixel((300, 600)), RED)
    said = service.get(f"/ormeline/fiche/{number}")
    assert "Saisie, à relire" in said and "Sauvaigre" not in said


def test_with_the_keyboard_and_without_script(browser: Browser, service: Demonstration, mediator: Page) -> None:
    """Numbers say the same as a mouse."""
    number = printed(mediator, service)
    context = browser.new_context(
        locale="fr-FR", java_script_enabled=False, storage_state=mediator.context.storage_state()
    )
    page = context.new_page()
    send(page, service, number)
    type_words(page)
    page.get_by_text("Cacher une partie de l’image").click()
    first = page.get_by_role("group", name="Rectangle 1")
    for label, value in (("Gauche", "50"), ("Haut", "75"), ("Largeur", "50"), ("Hauteur", "25")):
        first.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Nom ou pseudonyme").press("Enter")  # as people do: what is sent is the first button
    expect(page.get_by_text("Une autre personne doit maintenant la relire.")).to_be_visible()
    picture = published(mediator, service, number)
    assert is_near(picture.getpixel((450, 700)), HIDDEN) and is_near(picture.getpixel((150, 700)), RED)
    page.get_by_role("link", name=f"Fiche n° {number}").click()
    expect(page.get_by_text("une autre personne du secrétariat doit la relire")).to_be_visible()
    context.close()


def test_a_heap_of_sheets_goes_by_keyboard(mediator: Page, browser: Browser, service: Demonstration) -> None:
    """The focus stands where the next sheet begins; who compares is led to the next; a number serves once."""
    numbers = [printed(mediator, service) for _each in range(2)]
    for number in numbers:
        send(mediator, service, number)
        expect(mediator.get_by_label("Nom ou pseudonyme")).to_be_focused()
        type_words(mediator)
        mediator.get_by_role("button", name="Enregistrer", exact=True).press("Enter")
        expect(mediator.get_by_role("status").filter(has_text=f"La fiche n° {number} est saisie")).to_be_visible()
        expect(mediator.get_by_role("link", name="Saisir une autre fiche")).to_be_focused()
    mediator.keyboard.press("Enter")
    expect(mediator.get_by_label("Numéro de la fiche")).to_be_focused()
    mediator.keyboard.type(numbers[0])
    mediator.keyboard.press("Enter")
    expect(mediator.get_by_role("alert")).to_contain_text("cette fiche est déjà saisie (C")
    mediator.get_by_role("link", name="Voir la fiche et sa copie").press("Enter")
    expect(mediator.get_by_role("heading", level=1)).to_contain_text(f"Relire la fiche n° {numbers[0]}")
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    other = context.new_page()
    service.sign_in(other, "Relecteur")
    other.goto(f"{service.address}{HERE}/{numbers[0]}/relire")
    other.get_by_role("button", name="Oui, tout est pareil").press("Enter")
    expect(other.get_by_role("status")).to_contain_text(f"La fiche n° {numbers[0]} est relue. Voici la suivante.")
    context.close()
