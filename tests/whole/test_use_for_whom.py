"""A rapporteur writes for somebody: chosen by keyboard, said on the screen, in the public text, in the record."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser

from tests.whole.demonstration import Demonstration
from tests.whole.desks import PATIENCE_S, Desk, until

Seat = Callable[..., Desk]

RAPPORTEUR = "Rapporteure"
SAID = re.compile(r"saisis? pour Octave Beaudricourt, maire de Gué-d’Orme")


def typed_for(service: Demonstration) -> list[tuple[int, int]]:
    """What the public JSON says was typed for others: for whom, and how many characters."""
    return [
        (other["official"], other["characters"])
        for author in service.motion()["authors"]
        for other in author["typed_for"]
    ]


def choose(desk: Desk) -> None:
    """By keyboard alone: three letters, then the name."""
    desk.page.get_by_role("button", name="J’écris pour…").focus()
    desk.press("Enter")
    desk.page.wait_for_selector("#pour-qui:focus")
    desk.type("gué bea")
    until(lambda: desk.page.locator(".pour-noms button").count() == 1, desk.page)
    desk.press("Tab", "Enter")
    desk.page.wait_for_selector(".pour[data-etat=actif]")


class TestARapporteur:
    def test_writes_for_somebody_and_then_in_their_own_name(self, desks: Seat, service: Demonstration) -> None:
        """Everyone reads the words; only those that were typed for somebody say so, and a reload is told."""
        other, desk = desks().open(), desks(role=RAPPORTEUR).open()
        assert other.page.locator(".pour").count() == 0
        desk.begin_paragraph("En mon nom.")
        choose(desk)
        assert desk.page.locator(".pour").inner_text().startswith("Vous écrivez pour Octave Beaudricourt")
        desk.put_caret("En mon nom.")
        desk.type(" Pour Octave.")
        other.sees("En mon nom. Pour Octave.")
        desk.is_saved()
        desk.page.get_by_role("button", name="Écrire de nouveau en mon nom").click()
        desk.put_caret("Pour Octave.")
        desk.type(" À moi.")
        desk.is_saved()
        service.shows("En mon nom. Pour Octave. À moi.")
        until(lambda: [count for _official, count in typed_for(service)] == [len(" Pour Octave.")])
        said = SAID.findall(service.get("/ormeline/motions/M1?vue=auteurs"))
        assert len(said) == 2, said  # of the part where it stands, and of the whole text
        choose(desk)
        desk.page.reload()
        desk.page.wait_for_selector(".pour[data-etat=fini]", timeout=PATIENCE_S * 1000)
        assert "vous n’écrivez plus pour Octave Beaudricourt" in desk.page.locator(".pour").inner_text()
        desk.put_caret("À moi.")
        desk.type(" Encore.")
        desk.is_saved()
        service.shows("À moi. Encore.")
        assert [count for _official, count in typed_for(service)] == [len(" Pour Octave.")]

    def test_does_so_by_form_without_script(self, browser: Browser, service: Demonstration) -> None:
        """A field of the form, which others do not have."""
        context = browser.new_context(java_script_enabled=False, locale="fr-FR")
        page = context.new_page()
        service.sign_in(page, RAPPORTEUR)
        page.goto(f"{service.address}/ormeline/motions/M1/rediger/simple")
        before = sum(count for _official, count in typed_for(service))
        page.get_by_label("Nouveau paragraphe").fill("Dit par Octave, sans script.")
        page.get_by_label("Pour qui écrivez-vous").select_option(label="Octave Beaudricourt, maire de Gué-d’Orme")
        page.get_by_role("button", name="Enregistrer mes changements").click()
        assert "Vous avez écrit pour Octave Beaudricourt" in page.inner_text("main")
        service.shows("Dit par Octave, sans script.")
        until(lambda: sum(count for _official, count in typed_for(service)) >= before + 28)
        context.close()
        context = browser.new_context(java_script_enabled=False, locale="fr-FR")
        service.sit(context)
        page = context.new_page()
        page.goto(f"{service.address}/ormeline/motions/M1/rediger/simple")
        assert page.locator("#nouveau").count() == 1 and page.locator("#pour").count() == 0
        context.close()
