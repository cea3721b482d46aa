"""`motion verify`, as people and programs use it."""

import io
import json
import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from motion.audit import words
from motion.audit.command import Bar
from motion.audit.sources import SourceError
from motion.commands import run
from motion.language import language
from motion.record.flaws import Flaw

from .forger import Forger, size_of
from .test_sources import serving
from .world import Published

FRENCH, ENGLISH = {"LANG": "fr_FR.UTF-8"}, {"LANG": "en_GB.UTF-8"}


@pytest.fixture
def kept(congress: Published, tmp_path: Path) -> Path:
    """The checkpoint that somebody kept, in a file."""
    path = tmp_path / "kept"
    path.write_bytes(congress.kept)
    return path


class TestHolds:
    """Status 0."""

    def test_says_what_was_checked_and_what_cannot_be(
        self, congress: Published, kept: Path, capsys: pytest.CaptureFixture[str]
    ):
        """In plain French."""
        arguments = ["verify", str(congress.folder), "--key", congress.key, "--checkpoint", str(kept)]
        assert run(arguments, FRENCH) == 0
        said = capsys.readouterr()
        assert said.err == "" and said.out.startswith("Tout concorde.\n")
        for line in (
            f"- {size_of(congress.folder / 'log')} inscriptions, une à une",
            "- 3 états signés plus anciens, prolongés",
            "- 2 retraits ou effacements, motivés",
            "- 2 textes publiés, mot pour mot, et leurs auteurs",
            "- 2 décisions, conformes aux voix inscrites",
            "- Qui tenait le clavier\u00a0: le registre connaît des connexions, pas des mains.",
        ):
            assert line in said.out
        assert "Attention" not in said.out

    def test_speaks_english(self, congress: Published, capsys: pytest.CaptureFixture[str]):
        """By LANG; and warns of a key of the place."""
        assert run(["verify", str(congress.folder)], ENGLISH) == 0
        said = capsys.readouterr().out
        assert said.startswith("All agrees.\n") and "Warning: the key was taken from the very place" in said
        assert "concorde" not in said and "registre" not in said

    def test_reads_the_key_from_a_file(self, congress: Published, tmp_path: Path):
        """Which somebody copied from a poster."""
        (tmp_path / "key").write_text(congress.key + "\n")
        assert run(["verify", str(congress.folder), "--key", str(tmp_path / "key")], FRENCH) == 0

    def test_answers_programs(self, congress: Published, capsys: pytest.CaptureFixture[str]):
        """One object of JSON."""
        assert run(["verify", str(congress.folder), "--key", congress.key, "--json"], FRENCH) == 0
        said, size = json.loads(capsys.readouterr().out), size_of(congress.folder / "log")
        assert (said["result"], said["size"], said["key_given"]) == ("holds", size, True)
        assert said["checked"]["updates"] == said["kinds"]["crdt.update"] > 20

    def test_reads_an_address(self, congress: Published, capsys: pytest.CaptureFixture[str]):
        """The same congress, through the web."""

        class Quiet(SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

        handler = partial(Quiet, directory=str(congress.folder.parent))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/ormeline"
            assert run(["verify", url, "--key", congress.key, "--json"], FRENCH) == 0
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
        said = json.loads(capsys.readouterr().out)
        size = size_of(congress.folder / "log")
        assert (said["size"], said["checked"]["texts"], said["older"]) == (size, 2, 0)
        assert "no-older" in {note["code"] for note in said["notes"]}

    def test_says_once_what_is_true_of_several_motions(self, forger: Forger, capsys: pytest.CaptureFixture[str]):
        """A mirror of the log has no texts at all."""
        shutil.rmtree(forger.folder / "motions")
        assert run(["verify", str(forger.folder)], FRENCH) == 0
        assert "- M1, M2\u00a0: pas de texte publié" in capsys.readouterr().out


class TestBroken:
    """Status 1."""

    def test_says_what_and_where(self, congress: Published, forger: Forger, capsys: pytest.CaptureFixture[str]):
        """The entry, its own words, the reason, the code."""
        number = forger.edit(forger.find("motion.adopt"), **{"for": 0})
        forger.forget_older()
        forger.write()
        assert run(["verify", str(forger.folder), "--key", congress.key], FRENCH) == 1
        said = capsys.readouterr().out
        assert said.startswith("Quelque chose ne concorde pas.\n")
        assert f"Inscription {number}\u00a0: Les voix contredisent la décision." in said
        assert '"t":"motion.adopt"' in said and "Code\u00a0: votes" in said

    def test_names_the_motion_and_the_file(self, forger: Forger, capsys: pytest.CaptureFixture[str]):
        """Of a page or a text that was tampered with after the record was written."""
        (forger.folder / "motions/M2.md").write_text("autre texte")
        assert run(["verify", str(forger.folder)], FRENCH) == 1
        said = capsys.readouterr().out
        assert "Motion M2, fichier motions/M2.md\u00a0: Le texte publié n’est pas celui" in said
        assert said.count("motions/M2.md") == 1 and "Dernière inscription de cette motion\u00a0:" in said
        assert run(["verify", str(forger.folder), "--json"], FRENCH) == 1
        told = json.loads(capsys.readouterr().out)
        assert (told["flaw"], told["motion"], told["file"]) == ("text", "M2", "motions/M2.md")

    def test_says_between_which_entries(self, congress: Published, forger: Forger, kept: Path, capsys):
        """When only a kept checkpoint tells."""
        forger.edit(forger.find("official.accredit", 3), name="Quelqu’un d’autre")
        forger.forget_older()
        forger.write()
        arguments = ["verify", str(forger.folder), "--key", congress.key, "--checkpoint", str(kept)]
        assert run(arguments, FRENCH) == 1
        size = int(congress.kept.split(b"\n")[1])
        assert f"Entre les inscriptions 0 et {size - 1}\u00a0:" in capsys.readouterr().out
        assert run([*arguments, "--json"], FRENCH) == 1
        said = json.loads(capsys.readouterr().out)
        assert (said["result"], said["flaw"], said["since"], said["until"]) == ("broken", "root", 0, size)


class TestUnchecked:
    """Status 2: nothing is proven, and the report says what to do."""

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["{none}"], "Ce dossier n’existe pas"),
            (["{empty}"], "Aucun registre ici"),
            (["{folder}", "--key", "ni+une+cle"], "Ce n’est pas une clé de registre"),
            (["{folder}", "--key", "{none}"], "Fichier illisible"),
            (["{folder}", "--checkpoint", "{none}"], "Fichier illisible"),
            (["{folder}", "--policy", "{bad}"], "Cette règle des témoins est illisible"),
            (["ftp://a.example/c"], "Ni un dossier, ni une adresse"),
        ],
    )
    def test_says_why(self, congress: Published, tmp_path: Path, capsys, arguments: list[str], sentence: str):
        """On standard error."""
        (tmp_path / "empty").mkdir()
        (tmp_path / "bad").write_text("quorum demain\n")
        places = {name: tmp_path / name for name in ("none", "empty", "bad")} | {"folder": congress.folder}
        assert run(["verify", *(each.format(**places) for each in arguments)], FRENCH) == 2
        said = capsys.readouterr()
        assert said.out == "" and "La vérification n’a pas pu se faire." in said.err and sentence in said.err

    def test_a_congress_just_made_is_asked_again_in_a_moment(self, capsys: pytest.CaptureFixture[str]):
        """Nothing is signed yet, and nothing is wrong."""
        with serving({}) as url:
            assert run(["verify", f"{url}/c"], FRENCH) == 2
        assert "réessayez dans un instant" in capsys.readouterr().err

    def test_says_why_to_programs(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        """As JSON."""
        assert run(["verify", str(tmp_path), "--json"], FRENCH) == 2
        assert json.loads(capsys.readouterr().out)["result"] == "unchecked"

    def test_a_page_that_cannot_be_read_is_no_proof(self, congress: Published, tmp_path: Path):
        """Neither that it holds, nor that it does not."""
        shutil.copytree(congress.folder, tmp_path / "c")
        (tmp_path / "c/motions/M1.json").write_text("<html>")
        assert run(["verify", str(tmp_path / "c"), "--key", congress.key], FRENCH) == 2


class TestWords:
    """Every flaw, note and trouble has its sentence, in both languages."""

    @pytest.mark.parametrize("code", ["fr", "en"])
    def test_none_is_missing(self, code: str):
        """And no two flaws are said alike."""
        say = language(code).gettext
        assert set(words.FLAWS) == set(Flaw)
        sentences = [say(sentence) for sentence in words.FLAWS.values()]
        assert len(set(sentences)) == len(sentences)
        if code == "en":
            french = [*words.FLAWS.values(), *words.NOTES.values(), *words.TROUBLES.values(), *words.UNPROVEN]
            assert [sentence for sentence in french if say(sentence) == sentence] == []

    def test_every_trouble_is_said(self):
        """With its file."""
        for reason in words.TROUBLES:
            assert words.trouble(SourceError(reason, "un/fichier", "detail"), language("fr").gettext)


class Terminal(io.StringIO):
    """Somebody watches."""

    def isatty(self) -> bool:
        return True


class TestBar:
    """How far the check is."""

    def test_is_one_line_that_goes_away(self):
        """Nothing is left of it."""
        out = Terminal()
        bar = Bar(out, language("fr"))
        bar("entries", 25, 100)
        bar("entries", 25, 100)
        bar.clear()
        assert out.getvalue().count("\r") == 3 and " 25 %" in out.getvalue() and "\n" not in out.getvalue()

    def test_is_silent_when_nobody_watches(self):
        """A log file stays clean."""
        out = io.StringIO()
        Bar(out, language("fr"))("entries", 1, 2)
        assert out.getvalue() == ""
