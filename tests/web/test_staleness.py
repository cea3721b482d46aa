"""What a page shows names it: nobody keeps one that says something else, whether a browser or this process."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from storage.models import Official
from tests.web.world import Hall, give_authors, served


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("nommer")) as hall:
        give_authors(hall, "M1", [[400, 2]])
        yield hall


def rename(db: Session) -> None:
    """As `roster.correct` does, whose entry stands elsewhere in the record than the motion's."""
    official = db.get_one(Official, 2)
    official.family_name, official.mandate = "DIARRA-LENOIR", "maire"
    db.add(official)


@pytest.mark.parametrize(
    "path",
    ["motions/M1", "motions/M1?vue=auteurs", "motions/M1/fragments/marge", "motions/M1/imprimer", "motions/M1.json"],
)
def test_a_name_that_was_corrected_is_read_at_once(hall: Hall, path: str) -> None:
    """On the pages of the texts too: whoever was misspelt does not stay so in browsers."""
    before = hall.client.get(f"/ormeline/{path}")
    assert "Diarra" in before.text and "Lenoir" not in before.text
    hall.service.store.write_now(rename)
    after = hall.client.get(f"/ormeline/{path}", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200 and "Lenoir" in after.text


def test_an_address_with_two_slashes_leads_nowhere_else(hall: Hall) -> None:
    """The page that says so has links to itself in other languages: they stay here."""
    for path in ("//ailleurs.example/x", "///ailleurs.example", "/%2Failleurs.example"):
        answer = hall.client.get(f"http://testserver{path}")
        assert answer.status_code == 404
        assert 'href="//' not in answer.text and 'value="//' not in answer.text
