"""Several people at the desk of one transcript, and files that can't be taken: nothing is overwritten in silence."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from motion.rules.captions import Cue
from tests.web.secretariat_world import two_congresses
from tests.web.test_transcripts import CUES, DESK, form_of, get, now, send, states, upload
from tests.web.voices import recorded
from tests.web.world import Hall

MANY = tuple(Cue(n * 1_000, n * 1_000 + 900, f"Ligne {n}.") for n in range(120))
JSON = "application/json"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress with a published testimony, whose transcript has three pages of lines."""
    with two_congresses(tmp_path) as hall:
        recorded(hall)
        upload(hall, MANY)
        yield hall


def page_of(hall: Hall, number: int) -> str:
    return get(hall, f"{DESK}?langue=fr&page={number}").text


class TestTwoPeople:
    def test_each_at_their_page(self, hall: Hall) -> None:
        """Both keep their lines, however often; the second is told that somebody else is there."""
        first, second = page_of(hall, 1), page_of(hall, 3)
        told = send(hall, first, "keep", accept=JSON, text_0="La première.").json()
        assert told["shared"] is False
        told = send(hall, second, "keep", accept=JSON, text_0="La seconde.").json()
        assert told["shared"] is True and told["first"] == 100
        fields = {name: str(told[name]) for name in ("base", "first", "count", "was")}
        again = send(hall, second, "keep", accept=JSON, text_0="La seconde, encore.", **fields).json()
        assert again["shared"] is False
        assert [now(hall)[at][1] for at in (0, 100)] == ["La première.", "La seconde, encore."]

    def test_lines_that_have_moved_are_known_again(self, hall: Hall) -> None:
        """One line more above them: they stand one further on."""
        first, third = page_of(hall, 1), page_of(hall, 3)
        send(hall, first, "split-0", accept=JSON, text_0="Un | deux.")
        told = send(hall, third, "keep", accept=JSON, text_0="Cent.").json()
        assert told["first"] == 101 and told["count"] == 20
        assert len(now(hall)) == 121 and now(hall)[101][1] == "Cent." and now(hall)[100][1] == "Ligne 99."

    def test_the_same_lines_are_not_overwritten(self, hall: Hall) -> None:
        """Neither by the script nor by the form."""
        first, second = page_of(hall, 1), page_of(hall, 1)
        send(hall, first, "keep", accept=JSON, text_0="La première.")
        answer = send(hall, second, "keep", accept=JSON, text_1="La seconde.")
        assert (answer.status_code, answer.json()) == (409, {"changed": True})
        assert "La seconde." in send(hall, second, "keep", text_1="La seconde.").text
        assert now(hall)[0][1] == "La première." and now(hall)[1][1] == "Ligne 1."

    @pytest.mark.parametrize("do", ["save", "confirm", "shift"])
    def test_nobody_publishes_confirms_or_moves_what_they_have_not_seen(self, hall: Hall, do: str) -> None:
        """Lines of other pages included."""
        first, third = page_of(hall, 1), page_of(hall, 3)
        send(hall, first, "keep", accept=JSON, text_0="La première.")
        assert send(hall, third, do, accept=JSON, text_0="Cent.", by="1").status_code == 409
        assert states(hall)[-1].entry is None

    def test_what_was_kept_and_not_answered_may_be_sent_again(self, hall: Hall) -> None:
        """The cut came after: these are their own lines, and nobody else's."""
        page = page_of(hall, 1)
        for _turn in range(2):
            told = send(hall, page, "keep", accept=JSON, text_0="La première.").json()
            assert (told["first"], told["count"]) == (0, 50)
        assert len(states(hall)) == 2 and len(now(hall)) == 120

    def test_a_form_that_names_no_lines_is_of_another_state(self, hall: Hall) -> None:
        """As one that was opened before the service was renewed."""
        first, third = page_of(hall, 1), page_of(hall, 3)
        send(hall, first, "keep", accept=JSON, text_0="La première.")
        assert send(hall, third, "keep", accept=JSON, was="", text_0="Cent.").status_code == 409
        assert send(hall, third, "keep", accept=JSON, count="0", text_0="Cent.").status_code == 409

    def test_a_file_does_not_take_the_place_of_lines_that_its_sender_has_not_seen(self, hall: Hall) -> None:
        """It is told, and may be sent again."""
        page = page_of(hall, 1)
        send(hall, page, "keep", accept=JSON, text_0="La première.")
        files = {"captions": ("paroles.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nAutre.\n", "text/vtt")}
        data = {"base": form_of(page)["base"]}
        answer = hall.client.post(f"{DESK}/fichier?langue=fr", data=data, files=files, headers=hall.odile)
        assert answer.status_code == 422 and "aurait pris la place de ses lignes" in unescape(answer.text)
        assert now(hall)[0][1] == "La première."


