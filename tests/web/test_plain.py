"""The plain mode: an ordinary form that writes in the motion, for officials alone."""

import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from motion.acts import motions
from motion.live import plain
from motion.rules.merging import Edit, difference
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web.pages import plain as plain_pages
from tests.web.world import TEXT, Hall, served

FORM = "/ormeline/motions/M1/rediger/simple"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with served(tmp_path) as hall:
        yield hall


def filled(hall: Hall, who: dict[str, str], **changes: str) -> dict[str, str]:
    """What a browser would send back: every field of the form as it is shown, but for `changes`."""
    fields = {**fields_of(hall.client.get(FORM, headers=who).text), **changes}
    # Browsers end lines by two characters.
    return {name: text.replace("\n", "\r\n") for name, text in fields.items()}


def fields_of(page: str) -> dict[str, str]:
    """The fields of a form as it is shown."""
    fields = {
        name: unescape(text).removeprefix("\n")
        for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    }
    fields["version"] = re.search(r'name="version" value="(\d+)"', page)[1]
    fields["apres"] = re.findall(r'<option value="(-?\d+)" selected>', page)[0]
    return fields


def text_of(hall: Hall) -> str:
    return hall.client.portal.call(hall.service.rooms.open, 1).text


class TestWriting:
    def test_a_form_sent_back_untouched_changes_nothing(self, hall: Hall) -> None:
        """Line ends of browsers and blank ends are no change."""
        answer = hall.client.post(FORM, data=filled(hall, hall.aline), headers=hall.aline)
        assert answer.status_code == 200 and "rien à changer" in answer.text
        assert text_of(hall) == TEXT

    def test_a_change_goes_in_under_the_name_of_the_session(self, hall: Hall) -> None:
        """Only the words that changed are this official's."""
        fields = filled(hall, hall.aline, p2="Le car de 7 h 10 n’existe plus du tout.\nOn renonce à se soigner.")
        answer = hall.client.post(FORM, data=fields, headers=hall.aline)
        assert answer.status_code == 200 and "Enregistré à 14\u00a0h\u00a032" in answer.text
        assert "plus du tout." in text_of(hall)
        runs = hall.client.portal.call(hall.service.rooms.open, 1).runs
        assert [length for length, official in runs if official == 1] == [len(" du tout")]

    def test_two_forms_shown_together_are_merged(self, hall: Hall) -> None:
        """Nobody's words are lost, and the second is told what the first changed."""
        mine = filled(hall, hall.aline, p6="Elles demandent le droit de salarier des soignants.\n\nEt vite.")
        theirs = filled(hall, hall.mamadou, p2="Le car n’existe plus.\nOn renonce à se soigner.")
        assert hall.client.post(FORM, data=theirs, headers=hall.mamadou).status_code == 200
        answer = hall.client.post(FORM, data=mine, headers=hall.aline)
        assert "d’autres ont changé" in answer.text and "<del>de 7 h 10 </del>" in answer.text
        assert "Le car n’existe plus.\nOn" in text_of(hall)

    def test_paragraphs_are_added_and_emptied(self, hall: Hall) -> None:
        """A new one goes where it was asked; an emptied one goes with its blank line."""
        fields = filled(hall, hall.aline, nouveau="## Suivre\n\nUn bilan chaque année.", apres="1", p4="")
        hall.client.post(FORM, data=fields, headers=hall.aline)
        text = text_of(hall)
        assert "## Exposé des motifs\n\n## Suivre\n\nUn bilan chaque année.\n\nLe car" in text
        assert "mutualiser" not in text and "\n\n\n" not in text

    def test_a_long_text_goes_in_by_portions(self, hall: Hall) -> None:
        """Longer than one update may be, and not one character is lost."""
        long = "\n\n".join(f"Alinéa {number} : " + "des mots, " * 60 for number in range(40)).strip()
        answer = hall.client.post(FORM, data=filled(hall, hall.aline, nouveau=long), headers=hall.aline)
        assert answer.status_code == 200
        assert text_of(hall) == TEXT.rstrip("\n") + "\n\n" + long + "\n"

    def test_what_may_not_stand_in_a_motion_is_left_out(self, hall: Hall) -> None:
        """Controls and marks of direction, invisible to their author, do not come in."""
        fields = filled(hall, hall.aline, nouveau="Un mot\u202e caché\x00.")
        assert hall.client.post(FORM, data=fields, headers=hall.aline).status_code == 200
        assert "Un mot caché." in text_of(hall)


