"""The history of a text, computed from its kept updates: the truth at every instant, whoever computed it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from motion.acts import motions
from motion.live import replaying
from motion.live.draft import Author, Draft
from motion.live.kept import load
from motion.live.masking import masked_copy
from motion.live.replaying import Histories, Replayer, Standing, catch_up, go_on
from motion.live.splices import Layout, Splice
from motion.live.updates import MASK, Update, masked
from motion.rules.history import CHUNK_UPDATES, Pieces, instant, unpack_changes, unpack_keyframe
from motion.rules.places import Places
from motion.rules.steps import Telling
from motion.rules.text import parse
from storage import drafts, history
from storage.models import DraftUpdate
from storage.store import Store
from tests.live import pasts
from tests.live.editors import run, typed
from tests.worlds import NOW, World, make


@pytest.fixture
def world(sqlite_store: Store) -> World:
    """A motion without a word."""
    return make(sqlite_store, text="")


def officials(world: World) -> list[int]:
    assert world.aline.official_id and world.yves.official_id
    return [world.aline.official_id, world.yves.official_id]


def chunks(world: World) -> list[history.ChunkRow]:
    """All chunks, as kept."""
    lines = world.store.read_now(history.chunk_lines, world.motion_id)
    found = [world.store.read_now(history.chunk, world.motion_id, line.chunk) for line in lines]
    return [chunk for chunk in found if chunk is not None]


def bytes_of(world: World) -> list[tuple]:
    """Everything that is kept of a history, but how often it was forgotten."""
    head = world.store.read_now(history.head, world.motion_id)
    return [head.number, head.entry, head.changes, head.at, head.summary, head.told, *map(tuple, chunks(world))]


def check(world: World, past: list[pasts.Past], entries: list[int], every: int = 1) -> None:
    """Every instant by keyframe and splices is the text, and are the authors, of a replay from the first update."""
    rows = world.store.read_now(drafts.updates_after, world.motion_id, 0)
    draft = Draft()
    wanted = {}
    for row in rows:
        draft.apply(row.number, row.content, Author(0, row.official_id or 0))
        wanted[row.entry] = draft.text(), draft.runs() if row.number % every == 0 else None
    found = 0
    for chunk in chunks(world):
        keyframe, changes = unpack_keyframe(chunk.keyframe), unpack_changes(chunk.changes)
        assert len(changes) == chunk.changes_count
        if chunk.base_entry >= 0:
            assert keyframe.text == wanted[chunk.base_entry][0]
        pieces = Pieces(keyframe.text)
        last = chunk.base_entry
        for index, change in enumerate(changes):
            pieces.splice(change.position, change.deleted, change.inserted)
            if index + 1 < len(changes) and changes[index + 1].entry == change.entry:
                continue
            text, runs = wanted[change.entry]
            assert pieces.text() == text
            if runs is not None:
                there = instant(keyframe, changes, change.entry)
                assert (there.text, there.runs) == (text, tuple(map(tuple, runs)))
            for silent in [entry for entry in entries if last < entry < change.entry]:
                assert wanted[silent][0] == wanted[last][0] if last in wanted else True
            last = change.entry
            found += 1
    assert found > len(past) // 2
    assert [text for _entry, (text, _runs) in wanted.items()][-len(past) :] == [one.text for one in past]


def test_every_instant_of_a_real_text_is_what_a_replay_gives(world: World) -> None:
    """Two people, 5,000 recorded changes, many of them concurrent; authors at every seventh."""
    past = list(pasts.real(officials(world), 5_000))
    kept = world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    assert catch_up(world.store, world.motion_id)
    assert len(chunks(world)) == -(-5_000 // CHUNK_UPDATES)
    check(world, past, [], every=7)
    head = world.store.read_now(history.head, world.motion_id)
    assert (head.number, head.entry) == (5_000, kept[-1][0])


@pytest.mark.parametrize("seed", range(4))
def test_every_instant_of_made_up_typing_is_what_a_replay_gives(world: World, seed: int) -> None:
    """Pastes, headings, emoji, deletions by others, news that come late."""
    past = list(pasts.made_up(seed, officials(world), 1_200))
    world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    assert catch_up(world.store, world.motion_id)
    check(world, past, [])


@pytest.mark.parametrize("stands", [True, False])
def test_computed_by_and_by_or_at_once_it_is_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, stands: bool
) -> None:
    """In steps of any size, in one go or over restarts, and again from nothing."""
    monkeypatch.setattr(replaying, "BATCH", 70)
    monkeypatch.setattr(replaying, "CHUNKS_AT_ONCE", 2)
    past = list(pasts.made_up(9, officials(world), 2_000))
    done = 0
    standing: Standing | None = None
    for count in (1, 2, 397, 1, 50, 900, 649):
        world.store.write_now(pasts.keep, world.motion_id, past[done : done + count], NOW + timedelta(seconds=done))
        done += count
        while world.motion_id in world.store.read_now(history.behind):
            standing = go_on(world.store, world.motion_id, 333, standing if stands else None)
            assert standing is not None
    grown = bytes_of(world)
    world.store.write_now(history.forget, world.motion_id)
    assert not chunks(world)
    assert catch_up(world.store, world.motion_id)
    assert bytes_of(world) == grown
    check(world, past, [])


def test_a_state_that_gives_another_text_is_not_believed(world: World) -> None:
    """The kept updates are replayed from the first."""
    past = list(pasts.made_up(3, officials(world), 900))
    world.store.write_now(pasts.keep, world.motion_id, past[:800], NOW)
    assert catch_up(world.store, world.motion_id)

    def spoil(db: Session) -> None:
        head = history.head(db, world.motion_id)
        head.state = past[0].content
        db.add(head)

    world.store.write_now(spoil)
    world.store.write_now(pasts.keep, world.motion_id, past[800:], NOW)
    assert catch_up(world.store, world.motion_id)
    check(world, past, [])


@pytest.mark.parametrize("failure", ["elsewhere", "lost"])
def test_what_is_laid_out_otherwise_than_by_pycrdt_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: str
) -> None:
    """It is asked instead, and the history is the same."""
    past = list(pasts.made_up(5, officials(world), 900))
    world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    genuine = Layout.take
    taken = []

    def take(layout: Layout, update: Update) -> list[Splice]:
        taken.append(update)
        splices = genuine(layout, update)
        if len(taken) < 600:
            return splices
        if failure == "lost":
            raise KeyError(update)
        return [splice._replace(position=0, deleted=0, inserted="x") for splice in splices]

    monkeypatch.setattr(Layout, "take", take)
    assert catch_up(world.store, world.motion_id)
    assert "laid out otherwise" in caplog.text
    check(world, past, [], every=7)


def test_who_goes_on_lays_nothing_out_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is new is read; it begins anew where another process went on, or words were taken out."""
    past = list(pasts.made_up(7, officials(world), 900))
    world.store.write_now(pasts.keep, world.motion_id, past[:700], NOW)
    standing = go_on(world.store, world.motion_id)
    assert standing is not None and standing.number == 700
    made: list[Replayer] = []
    genuine = Replayer.__init__

    def counted(self: Replayer, *args: Any, **more: Any) -> None:
        made.append(self)
        genuine(self, *args, **more)

    monkeypatch.setattr(Replayer, "__init__", counted)
    world.store.write_now(pasts.keep, world.motion_id, past[700:800], NOW)
    standing = go_on(world.store, world.motion_id, None, standing)
    assert standing is not None and standing.number == 800 and not made
    world.store.write_now(pasts.keep, world.motion_id, past[800:850], NOW)
    assert catch_up(world.store, world.motion_id)  # another process
    world.store.write_now(pasts.keep, world.motion_id, past[850:], NOW)
    standing = go_on(world.store, world.motion_id, None, standing)
    assert standing is not None and standing.number == 900 and len(made) == 2
    world.store.write_now(history.forget, world.motion_id)
    standing = go_on(world.store, world.motion_id, None, standing)
    assert standing is not None and standing.number == 900 and len(made) == 3
    check(world, past, [])


