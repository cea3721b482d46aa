"""Two officials and a secretary in one room, over real sockets."""

import asyncio
import json
import socket
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from motion.acts import motions
from motion.live import wire
from motion.live.answers import NotTaken, Taken
from motion.live.draft import Edit
from motion.record.entry import decode_entry
from motion.record.objects import open_object
from motion.rules.text import digest
from storage.models import DraftUpdate, Entry, LateText, LoginSession, Motion
from storage.store import Store
from tests.live import world as worlds
from tests.live.world import FIRST_TEXT, clock, serving, writing


def test_what_one_types_the_other_sees_after_it_is_kept(store: Store) -> None:
    """An update is acknowledged to its author, shown to the other, kept with its entry and its binding."""
    world = store.write_now(worlds.make)

    async def story() -> None:
        async with (
            serving(store) as served,
            writing(served, world, world.seats[0], 11) as aline,
            writing(served, world, world.seats[1], 12) as yves,
        ):
            assert aline.typist.text == FIRST_TEXT
            n = await aline.type("Bonjour.")
            await aline.until_acknowledged(n)
            await yves.until(lambda: yves.typist.text.endswith("Bonjour."))
            for word in ("Et ", "merci."):
                await yves.type(word)
            await aline.until(lambda: aline.typist.text.endswith("Bonjour.Et merci."))
            authors = aline.messages(wire.Authors)
            assert authors[0].clients == ((7, 0),)
            assert {pair for message in authors for pair in message.clients} >= {
                (11, world.seats[0].actor.official_id),
                (12, world.seats[1].actor.official_id),
            }
            state = aline.messages(wire.State)[0]
            assert (state.state, state.may_write) == ("drafting", True)

    asyncio.run(story())
    with store.engine.connect() as db:
        kept = db.execute(select(DraftUpdate.number, DraftUpdate.entry, DraftUpdate.salt, DraftUpdate.content)).all()  # type: ignore[call-overload]
        entries = db.execute(select(Entry.number, Entry.kind, Entry.content).order_by(col(Entry.number))).all()  # type: ignore[call-overload]
        text, number, text_number, runs = db.execute(
            select(Motion.text, Motion.number, Motion.text_number, Motion.runs)  # type: ignore[call-overload]
        ).one()
    assert [row.number for row in kept] == list(range(1, len(kept) + 1)) and number == text_number == len(kept)
    assert text == FIRST_TEXT + "Bonjour.Et merci."
    assert json.loads(runs) == [
        [len(FIRST_TEXT), 0],
        [8, world.seats[0].actor.official_id],
        [9, world.seats[1].actor.official_id],
    ]
    by_number = {entry.number: decode_entry(entry.content) for entry in entries}
    assert sorted(by_number) == list(range(len(entries)))
    for row in kept:
        entry = by_number[row.entry]
        assert entry.kind == "crdt.update" and entry.body["n"] == row.number
        assert open_object(row.salt + row.content, entry.body["c"]) == row.content
    bound = [entry.body["cid"] for entry in by_number.values() if entry.kind == "client.bind"]
    assert sorted(bound) == [7, 11, 12]


def test_the_same_bytes_sent_again_are_acknowledged_and_change_nothing(sqlite_store: Store) -> None:
    """An editor that lost its answer sends its outbox again."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served:
            async with writing(served, world, world.seats[0], 11) as aline:
                update = aline.typist.type(0, "Encore ")
                await aline.until_acknowledged(await aline.submit(update))
                await aline.until_acknowledged(await aline.submit(update))
            async with writing(served, world, world.seats[0], 13) as back:
                await back.until_acknowledged(await back.submit(update))
                assert back.typist.text == "Encore " + FIRST_TEXT
            room = await served.rooms.open(world.motion_id)
            assert room.number == 2

    asyncio.run(story())


def test_the_secretariat_reads_and_cannot_write_a_character(sqlite_store: Store) -> None:
    """Refused with the reason `role`, for bytes that would be right from an official; and recorded."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.secretary, 15) as secretary:
            state = secretary.messages(wire.State)[0]
            assert (state.may_write, state.reason) == (False, "role") and state.sentence
            await secretary.type("non")
            await secretary.until(lambda: bool(secretary.messages(wire.Refusal)))
            refusal = secretary.messages(wire.Refusal)[0]
            assert (refusal.n, refusal.reason, refusal.kept) == (1, "role", False) and "élu·e·s" in refusal.sentence
            room = await served.rooms.open(world.motion_id)
            assert room.text == FIRST_TEXT

    asyncio.run(story())
    rejects = sqlite_store.read_now(lambda db: db.exec(select(Entry).where(Entry.kind == "crdt.reject")).all())
    assert [decode_entry(entry.content).by for entry in rejects] == [world.secretary.actor.mark]


