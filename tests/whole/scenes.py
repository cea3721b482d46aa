"""Every page of the service, and how one comes to it: the name begins with that of its route."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PIL import Image
from playwright.sync_api import Page

from motion.web.pages import api
from tests.whole.demonstration import Demonstration

Role = Literal["public", "english", "official", "secretariat"]  # who looks; the English choice is kept in a cookie
M1 = "/ormeline/motions/M1"
ROOM = "/ormeline/secretariat"
SPEAK = "/ormeline/participer"
# Answers that no person looks at as a page of its own.
NO_PAGES = {
    "static",
    "follow",
    "text",
    "section",
    "margin",
    "plan",  # of a text, for its editor
    "home-live",
    "home-json",
    "motion-json",
    "motion-markdown",
    "replay-json",
    "replay-chunk",
    "instant-clock",  # leads on at once
    "between-chosen",  # leads on at once
    "motion-pdf",
    "motion-gros-caracteres.pdf",
    "motion-odt",
    "motion-docx",
    "motion-epub",
    "motion-akn.xml",
    "demonstration",  # leads on at once
    "log-checkpoint",
    "log-latest",
    "log-kept",
    "log-key",
    "log-policy",
    "log-timestamp",
    "log-stamped",
    "log-tile",
    "participate-files-list",  # for the page's script
    "kiosk-files-list",  # likewise
    "entry-proof",
    "verify-guide",  # a file
    "verify-guide-in",  # a file
    "entry-json",
    "entry-object",
    "log-objects",
    "log-object",
    "log-redactions",
    "redaction-sealed",  # a file
    "moderation-piece",  # a picture
    "voice-json",
    "voice-markdown",
    "media",  # a file
    "media-apart",  # a file
    "collected-refusals",  # a file
    "archive-file",
    *(route.name for route in api.ROUTES),
    "catalogue",
    "robots",
    "sitemap",
    "congress-feed",
    "register-feed",
    "motion-feed",
    "captions-recording",  # a file
    "transcript-file",
    "captions-author-recording",  # a file
    "congress-preview",  # a picture
    "motion-preview",
    "scribe-last",  # a part of the scribe's page
    "scribe-members",  # for the scribe's page
    "sheet-image",  # a picture
}
ROSTER = (
    "Nom;Prénom;Sexe;Mandat;Commune;Courriel\n"
    "Brassac;Léonie;F;maire;Valbrune;leonie.brassac@exemple.example\n"
    "Sans-Courriel;;F;maire;Valbrune;pas une adresse\n"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A page as somebody meets it. `status` is the answer's."""

    name: str
    role: Role
    path: str
    then: Callable[[Page], None] | None = None
    status: int = 200

    def go(self, page: Page, service: Demonstration) -> None:
        """Come to the page, and wait until it has settled."""
        answer = page.goto(service.address + self.path)
        assert answer is not None and answer.status == self.status, f"{self.path}: {answer and answer.status}"
        if self.then is not None:
            self.then(page)
        page.wait_for_load_state("load")


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
    content = "id;auteur;texte;commune\n1;Solène Marchebrune;Le car ne passe plus.;Valbrune\n2;;Sans nom.;\n"
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


