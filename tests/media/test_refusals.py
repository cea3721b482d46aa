"""What nothing is made of: each hostile or hopeless file is refused with its reason, and the child is well."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import av
import psutil
import pytest

from motion.media import process
from motion.rules.contributions import FileKind
from motion.rules.media import SAID, MediaReason
from tests.media import files, phone_photos
from tests.media.test_conversions import DOCUMENT, PHOTO, SOUND, VIDEO, made_of

HLS = "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile '/etc/passwd'\n"


def environment_of(child: int) -> bytes:
    """The environment of a process, as the system tells it."""
    return repr(psutil.Process(child).environ()).encode()


def words(text: str) -> Callable[[Path], Path]:
    """A file of words."""

    def write(path: Path) -> Path:
        path.write_text(text, encoding="utf-8")
        return path

    return write


def cut(path: Path) -> Path:
    """A film of which half came: its index, and some of its pictures."""
    files.film(path, seconds=4, options={"preset": "ultrafast"})
    whole = path.read_bytes()
    with_index = path.with_suffix(".faststart.mp4")
    with av.open(str(path)) as source, av.open(str(with_index), "w", options={"movflags": "faststart"}) as copy:
        streams = {each.index: copy.add_stream_from_template(each) for each in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    path.write_bytes(with_index.read_bytes()[: len(whole) // 2])
    return path


def without_index(path: Path) -> Path:
    """A film whose end, where its index stands, never came."""
    content = files.film(path).read_bytes()
    path.write_bytes(content[: content.index(b"moov") - 10])
    return path


def garbled(path: Path) -> Path:
    """A film whose index is right and whose pictures are noise."""
    content = bytearray(files.film(path).read_bytes())
    start = content.index(b"mdat") + 4
    end = content.index(b"moov") - 4
    content[start:end] = bytes((at * 7919) % 256 for at in range(end - start))
    path.write_bytes(content)
    return path


def locked(path: Path) -> Path:
    """A film that says it is locked (ISO/IEC 14496-12, 8.12), in words alone."""
    content = bytearray(garbled(path).read_bytes())
    path.write_bytes(content + b"\x00\x00\x00\x30sinf\x00\x00\x00\x0cfrmaavc1\x00\x00\x00\x14schm" + bytes(20))
    return path


def many_streams(path: Path) -> Path:
    """A film with twenty sounds."""
    with av.open(str(path), "w", format="matroska") as container:
        tracks = [container.add_stream("pcm_s16le", rate=48_000, layout="mono") for _ in range(20)]
        for track in tracks:
            container.mux(track.encode(files.hum(0.1)))
    return path


def packed(path: Path) -> Path:
    """An archive that would unpack to a thousand times its size, called as a document."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 40_000_000)
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