def test_refusals_beyond_the_allowance_are_counted_only(sqlite_store: Store) -> None:
    """A program that sends rubbish does not fill the record."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            for _ in range(12):
                await aline.submit(b"\x01\x02")
            await aline.until(lambda: len(aline.messages(wire.Refusal)) == 12)
            assert {message.reason for message in aline.messages(wire.Refusal)} == {"malformed"}

    asyncio.run(story())
    rejects = sqlite_store.read_now(lambda db: db.exec(select(Entry).where(Entry.kind == "crdt.reject")).all())
    assert len(rejects) == 5


def test_freezing_mid_typing_keeps_what_comes_late(store: Store) -> None:
    """Everything acknowledged is in the frozen text; everything else is late text, kept once, and said so."""
    world = store.write_now(worlds.make)
    words = [f"mot{index} " for index in range(30)]

    async def story() -> tuple[set[str], set[str], Motion, str]:
        async with serving(store) as served, writing(served, world, world.seats[0], 11) as aline:
            is_frozen = asyncio.Event()

            async def type_on() -> None:
                for word in words:
                    if word == words[-5]:
                        await is_frozen.wait()  # however long the freeze takes here, some words come after it
                    await aline.type(word)
                    await asyncio.sleep(0.01)

            async def freeze() -> Motion:
                await asyncio.sleep(0.12)
                actor = world.secretary.actor
                done = await served.rooms.run_act(world.motion_id, motions.freeze, actor, world.motion_id, now=clock())
                is_frozen.set()
                return done

            _, frozen = await asyncio.gather(type_on(), freeze())
            late = aline.typist.type(0, "Trop tard ")
            await aline.submit(late)
            await aline.submit(late)
            await aline.until(lambda: len(aline.acknowledged) + len(aline.messages(wire.Refusal)) == len(words) + 2)
            refusals = aline.messages(wire.Refusal)
            assert {(r.reason, r.kept) for r in refusals} == {("frozen", True)}
            state = aline.messages(wire.State)[-1]
            assert (state.state, state.may_write, state.reason) == ("frozen", False, "frozen")
            await served.rooms.run_act(
                world.motion_id,
                motions.unfreeze,
                world.secretary.actor,
                world.motion_id,
                "Une phrase manque.",
                salt=bytes(32),
                now=clock(),
            )
            await aline.until(lambda: aline.messages(wire.State)[-1].may_write)
            merged = {words[n - 1] for n in aline.acknowledged}
            said_late = {words[r.n - 1] for r in refusals if r.n <= len(words)}
            return merged, said_late, frozen, (await served.rooms.open(world.motion_id)).text

    merged, said_late, frozen, text = asyncio.run(story())
    assert frozen.text == text == FIRST_TEXT + "".join(word for word in words if word in merged)
    assert frozen.digest == digest(text)
    assert merged and said_late and merged | said_late == set(words)
    late = store.read_now(lambda db: db.exec(select(LateText)).all())
    assert sorted(row.text for row in late) == sorted([*said_late, "Trop tard "])


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        ((1, 0), "La motion est adoptée."),
        ((0, 1), "La motion est rejetée."),
        (None, "La motion est retirée."),
    ],
)
def test_words_that_come_after_the_end_are_kept_and_their_author_reads_which_end(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, votes: tuple[int, int] | None, sentence: str
) -> None:
    """And once there is too much of it, that this passage is not kept."""
    world = sqlite_store.write_now(worlds.make)
    actor = world.secretary.actor

    async def story() -> list[wire.Refusal]:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            act = partial(served.rooms.run_act, world.motion_id)
            if votes is None:
                await act(motions.withdraw, actor, world.motion_id, "Une erreur.", salt=bytes(32), now=clock())
            else:
                frozen = await act(motions.freeze, actor, world.motion_id, now=clock())
                result = motions.ShowOfHands(*votes, 0, 0, "Colette Rambourg")
                end = motions.enter_result, actor, world.motion_id, result
                await act(*end, expected_digest=frozen.digest, now=clock())
            await aline.submit(aline.typist.type(0, "Trop tard "))
            await aline.until(lambda: len(aline.messages(wire.Refusal)) == 1)
            monkeypatch.setattr("motion.acts.drafting.MAX_LATE_TEXTS", 1)
            await aline.submit(aline.typist.type(0, "Encore "))
            await aline.until(lambda: len(aline.messages(wire.Refusal)) == 2)
            return aline.messages(wire.Refusal)

    kept, unkept = asyncio.run(story())
    assert (kept.reason, kept.kept) == ("frozen", True) and kept.sentence.startswith(sentence)
    assert "gardé à part" in kept.sentence
    assert (unkept.reason, unkept.kept) == ("frozen", False) and unkept.sentence.startswith(sentence)
    assert "copiez-le" in unkept.sentence
    rows = sqlite_store.read_now(lambda db: db.exec(select(LateText)).all())
    assert [row.text for row in rows] == ["Trop tard "]


def test_revoking_a_session_closes_its_sockets(sqlite_store: Store) -> None:
    """With 4401, and only its own."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with (
            serving(sqlite_store) as served,
            writing(served, world, world.seats[0], 11) as aline,
            writing(served, world, world.seats[1], 12) as yves,
        ):
            session_id = aline_id = world.seats[0].actor.session_id
            assert session_id is not None

            def revoke(db: Any) -> None:
                db.get_one(LoginSession, aline_id).revoked_at = clock()

            await sqlite_store.write(revoke)
            await served.rooms.revoke(session_id)
            async with asyncio.timeout(60):
                await aline.socket.wait_closed()
            assert aline.socket.close_code == 4401
            await yves.until_acknowledged(await yves.type("là"))

    asyncio.run(story())


