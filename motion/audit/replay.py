"""One motion written again from its updates: the text, who wrote what, and whether each update keeps the rules.

The rules are those of `motion/live/README.md`, "What is refused", as far as a text depends on them. They are told
here a second time on purpose: what checks is not what let in. What is accepted gives the same text in every Yjs.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from pycrdt import Doc, Text, TextEvent, merge_updates

from motion.live.authorship import Authorship
from motion.live.knowledge import RangeSet
from motion.live.refusals import Refused
from motion.live.updates import (
    ANY_SIZE,
    ROOT,
    SERVER_CLIENTS,
    Id,
    Struct,
    Update,
    low_surrogates,
    masked,
    parse,
    server_client,
    skeleton_of,
)
from motion.record.contents import Content
from motion.record.flaws import Flaw

_WITHDRAWN = 1  # the lowest bit of a run's author: its words were withdrawn and are masked
MAX_BATCH = 500  # updates applied at once
HEAP = 64  # updates merged at once; of merged ones as many again, so that none is merged more than a few times


class ReplayBroken(Exception):
    """Yjs failed on updates that keep the rules: what they give cannot be said."""


class Writer(NamedTuple):
    """Whose words they are, and for whom a rapporteur typed them; empty when for nobody else."""

    official: str
    typed_for: str


class Rules:
    """What one document knows, and what an update must keep to."""

    def __init__(self) -> None:
        self._clocks: dict[int, int] = {}
        self._lows: dict[int, set[int]] = {}
        self._deleted: dict[int, RangeSet] = {}
        self._owners: dict[int, Writer] = {}

    def bind(self, client: int, official: str, typed_for: str = "") -> None:
        """A client id belongs to an author, who may type for another."""
        self._owners[client] = Writer(official, typed_for)

    def writer(self, client: int, by: str) -> Writer:
        """Who writes under a client id, and for whom; without one, `by` deletes."""
        return self._owners.get(client, Writer(by, ""))

    def take(self, update: Update, by: str, session: str, client: int) -> Flaw | None:
        """Take the next update, unless it breaks a rule; `client` is the one that its entry names."""
        if not self._brings_news(update):
            return Flaw.REPEATED
        clients = {struct.client for struct in update.structs}
        if (client in clients) != bool(clients) or (client and not clients):
            return Flaw.FOREIGN
        expected = self.writer(client, by)
        for each in clients:
            is_servers = each >= SERVER_CLIENTS
            if expected.official != by or self._owners.get(each) != expected:
                return Flaw.FOREIGN
            if is_servers and each != server_client(_number(session)):
                return Flaw.FOREIGN
        if not self._take_structs(update.structs):
            return Flaw.UPDATE
        for delete in update.deletes:
            end = delete.clock + delete.length
            if end > self._clocks.get(delete.client, 0):
                return Flaw.UPDATE
            if self._is_low(delete.client, delete.clock) or self._is_low(delete.client, end):
                return Flaw.UPDATE
            self._deleted.setdefault(delete.client, RangeSet()).add(delete.clock, end)
        return None

    def _brings_news(self, update: Update) -> bool:
        for struct in update.structs:
            if struct.clock + struct.length > self._clocks.get(struct.client, 0):
                return True
        for delete in update.deletes:
            known = self._deleted.get(delete.client)
            if known is None or known.gaps(delete.clock, delete.clock + delete.length):
                return True
        return False

    def _take_structs(self, structs: tuple[Struct, ...]) -> bool:
        """Clocks go on where they stopped, neighbours are known; sections of two ids may name each other."""
        waiting = list(structs)
        while waiting:
            later: list[Struct] = []
            held_up: set[int] = set()
            for struct in waiting:
                client, clock, length, origin, right, text = struct
                if client in held_up or not (self._is_known(origin) and self._is_known(right)):
                    held_up.add(client)
                    later.append(struct)
                    continue
                if clock != self._clocks.get(client, 0):
                    return False
                if origin is not None and self._is_low(origin.client, origin.clock + 1):
                    return False
                if right is not None and self._is_low(right.client, right.clock):
                    return False
                self._clocks[client] = clock + length
                if text is None:
                    self._deleted.setdefault(client, RangeSet()).add(clock, clock + length)
                elif length != len(text):
                    self._lows.setdefault(client, set()).update(clock + low for low in low_surrogates(text))
            if len(later) == len(waiting):
                return False
            waiting = later
        return True

    def _is_known(self, neighbour: Id | None) -> bool:
        return neighbour is None or neighbour.clock < self._clocks.get(neighbour.client, 0)

    def _is_low(self, client: int, clock: int) -> bool:
        lows = self._lows.get(client)
        return lows is not None and clock in lows


class Replay:
    """One motion's text as its updates make it, in their order. One owner."""

    def __init__(self) -> None:
        self.number = 0
        self._rules = Rules()
        self._authorship = Authorship()
        self._authors: dict[Writer, int] = {}
        self._waiting: list[bytes] = []
        self._writer = 0
        self._deltas: list[list[dict[str, Any]]] = []
        self._heaps: list[list[bytes]] = []
        self._doc: Doc[Any] = Doc()
        self._text: Text = self._doc.get(ROOT, type=Text)
        # The event can only be read inside the transaction that it reports.
        self._watch = self._text.observe(lambda event: self._note(event))

    def _note(self, event: TextEvent) -> None:
        self._deltas.append(event.delta)  # type: ignore[attr-defined]  # pycrdt's stubs leave it out

    def bind(self, client: int, official: str, typed_for: str = "") -> None:
        """A client id of this motion belongs to an author from now on, who may type for another."""
        self._rules.bind(client, official, typed_for)

    def take(self, body: Mapping[str, Any], by: str, content: Content) -> Flaw | None:
        """Take the next update, or the skeleton that stands in; `body` is that of its entry.

        Raises:
            ReplayBroken: As all that reads the text does.
        """
        parsed = parse(content.data, ANY_SIZE)
        if isinstance(parsed, Refused):
            return Flaw.UPDATE
        if not content.is_skeleton and sha256(skeleton_of(parsed)).hexdigest() != body["skel"]:
            return Flaw.SKELETON
        flaw = self._rules.take(parsed, by, body["sess"], body["cid"])
        if flaw is not None:
            return flaw
        known = self._authors.setdefault(self._rules.writer(body["cid"], by), len(self._authors))
        writer = 2 * known + (_WITHDRAWN if content.is_skeleton else 0)
        if writer != self._writer or len(self._waiting) >= MAX_BATCH:
            self._apply()
            self._writer = writer
        self._waiting.append(masked(content.data) if content.is_skeleton else content.data)
        self.number = body["n"]
        return None

    def _apply(self) -> None:
        """What one author wrote without interruption, at once: its event says what became of the text."""
        if not self._waiting:
            return
        try:
            with self._doc.transaction():
                for update in self._waiting:
                    self._doc.apply_update(update)
            for update in self._waiting:
                self._keep(update)
            for delta in self._deltas:
                self._authorship.apply(delta, self._writer)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as failure:  # pycrdt's panics are no Exception
            raise ReplayBroken from failure
        self._waiting.clear()
        self._deltas.clear()

    def text(self) -> str:
        """The text; what was withdrawn is masked."""
        self._apply()
        return str(self._text)

    def _keep(self, update: bytes, level: int = 0) -> None:
        if level == len(self._heaps):
            self._heaps.append([])
        heap = self._heaps[level]
        heap.append(update)
        if len(heap) == HEAP:
            merged = merge_updates(*heap)
            heap.clear()
            self._keep(merged, level + 1)

    def whole_text(self) -> str:
        """The text as any Yjs reads it from all the updates merged, by a document that saw none of them come."""
        self._apply()
        kept = [update for heap in reversed(self._heaps) for update in heap]
        try:
            fresh: Doc[Any] = Doc()
            text: Text = fresh.get(ROOT, type=Text)
            if kept:
                fresh.apply_update(merge_updates(*kept))
            return str(text)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as failure:  # as above
            raise ReplayBroken from failure

    def is_masked(self) -> bool:
        """Whether words that were withdrawn would stand in the text."""
        self._apply()
        return any(run.official & _WITHDRAWN for run in self._authorship)

    def shares(self) -> dict[str, int]:
        """Characters that each author has in the text as it stands."""
        found: dict[str, int] = {}
        for writer, length in self._written().items():
            found[writer.official] = found.get(writer.official, 0) + length
        return found

    def typed_for(self) -> dict[Writer, int]:
        """Those of them that a rapporteur typed for somebody."""
        return {writer: length for writer, length in self._written().items() if writer.typed_for}

    def _written(self) -> dict[Writer, int]:
        writers = list(self._authors)
        found: dict[Writer, int] = {}
        for run in self._authorship.in_characters(self.text()):
            writer = writers[run.official >> 1]
            found[writer] = found.get(writer, 0) + run.length
        return found


def _number(session: str) -> int:
    """The number in `s-12`; 0 for the service itself, -1 for what is no number."""
    if session == "system":
        return 0
    digits = session.removeprefix("s-")
    return int(digits) if digits.isascii() and digits.isdecimal() else -1
