"""The pages where the secretariat's team shrinks, and where an official comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.models import Official, Secretary
from tests.web.world import Hall, served

OFFICE = "/ormeline/secretariat"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def post(hall: Hall, path: str, who: dict[str, str], **fields: str):
    return hall.client.post(OFFICE + path, data=fields, headers=who)


def test_the_last_one_has_no_button_and_is_refused(hall: Hall) -> None:
    """With the reason and what to do."""
    assert "equipe/retirer" not in hall.client.get(OFFICE + "/equipe", headers=hall.odile).text
    refused = post(hall, "/equipe/retirer", hall.odile, secretary="1")
    assert refused.status_code == 409 and "Ajoutez d’abord" in refused.text


def test_one_removes_oneself_and_is_out(hall: Hall) -> None:
    """The very next page is refused."""
    post(hall, "/equipe", hall.odile, name="Paul Lieux", email="paul@exemple.invalid")
    assert "Retirer Odile Brunoy" in hall.client.get(OFFICE + "/equipe", headers=hall.odile).text
    assert post(hall, "/equipe/retirer", hall.odile, secretary="1").status_code == 303
    assert hall.service.store.read_now(lambda db: db.get_one(Secretary, 1)).revoked_at is not None
    assert hall.client.get(OFFICE + "/equipe", headers=hall.odile).status_code == 403


@pytest.mark.parametrize("who", ["aline", "nobody"])
def test_others_remove_nobody(hall: Hall, who: str) -> None:
    """Officials and the public."""
    headers = getattr(hall, who) if who != "nobody" else {}
    assert post(hall, "/equipe/retirer", headers, secretary="1").status_code == 403


def test_an_official_is_put_back(hall: Hall) -> None:
    """The page of who left has the button; afterwards it is an ordinary page again."""
    post(hall, "/liste/1", hall.odile, deed="revoke", reason="mistake")
    assert "Remettre sur la liste" in hall.client.get(OFFICE + "/liste/1", headers=hall.odile).text
    assert post(hall, "/liste/1", hall.odile, deed="restore").status_code == 303
    assert hall.service.store.read_now(lambda db: db.get_one(Official, 1)).revoked_at is None
    assert "Remettre sur la liste" not in hall.client.get(OFFICE + "/liste/1", headers=hall.odile).text
