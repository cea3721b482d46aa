"""The secretariat's pages: who may open them, its phases, its mails, and a congress that it makes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from storage.models import Congress, Mail, Motion, Secretary
from tests.web.secretariat_world import HOME, VOTE, get, motion, post, rows, state, two_congresses
from tests.web.world import NOW, Hall, fill_roster

PAGES = [
    "",
    "/phases/frozen",
    "/motions/M1/geler",
    "/motions/M1/rouvrir",
    "/motions/M1/adopter",
    "/motions/M1/retirer",
    "/textes-tardifs",
    "/courriels",
    "/connexions",
    "/equipe",
    "/calendrier",
    "/liste",
    "/liste/nouveau",
    "/liste/importer",
    "/liste/importer/1",
    "/liste/1",
    "/liste/1/retirer",
    "/cartes",
]
FORMS = [
    "/phases/frozen",
    "/motions/M1/geler",
    "/motions/M1/rouvrir",
    "/motions/M1/adopter",
    "/motions/M1/retirer",
    "/connexions",
    "/equipe",
    "/calendrier",
    "/liste/nouveau",
    "/liste/importer",
    "/liste/importer/1",
    "/liste/1",
    "/cartes",
]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with two_congresses(tmp_path) as hall:
        yield hall


class TestDoors:
    @pytest.mark.parametrize("who", ["nobody", "mamadou", "aline", "irene"])
    @pytest.mark.parametrize("path", PAGES)
    def test_pages_are_the_secretariats(self, hall: Hall, path: str, who: str) -> None:
        """Closed to the public, to officials, to the rapporteur, and to another congress's secretariat."""
        answer = get(hall, path, who)
        assert answer.status_code == 403
        assert "Basile" not in answer.text

    @pytest.mark.parametrize("who", ["nobody", "mamadou", "aline", "irene"])
    def test_forms_are_the_secretariats(self, hall: Hall, who: str) -> None:
        """The same for what they send; nothing changes."""
        before = state(hall)
        for path in FORMS:
            assert post(hall, path, who, deed="revoke", reason="mistake", who_="all", session="2").status_code == 403
        assert state(hall) == before

    def test_another_site_sends_nothing(self, hall: Hall) -> None:
        """Even with the secretariat's own cookie."""
        before = state(hall)
        headers = hall.odile | {"sec-fetch-site": "cross-site"}
        for path in FORMS:
            assert hall.client.post(HOME + path, data={"deed": "revoke"}, headers=headers).status_code == 403
        assert state(hall) == before

    @pytest.mark.parametrize("path", [page for page in PAGES if page != "/liste/importer/1"])
    @pytest.mark.parametrize("language", ["fr", "en"])
    def test_pages_are_shown_in_both_languages(self, hall: Hall, path: str, language: str) -> None:
        """And kept by no browser; an open text is not voted on, and not reopened."""
        answer = get(hall, f"{path}?lang={language}")
        if path.endswith(("adopter", "rouvrir")):
            assert answer.status_code == 303
        else:
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            assert f'<html lang="{language}">' in answer.text
            assert answer.text.count("<h1>") == 1

    @pytest.mark.parametrize(
        "path", ["/phases/rien", "/motions/M99/geler", "/liste/999", "/liste/importer/999", "/rien", "/liste/x"]
    )
    def test_what_is_not_there(self, hall: Hall, path: str) -> None:
        """404, by name or by number."""
        assert get(hall, path).status_code == 404

    def test_the_rapporteur_creates_motions(self, hall: Hall) -> None:
        """And other officials do not."""
        assert get(hall, "/motions/nouvelle", "aline").status_code == 200
        assert get(hall, "/motions/nouvelle", "mamadou").status_code == 403
        assert post(hall, "/motions/nouvelle", "mamadou", title="x", template="blank").status_code == 403
        answer = post(hall, "/motions/nouvelle", "aline", title="Les écoles", template="blank")
        assert answer.headers["location"] == "/ormeline/motions/M3"


