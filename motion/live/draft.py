"""The state of one motion's document, and the rules that an update must meet to enter it.

Life of an update: `Window.check` (touches nothing but the window) -> the keeper commits -> `Draft.apply`, in
the order of the numbers that the commit gave. A window whose commit failed is dropped whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from motion.live.authorship import Run
from motion.live.refusals import Reason, Refused
from motion.live.updates import UPDATE, Limits, Update

SYSTEM = 0
"""The official id of what the service itself wrote: a template, an imported file."""


class DraftBroken(Exception):
    """pycrdt failed on a checked update: the draft in memory is void; rebuild it from the kept updates."""


class OutOfOrder(Exception):
    """An update was applied that is not the next one. Carries `expected` and `number`."""

    def __init__(self, expected: int, number: int) -> None:
        super().__init__(expected, number)
        self.expected = expected
        self.number = number


class Author(NamedTuple):
    """The signed-in session that an update came from, and its official."""

    session: str
    official: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Who offers an update, and why they may not write now, if so (frozen, not-writable, role)."""

    author: Author
    barred: Reason | None = None


class Kept(NamedTuple):
    """One accepted update as the database keeps it. `number` counts per motion: 1, 2, 3…"""

    number: int
    update: bytes
    author: Author


@dataclass(frozen=True, slots=True)
class Accepted:
    """A decision: keep `update`, enter it in the record, then apply it.

    Attributes:
        update: The bytes to keep, to apply and to show: those received, save for a step 2, where they are
            its news alone, encoded again. Self-contained either way.
        parsed: The same as values.
        clients: Client ids that the new text stands under; empty for a pure deletion.
        new_clients: Those of them that no session has used: their binding to the sender is to be entered
            in the record before the update.
        is_duplicate: Everything in it is known already: acknowledge it; there is nothing to keep.
    """

    update: bytes
    parsed: Update
    clients: tuple[int, ...] = ()
    new_clients: tuple[int, ...] = ()
    is_duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a draft knows at `number`, as bytes for the storage to keep.

    Attributes:
        number: The last update it contains.
        state: The document as one Yjs update: any Yjs reads it.
        memory: What Yjs does not keep (bindings, runs of authors, deleted ranges, halves of surrogate
            pairs): ours, versioned by its first byte.
    """

    number: int
    state: bytes
    memory: bytes


class Edit(NamedTuple):
    """Replace characters `start` to `end` (code points) of a text by `text`."""

    start: int
    end: int
    text: str


class Draft:
    """One motion's document in memory. One owner; not thread-safe. A new one is empty, at number 0."""

    number: int
    """The last update applied; 0 before the first."""

    def __init__(self, limits: Limits = UPDATE) -> None: ...

    @classmethod
    def restore(cls, snapshot: Snapshot | None, tail: Iterable[Kept] = (), limits: Limits = UPDATE) -> Draft:
        """The draft as it was, from a snapshot (None: from nothing) and the kept updates after it.

        Raises:
            DraftBroken: The snapshot cannot be read, or an update of the tail fails.
            OutOfOrder: The tail leaves a number out.
        """
        raise NotImplementedError

    def snapshot(self) -> Snapshot:
        """Everything, such that `restore(snapshot)` equals a replay from the start."""
        raise NotImplementedError

    def window(self) -> Window:
        """A new, empty window on this draft."""
        raise NotImplementedError

    def check(self, update: bytes, sender: Sender, *, from_step2: bool = False) -> Accepted | Refused:
        """Decide on one update alone. Touches nothing."""
        raise NotImplementedError

    def apply(self, number: int, update: bytes, author: Author, parsed: Update | None = None) -> None:
        """Take in one committed update. New client ids in it become bound to `author`.

        Args:
            number: Must be `self.number + 1`.
            update: The bytes kept: `Accepted.update`.
            parsed: `Accepted.parsed`, to spare reading the bytes again.

        Raises:
            OutOfOrder: Nothing was done; fill the gap from the database.
            DraftBroken: Drop this draft and restore another.
        """
        raise NotImplementedError

    @property
    def bindings(self) -> Mapping[int, Author]:
        """Client id -> the session and official it belongs to."""
        raise NotImplementedError

    def text(self) -> str:
        """The text as it stands (cached until the next update)."""
        raise NotImplementedError

    def full_state(self) -> bytes:
        """The whole document as one update (cached until the next update): step 2 for a newcomer."""
        raise NotImplementedError

    def state_vector(self) -> bytes:
        """What is known, for the server's step 1."""
        raise NotImplementedError

    def diff(self, state_vector: bytes) -> bytes:
        """What someone at `state_vector` lacks, as one update: step 2. The vector was read by `session`."""
        raise NotImplementedError

    def runs(self) -> list[Run]:
        """Who wrote what, in characters of `text()`."""
        raise NotImplementedError

    def shares(self) -> dict[int, int]:
        """Characters that each official has in the text as it stands."""
        raise NotImplementedError


class Window:
    """Decisions on several updates before any of them is applied; a later one may build on an earlier.

    To drop it (the commit failed) is to forget it.
    """

    def __init__(self, draft: Draft) -> None: ...

    def check(self, update: bytes, sender: Sender, *, from_step2: bool = False) -> Accepted | Refused:
        """Decide on one update, given the draft and what this window accepted before. Never raises.

        Known entirely: accepted as a duplicate, even from someone barred. With `from_step2`, known parts
        are trimmed away and the news alone is held to the rules.
        """
        raise NotImplementedError


def compose(state: bytes, client: int, edits: Sequence[Edit]) -> bytes:
    """The update that makes `edits` to the text of `state` under `client`: plain mode, templates, imports.

    Edits are in the order of the text and do not overlap. To be offered to a window like any other.
    `state` may be older than the draft: what others wrote meanwhile is merged as Yjs merges.
    """
    raise NotImplementedError


def fold(updates: Sequence[bytes]) -> bytes:
    """Many updates as one: in batches, as merging costs the square of the count. Order as kept."""
    raise NotImplementedError
