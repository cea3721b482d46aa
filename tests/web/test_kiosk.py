"""A tablet in the hall: one page, what is recorded for it, a receipt, and nothing left of anybody."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from motion.acts import deposits as acts
from storage import contributions as rows
from storage.models import Upload
from tests.web.participants import CONSENT, PNG, key_in, phase, received, table
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
    assert '<noscript><meta http-equiv="refresh" content="60; url=/ormeline/borne?lang=fr"></noscript>' in answer.text
    assert answer.headers["refresh"] == "900; url=/ormeline/borne?lang=fr"  # were the script lost on its way
    assert 'href="/ormeline/borne?lang=fr"' in answer.text
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
    """Is received once; the address is shown once. It was received, even when the congress listens no more."""
    key = key_in(hall.client.get(HERE).text)
    hall.client.post(HERE, data={"key": key, **TYPED})
    for name in ("collection", "closed"):
        phase(hall, name)
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


class TestWhatIsRecorded:
    """Files go to the service as they come, and belong to the key of one form: no cookie, no draft."""

    @staticmethod
    def put(hall: Hall, key: str, content: bytes = PNG, length: int = len(PNG)) -> str:
        """Send a file as the page's script does; return its address."""
        headers = {"Tus-Resumable": "1.0.0", "Motion-Kiosk": key, "Upload-Length": str(length)}
        headers |= {"Content-Type": "application/offset+octet-stream", "Upload-Metadata": "filename cGhvdG8ucG5n"}
        answer = hall.client.post("/ormeline/fichiers", headers=headers, content=content)
        assert answer.status_code == 201 and "set-cookie" not in answer.headers
        return str(answer.headers["location"])

    def test_is_sent_with_the_words_or_without_any(self, hall: Hall) -> None:
        """A photo alone is a contribution; what it shows is kept; the file is the contribution's own."""
        key = key_in(hall.client.get(HERE).text)
        upload = self.put(hall, key).rpartition("/")[2]
        fields = {"key": key, **TYPED, "text": "", f"description-{upload}": "Un banc cassé."}
        assert hall.client.post(HERE, data=fields).status_code == 200
        [file] = hall.service.store.read_now(rows.files, received(hall).id)
        assert (file.kind, file.description) == ("photo", "Un banc cassé.")
        assert [one.state for one in table(hall, Upload)] == ["taken"]
        again = hall.client.post(HERE, data=fields)
        assert "C1" in again.text and received(hall, 2) is None

    def test_is_listed_for_its_own_form_alone(self, hall: Hall) -> None:
        """And neither listed nor taken for the next person's."""
        mine, next_one = (key_in(hall.client.get(HERE).text) for _person in range(2))
        address = self.put(hall, mine)
        assert "photo.png" in hall.client.get(f"{HERE}/fichiers", headers={"Motion-Kiosk": mine}).text
        assert "photo.png" not in hall.client.get(f"{HERE}/fichiers", headers={"Motion-Kiosk": next_one}).text
        for other in ({}, {"Motion-Kiosk": next_one}, {"Motion-Kiosk": "é" * 32}, {"Motion-Kiosk": ""}):
            headers = {name: value.encode() for name, value in {"Tus-Resumable": "1.0.0", **other}.items()}
            assert hall.client.head(address, headers=headers).status_code == 404
        assert hall.client.get(f"{HERE}/fichiers").status_code == 404
        hall.client.post(HERE, data={"key": next_one, **TYPED})
        assert list(hall.service.store.read_now(rows.files, received(hall).id)) == []

    def test_comes_back_with_a_page_that_was_wrong(self, hall: Hall) -> None:
        """It can be taken away, and the words stay."""
        key = key_in(hall.client.get(HERE).text)
        upload = self.put(hall, key).rpartition("/")[2]
        wrong = hall.client.post(HERE, data={"key": key, **TYPED, "official": "", f"description-{upload}": "Un banc."})
        assert wrong.status_code == 422 and "photo.png" in wrong.text and "Un banc.</textarea>" in wrong.text
        gone = hall.client.post(HERE, data={"key": key, **TYPED, "retirer": upload})
        assert gone.status_code == 200 and "photo.png" not in gone.text and "Il manque un banc." in gone.text
        assert table(hall, Upload) == [] and received(hall) is None

    def test_must_have_arrived_and_be_what_a_congress_takes(self, hall: Hall) -> None:
        """Or nothing is received, and the page says why."""
        key = key_in(hall.client.get(HERE).text)
        self.put(hall, key, PNG[:200])
        assert "pas encore arrivé en entier" in hall.client.post(HERE, data={"key": key, **TYPED}).text
        key = key_in(hall.client.get(HERE).text)
        self.put(hall, key, b"MZ" + bytes(98), 100)
        listed = hall.client.get(f"{HERE}/fichiers", headers={"Motion-Kiosk": key})
        assert listed.status_code == 422 and "n’est pas pris" in listed.text
        assert received(hall) is None

    def test_leaves_with_whoever_leaves(self, hall: Hall) -> None:
        """Everything that was recorded for a form that is not sent is given up at once."""
        key, other = (key_in(hall.client.get(HERE).text) for _person in range(2))
        self.put(hall, key)
        self.put(hall, key, PNG[:200])
        self.put(hall, other)
        answer = hall.client.post(f"{HERE}/effacer", data={"key": key})
        assert answer.status_code == 303 and answer.headers["location"] == "/ormeline/borne?lang=fr"
        assert [one.state for one in table(hall, Upload)] == ["done"]  # the other's
        assert hall.client.post(f"{HERE}/effacer", data={"key": "n’importe quoi"}).status_code == 303

    def test_only_this_page_may_ask_for_the_camera(self, hall: Hall) -> None:
        """Not the receipt."""
        assert "camera=(self)" in hall.client.get(HERE).headers["permissions-policy"]
        assert "camera=()" in send(hall).headers["permissions-policy"]
