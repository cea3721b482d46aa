"""A motion from its first line to its vote, as the secretariat, the officials and the public see it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import axe
from tests.whole.demonstration import Demonstration
from tests.whole.desks import TEXT, Desk, until
from tests.whole.network import Line
from tests.whole.test_use_pages import RUN_AXE, TAGS

Seat = Callable[..., Desk]


class Secretariat:
    """The secretariat at its browser."""

    def __init__(self, page: Page, service: Demonstration) -> None:
        self.page = page
        self.room = f"{service.address}/ormeline/secretariat"

    def creates(self, title: str) -> str:
        """Make a motion from its template; returns its code."""
        self.page.goto(f"{self.room}/motions/nouvelle")
        self.page.get_by_label("Titre de la motion").fill(title)
        self.page.get_by_role("button", name="Créer la motion").click()
        self.page.wait_for_url(re.compile(r"/motions/M\d+$"))
        return self.page.url.rpartition("/")[2]

    def freezes(self, code: str) -> None:
        """Close the text."""
        self.page.goto(f"{self.room}/motions/{code}/geler")
        self.page.get_by_role("button", name="Geler le texte").click()
        self.page.get_by_text(re.compile(r"^\s*Le texte de la motion .* est gelé\.")).wait_for()

    def unfreezes(self, code: str, reason: str) -> None:
        """Open it again, saying why."""
        self.page.goto(f"{self.room}/motions/{code}/rouvrir")
        self.page.get_by_label("Pourquoi ?").fill(reason)
        self.page.get_by_role("button", name="Rouvrir le texte").click()
        self.page.get_by_text(re.compile(r"^\s*Le texte de la motion .* est rouvert\.")).wait_for()

    def enters_the_vote(self, code: str) -> None:
        """Write the result of the show of hands; the next page asks to confirm."""
        self.page.goto(f"{self.room}/motions/{code}/adopter")
        for label, count in (("Pour", "24"), ("Contre", "3"), ("Abstentions", "2"), ("Ne prennent pas part", "1")):
            self.page.get_by_label(label).fill(count)
        self.page.get_by_label("Séance présidée par").fill("Aline Corbières, maire de Valbrune")
        self.page.get_by_role("button", name="Relire avant d’enregistrer").click()


@pytest.fixture
def secretariat(browser: Browser, service: Demonstration) -> Iterator[Secretariat]:
    """Signed in by the address that the command printed."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    service.sign_in(page, "Secrétariat")
    yield Secretariat(page, service)
    context.close()


class TestTheSecretariat:
    def test_reads_the_text_live_and_writes_no_character(self, desks: Seat, service: Demonstration) -> None:
        """The editor says so in words, takes no key, and still shows what officials write."""
        desk = desks(role="Secrétariat")
        desk.page.goto(desk.url)
        box = desk.page.get_by_role("textbox", name="Texte de la motion")
        box.wait_for()
        until(
            lambda: desk.says() == "Lecture seule : l’écriture est réservée aux élu·e·s.",
            desk.page,
            instead=desk.says,
        )
        assert box.get_attribute("aria-readonly") == "true"
        before = desk.text()
        desk.put_caret("Elles demandent")
        desk.type(" tout de suite")
        desk.press("Enter", "Backspace", "Delete", "Control+b", "Control+z")
        assert desk.text() == before
        for name in ("Titre", "Gras", "Italique", "Liste", "Annuler", "Rétablir"):
            button = desk.page.get_by_role("toolbar").get_by_role("button", name=name)
            assert button.get_attribute("aria-disabled") == "true", name
        official = desks().open()
        official.begin_paragraph("Vu du secrétariat.")
        desk.sees("Vu du secrétariat.")

    def test_is_refused_by_the_plain_form_too(self, desks: Seat) -> None:
        """The form says that only officials write."""
        desk = desks(role="Secrétariat")
        answer = desk.page.goto(f"{desk.url}/simple")
        assert answer is not None and answer.status == 403
        assert desk.page.locator("textarea").count() == 0


