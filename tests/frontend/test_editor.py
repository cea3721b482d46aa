"""The editor in a real browser, against the small room of `fakeroom`: writing, the plan, who is there, screens."""

import re

import pytest

from tests.frontend.desk import Seat, until
from tests.frontend.fakeroom import FakeRoom


class TestWriting:
    def test_two_officials_write_in_one_paragraph(self, desks: Seat, room: FakeRoom) -> None:
        """Both see both, and the server has both."""
        one, two = desks(1), desks(2)
        one.put_caret("solidaire")
        one.type(" et gratuite")
        two.put_caret("mutualiser")
        two.type(" vite")
        until(lambda: "mutualiser vite une navette solidaire et gratuite," in room.content(), page=one.page)
        for desk in (one, two):
            desk.page.wait_for_selector("text=mutualiser vite une navette solidaire et gratuite")
            desk.wait_saved()

    def test_undo_takes_back_ones_own_edits_only(self, desks: Seat, room: FakeRoom) -> None:
        """What a neighbour wrote meanwhile stays."""
        desk = desks(1)
        desk.put_caret("solidaire")
        desk.type(" à moi")
        desk.wait_saved()
        room.type(0, "# Nous\n\n")
        desk.page.wait_for_selector("text=Nous")
        desk.press("Control+z")
        until(lambda: "à moi" not in room.content(), page=desk.page)
        assert room.content().startswith("# Nous")
        desk.press("Control+Shift+KeyZ")
        until(lambda: "solidaire à moi" in room.content(), page=desk.page)

    def test_backspace_makes_a_title_a_paragraph(self, desks: Seat, room: FakeRoom) -> None:
        """At the start of its words, with the signs hidden."""
        desk = desks(1)
        desk.put_caret("Article 1", after=False)
        desk.press("Backspace")
        until(lambda: "\nArticle 1. Connaître" in room.content(), page=desk.page)

    def test_deleting_a_sign_deletes_its_mate(self, desks: Seat, room: FakeRoom) -> None:
        """No lone asterisks are left behind."""
        desk = desks(1)
        desk.put_caret("manquants")
        desk.press("ArrowRight", "Backspace")
        until(lambda: "*" not in room.content(), page=desk.page)
        assert "soins manquants." in room.content() or "soins manquant." in room.content()

    def test_enter_makes_paragraphs_and_items(self, desks: Seat, room: FakeRoom) -> None:
        """A paragraph after a blank line; the next item; out of the list."""
        desk = desks(1)
        desk.put_caret("solidaire,")
        desk.press("Enter")
        desk.type("bis")
        desk.put_caret("au marché")
        desk.press("Enter")
        desk.type("à l’école")
        desk.press("Enter", "Enter")
        desk.type("Fin")
        until(lambda: "solidaire,\n\nbis\n\n" in room.content(), page=desk.page)
        until(lambda: "- au marché\n- à l’école\nFin" in room.content(), page=desk.page)

    def test_forbidden_characters_never_leave(self, desks: Seat, room: FakeRoom) -> None:
        """Pasted overrides and control characters are taken out, line ends made one."""
        desk = desks(1)
        desk.put_caret("solidaire")
        desk.page.evaluate("""() => {
          const data = new DataTransfer();
          data.setData('text/plain', ' a\\u202eb\\u0007c\\r\\nd\\ufeff');
          const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
          document.querySelector('.cm-content').dispatchEvent(event);
        }""")
        until(lambda: "solidaire abc\nd," in room.content(), page=desk.page)

    def test_tab_leaves_the_text_and_the_toolbar_is_one_stop(self, desks: Seat, room: FakeRoom) -> None:
        """Tab out, Shift Tab back in; arrows, Home and End in the toolbar."""
        desk = desks(1)
        desk.put_caret("solidaire")
        desk.press("Tab")
        assert desk.page.evaluate("!document.activeElement.closest('.cm-content')")
        desk.press("Shift+Tab")
        assert desk.page.evaluate("!!document.activeElement.closest('.cm-content')")
        assert "\t" not in room.content()
        stops = desk.page.locator(".outils [tabindex='0']")
        assert stops.count() == 1
        stops.first.focus()
        focused = lambda: desk.page.evaluate("document.activeElement.innerText.trim().split('\\n').pop()")  # noqa: E731
        desk.press("ArrowRight")
        assert focused() == "Gras"
        desk.press("End")
        assert focused() == "Signes"
        desk.press("ArrowRight")
        assert focused() == "Titre"
        assert stops.count() == 1

    def test_bold_by_the_toolbar(self, desks: Seat, room: FakeRoom) -> None:
        """The word at the caret becomes bold, and plain again; the button says so."""
        desk = desks(1)
        desk.put_caret("solidair")
        desk.page.click(".outil:has-text('Gras')")
        until(lambda: "**solidaire**," in room.content(), page=desk.page)
        assert desk.page.get_attribute(".outil:has-text('Gras')", "aria-pressed") == "true"
        desk.page.click(".outil:has-text('Gras')")
        until(lambda: "**solidaire**" not in room.content(), page=desk.page)


