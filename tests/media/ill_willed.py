"""Files that are made to harm: two things at once, sizes that lie, much in little, ways that lead elsewhere."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import av
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from tests.media import files, phone_photos
from tests.media.files import SECRET

SCRIPT = f"<html><script>{SECRET}</script></html>".encode()


def words(text: str | bytes) -> Callable[[Path], Path]:
    """A file of words."""

    def write(path: Path) -> Path:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def with_archive(make: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """A file for whoever reads from the front, an archive of pages for whoever reads from the back."""

    def write(path: Path) -> Path:
        make(path)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.html", SCRIPT)
        with path.open("ab") as file:
            file.write(packed.getvalue())
        return path

    return write


def gif(path: Path) -> Path:
    Image.new("RGB", (60, 40), "green").save(path, "GIF", comment=SCRIPT)
    return path


def film_with_page(path: Path) -> Path:
    """A film that has a web page in a box of nothing (ISO/IEC 14496-12, 8.1.2), right behind its type."""
    content = files.film(path, seconds=1, format="mp4", options={"preset": "ultrafast"}).read_bytes()
    page = struct.pack(">I4s", 8 + len(SCRIPT), b"free") + SCRIPT
    moved = bytearray(content)
    # The pictures begin later by so much: their places are told in 32 bits.
    at = -1
    while (at := moved.find(b"stco", at + 1)) > 0:
        count = int.from_bytes(moved[at + 8 : at + 12])
        for place in range(at + 12, at + 12 + 4 * count, 4):
            moved[place : place + 4] = (int.from_bytes(moved[place : place + 4]) + len(page)).to_bytes(4)
    size = int.from_bytes(content[:4])
    path.write_bytes(bytes(moved[:size]) + page + bytes(moved[size:]))
    return path


def lying(box: bytes, at: int, said: bytes, *, everywhere: bool = True) -> Callable[[Path], Path]:
    """A film in which a box says something else, so many bytes behind its name."""

    def write(path: Path) -> Path:
        content = bytearray(
            files.film(path, seconds=1, size=(160, 120), format="mp4", options={"preset": "ultrafast"}).read_bytes()
        )
        found = -1
        while (found := content.find(box, found + 1)) > 0:
            content[found + at : found + at + len(said)] = said
            if not everywhere:
                break
        path.write_bytes(content)
        return path

    return write


def sixteen_thousand(path: Path) -> Path:
    """A film of one picture that no screen shows."""
    with av.open(str(path), "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 15_360, 8_640, "yuvj420p"
        frame = av.VideoFrame(15_360, 8_640, "yuvj420p")
        for plane in frame.planes:
            plane.update(b"\x80" * plane.buffer_size)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def so_many_streams(path: Path, count: int = 300) -> Path:
    """A sound in three hundred versions."""
    with av.open(str(path), "w", format="matroska") as container:
        streams = [container.add_stream("pcm_s16le", rate=8_000, layout="mono") for _ in range(count)]
        for stream in streams:
            frame = files.hum(0.05)
            container.mux(stream.encode(frame))
    return path


def with_attachments(path: Path) -> Path:
    """A Matroska film that carries a page, subtitles that name a file, and whom it goes on with (RFC 9559, 5.1.2)."""
    with av.open(str(path), "w", format="matroska") as container:
        container.metadata.update({"title": SECRET, "comment": "file:///etc/passwd"})
        video = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        container.add_attachment("../../index.html", "text/html", SCRIPT)
        for number in range(10):
            frame = files.stripes((160, 120), number).reformat(format="yuv420p")
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def declared_sound(hours: int) -> Callable[[Path], Path]:
    """A sound of a few bytes that says it lasts for days."""

    def write(path: Path) -> Path:
        rate = 8_000
        length = hours * 3_600 * rate * 2
        head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 0xFFFFFFFF, b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
        path.write_bytes(head + b"data" + min(length, 0xFFFFFFF0).to_bytes(4, "little") + bytes(4_000))
        return path

    return write


def huge_gif(path: Path) -> Path:
    """A GIF as large as its two bytes a side can say (GIF89a, 18)."""
    path.write_bytes(b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + b"," + bytes(8) + b"\x02\x00;")
    return path


def wordy_png(path: Path) -> Path:
    """A PNG whose comment unpacks to a gigabyte (PNG specification, 11.3.4.3)."""
    content = files.photo(path, format="PNG").read_bytes()
    once = zlib.compress(bytes(200_000_000), 9)
    text = b"zTXt" + b"Comment\0\0" + once
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    path.write_bytes(content[:33] + chunk + content[33:])
    return path


def many_scans(path: Path, times: int = 20_000, side: int = 8_000) -> Path:
    """A progressive JPEG that draws its picture again and again (ITU-T T.81, G.1): each time is a few bytes."""
    out = io.BytesIO()
    Image.new("L", (side, side), 128).save(out, "JPEG", progressive=True, quality=50)
    content = out.getvalue()
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]
    path.write_bytes(content[:-2] + scan * times + b"\xff\xd9")
    return path


def heic_as_large_as_a_field(path: Path) -> Path:
    """A photo of a phone whose sizes say sixty thousand points (ISO/IEC 23008-12, 6.5.3)."""
    content = bytearray(phone_photos.heic(path).read_bytes())
    at = -1
    while (at := content.find(b"ispe", at + 1)) > 0:
        content[at + 8 : at + 16] = struct.pack(">II", 60_000, 60_000)
    path.write_bytes(content)
    return path


def archive(path: Path, contents: dict[str, bytes]) -> Path:
    """A ZIP archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(name, content)
    return path