class TestWhoMayWrite:
    """Issue, section 2: only officials can write in a motion, held for each request."""

    def test_the_public_is_led_to_sign_in(self, hall: Hall) -> None:
        """And a form of theirs changes nothing."""
        fields = filled(hall, hall.aline, p2="Rien.")
        assert hall.client.get(FORM).headers["location"] == f"/ormeline/connexion?suite={FORM}"
        assert hall.client.post(FORM, data=fields).status_code == 403
        assert text_of(hall) == TEXT

    def test_the_secretariat_cannot_write_one_character(self, hall: Hall) -> None:
        """Neither the form nor what it would send."""
        fields = filled(hall, hall.aline, p2="Rien.")
        assert hall.client.get(FORM, headers=hall.odile).status_code == 403
        assert hall.client.post(FORM, data=fields, headers=hall.odile).status_code == 403
        assert text_of(hall) == TEXT

    def test_no_field_makes_another_the_author(self, hall: Hall) -> None:
        """Whatever the form says, the words are those of the session's official."""
        forged = {
            "official": "2",
            "official_id": "2",
            "author": "elu-2",
            "session_id": "2",
            "actor": "2",
            "client": "7",
        }
        fields = filled(hall, hall.aline, nouveau="À moi.", **forged)
        assert hall.client.post(FORM, data=fields, headers=hall.aline).status_code == 200
        room = hall.client.portal.call(hall.service.rooms.open, 1)
        assert {official for _length, official in room.runs} == {0, 1}

    @pytest.mark.parametrize("whom", ["1", "2", "3", "99999999999"])
    def test_no_field_lets_an_official_write_for_another(self, hall: Hall, whom: str) -> None:
        """Attack: only a rapporteur may, whatever the form says; the words come back to be copied."""
        fields = filled(hall, hall.mamadou, nouveau="Pour un autre.", pour=whom)
        answer = hall.client.post(FORM, data=fields, headers=hall.mamadou)
        assert answer.status_code == 409 and "Seule une personne rapporteure" in answer.text
        assert "Pour un autre." in answer.text and "Pour un autre." not in text_of(hall)

    @pytest.mark.parametrize("whom", ["1", "99999999999"])
    def test_a_rapporteur_writes_for_members_alone(self, hall: Hall, whom: str) -> None:
        """Not for themselves, nor for nobody."""
        fields = filled(hall, hall.aline, nouveau="Pour personne.", pour=whom)
        assert hall.client.post(FORM, data=fields, headers=hall.aline).status_code == 409
        assert "Pour personne." not in text_of(hall)

    def test_the_register_says_for_whom_a_rapporteur_writes(self, hall: Hall) -> None:
        """Where the page was opened to write for them; others have no such field."""
        assert 'name="pour"' not in hall.client.get(FORM, headers=hall.mamadou).text
        fields = filled(hall, hall.aline, nouveau="Pour Mamadou.", pour="2")
        answer = hall.client.post(FORM, data=fields, headers=hall.aline)
        assert answer.status_code == 200 and "Vous avez écrit pour Mamadou Diarra" in answer.text
        size = hall.client.get("/ormeline.json").json()["entry"] + 1
        told = [hall.client.get(f"/ormeline/registre/{number}").text for number in range(size - 2, size)]
        assert "afin d’y écrire pour Mamadou Diarra, conseiller municipal de Port-Émeraude" in told[0]

    def test_an_ended_session_writes_nothing(self, hall: Hall) -> None:
        """The clock has passed its end."""
        fields = filled(hall, hall.aline, p2="Rien.")
        hall.at[0] += timedelta(days=2)
        assert hall.client.post(FORM, data=fields, headers=hall.aline).status_code == 403
        assert text_of(hall) == TEXT

    def test_forms_of_other_sites_are_refused(self, hall: Hall) -> None:
        """With the right cookie, from the wrong place."""
        fields = filled(hall, hall.aline, p2="Rien.")
        elsewhere = {**hall.aline, "sec-fetch-site": "cross-site"}
        assert hall.client.post(FORM, data=fields, headers=elsewhere).status_code == 403
        assert text_of(hall) == TEXT

    def test_a_version_that_never_was_is_refused(self, hall: Hall) -> None:
        """Bad input says which field and how to repair it."""
        for version in ("99999", "-1", "deux", ""):
            fields = filled(hall, hall.aline, p2="Rien.", version=version)
            assert hall.client.post(FORM, data=fields, headers=hall.aline).status_code == 422
        assert text_of(hall) == TEXT

    def test_what_comes_after_the_freeze_is_kept_aside(self, hall: Hall) -> None:
        """Neither merged nor thrown away: shown to its author to copy."""
        fields = filled(hall, hall.aline, p2="Trop tard, mais gardé.")
        actor = Actor(1, Role.SECRETARIAT, secretary_id=1)

        async def freeze() -> None:
            await hall.service.rooms.run_act(1, motions.freeze, actor, 1, now=hall.at[0])

        hall.client.portal.call(freeze)
        answer = hall.client.post(FORM, data=fields, headers=hall.aline)
        assert answer.status_code == 409
        assert "Trop tard, mais gardé." in answer.text and "gardé à part" in answer.text
        assert text_of(hall) == TEXT
        assert 'name="version"' not in hall.client.get(FORM, headers=hall.aline).text


