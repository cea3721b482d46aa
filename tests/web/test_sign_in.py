"""Signing in through the pages: by mail, by card, by a demonstration's address."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from motion.acts import attempts, cards, sign_in
from motion.rules.card_codes import read_card_code
from motion.web.identity import hash_token
from motion.web.pages import sign_in as pages
from storage import sign_in_key
from storage.models import Congress, LoginSession, Mail, Official
from tests.web.world import Hall, served

ADDRESS = "aline@valbrune.example"
HOME = "/ormeline"


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(pages, "ANSWER_AFTER_SECONDS", 0.0)
    with served(tmp_path) as hall:

        def address(db):
            aline = db.get_one(Official, 1)
            aline.email = ADDRESS
            db.add(aline)

        hall.service.store.write_now(address)
        yield hall


def rows(hall: Hall, table: type) -> list:
    return list(hall.service.store.read_now(lambda db: db.exec(select(table).order_by(table.id)).all()))


def post(hall: Hall, path: str, **fields: str):
    return hall.client.post(HOME + path, data=fields, follow_redirects=False)


def mail_of(hall: Hall) -> tuple[str, str]:
    """The link's path and the digits of the last mail."""
    body = rows(hall, Mail)[-1].body
    return re.search(r"http://testserver(\S+)", body)[1], re.search(r"\d{3} \d{3}", body)[0]


def is_signed_in(client: TestClient) -> bool:
    return client.get(HOME + "/mes-connexions").status_code == 200


