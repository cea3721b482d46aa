"""What one keystroke costs in the engine's core: reading, judging, applying; and opening a long motion.

python -m tests.bench.parse [KEYSTROKES]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from motion.live.draft import Author, Draft, Kept, Sender, Snapshot
from motion.live.updates import parse
from tests.live.editors import run, typed


def main(keystrokes: int) -> None:
    authors = [Author(session, session) for session in range(1, 41)]
    clients = {author: 2**31 + 7 * author.session for author in authors}
    draft = Draft()
    kept: list[Kept] = []
    last: tuple[int, int] | None = None
    clocks = dict.fromkeys(authors, 0)
    for number in range(1, keystrokes + 1):
        author = authors[number // 25 % len(authors)]
        client, clock = clients[author], clocks[author]
        kept.append(Kept(number, typed(run(client, clock, "é" if number % 9 == 0 else "a", last)), author))
        last, clocks[author] = (client, clock), clock + 1
    for part in (kept[: keystrokes // 2], kept[keystrokes // 2 :]):
        read = timed(part, lambda each: parse(each.update))
        judged = timed(part, lambda each: draft.check(each.update, Sender(each.author)), every=100)
        applied = timed(part, lambda each: draft.apply(each.number, each.update, each.author))
        print(f"{draft.number:7} keystrokes: read {read:.1f} µs, applied {applied:.1f} µs", end="; ")
        print(f"judged (mostly refused as a gap) {judged:.1f} µs")
    window = draft.window()
    author = authors[0]
    client, clock = clients[author], clocks[author]
    more = [typed(run(client, clock + at, "a", (client, clock + at - 1))) for at in range(1_000)]
    print(f"read and judged, in one window: {timed(more, lambda each: window.check(each, Sender(author))):.1f} µs")
    start = time.perf_counter()
    packed = draft.snapshot().pack()
    print(f"snapshot: {1e3 * (time.perf_counter() - start):.1f} ms, {len(packed) / 1e3:.0f} kB")
    start = time.perf_counter()
    restored = Draft.restore(Snapshot.unpack(packed))
    assert restored.text() == draft.text()
    print(f"opened from it: {1e3 * (time.perf_counter() - start):.1f} ms, {len(restored.runs())} runs")


def timed(items: list, deed: Callable, every: int = 1) -> float:
    """Microseconds of processor time for each."""
    some = items[::every]
    start = time.process_time()
    for item in some:
        deed(item)
    return 1e6 * (time.process_time() - start) / len(some)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 260_000)
