"""Starting the child, listening to it, and believing little of what it says.

What reads strangers' files may one day be taken over by one. So the child's environment has no secret in it, its
answer is held to a closed form, and what it left is opened as plain files of this folder and as nothing else.
"""

import asyncio
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from motion.media.limits import FILE_BYTES, LONGEST_S
from motion.media.made import MEDIA_TYPES
from motion.media.refusal import TRY_LATER, DiskFull
from motion.rules.contributions import FileKind
from motion.rules.media import MediaReason

FOLDER = "conversions"
KEPT_S = 86_400  # of a folder that a crash left: no child lives so long
PROGRAM = (sys.executable, "-P", "-m", "motion.media.child")
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SSL_CERT_DIR", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
# What kills the child from outside, such as a machine without memory, says nothing of the file at first.
RUNS = 2
LONGEST_EDGE = 1 << 15

log = logging.getLogger("motion.media")


@dataclass(frozen=True, slots=True)
class File:
    """One file that was made; it is gone when its folder is."""

    role: str
    path: Path
    size: int
    media_type: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file: all that was made of it, or the reason why nothing was."""

    kind: FileKind
    files: tuple[File, ...] = ()
    duration_ms: int | None = None
    refused: MediaReason | None = None


def new_folder(data_dir: Path) -> Path:
    """A folder for one child; those that a crash left long ago are removed."""
    place = data_dir / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        with suppress(OSError):
            if old.stat().st_mtime < time.time() - KEPT_S:
                shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=place))


async def convert(
    path: Path,
    kind: FileKind,
    folder: Path,
    tell: Callable[[int], Awaitable[None]],
    *,
    started: Callable[[int], None] = lambda _process: None,
) -> Result:
    """Have a child make all that is published of a file, in this folder. Cancelled, it ends the child first.

    Args:
        path: Absolute, for the child works elsewhere.
        kind: What the sender says it is.
        tell: Is told the percentage, about once a second, as long as the child says anything.
        started: Is told the child's process.

    Raises:
        DiskFull: Nothing is wrong with the file.
    """
    status = 0
    for run in range(1, RUNS + 1):
        said, status = await run_child(PROGRAM, {"path": str(path), "kind": kind.value}, folder, tell, started)
        if said is not None:
            return _result(said, kind, folder)
        if status == TRY_LATER:
            raise DiskFull
        if status != -signal.SIGKILL:
            break
        log.warning("a conversion was cut (run %d of %d)", run, RUNS)
    return Result(kind, refused=_why(status))


def _why(status: int) -> MediaReason:
    if status in (-signal.SIGXCPU, -signal.SIGALRM):
        return MediaReason.TOO_SLOW
    if status in (-signal.SIGKILL, -signal.SIGXFSZ):
        return MediaReason.TOO_HEAVY
    if status < 0:  # a decoder fell over it
        return MediaReason.DAMAGED
    return MediaReason.INTERNAL


async def run_child(
    program: Sequence[str],
    task: dict[str, str],
    folder: Path,
    tell: Callable[[int], Awaitable[None]],
    started: Callable[[int], None],
) -> tuple[dict[str, Any] | None, int]:
    """Give a child its task in this folder, and listen until it ends. Cancelled, it ends the child first.

    Returns:
        Its last word, and how it ended; by the clock it ends with SIGALRM, as it were.
    """
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    # Each thread would otherwise reserve a part of the addresses that it may use.
    environment |= {"TMPDIR": str(folder), "HOME": str(folder), "MALLOC_ARENA_MAX": "2"}
    child = await asyncio.create_subprocess_exec(
        *program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=folder, env=environment
    )
    started(child.pid)
    assert child.stdin is not None and child.stdout is not None
    last: dict[str, Any] | None = None
    try:
        async with asyncio.timeout(LONGEST_S):
            # Its standard input stays open as long as this process lives: see `motion.media.telling`.
            child.stdin.write(json.dumps(task).encode() + b"\n")
            async for line in child.stdout:
                said = _said(line)
                if "done" in said:
                    await tell(_number(said["done"], 99) or 0)
                else:
                    last = said
            await child.wait()
    except TimeoutError:
        return None, -signal.SIGALRM
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
        child.stdin.close()
    return last, child.returncode or 0


def _said(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _number(said: object, most: int) -> int | None:
    return said if isinstance(said, int) and 0 <= said <= most else None


def _result(said: dict[str, Any], kind: FileKind, folder: Path) -> Result:
    if "refused" in said:
        found = said["refused"]
        return Result(kind, refused=MediaReason(found) if found in set(MediaReason) else MediaReason.INTERNAL)
    made = said.get("made")
    if not isinstance(made, dict) or made.get("kind") not in set(FileKind):
        return Result(kind, refused=MediaReason.INTERNAL)
    files = tuple(file for each in made.get("made", ()) if (file := _file(each, folder)) is not None)
    roles = {file.role for file in files}
    if not files or len(roles) < len(files):
        return Result(kind, refused=MediaReason.INTERNAL)
    return Result(FileKind(made["kind"]), files, _number(made.get("duration_ms"), 1 << 31))


def _file(said: Any, folder: Path) -> File | None:
    role = said.get("role") if isinstance(said, dict) else None
    if role not in MEDIA_TYPES:
        return None
    path = folder / role
    if path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= FILE_BYTES:
        return None
    width, height = (_number(said.get(edge), LONGEST_EDGE) for edge in ("width", "height"))
    return File(role, path, path.stat().st_size, MEDIA_TYPES[role], width, height)