class TestMail:
    def test_the_digits_sign_in(self, hall: Hall) -> None:
        """Asked, pasted with their space, in: and the cookie is for scripts unreadable."""
        assert post(hall, "/connexion", email=ADDRESS).headers["location"] == HOME + "/connexion/code"
        page = hall.client.get(HOME + "/connexion/code")
        assert ADDRESS in page.text and page.headers["cache-control"] == "no-store"
        answer = post(hall, "/connexion/code", code=mail_of(hall)[1])
        assert answer.status_code == 303 and answer.headers["location"] == HOME + "/motions"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie
        assert is_signed_in(hall.client)

    def test_an_unknown_address_sees_the_same_pages(self, hall: Hall) -> None:
        """Same status, same place, same words, same cookie's name; no mail."""
        answers = []
        for address in (ADDRESS, "xxxxx@valbrune.example"):
            hall.client.cookies.clear()
            asked = post(hall, "/connexion", email=address)
            shown = hall.client.get(HOME + "/connexion/code").text.replace(address, "")
            wrong = post(hall, "/connexion/code", code="000000")
            names = [line.partition("=")[0] for line in asked.headers.get_list("set-cookie")]
            answers.append((asked.status_code, asked.headers["location"], names, shown, wrong.status_code, wrong.text))
        known, unknown = answers
        assert known[:5] == unknown[:5]
        assert known[5].replace(ADDRESS, "") == unknown[5].replace("xxxxx@valbrune.example", "")
        assert len(rows(hall, Mail)) == 1

    def test_the_time_of_the_answer_is_the_same_floor(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both wait for the floor, which is far above either's work."""
        monkeypatch.setattr(pages, "ANSWER_AFTER_SECONDS", 0.25)
        for address in (ADDRESS, "personne@valbrune.example"):
            assert post(hall, "/connexion", email=address).elapsed >= timedelta(seconds=0.24)

    def test_a_scanner_that_opens_the_link_changes_nothing(self, hall: Hall) -> None:
        """GET and HEAD show the page; the button signs in, on any device, once."""
        post(hall, "/connexion", email=ADDRESS)
        link, _digits = mail_of(hall)
        hall.client.cookies.clear()
        for _ in range(3):
            assert "Aline" in hall.client.get(link).text
            hall.client.head(link)
        before = len(rows(hall, LoginSession))
        assert hall.client.post(link, follow_redirects=False).status_code == 303
        assert len(rows(hall, LoginSession)) == before + 1
        assert is_signed_in(hall.client)
        assert hall.client.post(link).status_code == 410
        assert hall.client.get(link).status_code == 410

    @pytest.mark.parametrize("path", ["/connexion", "the link"])
    def test_browsers_that_say_nothing_of_the_site_sign_in(self, hall: Hall, path: str) -> None:
        """Safari before 16.4: no `Sec-Fetch-Site`, and the `Origin` that the policy of the form's page lets it send.

        Fetch, "append a request Origin header": under `no-referrer` it is `null`, as from anywhere.
        """
        post(hall, "/connexion", email=ADDRESS)
        address = mail_of(hall)[0] if path == "the link" else HOME + path
        hall.client.cookies.clear()
        page = hall.client.get(address)
        assert page.status_code == 200 and '<meta name="referrer"' not in page.text
        assert page.headers["referrer-policy"] == "same-origin"
        form = {"email": ADDRESS}
        for origin, status in (("null", 403), ("http://testserver", 303)):
            answer = hall.client.post(address, data=form, headers={"origin": origin}, follow_redirects=False)
            assert answer.status_code == status, origin

    def test_a_link_ends(self, hall: Hall) -> None:
        """After fifteen minutes, with a page that says what to do."""
        post(hall, "/connexion", email=ADDRESS)
        hall.at[0] += timedelta(minutes=15)
        answer = hall.client.post(mail_of(hall)[0])
        assert answer.status_code == 410
        assert "Demandez un nouveau lien" in answer.text

    def test_a_wrong_address_keeps_what_was_typed(self, hall: Hall) -> None:
        """422, the summary, the sentence beside the field, the value."""
        answer = post(hall, "/connexion", email="aline arobase valbrune")
        assert answer.status_code == 422
        assert 'value="aline arobase valbrune"' in answer.text
        assert 'href="#email"' in answer.text and "aria-invalid" in answer.text

    def test_digits_of_another_browser_are_wrong(self, hall: Hall) -> None:
        """Somebody read the six digits over a shoulder."""
        post(hall, "/connexion", email=ADDRESS)
        digits = mail_of(hall)[1]
        hall.client.cookies.clear()
        assert post(hall, "/connexion/code", code=digits).headers["location"] == HOME + "/connexion"
        post(hall, "/connexion", email="autre@valbrune.example")
        assert post(hall, "/connexion/code", code=digits).status_code == 422

    def test_five_errors_end_the_digits(self, hall: Hall) -> None:
        """Even the right ones are refused then."""
        post(hall, "/connexion", email=ADDRESS)
        for _ in range(5):
            assert post(hall, "/connexion/code", code="000000").status_code == 422
        assert post(hall, "/connexion/code", code=mail_of(hall)[1]).status_code == 422
        assert not is_signed_in(hall.client)

    def test_too_many_mails_say_how_long(self, hall: Hall) -> None:
        """429, on the page itself."""
        for _ in range(attempts.MAILS_PER_ADDRESS.count):
            post(hall, "/connexion", email=ADDRESS)
        answer = post(hall, "/connexion", email=ADDRESS)
        assert answer.status_code == 429
        assert "Attendez" in answer.text

    def test_english_readers_get_an_english_mail(self, hall: Hall) -> None:
        """The mail speaks as the page that asked for it."""
        hall.client.post(HOME + "/connexion?lang=en", data={"email": ADDRESS}, follow_redirects=False)
        assert rows(hall, Mail)[-1].body

    def test_a_damaged_cookie_starts_again(self, hall: Hall) -> None:
        """No error page for a cookie cut in two."""
        for value in ("x", "x.é", "x.====", ".", "a" * 3000):
            hall.client.cookies.clear()
            hall.client.cookies.set(pages.ASKED, value.encode("ascii", "ignore").decode())
            assert hall.client.get(HOME + "/connexion/code", follow_redirects=False).status_code == 303


class TestCard:
    def issue(self, hall: Hall, code: str = "7KQ3XPD9TR") -> None:
        key = sign_in_key.load(hall.service.settings.data_dir)
        card = cards.NewCard(2, hash_token("qr"), cards.code_hash(key, 1, code))
        from motion.rules.permissions import Actor
        from motion.rules.vocabulary import Role

        actor = Actor(1, Role.SECRETARIAT, secretary_id=1)
        hall.service.store.write_now(cards.issue, actor, 1, [card], now=hall.at[0])

    def test_the_qr_code_asks_before_it_signs_in(self, hall: Hall) -> None:
        """A page with a name and a button; and again on another device."""
        self.issue(hall)
        for _ in range(2):
            hall.client.cookies.clear()
            before = len(rows(hall, LoginSession))
            assert "Mamadou" in hall.client.get(HOME + "/carte/qr").text
            assert len(rows(hall, LoginSession)) == before
            assert hall.client.post(HOME + "/carte/qr", follow_redirects=False).status_code == 303
            assert is_signed_in(hall.client)

    def test_the_short_code_is_forgiving(self, hall: Hall) -> None:
        """Lower case, dashes, O for 0."""
        self.issue(hall, read_card_code("7KQ3XPD9T0"))
        assert post(hall, "/connexion/carte", card=" 7kq-3xp-d9to ").status_code == 303
        assert is_signed_in(hall.client)

    @pytest.mark.parametrize("typed", ["", "7KQ3XPD9TX", "é" * 10, "<script>", "7KQ" * 900])
    def test_a_wrong_code_says_what_to_do(self, hall: Hall, typed: str) -> None:
        """422 beside the field; nothing typed comes out as markup."""
        self.issue(hall)
        answer = post(hall, "/connexion/carte", card=typed)
        assert answer.status_code == 422
        assert "<script>" not in answer.text

    def test_a_browser_that_errs_too_often_waits_and_no_other(self, hall: Hall) -> None:
        """429 on that device, even for the right code; the browser beside it signs in."""
        self.issue(hall)
        for _ in range(attempts.WRONG_CODES_PER_DEVICE.count):
            assert post(hall, "/connexion/carte", card="7KQ3XPD9TX").status_code == 422
        answer = post(hall, "/connexion/carte", card="7KQ3XPD9TR")
        assert answer.status_code == 429 and "600 secondes" in answer.text
        hall.client.cookies.clear()
        assert post(hall, "/connexion/carte", card="7KQ3XPD9TR").status_code == 303

    def test_a_network_that_guesses_gets_its_wrong_answers_late(
        self, hall: Hall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A right code opens at once all the while."""
        self.issue(hall)
        monkeypatch.setattr(attempts, "hold_s", lambda wrong: 0.3)
        began = time.monotonic()
        assert post(hall, "/connexion/carte", card="7KQ3XPD9TX").status_code == 422
        assert time.monotonic() - began >= 0.3
        monkeypatch.setattr(attempts, "hold_s", lambda wrong: 60.0)
        assert post(hall, "/connexion/carte", card="7KQ3XPD9TR").status_code == 303

    def test_an_unknown_qr_code_is_refused(self, hall: Hall) -> None:
        """On reading and on use; in another congress too."""
        assert hall.client.get(HOME + "/carte/inconnu").status_code == 403
        assert hall.client.post(HOME + "/carte/inconnu").status_code == 403
        assert hall.client.get("/nulle-part/carte/inconnu").status_code == 404


class TestDemonstration:
    def test_its_address_signs_in_directly_and_only_there(self, hall: Hall) -> None:
        """An address for each role; in a real congress the same address opens nothing."""
        key = sign_in_key.load(hall.service.settings.data_dir)
        path = f"{HOME}/demonstration/sec-1/{sign_in.demonstration_token(key, 'ormeline', 'sec-1')}"
        assert hall.client.get(path).status_code == 410

        def demonstrate(db):
            congress = db.get_one(Congress, 1)
            congress.is_demonstration = True
            db.add(congress)

        hall.service.store.write_now(demonstrate)
        answer = hall.client.get(path, follow_redirects=False)
        assert answer.headers["location"] == HOME + "/secretariat"
        assert hall.client.get(f"{HOME}/demonstration/sec-1/{'0' * 64}").status_code == 410


class TestSessions:
    def test_the_public_has_none(self, hall: Hall) -> None:
        """403, with the way to sign in."""
        assert hall.client.get(HOME + "/mes-connexions").status_code == 403

    def test_one_ends_ones_own(self, hall: Hall) -> None:
        """The page lists this device; closing it signs out."""
        page = hall.client.get(HOME + "/mes-connexions", headers=hall.aline)
        assert "Cet appareil" in page.text
        number = re.search(r'name="session" value="(\d+)"', page.text)[1]
        answer = hall.client.post(
            HOME + "/mes-connexions", data={"session": number}, headers=hall.aline, follow_redirects=False
        )
        assert answer.headers["location"] == HOME
        assert hall.client.get(HOME + "/mes-connexions", headers=hall.aline).status_code == 403

    def test_another_device_is_asked_about_first(self, hall: Hall) -> None:
        """Which one, and what stays; nothing ends before the second button."""

        def open_another(db: Session, name: str) -> None:
            mine = db.get_one(LoginSession, 1)
            values = mine.model_dump(exclude={"id", "token_hash", "device"})
            db.add(LoginSession(**values, token_hash=name.encode().ljust(32), device="Firefox, Android"))

        def still_there() -> bool:
            return "Firefox, Android" in hall.client.get(path, headers=hall.aline).text

        path = HOME + "/mes-connexions"
        for name in ("number", "autres"):
            hall.service.store.write_now(open_another, name)
            numbers = re.findall(r'name="session" value="(\d+)"', hall.client.get(path, headers=hall.aline).text)
            session = max(numbers, key=int) if name == "number" else name
            asked = hall.client.post(path, data={"session": session}, headers=hall.aline)
            assert asked.status_code == 200 and "Revenir sans rien changer" in asked.text
            assert ("Firefox, Android" in asked.text) == (name == "number")
            assert still_there()
            ended = hall.client.post(
                path, data={"session": session, "step": "confirm"}, headers=hall.aline, follow_redirects=False
            )
            assert ended.headers["location"] == path and not still_there()

    def test_one_ends_nobody_elses(self, hall: Hall) -> None:
        """It does not exist for others, nor does nonsense."""
        for session in ("2", "999999999"):
            answer = hall.client.post(HOME + "/mes-connexions", data={"session": session}, headers=hall.aline)
            assert answer.status_code == 404
        for session in ("", "x", "-1e9"):
            answer = hall.client.post(HOME + "/mes-connexions", data={"session": session}, headers=hall.aline)
            assert answer.status_code == 422
        assert hall.client.get(HOME + "/mes-connexions", headers=hall.mamadou).status_code == 200

    def test_signing_in_again_rotates_the_session(self, hall: Hall) -> None:
        """The session that this browser had ends: a planted cookie is of no use."""
        post(hall, "/connexion", email=ADDRESS)
        link, _digits = mail_of(hall)
        hall.client.post(link, headers=hall.mamadou, follow_redirects=False)
        assert hall.client.get(HOME + "/mes-connexions", headers=hall.mamadou).status_code == 403

    def test_signing_out_from_another_site_is_refused(self, hall: Hall) -> None:
        """Any form of these pages, sent by another site, changes nothing."""
        foreign = hall.aline | {"sec-fetch-site": "cross-site"}
        for path in ("/deconnexion", "/mes-connexions", "/connexion", "/connexion/carte"):
            assert hall.client.post(HOME + path, headers=foreign).status_code == 403
        assert hall.client.get(HOME + "/mes-connexions", headers=hall.aline).status_code == 200

    def test_signing_out(self, hall: Hall) -> None:
        """The row ends and the cookie goes."""
        answer = hall.client.post(HOME + "/deconnexion", headers=hall.aline, follow_redirects=False)
        assert 'motion="";' in answer.headers["set-cookie"].replace("motion=;", 'motion="";')
        assert hall.client.get(HOME + "/mes-connexions", headers=hall.aline).status_code == 403


def test_devices_are_named_as_people_do() -> None:
    """From what browsers say of themselves; nothing for what is not known."""
    assert pages.device_of("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/130 Mobile Safari/537") == (
        "Chrome, Android"
    )
    assert pages.device_of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko Firefox/128.0") == "Firefox, Linux"
    assert pages.device_of("curl/8") == ""
