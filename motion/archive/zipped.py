"""A folder as one ZIP file, the same bytes each time: names in order, one hour for all, nothing of this machine."""

import hashlib
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from motion.archive.bag import pieces_of

PACKED = frozenset(
    ".pdf .odt .docx .epub .zip .png .jpg .webp .mp4 .webm .weba .mp3 .oga .ogg .opus .m4a .woff2".split()
)
"""Smaller already: stored as they are."""

LEVEL = 6
PARTIAL = ".zip.part"  # how the name of a file ends that is not whole


def zip_folder(folder: Path, target: Path, name: str, moment: datetime, tell: Callable[[], None] = lambda: None) -> str:
    """Write a folder into a ZIP file, below one folder called `name`; memory holds one piece of a file.

    Args:
        tell: Called after each piece.

    Returns:
        SHA-256 of the file, 64 hexadecimal digits.
    """
    when = moment.astimezone(UTC)
    places = sorted(
        (Path(parent, file) for parent, _folders, files in os.walk(folder) for file in files),
        key=lambda place: place.relative_to(folder).as_posix(),
    )
    partial = target.with_name(target.stem + PARTIAL)
    with zipfile.ZipFile(partial, "w", allowZip64=True) as archive:
        for place in places:
            entry = zipfile.ZipInfo(
                f"{name}/{place.relative_to(folder).as_posix()}",
                (when.year, when.month, when.day, when.hour, when.minute, when.second),
            )
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.file_size = place.stat().st_size
            entry.compress_type = zipfile.ZIP_STORED if place.suffix in PACKED else zipfile.ZIP_DEFLATED
            entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # `compress_level` since Python 3.13 alone
            with archive.open(entry, "w") as file:
                for piece in pieces_of(place):
                    file.write(piece)
                    tell()
    with partial.open("rb") as made:
        digest = hashlib.file_digest(made, "sha256").hexdigest()
    partial.replace(target)
    return digest
