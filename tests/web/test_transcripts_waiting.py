"""The list of recordings whose words wait: what is in it, in which order, how it is counted, who may read it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import Session, select

from motion.acts import contributions, transcripts
from motion.rules.captions import Cue
from motion.rules.contributions import Words
from motion.rules.heard import LANGUAGES, HearingReason
from storage import captions, jobs, waiting_words
from storage.models import ContributionFile, Job
from tests.web.secretariat_world import two_congresses
from tests.web.voices import SECRETARIAT, recorded, salt
from tests.web.world import NOW, Hall

LIST = "/ormeline/secretariat/transcriptions"
CUES = (Cue(0, 2_000, "Le car ne passe plus."),)
NOBODY = "Aucune transcription automatique ne se fait ici."


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress with six recordings, made ready, where a machine listens."""
    with two_congresses(tmp_path, hears=True) as hall:
        for number in range(1, 7):
            recorded(hall, words=Words(f"Personne {number}", "Des mots."), is_published=number != 6)
        write(hall, lambda db: [made_ready(db, file) for file in db.exec(select(ContributionFile)).all()])
        yield hall


def write(hall: Hall, deed) -> None:
    hall.service.store.write_now(deed)


def made_ready(db: Session, file: ContributionFile) -> None:
    file.state, file.duration_ms = "done", 72_000
    db.add(file)


def at(db: Session, number: int):
    """A contribution and its recording."""
    contribution = contributions.get(db, 1, number)
    return contribution, contributions.rows.files(db, contribution.id)[0]


def typed(hall: Hall, number: int, *, is_checked: bool = False, is_kept: bool = False, language: str = "fr") -> None:
    """Somebody types what is said."""

    def run(db: Session) -> None:
        given = (db, SECRETARIAT, *at(db, number), language, CUES, transcripts.NOTHING)
        if is_kept:
            transcripts.keep(*given, now=NOW)
        else:
            transcripts.edit(*given, salt=salt(), now=NOW, is_checked=is_checked)

    write(hall, run)


def heard(hall: Hall, number: int) -> None:
    """A machine has written it."""
    write(hall, lambda db: transcripts.automatic(db, *at(db, number), "fr", CUES, salt=salt(), now=NOW))


def task(hall: Hall, number: int, what) -> None:
    """Queue all that waits, and do something with the task of one recording."""

    def run(db: Session) -> None:
        captions.queue(db, LANGUAGES, NOW)
        name = f'{{"file": {at(db, number)[1].id}}}'
        job = db.exec(select(Job).where(Job.kind == captions.KIND, Job.arguments == name)).one()
        what(db, job.id)

    write(hall, run)


def listening(db: Session, job_id: int) -> None:
    captions.begin(db, job_id, "moi", LANGUAGES, NOW)
    jobs.progress(db, job_id, "moi", 40, NOW)


def failing(db: Session, job_id: int) -> None:
    captions.begin(db, job_id, "moi", LANGUAGES, NOW)
    captions.fail(db, job_id, "moi", HearingReason.NO_SPEECH, NOW)


def page_of(hall: Hall, asked: str = "", who: str = "odile") -> str:
    answer = hall.client.get(LIST + asked, headers=hall.signed_in(who))
    assert answer.status_code == 200
    return unescape(answer.text)


def codes(page: str) -> list[str]:
    """The contributions of the list, in order."""
    return re.findall(r'<h3><a href="[^"]*/(C\d+)\?', page)


def count(page: str, kind: str) -> int:
    """What stands beside a filter; 0 for one that is not offered."""
    found = re.search(rf'liste={kind}"[^>]*>[^<(]*\(([\d\s]+)\)', page)
    return int(found[1]) if found else 0


