"""Words that the server takes out leave open editors and their devices."""

from tests.frontend.desk import Desk, Seat, until
from tests.frontend.fakeroom import FakeRoom


class TestRedaction:
    """Words that the server takes out leave the editors that had them, and their devices."""

    KEPT = """() => new Promise((resolve) => {
      const opening = indexedDB.open('motion-outbox');
      opening.onsuccess = () => {
        const asking = opening.result.transaction('bases').objectStore('bases').getAll();
        asking.onsuccess = () => {
          opening.result.close();
          resolve(asking.result.map((row) => new TextDecoder().decode(row.base.state)).join(' '));
        };
      };
    })"""
    SENTENCE = "Des mots ont été retirés du texte par une décision du secrétariat."

    def device(self, desk: Desk) -> str:
        """What the device keeps of the text, in whatever state."""
        return desk.page.evaluate(self.KEPT)

    def write(self, desk: Desk, word: str = " véreux") -> None:
        """Something that is to be taken out, in one update."""
        desk.put_caret("solidaire")
        desk.page.keyboard.insert_text(word)
        desk.wait_saved()

    def settled(self, desk: Desk, words: str) -> None:
        """Until the device keeps a text that has these words."""
        until(lambda: words in self.device(desk), page=desk.page)

    def test_the_letters_leave_the_device(self, desks: Seat, room: FakeRoom) -> None:
        """Of whoever had them, even when they were deleted; one goes on typing where one was, under the same id."""
        one, two = desks(1), desks(2)
        self.write(one)
        for _ in " véreux":
            one.press("Backspace")
        one.wait_saved()
        for desk in (one, two):
            self.settled(desk, "véreux")
        clients = len(room.owners)
        room.redact("véreux")
        one.type(" et")
        for desk in (one, two):
            until(lambda desk=desk: "véreux" not in self.device(desk) and "Article" in self.device(desk), page=one.page)
        one.type(" douce")
        until(lambda: "solidaire et douce," in room.content(), page=one.page)
        two.page.wait_for_selector("text=solidaire et douce,")
        assert one.page.evaluate("!!document.activeElement.closest('.cm-content')")
        assert len(room.owners) == clients
        assert not one.page.locator(".avis:visible").count()  # the text has lost nothing
        for desk in (one, two):
            assert "véreux" not in self.device(desk)

    def test_the_text_shows_the_mask_and_one_sentence_says_why(self, desks: Seat, room: FakeRoom) -> None:
        """The line is not said to be cut, the caret stays, and undo does not bring the letters back."""
        one = desks(1)
        self.write(one)
        self.settled(one, "véreux")
        room.redact("véreux")
        one.page.wait_for_selector(f".avis:text-is('{self.SENTENCE}')")
        one.page.wait_for_selector("text=solidaire▒▒▒▒▒▒▒,")
        assert one.page.inner_text("[data-editor=announcements]") == self.SENTENCE
        assert not one.page.locator(".bandeau[data-ouvert]").count()
        one.type(" ici")
        until(lambda: "solidaire▒▒▒▒▒▒▒ ici," in room.content(), page=one.page)
        one.wait_saved()
        one.press("Control+z", "Control+z", "Control+z")
        one.wait_saved()
        assert "véreux" not in room.content() and "véreux" not in one.page.inner_text(".cm-content")
        until(lambda: "véreux" not in self.device(one), page=one.page)

    def test_unsent_words_stay(self, desks: Seat, room: FakeRoom) -> None:
        """Somebody away hears of it when they come back: their own words leave all the same."""
        one = desks(1)
        self.write(one)
        self.settled(one, "véreux")
        room.cut()
        one.is_offline()
        one.type(" et lent")
        room.redact("véreux")
        room.mend()
        until(lambda: "solidaire▒▒▒▒▒▒▒ et lent," in room.content(), page=one.page)
        one.page.wait_for_selector("text=solidaire▒▒▒▒▒▒▒ et lent,")
        one.wait_saved()
        until(lambda: "véreux" not in self.device(one) and "et lent" in self.device(one), page=one.page)

    def test_a_closed_tab_does_not_bring_them_back(self, desks: Seat, room: FakeRoom) -> None:
        """What it had kept is void; what it had not sent is not."""
        one = desks(1)
        self.write(one)
        self.settled(one, "véreux")
        room.cut()
        one.is_offline()
        one.type(" et lent")
        until(lambda: "gardée sur cet appareil" in one.status(), page=one.page)
        one.page.close()
        room.redact("véreux")
        room.mend()
        one.open()
        until(lambda: "solidaire▒▒▒▒▒▒▒ et lent," in room.content(), page=one.page)
        one.page.wait_for_selector("text=solidaire▒▒▒▒▒▒▒ et lent,")
        one.wait_saved()
        until(lambda: "véreux" not in self.device(one) and "et lent" in self.device(one), page=one.page)

    def test_without_sockets(self, desks: Seat, room: FakeRoom) -> None:
        """The plain way brings the whole text again, and unsent words with it."""
        room.upgrades = False
        one = desks(1)
        self.write(one)
        self.settled(one, "véreux")
        room.redact("véreux")
        one.type(" et lent")
        until(lambda: "solidaire▒▒▒▒▒▒▒ et lent," in room.content(), page=one.page)
        one.page.wait_for_selector("text=solidaire▒▒▒▒▒▒▒ et lent,")
        until(lambda: "véreux" not in self.device(one) and "et lent" in self.device(one), page=one.page)
