"""Correcting a transcript in a real browser: by keyboard, through cuts, two at once, with and without script."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route

from motion.rules.captions import Cue
from storage.models import Transcript
from tests.frontend.desk import until
from tests.frontend.voice_place import CUES, DESK, Served
from tests.web.secretariat_world import rows
from tests.web.test_testimonies import say

LONG = tuple(Cue(n * 1_000, n * 1_000 + 900, f"Ligne {n + 1}.") for n in range(60))
SAVED = "Gardé par le service"
Opens = Callable[..., Page]


def words(page: Page) -> list[str]:
    """What the lines of the form say."""
    return [box.input_value() for box in page.locator("[data-line] textarea").all()]


def put_caret(box: Locator, after: str) -> None:
    """Put the caret after some words."""
    box.evaluate(
        "(box, after) => { const at = box.value.indexOf(after) + after.length; box.setSelectionRange(at, at) }", after
    )
    box.focus()


def caret(page: Page) -> tuple[str, int]:
    """The field where one is, and where in it."""
    name, at = page.evaluate("[document.activeElement.name, document.activeElement.selectionStart]")
    return name, at


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

    def test_what_was_cut_joined_or_typed_is_taken_back(self, opens: Opens) -> None:
        """By keyboard or by the buttons, with the caret where it was; and forth again."""
        page = opens(DESK, "odile")
        put_caret(line(page, 1), "passe plus")
        page.keyboard.press("Control+Enter")
        page.keyboard.type("Tous ")
        page.keyboard.press("Control+z")
        assert words(page)[1] == "le jeudi."
        page.keyboard.press("Control+z")
        assert words(page) == [cue.text for cue in CUES] and caret(page) == ("text-0", 20)
        page.keyboard.press("Control+Shift+Enter")
        assert len(words(page)) == 2
        page.get_by_role("button", name="Annuler").click()
        assert words(page) == [cue.text for cue in CUES]
        page.get_by_role("button", name="Rétablir").click()
        assert len(words(page)) == 2
        page.get_by_role("button", name="Rétablir").click()
        page.get_by_text("plus rien à annuler").wait_for()

    def test_letters_are_taken_back_together_and_not_with_those_of_another_line(self, opens: Opens) -> None:
        """As in any editor."""
        page = opens(DESK, "odile")
        for number in (1, 2):
            put_caret(line(page, number), "jeudi")
            page.keyboard.type(" soir")
        page.keyboard.press("Control+z")
        assert words(page)[:2] == ["Le car ne passe plus le jeudi soir.", CUES[1].text]

    def test_shifting_from_the_keyboard(self, opens: Opens, place: Served) -> None:
        """Enter in the field of seconds shifts, and nothing else."""
        page = opens(DESK, "odile")
        for _turn in range(2):  # the same address twice is read anew
            page.get_by_text("Décaler les heures").press("Enter")
            page.get_by_label("Secondes").fill("0,5")
            page.keyboard.press("Enter")
            page.get_by_text("C’est gardé, sans être publié.").wait_for()
            page.get_by_role("button", name="Annuler").wait_for()
        until(
            lambda: (
                page.get_by_role("group", name="Ligne 1", exact=True).get_by_label("Début").input_value() == "0:01,000"
            ),
            page=page,
        )
        assert place.last() == [cue.text for cue in CUES]

    def test_saving_without_a_network_says_so_and_loses_nothing(self, opens: Opens, place: Served) -> None:
        """The page stays; pressed again once the network is back, it is published."""
        page = opens(DESK, "odile")
        page.get_by_role("button", name="Enregistrer et publier").click()
        page.get_by_text("C’est enregistré et publié.").wait_for()
        page.context.set_offline(True)
        line(page, 1).fill("Le car ne passe plus du tout.")
        page.get_by_role("button", name="Enregistrer et publier").click()
        page.get_by_text("rien n’est enregistré").wait_for()
        assert place.last()[0] == CUES[0].text
        assert words(page)[0] == "Le car ne passe plus du tout."
        page.context.set_offline(False)
        page.get_by_text(SAVED).wait_for()
        page.get_by_role("button", name="Enregistrer et publier").click()
        until(lambda: all(said.entry is not None for said in rows(place.hall, Transcript)), page=page)
        assert place.last()[0] == "Le car ne passe plus du tout."

    def test_what_is_refused_on_saving_is_shown_at_its_line(self, opens: Opens) -> None:
        """With the words of the refusal, and what was typed."""
        page = opens(DESK, "odile")
        line(page, 2).fill("")
        page.get_by_role("button", name="Enregistrer comme relue").click()
        page.get_by_text("les mots manquent").wait_for()
        until(lambda: caret(page)[0] == "text-1", page=page)
        assert "fautive" in str(page.locator("#l2").get_attribute("class"))

    def test_a_link_waits_for_what_was_just_typed(self, opens: Opens, place: Served) -> None:
        """The next page of lines is made of it; the key that goes to the next line goes there too."""
        say(place.hall, LONG)
        page = opens(DESK, "odile")
        line(page, 50).fill("Cinquante.")
        page.keyboard.press("Alt+ArrowDown")
        page.wait_for_url("**page=2*")
        assert place.last()[49] == "Cinquante."
        until(lambda: caret(page)[0] == "text-0", page=page)
        assert words(page)[0] == "Ligne 51."
        assert page.evaluate("localStorage.length") == 0

    def test_a_file_after_typing_takes_the_place_of_ones_own_lines(self, opens: Opens, place: Served) -> None:
        """They are nobody else's."""
        page = opens(DESK, "odile")
        line(page, 1).fill("Le car ne passe plus du tout.")
        page.get_by_text(SAVED).wait_for()
        content = b"WEBVTT\n\n00:01.000 --> 00:02.000\nAutre chose.\n"
        page.get_by_label("Fichier WebVTT ou SRT").set_input_files(
            {"name": "paroles.vtt", "mimeType": "text/vtt", "buffer": content}
        )
        page.get_by_role("button", name="Déposer").click()
        page.get_by_text("C’est enregistré et publié.").wait_for()
        assert place.last() == ["Autre chose."]

    def test_two_people_at_two_pages_both_keep_their_lines(self, opens: Opens, place: Served) -> None:
        """Whoever publishes is told first that there is more than they have seen."""
        say(place.hall, LONG)
        first, second = opens(DESK, "odile"), opens(DESK + "&page=2", "odile")
        put_caret(line(first, 3), "Ligne")
        first.keyboard.press("Control+Enter")
        first.keyboard.press("Control+s")
        first.get_by_text(SAVED).wait_for()
        line(second, 51).fill("Chez moi.")
        second.get_by_text("Quelqu’un corrige d’autres lignes").wait_for()
        assert place.last()[51] == "Chez moi." and len(place.last()) == len(LONG) + 1
        assert second.get_by_role("group", name="Ligne 52", exact=True).is_visible()
        line(first, 1).fill("La première.")
        first.get_by_text("Quelqu’un corrige d’autres lignes").wait_for()
        second.get_by_role("button", name="Enregistrer et publier").click()
        second.get_by_text("Pour enregistrer le tout, appuyez de nouveau.").wait_for()
        assert not rows(place.hall, Transcript)[-1].name
        second.get_by_role("button", name="Enregistrer et publier").click()
        second.get_by_text("C’est enregistré et publié.").wait_for()
        assert (place.last()[0], place.last()[51]) == ("La première.", "Chez moi.")

    def test_somebody_else_was_faster(self, opens: Opens, place: Served) -> None:
        """What was typed stays on the device and is shown again, beside the lines of now."""
        page = opens(DESK, "odile")
        say(place.hall, (Cue(0, 900, "D’autres mots."),))
        line(page, 1).fill("Mes mots à moi.")
        page.get_by_text("Quelqu’un a corrigé").wait_for()
        page.reload()
        assert words(page) == ["D’autres mots."]
        assert "Mes mots à moi." in page.get_by_label("Lignes gardées").input_value()
        line(page, 1).fill("D’autres mots encore.")  # whatever is typed next, they stay
        page.get_by_text(SAVED).wait_for()
        page.reload()
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
