"""One motion's document in memory: decided on in windows, changed only by what was committed, in order.

Life of an update: `Window.check` (touches nothing but the window) -> the keeper commits -> `Draft.apply`, in
the order of the numbers that the commit gave. A window whose commit failed is dropped whole.
"""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from pycrdt import Doc, Text, TextEvent, merge_updates

from motion.live.admission import Accepted, Sender, admit
from motion.live.authorship import Authorship, Run
from motion.live.composing import Edit, update_of
from motion.live.knowledge import Author, Knowledge, RangeSet
from motion.live.neighbours import Neighbours, Trail
from motion.live.refusals import Refused
from motion.live.snapshots import DraftBroken, Kept, OutOfOrder, Snapshot
from motion.live.updates import (
    ANY_SIZE,
    EMPTY,
    ROOT,
    UPDATE,
    Limits,
    Struct,
    Update,
    drawn_client,
    encode_state_vector,
    parse,
    server_client,
)
from motion.live.written import Written
from motion.rules.markdown import MAX_TEXT_CHARACTERS

__all__ = [
    "Accepted",
    "Author",
    "Draft",
    "DraftBroken",
    "Edit",
    "Kept",
    "OutOfOrder",
    "Sender",
    "Snapshot",
    "SYSTEM",
    "Window",
    "fold",
]

log = logging.getLogger(__name__)

SYSTEM = Author(session=0, official=0)
"""The author of what the service itself wrote: a template, an imported file."""

MAX_CHARACTERS = MAX_TEXT_CHARACTERS - 5_000
"""Of a text: a page reads no more than `MAX_TEXT_CHARACTERS`. The margin is for processes that decide at the same
moment, each on what it has applied."""

_FOLD_BATCH = 250
"""Updates merged at once: merging costs the square of their number (20,000 at once 4.1 s, so 0.08 s)."""

_DIFFS_KEPT = 16
"""Answers to step 1 kept until the next update: after a cut, many ask from the same state."""

_MEMORY_VERSION = 1


