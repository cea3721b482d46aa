"""The history of a long motion: computing it, its size, and opening any instant.

python -m tests.bench.replay [KEYSTROKES]

Forty officials type in eight articles, 25 keystrokes each in turn, and delete a seventh of them again; the text grows
to what KEYSTROKES make. "fresh" is what the same instant costs from the last snapshot's updates, by pycrdt.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from starlette.testclient import TestClient

from motion.live.draft import Author, Draft, Kept
from motion.live.replaying import catch_up
from motion.live.server import spare_what_stays
from motion.rules.history import instant, unpack_changes, unpack_keyframe
from storage import drafts, history, migrate
from storage.models import Official
from storage.store import Store
from tests.live import pasts
from tests.live.editors import Editor
from tests.worlds import NOW, make

ARTICLES = 8
OFFICIALS = 40
SEEKS = 300


def typing(keystrokes: int, officials: list[int], seed: int = 1) -> list[pasts.Past]:
    """One update a keystroke."""
    chance = random.Random(seed)
    editor = Editor(77)
    words = "les communes demandent une navette gratuite, deux fois par semaine, pour les soins. "
    out: list[pasts.Past] = []
    editor.type(0, "".join(f"\n## Article du groupe {index + 1}\n\nDébut. \n" for index in range(ARTICLES)))
    out.append(pasts.Past(editor.outbox[-1], None, ""))
    ends: list[int] = []
    text = str(editor.text)
    at = -1
    for _ in range(ARTICLES):
        at = text.index("Début. \n", at + 1)
        ends.append(at + len("Début. "))
    while len(out) < keystrokes:
        article = chance.randrange(ARTICLES)
        official = chance.choice(officials)
        for count in range(25):
            if len(out) >= keystrokes:
                break
            place = ends[article]
            if count % 7 == 6:
                # ASCII but for the eight é of the beginning, so bytes are known without reading the text.
                octets = place + article + 1
                del editor.text[octets - 1 : octets]
                moved = -1
            else:
                editor.text.insert(place + article + 1, words[(place + count) % len(words)])
                moved = 1
            for later in range(article, ARTICLES):
                ends[later] += moved
            out.append(pasts.Past(editor.outbox.pop(), official, ""))
    return out


def percentiles(deed: Callable[[int], object], entries: list[int]) -> str:
    """p50 and p99 in milliseconds; of processor time too, which says more on a busy machine."""
    walls, processors = [], []
    for entry in entries:
        wall, processor = time.perf_counter(), time.process_time()
        deed(entry)
        walls.append(1e3 * (time.perf_counter() - wall))
        processors.append(1e3 * (time.process_time() - processor))

    def said(taken: list[float]) -> str:
        taken.sort()
        return f"p50 {taken[len(taken) // 2]:.1f} ms, p99 {taken[len(taken) * 99 // 100]:.1f} ms"

    return f"{said(walls)} (processor: {said(processors)})"


def main(keystrokes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/motion.sqlite")
        migrate.upgrade(store)
        world = make(store, text="")

        def people(db) -> list[int]:
            rows = [
                Official(
                    congress_id=world.congress_id,
                    first_names=f"Personne {index}",
                    family_name="Fictive",
                    mandate="maire",
                    territory="Valbrune",
                    created_at=NOW,
                )
                for index in range(OFFICIALS)
            ]
            db.add_all(rows)
            db.flush()
            return [row.id for row in rows]

        past = typing(keystrokes, store.write_now(people))
        kept = store.write_now(pasts.keep, world.motion_id, past, NOW, timedelta(milliseconds=200))
        start, processor = time.perf_counter(), time.process_time()
        assert catch_up(store, world.motion_id)
        wall, processor = time.perf_counter() - start, time.process_time() - processor
        lines = store.read_now(history.chunk_lines, world.motion_id)
        sizes = [store.read_now(history.chunk, world.motion_id, line.chunk) for line in lines]
        keyframes, changes = (sum(len(getattr(row, name)) for row in sizes) for name in ("keyframe", "changes"))
        head = store.read_now(history.head, world.motion_id)
        text = unpack_keyframe(sizes[-1].keyframe).text
        print(f"{keystrokes} keystrokes, {len(text)} characters, {len(lines)} chunks: computed in {wall:.1f} s")
        print(f"  ({processor:.1f} s of processor time, {1e6 * processor / keystrokes:.0f} µs a keystroke)")
        print(f"  kept: keyframes {keyframes / 1e6:.1f} MB, changes {changes / 1e6:.1f} MB, state and steps", end=" ")
        print(f"{(len(head.state) + len(head.summary) + len(head.told)) / 1e3:.0f} kB")

        chance = random.Random(2)
        entries = [chance.choice(kept)[0] for _ in range(SEEKS)]

        # What this program holds is not the server's: its rounds of collection would be counted with each page.
        del past, sizes
        spare_what_stays()

        def seek(entry: int) -> None:
            row = store.read_now(history.chunk_for, world.motion_id, entry)
            instant(unpack_keyframe(row.keyframe), unpack_changes(row.changes), entry)

        print(f"any instant, text and authors: {percentiles(seek, entries)}")
        pages(store, Path(folder), world.motion_id, entries)
        start = time.perf_counter()
        rows = store.read_now(drafts.updates_after, world.motion_id, 0)
        Draft.restore(None, [Kept(row.number, row.content, Author(0, row.official_id or 0)) for row in rows])
        print(f"the last instant by replaying every update: {1e3 * (time.perf_counter() - start):.0f} ms")
        store.close()


def pages(store: Store, folder: Path, motion_id: int, entries: list[int]) -> None:
    """The same through the application: each page asked for once."""
    from motion import settings
    from motion.live.relay import MemoryRelay
    from motion.live.rooms import Rooms
    from motion.web.routes import make_app
    from motion.web.service import Service

    read = settings.read({"MOTION_DATA": str(folder), "MOTION_BASE_URL": "http://testserver"})
    service = Service(read, store, Rooms(store, MemoryRelay(), lambda: NOW, read), lambda: NOW)
    others = dict(zip(entries, entries[1:] + entries[:1], strict=True))
    with TestClient(make_app(service), base_url="http://testserver") as client:
        base = "/ormeline/motions/M1"
        for name, path in (
            ("an instant", "/a/{0}"),
            ("an instant with its authors", "/a/{0}?vue=auteurs"),
            ("between two", "/entre/{0}/{1}"),
            ("the list of steps", "/rejeu?n={0}"),
        ):

            def ask(entry: int, path: str = path) -> None:
                low, high = sorted((entry, others[entry]))
                answer = client.get(base + path.format(low, high))
                assert answer.status_code == 200, (answer.status_code, answer.text[:300])

            ask(entries[-1])  # the first reads the template, once in the life of the service
            spare_what_stays()  # as the service does when it is ready
            print(f"page: {name}: {percentiles(ask, entries[:200])}")


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 260_000)
