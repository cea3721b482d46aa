"""What the pages and the command line reach: the store, the rooms, the clock. `motion.service` builds it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from motion.live.rooms import Rooms
from motion.settings import Settings
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Service:
    """One process of Motion. `now` is the only clock: UTC, with its zone."""

    settings: Settings
    store: Store
    rooms: Rooms
    now: Callable[[], datetime]
