"""Pages of a motion's past are made once, and few at a time, whatever stands in their addresses."""

import asyncio
import threading
from collections.abc import Iterator

import httpx2
import pytest
from sqlmodel import Session

from motion.web.pages import comparisons
from storage.models import Official
from tests.web.test_replay import BASE, written
from tests.web.world import Hall, served


@pytest.fixture
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("past")) as hall:
        written(hall)
        hall.client.get(f"{BASE}/rejeu")  # its history is computed
        yield hall


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The texts that are compared."""
    found: list[tuple[str, str]] = []
    genuine = comparisons.compare

    def compare(before: str, after: str, *more) -> comparisons.Comparison:
        found.append((before, after))
        return genuine(before, after, *more)

    monkeypatch.setattr(comparisons, "compare", compare)
    return found


PAGES = ["rejeu", "a/9999999", "a/9999999?vue=auteurs", "entre/0/9999999", "rejeu/article-1", "rejeu.json"]


def rename(db: Session) -> None:
    """As `roster.correct` does, whose entry stands elsewhere in the record than the motion's."""
    official = db.get_one(Official, 2)
    official.family_name = "DIARRA-LENOIR"
    db.add(official)


@pytest.mark.parametrize("path", [path for path in PAGES if path != "rejeu/article-1"])
def test_a_name_that_was_corrected_is_read_in_the_past_too(hall: Hall, path: str) -> None:
    """Who was misspelt stays so neither in browsers nor here."""
    before = hall.client.get(f"{BASE}/{path}")
    assert "Diarra" in before.text and "Lenoir" not in before.text
    hall.service.store.write_now(rename)
    after = hall.client.get(f"{BASE}/{path}", headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200 and "Lenoir" in after.text


@pytest.mark.parametrize("path", PAGES)
def test_a_parameter_that_no_page_knows_makes_no_other_page(hall: Hall, path: str) -> None:
    """Neither its name nor its value is seen; those that the page knows, and the language, are."""
    mark = "&" if "?" in path else "?"
    plain = hall.client.get(f"{BASE}/{path}")
    strange = hall.client.get(f"{BASE}/{path}{mark}x=ailleurs&y")
    assert (strange.headers["etag"], strange.text) == (plain.headers["etag"], plain.text)
    assert "ailleurs" not in strange.text
    english = hall.client.get(f"{BASE}/{path}{mark}lang=en&x=ailleurs")
    assert english.headers["etag"] != plain.headers["etag"] and "ailleurs" not in english.text


def test_a_comparison_is_not_made_again_for_a_strange_address(hall: Hall, compared: list) -> None:
    """Nor for a reader whose browser has it."""
    etag = hall.client.get(f"{BASE}/entre/0/9999999").headers["etag"]
    for number in range(20):
        hall.client.get(f"{BASE}/entre/0/9999999?x={number}")
    assert hall.client.get(f"{BASE}/entre/0/9999999", headers={"if-none-match": etag}).status_code == 304
    assert len(compared) == 1


def test_a_hall_that_compares_at_once_costs_one_comparison(
    hall: Hall, compared: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Officials, the secretariat and strangers, in two languages: each has a page of their own, of one comparison."""
    asked, go_on = [], threading.Event()
    genuine, slow = comparisons.comparison_of, comparisons.compare

    async def comparison_of(*args) -> comparisons.Comparison:
        asked.append(args)
        if len(asked) == 8:
            go_on.set()
        return await genuine(*args)

    def compare(*args) -> comparisons.Comparison:
        assert go_on.wait(60)
        return slow(*args)

    monkeypatch.setattr(comparisons, "comparison_of", comparison_of)
    monkeypatch.setattr(comparisons, "compare", compare)

    async def ask() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=hall.client.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", timeout=60) as client:
            readers = [hall.aline, hall.mamadou, hall.odile, {}]
            addresses = [f"{BASE}/entre/0/9999999?lang={code}" for code in ("fr", "en")]
            return await asyncio.gather(*(client.get(url, headers=who) for who in readers for url in addresses))

    answers = hall.client.portal.call(ask)
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len(asked) == 8 and len(compared) == 1
    assert all("Aline Corbières" in answer.text for answer in answers)


def test_too_many_comparisons_are_asked_to_come_back(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, with the seconds after which to try again; the texts themselves are read all the same."""
    monkeypatch.setattr(hall.client.app.state.comparisons, "_most_waiting", 0)
    answer = hall.client.get(f"{BASE}/entre/0/9999999")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "comparaisons sont demandés en même temps" in answer.text
    assert hall.client.get(f"{BASE}/a/9999999").status_code == 200
