"""A login that ends while words wait on the device."""

import re

from tests.frontend.desk import Desk, Seat, until
from tests.frontend.fakeroom import FakeRoom


class TestLogin:
    """The login ends while words wait on the device."""

    def leave_words(self, desk: Desk, room: FakeRoom) -> None:
        desk.put_caret("solidaire")
        desk.type(" déjà")
        desk.wait_saved()
        room.cut()
        desk.is_offline()
        desk.type(" et gardé")
        until(lambda: desk.status() == "1 phrase à envoyer, gardée sur cet appareil", page=desk.page)
        room.login = "s2"
        room.mend()
        desk.page.get_by_role("heading", name="Votre connexion a pris fin").wait_for()

    def test_the_words_wait_and_leave_after_signing_in_again(self, desks: Seat, room: FakeRoom) -> None:
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

    def test_signing_in_in_another_tab_brings_this_one_back(self, desks: Seat, room: FakeRoom) -> None:
        """Seen again, the page takes up the new login by itself."""
        desk = desks(1)
        self.leave_words(desk, room)
        desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        until(lambda: "solidaire déjà et gardé," in room.content(), page=desk.page)
        desk.wait_saved()

    def test_somebody_else_does_not_send_them(self, desks: Seat, room: FakeRoom) -> None:
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
