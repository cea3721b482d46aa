"""Where a contribution is quoted, as readers and its author see it; nothing is offered that they did not agree to."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from motion.acts import contributions, motions
from motion.acts.private_addresses import hash_of
from storage.models import Motion
from tests.web.moderation_world import TEXT, decide, of, receive, text_of
from tests.web.participants import visit
from tests.web.world import NOW, Hall, served

PAGE = "/ormeline/contributions/C1"
URL = f"http://testserver{PAGE}"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress with a published contribution that another one quotes."""
    with served(tmp_path) as hall:
        receive(hall)
        decide(hall, 1, "publish")
        receive(hall, f"Comme elle le dit : {URL}?version=1&citer=0-20", name="Yves Tournebise")
        decide(hall, 2, "publish")
        yield hall


def author_page(hall: Hall) -> str:
    """What its author reads."""
    secret = bytes.fromhex("0123456789abcdef0123456789abcdef")

    def give(db: Any) -> None:
        one = contributions.get(db, 1, 1)
        one.token_hash = hash_of(secret)
        db.add(one)

    hall.service.store.write_now(give)
    return visit(hall, f"/ormeline/suivi/{secret.hex()}")


def no_longer_quoted(hall: Hall) -> None:
    """Its author takes back the agreement to be quoted."""
    hall.service.store.write_now(lambda db: contributions.change_consent(db, of(hall, 1), ["publish"], now=NOW))


def freeze(hall: Hall) -> str:
    """A motion that quotes it is frozen; its code."""

    def run(db: Any) -> str:
        row = db.get_one(Motion, 1)
        row.text, row.text_number = f"## Se soigner\n\n{URL}\n", row.number
        db.add(row)
        db.flush()
        return motions.freeze(db, None, 1, now=NOW).code

    return hall.service.store.write_now(run)


def test_readers_are_led_to_what_quotes_it(hall: Hall) -> None:
    """With who says it; the page is another one once a motion that quotes it is frozen."""
    before = hall.client.get(PAGE)
    assert re.search(
        r'Citée dans</h2>.*?href="/ormeline/contributions/C2">Contribution C2, de Yves Tournebise', before.text
    )
    code = freeze(hall)
    after = hall.client.get(PAGE, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200 and f'href="/ormeline/motions/{code}">Motion {code}' in after.text
    assert hall.client.get(f"/ormeline/motions/{code}").status_code == 200
    assert hall.client.get(PAGE, headers={"if-none-match": after.headers["etag"]}).status_code == 304


def test_its_author_reads_it_too(hall: Hall) -> None:
    """In the words of the public page; and that nobody does, when nobody does."""
    own = author_page(hall)
    assert "Où vous êtes cité·e" in own and "Contribution C2, de Yves Tournebise" in own
    assert decide(hall, 2, "refuse", reason="injure", step="confirm").status_code == 303
    assert "ne vous cite pour l’instant" in author_page(hall) and "C2" not in author_page(hall)


def test_without_agreement_to_be_quoted(hall: Hall) -> None:
    """No passage is offered, nor shown to be copied, nor the places where it is quoted: its author alone reads them."""
    assert "Choisir un passage" in hall.client.get(PAGE).text
    no_longer_quoted(hall)
    said = hall.client.get(PAGE).text
    assert "Choisir un passage" not in said and "Citée dans" not in said and "citer=" not in said
    asked = hall.client.get(f"{PAGE}?version=1&citer=0-20").text
    assert 'id="citation"' not in asked and "À copier" not in asked
    own = author_page(hall)
    assert "cette liste n’est montrée qu’à vous" in own and "Contribution C2, de Yves Tournebise" in own


def test_what_quotes_it_and_is_hidden(hall: Hall) -> None:
    """Is named nowhere: not before it is read, not after it is refused."""
    receive(hall, f"Voyez {URL}", name="Maël Kerouan")
    assert "C3" not in text_of(hall.client.get(PAGE))
    decide(hall, 3, "publish")
    assert "Contribution C3, de Maël Kerouan" in text_of(hall.client.get(PAGE))
    decide(hall, 3, "refuse", reason="injure", step="confirm")
    assert "C3" not in text_of(hall.client.get(PAGE)) and TEXT in text_of(hall.client.get(PAGE))


def test_programs_are_told_what_readers_are(hall: Hall) -> None:
    """Place by place; the answer has another name when one comes or goes, or is called otherwise."""
    api = f"/api/v1/congresses{PAGE}"
    first = hall.client.get(api)
    assert first.json()["quoted_in"] == [
        {
            "kind": "contribution",
            "code": "C2",
            "author": "Yves Tournebise",
            "title": "",
            "url": "http://testserver/ormeline/contributions/C2",
        }
    ]
    code = freeze(hall)
    second = hall.client.get(api, headers={"If-None-Match": first.headers["etag"]})
    assert [place["url"] for place in second.json()["quoted_in"]][0] == f"http://testserver/ormeline/motions/{code}"
    decide(hall, 2, "refuse", reason="injure", step="confirm")
    third = hall.client.get(api, headers={"If-None-Match": second.headers["etag"]})
    assert [place["code"] for place in third.json()["quoted_in"]] == [code]
    assert hall.client.get(api, headers={"If-None-Match": third.headers["etag"]}).status_code == 304
    no_longer_quoted(hall)
    fourth = hall.client.get(api, headers={"If-None-Match": third.headers["etag"]})
    assert fourth.json()["quoted_in"] == [] and TEXT in fourth.json()["words"]["text"]
