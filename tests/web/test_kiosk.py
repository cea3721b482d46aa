"""A tablet in the hall: one page, a receipt, and nothing left of anybody."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from motion.acts import deposits as acts
from storage import contributions as rows
from tests.web.participants import CONSENT, key_in, phase, received
from tests.web.world import Hall, served

HERE = "/ormeline/borne"
TYPED = {"text": "Il manque un banc.", "name": "Zoé Brume", "official": "non", **CONSENT}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress that listens."""
    with served(tmp_path) as hall:
        yield hall


def send(hall: Hall, status: int = 200, **fields: str) -> Any:
    """Fill in the page and send it."""
    key = key_in(hall.client.get(HERE).text)
    answer = hall.client.post(HERE, data={"key": key, **TYPED, **fields})
    assert answer.status_code == status, answer.text
    return answer


def test_one_page_and_a_receipt(hall: Hall) -> None:
    """Received by the channel of kiosks, with the address as a QR code, and the page leaves by itself."""
    answer = send(hall, place="valbrune")
    assert 'class="qr"' in answer.text and re.search(r"/ormeline/suivi/[0-9a-f]{32}", answer.text)
    assert (
        answer.headers["refresh"] == "60; url=/ormeline/borne?lang=fr"
        and 'href="/ormeline/borne?lang=fr"' in answer.text
    )
    found = received(hall)
    assert found.channel == "kiosk"
    assert hall.service.store.read_now(rows.versions, found.id)[0].commune == "Valbrune"


def test_nothing_is_left(hall: Hall) -> None:
    """No cookie, no cache, no draft, no value of who was here before."""
    for answer in (hall.client.get(HERE), send(hall, 422, name=""), send(hall)):
        assert answer.headers["cache-control"] == "no-store" and answer.headers["clear-site-data"] == '"cache"'
        assert "set-cookie" not in answer.headers
    html = hall.client.get(HERE).text
    assert "Zoé" not in html and "banc" not in html and "checked" not in html
    assert html.count('autocomplete="off"') == len(
        re.findall(r"<(?:form class|textarea|input id=\S+ name=\S+ value)", html)
    )


def test_wrong_fields(hall: Hall) -> None:
    """Come back as they were typed, every fault at once; nothing is received."""
    answer = send(hall, 422, text="", publish="", adult="", official="", place="Saint-Denis")
    for field in ("text", "publish", "adult", "official", "chosen"):
        assert f'href="#{field}"' in answer.text, field
    assert "Zoé Brume" in answer.text and received(hall) is None
    chosen = re.search(r'value="(c:93066)"', answer.text)
    assert chosen is not None
    send(hall, place="Saint-Denis", chosen=chosen[1])
    assert hall.service.store.read_now(rows.versions, received(hall).id)[0].commune_code == "93066"


def test_the_same_page_twice(hall: Hall) -> None:
    """Is received once; the address is shown once."""
    key = key_in(hall.client.get(HERE).text)
    hall.client.post(HERE, data={"key": key, **TYPED})
    answer = hall.client.post(HERE, data={"key": key, **TYPED})
    assert "C1" in answer.text and "suivi/" not in answer.text and received(hall, 2) is None


def test_a_day_of_one_tablet(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted for a person does not stop it; what is counted for a network does, and keeps what was typed."""
    monkeypatch.setattr(acts, "PER_PERSON", acts.Limit("contribution-person", 1, acts.KEPT))
    for number in (1, 2, 3):
        send(hall)
        assert received(hall, number) is not None
    monkeypatch.setattr(acts, "PER_NETWORK", acts.Limit("contribution-network", 3, acts.KEPT))
    assert "Il manque un banc." in send(hall, 429).text and received(hall, 4) is None


def test_a_congress_that_does_not_listen(hall: Hall) -> None:
    """Says so."""
    key = key_in(hall.client.get(HERE).text)
    phase(hall, "closed")
    assert "textarea" not in hall.client.get(HERE).text
    assert hall.client.post(HERE, data={"key": key, **TYPED}).status_code == 409
