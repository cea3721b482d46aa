"""`VERIFY.md` and what goes with it: how anyone checks an exported congress, with our tools and without them.

The commands in it are run by `tests/exports/test_verify_guide.py`, as they stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import motion.record
from motion.record.bundles import object_path
from motion.record.published import bundles_of
from motion.record.tiles import TILE_WIDTH, Tile

GUIDES = Path(__file__).parent / "guides"
RECORD = Path(motion.record.__file__).parent
FOLDER = "verify"  # of the programs, beside `VERIFY.md`


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked: a congress as it was exported.

    Attributes:
        origin, key, root: Of the log: its name, its verifier key, the root of its checkpoint in base64.
        size: How many entries it has; at least 1.
        number: Of an entry that commits to an object still published, to look at.
        code: Of a motion that was decided on, or frozen.
    """

    title: str
    origin: str
    key: str
    root: str
    size: int
    number: int
    code: str


def verify_guide(subject: Subject, language: str) -> str:
    """The text of `VERIFY.md`, in `fr` or `en`."""
    bundle = list(bundles_of(subject.size))[subject.number // TILE_WIDTH]
    template = (GUIDES / f"VERIFY.{language}.md").read_text(encoding="utf-8")
    return template.format(
        title=subject.title,
        origin=subject.origin,
        key=subject.key,
        root=subject.root,
        size=subject.size,
        number=subject.number,
        place=subject.number % TILE_WIDTH,
        code=subject.code,
        bundle=f"log/{bundle.path}",
        tile=f"log/{Tile(0, bundle.number, bundle.width).path}",
        objects=f"log/{object_path(bundle)}",
    )


def programs() -> Iterator[tuple[str, bytes]]:
    """The programs that go with the guide, by their path in the export: ours, and one on Go's packages."""
    yield f"{FOLDER}/verify.go", (GUIDES / "verify.go").read_bytes()
    for path in sorted(RECORD.iterdir()):
        if path.suffix in (".py", ".md"):
            yield f"{FOLDER}/record/{path.name}", path.read_bytes()
