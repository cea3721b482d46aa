"""The register for people, through the real application."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import Session

from motion.acts import motions, record
from motion.record.forms import Form
from motion.record.kinds import KINDS
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.register_words import GENRES, SENTENCES
from tests.web.world import NOW, Hall, served

SECRETARIAT = Actor(1, Role.SECRETARIAT, secretary_id=1)
ALINE = Actor(1, Role.RAPPORTEUR, official_id=1, session_id=1)
MAMADOU = Actor(1, Role.OFFICIAL, official_id=2, session_id=2)
HASH = "0" * 64


def typed(db: Session, actor: Actor, number: int, seconds: int, motion: int = 1) -> None:
    """One keystroke, as the record says it."""
    body = {"c": HASH, "cid": 9, "doc": f"M{motion}", "len": 20, "n": number, "sess": "s-1", "skel": HASH}
    at = NOW + timedelta(seconds=seconds)
    record.note(db, 1, "crdt.update", body, actor=actor, now=at, motion_id=motion, official_id=actor.official_id)


def fill(db: Session) -> None:
    """Two officials type for a while, the secretariat freezes the other motion."""
    for second in range(120):
        typed(db, ALINE if second % 3 else MAMADOU, 10 + second, second)
    typed(db, ALINE, 1000, 3600)
    motions.freeze(db, SECRETARIAT, 2, now=NOW + timedelta(seconds=4000))
    for second in range(60):
        body: dict[str, object] = {"sess": f"s-{second}", "who": "elu-3", "how": "card"}
        record.note(db, 1, "session.open", body, actor=None, now=NOW + timedelta(seconds=5000 + second), official_id=3)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with served(tmp_path_factory.mktemp("registre")) as hall:
        hall.service.store.write_now(fill)
        yield hall


def text_of(hall: Hall, path: str, status: int = 200) -> str:
    """A page's words, without tags, blanks as one space."""
    answer = hall.client.get(path)
    assert answer.status_code == status, answer.text
    words = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2].partition("</main")[0])
    return re.sub(r"[ \n\u00a0\u202f]+", " ", unescape(words))


