"""Files that are made to harm: refused with a reason, or made harmless; within their bounds, which are measured."""

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from pypdf import PdfReader

from motion.media import process
from motion.media.process import Result
from motion.rules.contributions import FileKind
from motion.rules.media import MediaReason
from tests.media import files, ill_willed
from tests.media.ill_willed import SCRIPT, lying, words
from tests.media.test_conversions import DOCUMENT, PHOTO, SOUND, VIDEO, by_role, made_of

Make = Callable[[Path], Path]
MOST = b"\xff\xff\xff\xff"
DASH = '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>'

REFUSED: list[tuple[str, FileKind, Make, MediaReason]] = [
    ("page-devant.pdf", DOCUMENT, words(SCRIPT + b"\n%PDF-1.7\n"), MediaReason.ACTIVE),
    ("dessin-16.png", PHOTO, words("\ufeff<svg xmlns='x'/>".encode("utf-16-le")), MediaReason.ACTIVE),
    ("dessin-serre.png", PHOTO, ill_willed.squeezed_drawing, MediaReason.UNKNOWN_FORMAT),
    ("zeros.mp4", VIDEO, words(bytes(100_000)), MediaReason.UNKNOWN_FORMAT),
    ("dash.mp4", VIDEO, words(DASH), MediaReason.PLAYLIST),
    ("smil.mp4", VIDEO, words("<smil><body><video src='http://127.0.0.1:9/'/></body></smil>"), MediaReason.PLAYLIST),
    ("adresse.mp4", VIDEO, words("http://127.0.0.1:9/secret.mp4\n"), MediaReason.NOT_MEDIA),
    ("tailles.mp4", VIDEO, lying(b"stsz", 12, MOST), MediaReason.DAMAGED),
    ("moments.mp4", VIDEO, lying(b"stts", 8, MOST), MediaReason.TOO_HEAVY),
    ("morceaux.mp4", VIDEO, lying(b"stsc", 8, MOST), MediaReason.DAMAGED),
    ("places.mp4", VIDEO, lying(b"stco", 12, b"\x7f\xff\xff\xff"), MediaReason.DAMAGED),
    ("au-dela.mp4", VIDEO, lying(b"mdat", -4, b"\x7f\xff\xff\xff"), MediaReason.DAMAGED),
    ("seize-mille.mkv", VIDEO, ill_willed.sixteen_thousand, MediaReason.TOO_LARGE_PICTURE),
    ("pistes.mkv", VIDEO, ill_willed.so_many_streams, MediaReason.TOO_MANY_STREAMS),
    ("champ.gif", PHOTO, ill_willed.huge_gif, MediaReason.TOO_LARGE_PICTURE),
    ("champ.png", PHOTO, lambda path: files.declared_png(path, 60_000), MediaReason.TOO_LARGE_PICTURE),
    ("champ.heic", PHOTO, ill_willed.heic_as_large_as_a_field, MediaReason.TOO_LARGE_PICTURE),
    ("bavard.png", PHOTO, ill_willed.wordy_png, MediaReason.DAMAGED),
    ("rires.docx", DOCUMENT, ill_willed.laughing_docx, MediaReason.DAMAGED),
    ("poupees.odt", DOCUMENT, ill_willed.nested_odt, MediaReason.TOO_LARGE),
    ("noms.docx", DOCUMENT, ill_willed.many_names, MediaReason.DAMAGED),
    ("rond.pdf", DOCUMENT, ill_willed.circling_pdf, MediaReason.DAMAGED),
    ("profond.pdf", DOCUMENT, ill_willed.deep_pdf, MediaReason.DAMAGED),
    ("gonfle.pdf", DOCUMENT, ill_willed.swollen_pdf, MediaReason.TOO_HEAVY),
]
HARMLESS: list[tuple[str, FileKind, Make]] = [
    ("gifar.gif", PHOTO, ill_willed.with_archive(ill_willed.gif)),
    ("pdf-et-zip.pdf", DOCUMENT, ill_willed.with_archive(files.pdf)),
    ("film-et-page.mp4", VIDEO, ill_willed.film_with_page),
    ("pieces-jointes.mkv", VIDEO, ill_willed.with_attachments),
    ("cent-heures.wav", SOUND, ill_willed.declared_sound(100)),
    ("duree.mp4", VIDEO, lying(b"mvhd", 20, MOST)),
    ("surface.mp4", VIDEO, lying(b"avc1", 28, MOST)),
    ("decalages.mp4", VIDEO, lying(b"ctts", 8, MOST)),
    ("montage.mp4", VIDEO, lying(b"elst", 8, MOST)),
    ("actif.pdf", DOCUMENT, ill_willed.acting_pdf),
]
MOST_RESIDENT = 700 << 20  # bytes, of the child and of those that it starts: the largest photo of a phone has 600


