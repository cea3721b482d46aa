"""Computing the history of texts: kept updates are replayed once, in order, and leave keyframes and changes.

Pages then read any instant without Yjs (`motion.rules.history`). Everything made here can be made again; a redaction
drops it (`storage.history.forget`). The work goes on from the beginning of the last chunk, whose state is kept: a
crash, another process or a forgetting in between costs one chunk's replay.

What an update did is found in our own layout of the text (`splices`), and held against pycrdt's text at the end of
each chunk: should the two ever differ, nothing of that chunk is kept and pycrdt's own event is asked instead, as slow
as it is in a long text written here and there.

Memory is bounded: the document twice, one chunk, and at most `CHUNKS_AT_ONCE` chunks that wait to be written. For two
minutes the first two stay, for whoever asks again (`Standing`).
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pycrdt import Doc, Text, TextEvent

from motion.live.refusals import Refused
from motion.live.splices import Layout, Splice
from motion.live.updates import ANY_SIZE, ROOT, parse
from motion.rules.history import (
    CHUNK_UPDATES,
    EMPTY,
    Change,
    Keyframe,
    Pieces,
    pack_changes,
    pack_keyframe,
    unpack_keyframe,
)
from motion.rules.places import Places
from motion.rules.runs import Runs
from motion.rules.steps import Telling
from storage import drafts, history
from storage.drafts import UpdateRow
from storage.history import ChunkRow, Progress
from storage.models import TextHistory
from storage.store import Session, Store

log = logging.getLogger(__name__)

BATCH = 2_000  # updates read at once
CHUNKS_AT_ONCE = 16  # written in one transaction: a few hundred kilobytes

PAGE_UPDATES = 5_000
"""Updates that a reader may be made to wait for, about a third of a second; more is left to the work of the background,
and the page shows the history as far as it goes."""

LATE = timedelta(seconds=60)
"""After so long the background goes on with what is being written, however little it is: the home page and the register
show what is told without asking for more."""

READERS_WAIT_S = 2.0  # a page of the past is no live page

STANDS_S = 120.0
"""How long a replay stays in memory after it was of use: longer than `LATE`, after which the background goes on."""


class HistoryBroken(Exception):
    """The kept state does not give the kept keyframe, or the layout another text than pycrdt."""


class Replayer:
    """A document replayed from a state that gives `keyframe`; each update comes out as changes in characters.

    Args:
        by_event: Whether pycrdt is asked what an update did.

    Raises:
        HistoryBroken: The state does not give the keyframe.
    """

    def __init__(
        self,
        state: bytes = b"",
        keyframe: Keyframe = EMPTY,
        telling: Telling | None = None,
        *,
        by_event: bool = False,
    ) -> None:
        self.telling = telling or Telling()
        self._pieces = Pieces(keyframe.text)
        self._places = Places(self._pieces, self.telling.parts)
        self._runs = Runs(keyframe.runs)
        self._typed_for = Runs(keyframe.typed_for) if keyframe.typed_for else None
        self._masked = Runs(keyframe.masked) if keyframe.masked else None
        self._doc: Doc[Any] = Doc(allow_multithreading=True)
        self._text: Text = self._doc.get(ROOT, type=Text)
        if state:
            self._doc.apply_update(state)
        self.check()
        self._deltas: list[list[dict[str, Any]]] = []
        self._layout = None if by_event else Layout()
        if self._layout is None:
            self._watch = self._text.observe(lambda event: self._note(event))
        elif state:
            self._lay_out(self._layout, state)
            if self._layout.text() != keyframe.text:
                raise HistoryBroken

    def _note(self, event: TextEvent) -> None:
        self._deltas.append(event.delta)  # type: ignore[attr-defined]  # pycrdt's stubs leave it out

    def check(self) -> None:
        """Hold the text that the changes give against pycrdt's.

        Raises:
            HistoryBroken: They differ.
        """
        if str(self._text) != self._pieces.text():
            raise HistoryBroken

    def take(self, row: UpdateRow) -> list[Change]:
        """Apply one kept update, and say what it did to the text; nothing, when it deletes what was deleted.

        Raises:
            HistoryBroken: The layout can't follow.
        """
        self._doc.apply_update(row.content)
        splices = self._watched() if self._layout is None else self._lay_out(self._layout, row.content)
        at = milliseconds(row.at)
        official, typed_for = row.official_id or 0, row.for_id or 0
        if typed_for and self._typed_for is None:
            self._typed_for = Runs([(self._pieces.characters, 0)])
        is_masked = int(row.is_redacted)
        if is_masked and self._masked is None:
            self._masked = Runs([(self._pieces.characters, 0)])
        made: list[Change] = []
        for place, removed, inserted in splices:
            change = Change(place, removed, inserted, row.entry, official, at, typed_for, is_masked if inserted else 0)
            self.telling.take(change, self._places.take(change))
            self._runs.splice(place, removed, len(inserted), official)
            if self._typed_for is not None:
                self._typed_for.splice(place, removed, len(inserted), typed_for)
            if self._masked is not None:
                self._masked.splice(place, removed, len(inserted), is_masked)
            made.append(change)
        return made

    def _lay_out(self, layout: Layout, update: bytes) -> list[Splice]:
        parsed = parse(update, ANY_SIZE)
        if isinstance(parsed, Refused):
            raise HistoryBroken(parsed)
        try:
            return layout.take(parsed)
        except (KeyError, UnicodeDecodeError) as lost:
            raise HistoryBroken from lost

    def _watched(self) -> Iterator[Splice]:
        """What pycrdt says of the update; each splice is to be made before the next is asked for."""
        deltas, self._deltas = self._deltas, []
        for delta in deltas:
            octets = 0
            for step in delta:
                if "retain" in step:
                    octets += step["retain"]
                    continue
                place = self._pieces.place_of(octets)
                if "insert" in step:
                    octets += len(step["insert"].encode())
                    yield Splice(place, 0, step["insert"])
                else:
                    yield Splice(place, self._pieces.place_of(octets + step["delete"]) - place, "")

    def keyframe(self) -> Keyframe:
        """The text now.

        Raises:
            HistoryBroken: It is not pycrdt's.
        """
        self.check()
        typed_for, masked = (runs.joined() if runs is not None else () for runs in (self._typed_for, self._masked))
        return Keyframe(self._pieces.text(), self._runs.joined(), typed_for, masked)

    def state(self) -> bytes:
        """The document now, as one update."""
        return self._doc.get_update()

    def told(self) -> bytes:
        """The telling until now, as kept."""
        self.telling.places = self._places.named()
        self.telling.parts = list(self._places.parts)
        return self.telling.pack()


@dataclass
class _Growing:
    """The chunk that grows, with what is needed to begin there again."""

    chunk: int
    number: int
    entry: int
    at: datetime | None
    first_change: int
    keyframe: bytes
    state: bytes
    summary: bytes
    changes: list[Change]

    def row(self) -> ChunkRow:
        count = len(self.changes)
        return ChunkRow(
            self.chunk,
            self.number,
            self.entry,
            self.at,
            self.first_change,
            count,
            self.keyframe,
            pack_changes(self.changes),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A replay that stands where the kept history ends, ready to go on: laying a long text out again takes seconds.

    `version` and `number` are those of the kept history; another history is no longer the one that this led to.
    """

    version: int
    number: int
    entry: int
    at: datetime | None
    replayer: Replayer
    growing: _Growing


