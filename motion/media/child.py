"""The program that reads what strangers send, in a process of its own, with its hands tied.

`python -P -m motion.media.child`, started by `motion.media.process` alone, in a folder of its own. It takes its task
from its standard input, one line of JSON: `{"path": …, "kind": …}`. On its standard output it says how far it is, a
JSON object a line, and ends with `{"made": …}` or `{"refused": …}`. What it made are files of its folder, each called
as its role. Its standard input is its life: when whoever holds the other end goes, however it goes, so does this.
"""

import json
import logging
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from motion.media import limits, papers, photo, recording, sniffing, written
from motion.media.made import Outcome
from motion.media.refusal import FULL, TRY_LATER, DiskFull, Refused
from motion.media.sniffing import Reader
from motion.rules.contributions import FileKind
from motion.rules.media import MediaReason

SAY_EVERY_S = 1.0

CONVERSIONS = {
    Reader.RECORDING: recording.convert,
    Reader.PHOTO: photo.convert,
    Reader.PDF: papers.convert,
    Reader.OFFICE: written.convert,
}


def main() -> None:
    """Make what the standard input asks for, in the working folder."""
    limits.tie_hands()
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no word of ours
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    telling = Telling(told)
    telling(0)
    try:
        outcome = convert(Path(task["path"]), FileKind(task["kind"]), Path.cwd(), telling)
        said: dict[str, object] = {"made": asdict(outcome)}
    except Refused as refused:
        said = {"refused": refused.reason.value}
    except DiskFull:
        os._exit(TRY_LATER)
    except MemoryError:
        said = {"refused": MediaReason.TOO_HEAVY.value}
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            os._exit(TRY_LATER)
        logging.getLogger("motion.media").exception("couldn't read a file")
        said = {"refused": MediaReason.INTERNAL.value}
    print(json.dumps(said), file=told, flush=True)
    os._exit(0)  # no thread of a library, and no half-closed film, has a say in how this ends


def convert(path: Path, kind: FileKind, folder: Path, tell: "Telling") -> Outcome:
    """Make all that is published of a file.

    Raises:
        Refused: With the reason.
    """
    found = sniffing.sniff(path)
    return CONVERSIONS[found.reader](path, found.name, kind, folder, tell)


class Telling:
    """Says the percentage that is done, once a second at most; it never falls."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._said_at = float("-inf")
        self._said = -1

    def __call__(self, percent: int) -> None:
        """Say it, if it is worth saying."""
        now = time.monotonic()
        if now - self._said_at >= SAY_EVERY_S:
            self._said_at, self._said = now, max(percent, self._said)
            print(json.dumps({"done": self._said}), file=self._out, flush=True)


def _end_with(life: int) -> None:
    """Wait until the other end is let go of, and end there: what lies in the folder is made anew."""
    while os.read(life, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
