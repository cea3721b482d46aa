"""Cuts, sleep, blocked sockets, devices that keep or do not: nothing that was typed is lost."""

import time

from tests.frontend.desk import Seat, until
from tests.frontend.fakeroom import FakeRoom


class TestSleep:
    # An hour passes when the test says so; what the page does every quarter of a minute does not come to its help.
    LATER = """const now = Date.now; Date.now = () => now() + (window.later ?? 0);
    const wait = window.setTimeout;
    window.setTimeout = (act, ms, ...given) => wait(act, ms >= 9000 ? 1e9 : ms, ...given)"""
    # The longest time in which the page's script did nothing, in milliseconds.
    BEATS = """let last = performance.now(); window.gap = 0; window.later = 3_600_000;
    setInterval(() => { window.gap = Math.max(gap, performance.now() - last); last = performance.now() }, 50)"""

    def test_a_page_asleep_for_an_hour_comes_back_by_itself(self, desks: Seat, room: FakeRoom) -> None:
        """Stopped while the line dies and others write; awake, it has their words and one's own."""
        desk = desks(1, before=self.LATER)
        desk.put_caret("solidaire")
        desk.type(" avant")
        desk.wait_saved()
        desk.page.evaluate(self.BEATS)
        # `Page.setWebLifecycleState` leaves a page alone that is seen, as all of Playwright's are: stop its script.
        session = desk.page.context.new_cdp_session(desk.page)
        session.send("Debugger.enable")
        session.send("Debugger.pause")
        room.fall_silent()
        room.type(0, "Pendant le sommeil. ")
        time.sleep(2)
        session.send("Debugger.resume")
        session.send("Debugger.disable")
        until(lambda: desk.page.evaluate("window.gap") > 1500, page=desk.page)
        desk.page.evaluate("document.dispatchEvent(new Event('resume'))")
        desk.page.wait_for_selector("text=Pendant le sommeil.")
        desk.put_caret("avant")
        desk.type(" et après")
        desk.wait_saved()
        assert "solidaire avant et après," in room.content()

    def test_a_line_that_died_in_silence_is_noticed(self, desks: Seat, room: FakeRoom) -> None:
        """Nobody said goodbye: the socket looks open for ever. Asked, it stays silent, and another takes its place."""
        desk = desks(1, before=self.LATER)
        desk.put_caret("solidaire")
        desk.type(" avant")
        desk.wait_saved()
        room.fall_silent()
        desk.page.evaluate("window.later = 3_600_000")
        desk.type(" et pendant")
        room.type(0, "Une heure. ")
        desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        desk.page.wait_for_selector("text=Une heure.")
        desk.wait_saved()
        assert "solidaire avant et pendant," in room.content()


