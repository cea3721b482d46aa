"""A photo, or a drawing: looked at before it is decoded, turned upright, made smaller, and written anew.

Nothing of the file it came in goes on: neither where and with what it was taken, nor anything hidden behind the
picture's end.
"""

import io
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from motion.media import limits
from motion.media.made import Made, Outcome
from motion.media.refusal import Refused
from motion.rules.contributions import FileKind
from motion.rules.media import MAX_PHOTO_SIDE, MAX_SIDE, MediaReason

LONGEST_SIDE = 1600  # points: a page of handwriting can be read
QUALITY = 82

Image.MAX_IMAGE_PIXELS = None  # our own bound is looked at first, and says why
ImageFile.LOAD_TRUNCATED_IMAGES = False
# What goes with the picture stays behind, and is not decoded: a thumbnail may show something else.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    ZeroDivisionError,
    IndexError,
    KeyError,
    EOFError,
    UnidentifiedImageError,
    RuntimeError,  # of the decoder of HEIF
)
_OF_PHONES = frozenset({"HEIF", "AVIF"})  # phones can write something simpler, and their owners are told how


def convert(path: Path, name: str, kind: FileKind, folder: Path, tell: Callable[[int], None]) -> Outcome:
    """Make `photo`; arguments and errors as for a recording (`motion.media.recording.convert`)."""
    if kind is not FileKind.PHOTO:
        raise Refused(MediaReason.OTHER_KIND)
    limits.limit_cpu(limits.PHOTO_CPU_S)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata, which does not go on
        try:
            with Image.open(path, formats=[name]) as image:
                _check(image)
                tell(10)
                picture = _picture(image)
        except Refused:
            raise
        except _BROKEN as error:
            raise Refused(MediaReason.HEIC if name in _OF_PHONES else MediaReason.DAMAGED) from error
    tell(80)
    # A picture of its own, of points alone: whatever else came with the first stays behind.
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    clean.save(folder / "photo", "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return Outcome(FileKind.PHOTO, (Made("photo", *clean.size),))


def _check(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_SIDE * MAX_SIDE or max(width, height) > MAX_PHOTO_SIDE:
        raise Refused(MediaReason.TOO_LARGE_PICTURE)
    if min(width, height) < 1:
        raise Refused(MediaReason.DAMAGED)


def _picture(image: Image.Image) -> Image.Image:
    """Its first picture in ordinary colours, upright, within the longest side."""
    image.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))  # a JPEG is decoded at a fraction of its size
    profile = image.info.get("icc_profile")
    image.load()
    _check(image)  # of HEIF, the size is what was decoded
    # Which way it was held is in what is left behind.
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _on_white(_ordinary(turned, profile))


def _ordinary(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colours that every screen shows; a profile that can't be read is passed over."""
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        changed = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return changed if changed is not None else image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        # Sixteen bits of grey, as scanners write: the upper eight.
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(white, seen).convert("RGB")
    return image.convert("RGB")
