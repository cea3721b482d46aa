"""The demonstration after people have done things to it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from motion import service, settings
from motion.acts import roster
from motion.demonstration import play
from motion.demonstration.story import Step
from motion.live.callers import Caller
from motion.live.rooms import Rooms
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from storage import ledger, people
from storage.models import Motion
from storage.store import Store
from tests.worlds import HOST, NOW


def test_a_role_that_nobody_has_is_left_out_of_the_addresses(sqlite_store: Store, tmp_path: Path) -> None:
    """The second start says where the others sign in."""
    chosen = settings.read({"MOTION_DATA": str(tmp_path)})
    congress_id = sqlite_store.write_now(play._make, HOST, NOW)
    assert len(sqlite_store.read_now(play.addresses, chosen)) == 5
    secretariat = Actor(congress_id, Role.SECRETARIAT)

    def end_rapporteurs(db: Session) -> None:
        for official in people.in_force(db, congress_id):
            if official.is_rapporteur:
                roster.set_rapporteur(db, secretariat, official.id or 0, False, now=NOW)

    sqlite_store.write_now(end_rapporteurs)
    roles = [role for role, _address in sqlite_store.read_now(play.addresses, chosen)]
    assert roles == ["Secrétariat", "Élue", "Élu", "Public"]


def test_a_start_that_was_cut_off_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle of its story, the demonstration is whole after the next start; a third one leaves it."""
    chosen = settings.read({"MOTION_DATA": str(tmp_path)})
    genuine = play._play
    rounds: list[int] = []

    async def cut(rooms: Rooms, motion_id: int, story: Sequence[tuple[Step, ...]], callers: dict[int, Caller]) -> None:
        await genuine(rooms, motion_id, story[:2], callers)
        raise KeyError("killed")

    async def counted(
        rooms: Rooms, motion_id: int, story: Sequence[tuple[Step, ...]], callers: dict[int, Caller]
    ) -> None:
        rounds.append(motion_id)
        await genuine(rooms, motion_id, story[:2], callers)

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
    assert asyncio.run(start())[0] == ["drafting"]
    monkeypatch.setattr(play, "_play", counted)
    states, size = asyncio.run(start())
    assert states == ["drafting", "adopted"] and len(rounds) == 2
    assert asyncio.run(start()) == (states, size) and len(rounds) == 2