def test_what_was_forgotten_meanwhile_is_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redaction that comes while the old words are replayed wins: none of them is written."""
    past = list(pasts.made_up(5, officials(world), 300))
    world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    genuine = replaying.drafts.updates_after

    def slow(db: Session, *args: int, **more: int) -> list[drafts.UpdateRow]:
        rows = genuine(db, *args, **more)
        if rows:
            world.store.write_now(history.forget, world.motion_id)
        return rows

    monkeypatch.setattr(replaying.drafts, "updates_after", slow)
    assert not catch_up(world.store, world.motion_id)
    assert not chunks(world)
    monkeypatch.undo()
    assert catch_up(world.store, world.motion_id)
    check(world, past, [])


def test_words_masked_by_a_redaction_are_masked_in_the_past(world: World) -> None:
    """No instant holds them once the history is computed again."""
    past = list(pasts.made_up(6, officials(world), 500))
    kept = world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    catch_up(world.store, world.motion_id)

    def redact(db: Session) -> None:
        for row in db.exec(select(DraftUpdate).where(col(DraftUpdate.number) <= 200)):
            row.content = masked(row.content)
            db.add(row)
        history.forget(db, world.motion_id)

    version = world.store.read_now(history.head, world.motion_id).version
    world.store.write_now(redact)
    assert catch_up(world.store, world.motion_id)
    assert world.store.read_now(history.head, world.motion_id).version == version + 1
    last = kept[199][0]
    early = [one for chunk in chunks(world) for one in unpack_changes(chunk.changes) if one.entry <= last]
    assert set("".join(change.inserted for change in early)) == {MASK}
    assert len(early) > 150


def test_a_mask_is_known_by_the_update_that_brought_it(world: World) -> None:
    """In the room, after its snapshot, in the copy that pages read and at every instant: not by its sign."""
    author = officials(world)[0]
    updates = [typed(run(1, 0, "Un élu ")), typed(run(1, 7, "véreux", (1, 6))), typed(run(1, 13, " ▒.", (1, 12)))]
    past = [pasts.Past(update, author, "") for update in updates]
    kept = world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    copy = world.store.read_now(masked_copy, world.motion_id, frozenset({2}))
    assert copy is not None and (copy.text, copy.masked) == ("Un élu ▒▒▒▒▒▒ ▒.", "[[7,0],[6,1],[3,0]]")

    def redact(db: Session) -> None:
        row = db.get_one(DraftUpdate, (world.motion_id, 2))
        row.content, row.salt, row.redaction = masked(row.content), None, 9
        db.add(row)

    world.store.write_now(redact)
    draft, _last, _number = asyncio.run(load(world.store, world.motion_id))
    for one in (draft, Draft.restore(draft.snapshot())):
        assert one.masked() == [(7, 0), (6, 1), (3, 0)]
    assert catch_up(world.store, world.motion_id)
    (chunk,) = chunks(world)
    changes = unpack_changes(chunk.changes)
    seen = [instant(unpack_keyframe(chunk.keyframe), changes, entry).masks for entry, _at in kept]
    assert seen == [[], [(7, None), (6, 1)], [(7, None), (6, 1), (3, None)]]


def test_a_reader_waits_for_so_many_updates_and_no_more(world: World) -> None:
    """The rest is the background's."""
    past = list(pasts.made_up(7, officials(world), 600))
    world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    histories = Histories(world.store)

    async def read() -> None:
        await histories.reach(world.motion_id, 150)
        assert world.store.read_now(history.head, world.motion_id).number == 150
        await histories.reach_all()

    asyncio.run(read())
    assert world.store.read_now(history.behind) == []
    check(world, past, [])


