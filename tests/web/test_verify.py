"""A fingerprint is recognised without script."""

import base64
import hashlib
from collections.abc import Iterator
from html import unescape

import pytest

from motion.work.checkpoints import Checkpoints
from tests.web.world import TEXT, Hall, served


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("verifier")) as hall:
        yield hall


def answered(hall: Hall, asked: str, status: int = 200) -> str:
    """What the page says."""
    found = hall.client.get("/ormeline/verifier", params={"empreinte": asked})
    assert found.status_code == status
    return unescape(found.text).replace("\u00a0", " ")


def test_a_text_is_recognised_however_its_fingerprint_is_copied(hall: Hall) -> None:
    """In groups, in capitals, as base64."""
    digest = hashlib.sha256(TEXT.encode())
    plain = digest.hexdigest()
    grouped = " ".join(plain[at : at + 4] for at in range(0, 64, 4))
    for asked in (plain, plain.upper(), grouped, base64.b64encode(digest.digest()).decode()):
        assert "C’est le texte de la motion 1" in answered(hall, asked)


@pytest.mark.parametrize("asked", ["abc", "z" * 64, "0" * 63, "é" * 44, "<script>"])
def test_what_is_no_fingerprint_says_what_one_is(hall: Hall, asked: str) -> None:
    """With what was typed still there."""
    assert "n’est pas une empreinte" in answered(hall, asked, 422)


def test_an_unknown_fingerprint_says_what_may_be_wrong(hall: Hall) -> None:
    """A comma is enough."""
    assert "Rien de publié ici n’a cette empreinte" in answered(hall, "0" * 64)


def test_the_page_names_the_guide_and_leads_to_it(hall: Hall) -> None:
    """`VERIFY.md`, in the language of the congress; in another one, on the page in that language."""
    assert "VERIFY" not in hall.client.get("/ormeline/verifier").text  # nothing is signed
    assert hall.client.get("/ormeline/VERIFY.md").status_code == 404
    assert Checkpoints(hall.service.store, bytes(32)).sign_due(hall.at[0])
    page = unescape(hall.client.get("/ormeline/verifier").text)
    assert 'href="/ormeline/VERIFY.md"' in page and "Lire VERIFY.md" in page
    english = unescape(hall.client.get("/ormeline/verifier", headers={"Accept-Language": "en"}).text)
    assert 'href="/ormeline/VERIFY.en.md"' in english
    found = hall.client.get("/ormeline/VERIFY.md")
    assert found.status_code == 200 and found.headers["content-type"].startswith("text/markdown")
    note = hall.client.get("/ormeline/log/checkpoint").text.split("\n")
    assert found.text.startswith("# Vérifier ce congrès") and note[0] in found.text and note[2] in found.text
    assert hall.client.get("/ormeline/VERIFY.en.md").text.startswith("# Check this congress")
    again = hall.client.get("/ormeline/VERIFY.md", headers={"If-None-Match": found.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("address", ["/ormeline/VERIFY.xx.md", "/nulle-part/VERIFY.md"])
def test_there_is_no_other_guide(hall: Hall, address: str) -> None:
    """Of another language, or of no congress."""
    assert hall.client.get(address).status_code == 404
