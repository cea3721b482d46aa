"""A PDF written again, with its pages and nothing else: no scripts, no attachments, no forms that send, no metadata.

What is kept is closed: of a document its pages, of a page what is drawn on it, of its notes those that only show
something, of links those that lead to a web page or within the document.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from motion.media import limits, swelling
from motion.media.jpeg import bare
from motion.media.made import Made, Outcome
from motion.media.refusal import FULL, DiskFull, Refused
from motion.rules.contributions import FileKind
from motion.rules.media import MAX_DOCUMENT_BYTES, MAX_PAGES, MediaReason

MAX_OBJECTS = 200_000
_DROPPED = frozenset(
    "/AA /OpenAction /JS /JavaScript /Metadata /PieceInfo /AF /EmbeddedFiles /EF /XFA /RichMediaContent".split()
)
"""Of whatever there is. Shorter names are left: a page may call a font so."""
_DROPPED_OF_PAGES = ("/LastModified", "/Thumb", "/B", "/PresSteps", "/ID", "/SpiderInfo", "/VP", "/StructParents")
_NOTES = frozenset(
    "/Link /FreeText /Line /Square /Circle /Polygon /PolyLine /Highlight /Underline /Squiggly /StrikeOut /Stamp /Ink "
    "/Widget /Caret".split()
)
_WHO_AND_WHEN = ("/T", "/NM", "/M", "/CreationDate", "/RC", "/Subj", "/TU", "/TM", "/Parent", "/Popup", "/IRT")
_SCHEMES = ("https://", "http://", "mailto:")

# A parser in Python says what is wrong with a file in every way that Python has.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, RecursionError, OSError)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of strangers' files is no news


def convert(path: Path, name: str, kind: FileKind, folder: Path, tell: Callable[[int], None]) -> Outcome:
    """Make `document`; arguments and errors as for a recording (`motion.media.recording.convert`)."""
    if kind is not FileKind.DOCUMENT:
        raise Refused(MediaReason.OTHER_KIND)
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise Refused(MediaReason.TOO_LARGE)
    limits.limit_cpu(limits.DOCUMENT_CPU_S)
    try:
        rewrite(path, folder / "document", tell)
    except (PyPdfError, *_BROKEN) as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise DiskFull from error
        raise Refused(MediaReason.DAMAGED) from error
    return Outcome(FileKind.DOCUMENT, (Made("document"),))


def rewrite(source: Path, target: Path, tell: Callable[[int], None]) -> None:
    """Write the pages of a PDF anew.

    Raises:
        Refused: Locked, or longer than is taken.
    """
    reader = PdfReader(source, strict=False)
    if reader.is_encrypted:
        raise Refused(MediaReason.ENCRYPTED)
    count = len(reader.pages)
    if count == 0:
        raise Refused(MediaReason.DAMAGED)
    if count > MAX_PAGES:
        raise Refused(MediaReason.TOO_MANY_PAGES)
    writer = PdfWriter()
    for number, page in enumerate(reader.pages):
        writer.add_page(page)
        tell(10 + 60 * number // count)
    for kept in writer.pages:
        _clean_page(kept)
    if len(writer._objects) > MAX_OBJECTS:
        raise Refused(MediaReason.TOO_HEAVY)
    for found in writer._objects:
        _clean(found)
    tell(80)
    writer.metadata = None
    _forget_the_rest(writer)
    for found in writer._objects:
        if isinstance(found, StreamObject):
            swelling.check(found)
    writer.write(target)


def _forget_the_rest(writer: PdfWriter) -> None:
    """Leave out whatever no page shows any more: what was only taken off a page could still be found in the file."""
    needed: set[int] = set()
    waiting: list[Any] = [writer.root_object.indirect_reference]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in needed:
                continue
            needed.add(found.idnum)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            waiting += found.values()
        elif isinstance(found, ArrayObject):
            waiting += found
    for number in range(len(writer._objects)):
        if number + 1 not in needed:
            writer._objects[number] = None


def _clean_page(page: DictionaryObject) -> None:
    for key in _DROPPED_OF_PAGES:
        page.pop(key, None)
    notes = page.get("/Annots")
    notes = notes.get_object() if notes is not None else None
    if not isinstance(notes, ArrayObject):
        page.pop("/Annots", None)
        return
    kept = ArrayObject()
    for each in notes:
        note = each.get_object()
        if isinstance(note, DictionaryObject) and note.get("/Subtype") in _NOTES:
            _clean_note(note)
            kept.append(each)
    page[NameObject("/Annots")] = kept


def _clean_note(note: DictionaryObject) -> None:
    for key in ("/PA", *_WHO_AND_WHEN):
        note.pop(key, None)
    action = note.get("/A")
    action = action.get_object() if action is not None else None
    if action is None:
        return
    note.pop("/A", None)
    if not isinstance(action, DictionaryObject):
        return
    address = str(action.get("/URI", ""))
    if action.get("/S") == "/URI" and address.lower().startswith(_SCHEMES):
        kept = DictionaryObject()
        kept[NameObject("/S")] = NameObject("/URI")
        kept[NameObject("/URI")] = action["/URI"]
        note[NameObject("/A")] = kept
    elif action.get("/S") == "/GoTo" and "/D" in action:
        note[NameObject("/Dest")] = action["/D"]


def _clean(found: Any, depth: int = 0) -> None:
    """Drop what does not belong on a page, at any depth; what is referred to has its own turn."""
    if depth > 100:
        raise Refused(MediaReason.DAMAGED)
    if isinstance(found, StreamObject):
        _clean_picture(found)
    if isinstance(found, DictionaryObject):
        for key in [key for key in found if key in _DROPPED]:
            del found[key]
        for value in list(found.values()):
            if not isinstance(value, IndirectObject):
                _clean(value, depth + 1)
    elif isinstance(found, ArrayObject):
        for value in found:
            if not isinstance(value, IndirectObject):
                _clean(value, depth + 1)


def _clean_picture(stream: StreamObject) -> None:
    """A photo within a page may say where it was taken, as any JPEG."""
    filters = stream.get("/Filter")
    if filters == "/DCTDecode" or (isinstance(filters, ArrayObject) and list(filters) == ["/DCTDecode"]):
        stream._data = bare(stream._data)
