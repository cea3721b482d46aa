"""Saying something by the steps of the form, without script: what is kept, refused, received, and shown once."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from motion.acts import deposits as acts
from motion.web.sending import SHOWN_AGAIN
from motion.work.incoming import Incoming
from storage import contributions as rows
from storage import deposits
from storage.models import Deposit, Mail, Upload
from tests.web.participants import CONSENT, HERE, PNG, attach, fill, filled, key_in, phase, received, send, table, visit
from tests.web.world import NOW, Hall, served


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress that listens."""
    with served(tmp_path) as hall:
        yield hall


def address_in(html: str) -> str:
    """The private address that a page shows; empty without."""
    found = re.search(r"http://testserver(/ormeline/suivi/[0-9a-f]{32})", html)
    return found[1] if found else ""


class TestTheSteps:
    """One question a page, by ordinary forms."""

    def test_from_the_first_page_to_the_receipt(self, hall: Hall) -> None:
        """Received once, by the channel of the web, with what was agreed to."""
        answer = send(hall, filled(hall))
        assert answer.status_code == 200 and "C1" in answer.text and 'class="qr"' in answer.text
        assert re.search(r"http://testserver/ormeline/suivi/[0-9a-f]{32}", answer.text)
        found = received(hall)
        version = hall.service.store.read_now(rows.versions, found.id)[0]
        assert (found.channel, found.state) == ("web", "received")
        assert (version.author, version.title, version.text) == (
            "Solène Marchebrune",
            "Le car",
            "Le car ne passe **plus** le jeudi.",
        )
        assert hall.service.store.read_now(rows.agreed, found.id) == {"publish", "quote"}
        assert f"/registre/{version.entry}/recu" in answer.text

    def test_each_step_leads_to_the_next(self, hall: Hall) -> None:
        """And back to the check, for whoever came from there."""
        visit(hall)
        way = []
        for step, fields in (
            ("texte", {"text": "Un mot."}),
            ("fichiers", {}),
            ("nom", {"name": "Zoé", "official": "oui", "mandate": "maire"}),
            ("lieu", {"place": ""}),
            ("courriel", {"email": ""}),
            ("accord", CONSENT),
        ):
            way.append(fill(hall, step, **fields).headers["location"].rpartition("/")[2])
        assert way == ["fichiers", "nom", "lieu", "courriel", "accord", "verifier"]
        again = fill(hall, "nom", name="Zoé B.", official="oui", mandate="maire", suite="verifier")
        assert again.headers["location"] == f"{HERE}/verifier"
        assert "Zoé B., maire" in visit(hall, f"{HERE}/verifier")

    @pytest.mark.parametrize(
        ("step", "fields", "kept"),
        [
            ("texte", {"text": "é" * 12_001}, "é" * 12_001),
            ("texte", {"title": "t" * 151, "text": "Un mot."}, "t" * 151),
            ("nom", {"name": "", "official": "oui", "mandate": "mairesse"}, "mairesse"),
            ("nom", {"name": "Zoé Brume"}, "Zoé Brume"),
            ("lieu", {"place": "v" * 121}, "v" * 121),
            ("courriel", {"email": "pas une adresse"}, "pas une adresse"),
            ("accord", {"quote": "1", "adult": "1"}, 'id="quote" value="1" checked'),
            ("accord", {"publish": "1"}, 'id="publish" value="1" checked'),
        ],
    )  # fmt: skip
    def test_a_wrong_field_keeps_what_was_typed(self, hall: Hall, step: str, fields: dict[str, str], kept: str) -> None:
        """422 with the same words, at once and when one comes back."""
        visit(hall)
        answer = fill(hall, step, 422, **fields)
        assert kept in answer.text and 'role="alert"' in answer.text
        assert kept in visit(hall, f"{HERE}/{step}")

    def test_nothing_is_ticked_before(self, hall: Hall) -> None:
        """Consent is given, not left."""
        assert "checked" not in visit(hall, f"{HERE}/accord")

    def test_a_browser_that_lost_its_cookie(self, hall: Hall) -> None:
        """What it sends comes back, with a way to send it again."""
        answer = fill(hall, "texte", 422, text="Des mots qui comptent.")
        assert "Des mots qui comptent." in answer.text
        fill(hall, "texte", text="Des mots qui comptent.")
        assert "Des mots qui comptent." in visit(hall, f"{HERE}/verifier")

    def test_the_key_of_a_kiosk(self, hall: Hall) -> None:
        """It opens nobody's draft: its header is of files alone."""
        stray = {"motion-kiosk": "a" * 32}
        assert hall.client.get(HERE, headers=stray).status_code == 200
        hall.client.cookies.clear()
        answer = hall.client.post(f"{HERE}/texte", data={"text": "Le car."}, headers=stray)
        assert answer.status_code == 422 and table(hall, Deposit) == []

    def test_coming_back(self, hall: Hall) -> None:
        """The draft is offered, and can be erased, with its files."""
        filled(hall)
        assert attach(hall, "route.png", PNG).status_code == 303
        assert "effacer" in visit(hall)
        answer = hall.client.post(f"{HERE}/effacer")
        assert answer.status_code == 303 and "effacer" not in visit(hall)
        assert table(hall, Upload) == [] and hall.service.store.read_now(deposits.count, 1) == 0

    def test_what_is_missing_is_said_at_the_end(self, hall: Hall) -> None:
        """All of it, each with its page."""
        visit(hall)
        fill(hall, "texte", title="Un titre")
        answer = send(hall, key_in(visit(hall, f"{HERE}/verifier")))
        assert answer.status_code == 422 and received(hall) is None
        for step in ("texte", "nom", "accord"):
            assert f'<li><a href="{HERE}/{step}?suite=verifier">' in answer.text

    def test_hostile_words(self, hall: Hall) -> None:
        """Escaped wherever they are shown."""
        visit(hall)
        fill(hall, "texte", text="</textarea><script>alert(1)</script>")
        fill(hall, "nom", name='"><img src=x onerror=alert(2)>', official="non")
        for step in ("texte", "nom", "verifier"):
            html = visit(hall, f"{HERE}/{step}")
            assert "<script>alert" not in html and "<img src=x" not in html


