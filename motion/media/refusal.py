"""The errors of this room: a refusal, which is the file's; and a full disk, which is not."""

import errno

from motion.rules.media import MediaReason

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
TRY_LATER = 75  # the status with which the child ends when its disk is full: EX_TEMPFAIL of sysexits.h


class Refused(Exception):
    """Nothing can be made of the file; `reason` is what its author is told."""

    def __init__(self, reason: MediaReason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class DiskFull(Exception):
    """This machine has no room to work: the file is as good as before, and is tried again later."""
