"""Files of a contribution by an ordinary form: every byte of them, what they are, and whose they are."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import contributions as rows
from storage.models import Upload
from tests.web.participants import CONSENT, HERE, PNG, attach, fill, filled, key_in, received, send, table, visit
from tests.web.world import Hall, served


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress that listens."""
    with served(tmp_path) as hall:
        yield hall


class TestFiles:
    """By an ordinary form, into the same uploads."""

    def test_a_photo_with_its_description(self, hall: Hall) -> None:
        """Its blob belongs to the contribution from then on."""
        key = filled(hall)
        assert attach(hall, "C:\\photos\\route.png", PNG, "image/png", description="La route").status_code == 303
        html = visit(hall, f"{HERE}/fichiers")
        assert "route.png" in html and "photo ou dessin" in html and "La route" in html
        assert send(hall, key).status_code == 200
        file = hall.service.store.read_now(rows.files, received(hall).id)[0]
        assert (file.kind, file.media_type, file.file_name, file.size, file.description) == (
            "photo", "image/png", "route.png", len(PNG), "La route",
        )  # fmt: skip
        assert [upload.state for upload in table(hall, Upload)] == ["taken"]
        assert hall.service.store.read_now(rows.kept_as_files, [file.name])[file.name].blob == file.blob

    @pytest.mark.parametrize("size", [1, 2, 65_535, 65_536, 3_000_000])
    def test_every_byte_arrives(self, hall: Hall, size: int) -> None:
        """Of a file that comes in one piece or in many, lines that look like the form's end included."""
        visit(hall)
        content = (b"%PDF-1.7\r\n--boundary--\r\n" * (size // 20 + 1))[: max(size, 9)]
        assert attach(hall, "acte.pdf", content).status_code == 303
        (upload,) = table(hall, Upload)
        assert (upload.state, upload.length) == ("done", len(content))
        folder = hall.service.settings.data_dir / "fichiers"
        assert (folder / upload.key[:2] / upload.key).read_bytes() == content

    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<!doctype html><script>alert(1)</script>",
            b"MZ\x90\x00" + bytes(100),
            b"PK\x03\x04" + bytes(100),
            b"\x1f\x8b\x08" + bytes(100),
            b"\xd0\xcf\x11\xe0" + bytes(100),
            b"Bonjour",
        ],
    )
    def test_what_is_not_taken(self, hall: Hall, content: bytes) -> None:
        """Said at once, with the reason; the other answers and files stay."""
        key = filled(hall)
        attach(hall, "a.png", PNG)
        answer = attach(hall, "photo.jpg", content, "image/jpeg")
        assert answer.status_code == 422 and "photo.jpg" in answer.text and "a.png" in answer.text
        assert [upload.file_name for upload in table(hall, Upload)] == ["a.png"]
        assert send(hall, key).status_code == 200

    def test_a_document_in_an_archive(self, hall: Hall) -> None:
        """A DOCX is one by the names within."""
        visit(hall)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", "<w/>")
        assert attach(hall, "lettre.docx", packed.getvalue()).status_code == 303
        assert "document" in visit(hall, f"{HERE}/fichiers")

    def test_no_file_chosen(self, hall: Hall) -> None:
        """Said in words."""
        visit(hall)
        assert attach(hall, "", b"").status_code == 422

    def test_a_form_without_length(self, hall: Hall) -> None:
        """Refused, and nothing is begun."""
        visit(hall)
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = hall.client.post(f"{HERE}/fichiers/ajouter", content=iter([b"--x--\r\n"]), headers=kind)
        assert answer.status_code == 400 and table(hall, Upload) == []

    def test_a_form_that_is_cut(self, hall: Hall) -> None:
        """The file is given up: a form can't go on with it."""
        visit(hall)
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG
        kind = {"content-type": "multipart/form-data; boundary=x", "content-length": str(len(body) + 900)}
        answer = hall.client.post(f"{HERE}/fichiers/ajouter", content=body, headers=kind)
        assert answer.status_code == 400 and table(hall, Upload) == []

    def test_taking_one_away(self, hall: Hall) -> None:
        """Its bytes go with it."""
        visit(hall)
        attach(hall, "a.png", PNG)
        (upload,) = table(hall, Upload)
        fill(hall, "fichiers", retirer=upload.id)
        assert table(hall, Upload) == []

    def test_another_person(self, hall: Hall) -> None:
        """Neither sees nor takes away the files of others."""
        visit(hall)
        attach(hall, "a.png", PNG)
        (upload,) = table(hall, Upload)
        hall.client.cookies.clear()
        assert "a.png" not in visit(hall, f"{HERE}/fichiers")
        fill(hall, "fichiers", retirer=upload.id)
        assert len(table(hall, Upload)) == 1

    def test_a_file_alone(self, hall: Hall) -> None:
        """Needs no words."""
        visit(hall)
        attach(hall, "a.png", PNG)
        fill(hall, "nom", name="Zoé", official="non")
        fill(hall, "accord", **CONSENT)
        assert send(hall, key_in(visit(hall, f"{HERE}/verifier"))).status_code == 200
