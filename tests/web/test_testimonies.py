"""What was said in a recording, as a page: lines with addresses, verbatims, captions; nothing once it is gone."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import Session

from motion.acts import contributions, moderation, transcripts
from motion.rules import caption_files
from motion.rules.captions import Cue
from storage import search
from storage import transcripts as kept
from tests.web.voices import SECRETARIAT, WORDS, recorded, salt
from tests.web.world import NOW, Hall, served

PAGE = "/ormeline/contributions/C1/transcription/1"
CUES = (
    Cue(0, 3_000, "Le car ne passe plus le jeudi.", "Solène Marchebrune"),
    Cue(3_000, 3_500, "Pourquoi ?", "Armel Costenoire"),
    Cue(3_600, 6_000, "Je ne sais pas."),
    Cue(72_400, 80_100, "Et le marché est le jeudi.", "Solène Marchebrune"),
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A congress with a published testimony and its transcript."""
    with served(tmp_path) as hall:
        recorded(hall)
        say(hall)
        yield hall


def say(hall: Hall, cues=CUES, language: str = "fr", number: int = 1) -> str:
    """Publish a transcript; return the name of its object."""

    def run(db: Session) -> str:
        found = contributions.get(db, 1, number)
        content = caption_files.webvtt(cues).encode()
        file = kept.recording(db, found, 1)
        return transcripts.upload(db, SECRETARIAT, found, file, language, content, salt=salt(), now=NOW).name

    return hall.service.store.write_now(run)


def get(hall: Hall, path: str = PAGE, **headers: str):
    return hall.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def take_back(hall: Hall) -> None:
    """Its author withdraws it."""

    def withdraw(db: Session) -> None:
        nonces = iter(lambda: secrets.token_bytes(12), b"")
        contributions.withdraw(db, contributions.get(db, 1, 1), key=bytes(32), nonces=nonces, now=NOW)

    hall.service.store.write_now(withdraw)


class TestLines:
    def test_each_has_an_address_that_works_without_script(self, hall: Hall) -> None:
        """`#t72` and `#t=72,81`; two lines of the same second have two names."""
        page = get(hall).text
        for name in ("t0", "t3", "t3-2", "t72", "t=0,3", "t=3,4", "t=72,81"):
            assert f'id="{name}"' in page, name
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids))

    def test_people_are_named_where_they_begin(self, hall: Hall) -> None:
        """And words without a name are nobody's."""
        assert re.findall(r'qui-parle">([^<]+)<', get(hall).text) == [
            "Solène Marchebrune",
            "Armel Costenoire",
            "Solène Marchebrune",
        ]

    def test_a_time_leads_to_the_player_at_that_second(self, hall: Hall) -> None:
        """Without script too; and nothing starts by itself."""
        page = get(hall, PAGE + "?media=son&t=72,81").text
        assert "#t=72" in re.search(r'<source src="([^"]+)"', page)[1]
        assert '<li id="t72" data-start="72400" data-end="80100" aria-current="true">' in page
        assert "autoplay" not in page and 'preload="none"' in page

    def test_the_weight_is_said_before_the_click(self, hall: Hall) -> None:
        """With the way to read alone."""
        page = unescape(get(hall).text)
        assert "Son seul\u00a0: 4\u00a0ko" in page and "Texte seul" in page
        assert "<audio" not in get(hall, PAGE + "?media=texte").text

    def test_long_ones_are_in_parts(self, hall: Hall) -> None:
        """And a second finds its part."""
        say(hall, tuple(Cue(n * 1_000, n * 1_000 + 900, f"Ligne {n}.") for n in range(300)))
        assert get(hall).text.count("data-start") == 120
        assert 'id="t250"' in get(hall, PAGE + "?t=250").text
        assert 'id="t130"' in get(hall, PAGE + "?partie=2").text

    def test_it_says_whether_a_person_has_checked(self, hall: Hall) -> None:
        """Until then it is to be checked."""
        assert "Transcription fournie dans un fichier, à relire" in get(hall).text

        def confirm(db: Session) -> None:
            found = contributions.get(db, 1, 1)
            file = kept.recording(db, found, 1)
            base = transcripts.base_of(kept.last(db, file.id, "fr"))
            transcripts.confirm(db, SECRETARIAT, found, file, "fr", base, salt=salt(), now=NOW)

        hall.service.store.write_now(confirm)
        assert "Transcription fournie dans un fichier, relue" in get(hall).text

    def test_a_translation_is_read_in_its_language(self, hall: Hall) -> None:
        """As subtitles of the player, which begins with the language of the page."""
        say(hall, (Cue(0, 900, "قال"),), "ar")
        page = get(hall, PAGE + "?langue=ar").text
        assert 'lang="ar" dir="rtl"' in page and "قال" in page
        assert re.search(r'<track kind="subtitles"[^>]+srclang="ar"[^>]+default>', page)
        assert re.search(r'<track kind="captions"[^>]+srclang="fr"[^>]+[^t]>', page)

    def test_words_that_are_markup_are_words(self, hall: Hall) -> None:
        """In lines, names and verbatims."""
        say(hall, (Cue(0, 900, "<img src=x onerror=alert(1)>", '"><script>x</script>'),))
        for path in (PAGE, PAGE + "?citer=0-1"):
            assert "<img src=x" not in get(hall, path).text and "<script>x" not in get(hall, path).text

    def test_before_there_is_a_transcript(self, tmp_path: Path) -> None:
        """The page says so."""
        with served(tmp_path) as hall:
            recorded(hall)
            assert "La transcription n’est pas encore faite." in get(hall).text