def test_a_revoked_session_is_refused_by_the_transaction_itself(sqlite_store: Store) -> None:
    """Even if the room has not heard of it."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:

            def revoke(db: Any) -> None:
                db.get_one(LoginSession, world.seats[0].actor.session_id).revoked_at = clock()

            await sqlite_store.write(revoke)
            await aline.type("fantôme")
            async with asyncio.timeout(60):
                await aline.socket.wait_closed()
            assert aline.socket.close_code == 4401
            assert (await served.rooms.open(world.motion_id)).text == FIRST_TEXT

    asyncio.run(story())


def test_plain_mode_merges_with_what_others_wrote_meanwhile(sqlite_store: Store) -> None:
    """A form shows version 1; somebody types; the form's edit is applied as its author's own update."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            room = await served.rooms.open(world.motion_id)
            shown, at = room.text, room.number
            await aline.until_acknowledged(await aline.type("Avant. ", at=0))
            place = shown.index("publique")
            base = await served.rooms.state_at(world.motion_id, at)
            for word in ("commune", "à tous"):
                edits = [Edit(place, place + len("publique"), word)] if word == "commune" else [Edit(0, 0, "Fin ")]
                answer = await room.edit(world.seats[1].caller, edits, base)
                assert isinstance(answer, Taken)
            await aline.until(lambda: "commune" in aline.typist.text and "Fin" in aline.typist.text)
            assert room.text == aline.typist.text and "publique" not in room.text and "Avant. " in room.text
            refused = await room.edit(world.secretary.caller, [Edit(0, 0, "x")])
            assert isinstance(refused, NotTaken) and refused.reason == "role"

    asyncio.run(story())


