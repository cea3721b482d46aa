"""The desk at which a transcript is corrected: forms without script, two people at once, what nobody may."""

import re
import secrets
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import Session, select

from motion.acts import contributions, transcripts
from motion.acts.transcripts import base_of, cues_of
from motion.rules import caption_files
from motion.rules.captions import Cue
from motion.rules.heard import LANGUAGES, HearingReason
from storage import captions, jobs
from storage.models import ContributionFile, Job, Transcript
from tests.web.secretariat_world import rows, two_congresses
from tests.web.voices import SOUND, recorded
from tests.web.world import NOW, Hall

DESK = "/ormeline/secretariat/transcriptions/C1/1"
CUES = (
    Cue(0, 2_000, "Le car ne passe plus.", "Solène Marchebrune"),
    Cue(2_000, 4_000, "Le marché est le jeudi."),
    Cue(5_000, 6_000, "Voilà."),
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress with a published testimony, where a machine listens, and another congress."""
    with two_congresses(tmp_path, hears=True) as hall:
        recorded(hall)
        yield hall


def get(hall: Hall, path: str = DESK, who: str = "odile"):
    return hall.client.get(path, headers=hall.signed_in(who))


def followed(hall: Hall, answer, who: str):
    """The page that a form leads to."""
    return get(hall, answer.headers["location"], who) if answer.status_code == 303 else answer


def upload(hall: Hall, cues=CUES, path: str = DESK, who: str = "odile", langue: str = "fr"):
    """Send a file of captions, in place of what there is."""
    there = [said for said in states(hall) if said.language == langue]
    data = {"base": base_of(there[-1]) if there else ""}
    content = cues if isinstance(cues, bytes) else caption_files.webvtt(cues).encode()
    files = {"captions": ("paroles.vtt", content, "text/vtt")}
    answer = hall.client.post(f"{path}/fichier?langue={langue}", data=data, files=files, headers=hall.signed_in(who))
    return followed(hall, answer, who)


def form_of(page: str) -> dict[str, str]:
    """The fields of the form of lines, as a browser would send them."""
    form = page[page.index('data-module="captions"') :]
    form = form[: form.index("</form>")]
    found = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    }
    texts = re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return found | {name: unescape(text) for name, text in texts}


def send(
    hall: Hall, page: str, do: str, path: str = DESK, who: str = "odile", accept: str = "text/html", **fields: str
):
    """Press a button of the form, with some fields changed."""
    data = form_of(page) | {"do": do} | {name.replace("_", "-"): value for name, value in fields.items()}
    answer = hall.client.post(f"{path}?langue=fr", data=data, headers=hall.signed_in(who) | {"accept": accept})
    return followed(hall, answer, who)


def states(hall: Hall) -> list[Transcript]:
    return sorted(rows(hall, Transcript), key=lambda said: said.version)


def now(hall: Hall) -> list[tuple[str, str]]:
    """Who says what, in the last state."""
    return [(cue.speaker, cue.text) for cue in cues_of(states(hall)[-1])]


class TestTheDesk:
    def test_a_file_becomes_lines(self, hall: Hall) -> None:
        """Published at once, for the contribution is; not yet confirmed."""
        page = upload(hall)
        assert page.status_code == 200 and "C’est enregistré et publié." in page.text
        assert "Transcription fournie dans un fichier, à relire" in page.text
        assert form_of(page.text)["text-1"] == "Le marché est le jeudi."
        assert form_of(page.text)["start-2"] == "0:05,000"

    def test_a_file_that_is_none_says_the_line(self, hall: Hall) -> None:
        """Nothing is changed."""
        page = upload(hall, b"WEBVTT\n\n00:01.000 --> demain\nUn\n")
        assert page.status_code == 422 and "Ligne 3, cette heure ne se lit pas" in unescape(page.text)
        assert states(hall) == []

    def test_what_is_typed_is_shared_over_the_recording(self, hall: Hall) -> None:
        """Kept, not published."""
        sent = {"base": "", "text": "Un.\nDeux."}
        page = followed(hall, hall.client.post(f"{DESK}/texte?langue=fr", data=sent, headers=hall.odile), "odile")
        assert "C’est gardé, sans être publié." in page.text
        assert [text for _who, text in now(hall)] == ["Un.", "Deux."] and states(hall)[0].entry is None

    def test_nothing_typed_says_so(self, hall: Hall) -> None:
        """The form comes back."""
        page = hall.client.post(f"{DESK}/texte?langue=fr", data={"base": "", "text": " "}, headers=hall.odile)
        assert page.status_code == 422 and "aucune parole" in page.text

    @pytest.mark.parametrize(
        ("do", "fields", "words"),
        [
            (
                "split-0",
                {"text_0": "Le car | ne passe plus."},
                ["Le car", "ne passe plus.", "Le marché est le jeudi.", "Voilà."],
            ),
            ("join-1", {}, ["Le car ne passe plus.", "Le marché est le jeudi. Voilà."]),
            ("remove-1", {}, ["Le car ne passe plus.", "Voilà."]),
            ("keep", {"text_2": "C’est tout."}, ["Le car ne passe plus.", "Le marché est le jeudi.", "C’est tout."]),
            ("shift", {"by": "0,5", "from": "3"}, [cue.text for cue in CUES]),
        ],
    )
    def test_each_button_keeps_what_was_typed(
        self, hall: Hall, do: str, fields: dict[str, str], words: list[str]
    ) -> None:
        """As a working state: what is published has not changed."""
        page = send(hall, upload(hall).text, do, **fields)
        assert page.status_code == 200 and "sans être publié" in page.text
        assert [text for _who, text in now(hall)] == words
        assert len(states(hall)) == 2 and states(hall)[1].entry is None
        if do == "shift":
            assert [cue.start_ms for cue in cues_of(states(hall)[1])] == [0, 2_000, 5_500]

    def test_a_line_more_is_empty_until_it_is_filled(self, hall: Hall) -> None:
        """There where there is time for it."""
        page = send(hall, upload(hall).text, "add-1")
        fields = form_of(page.text)
        assert (fields["start-2"], fields["end-2"], fields["text-2"]) == ("0:04,000", "0:05,000", "")
        send(hall, page.text, "save", **{"text_2": "Oui."})
        assert [text for _who, text in now(hall)][2] == "Oui."

    def test_saving_publishes_and_confirming_says_so(self, hall: Hall) -> None:
        """Two versions more."""
        page = send(hall, upload(hall).text, "save", who_1="Solène Marchebrune")
        page = send(hall, page.text, "confirm")
        assert "Transcription fournie dans un fichier, relue" in page.text
        assert [(said.version, said.is_checked, said.entry is not None) for said in states(hall)] == [
            (1, False, True),
            (2, False, True),
            (3, True, True),
        ]

    def test_what_cannot_be_kept_comes_back_as_typed(self, hall: Hall) -> None:
        """With the line, and nothing lost."""
        page = send(hall, upload(hall).text, "save", text_0="Autre chose.", start_1="demain")
        assert page.status_code == 422 and "Ligne 2, cette heure ne se lit pas" in page.text
        fields = form_of(page.text)
        assert (fields["text-0"], fields["start-1"]) == ("Autre chose.", "demain")
        assert len(states(hall)) == 1

    def test_of_two_people_the_second_gets_their_lines_back(self, hall: Hall) -> None:
        """And the first's stay."""
        page = upload(hall).text
        send(hall, page, "save", text_0="La première.")
        second = send(hall, page, "save", text_0="La seconde.")
        assert second.status_code == 409 and "entre-temps" in second.text and "La seconde." in second.text
        assert now(hall)[0][1] == "La première."

    def test_lines_are_fifty_a_page(self, hall: Hall) -> None:
        """A page corrects its own, and the others stay."""
        many = tuple(Cue(n * 1_000, n * 1_000 + 900, f"Ligne {n}.") for n in range(120))
        upload(hall, many)
        page = get(hall, f"{DESK}?langue=fr&page=3").text
        assert form_of(page)["lines"] == "20" and form_of(page)["text-0"] == "Ligne 100."
        send(hall, page, "save", text_0="Cent.")
        assert len(now(hall)) == 120 and now(hall)[100][1] == "Cent." and now(hall)[99][1] == "Ligne 99."

    def test_the_script_is_answered_in_json(self, hall: Hall) -> None:
        """The new state, how many lines, or what is at fault."""
        page = upload(hall).text
        told = send(hall, page, "keep", accept="application/json", text_0="Un.").json()
        assert told["base"].startswith("2-0-") and told["count"] == 3
        wrong = send(hall, page, "keep", accept="application/json", text_0="Deux.")
        assert (wrong.status_code, wrong.json()) == (409, {"changed": True})
        fields = {"base": told["base"], "text_0": ""}
        wrong = send(hall, page, "keep", accept="application/json", **fields)
        assert wrong.status_code == 422 and wrong.json()["line"] == 1

    def test_a_translation_has_its_own_lines(self, hall: Hall) -> None:
        """And another language than those of the list is none."""
        upload(hall)
        assert "Taper la traduction" in get(hall, f"{DESK}?langue=ar").text
        upload(hall, langue="ar")
        assert 'dir="rtl"' in get(hall, f"{DESK}?langue=ar").text
        assert get(hall, f"{DESK}?langue=xx").status_code == 404

    def test_the_recording_is_played_before_it_is_published(self, tmp_path: Path) -> None:
        """In parts, for those who correct it alone."""
        with two_congresses(tmp_path) as hall:
            secret = recorded(hall, is_published=False)
            for path, who in ((DESK, "odile"), (f"/ormeline/suivi/{secret}/transcription/1", "nobody")):
                headers = hall.signed_in(who) | {"range": "bytes=0-3"}
                answer = hall.client.get(f"{path}/enregistrement", headers=headers)
                assert (answer.status_code, answer.content) == (206, SOUND[:4])
                assert answer.headers["x-content-type-options"] == "nosniff"


class TestWhoMay:
    @pytest.mark.parametrize("who", ["aline", "nobody", "irene"])
    def test_nobody_else(self, hall: Hall, who: str) -> None:
        """Neither officials, nor the public, nor the secretariat of another congress."""
        upload(hall)
        page = get(hall).text
        assert get(hall, who=who).status_code == 403
        assert get(hall, f"{DESK}/enregistrement", who=who).status_code == 403
        assert upload(hall, who=who).status_code == 403
        assert send(hall, page, "save", who=who, text_0="Non.").status_code == 403
        assert len(states(hall)) == 1

    def test_the_author_by_their_private_address(self, tmp_path: Path) -> None:
        """What they send after publication waits for the secretariat."""
        with two_congresses(tmp_path) as hall:
            path = f"/ormeline/suivi/{recorded(hall)}/transcription/1"
            page = upload(hall, path=path, who="nobody")
            assert page.status_code == 200 and "Le secrétariat lira ces lignes" in page.text
            assert "Enregistrer et publier" not in page.text
            send(hall, page.text, "save", path=path, who="nobody", text_0="Autre.")
            assert [said.entry for said in states(hall)] == [None]
            send(hall, get(hall).text, "save")
            assert states(hall)[-1].entry is not None and now(hall)[0][1] == "Autre."

    @pytest.mark.parametrize("secret", ["0" * 32, "rien", "..%2f..", "é" * 32])
    def test_an_address_that_is_nobodys(self, hall: Hall, secret: str) -> None:
        """Nothing is told."""
        assert get(hall, f"/ormeline/suivi/{secret}/transcription/1").status_code == 404

    def test_no_page_keeps_it(self, hall: Hall) -> None:
        """Personal pages are stored nowhere."""
        assert get(hall).headers["cache-control"] == "no-store"


class TestHostile:
    @pytest.mark.parametrize(
        "fields",
        [
            {"lines": "99999"},
            {"lines": "-1"},
            {"first": "1e9"},
            {"count": "٣"},
            {"do": "split-99"},
            {"do": "join-"},
            {"do": "drop"},
        ],
    )
    def test_a_form_that_is_not_ours(self, hall: Hall, fields: dict[str, str]) -> None:
        """It is refused, and changes nothing."""
        do = fields.get("do", "save")
        page = upload(hall).text
        rest = {name: value for name, value in fields.items() if name != "do"}
        assert send(hall, page, do, **rest).status_code == 404
        assert len(states(hall)) == 1

    @pytest.mark.parametrize("by", ["nan", "inf", "1e400", "1e12", "", "-99", "deux"])
    def test_a_shift_that_is_none(self, hall: Hall, by: str) -> None:
        """The lines stay."""
        assert send(hall, upload(hall).text, "shift", by=by).status_code == 422
        assert len(states(hall)) == 1

    def test_words_that_are_markup_are_words(self, hall: Hall) -> None:
        """On the page and in the file."""
        page = upload(hall, (Cue(0, 900, "<script>alert(1)</script> & Co", "<b>Ève</b>"),)).text
        assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
        said = states(hall)[0]
        assert "<script" not in said.text and cues_of(said)[0].text.startswith("<script>")

    def test_too_large_a_file(self, hall: Hall) -> None:
        """Refused before it is read whole, or when it is."""
        assert upload(hall, b"WEBVTT\n" + b" " * 2_000_001).status_code == 422
        assert upload(hall, b"WEBVTT\n" + b" " * 3_000_000).status_code == 413

    def test_a_contribution_that_was_taken_back(self, hall: Hall) -> None:
        """Its desk is gone, and so is what one was about to send."""
        page = upload(hall).text

        def withdraw(db: Session) -> None:
            nonces = iter(lambda: secrets.token_bytes(12), b"")
            contributions.withdraw(db, contributions.get(db, 1, 1), key=bytes(32), nonces=nonces, now=NOW)

        hall.service.store.write_now(withdraw)
        assert get(hall).status_code == 404
        assert send(hall, page, "save", text_0="Encore.").status_code == 404
        assert [said.text for said in states(hall)] == [""]


class TestTheMachine:
    """What the desk says while a machine listens (`motion.work.captions`)."""

    def ready(self, hall: Hall) -> None:
        """The recording has been made ready, and waits."""

        def run(db: Session) -> None:
            for file in db.exec(select(ContributionFile)):
                file.state = "done"
                db.add(file)
            captions.queue(db, LANGUAGES, NOW)

        hall.service.store.write_now(run)

    def fail(self, hall: Hall, reason: HearingReason = HearingReason.NO_SPEECH) -> None:
        """It was heard, for nothing."""

        def run(db: Session) -> None:
            [job] = db.exec(select(Job).where(Job.kind == captions.KIND)).all()
            assert captions.begin(db, job.id, "moi", LANGUAGES, NOW) is not None
            captions.fail(db, job.id, "moi", reason, NOW)

        hall.service.store.write_now(run)

    def test_it_waits_and_works_in_sight(self, hall: Hall) -> None:
        """With its percentage."""
        assert "automatique" not in get(hall).text
        self.ready(hall)
        assert "attend son tour" in get(hall).text

        def work(db: Session) -> None:
            [job] = db.exec(select(Job).where(Job.kind == captions.KIND)).all()
            captions.begin(db, job.id, "moi", LANGUAGES, NOW)
            jobs.progress(db, job.id, "moi", 40, NOW)

        hall.service.store.write_now(work)
        assert "est en cours\xa0: 40\xa0%" in get(hall).text

    def test_a_failure_has_a_reason_and_a_button(self, hall: Hall) -> None:
        """Which the secretariat alone may press."""
        self.ready(hall)
        self.fail(hall)
        page = get(hall).text
        assert "Aucune parole n’a été reconnue." in unescape(page) and ">Recommencer</button>" in page
        assert hall.client.post(f"{DESK}/automatique", headers=hall.signed_in("aline")).status_code == 403
        assert "Aucune parole" in unescape(get(hall).text)
        answer = hall.client.post(f"{DESK}/automatique", headers=hall.odile)
        assert "attend son tour" in followed(hall, answer, "odile").text

    def test_an_author_reads_why(self, tmp_path: Path) -> None:
        """Without the button: a server's time is the congress's."""
        with two_congresses(tmp_path) as hall:
            secret = recorded(hall)
            self.ready(hall)
            self.fail(hall)
            page = hall.client.get(f"/ormeline/suivi/{secret}/transcription/1").text
            assert "Aucune parole" in unescape(page) and "Recommencer" not in page
            assert hall.client.post(f"/ormeline/suivi/{secret}/transcription/1/automatique").status_code == 404

    def test_once_somebody_has_written_nothing_is_said_of_it(self, hall: Hall) -> None:
        """In any language."""
        self.ready(hall)
        upload(hall, langue="en")
        assert "attend son tour" not in get(hall).text

    def test_whoever_was_typing_when_it_came_loses_nothing(self, hall: Hall) -> None:
        """Their words come back beside the machine's, which says what it is."""
        self.ready(hall)

        def hear(db: Session) -> None:
            contribution = contributions.get(db, 1, 1)
            file = contributions.rows.files(db, contribution.id)[0]
            transcripts.automatic(db, contribution, file, "fr", CUES, salt=secrets.token_bytes(32), now=NOW)

        hall.service.store.write_now(hear)
        sent = {"base": "", "text": "Ce que je tapais."}
        page = hall.client.post(f"{DESK}/texte?langue=fr", data=sent, headers=hall.odile)
        assert page.status_code == 409 and "Ce que je tapais." in page.text
        assert "Transcription automatique, à relire" in page.text
        assert [text for _who, text in now(hall)] == [cue.text for cue in CUES]
