"""A published log is checked file by file, and what is wrong is named with its place."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import motion.record
from motion.record.bundles import KEPT_BACK, encode_objects, file_path, object_path
from motion.record.checkpoint import sign_checkpoint
from motion.record.contents import read_contents
from motion.record.flaws import Broken, Flaw, Holds
from motion.record.published import bundles_of, check_published, open_all
from motion.record.story import ASKED_BY, REASONS, REDACTION_KINDS, Story
from motion.rules.redactions import Asker, Reason, RedactionKind
from tests.conformance.record.published import long_log, publish

from .world import OTHER, SIGNER, Log, small_log

LOG = SIGNER.verifier


def publish_all(log: Log, folder: Path) -> Path:
    """Write a log with its objects."""
    publish(log, folder)
    for bundle in bundles_of(len(log.entries)):
        first = bundle.number * 256
        slots = []
        for entry in log.entries[first : first + bundle.width]:
            value = json.loads(entry)
            slots.append(b"" if value["t"] in KEPT_BACK else log.objects.get(value["body"].get("c", ""), b""))
        path = folder / object_path(bundle)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_objects(slots))
    return folder


def reader(folder: Path) -> Callable[[str], bytes | None]:
    """Read the files of a folder."""
    return lambda path: (folder / path).read_bytes() if (folder / path).is_file() else None


def check(folder: Path, older: tuple[bytes, ...] = ()) -> Holds | Broken:
    """Check a folder, objects included."""
    story = Story()
    read = reader(folder)
    result = check_published(read, (folder / "checkpoint").read_bytes(), LOG, older=older, story=story)
    if isinstance(result, Broken):
        return result
    broken = [told for told in read_contents(read, result.size, story.redactions) if isinstance(told, Broken)]
    return broken[0] if broken else result


def flip(path: Path, at: int) -> None:
    """Change one bit of one byte."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


