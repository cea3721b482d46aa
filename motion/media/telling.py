"""How a child and whoever started it speak: a task in, progress and a last word out, one JSON object a line.

The child's standard input is its life: when whoever holds the other end goes, however it goes, so does this. Its
standard output is for `Telling` alone.
"""

import json
import logging
import os
import sys
import threading
import time
from typing import Any, TextIO

SAY_EVERY_S = 1.0


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

    def end(self, word: dict[str, object]) -> None:
        """Say the last word, and end this process: no thread of a library, and no half-closed film, has a say in it."""
        print(json.dumps(word), file=self._out, flush=True)
        os._exit(0)


def begin() -> tuple[dict[str, Any], Telling]:
    """Take the task of this child, and begin to watch over its life; what is printed from here on is no word of it."""
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    task: dict[str, Any] = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    return task, Telling(told)


def _end_with(life: int) -> None:
    """Wait until the other end is let go of, and end there: what lies in the folder is made anew."""
    while os.read(life, 1):
        pass
    os._exit(1)
