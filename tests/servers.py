"""The real program in a process of its own, started as people start it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.databases import free_port

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: its address, its process, and the environment in which commands reach its data."""

    address: str
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    log: Path

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `motion …` beside the service, on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "motion", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
        )


def clean_environment() -> dict[str, str]:
    """This machine's environment, less the settings of whoever runs the tests; sentences are in French."""
    settings = ("MOTION_", "DATABASE_URL", "RELAY_URL", "LANG", "LC_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    return kept | {"LANG": "fr_FR.UTF-8", "PYTHONUNBUFFERED": "1"}


@contextmanager
def serving(data: Path, *arguments: str, extra: Mapping[str, str] | None = None, port: int = 0) -> Iterator[Served]:
    """Run `motion serve` on a free port with its data in `data`, until the block ends."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    environment = clean_environment() | {"MOTION_DATA": str(data), "MOTION_BASE_URL": address} | dict(extra or {})
    data.mkdir(parents=True, exist_ok=True)
    path = data / "serve.log"
    with path.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "motion", "serve", "--port", str(port), *arguments],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(address, process, path)
            yield Served(address, process, environment, path)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > limit:
                raise AssertionError(f"the service did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.05)
