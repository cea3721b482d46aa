"""Somebody who writes in a motion without a room: real Yjs updates, kept as a window keeps them."""

from dataclasses import dataclass, field

from motion.acts import drafting
from motion.acts.drafting import Kept, MotionWindow, Writing
from motion.live import updates
from motion.live.typist import Typist
from motion.rules.permissions import Actor
from storage import drafts
from tests.worlds import NOW, World


@dataclass
class Hand:
    """One official at work. `entries` are the numbers, in the record, of what they wrote."""

    world: World
    actor: Actor
    client: int
    entries: list[int] = field(default_factory=list)
    _heard: int = 0
    _is_bound: bool = False

    def __post_init__(self) -> None:
        self.typist = Typist(self.client)

    def hear(self) -> str:
        """Take in what everyone wrote; the text as it stands."""
        for row in self.world.store.read_now(drafts.updates_after, self.world.motion_id, self._heard):
            self.typist.learn(row.content)
            self._heard = row.number
        return self.typist.text

    def type(self, words: str, *, after: str = "") -> int:
        """Type words after others, or at the end; the number of the entry."""
        text = self.hear()
        at = text.index(after) + len(after) if after else len(text)
        return self._keep(self.typist.type(at, words))

    def type_slowly(self, words: str) -> list[int]:
        """Type letter by letter at the end; the numbers of the entries."""
        return [self.type(letter) for letter in words]

    def erase(self, words: str) -> int:
        """Delete words; the number of the entry."""
        return self._keep(self.typist.erase(self.hear().index(words), len(words)))

    def _keep(self, update: bytes) -> int:
        parsed = updates.parse(update)
        assert isinstance(parsed, updates.Update)
        clients = (self.client,) if parsed.structs else ()
        new = clients if not self._is_bound else ()
        writing = Writing(self.actor, update, len(self.entries).to_bytes(4, "big") * 8, clients, new)
        store, world = self.world.store, self.world
        number = store.read_now(drafts.heads, [world.motion_id])[world.motion_id].number
        window = MotionWindow(world.motion_id, number, [writing])
        kept = store.write_now(drafting.keep_window, world.congress_id, [window], now=NOW)[0].outcomes[0]
        assert isinstance(kept, Kept)
        self._is_bound = self._is_bound or bool(new)
        self.entries.append(kept.entry)
        return kept.entry
