"""Reporting a contribution, and what comes of it: the receipt, the desk, the mail, the record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from motion.web.pages.notices import PER_NETWORK
from storage.models import ContributionMessage
from tests.web.moderation_world import DESK, decide, last_entry, mails, page, receive, record, text_of
from tests.web.secretariat_world import rows
from tests.web.world import Hall, served

SAID = {"reason": "injure", "message": "On m’y traite de fripouille."}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


@pytest.fixture
def number(hall: Hall) -> int:
    """A published contribution."""
    number = receive(hall)
    decide(hall, number, "publish")
    return number


def send(hall: Hall, number: int, **fields: str):
    """Send the form, as anyone does."""
    headers = {"sec-fetch-site": "same-origin"}
    return hall.client.post(f"/ormeline/contributions/C{number}/signaler", data=fields, headers=headers)


class TestTheForm:
    def test_anyone_gets_a_receipt(self, hall: Hall, number: int) -> None:
        """The number of the entry, which names the reason and neither the words nor who sent them."""
        asked = hall.client.get(f"/ormeline/contributions/C{number}/signaler")
        assert asked.status_code == 200 and "art.\u00a029 et 33" in asked.text and "no-store" in str(asked.headers)
        sent = send(hall, number, author="Régis Aubeterre", email="Regis@exemple.invalid", **SAID)
        kind, body, by = last_entry(hall)
        entry = len(record(hall)) - 1
        assert (kind, body["reason"], by) == ("contribution.notice", "injure", "system")
        assert "fripouille" not in str(body) and "Aubeterre" not in str(body) and "exemple" not in str(body)
        receipt = hall.client.get(sent.headers["location"])
        assert f"numéro {entry} au registre" in text_of(receipt)
        assert hall.client.get(f"/ormeline/registre/{entry}").status_code == 200

    def test_a_receipt_is_of_a_report(self, hall: Hall, number: int) -> None:
        """An address that somebody made up shows the form."""
        for entry in ("1", "99999", "x"):
            assert (
                "porte le numéro"
                not in hall.client.get(f"/ormeline/contributions/C{number}/signaler?recu={entry}").text
            )

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"message": "x"}, "reason"),
            ({"reason": "consentement-retire", "message": "x"}, "reason"),
            ({"reason": "injure", "message": " "}, "message"),
            ({"reason": "injure", "message": "x" * 4001}, "message"),
            ({"reason": "injure", "message": "x", "email": "ni\n@x"}, "email"),
            ({"reason": "injure", "message": "x", "author": "a" * 101}, "author"),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, hall: Hall, number: int, fields: dict, field: str) -> None:
        """Nothing is kept, and nothing typed is lost."""
        before = record(hall)
        refused = send(hall, number, **fields)
        assert refused.status_code == 422 and f'id="{field}-faute"' in refused.text
        assert record(hall) == before

    def test_what_is_not_published(self, hall: Hall) -> None:
        """Neither its words nor a form; and no report, even by a forged form."""
        number = receive(hall, title="Le titre gardé")
        asked = hall.client.get(f"/ormeline/contributions/C{number}/signaler")
        assert (
            asked.status_code == 409
            and "titre gardé" not in asked.text
            and "<form" not in asked.text.partition("<main")[2].partition("</main")[0]
        )
        before = record(hall)
        assert send(hall, number, **SAID).status_code == 409 and record(hall) == before
        assert send(hall, 999, **SAID).status_code == 404

    def test_one_network_sends_so_many(self, hall: Hall, number: int) -> None:
        """Beyond, a page says when to come back, with what was typed; the record stays as it was."""
        for _ in range(PER_NETWORK.count):
            assert send(hall, number, **SAID).status_code == 303
        before = record(hall)
        late = send(hall, number, **SAID)
        assert late.status_code == 429 and "fripouille" in late.text and "réessayez dans" in text_of(late)
        assert record(hall) == before


class TestTheDecision:
    def test_kept(self, hall: Hall, number: int) -> None:
        """The desk reads words and name; the entry names the reason; the reporter is told, and their address goes."""
        send(hall, number, author="Régis Aubeterre", email="regis@exemple.invalid", **SAID)
        send(hall, number, **SAID)
        shown = text_of(page(hall, f"/C{number}"))
        assert "fripouille" in shown and "attend une décision" in shown
        assert decide(hall, number, "keep").status_code == 303
        body = {"contribution": f"C{number}", "reason": "injure"}
        assert last_entry(hall)[:2] == ("contribution.keep", body)
        (mail,) = mails(hall)
        assert mail.recipient == "regis@exemple.invalid" and "la laisse comme elle est" in mail.body
        assert all(row.email is None and row.settled_at for row in rows(hall, ContributionMessage))
        assert "attend une décision" not in text_of(page(hall, f"/C{number}"))
        told = hall.client.get("/ormeline/registre?genre=contributions")
        assert "examine le signalement" in text_of(told)

    def test_taken_out(self, hall: Hall, number: int) -> None:
        """The reporter is told, and nothing waits any more."""
        send(hall, number, email="regis@exemple.invalid", **SAID)
        decide(hall, number, "refuse", reason="injure", step="confirm")
        (mail,) = mails(hall)
        assert "Elle n’est plus publiée." in mail.body
        assert "Aucune contribution n’attend." in text_of(hall.client.get(DESK, headers=hall.odile))

    def test_nothing_to_decide(self, hall: Hall, number: int) -> None:
        """Nobody reported it and it was read: no decision is made out of nothing."""
        assert decide(hall, number, "keep").status_code == 409
