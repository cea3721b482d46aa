"""Objects that are files: whole or apart, of any length, read in pieces and never kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from motion.record.bundles import encode_objects, file_path, object_path
from motion.record.contents import read_contents
from motion.record.errors import MalformedTree
from motion.record.files import PIECE_BYTES, Flow, decode_apart, encode_apart, length_of, salt_path, whole_or_apart
from motion.record.flaws import Broken, Flaw
from motion.record.objects import seal
from motion.record.published import bundles_of, check_published
from motion.record.story import Redaction, Story
from motion.record.verify import in_pieces
from tests.conformance.record.published import publish

from .world import SIGNER, Log

SALT = bytes(range(32))
FILM = b"a film that goes on and on. " * 20_000  # longer than a slot, and than several pieces
SHOWN = seal(SALT, FILM)
PLACE = f"medias/{SHOWN.name}.mp4"


def with_film(length: int = len(FILM)) -> Log:
    """A congress to which somebody sent a film, and which shows it."""
    log = Log()
    log.add("congress.open", congress="congres", title="Congrès de Valfleuri", zone="Europe/Paris", languages=["fr"])
    words, raw = log.keep(b"words"), log.keep(b"raw")
    said = {"contribution": "C1", "version": 1}
    log.add("contribution.receive", "system", c=words.name, channel="web", len=5, **said)
    sent = {"contribution": "C1", "file": 1}
    log.add("contribution.file", "system", c=raw.name, len=3, media="video", **sent)
    log.add("contribution.publish", c=words.name, len=5, **said)
    log.add("contribution.show", "system", c=SHOWN.name, len=length, media="video/mp4", role="video-360", **sent)
    return log


def lay(folder: Path, log: Log) -> Path:
    """Publish the log in a folder, without its film; the folder of the congress."""
    publish(log, folder / "log")
    for bundle in bundles_of(len(log.entries)):
        slots = [log.objects[words] if words else b"" for words in shown_words(log)]
        place = folder / "log" / object_path(bundle)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(encode_objects(slots))
    return folder


def shown_words(log: Log) -> list[str]:
    """The names of the objects in bundles: of the words alone."""
    return ["", "", "", next(iter(log.objects)), ""]


def put(folder: Path, path: str, data: bytes) -> None:
    """Write one file."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)


def found(folder: Path, log: Log, redactions: dict[int, Redaction] | None = None) -> Flaw | None:
    """What the check of the contents finds; no file of a contribution is read whole."""

    def read(path: str) -> bytes | None:
        assert not path.startswith("objects/files/")
        return (folder / "log" / path).read_bytes() if (folder / "log" / path).is_file() else None

    def stream(path: str) -> Flow | None:
        return in_pieces(folder / path) if (folder / path).is_file() else None

    note = (folder / "log" / "checkpoint").read_bytes()
    result = check_published(read, note, SIGNER.verifier, story=Story())
    assert not isinstance(result, Broken), result
    files = whole_or_apart(stream)
    for told in read_contents(read, result.size, redactions or {}, files=files):
        if isinstance(told, Broken):
            assert told.entry == 4
            return told.flaw
    return None


class TestWholeOrApart:
    """Both forms hold; what is missing or altered in either is told."""

    def test_either_form_holds(self, tmp_path: Path) -> None:
        """One file, or a salt and the content as programs open it."""
        log = with_film()
        whole, apart = lay(tmp_path / "whole", log), lay(tmp_path / "apart", log)
        assert found(whole, log) is Flaw.OBJECT_MISSING
        put(whole, f"log/{file_path(SHOWN.name)}", SHOWN.data)
        put(apart, f"log/{salt_path(SHOWN.name)}", encode_apart(SALT, PLACE))
        assert found(apart, log) is Flaw.OBJECT_MISSING
        put(apart, PLACE, FILM)
        assert found(whole, log) is None and found(apart, log) is None

    @pytest.mark.parametrize(
        ("path", "data"),
        [
            (PLACE, FILM[:-1] + b"!"),
            (PLACE, FILM[:-1]),
            (PLACE, b""),
            (f"log/{salt_path(SHOWN.name)}", encode_apart(bytes(32), PLACE)),
            (f"log/{salt_path(SHOWN.name)}", SALT),
            (f"log/{salt_path(SHOWN.name)}", b""),
            (f"log/{salt_path(SHOWN.name)}", SALT + f"medias/../{PLACE}".encode()),
            (f"log/{file_path(SHOWN.name)}", SALT[:9]),
        ],
        ids=["letter", "end", "nothing", "other salt", "no place", "no salt", "elsewhere", "cut"],
    )
    def test_what_is_altered_is_told(self, tmp_path: Path, path: str, data: bytes) -> None:
        """A letter, an end, a salt, a way to another file."""
        log = with_film()
        folder = lay(tmp_path, log)
        put(folder, f"log/{salt_path(SHOWN.name)}", encode_apart(SALT, PLACE))
        put(folder, PLACE, FILM)
        put(folder, path, data)
        assert found(folder, log) is Flaw.OBJECT_ALTERED

    def test_another_length_is_told(self, tmp_path: Path) -> None:
        """Longer or shorter than the entry says, though the name is right."""
        for length in (len(FILM) - 1, len(FILM) + 1):
            log = with_film(length)
            folder = lay(tmp_path / str(length), log)
            put(folder, f"log/{file_path(SHOWN.name)}", SHOWN.data)
            assert found(folder, log) is Flaw.OBJECT_LENGTH

    def test_what_was_withdrawn_must_be_gone(self, tmp_path: Path) -> None:
        """In either form."""
        log = with_film()
        gone = {4: Redaction(5, "retrait", "vie-privee", skeleton=False, decision="d-1")}
        folder = lay(tmp_path, log)
        assert found(folder, log, gone) is None
        put(folder, f"log/{salt_path(SHOWN.name)}", encode_apart(SALT, PLACE))
        put(folder, PLACE, FILM)
        assert found(folder, log, gone) is Flaw.OBJECT_KEPT


class TestInPieces:
    """No more of a file is in memory than a piece, nor read than is said."""

    def test_the_name_is_the_same_however_it_is_cut(self) -> None:
        """The salt cut too."""
        for size in (1, 31, 32, 33, PIECE_BYTES):
            data = SHOWN.data[: 32 + 500] if size == 1 else SHOWN.data
            name = seal(SALT, data[32:]).name
            cut = [data[at : at + size] for at in range(0, len(data), size)]
            assert length_of(cut, name, None) == len(data) - 32
        assert length_of([], SHOWN.name, None) is None

    def test_a_file_without_end_is_left(self) -> None:
        """A little beyond the length that its entry says."""
        given = 0

        def endless() -> Iterator[bytes]:
            nonlocal given
            while True:
                given += 1
                yield bytes(1000)

        assert length_of(endless(), SHOWN.name, 5000) == 5968
        assert given == 6

    @pytest.mark.parametrize("path", ["medias/x.mp4", "../x", PLACE + "/..", f"/{PLACE}", "", PLACE.upper()])
    def test_no_path_leads_elsewhere(self, path: str) -> None:
        """The content lies among the files of the congress, under the name of the object."""
        with pytest.raises(MalformedTree):
            decode_apart(SHOWN.name, SALT + path.encode())
        with pytest.raises(MalformedTree):
            encode_apart(SALT, path)
        with pytest.raises(MalformedTree):
            decode_apart("ab" * 32, encode_apart(SALT, PLACE))