class TestPlaces:
    """Where somebody speaks from: the official list, the roster's places, or a name of one's own."""

    def test_the_only_commune_of_its_name(self, hall: Hall) -> None:
        """Its code is kept."""
        answer = send(hall, filled(hall, place="saint etienne du gres"))
        assert answer.status_code == 200
        version = hall.service.store.read_now(rows.versions, received(hall).id)[0]
        assert (version.commune, version.commune_code, version.department_code) == (
            "Saint-Étienne-du-Grès", "13094", "13",
        )  # fmt: skip

    def test_several_of_one_name(self, hall: Hall) -> None:
        """The next page asks which, and one of them is taken."""
        visit(hall)
        answer = fill(hall, "lieu", place="Saint-Denis")
        assert answer.headers["location"] == f"{HERE}/commune"
        html = visit(hall, f"{HERE}/commune")
        assert html.count('type="radio"') >= 3 and "checked" not in html
        assert fill(hall, "commune", 422, chosen="").status_code == 422
        assert fill(hall, "commune", 422, chosen="c:99999").status_code == 422
        code = re.search(r'value="(c:93066)"', html)
        assert code is not None
        assert fill(hall, "commune", chosen=code[1]).headers["location"] == f"{HERE}/courriel"
        assert "Saint-Denis (93)" in visit(hall, f"{HERE}/verifier")

    def test_a_place_of_the_roster(self, hall: Hall) -> None:
        """As the roster writes it."""
        send(hall, filled(hall, place="valbrune"))
        version = hall.service.store.read_now(rows.versions, received(hall).id)[0]
        assert (version.commune, version.commune_code) == ("Valbrune", "")

    def test_a_place_of_no_list(self, hall: Hall) -> None:
        """Kept as it was written, without a code."""
        send(hall, filled(hall, place="Hameau des Zyzomys"))
        version = hall.service.store.read_now(rows.versions, received(hall).id)[0]
        assert (version.commune, version.commune_code) == ("Hameau des Zyzomys", "")


