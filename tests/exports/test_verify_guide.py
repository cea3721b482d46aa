"""`VERIFY.md` says what works: its commands are run as they stand, in the folder, and fail when it was rewritten."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from pathlib import Path

import pytest

from motion.exports.verify_guide import Subject, programs, verify_guide
from motion.record.checkpoint import open_checkpoint, parse_verifier_key
from tests.audit.forger import Forger, size_of
from tests.audit.world import Published, publish
from tests.conformance.record.conftest import require_go

LANGUAGES = ("fr", "en")


@pytest.fixture(scope="module")
def congress(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The scripted congress of the auditor's tests."""
    return publish(tmp_path_factory.mktemp("congress"))


@pytest.fixture
def export(congress: Published, tmp_path: Path) -> Path:
    """A copy of it, with its programs."""
    folder = tmp_path / "ormeline"
    shutil.copytree(congress.folder, folder)
    for path, data in programs():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def subject(congress: Published) -> Subject:
    """What the guide is about."""
    note = (congress.folder / "log" / "checkpoint").read_bytes()
    checkpoint = open_checkpoint(note, parse_verifier_key(congress.key)).checkpoint
    root = b64encode(checkpoint.root).decode()
    update = Forger(congress.folder, congress.folder.parent / f"look-{os.urandom(4).hex()}").find("crdt.update", 5)
    title = "Congrès d’Ormeline"
    return Subject(title, checkpoint.origin, congress.key, root, checkpoint.size, update, "M1")


def blocks(guide: str, kind: str) -> list[str]:
    """The commands of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run commands as somebody pastes them; what a compiler keeps goes elsewhere than among the files it checks."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home}
        return subprocess.run(
            ["sh", "-eu", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )


@pytest.mark.parametrize("language", LANGUAGES)
class TestShell:
    """OpenSSL, coreutils, and the record's own room."""

    def test_every_command_answers_what_the_guide_says(self, congress: Published, export: Path, language: str):
        """Signature, one entry, its object, one text."""
        guide = verify_guide(subject(congress), language)
        python, *shell = blocks(guide, "sh")
        assert len(shell) == 5
        checked = run(export, python.replace("python3", shutil.which("python3", path=python_path()) or "python3"))
        assert checked.returncode == 0 and checked.stdout.startswith("holds: "), checked.stderr
        made, signature, entry, content, text = shell
        said = run(export, made + signature)
        assert said.returncode == 0 and "Signature Verified Successfully" in said.stdout, said.stderr
        said = run(export, made + entry + content)
        assert said.returncode == 0, said.stderr
        shown, leaf, kept, name, named = said.stdout.split()
        assert '"t":"crdt.update"' in shown and leaf == kept and name == named and name in shown
        said = run(export, text)
        digest, frozen = said.stdout.split()
        assert digest == frozen and len(digest) == 64

    def test_a_rewritten_folder_does_not_answer_so(self, congress: Published, export: Path, language: str):
        """One byte of an entry, one of a text, another key."""
        guide = verify_guide(subject(congress), language)
        _, made, signature, entry, _, text = blocks(guide, "sh")
        number = subject(congress).number
        forger = Forger(export, export.parent / "forged")
        forger.entries[number] = forger.entries[number].replace(b'"n":', b'"n": ')
        forger.write(sign=False)
        *_, leaf, kept = run(forger.folder, made + entry).stdout.split()
        assert leaf != kept
        (forger.folder / "motions/M1.md").write_text("autre texte")
        assert len(set(run(forger.folder, text).stdout.split())) == 2
        note = (forger.log / "checkpoint").read_text()
        (forger.log / "checkpoint").write_text(note.replace(f"\n{forger.size}\n", f"\n{forger.size - 1}\n"))
        assert run(forger.folder, made + signature).returncode != 0

    def test_nothing_is_left_to_fill_in(self, congress: Published, language: str):
        """And both languages give the same commands."""
        guide = verify_guide(subject(congress), language)
        assert not re.search(r"\{[a-z]+\}", guide)
        other = verify_guide(subject(congress), "en")
        assert blocks(guide, "sh") == blocks(other, "sh") and blocks(guide, "go") == blocks(other, "go")


def python_path() -> str:
    """Where the interpreter of these tests lies."""
    return str(Path(sys.executable).parent)


@pytest.mark.timeout(600)  # the first test installs
class TestGo:
    """The program that goes with the guide."""

    def test_answers_what_the_guide_says(self, congress: Published, export: Path):
        """The whole record, older checkpoints included."""
        require_go()  # skips where apt cannot bring it (no Debian, not root, no network); in CI that fails
        (command,) = blocks(verify_guide(subject(congress), "fr"), "go")
        said = run(export, command)
        assert (said.returncode, said.stdout) == (0, f"holds {size_of(export / 'log')}\n"), said.stderr
        forger = Forger(export, export.parent / "forged")
        forger.edit(forger.find("official.accredit", 3), name="Quelqu’un d’autre")
        forger.write()
        said = run(forger.folder, command)
        assert said.returncode != 0 and "consistency with" in said.stderr