def measured(path: Path, kind: FileKind) -> tuple[Result, int]:
    """Convert a file; return how much memory the child and its own had at most, as often as one looks."""
    folder = path.with_suffix(".made")
    folder.mkdir()
    most, is_over = 0, threading.Event()

    def watch(child: int) -> None:
        nonlocal most
        try:
            found = psutil.Process(child)
            while not is_over.wait(0.02):
                own = [found, *found.children(recursive=True)]
                most = max(most, sum(each.memory_info().rss for each in own))
        except psutil.Error:
            return

    async def tell(_percent: int) -> None:
        pass

    def started(child: int) -> None:
        threading.Thread(target=watch, args=(child,), daemon=True).start()

    try:
        return asyncio.run(process.convert(path, kind, folder, tell, started=started)), most
    finally:
        is_over.set()


@pytest.mark.parametrize(("name", "kind", "make", "reason"), REFUSED, ids=[each[0] for each in REFUSED])
def test_refused_with_its_reason(tmp_path: Path, name: str, kind: FileKind, make: Make, reason: MediaReason) -> None:
    """Nothing of it is kept, and it took no more memory than a photo does."""
    result, most = measured(make(tmp_path / name), kind)
    assert (result.refused, result.files) == (reason, ())
    assert most < MOST_RESIDENT


@pytest.mark.parametrize(("name", "kind", "make"), HARMLESS, ids=[each[0] for each in HARMLESS])
def test_made_harmless(tmp_path: Path, name: str, kind: FileKind, make: Make) -> None:
    """What it shows is written anew; what it hid is in none of it."""
    result, most = measured(make(tmp_path / name), kind)
    for file in by_role(result).values():
        content = file.path.read_bytes()
        assert b"<script" not in content and b"PK\x03\x04" not in content
    assert most < MOST_RESIDENT


def test_a_page_does_nothing(tmp_path: Path) -> None:
    """Neither scripts nor programs nor forms that send; what was taken off a page is not left in the file either."""
    made = by_role(made_of(ill_willed.acting_pdf(tmp_path / "actif.pdf"), DOCUMENT))["document"]
    content = made.path.read_bytes()
    for deed in ("JavaScript", "JS", "Launch", "SubmitForm", "GoToR", "GoToE", "ImportData", "FileAttachment", "XFA"):
        assert f"/{deed}".encode() not in content, deed
    for kind in ("RichMedia", "Movie", "Sound", "3D", "EmbeddedFile", "OpenAction", "AA"):
        assert f"/{kind}".encode() not in content, kind
    notes = [each.get_object() for each in PdfReader(made.path).pages[0]["/Annots"]]
    assert {note["/Subtype"] for note in notes} <= {"/Link", "/Widget"} and not any("/A" in note for note in notes)


def test_a_picture_that_is_drawn_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends with the processor time that a photo may take: here of two seconds, to be short."""
    program = "from motion.media import child, limits; limits.PHOTO_CPU_S = 2; child.main()"
    monkeypatch.setattr(process, "PROGRAM", (sys.executable, "-P", "-c", program))
    result, most = measured(ill_willed.many_scans(tmp_path / "encore.jpg"), PHOTO)
    assert result.refused == MediaReason.TOO_SLOW
    assert most < MOST_RESIDENT