class TestFilesThatAreNone:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (
                b"WEBVTT\n\n00:01.000 --> demain\nUn\n",
                "Ligne 3, cette heure ne se lit pas. Écrivez par exemple 1:02,5 ou 00:01:02.500. Il y est écrit : "
                "« 00:01.000 --> demain ». Dans ce fichier, les heures s’écrivent ainsi :",
            ),
            (
                b"WEBVTT\n\n00:01.000 --> 00:02.000\nUn\n\nDeux, sans heure.\n",
                "Ligne 6, ces mots n’ont pas d’heure. Il y est écrit : « Deux, sans heure. ». "
                "Écrivez au-dessus de ces mots une ligne d’heures",
            ),
            (
                b"WEBVTT\n\n00:05.000 --> 00:02.000\nUn\n",
                "Ligne 3, la fin doit venir après le début. Il y est écrit : « 00:05.000 --> 00:02.000 ».",
            ),
            (
                "1\n00:00:01,000 --> 00:00:02,000\nUn\n\n2\n00:00:01,000 --> 00:00:03,000\nDeux\n".encode("cp1252"),
                "Deux sous-titres commencent au même moment",
            ),
            (b"<html><body>00:01</body></html>", "Choisissez un fichier .vtt ou .srt, tel que votre outil"),
            (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "Il n’y a aucune parole. Le fichier a des heures"),
            (b"\x00\x01\x02\xff" * 300, "ne contient pas de sous-titres"),
            (b"", "ne contient pas de sous-titres"),
            (b"WEBVTT\n" + b" " * 2_000_001, "vérifiez que ce n’est pas la vidéo"),
        ],
    )
    def test_a_file_says_its_line_and_how_it_is_mended(self, hall: Hall, content: bytes, said: str) -> None:
        """Beside the file, and not at a line of the transcript that has the same number; nothing is changed."""
        page = upload(hall, content)
        assert page.status_code == 422 and said in unescape(page.text).replace("\xa0", " ")
        assert "Rien n’a été changé." in page.text and "fautive" not in page.text
        assert len(states(hall)) == 1

    def test_no_file_at_all_says_so(self, hall: Hall) -> None:
        """The form was sent without one."""
        empty = {"captions": ("", b"", "application/octet-stream")}
        page = hall.client.post(f"{DESK}/fichier?langue=fr", files=empty, headers=hall.odile)
        assert page.status_code == 422 and "Aucun fichier n’est choisi. Choisissez un fichier" in unescape(page.text)

    def test_old_letters_markup_and_overlaps_are_taken(self, hall: Hall) -> None:
        """Windows-1252; tags are left out and signs kept; the first of two that overlap ends where the next begins."""
        old = (
            "1\r\n00:00:01,000 --> 00:00:04,000\r\n<i>L’été</i> à Œuilly &amp; <script>alert(1)</script>\r\n\r\n"
            "2\r\n00:00:03,000 --> 00:00:05,000\r\n{\\an8}<font color=red>Voilà</font>\r\n"
        )
        page = upload(hall, old.encode("cp1252"))
        assert page.status_code == 200
        assert [text for _who, text in now(hall)] == ["L’été à Œuilly & alert(1)", "Voilà"]
        assert form_of(page.text)["end-0"] == "0:03,000"


def test_what_was_there_stays_readable_in_its_version(hall: Hall) -> None:
    """A file takes the place of lines, not of a published version."""
    upload(hall, CUES)
    assert [said.entry is not None for said in states(hall)] == [True, True]
