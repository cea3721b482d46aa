"""A motion to take away, at its addresses."""

from collections.abc import Iterator

import pytest

from motion.web.pages.documents import FORMATS
from tests.web.world import Hall, served

STARTS = {
    "pdf": b"%PDF",
    "gros-caracteres.pdf": b"%PDF",
    "odt": b"PK",
    "docx": b"PK",
    "epub": b"PK",
    "akn.xml": b"<?xml",
}


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