class TestNothingLost:
    def test_a_cut_and_return(self, desks: Seat, room: FakeRoom) -> None:
        """What is written offline is counted, kept, and leaves by itself."""
        desk = desks(1)
        room.cut()
        desk.is_offline()
        desk.put_caret("solidaire")
        desk.type(". Un mot. Deux mots. Trois mots")
        until(lambda: desk.status() == "3 phrases à envoyer, gardées sur cet appareil", page=desk.page)
        room.type(0, "Pendant ce temps. ")
        room.mend()
        desk.wait_saved()
        assert "solidaire. Un mot. Deux mots. Trois mots," in room.content()
        desk.page.wait_for_selector("text=Pendant ce temps.")
        assert [n for n, _ in room.received] == sorted({n for n, _ in room.received})

    def test_a_closed_tab_comes_back(self, desks: Seat, room: FakeRoom) -> None:
        """The text and what was unsent are there when it opens again, and the same bytes leave."""
        desk = desks(1)
        room.cut()
        desk.is_offline()
        desk.put_caret("solidaire")
        desk.type(" hors ligne")
        until(lambda: "gardée sur cet appareil" in desk.status(), page=desk.page)
        desk.page.close()
        desk.open()
        desk.page.wait_for_selector("text=solidaire hors ligne")
        assert "à envoyer" in desk.status()
        room.mend()
        desk.wait_saved()
        assert room.content().count("solidaire hors ligne") == 1

    def test_a_reload_keeps_the_client_id(self, desks: Seat, room: FakeRoom) -> None:
        """A login may bind a few ids only; reloading all day uses one."""
        desk = desks(1)
        for word in (" un", " deux", " trois"):
            desk.put_caret("solidaire")
            desk.type(word)
            desk.wait_saved()
            desk.page.reload()
            desk.page.wait_for_selector(".cm-content[aria-readonly=false]")
            desk.wait_saved()
        assert len(room.owners) == 2
        assert "solidaire trois deux un," in room.content()

    def test_two_tabs_keep_to_themselves(self, desks: Seat, room: FakeRoom) -> None:
        """A second tab neither takes nor sends what the first is holding."""
        desk = desks(1)
        room.cut()
        desk.is_offline()
        desk.put_caret("solidaire")
        desk.type(" premier")
        until(lambda: "gardée sur cet appareil" in desk.status(), page=desk.page)
        first = desk.page
        room.mend()
        desk.open()
        until(lambda: "solidaire premier" in room.content(), page=first)
        assert len({update for _, update in room.received}) == len(room.received)

    def test_leaving_with_unsent_text_warns(self, desks: Seat, room: FakeRoom) -> None:
        """The browser asks before the tab goes."""
        desk = desks(1)
        room.cut()
        desk.is_offline()
        desk.put_caret("solidaire")
        desk.type(" attendez")
        asked: list[str] = []
        desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        desk.page.close(run_before_unload=True)
        until(lambda: asked == ["beforeunload"], page=desk.page)

    def test_a_refused_passage_is_shown_to_copy(self, desks: Seat, room: FakeRoom) -> None:
        """It leaves the text, stands in a panel, and what is typed after goes on."""
        desk = desks(1)
        desk.put_caret("solidaire")
        room.refuse = 1
        desk.page.keyboard.insert_text(" refusé")  # one update, however slow the machine
        desk.page.wait_for_selector(".refus textarea")
        until(lambda: "refusé" in desk.page.input_value(".refus textarea"), page=desk.page)
        until(lambda: "refusé" not in desk.page.inner_text(".cm-content"), page=desk.page)
        desk.put_caret("solidaire")
        desk.type(" ensuite")
        until(lambda: "solidaire ensuite," in room.content(), page=desk.page)
        desk.wait_saved()

    def test_the_focus_is_in_the_text_again_when_the_panel_is_closed(self, desks: Seat, room: FakeRoom) -> None:
        """By keyboard; one writes on at the caret, and the next panel stays to be copied."""
        desk = desks(1)
        for word in ("premier", "second"):
            desk.put_caret("solidaire")
            room.refuse = 1
            desk.page.keyboard.insert_text(f" {word}")
            desk.page.locator(f".refus textarea >> nth={0 if word == 'premier' else -1}").wait_for()
            until(lambda word=word: word not in desk.page.inner_text(".cm-content"), page=desk.page)
        desk.page.get_by_role("button", name="Fermer").first.press("Enter")
        until(lambda: desk.page.evaluate("!!document.activeElement.closest('.cm-content')"), page=desk.page)
        desk.type(" encore")
        until(lambda: "solidaire encore," in room.content(), page=desk.page)

    def test_a_client_id_that_is_taken_costs_nobody_words(self, desks: Seat, room: FakeRoom) -> None:
        """All goes on under another id, in its place, also what was under way; nothing is handed back to copy."""
        desk = desks(1)
        desk.put_caret("solidaire")
        room.taken_next = True
        desk.type(" et gratuite")
        desk.type(" pour chacune")
        until(lambda: "solidaire et gratuite pour chacune," in room.content(), page=desk.page)
        desk.wait_saved()
        assert "solidaire et gratuite pour chacune," in desk.page.inner_text(".cm-content")
        assert desk.page.query_selector(".refus textarea") is None
        assert [login for login in room.bound.values() if login != room.login] == ["somebody else's"]
        desk.type(" enfin")
        until(lambda: "pour chacune enfin," in room.content(), page=desk.page)
        desk.wait_saved()

    def test_the_freeze(self, desks: Seat, room: FakeRoom) -> None:
        """Read-only with its reason, the focus stays; what was on its way is shown as late."""
        desk = desks(1)
        room.cut()
        desk.is_offline()
        desk.put_caret("solidaire")
        desk.type(" en retard")
        room.may_write = False
        room.mend()
        desk.page.wait_for_selector(".refus[data-late=true] textarea")
        until(lambda: desk.status() == "Lecture seule : le texte est clos depuis 16 h.", page=desk.page)
        until(lambda: "en retard" in desk.page.input_value(".refus textarea"), page=desk.page)
        assert "en retard" not in room.content()
        assert desk.page.evaluate("!!document.activeElement.closest('.cm-content')")
        before = desk.page.inner_text(".cm-content")
        desk.type("x")
        assert desk.page.inner_text(".cm-content") == before