def test_nobody_comes_in_without_a_session_of_this_congress(sqlite_store: Store) -> None:
    """The public has no socket; a page of another site has none; an unknown motion is not found."""
    world = sqlite_store.write_now(worlds.make)
    cookie = world.seats[0].cookie

    async def story() -> None:
        async with serving(sqlite_store) as served:

            async def status(headers: dict[str, str], url: str = served.url(world)) -> int:
                with pytest.raises(InvalidStatus) as refused:
                    async with connect(url, additional_headers=headers):
                        pass
                return refused.value.response.status_code

            assert await status({}) == 403
            assert await status({"Cookie": "motion=forged"}) == 403
            assert await status(cookie | {"Origin": "https://elsewhere.example"}) == 403
            assert await status(cookie | {"Origin": "null"}) == 403
            assert await status(cookie, served.url(world).replace("M1", "M9")) == 404
            async with connect(served.url(world), additional_headers=cookie | {"Origin": "http://127.0.0.1:8000"}):
                pass
            # An editor is told why.
            async with connect(served.url(world), subprotocols=["motion.v1"]) as link:  # type: ignore[list-item]
                with pytest.raises(ConnectionClosed):
                    await link.recv()
                assert link.close_code == 4401

    asyncio.run(story())


def test_a_malformed_message_ends_the_connection(sqlite_store: Store) -> None:
    """With 4400, and nobody else notices."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[1], 12) as yves:
            for frame in (b"", b"\x63", b"\x00\x07", "texte"):
                async with connect(served.url(world), additional_headers=world.seats[0].cookie) as link:
                    await link.send(frame)
                    async with asyncio.timeout(60):
                        await link.wait_closed()
                    assert link.close_code == 4400, frame
            await yves.until_acknowledged(await yves.type("là"))

    asyncio.run(story())


def test_a_reader_who_does_not_read_is_closed(sqlite_store: Store) -> None:
    """Its backlog is bounded; the others go on."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served, writing(served, world, world.seats[0], 11) as aline:
            async with writing(served, world, world.seats[1], 12) as sleeper:
                sleeper.socket.transport.pause_reading()
                room = await served.rooms.open(world.motion_id)
                connection = next(c for c in room.connections.values() if c.caller.name == world.seats[1].name)
                connection.backlog_bytes = 50_000
                # What the kernel holds is beyond the backlog: little of it, for a short test.
                outlet: Any = connection.outlet
                for transport, option in (
                    (outlet._protocol.transport, socket.SO_SNDBUF),
                    (sleeper.socket.transport, socket.SO_RCVBUF),
                ):
                    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, option, 8192)
                for _ in range(35):
                    await aline.until_acknowledged(await aline.type("mot " * 4_000))
                    if outlet._protocol.close_sent:
                        break
                assert outlet._protocol.close_sent and outlet._protocol.conn.close_sent.code == 1013
                sleeper.socket.transport.abort()

    asyncio.run(story())


def test_a_room_that_failed_is_made_again_from_the_database(sqlite_store: Store) -> None:
    """Sockets close with "try again later"; nothing acknowledged is missing afterwards."""
    world = sqlite_store.write_now(worlds.make)

    async def story() -> None:
        async with serving(sqlite_store) as served:
            async with writing(served, world, world.seats[0], 11) as aline:
                await aline.until_acknowledged(await aline.type("Gardé. "))
                room = await served.rooms.open(world.motion_id)
                room.draft._is_broken = True  # as pycrdt's panic would leave it
                update = aline.typist.type(0, "Ensuite. ")
                await aline.submit(update)
                async with asyncio.timeout(60):
                    await aline.socket.wait_closed()
                assert aline.socket.close_code == 1013
            async with writing(served, world, world.seats[0], 14) as back:
                await back.until_acknowledged(await back.submit(update))
                assert back.typist.text == "Ensuite. " + FIRST_TEXT + "Gardé. "

    asyncio.run(story())
