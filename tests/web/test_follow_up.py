"""The author's own page: what it shows, what may be done there, and to nobody else."""

import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from motion.acts import moderation, news
from motion.acts.attempts import Limit
from motion.record.entry import decode_entry
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.pages import follow_up
from storage import contributions as rows
from storage import ledger
from storage.models import Collection, Mail
from tests.web.participants import HERE, PNG, attach, filled, received, send, table, visit
from tests.web.world import NOW, Hall, served

ODILE = Actor(1, Role.SECRETARIAT, secretary_id=1)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress that listens."""
    with served(tmp_path) as hall:
        yield hall


def sent(hall: Hall, **more: str) -> str:
    """Send a contribution; return the path of the author's page."""
    found = re.search(r"/ormeline/suivi/[0-9a-f]{32}", send(hall, filled(hall, **more)).text)
    assert found is not None
    hall.client.cookies.clear()  # the address is the only key
    return found[0]


def post(hall: Hall, path: str, status: int = 303, **fields: str) -> str:
    """Send a form; return the page that follows, or what it says."""
    answer = hall.client.post(path, data=fields)
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    return visit(hall, answer.headers["location"]) if status == 303 else answer.text


def refused(hall: Hall) -> None:
    """Refuse the first contribution."""

    def run(db: Any) -> None:
        nonces = iter(lambda: secrets.token_bytes(12), b"")
        one = rows.numbered(db, 1, 1)
        moderation.refuse(
            db, ODILE, one, "hors-sujet", "Cela ne touche pas le congrès.", key=bytes(32), nonces=nonces, now=NOW
        )

    hall.service.store.write_now(run)


def kinds(hall: Hall) -> list[str]:
    """The kinds of all entries about contributions."""
    raw = hall.service.store.read_now(ledger.contents, 1, 0, 10_000)
    return [kind for kind in (decode_entry(one).kind for one in raw) if kind.startswith("contribution.")]


