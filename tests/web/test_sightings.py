"""When a session was last seen: true to some minutes, and of no weight."""

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from motion.acts import sessions
from motion.live import rooms
from motion.web import sightings
from storage.models import LoginSession
from tests.web.world import NOW, Hall, served

HOME = "/ormeline"
LATER = timedelta(minutes=6)


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(sightings, "GATHER_SECONDS", 0.05)
    with served(tmp_path) as hall:
        yield hall


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """What each write of the service noted."""
    noted: list[list[int]] = []
    touch = sessions.touch

    def counted(db, session_ids, *, now):
        noted.append(list(session_ids))
        touch(db, session_ids, now=now)

    monkeypatch.setattr(sessions, "touch", counted)
    return noted


def seen(hall: Hall) -> list[datetime]:
    """When Aline's, Mamadou's and Odile's sessions were seen."""
    return list(hall.service.store.read_now(lambda db: db.exec(select(LoginSession.seen_at).order_by(LoginSession.id))))


def wait(hall: Hall) -> None:
    assert hall.client.portal is not None
    hall.client.portal.call(asyncio.sleep, 0.2)


def test_many_pages_of_many_people_make_one_write(hall: Hall, writes: list[list[int]]) -> None:
    """Twenty pages, two people, one transaction; and none more for five minutes."""
    hall.at[0] += LATER
    for _turn in range(10):
        for who in (hall.aline, hall.odile):
            hall.client.get(HOME + "/motions", headers=who)
        if writes:
            break  # a slow machine wrote meanwhile
    wait(hall)
    assert sorted(set(sum(writes, []))) == [1, 3]
    assert seen(hall) == [NOW + LATER, NOW, NOW + LATER]
    count = len(writes)
    hall.at[0] += timedelta(minutes=4)
    hall.client.get(HOME + "/motions", headers=hall.aline)
    wait(hall)
    assert len(writes) == count and seen(hall)[0] == NOW + LATER


def test_the_door_of_the_room_counts_as_well(hall: Hall) -> None:
    """Whoever writes all the afternoon asks for no page."""
    hall.at[0] += LATER
    headers = hall.mamadou | {"origin": "http://testserver"}
    with hall.client.websocket_connect("/live/ormeline/M1", headers=headers):
        wait(hall)
        assert seen(hall)[1] == NOW + LATER


def test_the_public_writes_nothing(hall: Hall, writes: list[list[int]]) -> None:
    """Nor do those whose session was noted lately."""
    hall.client.get(HOME)
    hall.client.get(HOME, headers=hall.aline)
    wait(hall)
    assert writes == []


def test_a_page_does_not_wait_for_a_busy_database(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note waits; whoever reads does not, and a note that fails fails alone."""

    begun, go, over = threading.Event(), threading.Event(), threading.Event()

    def stuck(db, session_ids, *, now):
        begun.set()
        go.wait(60)
        over.set()
        raise OSError("disk full")

    monkeypatch.setattr(sessions, "touch", stuck)
    hall.at[0] += LATER
    hall.client.get(HOME, headers=hall.aline)
    assert begun.wait(30)
    assert hall.client.get(HOME + "/motions", headers=hall.aline).status_code == 200
    assert not over.is_set()
    go.set()
    assert over.wait(30)
    assert hall.client.get(HOME, headers=hall.aline).status_code == 200


def test_a_socket_that_stays_open_is_seen(hall: Hall, writes: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """An official who writes for hours opens no page; one write in some minutes, for all of them."""
    monkeypatch.setattr(rooms, "LOOK_EVERY_S", 0.05)
    assert hall.client.portal is not None
    hall.client.portal.call(hall.service.rooms._spawn, hall.service.rooms._look_around(), "again")
    with (
        hall.client.websocket_connect("/live/ormeline/M1", headers=hall.aline),
        hall.client.websocket_connect("/live/ormeline/M2", headers=hall.aline),
        hall.client.websocket_connect("/live/ormeline/M1", headers=hall.mamadou),
    ):
        wait(hall)
        assert writes == []
        hall.at[0] += LATER
        limit = time.monotonic() + 30
        while not writes and time.monotonic() < limit:
            wait(hall)
        wait(hall)
        assert writes == [[1, 2]]
        assert seen(hall) == [NOW + LATER, NOW + LATER, NOW]
