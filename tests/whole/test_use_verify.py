"""Checking as somebody who has only the page: a fingerprint, a file, the commands it prints."""

import hashlib
import html
import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.whole.demonstration import Demonstration
from tests.whole.desks import Desk

PAGE = "/ormeline/verifier"
ENTRY = 7
OTHER_KEY = "registre.example/autre+c3532475+AQKX1BTMQ3Sfg5c1Vq6QaZbYnWbSvq6GWZIWCQFbb6s1"


@pytest.fixture
def files(service: Demonstration, tmp_path: Path) -> dict[str, Path]:
    """What somebody keeps of an entry and of a text."""
    kept = {}
    for name, path in (
        ("proof", f"/ormeline/registre/{ENTRY}.tlog-proof"),
        ("entry", f"/ormeline/registre/{ENTRY}.json"),
        ("text", "/ormeline/motions/M2.md"),
    ):
        kept[name] = tmp_path / path.rpartition("/")[2]
        kept[name].write_text(service.get(path), newline="")
    return kept


@pytest.fixture
def page(desks: Callable[..., Desk], service: Demonstration) -> Page:
    """The page, with its script."""
    page = desks().page
    page.goto(service.address + PAGE)
    page.wait_for_selector("[data-module=verifier]:not([hidden])")
    return page


def said(page: Page) -> str:
    """What the page says of the files."""
    page.wait_for_selector("[data-result]:not([hidden])")
    return page.locator("[data-result]").inner_text()


class TestFiles:
    """Computed on the reader's own device."""

    def test_a_proof_alone_holds(self, page: Page, files: dict[str, Path]) -> None:
        """The entry is fetched from its address."""
        page.set_input_files("#fichiers", files["proof"])
        assert f"l’inscription n°\u00a0{ENTRY} est bien dans le registre" in said(page)

    def test_a_proof_with_its_entry_holds(self, page: Page, files: dict[str, Path]) -> None:
        """Both kept by the reader."""
        page.set_input_files("#fichiers", [files["entry"], files["proof"]])
        assert "Tout concorde" in said(page)

    def test_another_entry_does_not(self, page: Page, files: dict[str, Path]) -> None:
        """One letter changed."""
        files["entry"].write_text(files["entry"].read_text().replace("ormeline", "ormelina").replace("elu-", "elv-"))
        page.set_input_files("#fichiers", [files["entry"], files["proof"]])
        assert "n’est pas celle que prouve ce fichier" in said(page)

    def test_another_root_does_not(self, page: Page, files: dict[str, Path]) -> None:
        """The size in the checkpoint changed: the signature is of other words, or the path leads elsewhere."""
        text = files["proof"].read_text()
        size = re.search(r"\n\n[^\n]+\n(\d+)\n", text)
        assert size is not None
        files["proof"].write_text(text.replace(f"\n{size[1]}\n", f"\n{int(size[1]) + 1}\n", 1))
        page.set_input_files("#fichiers", files["proof"])
        assert "Tout concorde" not in said(page)

    def test_another_key_does_not(self, page: Page, files: dict[str, Path]) -> None:
        """A key that the reader copied from elsewhere; said again when it is corrected."""
        right = page.locator("#cle").input_value()
        page.fill("#cle", OTHER_KEY)
        page.set_input_files("#fichiers", files["proof"])
        assert "La signature n’est pas celle du registre" in said(page)
        page.locator("#cle").clear()
        page.locator("#cle").press_sequentially(right)
        page.locator("#cle").blur()
        page.locator("[data-result]", has_text="Tout concorde").wait_for()

    @pytest.mark.parametrize("key", ["", "{}", OTHER_KEY.replace("AQKX", "AQKY")])
    def test_a_key_that_lacks_a_sign_is_not_the_files_fault(self, page: Page, files: dict[str, Path], key: str) -> None:
        """Empty, its end left out, a letter taken for another."""
        page.fill("#cle", key.format(page.locator("#cle").input_value()[:-3]))
        page.set_input_files("#fichiers", files["proof"])
        assert "Cette clé n’est pas complète" in said(page)

    def test_a_proof_that_holds_says_of_what(self, page: Page, service: Demonstration, files: dict[str, Path]) -> None:
        """In the words of the entry's page, and leads to it."""
        page.set_input_files("#fichiers", files["proof"])
        page.locator("[data-result]", has_text="Ce qu’elle dit").wait_for()
        told = json.loads(service.get(f"/api/v1/congresses/ormeline/entries/{ENTRY}?lang=fr"))["sentence"]
        assert f"{told}." in said(page)
        assert page.locator("[data-result] a").get_attribute("href") == f"/ormeline/registre/{ENTRY}"

    @pytest.mark.parametrize("name", ["M2.pdf", "M2.odt", "M2.json"])
    def test_a_file_of_another_kind_is_told_so(self, page: Page, tmp_path: Path, name: str) -> None:
        """It has a fingerprint too, which nobody published."""
        other = tmp_path / name
        other.write_bytes(b'{"code": "M2"}')
        page.set_input_files("#fichiers", other)
        assert "Ce genre de fichier ne se vérifie pas ici" in said(page)

    def test_a_file_beyond_measure_is_told_so(self, page: Page, tmp_path: Path) -> None:
        """Before it is read."""
        other = tmp_path / "M2.md"
        with other.open("wb") as file:
            file.truncate(50_000_001)
        page.set_input_files("#fichiers", other)
        assert "Ce fichier dépasse 50\u00a0Mo" in said(page)

    def test_any_other_file_named_so_is_no_proof(self, page: Page, tmp_path: Path) -> None:
        """It says where to take it again."""
        broken = tmp_path / "x.tlog-proof"
        broken.write_bytes(b"\x00\xff not a proof")
        page.set_input_files("#fichiers", broken)
        assert "n’est pas une preuve lisible" in said(page)

    def test_a_text_is_recognised_by_its_fingerprint(self, page: Page, files: dict[str, Path]) -> None:
        """The adopted motion, downloaded; the file itself goes nowhere."""
        with page.expect_navigation():
            page.set_input_files("#fichiers", files["text"])
        assert "C’est le texte de la motion 2" in page.locator("[role=status]").first.inner_text()

    def test_an_entry_is_recognised_by_its_fingerprint(self, page: Page, files: dict[str, Path]) -> None:
        """As the record computes it."""
        with page.expect_navigation():
            page.set_input_files("#fichiers", files["entry"])
        assert f"l’inscription n°\u00a0{ENTRY}" in page.locator("[role=status]").first.inner_text()