class TestPieces:
    """`motion.live.plain`."""

    def test_unchanged_forms_give_the_text_back(self) -> None:
        """Whatever blank lines stand where."""
        for text in ("", "\n", "a", "\n\na\n\n\nb  \n \n\tc\n\n", "a\nb\n\n- c\n- d", "  \n\n x"):
            found = plain.paragraphs(text)
            assert plain.wanted(text, {place: p.text for place, p in enumerate(found)}, "", 0) == text
            assert all(text[p.start : p.end] == p.text for p in found)

    def test_the_only_paragraph_may_be_emptied_or_the_first_one_written(self) -> None:
        """The ends of what a form can ask."""
        assert plain.wanted("a\n", {0: ""}, "", 0) == ""
        assert plain.wanted("", {}, "a", -1) == "a"
        assert plain.wanted("", {}, "a", 5) == "a"
        assert plain.wanted("a\n\nb", {}, "c", -1) == "c\n\na\n\nb"
        assert plain.wanted("a\n\nb\n", {0: ""}, "", 0) == "b\n"

    def test_long_insertions_are_cut(self) -> None:
        """The first portion, and word that there is more."""
        taken, is_more = plain.portion([Edit(0, 0, "a" * 1500), Edit(5, 2, "b" * 1500)])
        assert is_more and taken[1] == Edit(5, 2, "b" * 500)
        assert plain.portion([Edit(0, 0, "a")]) == ([Edit(0, 0, "a")], False)


class TestManyForms:
    """One session that sends form after form is slowed, with its text in its hands."""

    def test_a_form_too_many_comes_back_as_it_was_sent(self, hall: Hall) -> None:
        """429, how long to wait, every box as filled in; sent again a little later, it is taken. Others write on."""
        for turn in range(plain_pages.FORMS_AT_ONCE):
            fields = filled(hall, hall.aline, p2=f"Le car n’existe plus, tour {turn}.")
            assert hall.client.post(FORM, data=fields, headers=hall.aline).status_code == 200
        fields = filled(hall, hall.aline, p2="Le car reviendra.\n<b>", nouveau="Un ajout.", apres="0")
        refused = hall.client.post(FORM, data=fields, headers=hall.aline)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
        assert "Vous enregistrez très souvent" in refused.text and "Le car reviendra.\n&lt;b&gt;" in refused.text
        assert "reviendra" not in text_of(hall)
        other = filled(hall, hall.mamadou, p1="## Motifs")
        assert hall.client.post(FORM, data=other, headers=hall.mamadou).status_code == 200
        again = fields_of(refused.text)
        assert again["version"] == fields["version"] and again["apres"] == "0" and again["nouveau"] == "Un ajout."
        time.sleep(int(refused.headers["retry-after"]))
        assert hall.client.post(FORM, data=again, headers=hall.aline).status_code == 200
        assert "Le car reviendra." in text_of(hall) and "Un ajout." in text_of(hall)

    def test_a_flood_is_not_even_read(self, hall: Hall) -> None:
        """A page says that the words are still in the one before."""
        fields = filled(hall, hall.aline)
        statuses = [
            hall.client.post(FORM, data=fields, headers=hall.aline) for _ in range(plain_pages.TRIES_AT_ONCE + 10)
        ]
        assert statuses[-1].status_code == 429
        assert "votre texte y est encore" in statuses[-1].text and "<textarea" not in statuses[-1].text

    def test_what_no_motion_can_be_comes_back_too(self, hall: Hall) -> None:
        """Longer than any text: 413, with the words; larger than any form: 413 before it is read."""
        fields = filled(hall, hall.aline, p2="mot " * 60_000)
        answer = hall.client.post(FORM, data=fields, headers=hall.aline)
        assert answer.status_code == 413 and answer.text.count("mot mot mot") > 1_000
        assert "sont permis" in answer.text
        fields = filled(hall, hall.aline, p2="m" * (plain_pages.MAX_FORM_BYTES + 1))
        answer = hall.client.post(FORM, data=fields, headers=hall.aline)
        assert answer.status_code == 413 and len(answer.text) < 20_000
        assert text_of(hall) == TEXT

    def test_comparing_holds_nobody_up(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """While a form is compared, the loop that carries everybody's keystrokes goes on."""
        threads = []

        def slow(base: str, asked: str) -> list[Edit]:
            threads.append(threading.current_thread())
            return difference(base, asked)

        monkeypatch.setattr(plain_pages, "difference", slow)
        fields = filled(hall, hall.aline, p2="Le car reviendra.")
        assert hall.client.post(FORM, data=fields, headers=hall.aline).status_code == 200
        assert hall.client.portal is not None
        loop_thread = hall.client.portal.call(threading.current_thread)
        assert threads and loop_thread not in threads
