"""A run whose two neighbours contradict each other: well formed, made by no editor; Yjs would read it in two ways."""

import asyncio
import base64
import json
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from motion.rehearsal.seats import Seat
from storage import drafts
from tests import browser
from tests.live.editors import run, typed
from tests.servers import serving
from tests.whole.attackers import CODE, LIVE, SLUG, Target, attacked, text_of_newcomer, writing

REPLAY = """
import * as Y from 'yjs'
let read = ''
for await (const piece of process.stdin) read += piece
const doc = new Y.Doc()
for (const update of JSON.parse(read)) Y.applyUpdate(doc, Buffer.from(update, 'base64'))
const whole = new Y.Doc()
Y.applyUpdate(whole, Y.encodeStateAsUpdate(doc))
console.log(JSON.stringify([doc.getText('text').toString(), whole.getText('text').toString()]))
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """The demonstration, for this module alone: what is done here stays in its text."""
    with attacked(tmp_path_factory.mktemp("order")) as served:
        yield served


@pytest.fixture(scope="module")
def attempted(target: Target) -> tuple[Seat, str]:
    """Bob has tried places that are none, as before and after the same letter: who he is, and what all read."""

    async def scene() -> tuple[Seat, str]:
        a, b = target.seats(2)
        async with writing(a) as alice, writing(b) as bob:
            await alice.type(0, "q")
            await alice.type(1, "w")
            await bob.sees("qw")
            alices = alice.typist.client
            for left, right in [((alices, 1), (alices, 1)), ((alices, 1), (alices, 0)), (None, (alices, 1))]:
                assert await bob.refused(typed(run(bob.typist.client, 0, "BOB", left, right))) == "contradiction"
            await bob.type(1, "honest")
            await alice.sees("qhonestw")
            await target.published("qhonestw")
            assert alice.typist.text == bob.typist.text
            return b, alice.typist.text

    return asyncio.run(scene())


def replayed(updates: list[bytes]) -> list[str]:
    """The text that stock Yjs makes of updates in their order, and the one it makes of the whole at once."""
    folder = browser.brought(browser.TESTS / "whole" / "node")
    done = subprocess.run(
        [browser.node(), "--input-type=module", "--eval", REPLAY],
        cwd=folder,
        input=json.dumps([base64.b64encode(update).decode() for update in updates]),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


class TestContradictedOrder:
    """It is refused: no reader ever has another text than the others."""

    def test_all_readings_agree(self, target: Target, attempted: tuple[Seat, str]) -> None:
        """Screens, pages, a newcomer, and stock Yjs that replays the record in turn or loads the whole at once."""
        _bob, screens = attempted
        motion = target.store.read_now(drafts.find, SLUG, CODE)
        assert motion is not None
        rows = target.store.read_now(drafts.updates_after, motion, 0)
        in_turn, at_once = replayed([row.content for row in rows])
        newcomer = asyncio.run(text_of_newcomer(target.seats(1)[0]))
        assert "BOB" not in screens
        assert target.public()["text"] == screens == newcomer == in_turn == at_once

    def test_the_record_says_whose_it_was(self, target: Target, attempted: tuple[Seat, str]) -> None:
        """Three refusals of Bob's, each with its reason."""
        bob, _screens = attempted
        refusals = target.entries("crdt.reject", target.session_id(bob))
        assert [entry["body"]["reason"] for entry in refusals] == ["contradiction"] * 3
        assert {entry["by"] for entry in refusals} == {f"elu-{bob.official}"}

    def test_a_restart_gives_the_same_text(self, target: Target, attempted: tuple[Seat, str]) -> None:
        """From a snapshot, which a text read in two ways would not have."""
        _bob, screens = attempted
        target.served.process.terminate()
        target.served.process.wait(30)
        assert "read in two ways" not in target.served.log.read_text()
        assert target.rows("SELECT 1 FROM draft_snapshot WHERE motion_id = 1")
        with serving(target.settings.data_dir, port=urlsplit(target.address).port or 0):
            with target.browser(target.seats(1)[0]) as browser:
                read = browser.get(f"{LIVE}/after/0")
                assert read.status_code == 200
            assert target.public()["text"] == screens