class TestPhases:
    def test_opened_by_hand_after_a_page_that_warns(self, hall: Hall) -> None:
        """Freezing names the texts that it will freeze, and freezes them."""
        assert "M1" in get(hall, "/phases/frozen").text
        assert post(hall, "/phases/frozen").status_code == 303
        assert {row.state for row in rows(hall, Motion)} == {"frozen"}
        assert post(hall, "/phases/collection").status_code == 409
        assert get(hall, "/phases/collection").status_code == 409

    def test_closing_names_what_has_no_result(self, hall: Hall) -> None:
        """For nobody will be able to enter one; a motion that was withdrawn needs none."""
        warning = "n’ont pas encore de résultat"
        assert warning not in get(hall, "/phases/adopted").text
        asked = get(hall, "/phases/closed").text
        assert warning in asked and "/motions/M1" in asked.split(warning)[1]
        for code in ("M1", "M2"):
            post(hall, f"/motions/{code}/retirer", reason="Un doublon.")
        assert warning not in get(hall, "/phases/closed").text

    def test_the_whole_congress_is_at_hand(self, hall: Hall) -> None:
        """From the home's third door, from the pages of data and of checking, and from the secretariat's."""
        for path in ("/ormeline", "/ormeline/donnees", "/ormeline/verifier", ""):
            main = get(hall, path).text.split("<main")[1].split("</main>")[0]
            assert 'href="/ormeline/archive"' in main, path

    def test_what_was_done_is_said_as_it_stands(self, hall: Hall) -> None:
        """With the motion, with the phase; of a closed congress, that it is closed."""

        def told(answer) -> str:
            return get(hall, answer.headers["location"]).text.split('role="status">')[1].split("</p>")[0]

        assert told(post(hall, "/motions/M1/geler")) == "Le texte de la motion M1 est gelé."
        assert told(post(hall, "/motions/M1/rouvrir", reason="Oubli.")) == "Le texte de la motion M1 est rouvert."
        assert told(post(hall, "/motions/M2/retirer", reason="Oubli.")) == "La motion M2 est retirée."
        assert told(post(hall, "/phases/adopted")) == "Le congrès est passé à la phase «\u00a0Motion adoptée\u00a0»."
        assert told(post(hall, "/phases/closed")) == "Le congrès est clos."
        assert 'role="status"' not in get(hall, "?fait=gel&motion=M9").text

    def test_a_closed_congress_offers_no_decision(self, hall: Hall) -> None:
        """Neither on the motion's page nor on the secretariat's; an address kept from before says why."""
        fill_roster(hall)
        post(hall, "/motions/M1/geler")
        offers = ("Enregistrer le vote", "Rouvrir le texte", "Retirer la motion", "Créer une motion")
        pages = ("", "/ormeline/motions", "/ormeline/motions/M1")
        assert all(any(offer in get(hall, path).text for path in pages) for offer in offers)
        post(hall, "/phases/adopted")
        offered = "".join(get(hall, path).text for path in pages)
        assert [offer in offered for offer in offers] == [True, False, True, False]
        post(hall, "/phases/closed")
        offered = "".join(get(hall, path).text for path in pages)
        assert not any(offer in offered for offer in offers)
        for path in ("M1/adopter", "M1/rouvrir", "M1/retirer", "nouvelle"):
            refused = get(hall, f"/motions/{path}")
            assert refused.status_code == 409 and "Le congrès est clos" in refused.text
        vote = VOTE | {"step": "confirm", "digest": motion(hall).digest or ""}
        plain = hall.client.get("/ormeline/motions/M1/rediger/simple", headers=hall.aline).text
        assert "Lecture seule\u00a0: le congrès est clos." in plain
        assert post(hall, "/motions/M1/adopter", **VOTE).status_code == 409
        assert post(hall, "/motions/M1/adopter", **vote).status_code == 409
        assert motion(hall).state == "frozen"


class TestMails:
    def test_a_mail_is_read_in_a_demonstration_alone(self, hall: Hall) -> None:
        """Elsewhere its link would sign the secretariat in as somebody else."""

        def put(db) -> None:
            db.add(
                Mail(
                    congress_id=1,
                    recipient="aline@valbrune.example",
                    subject="Votre connexion",
                    body="Secret\nhttp://testserver/ormeline/connexion/lien/abc\n",
                    created_at=NOW,
                    not_before=NOW,
                )
            )

        hall.service.store.write_now(put)
        assert "Secret" not in get(hall, "/courriels").text

        def demonstrate(db) -> None:
            congress = db.get_one(Congress, 1)
            congress.is_demonstration = True
            db.add(congress)

        hall.service.store.write_now(demonstrate)
        page = get(hall, "/courriels").text
        assert "Secret" in page and 'href="http://testserver/ormeline/connexion/lien/abc"' in page


