"""Having a child write down what is said in a recording, and believing little of what it says.

What it leaves is read as a file of captions that a stranger has sent: by the same reader, with the same bounds.
"""

import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from motion.media.listening import CAPTIONS
from motion.media.process import RUNS, run_child
from motion.media.refusal import TRY_LATER, DiskFull
from motion.rules import caption_files
from motion.rules.caption_errors import CaptionsRefused
from motion.rules.captions import Cues
from motion.rules.heard import HearingReason

PROGRAM = (sys.executable, "-P", "-m", "motion.media.whisper")

log = logging.getLogger("motion.media")


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard: at least one cue, or the reason why there is none."""

    cues: Cues = ()
    refused: HearingReason | None = None


async def transcribe(
    sound: Path,
    language: str,
    model: Path,
    folder: Path,
    tell: Callable[[int], Awaitable[None]],
    *,
    program: Sequence[str] = PROGRAM,
    started: Callable[[int], None] = lambda _process: None,
) -> Hearing:
    """Have a child listen to a recording, in this folder. Cancelled, it ends the child first.

    Args:
        sound, model: Absolute, for the child works elsewhere.
        language: Of `motion.rules.heard.LANGUAGES`.
        tell: Is told the percentage, about once a second, as long as the child says anything.
        program: What listens; it is given the folder of the model.
        started: Is told the child's process.

    Raises:
        DiskFull: Nothing is wrong with the recording.
    """
    status = 0
    for run in range(1, RUNS + 1):
        task = {"path": str(sound), "language": language}
        said, status = await run_child((*program, str(model)), task, folder, tell, started)
        if said is not None:
            return _hearing(said, folder)
        if status == TRY_LATER:
            raise DiskFull
        if status != -signal.SIGKILL:
            break
        log.warning("a transcription was cut (run %d of %d)", run, RUNS)
    return Hearing(refused=_why(status))


def _why(status: int) -> HearingReason:
    if status in (-signal.SIGXCPU, -signal.SIGALRM):
        return HearingReason.TOO_SLOW
    if status in (-signal.SIGKILL, -signal.SIGXFSZ, -signal.SIGABRT):  # of C++, an allocation that fails ends so
        return HearingReason.TOO_HEAVY
    if status < 0:
        return HearingReason.DAMAGED
    return HearingReason.INTERNAL


def _hearing(said: dict[str, object], folder: Path) -> Hearing:
    refused = said.get("refused")
    if refused is not None:
        known = isinstance(refused, str) and refused in set(HearingReason)
        return Hearing(refused=HearingReason(str(refused)) if known else HearingReason.INTERNAL)
    path = folder / CAPTIONS
    if said.get("heard") == 0:
        return Hearing(refused=HearingReason.NO_SPEECH)
    if path.is_symlink() or not path.is_file() or path.stat().st_size > caption_files.MAX_BYTES:
        return Hearing(refused=HearingReason.INTERNAL)
    try:
        return Hearing(caption_files.read(path.read_bytes()))
    except CaptionsRefused as error:
        log.warning("what a recogniser wrote can't be read: %s, line %d", error.reason, error.line)
        return Hearing(refused=HearingReason.INTERNAL)
