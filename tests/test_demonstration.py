"""The demonstration after people have done things to it."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from motion import service, settings
from motion.acts import roster
from motion.demonstration import play, story
from motion.demonstration.play import Clock
from motion.demonstration.story import Step
from motion.live.callers import Caller
from motion.live.replaying import Histories
from motion.live.rooms import Rooms
from motion.record.entry import decode_entry
from motion.rules.permissions import Actor
from motion.rules.register import TYPED
from motion.rules.steps import SLOT_MS, StepKind, Telling
from motion.rules.vocabulary import Role
from storage import history, ledger, people
from storage.models import Entry, Motion
from storage.replays import moment_of
from storage.store import Store
from tests.worlds import HOST, NOW


def test_a_role_that_nobody_has_is_left_out_of_the_addresses(sqlite_store: Store, tmp_path: Path) -> None:
    """The second start says where the others sign in."""
    chosen = settings.read({"MOTION_DATA": str(tmp_path)})
    congress_id = sqlite_store.write_now(play._make, HOST, NOW)
    assert len(sqlite_store.read_now(play.addresses, chosen)) == 6
    secretariat = Actor(congress_id, Role.SECRETARIAT)

    def end_rapporteurs(db: Session) -> None:
        for official in people.in_force(db, congress_id):
            if official.is_rapporteur:
                roster.set_rapporteur(db, secretariat, official.id or 0, False, now=NOW)

    sqlite_store.write_now(end_rapporteurs)
    roles = [role for role, _address in sqlite_store.read_now(play.addresses, chosen)]
    assert roles == ["Secrétariat", "Relecteur", "Élue", "Élu", "Public"]


def test_a_start_that_was_cut_off_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle of its story, the demonstration is whole after the next start; a third one leaves it."""
    chosen = settings.read({"MOTION_DATA": str(tmp_path)})
    genuine = play._play
    rounds: list[int] = []

    async def cut(
        rooms: Rooms, clock: Clock, motion_id: int, steps: Sequence[Step], callers: dict[int, Caller]
    ) -> None:
        if len(rounds) == 4:
            raise KeyError("killed")
        await counted(rooms, clock, motion_id, steps, callers)

    async def counted(
        rooms: Rooms, clock: Clock, motion_id: int, steps: Sequence[Step], callers: dict[int, Caller]
    ) -> None:
        rounds.append(motion_id)
        await genuine(rooms, clock, motion_id, steps, callers)

    def looked(db: Session) -> tuple[list[str], int]:
        motions = db.exec(select(Motion).order_by(col(Motion.id))).all()
        return [motion.state for motion in motions], ledger.size(db, motions[0].congress_id)

    async def start() -> tuple[list[str], int]:
        async with service.running(chosen) as started:
            try:
                await play.load(started.service)
            except KeyError:
                pass
            return await started.service.store.read(looked)

    monkeypatch.setattr(play, "_play", cut)
    assert asyncio.run(start())[0] == ["drafting", "drafting"]
    rounds.clear()
    monkeypatch.setattr(play, "_play", counted)
    states, size = asyncio.run(start())
    told = sum(isinstance(scene, story.Round) for scene in story.SCENES)
    assert states == ["drafting", "adopted"] and len(rounds) == told
    assert asyncio.run(start()) == (states, size) and len(rounds) == told


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The demonstration as it is when it starts at `NOW`, its record signed and compared."""
    chosen = settings.read({"MOTION_DATA": str(tmp_path_factory.mktemp("demonstration"))})

    async def load() -> None:
        async with service.running(chosen, clock=lambda: NOW) as started:
            await play.load(started.service)
            started.checkpoints.sign_due(NOW)
            started.checkpoints.verify()
            await Histories(started.service.store).reach_all()

    asyncio.run(load())
    store = Store(chosen.database_url)
    yield store
    store.close()


class TestHistory:
    """Three days of writing, so that a replay has something to show."""

    def test_entries_are_in_the_order_of_their_moments(self, loaded: Store) -> None:
        """Up to the start, and not beyond; what the entries say is what the rows say."""
        rows = loaded.read_now(lambda db: db.exec(select(Entry).order_by(col(Entry.number))).all())
        moments = [row.at for row in rows]
        assert moments == sorted(moments) and moments[-1] <= NOW
        assert [decode_entry(row.content).at for row in rows] == moments
        days = {at.astimezone(play.ZONE).date() for row, at in zip(rows, moments, strict=True) if row.kind == TYPED}
        assert len(days) == 3

    def test_it_has_pauses_deletions_and_an_article_that_is_fought_over(self, loaded: Store) -> None:
        """By several people, at different hours of each day."""
        telling = Telling.unpack(loaded.read_now(history.head, 1).told)
        steps = telling.stretches()
        writing = [step for step in steps if step.kind is StepKind.WRITING]
        assert sum(step.kind is StepKind.PAUSE for step in steps) >= 10
        assert len({step.official for step in writing}) >= 8
        assert any(step.removed and not step.added for step in writing)
        contested = Counter(step.label for step in writing if step.removed and step.added)
        assert contested["Article 2"] >= 5
        assert len({moment_of(slot * SLOT_MS).hour for slot, _part in telling.cells()}) >= 6

    def test_the_text_is_whole(self, loaded: Store) -> None:
        """The last word of the fight, and nothing of what was taken back."""
        text = loaded.read_now(lambda db: db.get_one(Motion, 1)).text
        assert "partagé selon le nombre d’habitants et non selon les recettes de chaque commune." in text
        assert "marchandise" not in text and "privée" not in text and "moitié" not in text
        assert text.count("chaque trimestre") == 1 and "salarié·e ou élu·e" in text


@pytest.mark.parametrize("day", [date(2031, 3, 30), date(2031, 10, 26), date(2031, 11, 15), date(2032, 3, 1)])
def test_whatever_the_hour_the_story_is_in_order_and_past(day: date) -> None:
    """Just after midnight, and where clocks change."""
    for quarter in range(96):
        now = datetime.combine(day, time(), play.ZONE).astimezone(UTC) + quarter * timedelta(minutes=15)
        moments = [play.moment(when, now) for when in (story.PREPARED, story.DRAFTED)]
        moments += [play.moment(scene.when, now) for scene in story.SCENES]
        assert all(before < after for before, after in pairwise(moments)) and moments[-1] < now
