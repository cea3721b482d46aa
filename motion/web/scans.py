"""Pictures of paper forms: written anew, upright, small enough to be read beside a form, and with parts hidden.

The scan as it was sent is read by a child with its hands tied (`motion.media`). What comes out of it is points alone;
here rectangles are painted over, and nothing lies underneath.
"""

import asyncio
import io
import shutil
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import typst
from PIL import Image, ImageDraw
from pypdf import PdfReader

from motion.media import process
from motion.rules.contributions import FileKind
from motion.rules.errors import Invalid
from motion.rules.masks import Mask
from motion.web.service import Service

KEPT = 24  # pictures in memory, of a few hundred kilobytes each: the forms that are being typed now
AT_ONCE = 2  # children
MAX_PAGES = 4  # of a scan: two sheets, both sides
POINTS_PER_INCH = 110  # of a scan in a PDF: handwriting can be read
QUALITY = 82
HIDDEN = (40, 40, 40)

PICTURE = """
#set page(width: auto, height: auto, margin: 0pt)
#image("scan.pdf", page: {number}, width: 210mm)
"""


class Scans:
    """The pictures that were made lately, by the key of their scan. One for each process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def picture(self, service: Service, key: str, kind: FileKind) -> bytes:
        """The JPEG of a scan.

        Args:
            kind: A photo or a document.

        Raises:
            Invalid: `scan`: nothing can be read in it; the reason is one of `motion.rules.media`.
            StoreUnusable, BlobMissing, DiskFull: It can't be read now.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        async with self._turns:
            made = self._kept.get(key) or await _made(service, key, kind)
        self._kept[key] = made
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return made


async def _made(service: Service, key: str, kind: FileKind) -> bytes:
    folder = await asyncio.to_thread(process.new_folder, service.settings.data_dir.absolute())
    try:
        async with service.blobs.as_file(key) as path:
            result = await process.convert(path.absolute(), kind, folder, _unheard)
        if result.refused is not None or not result.files:
            raise Invalid("scan", result.refused.value if result.refused else "damaged")
        written = result.files[0].path
        if kind is FileKind.PHOTO:
            return await asyncio.to_thread(written.read_bytes)
        return await asyncio.to_thread(_pages, written, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # not in a thread: a cancelled turn cleans up as well


async def _unheard(_percent: int) -> None:
    """Nobody waits for a picture's percentage."""


def _pages(path: Path, folder: Path) -> bytes:
    """Draw the pages of a PDF that the child has written, one below the other."""
    count = len(PdfReader(path).pages)
    if count > MAX_PAGES:
        raise Invalid("scan", "too-many-sides", str(MAX_PAGES))
    path.rename(folder / "scan.pdf")
    pictures = []
    for number in range(1, count + 1):
        source = folder / "page.typ"
        source.write_text(PICTURE.format(number=number))
        try:
            drawn = typst.compile(str(source), root=str(folder), format="png", ppi=POINTS_PER_INCH)
        except typst.TypstError as error:
            raise Invalid("scan", "damaged") from error
        assert isinstance(drawn, bytes)
        pictures.append(Image.open(io.BytesIO(drawn)).convert("RGB"))
    whole = Image.new("RGB", (max(one.width for one in pictures), sum(one.height for one in pictures)), "white")
    top = 0
    for one in pictures:
        whole.paste(one, (0, top))
        top += one.height
    return _jpeg(whole)


def hidden(picture: bytes, masks: Sequence[Mask]) -> bytes:
    """The picture with rectangles painted over; a new one in any case. Takes tenths of a second: call it in a thread.

    Args:
        picture: A JPEG that `Scans.picture` or this function made.
        masks: Their own number of the picture is not looked at.
    """
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as opened:
        image = opened.convert("RGB")
    draw = ImageDraw.Draw(image)
    for mask in masks:
        left, top = mask.left * image.width / 100, mask.top * image.height / 100
        right, bottom = left + mask.width * image.width / 100, top + mask.height * image.height / 100
        draw.rectangle(
            (int(left), int(top), min(int(right), image.width - 1), min(int(bottom), image.height - 1)), HIDDEN
        )
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    clean = Image.frombytes("RGB", image.size, image.tobytes())
    clean.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture made here."""
    with Image.open(io.BytesIO(picture), formats=["JPEG"]) as opened:
        return opened.size
