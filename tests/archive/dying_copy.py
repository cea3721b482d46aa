"""The program that makes a copy, cut at a chosen file: `kill 20 60`, or `hang 20` until somebody ends it."""

import os
import signal
import sys
import time

from motion.archive import bag, child


def main() -> None:
    """Make the copy; at each of the named numbers of finished files, be killed or hang."""
    how, *numbers = sys.argv[1:]
    note = bag.Bag._note
    child.SAY_EVERY_S = 0.0

    def note_and_stop(self: bag.Bag, kept: bag.Kept) -> None:
        note(self, kept)
        with self._journal.open("rb") as journal:
            finished = sum(1 for _line in journal) - 1
        if not numbers or str(finished) in numbers:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(600)

    bag.Bag._note = note_and_stop  # type: ignore[method-assign]
    child.main()


if __name__ == "__main__":
    main()