class TestPublished:
    """A whole log, as files."""

    @pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
    def test_holds(self, tmp_path: Path, size: int):
        """At every fullness of tiles, with older checkpoints on the way."""
        log = long_log(size)
        older = tuple(log.note(kept) for kept in {0, size // 2, size})
        result = check(publish_all(log, tmp_path / "log"), older)
        assert result == Holds(LOG.name, size, log.checkpoint().root, len(older))

    def test_reads_two_levels_of_full_tiles(self, tmp_path: Path):
        """65,536 entries fill a tile of level 1: it is read, and compared."""
        log = long_log(65_537)
        folder = publish(log, tmp_path / "log")
        read = reader(folder)
        opened = check_published(read, (folder / "checkpoint").read_bytes(), LOG)
        assert isinstance(opened, Holds)
        flip(folder / "tile/1/000", 32 * 9)
        result = check_published(read, (folder / "checkpoint").read_bytes(), LOG)
        assert result == Broken(Flaw.TILE, since=9 * 256, until=10 * 256)

    @pytest.mark.parametrize(
        ("harm", "flaw", "entry"),
        [
            (lambda folder: flip(folder / "tile/entries/001.p/44", 40), Flaw.LEAF, 256),
            (lambda folder: (folder / "tile/entries/001.p/44").unlink(), Flaw.MISSING, 256),
            (lambda folder: cut(folder / "tile/entries/001.p/44", 9000), Flaw.MISSING, 288),
            (lambda folder: add(folder / "tile/entries/001.p/44", b"\0\1{"), Flaw.SURPLUS, 300),
            (lambda folder: add(folder / "tile/entries/001.p/44", b"{"), Flaw.SURPLUS, 300),
            (lambda folder: (folder / "objects/001.p/44").unlink(), Flaw.BUNDLE, 256),
            (lambda folder: cut(folder / "objects/001.p/44", 9), Flaw.BUNDLE, 256),
            (lambda folder: flip(folder / "objects/000", 8 * 4 + 6), Flaw.OBJECT_ALTERED, 8),
        ],
    )
    def test_names_the_entry_at_fault(self, tmp_path: Path, harm: Callable[[Path], object], flaw: Flaw, entry: int):
        """And why."""
        folder = publish_all(long_log(300), tmp_path / "log")
        harm(folder)
        result = check(folder)
        assert isinstance(result, Broken)
        assert (result.flaw, result.entry) == (flaw, entry)

    def test_a_leaf_that_was_changed_is_found_through_the_level_above(self, tmp_path: Path):
        """As narrow as one tile."""
        log = long_log(700)
        folder = publish_all(log, tmp_path / "log")
        flip(folder / "tile/0/001", 5)
        assert check(folder) == Broken(Flaw.ROOT, since=256, until=512)
        assert check(folder, (log.note(400),)) == Broken(Flaw.ROOT, since=256, until=400)
        (folder / "tile/0/001").unlink()
        result = check(folder)
        assert isinstance(result, Broken) and (result.flaw, result.since) == (Flaw.TILE, 256)

    def test_another_key_and_an_older_one_are_told_apart(self, tmp_path: Path):
        """Signatures come first."""
        log = small_log()
        folder = publish_all(log, tmp_path / "log")
        opened = open_all(log.note(), LOG, [log.note(3, OTHER)])
        assert isinstance(opened, Broken) and opened.flaw == Flaw.OLDER_CHECKPOINT
        (folder / "checkpoint").write_bytes(sign_checkpoint(log.checkpoint(), [OTHER]))
        result = check(folder)
        assert isinstance(result, Broken) and result.flaw == Flaw.CHECKPOINT

    def test_a_withdrawn_object_needs_its_redaction_and_its_skeleton(self, tmp_path: Path):
        """Gone without a word, gone with one, kept in spite of one."""
        log = long_log(20)
        name = json.loads(log.entries[9])["body"]["c"]
        kept = log.objects.pop(name)
        result = check(publish_all(log, tmp_path / "gone"))
        assert isinstance(result, Broken) and (result.flaw, result.entry) == (Flaw.OBJECT_MISSING, 9)
        redact(log, 9)
        result = check(publish_all(log, tmp_path / "no-skeleton"))
        assert isinstance(result, Broken) and (result.flaw, result.entry) == (Flaw.SKELETON, 9)
        log.objects[name] = b"x" * (len(kept) - 32)
        assert isinstance(check(publish_all(log, tmp_path / "withdrawn")), Holds)
        log.objects[name] = b"y" * (len(kept) - 32)
        result = check(publish_all(log, tmp_path / "other-skeleton"))
        assert isinstance(result, Broken) and (result.flaw, result.entry) == (Flaw.SKELETON, 9)
        log.objects[name] = kept
        result = check(publish_all(log, tmp_path / "kept"))
        assert isinstance(result, Broken) and (result.flaw, result.entry) == (Flaw.OBJECT_KEPT, 9)

    def test_a_skeleton_without_a_redaction_is_an_object_gone(self, tmp_path: Path):
        """The operator put a skeleton and said nothing."""
        log = long_log(20)
        name = json.loads(log.entries[9])["body"]["c"]
        log.objects[name] = b"x" * (len(log.objects[name]) - 32)
        result = check(publish_all(log, tmp_path / "log"))
        assert isinstance(result, Broken) and (result.flaw, result.entry) == (Flaw.OBJECT_MISSING, 9)

    def test_long_objects_are_files_of_their_own(self, tmp_path: Path):
        """Empty in the bundle, read by their name."""
        log = long_log(20)
        sealed = log.keep(bytes(70_000))
        log.add("motion.import", c=sealed.name, doc="M1", len=70_000, media="odt")
        del log.objects[sealed.name]
        folder = publish_all(log, tmp_path / "log")
        path = folder / file_path(sealed.name)
        path.parent.mkdir()
        path.write_bytes(sealed.data)
        assert isinstance(check(folder), Holds)
        path.write_bytes(sealed.data[:-1])
        result = check(folder)
        assert isinstance(result, Broken) and (result.flaw, result.entry) == (Flaw.OBJECT_ALTERED, 20)
        path.unlink()
        result = check(folder)
        assert isinstance(result, Broken) and (result.flaw, result.entry) == (Flaw.OBJECT_MISSING, 20)


def cut(path: Path, size: int) -> None:
    """Keep the first bytes of a file."""
    path.write_bytes(path.read_bytes()[:size])


def add(path: Path, more: bytes) -> None:
    """Write on at the end of a file."""
    path.write_bytes(path.read_bytes() + more)


def redact(log: Log, target: int) -> None:
    """Destroy the object of an update."""
    log.add(
        "redaction",
        **{"kind": "effacement"},
        basis="RGPD, article 17",
        decision="d-1",
        reason="vie-privee",
        remedy="Réclamation au secrétariat",
        skel=True,
        target=target,
        who="auteur",
    )


class TestClosedLists:
    """The record's lists are those of the rules; each room has its own, for neither imports the other."""

    def test_agree(self):
        """Reasons, kinds, who asked."""
        assert REASONS == {str(reason) for reason in Reason}
        assert REDACTION_KINDS == {str(kind) for kind in RedactionKind}
        assert ASKED_BY == {str(asker) for asker in Asker}


class TestAlone:
    """This room, copied under another name, with only `cryptography` beside it."""

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = (
            "import sys\n"
            f"sys.path[:] = [path for path in sys.path if 'site-packages' in path or 'lib/python' in path]\n"
            f"sys.path.insert(0, {str(folder)!r})\n"
            "from journal.verify import main\n"
            "status = main(sys.argv[1:])\n"
            "names = {name.partition('.')[0] for name in sys.modules}\n"
            "assert not names & {'motion', 'storage', 'pycrdt', 'sqlalchemy', 'starlette'}, names\n"
            "sys.exit(status)\n"
        )
        command = [sys.executable, "-I", "-c", program, *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    @pytest.fixture
    def room(self, tmp_path: Path) -> Path:
        source = Path(motion.record.__file__).parent
        shutil.copytree(source, tmp_path / "journal", ignore=shutil.ignore_patterns("__pycache__"))
        return tmp_path

    def test_checks_a_folder(self, room: Path):
        """Status 0, and what holds."""
        log = small_log()
        folder = publish_all(log, room / "congress" / "log")
        (folder / "checkpoints" / "9").write_bytes(log.note(9))
        run = self.run(room, str(room / "congress"), LOG.encode())
        assert (run.returncode, run.stderr) == (0, ""), run.stderr
        assert run.stdout.startswith(f"holds: {LOG.name}, 19 entries") and "1 older" in run.stdout

    def test_runs_as_a_module(self, room: Path):
        """As its documentation says."""
        publish_all(small_log(), room / "log")
        command = [sys.executable, "-m", "journal.verify", "log"]
        run = subprocess.run(command, cwd=room, capture_output=True, text=True, check=False)
        assert run.returncode == 0 and "the key was taken from the folder" in run.stderr

    def test_says_what_does_not_hold(self, room: Path):
        """Status 1; the flaw and its entry."""
        folder = publish_all(small_log(), room / "log")
        flip(folder / "tile/entries/000.p/19", 40)
        run = self.run(room, str(folder), LOG.encode())
        assert run.returncode == 1 and "does not hold: leaf at entry 0" in run.stderr
        (folder / "tile/0/000.p/19").unlink()
        run = self.run(room, str(folder), LOG.encode())
        assert run.returncode == 1 and "does not hold: tile from entry 0 to 19" in run.stderr

    def test_says_when_it_could_not_check(self, room: Path):
        """Status 2: no folder, no key, no argument."""
        folder = publish_all(small_log(), room / "log")
        for arguments in ([], [str(room / "nowhere")], [str(folder), "no+key"], [str(folder), LOG.encode(), "none"]):
            assert self.run(room, *arguments).returncode == 2, arguments
