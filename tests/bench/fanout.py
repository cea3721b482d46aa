"""Fan-out: K officials type, R are connected; what a keystroke costs the server and how long it takes.

python -m tests.bench.fanout [--sizes 500x50 1000x50] [--servers motion hocuspocus y-websocket] [--seconds 15]

Server CPU is the operating system's count for the server's process, from the first keystroke to the last
delivery, divided by the keystrokes that reached another's screen. Delays are from the moment a client sends to
the moment another has the bytes. Lost: every client's text, rebuilt from what it was sent, is compared.
"""

import argparse
import asyncio
import gc
import resource
import sys
import tempfile
from pathlib import Path

from tests.bench import servers
from tests.bench.crowd import Crowd, Outcome

PER_SECOND = 5.0


async def measure(running: servers.Running, readers: int, writers: int, seconds: float) -> str:
    """Run one size and return its line of the table."""
    crowd = Crowd(running.dialect, "127.0.0.1", running.port, running.cookies, readers)
    empty = running.rss_bytes()
    await crowd.connect()
    await asyncio.sleep(1)
    held = (running.rss_bytes() - empty) / readers / 1000
    gc.collect()
    gc.freeze()
    loop = asyncio.get_running_loop()
    before, began = running.cpu_s(), loop.time()
    typed = await crowd.write(writers, PER_SECOND, seconds)
    cpu_typing = (running.cpu_s() - before) / (loop.time() - began)
    await crowd.settle()
    cpu = running.cpu_s() - before
    outcome = crowd.outcome(typed)
    crowd.close()
    if outcome.closed:
        print(running.log.read_text(errors="replace")[-3000:], file=sys.stderr)
    return line(running.name, readers, writers, cpu, cpu_typing, held, outcome)


def line(name: str, readers: int, writers: int, cpu: float, cpu_typing: float, held: float, outcome: Outcome) -> str:
    """One row: Markdown."""
    delivered = outcome.deliveries - outcome.missing
    at = [outcome.delays[int(len(outcome.delays) * part)] * 1000 for part in (0.5, 0.99)] if outcome.delays else [0, 0]
    return (
        f"| {name} | {readers} × {writers} | {cpu / max(1, delivered) * 1e6:.2f} | {cpu_typing * 100:.0f} % "
        f"| {at[0]:.0f} / {at[1]:.0f} | {outcome.missing} of {outcome.deliveries}"
        f"{f', {outcome.differing} texts differ' if outcome.differing else ''}"
        f"{f', {outcome.closed} closed' if outcome.closed else ''} | {held:.0f} |"
    )


def main() -> None:
    """Run what is asked, smallest first, each size with a new server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", default=["500x50", "1000x50"])
    parser.add_argument("--servers", nargs="+", default=["motion", "hocuspocus", "y-websocket"])
    parser.add_argument("--seconds", type=float, default=15)
    asked = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if set(asked.servers) - {"motion"}:
        servers.libraries()
    print("| server | connected × writing | µs/delivered | CPU | p50 / p99 ms | lost | kB/reader |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="motion-bench-") as folder:
        for size in asked.sizes:
            readers, writers = map(int, size.split("x"))
            for name in asked.servers:
                with servers.start(name, Path(folder) / f"{name}-{size}", seats=readers) as running:
                    print(asyncio.run(measure(running, readers, writers, asked.seconds)), flush=True)


if __name__ == "__main__":
    main()
