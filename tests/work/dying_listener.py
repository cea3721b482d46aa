"""`python -m tests.work.dying_listener DATABASE DATA STEP`: listens to recordings, and dies at a step.

Steps are named after what has just been done. It dies as by a power cut: SIGKILL, nothing said, nothing put away.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from motion.media import transcribing
from motion.media.speech_model import SpeechModel
from motion.work.captions import Captions
from storage.blobs import from_url
from storage.store import Store
from tests.media import stand_in
from tests.work.cuts import die, dying_after
from tests.worlds import NOW

NAMES = {"queued": "queue", "begun": "begin", "settled": "_settle", "failed": "fail"}
STEPS = (*NAMES, "child", "heard")


async def main(url: str, data: Path, step: str) -> None:
    store, blobs = Store(url), from_url("", data)
    if step in NAMES:
        store.write = dying_after(store.write, NAMES[step])  # type: ignore[method-assign]
    listen = transcribing.transcribe

    async def listening(*arguments: Any, **named: Any) -> Any:
        if step == "child":
            named["started"] = die
        found = await listen(*arguments, **named)
        if step == "heard":
            die()
        return found

    transcribing.transcribe = listening  # type: ignore[assignment]
    model = SpeechModel(stand_in.model(data / "modele-mourant", deed="fail" if step == "failed" else ""))
    program = (sys.executable, "-P", "-m", "tests.media.stand_in")
    await Captions(store, blobs, data, lambda: NOW, model, program=program, owner="mourant").hear_due()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
