"""A paper form from its photo to its publication: typed beside its image, parts hidden, compared by somebody else."""

import asyncio
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from PIL import Image, ImageDraw
from sqlmodel import Session

from motion.acts import contributions, moderation
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import sheets as sheet_rows
from storage.models import (
    Collection,
    Congress,
    Contribution,
    ContributionConsent,
    ContributionFile,
    ContributionVersion,
    DoomedBlob,
    FileRendition,
    Upload,
)
from tests.web.secretariat_world import HOME, get, rows
from tests.web.test_scribe import second, send
from tests.web.world import NOW, Hall, served

TYPED = {
    "name": "Ève Sauvaigre",
    "place": "Hameau du Bout",
    "text": "Le car ne passe plus.",
    "use_publish": "1",
    "use_quote": "1",
    "adult": "1",
    "deed": "keep",
}
RED, HIDDEN = (200, 30, 30), (40, 40, 40)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress that has printed five forms."""
    with served(tmp_path) as hall:
        hall.service.store.write_now(lambda db: db.add(Collection(congress_id=1, sheets=5)))
        yield hall


def photo(width: int = 300, height: int = 400, turned: int = 1) -> bytes:
    """A form whose lower right part is red: its signature. `turned` is the orientation that a telephone writes."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((width // 2, height * 3 // 4, width, height), RED)
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Telephone of Eve", turned
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def pdf(pages: int = 2) -> bytes:
    """A scan of so many pages."""
    source = "#set page(width: 100mm, height: 150mm)\n" + "#pagebreak()\n".join(["Le car ne passe plus.\n"] * pages)
    return typst.compile(source.encode(), format="pdf")


def scan(hall: Hall, number: str, *files: tuple[str, bytes, str]):
    """Send scans of a form."""
    sent = [("scan", file) for file in files]
    return hall.client.post(HOME + "/fiches/saisir", data={"sheet": number}, files=sent, headers=hall.odile)


def typed(hall: Hall, number: int, fields: dict[str, str]):
    """Send the form as it is shown, beside its images."""
    shown = re.search(r'name="scans" value="([^"]*)"', get(hall, f"/fiches/{number}/saisir").text)
    return send(hall, f"/fiches/{number}/saisir", fields | ({"scans": shown[1]} if shown else {}))


def sent(hall: Hall, number: int = 3, **typed_too: str):
    """Send the photo of a form, and type it."""
    assert scan(hall, str(number), ("recto.jpg", photo(), "image/jpeg")).status_code == 303
    return typed(hall, number, {**TYPED, **typed_too})


