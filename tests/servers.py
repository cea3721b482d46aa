"""The real program in a process of its own, started as people start it: the one way of these tests."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.databases import free_port

ROOT = Path(__file__).parent.parent
START_SECONDS = 60
STOP_SECONDS = 30


def clean_environment() -> dict[str, str]:
    """This machine's environment, less the settings of whoever runs the tests; sentences are in French."""
    settings = ("MOTION_", "DATABASE_URL", "RELAY_URL", "LANG", "LC_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(settings)}
    return kept | {"LANG": "fr_FR.UTF-8", "PYTHONUNBUFFERED": "1"}


class Served:
    """`motion serve`; it can be stopped or killed, and started again on the same port.

    Args:
        data: The folder of its data and of its log.
        arguments: After `motion serve --port …`.
        extra: Settings, beside the folder and the address.
        port: Of the loopback; 0 takes a free one.
    """

    def __init__(self, data: Path, *arguments: str, extra: Mapping[str, str] | None = None, port: int = 0) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = data / f"serve-{self.port}.log"
        own = {"MOTION_DATA": str(data), "MOTION_BASE_URL": self.address}
        self.environment = clean_environment() | own | dict(extra or {})
        self._command = [sys.executable, "-m", "motion", "serve", "--port", str(self.port), *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process that was started last."""
        assert self._process is not None, "it was never started"
        return self._process

    def start(self) -> None:
        """Start, and wait until it answers.

        Raises:
            AssertionError: It ended, or took longer than `START_SECONDS`; the end of its log is in the message.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        try:
            until_answering(f"{self.address}/healthz", self._process, self.log)
        except AssertionError:
            self.kill()
            raise

    def stop(self) -> None:
        """SIGTERM, and the end it makes of its own; nothing when it runs no more."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL: nothing of it runs any more when this returns."""
        self.process.kill()
        self.process.wait()

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `motion …` beside the service, on the same data."""
        command = [sys.executable, "-m", "motion", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=check)

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]


@contextmanager
def serving(data: Path, *arguments: str, extra: Mapping[str, str] | None = None, port: int = 0) -> Iterator[Served]:
    """Run `motion serve` with its data in `data`, until the block ends. See `Served`."""
    served = Served(data, *arguments, extra=extra, port=port)
    served.start()
    try:
        yield served
    finally:
        served.stop()


def until_answering(url: str, process: "subprocess.Popen[bytes]", log: Path, *, with_success: bool = True) -> None:
    """Wait for a server's first answer.

    Args:
        with_success: Errors are no answer.

    Raises:
        AssertionError: The process ended, or `START_SECONDS` went by.
    """
    limit = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
                if not with_success:
                    return
            if process.poll() is not None or time.monotonic() > limit:
                raise AssertionError(f"no server:\n{log.read_text(errors='replace')[-3000:]}") from None
            time.sleep(0.05)
