"""What programs read of what was said: all that is public, and no word that people may not read."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlmodel import Session

from motion.acts import contributions, themes, transcripts
from motion.rules import caption_files
from motion.rules.captions import Cue
from motion.rules.contributions import Place, Words
from motion.web.atom import ATOM
from storage import transcripts as kept
from tests.web.test_voices import found, get, refuse, revise, say, take_out, withdraw
from tests.web.voices import SECRETARIAT, recorded, salt
from tests.web.world import NOW, Hall, served

API = "/api/v1/congresses/ormeline"
SECRET = "Parole tue"
FORMULA = "=HYPERLINK(0)"
SILENT = Words("Zébulon Taiseux", f"{SECRET}, et qui le reste.", place=Place("Motus", "99321", "99"), title=SECRET)
EVERYWHERE = (
    f"{API}/contributions?state=all",
    f"{API}/contributions.csv",
    f"{API}/places",
    f"{API}/places.csv",
    f"{API}/themes",
    f"{API}/figures",
    "/ormeline/contributions.atom",
    "/ormeline/contributions.atom?theme=T1",
    "/sitemap.xml",
    "/ormeline/catalogue.jsonld",
    *(f"{API}/contributions/C{number}{more}" for number in range(1, 8) for more in ("", "/transcripts")),
)
NAME = {"a": ATOM}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """C1 and C2 are read by everyone; C3 waits, C4 was refused, C5 taken back, C6 taken out, C7 refused afterwards."""
    with served(tmp_path) as hall:
        recorded(hall)
        say(hall, Words("Zoé Brune", "Une navette.", is_official=True, mandate="maire", title=FORMULA))
        for number in range(3, 8):
            say(hall, SILENT, is_published=number > 4)
        sort(hall)
        refuse(hall, 4)
        withdraw(hall, 5)
        take_out(hall, 6)
        refuse(hall, 7)
        speak(hall)
        yield hall


def sort(hall: Hall) -> None:
    """Under one theme; a second has nothing, and is given up."""

    def run(db: Session) -> None:
        theme = themes.add(db, SECRETARIAT, 1, "Les transports", now=NOW)
        other = themes.add(db, SECRETARIAT, 1, "Les lampadaires", now=NOW)
        for number in (1, 5, 6, 7):
            themes.sort(db, SECRETARIAT, found(db, number), [theme.number], now=NOW)
        themes.use(db, SECRETARIAT, 1, other.number, False, now=NOW)

    hall.service.store.write_now(run)


SAID = (Cue(500, 2_500, "Le car ne passe plus.", "Solène Marchebrune"), Cue(3_000, 4_000, "Et le jeudi ?"))


def speak(hall: Hall, cues: tuple[Cue, ...] = SAID, language: str = "fr") -> None:
    """What is said in the recording of C1."""

    def run(db: Session) -> None:
        one = contributions.get(db, 1, 1)
        file = kept.recording(db, one, 1)
        content = caption_files.webvtt(cues).encode()
        transcripts.upload(db, SECRETARIAT, one, file, language, content, salt=salt(), now=NOW)

    hall.service.store.write_now(run)


def json_of(hall: Hall, path: str) -> Any:
    """An answer of the API."""
    answer = get(hall, API + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def codes(hall: Hall, query: str) -> list[str]:
    """The contributions that are answered."""
    return [one["code"] for one in json_of(hall, f"/contributions?{query}")["contributions"]]


def rows(hall: Hall, name: str) -> list[dict[str, str]]:
    """A table as rows."""
    return list(csv.DictReader(io.StringIO(get(hall, f"{API}/{name}").content.decode("utf-8-sig"))))


class TestWhatIsNotRead:
    """Refused, withdrawn, taken out, not yet read: their words are in no answer, and what became of them is."""

    @pytest.mark.parametrize("path", EVERYWHERE)
    def test_no_word_of_it_is_anywhere(self, hall: Hall, path: str) -> None:
        """Neither the words, nor the name, nor the place, in any form."""
        for lang in ("fr", "en"):
            answer = get(hall, f"{path}{'&' if '?' in path else '?'}lang={lang}")
            assert answer.status_code == 200
            for word in (SECRET, "Taiseux", "Motus", "99321"):
                assert word not in answer.text

    def test_each_says_what_became_of_it(self, hall: Hall) -> None:
        """A decision on the words alone leaves the row published: programs are told the truth all the same."""
        listed = json_of(hall, "/contributions?state=all")["contributions"]
        assert [one["state"] for one in listed] == [
            *("published", "published", "received", "refused", "withdrawn", "gone", "refused")
        ]
        for one in listed[2:]:
            assert one["words"] is None and not one["files"] and not one["themes"] and not one["uses"]
        assert listed[3]["reason"] == "vie-privee" and listed[4]["reason"] is None

    def test_one_of_them_says_who_decided_what(self, hall: Hall) -> None:
        """The refusal with its rule and remedy; the decision with its number."""
        refused = json_of(hall, "/contributions/C4")
        assert refused["refusal"]["reason"] == "vie-privee" and refused["refusal"]["remedy"]
        assert "Pour vous seule." not in str(refused)
        gone = json_of(hall, "/contributions/C6")
        assert (gone["state"], gone["versions"], gone["quotes"], gone["refusal"]) == ("gone", [], [], None)
        assert gone["redactions"][0]["kind"] == "effacement"
        assert json_of(hall, "/contributions/C7")["redactions"][0]["kind"] == "retrait"

    def test_what_is_taken_out_changes_every_answer(self, hall: Hall) -> None:
        """Nobody's cache holds: asked with the name of the old answer, each gives a new one."""
        kept_names = {path: get(hall, path).headers["etag"] for path in EVERYWHERE if "sitemap" not in path}
        take_out(hall, 1)
        for path, etag in kept_names.items():
            if "catalogue" not in path:  # it names no contribution
                assert get(hall, path, if_none_match=etag).status_code == 200, path
            assert "ne passe plus" not in get(hall, path).text
        assert json_of(hall, "/contributions/C1")["state"] == "gone"


