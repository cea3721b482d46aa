"""Copying a congress into a folder: megabytes a second beside `cp -r` of the result, and memory.

python -m tests.bench.export [KEYSTROKES]

Three officials type in turn, 25 keystrokes each; their motion is one of three. The export runs in a process of its own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from motion.acts import motions
from motion.live.draft import Author
from motion.live.replaying import catch_up
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import drafts
from tests.audit.world import FIRST, Desk, play, sign_in

WORDS = "les communes demandent une navette gratuite, deux fois par semaine, pour les soins. "


def typed(folder: Path, keystrokes: int) -> None:
    """The scripted congress, and a long motion in it, signed."""
    script, _rooms = play(folder)
    store = script.store
    secretary = Actor(script.congress, Role.SECRETARIAT, secretary_id=1)
    actors = store.write_now(lambda db: {each: sign_in(db, script, each) for each in (1, 2, 3)})
    made = store.write_now(
        motions.create,
        secretary,
        script.congress,
        "Un long texte",
        "blank",
        FIRST,
        client=99,
        salts=[script.salt() for _ in motions.pieces(FIRST)],
        now=script.now(),
    )
    assert made.id is not None
    desk = Desk(script, made.id, actors)
    for number, row in enumerate(store.read_now(drafts.updates_after, made.id, 0), start=1):
        desk.draft.apply(number, row.content, Author(0, 0))
    seats = [desk.seat(300 + each, each) for each in actors]
    for number in range(keystrokes):
        seat = seats[number // 25 % 3]
        desk.send(seat, seat.type(len(str(seat.text)) - 1, WORDS[number % len(WORDS)]))
    script.sign()
    catch_up(store, made.id)
    store.close()


def measured(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of processor time, and of the clock."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - start


def main(keystrokes: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as where:
        root = Path(where)
        typed(root / "data", keystrokes)
        environment = os.environ | {"MOTION_DATA": str(root / "data"), "MOTION_BASE_URL": "https://motion.example"}
        folder = root / "copie"
        export = [sys.executable, "-m", "motion", "export", "ormeline", str(folder)]
        used, taken = measured(export, environment)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
        files = [path for path in folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"{keystrokes} keystrokes: {len(files)} files, {size:.1f} MB, peak memory {peak:.0f} MB")
        print(f"export  {taken:6.1f} s ({used:.1f} s of processor)  {size / taken:7.2f} MB/s")
        _used, copied = measured(["cp", "-r", str(folder), str(root / "other")], environment)
        print(f"cp -r   {copied:6.2f} s  {size / copied:30.1f} MB/s")
        _used, again = measured(export, environment)
        print(f"export over it {again:.1f} s")
        _used, verified = measured([sys.executable, "-m", "motion", "verify", str(folder)], environment)
        print(f"verify  {verified:6.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