class TestCongress:
    FORM = {
        "title": "Congrès des ponts",
        "slug": "",
        "place": "Ormelac",
        "starts_on": "2031-12-01",
        "ends_on": "2031-12-02",
        "time_zone": "Indian/Reunion",
        "fr": "1",
        "template": "blank",
        "opens_drafting": "2031-12-01T09:00",
        "secretary_name": "Zoé",
        "email": "zoe@ponts.example",
    }

    def create(self, hall: Hall, who: str = "odile", **more: str):
        return hall.client.post("/nouveau", data=self.FORM | more, headers=hall.signed_in(who))

    def test_whoever_runs_one_makes_another(self, hall: Hall) -> None:
        """With an address from the title, hours in its own zone, and its founder signed in."""
        answer = self.create(hall)
        assert answer.headers["location"] == "/congres-des-ponts/secretariat"
        token = re.search(r"motion=([^;]+)", answer.headers["set-cookie"])[1]
        page = hall.client.get("/congres-des-ponts/secretariat", headers=hall.signed_in(token))
        assert page.status_code == 200
        assert "à 9\u00a0h" in page.text

    @pytest.mark.parametrize("who", ["nobody", "mamadou", "aline"])
    def test_nobody_else_once_there_is_one(self, hall: Hall, who: str) -> None:
        """Neither page nor form."""
        assert hall.client.get("/nouveau", headers=hall.signed_in(who)).status_code == 403
        assert self.create(hall, who).status_code == 403

    def test_anybody_makes_the_first(self, hall: Hall) -> None:
        """On an installation with demonstrations alone; the second visitor comes too late."""

        def demonstrate(db) -> None:
            for congress in db.exec(select(Congress)).all():
                congress.is_demonstration = True
                db.add(congress)

        hall.service.store.write_now(demonstrate)
        assert "premier congrès" in hall.client.get("/nouveau").text
        assert self.create(hall, "nobody", secretary_name="").status_code == 422
        assert self.create(hall, "nobody").status_code == 303
        assert self.create(hall, "nobody", slug="autre-pont").status_code == 403
        assert rows(hall, Secretary)[-1].email == "zoe@ponts.example"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("title", ""),
            ("slug", "Pas Bon"),
            ("slug", "nouveau"),
            ("slug", "ormeline"),
            ("starts_on", ""),
            ("starts_on", "1er décembre"),
            ("ends_on", "2031-11-30"),
            ("time_zone", "Mars/Olympus"),
            ("time_zone", "../../etc/passwd"),
            ("fr", ""),
            ("template", "x"),
            ("opens_drafting", "demain"),
            ("opens_collection", "2031-12-01T10:00"),
        ],
    )
    def test_refused_by_field(self, hall: Hall, field: str, value: str) -> None:
        """422 with the form as it was sent; no congress."""
        answer = self.create(hall, **{field: value})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text and 'value="Ormelac"' in answer.text
        assert len(rows(hall, Congress)) == 2

    def test_hours_are_called_by_their_places(self, hall: Hall) -> None:
        """And a zone that the command line set is kept by the form."""
        page = get(hall, "/calendrier").text
        assert ">heure de Paris</option>" in page and ">heure de La Réunion</option>" in page

        def set_zone(db) -> None:
            congress = db.get_one(Congress, 1)
            congress.time_zone = "Asia/Tokyo"
            db.add(congress)

        hall.service.store.write_now(set_zone)
        assert '<option value="Asia/Tokyo" selected>Tokyo</option>' in get(hall, "/calendrier").text

    def test_corrected_with_its_calendar(self, hall: Hall) -> None:
        """What the form shows can be sent back as it is; then a change is kept."""
        page = get(hall, "/calendrier").text
        fields = dict(re.findall(r'name="([^"]+)" type="[^"]+" value="([^"]*)"', page))
        fields |= {"time_zone": "Europe/Paris", "template": "deliberative", "fr": "1", "en": "1"}
        before = state(hall)
        assert post(hall, "/calendrier", **fields).status_code == 303
        assert state(hall) == before
        assert post(hall, "/calendrier", **(fields | {"place": "Salle des fêtes"})).status_code == 303
        assert rows(hall, Congress)[0].place == "Salle des fêtes"
        assert post(hall, "/calendrier", **(fields | {"starts_on": "x"})).status_code == 422
