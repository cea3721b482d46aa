"""The program that makes the site's copy, in a process of its own: it is minutes of work, and who writes comes first.

`python -m motion.archive.child`, started by `motion.archive.background` alone. It takes its task from its standard
input, says how far it is on its standard output, a JSON object a line, and ends with the one that says what was made.
Its standard input is its life: whoever started it holds the other end; when that goes, however it goes, so does this.
"""

import json
import logging
import os
import pickle
import shutil
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from motion.archive.bag import is_export
from motion.archive.export import export
from motion.archive.zipped import PARTIAL, zip_folder
from motion.exports.log_folder import ChangedMeanwhile
from motion.settings import Settings
from motion.web import archives
from motion.web.archives import Ready
from storage.store import Store

NICENESS = 19  # the lowest priority: it runs when nobody else wants the processor
SAY_EVERY_S = 1.0
FOLDER = "dossier"


@dataclass(frozen=True, slots=True)
class Task:
    """A copy to make: of which congress, as which settings and which database say."""

    settings: Settings
    database_url: str
    slug: str


def main() -> None:
    """Make the copy that the standard input asks for."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no word of ours
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal, for the service: this ends with it
    task: Task = pickle.load(sys.stdin.buffer)  # written by the process that started this one, and by nobody else
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    store = Store(task.database_url)
    try:
        made = make(task, store, Telling(told))
    finally:
        store.close()
    print(json.dumps({"made": asdict(made)}), file=told, flush=True)


def make(task: Task, store: Store, tell: "Telling") -> Ready:
    """Write the folder, go on with it if a former run was cut, and pack it as one file beside those given out."""
    place = archives.place(task.settings.data_dir, task.slug)
    folder = place / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    tell.now()
    try:
        copied = export(task.settings, store, task.slug, folder, progress=tell)
    except ChangedMeanwhile:
        # Once more: what is unchanged of the folder is not written again, and nobody withdraws all day.
        copied = export(task.settings, store, task.slug, folder, progress=tell)
    name = f"{copied.size}-{copied.root.hex()[:8]}.zip"
    digest = zip_folder(folder, place / name, copied.slug, copied.moment, tell.step)
    return Ready(name, copied.size, copied.root.hex(), copied.withdrawn, (place / name).stat().st_size, digest)


def clear_away(place: Path) -> None:
    """Leave nothing half done in a congress's folder; what is given out stays."""
    folder = place / FOLDER
    if is_export(folder):
        shutil.rmtree(folder)
    for partial in place.glob(f"*{PARTIAL}"):
        partial.unlink()


class Telling:
    """Counts steps and says them, once a second at most."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._said = time.monotonic()
        self._done = 0

    def __call__(self, part: str, done: int, total: int) -> None:
        """Take a step of the export."""
        self.step()

    def step(self) -> None:
        """Take a step."""
        self._done += 1
        if time.monotonic() - self._said >= SAY_EVERY_S:
            self.now()

    def now(self) -> None:
        """Say how many steps were taken."""
        self._said = time.monotonic()
        print(json.dumps({"done": self._done}), file=self._out, flush=True)


def _end_with(life: int) -> None:
    """Wait until the other end is let go of, and end there: the folder is one that another run goes on with."""
    while os.read(life, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