class TestContributions:
    """The list by number, and one with all that is public of it."""

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["C1", "C2"]),
            ("theme=T1", ["C1"]),
            ("department=99", ["C1"]),
            ("commune=valbrune", ["C1"]),
            ("is_official=true", ["C2"]),
            ("is_official=false", ["C1"]),
            ("files=sound", ["C1"]),
            ("files=video", []),
            ("channel=paper", []),
            ("state=received", ["C3"]),
            ("state=refused", ["C4", "C7"]),
            ("state=withdrawn", ["C5"]),
            ("state=gone", ["C6"]),
            ("state=all&commune=Motus", []),
        ],
    )
    def test_filters_are_those_of_the_page(self, hall: Hall, query: str, expected: list[str]) -> None:
        """And each state holds what it says."""
        assert codes(hall, query) == expected

    def test_pages_lead_to_the_next(self, hall: Hall) -> None:
        """By links alone, each contribution once."""
        address, seen = f"{API}/contributions?state=all&limit=3", list[str]()
        while address:
            answer = get(hall, address).json()
            seen += [one["code"] for one in answer["contributions"]]
            address = answer["links"]["next"]
        assert seen == [f"C{number}" for number in range(1, 8)]

    def test_one_has_its_versions_files_and_quotes(self, hall: Hall) -> None:
        """Files by the names of their objects, which their addresses give."""
        revise(hall, "Le car ne passe plus, ni le jeudi ni le lundi.")
        one = json_of(hall, "/contributions/C1")
        assert [each["version"] for each in one["versions"]] == [1, 2]
        assert one["words"]["text"].endswith("lundi.") and one["uses"] == ["publish", "quote"]
        (file,) = one["files"]
        (made,) = file["renditions"]
        assert made["url"].endswith(made["object"]) and get(hall, made["url"]).status_code == 200
        assert get(hall, one["quotes"][0]["url"]).status_code == 200
        assert [each["kind"] for each in one["entries"]] == ["receive", "publish", "correct", "republish"]
        for address in one["links"].values():
            assert get(hall, address).status_code == 200

    def test_a_transcript_is_given_line_by_line(self, hall: Hall) -> None:
        """With its files, which answer."""
        (said,) = json_of(hall, "/contributions/C1/transcripts")["transcripts"]
        assert [cue["text"] for cue in said["cues"]] == ["Le car ne passe plus.", "Et le jeudi ?"]
        assert said["cues"][0] | {"text": ""} == {
            "start_ms": 500,
            "end_ms": 2_500,
            "speaker": "Solène Marchebrune",
            "text": "",
        }
        for address in said["links"].values():
            assert get(hall, address).status_code == 200
        withdraw(hall)
        assert json_of(hall, "/contributions/C1/transcripts")["transcripts"] == []

    def test_a_translation_stands_beside_what_was_said(self, hall: Hall) -> None:
        """After it, with its language, its own page and its own files."""
        speak(hall, (Cue(500, 2_500, "Der Bus fährt nicht mehr."),), "de")
        said = json_of(hall, "/contributions/C1/transcripts")["transcripts"]
        assert [one["language"] for one in said] == ["fr", "de"]
        assert said[1]["links"]["page"].endswith("/transcription/1?langue=de")
        for address in said[1]["links"].values():
            assert "Der Bus fährt nicht mehr." in get(hall, address).text

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("theme", value) for value in ("1", "T0", "T", "T1'--", "")),
            *(("department", value) for value in ("x", "9" * 4, "٣٣")),
            *(("state", value) for value in ("refusée", "", "published ")),
            *(("is_official", value) for value in ("oui", "1")),
            ("channel", "pigeon"),
            ("files", "svg"),
            ("commune", "a\x01b"),
            ("commune", "é" * 121),
        ],
    )
    def test_what_can_t_be_read_is_refused_by_its_name(self, hall: Hall, name: str, value: str) -> None:
        """As in the rest of the API; a code that is none is not found."""
        answer = hall.client.get(f"{API}/contributions", params={name: value})
        assert answer.status_code == 400 and name in answer.json()["title"]

    def test_what_does_not_exist(self, hall: Hall) -> None:
        """Neither contribution nor theme."""
        for path in ("/contributions/C99", "/contributions/C0", "/contributions/12", f"/contributions/C{'9' * 30}"):
            assert get(hall, API + path).status_code == 404
        for path in ("contributions?theme=T99", "contributions.csv?theme=T99"):
            assert get(hall, f"{API}/{path}").status_code == 404


