"""Verifiers that others wrote, had once for the whole run; why not, when they cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Served, serving

PROGRAM = Path(__file__).parents[3] / "motion/exports/guides/verify.go"  # the one that every exported folder brings
PACKAGES = ("golang-go", "golang-golang-x-mod-dev")
GOPATH = Path("/usr/share/gocode")  # where Debian puts the sources of Go packages
MODULE = GOPATH / "src/golang.org/x/mod/sumdb/tlog"


def can_install() -> bool:
    """Whether this is a Debian, and we are its root."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def require_go() -> None:
    """Have Go and the packages, or skip; where they are mandatory, as in CI, and could be had, fail."""
    reason = install()
    if reason and os.environ.get("CI", "").lower() in ("1", "true") and can_install():
        pytest.fail(f"Go’s verifier is mandatory here: {reason}", pytrace=False)
    if reason:
        pytest.skip(reason)  # apt brings Go to a Debian's root alone: nobody else's machine is changed; CI has failed


def install() -> str:
    """Have Go and the packages; why not, or nothing."""
    if shutil.which("go") and MODULE.is_dir():
        return ""
    if not can_install():
        return f"needs {' '.join(PACKAGES)}, and this is no Debian, or not run as root"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    fetch = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    for command in (fetch, ["apt-get", "update", "-qq"], fetch):  # a fresh machine has no list of packages yet
        try:
            run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=190, check=False)
        except subprocess.TimeoutExpired:
            return f"{' '.join(command[:2])} took more than 190 s"
        if shutil.which("go") and MODULE.is_dir():
            return ""
    return f"apt-get install failed: {run.stderr.strip()[-300:]}"


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The verifier, built once."""
    require_go()
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": str(GOPATH),
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    program = folder / "verify"
    command = ["go", "build", "-o", str(program), str(PROGRAM)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return program


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real program, with its fictional congress."""
    with serving(tmp_path_factory.mktemp("served"), "--demo") as served:
        yield served


# Weeks old and by one author: they check us, we do not depend on them. They ask for a newer Python than we do.
FOREIGN = ("aics-tlog==0.2.1", "aics-witness==0.1.0", "metamorphic-log==0.1.11")
NEEDS = (3, 12)


def newer_python() -> str | None:
    """A Python of 3.12 or more: this one, one on the path, or one that pyenv installed."""
    names = ["python3", *(f"python3.{minor}" for minor in range(12, 16))]
    found = [sys.executable, *filter(None, map(shutil.which, names))]
    found += map(str, sorted(Path.home().glob(".pyenv/versions/*/bin/python")))
    for python in found:
        asked = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))"
        if subprocess.run([python, "-c", asked], capture_output=True, check=False).returncode == 0:
            return python
    return None


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with aics-tlog, aics-witness and metamorphic-log."""
    python = newer_python()
    if python is None:
        reason = f"{', '.join(FOREIGN)} need Python {'.'.join(map(str, NEEDS))}, and this machine has none"
        pytest.skip(reason)  # they ask for more Python than Motion does: tried where installable, reported when absent
    folder = tmp_path_factory.mktemp("foreign") / "environment"
    subprocess.run([python, "-m", "venv", str(folder)], check=True, capture_output=True)
    command = [str(folder / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *FOREIGN]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    if run.returncode:
        reason = f"pip could not install {', '.join(FOREIGN)}: {run.stderr.strip()[-300:]}"
        pytest.skip(reason)  # others' packages, weeks old: a registry that lacks them says nothing of our record
    return folder / "bin"
