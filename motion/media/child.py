"""The program that reads what strangers send, in a process of its own, with its hands tied.

`python -P -m motion.media.child`, started by `motion.media.process` alone, in a folder of its own. It takes its task
from its standard input, one line of JSON: `{"path": …, "kind": …}`. On its standard output it says how far it is, a
JSON object a line, and ends with `{"made": …}` or `{"refused": …}`. What it made are files of its folder, each called
as its role. Its standard input is its life: when whoever holds the other end goes, however it goes, so does this.
"""

import logging
import os
from dataclasses import asdict
from pathlib import Path

from motion.media import limits, papers, photo, recording, sniffing, written
from motion.media.made import Outcome
from motion.media.refusal import FULL, TRY_LATER, DiskFull, Refused
from motion.media.sniffing import Reader
from motion.media.telling import Telling, begin
from motion.rules.contributions import FileKind
from motion.rules.media import MediaReason

CONVERSIONS = {
    Reader.RECORDING: recording.convert,
    Reader.PHOTO: photo.convert,
    Reader.PDF: papers.convert,
    Reader.OFFICE: written.convert,
}


def main() -> None:
    """Make what the standard input asks for, in the working folder."""
    limits.tie_hands()
    task, telling = begin()
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
    telling.end(said)


def convert(path: Path, kind: FileKind, folder: Path, tell: Telling) -> Outcome:
    """Make all that is published of a file.

    Raises:
        Refused: With the reason.
    """
    found = sniffing.sniff(path)
    return CONVERSIONS[found.reader](path, found.name, kind, folder, tell)


if __name__ == "__main__":
    main()
