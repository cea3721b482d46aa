"""What a page shows names it: nobody keeps one that says something else, whether a browser or this process."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from storage.models import DraftUpdate, Motion, Official
from tests.web.world import NOW, Hall, give_authors, served


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


class TestWhileTheyWrite:
    """Each keystroke is an entry; the reading copy, which the pages show, is another once a second."""

    @staticmethod
    def keystroke(db: Session) -> None:
        motion = db.exec(select(Motion).where(Motion.code == "M1")).one()
        motion.number += 1
        motion.last_entry += 1
        db.add(motion)
        db.add(
            DraftUpdate(
                motion_id=motion.id,
                number=motion.number,
                entry=motion.last_entry,
                official_id=2,
                salt=bytes(32),
                content=b"",
                at=NOW,
            )
        )

    @pytest.mark.parametrize("path", ["motions/M1", "motions/M1/fragments/marge", "motions/M1/imprimer"])
    def test_a_page_stays_the_same_until_its_copy_moves(self, hall: Hall, path: str) -> None:
        """It is made once for all its readers, and says who wrote once it shows what they wrote."""
        before = hall.client.get(f"/ormeline/{path}")
        hall.service.store.write_now(self.keystroke)
        assert hall.client.get(f"/ormeline/{path}").headers["etag"] == before.headers["etag"]

        def copy(db: Session) -> None:
            motion = db.exec(select(Motion).where(Motion.code == "M1")).one()
            motion.text_number = motion.number
            db.add(motion)

        hall.service.store.write_now(copy)
        assert hall.client.get(f"/ormeline/{path}").headers["etag"] != before.headers["etag"]

    def test_a_program_is_told_the_last_entry(self, hall: Hall) -> None:
        """JSON has its number, so it is another answer."""
        before = hall.client.get("/ormeline/motions/M1.json")
        hall.service.store.write_now(self.keystroke)
        after = hall.client.get("/ormeline/motions/M1.json", headers={"if-none-match": before.headers["etag"]})
        assert after.status_code == 200 and after.json()["entry"] == before.json()["entry"] + 1