class TestCommands:
    """Those that the page prints, run as they stand."""

    def commands(self, service: Demonstration, which: str) -> str:
        found = re.search(rf'id="commande-{which}">(.*?)</pre>', service.get(PAGE), re.DOTALL)
        assert found is not None
        return html.unescape(found[1])

    def run(self, command: str, folder: Path) -> str:
        done = subprocess.run(["bash", "-ec", command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_openssl_verifies_the_signature(self, service: Demonstration, tmp_path: Path) -> None:
        """Without a program of ours."""
        assert "Verified Successfully" in self.run(self.commands(service, "openssl"), tmp_path)

    def test_the_fingerprint_of_an_entry_is_the_one_its_page_shows(
        self, service: Demonstration, tmp_path: Path
    ) -> None:
        """By `sha256sum`."""
        command = self.commands(service, "empreinte")
        computed = self.run(command, tmp_path).split()[0]
        number = re.search(r"registre/(\d+)\.json", command)
        assert number is not None
        shown = " ".join(computed[at : at + 4] for at in range(0, 64, 4))
        assert shown in service.get(f"/ormeline/registre/{number[1]}")

    def test_the_text_that_was_voted_is_compared_with_the_vote(self, service: Demonstration, tmp_path: Path) -> None:
        """Twice the same."""
        one, other = self.run(self.commands(service, "texte"), tmp_path).split()
        assert one == other and len(one) == 64

    def test_the_text_that_was_voted_has_the_fingerprint_that_is_shown(self, service: Demonstration) -> None:
        """Downloaded, hashed, and recognised without script."""
        digest = hashlib.sha256(service.get("/ormeline/motions/M2.md").encode()).hexdigest()
        assert "C’est le texte de la motion 2" in service.get(f"{PAGE}?empreinte={digest}")


def test_the_register_says_in_which_article_somebody_wrote(service: Demonstration) -> None:
    """Once the history of the text has been told: a moment after the words."""
    lines = "/ormeline/registre?genre=ecriture&motion=M1"
    end = time.monotonic() + 30
    while not re.search(r"écrit dans la motion\u00a01, article \d", page := service.get(lines)):
        assert time.monotonic() < end, page
        service.get("/ormeline/motions/M1/rejeu")
        time.sleep(0.5)
