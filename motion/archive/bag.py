"""A BagIt bag written file by file (RFC 8493), that a crash may cut and a second run goes on with.

A journal beside the payload says which files are finished, with their digests. A folder is a bag once the journal is
gone: what declares it is written last. Memory holds one piece of a file, and one line for each file.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PAYLOAD = "data"
JOURNAL = ".copie.jsonl"
PARTIAL = ".copie.partiel"
DECLARED = ("bagit.txt", "bag-info.txt", "index.html")
DIGESTS = ("sha256", "sha512")
AGENT = "Motion"
PIECE_BYTES = 1 << 20


class NotABag(Exception):
    """The folder holds other things than an export: nothing was written in it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished file of the payload; `links` are the addresses that its page led to."""

    path: str
    size: int
    sha256: str
    sha512: str
    links: tuple[str, ...] = ()


class Bag:
    """A bag being written. One owner at a time."""

    def __init__(self, folder: Path, subject: str, moment: datetime) -> None:
        """Begin, or go on with what a former run finished of the same subject.

        Args:
            subject: Names the state that is exported: another one begins anew.
            moment: The time that all files bear.

        Raises:
            NotABag: The folder is not empty and no export made it.
        """
        self._folder = folder
        self._stamp = (moment.timestamp(), moment.timestamp())
        self._journal = folder / JOURNAL
        self._partial = folder / PARTIAL
        self._finished: set[str] = set()
        self.bytes = 0
        if folder.exists() and any(folder.iterdir()) and not is_export(folder):
            raise NotABag
        (folder / PAYLOAD).mkdir(parents=True, exist_ok=True)
        self._earlier = self._resume(subject)
        for name in (
            *DECLARED,
            *(f"{kind}-{digest}.txt" for kind in ("manifest", "tagmanifest") for digest in DIGESTS),
        ):
            (folder / name).unlink(missing_ok=True)

    def _resume(self, subject: str) -> dict[str, Kept]:
        first, lines, length = _read_journal(self._journal)
        if first == subject:
            os.truncate(self._journal, length)  # the line that a cut tore
            return {line.path: line for line in lines}
        self._journal.write_text(json.dumps(subject) + "\n", encoding="utf-8")
        return {}

    def finished(self, path: str) -> Kept | None:
        """What a former run finished of a file, when it still stands there as it was; None when it must be written."""
        kept = self._earlier.pop(path, None)
        place = self._folder / PAYLOAD / path
        if kept is None or not place.is_file() or place.stat().st_size != kept.size:
            return None
        with place.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != kept.sha256:
                return None
        self._finished.add(path)
        self.bytes += kept.size
        return kept

    def put(self, path: str, pieces: Iterable[bytes], links: Iterable[str] = ()) -> None:
        """Write a file, piece by piece; whoever looks sees all of it or nothing."""
        with self.writing(path, links) as write:
            for piece in pieces:
                write(piece)

    @contextmanager
    def writing(self, path: str, links: Iterable[str] = ()) -> Iterator[Callable[[bytes], None]]:
        """The same for pieces that come by themselves: gives what takes them; left by an error, nothing is written."""
        digests = [hashlib.new(name) for name in DIGESTS]
        size = 0
        with self._partial.open("wb") as file:

            def write(piece: bytes) -> None:
                nonlocal size
                file.write(piece)
                size += len(piece)
                for digest in digests:
                    digest.update(piece)

            yield write
        place = self._folder / PAYLOAD / path
        place.parent.mkdir(parents=True, exist_ok=True)
        os.utime(self._partial, self._stamp)
        self._partial.replace(place)
        self._note(Kept(path, size, digests[0].hexdigest(), digests[1].hexdigest(), tuple(links)))

    def _note(self, kept: Kept) -> None:
        self._finished.add(kept.path)
        self.bytes += kept.size
        # The last line of a path is the one that counts.
        line = json.dumps([kept.path, kept.size, kept.sha256, kept.sha512, kept.links])
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def __contains__(self, path: str) -> bool:
        return path in self._finished

    def __len__(self) -> int:
        return len(self._finished)

    def close(self, info: Mapping[str, str], index: bytes) -> None:
        """Take away what is of no export, and declare the bag.

        Args:
            info: Lines of `bag-info.txt`, in order.
            index: `index.html` beside the payload, that leads into it.
        """
        self._sweep()
        _subject, lines, _length = _read_journal(self._journal)
        last = {line.path: line for line in lines if line.path in self._finished}
        kept = sorted(last.values(), key=lambda line: line.path)
        oxum = f"{sum(line.size for line in kept)}.{len(kept)}"
        said = {**info, "Payload-Oxum": oxum, "Bag-Software-Agent": AGENT}
        self._tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        self._tag("bag-info.txt", "".join(f"{name}: {value}\n" for name, value in said.items()))
        (self._folder / "index.html").write_bytes(index)
        for digest in DIGESTS:
            lines_of = (f"{getattr(line, digest)}  {PAYLOAD}/{encoded(line.path)}\n" for line in kept)
            self._tag(f"manifest-{digest}.txt", lines_of)
        tags = sorted([*DECLARED, *(f"manifest-{digest}.txt" for digest in DIGESTS)])
        for digest in DIGESTS:
            named = ((hashlib.new(digest, (self._folder / tag).read_bytes()).hexdigest(), tag) for tag in tags)
            self._tag(f"tagmanifest-{digest}.txt", (f"{value}  {tag}\n" for value, tag in named))
        self._journal.unlink()
        for parent, _folders, names in os.walk(self._folder, topdown=False):
            if Path(parent) == self._folder:
                for name in names:
                    os.utime(Path(parent, name), self._stamp)
            os.utime(parent, self._stamp)

    def _tag(self, name: str, lines: Iterable[str]) -> None:
        with (self._folder / name).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)

    def _sweep(self) -> None:
        self._partial.unlink(missing_ok=True)
        payload = self._folder / PAYLOAD
        for parent, _folders, names in os.walk(payload, topdown=False):
            for name in names:
                place = Path(parent, name)
                if place.relative_to(payload).as_posix() not in self._finished:
                    place.unlink()
            if Path(parent) != payload and not any(Path(parent).iterdir()):
                shutil.rmtree(parent)


def is_export(folder: Path) -> bool:
    """Whether a folder is an export of ours, whole or cut."""
    if (folder / JOURNAL).is_file():
        return True
    try:
        return f"Bag-Software-Agent: {AGENT}\n" in (folder / "bag-info.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def encoded(path: str) -> str:
    """A path as manifests write it (RFC 8493, 2.1.3)."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def pieces_of(place: Path) -> Iterator[bytes]:
    """The bytes of a file of any length, in pieces."""
    with place.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _read_journal(journal: Path) -> tuple[str | None, list[Kept], int]:
    """The subject and the finished files of a journal, and how many bytes of it a cut left whole."""
    subject: str | None = None
    found: list[Kept] = []
    length = 0
    try:
        with journal.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                said = json.loads(line)
                if subject is None:
                    subject = str(said)
                else:
                    path, size, sha256, sha512, links = said
                    found.append(Kept(path, size, sha256, sha512, tuple(links)))
                length += len(line)
    except (FileNotFoundError, ValueError, TypeError):
        pass
    return subject, found, length
