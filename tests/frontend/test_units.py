"""The editor's unit tests, types and style: run by the Node that PyPI brings."""

import importlib.util
import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FRONTEND = ROOT / "frontend"

EDITOR_BUDGET_BYTES = 140_000
FOLLOW_BUDGET_BYTES = 3_000
REPLAY_BUDGET_BYTES = 8_000
DEPOSIT_BUDGET_BYTES = 25_000


@pytest.fixture(scope="module")
def build():  # type: ignore[no-untyped-def]
    """The build module, with its libraries installed and the interface built."""
    spec = importlib.util.spec_from_file_location("frontend_build", FRONTEND / "build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.install(tools=True)
    module.build()
    return module


@pytest.mark.parametrize("name", ["units", "deposit"])
def test_units(build, tmp_path: Path, name: str) -> None:  # type: ignore[no-untyped-def]
    """Every unit test of the islands passes under `node --test`."""
    bundle = tmp_path / "units.test.mjs"
    arguments = ["--bundle", "--platform=node", "--format=esm", "--log-level=warning"]
    source = Path(__file__).parent / f"{name}.test.ts"
    esbuild = ["node_modules/esbuild/bin/esbuild", str(source), *arguments, f"--outfile={bundle}"]
    environment = {
        **os.environ,
        "NODE_PATH": str(FRONTEND / "node_modules"),
        "LINE_NUMBERS": str(ROOT / "tests" / "rules" / "data" / "line_numbers.json"),
    }
    node = [build._environment()["PATH"].split(os.pathsep)[0] + "/node"]
    bundled = subprocess.run([*node, *esbuild], cwd=FRONTEND, env=environment, capture_output=True, text=True)
    assert bundled.returncode == 0, bundled.stderr
    run = subprocess.run([*node, "--test", str(bundle)], env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-6000:]


def test_types_and_style(build) -> None:  # type: ignore[no-untyped-def]
    """`tsc --noEmit` (strict) and Biome have nothing to say."""
    done = build.check()
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_lock_names_no_registry() -> None:
    """Each machine brings the libraries from its own registry."""
    packages = json.loads((FRONTEND / "package-lock.json").read_text())["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]


def test_weights(build) -> None:  # type: ignore[no-untyped-def]
    """The editor and the reader's script stay within the design's budgets, in brotli."""
    dist = FRONTEND / "dist"
    manifest = json.loads((dist / "manifest.json").read_text())
    assert (dist / (manifest["editor.js"] + ".br")).stat().st_size <= EDITOR_BUDGET_BYTES
    assert (dist / (manifest["follow.js"] + ".br")).stat().st_size <= FOLLOW_BUDGET_BYTES
    assert (dist / (manifest["replay.js"] + ".br")).stat().st_size <= REPLAY_BUDGET_BYTES
    assert (dist / (manifest["deposit.js"] + ".br")).stat().st_size <= DEPOSIT_BUDGET_BYTES


def test_a_second_build_does_nothing(build) -> None:  # type: ignore[no-untyped-def]
    """The stamp makes an install without changes instant."""
    assert build.build() is False


def test_the_page_gives_every_text() -> None:
    """The texts of rediger.html are exactly those that the editor asks for."""
    import re

    source = (FRONTEND / "islands" / "editor" / "page.ts").read_text()
    asked = source[source.index("interface Texts") : source.index("/** Reads the page")]
    given = (FRONTEND / "pages" / "rediger.html").read_text()
    assert set(re.findall(r'^  "(\w+)": _\(', given, re.M)) == set(re.findall(r"readonly (\w+): string;", asked))


def test_the_page_gives_every_text_of_a_deposit() -> None:
    """The texts of fichiers_depot.html are exactly those that its script says."""
    import re

    source = "".join(path.read_text() for path in sorted((FRONTEND / "islands" / "deposit").glob("*.ts")))
    page = (FRONTEND / "pages" / "participer" / "fichiers_depot.html").read_text()
    given = set(re.findall(r'"(\w+)": _\(', page))
    said = set(re.findall(r'words\.(\w+)|"(\w+)"', source))
    assert given <= {name for pair in said for name in pair}
    assert {name for name, _ in said if name} <= given
