"""After signing in, one is where one wanted to be, and never elsewhere than on this congress's pages."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlmodel import select

from motion.acts import cards
from motion.acts.sign_in import demonstration_token
from motion.rules.card_codes import read_card_code
from motion.web.identity import hash_token
from motion.web.pages import sign_in as pages
from storage import sign_in_key
from storage.models import Congress, Mail, Motion, Official
from tests.web.world import Hall, served

ADDRESS = "aline@valbrune.example"
HOME = "/ormeline"
EDITOR = f"{HOME}/motions/M1/rediger"


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(pages, "ANSWER_AFTER_SECONDS", 0.0)
    with served(tmp_path) as hall:

        def fill(db):
            db.get_one(Official, 1).email = ADDRESS
            db.exec(select(Congress)).one().is_demonstration = True

        hall.service.store.write_now(fill)
        yield hall


def mail_of(hall: Hall) -> tuple[str, str]:
    """The link's address and the digits of the last mail."""
    body = hall.service.store.read_now(lambda db: db.exec(select(Mail.body).order_by(Mail.id.desc())).first())
    return re.search(r"http://testserver(\S+)", body)[1], re.search(r"\d{3} \d{3}", body)[0]


def form_of(hall: Hall, address: str, place: int = 0) -> str:
    """Where a page's form goes: what a person's button follows."""
    actions = re.findall(r'<form[^>]* method="post" action="([^"]+)"', hall.client.get(address).text)
    return actions[place].replace("&amp;", "&")


def follow(hall: Hall, address: str, **fields: str) -> str:
    """Send a form, and say where it leads."""
    answer = hall.client.post(address, data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def by_demonstration(hall: Hall, mark: str) -> str:
    key = sign_in_key.load(hall.service.settings.data_dir)
    token = demonstration_token(key, "ormeline", mark)
    return hall.client.get(f"{HOME}/demonstration/{mark}/{token}").headers["location"]


class TestBack:
    """Those who were sent to sign in come back."""

    def test_from_the_editor_by_the_six_digits(self, hall: Hall) -> None:
        """Editor, doors, mail, digits, editor."""
        doors = hall.client.get(EDITOR).headers["location"]
        waiting = follow(hall, form_of(hall, doors), email=ADDRESS)
        assert follow(hall, form_of(hall, waiting), code=mail_of(hall)[1]) == EDITOR

    def test_from_the_plain_mode_by_the_mailed_link(self, hall: Hall) -> None:
        """On another device too: the link carries it."""
        doors = hall.client.get(f"{EDITOR}/simple").headers["location"]
        follow(hall, form_of(hall, doors), email=ADDRESS)
        link = mail_of(hall)[0]
        hall.client.cookies.clear()
        assert follow(hall, form_of(hall, link)) == f"{EDITOR}/simple"

    def test_by_the_code_of_a_card_after_a_wrong_one(self, hall: Hall) -> None:
        """The form shown again still knows."""

        def issue(db):
            key = sign_in_key.load(hall.service.settings.data_dir)
            actor = hall_secretariat(db)
            code = cards.code_hash(key, 1, read_card_code("7KQ3XPD9TR"))
            cards.issue(db, actor, 1, [cards.NewCard(2, hash_token("card"), code)], now=hall.at[0])

        hall.service.store.write_now(issue)
        doors = hall.client.get(EDITOR).headers["location"]
        card = form_of(hall, doors, 1)
        wrong = hall.client.post(card, data={"card": "0000000000"})
        assert wrong.status_code == 422
        again = re.findall(r'action="([^"]+/carte[^"]*)"', wrong.text)[0]
        assert follow(hall, again, card="7KQ3XPD9TR") == EDITOR

    def test_a_refused_page_offers_to_sign_in_and_come_back(self, hall: Hall) -> None:
        """The secretariat's bookmark, on a new device."""
        refused = hall.client.get(f"{HOME}/secretariat/liste")
        assert refused.status_code == 403
        assert f'href="{HOME}/connexion?suite={HOME}/secretariat/liste"' in refused.text


def hall_secretariat(db):
    from motion.acts.sign_in import actor_of

    return actor_of(db, 1, secretary_id=1)


@pytest.mark.parametrize(
    "suite",
    [
        "https://ailleurs.example/",
        "//ailleurs.example/ormeline/motions",
        "/\\ailleurs.example",
        f"{HOME}/motions//ailleurs.example",
        f"{HOME}/motions/../../ailleurs",
        f"{HOME}@ailleurs.example",
        f"{HOME}.ailleurs.example/motions",
        "/autre/motions/M1/rediger",
        f"{HOME}/demonstration/elu-2/jeton",
        f"{HOME}/connexion/lien/jeton",
        f"{HOME}/deconnexion",
        f"{HOME}/motions/M1\r\nSet-Cookie: a=b",
        f"{HOME}/motions/" + "a" * 300,
        "javascript:alert(1)",
        f"{HOME}/secretariat",
    ],
)
def test_nobody_is_sent_elsewhere(hall: Hall, suite: str) -> None:
    """Another site, another congress, an address that signs in: forgotten, and an official has no office."""
    waiting = follow(hall, f"{HOME}/connexion?suite={quote(suite)}", email=ADDRESS)
    assert "ailleurs" not in waiting
    place = follow(hall, f"{HOME}/connexion/code?suite={quote(suite)}", code=mail_of(hall)[1])
    assert place == f"{HOME}/motions"


class TestOtherwise:
    """Without a place to come back to."""

    def test_an_official_goes_to_the_one_text_that_is_open(self, hall: Hall) -> None:
        """With two, to the list of them; with none either."""
        assert by_demonstration(hall, "elu-2") == f"{HOME}/motions"

        def freeze(code: str) -> None:
            hall.service.store.write_now(
                lambda db: setattr(db.exec(select(Motion).where(Motion.code == code)).one(), "state", "frozen")
            )

        freeze("M2")
        assert by_demonstration(hall, "elu-2") == EDITOR
        freeze("M1")
        assert by_demonstration(hall, "elu-2") == f"{HOME}/motions"

    def test_the_secretariat_goes_to_its_office(self, hall: Hall) -> None:
        """Whatever is open."""
        assert by_demonstration(hall, "sec-1") == f"{HOME}/secretariat"
