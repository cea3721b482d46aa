"""The secretariat's people: the roster, devices, the team, cards."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.models import Card, Official
from tests.web.secretariat_world import HOME, get, post, rows, two_congresses
from tests.web.world import Hall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with two_congresses(tmp_path) as hall:
        yield hall


class TestPeople:
    def test_searched(self, hall: Hall) -> None:
        """By words of name and place, in any order; signs of the search are only signs."""
        assert "Mamadou" in get(hall, "/liste?q=diarra mamadou").text
        assert "Mamadou" not in get(hall, "/liste?q=%25").text
        assert get(hall, "/liste?q=<b>&page=-3").status_code == 200
        assert get(hall, "/liste?page=99999").status_code == 200

    def test_added_corrected_named_and_revoked(self, hall: Hall) -> None:
        """The whole life of a row, by its page."""
        answer = post(hall, "/liste/nouveau", family_name="Merlan", first_names="Basile", email="b@ormelac.example")
        here = answer.headers["location"].removeprefix(HOME).partition("?")[0]
        fields = {"family_name": "Merlan", "first_names": "Basile", "mandate": "maire", "email": ""}
        corrected = post(hall, here, deed="correct", **fields).headers["location"].removeprefix(HOME)
        assert "Vos corrections sont enregistrées" in get(hall, corrected).text
        assert post(hall, here, deed="rapporteur").status_code == 303
        basile = rows(hall, Official)[-1]
        assert (basile.mandate, basile.email, basile.is_rapporteur) == ("maire", None, True)
        assert post(hall, here, deed="revoke", reason="left-office").status_code == 303
        assert "retirée de la liste" in get(hall, here).text
        assert post(hall, here, deed="correct", **fields).status_code == 404

    def test_taken_off_the_roster_after_a_page_that_says_what_stays(self, hall: Hall) -> None:
        """The button leads to a question; nothing changes before the answer."""
        assert f'href="{HOME}/liste/1/retirer"' in get(hall, "/liste/1").text
        asked = get(hall, "/liste/1/retirer").text
        assert "Retirer Aline Corbières de la liste" in asked and "reste dans les textes, à son nom" in asked
        assert "Elle perd son rôle" in asked and rows(hall, Official)[0].revoked_at is None
        assert post(hall, "/liste/1", deed="revoke", reason="absent").status_code == 303
        assert rows(hall, Official)[0].revoked_at is not None
        assert get(hall, "/liste/1/retirer").status_code == 303

    def test_an_address_of_somebody_else_asks_again(self, hall: Hall) -> None:
        """Its owner is named; with the box ticked, it is for both."""
        person = {"family_name": "Merlan", "first_names": "Basile", "email": "basile@ormelac.example"}
        post(hall, "/liste/nouveau", **person)
        other = person | {"first_names": "Ève"}
        refused = post(hall, "/liste/nouveau", **other)
        assert refused.status_code == 422 and "cette adresse appartient déjà à Basile Merlan" in refused.text
        assert 'name="shares_email"' in refused.text and "checked" not in refused.text
        assert post(hall, "/liste/nouveau", shares_email="1", **other).status_code == 303

    def test_refused_values_stay_in_the_form(self, hall: Hall) -> None:
        """422 on adding and on correcting."""
        for path, more in (("/liste/nouveau", {}), ("/liste/1", {"deed": "correct"})):
            answer = post(hall, path, family_name="", email="pas une adresse", **more)
            assert answer.status_code == 422
            assert 'value="pas une adresse"' in answer.text and "shares_email" not in answer.text
        assert post(hall, "/liste/1", deed="n’importe").status_code == 422

    def test_a_lost_device(self, hall: Hall) -> None:
        """Its owner's sessions end, one by one or all."""
        page = get(hall, "/connexions").text
        number = re.findall(r'name="session" value="(\d+)"', page)[0]
        asked = post(hall, "/connexions", session=number)
        assert (
            asked.status_code == 200
            and "dernière visite le" in asked.text
            and "Revenir sans rien changer" in asked.text
        )
        asked = post(hall, "/liste/1", deed="sessions")
        assert asked.status_code == 200 and "Fermer toutes ses connexions" in asked.text
        assert get(hall, "/ormeline/mes-connexions", "aline").status_code == 200
        assert get(hall, "/ormeline/mes-connexions", "mamadou").status_code == 200
        assert post(hall, "/connexions", session=number, step="confirm").status_code == 303
        assert post(hall, "/liste/1", deed="sessions", step="confirm").status_code == 303
        assert post(hall, "/liste/2", deed="sessions", step="confirm").status_code == 303
        assert get(hall, "/ormeline/mes-connexions", "aline").status_code == 403
        assert get(hall, "/ormeline/mes-connexions", "mamadou").status_code == 403

    def test_the_team_grows(self, hall: Hall) -> None:
        """By name and address; not by nonsense."""
        assert post(hall, "/equipe", name="", email="x@y.example").status_code == 422
        assert post(hall, "/equipe", name="Zoé", email="zoe@ormeline.example").status_code == 303
        assert "zoe@ormeline.example" in get(hall, "/equipe").text


class TestCards:
    def test_a_sheet_is_given_once(self, hall: Hall) -> None:
        """A PDF to download; those who have a card keep it when only the others are asked for."""
        sheet = hall.client.post(HOME + "/cartes", data={"who": "without"}, headers=hall.odile)
        assert sheet.headers["content-type"] == "application/pdf"
        assert sheet.headers["cache-control"] == "no-store"
        assert "attachment" in sheet.headers["content-disposition"]
        assert len(rows(hall, Card)) == 3
        again = hall.client.post(HOME + "/cartes", data={"who": "without"}, headers=hall.odile)
        assert again.status_code == 200 and "Rien à imprimer" in again.text
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 3
        one = post(hall, "/liste/1", deed="card")
        assert one.content.startswith(b"%PDF")
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 3
        assert post(hall, "/liste/1", deed="cancel-card").status_code == 303
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 2

    def test_cards_in_force_end_after_a_page_that_counts_them(self, hall: Hall) -> None:
        """New cards for all cancel the old ones only once that was confirmed."""
        post(hall, "/liste/1", deed="card")
        asked = hall.client.post(HOME + "/cartes", data={"who": "all"}, headers=hall.odile)
        assert asked.status_code == 200 and "1 carte déjà donnée sera annulée." in asked.text
        assert "3 nouvelles cartes seront imprimées." in asked.text
        assert [card.revoked_at for card in rows(hall, Card)] == [None]
        done = hall.client.post(HOME + "/cartes", data={"who": "all", "step": "confirm"}, headers=hall.odile)
        assert done.content.startswith(b"%PDF")
        assert sum(card.revoked_at is None for card in rows(hall, Card)) == 3 and len(rows(hall, Card)) == 4

    def test_one_says_for_whom(self, hall: Hall) -> None:
        """422, and no card."""
        assert hall.client.post(HOME + "/cartes", data={"who": "x"}, headers=hall.odile).status_code == 422
        assert rows(hall, Card) == []
