"""The scribe's page without script: who speaks, what is said, and that nothing is noted twice."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from motion.web.identity import hash_token
from storage.models import Contribution, ContributionConsent, ContributionVersion, LoginSession, Official, Secretary
from tests.web.moderation_world import record
from tests.web.secretariat_world import HOME, get, rows
from tests.web.world import NOW, Hall, served

SAID = {"who": "Corbières", "text": "Le car ne passe plus.", "publish": "1"}
JSON = {"accept": "application/json"}
CONFIRM = {"deed": "confirm", "version": "1"}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def send(hall: Hall, path: str, fields: dict[str, str], by: str = "odile"):
    """Send a form, which may have a field `who`."""
    return hall.client.post(HOME + path, data=fields, headers=hall.signed_in(by))


def note(hall: Hall, **fields: str):
    """Note something, as Odile."""
    return send(hall, "/parole", {**SAID, **fields})


def last(hall: Hall) -> tuple[Contribution, ContributionVersion]:
    """The contribution noted last, with its last words."""
    return rows(hall, Contribution)[-1], rows(hall, ContributionVersion)[-1]


def second(hall: Hall) -> str:
    """Another person of the secretariat, signed in; returns their cookie."""

    def add(db: Session) -> None:
        row = Secretary(congress_id=1, name="Gaspard Vallombre", email="g@ormeline.example")
        db.add(row)
        db.flush()
        db.add(
            LoginSession(
                congress_id=1,
                secretary_id=row.id,
                token_hash=hash_token("gaspard"),
                created_at=NOW,
                seen_at=NOW,
                expires_at=NOW + timedelta(days=1),
            )
        )

    hall.service.store.write_now(add)
    return "gaspard"


class TestWhoSpeaks:
    def test_is_taken_from_the_roster_with_mandate_and_territory(self, hall: Hall) -> None:
        """A name that fits one person is that person."""
        answer = note(hall)
        assert answer.status_code == 303 and answer.headers["location"].endswith("/parole?note=C1")
        contribution, words = last(hall)
        assert (contribution.channel, contribution.official_id, contribution.typed_by) == ("spoken", 1, 1)
        assert (words.author, words.mandate, words.commune, words.is_official) == (
            "Aline Corbières",
            "maire",
            "Valbrune",
            True,
        )
        assert "C1 est notée" in get(hall, "/parole?note=C1").text

    def test_is_chosen_among_several(self, hall: Hall) -> None:
        """Three letters that fit several people lead to a choice, with what was typed still there."""
        answer = note(hall, who="ma")
        assert answer.status_code == 422 and rows(hall, Contribution) == []
        assert 'value="2"' in answer.text and "Mamadou Diarra" in answer.text and "Le car ne passe plus." in answer.text
        assert note(hall, who="ma", official="2").status_code == 303
        assert last(hall)[0].official_id == 2

    def test_is_nobody_by_accident(self, hall: Hall) -> None:
        """Neither an unknown name, nor a choice that a changed name contradicts, nor somebody off the roster."""
        assert "personne de ce nom" in note(hall, who="Tartempion").text
        assert note(hall, who="Diarra", official="1").status_code == 303
        assert last(hall)[0].official_id == 2

        def revoke(db: Session) -> None:
            row = db.get_one(Official, 1)
            row.revoked_at = NOW
            db.add(row)

        hall.service.store.write_now(revoke)
        assert note(hall, official="1").status_code == 422
        assert len(rows(hall, Contribution)) == 1

    def test_may_be_somebody_else(self, hall: Hall) -> None:
        """With the commune as the official list has it; namesakes are a choice."""
        visitor = {"who": "Ève Sauvaigre", "elsewhere": "1", "place": "Saint-Denis"}
        answer = note(hall, **visitor)
        assert answer.status_code == 422 and 'value="93066"' in answer.text
        assert note(hall, **visitor, place_code="93066").status_code == 303
        contribution, words = last(hall)
        assert (contribution.official_id, words.author, words.is_official) == (None, "Ève Sauvaigre", False)
        assert (words.commune, words.commune_code, words.department_code) == ("Saint-Denis", "93066", "93")
        assert note(hall, who="Ève Sauvaigre", elsewhere="1", place="Hameau du Bout").status_code == 303
        assert (last(hall)[1].commune, last(hall)[1].commune_code) == ("Hameau du Bout", "")


class TestWhatIsSaid:
    def test_needs_words_and_consent(self, hall: Hall) -> None:
        """Each fault is told at once, beside its field, and what was typed stays."""
        answer = send(hall, "/parole", {"who": "Corbières", "hour": "25 h", "text": ""})
        assert answer.status_code == 422
        for place in ("#text", "#publish", "#hour"):
            assert f'href="{place}"' in answer.text
        assert note(hall, text="a" * 12_001).status_code == 422
        assert rows(hall, Contribution) == []

    def test_consent_is_by_use(self, hall: Hall) -> None:
        """Everything that was read aloud, but for what was said against."""
        note(hall, no_quote="1")
        (consent,) = rows(hall, ContributionConsent)
        assert (consent.uses, consent.how) == ("publish archive", "spoken")

    @pytest.mark.parametrize(
        "typed, minutes", [("14 h 05", 27), ("1405", 27), ("14:05", 27), ("9h", 332), ("23h50", 882)]
    )
    def test_an_hour_is_the_last_one_of_that_name(self, hall: Hall, typed: str, minutes: int) -> None:
        """It is 14 h 32 in Valbrune."""
        assert note(hall, hour=typed).status_code == 303
        assert last(hall)[0].said_at == NOW - timedelta(minutes=minutes)

    def test_what_waited_on_a_device_was_said_before(self, hall: Hall) -> None:
        """By its own count, whatever its clock says."""
        note(hall, waited="600")
        assert last(hall)[0].said_at == NOW - timedelta(minutes=10)
        note(hall, waited="beaucoup")
        assert last(hall)[0].said_at is None

    def test_sent_twice_is_noted_once(self, hall: Hall) -> None:
        """With the key of the form; another key is another contribution."""
        first, again = note(hall, key="a" * 32), note(hall, key="a" * 32)
        assert first.headers["location"] == again.headers["location"]
        assert note(hall, key="b" * 32).headers["location"].endswith("C2")
        assert len(rows(hall, Contribution)) == 2


class TestCorrecting:
    def test_is_a_new_version_and_a_second_person_confirms(self, hall: Hall) -> None:
        """Never the one who typed the last version."""
        other = second(hall)
        note(hall)
        assert send(hall, "/parole/C1", CONFIRM).status_code == 403
        answer = send(hall, "/parole/C1", CONFIRM, other)
        assert answer.status_code == 303 and answer.headers["location"].endswith("/parole?confirme=C1")
        assert "Rien d’autre n’attend" in get(hall, "/parole?confirme=C1").text
        assert last(hall)[0].checked_by == 2
        corrected = {"deed": "correct", **SAID, "text": "Le car ne passe plus le jeudi."}
        answer = send(hall, "/parole/C1", corrected, other)
        assert answer.status_code == 303 and answer.headers["location"].endswith("/parole?corrige=C1")
        contribution, words = last(hall)
        assert (contribution.version, contribution.typed_by, contribution.checked_by) == (2, 2, None)
        assert words.text == "Le car ne passe plus le jeudi."
        assert send(hall, "/parole/C1", {**CONFIRM, "version": "2"}, other).status_code == 403
        assert send(hall, "/parole/C1", {**CONFIRM, "version": "2"}).status_code == 303
        page = get(hall, "/parole/C1")
        assert "Confirmée par Odile Brunoy" in page.text and page.headers["cache-control"] == "no-store"

    def test_what_was_corrected_meanwhile_is_read_again(self, hall: Hall) -> None:
        """Nobody confirms words that they have not read; a button pressed twice confirms once."""
        other = second(hall)
        note(hall)
        send(hall, "/parole/C1", {"deed": "correct", **SAID, "text": "Le car ne passe plus le jeudi."})
        answer = send(hall, "/parole/C1", CONFIRM, other)
        assert answer.headers["location"].endswith("/parole/C1?change=C1") and last(hall)[0].checked_by is None
        assert "Relisez-la d’abord." in get(hall, "/parole/C1?change=C1", other).text
        for _press in range(2):
            assert send(hall, "/parole/C1", {**CONFIRM, "version": "2"}, other).status_code == 303
        assert last(hall)[0].checked_by == 2
        assert [entry.kind for entry in record(hall)].count("contribution.check") == 1

    def test_who_confirms_is_led_from_one_to_the_next(self, hall: Hall) -> None:
        """Through all that others have noted, also before the one they began with; then back to the form."""
        other = second(hall)
        for key in "abc":
            note(hall, key=key * 32)
        send(hall, "/parole", {**SAID, "key": "d" * 32}, other)
        page = get(hall, "/parole", other).text
        assert "Confirmer 3 contributions" in page and "notée par" in page
        assert "Confirmer 1 contribution<" in get(hall, "/parole").text
        for number, following in ((2, "/C3?avant=C2"), (3, "/C1?avant=C3"), (1, "?confirme=C1")):
            answer = send(hall, f"/parole/C{number}", CONFIRM, other)
            assert answer.headers["location"].endswith("/parole" + following)
        assert "C2 est confirmée. Voici la suivante." in get(hall, "/parole/C3?avant=C2", other).text
        assert "est confirmée" not in get(hall, "/parole?confirme=<b>", other).text

    def test_nothing_else_is_corrected_here(self, hall: Hall) -> None:
        """What is not there, what is no number, what did not change."""
        note(hall)
        assert get(hall, "/parole/C2").status_code == 404
        assert get(hall, "/parole/douze").status_code == 404
        answer = send(hall, "/parole/C1", {"deed": "correct", **SAID})
        assert answer.status_code == 422 and last(hall)[0].version == 1


class TestTheIsland:
    def test_is_answered_in_its_terms(self, hall: Hall) -> None:
        """The code; or what is wrong; and everyone on the roster to look through."""
        headers = hall.odile | JSON
        answer = hall.client.post("/ormeline/secretariat/parole", data=SAID, headers=headers)
        assert answer.json() == {"code": "C1"}
        wrong = hall.client.post("/ormeline/secretariat/parole", data={"who": "ma"}, headers=headers)
        assert wrong.status_code == 422 and set(wrong.json()["errors"]) == {"who_speaks", "text", "publish"}
        members = json.loads(get(hall, "/parole/membres.json").text)
        assert members[0] == [1, "Aline Corbières", "maire de Valbrune", "corbieres aline maire valbrune"]
        assert "Le car ne passe plus." in get(hall, "/parole/dernieres").text


@pytest.mark.parametrize("path", ["/parole", "/parole/dernieres", "/parole/membres.json", "/parole/C1"])
def test_nobody_else_sees_it(hall: Hall, path: str) -> None:
    """Officials and the public are refused, and nothing is noted for them."""
    note(hall)
    for who in ("aline", "nobody"):
        assert get(hall, path, who=who).status_code == 403
        answer = send(hall, "/parole", SAID, who)
        assert answer.status_code == 403
    assert len(rows(hall, Contribution)) == 1