def catch_up(store: Store, motion_id: int, most: int | None = None) -> bool:
    """Compute what lacks of one motion's history, in the caller's thread.

    Args:
        most: Updates to replay at most, or None for all.

    Returns:
        Whether the history has come as far as it was asked to; False when somebody else moved it meanwhile.
    """
    return go_on(store, motion_id, most) is not None


def go_on(store: Store, motion_id: int, most: int | None = None, standing: Standing | None = None) -> Standing | None:
    """`catch_up` for who comes back: from where `standing` stands, if the kept history still ends there.

    Args:
        standing: What this returned before; it is used up.

    Returns:
        Where the replay stands now; None when somebody else moved the history meanwhile.
    """
    try:
        return _go_on(store, motion_id, most, standing, by_event=False)
    except HistoryBroken:
        log.exception("motion %d: its text was laid out otherwise than pycrdt does", motion_id)
        return _go_on(store, motion_id, most, None, by_event=True)


def _go_on(
    store: Store, motion_id: int, most: int | None, standing: Standing | None, *, by_event: bool
) -> Standing | None:
    head, last, kept = store.read_now(_start, motion_id)
    if standing is None or (standing.version, standing.number) != (head.version, head.number):
        try:
            standing = _resume(head, last, by_event=by_event)
        except (HistoryBroken, ValueError):
            # Yjs may give another text to who loads the state at once (motion/live/README.md), and a new version of
            # Motion may tell otherwise: the kept updates, one after another, are the truth.
            log.warning("motion %d: history replayed from its first update", motion_id)
            standing = _resume(TextHistory(motion_id=motion_id), None, by_event=by_event)
    replayer, growing = standing.replayer, standing.growing
    start, number, entry, at = head.number, standing.number, standing.entry, standing.at
    stop = kept if most is None else min(kept, start + most)
    chunks: list[ChunkRow] = []

    def keep() -> bool:
        replayer.check()
        changes = growing.first_change + len(growing.changes)
        progress = Progress(number, entry, changes, at, growing.state, growing.summary, replayer.told())
        written = [*chunks, growing.row()]
        return store.write_now(history.keep, motion_id, head.version, start, progress, written)

    while rows := store.read_now(drafts.updates_after, motion_id, number, up_to=stop, limit=BATCH):
        for row in rows:
            if number - growing.number == CHUNK_UPDATES:
                chunks.append(growing.row())
                is_written = len(chunks) >= CHUNKS_AT_ONCE and number > start
                # Where one could begin again: costly, and asked only of the chunk that grows when all is written.
                is_last = is_written or number + CHUNK_UPDATES >= stop
                growing = _next(replayer, growing, number, entry, at, is_last=is_last)
                if is_written:
                    if not keep():
                        return None
                    chunks, start = [], number
            growing.changes += replayer.take(row)
            number, entry, at = row.number, row.entry, row.at
    if number > start and not keep():
        return None
    return Standing(head.version, number, entry, at, replayer, growing)


