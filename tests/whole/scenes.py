"""Every page of the service, and how one comes to it: the name begins with that of its route."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

from motion.web.pages import api
from tests.whole.demonstration import Demonstration
from tests.whole.ways import (
    ROOM,
    ask_for_address,
    ask_for_cards,
    ask_for_new_cards,
    change_a_paragraph,
    change_nothing,
    correct_what_was_sent,
    correct_words,
    follow,
    follow_what_was_sent,
    give_address,
    import_collected,
    note_words,
    open_everything,
    open_what_is_read,
    prepare_withdrawal,
    press,
    preview_collected,
    print_forms,
    see_a_form,
    send_a_contribution,
    send_at_the_kiosk,
    send_nothing,
    send_scan,
    start_editor,
    take_back_what_was_sent,
    type_form,
    upload_collected,
    upload_roster,
)

Role = Literal["public", "english", "official", "secretariat"]  # who looks; the English choice is kept in a cookie
M1 = "/ormeline/motions/M1"
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
    "voices-feed",
    "captions-recording",  # a file
    "transcript-file",
    "captions-author-recording",  # a file
    "congress-preview",  # a picture
    "motion-preview",
    "scribe-last",  # a part of the scribe's page
    "scribe-members",  # for the scribe's page
    "sheet-image",  # a picture
}


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
    Scene("collected-task, imported", "secretariat", ROOM + "/contributions/import", import_collected),
    Scene("collected-cards", "secretariat", ROOM + "/contributions/import", ask_for_cards),
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
    Scene("voices-map", "public", "/ormeline/contributions/carte", open_what_is_read),
    Scene("voices-figures", "public", "/ormeline/contributions/chiffres"),
    Scene("voices, at random and narrowed", "public", "/ormeline/contributions?ordre=hasard-7&jusqua=60&elu=oui"),
    Scene("voices, of a theme", "public", "/ormeline/contributions?theme=T1", open_everything),
    Scene("voices, none so", "public", "/ormeline/contributions?commune=Nulle-Part"),
    Scene("voices-figures, all unfolded", "public", "/ormeline/contributions/chiffres", open_everything),
    Scene("voice", "public", "/ormeline/contributions/C36"),
    Scene("voice, in English", "english", "/ormeline/contributions/C1?lang=en", open_everything),
    Scene("voice, a film", "public", "/ormeline/contributions/C1"),
    Scene("voice, on paper", "public", "/ormeline/contributions/C13"),
    Scene("voice, a film that others support", "public", "/ormeline/contributions/C20", open_everything),
    Scene("voice, refused", "public", "/ormeline/contributions/C23"),
    Scene("voice, with a reply", "public", "/ormeline/contributions/C32"),
    Scene("voice, taken back", "public", "/ormeline/contributions/C37"),
    Scene("voice, being read", "public", "/ormeline/contributions/C61"),
    Scene("voice, its first version, quoted", "public", "/ormeline/contributions/C4?version=1&citer=0-66"),
    Scene("voice, what a version changed", "public", "/ormeline/contributions/C4?version=2", open_everything),
    Scene("search, in what was said", "public", "/ormeline/recherche?q=navette&motion=contributions"),
    Scene("voice, not there", "public", "/ormeline/contributions/C999999", status=404),
    Scene("testimony", "public", "/ormeline/contributions/C1/transcription/1", open_everything),
    Scene("testimony, in English", "english", "/ormeline/contributions/C1/transcription/1?langue=en&lang=en"),
    Scene("testimony, reading alone", "public", "/ormeline/contributions/C20/transcription/1?media=texte"),
    Scene("testimony, quoted", "public", "/ormeline/contributions/C1/transcription/1?citer=0-10"),
    Scene("transcripts-waiting", "secretariat", ROOM + "/transcriptions"),
    Scene("transcripts-waiting, of one kind", "secretariat", ROOM + "/transcriptions?liste=automatiques"),
    Scene("transcripts-waiting, beyond the last", "secretariat", ROOM + "/transcriptions?apres=999-1"),
    Scene("captions, of a testimony", "secretariat", ROOM + "/transcriptions/C35/1", open_everything),
    Scene("captions, a language that is not there", "secretariat", ROOM + "/transcriptions/C35/1?langue=br"),
    Scene("testimony, unknown", "public", "/ormeline/contributions/C9999/transcription/1", status=404),
    Scene("captions, unknown", "secretariat", ROOM + "/transcriptions/C9999/1", status=404),
    Scene("captions-author, unknown", "public", "/ormeline/suivi/" + "0" * 32 + "/transcription/1", status=404),
    Scene("editor, of the secretariat", "secretariat", M1 + "/rediger", start_editor),
)
PUBLIC = tuple(scene for scene in SCENES if scene.role == "public" and scene.then is None)