class TestQuoting:
    def test_a_verbatim_has_the_words_the_person_the_seconds(self, hall: Hall) -> None:
        """Ready to be copied, with its address."""
        page = get(hall, PAGE + "?citer=72-81")
        text = unescape(re.search(r'<textarea id="a-copier"[^>]*>\n(.*?)</textarea>', page.text, re.DOTALL)[1])
        assert text.startswith("«\u00a0Et le marché est le jeudi.\u00a0»\nSolène Marchebrune, ")
        assert (
            "de 1\u00a0min 12\u00a0s à 1\u00a0min 21\u00a0s\nContribution C1, Congrès des communes d’Ormeline, " in text
        )
        assert text.endswith(f"http://testserver{PAGE}#t=72,81")
        assert get(hall, PAGE + "?citer=72-81", accept="text/plain").text == text

    def test_several_people_are_all_named(self, hall: Hall) -> None:
        """And each begins a line."""
        text = get(hall, PAGE + "?citer=0-4", accept="text/plain").text
        assert "le jeudi.\n– Pourquoi ?\n– Je ne sais pas." in text
        assert "Solène Marchebrune, Armel Costenoire, de 0\u00a0s" in text

    def test_who_has_not_agreed_is_not_quoted(self, tmp_path: Path) -> None:
        """No button, and no verbatim for whoever types the address."""
        with served(tmp_path) as hall:
            recorded(hall, uses=("publish",))
            say(hall)
            assert "citer=" not in get(hall).text
            page = get(hall, PAGE + "?citer=72-81").text
            assert "n’a pas donné son accord" in page and "a-copier" not in page
            assert get(hall, PAGE + "?citer=72-81", accept="text/plain").status_code == 404

    @pytest.mark.parametrize("asked", ["", "72", "81-72", "-1-5", "a-b", "1-999999999", "٣-٤", "500-600", "72-81-90"])
    def test_seconds_that_are_none(self, hall: Hall, asked: str) -> None:
        """The page without a verbatim."""
        page = get(hall, f"{PAGE}?citer={asked}")
        assert page.status_code == 200 and "a-copier" not in page.text