def laughing_docx(path: Path) -> Path:
    """A document whose words are made of words that are made of words (CAPEC-197)."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a0 "ha">{entities}]><w:document>&a11;</w:document>'
    return archive(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": text.encode()})


def nested_odt(path: Path) -> Path:
    """An archive of archives, called as a document; the innermost has forty megabytes."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("content.xml", b" " * 40_000_000)
    odt = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b" " * 60_000_000}
    return archive(path, odt | {f"inner{number}.zip": inner.getvalue() for number in range(20)})


def many_names(path: Path) -> Path:
    """A document of sixty thousand empty files."""
    return archive(path, {"word/document.xml": b"<w/>"} | {f"{number}": b"" for number in range(60_000)})


def acting_pdf(path: Path) -> Path:
    """A page with everything on it that does something: scripts, programs, forms that send, files within."""

    def action(kind: str, **more: str) -> DictionaryObject:
        found = DictionaryObject({NameObject("/S"): NameObject(kind)})
        for name, value in more.items():
            found[NameObject(f"/{name}")] = TextStringObject(value)
        return found

    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    actions = [
        action("/JavaScript", JS=SECRET),
        action("/Launch", F=f"{SECRET}.exe"),
        action("/SubmitForm", F=f"https://{SECRET}.example/"),
        action("/GoToR", F=f"{SECRET}.pdf"),
        action("/GoToE", F=f"{SECRET}.pdf"),
        action("/ImportData", F=SECRET),
        action("/URI", URI=f"file:///{SECRET}"),
    ]
    notes = ArrayObject()
    for kind in ("/Link", "/Widget", "/FileAttachment", "/Screen", "/RichMedia", "/Movie", "/Sound", "/3D"):
        for one in actions:
            note = DictionaryObject({NameObject("/Subtype"): NameObject(kind), NameObject("/A"): one})
            note[NameObject("/AA")] = DictionaryObject({NameObject("/E"): one})
            note[NameObject("/Rect")] = ArrayObject([NumberObject(each) for each in (0, 0, 9, 9)])
            notes.append(writer._add_object(note))
    page[NameObject("/Annots")] = notes
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): actions[0]})
    writer.root_object[NameObject("/OpenAction")] = actions[1]
    writer.root_object[NameObject("/AA")] = DictionaryObject({NameObject("/WC"): actions[0]})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): actions[0]})
    writer.add_attachment("virus.exe", SECRET.encode())
    form = DictionaryObject({NameObject("/XFA"): TextStringObject(SECRET), NameObject("/Fields"): ArrayObject()})
    writer.root_object[NameObject("/AcroForm")] = form
    writer.write(path)
    return path


def swollen_pdf(path: Path, megabytes: int = 600) -> Path:
    """A page of a few kilobytes whose drawing unpacks, twice, to more than whoever opens it has of memory."""
    squeezer, first = zlib.compressobj(1), []
    for _ in range(megabytes):
        first.append(squeezer.compress(bytes(1_000_000)))
    once = b"".join(first) + squeezer.flush()
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    drawing = StreamObject()
    drawing._data = zlib.compress(once, 1)
    drawing[NameObject("/Filter")] = ArrayObject([NameObject("/FlateDecode"), NameObject("/FlateDecode")])
    page[NameObject("/Contents")] = writer._add_object(drawing)
    writer.write(path)
    assert len(PdfReader(path).pages) == 1
    return path


def circling_pdf(path: Path) -> Path:
    """Pages that have themselves for pages."""
    path.write_bytes(
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages"
        b"/Count 1000000/Kids[2 0 R 2 0 R]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 3>>\n%%EOF\n"
    )
    return path


def deep_pdf(path: Path) -> Path:
    """Lists within lists, a hundred thousand deep."""
    deep = b"[" * 100_000 + b"]" * 100_000
    path.write_bytes(
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1"
        b"/Kids[3 0 R]>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/X " + deep + b">>\nendobj\n"
        b"trailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n"
    )
    return path


def squeezed_drawing(path: Path) -> Path:
    """SVG as it is sent compressed."""
    path.write_bytes(gzip.compress(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"))
    return path