class TestDevice:
    """What the status claims about the device is true."""

    SLOW = """Object.defineProperty(IDBTransaction.prototype, 'oncomplete', {set(done) {
      this.addEventListener('complete', () => setTimeout(done, window.slow ?? 0));
    }})"""
    LISTEN = """() => {
      window.said = [];
      const status = document.querySelector('[data-editor=status]');
      new MutationObserver(() => said.push(status.querySelector('.mot').innerText))
        .observe(status, {childList: true, characterData: true, subtree: true});
    }"""
    FULL = """const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      if (window.full) throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, given);
    }"""

    def test_words_are_kept_once_they_are(self, desks: Seat, room: FakeRoom) -> None:
        """Not before the device has said so."""
        desk = desks(1, before=self.SLOW)
        room.cut()
        desk.is_offline()
        desk.page.evaluate(self.LISTEN)
        desk.page.evaluate("window.slow = 900")
        desk.put_caret("solidaire")
        desk.type(" lent")
        kept = "1 phrase à envoyer, gardée sur cet appareil"
        until(lambda: desk.status() == kept, page=desk.page)
        said = [words.replace("\u00a0", " ") for words in desk.page.evaluate("said")]
        assert said.index("Enregistrement sur cet appareil…") < said.index(kept)

    def test_a_device_that_keeps_nothing_says_so(self, desks: Seat, room: FakeRoom) -> None:
        """Storage forbidden: the status and the banner ask not to close the page; the words leave all the same."""
        desk = desks(1, before="IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }")
        room.cut()
        desk.is_offline()
        desk.put_caret("solidaire")
        desk.type(" ici")
        refusal = "1 phrase à envoyer. Cet appareil ne peut pas la garder : ne fermez pas cette page."
        until(lambda: desk.status() == refusal, page=desk.page)
        assert "Cet appareil ne peut pas garder vos mots." in desk.page.inner_text(".bandeau")
        assert "gardés" not in desk.page.inner_text(".bandeau")
        room.mend()
        desk.wait_saved()
        assert "solidaire ici," in room.content()

    def test_a_device_that_fills_up_says_so_while_it_lasts(self, desks: Seat, room: FakeRoom) -> None:
        """No room left, then room again: everything is kept in the end, and comes back."""
        desk = desks(1, before=self.FULL)
        room.cut()
        desk.is_offline()
        desk.page.evaluate("window.full = true")
        desk.put_caret("solidaire")
        desk.type(" plein")
        until(lambda: "ne peut pas la garder" in desk.status(), page=desk.page)
        desk.page.evaluate("window.full = false")
        desk.type(" vide")
        until(lambda: desk.status() == "1 phrase à envoyer, gardée sur cet appareil", page=desk.page)
        assert "Vos mots sont gardés sur cet appareil" in desk.page.inner_text(".bandeau")
        desk.page.close()
        desk.open()
        desk.page.wait_for_selector("text=solidaire plein vide")
        room.mend()
        desk.wait_saved()
        assert "solidaire plein vide," in room.content()


class TestBlockedSockets:
    def test_the_plain_way_takes_over(self, desks: Seat, room: FakeRoom) -> None:
        """Where upgrades are refused the same room is reached by ordinary requests, both ways."""
        room.upgrades = False
        desk = desks(1)
        desk.put_caret("solidaire")
        desk.type(" par requêtes")
        until(lambda: "solidaire par requêtes," in room.content(), page=desk.page)
        desk.wait_saved()
        room.type(0, "Bonjour. ")
        desk.page.wait_for_selector("text=Bonjour.")
