"""Keyboards that compose and predict, in a real browser: no letter and no break is lost or doubled."""

import pytest
from playwright.sync_api import CDPSession

from tests.frontend.desk import ANDROID, Seat, until
from tests.frontend.fakeroom import FakeRoom


class TestComposing:
    @pytest.mark.parametrize("android", [False, True], ids=["desktop", "Android, with EditContext"])
    def test_a_dead_key_while_a_neighbour_edits(self, desks: Seat, room: FakeRoom, android: bool) -> None:
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
    def test_nothing_is_lost_or_doubled_on_android(self, desks: Seat, room: FakeRoom, steps: str) -> None:
        """Each key does its work, in order."""
        keys, wanted = self.STEPS[steps]
        desk = desks(1, user_agent=ANDROID, before=self.SLOW)
        desk.put_caret("solidaire")
        self.press(desk.page.context.new_cdp_session(desk.page), keys)
        until(lambda: f"solidaire{wanted},\n" in room.content(), page=desk.page)
        desk.page.wait_for_timeout(300)
        assert f"solidaire{wanted},\n" in room.content()

    def test_a_neighbours_word_in_that_frame(self, desks: Seat, room: FakeRoom) -> None:
        """It arrives just after Enter, and the break stays."""
        desk = desks(1, user_agent=ANDROID, before=self.SLOW)
        desk.put_caret("solidaire")
        self.press(desk.page.context.new_cdp_session(desk.page), ["Enter"])
        room.type(0, "Bonjour. ")
        until(lambda: "solidaire\n\n,\n" in room.content(), page=desk.page)

    def press(self, session: CDPSession, keys: list[str]) -> None:
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
