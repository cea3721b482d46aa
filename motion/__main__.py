"""`python -m motion` and the console command `motion`."""

import os
import sys

from motion.commands import run


def main() -> None:
    """Run the command named by the arguments."""
    try:
        sys.exit(run(sys.argv[1:], dict(os.environ)))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
