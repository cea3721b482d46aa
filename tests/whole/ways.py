"""What somebody does on a page before a test looks at it: by labels and buttons, as a person would."""

import io
from collections.abc import Callable
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Page

ROOM = "/ormeline/secretariat"
ROSTER = (
    "Nom;Prénom;Sexe;Mandat;Commune;Courriel\n"
    "Brassac;Léonie;F;maire;Valbrune;leonie.brassac@exemple.example\n"
    "Sans-Courriel;;F;maire;Valbrune;pas une adresse\n"
)


def press(name: str, **fields: str) -> Callable[[Page], None]:
    """Fill fields by their labels, then press a button."""

    def act(page: Page) -> None:
        for label, value in fields.items():
            page.get_by_label(label.replace("_", " ")).first.fill(value)
        with page.expect_navigation():
            page.get_by_role("button", name=name).first.click()

    return act


def start_editor(page: Page) -> None:
    """Wait for the editor in place of the plain page."""
    page.wait_for_selector(".cm-content")
    page.wait_for_function(
        "document.querySelector('[data-editor=status] .mot')?.textContent.match(/Enregistré|Lecture/)"
    )


def change_nothing(page: Page) -> None:
    """Send the plain form as it came."""
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer mes changements").click()


def change_a_paragraph(page: Page) -> None:
    """Send the plain form with a changed paragraph."""
    box = page.get_by_role("main").get_by_role("textbox").nth(1)
    box.fill(box.input_value() + " Par le formulaire.")
    change_nothing(page)