class Draft:
    """One motion's document. One owner; a new one is empty, at number 0.

    Attributes:
        number: The last update applied; 0 before the first.
        limits: What one update may bring.
    """

    def __init__(self, limits: Limits = UPDATE) -> None:
        self.number = 0
        self.limits = limits
        self._known = Knowledge()
        self._neighbours = Neighbours(self._structs)
        self._written = Written()
        self._deltas: list[list[dict[str, Any]]] = []
        self._is_broken = False
        self._open(None)

    def _open(self, state: bytes | None) -> None:
        # A room may restore a draft in a worker thread and use it in the loop's.
        self._doc: Doc[Any] = Doc(allow_multithreading=True)
        self._text: Text = self._doc.get(ROOT, type=Text)
        if state is not None:
            self._doc.apply_update(state)
        # The event can only be read inside the transaction that it reports.
        self._watch = self._text.observe(lambda event: self._note(event))
        self._forget()

    def _note(self, event: TextEvent) -> None:
        self._deltas.append(event.delta)  # type: ignore[attr-defined]  # pycrdt's stubs leave it out

    def _forget(self) -> None:
        self._text_cache: str | None = None
        self._state_cache: bytes | None = None
        self._diff_cache: dict[bytes, bytes] = {}

    @classmethod
    def restore(cls, snapshot: Snapshot | None, tail: Iterable[Kept] = (), limits: Limits = UPDATE) -> Draft:
        """The draft as it was, from a snapshot (None: from nothing) and the kept updates after it.

        Updates of the tail that the snapshot contains already are passed over.

        Raises:
            DraftBroken: The snapshot cannot be read, or an update of the tail fails.
            OutOfOrder: The tail leaves a number out.
        """
        draft = cls(limits)
        if snapshot is not None:
            draft._remember(snapshot)
        for number, update, author in tail:
            if number > draft.number:
                draft.apply(number, update, author)
        return draft

    def _remember(self, snapshot: Snapshot) -> None:
        try:
            memory = json.loads(zlib.decompress(snapshot.memory))
            if memory["version"] != _MEMORY_VERSION:
                raise DraftBroken(f"snapshot memory of version {memory['version']}")
            known = self._known
            known.clocks = {client: clock for client, clock in memory["clocks"]}
            known.lows = {client: set(lows) for client, lows in memory["lows"]}
            known.bindings = {client: Author(*author) for client, *author in memory["bindings"]}
            known.deleted = {client: RangeSet(ranges) for client, ranges in memory["deleted"]}
            self._written = Written(memory)
            self.number = snapshot.number
            self._open(snapshot.state)
            if _digest(self.text()) != memory["text"]:
                raise DraftBroken("snapshot whose state does not give its text")
            if not self._written.follows(len(self._text)):
                raise DraftBroken("snapshot with authors of another text")
        except DraftBroken:
            raise
        except BaseException as failure:
            raise _broken(failure, "snapshot") from failure

    def snapshot(self) -> Snapshot:
        """Everything, such that `restore(snapshot)` equals a replay from the start."""
        known = self._known
        memory = {
            "version": _MEMORY_VERSION,
            "text": _digest(self.text()),
            "clocks": list(known.clocks.items()),
            "lows": [(client, sorted(lows)) for client, lows in known.lows.items()],
            "bindings": [(client, *author) for client, author in known.bindings.items()],
            "deleted": [(client, list(ranges)) for client, ranges in known.deleted.items()],
            **self._written.memory(),
        }
        packed = zlib.compress(json.dumps(memory, separators=(",", ":")).encode(), 1)
        return Snapshot(self.number, self.full_state(), packed)

    def is_sound(self) -> bool:
        """Whether a newcomer, who gets the whole state at once, sees the text of those who were there.

        False after an update whose neighbours stand in an order that no editor shows: well formed, and only
        ever made by hand. A snapshot of such a draft is refused when restored; a replay is not.
        """
        return _made_of([self.full_state()])[0] == self.text()

    def _structs(self) -> Sequence[Struct] | None:
        """All that was ever written, for its order; None of a document that is read in two ways: it has two."""
        if not self.is_sound():
            return None
        parsed = parse(self.full_state(), ANY_SIZE)
        return None if isinstance(parsed, Refused) else parsed.structs

    def window(self) -> Window:
        """A new, empty window on this draft."""
        return Window(self)

    def check(self, update: bytes, sender: Sender, *, from_step2: bool = False) -> Accepted | Refused:
        """Decide on one update alone. Touches nothing."""
        return Window(self).check(update, sender, from_step2=from_step2)

    def apply(
        self, number: int, update: bytes, author: Author, parsed: Update | None = None, *, is_redacted: bool = False
    ) -> None:
        """Take in one committed update. New client ids in it become bound to `author`, for whom they type included.

        Args:
            number: Must be `self.number + 1`.
            update: The bytes kept: `Accepted.update`.
            author: Whose session sent it.
            parsed: `Accepted.parsed`, to spare reading the bytes again.
            is_redacted: Whether its letters were taken out, and what it brings are masks.

        Raises:
            OutOfOrder: Nothing was done; fill the gap from the database.
            DraftBroken: Drop this draft and restore another.
        """
        if self._is_broken:
            raise DraftBroken(f"update {number} came after the draft broke")
        if number != self.number + 1:
            raise OutOfOrder(self.number + 1, number)
        facts = parse(update, ANY_SIZE) if parsed is None else parsed
        if isinstance(facts, Refused):
            self._is_broken = True
            raise DraftBroken(f"update {number} cannot be read: {facts.reason}")
        try:
            with self._doc.transaction():
                self._doc.apply_update(update)
                length = len(self._text)
            self._written.apply(self._deltas, author, is_redacted=is_redacted)
            if not self._written.follows(length):
                raise ValueError("authors of another text")
            self._neighbours.take(facts.structs)
        except BaseException as failure:  # pycrdt's panics are no Exception
            self._is_broken = True
            raise _broken(failure, f"update {number}") from failure
        self._deltas.clear()
        self._known.take(facts, author)
        self.number = number
        self._forget()

    @property
    def bindings(self) -> Mapping[int, Author]:
        """Client id -> the session and official it belongs to. Not to be changed."""
        return self._known.bindings

    def text(self) -> str:
        """The text as it stands."""
        if self._text_cache is None:
            self._text_cache = str(self._text)
        return self._text_cache

    def full_state(self) -> bytes:
        """The whole document as one update: step 2 for a newcomer."""
        if self._state_cache is None:
            self._state_cache = self._doc.get_update()
        return self._state_cache

    def state_vector(self) -> bytes:
        """What is known, for the server's step 1."""
        return encode_state_vector(self._known.clocks)

    def diff(self, state_vector: bytes) -> bytes:
        """What someone at `state_vector` lacks, as one update: step 2. The vector was read by `Session`."""
        diff = self._diff_cache.get(state_vector)
        if diff is None:
            if len(self._diff_cache) >= _DIFFS_KEPT:
                self._diff_cache.clear()
            diff = self._diff_cache[state_vector] = self._doc.get_update(state_vector)
        return diff

    def runs(self) -> list[Run]:
        """Who wrote what, in characters of `text()`."""
        return self._written.authors.in_characters(self.text())

    def typed_for(self) -> list[Run]:
        """For whom it was typed, in characters of `text()`: 0 where for nobody but the author; empty if it is so
        everywhere."""
        return self._in_characters(self._written.typed_for)

    def masked(self) -> list[Run]:
        """Which characters of `text()` stand in for letters that were taken out: 1 where they do; empty if none do."""
        return self._in_characters(self._written.masked)

    def _in_characters(self, runs: Authorship | None) -> list[Run]:
        return [] if runs is None else runs.in_characters(self.text())

    def shares(self) -> dict[int, int]:
        """Characters that each official has in the text as it stands."""
        return self._written.authors.shares(self.text())


