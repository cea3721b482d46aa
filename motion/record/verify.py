"""The check of a whole log: it holds, or here is the first thing that does not.

It reads what anyone can be given: the entries, the checkpoint, the log's key (from paper, from a city's
site), and older checkpoints that people kept. It trusts none of them but the key.

This folder copied alone, under any name, checks a published log with nothing but ``cryptography`` beside it:

    python -m record.verify FOLDER [VKEY] [OLDER-CHECKPOINT…]

exits 0 when it holds, 1 when it does not, 2 when it could not be checked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .checkpoint import VerifierKey, parse_verifier_key
from .contents import read_contents
from .entry import Entry, decode_entry
from .errors import MalformedKey, RecordError, WrongObject
from .files import PIECE_BYTES, Flow, whole_or_apart
from .flaws import Broken, Flaw, Holds
from .objects import open_object
from .published import Passage, check_published, open_all, shown
from .story import Story
from .tree import leaf_hash

__all__ = ["Broken", "Flaw", "Holds", "check_log", "main"]

HOLDS, BROKEN, UNCHECKED = 0, 1, 2  # exit statuses


def check_log(
    entries: Iterable[bytes],
    note: bytes,
    log: VerifierKey,
    *,
    older: Sequence[bytes] = (),
    read_object: Callable[[str], bytes | None] | None = None,
) -> Holds | Broken:
    """Check a log from its first entry to its last.

    Signatures come first; then each entry in order, with the older checkpoints as they are passed, so that
    the place of a flaw is as narrow as what was kept allows.

    Args:
        entries: The entries as bytes, read once, in order.
        note: The checkpoint that covers precisely these entries.
        log: The log's key.
        older: Checkpoints of the same log kept from earlier, in any order.
        read_object: Gives the bytes of an object by its name, or None when it is not there. Without it
            objects are not looked at.
    """
    opened = open_all(note, log, older)
    if isinstance(opened, Broken):
        return opened
    signed, marks = opened
    final = signed.checkpoint
    passage = Passage(marks)
    story = Story()
    if (flaw := passage.look()) is not None:
        return flaw
    for data in entries:
        number = passage.frontier.size
        if number == final.size:
            return Broken(Flaw.SURPLUS, entry=number)
        try:
            entry = decode_entry(data)
        except RecordError as error:
            return Broken(Flaw.ENTRY, entry=number, cause=error, words=shown(data))
        wrong = story.tell(entry.kind, entry.body, entry.by, passage.frontier)
        if wrong is not None:
            return Broken(wrong, entry=number, words=shown(data))
        if read_object is not None and (flaw := _check_object(entry, number, read_object)) is not None:
            return flaw
        if (flaw := passage.extend([leaf_hash(data)])) is not None:
            return flaw
    if passage.frontier.size < final.size:
        return Broken(Flaw.MISSING, entry=passage.frontier.size)
    return Holds(final.origin, final.size, final.root, len(older))


def _check_object(entry: Entry, number: int, read_object: Callable[[str], bytes | None]) -> Broken | None:
    name = entry.body.get("c")
    if name is None:
        return None
    data = read_object(name)
    if data is None:
        return Broken(Flaw.OBJECT_MISSING, entry=number)
    try:
        open_object(data, name)
    except WrongObject as error:
        return Broken(Flaw.OBJECT_ALTERED, entry=number, cause=error)
    return None


def main(arguments: Sequence[str]) -> int:
    """Check the published log in a folder, objects included, and say so on one line.

    Args:
        arguments: The folder of the log (or the one above it); the log's key, as one line; files of older
            checkpoints. Without a key the folder's own is taken, which proves nothing against who made it.
    """
    if not arguments:
        print(__doc__, file=sys.stderr)
        return UNCHECKED
    folder = Path(arguments[0])
    folder = folder / "log" if (folder / "log" / "checkpoint").is_file() else folder
    try:
        note = (folder / "checkpoint").read_bytes()
        line = arguments[1] if len(arguments) > 1 else (folder / "log.vkey").read_text()
        key = parse_verifier_key(line)
        older = [Path(path).read_bytes() for path in arguments[2:]]
        older += [path.read_bytes() for path in sorted((folder / "checkpoints").glob("[0-9]*"))]
    except (OSError, MalformedKey) as error:
        print(f"not checked: {error!r}", file=sys.stderr)
        return UNCHECKED
    if len(arguments) < 2:
        print("warning: the key was taken from the folder that it checks", file=sys.stderr)

    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def stream(path: str) -> Flow | None:
        place = folder / path.removeprefix("log/") if path.startswith("log/") else folder.parent / path
        return in_pieces(place) if place.is_file() else None

    story = Story()
    result = check_published(read, note, key, older=older, story=story)
    if isinstance(result, Holds):
        for told in read_contents(read, result.size, story.redactions, files=whole_or_apart(stream)):
            if isinstance(told, Broken):
                result = told
    if isinstance(result, Holds):
        print(f"holds: {result.origin}, {result.size} entries, root {result.root.hex()}, {result.older} older")
        return HOLDS
    place = "" if result.entry is None else f" at entry {result.entry}"
    if result.until is not None:
        place = f" from entry {result.since} to {result.until}"
    cause = "" if result.cause is None else f" ({result.cause!r})"
    print(f"does not hold: {result.flaw}{place}{cause} {result.words}".rstrip(), file=sys.stderr)
    return BROKEN


def in_pieces(place: Path) -> Flow:
    """The bytes of a file, a piece at a time."""
    with place.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
