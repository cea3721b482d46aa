"""Searching, through the real application."""

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from storage import search
from storage.models import Official
from tests.web.world import Hall, served


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("recherche")) as hall:
        yield hall


def test_words_are_marked_and_lead_to_their_line(hall: Hall) -> None:
    """The first search indexes what there is."""
    text = hall.client.get("/ormeline/recherche?q=navette").text
    assert "une <mark>navette</mark> solidaire" in text
    assert 'href="/ormeline/motions/M1#ligne-3"' in text
    assert "1 passage trouvé" in text


def test_its_name_for_browsers_is_no_digest_of_words(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever kept one could try short words of what was taken out since."""
    address = "/ormeline/recherche?q=navette"
    before = hall.client.get(address)
    assert hall.client.get(address, headers={"if-none-match": before.headers["etag"]}).status_code == 304
    genuine = search.find

    def find(*asked: Any, **more: Any) -> search.Found:
        found = genuine(*asked, **more)
        return replace(found, passages=tuple(replace(one, text="Une navette véreuse.") for one in found.passages))

    monkeypatch.setattr(search, "find", find)
    assert hall.client.get(address).headers["etag"] == before.headers["etag"]
    monkeypatch.setattr(search, "mark", lambda _db, _congress_id: (10_000,))
    after = hall.client.get(address)
    assert "véreuse" in after.text and after.headers["etag"] != before.headers["etag"]


def test_an_act_leads_to_its_entry(hall: Hall) -> None:
    """A motion's title is found where it was given."""
    text = hall.client.get("/ormeline/recherche?q=transports").text
    assert "<mark>transports</mark>" in text and 'href="/ormeline/registre/' in text


def test_nothing_typed_and_nothing_found_say_so(hall: Hall) -> None:
    """No page is blank."""
    assert "trouvé" not in hall.client.get("/ormeline/recherche").text
    assert "Aucun passage" in hall.client.get("/ormeline/recherche?q=zzyzx").text
    assert "Aucun passage" in hall.client.get("/ormeline/recherche?q=%00%25").text


def test_words_that_every_text_has_say_so(hall: Hall) -> None:
    """Alone they find nothing."""
    for words in ("des", "de la"):
        text = hall.client.get("/ormeline/recherche", params={"q": words}).text
        assert "Ce mot est trop courant" in text or "trouvé" in text
    assert "Ce mot est trop courant" in hall.client.get("/ormeline/recherche?q=sont").text


def test_a_name_leads_to_what_its_bearer_wrote(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who wrote nothing is not offered; a vowel elides."""
    assert "a écrit</a>" not in hall.client.get("/ormeline/recherche?q=corbieres").text
    people = [
        Official(congress_id=1, family_name="CORBIÈRES", first_names="Aline", created_at=hall.at[0]),
        Official(congress_id=1, family_name="KERVADEC", first_names="Solène", created_at=hall.at[0]),
    ]
    monkeypatch.setattr(search, "writers", lambda _db, _congress, _words: people)
    text = unescape(hall.client.get("/ormeline/recherche?q=corbieres%20kervadec").text)
    assert "Tout ce qu’Aline Corbières a écrit" in text and "Tout ce que Solène Kervadec a écrit" in text
    assert "personne=Aline+Corbi%C3%A8res" in text


def test_what_is_typed_is_no_code(hall: Hall) -> None:
    """Neither in the page nor in what is marked."""
    text = hall.client.get("/ormeline/recherche?q=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in text


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=99999999999", "page=" + "9" * 5000, "motion=M1", "q=" + "a%20" * 500]
)
def test_odd_addresses_answer(hall: Hall, query: str) -> None:
    """Whatever the numbers."""
    assert hall.client.get(f"/ormeline/recherche?q=soins&{query}").status_code == 200


def test_an_unknown_motion_is_not_found(hall: Hall) -> None:
    """By its code."""
    assert hall.client.get("/ormeline/recherche?q=soins&motion=M99").status_code == 404


def test_searching_in_a_loop_does_not_write_in_a_loop(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types would wait for it. And where it can't be brought up to date, the search is that of before."""
    tries: list[int] = []

    def busy(_db: object, congress_id: int) -> list[int]:
        tries.append(congress_id)
        raise RuntimeError("another process is at it")

    monkeypatch.setattr(search, "behind", busy)
    hall.client.app.state.refreshed.clear()
    for _turn in range(5):
        answer = hall.client.get("/ormeline/recherche?q=navette")
        assert answer.status_code == 200 and "<mark>navette</mark>" in answer.text
    assert len(tries) == 1