class TestTheKey:
    """Whoever has the address is the author; nobody else learns anything."""

    def test_state_words_and_receipt(self, hall: Hall) -> None:
        """In plain words, kept by nobody."""
        answer = hall.client.get(sent(hall))
        assert answer.status_code == 200 and "Reçue, en cours d’examen" in answer.text
        assert "Le car ne passe <strong>plus</strong> le jeudi." in answer.text and re.search(
            r"/registre/\d+/recu", answer.text
        )
        assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers
        assert answer.headers["referrer-policy"] == "same-origin" and "noindex" in answer.headers["x-robots-tag"]

    @pytest.mark.parametrize("secret", ["0" * 32, "x", "0" * 31, "é" * 32, "0" * 4000])
    def test_a_wrong_one(self, hall: Hall, secret: str) -> None:
        """Is answered as any address that leads nowhere, whatever is asked."""
        sent(hall)
        nowhere = hall.client.get("/ormeline/nulle/part").text
        for method, path in (("GET", ""), ("GET", "/corriger"), ("POST", "/retirer"), ("POST", "/courriel")):
            answer = hall.client.request(method, f"/ormeline/suivi/{secret}{path}")
            assert answer.status_code == 404
            assert re.findall("<h1>.*</h1>", answer.text) == re.findall("<h1>.*</h1>", nowhere)
        assert "contribution.withdraw" not in kinds(hall)

    def test_in_another_congress(self, hall: Hall) -> None:
        """The key of one opens nothing elsewhere."""
        assert hall.client.get(sent(hall).replace("ormeline", "autre")).status_code == 404

    def test_the_log(self, hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
        """Holds the pattern of the address, never the secret."""
        path = sent(hall)
        with caplog.at_level("INFO", "motion.requests"):
            hall.client.get(path)
            hall.client.post(f"{path}/retirer")
        assert "suivi/{secret}" in caplog.text and path.rpartition("/")[2] not in caplog.text


class TestDeeds:
    """What its author alone may do."""

    def test_a_correction(self, hall: Hall) -> None:
        """Is a new version; the old one stays readable here."""
        path = sent(hall, place="Saint-Etienne-du-Gres")
        form = visit(hall, f"{path}/corriger")
        assert "Le car ne passe **plus** le jeudi." in form and 'value="Saint-Étienne-du-Grès"' in form
        fields = {"name": "Solène Marchebrune", "official": "non", "place": "Saint-Étienne-du-Grès", "title": ""}
        html = post(hall, f"{path}/corriger", text="Ni le vendredi.", **fields)
        assert (
            "Ni le vendredi." in html
            and 'href="/ormeline/contributions/C1"' in html
            and "Le car ne passe **plus** le jeudi." in html
        )
        versions = hall.service.store.read_now(rows.versions, received(hall).id)
        assert [version.commune_code for version in versions] == ["13094", "13094"]

    def test_a_wrong_correction(self, hall: Hall) -> None:
        """Comes back as it was typed; one that changes nothing too."""
        path = sent(hall)
        html = post(hall, f"{path}/corriger", 422, text="Des mots.", name="", official="oui", mandate="maire")
        assert "Des mots." in html and 'value="maire"' in html
        html = post(hall, f"{path}/corriger", 422, text="Mots", name="Zoé", official="non", place="Saint-Denis")
        assert html.count('name="chosen"') > 2 and "Mots" in html
        same = {"title": "Le car", "text": "Le car ne passe **plus** le jeudi.", "name": "Solène Marchebrune"}
        post(hall, f"{path}/corriger", 422, **same, official="non", place="")
        assert received(hall).version == 1

    def test_a_refusal_and_the_answer(self, hall: Hall) -> None:
        """With its reason and the secretariat's words; what is answered is kept."""
        path = sent(hall)
        refused(hall)
        html = visit(hall, path)
        assert "Sans rapport avec l’objet du congrès" in html and "Cela ne touche pas le congrès." in html
        assert 'role="alert"' in post(hall, f"{path}/reponse", 422, message=" ")
        assert "Si, il y passe." in post(hall, f"{path}/reponse", message="Si, il y passe.")
        assert kinds(hall)[-1] == "contribution.answer"

    def test_consent_for_other_uses(self, hall: Hall) -> None:
        """Taken back and given, each in the record."""
        path = sent(hall)
        post(hall, f"{path}/accords", archive="1")
        assert hall.service.store.read_now(rows.agreed, received(hall).id) == {"publish", "archive"}
        assert kinds(hall)[-2:] == ["contribution.consent"] * 2

    def test_taking_it_back(self, hall: Hall) -> None:
        """After a page that says what becomes of it; then its words are here no more."""
        filled(hall)
        attach(hall, "a.png", PNG)
        path = sent(hall, email="solene@exemple.example")
        assert "sous scellé" in visit(hall, f"{path}/retirer") and received(hall).state == "received"
        html = post(hall, f"{path}/retirer")
        assert "Retirée" in html and "Le car ne passe" not in html and "corriger" not in html
        assert received(hall).state == "withdrawn" and received(hall).email is None
        assert hall.client.post(f"{path}/retirer").status_code == 409
        assert hall.client.post(f"{path}/courriel", data={"email": "a@b.example"}).status_code == 404

    def test_so_many_deeds(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Are bounded, for each stays in the record for ever; taking it back is always heard."""
        monkeypatch.setattr(follow_up, "DEEDS_PER_CONTRIBUTION", Limit("contribution-deeds", 2, timedelta(hours=1)))
        path = sent(hall)
        post(hall, f"{path}/accords", archive="1")
        post(hall, f"{path}/accords")
        before = kinds(hall)
        post(hall, f"{path}/accords", 429, archive="1")
        assert kinds(hall) == before
        post(hall, f"{path}/retirer")
        assert received(hall).state == "withdrawn"

    def test_files(self, hall: Hall) -> None:
        """Each with its state, and why nothing could be made of it."""
        visit(hall, HERE)
        attach(hall, "route.png", PNG)
        path = sent(hall)
        assert "route.png" in visit(hall, path) and "En attente de préparation" in visit(hall, path)

        def fail(db: Any) -> None:
            file = rows.files(db, rows.numbered(db, 1, 1).id)[0]
            file.state, file.reason = "failed", "damaged"
            db.add(file)

        assert "Renvoyer ce fichier" not in visit(hall, path)
        hall.service.store.write_now(fail)
        text = visit(hall, path)
        assert "L’original est gardé." in text and "Renvoyer ce fichier" in text
        again = re.search(r'href="([^"]+)">Renvoyer', text)
        assert again is not None and "Prendre la parole" in visit(hall, again[1])


class TestNews:
    """By mail, to an address that its reader has confirmed."""

    def confirmed(self, hall: Hall) -> str:
        path = sent(hall)
        assert "attend d’être confirmée" in post(hall, f"{path}/courriel", email="solene@exemple.example")
        (mail,) = table(hall, Mail)
        link = re.search(r"http://testserver(/ormeline/nouvelles/[0-9a-f]{32})", mail.body)
        assert link is not None and "/suivi/" not in mail.body
        visit(hall, link[1])
        assert received(hall).email_confirmed_at is None  # opening it is not enough: mail scanners do
        assert hall.client.post(link[1]).status_code == 200
        assert received(hall).email_confirmed_at is not None
        assert "Ne plus recevoir de courriel" in visit(hall, link[1])
        self.link = link[1]
        return path

    def test_stopping(self, hall: Hall) -> None:
        """The address is forgotten."""
        path = self.confirmed(hall)
        post(hall, f"{path}/courriel", step="stop")
        assert received(hall).email is None and received(hall).email_confirmed_at is None

    def test_stopping_by_the_mail(self, hall: Hall) -> None:
        """Whoever has lost the private address still has the link by which they confirmed; it leads nowhere then."""
        self.confirmed(hall)
        assert "Votre adresse est effacée." in hall.client.post(self.link, data={"step": "stop"}).text
        assert received(hall).email is None and table(hall, Mail) == []
        assert hall.client.get(self.link).status_code == 404

    @pytest.mark.parametrize(("language", "said"), [("fr", "est publiée."), ("en", "is published.")])
    def test_they_come_in_the_language_of_the_page(self, hall: Hall, language: str, said: str) -> None:
        """On which the address was given, whatever the congress speaks first."""
        path = sent(hall)
        post(hall, f"{path}/courriel?lang={language}", email="solene@exemple.example")
        self.publish(hall)
        assert said in table(hall, Mail)[-1].body

    def test_they_come_in_the_language_of_the_form(self, hall: Hall) -> None:
        """When the address was given with the contribution."""
        hall.client.cookies.set("langue", "en")
        send(hall, filled(hall, email="solene@exemple.example"))
        self.publish(hall)
        assert "is published." in table(hall, Mail)[-1].body

    def test_where_nothing_says_the_language(self, hall: Hall) -> None:
        """It is the first one of the congress."""
        sent(hall)

        def give(db: Any) -> None:
            one = rows.numbered(db, 1, 1)
            one.email = "solene@exemple.example"
            db.add(one)

        hall.service.store.write_now(give)
        self.publish(hall)
        assert "est publiée." in table(hall, Mail)[-1].body

    @staticmethod
    def publish(hall: Hall) -> None:
        """The address is confirmed, and the contribution published."""

        def run(db: Any) -> None:
            one = rows.numbered(db, 1, 1)
            news.confirm_address(db, one, now=NOW)
            moderation.publish(db, ODILE, one, now=NOW)

        hall.service.store.write_now(run)

    def test_a_wrong_address(self, hall: Hall) -> None:
        """Comes back as it was typed."""
        assert "pas une adresse" in post(hall, f"{sent(hall)}/courriel", 422, email="pas une adresse")

    def test_an_address_that_is_not_confirmed(self, hall: Hall) -> None:
        """Gets five mails an hour at most, whoever types it."""
        path, written = sent(hall), 0
        for _time in range(7):
            post(hall, f"{path}/courriel", email="autre@exemple.example")
            written += len(table(hall, Mail))
            post(hall, f"{path}/courriel", step="stop")
            assert table(hall, Mail) == []
        assert written == 5

    def test_a_mail_whose_author_has_yet_to_agree(self, hall: Hall) -> None:
        """Consent is asked for on this page, and is all that is missing."""
        path = sent(hall)

        def await_consent(db: Any) -> None:
            one = rows.numbered(db, 1, 1)
            one.state, one.channel = "awaited", "mail"
            db.add(one)
            db.merge(Collection(congress_id=1, moderation="after"))

        hall.service.store.write_now(await_consent)
        shown = visit(hall, path)
        assert "checked" not in shown and shown.index("Ce que vous avez dit") < shown.index("Êtes-vous d’accord")
        assert f'href="{path}/corriger"' in shown  # a program's idea of a name is put right before it is published
        words = {"text": "Le car du soir.", "name": "Solène", "official": "non", "place": "", "title": ""}
        post(hall, f"{path}/corriger", **words)
        assert received(hall).state == "awaited"
        assert 'role="alert"' in post(hall, f"{path}/accepter", 422, quote="1")
        post(hall, f"{path}/accepter", publish="1", adult="1")
        assert received(hall).state == "published"