def image(hall: Hall, path: str) -> Image.Image:
    """A picture that the pages show."""
    answer = get(hall, path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    return Image.open(io.BytesIO(answer.content))


def is_near(found, wanted) -> bool:
    """Colours of a JPEG."""
    return all(abs(one - other) < 30 for one, other in zip(found, wanted, strict=True))


class TestScans:
    def test_are_shown_upright_and_without_what_the_telephone_says(self, hall: Hall) -> None:
        """Beside the form, for the secretariat alone."""
        answer = scan(hall, "3", ("recto.jpg", photo(turned=6), "image/jpeg"))
        assert answer.headers["location"] == HOME + "/fiches/3/saisir"
        assert 'src="/ormeline/secretariat/fiches/3/images/1"' in get(hall, "/fiches/3/saisir").text
        shown = image(hall, "/fiches/3/images/1")
        assert (
            shown.size == (400, 300)
            and not shown.getexif()
            and b"Telephone" not in get(hall, "/fiches/3/images/1").content
        )
        for who in ("aline", "nobody"):
            assert get(hall, "/fiches/3/images/1", who=who).status_code == 403
        assert get(hall, "/fiches/3/images/2").status_code == 404

    def test_may_be_a_pdf_whose_pages_stand_below_one_another(self, hall: Hall) -> None:
        """Up to four of them."""
        assert scan(hall, "3", ("scan.pdf", pdf(2), "application/pdf")).status_code == 303
        width, height = image(hall, "/fiches/3/images/1").size
        assert 2.9 < height / width < 3.1
        refused = scan(hall, "4", ("scan.pdf", pdf(5), "application/pdf"))
        assert refused.status_code == 422 and "trop de pages" in refused.text

    @pytest.mark.parametrize(
        "content",
        [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"bonjour", photo()[:500], b"%PDF-1.4\nrien", b"GIF89a"],
    )
    def test_what_cannot_be_read_is_said_at_once_and_not_kept(self, hall: Hall, content: bytes) -> None:
        """While the sheet is at hand."""
        answer = scan(hall, "3", ("recto.jpg", content, "image/jpeg"))
        assert answer.status_code == 422 and 'href="#scan"' in answer.text and 'value="3"' in answer.text
        assert rows(hall, Upload) == []

    @pytest.mark.parametrize("number", ["", "0", "6", "trois"])
    def test_need_a_number_that_was_printed(self, hall: Hall, number: str) -> None:
        """Else nothing is kept."""
        answer = scan(hall, number, ("recto.jpg", photo(), "image/jpeg"))
        assert answer.status_code == 422 and 'href="#sheet"' in answer.text and rows(hall, Upload) == []

    def test_are_four_at_most_and_one_at_least(self, hall: Hall) -> None:
        """All that belong to one form; they can be sent again."""
        file = ("recto.jpg", photo(), "image/jpeg")
        assert scan(hall, "3").status_code == 422
        assert scan(hall, "3", file, file, file).status_code == 303
        assert scan(hall, "3", file, file).status_code == 422
        assert send(hall, "/fiches/3/saisir", {"deed": "forget"}).headers["location"].endswith("saisir?numero=3")
        assert rows(hall, Upload) == [] and get(hall, "/fiches/3/saisir").status_code == 303


class TestTyping:
    def test_a_form_waits_for_a_second_person(self, hall: Hall) -> None:
        """Signed by its author, with its scan kept and a picture to be published, once."""
        answer = sent(hall)
        assert answer.headers["location"] == HOME + "/fiches?fait=C1"
        assert "Une autre personne doit maintenant la relire" in get(hall, "/fiches?fait=C1").text
        (contribution,), (file,), (made,) = (
            rows(hall, Contribution),
            rows(hall, ContributionFile),
            rows(hall, FileRendition),
        )
        assert (contribution.channel, contribution.state, contribution.sheet) == ("paper", "awaited", 3)
        assert (file.kind, file.state, made.role, made.entry) == ("photo", "done", "page", None)
        assert (rows(hall, ContributionConsent)[0].uses, rows(hall, ContributionConsent)[0].how) == (
            "publish quote",
            "signed",
        )
        assert rows(hall, DoomedBlob) == [] and rows(hall, Upload)[0].state == "taken"
        assert typed(hall, 3, TYPED).status_code == 409
        assert scan(hall, "3", ("recto.jpg", photo(), "image/jpeg")).status_code == 422

    def test_all_that_wait_are_counted_and_the_last_one_is_named(
        self, hall: Hall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many of them the list shows."""
        monkeypatch.setattr(sheet_rows, "SHOWN", 1)
        sent(hall, 3)
        sent(hall, 4)
        page = get(hall, "/fiches?fait=C2").text
        assert "À relire <b>2</b>" in page and "La fiche n°\xa04 est saisie." in page
        assert "fiches/3/relire" in page and "contributions?liste=a-comparer" in page

    def test_needs_the_boxes_that_the_law_asks_for(self, hall: Hall) -> None:
        """Publication and age; everything that was typed stays."""
        for box in ("use_publish", "adult"):
            assert scan(hall, "3", ("recto.jpg", photo(), "image/jpeg")).status_code == 303
            answer = typed(hall, 3, {name: value for name, value in TYPED.items() if name != box})
            assert answer.status_code == 422 and "Le car ne passe plus." in answer.text
            send(hall, "/fiches/3/saisir", {"deed": "forget"})
        assert rows(hall, Contribution) == []

    def test_hidden_parts_are_seen_before_anything_is_kept(self, hall: Hall) -> None:
        """By the address of the image, without script."""
        scan(hall, "3", ("recto.jpg", photo(), "image/jpeg"))
        mask = {"mask-1-left": "50", "mask-1-top": "75", "mask-1-width": "60", "mask-1-height": "25"}
        answer = typed(hall, 3, {**TYPED, **mask, "deed": "preview"})
        assert answer.status_code == 200 and "images/1?m=50,75,50,25" in answer.text and rows(hall, Contribution) == []
        assert is_near(image(hall, "/fiches/3/images/1").getpixel((250, 350)), RED)
        assert is_near(image(hall, "/fiches/3/images/1?m=50,75,50,25").getpixel((250, 350)), HIDDEN)
        wrong = typed(hall, 3, {**TYPED, **mask, "mask-1-top": "bas"})
        assert wrong.status_code == 422 and "0 à 100" in wrong.text and rows(hall, Contribution) == []

    def test_two_people_at_one_form(self, hall: Hall) -> None:
        """Nobody publishes images that they have not seen; nothing typed is lost; one form is received."""
        assert scan(hall, "3", ("recto.jpg", photo(), "image/jpeg")).status_code == 303
        first = re.search(r'name="scans" value="([^"]*)"', get(hall, "/fiches/3/saisir").text)
        assert first is not None
        second(hall)
        other = [("scan", ("verso.jpg", photo(), "image/jpeg"))]
        headers = hall.signed_in("gaspard")
        assert (
            hall.client.post(f"{HOME}/fiches/saisir", data={"sheet": "3"}, files=other, headers=headers).status_code
            == 303
        )
        refused = send(hall, "/fiches/3/saisir", {**TYPED, "scans": first[1]})
        assert refused.status_code == 422 and "ont changé" in refused.text and "Le car ne passe plus." in refused.text
        assert "images/2" in refused.text and rows(hall, Contribution) == []
        send(hall, "/fiches/3/saisir", {"deed": "forget"})
        emptied = send(hall, "/fiches/3/saisir", {**TYPED, "scans": first[1]})
        assert emptied.status_code == 422 and "/fiches/saisir?numero=3" in emptied.text
        assert sent(hall).status_code == 303
        late = hall.client.post(f"{HOME}/fiches/3/saisir", data={**TYPED, "scans": first[1]}, headers=headers)
        assert late.status_code == 409 and "C1" in late.text and len(rows(hall, Contribution)) == 1

    def test_namesakes_of_a_commune_are_a_choice(self, hall: Hall) -> None:
        """As everywhere."""
        answer = sent(hall, place="Saint-Denis")
        assert answer.status_code == 422 and 'value="93066"' in answer.text
        assert typed(hall, 3, {**TYPED, "place": "Saint-Denis", "place_code": "93066"}).status_code == 303
        assert rows(hall, ContributionVersion)[0].commune_code == "93066"


class TestComparing:
    def test_is_for_somebody_else(self, hall: Hall) -> None:
        """Who then has it published with the picture, and never with the scan."""
        other = second(hall)
        sent(hall, **{"mask-1-left": "50", "mask-1-top": "75", "mask-1-width": "50", "mask-1-height": "25"})
        assert "une autre personne" in get(hall, "/fiches/3/relire").text
        confirm = {"deed": "confirm", "version": "1"}
        assert send(hall, "/fiches/3/relire", confirm).status_code == 403
        page = get(hall, "/fiches/3/relire", who=other)
        assert "images/1?publiee=1" in page.text and "Oui, tout est pareil" in page.text
        assert is_near(image(hall, "/fiches/3/images/1?publiee=1").getpixel((250, 350)), HIDDEN)
        assert send(hall, "/fiches/3/relire", confirm, other).status_code == 303
        assert rows(hall, Contribution)[0].state == "received"
        publish(hall)
        (made,) = rows(hall, FileRendition)
        assert made.entry is not None and b"Exif" not in content(hall, made.blob)
        fate = hall.client.get("/ormeline/fiche/3")
        assert 'href="/ormeline/contributions/C1"' in fate.text and "Publiée" in fate.text

    def test_a_correction_is_read_again_by_another(self, hall: Hall) -> None:
        """Whoever corrects has typed it; what was read before counts no longer."""
        other = second(hall)
        sent(hall)
        corrected = {**TYPED, "deed": "correct", "text": "Le car ne passe plus le jeudi."}
        assert send(hall, "/fiches/3/relire", corrected, other).status_code == 303
        assert send(hall, "/fiches/3/relire", {"deed": "confirm", "version": "2"}, other).status_code == 403
        assert send(hall, "/fiches/3/relire", {"deed": "confirm", "version": "1"}).status_code == 409
        assert send(hall, "/fiches/3/relire", {"deed": "confirm", "version": "2"}).status_code == 303
        assert rows(hall, Contribution)[0].checked_by == 1

    def test_more_can_be_hidden_until_it_is_published(self, hall: Hall) -> None:
        """The picture before is destroyed; afterwards there is nothing to change here."""
        other = second(hall)
        sent(hall)
        (before,) = rows(hall, FileRendition)
        mask = {"deed": "hide", "mask-1-left": "50", "mask-1-top": "75", "mask-1-width": "50", "mask-1-height": "25"}
        assert send(hall, "/fiches/3/relire", {"deed": "hide"}, other).status_code == 422
        assert send(hall, "/fiches/3/relire", mask, other).headers["location"].endswith("relire?fait=image")
        (after,) = rows(hall, FileRendition)
        assert after.blob != before.blob and [row.key for row in rows(hall, DoomedBlob)] == [before.blob]
        assert is_near(image(hall, "/fiches/3/images/1?publiee=1").getpixel((250, 350)), HIDDEN)
        send(hall, "/fiches/3/relire", {"deed": "confirm", "version": "1"}, other)
        publish(hall)
        assert send(hall, "/fiches/3/relire", mask, other).status_code == 409
        assert send(hall, "/fiches/3/relire", {**TYPED, "deed": "correct", "text": "Non."}, other).status_code == 409


def publish(hall: Hall) -> None:
    """Have the moderator publish the first contribution."""
    actor = Actor(1, Role.SECRETARIAT, secretary_id=1)
    hall.service.store.write_now(lambda db: moderation.publish(db, actor, contributions.get(db, 1, 1), now=NOW))


def content(hall: Hall, key: str) -> bytes:
    """A blob."""

    async def read() -> bytes:
        return b"".join([piece async for piece in hall.service.blobs.read(key)])

    return asyncio.run(read())


def test_a_form_of_another_congress_is_not_found(hall: Hall) -> None:
    """Numbers belong to a congress."""

    def look(db: Session) -> object:
        return sheet_rows.fate(db, db.get_one(Congress, 1), 5)

    assert hall.service.store.read_now(look).contribution is None
    assert get(hall, "/fiches/6/saisir").status_code == 404
    assert get(hall, "/fiches/5/relire").status_code == 404
