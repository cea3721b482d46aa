"""The copies of congresses that are ready to be taken away: one file each, in the data folder.

`motion.archive` makes them; pages serve them. What was withdrawn after a copy was made stands in it: such a copy is
no longer given out, and the next one takes its place.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = "archives"
NOTE = "copie.json"
KIND = "archive"  # of the task that makes one


@dataclass(frozen=True, slots=True)
class Ready:
    """A copy that is ready.

    Attributes:
        name: Of the file, in the congress's own folder.
        size, root: The signed root that it agrees with: entries, 64 hexadecimal digits.
        withdrawn: The last redaction that it knows.
        bytes, sha256: Of the file.
    """

    name: str
    size: int
    root: str
    withdrawn: int
    bytes: int
    sha256: str


def place(data_dir: Path, slug: str) -> Path:
    """The folder of a congress's copy."""
    return data_dir / FOLDER / slug


def ready(data_dir: Path, slug: str) -> Ready | None:
    """The copy of a congress; None when there is none."""
    folder = place(data_dir, slug)
    try:
        found = Ready(**json.loads((folder / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if (folder / found.name).is_file() else None


def keep(data_dir: Path, slug: str, made: Ready) -> None:
    """Put a copy in the place of the former one; its file lies in the folder already."""
    folder = place(data_dir, slug)
    fresh = folder / (NOTE + ".part")
    fresh.write_text(json.dumps(asdict(made)), encoding="utf-8")
    fresh.replace(folder / NOTE)
    for former in folder.glob("*.zip"):
        if former.name != made.name:
            former.unlink()
