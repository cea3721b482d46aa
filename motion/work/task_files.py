"""The file that a long task reads, piece by piece; and the two ways in which a task stops before its end."""

from collections.abc import Iterator

from storage import jobs
from storage.store import Store


class TakenOver(Exception):
    """Another process runs the job now: this one was silent for too long."""


class GivenBack(Exception):
    """This process stops: the job waits for the next one."""


def pieces(store: Store, job_id: int) -> Iterator[bytes]:
    """The parts of a task's file, in order, one in memory at a time."""
    number = 0
    while (content := store.read_now(jobs.piece, job_id, number)) is not None:
        yield content
        number += 1
