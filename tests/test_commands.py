"""The command line, as people type it: a real process, a real database, sentences in their language."""

import argparse
import ast
import inspect
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from motion.command_words import SENTENCES
from tests.servers import Served, serving

COMMANDS = ("serve", "work", "migrate", "settings", "congress", "congress new", "roster", "roster import", "seats")
COMMANDS += ("rehearse",)
ROSTER = Path(__file__).parent / "rules" / "data" / "elus-maires-mai.csv"


def motion(data: Path, *arguments: str, language: str = "fr_FR.UTF-8") -> subprocess.CompletedProcess[str]:
    """Run one command on the data of a folder."""
    environment = {"MOTION_DATA": str(data), "PATH": "/usr/bin:/bin", "LANG": language}
    command = [sys.executable, "-m", "motion", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    done.stdout, done.stderr = plain(done.stdout), plain(done.stderr)
    return done


def plain(printed: str) -> str:
    """What was printed, with ordinary spaces: where the others stand is the catalogues' test."""
    return printed.replace("\u00a0", " ").replace("\u202f", " ")


def new(data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Make the congress of these tests."""
    return motion(
        data,
        *("congress", "new", "Congrès d’Ormeline", "--slug", "ormeline"),
        *("--starts", "2031-11-14", "--ends", "2031-11-16", "--secretariat", "s@ormeline.example", *more),
    )


class TestCongress:
    """`motion congress new`."""

    def test_it_says_where_the_secretariat_signs_in(self, tmp_path: Path) -> None:
        """The address is on the last line."""
        done = new(tmp_path)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (
            0,
            "Le secrétariat se connecte ici : http://127.0.0.1:8000/ormeline/connexion",
        )

    def test_a_second_one_of_the_same_address_is_refused(self, tmp_path: Path) -> None:
        """With a sentence, and nothing is made."""
        new(tmp_path)
        done = new(tmp_path)
        assert done.returncode == 1 and "ormeline" in done.stderr
        with sqlite3.connect(tmp_path / "motion.sqlite") as database:
            assert database.execute("SELECT count(*) FROM congress").fetchone() == (1,)

    def test_a_date_that_is_none_is_refused(self, tmp_path: Path) -> None:
        """How a date is written is said."""
        done = motion(
            tmp_path, "congress", "new", "X", "--starts", "14/11/2031", "--ends", "2031-11-16", "--secretariat", "a@b"
        )
        assert done.returncode == 1 and "AAAA-MM-JJ" in done.stderr

    def test_english_is_spoken_where_the_terminal_asks_for_it(self, tmp_path: Path) -> None:
        """LANG decides."""
        assert "settings" in motion(tmp_path, "--help", language="en_GB.UTF-8").stdout


class TestWords:
    """The command line speaks the terminal's language, French when it says nothing."""

    def test_help_and_refusals_are_french(self, tmp_path: Path) -> None:
        """Headings, what is missing, what is not known, what is no number."""
        shown = motion(tmp_path, "roster", "import", "--help").stdout
        assert shown.startswith("Emploi : motion roster import") and "Montrer puis importer" in shown
        assert "À donner :" in shown and "Options :" in shown and "Montrer cette aide." in shown
        missing = motion(tmp_path, "congress", "new", "X")
        assert missing.returncode == 2
        assert missing.stderr.endswith("motion congress new : il manque : --starts, --ends, --secretariat.\n")
        assert "cette commande ne connaît pas --encore." in motion(tmp_path, "migrate", "--encore").stderr
        assert "au moins 1, et non « x »" in motion(tmp_path, "serve", "--port", "x").stderr
        assert "plus grand que zéro" in motion(tmp_path, "rehearse", "x", "--seats", "2", "--minutes", "0").stderr
        assert "« serv » n’est pas proposé" in motion(tmp_path, "serv").stderr

    def test_they_are_english_where_the_terminal_asks(self, tmp_path: Path) -> None:
        """The same sentences."""
        shown = motion(tmp_path, "roster", "import", "--help", language="en_GB.UTF-8").stdout
        assert shown.startswith("Usage: motion roster import") and "Options:" in shown
        missing = motion(tmp_path, "congress", "new", "X", language="en_GB.UTF-8").stderr
        assert "missing: --starts, --ends, --secretariat." in missing

    @pytest.mark.parametrize("command", ["", *COMMANDS])
    def test_each_command_says_what_it_is_for(self, tmp_path: Path, command: str) -> None:
        """And no word of its help is the library's, or a name of the code."""
        shown = motion(tmp_path, *command.split(), "--help")
        assert shown.returncode == 0 and len(shown.stdout.splitlines()) > 4
        for word in ("usage", "optional", "positional", "show this", "TIME_ZONE", "BASE_URL"):
            assert word not in shown.stdout

    def test_an_option_is_named_as_it_was_typed(self, tmp_path: Path) -> None:
        """Nobody filled in a form."""
        done = new(tmp_path, "--time-zone", "Mars/Olympus")
        assert done.returncode == 1 and "formulaire" not in done.stderr
        assert done.stderr == "--time-zone : cette valeur n’est pas connue (Mars/Olympus). Rien n’a été enregistré.\n"
        again = motion(
            tmp_path,
            "congress",
            "new",
            "X",
            "--slug",
            "xx",
            "--starts",
            "2031-11-14",
            "--ends",
            "2031-11-13",
            "--secretariat",
            "a@b.example",
        )
        assert again.stderr.startswith("--ends : il précède le premier jour.")

    def test_every_sentence_of_the_library_has_ours(self) -> None:
        """Those that a person can meet: the others speak to programmers, of a parser that is wrongly built."""
        said = {
            node.args[0].value
            for node in ast.walk(ast.parse(inspect.getsource(argparse)))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}
            if node.args and isinstance(node.args[0], ast.Constant)
        }
        programmers = ("conflicting", "not defined", "positionals", "mutually exclusive", "callable", "merge", "dest=")
        programmers += ("must start with", "invalid conflict", "multiple subparser", "with mode")
        assert {each for each in said if not any(word in each for word in programmers)} <= SENTENCES.keys()


class TestRoster:
    """`motion roster import`."""

    def test_a_second_import_changes_nothing(self, tmp_path: Path) -> None:
        """And says so."""
        new(tmp_path)
        first = motion(tmp_path, "roster", "import", "ormeline", str(ROSTER), "--yes")
        assert first.returncode == 0 and "La liste est importée." in first.stdout
        second = motion(tmp_path, "roster", "import", "ormeline", str(ROSTER), "--yes")
        assert second.returncode == 0 and "la liste est à jour." in second.stdout

    def test_nothing_is_imported_without_a_yes(self, tmp_path: Path) -> None:
        """No answer is a no."""
        new(tmp_path)
        done = motion(tmp_path, "roster", "import", "ormeline", str(ROSTER))
        assert done.returncode == 1
        with sqlite3.connect(tmp_path / "motion.sqlite") as database:
            assert database.execute("SELECT count(*) FROM official").fetchone() == (0,)

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        """Its path is in the sentence."""
        new(tmp_path)
        done = motion(tmp_path, "roster", "import", "ormeline", str(tmp_path / "absent.csv"))
        assert done.returncode == 1 and "absent.csv" in done.stderr

    def test_an_unknown_congress_is_named(self, tmp_path: Path) -> None:
        """Not a trace of the program."""
        done = motion(tmp_path, "roster", "import", "ailleurs", str(ROSTER), "--yes")
        assert done.returncode == 1 and "Introuvable : congrès « ailleurs »." in done.stderr
        assert "page n’existe pas" not in done.stderr and "Traceback" not in done.stderr
        done = motion(tmp_path, "roster", "import", "ailleurs", str(ROSTER), "--yes", language="en_GB.UTF-8")
        assert "Not found: congress “ailleurs”." in done.stderr


@pytest.fixture(scope="class")
def served(tmp_path_factory: pytest.TempPathFactory) -> "Served":  # type: ignore[misc]
    """The demonstration, running."""
    with serving(tmp_path_factory.mktemp("demo"), "--demo") as running:
        yield running


class TestDemonstration:
    """`motion serve --demo`, `motion seats`, `motion rehearse`."""

    def test_a_line_for_each_role_signs_in_directly(self, served: Served) -> None:
        """Secretariat, rapporteur, official, public."""
        log = served.log.read_text()
        for role in ("Secrétariat", "Rapporteure", "Élue", "Élu", "Public"):
            assert any(line.startswith(role) and "http://" in line for line in log.splitlines()), log

    def test_seats_invents_those_who_are_missing(self, served: Served) -> None:
        """One line of JSON each, no cookie twice."""
        printed = served.command("seats", "ormeline", "M1", "--count", "60", "--base-url", served.address).stdout
        seats = [json.loads(line) for line in printed.splitlines()]
        assert len({seat["cookie"] for seat in seats}) == len({seat["official"] for seat in seats}) == 60
        assert set(seats[0]) == {"official", "cookie", "ws", "page"}
        assert seats[0]["ws"].endswith("/live/ormeline/M1") and seats[0]["page"].endswith("/rediger")

    def test_a_rehearsal_says_whether_the_machine_will_do(self, served: Served) -> None:
        """Nothing lost, and the rehearsal congress is gone afterwards."""
        done = served.command("rehearse", "ormeline", "--seats", "12", "--minutes", "0.05", check=False)
        assert "Perdu\u00a0: 0." in done.stdout, done.stdout + done.stderr
        assert "Textes différents à la fin\u00a0: 0." in done.stdout
        with sqlite3.connect(Path(served.environment["MOTION_DATA"]) / "motion.sqlite") as database:
            assert database.execute("SELECT count(*) FROM congress").fetchone() == (1,)

    def test_a_rehearsal_without_a_service_says_how_to_start_it(self, served: Served, tmp_path: Path) -> None:
        """Before anything is made."""
        new(tmp_path)
        done = motion(tmp_path, "rehearse", "ormeline", "--seats", "12", "--minutes", "0.05")
        assert done.returncode == 1 and "motion serve" in done.stderr


class TestSeatsOfARealCongress:
    """Nobody is ever invented where people are real."""

    def test_it_is_refused(self, tmp_path: Path) -> None:
        """With a sentence."""
        new(tmp_path)
        done = motion(tmp_path, "seats", "ormeline", "M1", "--count", "3")
        assert done.returncode == 1 and "démonstration" in done.stderr
