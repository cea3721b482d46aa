"""What the published log costs those who write: appending and signing at a steady rate.

python -m tests.bench.log [--rates 300 3000] [--seconds 20] [--postgresql]

Entries arrive evenly, as keystrokes of a crowd do; a window of 30 ms is one transaction, as in the rooms. Beside it,
as in the service, everything new is signed each second. The reference has Tessera's cadence: batches of 256 entries
or 250 ms, a checkpoint every 10 s.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from motion.record.entry import encode_entry
from motion.work.checkpoints import Checkpoints
from motion.work.signed_aside import SignedAside
from storage import ledger, migrate, signed_roots
from storage.ledger import NewEntry
from storage.store import Session, Store
from tests import databases
from tests.work.test_checkpoints import found


@dataclass(frozen=True)
class Cadence:
    """How entries are gathered and how often they are signed; seconds."""

    name: str
    window: float
    most: int
    checkpoint: float


OURS = Cadence("motion", 0.030, 1_000_000, 1.0)
TESSERA = Cadence("Tessera’s cadence", 0.250, 256, 10.0)
PAUSE = 0.1  # of the signing task between two looks, as in motion.service


@dataclass
class Run:
    """What was measured: seconds from an entry's arrival."""

    acknowledged: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # when each was acknowledged
    signed: list[tuple[int, float]] = field(default_factory=list)  # a size, and when its root was kept
    signing: list[float] = field(default_factory=list)  # what a signature took


def update(number: int) -> bytes:
    """An entry as long as that of a keystroke: about 400 bytes."""
    body = {
        "c": f"{number:064x}",
        "cid": 2118093,
        "doc": "M1",
        "len": 41,
        "n": number + 1,
        "sess": "s-000183",
        "skel": f"{number:064x}",
    }
    return encode_entry("crdt.update", body, by="elu-0042", at=datetime.now(UTC))


def measure(store: Store, folder: Path, cadence: Cadence, rate: int, seconds: float) -> None:
    """One run, one line."""
    congress_id = found(store)
    checkpoints = Checkpoints(store, bytes(32), SignedAside.beside(folder))
    checkpoints.sign_due(datetime.now(UTC))
    first = store.read_now(ledger.size, congress_id)
    run, over = Run(), threading.Event()

    def append(db: Session, start: int, count: int) -> None:
        ledger.lock(db, congress_id)
        entries = [NewEntry("crdt.update", update(start + at)) for at in range(count)]
        ledger.append(db, congress_id, entries, now=datetime.now(UTC))

    def sign() -> None:
        due = time.perf_counter() + cadence.checkpoint
        while not over.is_set():
            if time.perf_counter() >= due:
                started = time.perf_counter()
                due = started + cadence.checkpoint
                if checkpoints.sign_due(datetime.now(UTC)):
                    run.signing.append(time.perf_counter() - started)
                    last = store.read_now(signed_roots.last, congress_id)
                    assert last is not None
                    run.signed.append((last.size, time.perf_counter()))
            over.wait(PAUSE)

    thread = threading.Thread(target=sign)
    thread.start()
    cpu, begun, done = time.process_time(), time.perf_counter(), 0
    while (now := time.perf_counter() - begun) < seconds:
        ready = min(int(now * rate) - done, cadence.most)
        if ready < cadence.most:  # wait for the window's end, or for as many as a batch holds
            time.sleep(min(cadence.window, max(0.0, (cadence.most - ready) / rate)))
            ready = min(int((time.perf_counter() - begun) * rate) - done, cadence.most)
        if ready:
            store.write_now(append, done, ready)
            at = time.perf_counter()
            run.acknowledged += [at - begun - (done + one) / rate for one in range(ready)]
            run.times += [at] * ready
            done += ready
    cpu = time.process_time() - cpu
    time.sleep(cadence.checkpoint + 0.5)
    over.set()
    thread.join()
    report(store, cadence, rate, run, first, cpu / seconds)


def report(store: Store, cadence: Cadence, rate: int, run: Run, first: int, cpu: float) -> None:
    """Print one line of the table."""
    delays, at = [], 0
    for number, acknowledged in enumerate(run.times, first):
        while at < len(run.signed) and run.signed[at][0] <= number:
            at += 1
        if at < len(run.signed):
            delays.append(run.signed[at][1] - acknowledged)
    ack, signing = sorted(run.acknowledged), sorted(run.signing)
    delays.sort()
    print(
        f"| {cadence.name} | {'SQLite' if store.is_sqlite else 'PostgreSQL'} | {rate} |"
        f" {1e3 * middle(ack):.0f} / {1e3 * high(ack):.0f} | {middle(delays):.2f} / {high(delays):.2f} |"
        f" {1e3 * middle(signing):.0f} / {1e3 * signing[-1]:.0f} | {100 * cpu:.0f} % |",
        flush=True,
    )


def middle(values: list[float]) -> float:
    """The median of sorted values."""
    return values[len(values) // 2]


def high(values: list[float]) -> float:
    """The 99th percentile of sorted values."""
    return values[min(len(values) - 1, len(values) * 99 // 100)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rates", type=int, nargs="+", default=[300, 3000])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    print(
        "| cadence | database | entries/s | acknowledged p50 / p99 ms | signed after p50 / p99 s | signing ms | CPU |"
    )
    print("|---|---|---|---|---|---|---|")
    with ExitStack() as stack:
        server = stack.enter_context(databases.postgresql()) if options.postgresql else ""
        for rate in options.rates:
            for cadence in (OURS, TESSERA):
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                store = Store(databases.new_database(server) if server else f"sqlite:///{folder / 'motion.sqlite'}")
                migrate.upgrade(store)
                measure(store, folder, cadence, rate, options.seconds)
                store.close()
    print(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")


if __name__ == "__main__":
    main()