def test_the_background_leaves_writers_alone_for_a_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Little that is new waits a minute after what is told; much does not, nor what was never told."""
    monkeypatch.setattr(replaying, "PAGE_UPDATES", 100)
    past = list(pasts.made_up(8, officials(world), 200))
    histories = Histories(world.store)
    seconds = timedelta(seconds=1)

    def told(since: int, until: int, at: int) -> int:
        """Keep some updates; how far the background then comes, so many seconds later."""
        world.store.write_now(pasts.keep, world.motion_id, past[since:until], NOW)
        asyncio.run(histories.reach_late(NOW + at * seconds))
        return world.store.read_now(history.head, world.motion_id).number

    assert told(0, 1, 1) == 1
    assert told(1, 60, 59) == 1
    assert told(60, 60, 61) == 60
    assert told(60, 159, 59) == 60
    assert told(159, 160, 59) == 160
    assert world.store.read_now(history.behind) == []
    check(world, past[:160], [])


@pytest.mark.parametrize("seed", range(3))
def test_parts_followed_change_by_change_are_those_of_the_text_read_whole(world: World, seed: int) -> None:
    """Headings come, go and are edited; at each hundredth change the parts are those that a reading finds."""
    past = list(pasts.made_up(seed + 20, officials(world), 1_000))
    world.store.write_now(pasts.keep, world.motion_id, past, NOW)
    catch_up(world.store, world.motion_id)
    for chunk in chunks(world):
        places = Places(Pieces(unpack_keyframe(chunk.keyframe).text))
        telling = Telling()
        for index, change in enumerate(unpack_changes(chunk.changes)):
            telling.take(change, places.take(change))
            if index % 100 == 0:
                read = parse(places.text.text())
                named = [(place.anchor, place.title) for place in places.named() if place.part]
                assert named == [(section.anchor, section.title) for section in read.sections if section.heading]


def test_a_motion_that_cannot_be_replayed_holds_up_no_other(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Its failure is said; the one after it is told."""
    salts = [bytes(32) for _ in motions.pieces("")]
    other = world.store.write_now(
        lambda db: motions.create(
            db, world.secretariat, world.congress_id, "Le second", "blank", "", client=77, salts=salts, now=NOW
        )
    )
    past = list(pasts.made_up(9, officials(world), 20))
    world.store.write_now(pasts.keep, world.motion_id, past[:10], NOW)
    world.store.write_now(pasts.keep, other.id, past, NOW)

    def spoil(db: Session) -> None:
        row = db.get_one(DraftUpdate, (world.motion_id, 5))
        row.content = b"no update"
        db.add(row)

    world.store.write_now(spoil)
    assert world.store.read_now(history.behind) == [world.motion_id, other.id]
    asyncio.run(Histories(world.store).reach_all())
    assert world.store.read_now(history.behind) == [world.motion_id]
    assert "couldn't bring the history" in caplog.text
