"""A list of members, shown and then imported."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from motion.work import jobs
from storage.models import Entry, Official
from tests.acts.test_roster import HEADER, LIST
from tests.web.secretariat_world import HOME, get, post, rows, two_congresses
from tests.web.world import Hall, served


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with two_congresses(tmp_path) as hall:
        yield hall


class TestImport:
    def upload(self, hall: Hall, text: str | bytes, **fields: str):
        content = text.encode() if isinstance(text, str) else text
        return post(hall, "/liste/importer", files={"file": ("liste.csv", content)}, **fields)

    def read(self, hall: Hall, path: str):
        jobs.run_due(hall.service.store, hall.service.now)
        return get(hall, path)

    def test_shown_then_confirmed(self, hall: Hall) -> None:
        """Nothing before the button; after it, the people and the entry."""
        text = HEADER + "Merlan;Basile;maire;Ormelac;\nTarn;Irène;conseillère;Brumeval;\n"
        here = self.upload(hall, text).headers["location"]
        page = self.read(hall, here)
        assert "Basile Merlan" in page.text and "Rien n’est encore importé" in page.text
        assert len(rows(hall, Official)) == 3
        done = post(hall, here.removeprefix(HOME)).headers["location"]
        assert "La liste est importée" in self.read(hall, done).text
        assert len(rows(hall, Official)) == 5
        assert [row.kind for row in rows(hall, Entry)].count("roster.import") == 1

    def test_a_namesake_is_decided(self, hall: Hall) -> None:
        """The page asks; a forged answer is refused."""
        here = self.upload(hall, HEADER + "Diarra;Mamadou;maire;Ormelac;\n").headers["location"]
        page = self.read(hall, here).text
        assert "jamais confondues" in page and 'value="elu-2"' in page
        assert post(hall, here.removeprefix(HOME), **{"line-2": "elu-1"}).status_code == 422
        done = post(hall, here.removeprefix(HOME), **{"line-2": "elu-2"}).headers["location"]
        self.read(hall, done)
        assert rows(hall, Official)[1].territory == "Ormelac"

    def test_hundreds_are_decided_page_by_page(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Choices are kept from one page to the next and can be changed; none is lost, and the counts are right."""
        monkeypatch.setattr("motion.web.pages.roster.LOT", 2)
        text = HEADER + "".join(f"Diarra;Mamadou;maire;Lieu-{letter};\n" for letter in "abcde")
        here = self.upload(hall, text).headers["location"].removeprefix(HOME)
        page = self.read(hall, here).text
        assert "Choix 1 à 2 sur 5" in page and page.count('id="ligne-') == 2 and ">Importer</button>" not in page
        second = post(hall, here, lot="1", step="next", **{"line-2": "add", "line-3": "elu-2", "line-6": "add"})
        assert second.headers["location"].endswith("?lot=2")
        assert "Choix 3 à 4 sur 5" in get(hall, f"{here}?lot=2").text
        back = post(hall, here, lot="2", step="back", **{"line-4": "add"})
        first = get(hall, back.headers["location"]).text
        assert 'id="l2-autre" value="add" checked' in first and 'value="elu-2" checked' in first
        post(hall, here, lot="1", step="next", **{"line-2": ""})
        last = get(hall, f"{here}?lot=3").text
        assert "Choix 5 à 5 sur 5" in last and ">Importer</button>" in last
        done = post(hall, here, lot="3", **{"line-6": "add"}).headers["location"]
        told = self.read(hall, done).text
        # Line 4 and 6 are added, and 3 was left to nobody when the first page was sent again.
        assert [row.territory for row in rows(hall, Official)][3:] == ["Lieu-c", "Lieu-e"]
        assert "3 lignes douteuses n’ont pas été importées" in told

    def test_more_doubts_than_anybody_decides(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """They are said to be left out, and what to do."""
        monkeypatch.setattr("motion.work.jobs.DECIDABLE", 1)
        here = self.upload(hall, HEADER + "Diarra;Mamadou;maire;A;\nDiarra;Mamadou;maire;B;\n").headers["location"]
        assert "1 autre ligne est douteuse et ne sera pas importée" in self.read(hall, here).text

    def test_an_address_of_somebody_else_is_shown_with_its_owner(self, hall: Hall) -> None:
        """In the preview, with the name and the address; also when two lines of the file share one."""
        owner = {"family_name": "Corbières", "first_names": "Aline", "mandate": "maire", "territory": "Valbrune"}
        post(hall, "/liste/1", deed="correct", email="mairie@valbrune.example", **owner)
        lines = (
            "Tarn;Zoé;maire;A;mairie@valbrune.example\nBis;Ève;maire;B;bis@b.example\nTer;Luc;maire;C;bis@b.example\n"
        )
        here = self.upload(hall, HEADER + lines).headers["location"]
        page = self.read(hall, here).text
        assert "Cette adresse de courriel est déjà celle de quelqu’un." in page
        assert "C’est Aline Corbières" in page and "maire, Valbrune, mairie@valbrune.example" in page
        assert "Voyez aussi la ligne 3 du fichier\u00a0: Ève Bis." in page

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [(("liste.csv", b""), "ce fichier est vide (liste.csv)"), (("", b""), "aucun fichier n’est choisi")],
    )
    def test_an_empty_file_or_none(self, hall: Hall, file: tuple[str, bytes], sentence: str) -> None:
        """Each is told in its own words, at once; browsers send a part without a name when nothing was chosen."""
        name, content = file
        parts = (
            f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body = parts + content + b"\r\n--b--\r\n"
        headers = hall.odile | {"content-type": "multipart/form-data; boundary=b"}
        answer = hall.client.post(HOME + "/liste/importer", content=body, headers=headers)
        assert answer.status_code == 422 and sentence in answer.text

    def test_refused_lines_have_their_number(self, hall: Hall) -> None:
        """And the reason in words; markup from the file is only text."""
        here = self.upload(hall, LIST + "<b>Seul\n;;x;y;\n").headers["location"]
        page = self.read(hall, here).text
        assert "Ligne 4" in page and "il manque des colonnes" in page
        assert "&lt;b&gt;Seul" in page and "<b>Seul" not in page

    def test_a_picture_is_no_list(self, hall: Hall) -> None:
        """It is said to be one; its bytes are not shown as headers."""
        picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
        page = self.read(hall, self.upload(hall, picture).headers["location"]).text
        assert "est une image" in page and "En-têtes" not in page

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"rien;du\ntout;x\n", bytes(range(256)) * 40])
    def test_what_is_no_list(self, hall: Hall, content: bytes) -> None:
        """Said at once or after the reading; the roster is as it was."""
        answer = self.upload(hall, content)
        if answer.status_code == 303:
            answer = self.read(hall, answer.headers["location"])
            assert "pas été importé" in answer.text
        else:
            assert answer.status_code == 422
        assert len(rows(hall, Official)) == 3

    def test_too_large_a_file_is_not_read(self, tmp_path: Path) -> None:
        """By the setting, with its number on the page."""
        with served(tmp_path, environment={"MOTION_MAX_UPLOAD_BYTES": "10000"}) as hall:
            assert self.upload(hall, HEADER + "x" * 20_000).status_code == 422

    def test_a_reading_under_way_says_so(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody runs the job yet: the page shows how far it is, and can be refreshed."""
        monkeypatch.setattr("motion.web.pages.roster.WAIT_SECONDS", 0.1)
        here = self.upload(hall, LIST).headers["location"]
        page = get(hall, here)
        assert "<progress" in page.text and "Actualiser" in page.text

    def test_confirmed_twice_imports_once(self, hall: Hall) -> None:
        """Two clicks make two jobs; the second finds nothing to do, or a roster that changed."""
        here = self.upload(hall, LIST).headers["location"]
        self.read(hall, here)
        for _ in range(2):
            post(hall, here.removeprefix(HOME))
        jobs.run_due(hall.service.store, hall.service.now)
        names = [(row.family_name, row.territory) for row in rows(hall, Official)]
        assert len(names) == len(set(names))
