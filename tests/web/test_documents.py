"""A motion to take away, at its addresses."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from motion.exports.motion_document import MotionDocument
from motion.web.pages import documents
from motion.web.pages.documents import FORMATS, Files
from tests.web.world import Hall, served

STARTS = {
    "pdf": b"%PDF",
    "gros-caracteres.pdf": b"%PDF",
    "odt": b"PK",
    "docx": b"PK",
    "epub": b"PK",
    "akn.xml": b"<?xml",
}


LANGUAGE = {"accept-language": "en"}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("documents")) as hall:
        yield hall


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("code", ["fr", "en"])
def test_each_format_has_its_address(hall: Hall, name: str, code: str) -> None:
    """With its kind, a name that says the entry, and 304 when nothing has changed."""
    path = f"/ormeline/motions/M1.{name}"
    found = hall.client.get(path, headers={"accept-language": code})
    assert found.status_code == 200 and found.content.startswith(STARTS[name])
    assert found.headers["content-type"].startswith(FORMATS[name].media_type)
    assert 'filename="M1-' in found.headers["content-disposition"]
    again = hall.client.get(path, headers={"accept-language": code, "if-none-match": found.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_empty_motion_has_its_files_too(hall: Hall, name: str) -> None:
    """The second motion has no words."""
    assert hall.client.get(f"/ormeline/motions/M2.{name}").status_code == 200


def test_a_motion_that_is_not_there_has_none(hall: Hall) -> None:
    """Nor does an unknown ending."""
    assert hall.client.get("/ormeline/motions/M9.pdf").status_code == 404
    assert hall.client.get("/ormeline/motions/M1.exe").status_code == 404


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each file that was written, by the motion that it is of."""
    written: list[str] = []
    before = documents.document_of

    def counted(*arguments: Any) -> MotionDocument:
        document = before(*arguments)
        written.append(document.code)
        return document

    monkeypatch.setattr(documents, "document_of", counted)
    return written


def test_a_file_is_made_once_however_it_is_asked_for(hall: Hall, made: list[str]) -> None:
    """Whatever stands behind the address, and whoever asks: words of no meaning cost no second file."""
    answers = [
        hall.client.get("/ormeline/motions/M2.gros-caracteres.pdf", headers=headers | LANGUAGE, params={"x": str(turn)})
        for turn, headers in enumerate(({}, {}, hall.aline, hall.odile))
    ]
    assert made == ["M2"]
    assert len({answer.headers["etag"] for answer in answers}) == 1


def test_only_so_many_wait_for_a_file() -> None:
    """Who comes after them is told to come back, and who asks for a file that is there is served."""

    async def crowd() -> None:
        files = Files()
        assert await files.get(("a",), lambda: b"there") == b"there"
        files._waiting = documents.MOST_WAITING
        with pytest.raises(HTTPException) as refused:
            await files.get(("b",), lambda: b"more")
        assert refused.value.status_code == 503
        assert await files.get(("a",), lambda: b"again") == b"there"

    asyncio.run(crowd())


def test_a_text_being_written_is_not_written_out_at_every_keystroke(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the last seconds is given again, unless words were taken out or the state changed: another key."""

    async def drafting() -> None:
        files = Files()
        first = await files.newest(("M1", "drafting"), "v1", 1, lambda: b"one")
        assert await files.newest(("M1", "drafting"), "v2", 2, lambda: b"two") == first
        assert (await files.newest(("M1", "frozen"), "v2", 2, lambda: b"two")).content == b"two"
        monkeypatch.setattr(documents, "FRESH_S", 0.0)
        assert (await files.newest(("M1", "drafting"), "v2", 2, lambda: b"two")).entry == 2

    asyncio.run(drafting())
