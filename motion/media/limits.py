"""What a child process may use, and how its own hands are tied before it has read a byte of anyone's.

A decoder of films is a million lines that read what strangers send. So it runs where it can reach no network, starve
nobody and fill no disk, with nothing of the service's secrets in its environment.
"""

import ctypes
import os
import resource
import sys
from contextlib import suppress

NICENESS = 19  # the lowest priority: those who write come first
MEMORY_BYTES = 3 << 30  # of addresses: 8K in ten bits does not fit, 4K does; the libraries alone map about 600 MB
FILE_BYTES = 1_200_000_000  # of one output: thirty minutes at the highest rate that `motion.media.film` allows are half
OPEN_FILES = 128
LONGEST_CPU_S = 4 * 3600  # before anything is known of the file
LONGEST_S = 6 * 3600  # by the clock: a machine that does much else
PHOTO_CPU_S = 120
DOCUMENT_CPU_S = 300
BASE_CPU_S = 120
CPU_PER_SECOND = 20  # of a recording: 4K in HEVC takes about four on a slow machine

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def tie_hands(memory_bytes: int = MEMORY_BYTES) -> None:
    """Set all limits of this process; called once, before any thread is started."""
    os.nice(NICENESS)
    os.umask(0o077)
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CPU, LONGEST_CPU_S),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(what, most)
    _leave_network()


def limit_cpu(seconds: int) -> None:
    """Allow so many seconds of processor time in all, once the file is known."""
    _lower(resource.RLIMIT_CPU, seconds)


def _lower(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    # Of processor time the first limit says so (SIGXCPU), the second kills like anything else.
    end = most + 5 if what == resource.RLIMIT_CPU else most
    with suppress(ValueError, OSError):  # macOS knows no limit of addresses; the clock's holds there as well
        resource.setrlimit(what, (most, end if hard == resource.RLIM_INFINITY else min(end, hard)))


def _leave_network() -> None:
    """Go to a network namespace with nothing in it, where the system lets one: Linux, outside most containers.

    Elsewhere what holds is that no protocol but `file` is ever opened (`motion.media.opening`).
    """
    if sys.platform == "linux":
        unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
        if unshare is not None and unshare(_CLONE_NEWNET):
            unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