class TestPlan:
    def test_headings_have_the_numbers_of_the_pages(self, desks: Seat, room: FakeRoom) -> None:
        """A new article renumbers those below, without a letter of it in the text; the plan says the same."""
        desk = desks(1)
        desk.put_caret("motifs")
        desk.type("\n\n")
        desk.type("## Agir ensemble")
        new = desk.page.get_by_role("heading", name="Article 1. Agir ensemble")
        new.wait_for()
        desk.page.get_by_role("button", name="Article 1. Agir ensemble").wait_for()
        # A number that was typed and is not the right one any more stays, and is shown as not counting.
        old = desk.page.locator(".cm-line[data-label='Article 3.']")
        assert old.locator(".lp-tape").inner_text() == "Article 2. "
        desk.page.get_by_role("button", name="Article 3. Se déplacer pour se soigner").wait_for()
        desk.wait_saved()
        assert "## Agir ensemble\n" in room.content() and "Article 3. Se" not in room.content()

    def test_the_caret_stands_after_the_number(self, desks: Seat, room: FakeRoom) -> None:
        """Typed at the head of a heading, a word comes between the number and the words."""
        desk = desks(1)
        desk.put_caret("motifs")
        desk.type("\n\n## Agir")
        desk.page.get_by_role("heading", name="Article 1. Agir").wait_for()
        for _ in "Agir":
            desk.press("ArrowLeft")
        desk.type("Mieux ")
        desk.page.get_by_role("heading", name="Article 1. Mieux Agir").wait_for()
        desk.wait_saved()
        assert "## Mieux Agir\n" in room.content()


class TestThoseThere:
    def test_those_who_only_read_are_there(self, desks: Seat) -> None:
        """The list and both counts say who is connected, moving or not; oneself is counted."""
        desk, other = desks(1), desks(2)
        for one, name in ((desk, "Maxence Delorme"), (other, "Aline Corbières")):
            until(lambda one=one: one.page.inner_text(".compte") == "2 dans le texte", page=one.page)
            assert one.page.locator(".gens b").all_inner_texts() == [name]
            assert one.page.get_by_role("button", name="Aller à l’endroit").count() == 0
        other.put_caret("solidaire")
        other.type("s")
        desk.page.get_by_text("écrit en ce moment").wait_for()
        desk.page.get_by_role("button", name="Aller à l’endroit où se trouve Maxence Delorme").wait_for()
        other.page.close()
        until(lambda: desk.page.inner_text(".compte") == "1 dans le texte", page=desk.page)

    def test_views_are_remembered(self, desks: Seat) -> None:
        """Authors once asked for are shown after a reload, by the drawing of the public page."""
        desk = desks(1)
        desk.page.get_by_role("button", name="Auteurs").click()
        desk.page.locator(".cle-auteurs .a1").wait_for()
        desk.page.reload()
        desk.page.wait_for_selector(".cm-content[aria-readonly=false]")
        desk.page.locator(".cm-line .a1").first.wait_for()
        assert desk.page.get_by_role("button", name="Auteurs").get_attribute("aria-pressed") == "true"


class TestScreens:
    @pytest.mark.parametrize("width", [390, 820])
    def test_the_plain_mode_is_at_hand(self, desks: Seat, width: int) -> None:
        """Also where the toolbar has no room for it."""
        desk = desks(1, viewport={"width": width, "height": 800})
        if width == 390:
            desk.page.get_by_role("button", name=re.compile("texte$")).last.click()
        assert desk.page.get_by_role("link", name="Écrire en mode simple").is_visible()

    @pytest.mark.parametrize("width", [320, 390, 820, 1440])
    def test_nothing_sticks_out(self, desks: Seat, width: int) -> None:
        """No sideways scroll at any width."""
        desk = desks(1, viewport={"width": width, "height": 800})
        wide = desk.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width

    def test_what_a_screen_reader_meets(self, desks: Seat) -> None:
        """One textbox with its name; headings with levels; nothing of the neighbours in the text."""
        desk = desks(1)
        box = desk.page.get_by_role("textbox", name="Texte de la motion")
        assert box.count() == 1
        assert box.get_by_role("heading", level=2).count() == 4
        other = desks(2)
        other.put_caret("solidaire")
        other.type("s")
        desk.page.wait_for_selector(".ca[aria-hidden=true]", state="attached")
        assert "MD" not in box.inner_text()
