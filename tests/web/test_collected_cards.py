"""Private addresses for contributions that were collected elsewhere: by mail where that was agreed, else on cards."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from motion.rules.contributions import ContributionState
from motion.web.pages import collected_cards
from storage.models import Contribution, Job, Mail
from tests.web.moderation_world import DESK, of, record, text_of
from tests.web.secretariat_world import rows
from tests.web.test_collected import imported
from tests.web.world import Hall, served

FILE = (
    "id;auteur;texte;commune;date;courriel;contact\n"
    "1;Solène Marchebrune;Le car ne passe plus.;;;Solene@valbrune.example;oui\n"
    "2;Régis Aubeterre;La pharmacie ferme.;;;regis@ormelac.example;non\n"
    "3;Ida Ferrand;Et la poste ?;;;;\n"
    "4;Paul Vernay;Le pont.;;;paul@;oui\n"
)
COLUMNS_OF_MAIL = {"column-email": "5", "column-contact": "6"}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def brought_in(hall: Hall) -> str:
    """Import the file; the address of its cards."""
    page = imported(hall, FILE, **COLUMNS_OF_MAIL)
    found = re.search(r'href="([^"]+/adresses)"', page.text)
    assert found is not None
    return found[1]


def printed(hall: Hall, here: str, tmp_path: Path, **fields: str) -> dict[str, str]:
    """Have a sheet made: the path of the private address of each contribution on it."""
    answer = hall.client.post(here, data=fields, headers=hall.odile)
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["cache-control"] == "no-store"
    (tmp_path / "sheet.pdf").write_bytes(answer.content)
    words = " ".join("".join(page.extract_text() for page in PdfReader(tmp_path / "sheet.pdf").pages).split())
    assert "testserver/ormeline/suivi/" in words
    names = re.findall(r"Contribution C\d+ (\w+ \w+)", words)
    assert set(names) <= {"Solène Marchebrune", "Régis Aubeterre", "Ida Ferrand"}
    cards = re.findall(r"Contribution (C\d+).*?((?:[0-9a-f]{4} ){7}[0-9a-f]{4})", words)
    hall.client.cookies.clear()
    return {code: f"/ormeline/suivi/{secret}" for code, secret in cards}


class TestByMail:
    def test_who_agreed_is_written_to_once(self, hall: Hall) -> None:
        """With the address at which the contribution is corrected or taken back; nobody else is."""
        brought_in(hall)
        (mail,) = rows(hall, Mail)
        assert mail.recipient == "solene@valbrune.example" and mail.subject.endswith(" C1")
        found = re.search(r"http://testserver(/ormeline/suivi/[0-9a-f]{32})\n", mail.body)
        assert found is not None
        assert "Votre contribution C1" in hall.client.get(found[1]).text
        assert hall.client.post(f"{found[1]}/retirer").status_code == 303
        assert of(hall, 1).state == ContributionState.WITHDRAWN

    def test_addresses_stay_out_of_all_the_rest(self, hall: Hall) -> None:
        """Neither the record, nor the contribution, nor what is kept of the import names them."""
        brought_in(hall)
        told = [entry.body for entry in record(hall) if entry.kind == "contribution.address"]
        assert told == [{"contribution": "C1"}]
        entries = str([entry.body for entry in record(hall)])
        kept = "".join(row.outcome + row.arguments for row in rows(hall, Job))
        for text in (entries, kept):
            assert "valbrune.example" not in text and "ormelac.example" not in text
        assert {row.email for row in rows(hall, Contribution)} == {None}

    def test_an_address_that_is_none(self, hall: Hall) -> None:
        """Refuses its line with a reason; where no mail was agreed to, nobody looks at it."""
        page = imported(hall, FILE, **COLUMNS_OF_MAIL)
        refused = re.search(r'href="([^"]+/refusees\.csv)"', page.text)
        assert refused is not None
        assert "l’adresse de courriel n’est pas lisible" in hall.client.get(refused[1], headers=hall.odile).text
        content = FILE.replace("4;Paul Vernay;Le pont.;;;paul@;oui", "4;Paul Vernay;Le pont.;;;paul@;")
        imported(hall, content, **COLUMNS_OF_MAIL)
        assert len(rows(hall, Contribution)) == 4


class TestTheSheet:
    def test_gives_each_author_an_address(self, hall: Hall, tmp_path: Path) -> None:
        """Those who were mailed one keep theirs; the record says who gave them, and not which."""
        here = brought_in(hall)
        assert "Sans adresse 2" in text_of(hall.client.get(here, headers=hall.odile))
        addresses = printed(hall, here, tmp_path, who="without")
        assert list(addresses) == ["C2", "C3"]
        for code, address in addresses.items():
            assert f"Votre contribution {code}" in hall.client.get(address).text
        given = [(entry.body, entry.by) for entry in record(hall) if entry.kind == "contribution.address"]
        assert given == [({"contribution": f"C{number}"}, "sec-1") for number in (1, 2, 3)]
        again = hall.client.post(here, data={"who": "without"}, headers=hall.odile)
        assert "Rien à imprimer" in text_of(again)

    def test_made_again_for_all_ends_the_ones_before(self, hall: Hall, tmp_path: Path) -> None:
        """A sheet that was lost is replaced."""
        here = brought_in(hall)
        first = printed(hall, here, tmp_path, who="without")
        second = printed(hall, here, tmp_path, who="all")
        assert list(second) == ["C1", "C2", "C3"]
        assert hall.client.get(first["C2"]).status_code == 404
        assert hall.client.get(second["C2"]).status_code == 200

    def test_leaves_out_what_was_taken_back(self, hall: Hall, tmp_path: Path) -> None:
        """Its author has no more to follow."""
        here = brought_in(hall)
        address = printed(hall, here, tmp_path, who="without")["C2"]
        hall.client.post(f"{address}/retirer")
        assert list(printed(hall, here, tmp_path, who="all")) == ["C1", "C3"]

    def test_a_long_import_comes_in_parts(self, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Named by their first and last contribution, and together they hold all of it."""
        monkeypatch.setattr(collected_cards, "MOST_CARDS", 2)
        here = brought_in(hall)
        assert "De C3 à C3" in text_of(hall.client.get(here, headers=hall.odile))
        parts = [list(printed(hall, here, tmp_path, who="all", part=part)) for part in ("1", "2")]
        assert parts == [["C1", "C2"], ["C3"]]

    def test_one_card_alone(self, hall: Hall) -> None:
        """Of a contribution, as for words said aloud: its page at the desk leads there."""
        brought_in(hall)
        one = f"{DESK}/C3/adresse"
        assert f'href="{one}"' in hall.client.get(f"{DESK}/C3", headers=hall.odile).text
        answer = hall.client.post(one, headers=hall.odile)
        assert re.search(r"/ormeline/suivi/[0-9a-f]{32}", answer.text) and f'href="{DESK}/C3"' in answer.text

    def test_is_the_secretariats(self, hall: Hall) -> None:
        """Nobody else's; and of an import that is done, not of a preview."""
        here = brought_in(hall)
        for method in ("GET", "POST"):
            for headers in ({}, hall.aline, hall.mamadou):
                assert hall.client.request(method, here, headers=headers).status_code == 403
            number = int(re.findall(r"\d+", here)[-1])
            preview = here.replace(f"/{number}/", f"/{number - 1}/")
            assert hall.client.request(method, preview, headers=hall.odile).status_code == 404