class TestFromTheFirstLineToTheVote:
    def test_text_that_comes_after_the_freeze_is_kept_and_shown(
        self, desks: Seat, line: Line, service: Demonstration, secretariat: Secretariat
    ) -> None:
        """Neither merged nor thrown away: its author and the secretariat can read and copy it."""
        code = secretariat.creates("Le pont de Lande-Claire")
        desk, other = desks(line=line, code=code).open(), desks(code=code).open()
        self._write(desk, "Avant le gel.")
        desk.is_saved()
        other.sees("Avant le gel.")
        line.cut()
        desk.is_offline()
        desk.type(" Après le gel.")
        until(lambda: desk.says().startswith("1 phrase à envoyer"), desk.page, instead=desk.says)
        secretariat.freezes(code)
        until(lambda: other.says() == "Lecture seule : le texte est gelé.", other.page, instead=other.says)
        line.mend()
        late = desk.page.locator(".refus[data-late=true]")
        late.wait_for()
        until(lambda: "Après le gel." in late.locator("textarea").input_value(), desk.page)
        assert late.get_by_role("button", name="Copier").is_visible()
        until(lambda: desk.says() == "Lecture seule : le texte est gelé.", desk.page, instead=desk.says)
        until(lambda: "Après le gel." not in desk.text(), desk.page, instead=desk.text)
        assert "Après le gel." not in service.text(code) + other.text()
        secretariat.page.goto(f"{secretariat.room}/textes-tardifs")
        texts = [box.input_value() for box in secretariat.page.get_by_role("textbox").all()]
        assert any("Après le gel." in text for text in texts)

    def test_freeze_reopening_vote_and_adoption(
        self, desks: Seat, service: Demonstration, secretariat: Secretariat
    ) -> None:
        """Those who write are stopped and let in again on the spot; the adopted text stands with its vote."""
        code = secretariat.creates("La halte du marché")
        desk = desks(code=code).open()
        self._write(desk, "La halte est rétablie.")
        desk.is_saved()
        secretariat.freezes(code)
        until(lambda: desk.says() == "Lecture seule : le texte est gelé.", desk.page, instead=desk.says)
        desk.type(" Rien")
        assert "Rien" not in desk.text()
        self._is_accessible(secretariat.page, f"{secretariat.room}/motions/{code}/rouvrir")
        secretariat.unfreezes(code, "Une ligne manquait.")
        desk.page.wait_for_selector(f"{TEXT}[aria-readonly=false]")
        desk.put_caret("La halte est rétablie.")
        desk.type(" Chaque mardi.")
        desk.is_saved()
        service.shows("La halte est rétablie. Chaque mardi.", code)
        secretariat.freezes(code)
        self._is_accessible(secretariat.page, f"{secretariat.room}/motions/{code}/adopter")
        secretariat.enters_the_vote(code)
        assert "Chaque mardi." in secretariat.page.inner_text("main")
        self._is_accessible(secretariat.page)
        secretariat.page.get_by_role("button", name="Adopter la motion").click()
        until(lambda: desk.says() == "Lecture seule : la motion est adoptée.", desk.page, instead=desk.says)
        public = desks().page
        public.goto(f"{service.address}/ormeline/motions/{code}")
        words = public.inner_text("main")
        assert "Adoptée" in words and "Chaque mardi." in words
        assert re.search(r"24\b.*\b3\b.*\b2\b", words, re.DOTALL) and "Aline Corbières" in words
        assert service.motion(code)["state"] == "adopted"

    def _write(self, desk: Desk, words: str) -> None:
        """Write at the end of a new motion."""
        desk.page.locator(TEXT).focus()
        desk.press("Control+End", "Enter")
        desk.type(words)
        desk.sees(words)

    def _is_accessible(self, page: Page, address: str = "") -> None:
        """Pages that only a frozen motion has: axe finds nothing."""
        if address:
            page.goto(address)
        page.evaluate(axe())
        assert page.evaluate(RUN_AXE, TAGS) == []