def _start(db: Session, motion_id: int) -> tuple[TextHistory, ChunkRow | None, int]:
    found = drafts.heads(db, [motion_id])[motion_id]
    return history.head(db, motion_id), history.last_chunk(db, motion_id), found.number


def _resume(head: TextHistory, last: ChunkRow | None, *, by_event: bool) -> Standing:
    """At the beginning of the last chunk: its changes are found again."""
    if last is None:
        growing = _Growing(0, 0, -1, None, 0, pack_keyframe(EMPTY), b"", b"", [])
        return Standing(head.version, 0, -1, None, Replayer(by_event=by_event), growing)
    keyframe = unpack_keyframe(last.keyframe)
    replayer = Replayer(head.state, keyframe, Telling.unpack(head.summary), by_event=by_event)
    growing = _Growing(
        last.chunk,
        last.base_number,
        last.base_entry,
        last.base_at,
        last.first_change,
        last.keyframe,
        head.state,
        head.summary,
        [],
    )
    return Standing(head.version, growing.number, growing.entry, growing.at, replayer, growing)


def _next(
    replayer: Replayer, before: _Growing, number: int, entry: int, at: datetime | None, *, is_last: bool
) -> _Growing:
    return _Growing(
        before.chunk + 1,
        number,
        entry,
        at,
        before.first_change + len(before.changes),
        pack_keyframe(replayer.keyframe()),
        replayer.state() if is_last else b"",
        replayer.told() if is_last else b"",
        [],
    )


def milliseconds(at: datetime) -> int:
    """A moment as the history keeps it."""
    return round(at.timestamp() * 1000)


class Histories:
    """Brings histories up to date for this process: one replay at a time for each motion. Owned by the event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._order: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._reached: dict[int, float] = {}
        self._standing: dict[int, Standing] = {}

    async def reach(self, motion_id: int, most: int | None = PAGE_UPDATES) -> None:
        """Bring one motion's history up to date, or nearer by `most` updates."""
        async with self._order[motion_id]:
            # Taken out while it is used: a replay that broke off stands nowhere.
            before = self._standing.pop(motion_id, None)
            after = await asyncio.to_thread(go_on, self._store, motion_id, most, before)
            if after is not None:
                self._standing[motion_id] = after
                asyncio.get_running_loop().call_later(STANDS_S, self._let_go, motion_id, after)

    def _let_go(self, motion_id: int, standing: Standing) -> None:
        """Free the memory of a text that nobody has asked about since."""
        if self._standing.get(motion_id) is standing:
            del self._standing[motion_id]

    async def reach_soon(self, motion_id: int) -> None:
        """The same for readers of what is being written: once in `READERS_WAIT_S`, however many they are."""
        now = asyncio.get_running_loop().time()
        if now - self._reached.get(motion_id, float("-inf")) >= READERS_WAIT_S:
            self._reached[motion_id] = now
            await self.reach(motion_id)

    async def reach_all(self) -> None:
        """Bring every history up to date; one that can't be is said, and left."""
        await self._reach_each(await self._store.read(history.behind))

    async def reach_late(self, now: datetime) -> None:
        """Bring up to date what is late: the work of the background.

        While people write that is little. Each time begins with the replay of a chunk, so a little now and then
        would cost the writers more than the writing itself; a page asks for what it lacks.
        """
        await self._reach_each(await self._store.read(history.behind, by=PAGE_UPDATES, since=now - LATE))

    async def _reach_each(self, motions: Sequence[int]) -> None:
        for motion_id in motions:
            try:
                await self.reach(motion_id, None)
            except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
                raise
            except BaseException:  # a panic of pycrdt is no Exception; what can't be replayed holds up no other motion
                log.exception("couldn't bring the history of motion %d up to date; trying again later", motion_id)
