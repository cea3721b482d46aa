"""Memory and time of importing the municipal councillors' file, 500,000 lines, filtered by department.

python -m tests.bench.roster [lines]
"""

import resource
import sys
import time
from collections.abc import Iterator

from motion.rules.roster import compare
from motion.rules.roster_file import SAMPLE_BYTES, recognise
from motion.rules.roster_rows import read_rows
from tests.rules import rne

DEPARTMENTS = [(f"{number:02d}", f"Département {number}") for number in range(1, 96)]


def chunks(count: int, size: int = 65_536) -> Iterator[bytes]:
    """The file as an upload brings it, made as it is read: it is never whole in memory."""
    held: list[str] = []
    length = 0
    for line in rne.lines("cm", count, departments=DEPARTMENTS):
        held.append(line)
        length += len(line)
        if length >= size:
            yield "".join(held).encode()
            held, length = [], 0
    yield "".join(held).encode()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    making = time.process_time()
    total = sum(len(chunk) for chunk in chunks(count))
    making = time.process_time() - making
    head = next(chunks(count))[:SAMPLE_BYTES]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    rows = read_rows(chunks(count), recognise(head), department="26")
    plan = compare([], rows, department="26")
    seconds = time.process_time() - began - making
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{count} lines, {total / 1e6:.0f} MB")
    print(f"kept {len(plan.added)}, refused {plan.refused_count}, doubtful {len(plan.doubtful)}")
    print(f"{seconds:.1f} s of processor ({making:.1f} s more to make the file)")
    print(f"peak memory grew by {grown:.0f} MB")


if __name__ == "__main__":
    main()
