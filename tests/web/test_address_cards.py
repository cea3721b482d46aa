"""A private address for who spoke, or wrote on paper: given by the secretariat, shown once, ended by the next one."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from motion.acts.contributions import Circumstances
from motion.rules.contributions import Channel
from storage import contributions as rows
from tests.web.moderation_world import last_entry, of, print_sheets, receive, text_of
from tests.web.test_scribe import note
from tests.web.world import Hall, served

SPOKEN = "/ormeline/secretariat/contributions/C1/adresse"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress in which Solène has said something aloud."""
    with served(tmp_path) as hall:
        receive(hall, channel=Channel.SPOKEN, typed_by=1)
        yield hall


def given(hall: Hall, path: str = SPOKEN) -> str:
    """Have an address given; its path."""
    answer = hall.client.post(path, headers=hall.odile)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    found = re.search(r"http://testserver(/ormeline/suivi/[0-9a-f]{32})", answer.text)
    assert found is not None and "<svg" in answer.text
    hall.client.cookies.clear()
    return found[1]


class TestTheCard:
    def test_its_author_follows_corrects_and_withdraws(self, hall: Hall) -> None:
        """As who sent it online does; the record says who gave the address, and not which."""
        assert "Remettre une adresse de suivi" in hall.client.get(SPOKEN, headers=hall.odile).text
        here = given(hall)
        assert last_entry(hall) == ("contribution.address", {"contribution": "C1"}, "sec-1")
        assert "Votre contribution C1" in hall.client.get(here).text
        fields = {"text": "Ni le vendredi.", "name": "Solène Marchebrune", "official": "non", "place": "", "title": ""}
        assert hall.client.post(f"{here}/corriger", data=fields).status_code == 303
        assert of(hall, 1).version == 2
        assert hall.client.post(f"{here}/retirer").status_code == 303
        assert of(hall, 1).state == "withdrawn"

    def test_it_can_be_read_out(self, hall: Hall) -> None:
        """By fours, and typed with the blanks between."""
        answer = hall.client.post(SPOKEN, headers=hall.odile)
        found = re.search(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", unescape(answer.text))
        assert found is not None
        assert hall.client.get(f"/ormeline/suivi/{found[0].upper()}").status_code == 200

    def test_the_next_one_ends_it(self, hall: Hall) -> None:
        """And says so before."""
        first = given(hall)
        assert "Elle ne mènera plus nulle part." in text_of(hall.client.get(SPOKEN, headers=hall.odile))
        second = given(hall)
        assert hall.client.get(first).status_code == 404 and hall.client.get(second).status_code == 200

    def test_is_the_secretariats_to_give(self, hall: Hall) -> None:
        """Neither a rapporteur nor anybody else, and of nothing that its author has sent, or taken back."""
        for headers in ({}, hall.aline, hall.mamadou):
            for method in ("GET", "POST"):
                assert hall.client.request(method, SPOKEN, headers=headers).status_code == 403
        online = receive(hall)
        for method in ("GET", "POST"):
            answer = hall.client.request(method, SPOKEN.replace("C1", f"C{online}"), headers=hall.odile)
            assert answer.status_code == 409
        here = given(hall)
        hall.client.post(f"{here}/retirer")
        assert hall.client.post(SPOKEN, headers=hall.odile).status_code == 409
        assert hall.client.get(SPOKEN.replace("C1", "C9"), headers=hall.odile).status_code == 404

    def test_words_sent_again_by_a_device_are_not_received_twice(self, hall: Hall) -> None:
        """Though the address stands where their key stood."""
        key = "5" * 32
        assert note(hall, key=key).status_code == 303
        given(hall, SPOKEN.replace("C1", "C2"))
        assert note(hall, key=key).headers["location"].endswith("note=C2")
        assert hall.service.store.read_now(rows.numbered, 1, 3) is None


class TestPaths:
    """How one comes to these pages without knowing their addresses."""

    def test_from_a_form_on_paper(self, hall: Hall) -> None:
        """Its author's page, the desk and the first page of all lead to what everyone may know of it."""
        print_sheets(hall)
        circumstances = Circumstances(sheet=4)
        number = receive(hall, channel=Channel.PAPER, typed_by=1, circumstances=circumstances)
        here = given(hall, SPOKEN.replace("C1", f"C{number}"))
        desk = hall.client.get(f"/ormeline/secretariat/contributions/C{number}", headers=hall.odile).text
        for text in (hall.client.get(here).text, desk):
            assert 'href="/ormeline/fiche/4"' in text
        assert f'href="/ormeline/secretariat/contributions/C{number}/adresse"' in desk
        assert 'href="/ormeline/fiche"' in hall.client.get("/ormeline/participer").text

    def test_from_any_page_to_the_themes(self, hall: Hall) -> None:
        """For a rapporteur, who may sort; an official and everyone else have no such link."""
        themes = 'href="/ormeline/secretariat/themes"'
        assert themes in hall.client.get("/ormeline/contributions", headers=hall.aline).text
        assert hall.client.get("/ormeline/secretariat/themes", headers=hall.aline).status_code == 200
        for headers in ({}, hall.mamadou):
            assert themes not in hall.client.get("/ormeline/contributions", headers=headers).text
