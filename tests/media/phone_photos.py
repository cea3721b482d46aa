"""Photos as today's phones write them: HEIF in tiles, with a way to hold it up and a small picture beside; AVIF."""

from pathlib import Path

import pillow_heif
from PIL import Image

from tests.media.files import SECRET

TILE = 128  # points; phones take 512, and photos as many times larger

pillow_heif.register_heif_opener()


def heic(path: Path, *, size: tuple[int, int] = (400, 300), orientation: int = 1) -> Path:
    """A photo in tiles, red above and blue below as the camera saw it, with where and with what it was taken."""
    xmp = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    exif = _where_and_what(orientation)
    _red_above(size).save(path, "HEIF", quality=80, tile_size=TILE, exif=exif, xmp=xmp, thumbnails=[64])
    return path


def avif(path: Path, *, orientation: int = 1) -> Path:
    """The same in AVIF."""
    _red_above((400, 300)).save(path, "AVIF", exif=_where_and_what(orientation))
    return path


def _red_above(size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, size[1] // 2, *size))
    return image


def _where_and_what(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET, orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 30.0, 0.0), 29: SECRET})
    return exif.tobytes()
