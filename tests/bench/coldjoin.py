"""A motion of 260,000 keystrokes: how long it takes to open, and a hundred who join at once.

python -m tests.bench.coldjoin [KEYSTROKES]
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from motion import settings
from motion.acts import drafting
from motion.live.relay import MemoryRelay
from motion.live.rooms import Rooms
from motion.live.updates import Id, Struct, encode
from storage.store import Store
from tests.bench import servers
from tests.bench.crowd import Crowd, prose
from tests.live import world as worlds

WRITERS, RUN, BATCH = 40, 25, 1_000
JOINING = 100


def type_all(store: Store, world: worlds.World, keystrokes: int) -> None:
    """Keep one update for each keystroke: forty officials in turn, twenty-five letters each."""
    text = prose()
    clocks = [0] * WRITERS
    number, typed = 1, 0
    while typed < keystrokes:
        writings = []
        for _ in range(min(BATCH, keystrokes - typed)):
            who = typed // RUN % WRITERS
            client, clock = 5_000 + who, clocks[who]
            origin = Id(client, clock - 1) if clock else None
            update = encode([Struct(client, clock, 1, origin, None, text[typed % len(text)])], [])
            new = (client,) if clock == 0 else ()
            writings.append(drafting.Writing(world.seats[who].actor, update, os.urandom(32), (client,), new))
            clocks[who] += 1
            typed += 1
        window = drafting.MotionWindow(world.motion_id, number, writings)
        kept = store.write_now(drafting.keep_window, world.congress_id, [window], now=worlds.clock())
        number = kept[0].head.number


async def open_room(store: Store, world: worlds.World) -> float:
    """Seconds until the room stands; it leaves a snapshot behind."""
    rooms = Rooms(store, MemoryRelay(), worlds.clock, settings.read({}))
    await rooms.start()
    start = time.perf_counter()
    await rooms.open(world.motion_id)
    took = time.perf_counter() - start
    await rooms.close()
    return took


async def join(running: servers.Running) -> str:
    """A hundred at once, on a server that has just started."""
    crowd = Crowd(running.dialect, "127.0.0.1", running.port, running.cookies, JOINING)
    cpu, rss, start = running.cpu_s(), running.rss_bytes(), time.perf_counter()
    await crowd.connect(JOINING)
    took = time.perf_counter() - start
    said = f"{JOINING} join at once: all have the whole after {took:.2f} s, {running.cpu_s() - cpu:.2f} s of CPU"
    said += f", {(running.rss_bytes() - rss) / 1e6:.0f} MB more held"
    crowd.close()
    return said


def main(keystrokes: int) -> None:
    """Type, open twice, join."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def fill(store: Store, world: worlds.World) -> None:
        type_all(store, world, keystrokes)
        print(f"{keystrokes} keystrokes kept")
        print(f"opened by replaying all: {asyncio.run(open_room(store, world)):.2f} s")
        print(f"opened from its snapshot: {asyncio.run(open_room(store, world)):.2f} s", flush=True)

    with tempfile.TemporaryDirectory(prefix="motion-bench-") as folder:
        with servers.start("motion", Path(folder) / "motion", seats=JOINING, fill=fill) as running:
            print(asyncio.run(join(running)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 260_000)
