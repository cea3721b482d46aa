"""What the pages and the command line reach: the store, the rooms, the clock. `motion.service` builds it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from motion.live.rooms import Rooms
from motion.settings import SettingRefused, Settings
from storage import blobs
from storage.blobs import Blobs
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Service:
    """One process of Motion. `now` is the only clock: UTC, with its zone.

    `blobs` are the files that the settings name: nothing is opened or asked before their first use. `hears`: whether a
    machine makes a first text of recordings, in this process or in another with the same settings.
    """

    settings: Settings
    store: Store
    rooms: Rooms
    now: Callable[[], datetime]
    hears: bool = False
    blobs: Blobs = field(init=False)

    def __post_init__(self) -> None:
        try:
            opened = blobs.from_url(self.settings.blobs_url, self.settings.data_dir)
        except blobs.BadAddress as error:
            raise SettingRefused("BLOBS_URL", "…", "store") from error  # its value holds a secret
        object.__setattr__(self, "blobs", opened)