def open_everything(page: Page) -> None:
    """Unfold what is folded."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


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


SCENES = (
    Scene("congresses", "public", "/"),
    Scene("home", "public", "/ormeline"),
    Scene("home, in English", "english", "/ormeline?lang=en"),
    Scene("motion, in English", "english", M1),
    Scene("motions", "public", "/ormeline/motions"),
    Scene("register", "public", "/ormeline/registre", open_everything),
    Scene("register, filtered", "public", "/ormeline/registre?genre=texte&motion=M2"),
    Scene("register, filled in wrongly", "public", "/ormeline/registre?jour=hier", status=422),
    Scene("entry", "public", "/ormeline/registre/3", open_everything),
    Scene("search", "public", "/ormeline/recherche"),
    Scene("search, found", "public", "/ormeline/recherche?q=soins"),
    Scene("search, nothing found", "public", "/ormeline/recherche?q=zzyzx"),
    Scene("open-data", "public", "/ormeline/donnees", open_everything),
    Scene("verify", "public", "/ormeline/verifier"),
    Scene("verify, a fingerprint that is not known", "public", "/ormeline/verifier?empreinte=" + "0" * 64),
    Scene("verify, no fingerprint", "public", "/ormeline/verifier?empreinte=abc", status=422),
    Scene("archive", "public", "/ormeline/archive"),
    Scene("receipt", "public", "/ormeline/registre/3/recu"),
    Scene("motion", "public", M1),
    Scene("motion, all unfolded", "public", M1, open_everything),
    Scene("motion, who wrote", "public", M1 + "?vue=auteurs"),
    Scene("motion, adopted", "public", "/ormeline/motions/M2"),
    Scene("booklet", "public", M1 + "/imprimer"),
    Scene("replay", "public", M1 + "/rejeu"),
    Scene("replay, in English", "english", M1 + "/rejeu"),
    Scene("replay, all unfolded", "public", M1 + "/rejeu", open_everything),
    Scene("shape", "public", M1 + "/rejeu/article-1"),
    Scene("instant", "public", M1 + "/a/999999"),
    Scene("instant, who wrote", "public", M1 + "/a/999999?vue=auteurs"),
    Scene("instant, before the first word", "public", M1 + "/a/0"),
    Scene("between", "public", M1 + "/entre/0/999999"),
    Scene("participate", "public", SPEAK),
    Scene("participate, in English", "english", SPEAK + "?lang=en"),
    Scene("participate-texte", "public", SPEAK + "/texte", open_everything),
    Scene("participate-files", "public", SPEAK + "/fichiers", open_everything),
    Scene("participate-nom", "public", SPEAK + "/nom"),
    Scene("participate-nom, empty", "public", SPEAK + "/nom", press("Continuer")),
    Scene("participate-lieu", "public", SPEAK + "/lieu"),
    Scene("participate-commune", "public", SPEAK + "/lieu", press("Continuer", Votre_commune="Saint-Denis")),
    Scene("participate-courriel", "public", SPEAK + "/courriel"),
    Scene("participate-accord", "public", SPEAK + "/accord"),
    Scene("participate-accord, nothing ticked", "public", SPEAK + "/accord", press("Continuer")),
    Scene("participate-check, much is missing", "public", SPEAK + "/verifier", press("Envoyer ma contribution")),
    Scene("participate-check, sent", "public", SPEAK + "/texte", send_a_contribution),
    Scene("follow-up", "public", SPEAK + "/texte", follow_what_was_sent),
    Scene("follow-up-correct", "public", SPEAK + "/texte", correct_what_was_sent),
    Scene("follow-up-withdraw", "public", SPEAK + "/texte", take_back_what_was_sent),
    Scene("follow-up, no such address", "public", "/ormeline/suivi/" + "0" * 32, status=404),
    Scene("news-address, no such address", "public", "/ormeline/nouvelles/" + "0" * 32, status=404),
    Scene("kiosk", "public", "/ormeline/borne"),
    Scene("kiosk, empty", "public", "/ormeline/borne", press("Envoyer ma contribution")),
    Scene("kiosk, sent", "public", "/ormeline/borne", send_at_the_kiosk),
    Scene("sign-in", "public", "/ormeline/connexion"),
    Scene("sign-in, empty", "public", "/ormeline/connexion", press("Recevoir un code")),
    Scene("sign-in, wrong card", "public", "/ormeline/connexion", press("Entrer", Code_de_la_carte="000")),
    Scene(
        "sign-in-digits",
        "public",
        "/ormeline/connexion",
        press("Recevoir un code", Votre_adresse_de_courriel="personne@ormeline.example"),
    ),
    Scene("sign-in-link, unknown", "public", "/ormeline/connexion/lien/inconnu", status=410),
    Scene("card, unknown", "public", "/ormeline/carte/inconnue", status=403),
    Scene("error, no such congress", "public", "/nulle-part", status=404),
    Scene("error, not for the public", "public", ROOM, status=403),
    Scene("editor", "official", M1 + "/rediger", start_editor),
    Scene("editor, adopted", "official", "/ormeline/motions/M2/rediger", start_editor),
    Scene("plain", "official", M1 + "/rediger/simple"),
    Scene("plain, nothing changed", "official", M1 + "/rediger/simple", change_nothing),
    Scene("plain, changed", "official", M1 + "/rediger/simple", change_a_paragraph),
    Scene("plain, adopted", "official", "/ormeline/motions/M2/rediger/simple"),
    Scene("sessions", "official", "/ormeline/mes-connexions"),
    Scene("home, of an official", "official", "/ormeline"),
    Scene("congress-new", "secretariat", "/nouveau"),
    Scene("secretariat", "secretariat", ROOM),
    Scene("phase", "secretariat", ROOM + "/phases/frozen"),
    Scene("calendar", "secretariat", ROOM + "/calendrier"),
    Scene("motion-new", "secretariat", ROOM + "/motions/nouvelle"),
    Scene("motion-new, empty", "secretariat", ROOM + "/motions/nouvelle", press("Créer la motion")),
    Scene("freeze-ask", "secretariat", ROOM + "/motions/M1/geler"),
    Scene("withdraw-ask", "secretariat", ROOM + "/motions/M1/retirer"),
    Scene("redactions", "secretariat", ROOM + "/retraits"),
    Scene("redactions, searched", "secretariat", ROOM + "/retraits?motion=M1"),
    Scene("redactions, no number", "secretariat", ROOM + "/retraits?inscription=douze", status=422),
    Scene("redaction-new", "secretariat", ROOM + "/retraits?motion=M2", follow("Choisir ces mots")),
    Scene("redaction-new, nothing there", "secretariat", ROOM + "/retraits/nouveau?de=0&a=0", status=409),
    Scene("redaction-ask", "secretariat", ROOM + "/retraits?motion=M2", prepare_withdrawal),
    Scene("moderation", "secretariat", ROOM + "/contributions"),
    Scene("moderation, all of them", "secretariat", ROOM + "/contributions?liste=toutes"),
    Scene("moderation, those refused", "secretariat", ROOM + "/contributions?liste=refusees"),
    Scene("moderation-one, reported", "secretariat", ROOM + "/contributions/C57", open_everything),
    Scene("moderation-one, to be read", "secretariat", ROOM + "/contributions/C62", open_everything),
    Scene("moderation-one, with a recording", "secretariat", ROOM + "/contributions/C20", open_everything),
    Scene("moderation-one, not there", "secretariat", ROOM + "/contributions/C999999", status=404),
    Scene("notice", "public", "/ormeline/contributions/C10/signaler"),
    Scene("notice, empty", "public", "/ormeline/contributions/C10/signaler", press("Envoyer le signalement")),
    Scene("notice, not there", "public", "/ormeline/contributions/C999999/signaler", status=404),
    Scene("themes", "secretariat", ROOM + "/themes"),
    Scene("themes, named", "secretariat", ROOM + "/themes", press("Ajouter", Ajouter_un_thème="Santé et soins")),
    Scene("contribution-themes", "secretariat", "/ormeline/contributions/C10/themes"),
    Scene("contribution-themes, not there", "secretariat", "/ormeline/contributions/C999999/themes", status=404),
    Scene("collected", "secretariat", ROOM + "/contributions/import"),
    Scene("collected, no file", "secretariat", ROOM + "/contributions/import", press("Continuer")),
    Scene("collected-task", "secretariat", ROOM + "/contributions/import", upload_collected),
    Scene("collected-task, previewed", "secretariat", ROOM + "/contributions/import", preview_collected),
    Scene("collection-rules", "secretariat", ROOM + "/contributions/regle"),
    Scene("late-texts", "secretariat", ROOM + "/textes-tardifs"),
    Scene("mails", "secretariat", ROOM + "/courriels"),
    Scene("officials-sessions", "secretariat", ROOM + "/connexions"),
    Scene("team", "secretariat", ROOM + "/equipe"),
    Scene("roster", "secretariat", ROOM + "/liste"),
    Scene("official-new", "secretariat", ROOM + "/liste/nouveau"),
    Scene("official", "secretariat", ROOM + "/liste/6"),
    Scene("official-removal", "secretariat", ROOM + "/liste/6/retirer"),
    Scene("roster-import", "secretariat", ROOM + "/liste/importer"),
    Scene("roster-preview", "secretariat", ROOM + "/liste/importer", upload_roster),
    Scene("cards", "secretariat", ROOM + "/cartes"),
    Scene("cards, those in force cancelled", "secretariat", ROOM + "/cartes", ask_for_new_cards),
    Scene("scribe", "secretariat", ROOM + "/parole", open_everything),
    Scene("scribe, filled in wrongly", "secretariat", ROOM + "/parole", send_nothing),
    Scene("scribe, something noted", "secretariat", ROOM + "/parole", note_words),
    Scene("scribe-one", "secretariat", ROOM + "/parole", correct_words),
    Scene("address-card", "secretariat", ROOM + "/parole", ask_for_address),
    Scene("address-card, given", "secretariat", ROOM + "/parole", give_address),
    Scene("sheets", "secretariat", ROOM + "/fiches"),
    Scene("sheets, one found", "secretariat", ROOM + "/fiches", print_forms),
    Scene("sheets, no such number", "secretariat", ROOM + "/fiches?numero=0", status=422),
    Scene("sheets, one that is published", "secretariat", ROOM + "/fiches?numero=2"),
    Scene("sheet-send", "secretariat", ROOM + "/fiches/saisir"),
    Scene("sheet-send, empty", "secretariat", ROOM + "/fiches/saisir", press("Envoyer les images")),
    Scene("sheet-type", "secretariat", ROOM + "/fiches/saisir", send_scan),
    Scene("sheet-check", "secretariat", ROOM + "/fiches/saisir", type_form),
    Scene("sheet-fate", "secretariat", ROOM + "/fiches", see_a_form),
    Scene("sheet-search", "public", "/ormeline/fiche"),
    Scene("sheet-search, no number", "public", "/ormeline/fiche?numero=douze", status=422),
    Scene("voices", "public", "/ormeline/contributions", open_everything),
    Scene("voices, in English", "english", "/ormeline/contributions?etat=toutes&ordre=lieu&lang=en"),
    Scene("voices-map", "public", "/ormeline/contributions/carte", open_everything),
    Scene("voices-figures", "public", "/ormeline/contributions/chiffres"),
    Scene("voice, not there", "public", "/ormeline/contributions/C999999", status=404),
    Scene("testimony", "public", "/ormeline/contributions/C1/transcription/1", open_everything),
    Scene("testimony, in English", "english", "/ormeline/contributions/C1/transcription/1?langue=en&lang=en"),
    Scene("testimony, reading alone", "public", "/ormeline/contributions/C20/transcription/1?media=texte"),
    Scene("testimony, quoted", "public", "/ormeline/contributions/C1/transcription/1?citer=0-10"),
    Scene("captions, of a testimony", "secretariat", ROOM + "/transcriptions/C35/1", open_everything),
    Scene("captions, a language that is not there", "secretariat", ROOM + "/transcriptions/C35/1?langue=br"),
    Scene("testimony, unknown", "public", "/ormeline/contributions/C9999/transcription/1", status=404),
    Scene("captions, unknown", "secretariat", ROOM + "/transcriptions/C9999/1", status=404),
    Scene("captions-author, unknown", "public", "/ormeline/suivi/" + "0" * 32 + "/transcription/1", status=404),
    Scene("editor, of the secretariat", "secretariat", M1 + "/rediger", start_editor),
)
PUBLIC = tuple(scene for scene in SCENES if scene.role == "public" and scene.then is None)