class TestTheList:
    def test_whose_words_wait_and_for_what(self, hall: Hall) -> None:
        """The oldest first; what a person has compared waits for nobody."""
        heard(hall, 1)
        typed(hall, 2)
        typed(hall, 3, is_checked=True)
        task(hall, 4, listening)
        task(hall, 5, failing)
        page = page_of(hall)
        assert codes(page) == ["C1", "C2", "C4", "C5", "C6"]
        kinds = ("en-attente", "automatiques", "a-comparer", "en-cours", "echecs", "sans", "gardees")
        assert [count(page, kind) for kind in kinds] == [5, 1, 1, 2, 1, 0, 0]
        assert "transcription automatique en cours, 40\xa0%" in page and "Aucune parole n’a été reconnue." in page
        assert "pas encore publiée" in page and "enregistrement 1, 1\xa0min 12\xa0s" in page
        assert [codes(page_of(hall, f"?liste={kind}")) for kind in kinds[1:5]] == [["C1"], ["C2"], ["C4", "C6"], ["C5"]]

    def test_a_link_opens_the_language_that_waits(self, hall: Hall) -> None:
        """A recording may wait in two."""
        typed(hall, 1, is_checked=True)
        typed(hall, 1, language="de")
        page = page_of(hall)
        assert f'href="{LIST}/C1/1?langue=de"' in page and f'href="{LIST}/C1/1?langue=fr"' not in page
        assert "Ouvrir en allemand" in page
        assert hall.client.get(f"{LIST}/C1/1?langue=de", headers=hall.odile).status_code == 200

    def test_corrections_that_nobody_has_published(self, hall: Hall) -> None:
        """An author's after publication, among others."""
        typed(hall, 2, is_kept=True)
        assert codes(page_of(hall, "?liste=gardees")) == ["C2"]

    def test_what_is_refused_taken_back_or_could_not_be_read_waits_no_more(self, hall: Hall) -> None:
        """Nothing can be done for it here."""

        def end(db: Session) -> None:
            contribution, _file = at(db, 1)
            nonces = iter(lambda: bytes(12), b"")
            contributions.withdraw(db, contribution, key=bytes(32), nonces=nonces, now=NOW)
            _contribution, file = at(db, 2)
            file.state = "failed"
            db.add(file)

        write(hall, end)
        assert codes(page_of(hall)) == ["C3", "C4", "C5", "C6"]

    def test_pages_follow_one_another(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever was done meanwhile, nothing is skipped, and the count is that of all pages."""
        monkeypatch.setattr(waiting_words, "PAGE", 2)
        found, asked = [], ""
        for turn in range(3):
            page = page_of(hall, asked)
            found += codes(page)
            following = re.search(r'href="[^"]*(\?liste=en-attente&apres=\d+-\d+)"', page)
            assert (following is None) == (turn == 2) and count(page, "en-attente") == (6 if turn == 0 else 5)
            asked = following[1] if following else ""
            if turn == 0:
                typed(hall, 1, is_checked=True)
        assert found == ["C1", "C2", "C3", "C4", "C5", "C6"]
        assert "Rien après cette place" in page_of(hall, "?apres=6-1")

    @pytest.mark.parametrize("asked", ["?apres=", "?apres=x-1", "?apres=1", "?apres=9999999999-1", "?liste=rien"])
    def test_an_address_that_says_nothing_is_the_whole_list(self, hall: Hall, asked: str) -> None:
        """From its start."""
        assert len(codes(page_of(hall, asked))) == 6

    def test_the_count_stands_where_the_desks_others_are(self, hall: Hall) -> None:
        """At the secretariat's home and above the contributions."""
        typed(hall, 1, is_checked=True)
        home = unescape(hall.client.get("/ormeline/secretariat", headers=hall.odile).text)
        assert "Relire les transcriptions (5 en attente)" in home
        desk = unescape(hall.client.get("/ormeline/secretariat/contributions", headers=hall.odile).text)
        assert "Relire les transcriptions (5)" in desk

    @pytest.mark.parametrize("who", ["aline", "nobody", "irene"])
    def test_nobody_else_reads_it(self, hall: Hall, who: str) -> None:
        """Neither officials, nor the public, nor another congress's secretariat."""
        assert hall.client.get(LIST, headers=hall.signed_in(who)).status_code == 403


class TestWhereNoMachineListens:
    @pytest.fixture
    def deaf(self, hall: Hall) -> Hall:
        """The operator has switched it off: two tasks wait, one is under way elsewhere."""
        task(hall, 1, listening)
        object.__setattr__(hall.service, "hears", False)
        return hall

    def test_a_task_that_waits_is_nobodys(self, deaf: Hall) -> None:
        """The list says so, and counts it with what is to be typed."""
        page = page_of(deaf)
        assert NOBODY in page and "attend son tour" not in page
        assert codes(page_of(deaf, "?liste=en-cours")) == ["C1"]
        assert codes(page_of(deaf, "?liste=sans")) == ["C2", "C3", "C4", "C5", "C6"]

    def test_what_was_cut_is_nobodys_once_its_time_is_over(self, deaf: Hall) -> None:
        """Who had it has stopped."""
        deaf.at[0] = NOW + jobs.LEASE + timedelta(seconds=1)
        assert count(page_of(deaf), "en-cours") == 0 and "C1" in codes(page_of(deaf, "?liste=sans"))

    def test_the_desk_says_it_too(self, deaf: Hall) -> None:
        """Instead of a turn that never comes; a failure offers no new try."""
        page = page_of(deaf, "/C2/1")
        assert NOBODY in page and "attend son tour" not in page
        task(deaf, 3, failing)
        page = page_of(deaf, "/C3/1")
        assert NOBODY in page and "Aucune parole n’a été reconnue." in page and "Recommencer" not in page