class TestFiles:
    def test_captions_are_served_as_they_were_published(self, hall: Hall) -> None:
        """As WebVTT and nothing else, asked again each time."""
        name = say(hall)
        answer = get(hall, f"/ormeline/transcriptions/{name}.vtt")
        assert answer.text == caption_files.webvtt(CUES)
        assert answer.headers["content-type"].startswith("text/vtt")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "no-cache" in answer.headers["cache-control"]
        again = get(hall, f"/ormeline/transcriptions/{name}.vtt", if_none_match=answer.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")

    def test_as_srt_for_other_tools(self, hall: Hall) -> None:
        """To be saved."""
        answer = get(hall, f"/ormeline/transcriptions/{say(hall)}.srt")
        assert answer.text == caption_files.srt(CUES)
        assert answer.headers["content-disposition"].startswith("attachment;")

    @pytest.mark.parametrize("path", ["0" * 64 + ".vtt", "rien.vtt", "%2e%2e.vtt", "x.html"])
    def test_what_is_no_transcript(self, hall: Hall, path: str) -> None:
        """Nothing is told."""
        assert get(hall, f"/ormeline/transcriptions/{path}").status_code == 404

    def test_the_words_of_a_contribution_are_no_captions(self, hall: Hall) -> None:
        """Objects of other kinds have other addresses."""
        names = hall.service.store.read_now(lambda db: [row.name for row in contributions.rows.versions(db, 1)])
        assert get(hall, f"/ormeline/transcriptions/{names[0]}.vtt").status_code == 404


class TestGone:
    def test_what_is_not_published_is_not_there(self, tmp_path: Path) -> None:
        """Neither the page nor the file."""
        with served(tmp_path) as hall:
            recorded(hall, is_published=False)
            name = say(hall)
            assert get(hall).status_code == 404
            assert get(hall, f"/ormeline/transcriptions/{name}.vtt").status_code == 404

    def test_taken_back_nothing_is_left(self, hall: Hall) -> None:
        """Whoever has it in their browser is told to ask again, and gets nothing."""
        name = say(hall)
        etag = get(hall).headers["etag"]
        take_back(hall)
        assert get(hall, if_none_match=etag).status_code == 404
        assert get(hall, f"/ormeline/transcriptions/{name}.vtt").status_code == 404

    def test_refused_after_publication(self, hall: Hall) -> None:
        """The same."""
        name = say(hall)

        def refuse(db: Session) -> None:
            nonces = iter(lambda: secrets.token_bytes(12), b"")
            found = contributions.get(db, 1, 1)
            moderation.refuse(db, SECRETARIAT, found, "injure", "", key=bytes(32), nonces=nonces, now=NOW)

        hall.service.store.write_now(refuse)
        assert get(hall).status_code == 404 and get(hall, f"/ormeline/transcriptions/{name}.vtt").status_code == 404

    @pytest.mark.parametrize(
        "path", ["C2/transcription/1", "C1/transcription/2", "C99999999999999999999/transcription/1"]
    )
    def test_what_never_was(self, hall: Hall, path: str) -> None:
        """No such contribution, no such recording."""
        assert get(hall, f"/ormeline/contributions/{path}").status_code == 404

    def test_a_reader_who_has_it_is_told_so(self, hall: Hall) -> None:
        """Until something changes; what else stands in the address makes no other page."""
        etag = get(hall).headers["etag"]
        assert get(hall, PAGE + "?utm=1", if_none_match=etag).status_code == 304
        say(hall, CUES[:1])
        assert get(hall, if_none_match=etag).status_code == 200


def test_words_of_an_official_are_told_with_their_office(tmp_path: Path) -> None:
    """As they give them."""
    with served(tmp_path) as hall:
        recorded(hall, words=replace(WORDS, is_official=True, mandate="maire"))
        say(hall)
        assert "Solène Marchebrune, maire de Valbrune" in get(hall).text


class TestSearching:
    def found(self, hall: Hall, words: str) -> list[tuple[str, str]]:
        """What a search leads to: addresses and places."""

        def index(db: Session) -> None:
            while search.behind(db, 1):
                for part in search.behind(db, 1):
                    search.refresh(db, 1, part)

        hall.service.store.write_now(index)
        page = unescape(get(hall, f"/ormeline/recherche?q={words}").text)
        return re.findall(r'href="(/ormeline/contributions/C1/transcription/[^"]+)"[^>]*>([^<]+)<', page)

    def test_a_search_finds_the_second(self, hall: Hall) -> None:
        """Words of one person said together are found together; the address leads to their line."""
        [(url, place)] = self.found(hall, "marché jeudi")
        assert url == f"{PAGE}?t=72#t72" and place == "Contribution C1, à 1:12"
        page = get(hall, url).text
        assert 'id="t72"' in page
        assert [url for url, _place in self.found(hall, "sais pas")] == [f"{PAGE}?t=3#t3"]

    def test_only_the_last_version_is_found(self, hall: Hall) -> None:
        """Whether the first was indexed before or not."""
        assert len(self.found(hall, "marché")) == 1
        say(hall, (Cue(0, 900, "La foire est le lundi."),))
        say(hall, (Cue(5_000, 9_000, "La foire est le mardi."),))
        assert self.found(hall, "marché") == []
        assert [url for url, _place in self.found(hall, "foire")] == [f"{PAGE}?t=5#t5"]

    def test_a_translation_is_found_in_its_language(self, hall: Hall) -> None:
        """Beside the original."""
        say(hall, (Cue(0, 900, "Der Markt ist am Donnerstag."),), "de")
        assert [url for url, _place in self.found(hall, "Donnerstag")] == [f"{PAGE}?langue=de&t=0#t0"]
        assert len(self.found(hall, "marché")) == 1

    def test_taken_back_it_is_no_longer_found(self, hall: Hall) -> None:
        """At once, and when everything is indexed again."""
        assert len(self.found(hall, "marché")) == 1
        take_back(hall)
        assert self.found(hall, "marché") == []
