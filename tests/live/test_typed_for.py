"""Words that a rapporteur types for somebody: said before they are typed, and theirs for ever."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from sqlmodel import col, select

from motion.acts.congresses import NewCongress, create
from motion.live import wire
from motion.live.answers import NotTaken, Taken
from motion.live.draft import Author, Draft, Edit, Sender, Snapshot
from motion.live.refusals import Refused
from motion.live.replaying import catch_up
from motion.record.entry import decode_entry
from motion.rules.history import instant, unpack_changes, unpack_keyframe
from storage import history
from storage.models import ClientBinding, DraftUpdate, Entry, Motion, Official
from storage.store import Session, Store
from tests.live import world as worlds
from tests.live.editors import Editor, deleted, run, take, typed
from tests.live.test_fallback import ask, frames, of
from tests.live.world import FIRST_TEXT, Served, World, serving, writing

ALINE, YVES = 10, 20
own, for_yves = Author(1, ALINE), Author(1, ALINE, YVES)


def reason(decision: object) -> str:
    """Why an update is refused."""
    assert isinstance(decision, Refused), decision
    return decision.reason


class TestADraft:
    """The document knows for whom each character was typed."""

    def draft(self) -> Draft:
        """« Oui pour Yves. », the middle typed for Yves under an id of its own."""
        draft = Draft()
        take(draft, typed(run(1, 0, "Oui.")), own)
        take(draft, typed(run(2, 0, " pour Yves 🚌", (1, 2), (1, 3))), for_yves)
        return draft

    def test_says_who_typed_and_for_whom(self) -> None:
        """The author is who typed; beside it, for whom."""
        draft = self.draft()
        assert draft.text() == "Oui pour Yves 🚌."
        assert draft.runs() == [(16, ALINE)]
        assert draft.typed_for() == [(3, 0), (12, YVES), (1, 0)]
        take(draft, deleted((2, 0, 6)), own)
        assert draft.typed_for() == [(3, 0), (6, YVES), (1, 0)]

    def test_says_nothing_while_nobody_types_for_another(self) -> None:
        """Most motions have nothing of it."""
        draft = Draft()
        take(draft, typed(run(1, 0, "Oui.")), own)
        assert draft.typed_for() == []
        assert "typed_for" not in Snapshot.unpack(draft.snapshot().pack()).memory.decode("latin-1")

    def test_knows_it_after_a_snapshot(self) -> None:
        """Restored, it goes on: the ids are bound as before, and the runs follow."""
        draft = Draft.restore(Snapshot.unpack(self.draft().snapshot().pack()))
        assert draft.bindings == {1: own, 2: for_yves}
        take(draft, typed(run(1, 4, " Non.", (1, 3))), own)
        assert draft.typed_for() == [(3, 0), (12, YVES), (6, 0)]

    @pytest.mark.parametrize(
        ("update", "author"),
        [
            (typed(run(2, 13, "x", (2, 12))), own),
            (typed(run(1, 4, "x", (1, 3))), for_yves),
            (typed(run(2, 13, "x", (2, 12))), Author(1, ALINE, 30)),
            (typed(run(2, 13, "x", (2, 12)), run(3, 0, "y", (1, 3))), own),
        ],
        ids=["in one's own name", "one's own words", "for a third", "both in one"],
    )
    def test_keeps_the_two_apart(self, update: bytes, author: Author) -> None:
        """Attack: words are sent under an id of the same session that was said to be for somebody else."""
        assert reason(self.draft().check(update, Sender(author))) == "typed-for"

    def test_acknowledges_what_it_has(self) -> None:
        """A standard client that comes back sends all it has: nothing of it is new."""
        draft = self.draft()
        decision = draft.check(typed(run(2, 0, " pour Yves 🚌", (1, 2), (1, 3))), Sender(own))
        assert not isinstance(decision, Refused) and decision.is_duplicate

    def test_gives_a_form_an_id_for_each(self) -> None:
        """What a session sends by form for somebody stands under its own id, the same from one form to the next."""
        draft = Draft()
        clients = []
        for author in (own, for_yves, Author(1, ALINE, 30), for_yves, own):
            window = draft.window()
            update = window.compose(1, [Edit(0, 0, "Un mot. ")], None, author.typed_for)
            assert isinstance(update, bytes)
            decision = window.check(update, Sender(author))
            assert not isinstance(decision, Refused), decision
            draft.apply(draft.number + 1, decision.update, author, decision.parsed)
            clients += decision.clients
        assert len(set(clients)) == 3 and clients[1] == clients[3] and clients[0] == clients[4]
        assert draft.typed_for() == [(8, 0), (8, YVES), (8, 30), (8, YVES), (8, 0)]

    def test_gives_a_form_another_id_when_somebody_has_it(self) -> None:
        """The number is drawn: it may be taken."""
        empty = Draft().window().compose(1, [Edit(0, 0, "Oui")], None, YVES)
        assert isinstance(empty, bytes)
        draft = Draft()
        take(draft, empty, Author(2, 30))
        window = draft.window()
        update = window.compose(1, [Edit(0, 0, "Oui")], None, YVES)
        assert isinstance(update, bytes) and not isinstance(window.check(update, Sender(for_yves)), Refused)


def story(store: Store, tell: Callable[[Served, World, list[int]], Awaitable[None]]) -> World:
    """Let officials write, the first of them a rapporteur; `tell` is given everybody's number."""
    world = store.write_now(worlds.make)

    async def main() -> None:
        async with serving(store) as served:
            await tell(served, world, [seat.actor.official_id or 0 for seat in world.seats])

    asyncio.run(main())
    return world


