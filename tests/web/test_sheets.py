"""Paper forms on the web: printing them, and what anyone may know of one."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from storage.models import Collection, Congress
from tests.web.secretariat_world import get, post, rows
from tests.web.world import Hall, served


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


class TestPrinting:
    def test_answers_with_the_forms(self, hall: Hall) -> None:
        """A file that nobody keeps, with the numbers that follow."""
        for first, last in ((1, 2), (3, 4)):
            answer = post(hall, "/fiches", count="2", phone="01 99 00 00 00")
            assert answer.headers["content-type"] == "application/pdf" and answer.headers["cache-control"] == "no-store"
            assert f"fiches-ormeline-{first}-{last}.pdf" in answer.headers["content-disposition"]
            words = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
            assert len(words) == 4 and "testserver/ormeline/fiche" in words[0] and "01 99 00 00 00" in words[0]
        assert rows(hall, Collection)[0].sheets == 4

    @pytest.mark.parametrize("count", ["", "0", "501", "douze", "-3", "9" * 12])
    def test_wants_a_number(self, hall: Hall, count: str) -> None:
        """From 1 to 500; the page says so, and nothing is printed."""
        answer = post(hall, "/fiches", count=count, post="Halle aux Grains")
        assert answer.status_code == 422 and 'href="#count"' in answer.text and "Halle aux Grains" in answer.text
        assert rows(hall, Collection) == []

    def test_is_over_when_the_congress_is_closed(self, hall: Hall) -> None:
        """The page offers it no longer, and the form is refused."""

        def close(db) -> None:
            db.get_one(Congress, 1).phase = "closed"

        hall.service.store.write_now(close)
        assert "Imprimer des fiches" not in get(hall, "/fiches").text
        assert post(hall, "/fiches", count="2").status_code == 409

    def test_is_for_the_secretariat(self, hall: Hall) -> None:
        """Nobody else sees the page or gets numbers."""
        for who in ("aline", "nobody"):
            assert get(hall, "/fiches", who=who).status_code == 403
            assert post(hall, "/fiches", who=who, count="2").status_code == 403
        assert rows(hall, Collection) == []


class TestFinding:
    def test_a_number_leads_to_its_form(self, hall: Hall) -> None:
        """For anyone, and for who answers the telephone."""
        post(hall, "/fiches", count="3")
        asked = hall.client.get("/ormeline/fiche?numero=%202%20")
        assert asked.status_code == 303 and asked.headers["location"] == "/ormeline/fiche/2"
        page = hall.client.get("/ormeline/fiche/2")
        assert page.status_code == 200 and "Personne ne l’a encore saisie." in page.text
        assert hall.client.get("/ormeline/fiche/2", headers={"if-none-match": page.headers["etag"]}).status_code == 304
        assert "Personne ne l’a encore saisie." in get(hall, "/fiches?numero=3").text

    @pytest.mark.parametrize("number", ["4", "0", "99999999999"])
    def test_a_form_that_was_never_printed_is_not_found(self, hall: Hall, number: str) -> None:
        """Whatever its number; the secretariat's page says it beside the field."""
        post(hall, "/fiches", count="3")
        assert hall.client.get(f"/ormeline/fiche/{number}").status_code == 404
        answer = get(hall, f"/fiches?numero={number}")
        assert answer.status_code == 422 and 'href="#numero"' in answer.text

    def test_what_is_no_number_is_asked_again(self, hall: Hall) -> None:
        """With what was typed."""
        answer = hall.client.get("/ormeline/fiche?numero=douze")
        assert answer.status_code == 422 and 'value="douze"' in answer.text