def upload_roster(page: Page) -> None:
    """Send a small list, with a line that can't be read, and wait for its preview."""
    page.locator("input[type=file]").set_input_files(
        [{"name": "liste.csv", "mimeType": "text/csv", "buffer": ROSTER.encode()}]
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Lire le fichier").click()
    page.get_by_text("Brassac").first.wait_for()


def upload_collected(page: Page) -> None:
    """Upload two contributions of another tool, one of which can't be taken."""
    new = f"{uuid4().hex};Solène Marchebrune;Le car ne passe plus.;Valbrune"  # tried more than once on one service
    content = f"id;auteur;texte;commune\n{new}\n2;;Sans nom.;\n"
    page.locator("input[type=file]").set_input_files(
        [{"name": "collecte.csv", "mimeType": "text/csv", "buffer": content.encode()}]
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Continuer").click()


def preview_collected(page: Page) -> None:
    """Say which column is what, and wait for the preview."""
    upload_collected(page)
    page.get_by_label("En ligne, dans l’autre outil").check()
    page.get_by_label("Chaque personne a accepté").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Voir l’aperçu").click()
    for _attempt in range(60):
        if page.get_by_text("Rien n’est encore importé").count():
            return
        page.reload()


def import_collected(page: Page) -> None:
    """Import what was previewed, and wait until it is done."""
    preview_collected(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Importer 1 contribution").click()
    for _attempt in range(60):
        if page.get_by_role("heading", name="Les contributions sont importées").count():
            return
        page.reload()


def ask_for_cards(page: Page) -> None:
    """Come to the cards of what was just imported."""
    import_collected(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Imprimer les adresses de suivi").click()


def open_everything(page: Page) -> None:
    """Unfold what is folded."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def open_what_is_read(page: Page) -> None:
    """Unfold what is folded in the page; the menu above it stays closed, for it lies over what comes below."""
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


def follow(name: str) -> Callable[[Page], None]:
    """Follow the first link of this name."""

    def act(page: Page) -> None:
        with page.expect_navigation():
            page.get_by_role("link", name=name).first.click()

    return act


def prepare_withdrawal(page: Page) -> None:
    """Choose words and fill in a decision, up to its confirmation."""
    follow("Choisir ces mots")(page)
    page.get_by_label("Motif").select_option("injure")
    page.get_by_label("Qui le demande").select_option("personne-visee")
    with page.expect_navigation():
        page.get_by_role("button", name="Relire avant de confirmer").click()


def note_words(page: Page) -> None:
    """Note what somebody says, by keyboard."""
    who = page.get_by_role("combobox", name="Qui parle")
    who.press_sequentially("kerv")
    who.press("Enter")
    page.keyboard.type("Le dernier car part à 16 h 40.")
    page.get_by_label("Accord donné à voix haute").check()
    page.keyboard.press("Control+Enter")
    page.get_by_text("est notée").wait_for()


def send_nothing(page: Page) -> None:
    """Forget everything."""
    page.get_by_role("button", name="Noter").click()
    page.get_by_text("Écrivez qui parle.").wait_for()


def correct_words(page: Page) -> None:
    """Note something and open it."""
    note_words(page)
    follow("Corriger")(page)


def ask_for_address(page: Page) -> None:
    """Note something, and ask for its author's private address."""
    correct_words(page)
    follow("Remettre une adresse de suivi")(page)


def give_address(page: Page) -> None:
    """Have it shown."""
    ask_for_address(page)
    page.get_by_role("button", name="Afficher l’adresse").click()
    page.get_by_text("Gardez cette adresse pour vous.").wait_for()


def print_forms(page: Page) -> None:
    """Print forms, and look for the first."""
    origin = page.url.partition("/ormeline")[0]
    given = page.request.post(f"{origin}{ROOM}/fiches", form={"count": "2"}, headers={"Origin": origin})
    assert given.ok, given.status
    page.goto(f"{origin}{ROOM}/fiches?numero=1")


def send_scan(page: Page) -> None:
    """Print a form, and send a photo of it."""
    origin = page.url.partition("/ormeline")[0]
    given = page.request.post(f"{origin}{ROOM}/fiches", form={"count": "1"}, headers={"Origin": origin})
    number = given.headers["content-disposition"].rpartition("-")[2].partition(".")[0]
    photo = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(photo, "JPEG")
    page.get_by_label("Numéro de la fiche").fill(number)
    page.get_by_label("Images de la fiche").set_input_files(
        [{"name": "recto.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}]
    )
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer les images").click()
    open_everything(page)


def type_form(page: Page) -> None:
    """Type a form, and come to where another person compares it."""
    send_scan(page)
    page.get_by_label("Nom ou pseudonyme").fill("Ève Sauvaigre")
    page.get_by_label("Ce que dit la fiche").fill("Le car ne passe plus.")
    for name in ("J’accepte que ma contribution soit publiée", "J’ai dix-huit ans"):
        page.get_by_label(name).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer", exact=True).click()
    with page.expect_navigation():
        page.get_by_role("link", name="Fiche n°").last.click()
    open_everything(page)


def see_a_form(page: Page) -> None:
    """Print forms, and read what anyone may read of one."""
    print_forms(page)
    follow("La page que tout le monde peut lire")(page)


def ask_for_new_cards(page: Page) -> None:
    """Ask for everybody's cards again, once somebody has one."""
    origin = page.url.partition("/ormeline")[0]
    given = page.request.post(f"{origin}{ROOM}/liste/6", form={"deed": "card"}, headers={"Origin": origin})
    assert given.ok, given.status
    page.get_by_label("Tout le monde").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Éditer les cartes").click()
    page.get_by_role("button", name="Annuler et imprimer").wait_for()


def send_a_contribution(page: Page) -> None:
    """Answer every question, and send."""
    go_on = "Continuer"
    press(go_on, Votre_contribution="Le car ne passe plus le jeudi.")(page)
    press("Continuer sans fichier")(page)
    page.get_by_label("Non", exact=True).check()
    press(go_on, **{"Votre nom, ou un pseudonyme": "Solène Marchebrune"})(page)
    press(go_on, Votre_commune="Saint-Denis")(page)
    page.get_by_label("Aucun de ceux-là").check()
    press(go_on)(page)
    press(go_on)(page)
    page.get_by_label("publiée sur ce site").check()
    page.get_by_label("J’ai dix-huit ans").check()
    press(go_on)(page)
    press("Envoyer ma contribution")(page)
    page.get_by_text("Votre adresse de suivi", exact=True).wait_for()


def follow_what_was_sent(page: Page) -> None:
    """Open the private address of a contribution."""
    send_a_contribution(page)
    with page.expect_navigation():
        page.locator(".adresse a").click()
    page.get_by_label("Votre adresse de courriel").wait_for()


def correct_what_was_sent(page: Page) -> None:
    """Open the form of a correction."""
    follow_what_was_sent(page)
    follow("Corriger")(page)


def take_back_what_was_sent(page: Page) -> None:
    """Open the page that asks once more."""
    follow_what_was_sent(page)
    follow("Retirer ma contribution")(page)


def send_at_the_kiosk(page: Page) -> None:
    """Fill in the page of the tablet, and send it."""
    page.get_by_label("Que voulez-vous dire").fill("Il manque un banc.")
    page.get_by_label("Votre nom").fill("Zoé Brume")
    page.get_by_label("Non", exact=True).check()
    page.get_by_label("publiée sur ce site").check()
    page.get_by_label("J’ai dix-huit ans").check()
    press("Envoyer ma contribution")(page)
    page.get_by_role("link", name="Personne suivante").wait_for()
