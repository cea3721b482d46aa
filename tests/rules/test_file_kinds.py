"""What a file is by its own first bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.media.made import MEDIA_TYPES
from motion.rules.contributions import FileKind
from motion.rules.errors import Invalid
from motion.rules.file_kinds import (
    ARCHIVE,
    DOCX,
    ENDINGS,
    HEAD_BYTES,
    ODT,
    ending_of,
    kind_of,
    kind_of_archive,
    offered,
    offered_by_device,
)


def ftyp(brand: bytes) -> bytes:
    """The beginning of a file of the MP4 family."""
    return b"\x00\x00\x00\x18ftyp" + brand + bytes(8)


KNOWN = [
    (b"\xff\xd8\xff\xe1", "photo", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "photo", "image/png"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "photo", "image/webp"),
    (ftyp(b"heic"), "photo", "image/heic"),
    (ftyp(b"isom"), "video", "video/mp4"),
    (ftyp(b"qt  "), "video", "video/quicktime"),
    (ftyp(b"M4A "), "sound", "audio/mp4"),
    (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video", "video/webm"),
    (b"OggS" + bytes(24) + b"\x01vorbis", "sound", "audio/ogg"),
    (b"OggS" + bytes(24) + b"\x80theora", "video", "video/ogg"),
    (b"ID3\x04", "sound", "audio/mpeg"),
    (b"\xff\xfb\x90\x64", "sound", "audio/mpeg"),
    (b"\xff\xf1\x50\x80", "sound", "audio/aac"),
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", "sound", "audio/wav"),
    (b"%PDF-1.7", "document", "application/pdf"),
    (b"PK\x03\x04" + bytes(26) + b"mimetype" + ODT.encode(), "document", ODT),
]


@pytest.mark.parametrize(("head", "kind", "media_type"), KNOWN)
def test_what_is_taken(head: bytes, kind: str, media_type: str) -> None:
    """Whatever its sender's device says of it."""
    assert kind_of(head) == (FileKind(kind), media_type)
    assert kind_of(head, "text/html") == (FileKind(kind), media_type)


@pytest.mark.parametrize("head", [ftyp(b"isom"), b"\x1aE\xdf\xa3" + bytes(20) + b"webm"])
def test_a_container_that_holds_sound_alone(head: bytes) -> None:
    """Is a sound when the device that recorded it says so: the bytes are alike."""
    assert kind_of(head, "audio/webm")[0] is FileKind.SOUND


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "kind-svg"),
        (b"\xef\xbb\xbf\n <?xml version='1.0'?><!-- --><svg>", "kind-svg"),
        (b"<!DOCTYPE html>", "kind-html"),
        (b"#!/bin/sh", "kind-program"),
        (b"MZ\x90", "kind-program"),
        (b"\x1f\x8b\x08", "kind-archive"),
        (b"PK\x05\x06", "kind-archive"),
        (b"\xd0\xcf\x11\xe0", "kind-old-office"),
        (b"{\\rtf1", "kind-old-office"),
        (b"", "kind-unknown"),
        (b"#EXTM3U", "kind-unknown"),
    ],
)
def test_what_is_not(head: bytes, reason: str) -> None:
    """Refused with a reason of its own, whatever it calls itself."""
    with pytest.raises(Invalid) as refused:
        kind_of(head, "image/jpeg")
    assert refused.value.reason == reason


def test_documents_in_an_archive() -> None:
    """A DOCX is one by the names within; any other archive is none."""
    assert kind_of(b"PK\x03\x04" + bytes(60)) == ARCHIVE
    assert kind_of_archive({"[Content_Types].xml", "word/document.xml", "word/media/a.png"}) == (
        FileKind.DOCUMENT,
        DOCX,
    )
    for names in (set(), {"word/document.xml"}, {"[Content_Types].xml", "xl/workbook.xml"}):
        with pytest.raises(Invalid):
            kind_of_archive(names)


class TestFilePickers:
    def test_offer_all_that_is_taken(self) -> None:
        """Every type by its ending; photos of today's phones by both of theirs."""
        everything = offered(*FileKind).split(",")
        assert set(ENDINGS.values()) <= set(everything) and {".heif", ".jpeg", "image/*"} <= set(everything)
        assert len(everything) == len(set(everything)) and "application/*" not in everything

    def test_offer_no_more_than_a_page_takes(self) -> None:
        """A form on paper is a photo or a PDF; a camera is opened by one family alone."""
        scan = offered(FileKind.PHOTO, "application/pdf").split(",")
        assert {"image/*", ".heic", ".avif", "application/pdf", ".pdf"} <= set(scan)
        assert not {".odt", ".docx", ".mp4", "video/*"} & set(scan)
        assert offered_by_device(FileKind.VIDEO) == "video/*"


class TestEndings:
    def test_what_is_made_of_files_is_called_alike_everywhere(self) -> None:
        """By a table, not by what a machine knows of types: an export is the same wherever it is made."""
        assert {role: ending_of(media_type) for role, media_type in MEDIA_TYPES.items()} == {
            "video-720": ".mp4",
            "video-360": ".mp4",
            "sound": ".weba",
            "poster": ".jpg",
            "waveform": ".svg",
            "photo": ".jpg",
            "document": ".pdf",
        }

    def test_parameters_change_nothing(self) -> None:
        """A type that nobody foresaw has no ending."""
        assert (ending_of("audio/webm; codecs=opus"), ending_of("x/y"), ending_of("")) == (".weba", "", "")


@settings(max_examples=200)
@given(st.binary(max_size=HEAD_BYTES), st.text(max_size=20))
def test_any_bytes(head: bytes, declared: str) -> None:
    """Are of a kind, or refused with a reason."""
    try:
        kind, media_type = kind_of(head, declared)
    except Invalid as refused:
        assert refused.field == "file" and refused.reason.startswith("kind-")
    else:
        assert kind in set(FileKind) and (media_type in ENDINGS or (kind, media_type) == ARCHIVE)
