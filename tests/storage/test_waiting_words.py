"""Recordings whose words wait, on each kind of database: the same list, cut at the same places."""

from pathlib import Path

from sqlalchemy import event
from sqlmodel import select

from motion.acts import contributions, transcripts
from motion.rules.captions import Cue
from motion.rules.heard import LANGUAGES
from storage import captions, jobs, waiting_words
from storage.blobs import from_url
from storage.models import Congress, Contribution, Job
from storage.store import Store
from storage.waiting_words import ALL, Waits
from tests import worlds
from tests.work.recordings import record
from tests.work.test_media import publish
from tests.worlds import NOW, World

CUES = (Cue(0, 900, "Le car ne passe plus."),)


def made(store: Store, folder: Path, count: int) -> tuple[World, list[Contribution]]:
    """A congress with published recordings."""
    world, blobs = worlds.make(store), from_url("", folder)
    found = [record(world, blobs, folder) for _number in range(count)]
    for contribution in found:
        publish(world, contribution)
    blobs.close()
    return world, found


def write(world: World, contribution: Contribution, how: str) -> None:
    """A machine, or a person, writes what is said."""

    def run(db) -> None:
        one = db.get_one(Contribution, contribution.id)
        given = (db, one, contributions.rows.files(db, one.id)[0], "fr", CUES)
        if how == "machine":
            transcripts.automatic(*given, salt=bytes(32), now=NOW)
        else:
            transcripts.keep(db, None, *given[1:], transcripts.NOTHING, now=NOW)

    world.store.write_now(run)


def listed(world: World, kind: str = ALL, after: tuple[int, int] = (0, 0), hears: bool = True):
    def run(db):
        congress = db.get_one(Congress, world.congress_id)
        return waiting_words.listed(db, congress, kind, after, hears=hears, now=NOW)

    return world.store.read_now(run)


class TestTheList:
    def test_each_recording_by_what_it_waits_for(self, store: Store, tmp_path: Path) -> None:
        """The same on both databases; the count at the desk is that of the list."""
        world, found = made(store, tmp_path, 4)
        write(world, found[0], "machine")
        write(world, found[1], "person")
        world.store.write_now(captions.queue, LANGUAGES, NOW)
        [first, _second] = world.store.read_now(lambda db: db.exec(select(Job.id).where(Job.kind == "captions")).all())
        world.store.write_now(captions.begin, first, "moi", LANGUAGES, NOW)
        world.store.write_now(jobs.progress, first, "moi", 40, NOW)
        page = listed(world)
        assert [[said.waits for said in line.said] or line.waits for line in page.lines] == [
            [Waits.AUTOMATIC],
            [Waits.KEPT],
            Waits.COMING,
            Waits.COMING,
        ]
        assert [line.hearing and line.hearing.percent for line in page.lines] == [None, None, 40, 0]
        assert page.counts == {
            ALL: 4,
            Waits.AUTOMATIC: 1,
            Waits.UNREAD: 0,
            Waits.KEPT: 1,
            Waits.NOTHING: 0,
            Waits.COMING: 2,
            Waits.FAILED: 0,
        }
        assert world.store.read_now(waiting_words.count, world.congress_id) == 4
        assert [line.waits for line in listed(world, hears=False).lines[2:]] == [Waits.COMING, Waits.NOTHING]

    def test_a_page_begins_after_a_place(self, store: Store, tmp_path: Path, monkeypatch) -> None:
        """Of the contribution and of its file."""
        world, _found = made(store, tmp_path, 3)
        monkeypatch.setattr(waiting_words, "PAGE", 2)
        first = listed(world)
        assert [line.contribution.number for line in first.lines] == [1, 2] and first.after == (2, 1)
        second = listed(world, after=first.after)
        assert [line.contribution.number for line in second.lines] == [3] and second.after is None
        assert [line.contribution.number for line in listed(world, after=(2, 0)).lines] == [2, 3]

    def test_a_page_asks_as_much_of_the_database_for_ten_as_for_two(self, sqlite_store: Store, tmp_path: Path) -> None:
        """No question is asked for each line."""
        asked: list[int] = []
        world, _found = made(sqlite_store, tmp_path, 2)
        blobs = from_url("", tmp_path)

        def count() -> int:
            asked.append(0)
            return len(listed(world).lines)

        def note(*_about: object) -> None:
            if asked:
                asked[-1] += 1

        event.listen(sqlite_store.engine, "before_cursor_execute", note)
        assert count() == 2
        before = asked.pop()
        for _number in range(8):
            publish(world, record(world, blobs, tmp_path))
        blobs.close()
        assert count() == 10 and asked[-1] == before