REFUSED: list[tuple[str, FileKind, Callable[[Path], Path], MediaReason]] = [
    ("vide.mp4", VIDEO, empty, MediaReason.EMPTY),
    ("page.jpg", PHOTO, words("<!DOCTYPE html><script>alert(1)</script>"), MediaReason.ACTIVE),
    (
        "dessin.png",
        PHOTO,
        words('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
        MediaReason.ACTIVE,
    ),
    ("liste.mp4", VIDEO, words(HLS), MediaReason.PLAYLIST),
    ("suite.mp4", VIDEO, words(CONCAT), MediaReason.PLAYLIST),
    ("liste.mp3", SOUND, words("[playlist]\nFile1=http://127.0.0.1/\n"), MediaReason.PLAYLIST),
    ("lettre.mp4", VIDEO, words("Bonjour, le car ne passe plus."), MediaReason.NOT_MEDIA),
    ("photo.mp4", VIDEO, files.photo, MediaReason.OTHER_KIND),
    ("film.jpg", PHOTO, lambda path: files.film(path, seconds=1, format="mp4"), MediaReason.OTHER_KIND),
    ("photo.pdf", DOCUMENT, files.photo, MediaReason.OTHER_KIND),
    ("coupe.mp4", VIDEO, cut, MediaReason.DAMAGED),
    ("sans-fin.mp4", VIDEO, without_index, MediaReason.DAMAGED),
    ("bruit.mp4", VIDEO, garbled, MediaReason.DAMAGED),
    ("verrou.mp4", VIDEO, locked, MediaReason.PROTECTED),
    ("pistes.mkv", VIDEO, many_streams, MediaReason.TOO_MANY_STREAMS),
    ("toujours.wav", SOUND, files.endless_sound, MediaReason.TOO_LONG),
    ("bombe.png", PHOTO, lambda path: files.declared_png(path, 30_000), MediaReason.TOO_LARGE_PICTURE),
    ("menteur.png", PHOTO, lambda path: files.declared_png(path, 5_000), MediaReason.DAMAGED),
    ("secret.pdf", DOCUMENT, lambda path: files.pdf(path, password="x"), MediaReason.ENCRYPTED),
    ("pages.pdf", DOCUMENT, lambda path: files.pdf(path, pages=301), MediaReason.TOO_MANY_PAGES),
    ("casse.pdf", DOCUMENT, words("%PDF-1.7\n1 0 obj\n<<>>\n"), MediaReason.DAMAGED),
    ("bombe.docx", DOCUMENT, packed, MediaReason.TOO_LARGE),
]


@pytest.mark.parametrize(("name", "kind", "make", "reason"), REFUSED, ids=[each[0] for each in REFUSED])
def test_refused_with_its_reason(
    tmp_path: Path, name: str, kind: FileKind, make: Callable[[Path], Path], reason: MediaReason
) -> None:
    """And nothing of it is kept."""
    result = made_of(make(tmp_path / name), kind)
    assert (result.refused, result.files) == (reason, ())


def test_a_film_between_two_far_moments_is_too_long(tmp_path: Path) -> None:
    """Whatever it declares: its moments are counted as they come."""
    path = files.film(tmp_path / "loin.webm", codec="libvpx-vp9", sound=None, times_ms=[0, 1_000, 2_000_000])
    assert made_of(path, VIDEO).refused == MediaReason.TOO_LONG


def test_a_bomb_within_a_pdf_bursts_within_its_bounds(tmp_path: Path) -> None:
    """Its pages are copied as they are, and what must be unpacked to read them is bounded."""
    once = zlib.compress(zlib.compress(bytes(150_000_000), 9), 9)
    body = b"1 0 obj\n<</Type/ObjStm/N 1/First 4/Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\n"
    body += b"endstream\nendobj\n"
    written = b"%PDF-1.5\n" + body % (len(once), once)
    table = bytes([1, 0, 9, 0]) + bytes([2, 0, 1, 0]) * 3
    index = len(written)
    written += (
        b"5 0 obj\n<</Type/XRef/Size 5/W[1 2 1]/Index[1 4]/Root 2 0 R/Length %d>>stream\n%s\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(table), table, index)
    )
    (tmp_path / "bombe.pdf").write_bytes(written)
    refused = made_of(tmp_path / "bombe.pdf", DOCUMENT).refused
    assert refused in (MediaReason.DAMAGED, MediaReason.TOO_HEAVY)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happened_to_a_file_it_is_made_or_refused(tmp_path: Path, seed: int) -> None:
    """Bytes changed, lost and doubled, mostly where formats say what they are: no error is ours."""
    chance = random.Random(seed)
    path, kind = [
        (lambda: (files.film(tmp_path / "a.mp4", seconds=0.4, size=(160, 120)), VIDEO)),
        (lambda: (files.film(tmp_path / "a.webm", codec="libvpx-vp9", sound="libopus", seconds=0.4), VIDEO)),
        (lambda: (files.photo(tmp_path / "a.webp", format="WEBP"), PHOTO)),
        (lambda: (files.pdf(tmp_path / "a.pdf", pages=2), DOCUMENT)),
    ][seed % 4]()
    content = bytearray(path.read_bytes())
    for _ in range(6):
        at = chance.choice((chance.randrange(len(content)), chance.randrange(min(1_000, len(content)))))
        match chance.randrange(3):
            case 0:
                content[at : at + 4] = chance.randbytes(4)
            case 1:
                del content[at : at + 20]
            case 2:
                content[at:at] = content[at : at + 20]
    path.write_bytes(content)
    assert made_of(path, kind).refused not in (MediaReason.INTERNAL, MediaReason.TOO_HEAVY)


def test_every_reason_has_its_sentence() -> None:
    """In French, and with what to do next."""
    assert set(SAID) == set(MediaReason)


def test_how_a_phone_wrote_a_photo_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    """Cut, or hardly begun: whoever sends one is told how their phone writes another."""
    whole = phone_photos.heic(tmp_path / "photo.heic").read_bytes()
    for content in (whole[: len(whole) // 2], b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"):
        (tmp_path / "photo.heic").write_bytes(content)
        assert made_of(tmp_path / "photo.heic", PHOTO).refused == MediaReason.HEIC


class TestTheChild:
    def scene(self, tmp_path: Path, deed: Callable[[int], None], *, times: int = 1) -> process.Result:
        """Do something to the child before it has its task; to so many children."""
        path = files.film(tmp_path / "film.mp4", seconds=1)
        folder = tmp_path / "made"
        folder.mkdir()
        children: list[int] = []

        async def tell(_percent: int) -> None:
            pass

        def started(child: int) -> None:
            children.append(child)
            if len(children) <= times:
                deed(child)

        return asyncio.run(process.convert(path, VIDEO, folder, tell, started=started))

    def test_killed_once_it_begins_again(self, tmp_path: Path) -> None:
        """Somebody needed the memory; the file may be as good as any."""
        result = self.scene(tmp_path, lambda child: os.kill(child, signal.SIGKILL))
        assert result.refused is None and {file.role for file in result.files} >= {"video-360", "sound"}

    @pytest.mark.parametrize(
        ("number", "times", "reason"),
        [
            (signal.SIGKILL, 2, MediaReason.TOO_HEAVY),
            (signal.SIGSEGV, 1, MediaReason.DAMAGED),
            (signal.SIGXCPU, 1, MediaReason.TOO_SLOW),
        ],
    )
    def test_how_it_dies_says_what_the_file_is(
        self, tmp_path: Path, number: signal.Signals, times: int, reason: MediaReason
    ) -> None:
        """Killed again and again, fallen over, out of processor time; the service has not noticed."""
        assert self.scene(tmp_path, lambda child: os.kill(child, number), times=times).refused == reason

    def test_it_knows_none_of_our_secrets(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its environment is made for it."""
        monkeypatch.setenv("MOTION_SMTP_URL", "smtp://nom:secret@hote")
        seen: list[bytes] = []

        def look(child: int) -> None:
            os.kill(child, signal.SIGSTOP)
            seen.append(environment_of(child))
            os.kill(child, signal.SIGCONT)

        assert self.scene(tmp_path, look).refused is None
        assert b"TMPDIR" in seen[0] and b"secret" not in seen[0]

    def test_its_hands_are_tied(self) -> None:
        """Bounds on memory, files, time and priority; what it may use up is used up before the machine is."""
        program = """
import os, resource, socket
from motion.media import limits
limits.tie_hands()
print(*(resource.getrlimit(what)[0] for what in (resource.RLIMIT_FSIZE, resource.RLIMIT_CPU, resource.RLIMIT_AS)))
print(os.nice(0))
try:
    bytearray(4 << 30)
except MemoryError:
    print("no room")
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        sizes, niceness, *rest = done.stdout.splitlines()
        assert [int(each) for each in sizes.split()][:2] == [1_200_000_000, 4 * 3600]
        assert niceness == "19" and (rest == ["no room"] or sys.platform != "linux")

    def test_it_believes_no_answer_of_another_form(self, tmp_path: Path) -> None:
        """A role that is none, a link to elsewhere, a file that is not there: nothing was made."""
        (tmp_path / "poster").symlink_to("/etc/passwd")
        (tmp_path / "sound").write_bytes(b"x")
        for made in ([{"role": "../x"}], [{"role": "poster"}], [{"role": "photo"}], [], "x", [{"role": "sound"}] * 2):
            said = {"made": {"kind": "video", "made": made, "duration_ms": 1}}
            assert process._result(said, VIDEO, tmp_path).refused == MediaReason.INTERNAL
        assert process._result({"refused": "<script>"}, VIDEO, tmp_path).refused == MediaReason.INTERNAL