def end_role(store: Store, official: int) -> None:
    """The secretariat takes the role back."""

    def end(db: Session) -> None:
        db.get_one(Official, official).is_rapporteur = False

    store.write_now(end)


class TestARoom:
    """Over sockets, over HTTP and by form; held to the roster at each window."""

    def test_records_for_whom_before_the_words(self, store: Store) -> None:
        """The entry of the client id says it, before that of the first word; the reading copy shows it."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            async with writing(served, world, world.seats[0], 11) as aline:
                await aline.type("Seule. ")
                hand = Editor(12)
                hand.hear(served_state(await served.rooms.open(world.motion_id)))
                await aline.until_acknowledged(aline.sent)
                for word in ("Pour ", "Yves."):
                    n = await aline.submit(hand.type(len(str(hand.text)), word), officials[1])
                    await aline.until_acknowledged(n)
                await aline.until_acknowledged(await aline.type("! "))

        world = story(store, tell)
        aline, yves = (seat.actor.official_id for seat in world.seats[:2])
        with store.engine.connect() as db:
            entries = [
                decode_entry(row) for row in db.execute(select(Entry.content).order_by(col(Entry.number))).scalars()
            ]
            updates = db.execute(
                select(DraftUpdate.official_id, DraftUpdate.for_id).order_by(col(DraftUpdate.number))
            ).all()  # type: ignore[call-overload]
            motion = db.execute(select(Motion.text, Motion.runs, Motion.typed_for)).one()  # type: ignore[call-overload]
            bound = dict(db.execute(select(ClientBinding.client, ClientBinding.for_id)).all())  # type: ignore[call-overload]
        told = [(entry.kind, entry.body["cid"], entry.body.get("for")) for entry in entries if "cid" in entry.body][2:]
        assert told == [
            ("client.bind", 11, None),
            ("crdt.update", 11, None),
            ("client.bind", 12, f"elu-{yves}"),
            ("crdt.update", 12, None),
            ("crdt.update", 12, None),
            ("crdt.update", 11, None),
        ]
        assert [tuple(row) for row in updates] == [
            (None, None),
            (aline, None),
            (aline, yves),
            (aline, yves),
            (aline, None),
        ]
        assert bound == {7: None, 11: None, 12: yves}
        where = motion.text.index("Pour Yves.")
        assert json.loads(motion.typed_for)[:2] == [[where, 0], [10, yves]]
        assert json.loads(motion.runs) == [[len(FIRST_TEXT), 0], [len(motion.text) - len(FIRST_TEXT), aline]]

    @pytest.mark.parametrize("whom", [0, 1, 2], ids=["for oneself", "for another", "for a rapporteur"])
    def test_refuses_who_is_no_rapporteur(self, sqlite_store: Store, whom: int) -> None:
        """Attack: an official says to type for somebody. Refused and recorded, whatever their page shows."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            async with writing(served, world, world.seats[1], 12) as yves:
                others = [officials[1], officials[2], officials[0]]
                await yves.submit(yves.typist.type(0, "Non "), others[whom])
                await yves.until(lambda: bool(yves.messages(wire.Refusal)))
                refusal = yves.messages(wire.Refusal)[0]
                assert refusal.reason == "not-rapporteur" and "rapporteure" in refusal.sentence
            assert (await served.rooms.open(world.motion_id)).text == FIRST_TEXT

        story(sqlite_store, tell)
        with sqlite_store.engine.connect() as db:
            kinds = db.execute(select(Entry.kind)).scalars().all()
        assert kinds.count("crdt.reject") == 1 and kinds.count("client.bind") == 1

    @pytest.mark.parametrize("whom", ["themselves", "nobody", "somebody who left", "somebody of another congress"])
    def test_refuses_a_rapporteur_who_types_for_no_member(self, store: Store, whom: str) -> None:
        """Attack: for themselves, for a number that is nobody’s, for who is not on the roster."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            other = {"themselves": officials[0], "nobody": 2**40}.get(whom, officials[1])

            def change(db: Session) -> None:
                if whom == "somebody who left":
                    db.get_one(Official, officials[1]).revoked_at = worlds.clock()
                elif whom == "somebody of another congress":
                    db.get_one(Official, officials[1]).congress_id = other_congress(db)

            store.write_now(change)
            async with writing(served, world, world.seats[0], 11) as aline:
                await aline.submit(aline.typist.type(0, "Non "), other)
                after = await aline.submit(aline.typist.type(4, "plus "))
                await aline.until(lambda: len(aline.messages(wire.Refusal)) == 2)
                assert {one.reason for one in aline.messages(wire.Refusal)} <= {"not-rapporteur", "gap", "typed-for"}
                assert after not in aline.acknowledged
            assert (await served.rooms.open(world.motion_id)).text == FIRST_TEXT

        story(store, tell)

    def test_refuses_who_is_a_rapporteur_no_more(self, sqlite_store: Store) -> None:
        """The line was open before the role ended; what was typed before stays, and other people's words go in."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            async with (
                writing(served, world, world.seats[0], 11) as aline,
                writing(served, world, world.seats[1], 12) as yves,
            ):
                n = await aline.submit(aline.typist.type(0, "Avant. "), officials[1])
                await aline.until_acknowledged(n)
                end_role(sqlite_store, officials[0])
                await aline.submit(aline.typist.type(7, "Après. "), officials[1])
                await yves.until_acknowledged(await yves.type("Ensuite.\n"))
                await aline.until(lambda: bool(aline.messages(wire.Refusal)))
                assert aline.messages(wire.Refusal)[0].reason == "not-rapporteur"
            assert (await served.rooms.open(world.motion_id)).text == f"Avant. {FIRST_TEXT}Ensuite.\n"

        story(sqlite_store, tell)
        with sqlite_store.engine.connect() as db:
            kinds = db.execute(select(Entry.kind)).scalars().all()
        assert kinds.count("crdt.reject") == 1

    def test_decides_again_on_what_follows_refused_words(self, sqlite_store: Store) -> None:
        """In one window, what stands on them is refused and what does not is kept."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            end_role(sqlite_store, officials[0])
            room = await served.rooms.open(world.motion_id)
            aline, yves = (seat.caller for seat in world.seats[:2])
            answers = await asyncio.gather(
                room.submit(aline, typed(run(11, 0, "Un")), typed_for=officials[1]),
                room.submit(aline, typed(run(13, 0, "deux", (11, 1)))),
                room.submit(yves, typed(run(12, 0, "Trois"))),
            )
            assert [type(answer) for answer in answers] == [NotTaken, NotTaken, Taken]
            assert [answer.reason for answer in answers if isinstance(answer, NotTaken)] == [
                "not-rapporteur",
                "unknown-origin",
            ]
            assert "Trois" in room.text and "deux" not in room.text

        story(sqlite_store, tell)

    def test_takes_it_over_http_and_by_form(self, sqlite_store: Store) -> None:
        """The same rule, whatever the way."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            update = typed(run(11, 0, "Par HTTP. "))
            for seat, kind in ((world.seats[1], wire.Refusal), (world.seats[0], wire.Ack)):
                body = frames(wire.SubmitFor(1, officials[2], update))
                _status, said = await ask(served, world.path, seat, body)
                assert len(of(kind, said)) == 1, said
            room = await served.rooms.open(world.motion_id)
            for seat, kind in ((world.seats[1], NotTaken), (world.seats[0], Taken)):
                answer = await room.edit(seat.caller, [Edit(0, 0, "Par formulaire. ")], typed_for=officials[2])
                assert isinstance(answer, kind), answer
            for_solene = sum(length for length, whom in room.draft.typed_for() if whom == officials[2])
            assert for_solene == len("Par formulaire. Par HTTP. ")

        world = story(sqlite_store, tell)
        with sqlite_store.engine.connect() as db:
            whom = db.execute(select(DraftUpdate.for_id)).scalars().all()
        assert whom == [None, world.seats[2].actor.official_id, world.seats[2].actor.official_id]

    def test_keeps_no_beneficiary_of_what_only_deletes(self, sqlite_store: Store) -> None:
        """A deletion has no words: it is its author's alone."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            room = await served.rooms.open(world.motion_id)
            answer = await room.submit(world.seats[0].caller, deleted((7, 0, 1)), typed_for=officials[1])
            assert isinstance(answer, Taken)

        story(sqlite_store, tell)
        with sqlite_store.engine.connect() as db:
            assert db.execute(select(DraftUpdate.for_id)).scalars().all() == [None, None]

    def test_is_told_of_every_instant(self, sqlite_store: Store) -> None:
        """The history says for whom, as the draft does."""

        async def tell(served: Served, world: World, officials: list[int]) -> None:
            room = await served.rooms.open(world.motion_id)
            caller = world.seats[0].caller
            await room.submit(caller, typed(run(11, 0, "Seule. ")))
            await room.submit(caller, typed(run(12, 0, "Pour Yves. ", (11, 6))), typed_for=officials[1])
            await room.submit(caller, deleted((11, 0, 7)))
            await asyncio.to_thread(catch_up, sqlite_store, world.motion_id)
            chunk = sqlite_store.read_now(history.chunk, world.motion_id, 0)
            assert chunk is not None
            changes = unpack_changes(chunk.changes)
            draft = room.draft
            there = instant(unpack_keyframe(chunk.keyframe), changes, room.text_entry)
            assert (there.text, list(there.runs)) == (room.text, draft.runs())
            assert list(there.typed_for) == draft.typed_for()
            assert instant(unpack_keyframe(chunk.keyframe), changes, changes[0].entry).typed_for == ()

        story(sqlite_store, tell)


def served_state(room: object) -> bytes:
    """The whole document of a room."""
    state: bytes = room.draft.full_state()  # type: ignore[attr-defined]
    return state


def other_congress(db: Session) -> int:
    """A second congress, for somebody who is of another one."""
    form = NewCongress("Autre", "autre", "Valbrune", date(2031, 11, 14), date(2031, 11, 16))
    row = create(db, None, form, host="127.0.0.1", now=worlds.clock())
    assert row.id is not None
    return row.id