class TestCounts:
    """Themes, places, figures: of what everyone reads."""

    def test_themes(self, hall: Hall) -> None:
        """With those given up; three that nobody may read are not counted."""
        listed = json_of(hall, "/themes")["themes"]
        assert [(one["code"], one["contributions"], one["in_use"]) for one in listed] == [
            ("T1", 1, True),
            ("T2", 0, False),
        ]

    def test_places(self, hall: Hall) -> None:
        """By department, then by commune; the rest is said."""
        places = json_of(hall, "/places")
        (department,) = places["departments"]
        assert (department["code"], department["contributions"]) == ("99", 1)
        assert department["communes"] == [{"name": "Valbrune", "code": "99123", "contributions": 1}]
        assert places["without_place"] == 1

    def test_figures(self, hall: Hall) -> None:
        """Every contribution is in one state, and what is gone is not published."""
        said = json_of(hall, "/figures")
        states = {one["state"]: one["contributions"] for one in said["states"]}
        assert states == {"received": 1, "published": 2, "refused": 2, "withdrawn": 1, "gone": 1}
        assert said["received"] == sum(states.values()) == sum(one["received"] for one in said["channels"])
        assert (said["officials"], said["others"]) == (1, 1)
        assert sum(one["received"] for one in said["days"]) == 7

    def test_the_home_and_the_map_of_the_site_tell_the_same(self, hall: Hall) -> None:
        """What is gone is neither counted nor offered to search engines."""
        text = get(hall, "/sitemap.xml").text
        assert [f"/ormeline/contributions/C{number}<" in text for number in range(1, 8)] == [True, True, *[False] * 5]