class TestSending:
    """Once, whatever happens."""

    def test_the_same_form_twice(self, hall: Hall) -> None:
        """The number again, and for ten minutes the same address: the first answer may have been lost."""
        key = filled(hall)
        first = address_in(send(hall, key).text)
        answer = send(hall, key)
        assert answer.status_code == 200 and "C1" in answer.text and address_in(answer.text) == first != ""
        assert hall.client.get(first).status_code == 200 and received(hall, 2) is None
        self.make_older(hall, SHOWN_AGAIN)
        answer = send(hall, key)
        assert answer.status_code == 200 and "C1" in answer.text and address_in(answer.text) == ""

    @staticmethod
    def make_older(hall: Hall, age: timedelta) -> None:
        """Have the first contribution be received earlier."""

        def write(db: Any) -> None:
            found = rows.numbered(db, 1, 1)
            assert found is not None
            found.received_at -= age
            db.add(found)

        hall.service.store.write_now(write)

    def test_a_receipt_that_never_arrived(self, hall: Hall) -> None:
        """The page that sent it brings it again in that browser; not in another, and not once it is erased."""
        key = filled(hall)
        first = address_in(send(hall, key).text)
        assert address_in(send(hall, key).text) == first
        cookies = dict(hall.client.cookies)
        hall.client.cookies.clear()
        assert address_in(send(hall, key).text) == ""
        hall.client.cookies.clear()
        hall.client.cookies.update(cookies)
        assert address_in(send(hall, key).text) == first
        hall.client.post(f"{HERE}/effacer")
        assert address_in(send(hall, key).text) == ""

    def test_who_comes_next_on_the_same_device(self, hall: Hall) -> None:
        """Learns that something is received: neither its number, nor its address, nor the key that brings it again."""
        key = filled(hall)
        send(hall, key)
        for path in (HERE, f"{HERE}/texte", f"{HERE}/nom", f"{HERE}/courriel", f"{HERE}/fichiers"):
            said = visit(hall, path)
            assert "/suivi/" not in said and "C1" not in said and key not in said and "Solène" not in said
        assert "est bien reçu" in visit(hall) and "rechargez-la" in visit(hall)
        assert hall.client.get(f"{HERE}/verifier", follow_redirects=False).status_code == 303
        fill(hall, "texte", text="C’est une autre personne qui écrit.")
        assert "rechargez-la" not in visit(hall) and address_in(send(hall, key).text) == ""

    def test_a_receipt_of_long_ago(self, hall: Hall) -> None:
        """Nothing is said of it any more."""
        key = filled(hall)
        send(hall, key)
        self.make_older(hall, SHOWN_AGAIN)
        assert "est bien reçu" not in visit(hall) and address_in(send(hall, key).text) == ""

    def test_after_another_draft_was_begun(self, hall: Hall) -> None:
        """A form that comes again still says its own number, without its address, and the new draft stays."""
        key = filled(hall)
        send(hall, key)
        fill(hall, "texte", text="Autre chose.")
        again = send(hall, key).text
        assert "C1" in again and address_in(again) == ""
        assert "Autre chose." in visit(hall, f"{HERE}/verifier") and received(hall, 2) is None

    def test_a_page_of_long_ago(self, hall: Hall) -> None:
        """Sends nothing of what is being written now: that is shown, to be read first."""
        keys = [filled(hall)]
        send(hall, keys[0])
        keys.append(filled(hall))
        send(hall, keys[1])
        filled(hall)
        fill(hall, "texte", text="Pas encore prêt.")
        answer = send(hall, keys[0])
        assert answer.status_code == 409 and "Pas encore prêt." in answer.text and received(hall, 3) is None

    def test_the_draft_is_gone(self, hall: Hall) -> None:
        """Nothing typed remains in the row."""
        send(hall, filled(hall, email="solene@exemple.example"))
        (row,) = table(hall, Deposit)
        assert set(json.loads(row.answers)) == {"last_key", "last_number"}

    def test_the_secret_is_in_no_table(self, hall: Hall) -> None:
        """Only its hash."""
        answer = send(hall, filled(hall))
        secret = re.search(r"suivi/([0-9a-f]{32})", answer.text)
        assert secret is not None
        files = [path for path in hall.service.settings.data_dir.rglob("*") if path.is_file()]
        data = b"".join(path.read_bytes() for path in files)
        assert b"Solene" not in data and "Solène Marchebrune".encode() in data
        assert secret[1].encode() not in data and bytes.fromhex(secret[1]) not in data

    def test_news_by_mail(self, hall: Hall) -> None:
        """One mail, with the address and a link that confirms; nothing is confirmed yet."""
        send(hall, filled(hall, email=" Solene@Exemple.example "))
        (mail,) = table(hall, Mail)
        assert mail.recipient == "solene@exemple.example" and "/ormeline/suivi/" in mail.body
        assert received(hall).email_confirmed_at is None

    @pytest.mark.parametrize(("name", "words"), [("preparation", "pas encore"), ("closed", "plus de")])
    def test_a_congress_that_does_not_listen(self, hall: Hall, name: str, words: str) -> None:
        """Says so, without a form; what comes all the same is refused."""
        key = filled(hall)
        phase(hall, name)
        html = visit(hall)
        assert words in html and 'action="/ormeline/participer' not in html
        assert send(hall, key).status_code == 409 and received(hall) is None
        fill(hall, "texte", 409, text="Encore un mot.")

    def test_supporting(self, hall: Hall) -> None:
        """A published contribution, with reasons of one's own; of another the address says nothing."""
        send(hall, filled(hall))
        assert "Vous allez soutenir" not in visit(hall, f"{HERE}?soutient=C1")

        def show(db: Any) -> None:
            found = rows.numbered(db, 1, 1)
            found.state = "published"
            db.add(found)

        hall.service.store.write_now(show)
        assert "texte?soutient=C1" in visit(hall, f"{HERE}?soutient=C1")
        fill(hall, "texte", text="Chez nous aussi.", soutient="C1")
        fill(hall, "nom", name="Zoé", official="non")
        fill(hall, "accord", **CONSENT)
        assert send(hall, key_in(visit(hall, f"{HERE}/verifier"))).status_code == 200
        assert received(hall, 2).supports_id == received(hall, 1).id

    def test_so_many_drafts_of_a_network(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """The next one is not kept and not lost; those that were begun go on."""
        monkeypatch.setattr(acts, "DRAFTS_PER_NETWORK", acts.Limit("draft-network", 1, acts.KEPT))
        visit(hall)
        fill(hall, "texte", text="Le premier.")
        first = dict(hall.client.cookies)
        hall.client.cookies.clear()
        visit(hall)
        assert "Le second." in fill(hall, "texte", 429, text="Le second.").text
        hall.client.cookies.clear()
        hall.client.cookies.update(first)
        fill(hall, "texte", text="Le premier, encore.")
        assert hall.service.store.read_now(deposits.count, 1) == 1

    def test_so_many_from_one_person(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """The draft stays, and the page says when to come back."""
        monkeypatch.setattr(acts, "PER_PERSON", acts.Limit("contribution-person", 1, acts.KEPT))
        send(hall, filled(hall))
        answer = send(hall, filled(hall))
        assert answer.status_code == 429 and "Le car ne passe" in answer.text and received(hall, 2) is None

    def test_a_draft_that_is_left(self, hall: Hall) -> None:
        """Forgotten after thirty days, and not before."""
        filled(hall)
        incoming = Incoming(hall.service.store, hall.service.blobs, hall.service.settings.data_dir)

        async def sweep(days: int) -> int:
            return await incoming.forget_drafts(NOW + timedelta(days=days))

        assert hall.client.portal is not None
        assert hall.client.portal.call(sweep, 30) == 0 and len(table(hall, Deposit)) == 1
        assert hall.client.portal.call(sweep, 31) == 1 and table(hall, Deposit) == []
