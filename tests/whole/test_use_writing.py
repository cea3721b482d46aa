"""Officials write one motion in real browsers: together, through cuts, on telephones, without script.

The service is the console command in its own process; the network is a line that the test cuts. The keyboard steps are
those of the accessibility script (RGAA 4.1.2, W3C CTAUR): numbers in the docstrings.
"""

import re
from collections.abc import Callable
from html import unescape
from itertools import zip_longest

import pytest
from playwright.sync_api import Browser

from tests.whole.demonstration import Demonstration
from tests.whole.desks import PLAIN_SPACES, TEXT, Desk, until
from tests.whole.network import Line

Seat = Callable[..., Desk]

SAVED = re.compile(r"Enregistré à \d{1,2} h( \d{2})?")
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile "
    "Safari/537.36"
)
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True, "user_agent": ANDROID}


def words_of(service: Demonstration, official: int, code: str = "M1") -> str:
    """What the public page credits to an official, pieces one after the other."""
    page = service.get(f"/ormeline/motions/{code}?vue=auteurs")
    return "|".join(unescape(found) for found in re.findall(rf'data-o="{official}">([^<]*)<', page))


class TestTogether:
    def test_two_officials_write_the_same_paragraph_at_once(self, desks: Seat, service: Demonstration) -> None:
        """Both screens and the public page end with the same text, each word with its author."""
        one, two = desks().open(), desks().open()
        one.begin_paragraph("Le bac du soir. Le bac du matin.")
        two.put_caret("Le bac du soir")
        one.put_caret("Le bac du matin")
        for ours, theirs in zip_longest(" repart vers Valbrune", " attend le car du lycée", fillvalue=""):
            one.type(ours)
            two.type(theirs)
        wanted = "Le bac du soir attend le car du lycée. Le bac du matin repart vers Valbrune."
        for desk in (one, two):
            desk.sees(wanted)
            desk.is_saved()
            assert SAVED.fullmatch(desk.says())
        assert one.text() == two.text()
        service.shows(wanted)
        assert one.place and two.place and one.place.official != two.place.official
        assert " attend le car du lycée" in words_of(service, two.place.official)
        assert " repart vers Valbrune" in words_of(service, one.place.official)
        assert "attend" not in words_of(service, one.place.official)
        credited = {author["official"] for author in service.motion()["authors"]}
        assert {one.place.official, two.place.official} <= credited

    def test_one_sees_who_is_there(self, desks: Seat) -> None:
        """The neighbour stands in the list with a way to their place, and nothing of theirs is in the text."""
        one, two = desks().open(), desks().open()
        one.put_caret("Les communes s’engagent")
        two.put_caret("La navette dessert")
        two.type(" toujours")
        name = two.page.evaluate("JSON.parse(document.querySelector('#motion-editor').textContent).me.name")
        go = one.page.get_by_role("button", name=f"Aller à l’endroit où se trouve {name}")
        go.wait_for()
        box = one.page.get_by_role("textbox", name="Texte de la motion")
        assert name not in box.inner_text()
        one.page.get_by_text(re.compile(r"^[1-9]\d* dans le texte$")).first.wait_for()
        go.click()
        line = "() => document.querySelector('.cm-content').ownerDocument.getSelection().anchorNode.textContent"
        until(lambda: "La navette" in one.page.evaluate(line), one.page)

    def test_a_slow_dead_key_while_the_other_types(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """The sequence of etherpad#4978: « é » composed on a slow line is there once, whatever arrives meanwhile."""
        self._compose(desks(line=line), desks(), line, service, "bateau")

    def test_the_same_on_an_android_telephone(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """There the browser composes by EditContext, where nothing must be held."""
        self._compose(desks(line=line, **PHONE), desks(), line, service, "voyage")

    def _compose(self, one: Desk, two: Desk, line: Line, service: Demonstration, word: str) -> None:
        one.open()
        two.open()
        one.begin_paragraph(f"Un {word}.")
        one.is_saved()
        two.sees(f"Un {word}.")
        line.delay_s = 0.25
        keyboard = one.page.context.new_cdp_session(one.page)

        def compose(text: str) -> None:
            keyboard.send(
                "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
            )

        one.put_caret(f"Un {word}")
        two.put_caret("Un ", after=False)
        one.type(" d")
        compose("´")
        two.type("Oui")
        compose("é")
        keyboard.send("Input.insertText", {"text": "é"})
        two.type(". ")
        one.type("cid")
        compose("´")
        two.sees(f"Oui. Un {word} déc")
        keyboard.send("Input.insertText", {"text": "é"})
        one.type(" ici")
        wanted = f"Oui. Un {word} décidé ici."
        one.sees(wanted)
        two.sees(wanted)
        one.is_saved()
        service.shows(wanted)
        assert service.text().count(f"Un {word}") == 1
        assert one.text() == two.text()


class TestNothingLost:
    def test_a_cut_while_typing_and_the_return(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """What is written meanwhile is counted, kept on the device, and leaves by itself; the others' text stays."""
        one, two = desks(line=line).open(), desks().open()
        one.begin_paragraph("Avant la coupure.")
        one.is_saved()
        two.sees("Avant la coupure.")
        one.type(" La ligne tombe ic")
        line.cut()
        one.type("i. Elle est tombée. On écrit toujours")
        one.is_offline()
        banner = one.page.inner_text(".bandeau")
        assert "Continuez d’écrire." in banner
        assert "Vos mots sont gardés sur cet appareil et partiront tout seuls." in banner
        until(lambda: re.fullmatch(r"3 phrases à envoyer, gardées sur cet appareil", one.says()), one.page)
        two.put_caret("Avant la coupure", after=False)
        two.type("Bien. ")
        two.is_saved()
        line.mend()
        wanted = "Bien. Avant la coupure. La ligne tombe ici. Elle est tombée. On écrit toujours"
        one.sees(wanted)
        one.is_saved()
        two.sees(wanted)
        service.shows(wanted)
        assert service.text().count("La ligne tombe ici. Elle est tombée. On écrit toujours") == 1
        assert not one.page.locator(".bandeau[data-ouvert]").count()

    def test_a_reload_while_the_service_is_out_of_reach(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """The page comes back with the unsent words in their place, one goes on, and all of it is sent."""
        desk = desks(line=line).open()
        desk.begin_paragraph("Gardé ici.")
        desk.is_saved()
        line.cut("/live/")
        desk.is_offline()
        desk.type(" Écrit sans réseau.")
        until(lambda: desk.says() == "1 phrase à envoyer, gardée sur cet appareil", desk.page)
        desk.page.on("dialog", lambda dialog: dialog.accept())
        desk.page.reload()
        desk.sees("Gardé ici. Écrit sans réseau.")
        until(lambda: desk.says() == "1 phrase à envoyer, gardée sur cet appareil", desk.page)
        assert "Écrit sans réseau" not in service.text()
        desk.page.wait_for_selector(f"{TEXT}[aria-readonly=false]")
        desk.put_caret("Écrit sans réseau.")
        desk.type(" Puis rechargé.")
        line.mend()
        desk.is_saved()
        service.shows("Gardé ici. Écrit sans réseau. Puis rechargé.")

    def test_a_tab_closed_while_everything_is_cut(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """Reloading shows the browser's own error; opened again later, the words are there and leave once."""
        desk = desks(line=line).open()
        desk.begin_paragraph("Tout coupé.")
        desk.is_saved()
        line.cut()
        desk.is_offline()
        desk.type(" Fermé trop tôt.")
        until(lambda: desk.says().startswith("1 phrase à envoyer"), desk.page)
        leaving = desk.page
        leaving.on("dialog", lambda dialog: dialog.accept())
        leaving.close(run_before_unload=True)
        desk.page = desk.context.new_page()
        until(leaving.is_closed, desk.page)
        with pytest.raises(Exception, match="ERR_"):
            desk.page.goto(desk.url)
        line.mend()
        desk.reopen()
        desk.sees("Tout coupé. Fermé trop tôt.")
        desk.is_saved()
        service.shows("Tout coupé. Fermé trop tôt.")
        assert service.text().count("Fermé trop tôt.") == 1

    def test_leaving_with_unsent_words_asks_first(self, desks: Seat, line: Line) -> None:
        """The browser asks before the tab goes; with everything saved it doesn't."""
        desk = desks(line=line).open()
        asked: list[str] = []

        def refuse(dialog: object) -> None:
            asked.append(dialog.type)  # type: ignore[attr-defined]
            dialog.dismiss()  # type: ignore[attr-defined]

        desk.begin_paragraph("Attendez.")
        desk.is_saved()
        line.cut()
        desk.is_offline()
        desk.type(" Encore un mot.")
        desk.page.on("dialog", refuse)
        desk.page.close(run_before_unload=True)
        until(lambda: asked == ["beforeunload"], desk.page)
        line.mend()
        desk.is_saved()
        leaving = desk.page
        desk.page = desk.context.new_page()
        leaving.close(run_before_unload=True)
        until(leaving.is_closed, desk.page)
        assert asked == ["beforeunload"]


class TestLongCut:
    # Each key an update of its own, as for somebody who types slowly for an hour.
    EACH_KEY = (
        "const later = setTimeout; window.setTimeout = (f, ms, ...a) => ms === 100 ? void f() : later(f, ms, ...a)"
    )
    KEPT = """() => new Promise((done) => {
      indexedDB.open('motion-outbox').onsuccess = ({target}) => {
        const counting = target.result.transaction('updates').objectStore('updates').count();
        counting.onsuccess = () => { target.result.close(); done(counting.result); };
      };
    })"""

    def test_two_thousand_keystrokes_leave_merged(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """The server reads twenty updates a second; what was never sent is merged, nothing lost, the authors right."""
        one, two = desks(line=line), desks().open()
        one.context.add_init_script(self.EACH_KEY)
        one.open()
        one.begin_paragraph("Longue coupure.")
        one.is_saved()
        two.sees("Longue coupure.")
        line.cut("/live/")
        one.is_offline()
        words = " La commune écrit sans réseau et rien ne se perd." * 41
        one.type(words)
        until(lambda: one.page.evaluate(self.KEPT) > 1500, one.page, instead=lambda: str(one.page.evaluate(self.KEPT)))
        until(lambda: one.says() == "41 phrases à envoyer, gardées sur cet appareil", one.page, instead=one.says)
        two.put_caret("Longue coupure", after=True)
        two.type(" tout de même")
        two.is_saved()
        sent: list[object] = []
        one.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        line.mend()
        one.is_saved()
        assert 0 < len(sent) < 100
        wanted = "Longue coupure tout de même." + words
        service.shows(wanted)
        two.sees(wanted)
        assert one.page.evaluate(self.KEPT) == 0
        assert one.place and words in words_of(service, one.place.official).replace("|", "")
        # The room is everybody's: so long a paragraph would push the others' out of sight.
        until(lambda: one.press("Control+z") or words not in one.text(), one.page)
        one.is_saved()


class TestLogin:
    def test_words_left_by_a_login_that_ended(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """The room shows the way to sign in and come back; the words leave under the new login, with their author."""
        desk = desks(line=line, role="Rapporteure").open()
        desk.begin_paragraph("Avant de sortir.")
        desk.is_saved()
        line.cut("/live/")
        desk.is_offline()
        desk.type(" Gardé pendant ce temps.")
        until(lambda: desk.says() == "1 phrase à envoyer, gardée sur cet appareil", desk.page)
        other = desk.context.new_page()
        service.sign_in(other, "Rapporteure")  # which ends the login before
        other.close()
        line.mend()
        desk.page.get_by_role("heading", name="Votre connexion a pris fin").wait_for()
        desk.page.get_by_role("link", name="Se connecter de nouveau").click()
        desk.page.get_by_role("heading", name="Se connecter", exact=True).wait_for()
        assert "suite=/ormeline/motions/M1/rediger" in desk.page.content()
        desk.open()
        desk.is_saved()
        service.shows("Avant de sortir. Gardé pendant ce temps.")
        assert not desk.page.locator(".refus:visible").count()
        me = int(desk.page.evaluate("JSON.parse(document.querySelector('#motion-editor').textContent).me.id"))
        assert "Avant de sortir. Gardé pendant ce temps." in words_of(service, me).replace("|", "")


class TestNetworks:
    def test_a_network_that_refuses_websockets(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """The editor goes on over ordinary requests by itself, both ways, and both texts are one."""
        line.upgrades = False
        one, two = desks(line=line).open(), desks().open()
        one.begin_paragraph("Par requêtes.")
        one.is_saved()
        two.sees("Par requêtes.")
        two.put_caret("Par requêtes")
        two.type(" ordinaires")
        one.sees("Par requêtes ordinaires.")
        one.type(" Merci.")
        two.sees("Par requêtes ordinaires. Merci.")
        one.is_saved()
        assert one.text() == two.text()
        service.shows("Par requêtes ordinaires. Merci.")
        assert line.refused > 0 and line.upgraded == 0


class TestKeyboard:
    def test_the_skip_link_comes_first(self, desks: Seat) -> None:
        """Step 1: the first Tab meets it, Enter follows it into the text: one can write at once."""
        desk = desks().open()
        desk.press("Tab")
        assert desk.focused() == "Aller au texte"
        desk.press("Enter")
        until(lambda: desk.focused() == "Texte de la motion", desk.page)
        assert desk.page.evaluate("document.activeElement.isContentEditable")

    def test_the_toolbar_is_one_stop(self, desks: Seat) -> None:
        """Step 2: arrows, Home and End inside; Tab goes on."""
        desk = desks().open()
        bar = desk.page.get_by_role("toolbar", name="Mise en forme")
        assert bar.locator("[tabindex='0']").count() == 1
        names = [name.strip().split("\n")[-1] for name in bar.get_by_role("button").all_inner_texts()]
        bar.locator("[tabindex='0']").focus()
        for key, at in (("ArrowRight", 1), ("ArrowRight", 2), ("End", -1), ("ArrowRight", 0), ("ArrowLeft", -1)):
            desk.press(key)
            assert desk.focused().endswith(names[at]), key
        desk.press("Home")
        assert desk.focused().endswith(names[0])
        desk.press("Tab")
        assert not desk.page.evaluate("!!document.activeElement.closest('[role=toolbar]')")
        desk.press("Shift+Tab")
        assert desk.focused().endswith(names[0])
        assert bar.locator("[tabindex='0']").count() == 1

    def test_tab_leaves_the_text(self, desks: Seat, service: Demonstration) -> None:
        """Step 3: Tab goes out, Shift and Tab come back where one was; no tabulation is written."""
        desk = desks().open()
        desk.begin_paragraph("Ici même.")
        desk.press("Tab")
        assert not desk.page.evaluate("!!document.activeElement.closest('.cm-content')")
        desk.press("Shift+Tab")
        assert desk.focused() == "Texte de la motion"
        desk.type(" Et là.")
        desk.sees("Ici même. Et là.")
        desk.is_saved()
        assert "\t" not in service.text()

    def test_backspace_on_a_heading_and_ones_own_undo(self, desks: Seat, service: Demonstration) -> None:
        """Step 6: a heading becomes a paragraph; undo brings it back and keeps what the other wrote since."""
        one, two = desks().open(), desks().open()
        one.put_caret("Salarier les soignants", after=False)
        one.press("Backspace")
        service.shows("\nSalarier les soignants")
        one.is_saved()
        two.put_caret("Elles demandent")
        two.type(" ensemble")
        one.sees("Elles demandent ensemble")
        one.put_caret("Salarier les soignants")
        one.press("Control+z")
        service.shows("\n## Salarier les soignants")
        service.shows("Elles demandent ensemble")
        one.press("Control+z", "Control+z", "Control+z")
        one.is_saved()
        assert "Elles demandent ensemble" in one.text()
        two.press("Control+z")
        service.shows("Elles demandent le droit")

    def test_toggles_say_whether_they_are_pressed(self, desks: Seat) -> None:
        """Step 7: authors and signs by the keyboard; what they show appears and goes."""
        desk = desks().open()
        for name, shown in (("Auteurs", ".cm-content .a"), ("Signes", ".cm-line:has-text('## ')")):
            toggle = desk.page.get_by_role("toolbar").get_by_role("button", name=name)
            assert toggle.get_attribute("aria-pressed") == "false"
            assert desk.page.locator(shown).count() == 0
            toggle.focus()
            desk.press("Enter")
            assert toggle.get_attribute("aria-pressed") == "true"
            desk.page.locator(shown).first.wait_for()
            desk.press("Space")
            assert toggle.get_attribute("aria-pressed") == "false"
            desk.page.locator(shown).first.wait_for(state="detached")

    def test_every_stop_is_reached_seen_and_left(self, desks: Seat) -> None:
        """No trap: Tab goes round the page, Shift and Tab back; nothing focused is hidden by a bar (WCAG 2.4.11)."""
        desk, other = desks().open(), desks().open()
        other.put_caret("La navette dessert")
        other.type(" donc")
        desk.page.get_by_role("button", name=re.compile("Aller à l’endroit")).first.wait_for()
        stops = self._walk(desk, "Tab")
        words = "\n".join(stops)
        for expected in ("Aller au texte", "Quitter la salle", "Titre", "Écrire en mode simple", "Texte de la motion"):
            assert words.count(expected) == 1, words
        assert "Aller à l’endroit où se trouve" in words and "Annonces vocales" in words
        assert self._walk(desk, "Shift+Tab") == stops[::-1]

    def _walk(self, desk: Desk, key: str) -> list[str]:
        """The names of the stops from the top of the page to its end, or from its end to the top."""
        if key == "Tab":
            desk.page.focus(".evitement")
        else:
            desk.page.evaluate("""() => {
              const stops = [...document.querySelectorAll('a[href],button,select,[contenteditable],[tabindex]')];
              stops.filter((one) => one.tabIndex >= 0 && one.offsetParent).at(-1).focus();
            }""")
        stops: list[str] = []
        for _ in range(80):
            if stops:
                desk.press(key)
            found = desk.page.evaluate("""() => {
              const one = document.activeElement;
              if (one === document.body) return null;
              const box = one.getBoundingClientRect();
              const text = one.matches('.cm-content');
              const top = document.elementFromPoint(box.left + box.width / 2, text ? 300 : box.top + box.height / 2);
              const label = one.labels?.[0]?.innerText ?? '';
              return [label || one.getAttribute('aria-label') || one.innerText.trim(), one.contains(top)];
            }""")
            if found is None or (stops and found[0] == stops[0]):  # without a window's own bars Tab goes round
                return stops
            assert found[1], f"{found[0]} is hidden by something"
            stops.append(found[0])
        raise AssertionError(f"no end: {stops}")

    def test_going_offline_and_back_is_said_once(self, desks: Seat, line: Line, service: Demonstration) -> None:
        """Step 12: cut, write, come back; each is spoken once, not at each attempt, and nothing is lost."""
        desk = desks(line=line).open()
        desk.begin_paragraph("Dit une fois.")
        desk.is_saved()
        desk.page.evaluate("""() => {
          window.said = [];
          for (const region of document.querySelectorAll('[role=status]')) {
            let before = region.innerText.trim();
            new MutationObserver(() => {
              const words = region.innerText.trim();
              if (words && words !== before) said.push(words);
              before = words;
            }).observe(region, {childList: true, characterData: true, subtree: true});
          }
        }""")
        line.cut("/live/")
        desk.is_offline()
        desk.type(" Et gardé.")
        desk.page.wait_for_timeout(4000)  # several attempts
        line.mend()
        desk.is_saved()
        said = [words.translate(PLAIN_SPACES) for words in desk.page.evaluate("said")]
        assert said == [
            "La connexion est coupée. Continuez d’écrire. "
            "Vos mots sont gardés sur cet appareil et partiront tout seuls.",
            "La connexion est revenue.",
        ]
        service.shows("Dit une fois. Et gardé.")

    def test_the_plain_mode_by_keyboard_alone(self, desks: Seat, service: Demonstration) -> None:
        """Skip link, text boxes one after the other, the button; the answer says what became of it."""
        desk = desks()
        desk.page.goto(f"{desk.url}/simple")
        desk.press("Tab")
        assert desk.focused() == "Aller au contenu"
        desk.press("Enter")
        for _ in range(60):
            desk.press("Tab")
            if desk.page.evaluate("document.activeElement.value?.startsWith('La navette')"):
                break
        else:
            raise AssertionError("the text box is not reached")
        label = desk.page.evaluate("document.activeElement.labels[0].innerText")
        assert re.search(r"ligne \d+", label), label
        desk.press("Control+Home")
        desk.type("Au clavier : ")
        while desk.page.evaluate("document.activeElement.tagName") != "BUTTON":
            desk.press("Tab")
        assert desk.focused() == "Enregistrer mes changements"
        desk.page.keyboard.press("Enter")
        desk.page.get_by_role("heading", name="Vos changements sont enregistrés").wait_for()
        service.shows("Au clavier : La navette")

    def test_what_a_screen_reader_meets(self, desks: Seat) -> None:
        """One text box with its name, headings with their levels, a polite live region outside of it."""
        desk = desks().open()
        box = desk.page.get_by_role("textbox", name="Texte de la motion")
        assert box.count() == 1
        assert box.get_by_role("heading", level=2).count() >= 4
        assert desk.page.locator(f"{TEXT} [aria-live], {TEXT}[aria-live]").count() == 0
        assert desk.page.locator("p[aria-live=polite][data-editor=announcements]").count() == 1


class TestTelephone:
    def test_writing_on_a_telephone(self, desks: Seat, service: Demonstration) -> None:
        """At 390 px: type, look at the plan by the dock, come back, go on; nothing sticks out."""
        desk = desks(**PHONE).open()
        desk.begin_paragraph("Du téléphone.")
        dock = desk.page.get_by_role("navigation", name="Volets")
        plan = dock.get_by_role("button", name=re.compile("Plan"))
        plan.tap()
        assert plan.get_attribute("aria-current") == "true"
        desk.page.get_by_role("link", name=re.compile("Salarier les soignants")).or_(
            desk.page.get_by_role("button", name=re.compile("Salarier les soignants"))
        ).first.wait_for()
        assert not desk.page.locator(TEXT).is_visible()
        dock.get_by_role("button", name=re.compile("Texte")).tap()
        desk.page.locator(TEXT).wait_for()
        desk.put_caret("Du téléphone.")
        desk.type(" Et encore.")
        desk.is_saved_in_short()
        service.shows("Du téléphone. Et encore.")
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
        for button in dock.get_by_role("button").all():
            box = button.bounding_box()
            assert box and box["height"] >= 44 and box["y"] + box["height"] <= 780


class TestPlainMode:
    def test_writing_without_script_merges_with_the_others(
        self, desks: Seat, browser: Browser, service: Demonstration
    ) -> None:
        """The editor's page leads to a form; what it sends joins what was typed meanwhile, in the same paragraph."""
        live = desks().open()
        live.begin_paragraph("Sans script. Avec script.")
        live.is_saved()
        service.shows("Sans script. Avec script.")
        context = browser.new_context(java_script_enabled=False, locale="fr-FR")
        place = service.sit(context)
        page = context.new_page()
        page.goto(f"{service.address}/ormeline/motions/M1/rediger")
        for _ in range(60):  # this page follows what is saved by a second or two
            if page.get_by_text("Sans script. Avec script.").is_visible():
                break
            page.wait_for_timeout(500)
            page.reload()
        assert page.get_by_text("Sans script. Avec script.").is_visible()
        page.get_by_role("link", name="Écrire en mode simple").click()
        boxes = page.get_by_role("main").get_by_role("textbox")
        index = next(i for i, box in enumerate(boxes.all()) if "Sans script." in box.input_value())
        boxes.nth(index).fill("Sans script, à la main. Avec script.")
        live.put_caret("Avec script")
        live.type(" aussi")
        live.is_saved()
        page.get_by_role("button", name="Enregistrer mes changements").click()
        assert page.get_by_role("heading", name="Vos changements sont enregistrés").is_visible()
        wanted = "Sans script, à la main. Avec script aussi."
        live.sees(wanted)
        service.shows(wanted)
        assert ", à la main" in words_of(service, place.official)
        context.close()

    def test_the_editor_that_cannot_start_leaves_the_plain_page(self, browser: Browser, service: Demonstration) -> None:
        """A script lost on the way: the text and the way to the plain mode are there."""
        context = browser.new_context(locale="fr-FR")
        service.sit(context)
        page = context.new_page()
        page.route("**/static/editor-*.js", lambda route: route.abort())
        page.goto(f"{service.address}/ormeline/motions/M1/rediger")
        assert page.get_by_role("link", name="Écrire en mode simple").is_visible()
        assert page.get_by_role("heading", name="Salarier les soignants").is_visible()
        context.close()
