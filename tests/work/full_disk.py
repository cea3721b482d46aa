"""`python -m tests.work.full_disk SMALL ROOMY`: works on a disk that fills up and is given room again.

SMALL lies on a disk of three megabytes, ROOMY elsewhere. What becomes of each file is said as JSON, a line for each of
the three things that may be on the small disk: the folder where files are made, the store of files, the database.
"""

import asyncio
import json
import shutil
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import OperationalError

from motion.rules.contributions import FileKind
from motion.work.media import Conversions
from storage import migrate
from storage.blobs import from_url
from storage.store import Store
from tests import worlds
from tests.media import files
from tests.work import test_media
from tests.worlds import NOW

FILLED = {"made": 40_000, "kept": 8_000, "known": 0}
"""How many bytes are left of each."""


def tell(what: str, small: Path, roomy: Path) -> dict[str, object]:
    """Somebody sends a sound; nothing can be made of it for want of room; with room, it is made."""
    at = {name: small if name == what else roomy / what / name for name in FILLED}
    for folder in at.values():
        folder.mkdir(parents=True, exist_ok=True)
    store, blobs = Store(f"sqlite:///{at['known'] / 'motion.sqlite'}"), from_url("", at["kept"])
    migrate.upgrade(store)
    world = worlds.make(store)
    path = files.film(roomy / what / "film.mp4", seconds=2, size=(640, 480))
    test_media.publish(world, test_media.send(world, blobs, path, FileKind.VIDEO))
    clock = [NOW]
    maker = Conversions(store, blobs, at["made"], lambda: clock[0])
    fill = small / "fill"
    fill.write_bytes(bytes(max(0, shutil.disk_usage(small).free - FILLED[what])))
    said = "waits"
    try:
        assert asyncio.run(maker.make_due()) == 0
    except OperationalError as error:
        said = "disk is full" if "disk is full" in str(error) else str(error)
    before = [each.role for each in test_media.made(world)]
    fill.unlink()
    clock[0] += timedelta(minutes=5)
    count = asyncio.run(maker.make_due())
    found = {"what": what, "said": said, "before": before, "then": count, "state": test_media.file_of(world).state}
    found["shown"] = test_media.shown(world)
    store.close()
    blobs.close()
    for left in small.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return found


if __name__ == "__main__":
    for each in FILLED:
        print(json.dumps(tell(each, Path(sys.argv[1]), Path(sys.argv[2]))), flush=True)