class TestReading:
    """Issue, section 3: every entry in words, grouped, filtered."""

    def test_the_latest_stand_first_and_older_ones_follow_by_a_link(self, hall: Hall) -> None:
        """Pages are cut by number: together they show every line once."""
        seen: list[str] = []
        path = "/ormeline/registre"
        for _page in range(10):
            html = hall.client.get(path).text
            seen += re.findall(r"(?:Inscriptions?|Entr\w+) n°\u00a0([^<]+)<", html)
            older = re.search(r'class="btn" href="([^"]*avant=[^"]*)"', html)
            if older is None:
                break
            path = unescape(older[1])
        assert len(seen) == len(set(seen))
        assert seen[0] > seen[-1]
        assert "0" in seen  # the opening of the congress, or the first entry of this small world

    def test_a_stretch_is_one_line_that_opens(self, hall: Hall) -> None:
        """By person and motion, with the count of changes; opened, each has its own line and address."""
        html = hall.client.get("/ormeline/registre?genre=ecriture").text
        text = unescape(html)
        assert "Aline Corbières, maire de Valbrune, écrit dans la motion\u00a01" in text.replace(
            "motion 1", "motion\u00a01"
        )
        assert "80 modifications" in text
        opened = next(link for link in re.findall(r'href="([^"]*chaque=1[^"]*)"', html) if "qui=1" in link)
        words = text_of(hall, unescape(opened))
        assert "Mamadou" not in words

    def test_filters_by_person_motion_genre_and_hour(self, hall: Hall) -> None:
        """Each alone, and together."""
        assert "Aline" not in text_of(hall, "/ormeline/registre?personne=diarra").replace(
            "Aline Corbières, maire", "", 0
        )
        frozen = text_of(hall, "/ormeline/registre?motion=M2&genre=texte")
        assert "gèle le texte de la motion 2" in frozen and "écrit dans" not in frozen
        later = text_of(hall, "/ormeline/registre?jour=2031-11-15&de=15:32&a=15:33&genre=ecriture")
        assert "1 modification" not in later or "80 modifications" not in later
        assert "Aline Corbières" in later and "Mamadou" not in later

    def test_hours_without_a_day_are_of_the_last_one(self, hall: Hall) -> None:
        """The form then shows which."""
        assert 'value="2031-11-15"' in hall.client.get("/ormeline/registre?de=00:00&a=23:59").text
        assert "gèle le texte de la motion 2" in text_of(
            hall, "/ormeline/registre?de=00:00&a=23:59&motion=M2&genre=texte"
        )
        assert "Aucune inscription ne correspond" in text_of(hall, "/ormeline/registre?a=00:00")

    def test_what_matches_nothing_says_so(self, hall: Hall) -> None:
        """Also signs alone."""
        for person in ("personne%20de%20ce%20nom", "%25"):
            assert "Aucune inscription ne correspond" in text_of(hall, f"/ormeline/registre?personne={person}")

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("jour=hier", "Ce jour ne se lit pas"),
            ("jour=9999-12-31", "Ce jour ne se lit pas"),
            ("jour=0001-01-01&de=00:00", "Ce jour ne se lit pas"),
            ("jour=2031-11-15&de=midi", "Cette heure ne se lit pas"),
            ("genre=tout", "n’existe pas"),
        ],
    )
    def test_bad_input_is_told_with_its_repair(self, hall: Hall, query: str, sentence: str) -> None:
        """And the form keeps what was typed."""
        assert sentence in text_of(hall, f"/ormeline/registre?{query}", 422)

    @pytest.mark.parametrize("name", ["avant", "depuis", "qui"])
    def test_a_number_of_any_length_is_read(self, hall: Hall, name: str) -> None:
        """Or left out: it is nobody's."""
        assert hall.client.get("/ormeline/registre", params={name: "9" * 5000}).status_code == 200

    def test_an_unknown_motion_is_not_found(self, hall: Hall) -> None:
        """By its code."""
        assert hall.client.get("/ormeline/registre?motion=M99").status_code == 404

    def test_nothing_new_is_answered_304(self, hall: Hall) -> None:
        """And one entry more is not."""
        first = hall.client.get("/ormeline/registre")
        again = hall.client.get("/ormeline/registre", headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304


class TestOneEntry:
    """Permanent address and proof per entry."""

    def test_an_entry_is_said_in_words_and_to_the_byte(self, hall: Hall) -> None:
        """With its neighbours."""
        words = text_of(hall, "/ormeline/registre/3")
        assert "Inscription n° 3" in words and '"v":1' in words
        assert "Inscription précédente" in words and "Inscription suivante" in words

    def test_an_entry_to_come_is_not_found(self, hall: Hall) -> None:
        """However large its number."""
        for number in ("99999", "9" * 30):
            assert hall.client.get(f"/ormeline/registre/{number}").status_code == 404

    def test_a_receipt_has_its_address_as_a_qr_code(self, hall: Hall) -> None:
        """And in letters."""
        html = hall.client.get("/ormeline/registre/3/recu").text
        assert "<svg" in html and "http://testserver/ormeline/registre/3<" in html


def test_every_kind_is_said_in_words(hall: Hall) -> None:
    """In both languages, with values of every form."""
    samples = {
        Form.ID: "elu-1",
        Form.WORD: "hour",
        Form.WORDS: ["fr"],
        Form.TEXT: "Vallée",
        Form.HASH: HASH,
        Form.COUNT: 3,
        Form.DAY: "2031-11-15",
        Form.FLAG: True,
    }

    def add(db: Session) -> list[int]:
        numbers = []
        for kind in KINDS.values():
            body = {field.name: samples[field.form] for field in kind.fields}
            if kind.name == "redaction":
                body |= {"kind": "retrait"}
            numbers.append(record.note(db, 1, kind.name, body, actor=SECRETARIAT, now=NOW + timedelta(hours=9)))
        return numbers

    numbers = hall.service.store.write_now(add)
    for number, kind in zip(numbers, KINDS, strict=True):
        for code in ("fr", "en"):
            page = hall.client.get(f"/ormeline/registre/{number}", headers={"accept-language": code})
            assert page.status_code == 200, (kind, page.text)
            title = unescape(re.search(r"<h1[^>]*>([^<]+)", page.text)[1])
            assert "%(" not in title and title[0].isupper(), (kind, title)
    assert set(SENTENCES) | {"role.change", "session.close", "redaction"} == set(KINDS)
    assert len(set(GENRES.values())) == len(GENRES)
