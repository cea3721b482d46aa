"""Power cuts and stops: how a process dies at a step, how a test has it die, and what is done with what it left."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import pytest

from motion.media import process
from motion.work.by_child import ByChild

ROOT = Path(__file__).parents[2]
PATIENCE_S = 200


def die(*_: object) -> None:
    """As by a power cut: nothing is flushed, nothing is said, nothing is put away."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(door: Callable[..., Any], name: str) -> Callable[..., Any]:
    """`Store.write`, which dies once the transaction of this function is committed."""

    async def write(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        done = await door(function, *arguments, **named)
        if function.__name__ == name:
            die()
        return done

    return write


def cut(program: str, *words: str) -> None:
    """Run one of the programs beside this file that die at a step, as it must."""
    command = [sys.executable, "-m", f"tests.work.{program}", *words]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S)
    assert run.returncode == -signal.SIGKILL, run.stderr


def forget_folders(data: Path) -> None:
    """Let a day pass: the folders that children of killed processes left are removed by the next one."""
    for left in (data / process.FOLDER).iterdir():
        os.utime(left, (0, 0))
    process.new_folder(data).rmdir()
    assert list((data / process.FOLDER).iterdir()) == []


def stop_at_work(worker: ByChild[Any, Any], turn: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """Stop the service while a child works: it ends its child."""

    async def scene() -> int | None:
        turning = asyncio.create_task(turn())
        async with asyncio.timeout(60):
            while worker.process_id is None:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.01)
        child = worker.process_id
        turning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turning
        return child

    child = asyncio.run(scene())
    assert child is not None and not psutil.pid_exists(child)