class TestTables:
    """CSV of what everyone reads."""

    def test_contributions(self, hall: Hall) -> None:
        """Two rows; a title that a spreadsheet would run stands behind an apostrophe."""
        first, second = rows(hall, "contributions.csv")
        assert (first["contribution"], first["auteur"], first["commune"]) == ("C1", "Solène Marchebrune", "Valbrune")
        assert (first["themes"], first["themes_code"], first["pieces_code"]) == ("Les transports", "T1", "sound")
        assert (second["titre"], second["elu"], second["mandat"]) == (f"'{FORMULA}", "oui", "maire")
        assert [one["contribution"] for one in rows(hall, "contributions.csv?theme=T1")] == ["C1"]
        assert len(rows(hall, "contributions.csv?state=refused")) == 2  # a table holds what everyone reads

    def test_themes_and_places(self, hall: Hall) -> None:
        """What JSON says, in rows."""
        assert [(row["theme"], row["contributions"]) for row in rows(hall, "themes.csv")] == [("T1", "1"), ("T2", "0")]
        assert [(row["commune"], row["contributions"]) for row in rows(hall, "places.csv")] == [("Valbrune", "1")]

    def test_the_list_leads_to_them(self, hall: Hall) -> None:
        """And to the feed, of a theme where one is chosen."""
        html = get(hall, "/ormeline/contributions?theme=T1").text
        for name in ("contributions", "themes", "places"):
            assert f'href="{API}/{name}.csv"' in html
        assert 'type="application/atom+xml" href="/ormeline/contributions.atom?theme=T1"' in html
        other = get(hall, "/ormeline/contributions?theme=x").text
        assert 'type="application/atom+xml" href="/ormeline/contributions.atom"' in other


class TestFeed:
    """What changed last comes first, under the name that readers know it by."""

    def entries(self, hall: Hall, query: str = "") -> dict[str, Any]:
        """The entries by their codes, in order."""
        feed = ElementTree.fromstring(get(hall, f"/ormeline/contributions.atom{query}").content)
        listed = feed.findall("a:entry", NAME)
        return {str(one.findtext("a:id", "", NAME)).rpartition("/")[2]: one for one in listed}

    def test_it_tells_what_was_published_and_what_became_of_it(self, hall: Hall) -> None:
        """Never what was not published."""
        told = self.entries(hall)
        assert set(told) == {"C1", "C2", "C5", "C6", "C7"}
        first = told["C1"]
        assert "ne passe plus" in first.findtext("a:summary", "", NAME)
        assert first.findtext("a:author/a:name", "", NAME) == "Solène Marchebrune, Valbrune"
        terms = {code: one.find("a:category", NAME).get("term") for code, one in told.items()}
        assert (terms["C5"], terms["C6"], terms["C7"]) == ("withdrawn", "gone", "refused")
        assert "Décision d-" in told["C6"].findtext("a:summary", "", NAME)

    def test_what_is_taken_out_is_told_again_under_the_same_name(self, hall: Hall) -> None:
        """It comes to the front, later than before, without its words: readers put it in the place of the old one."""
        before = self.entries(hall)["C2"]
        take_out(hall, 2)
        after = self.entries(hall)
        assert next(iter(after)) == "C2"
        assert after["C2"].findtext("a:id", "", NAME) == before.findtext("a:id", "", NAME)
        assert after["C2"].findtext("a:updated", "", NAME) >= before.findtext("a:updated", "", NAME)
        assert after["C2"].find("a:author", NAME) is None
        assert "navette" not in ElementTree.tostring(after["C2"], encoding="unicode")

    def test_a_theme_has_its_own(self, hall: Hall) -> None:
        """With what left it too; a theme that does not exist has none."""
        assert set(self.entries(hall, "?theme=T1")) == {"C1", "C5", "C6", "C7"}
        for theme in ("T9", "x", "T" + "9" * 30):
            assert get(hall, f"/ormeline/contributions.atom?theme={theme}").status_code == 404

    def test_pages_follow_each_other(self, hall: Hall) -> None:
        """Each contribution once, and the theme stays."""
        for _ in range(40):
            say(hall)
        address, seen = "/ormeline/contributions.atom", list[str]()
        while address:
            feed = ElementTree.fromstring(get(hall, address).content)
            seen += [one.findtext("a:id", "", NAME) for one in feed.findall("a:entry", NAME)]
            following = feed.find("a:link[@rel='next']", NAME)
            address = "" if following is None else str(following.get("href"))
        assert len(seen) == len(set(seen)) == 45