class Window:
    """Decisions on several updates before any of them is applied; a later one may build on an earlier.

    To drop it (the commit failed) is to forget it. One at a time for a draft, opened when the draft is at
    the motion's last number.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._known = Knowledge(draft._known)
        self._trail = Trail(draft._neighbours)
        self._composed: set[bytes] = set()
        self._taken: list[bytes] = []
        self._brought = 0

    def check(
        self, update: bytes, sender: Sender, *, from_step2: bool = False, limits: Limits | None = None
    ) -> Accepted | Refused:
        """Decide on one update, given the draft and what this window accepted before. Never raises.

        Known entirely: accepted as a duplicate, even from someone barred. With `from_step2`, known parts
        are trimmed away and the news alone is held to the rules. `limits` replaces the draft's, for what
        the server itself imports.
        """
        decision = admit(
            update,
            sender,
            self._known,
            self._trail,
            limits or self._draft.limits,
            from_step2=from_step2,
            is_composed=update in self._composed,
            may_bring=self._has_room if limits is None else lambda characters: True,
            is_sound_with=self._is_sound_with,
        )
        if isinstance(decision, Accepted) and not decision.is_duplicate:
            self._brought += decision.parsed.characters
            self._taken.append(decision.update)
            if decision.undecided:
                log.warning(
                    "session %d, after update %d: %d runs taken, although too much stands between their neighbours",
                    sender.author.session,
                    self._draft.number,
                    decision.undecided,
                )
        return decision

    def _has_room(self, characters: int) -> bool:
        """Whether the text stays one that the pages read. What this window deletes makes room in the next."""
        more = self._brought + characters
        # Bytes are known at once and never fewer than characters.
        return (
            self._draft._written.authors.length + more <= MAX_CHARACTERS
            or len(self._draft.text()) + more <= MAX_CHARACTERS
        )

    def _is_sound_with(self, update: bytes) -> bool:
        """Whether a newcomer would see the text of those present, with what this window accepted and this update."""
        try:
            in_turn, doc = _made_of([self._draft.full_state(), *self._taken, update])
            return _made_of([doc.get_update()])[0] == in_turn
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # what Yjs stumbles over must not reach the document
            log.exception("an update after number %d can't be tried", self._draft.number)
            return False

    def compose(
        self, session: int, edits: Sequence[Edit], base: bytes | None = None, typed_for: int = 0
    ) -> bytes | Refused:
        """The update that makes `edits`, under the client id that the server keeps for `session`.

        For the plain mode, templates and imports; to be checked in this window like any other. Edits are
        in the order of the text and do not overlap.

        Args:
            session: 0 for the service itself.
            edits: What to change, in characters of the text of `base`.
            base: `full_state()` of the version that the edits are for; None for the draft as it stands.
                What others wrote since is merged as Yjs merges.
            typed_for: The official for whom the session types, if for another: it has a client id for each.
        """
        state = self._draft.full_state() if base is None else base
        client = self._client_for(session, typed_for) if typed_for else server_client(session)
        # A base may be older than this session's last edit: the clocks go on from there.
        composed = update_of(edits, state, client, self._known.next_clock(client))
        if not isinstance(composed, Refused):
            self._composed.add(composed)
        return composed

    def _client_for(self, session: int, typed_for: int) -> int:
        attempt = 0
        while True:
            client = drawn_client(session, typed_for, attempt)
            owner = self._known.owner(client)
            if owner is None or (owner.session, owner.typed_for) == (session, typed_for):
                return client
            attempt += 1


def fold(updates: Sequence[bytes]) -> bytes:
    """Many updates as one, for a reader or a snapshot. Order as kept; none gives the empty update."""
    if not updates:
        return EMPTY
    while len(updates) > 1:
        updates = [merge_updates(*updates[at : at + _FOLD_BATCH]) for at in range(0, len(updates), _FOLD_BATCH)]
    return updates[0]


def _made_of(updates: Iterable[bytes]) -> tuple[str, Doc[Any]]:
    """What updates make of an empty document when applied in turn: its text, and itself."""
    doc: Doc[Any] = Doc()
    text: Text = doc.get(ROOT, type=Text)
    for update in updates:
        doc.apply_update(update)
    return str(text), doc


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _broken(failure: BaseException, attempt: str) -> BaseException:
    """What to raise when `attempt` failed so; a person's interruption stays one."""
    if isinstance(failure, KeyboardInterrupt | SystemExit):
        return failure
    return DraftBroken(f"{attempt}: {failure}")
